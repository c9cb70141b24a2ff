package ledger_test

import (
	"strings"

	"aixin/ledger"
)

func (t *table) gift(verb string, w words) ledger.Action {
	t.Helper()
	if verb == "gift" {
		return &ledger.GrantGift{Volunteer: w.volunteer(0), Points: t.amount(w.arg(1))}
	}
	return nil
}

// pairing reads "hardship:1:5,1:1": a class, the points earned, and the gift points beside them.
func (t *table) pairing(s string) (pairs []ledger.GiftPair) {
	t.Helper()
	for part := range strings.SplitSeq(s, ",") {
		class, ratio, _ := strings.Cut(part, ":")
		if strings.Trim(class, "0123456789") == "" {
			class, ratio = "", part
		}
		task, gift, _ := strings.Cut(ratio, ":")
		pairs = append(pairs, ledger.GiftPair{Class: ledger.Beneficiary(class), Task: t.int(task), Gift: t.int(gift)})
	}
	return pairs
}

// classExpiry reads how a class of points lapses: gift:months:6, base:day:0:2026-12-31.
func (t *table) classExpiry(s string) ledger.ClassExpiry {
	t.Helper()
	parts := append(strings.Split(s, ":"), "", "", "")
	return ledger.ClassExpiry{Class: ledger.Class(parts[0]), Expires: parts[1], ExpiresIn: t.int(parts[2]), ExpiresOn: t.date(parts[3])}
}

func giftForgeries() []forgery {
	return []forgery{
		bodyOf("more gift points than were posted", "I8", func(r *ledger.GiftGrant) bool { r.Points++; return true }),
		bodyOf("gift points of another unit", "I8", func(r *ledger.GiftGrant) bool { r.Unit = "C77"; return true }),
		bodyOf("gift points for nobody", "I8", func(r *ledger.GiftGrant) bool { r.Volunteer = "V9999990"; return true }),
		bodyOf("more of a price in gift points", "I3 I8", func(r *ledger.Exchange) bool { r.Gift++; return true }),
		bodyOf("less of a price in gift points", "I8", func(r *ledger.Exchange) bool { r.Gift--; return r.Gift >= 0 }),
		bodyOf("gift points out of a hold", "I10", func(r *ledger.Settlement) bool { r.Gift = 1; return true }),
		{"an exchange with gift points by no rule", "I8", func(_ *forger, e *ledger.Entry) bool {
			x, ok := e.Body.(*ledger.Exchange)
			e.Rule = ""
			return ok && x.Gift > 0
		}},
	}
}
