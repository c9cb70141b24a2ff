package audit

import (
	"iter"

	"aixin/ledger"
)

// byEntry keeps what stands for an entry, where most of a kind are asked for again. A map of millions would be missed by every cache.
type byEntry[T any] struct{ list []*T }

// at returns what stands for an entry; nil where nothing does, also for one that no book has.
func (b *byEntry[T]) at(i ledger.Index) *T {
	if i < 0 || int(i) >= len(b.list) {
		return nil
	}
	return b.list[i]
}

// set says what stands for an entry that was reached.
func (b *byEntry[T]) set(i ledger.Index, v *T) {
	for int(i) >= len(b.list) {
		b.list = append(b.list, nil)
	}
	b.list[i] = v
}

// openLots keeps what is left of lots. A lot has the number of its entry, of which the first stands by that; others, and those of a forged
// book that stand on the account of somebody else too, are in a map.
type openLots struct {
	first byEntry[ownLot]
	rest  map[lotKey]lot
}

// ownLot is a lot and the account on which it stands.
type ownLot struct {
	lotKey
	lot
}

// at returns what is left of a lot; nothing where it is used up.
func (o *openLots) at(k lotKey) lot {
	if l := o.first.at(k.lot.Entry()); l != nil && l.lotKey == k {
		return l.lot
	}
	if len(o.rest) == 0 {
		return lot{}
	}
	return o.rest[k]
}

// set says what is left of a lot of an entry up to now.
func (o *openLots) set(k lotKey, l lot, now ledger.Index) {
	i := k.lot.Entry()
	switch first := o.first.at(i); {
	case first != nil && first.lotKey == k:
		first.lot = l
	case first == nil && i >= 0 && i <= now && o.rest[k] == (lot{}):
		o.first.set(i, &ownLot{k, l})
	default:
		o.rest[k] = l
	}
}

// remove forgets a lot that is used up.
func (o *openLots) remove(k lotKey) {
	if first := o.first.at(k.lot.Entry()); first != nil && first.lotKey == k {
		o.first.set(k.lot.Entry(), nil)
		return
	}
	delete(o.rest, k)
}

// all yields every lot of which something is known, in no order.
func (o *openLots) all() iter.Seq2[lotKey, lot] {
	return func(yield func(lotKey, lot) bool) {
		for _, l := range o.first.list {
			if l != nil && !yield(l.lotKey, l.lot) {
				return
			}
		}
		for k, l := range o.rest {
			if !yield(k, l) {
				return
			}
		}
	}
}
