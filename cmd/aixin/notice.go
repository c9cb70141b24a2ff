package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
	"aixin/store"
)

// This file is the board: what was approved hangs there before it is credited, and what is published hangs beside it.

func (a *app) noticeCmd() *cobra.Command {
	return a.parent("notice", "notice", a.noticePost(), a.noticeList(), a.noticeShow(), a.noticeWithdraw(),
		a.noticeObject(), a.noticeAnswer(), a.noticePublish(), a.noticeCheck())
}

// publishedDays is how long what is published hangs where nobody says otherwise.
const publishedDays = 14

// posting are the flags of what is hung out.
type posting struct {
	unit    string
	until   ledger.Date
	picture string
}

func (a *app) posts(cmd *cobra.Command, f *posting) *cobra.Command {
	cmd.Flags().StringVar(&f.unit, "unit", "", a.say.T("cli.flag.notice_unit"))
	cmd.Flags().Var(newValue(&f.until, parseDate, "DATE"), "until", a.say.T("cli.flag.notice_until"))
	cmd.Flags().StringVar(&f.picture, "picture", "", a.say.T("cli.flag.picture"))
	return a.writes(cmd)
}

func (f posting) check() error {
	if f.unit == "" {
		return lacking("--unit")
	}
	if !ledger.UnitID(f.unit).Valid() {
		return malformed("--unit", "unit_code")
	}
	return pictureName(f.picture)
}

// pictureName refuses a name by which nobody would open what is written there.
func pictureName(path string) error {
	if path == "" || strings.EqualFold(filepath.Ext(path), ".png") {
		return nil
	}
	return malformed("--picture", "picture")
}

// keepPicture draws a text into a file, where one is named.
func (a *app) keepPicture(path, text string) error {
	if path == "" {
		return nil
	}
	content, err := notice.Picture(text)
	if err != nil {
		return err
	}
	return a.keep(path, content)
}

func (a *app) noticePost() *cobra.Command {
	var f posting
	return a.posts(a.command("notice_post", "post --unit UNIT [--until DATE] [--picture FILE]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := f.check(); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			n := ledger.Notice{Unit: ledger.UnitID(f.unit), Until: f.until}
			if before, err := w.hungBefore(ctx, n, f.picture); before || err != nil {
				return err
			}
			days := int64(0)
			err := w.view(ctx, func(v ledger.View) error {
				for rec, err := range v.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}, Units: []ledger.UnitID{n.Unit}}) {
					if err != nil {
						return err
					}
					if n.Records, days = append(n.Records, rec.Index), max(days, rec.Notice); len(n.Records) == ledger.MaxNoticed {
						break
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			if len(n.Records) == 0 {
				return a.show(result{json: []ledger.Index{}, text: func() string {
					return a.say.T("cli.notice.nothing", catalog.Data{"Unit": f.unit}) + "\n"
				}})
			}
			return w.hang(ctx, n, int(days), f.picture)
		})
	}), &f)
}

func (a *app) noticePublish() *cobra.Command {
	var f posting
	var month, quarter string
	use := "publish points|goods|honours --unit UNIT --month YYYY-MM|--quarter YYYY-QN [--until DATE] [--picture FILE]"
	cmd := a.posts(a.command("notice_publish", use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := f.check(); err != nil {
			return err
		}
		n := ledger.Notice{Unit: ledger.UnitID(f.unit), Until: f.until, What: args[0], Period: month}
		if args[0] == ledger.PublishGoods || (args[0] == ledger.PublishHonours && month == "") {
			n.Period = quarter
		}
		if !slices.Contains(ledger.Publications(), args[0]) {
			return malformed(strings.Join(ledger.Publications(), "|"), "publication")
		}
		if _, _, ok := ledger.PeriodOf(n.Period); !ok {
			flags := map[string]string{ledger.PublishPoints: "--month", ledger.PublishGoods: "--quarter", ledger.PublishHonours: "--month"}
			return malformed(flags[args[0]], "period")
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if before, err := w.hungBefore(ctx, n, f.picture); before || err != nil {
				return err
			}
			return w.hang(ctx, n, publishedDays, f.picture)
		})
	}), &f)
	cmd.Flags().StringVar(&month, "month", "", a.say.T("cli.flag.month"))
	cmd.Flags().StringVar(&quarter, "quarter", "", a.say.T("cli.flag.quarter"))
	return cmd
}

