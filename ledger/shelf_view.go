package ledger

import "iter"

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
