package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// TestYear plays a year of a community and of a town: few are refused, every kind of entry and every case happens, what they
// journaled folds to the same again, and every amount that was posted is explained.
func TestYear(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]ledgertest.Size{"small": ledgertest.Small(), "medium": ledgertest.Medium()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name != "small" {
				t.Skip("a town takes half a minute")
			}
			y := ledgertest.NewYear(size, 1)
			m := ledgertest.NewMemory(shanghai(t))
			cases := yearCases()
			ask := asking(m, cases)
			if name == "small" {
				ask = twice(t, m, ask)
			}
			if err := y.Play(ask); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d asked, %d refused: %v %v", y.Played.Asked, y.Played.Refused, y.Played.Kinds, y.Played.Reasons)
			if y.Played.Refused*10 > y.Played.Asked {
				t.Errorf("%d of %d were refused, want a tenth at most", y.Played.Refused, y.Played.Asked)
			}
			if name == "small" {
				yearGolden(t, y, m)
			} else {
				everyKind(t, y)
				for _, c := range cases {
					if !c.seen {
						t.Errorf("the year has no %s", c.name)
					}
				}
			}
			explainAll(t, name, m.Journal)
		})
	}
}

// everyKind holds that every kind of entry happens but two: a year begins with the newest format, and keeps its key, since whoever signs
// its heads has no other.
func everyKind(t *testing.T, y *ledgertest.Year) {
	t.Helper()
	for _, kind := range constantsOf(t, "Kind") {
		if y.Played.Kinds[ledger.Kind(kind)] == 0 && !slices.Contains(neverInAYear(), ledger.Kind(kind)) {
			t.Errorf("the year has no entry of kind %s", kind)
		}
	}
}

func neverInAYear() []ledger.Kind { return []ledger.Kind{ledger.FormatRaised, ledger.KeyRotated} }

// yearCase is something that must be in a town's year.
type yearCase struct {
	name string
	in   func(e ledger.Entry) bool
	seen bool
}

// yearCases are the cases of DOMAIN that a book can have. Names, numbers of phones and identity cards, and which item a bar code
// means are not in a book: two people of one name, a couple with one phone and names that are hard to mask are in the files of
// testdata/import and in the tests of the registry and of the person package.
func yearCases() []*yearCase {
	exchanges, newcomers, clerks := map[string]int{}, map[ledger.VolunteerID]ledger.Date{}, map[string]bool{}
	cases := []*yearCase{
		{name: "a clerk's relative", in: func(e ledger.Entry) bool {
			if grant, ok := e.Body.(*ledger.Appoint); ok && slices.Contains(grant.Roles, ledger.Clerk) {
				clerks[string(grant.Staff)] = true
			}
			kin, ok := e.Body.(*ledger.DeclareKin)
			return ok && clerks[kin.Of]
		}},
		{name: "who walked in unregistered", in: func(e ledger.Entry) bool {
			if body, ok := e.Body.(*ledger.Enroll); ok {
				newcomers[body.Volunteer] = e.On
			}
			body, ok := e.Body.(*ledger.CheckIn)
			return ok && body.By == ledger.CheckedByWalkUp && newcomers[body.Volunteer] == e.On
		}},
		{name: "an item from two lots", in: func(e ledger.Entry) bool {
			return e.Kind == ledger.Redeemed && slices.ContainsFunc(e.Postings, func(p ledger.Posting) bool {
				return slices.ContainsFunc(e.Postings, func(q ledger.Posting) bool {
					return p.Account.Class() == ledger.ClassStock && p.Account == q.Account && p.Commodity == q.Commodity && p.Lot != q.Lot
				})
			})
		}},
		{name: "a gap between vouchers", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.CounterClose)
			return ok && len(body.Missing) > 0
		}},
		{name: "a delivery note short by two", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Receive)
			return ok && slices.ContainsFunc(body.Terms, func(term ledger.ReceiptTerm) bool {
				return slices.ContainsFunc(body.Lines, func(l ledger.ItemLine) bool { return l.Item == term.Item && term.Noted == l.Pieces+2 })
			})
		}},
		{name: "exchange day of a hundred people", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Exchange)
			if ok {
				exchanges[fmt.Sprint(body.Shop, e.On)]++
			}
			return ok && exchanges[fmt.Sprint(body.Shop, e.On)] == 100
		}},
		{name: "calendar of 2026", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.SetCalendar)
			return ok && body.Year == 2026 && len(body.Workdays) > 0
		}},
		{name: "service taken back upon a complaint (DE03)", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Reversal)
			return ok && body.Reason == ledger.Complaint
		}},
		{name: "a payment of two classes", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Exchange)
			return ok && body.Gift > 0
		}},
		{name: "record priced by the second version of a rule", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.HoursRecord)
			return ok && body.Points > 0 && strings.HasSuffix(e.Rule, "@2")
		}},
		{name: "an exchange out of a household's pool", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Exchange)
			return ok && body.Pool != ""
		}},
		{name: "the head of a household", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.SetHousehold)
			return ok && body.Head
		}},
		{name: "an exchange that a head alone may make", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Exchange)
			return ok && body.Pool != "" && e.On >= ledger.NewDate(2026, 10, 1)
		}},
		{name: "member of a branch who is of a community as well", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.SetMembership)
			return ok && body.Unit == "C200104"
		}},
		{name: "leader of a building", in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.GrantRole)
			return ok && body.Role == ledger.Leader && body.Scope == "C200103"
		}},
	}
	for _, kind := range []ledger.UnitKind{ledger.Building, ledger.GridUnit, ledger.Branch, ledger.Partner, ledger.Team} {
		cases = append(cases, &yearCase{name: "unit of kind " + string(kind), in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.AddUnit)
			return ok && body.Kind == kind
		}})
	}
	for _, name := range []string{"patrol", "good neighbours", "reading hall", "silver hair", "flood watch"} {
		cases = append(cases, &yearCase{name: "activity " + name, in: func(e ledger.Entry) bool {
			body, ok := e.Body.(*ledger.AddActivity)
			return ok && body.Name == name
		}})
	}
	return append(cases, standards()...)
}

