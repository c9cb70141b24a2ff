package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// importFlags say what the file does not.
type importFlags struct {
	mapping  string
	unit     string
	activity string
	start    ledger.Start
	capture  string
	sheet    string
	on       ledger.Date
	from     ledger.Date
	expires  ledger.Date
	shop     string
	donor    string
	source   string
}

// importReport is what became of a file, as programs read it.
type importReport struct {
	Form     sheet.Form     `json:"form"`
	SHA256   string         `json:"sha256"`
	Encoding sheet.Encoding `json:"encoding,omitempty"`
	Import   *ledger.Index  `json:"import,omitempty"` // the imported entry; absent where nothing was new
	DryRun   bool           `json:"dry_run,omitempty"`
	Recorded int            `json:"recorded"`
	Already  int            `json:"already"`
	Refused  int            `json:"refused"`
	Faulty   int            `json:"faulty"`
	Skipped  int            `json:"skipped"`
	Ready    int            `json:"ready"`
	Result   string         `json:"result,omitempty"` // the file with a result on every row
	Rows     []importRow    `json:"rows"`
	Waits    bool           `json:"waits,omitempty"` // for another person's approval
}

// importRow is what became of one row.
type importRow struct {
	Row       int                `json:"row"`
	Volunteer ledger.VolunteerID `json:"volunteer,omitempty"`
	Entry     *ledger.Index      `json:"entry,omitempty"`
	Said      string             `json:"result"`
}

func (a *app) importCmd() *cobra.Command {
	var children []*cobra.Command
	for _, form := range sheet.Forms() {
		children = append(children, a.importFormCmd(form))
	}
	return a.parent("import", "import", children...)
}

func (a *app) importFormCmd(form sheet.Form) *cobra.Command {
	var f importFlags
	cmd := a.imports(a.command("import_"+string(form), string(form)+" FILE", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.importFile(cmd.Context(), form, args[0], f)
	}))
	fs := cmd.Flags()
	fs.StringVar(&f.mapping, "mapping", "", a.say.T("cli.flag.mapping"))
	switch form {
	case sheet.Volunteers:
		fs.StringVar(&f.unit, "unit", "", a.say.T("cli.flag.unit"))
	case sheet.Items:
		fs.Var(newValue(&f.from, parseDate, "DATE"), "from", a.say.T("cli.flag.from"))
	case sheet.Hours:
		fs.StringVar(&f.activity, "activity", "", a.say.T("cli.flag.activity"))
		fs.Var(newValue(&f.start, parseStart, "'DATE HH:MM'"), "start", a.say.T("cli.flag.start"))
		fs.StringVar(&f.capture, "capture", "", a.say.T("cli.flag.capture"))
		fs.StringVar(&f.sheet, "sheet", "", a.say.T("cli.flag.sheet"))
	case sheet.Acts:
		fs.Var(newValue(&f.on, parseDate, "DATE"), "on", a.say.T("cli.flag.on"))
		fs.StringVar(&f.sheet, "sheet", "", a.say.T("cli.flag.sheet"))
	case sheet.Stock:
		fs.StringVar(&f.shop, "shop", "", a.say.T("cli.flag.stock_shop"))
		fs.StringVar(&f.donor, "donor", "", a.say.T("cli.flag.stock_donor"))
		fs.StringVar(&f.source, "source", string(ledger.Opening), a.say.T("cli.flag.stock_source"))
	case sheet.Balances:
		fs.Var(newValue(&f.expires, parseDate, "DATE"), "expires", a.say.T("cli.flag.expires"))
	}
	return cmd
}

// params checks what the flags say about the whole file.
func (f importFlags) params() (sheet.Params, error) {
	var bad []ledger.Fault
	want := func(ok bool, flag, code string) {
		if !ok {
			bad = append(bad, ledger.Fault{Field: flag, Code: code})
		}
	}
	want(f.unit == "" || ledger.UnitID(f.unit).Valid(), "--unit", "unit_code")
	want(f.activity == "" || ledger.ActivityID(f.activity).Valid(), "--activity", "activity_code")
	ways := []ledger.Capture{"", ledger.Scan, ledger.Roster, ledger.Backfill}
	want(slices.Contains(ways, ledger.Capture(f.capture)), "--capture", "capture")
	want(f.shop == "" || ledger.ShopID(f.shop).Valid(), "--shop", "shop_code")
	want(f.donor == "" || ledger.DonorID(f.donor).Valid(), "--donor", "donor_code")
	sources := []ledger.GoodsSource{"", ledger.Donation, ledger.Purchase, ledger.Grant, ledger.Opening}
	want(slices.Contains(sources, ledger.GoodsSource(f.source)), "--source", "source")
	p := sheet.Params{
		Shop: ledger.ShopID(f.shop), Donor: ledger.DonorID(f.donor), Source: ledger.GoodsSource(f.source),
		Unit: ledger.UnitID(f.unit), Activity: ledger.ActivityID(f.activity), Start: f.start, Capture: ledger.Capture(f.capture),
		Sheet: f.sheet, On: f.on, From: f.from, Expires: f.expires,
	}
	if bad != nil {
		return p, &ledger.Invalid{Fields: bad}
	}
	return p, nil
}

