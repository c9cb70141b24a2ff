package audit

import (
	"cmp"
	"maps"
	"slices"

	"aixin/ledger"
)

// This file works out again what comes back when an entry is undone, in part or whole: exactly what it took, into the lots that it took
// it from, the last taken first; and until when that lasts where its lot had lapsed meanwhile.

// defaultGrace is how many days points have that come back into a lapsed lot where no rule is in force.
const defaultGrace = 7

type (
	// taken is a posting of an entry that may be undone, and how much of it did not come back.
	taken struct {
		ledger.Posting
		left    ledger.Amount // of what it took out of a lot; nothing where it took nothing
		expires ledger.Date   // of the lot, when it was taken
	}

	// backs keeps what entries took and brought.
	backs struct {
		took    map[ledger.Index][]taken
		brought map[ledger.Index][]ledger.Posting // deliveries, and gift points that a unit gave
		lapsed  map[ledger.LotID]ledger.Amount    // of each lot of points, what expired
		opened  map[ledger.LotID]ledger.Date      // the first last day of each lot that got another one: that of a lot that is used up
	}

	// returning is what an entry gives back of another.
	returning struct {
		*ledger.Entry
		orig  ledger.Index
		took  []taken
		lots  map[lotKey]ledger.Amount // what each lot gets
		swept map[lotKey]ledger.Amount // what lapses of it beside that
		fault bool
	}
)

// holder reports whether an account holds what somebody can draw: points of any kind, or goods.
func holder(a ledger.AccountID) bool {
	c := a.Class()
	return c.Guarded() || c == ledger.ClassGift || c == ledger.ClassBase
}

// takes notes what an entry takes that may be undone.
func (b *backs) takes(r *run, e *ledger.Entry) {
	switch e.Body.(type) {
	case *ledger.Exchange, *ledger.Settlement, *ledger.Gift, *ledger.PoolGift, *ledger.Loss, *ledger.GoodsScrapped, *ledger.GoodsRelieved:
	case *ledger.Receive, *ledger.GiftGrant:
		b.brought[e.Index] = e.Postings
		return
	default:
		return
	}
	list := make([]taken, len(e.Postings))
	for i, p := range e.Postings {
		list[i] = taken{Posting: p, expires: r.lots.at(lotKey{p.Account, p.Lot}).expires}
		if holder(p.Account) && p.Lot.Entry() != e.Index {
			list[i].left = max(0, -adds(p))
		}
	}
	b.took[e.Index] = list
}

// gives holds an entry against the one that it undoes: lines of an exchange, or where there are none, all of it.
func (b *backs) gives(r *run, e *ledger.Entry, orig ledger.Index, lines []ledger.PricedLine) {
	took, known := b.took[orig]
	if !known {
		b.takesBack(r, e, orig)
		return
	}
	x := returning{Entry: e, orig: orig, took: took, lots: map[lotKey]ledger.Amount{}, swept: map[lotKey]ledger.Amount{}}
	var paid ledger.Amount
	has, swept := map[ledger.AccountKey]ledger.Amount{}, map[ledger.AccountKey]ledger.Amount{}
	for _, p := range e.Postings {
		switch k, n := (lotKey{p.Account, p.Lot}), adds(p); {
		case p.Account.Class() == ledger.ClassBreakage:
			into := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
			has[into] += p.Amount
			swept[into] += 0 // so that it is looked at
		case !holder(p.Account) || p.Lot.Entry() == orig && p.Lot != 0: // whoever had got it loses it
		case n < 0:
			x.swept[k] -= n
			swept[ledger.AccountKey{ID: r.breakageOf(p.Account, e.On), Commodity: p.Commodity}] += n
		default:
			if x.lots[k] += n; p.Commodity.Points() {
				paid += n
			}
		}
	}
	b.returned(r, &x)
	switch {
	case x.fault:
	case lines == nil:
		b.inverse(r, &x)
	case paid != sumOf(lines):
		r.found(Wrong, subjectOf(took), points(paid), points(sumOf(lines)), orig, e.Index)
	default:
		r.differ(subjectOf(took), has, swept, orig, e.Index) // what lapses does so into the breakage of the unit, and nothing else does
		if sold := r.exchanges.at(orig); sold != nil {
			r.givenOut(e, sold.shop, lines, -1, orig, e.Index)
		}
	}
}

