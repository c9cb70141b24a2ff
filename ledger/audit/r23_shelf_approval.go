package audit

import "aixin/ledger"

// shelfApproval looks for goods that left the shelf unseen: write-offs and counts that one person made alone, and shelves that stay
// short.
type shelfApproval struct {
	papers map[ledger.Index]ledger.StaffID
	counts map[ledger.Index]*counting
	short  map[ledger.AccountKey]ledger.Index // the first entry since the shelf was short of nothing
}

// counting is who counted and who confirmed.
type counting struct{ counter, confirmer ledger.StaffID }

func newShelfApproval() observer {
	return &shelfApproval{map[ledger.Index]ledger.StaffID{}, map[ledger.Index]*counting{}, map[ledger.AccountKey]ledger.Index{}}
}

func (s *shelfApproval) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.DeclareWriteOff, *ledger.DeclareRelief:
		s.papers[e.Index] = e.Actor
	case *ledger.OpenCount:
		s.counts[e.Index] = &counting{}
	case *ledger.CountSheet:
		if c := s.counts[body.Count]; c != nil {
			c.counter = e.Actor
		}
	case *ledger.ConfirmCount:
		if c := s.counts[body.Count]; c != nil {
			c.confirmer = e.Actor
		}
	case *ledger.GoodsScrapped:
		s.paper(r, e, string(body.Shop), body.Paper)
	case *ledger.GoodsRelieved:
		s.paper(r, e, string(body.Shop), body.Paper)
	case *ledger.CountResult:
		c := s.counts[body.Count]
		if c == nil || c.confirmer == "" || c.counter == c.confirmer || c.counter == e.Actor {
			r.found(Wrong, string(body.Shop), string(e.Actor), "", body.Count, e.Index)
		}
	case *ledger.Reversal:
	default:
		for _, p := range e.Postings {
			switch p.Account.Class() {
			case ledger.ClassLost, ledger.ClassFound, ledger.ClassScrapped, ledger.ClassRelieved:
				r.found(Wrong, p.Account.Owner(), p.Account.String(), "", e.Index)
			default:
			}
		}
	}
	s.shortages(r, e)
}

// paper holds a write-off or a relief against the paper that another person wrote.
func (s *shelfApproval) paper(r *run, e *ledger.Entry, shop string, paper ledger.Index) {
	if who, ok := s.papers[paper]; !ok || who == e.Actor {
		r.found(Wrong, shop, string(e.Actor), "", paper, e.Index)
	}
}

// shortages remembers since when a shelf is short of an item.
func (s *shelfApproval) shortages(r *run, e *ledger.Entry) {
	for _, p := range e.Postings {
		if p.Account.Class() != ledger.ClassShort {
			continue
		}
		k := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
		if r.balance[k] == 0 {
			s.short[k] = e.Index
		}
		if r.balance[k]+p.Amount == 0 {
			delete(s.short, k)
		}
	}
}

func (s *shelfApproval) end(r *run) {
	for k, i := range s.short {
		if n := -r.balance[k]; n > 0 {
			r.found(Noted, k.ID.Owner(), string(k.Commodity)+" "+count(n), "0", i)
		}
	}
}
