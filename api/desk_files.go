package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file takes a spreadsheet: every row is brought in for itself, with a result for each. What did not come in stands in a box under
// the headings of the file, to be corrected there and sent again; rows that came in are the same request however often they are sent.

// maxUploadRows bounds the rows that one form brings in: each is an entry on stable storage, and somebody waits for the answer.
const maxUploadRows = 1000

// uploads lists what a file may hold, and who may bring it: whoever may ask for what its rows ask for. A list of volunteers is not among
// them: it holds numbers of identity cards, which no browser of a counter should send.
func uploads() []struct {
	form sheet.Form
	role ledger.Role
} {
	return []struct {
		form sheet.Form
		role ledger.Role
	}{
		{sheet.Hours, ledger.Leader},
		{sheet.Acts, ledger.Leader},
		{sheet.Items, ledger.Steward},
		{sheet.Balances, ledger.Steward},
		{sheet.Stock, ledger.Keeper},
	}
}

// uploadForms are those that the reader may bring.
func (d *desk) uploadForms() (list []sheet.Form) {
	roles := d.staff.RolesOn(d.view.On())
	for _, u := range uploads() {
		if slices.Contains(roles, u.role) {
			list = append(list, u.form)
		}
	}
	return list
}

func (d *desk) fileFields() ([]web.Field, error) {
	what := web.Field{Name: "what", Kind: "select", Need: true}
	forms := d.uploadForms()
	for _, f := range forms {
		what.Options = append(what.Options, web.Option{Value: string(f), Text: d.t("upload." + string(f))})
	}
	file := web.Field{Name: "file", Kind: "file", Hint: d.t("file_hint")}
	text := web.Field{Name: "text", Kind: "area", Label: d.t("text_label"), Hint: d.t("text_hint")}
	fields := []any{what, file, text}
	if slices.Contains(forms, sheet.Hours) {
		acts, err := d.activities()
		fields = append(fields, maybe(acts), err, maybe(typed("sheet")))
	}
	if slices.Contains(forms, sheet.Stock) {
		shops, err := d.shops()
		donors, err2 := d.donorField()
		fields = append(fields, maybe(shops), err, maybe(donors), err2)
	}
	on := maybe(dated("on"))
	on.Hint = d.t("on_hint")
	return fieldsOf(append(fields, on)...)
}

// uploaded reads the bytes of the file, or what was corrected in the box.
func (a *answers) uploaded() (io.Reader, error) {
	f, head, err := a.r.FormFile("file")
	switch {
	case err == nil && head.Size > 0:
		return f, nil
	case err != nil && !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart):
		return nil, fmt.Errorf("file of a form: %w", err)
	}
	if a.text("text") == "" {
		a.fault("file", "required")
	}
	return strings.NewReader(a.Get("text")), a.err()
}

// params reads what the form says about the whole file.
func (a *answers) params(form sheet.Form) sheet.Params {
	on := a.date("on")
	p := sheet.Params{
		Activity: ledger.ActivityID(a.code("activity")), Capture: ledger.Roster, Sheet: a.text("sheet"), On: on, From: on, Expires: on,
		Shop: ledger.ShopID(a.code("shop")), Donor: ledger.DonorID(a.code("donor")), Source: ledger.Donation,
	}
	if form == sheet.Stock && p.Donor == "" {
		p.Source = ledger.Opening
	}
	return p
}

// importFile brings a file in. Where it cannot be taken as a whole, the page says why and nothing was done.
func (d *desk) importFile(a *answers) error {
	form := sheet.Form(a.text("what"))
	if !slices.Contains(d.uploadForms(), form) {
		return ErrBadForm
	}
	in, err := a.uploaded()
	if err != nil {
		return err
	}
	params := a.params(form)
	if err := a.err(); err != nil {
		return err
	}
	file, err := sheet.Read(in, form, sheet.Mapping{})
	if err == nil && len(file.Rows) > maxUploadRows {
		d.page.Bad = append(d.page.Bad, d.t("rows_many", catalog.Data{"Rows": len(file.Rows), "Most": maxUploadRows}))
		d.stay, d.keep = true, true
		return nil
	}
	job := &upload{desk: d, file: file}
	if err == nil {
		err = job.run(params)
	}
	if bad, ok := sheet.IsFileError(err); ok {
		d.page.Bad = append(d.page.Bad, bad.Sentence(d.say)+" "+bad.Hint(d.say))
		d.stay, d.keep = true, true
		return nil
	}
	if err != nil {
		return err
	}
	return job.show(a)
}

// upload brings one file into the book.
type upload struct {
	*desk
	file  *sheet.File
	entry *ledger.Index // imported, once there is something to import
}

func (u *upload) run(p sheet.Params) error {
	ctx := u.r.Context()
	handled, err := HandledBy(u.view, u.staff.Staff, PeopleReaders()...)
	if err != nil {
		return err
	}
	for _, of := range uploads() {
		if of.form == u.file.Form {
			p.Scope = u.staff.ScopeOf(u.view.On(), of.role)
		}
	}
	if err := u.file.Plan(ctx, known{u.server, u.staff.Staff, handled}, p); err != nil {
		return err
	}
	for _, row := range u.file.Rows {
		if row.Command == nil {
			continue
		}
		if err := u.bring(row); err != nil {
			return err
		}
	}
	return nil
}

