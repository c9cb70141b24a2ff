package export

import (
	"slices"

	"aixin/ledger"
)

// holding is a balance as the postings add up to it.
type holding struct {
	balance ledger.Amount
	lots    []ledger.Lot // open ones, in drawing order; what is restricted is not said here
}

// holdings adds up a book posting by posting. It shares nothing with the fold of the ledger but the meaning of a posting.
type holdings map[ledger.AccountKey]*holding

// move is a posting with what it did to its lot.
type move struct {
	ledger.Posting
	Expires ledger.Date // the last usable day of the lot, as it stood when it was drawn or as it is now
	Adds    bool        // it opens the lot or puts something back into it
	Plain   bool        // it is part of a draw that took the first-expiring of all open lots
	// A lot that was not used up and takes another date: so much of it had the former one.
	Redated ledger.Amount
	Former  ledger.Date
}

// owed is the sign of what adds to an account by lot: points are owed (credit), goods are held (debit).
func owed(a ledger.AccountID) ledger.Amount {
	switch a.Class() { //nolint:exhaustive // nothing else of points is kept by lot
	case ledger.ClassPoints, ledger.ClassGift, ledger.ClassBase:
		return -1
	}
	return 1
}

func keyOf(p ledger.Posting) ledger.AccountKey {
	return ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
}

// post adds an entry and says what each of its postings did.
func (h holdings) post(e ledger.Entry) []move {
	moves := make([]move, len(e.Postings))
	for i, p := range e.Postings {
		moves[i] = move{Posting: p, Plain: p.Lot != 0 && h.plain(e, keyOf(p))}
	}
	for i := range moves {
		m := &moves[i]
		k := keyOf(m.Posting)
		if h[k] == nil {
			h[k] = &holding{}
		}
		h[k].balance += m.Amount
		if m.Lot != 0 {
			h[k].move(m, e)
		}
	}
	return moves
}

// move adds to a lot or takes from it.
func (h *holding) move(m *move, e ledger.Entry) {
	gain := m.Amount * owed(m.Account)
	lot := ledger.Lot{ID: m.Lot}
	if i := slices.IndexFunc(h.lots, func(l ledger.Lot) bool { return l.ID == m.Lot }); i >= 0 {
		lot = h.lots[i]
		h.lots = slices.Delete(h.lots, i, i+1)
	}
	if gain > 0 {
		m.Adds = true
		expires := e.LotExpires(m.Lot)
		if lot.Left > 0 && lot.Expires != expires {
			m.Redated, m.Former = lot.Left, lot.Expires
		}
		lot.Expires = expires
	}
	m.Expires = lot.Expires
	lot.Left += gain
	if lot.Left == 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(h.lots, lot, drawingOrder)
	h.lots = slices.Insert(h.lots, at, lot)
}

func drawingOrder(a, b ledger.Lot) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// plain reports whether an entry that has not been added yet does nothing to an account but draw from it, and takes, date by date,
// what a draw from all of its open lots would take.
func (h holdings) plain(e ledger.Entry, k ledger.AccountKey) bool {
	now := h[k]
	if now == nil {
		return false
	}
	taken := map[ledger.Date]ledger.Amount{}
	var sum ledger.Amount
	for _, p := range e.Postings {
		if keyOf(p) != k {
			continue
		}
		i := slices.IndexFunc(now.lots, func(l ledger.Lot) bool { return l.ID == p.Lot })
		n := -p.Amount * owed(p.Account)
		if i < 0 || n < 0 {
			return false
		}
		taken[now.lots[i].Expires] += n
		sum += n
	}
	for _, l := range now.lots {
		if sum == 0 {
			break
		}
		n := min(sum, l.Left)
		taken[l.Expires] -= n
		sum -= n
	}
	for _, n := range taken {
		if n != 0 {
			return false
		}
	}
	return true
}

// keys lists the accounts in their order.
func (h holdings) keys() []ledger.AccountKey {
	list := make([]ledger.AccountKey, 0, len(h))
	for k := range h {
		list = append(list, k)
	}
	slices.SortFunc(list, ledger.AccountKey.Compare)
	return list
}