// standards are the acts and hours of DOMAIN's list, each of which must be declared; BA01 are base points, and have a kind.
func standards() (cases []*yearCase) {
	codes := map[ledger.ActivityID]ledger.Code{}
	for _, code := range []ledger.Code{
		"VH01", "VH02", "VH05", "EN01", "EN02", "EN03", "EN04", "EN05", "EN06", "SF01", "SF02", "SF03", "SF04", "ME01", "ME02", "ME03", "ME04",
		"NB01", "NB02", "NB03", "HO01", "HO02", "HO03", "HO04", "RC01", "RC02", "RC03", "RC04", "RF01", "DE01", "DE02",
	} {
		cases = append(cases, &yearCase{name: "service of the standard " + string(code), in: func(e ledger.Entry) bool {
			switch body := e.Body.(type) {
			case *ledger.AddActivity:
				codes[body.Activity] = body.Code
			case *ledger.HoursRecord:
				return codes[body.Activity] == code
			case *ledger.ActsRecord:
				return body.Code == code
			}
			return false
		}})
	}
	return cases
}

// asking answers a year from a book in memory, and looks for the cases in what is answered.
func asking(m *ledgertest.Memory, cases []*yearCase) ledgertest.Ask {
	return func(batch []ledgertest.Timed) []ledgertest.Answered {
		out := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			if no, ok := errors.AsType[*ledger.Rejection](err); ok && r.Entry.Kind == ledger.Refused {
				err = no
			}
			for _, c := range cases {
				c.seen = c.seen || (err == nil && c.in(r.Entry))
			}
			out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return out
	}
}

// twice asks a book that knows only what it asked for as well, which must decide the same. It is thrown away again and again.
func twice(t *testing.T, m *ledgertest.Memory, ask ledgertest.Ask) ledgertest.Ask {
	t.Helper()
	shelf := &factShelf{facts: map[ledger.FactID][]byte{}}
	book := ledger.NewIndexedBook(shanghai(t), 0, m.At())
	n := 0
	return func(batch []ledgertest.Timed) (out []ledgertest.Answered) {
		for _, c := range batch {
			before := m.Next()
			one := ask([]ledgertest.Timed{c})
			out = append(out, one...)
			if n++; n%10 == 0 {
				book = ledger.NewIndexedBook(shanghai(t), before, book.At())
			}
			shelf.journal = m.Journal[:before]
			shelf.load(t, book, func() ledger.Wants { return book.Needs(c.Command) })
			e, err := book.Decide(c.Command, c.At)
			if m.Next() == before {
				if one[0].Err == nil || !sameError(one[0].Err, err) {
					t.Fatalf("%+v: whole book %v, indexed book %v", c.Command, one[0].Err, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(e.AppendLine(nil), m.Journal[before]) {
				t.Fatalf("%+v: whole book\n%s\nindexed book\n%s\n%v", c.Command, m.Journal[before], e.AppendLine(nil), err)
			}
			if err := book.Post(e); err != nil {
				t.Fatal(err)
			}
			shelf.seal(t, book)
		}
		return out
	}
}
