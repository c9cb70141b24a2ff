package sheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// People finds registered persons. The registry satisfies it; each look-up of personal data is logged there.
type People interface {
	// Find returns everybody who fits the one field of by that is set: a volunteer number, an ID number or a phone number.
	Find(ctx context.Context, by Person) ([]Known, error)
}

// Known is a registered person.
type Known struct {
	Volunteer ledger.VolunteerID
	Name      string // none where whoever asks may not be told: then the row may not give one either
}

// Plan resolves the persons of all rows and turns the rows into commands. A row gets a command, or faults, or the number of the
// earlier row that says the same. In a list of volunteers, somebody who is not registered yet gets neither: register them and
// call Enroll. The error is a *FileError where the import lacks a parameter that no column has.
func (f *File) Plan(ctx context.Context, people People, p Params) error {
	if err := f.lacksParam(p); err != nil {
		return err
	}
	f.params = p
	seen := map[string]earlier{}
	for _, row := range f.Rows {
		if !row.open() {
			continue
		}
		if err := row.resolve(ctx, f, people); err != nil {
			return fmt.Errorf("row %d: %w", row.Number, err)
		}
		if row.open() {
			f.draft(row)
		}
		if row.open() {
			row.compare(seen)
		}
	}
	return nil
}

// Import is the command that says that the rows of this file follow. Its key names the file and what Plan was told about it, so
// that an import which was interrupted goes on under its first entry.
func (f *File) Import() ledger.Command {
	p := f.params
	about := strings.Join([]string{
		f.SHA256, string(p.Unit), string(p.Activity), p.Start.String(), string(p.Capture), p.Sheet, p.On.String(), p.From.String(), p.Expires.String(),
	}, "\n")
	if p.Scope != "" {
		about += "\n" + p.Scope
	}
	return ledger.Command{
		Key: key("f", string(f.Form), letters(sha256.Sum256([]byte(about)))),
		Do:  &ledger.ImportFile{Form: string(f.Form), SHA256: f.SHA256, Rows: int64(len(f.Rows)), Scope: p.Scope},
	}
}

// letters spells the first 160 bits of a hash without digits, since a run of digits could look like somebody's mobile number,
// and keys with one are refused.
func letters(sum [sha256.Size]byte) string {
	return strings.Map(func(r rune) rune {
		if r <= '9' {
			return r - '0' + 'g'
		}
		return r
	}, hex.EncodeToString(sum[:20]))
}

// open reports whether nothing speaks against the row so far.
func (r *Row) open() bool { return r.Record != nil && len(r.Faults) == 0 && r.Same == 0 }

// New reports whether the row is about somebody who has to be registered first.
func (r *Row) New() bool {
	_, volunteer := r.Record.(*VolunteerRow)
	return volunteer && r.open() && r.Volunteer == ""
}

// Enroll gives a new person's row the number under which they were registered, and so its command.
func (f *File) Enroll(r *Row, v ledger.VolunteerID) {
	r.Volunteer = v
	f.draft(r)
}

// Elsewhere says of a row that was new that its person is a volunteer of another unit, whose number whoever asks is not told.
func (f *File) Elsewhere(r *Row) {
	_, at := r.Record.who().handle()
	r.blame(f, cellFault{at, "person_elsewhere"})
}

// lacksParam refuses the import at once where every row would miss the same thing.
func (f *File) lacksParam(p Params) error {
	missing := func(at field, flag, example string) error {
		return &FileError{Code: "param", Data: map[string]any{"Column": vocabulary().first(f.Form, at), "Flag": flag, "Example": example}}
	}
	switch {
	case f.Form == Hours && p.Capture == "": // no column has it
		return &FileError{Code: "param_only", Data: map[string]any{"Flag": "--capture", "Example": string(ledger.Roster)}}
	case f.Form == Hours && p.Activity == "" && f.column(fieldActivity) == "":
		return missing(fieldActivity, "--activity", "A001")
	case f.Form == Hours && p.Start == 0 && f.column(fieldStart) == "":
		return missing(fieldStart, "--start", "'2026-01-01 08:00'")
	case f.Form == Acts && p.On == 0 && f.column(fieldDate) == "":
		return missing(fieldDate, "--on", "2026-01-01")
	case f.Form == Items && p.From == 0 && f.column(fieldFrom) == "":
		return missing(fieldFrom, "--from", "2026-01-01")
	case f.Form == Stock && p.Shop == "": // no column has it
		return &FileError{Code: "param_only", Data: map[string]any{"Flag": "--shop", "Example": "S01"}}
	case f.Form == Stock && p.Donor == "" && f.column(fieldDonor) == "":
		return missing(fieldDonor, "--donor", "D001")
	case f.Form == Volunteers && p.Unit == "" && f.column(fieldUnit) == "":
		return missing(fieldUnit, "--unit", "C01")
	}
	return nil
}