// returned holds what each lot gets against what was taken of it. The last taken come first: of each commodity, no lot gets anything while
// one that was taken later still lacks some.
func (b *backs) returned(r *run, x *returning) {
	lacks := map[ledger.Commodity]bool{}
	for i := range slices.Backward(x.took) {
		t := &x.took[i]
		k := lotKey{t.Account, t.Lot}
		n := min(x.lots[k], t.left)
		if n > 0 && lacks[t.Commodity] {
			x.wrong(r, k, n, 0)
		}
		if x.lots[k] -= n; n > 0 && t.Lot != 0 {
			b.lasts(r, x, t)
		}
		t.left -= n
		lacks[t.Commodity] = lacks[t.Commodity] || t.left > 0
	}
	for _, list := range []map[lotKey]ledger.Amount{x.lots, x.swept} { // what is left fits nothing that was taken
		for _, k := range slices.SortedFunc(maps.Keys(list), lotKey.compare) {
			if list[k] != 0 {
				x.wrong(r, k, list[k], 0)
			}
		}
	}
}

// lasts holds until when what comes back lasts: as long as its lot, or where that has lapsed, the grace of the rule, and then whatever
// else is left of the lot lapses in the same entry. Base points keep their day.
func (b *backs) lasts(r *run, x *returning, t *taken) {
	k := lotKey{t.Account, t.Lot}
	l := r.lots.at(k)
	was := l.expires
	if l.left <= 0 { // used up: the entry that opened it says how long it lasts
		was = t.expires
		if first, changed := b.opened[t.Lot]; changed {
			was = first
		}
	}
	ought, swept := was, ledger.Amount(0)
	if t.Commodity.Points() && t.Commodity != ledger.BasePoint && was != 0 && was < x.On {
		ought, swept = x.On.AddDays(r.grace(t.Account, x.On)), max(0, l.left-r.heldOf(t.Lot))
	}
	if has := x.LotExpires(t.Lot); has != ought && !x.fault {
		x.fault = true
		r.found(Wrong, t.Account.Owner(), has.String(), ought.String(), t.Lot.Entry(), x.orig, x.Index)
	}
	if has := x.swept[k]; has != swept {
		x.wrong(r, k, has, swept)
	}
	delete(x.swept, k)
	if _, changed := b.opened[t.Lot]; ought != was && !changed {
		b.opened[t.Lot] = was
	}
}

// inverse holds an entry that undoes another as a whole: nothing that was taken is missing, each account on the other side gets back what
// it gave, and whoever had got it loses what they have left of it and owes the rest.
func (b *backs) inverse(r *run, x *returning) {
	for _, t := range x.took {
		if t.left > 0 {
			x.wrong(r, lotKey{t.Account, t.Lot}, t.Amount.Abs()-t.left, t.Amount.Abs())
			return
		}
	}
	var got []ledger.Posting
	for _, t := range x.took {
		if !holder(t.Account) || t.Lot != 0 && t.Lot.Entry() == x.orig {
			got = append(got, t.Posting)
		}
	}
	has, ought := map[ledger.AccountKey]ledger.Amount{}, b.losing(r, x.Entry, x.orig, "", got)
	for _, p := range x.Postings {
		k := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
		switch {
		case !holder(p.Account) || p.Lot != 0 && p.Lot.Entry() == x.orig:
			has[k] += p.Amount
			ought[k] += 0 // so that it is looked at
		case adds(p) < 0: // what lapses beside what comes back
			ought[ledger.AccountKey{ID: r.breakageOf(p.Account, x.On), Commodity: p.Commodity}] -= p.Amount
		}
	}
	r.differ(subjectOf(x.took), has, ought, x.orig, x.Index)
}

// wrong says of a lot that it gets otherwise than was taken. One fault is enough: others follow from it.
func (x *returning) wrong(r *run, k lotKey, has, ought ledger.Amount) {
	if x.fault {
		return
	}
	x.fault = true
	list := []ledger.Index{x.orig, x.Index}
	if k.lot != 0 {
		list = append(list, k.lot.Entry())
	}
	say := points
	if k.account.Class() == ledger.ClassStock {
		say = count[ledger.Amount]
	}
	r.found(Wrong, k.account.Owner(), say(has), say(ought), list...)
}

// subjectOf names whom an entry took something from first.
func subjectOf(took []taken) string {
	for _, t := range took {
		if holder(t.Account) {
			return t.Account.Owner()
		}
	}
	return ""
}

func (k lotKey) compare(o lotKey) int {
	return cmp.Or(k.account.Compare(o.account), cmp.Compare(k.lot, o.lot))
}

// grace returns how many days points have that come back into a lapsed lot of an account.
func (r *run) grace(a ledger.AccountID, on ledger.Date) int {
	if rule := r.ruleIn(r.unitOfOwner(a.Owner(), on), on); rule.ID != "" {
		return int(rule.ReturnGrace)
	}
	return defaultGrace
}
