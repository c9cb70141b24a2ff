package audit_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
)

var update = flag.Bool("update", false, "write the golden files again") //nolint:gochecknoglobals // a flag of the test binary

// The people of the market.
const (
	admin     ledger.StaffID = "U000001"
	leader    ledger.StaffID = "U000002"
	reviewer  ledger.StaffID = "U000003"
	keeper    ledger.StaffID = "U000004"
	clerk     ledger.StaffID = "U000005"
	steward   ledger.StaffID = "U000006"
	publisher ledger.StaffID = "U000007"
	second    ledger.StaffID = "U000008" // another steward

	v1 ledger.VolunteerID = "V0000018" // of C01
	v2 ledger.VolunteerID = "V0000026" // of C01
	v3 ledger.VolunteerID = "V0000034" // of C02, whose rule has notices
	v4 ledger.VolunteerID = "V0000042" // who is enrolled where a story needs one more
)

// market is a book in memory whose commands all succeed.
type market struct {
	*ledgertest.Memory
	t     *testing.T
	at    time.Time
	rule  ledger.Rule // of the first unit
	other ledger.Rule // of the second

	shown ledger.Index // what the finding names, where that is another entry than the forged one
}

// on moves the clock to noon of a day of March 2026.
func (b *market) on(day int) ledger.Date {
	d := ledger.NewDate(2026, 3, day)
	b.at = d.Time().Add(4 * time.Hour)
	return d
}

func (b *market) do(actor ledger.StaffID, action ledger.Action) ledger.Index {
	b.t.Helper()
	b.at = b.at.Add(time.Second)
	r, err := b.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("k/%d", b.Next())), Actor: actor, Do: action}, b.at)
	if err != nil {
		b.t.Fatalf("%T: %v", action, err)
	}
	return r.Entry.Index
}

// credit declares and approves.
func (b *market) credit(declare ledger.Action) ledger.Index {
	b.t.Helper()
	return b.do(reviewer, &ledger.Approve{Record: b.do(leader, declare)})
}

func hours(v ledger.VolunteerID, day ledger.Date, hour int, minutes ledger.Amount, by ledger.Capture) *ledger.DeclareHours {
	return &ledger.DeclareHours{Volunteer: v, Activity: "A001", Start: ledger.NewStart(day, hour*60), Minutes: minutes, Capture: by}
}

func salt(n ledger.Amount) []ledger.ItemLine { return []ledger.ItemLine{{Item: "SKU-0001", Pieces: n}} }

func redeem(v ledger.VolunteerID, n ledger.Amount) *ledger.Redeem {
	return &ledger.Redeem{Volunteer: v, Shop: "S01", Lines: salt(n), Presence: ledger.ByCard}
}

// opened begins the market on Monday, 2 March 2026, when everybody served four hours and the shelf was filled.
func opened(t *testing.T) *market {
	t.Helper()
	b := &market{Memory: ledgertest.NewMemory(zone(t)), t: t}
	first := b.on(2)
	b.do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/audit", Zone: ledgertest.Zone})
	roles := []ledger.Role{
		ledger.Admin, ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward, ledger.Publisher, ledger.Steward,
	}
	for n, role := range roles {
		b.do(admin, &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", n+1)), Roles: []ledger.Role{role}})
	}
	terms := ledger.Terms{ApprovedBy: "villagers-meeting", Published: first}
	rule := ledger.Rule{
		ID: "one", Version: 1, From: first, Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Expires: ledger.ExpiresMonths, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Terms: terms,
		Acts:   []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 1}, {Code: "RC02", Points: 100, Per: 50, Keep: ledger.KeepRest}},
		Second: ledger.Second{Kinds: []ledger.Kind{ledger.ItemPriced}}, Hold: ledger.HoldRule{Days: 3},
	}
	rule.Caps = []ledger.Cap{{Code: "RC01", Per: ledger.Monthly, Points: 200, Over: ledger.OverClipped}}
	rule.Deadline = ledger.Deadline{Days: 10, Late: ledger.LateHeld}
	rule.Counter = ledger.CounterRule{
		Windows: []ledger.Window{{From: 8 * 60, Until: 18 * 60}}, Limits: []ledger.Limit{{Of: "visits", Per: ledger.Daily, Most: 2}},
		Presence: []ledger.PresenceRule{{By: ledger.ByTyped, Needs: []string{"slip"}}}, Proxy: ledger.ProxyDeclared,
	}
	b.rule = rule
	b.do(steward, &ledger.SetRule{Rule: rule})
	b.do(steward, &ledger.AddUnit{Unit: "C01", Kind: ledger.Town, Name: "one"})
	b.do(steward, &ledger.AddUnit{Unit: "C02", Kind: ledger.Town, Name: "two"})
	noticed := ledger.Rule{
		ID: "two", Version: 1, From: first, Earns: rule.Earns, Rates: rule.Rates, Notice: ledger.NoticeRule{Days: 7}, Terms: terms,
	}
	noticed.Terms.Unit = "C02"
	b.other = noticed
	b.do(steward, &ledger.SetRule{Rule: noticed})
	b.do(steward, &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "near"})
	b.do(keeper, &ledger.AddDonor{Donor: "D001"})
	b.do(steward, &ledger.AddItem{Item: "SKU-0001", Name: "salt", Points: 50, From: first})
	b.do(steward, &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})
	b.do(steward, &ledger.AddActivity{Activity: "A002", Unit: "C02", Code: "VH01", Name: "far"})
	b.do(steward, &ledger.Enroll{Volunteer: v1, Unit: "C01"})
	b.do(steward, &ledger.Enroll{Volunteer: v2, Unit: "C01"})
	b.do(steward, &ledger.Enroll{Volunteer: v3, Unit: "C02"})
	b.credit(hours(v1, first, 8, 240, ledger.Roster)) // 4.00, to 2 April
	b.credit(hours(v2, first, 8, 180, ledger.Roster)) // 3.00
	b.do(keeper, &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(20), BestBefore: first.AddDays(8)})
	b.do(keeper, &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(20)})
	return b
}