// resolve finds the volunteer whom the row is about. A number and a name that belong to two persons are a fault: crediting
// either could be wrong. In a list of volunteers, somebody whom nobody knows is new.
func (r *Row) resolve(ctx context.Context, f *File, people People) error {
	who := r.Record.who()
	if who == nil {
		return nil
	}
	by, at := who.handle()
	if at == "" {
		r.blame(f, cellFault{f.firstOf(whose), "person_required"})
		return nil
	}
	found, err := people.Find(ctx, by)
	if err != nil {
		return fmt.Errorf("find person: %w", err)
	}
	same := named(found, who.Name)
	_, joining := r.Record.(*VolunteerRow)
	switch {
	case len(same) == 1:
		r.Volunteer = same[0].Volunteer
	case len(same) > 1:
		r.blame(f, cellFault{at, "person_ambiguous"})
	case slices.ContainsFunc(found, Known.told) && (!joining || at != fieldPhone): // a couple may share a phone, nobody an ID number
		r.blame(f, cellFault{fieldName, "person_name_differs"})
	case !joining:
		r.blame(f, cellFault{at, "person_unknown"})
	}
	return nil
}

// told reports whether a name may be held against the person's.
func (k Known) told() bool { return k.Name != "" }

// named keeps those of that name; all of them where the row gives none.
func named(found []Known, name string) []Known {
	if name == "" {
		return found
	}
	var same []Known
	for _, k := range found {
		if person.NormalizeName(k.Name) == name {
			same = append(same, k)
		}
	}
	return same
}

// handle is what the person is looked up by: the most certain field that the row has.
func (p *Person) handle() (by Person, at field) {
	switch {
	case p.Volunteer != "":
		return Person{Volunteer: p.Volunteer}, fieldVolunteer
	case p.IDNumber != "":
		return Person{IDNumber: p.IDNumber}, fieldIDNumber
	case p.Phone != "":
		return Person{Phone: p.Phone}, fieldPhone
	}
	return Person{}, ""
}

// firstOf returns the first of the fields that the file has a column for.
func (f *File) firstOf(fields []field) field {
	for _, at := range fields {
		if f.column(at) != "" {
			return at
		}
	}
	return ""
}

// draft writes the command of a row whose person is known.
func (f *File) draft(r *Row) {
	if r.Volunteer == "" && r.Record.who() != nil {
		if v, ok := r.Record.(*VolunteerRow); ok && v.Unit == "" && f.params.Unit == "" {
			r.blame(f, cellFault{fieldUnit, "unit_missing"}) // said before anybody is registered
		}
		return
	}
	do, key, wrong := r.Record.action(r.Volunteer, f.params)
	for _, w := range wrong {
		r.blame(f, w)
	}
	if len(wrong) == 0 {
		r.Command = &ledger.Command{Key: key, Do: do}
	}
}

// earlier is the first row with some identity, and what it said before another row spoke against it.
type earlier struct {
	row  *Row
	says any
}

// compare finds an earlier row with the same key: one that says the same makes this row superfluous; one that says something
// else is a fault of both, since the file contradicts itself and only a person can say which of them is right.
func (r *Row) compare(seen map[string]earlier) {
	id := r.identity()
	first, ok := seen[id]
	if !ok {
		seen[id] = earlier{r, r.says()}
		return
	}
	if reflect.DeepEqual(r.says(), first.says) {
		r.Same, r.Command = first.row.Number, nil
		return
	}
	r.contradicted(first.row.Number)
	if len(first.row.Faults) == 0 {
		first.row.contradicted(r.Number)
	}
}

// contradicted takes a row out of the import, because another says something else about the same.
func (r *Row) contradicted(by int) {
	r.Command = nil
	r.Faults = append(r.Faults, Fault{Code: "contradicts", Row: by})
}

// identity is the key, or what will tell a new person from others.
func (r *Row) identity() string {
	if r.Command != nil {
		return string(r.Command.Key)
	}
	who := r.Record.who()
	if who.IDNumber != "" {
		return "id " + who.IDNumber
	}
	return "phone " + who.Phone + " " + who.Name
}

// says is what two rows with one identity are compared by.
func (r *Row) says() any {
	if r.Command != nil {
		return r.Command.Do
	}
	return r.Record
}
