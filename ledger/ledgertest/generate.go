// Package ledgertest helps to test everything that keeps, reads or replays a book: a seeded generator of command streams, valid
// and not, and a naive second model that shares nothing with the ledger but the types of its commands.
package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"aixin/ledger"
)

// Zone is the zone of every generated book.
const Zone = "Asia/Shanghai"

// Timed is a command and when it is asked.
type Timed struct {
	At      time.Time
	Command ledger.Command
}

// Generator makes a stream of commands over a small world, in which everything meets everything: the same volunteers, shelves
// and days come back, lots lapse, keys are used again. The same seed makes the same stream as long as it is told of the same
// entries.
type Generator struct {
	rng     *rand.Rand
	at      time.Time
	zone    *time.Location
	setup   []Timed
	asked   []ledger.Command
	serial  int
	records []ledger.Index // declared, with or without an outcome
	sales   []ledger.Index
	lives   lives
	reserved
	others   []ledger.Index // entries that may be reversed, and some that may not
	people   []ledger.VolunteerID
	families []family
	counts   []ledger.Index // opened
	papers   []ledger.Index // write-offs and reliefs that were declared
	found    map[ledger.Index][]ledger.ItemLine
	boards   boards
	errands  []errand
	sold     ledger.Index // an exchange that is undone next, 0 for none
	late     ledger.Index // a voucher that is approved next, 0 for none
	sessions []ledger.Index
	places   []ledger.ActivityID // of each session
	scanned  []seenAt
}

// The people of the world. Everyone has one role except U000010, who has all that one person may have and is V0000026
// at home.
const (
	admin     ledger.StaffID = "U000001"
	leader    ledger.StaffID = "U000002"
	reviewer  ledger.StaffID = "U000003"
	keeper    ledger.StaffID = "U000004"
	clerk     ledger.StaffID = "U000005"
	steward   ledger.StaffID = "U000006"
	publisher ledger.StaffID = "U000007"
	// Everyone has every role that one person may have.
	Everyone ledger.StaffID = "U000010"
	nobody   ledger.StaffID = "U000099"
)

// New returns the generator of that seed.
func New(seed uint64) *Generator {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		panic(err) // the test binary has no zone database: nothing can be tested
	}
	g := &Generator{
		rng:      rand.New(rand.NewPCG(seed, 0xa1)),
		zone:     zone,
		families: families(),
		found:    map[ledger.Index][]ledger.ItemLine{},
		at:       time.Date(2026, 1, 5, 8, 0, 0, 0, zone),
	}
	for n := range 12 {
		g.people = append(g.people, ledger.NewVolunteerID(n+1))
	}
	g.build()
	return g
}