// importFile reads a file, brings its rows into the book, and writes the file again with what became of each row.
func (a *app) importFile(ctx context.Context, form sheet.Form, path string, f importFlags) error {
	params, err := f.params()
	if err != nil {
		return err
	}
	file, err := a.readSheet(form, path, f.mapping)
	if err != nil {
		return err
	}
	return a.write(ctx, func(ctx context.Context, w *writer) error {
		if err := w.holds(ctx, importers(form)...); err != nil {
			return err // before anybody is looked up or written down
		}
		job := &importJob{writer: w, file: file, params: params}
		failed := job.run(ctx)
		if as[*sheet.FileError](failed) {
			return failed // nothing was planned
		}
		return errors.Join(job.report(path), failed)
	})
}

// importers lists who may bring in a form: whoever may ask for what its rows ask for.
func importers(form sheet.Form) []ledger.Role {
	if form == sheet.Hours || form == sheet.Acts {
		return []ledger.Role{ledger.Leader}
	}
	if form == sheet.Stock {
		return []ledger.Role{ledger.Keeper}
	}
	return []ledger.Role{ledger.Steward}
}

// readSheet reads the file through its mapping.
func (a *app) readSheet(form sheet.Form, path, mapping string) (*sheet.File, error) {
	var m sheet.Mapping
	if mapping != "" {
		b, err := a.readFile(mapping)
		if err != nil {
			return nil, fmt.Errorf("mapping: %w", err)
		}
		if m, err = sheet.ReadMapping(bytes.NewReader(b)); err != nil {
			return nil, err
		}
	}
	in, err := a.openFile(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	return sheet.Read(in, form, m)
}

// importJob brings one file into the book.
type importJob struct {
	*writer
	file   *sheet.File
	params sheet.Params
	entry  *ledger.Index // imported, once there is something to import
	waits  bool          // a row that came in waits for a second person
}

// run plans every row and submits those that are sound, in order. It stops at a fault of the store, not at a refusal: importing
// again goes on where it stopped, since the key of a row is made of what the row says.
func (j *importJob) run(ctx context.Context) error {
	why := registry.Purpose{Actor: string(j.actor), Reason: "import " + string(j.file.Form)}
	err := j.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, j.actor, api.PeopleReaders()...)
		if err != nil {
			return err
		}
		staff, err := v.Staff(j.actor)
		if err != nil {
			return err
		}
		j.params.Scope = staff.ScopeOf(v.On(), importers(j.file.Form)...)
		return j.file.Plan(ctx, finder{j.people, why, handled}, j.params)
	})
	if err != nil {
		return err
	}
	if err := j.register(ctx); err != nil {
		return err
	}
	bar := j.app.progress("importing")
	for n, row := range j.file.Rows {
		if row.Command == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := j.submit(context.WithoutCancel(ctx), row); err != nil {
			return err
		}
		if bar != nil {
			bar(ledger.Index(n+1), ledger.Index(len(j.file.Rows)))
		}
	}
	return j.verdict()
}