// mostCorrections bounds how often one record may be sent back and come again corrected.
const mostCorrections = 99

// bring brings one row in, or notes why not. Where its key names a record that was sent back or reversed, a corrected row comes in under
// the next key.
func (u *upload) bring(row *sheet.Row) error {
	c := *row.Command
	for again := 2; ; again++ {
		outcome, err := u.try(c)
		if err != nil {
			return err
		}
		no, refused := errors.AsType[*ledger.Rejection](outcome.Err)
		if refused && no.Reason == ledger.KeyConflict {
			earlier, err := u.earlier(c.Key)
			if err != nil {
				return err
			}
			if gone := earlier.State == ledger.SentBack || earlier.State == ledger.ReversedBack; gone && again <= mostCorrections {
				c.Key = ledger.Key(fmt.Sprintf("%s/%d", row.Command.Key, again))
				continue
			}
			outcome.Earlier = &earlier
		}
		row.Outcome = &outcome
		if refused || as[*ledger.Invalid](outcome.Err) {
			return nil
		}
		return outcome.Err
	}
}

// try carries out the command of a row, below the imported entry, which is made when the first new row comes: a file that adds nothing
// leaves no trace. The error is of the file, not of the row.
func (u *upload) try(c ledger.Command) (sheet.Outcome, error) {
	c.Actor = u.staff.Staff
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.r.Context()), submitTime)
	defer cancel()
	if _, err := u.view.Key(c.Key); err != nil && u.entry == nil {
		got, err := u.Writes.DryRun(ctx, c)
		if no := got.Entry.Rejection(); err == nil && no != nil {
			err = no
		}
		if err != nil {
			return sheet.Outcome{Err: err}, nil
		}
		begin := u.file.Import()
		begin.Actor = c.Actor
		r, err := u.Writes.Submit(ctx, begin)
		if err != nil {
			return sheet.Outcome{}, err
		}
		u.entry = &r.Entry.Index
	}
	if u.entry != nil {
		c.Import = *u.entry
	}
	r, err := u.Writes.Submit(ctx, c)
	return sheet.Outcome{Entry: r.Entry.Index, Replayed: r.Replayed, Err: err}, nil
}

// earlier says what the book has under a key.
func (u *upload) earlier(k ledger.Key) (found sheet.Earlier, err error) {
	used, err := u.view.Key(k)
	if as[*ledger.Rejection](err) {
		return found, nil // of this very form
	}
	if err != nil {
		return found, err
	}
	found.Entry = used.Index
	rec, err := u.view.Record(used.Index)
	if as[*ledger.Rejection](err) {
		return found, nil // a price or a delivery, which nobody approves
	}
	found.State, found.Credit = rec.State, rec.Credit
	return found, err
}

// show says what became of each row, and puts those that did not come in into the box.
func (u *upload) show(a *answers) error {
	t := u.newTable("rows", "row", "holder", "result")
	left := 0
	for _, r := range u.file.Rows {
		row(t, whole(r.Number), string(r.Volunteer), r.Result(u.say))
		if !r.Settled() {
			left++
		}
	}
	u.page.Sections = append(u.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	u.page.Good = append(u.page.Good, u.t("rows_in", catalog.Data{"In": len(u.file.Rows) - left, "Left": left}))
	var b strings.Builder
	if err := u.file.WriteLeft(&b); err != nil {
		return err
	}
	a.Set("text", b.String())
	u.stay, u.keep = true, left > 0
	return nil
}

// known finds people for a file; each look is logged with its purpose.
type known struct {
	*server
	staff   ledger.StaffID
	handled Handled
}

// finder is a register that finds people by what a roster may have of them beside their number.
type finder interface {
	FindByIDNumber(ctx context.Context, number string) ([]string, error)
	FindByPhone(ctx context.Context, phone string) ([]string, error)
}

// Find returns everybody who fits the one field of by that is set, and whom the staff may find: others are as if nobody had registered
// them. A number that somebody has in hand stays good, as of a guest, but says no name.
func (k known) Find(ctx context.Context, by sheet.Person) (found []sheet.Known, err error) {
	ids := []string{by.Volunteer}
	register, finds := k.Register.(finder)
	switch {
	case by.Volunteer != "":
	case !finds:
		return nil, nil
	case by.IDNumber != "":
		ids, err = register.FindByIDNumber(ctx, by.IDNumber)
	default:
		ids, err = register.FindByPhone(ctx, by.Phone)
	}
	if err != nil && !errors.Is(err, person.ErrNotFound) {
		return nil, err
	}
	for _, id := range ids {
		if !ledger.VolunteerID(id).Valid() {
			continue // a staff number of the same person
		}
		theirs, err := k.handled.Has(ledger.VolunteerID(id))
		if err != nil {
			return nil, err
		}
		if !theirs {
			if by.Volunteer != "" {
				found = append(found, sheet.Known{Volunteer: ledger.VolunteerID(id)})
			}
			continue
		}
		who, err := k.People.Get(ctx, person.Purpose{Actor: string(k.staff), Reason: "import"}, id)
		if errors.Is(err, person.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, sheet.Known{Volunteer: ledger.VolunteerID(id), Name: who[0].Name})
	}
	return found, nil
}