// hung is a notice that was hung out, as programs read it.
type hung struct {
	api.Receipt
	Paper   string         `json:"notice"`
	From    ledger.Date    `json:"from"`
	Until   ledger.Date    `json:"until"`
	Records []ledger.Index `json:"records,omitempty"`
	SHA256  string         `json:"sha256"`
	Text    string         `json:"text"`
}

// hang makes the text of a notice, enters it, and prints the text: with -o, to a file that has the hash that the book keeps.
func (w *writer) hang(ctx context.Context, n ledger.Notice, days int, picture string) error {
	var text string
	err := w.view(ctx, func(v ledger.View) error {
		board, err := v.Board(n.Unit)
		if err != nil {
			return err
		}
		n.Number, n.From = board.Notices+1, v.On()
		if n.Until == 0 {
			n.Until = n.From.AddDays(days)
		}
		text, err = w.printer(ctx, v).Text(ctx, w.app.say, n)
		return err
	})
	if err != nil {
		return err
	}
	n.SHA256, n.Size = notice.Hash(text), int64(len(text))
	return w.enter(ctx, n, text, picture)
}

// hungBefore goes on with the notice that hangs out by the same call under the same key: another would have another number, other records
// and another day.
func (w *writer) hungBefore(ctx context.Context, n ledger.Notice, picture string) (before bool, err error) {
	if w.app.opts.key == "" {
		return false, nil
	}
	e, stands, err := w.under(ctx, w.key())
	if err != nil || !stands {
		return false, err
	}
	var was ledger.Notice
	text := ""
	err = w.view(ctx, func(v ledger.View) error {
		if was, err = v.Notice(e.Index); isRejection(ledger.NotFound)(err) {
			err = nil
		}
		if err == nil && (was.Unit != n.Unit || was.What != n.What || was.Period != n.Period || n.Until != 0 && n.Until != was.Until) {
			err = &ledger.Rejection{Reason: ledger.KeyConflict, Subject: w.app.opts.key}
		}
		if err == nil {
			text, err = w.printer(ctx, v).Text(ctx, w.app.say, was)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	return true, w.enter(ctx, was, text, picture)
}

// printer makes the texts of notices in a view.
func (w *writer) printer(ctx context.Context, v ledger.View) notice.Printer {
	entries := func() iter.Seq2[ledger.Entry, error] { return store.Entries(ctx, w.app.opts.book, 0) }
	return notice.Printer{View: v, Mark: w.app.mark(), Names: w.people.Masked, Entries: entries}
}

// enter enters a notice and prints its text.
func (w *writer) enter(ctx context.Context, n ledger.Notice, text, picture string) error {
	legend := ""
	err := w.view(ctx, func(v ledger.View) (err error) { legend, err = w.app.legend(v, n); return err })
	if err != nil {
		return err // before anything is entered
	}
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: hanging(n)})
	if err != nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	if !answer.DryRun {
		if err := w.app.keepPicture(picture, text+legend); err != nil {
			return err
		}
	}
	said, data := "tried", catalog.Data{"Paper": n.Paper(), "Until": n.Until.String(), "Hash": n.SHA256}
	if answer.Index != nil {
		said, data["Index"] = "posted", int64(*answer.Index)
	}
	w.app.complain("%s\n", w.app.say.T("cli.notice."+said, data))
	return w.app.show(result{
		json:  hung{answer, n.Paper(), n.From, n.Until, n.Records, n.SHA256, text},
		table: w.app.receiptTable(answer), text: func() string { return text },
	})
}

// hanging is the action that enters a notice.
func hanging(n ledger.Notice) ledger.Action {
	if n.What == "" {
		return &ledger.PostNotice{
			Unit: n.Unit, Number: n.Number, From: n.From, Until: n.Until, Records: n.Records, SHA256: n.SHA256, Size: n.Size,
		}
	}
	return &ledger.Publish{
		What: n.What, Unit: n.Unit, Number: n.Number, Period: n.Period, From: n.From, Until: n.Until, SHA256: n.SHA256, Size: n.Size,
	}
}

func (a *app) noticeWithdraw() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("notice_withdraw", "withdraw NOTICE --reason REASON", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("NOTICE", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.RemoveNotice{Notice: i, Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}

func (a *app) noticeObject() *cobra.Command {
	var reason, by string
	cmd := a.writes(a.command("notice_object", "object REF --reason REASON [--by VOLUNTEER]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Object{Record: i, Reason: ledger.Reason(reason), Volunteer: ledger.VolunteerID(by)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	cmd.Flags().StringVar(&by, "by", "", a.say.T("cli.flag.objector"))
	return cmd
}

func (a *app) noticeAnswer() *cobra.Command {
	var reason, outcome string
	cmd := a.writes(a.command("notice_answer", "answer OBJECTION --result upheld|dismissed --reason REASON", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("OBJECTION", args[0])
		if err != nil {
			return err
		}
		if outcome != "upheld" && outcome != "dismissed" {
			return malformed("--result", "objection_result")
		}
		return a.submit(cmd.Context(), &ledger.AnswerObjection{Objection: i, Upheld: outcome == "upheld", Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	cmd.Flags().StringVar(&outcome, "result", "", a.say.T("cli.flag.result"))
	return cmd
}

// noticeRow is a notice as programs read it.
type noticeRow struct {
	Index   ledger.Index  `json:"index"`
	Paper   string        `json:"notice"`
	What    string        `json:"what"`
	Period  string        `json:"period,omitempty"`
	Unit    ledger.UnitID `json:"unit"`
	From    ledger.Date   `json:"from"`
	Until   ledger.Date   `json:"until"`
	Records int           `json:"records"`
	State   string        `json:"state"` // runs, over or down
	Removed ledger.Date   `json:"removed,omitempty"`
	SHA256  string        `json:"sha256"`
}

func newNoticeRow(n ledger.Notice, on ledger.Date) noticeRow {
	row := noticeRow{n.Index, n.Paper(), n.What, n.Period, n.Unit, n.From, n.Until, len(n.Records), "runs", n.Gone, n.SHA256}
	if row.What == "" {
		row.What = "credits"
	}
	switch {
	case n.Removed != 0:
		row.State = "down"
	case on > n.Until:
		row.State = "over"
	}
	return row
}

// published says in a cell what hangs out.
func (a *app) published(what, period string) string {
	return strings.TrimSpace(a.say.T("cli.published."+what) + " " + period)
}

func (a *app) noticeList() *cobra.Command {
	var waiting, due bool
	cmd := a.reads(a.command("notice_list", "list [--waiting | --due]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if waiting && due {
			return &usageError{id: "notice_one"}
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			switch {
			case waiting:
				return r.awaiting()
			case due:
				return r.unpublished(ctx)
			}
			rows, t := []noticeRow{}, a.table("entry", "notice", "what", "from", "until", "records", "state")
			for n, err := range r.view.Notices() {
				if err != nil {
					return result{}, err
				}
				row := newNoticeRow(n, r.view.On())
				rows = append(rows, row)
				t.add(row.Index, row.Paper, a.published(row.What, row.Period), row.From.String(), row.Until.String(), row.Records, a.say.T("cli.notice."+row.State))
			}
			res := result{json: rows, table: t}
			if len(rows) == 0 {
				res.text = func() string { return a.say.T("cli.notice.none") + "\n" }
			}
			return res, nil
		})
	}))
	cmd.Flags().BoolVar(&waiting, "waiting", false, a.say.T("cli.flag.waiting"))
	cmd.Flags().BoolVar(&due, "due", false, a.say.T("cli.flag.notice_due"))
	return cmd
}

// dueRow is a notice of a month's points or a quarter's goods that does not hang out yet.
type dueRow struct {
	Unit    ledger.UnitID `json:"unit"`
	What    string        `json:"what"`
	Period  string        `json:"period"`
	By      ledger.Date   `json:"by"`
	Overdue bool          `json:"overdue,omitempty"`
}

// unpublished lists the notices of points and goods that are due.
func (r *reader) unpublished(ctx context.Context) (result, error) {
	rows, t := []dueRow{}, r.app.table("unit", "what", "until", "note")
	scope, err := report.ScopeOf(r.view, "")
	if err != nil {
		return result{}, err
	}
	list, err := report.Unpublished(r.view, scope, store.Entries(ctx, r.app.opts.book, 0))
	for _, x := range list {
		row, note := dueRow{x.Unit, x.What, x.Period, x.By, r.view.On() > x.By}, ""
		if row.Overdue {
			note = r.app.say.T("cli.notice.late")
		}
		rows = append(rows, row)
		t.add(string(row.Unit), r.app.published(row.What, row.Period), row.By.String(), note)
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.notice.none_due") + "\n" }
	}
	return res, err
}

// awaiting lists the approved records that wait for a notice.
func (r *reader) awaiting() (result, error) {
	rows, t := []recordRow{}, r.app.table("record", "unit", "volunteer", "declared", "points")
	for rec, err := range r.view.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}}) {
		if err != nil {
			return result{}, err
		}
		row := newRecordRow(rec)
		rows = append(rows, row)
		t.add(row.Record, string(rec.Unit), string(row.Volunteer), r.app.declared(row), sheet.Points(row.Points))
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.approve.nothing") + "\n" }
	}
	return res, nil
}

// noticeLine is a record on notice as programs read it.
type noticeLine struct {
	recordRow
	Objection ledger.Index  `json:"objection,omitempty"`
	Reason    ledger.Reason `json:"reason,omitempty"`
	Reply     ledger.Date   `json:"reply,omitempty"`
	Late      bool          `json:"late,omitempty"`
}

func (a *app) noticeShow() *cobra.Command {
	var picture, words string
	cmd := a.reads(a.command("notice_show", "show NOTICE|UNIT/N [--text FILE] [--picture FILE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := pictureName(picture); err != nil {
			return err
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			i, err := r.noticeEntry(args[0])
			if err != nil {
				return result{}, err
			}
			return r.notice(ctx, i, words, picture)
		})
	}))
	cmd.Flags().StringVar(&words, "text", "", a.say.T("cli.flag.notice_text"))
	cmd.Flags().StringVar(&picture, "picture", "", a.say.T("cli.flag.picture"))
	return cmd
}

