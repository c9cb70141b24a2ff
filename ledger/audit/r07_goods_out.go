package audit

import (
	"slices"

	"aixin/ledger"
)

// goodsOut holds each exchange against the goods and points that it moves, and against the signature that its presence needs; and
// goods that are handed out against there being an exchange.
type goodsOut struct{ nothing }

func (goodsOut) see(r *run, e *ledger.Entry) {
	x, ok := sold(e)
	if !ok {
		for _, p := range e.Postings {
			if p.Amount > 0 && p.Account.Class() == ledger.ClassGiven {
				r.found(Wrong, p.Account.Owner(), count(p.Amount), "0", e.Index)
			}
		}
		return
	}
	var paid, out, pieces ledger.Amount
	for _, p := range e.Postings {
		switch p.Account.Class() {
		case ledger.ClassRedeemed:
			paid -= p.Amount
		case ledger.ClassGiven:
			out += p.Amount
		default:
		}
	}
	for _, l := range x.Lines {
		pieces += l.Pieces
	}
	if out != pieces {
		r.found(Wrong, string(x.Shop), count(out), count(pieces), e.Index)
	} else {
		r.givenOut(e, x.Shop, x.Lines, 1, e.Index)
	}
	if sum := sumOf(x.Lines); paid != sum {
		r.found(Wrong, string(x.Volunteer), points(paid), points(sum), e.Index)
	}
	rule, _ := r.ruleOfShop(x.Shop, e.On)
	for _, way := range rule.Counter.Presence {
		signed := x.PIN && slices.Contains(way.Needs, "pin") || x.Slip != "" && slices.Contains(way.Needs, "slip")
		if way.By == x.Presence && len(way.Needs) > 0 && !signed && x.Voucher == 0 {
			r.found(Wrong, string(x.Volunteer), string(x.Presence), way.Needs[0], e.Index)
		}
	}
}

// givenOut holds each line of goods that go over a counter, or come back over it, against what was given.
func (r *run) givenOut(e *ledger.Entry, shop ledger.ShopID, lines []ledger.PricedLine, sign ledger.Amount, entries ...ledger.Index) {
	for _, l := range lines {
		var out ledger.Amount
		for _, p := range e.Postings {
			if p.Commodity == l.Item && p.Account.Class() == ledger.ClassGiven {
				out += sign * p.Amount
			}
		}
		if out != l.Pieces {
			r.found(Wrong, string(shop), string(l.Item)+" "+count(out), string(l.Item)+" "+count(l.Pieces), entries...)
			return
		}
	}
}
