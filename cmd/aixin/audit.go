package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/store"
)

// errWrong ends an audit that found errors.
var errWrong = errors.New("the audit found errors")

// auditFlags say what is audited, and with which lists from outside.
type auditFlags struct {
	checks                                []string
	unit                                  string
	since                                 ledger.Date
	evidence, deaths, relatives, officers string
	report                                string
	verify                                bool
	settlements                           string
}

func (a *app) auditCmd() *cobra.Command {
	var f auditFlags
	use := "audit [--checks R01,…] [--unit UNIT] [--since DATE] [--evidence DIR] [--deaths FILE] [--relatives FILE] [--officials FILE] [--settlements FILE] [--report DIR] [--verify]"
	cmd := a.command("audit", use, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.audit(cmd.Context(), f)
	})
	fs := cmd.Flags()
	fs.StringSliceVar(&f.checks, "checks", nil, a.say.T("cli.flag.checks"))
	fs.StringVar(&f.unit, "unit", "", a.say.T("cli.flag.unit_below"))
	fs.Var(newValue(&f.since, parseDate, "DATE"), "since", a.say.T("cli.flag.since"))
	fs.StringVar(&f.evidence, "evidence", "", a.say.T("cli.flag.evidence_dir"))
	fs.StringVar(&f.deaths, "deaths", "", a.say.T("cli.flag.deaths"))
	fs.StringVar(&f.relatives, "relatives", "", a.say.T("cli.flag.relatives"))
	fs.StringVar(&f.officers, "officials", "", a.say.T("cli.flag.officials"))
	fs.StringVar(&f.settlements, "settlements", "", a.say.T("cli.flag.settlements"))
	fs.StringVar(&f.report, "report", "", a.say.T("cli.flag.audit_report"))
	fs.BoolVar(&f.verify, "verify", false, a.say.T("cli.flag.audit_verify"))
	return cmd
}

// audit carries out the checks from the journal alone, beside a running server, and writes nothing to the book.
func (a *app) audit(ctx context.Context, f auditFlags) error {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	a.demo = info.Demo
	o, err := f.options()
	if err != nil {
		return err
	}
	if o.Zone, err = info.Location(); err != nil {
		return err
	}
	o.Draw = drawer(info.Demo)
	var checkpoint []byte
	var head ledger.Head
	upTo := func(entries iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] { return entries }
	if f.report != "" {
		if checkpoint, head, err = a.signedHead(info); err != nil {
			return err
		}
		upTo = func(entries iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
			return under(head, entries)
		}
	}
	found, err := a.lookThrough(ctx, f.verify, func(entries iter.Seq2[ledger.Entry, error]) (audit.Report, error) {
		return audit.Run(o, upTo(entries))
	})
	if err != nil {
		return err
	}
	scope, err := f.scope(&o)
	if err != nil {
		return err
	}
	wire, r := a.auditResult(found, scope, f.verify)
	if f.report != "" {
		signed, err := a.writeAuditReport(f.report, info, checkpoint, head, wire)
		if err != nil {
			return err
		}
		text := r.text
		r.text = func() string { return text() + a.reportLine(f.report, signed) }
	}
	if err := a.show(r); err != nil || found.Count(audit.Wrong) == 0 {
		return err
	}
	return errWrong
}

// lookThrough carries an audit out over the entries of the book, which it verifies in the same walk where it is asked to. Of a book that
// is not sound there are no findings then, but the damage: what stands behind it may be anything.
func (a *app) lookThrough(
	ctx context.Context, verify bool, look func(iter.Seq2[ledger.Entry, error]) (audit.Report, error),
) (found audit.Report, err error) {
	preferHugePages(auditHeap)
	collectLess() // two that fold at once make garbage twice as fast
	if !verify {
		return look(a.watched(store.Entries(ctx, a.opts.book, 0), -1))
	}
	o := store.VerifyOptions{Read: func(entries iter.Seq2[ledger.Entry, error]) (err error) {
		found, err = look(entries)
		return err
	}}
	if bar := a.progress("verifying"); bar != nil {
		o.Progress = func(done, total int64) { bar(ledger.Index(done), ledger.Index(total)) }
	}
	_, err = store.Verify(ctx, a.opts.book, o)
	return found, err
}