// noticeEntry finds the entry of a notice by its number, or by what stands on the paper, such as C01/3.
func (r *reader) noticeEntry(arg string) (ledger.Index, error) {
	if unit, _, onPaper := strings.Cut(arg, "/"); !onPaper || !ledger.UnitID(unit).Valid() {
		return reference("NOTICE", arg)
	}
	for n, err := range r.view.Notices() {
		if err != nil || n.Paper() == arg {
			return n.Index, err
		}
	}
	return 0, &ledger.Rejection{Reason: ledger.NotFound, Subject: arg}
}

// printer makes texts as the reader sees the book.
func (r *reader) printer(ctx context.Context) notice.Printer {
	p := notice.Printer{View: r.view, Mark: r.app.mark(), Names: notice.Nobody, Entries: func() iter.Seq2[ledger.Entry, error] { return store.Entries(ctx, r.app.opts.book, 0) }}
	if r.people != nil {
		p.Names = r.people.Masked
	}
	return p
}

// notice shows a notice: its text, made again, and how its lines stand.
func (r *reader) notice(ctx context.Context, i ledger.Index, words, picture string) (result, error) {
	n, err := r.view.Notice(i)
	if err != nil {
		return result{}, err
	}
	text, err := r.printer(ctx).Text(ctx, r.app.say, n)
	if err != nil {
		return result{}, err
	}
	if words != "" {
		if err := r.app.keep(words, []byte(text)); err != nil {
			return result{}, err
		}
	}
	legend, err := r.app.legend(r.view, n)
	if err != nil {
		return result{}, err
	}
	if err := r.app.keepPicture(picture, text+legend); err != nil {
		return result{}, err
	}
	lines, t := []noticeLine{}, r.app.table("record", "points", "state", "objection", "reply", "note")
	for _, at := range n.Records {
		l, err := r.noticeLine(at)
		if err != nil {
			return result{}, err
		}
		lines = append(lines, l)
		note, reply := "", ""
		if l.Late {
			note = r.app.say.T("cli.notice.late")
		}
		if l.State == ledger.Disputed { // else it was answered
			reply = l.Reply.String()
		}
		t.add(l.Record, sheet.Points(l.Points), r.app.say.T("cli.record_state."+string(l.State)), or(l.Objection, l.Objection != 0), reply, note)
	}
	row := newNoticeRow(n, r.view.On())
	return result{json: struct {
		noticeRow
		Text  string       `json:"text"`
		Lines []noticeLine `json:"lines"`
	}{row, text, lines}, lines: lines, table: t, text: func() string {
		var b strings.Builder
		b.WriteString(text + legend + "\n" + r.app.say.T("cli.notice."+row.State) + "\n")
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
		return b.String()
	}}, nil
}

