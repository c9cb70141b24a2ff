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
	others  []ledger.Index // entries that may be reversed, and some that may not
	people  []ledger.VolunteerID
}

// The people of the world. Everyone has one role except U000010, who has all that one person may have and is V0000026
// at home.
const (
	admin    ledger.StaffID = "U000001"
	leader   ledger.StaffID = "U000002"
	reviewer ledger.StaffID = "U000003"
	keeper   ledger.StaffID = "U000004"
	clerk    ledger.StaffID = "U000005"
	steward  ledger.StaffID = "U000006"
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
		rng:  rand.New(rand.NewPCG(seed, 0xa1)),
		zone: zone,
		at:   time.Date(2026, 1, 5, 8, 0, 0, 0, zone),
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
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "strict", Version: 1, From: from, Step: 30, Least: 30, SessionCap: 240, DayCap: 300, DayLimit: 600, Sessions: 3,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Expires: ledger.ExpiresMonths, ExpiresIn: 1, ReturnGrace: 7,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH05", Points: 333}},
		Acts:  []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}, {Code: "EN03", Points: 500, Per: 1}},
	}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "free", Version: 1, From: from, HalfUp: true, Step: 60, ReturnGrace: 3, Transfer: true,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster, ledger.Backfill}, Expires: ledger.ExpiresYearEnd,
		Rates: []ledger.HourRate{{Code: "VH02", Points: 1000}},
		Acts:  []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}},
	}})
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
}

func sku(n int) ledger.Commodity { return ledger.Commodity(fmt.Sprintf("SKU-%04d", n)) }

func (g *Generator) first(actor ledger.StaffID, do ledger.Action) {
	g.setup = append(g.setup, Timed{g.at, ledger.Command{Key: ledger.Key(fmt.Sprintf("setup/%d", len(g.setup))), Actor: actor, Do: do}})
}

// Setup returns the commands that the stream begins with, all of which are accepted.
func (g *Generator) Setup() []Timed { return g.setup }

// Saw tells the generator of an entry, so that later commands can name it.
func (g *Generator) Saw(e ledger.Entry) {
	switch e.Kind {
	case ledger.HoursDeclared, ledger.ActsDeclared, ledger.OpeningDeclared:
		g.records = append(g.records, e.Index)
	case ledger.Redeemed:
		g.sales = append(g.sales, e.Index)
		g.others = append(g.others, e.Index)
	default:
		g.others = append(g.others, e.Index)
	}
}

