package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// declareFlags are the three things that can be declared of a volunteer.
type declareFlags struct {
	activity string
	start    ledger.Start
	minutes  ledger.Amount
	capture  string
	sheet    string
	act      string
	on       ledger.Date
	opening  ledger.Amount
	expires  ledger.Date
	request  string
	evidence string
	about    string
	signers  []string
}

func (a *app) declareCmd() *cobra.Command {
	var f declareFlags
	use := "declare VOLUNTEER --activity CODE --start 'DATE HH:MM' --minutes N --capture scan|roster|backfill"
	cmd := a.overURL(a.writes(a.command("declare", use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		build, err := f.action()
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			id, _, err := w.volunteer(ctx, args[0])
			if err != nil {
				return err
			}
			do := build(id)
			if err := w.served(ctx, do); err != nil {
				return err
			}
			return w.submit(ctx, do)
		})
	})))
	fs := cmd.Flags()
	fs.StringVar(&f.activity, "activity", "", a.say.T("cli.flag.activity"))
	fs.Var(newValue(&f.start, parseStart, "'DATE HH:MM'"), "start", a.say.T("cli.flag.start"))
	fs.Var(newValue(&f.minutes, parseCount(ledger.MaxMinutes, "minutes"), "N"), "minutes", a.say.T("cli.flag.minutes"))
	fs.StringVar(&f.capture, "capture", "", a.say.T("cli.flag.capture"))
	fs.StringVar(&f.sheet, "sheet", "", a.say.T("cli.flag.sheet"))
	fs.StringVar(&f.act, "act", "", a.say.T("cli.flag.act"))
	fs.Var(newValue(&f.on, parseDate, "DATE"), "on", a.say.T("cli.flag.on"))
	fs.Var(newValue(&f.opening, parsePoints, "POINTS"), "opening", a.say.T("cli.flag.opening"))
	fs.Var(newValue(&f.expires, parseDate, "DATE"), "expires", a.say.T("cli.flag.expires"))
	fs.StringVar(&f.request, "request", "", a.say.T("cli.flag.request"))
	fs.StringVar(&f.evidence, "evidence", "", a.say.T("cli.flag.evidence"))
	fs.StringVar(&f.about, "about", "", a.say.T("cli.flag.about"))
	fs.StringSliceVar(&f.signers, "signed-by", nil, a.say.T("cli.flag.signed_by"))
	return cmd
}

// action says which of the three is declared.
func (f declareFlags) action() (func(ledger.VolunteerID) ledger.Action, error) {
	given := 0
	for _, there := range []bool{f.activity != "", f.act != "", f.opening != 0} {
		if there {
			given++
		}
	}
	if given != 1 {
		return nil, &usageError{id: "declare_one"}
	}
	if flag := f.stray(); flag != "" {
		return nil, &usageError{id: "declare_stray", data: catalog.Data{"Flag": flag}}
	}
	if f.act != "" && f.on == 0 {
		return nil, lacking("--on")
	}
	evidence, err := evidenceOf(f.evidence)
	if err != nil {
		return nil, err
	}
	switch {
	case f.act != "":
		code, count, found := strings.Cut(f.act, "=")
		n, err := parseCount(ledger.MaxQuantity, "quantity")(count)
		if !found {
			n, err = 1, nil
		}
		if err != nil {
			return nil, malformed("--act", "quantity")
		}
		return func(v ledger.VolunteerID) ledger.Action {
			return &ledger.DeclareActs{Volunteer: v, Code: ledger.Code(code), Quantity: int64(n), On: f.on, Sheet: f.sheet, Evidence: evidence, About: ledger.VolunteerID(f.about)}
		}, nil
	case f.opening != 0:
		return func(v ledger.VolunteerID) ledger.Action {
			return &ledger.DeclareOpening{Volunteer: v, Points: f.opening, Expires: f.expires}
		}, nil
	}
	var signers []ledger.Signer
	for _, s := range f.signers {
		signers = append(signers, ledger.Signer(s))
	}
	return func(v ledger.VolunteerID) ledger.Action {
		return &ledger.DeclareHours{
			Volunteer: v, Activity: ledger.ActivityID(f.activity), Start: f.start, Minutes: f.minutes, Capture: ledger.Capture(f.capture), Sheet: f.sheet,
			Request: ledger.RequestID(f.request), Evidence: evidence, Signers: signers,
		}
	}, nil
}