// build lists the commands that every stream begins with.
func (g *Generator) build() {
	g.first("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/model", Zone: Zone})
	g.first(admin, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}})
	for _, s := range []struct {
		id   ledger.StaffID
		role ledger.Role
	}{{leader, ledger.Leader}, {reviewer, ledger.Reviewer}, {keeper, ledger.Keeper}, {clerk, ledger.Clerk}, {steward, ledger.Steward}} {
		g.first(admin, &ledger.Appoint{Staff: s.id, Roles: []ledger.Role{s.role}})
	}
	from := ledger.NewDate(2026, 1, 1)
	g.buildRules(from)
	g.first(steward, &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "one"})
	g.first(steward, &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "two", Rule: "free"})
	g.first(steward, &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "shop one"})
	g.first(steward, &ledger.AddShop{Shop: "S02", Unit: "C02", Name: "shop two"})
	g.first(steward, &ledger.AddDonor{Donor: "D001"})
	for n, points := range []ledger.Amount{100, 250, 1000} {
		g.first(steward, &ledger.AddItem{Item: sku(n + 1), Name: "item", Points: points, From: from})
	}
	g.first(steward, &ledger.AddItem{Item: sku(4), Name: "later", Points: 100, From: from.AddDays(60)})
	g.first(steward, &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})
	g.first(steward, &ledger.AddActivity{Activity: "A002", Unit: "C01", Code: "VH05", Name: "flood"})
	g.first(steward, &ledger.AddActivity{Activity: "A003", Unit: "C02", Code: "VH02", Name: "reading"})
	g.first(steward, &ledger.AddActivity{Activity: "A004", Unit: "C02", Code: "VH09", Name: "without a standard"})
	g.first(leader, &ledger.AddActivity{Activity: "A005", Unit: "C02", Code: "VH07", Name: "going out"})
	g.first(steward, &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "grid"})
	g.first(steward, &ledger.AddUnit{Unit: "C11", Kind: ledger.Team, Parent: "C01", Name: "team"})
	for n, v := range g.people[:10] {
		household := ledger.HouseholdID("")
		if n < 4 {
			household = ledger.HouseholdID(fmt.Sprintf("H%06d", n/2+1))
		}
		g.first(steward, &ledger.Enroll{Volunteer: v, Unit: ledger.UnitID(fmt.Sprintf("C%02d", n%2+1)), Household: household})
	}
	g.first(admin, &ledger.Appoint{
		Staff: Everyone, Volunteer: g.people[1],
		Roles: []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Publisher, ledger.Clerk, ledger.Keeper, ledger.Steward},
	})
	for _, f := range g.families {
		if f.build != nil {
			f.build(g)
		}
	}
}

// buildRules sets the rules of the first two units.
func (g *Generator) buildRules(from ledger.Date) {
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "strict", Version: 1, From: from, Step: 30, Least: 30, SessionCap: 240, DayCap: 300, DayLimit: 600, Sessions: 3,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Expires: ledger.ExpiresMonths, ExpiresIn: 1, ReturnGrace: 7,
		Hold:  ledger.HoldRule{Days: 4, Open: 2},
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH05", Points: 333}},
		Acts:  []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}, {Code: "EN03", Points: 500, Per: 1}},
		Counter: ledger.CounterRule{
			Returns: ledger.ReturnRule{Reasons: []ledger.Reason{ledger.WrongItem, ledger.ClerkError}, Days: 4},
			Limits:  []ledger.Limit{{Of: "pieces", Item: sku(3), Per: "week", Most: 5, Household: true}},
		},
	}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "free", Version: 1, From: from, HalfUp: true, Step: 60, ReturnGrace: 3, Transfer: true,
		Donation: ledger.DonationRule{Household: true, Welfare: true},
		Hold:  ledger.HoldRule{Days: 20},
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster, ledger.Backfill}, Expires: ledger.ExpiresYearEnd,
		Rates: []ledger.HourRate{{Code: "VH02", Points: 1000}, {Code: "VH07", Points: 200}},
		Acts:  []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}},
		Express: ledger.Express{
			Classes: []ledger.ClassLimit{{Class: "now", Hours: 1}, {Class: ledger.Urgent, Hours: 5}}, TakerCalls: true, Codes: []ledger.Code{"VH07"},
		},
		Counter: ledger.CounterRule{
			Windows: []ledger.Window{{Shop: "S02", Weekdays: []string{"mon", "tue", "wed", "thu", "fri", "sat"}, From: 300}, {On: from.AddDays(6), Closed: true}},
			Least:   ledger.Least{Points: 120, Minutes: 60},
			Limits: []ledger.Limit{
				{Of: "visits", Per: "day", Most: 2},
				{Of: "visits", Per: "month", Most: 4, Household: true},
				{Of: "points", Per: "quarter", Most: 2500},
				{Of: "pieces", Per: "year", Most: 90},
			},
			Presence: []ledger.PresenceRule{{By: ledger.ByTyped, Needs: []string{"pin", "slip"}, PerDay: 3}, {By: ledger.ByCall, PerDay: 2}},
			Proxy:    ledger.ProxyDeclared,
		},
	}})
}