// legend says below the text of a notice what the codes of its acts stand for.
func (a *app) legend(v ledger.View, n ledger.Notice) (string, error) {
	acts, err := notice.Acts(v, n)
	legend := notice.Legend(a.say, acts)
	if legend != "" {
		legend = "\n" + legend + "\n"
	}
	return legend, err
}

// noticeLine returns a record of a notice with the latest objection to it.
func (r *reader) noticeLine(at ledger.Index) (l noticeLine, err error) {
	rec, err := r.view.Record(at)
	if err != nil {
		return l, err
	}
	l.recordRow = newRecordRow(rec)
	if rec.Objection == 0 {
		return l, nil
	}
	o, err := r.view.Objection(rec.Objection)
	if err != nil {
		return l, err
	}
	l.Objection, l.Reason, l.Reply = o.Index, o.Reason, o.Reply
	answered := o.Answered
	if o.Answer == 0 {
		answered = r.view.On()
	}
	l.Late = o.Reply != 0 && answered > o.Reply
	return l, nil
}

func (a *app) noticeCheck() *cobra.Command {
	return a.reads(a.command("notice_check", "check FILE", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		text, err := a.readFile(args[0])
		if err != nil {
			return fmt.Errorf("read notice: %w", err)
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) { return r.checkNotice(ctx, string(text)) })
	}))
}

