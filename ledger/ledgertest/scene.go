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

// askOften asks until something is refused, or so many times.
func (g *Generator) askOften(times int, actor ledger.StaffID, do func() ledger.Action) {
	for range times {
		g.ask(actor, do())
	}
}

// wait lets some time go by.
func (g *Generator) wait(d time.Duration) { g.at = g.at.Add(d) }

// sleep goes on in the morning, some days later.
func (g *Generator) sleep(days int) {
	g.at = time.Date(g.at.Year(), g.at.Month(), g.at.Day()+days, 9, g.rng.IntN(60), 0, 0, g.zone)
}