// stray finds a flag that says nothing of what is declared: evidence that was left out without a word would lack for ever.
func (f declareFlags) stray() string {
	switch {
	case f.evidence != "" && f.opening != 0:
		return "--evidence"
	case f.about != "" && f.act == "":
		return "--about"
	case f.signers != nil && f.activity == "":
		return "--signed-by"
	}
	return ""
}

// recordRow is a declared record as programs read it.
type recordRow struct{ api.DeclaredRecord }

func newRecordRow(r ledger.Record) recordRow { return recordRow{api.NewDeclaredRecord(r)} }

// what names what was declared, in one cell.
func (r recordRow) what() string {
	switch {
	case r.Activity != "":
		return fmt.Sprintf("%s %s %s", r.Activity, strings.Replace(r.Start, "T", " ", 1), sheet.FormatDuration(r.Minutes))
	case r.Code != "":
		return fmt.Sprintf("%s %s ×%s", r.Code, r.On, ledger.FormatQuantity(r.Quantity, r.CountedIn))
	}
	return ""
}

// declared names what was declared, or what waits for a second person, in one cell.
func (a *app) declared(r recordRow) string {
	switch {
	case r.For != "":
		return a.say.T("cli.approve.proposed", catalog.Data{"Kind": catalog.Name(a.say, "kind", r.For)})
	case r.Kind == ledger.OpeningDeclared:
		return catalog.Name(a.say, "kind", r.Kind)
	}
	return r.what()
}

func (a *app) approveCmd() *cobra.Command {
	var seen bool
	cmd := a.overURL(a.writes(a.command("approve", "approve [REF…] [--seen]", cobra.ArbitraryArgs, func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return a.waiting(cmd.Context())
		}
		refs, err := references(args)
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.settleRecords(ctx, refs, func(r recordRow) ledger.Action {
				return &ledger.Approve{Record: r.Record, Seen: seen && len(r.Queries) > 0} // nobody saw what there is nothing to see of
			})
		})
	})))
	cmd.Flags().BoolVar(&seen, "seen", false, a.say.T("cli.flag.seen"))
	return cmd
}

func (a *app) returnRecordCmd() *cobra.Command {
	var reason string
	cmd := a.overURL(a.writes(a.command("return_record", "return-record REF… --reason REASON", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		refs, err := references(args)
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.settleRecords(ctx, refs, func(r recordRow) ledger.Action {
				return &ledger.ReturnRecord{Record: r.Record, Reason: ledger.Reason(reason)}
			})
		})
	})))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}

func references(args []string) ([]ledger.Index, error) {
	refs := make([]ledger.Index, 0, len(args))
	for _, arg := range args {
		i, err := reference("REF", arg)
		if err != nil {
			return nil, err
		}
		refs = append(refs, i)
	}
	return refs, nil
}

// waiting lists the records that wait for somebody's approval.
func (a *app) waiting(ctx context.Context) error {
	if a.atServer() {
		return a.readServer(ctx, func(ctx context.Context, c *api.Client) (result, error) {
			list, err := c.Records(ctx, 0)
			return a.waitingResult(list), err
		})
	}
	return a.read(ctx, func(ctx context.Context, r *reader) (result, error) {
		var list []api.DeclaredRecord
		for rec, err := range r.view.RecordsOf(0) {
			if err != nil {
				return result{}, err
			}
			row, err := api.NewWaitingRecord(r.view, rec)
			if err != nil {
				return result{}, err
			}
			masked, err := r.masked(ctx, string(row.Volunteer))
			if err != nil {
				return result{}, err
			}
			row.Name = masked[string(row.Volunteer)].Name
			list = append(list, row)
		}
		return a.waitingResult(list), nil
	})
}

// waitingResult shows records that wait.
func (a *app) waitingResult(list []api.DeclaredRecord) result {
	rows, t := []recordRow{}, a.table("record", "volunteer", "name", "declared", "points", "declarer", "import")
	for _, rec := range list {
		row := recordRow{rec}
		rows = append(rows, row)
		from := ""
		if row.Import != 0 {
			from = fmt.Sprint(int64(row.Import))
		}
		what := []string{a.declared(row)}
		for _, q := range row.Queries {
			what = append(what, catalog.Name(a.say, "query", q))
		}
		if row.Step != "" {
			what = append(what, a.say.T("cli.approve.step", catalog.Data{
				"Role": catalog.Name(a.say, "role", row.Step), "Step": int64(len(rec.Approvers) + 1), "Steps": int64(rec.Steps),
			}))
		}
		points := row.Points
		if row.Deduct != nil {
			points = -*row.Deduct
		}
		t.add(row.Record, string(row.Volunteer), row.Name, strings.Join(what, " · "), sheet.Points(points), string(row.Declarer), from)
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return a.say.T("cli.approve.nothing") + "\n" }
	}
	return res
}

