// Package ledgertest helps to test everything that keeps, reads or replays a book: a seeded generator of command streams, valid
// and not, and a naive second model that shares nothing with the ledger but the types of its commands.
package ledgertest

import (
	"cmp"
	"fmt"
	"iter"
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
	terms    termsBoard
	errands  []errand
	sessions []ledger.Index
	places   []ledger.ActivityID // of each session
	scanned  []seenAt
	rules    map[string]ledger.Rule // the newest version of each
	imports  []ledger.Index
	book     *Memory        // that is asked what it would answer, or none
	had      map[string]int // what the stream was answered, by kind or refusal
	left     int            // of the commands to be made
	yield    func(Timed) bool
	seen     ledger.Index // the entry of the latest command
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
func New(seed uint64) *Generator { return generator(seed, ledger.FormatVersion) }

// NewOld returns the generator of that seed whose book is of the first format to begin with. Its setup asks in vain for what a later
// one has, before it raises the format.
func NewOld(seed uint64) *Generator { return generator(seed, 1) }

func generator(seed uint64, format int) *Generator {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		panic(err) // the test binary has no zone database: nothing can be tested
	}
	g := &Generator{
		rng:      rand.New(rand.NewPCG(seed, 0xa1)),
		zone:     zone,
		families: families(),
		found:    map[ledger.Index][]ledger.ItemLine{},
		rules:    map[string]ledger.Rule{},
		at:       time.Date(2026, 1, 5, 8, 0, 0, 0, zone),
	}
	for n := range 12 {
		g.people = append(g.people, ledger.NewVolunteerID(n+1))
	}
	g.build(format)
	return g
}

// build lists the commands that every stream begins with.
func (g *Generator) build(format int) {
	g.first("", &ledger.OpenBook{Format: format, Origin: "aixin.test/model", Zone: Zone})
	g.first(admin, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}})
	for _, s := range []struct {
		id   ledger.StaffID
		role ledger.Role
	}{{leader, ledger.Leader}, {reviewer, ledger.Reviewer}, {keeper, ledger.Keeper}, {clerk, ledger.Clerk}, {steward, ledger.Steward}} {
		g.first(admin, &ledger.Appoint{Staff: s.id, Roles: []ledger.Role{s.role}})
	}
	if format < ledger.FormatVersion {
		g.raise()
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
		Hold:    ledger.HoldRule{Days: 4, Open: 2},
		Count:   ledger.CountRule{Per: ledger.Weekly, Tolerance: 40},
		Pairing: []ledger.GiftPair{{Class: "hardship", Task: 1, Gift: 5}},
		Classes: []ledger.ClassExpiry{{Class: ledger.ClassGift, Expires: ledger.ExpiresMonthEnd}},
		Rates:   []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH05", Points: 333}, {Code: "VH05", Points: 250, By: ledger.Roster}},
		Acts:    []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}, {Code: "EN03", Points: 500, Per: 1}},
		Counter: ledger.CounterRule{
			Returns: ledger.ReturnRule{Reasons: []ledger.Reason{ledger.WrongItem, ledger.ClerkError}, Days: 4},
			Limits:  []ledger.Limit{{Of: "pieces", Item: sku(3), Per: "week", Most: 5, Household: true}},
		},
	}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "free", Version: 1, From: from, HalfUp: true, Step: 60, ReturnGrace: 3, Transfer: true,
		Donation: ledger.DonationRule{Household: true, Welfare: true},
		Account:  pick(g, ledger.AccountRule{Holder: ledger.HeldByHousehold}, ledger.AccountRule{Holder: ledger.HeldByHousehold, Head: true}, ledger.AccountRule{Holder: ledger.HeldByTeam}),
		Hold:     ledger.HoldRule{Days: 20},
		Pairing:  []ledger.GiftPair{{Class: "hardship", Task: 2, Gift: 3}, {Task: 3, Gift: 1}},
		Earns:    []ledger.Capture{ledger.Scan, ledger.Roster, ledger.Backfill}, Expires: ledger.ExpiresYearEnd,
		Rates:       []ledger.HourRate{{Code: "VH02", Points: 500, By: ledger.Backfill}, {Code: "VH02", Points: 1000}, {Code: "VH07", Points: 200}},
		ServiceRule: ledger.ServiceRule{Quality: ledger.Quality{Percent: 40}},
		Acts:        []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}},
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
			Proxy:    ledger.ProxyDeclared, ProxyNeeds: []ledger.Check{pick(g, ledger.CheckedDocument, ledger.CheckedPhone)},
		},
	}})
}

func sku(n int) ledger.Commodity { return ledger.Commodity(fmt.Sprintf("SKU-%04d", n)) }

func (g *Generator) first(actor ledger.StaffID, do ledger.Action) {
	g.setup = append(g.setup, Timed{g.at, ledger.Command{Key: ledger.Key(fmt.Sprintf("setup/%d", len(g.setup))), Actor: actor, Do: do}})
}

