package ledgertest

import (
	"time"

	"aixin/ledger"
)

// scene is a short story of commands that lead to what chance seldom leads to, and then step over its edge. Whom and what it is
// about it draws, so that cases beside it come too. Of all scenes of all families, each comes as often as it weighs.
type scene struct {
	weight int
	play   func(g *Generator)
}

// scene plays one of the scenes.
func (g *Generator) scene() {
	total := 0
	for _, f := range g.families {
		for _, s := range f.scenes {
			total += s.weight
		}
	}
	left := g.rng.IntN(total)
	for _, f := range g.families {
		for _, s := range f.scenes {
			if left -= s.weight; left < 0 {
				s.play(g)
				return
			}
		}
	}
}

// ask is what scenes ask with: a few seconds later, now and then by somebody who has every role, or after something else happened.
// It returns the entry, or 0 where it was refused.
func (g *Generator) ask(actor ledger.StaffID, do ledger.Action) ledger.Index {
	if g.rng.IntN(25) == 0 {
		g.say(g.choose())
	}
	if g.rng.IntN(40) == 0 {
		actor = Everyone
	}
	g.at = g.at.Add(time.Duration(1+g.rng.IntN(9)) * time.Second)
	return g.say(g.of(actor, do))
}

// wait lets some time go by.
func (g *Generator) wait(d time.Duration) { g.at = g.at.Add(d) }

// sleep goes on in the morning, some days later.
func (g *Generator) sleep(days int) {
	g.at = time.Date(g.at.Year(), g.at.Month(), g.at.Day()+days, 9, g.rng.IntN(60), 0, 0, g.zone)
}

// earn has somebody earn so many points, or about as many: by an act whose standard the rule of their unit has.
func (g *Generator) earn(v ledger.VolunteerID, points int64) {
	a := &ledger.DeclareActs{Volunteer: v, Code: "EN03", Quantity: 1 + points/500, On: g.today().AddDays(-g.rng.IntN(12))}
	if v.Serial()%2 == 0 { // they are of the other unit
		a.Code, a.Quantity = "RC03", 1+points*3/10
	}
	if record := g.ask(leader, a); record > 0 {
		g.ask(reviewer, &ledger.Approve{Record: record})
	}
}

// spender draws somebody who has points, mostly.
func (g *Generator) spender() ledger.VolunteerID {
	if n := len(g.earners); n > 0 && g.rng.IntN(3) > 0 {
		return g.earners[n-1-g.rng.IntN(min(n, 3))]
	}
	v := g.person()
	g.earn(v, 1000)
	return v
}

// deliver puts some pieces of an item on a shelf, which are the first to be taken.
func (g *Generator) deliver(shop ledger.ShopID, item ledger.Commodity) ledger.Index {
	return g.ask(keeper, &ledger.Receive{
		Shop: shop, Donor: "D001", BestBefore: g.today().AddDays(g.rng.IntN(4)), Lines: []ledger.ItemLine{{Item: item, Pieces: ledger.Amount(2 + g.rng.IntN(3))}},
	})
}

func one(item ledger.Commodity) []ledger.ItemLine { return []ledger.ItemLine{{Item: item, Pieces: 1}} }
