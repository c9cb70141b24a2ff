package ledger

import (
	"fmt"
	"iter"
)

// Shelf returns what is under way at the shelf of a shop; nothing is the zero Shelf.
func (v View) Shelf(id ShopID) (Shelf, error) {
	s, err := find[Shelf](v, "shelf", string(id))
	if isNotFound(err) {
		err = nil
	}
	return s, err
}

// Count returns a count by the entry that opened it.
func (v View) Count(i Index) (CountFact, error) { return find[CountFact](v, "count", writeIndex(i)) }

// Counts returns every count, in order.
func (v View) Counts() iter.Seq2[CountFact, error] { return all[CountFact](v, "count") }

// Paper returns a write-off or a relief by the entry that declared it.
func (v View) Paper(i Index) (Paper, error) { return find[Paper](v, "paper", writeIndex(i)) }

// Papers returns every write-off and relief, in order.
func (v View) Papers() iter.Seq2[Paper, error] { return all[Paper](v, "paper") }

// Move is a movement of an item on a shelf.
type Move struct {
	Entry   Index
	On      Date
	Kind    Kind
	Amount  Amount
	Balance Amount
}

// Moves returns up to n movements of an item on a shelf before an entry, the newest first; before 0 means from the newest, and next is what to ask
// for to go on, 0 where there are no more. It says what Statement says of them, and reads of each line no more than how it begins.
func (v View) Moves(shop ShopID, item Commodity, before Index, n int) (list []Move, next Index, err error) {
	lines, err := v.src.Lines(AccountKey{StockOf(shop), item}, before, n+1)
	if err != nil {
		return nil, 0, fmt.Errorf("moves of %s in %s: %w", item, shop, err)
	}
	if len(lines) > n {
		lines = lines[:n]
		next = lines[n-1].Index
	}
	var r LineReader
	for _, l := range lines {
		line, err := v.src.Fact(EntryFact(l.Index))
		if err != nil {
			return nil, 0, fmt.Errorf("read entry %d: %w", l.Index, err)
		}
		e, ok := r.beginning(line)
		if !ok { // of a kind that is newer than the program, or damaged
			if e, err = v.Entry(l.Index); err != nil {
				return nil, 0, err
			}
		}
		list = append(list, Move{l.Index, e.On, e.Kind, l.Amount, l.Balance})
	}
	return list, next, nil
}
