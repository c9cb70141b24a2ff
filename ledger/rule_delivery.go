package ledger

import "slices"

// DeliveryRule says what a delivery must say of its goods beside their donor (B36). The zero value asks for nothing.
type DeliveryRule struct {
	Needs []Missing // source, value or best_before
}

func (x *DeliveryRule) fields(c *codec) { texts(c, "needs", &x.Needs) }

func (x *DeliveryRule) check(f *faults) {
	for i, m := range x.Needs {
		known := slices.Contains([]Missing{MissingSource, MissingValue, MissingBestBefore}, m)
		f.wantAt(known && !slices.Contains(x.Needs[:i], m), "delivery.needs", i, "", "delivery_need")
	}
}

// lacks refuses a delivery that does not say what the rule wants of it; a value, of every item that came.
func (x *DeliveryRule) lacks(a *Receive) *Rejection {
	unvalued := slices.ContainsFunc(a.Lines, func(l ItemLine) bool {
		return !slices.ContainsFunc(a.Terms, func(t ReceiptTerm) bool { return t.Item == l.Item && t.Fen > 0 })
	})
	lacks := map[Missing]bool{MissingSource: a.Source == "", MissingValue: unvalued, MissingBestBefore: a.BestBefore == 0}
	for _, m := range x.Needs {
		if lacks[m] {
			return incomplete(m)
		}
	}
	return nil
}
