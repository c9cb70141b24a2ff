package ledger

import "iter"

// Notice returns a notice by its entry.
func (v View) Notice(i Index) (Notice, error) { return find[Notice](v, "notice", writeIndex(i)) }

// Notices returns every notice, in order.
func (v View) Notices() iter.Seq2[Notice, error] { return all[Notice](v, "notice") }

// Board returns how many notices a unit had; one without any is the zero Board.
func (v View) Board(id UnitID) (Board, error) {
	b, err := find[Board](v, "board", string(id))
	if isNotFound(err) {
		err = nil
	}
	return b, err
}

// Objection returns an objection by its entry.
func (v View) Objection(i Index) (Objection, error) {
	return find[Objection](v, "objection", writeIndex(i))
}

// Objections returns every objection, in order.
func (v View) Objections() iter.Seq2[Objection, error] { return all[Objection](v, "objection") }
