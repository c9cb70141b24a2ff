package audit

import "aixin/ledger"

// This file folds what went over counters and what was set aside there.

// foldCounter takes in what went over counters.
func (w *world) foldCounter(e *ledger.Entry) {
	if x, ok := sold(e); ok {
		w.exchanges.set(e.Index, &exchange{x.Volunteer, x.Shop, w.server(e), e.Actor, e.On, sumOf(x.Lines), x.Pool})
	}
	shut := func(i ledger.Index) {
		if h := w.holds[i]; h != nil {
			h.closed = true
		}
	}
	switch body := e.Body.(type) {
	case *ledger.CounterClose:
		w.closed[body.Shop] = e.Index
	case *ledger.OpenCount:
		w.counted[e.Index] = body.Shop
	case *ledger.Reservation:
		w.holds[e.Index] = &hold{body: body, on: e.On}
		for _, l := range body.Lots {
			w.setAside[l.Lot] = append(w.setAside[l.Lot], e.Index)
		}
	case *ledger.Settlement:
		shut(body.Hold)
	case *ledger.HoldRelease:
		shut(body.Hold)
	case *ledger.HoldEnd:
		shut(body.Hold)
	}
}

// sold returns what an entry exchanged. It is Entry.Sold without a copy of the entry.
func sold(e *ledger.Entry) (*ledger.Exchange, bool) {
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		return body, true
	case *ledger.Settlement:
		return &body.Exchange, true
	}
	return nil, false
}

func sumOf(lines []ledger.PricedLine) (sum ledger.Amount) {
	for _, l := range lines {
		sum += l.Points
	}
	return sum
}

// server is who served: whoever proposed it, where a second person approved.
func (w *world) server(e *ledger.Entry) ledger.StaffID {
	if first, ok := w.proposals[e.Proposal]; ok && e.Proposal != 0 {
		return first
	}
	return e.Actor
}
