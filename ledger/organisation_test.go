package ledger_test

import (
	"strings"

	"aixin/ledger"
)

// organisation parses the verbs of what came with format 2: the format itself, and units that move.
func (t *table) organisation(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "upgrade":
		return &ledger.RaiseFormat{Format: int(t.int(w.arg(0)))}
	case "move":
		return &ledger.MoveUnit{Unit: ledger.UnitID(w.arg(0)), Parent: ledger.UnitID(w.arg(1)), From: t.date(w.arg(2))}
	}
	return nil
}

// section reads a member of a section of a rule.
func (t *table) section(r *ledger.Rule, k, v string) bool {
	t.Helper()
	switch k {
	case "for":
		if strings.HasPrefix(v, "S") {
			r.Terms.Shop = ledger.ShopID(v)
		} else {
			r.Terms.Unit = ledger.UnitID(v)
		}
	case "also-for":
		r.Terms.Shop = ledger.ShopID(v)
	case "until":
		r.Terms.Until = t.date(v)
	case "approved-by":
		r.Terms.ApprovedBy = v
	case "published":
		r.Terms.Published = t.date(v)
	case "second":
		for kind := range strings.SplitSeq(v, ",") {
			r.Second.Kinds = append(r.Second.Kinds, ledger.Kind(kind))
		}
	default:
		return false
	}
	return true
}
