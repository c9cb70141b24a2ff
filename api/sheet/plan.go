package sheet

import (
	"context"
	"fmt"
	"reflect"

	"aixin/ledger"
)

// People finds registered persons. The registry satisfies it; it tells numbers only, so that no name leaves it for an import.
type People interface {
	// Find returns the numbers of everybody who fits every field of by that is set. One of them, other than the name, is set.
	Find(ctx context.Context, by Person) ([]ledger.VolunteerID, error)
}

// Plan resolves the persons of all rows and turns the rows into commands. A row gets a command, or faults, or the number of the
// earlier row that says the same. In a list of volunteers, somebody who is not registered yet gets neither: register them and
// call Enroll. The error is a *FileError where the import lacks a parameter that no column has.
func (f *File) Plan(ctx context.Context, people People, p Params) error {
	if err := f.lacksParam(p); err != nil {
		return err
	}
	f.params = p
	seen := map[string]*Row{}
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

// lacksParam refuses the import at once where every row would miss the same thing.
func (f *File) lacksParam(p Params) error {
	missing := func(flag string) error {
		return &FileError{Code: "param", Data: map[string]any{"Flag": flag}}
	}
	switch {
	case f.Form == Hours && p.Capture == "":
		return missing("--capture")
	case f.Form == Hours && p.Activity == "" && f.column(fieldActivity) == "":
		return missing("--activity")
	case f.Form == Hours && p.Start == 0 && f.column(fieldStart) == "":
		return missing("--start")
	case f.Form == Acts && p.On == 0 && f.column(fieldDate) == "":
		return missing("--on")
	case f.Form == Items && p.From == 0 && f.column(fieldFrom) == "":
		return missing("--from")
	case f.Form == Volunteers && p.Unit == "" && f.column(fieldUnit) == "":
		return missing("--unit")
	}
	return nil
}

// resolve finds the volunteer whom the row is about. A number and a name that belong to two persons are a fault: crediting
// either could be wrong.
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
	by.Name = who.Name
	found, err := people.Find(ctx, by)
	if err != nil {
		return fmt.Errorf("find person: %w", err)
	}
	switch {
	case len(found) == 1:
		r.Volunteer = found[0]
		return nil
	case len(found) > 1:
		r.blame(f, cellFault{at, "person_ambiguous"})
		return nil
	}
	return r.nobody(ctx, f, people, by, at)
}

// nobody says why no registered person fits a row. In a list of volunteers that is the usual case, unless an ID number is
// somebody else's already; a phone may be a couple's.
func (r *Row) nobody(ctx context.Context, f *File, people People, by Person, at field) error {
	_, joining := r.Record.(*VolunteerRow)
	if by.Name != "" && (!joining || at != fieldPhone) {
		by.Name = ""
		others, err := people.Find(ctx, by)
		if err != nil {
			return fmt.Errorf("find person: %w", err)
		}
		if len(others) > 0 {
			r.blame(f, cellFault{fieldName, "person_name_differs"})
			return nil
		}
	}
	if !joining {
		r.blame(f, cellFault{at, "person_unknown"})
	}
	return nil
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

// compare finds an earlier row with the same key: one that says the same makes this row superfluous; one that says something
// else makes it a fault, since the file contradicts itself.
func (r *Row) compare(seen map[string]*Row) {
	id := r.identity()
	first, ok := seen[id]
	if !ok {
		seen[id] = r
		return
	}
	if reflect.DeepEqual(r.says(), first.says()) {
		r.Same, r.Command = first.Number, nil
		return
	}
	r.Command = nil
	r.Faults = append(r.Faults, Fault{Code: "contradicts", Row: first.Number})
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