// Next returns the next command of the stream.
func (g *Generator) Next() Timed {
	g.at = g.at.Add(time.Duration(g.rng.IntN(1200)) * time.Second)
	if g.rng.IntN(150) == 0 {
		g.at = g.at.AddDate(0, 0, g.rng.IntN(20)).Truncate(time.Hour)
	}
	if n := len(g.asked); n > 0 && g.rng.IntN(20) == 0 {
		return Timed{g.at, g.again(g.asked[n-1-g.rng.IntN(min(n, 200))])}
	}
	do, actor := g.action()
	switch g.rng.IntN(40) {
	case 0:
		actor = []ledger.StaffID{admin, leader, reviewer, keeper, clerk, steward, nobody}[g.rng.IntN(7)]
	case 1, 2, 3, 4:
		actor = Everyone
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

// action draws what is asked, and whose work that is.
func (g *Generator) action() (ledger.Action, ledger.StaffID) {
	switch n := g.rng.IntN(100); {
	case n < 20:
		return g.hours(), leader
	case n < 27:
		return &ledger.DeclareActs{
			Volunteer: g.person(), Code: pick(g, ledger.Code("RC01"), "EN03", "RC03", "VH01"), Quantity: int64(g.rng.IntN(80)),
			On: g.today().AddDays(1 - g.rng.IntN(10)),
		}, leader
	case n < 31:
		return &ledger.DeclareOpening{Volunteer: g.person(), Points: ledger.Amount(g.rng.IntN(3000)), Expires: g.dateOrNone()}, steward
	case n < 49:
		return &ledger.Approve{Record: g.recent(g.records)}, reviewer
	case n < 52:
		return &ledger.ReturnRecord{Record: g.recent(g.records), Reason: ledger.Unproven}, reviewer
	case n < 58:
		return &ledger.Receive{Shop: g.shop(), Donor: pick(g, ledger.DonorID("D001"), "D001", "D001", "D002"), BestBefore: g.dateOrNone(), Lines: g.lines()}, keeper
	case n < 74:
		return &ledger.Redeem{Volunteer: g.person(), Shop: g.shop(), Lines: g.lines(), Presence: pick(g, ledger.ByCard, ledger.ByTyped)}, clerk
	case n < 80:
		return g.goodsReturn(), clerk
	case n < 85:
		return &ledger.Reverse{Entry: g.recent(g.others), Reason: ledger.ClerkError}, steward
	case n < 89:
		return &ledger.Expire{Volunteer: g.person()}, steward
	case n < 95:
		return &ledger.Transfer{From: g.person(), To: g.person(), Points: ledger.Amount(g.rng.IntN(1500))}, steward
	}
	return g.master()
}

// master draws a change of what the book is about.
func (g *Generator) master() (ledger.Action, ledger.StaffID) {
	switch g.rng.IntN(10) {
	case 0, 1, 2:
		return &ledger.SetStatus{
			Volunteer: g.person(), Reason: ledger.LostCard,
			Status: g.status(),
		}, steward
	case 3, 4:
		return &ledger.PriceItem{Item: g.item(), Points: ledger.Amount(g.rng.IntN(500)), From: g.today().AddDays(g.rng.IntN(4) - 1)}, steward
	case 5:
		return &ledger.AddItem{Item: g.item(), Name: "again", Points: 100, From: g.today()}, steward
	case 6:
		return &ledger.Enroll{Volunteer: ledger.NewVolunteerID(1 + g.rng.IntN(2000)), Unit: pick(g, ledger.UnitID("C01"), "C02", "C03")}, steward
	case 7:
		return &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "again"}, leader
	case 8:
		return &ledger.Appoint{Staff: pick(g, admin, Everyone, ledger.StaffID("U000011")), Roles: pick(g, []ledger.Role{ledger.Admin}, []ledger.Role{ledger.Clerk}, []ledger.Role{ledger.Clerk, ledger.Admin})}, admin
	}
	return &ledger.AddDonor{Donor: ledger.DonorID(fmt.Sprintf("D%03d", 1+g.rng.IntN(999)))}, keeper
}

// status draws a standing, seldom the last one.
func (g *Generator) status() ledger.Status {
	if g.rng.IntN(12) == 0 {
		return ledger.Closed
	}
	return pick(g, ledger.Frozen, ledger.Active, ledger.Active)
}

// hours draws a service record of the last days, mostly in whole half hours.
func (g *Generator) hours() *ledger.DeclareHours {
	return &ledger.DeclareHours{
		Volunteer: g.person(),
		Activity:  pick(g, ledger.ActivityID("A001"), "A001", "A002", "A003", "A003", "A004"),
		Start:     ledger.NewStart(g.today().AddDays(-g.rng.IntN(6)), 360+30*g.rng.IntN(30)),
		Minutes:   ledger.Amount(15 * g.rng.IntN(25)),
		Capture:   pick(g, ledger.Scan, ledger.Roster, ledger.Roster, ledger.Backfill),
	}
}

func (g *Generator) goodsReturn() *ledger.Return {
	r := &ledger.Return{Redemption: g.recent(g.sales), Reason: ledger.WrongItem}
	if g.rng.IntN(2) == 0 {
		r.Lines = g.lines()[:1]
	}
	return r
}

// lines draws a basket of one to three items.
func (g *Generator) lines() []ledger.ItemLine {
	var out []ledger.ItemLine
	first := g.rng.IntN(4)
	for n := range 1 + g.rng.IntN(2) {
		out = append(out, ledger.ItemLine{Item: sku((first+n)%5 + 1), Pieces: ledger.Amount(g.rng.IntN(5))})
		if out[n].Pieces == 0 && g.rng.IntN(4) > 0 {
			out[n].Pieces = 1
		}
		if out[n].Item == sku(5) && g.rng.IntN(6) > 0 {
			out[n].Item = sku((first+n)%3 + 1)
		}
	}
	return out
}

func (g *Generator) person() ledger.VolunteerID {
	if g.rng.IntN(40) == 0 {
		return pick(g, ledger.VolunteerID("V0000019"), g.people[10], g.people[11])
	}
	return g.people[g.rng.IntN(10)]
}

func (g *Generator) item() ledger.Commodity { return sku(g.rng.IntN(5) + 1) }

func (g *Generator) shop() ledger.ShopID {
	return pick(g, ledger.ShopID("S01"), "S01", "S01", "S01", "S02", "S02", "S02", "S03")
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