// reportLine says where a report was written, and whether it is signed.
func (a *app) reportLine(dir string, signed bool) string {
	id := "unsigned"
	if signed {
		id = "signed"
	}
	return a.say.T("cli.audit."+id, catalog.Data{"Dir": dir}) + "\n"
}

// options reads what the flags name.
func (f auditFlags) options() (o audit.Options, err error) {
	known := audit.Checks()
	for _, n := range f.checks {
		n := audit.Number(strings.ToUpper(n))
		if !slices.ContainsFunc(known, func(c audit.Check) bool { return c.Number == n }) {
			return o, malformed("--checks", "check_number")
		}
		o.Checks = append(o.Checks, n)
	}
	if o.Unit = ledger.UnitID(f.unit); f.unit != "" && !o.Unit.Valid() {
		return o, malformed("--unit", "unit_code")
	}
	o.Since = f.since
	if o.Deaths, err = readDeaths(f.deaths); err != nil {
		return o, err
	}
	if o.Relatives, err = readRelatives(f.relatives); err != nil {
		return o, err
	}
	if o.Officials, err = readOfficials(f.officers); err != nil {
		return o, err
	}
	if o.Settlements, err = readSettlements(f.settlements); err != nil {
		return o, err
	}
	o.Evidence, err = hashFolder(f.evidence)
	return o, err
}

type (
	// auditJSON is an audit as programs read it.
	auditJSON struct {
		Entries ledger.Index `json:"entries"` // that were looked at
		On      ledger.Date  `json:"on"`      // the day of the last
		auditScope
		Verified bool       `json:"verified,omitempty"` // the book was found sound in the same walk
		Errors   int        `json:"errors"`
		Notes    int        `json:"notes"`
		Checks   []checkRow `json:"checks"`
	}

	// checkRow is what one check came to.
	checkRow struct {
		Number   audit.Number    `json:"number"`
		Name     string          `json:"name"`
		Says     string          `json:"says"`
		Law      string          `json:"law"`
		Outcome  string          `json:"outcome"` // passed, notes, errors, or not_checked where something lacks and no error was found
		Lacks    []audit.Outside `json:"lacks,omitempty"`
		Errors   int             `json:"errors"`
		Notes    int             `json:"notes"`
		Do       string          `json:"do,omitempty"` // about its findings
		Findings []findingRow    `json:"findings,omitempty"`
	}

	// findingRow is a finding.
	findingRow struct {
		Check   audit.Number   `json:"check"`
		Grade   audit.Grade    `json:"grade"`
		On      ledger.Date    `json:"on"`
		Subject string         `json:"subject,omitempty"`
		Unit    ledger.UnitID  `json:"unit,omitempty"`
		Has     string         `json:"has,omitempty"`
		Ought   string         `json:"ought,omitempty"`
		Entries []ledger.Index `json:"entries"`
	}

	// findingLine is a finding as it stands in a list of all, with what to do about it.
	findingLine struct {
		findingRow
		Do string `json:"do"`
	}
)

// The outcomes of a check.
const (
	outcomePassed  = "passed"
	outcomeNotes   = "notes"
	outcomeErrors  = "errors"
	outcomeUnasked = "not_checked"
)

// outcomeIn says what a check came to. One that lacks something is never passed.
func outcomeIn(r audit.Result) string {
	switch {
	case r.Count(audit.Wrong) > 0:
		return outcomeErrors
	case len(r.Lacks) > 0:
		return outcomeUnasked
	case len(r.Findings) > 0:
		return outcomeNotes
	}
	return outcomePassed
}

func (a *app) auditResult(x audit.Report, scope auditScope, verified bool) (auditJSON, result) {
	wire := auditJSON{auditScope: scope, Verified: verified, Entries: x.Size, On: x.Last, Errors: x.Count(audit.Wrong), Notes: x.Count(audit.Noted), Checks: []checkRow{}}
	lines := []findingLine{}
	for _, c := range x.Results {
		row := checkRow{
			Number: c.Check.Number, Name: c.Check.Name, Says: a.say.T("audit_check." + string(c.Check.Number)), Law: c.Check.Law,
			Outcome: outcomeIn(c), Lacks: c.Lacks, Errors: c.Count(audit.Wrong), Notes: c.Count(audit.Noted),
		}
		if len(c.Findings) > 0 {
			row.Do = a.say.T("audit_do." + string(c.Check.Number))
		}
		for _, f := range c.Findings {
			row.Findings = append(row.Findings, findingRow(f))
			lines = append(lines, findingLine{findingRow(f), row.Do})
		}
		wire.Checks = append(wire.Checks, row)
	}
	return wire, result{
		json: wire, lines: lines, long: func() *table { return a.findingTable(lines) }, text: func() string { return a.auditText(wire) },
	}
}