// checkNotice finds the notice that a text is of by its hash, and makes the text again.
func (r *reader) checkNotice(ctx context.Context, text string) (result, error) {
	type answer struct {
		SHA256 string     `json:"sha256"`
		Notice *noticeRow `json:"notice,omitempty"`
		Again  string     `json:"again,omitempty"` // same, names or unnamed
	}
	out := answer{SHA256: notice.Hash(text)}
	n, ok, err := notice.Find(r.view, out.SHA256)
	if err != nil {
		return result{}, err
	}
	if !ok {
		return result{json: out, text: func() string {
			return r.app.say.T("cli.notice.unknown", catalog.Data{"Hash": out.SHA256}) + "\n"
		}}, errDifferences
	}
	row := newNoticeRow(n, r.view.On())
	out.Notice = &row
	if out.Again, err = r.remade(ctx, n, text); err != nil {
		return result{}, err
	}
	return result{json: out, text: func() string {
		return r.app.say.T("cli.notice.checked", catalog.Data{
			"Paper": row.Paper, "Index": int64(row.Index), "From": row.From.String(), "Until": row.Until.String(),
		}) + "\n" + r.app.say.T("cli.notice."+out.Again) + "\n"
	}}, nil
}

// remade says how a text that is made again compares with the one that hung, in whichever language that was.
func (r *reader) remade(ctx context.Context, n ledger.Notice, text string) (string, error) {
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		say, err := catalog.New(lang)
		if err != nil {
			return "", err
		}
		again, err := r.inLanguage(say).printer(ctx).Text(ctx, say, n)
		if err != nil {
			return "", err
		}
		if again == text {
			return "same", nil
		}
	}
	if r.people == nil {
		return "unnamed", nil
	}
	return "names", nil
}

// inLanguage is the reader with another language.
func (r *reader) inLanguage(say *catalog.Localizer) *reader {
	other, a := *r, *r.app
	a.say = say
	other.app = &a
	return &other
}
