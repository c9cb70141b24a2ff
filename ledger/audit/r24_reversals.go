package audit

import "aixin/ledger"

// What of the exchanges of one person may come back before somebody looks: so much percent, and so many.
const (
	backShare = 10
	backLeast = 5
)

// reversals lists what was reversed, says where a day had been closed over it, counts what came back of each clerk's exchanges, and holds
// what comes back against what was taken.
type reversals struct {
	backs
	sold map[ledger.StaffID]int
	back map[ledger.StaffID][]ledger.Index
	once map[ledger.Index]bool
}

func newReversals() observer {
	took := backs{map[ledger.Index][]taken{}, map[ledger.Index][]ledger.Posting{}, map[ledger.LotID]ledger.Amount{}, map[ledger.LotID]ledger.Date{}}
	return &reversals{took, map[ledger.StaffID]int{}, map[ledger.StaffID][]ledger.Index{}, map[ledger.Index]bool{}}
}

func (v *reversals) see(r *run, e *ledger.Entry) {
	v.takes(r, e)
	defer v.lapses(e)
	if _, ok := sold(e); ok {
		v.sold[r.server(e)]++
		return
	}
	switch body := e.Body.(type) {
	case *ledger.Reversal:
		has := string(body.Of) + " " + string(body.Reason)
		if x := r.exchanges.at(body.Entry); x != nil && r.closed[x.shop] > body.Entry {
			has += " after-close"
		}
		r.found(Noted, string(body.Volunteer), has, "", body.Entry, e.Index)
		if v.once[body.Entry] {
			r.found(Wrong, string(body.Volunteer), string(body.Of), "", body.Entry, e.Index)
		} else {
			v.gives(r, e, body.Entry, nil)
		}
		v.once[body.Entry] = true
		v.came(r, body.Entry, e.Index)
	case *ledger.UndoneExchange:
		v.gives(r, e, body.Redemption, nil)
		v.came(r, body.Redemption, e.Index)
	case *ledger.GoodsReturn:
		v.gives(r, e, body.Redemption, body.Lines)
		v.came(r, body.Redemption, e.Index)
	}
}

// came notes that something of an exchange came back.
func (v *reversals) came(r *run, orig, back ledger.Index) {
	if x := r.exchanges.at(orig); x != nil {
		v.back[x.clerk] = append(v.back[x.clerk], back)
	}
}

func (v *reversals) end(r *run) {
	for who, list := range v.back {
		if share := percent(len(list), v.sold[who]); share >= backShare && len(list) >= backLeast {
			r.found(Noted, string(who), count(share)+" %", count(backShare)+" %", list...)
		}
	}
}