// forged is a lawful story, of which nothing of the grade is found, and the one change after which exactly that is found.
type forged struct {
	clause string // of the check, where it has several
	check  audit.Number
	grade  audit.Grade
	play   func(b *market) ledger.Index
	forge  func(e *ledger.Entry) // nil where the next step of the story is what is found
	with   audit.Options
}

// amounts sets the amounts of the postings of a commodity, in order.
func amounts(e *ledger.Entry, c ledger.Commodity, list ...ledger.Amount) {
	for i, p := range e.Postings {
		if p.Commodity == c && len(list) > 0 {
			e.Postings[i].Amount, list = list[0], list[1:]
		}
	}
}

// body returns the body of an entry as its type.
func body[B ledger.Body](e *ledger.Entry) B {
	b, ok := e.Body.(B)
	if !ok {
		panic(fmt.Sprintf("a %s entry", e.Kind))
	}
	return b
}

// TestForgedBooks forges one entry of a lawful book for each check. Before, the check finds nothing of that grade; after, exactly
// what the golden file says.
func TestForgedBooks(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	tested := map[audit.Number]bool{}
	for _, x := range slices.Concat(forgeries(), clauses()) {
		tested[x.check] = true
		b := opened(t)
		x.with.Checks = []audit.Number{x.check}
		i := x.play(b)
		find := func(journal [][]byte) (list []audit.Finding) {
			for _, f := range run(t, x.with, journal).Results[0].Findings {
				if f.Grade == x.grade {
					list = append(list, f)
				}
			}
			return list
		}
		lawful, wrong := b.Journal, b.Journal
		if x.forge == nil {
			lawful = lawful[:i]
		} else {
			var err error
			if wrong, err = ledgertest.Forge(b.Journal, i, x.forge); err != nil {
				t.Fatalf("%s: %v", x.check, err)
			}
		}
		if found := find(lawful); len(found) > 0 {
			t.Errorf("%s %s: found in the lawful book: %+v", x.check, x.clause, found)
		}
		found := find(wrong)
		if len(found) != 1 || !slices.Contains(found[0].Entries, cmp.Or(b.shown, i)) {
			t.Errorf("%s %s: got %+v, want one finding that names entry %d\n%s", x.check, x.clause, found, i, wrong[i])
		}
		for _, f := range found {
			if x.clause != "" {
				fmt.Fprintf(&got, "# %s\n", x.clause)
			}
			fmt.Fprintf(&got, "%s %s of %s in %s on %s: has %q, ought %q, entries %v of %d\n",
				f.Check, f.Grade, f.Subject, f.Unit, f.On, f.Has, f.Ought, f.Entries, i)
		}
	}
	for _, c := range audit.Checks() {
		if !tested[c.Number] {
			t.Errorf("%s %s has no forged case", c.Number, c.Name)
		}
	}
	golden(t, "forged.golden", got.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