// Setup returns the commands that the stream begins with, all of which are accepted where the book is new.
func (g *Generator) Setup() []Timed { return g.setup }

// Saw tells the generator of an entry, so that later commands can name it.
func (g *Generator) Saw(e ledger.Entry) {
	g.sawShelf(e)
	g.boards.saw(e)
	g.terms.saw(e)
	g.sawRequest(e)
	g.sawHold(e)
	g.sawAttendance(e)
	if a, ok := e.Body.(*ledger.SetRule); ok {
		g.rules[a.Rule.ID] = a.Rule
	}
	switch e.Kind {
	case ledger.Imported:
		g.imports = append(g.imports, e.Index)
	case ledger.HoursDeclared, ledger.ActsDeclared, ledger.OpeningDeclared, ledger.Proposed:
		g.records = append(g.records, e.Index)
	case ledger.Redeemed, ledger.Settled:
		g.sales = append(g.sales, e.Index)
		g.others = append(g.others, e.Index)
	default:
		g.others = append(g.others, e.Index)
	}
	g.lives.saw(e)
	if e.Kind != ledger.Refused {
		g.seen = e.Index
	}
}

// Commands makes n commands, which follow Setup. Whoever runs over them tells of each entry, with Saw, before the next.
func (g *Generator) Commands(n int) iter.Seq[Timed] {
	return func(yield func(Timed) bool) {
		g.left, g.yield = n, yield
		for g.left > 0 {
			if g.rng.IntN(12) == 0 {
				g.scene()
				continue
			}
			g.pass()
			g.say(g.choose())
		}
	}
}

// Stream makes the commands of Setup and n more.
func (g *Generator) Stream(n int) iter.Seq[Timed] {
	return func(yield func(Timed) bool) {
		for _, c := range g.setup {
			if !yield(c) {
				return
			}
		}
		g.Commands(n)(yield)
	}
}

// say yields a command, and returns the entry that became of it; 0 where it was refused or the stream is over.
func (g *Generator) say(c ledger.Command) ledger.Index {
	g.seen = 0
	if g.left == 0 {
		return 0
	}
	g.left--
	g.asked = append(g.asked, c)
	if r, err := g.would(c); g.book != nil {
		g.had[AnswerOf(r, err).what()]++
	}
	if !g.yield(Timed{g.at, c}) {
		g.left = 0
	}
	return g.seen
}

// pass lets time go by until the next command, now and then some days.
func (g *Generator) pass() {
	g.at = g.at.Add(time.Duration(g.rng.IntN(1200)) * time.Second)
	if g.rng.IntN(60) == 0 {
		g.at = g.at.AddDate(0, 0, g.rng.IntN(20)).Truncate(time.Hour)
	}
}

// Try has the generator ask a book what it would answer, and mostly draw again what the stream has had often: so that little is
// asked in vain, and what is rare comes to be asked. The answers are of the book, since a model does not answer without being
// changed; that they are right is for the stream to show.
func (g *Generator) Try(book *Memory) { g.book, g.had = book, map[string]int{} }

func (g *Generator) would(c ledger.Command) (ledger.Receipt, error) {
	if g.book == nil {
		return ledger.Receipt{}, nil
	}
	return g.book.Would(c, g.at)
}

// choose draws a command, of some the first to which the answer is not worn out.
func (g *Generator) choose() (c ledger.Command) {
	for range 8 {
		c = g.command()
		a := AnswerOf(g.would(c))
		worn := g.had[a.what()]
		if a.Refused == "" {
			worn /= 4 // of kinds there should be more than of refusals
		}
		if g.rng.IntN(worn+1) == 0 {
			break
		}
	}
	return c
}

// what names an answer by its refusal or kind.
func (a Answer) what() string { return cmp.Or(string(a.Refused), string(a.Kind)) }

// command draws a command, now and then again one from before, by somebody else or under no good key.
func (g *Generator) command() ledger.Command {
	if n := len(g.asked); n > 0 && g.rng.IntN(20) == 0 {
		return g.again(g.asked[n-1-g.rng.IntN(min(n, 200))])
	}
	do, actor := g.action()
	switch g.rng.IntN(40) {
	case 0:
		actor = []ledger.StaffID{admin, leader, reviewer, keeper, clerk, steward, nobody}[g.rng.IntN(7)]
	case 1, 2, 3, 4:
		actor = Everyone
	case 5, 6, 7:
		actor = g.standIn()
	case 8, 9, 10:
		actor = g.volunteering(do, actor)
	}
	c := g.of(actor, do)
	switch g.rng.IntN(100) {
	case 0:
		c.Key = "not a key"
	case 1, 2:
		c.Import = g.recent(g.imports)
	}
	return c
}

// of makes a command with a key of its own.
func (g *Generator) of(actor ledger.StaffID, do ledger.Action) ledger.Command {
	g.serial++
	return ledger.Command{Key: ledger.Key(fmt.Sprintf("k/%d", g.serial)), Actor: actor, Do: do}
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
