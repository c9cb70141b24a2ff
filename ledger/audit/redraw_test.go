package audit_test

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
)

// TestRedrawnOneByOne: what is drawn again of a publication does not depend on those that were drawn before it, whoever was enrolled, moved
// to another unit or merged in between.
func TestRedrawnOneByOne(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	entries, hashes, after := published(t, zone)
	drawn := func(of ...string) map[string]*audit.Drawn {
		out, files := map[string]*audit.Drawn{}, map[string]audit.File{}
		for _, hash := range of {
			files[hash] = audit.File{Size: 1}
		}
		_, err := audit.Run(audit.Options{
			Zone: zone, Checks: []audit.Number{"R29"}, Evidence: files,
			Draw: func(d *audit.Drawn) ([]string, error) {
				out[d.Notice.SHA256] = d
				return []string{""}, nil
			},
		}, entries)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := drawn(hashes...)
	rows := 0
	for n := 1; n < len(after); n += max(1, len(after)/30) {
		alone := drawn(after[n])[after[n]]
		rows += len(alone.Points) + len(alone.Goods) + len(alone.Honours) + alone.Others
		if differs := diff.Diff(alone, all[after[n]], diff.AllowUnexported(audit.Drawn{})); differs != "" {
			t.Errorf("%+v (-alone +after others):\n%s", alone.Notice, differs)
		}
	}
	if rows == 0 {
		t.Error("nothing was drawn")
	}
}

// published is a year in which many entries are forged: units publish something, and in between somebody moves, is merged or is enrolled
// again, or a unit moves. It is read as an auditor has to read any journal: whatever stands there. hashes are those of all that is
// published, after of what is published right after a change.
func published(t *testing.T, zone *time.Location) (entries iter.Seq2[ledger.Entry, error], hashes, after []string) {
	t.Helper()
	m := ledgertest.NewMemory(zone)
	err := ledgertest.NewYear(ledgertest.Small(), 1).Play(func(batch []ledgertest.Timed) []ledgertest.Answered {
		out := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []ledger.Entry
	inJune, err := ledger.ParseDate("2026-06-15")
	if err != nil {
		t.Fatal(err)
	}
	f := forgery{rng: rand.New(rand.NewPCG(1, 2)), inJune: inJune}
	for i, line := range m.Journal {
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		switch b := e.Body.(type) {
		case *ledger.AddUnit:
			f.units = append(f.units, b.Unit)
		case *ledger.Enroll:
			f.people = append(f.people, b.Volunteer)
		}
		if i > len(m.Journal)/2 && i%3 == 0 {
			f.forge(&e)
		}
		list = append(list, e)
	}
	return func(yield func(ledger.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}, f.hashes, f.after
}

// forgery puts other entries in place of those of a year.
type forgery struct {
	rng    *rand.Rand
	inJune ledger.Date
	units  []ledger.UnitID
	people []ledger.VolunteerID
	near   ledger.UnitID // of the last change, until something is published
	hashes []string      // of all that is published
	after  []string      // of what is right after a change
}

func (f *forgery) forge(e *ledger.Entry) {
	who := func() ledger.VolunteerID { return f.people[f.rng.IntN(len(f.people))] }
	to := cmp.Or(f.near, f.units[f.rng.IntN(len(f.units))])
	e.Postings = nil
	inJune := f.inJune // so that who moves is elsewhere in the one period, and not in the other
	switch f.rng.IntN(20) {
	case 0:
		e.Kind, e.Body = ledger.VolunteerMoved, &ledger.MoveVolunteer{Volunteer: who(), Unit: to, From: inJune}
		f.near = to
	case 1:
		e.Kind, e.Body = ledger.Merged, &ledger.Merger{From: f.people[0], Into: f.people[len(f.people)-1]}
		f.near = f.units[0]
		f.people = f.people[1:]
	case 2:
		e.Kind, e.Body = ledger.Enrolled, &ledger.Enroll{Volunteer: who(), Unit: to}
		f.near = to
	case 3:
		e.Kind, e.Body = ledger.UnitMoved, &ledger.MoveUnit{Unit: f.units[len(f.units)-1], Parent: f.units[f.rng.IntN(len(f.units)-1)], From: inJune}
	default:
		hash := fmt.Sprintf("%064x", len(f.hashes))
		e.Kind = ledger.Published
		e.Body = &ledger.Publish{
			What: []string{ledger.PublishPoints, ledger.PublishHonours, ledger.PublishGoods}[f.rng.IntN(3)], Unit: to, Number: int64(len(f.hashes)),
			Period: []string{"2026-05", "2026-06"}[(f.rng.IntN(4)+2)/3], From: e.On, Until: e.On + 10, SHA256: hash, Size: 1,
		}
		if f.hashes = append(f.hashes, hash); f.near != "" {
			f.after = append(f.after, hash)
		}
		f.near = ""
	}
}
