// Package audit looks for what is wrong in a book, from its entries alone.
//
// It trusts nothing that was decided when an entry was written: balances, prices, caps, expiries and closes are worked out again from
// what the entries say, without the code that decided them. Only which rule is in force on a day, and which days are working days, is
// asked of the ledger's own look-ups. One pass feeds every check. A check is a file
// with an observer and a row of Checks; what it says in one sentence stands in the catalogs as audit_check.R01 and so on.
//
// A finding is an error, which no lawful book has, or a note, which somebody has to look at. A check that lacks something from
// outside, such as a list of deaths, says so and never counts as passed, even where it found something by itself.
package audit

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"aixin/ledger"
)

// Number is the number of a check, such as R01.
type Number string

// Grade says how grave a finding is.
type Grade string

// The grades.
const (
	Wrong  Grade = "error" // no lawful book has it
	Noted  Grade = "note"  // somebody has to look
	MaxRef       = 1000    // entries that one finding names; of what is shared by more, the first
)

// Outside is something that is not in the book, and that a check needs.
type Outside string

// What checks may need.
const (
	Deaths     Outside = "deaths"     // volunteers who died, and when
	Relatives  Outside = "relatives"  // pairs of numbers that are near to one another
	Officials  Outside = "officials"  // staff who hold an office, and may not be supervisors
	Evidence   Outside = "evidence"   // the files whose hashes the book has
	Settlement Outside = "settlement" // what partner shops say that they are owed
)

// Check is one of the checks.
type Check struct {
	Number Number
	Name   string    // one word for programs
	Law    string    // the rules (B01 to B49), invariants (I1 to I13) and laws behind it: see DESIGN.md
	Needs  []Outside // without which it is not wholly checked
	watch  func() observer
}

// observer gathers what one check looks at.
type observer interface {
	// see looks at an entry, before the world has folded it.
	see(r *run, e *ledger.Entry)
	// end looks at the book as a whole, after the last entry.
	end(r *run)
}

// Finding is something that a check found.
type Finding struct {
	Check   Number
	Grade   Grade
	On      ledger.Date    // of the last entry
	Subject string         // the volunteer, shop, item, staff number or rule that it is about
	Unit    ledger.UnitID  // of the subject, or of what the entries are about; none of what concerns the whole book
	Has     string         // what stands there
	Ought   string         // what ought to stand there, or what was worked out
	Entries []ledger.Index // that show it, ascending
}

// Options say what to look at.
type Options struct {
	Checks    []Number                           // all of them where none is named
	Unit      ledger.UnitID                      // findings about this unit and what stands below it, and those about no unit alone
	Since     ledger.Date                        // findings whose last entry is not before that day
	Deaths    map[ledger.VolunteerID]ledger.Date // nil where there is no list
	Relatives [][2]string                        // staff or volunteer numbers; nil where there is no list
	Officials []ledger.StaffID                   // nil where there is no list
	Evidence  map[string]File                    // by the SHA-256 of their bytes; nil where there is no folder
	// Settlements are what partner shops state that they are owed; nil where there is no list.
	Settlements []Settled
	// Draw writes a notice again in each language that it may have been written in; nil where none is to be drawn again.
	Draw func(*Drawn) ([]string, error)
	Zone *time.Location // of the book
}

// File is a file that the book may have the hash of.
type File struct {
	Size     int64
	Personal bool // a number of an identity card or a mobile number stands in it
	// Text reads a file that may be a notice; nil of others. It is asked for where a notice is compared, so that no folder has to fit
	// into memory.
	Text func() (string, error)
}

func (o Options) has(x Outside) bool {
	switch x {
	case Deaths:
		return o.Deaths != nil
	case Relatives:
		return o.Relatives != nil
	case Officials:
		return o.Officials != nil
	case Evidence:
		return o.Evidence != nil
	case Settlement:
		return o.Settlements != nil
	}
	return false
}

// Result is what one check came to.
type Result struct {
	Check    Check
	Lacks    []Outside // what it needed and did not get: it is not wholly checked
	Findings []Finding // in the order of their entries
}

// Count returns how many findings there are of a grade.
func (r Result) Count(g Grade) (n int) {
	for _, f := range r.Findings {
		if f.Grade == g {
			n++
		}
	}
	return n
}