// settleRecords approves or sends back records, those of an imported file among them, and prints a row for each. A refusal of one
// does not stop the others.
func (w *writer) settleRecords(ctx context.Context, refs []ledger.Index, do func(recordRow) ledger.Action) error {
	records, err := w.records(ctx, refs)
	if err != nil {
		return err
	}
	answers := make([]api.Receipt, 0, len(records))
	var failed error
	bar := w.app.progress("approving")
	for n, rec := range records {
		key := w.key()
		if w.app.opts.key != "" && len(records) > 1 {
			key = ledger.Key(fmt.Sprintf("%s/%d", key, rec.Record))
		}
		answer, err := w.do(ctx, ledger.Command{Key: key, Actor: w.actor, Do: do(rec)})
		if isRejection(ledger.NotPermitted)(err) || isRejection(ledger.UnknownActor)(err) {
			return errors.Join(w.app.printReceipt(answer, err), err) // it is about who asks, and so about every record
		}
		answers = append(answers, answer)
		if err != nil {
			failed = err
		}
		if err != nil && !as[*ledger.Rejection](err) {
			break
		}
		if bar != nil {
			bar(ledger.Index(n+1), ledger.Index(len(records)))
		}
	}
	defer w.app.sayFinal(records, answers)
	if len(answers) == 1 {
		return errors.Join(w.app.printReceipt(answers[0], failed), failed)
	}
	if as[*ledger.Rejection](failed) {
		failed = errSomeRefused
	}
	return errors.Join(w.app.printSettled(records, answers), failed)
}

// sayFinal says of base points that were sent back that no run asks for them again in their period: its key has that answer for ever.
func (a *app) sayFinal(records []recordRow, answers []api.Receipt) {
	for i, r := range answers {
		if r.Kind == ledger.RecordReturned && !r.DryRun && records[i].For == ledger.BaseGranted {
			a.complain("%s\n", a.say.T("cli.return_record.base"))
			return
		}
	}
}

// records finds the records that references mean: a record itself, or those of a file that still wait.
func (w *writer) records(ctx context.Context, refs []ledger.Index) (out []recordRow, err error) {
	for _, ref := range refs {
		list, err := w.recordsOf(ctx, ref)
		if err != nil {
			return nil, err
		}
		for _, rec := range list {
			out = append(out, recordRow{rec})
		}
	}
	return out, nil
}

func (w *writer) recordsOf(ctx context.Context, ref ledger.Index) (out []api.DeclaredRecord, err error) {
	if w.server != nil {
		return w.server.Records(ctx, ref)
	}
	return out, w.view(ctx, func(v ledger.View) error {
		for rec, err := range v.RecordsOf(ref) {
			if err != nil {
				return err
			}
			row, err := api.NewWaitingRecord(v, rec)
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
}

// printSettled prints what became of each of several records.
func (a *app) printSettled(records []recordRow, answers []api.Receipt) error {
	t := a.table("record", "volunteer", "declared", "points", "outcome")
	applied := 0
	for i, r := range answers {
		row := records[i]
		said := a.say.T("cli.outcome." + string(r.Outcome))
		switch {
		case r.Problem != nil:
			said = a.said(said, r.Problem.Title)
		case r.DryRun && !r.Replayed:
			said = a.say.T("cli.outcome.dry_run")
			applied++
		case r.Kind != ledger.Approved || len(r.Postings) == 0:
			said = a.kindName(r.Kind, len(r.Postings))
			applied++
		default:
			applied++
		}
		t.add(row.Record, string(row.Volunteer), a.declared(row), sheet.Points(row.Points), said)
	}
	return a.show(result{json: answers, table: t, text: func() string {
		var b strings.Builder
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
		sum := catalog.Data{"Applied": applied, "Of": len(answers)}
		switch {
		case len(answers) == 0:
			return a.say.T("cli.approve.decided") + "\n"
		case a.opts.dryRun:
			return b.String() + a.say.T("cli.approve.dry_run", sum) + "\n"
		}
		return b.String() + a.say.T("cli.approve.sum", sum) + "\n"
	}})
}