func sku(n int) ledger.Commodity { return ledger.Commodity(fmt.Sprintf("SKU-%04d", n)) }

func (g *Generator) first(actor ledger.StaffID, do ledger.Action) {
	g.setup = append(g.setup, Timed{g.at, ledger.Command{Key: ledger.Key(fmt.Sprintf("setup/%d", len(g.setup))), Actor: actor, Do: do}})
}

// Setup returns the commands that the stream begins with, all of which are accepted.
func (g *Generator) Setup() []Timed { return g.setup }

// Saw tells the generator of an entry, so that later commands can name it.
func (g *Generator) Saw(e ledger.Entry) {
	g.sawShelf(e)
	g.boards.saw(e)
	g.sawRequest(e)
	g.sawHold(e)
	g.sawAttendance(e)
	g.sawVoucher(e)
	switch e.Kind {
	case ledger.HoursDeclared, ledger.ActsDeclared, ledger.OpeningDeclared, ledger.Proposed:
		g.records = append(g.records, e.Index)
	case ledger.Redeemed, ledger.Settled:
		g.sales = append(g.sales, e.Index)
		g.others = append(g.others, e.Index)
		if g.rng.IntN(2) == 0 {
			g.sold = e.Index
		}
	default:
		g.others = append(g.others, e.Index)
	}
	g.lives.saw(e)
}

// Next returns the next command of the stream.
func (g *Generator) Next() Timed {
	pace := 1200
	if g.sold != 0 {
		pace = 75
	}
	g.at = g.at.Add(time.Duration(g.rng.IntN(pace)) * time.Second)
	if g.rng.IntN(150) == 0 {
		g.at = g.at.AddDate(0, 0, g.rng.IntN(20)).Truncate(time.Hour)
	}
	if n := len(g.asked); n > 0 && g.rng.IntN(20) == 0 {
		return Timed{g.at, g.again(g.asked[n-1-g.rng.IntN(min(n, 200))])}
	}
	do, actor := g.action()
	switch {
	case g.sold != 0:
		do, actor = g.soon()
	case g.late != 0:
		do, actor = &ledger.Approve{Record: g.late}, reviewer
		g.late = 0
	}
	switch g.rng.IntN(40) {
	case 0:
		actor = []ledger.StaffID{admin, leader, reviewer, keeper, clerk, steward, nobody}[g.rng.IntN(7)]
	case 1, 2, 3, 4:
		actor = Everyone
	case 5, 6, 7:
		actor = g.standIn()
	}
	g.serial++
	c := ledger.Command{Key: ledger.Key(fmt.Sprintf("k/%d", g.serial)), Actor: actor, Do: do}
	if g.rng.IntN(100) == 0 {
		c.Key = "not a key"
	}
	g.asked = append(g.asked, c)
	return Timed{g.at, c}
}

// again asks something again: mostly the same, sometimes another thing under the same key.
func (g *Generator) again(c ledger.Command) ledger.Command {
	if g.rng.IntN(4) == 0 {
		c.Do, c.Actor = g.action()
	}
	return c
}

func (g *Generator) today() ledger.Date { return ledger.DateOf(g.at.In(g.zone)) }

// dateOrNone draws a last usable day about now, or none.
func (g *Generator) dateOrNone() ledger.Date {
	if g.rng.IntN(3) == 0 {
		return 0
	}
	return g.today().AddDays(g.rng.IntN(45) - 2)
}

// recent draws an index that was seen, mostly a late one, and now and then one that is none.
func (g *Generator) recent(list []ledger.Index) ledger.Index {
	n := len(list)
	if n == 0 || g.rng.IntN(30) == 0 {
		return ledger.Index(g.rng.IntN(2 + n*3))
	}
	return list[n-1-g.rng.IntN(min(n, 25))]
}

func pick[T any](g *Generator, from ...T) T { return from[g.rng.IntN(len(from))] }