// Report is what an audit came to.
type Report struct {
	Size    ledger.Index // entries that were looked at
	Last    ledger.Date  // the day of the last
	Results []Result     // in the order of Checks
}

// Count returns how many findings there are of a grade.
func (r Report) Count(g Grade) (n int) {
	for _, c := range r.Results {
		n += c.Count(g)
	}
	return n
}

// run is an audit on its way.
type run struct {
	*world
	options  Options
	entry    *ledger.Entry // that is looked at; nil after the last
	at       int           // the check that is looking
	findings [][]Finding
	fault    error // of what the options give
}

// found adds a finding of the check that is looking.
func (r *run) found(g Grade, subject, has, ought string, entries ...ledger.Index) {
	if len(entries) > MaxRef {
		entries = entries[:MaxRef]
	}
	f := Finding{Grade: g, Subject: subject, Has: has, Ought: ought, Entries: entries}
	if r.entry != nil {
		f.Unit = r.placeOf(r.entry)
	}
	r.findings[r.at] = append(r.findings[r.at], f)
}

// Run carries out the checks that the options name over the entries of a book, from the first.
func Run(o Options, entries iter.Seq2[ledger.Entry, error]) (Report, error) {
	var out Report
	checks := slices.DeleteFunc(Checks(), func(c Check) bool { return len(o.Checks) > 0 && !slices.Contains(o.Checks, c.Number) })
	watch := make([]observer, len(checks))
	for i, c := range checks {
		watch[i] = c.watch()
	}
	r := run{world: newWorld(), options: o, findings: make([][]Finding, len(checks))}
	var now ledger.Entry // one for all: checks keep bodies, and no entry
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("audit: %w", err)
		}
		now = e
		r.entry, r.now = &now, e.On
		for r.at = range watch {
			watch[r.at].see(&r, &now)
		}
		if r.fault != nil {
			return out, fmt.Errorf("audit: %w", r.fault)
		}
		r.fold(&now)
	}
	if out.Size, out.Last, r.entry = r.size, r.last, nil; o.Unit != "" && r.units[o.Unit] == nil {
		return out, &ledger.Rejection{Reason: ledger.NotFound, Subject: string(o.Unit)} // nothing would be found of it, whatever is wrong
	}
	for r.at = range watch {
		watch[r.at].end(&r)
		res := Result{Check: checks[r.at], Findings: r.sorted(checks[r.at].Number)}
		for _, x := range checks[r.at].Needs {
			if !o.has(x) {
				res.Lacks = append(res.Lacks, x)
			}
		}
		out.Results = append(out.Results, res)
	}
	return out, nil
}

// concerns reports whether a finding is about the unit that is asked for or one below it: its own, or that of one of its entries, since
// what somebody did all over the book belongs to each place where they did it.
func (r *run) concerns(f *Finding) bool {
	below := func(u ledger.UnitID) bool { return u != "" && slices.Contains(r.org.Above(u, r.last), r.options.Unit) }
	return below(f.Unit) || slices.ContainsFunc(f.Entries, func(i ledger.Index) bool { return below(r.unitIn([]ledger.Index{i})) })
}

// sorted completes the findings of the check that is looking, leaves out those that nobody asked for, and puts them in order.
func (r *run) sorted(n Number) []Finding {
	list := r.findings[r.at]
	for i := range list {
		f := &list[i]
		f.Check, f.Unit = n, cmp.Or(r.unitOf(f.Subject), f.Unit, r.unitIn(f.Entries))
		slices.Sort(f.Entries)
		f.Entries = slices.Compact(f.Entries)
		if len(f.Entries) > 0 {
			f.On = r.dayOf(f.Entries[len(f.Entries)-1])
		} else {
			f.On = r.last
		}
	}
	list = slices.DeleteFunc(list, func(f Finding) bool {
		early := len(f.Entries) > 0 && f.On < r.options.Since // what names no entry stands to this day
		return early || r.options.Unit != "" && f.Unit != "" && !r.concerns(&f)
	})
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(slices.Compare(a.Entries, b.Entries), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Has, b.Has),
			strings.Compare(a.Ought, b.Ought), strings.Compare(string(a.Grade), string(b.Grade)))
	})
	return list
}