// findingTable lists every finding, a hundred thousand on the year of a county.
func (a *app) findingTable(lines []findingLine) *table {
	t := a.table("check_number", "grade", "date", "concerned", "unit", "has", "ought", "entries", "do")
	for _, f := range lines {
		t.add(string(f.Check), catalog.Name(a.say, "audit_grade", f.Grade), f.On.String(), f.Subject, string(f.Unit), f.Has, f.Ought,
			indexList(f.Entries, len(f.Entries)), f.Do)
	}
	return t
}

// How much of a long list stands on a screen; tables and programs get all of it.
const (
	fewFindings = 8
	fewEntries  = 4
)

// auditText says what each check came to, and shows the first findings of each.
func (a *app) auditText(x auditJSON) string {
	var out strings.Builder
	line := func(id string, data catalog.Data) { out.WriteString(a.say.T("cli.audit."+id, data) + "\n") }
	out.WriteString(a.mark())
	line("head", a.auditCounts(x))
	for _, said := range a.scopeLines(x.auditScope) {
		out.WriteString(said + "\n")
	}
	if x.Verified {
		line("verified", nil)
	}
	for _, c := range x.Checks {
		out.WriteString(a.saysBeside(c) + "\n")
		t := a.table("grade", "date", "concerned", "has", "ought", "entries")
		for _, f := range c.Findings[:min(fewFindings, len(c.Findings))] {
			t.add(catalog.Name(a.say, "audit_grade", f.Grade), f.On.String(), f.Subject, catalog.Found(a.say, f.Has), catalog.Found(a.say, f.Ought), indexList(f.Entries, fewEntries))
		}
		if err := t.writeText(&out); err != nil {
			return err.Error()
		}
		if more := len(c.Findings) - fewFindings; more > 0 {
			line("more", catalog.Data{"More": more})
		}
		if c.Do != "" {
			line("do", catalog.Data{"Do": c.Do})
		}
	}
	return out.String()
}

// auditCounts are what the head of an audit says.
func (a *app) auditCounts(x auditJSON) catalog.Data {
	return catalog.Data{
		"Entries": a.counted("entries", int(x.Entries)), "On": x.On.String(),
		"Errors": a.counted("errors", x.Errors), "Notes": a.counted("notes", x.Notes),
	}
}

// counted says so many entries, errors or notes.
func (a *app) counted(what string, n int) string {
	return a.say.T("audit_count."+what, catalog.Data{"Count": n})
}

// checkLine says what a check came to.
func (a *app) checkLine(c checkRow) string {
	data := catalog.Data{
		"Number": string(c.Number), "Wrong": a.counted("wrong", c.Errors), "Notes": a.counted("notes", c.Notes), "Lacks": a.lacking(c.Lacks),
	}
	said := a.say.T("cli.audit."+c.Outcome, data)
	if c.Outcome != outcomeUnasked && len(c.Lacks) > 0 {
		said += " " + a.say.T("cli.audit.lacks", data)
	}
	return said
}

// saysBeside puts what a check is about on the line of its outcome where there is room for it, and below it otherwise.
func (a *app) saysBeside(c checkRow) string {
	said := a.checkLine(c)
	if line := a.say.T("cli.audit.says", catalog.Data{"Outcome": said, "Says": c.Says}); lipgloss.Width(line) <= screen {
		return line
	}
	return said + "\n    " + c.Says
}

// lacking names what a check was not given.
func (a *app) lacking(list []audit.Outside) string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = catalog.Name(a.say, "audit_outside", x)
	}
	return strings.Join(names, a.say.T("cli.audit.and"))
}

// indexList writes the first n entries of a list.
func indexList(list []ledger.Index, n int) string {
	parts := make([]string, 0, n)
	for _, i := range list[:min(n, len(list))] {
		parts = append(parts, strconv.FormatInt(int64(i), 10))
	}
	if len(list) > n {
		parts = append(parts, fmt.Sprintf("… %d", len(list)))
	}
	return strings.Join(parts, ", ")
}