// register gives everybody new in a list of volunteers a number. A dry run keeps no numbers, so such rows stay as planned.
func (j *importJob) register(ctx context.Context) error {
	var rows []*sheet.Row
	var people []person.Person
	for _, row := range j.file.Rows {
		if r, ok := row.Record.(*sheet.VolunteerRow); ok && row.New() {
			rows = append(rows, row)
			people = append(people, person.Person{Name: r.Name, Phone: r.Phone, IDNumber: r.IDNumber})
		}
	}
	if len(rows) == 0 || j.app.opts.dryRun {
		return nil
	}
	release, err := j.app.hosted.turn(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := j.reserve(ctx); err != nil {
		return err
	}
	found, err := j.people.Register(ctx, person.Volunteer, people)
	if err != nil {
		return err
	}
	if err := j.conceal(ctx, found); err != nil {
		return err
	}
	for i, got := range found {
		if is(errElsewhere)(got.Err) {
			j.file.Elsewhere(rows[i])
			continue
		}
		if got.Err != nil {
			rows[i].Outcome = &sheet.Outcome{Err: got.Err}
			continue
		}
		j.file.Enroll(rows[i], ledger.VolunteerID(got.ID))
	}
	return nil
}

// submit brings one row into the book, or notes why not. Where the row's key names a record that was sent back or reversed, a
// corrected row comes in under the next key; where it names one that stands, the row says what that is.
func (j *importJob) submit(ctx context.Context, row *sheet.Row) error {
	c := *row.Command
	c.Actor = j.actor
	for again := 2; ; again++ {
		outcome, err := j.bring(ctx, c)
		if err != nil {
			return err
		}
		if !isRejection(ledger.KeyConflict)(outcome.Err) {
			return note(row, outcome, j.app.opts.dryRun)
		}
		earlier, err := j.earlier(ctx, c.Key)
		if err != nil {
			return err
		}
		if gone := earlier.State == ledger.SentBack || earlier.State == ledger.ReversedBack; !gone || again > mostCorrections {
			outcome.Earlier = &earlier
			return note(row, outcome, j.app.opts.dryRun)
		}
		c.Key = ledger.Key(fmt.Sprintf("%s/%d", row.Command.Key, again))
	}
}

// mostCorrections bounds how often one record may be sent back and come again corrected.
const mostCorrections = 99

// bring carries out the command of one row, below the imported entry, which is made when the first new row comes: a file that
// adds nothing leaves no trace. The error is of the file, not of the row.
func (j *importJob) bring(ctx context.Context, c ledger.Command) (sheet.Outcome, error) {
	if j.app.opts.dryRun {
		got, err := j.ledger.DryRun(ctx, c)
		return sheet.Outcome{Entry: got.Entry.Index, Replayed: err == nil && got.Replayed, Err: err}, nil
	}
	if j.entry == nil {
		known, err := j.known(ctx, c)
		if err != nil {
			return sheet.Outcome{}, err
		}
		if !known {
			if _, err := j.ledger.DryRun(ctx, c); err != nil {
				return sheet.Outcome{Err: err}, nil //nolint:nilerr // it is the row that is refused
			}
			if err := j.begin(ctx); err != nil {
				return sheet.Outcome{}, err
			}
		}
	}
	if j.entry != nil {
		c.Import = *j.entry
	}
	r, err := j.ledger.Submit(ctx, c)
	switch r.Entry.Kind { //nolint:exhaustive // the others are done
	case ledger.HoursDeclared, ledger.ActsDeclared, ledger.OpeningDeclared, ledger.Proposed:
		j.waits = j.waits || err == nil
	}
	return sheet.Outcome{Entry: r.Entry.Index, Replayed: r.Replayed, Err: err}, nil
}

// earlier says what the book has under a key.
func (j *importJob) earlier(ctx context.Context, k ledger.Key) (found sheet.Earlier, err error) {
	err = j.view(ctx, func(v ledger.View) error {
		used, err := v.Key(k)
		if err != nil {
			return err
		}
		found.Entry = used.Index
		rec, err := v.Record(used.Index)
		if isRejection(ledger.NotFound)(err) {
			return nil // a price or a person, which nobody approves
		}
		found.State, found.Credit = rec.State, rec.Credit
		return err
	})
	return found, err
}

// known reports whether the row's key was used before.
func (j *importJob) known(ctx context.Context, c ledger.Command) (known bool, err error) {
	err = j.view(ctx, func(v ledger.View) error {
		_, err := v.Key(c.Key)
		known = err == nil
		if isRejection(ledger.NotFound)(err) {
			return nil
		}
		return err
	})
	return known, err
}

// begin makes the imported entry. Its key names the file and what was said about it, so that an interrupted import goes on
// below the same entry.
func (j *importJob) begin(ctx context.Context) error {
	c := j.file.Import()
	c.Actor = j.actor
	r, err := j.ledger.Submit(ctx, c)
	if err != nil {
		return err
	}
	j.entry = &r.Entry.Index
	return nil
}

// note keeps what became of a row; only what is no answer to the row itself stops the import. A row that was tried and that
// nothing speaks against stays as it was planned.
func note(row *sheet.Row, outcome sheet.Outcome, tried bool) error {
	if tried && outcome.Err == nil && !outcome.Replayed {
		return nil
	}
	row.Outcome = &outcome
	if as[*ledger.Rejection](outcome.Err) || as[*ledger.Invalid](outcome.Err) {
		return nil
	}
	return outcome.Err
}

// verdict ends an import whose rows did not all come in.
func (j *importJob) verdict() error {
	switch s := j.file.Summary(); {
	case s.Faulty > 0:
		return &usageError{id: "rows_faulty", data: catalog.Data{"Rows": s.Faulty}}
	case s.Refused > 0:
		return errSomeRefused
	}
	return nil
}

// report writes the result file and prints the summary.
func (j *importJob) report(path string) error {
	out := j.file.ResultPath(path)
	if j.app.opts.output != "" {
		out = j.app.opts.output
	}
	var b bytes.Buffer
	if err := j.file.WriteResult(&b, j.app.say); err != nil {
		return err
	}
	if err := j.app.keep(out, b.Bytes()); err != nil {
		return err
	}
	s := j.file.Summary()
	rep := importReport{
		Form: j.file.Form, SHA256: j.file.SHA256, Encoding: j.file.Encoding, Import: j.entry, DryRun: j.app.opts.dryRun, Recorded: s.Recorded,
		Already: s.Already, Refused: s.Refused, Faulty: s.Faulty, Skipped: s.Skipped, Ready: s.Ready, Result: out, Rows: []importRow{},
		Waits: j.waits,
	}
	t := j.app.table("row", "volunteer", "result")
	for _, row := range j.file.Rows {
		r := importRow{Row: row.Number, Volunteer: row.Volunteer, Said: row.Result(j.app.say)}
		if row.Outcome != nil && row.Outcome.Err == nil {
			r.Entry = &row.Outcome.Entry
		}
		rep.Rows = append(rep.Rows, r)
		t.add(row.Number, string(row.Volunteer), r.Said)
	}
	inner := *j.app
	inner.opts.output = "" // it names the result file
	if inner.opts.format == "csv" || inner.opts.format == "xlsx" {
		inner.opts.format = "text"
	}
	return inner.show(result{json: rep, table: t, text: func() string { return j.reading() + j.app.importText(rep, t) }})
}

// reading says how the file was read, where that is not what anybody would take for granted: another encoding than UTF-8, or
// columns that nobody knows.
func (j *importJob) reading() string {
	if j.file.Encoding != sheet.GB18030 && len(j.file.Ignored) == 0 {
		return ""
	}
	about := j.file.Report(j.app.say)
	return strings.Join(about[:len(about)-1], "\n") + "\n" // its sum is said below
}

// importText shows the rows that did not come in, and the sum.
func (a *app) importText(rep importReport, t *table) string {
	var b strings.Builder
	shown := &table{head: t.head}
	for i, r := range rep.Rows {
		if r.Entry == nil && i < len(t.rows) && (rep.Refused > 0 || rep.Faulty > 0 || rep.DryRun) {
			shown.rows = append(shown.rows, t.rows[i])
		}
	}
	if err := shown.writeText(&b); err != nil {
		return err.Error()
	}
	data := catalog.Data{
		"Recorded": rep.Recorded, "Already": rep.Already, "Refused": rep.Refused, "Faulty": rep.Faulty, "Skipped": rep.Skipped,
		"Ready": rep.Ready, "Result": rep.Result,
	}
	if rep.DryRun {
		return b.String() + a.say.T("cli.import.dry_run", data) + "\n"
	}
	b.WriteString(a.say.T("cli.import.sum", data) + "\n")
	if rep.Import != nil && rep.Waits {
		b.WriteString(a.say.T("cli.import.approve", catalog.Data{"Import": int64(*rep.Import)}) + "\n")
	}
	return b.String()
}

// finder looks people up in the registry, each look logged with its purpose.
type finder struct {
	people  *registry.Registry
	why     registry.Purpose
	handled api.Handled
}

// Find returns everybody who fits the one field of by that is set, and whom the actor may find: others are as if nobody had registered
// them. A number that somebody has in hand stays good, as of a guest, but says no name.
func (f finder) Find(ctx context.Context, by sheet.Person) ([]sheet.Known, error) {
	var ids []string
	var err error
	switch {
	case by.Volunteer != "":
		ids = []string{by.Volunteer}
	case by.IDNumber != "":
		ids, err = f.people.FindByIDNumber(ctx, by.IDNumber)
	default:
		ids, err = f.people.FindByPhone(ctx, by.Phone)
	}
	if err != nil {
		return nil, err
	}
	var known []sheet.Known
	for _, id := range ids {
		if !ledger.VolunteerID(id).Valid() {
			continue // a staff number of the same person
		}
		theirs, err := f.handled.Has(ledger.VolunteerID(id))
		if err != nil {
			return nil, err
		}
		if !theirs {
			if by.Volunteer != "" {
				known = append(known, sheet.Known{Volunteer: ledger.VolunteerID(id)})
			}
			continue
		}
		people, err := f.people.Get(ctx, f.why, id)
		if is(registry.ErrNotFound, registry.ErrErased)(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		known = append(known, sheet.Known{Volunteer: ledger.VolunteerID(id), Name: people[0].Name})
	}
	return known, nil
}
