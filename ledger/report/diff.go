package report

import (
	"bytes"
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// MaxDifferences bounds the differing entries that are listed; all of them are counted.
const MaxDifferences = 100

// Copies is what two copies of one book have in common. A copy that is only older is a beginning of the other; two copies of
// which neither is are two histories.
type Copies struct {
	A, B    ledger.Index // entries in each
	Alike   ledger.Index // entries before the first difference, or before the end of the shorter
	Changed int64        // entries that both have, and not alike
	First   []Difference // of those, at most MaxDifferences
	Closed  []ClosedDay  // days of shops that had been closed over a changed entry, in either copy
}

// Difference is an entry that two copies have, and not alike.
type Difference struct {
	Index ledger.Index
	A, B  ledger.Entry
}

// ClosedDay is a day at a counter that was closed.
type ClosedDay struct {
	Shop   ledger.ShopID
	Number int64
	On     ledger.Date
	Close  ledger.Index // the entry that closed it
	from   ledger.Index
}

// Rewritten reports whether the copies tell two histories.
func (c Copies) Rewritten() bool { return c.Changed > 0 }

// Diff compares two copies of a book, entry by entry and by the bytes of their lines.
func Diff(a, b iter.Seq2[ledger.Entry, error]) (Copies, error) {
	nextA, stopA := iter.Pull2(a)
	defer stopA()
	nextB, stopB := iter.Pull2(b)
	defer stopB()

	var c comparison
	for {
		e, errA, moreA := nextA()
		f, errB, moreB := nextB()
		switch {
		case errA != nil:
			return c.Copies, fmt.Errorf("the first copy: %w", errA)
		case errB != nil:
			return c.Copies, fmt.Errorf("the second copy: %w", errB)
		case !moreA && !moreB:
			c.Closed = c.reopened()
			return c.Copies, nil
		}
		if moreA {
			c.A++
			c.note(e)
		}
		if moreB {
			c.B++
			c.note(f)
		}
		if moreA && moreB {
			c.compare(e, f)
		}
	}
}

// comparison is a Diff on its way.
type comparison struct {
	Copies
	days    []ClosedDay
	changed []changed
	lines   [2][]byte // used again
}

// changed is where an entry differs, and at which shops either version moved anything.
type changed struct {
	index ledger.Index
	shops []ledger.ShopID
}

func (c *comparison) compare(a, b ledger.Entry) {
	c.lines[0], c.lines[1] = a.AppendLine(c.lines[0][:0]), b.AppendLine(c.lines[1][:0])
	if bytes.Equal(c.lines[0], c.lines[1]) {
		if c.Changed == 0 {
			c.Alike++
		}
		return
	}
	c.Changed++
	c.changed = append(c.changed, changed{a.Index, append(shopsOf(a), shopsOf(b)...)})
	if len(c.First) < MaxDifferences {
		c.First = append(c.First, Difference{a.Index, a, b})
	}
}

// note remembers the closing of a day.
func (c *comparison) note(e ledger.Entry) {
	closed, ok := e.Body.(*ledger.CounterClose)
	if !ok {
		return
	}
	day := ClosedDay{closed.Shop, closed.Number, closed.On, e.Index, closed.From}
	if len(c.days) == 0 || c.days[len(c.days)-1] != day { // both copies have it
		c.days = append(c.days, day)
	}
}

// reopened lists the closed days with a changed entry of their shop in them.
func (c *comparison) reopened() []ClosedDay {
	var out []ClosedDay
	for _, day := range c.days {
		if slices.ContainsFunc(c.changed, func(x changed) bool {
			return x.index >= day.from && x.index <= day.Close && slices.Contains(x.shops, day.Shop)
		}) {
			out = append(out, day)
		}
	}
	return out
}

// shopsOf lists the shops at which an entry moved goods, or whose day it closed.
func shopsOf(e ledger.Entry) []ledger.ShopID {
	var shops []ledger.ShopID
	if closed, ok := e.Body.(*ledger.CounterClose); ok {
		shops = append(shops, closed.Shop)
	}
	for _, p := range e.Postings {
		if shop := ledger.ShopID(p.Account.Owner()); shop.Valid() && !slices.Contains(shops, shop) {
			shops = append(shops, shop)
		}
	}
	return shops
}
