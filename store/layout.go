package store

import (
	"iter"
	"slices"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
)

// update is what one transaction writes to the index: one batch, or several behind one another.
type update struct {
	changes ledger.Changes
	batches []batchInfo
	days    []dayEnd // the last entry of each day that the batches have entries of
	mark    mark     // after the last batch; Bytes is what was written before
}

// reset empties the update and keeps its memory.
func (u *update) reset() {
	c := &u.changes
	clear(c.Facts)
	clear(c.Lines)
	clear(c.States)
	c.Facts, c.Lines, c.States = c.Facts[:0], c.Lines[:0], c.States[:0]
	u.batches, u.days, u.mark = u.batches[:0], u.days[:0], mark{}
}

// add appends what comes behind the update, whose values stay where they are.
func (u *update) add(o update) {
	if len(o.batches) == 0 {
		return
	}
	u.changes.Facts = append(u.changes.Facts, o.changes.Facts...)
	u.changes.Lines = append(u.changes.Lines, o.changes.Lines...)
	u.changes.States = append(u.changes.States, o.changes.States...)
	u.batches = append(u.batches, o.batches...)
	if n := len(u.days); n > 0 && u.days[n-1].on == o.days[0].on {
		u.days = u.days[:n-1]
	}
	u.days = append(u.days, o.days...)
	u.mark = o.mark
}

// dayEnd is the last entry of a day so far.
type dayEnd struct {
	on   ledger.Date
	last ledger.Index
}

// rows bounds the rows of the update.
func (u update) rows() int {
	return len(u.changes.Facts) + len(u.changes.Lines) + len(u.changes.States) + len(u.days) + len(u.batches) + 2
}

// size estimates the bytes of the update's rows, so that they are laid out in one piece of memory.
func (u update) size() int {
	n := 4096
	for _, b := range u.batches {
		n += 128 + 2*len(b.Lengths)
	}
	for _, f := range u.changes.Facts {
		n += len(f.ID) + len(f.Value) + 16
	}
	for _, l := range u.changes.Lines {
		n += l.Account.Size() + len(l.State) + 48
	}
	for _, l := range u.changes.States {
		n += l.Account.Size() + len(l.State) + 48
	}
	return n
}

// rowOverhead is what Badger adds to a row in its log.
const rowOverhead = 32

// written counts what was written to an index since it was opened.
type written struct {
	transactions, rows, bytes atomic.Int64
}

func (n *written) note(w *layout) {
	n.transactions.Add(1)
	n.rows.Add(int64(len(w.rows)))
	n.bytes.Add(int64(len(w.arena)))
}

// layout lays out rows in one piece of memory, which stays as it is until they are committed and is used again by the next.
type layout struct {
	arena []byte
	rows  []badger.Entry
	size  int64                  // of the rows, in Badger's log
	wrote map[ledger.FactID]bool // the facts that have a row
}

// update lays out all of an update, and completes its mark.
func (w *layout) update(u *update) {
	w.reset(u.rows(), u.size())
	w.changes(u.changes)
	for _, d := range u.days {
		b := append(w.arena, dateKey(d.on)...)
		w.put(appendIndex(b, d.last), len(b))
	}
	if u.mark.Head.Size/frontierEvery != u.batches[0].First/frontierEvery {
		b := append(w.arena, frontierKey(u.mark.Head.Size)...)
		w.put(appendRoots(b, u.mark.Frontier), len(b))
	}
	u.mark.Bytes += w.size
	for _, batch := range u.batches {
		batch.Bytes = u.mark.Bytes
		b := append(w.arena, batchKey(batch.First)...)
		w.put(batch.append(b), len(b))
	}
	b := append(w.arena, markRow)
	w.put(u.mark.append(b), len(b))
}

// reset begins with memory for so many rows of so many bytes.
func (w *layout) reset(rows, size int) {
	w.rows, w.arena, w.size = slices.Grow(w.rows[:0], rows), slices.Grow(w.arena[:0], size), 0
	if w.wrote == nil {
		w.wrote = map[ledger.FactID]bool{}
	}
	clear(w.wrote)
}

// changes lays out what entries changed.
func (w *layout) changes(c ledger.Changes) {
	for _, f := range slices.Backward(c.Facts) { // the last value of each is the one that counts
		if !w.wrote[f.ID] {
			w.wrote[f.ID] = true
			b := append(append(w.arena, factRow), f.ID...)
			w.put(append(b, f.Value...), len(b))
		}
	}
	for _, l := range c.Lines {
		b := appendIndex(appendAccount(w.arena, lineRow, l.Account), l.Index)
		w.put(appendLineValue(b, l), len(b))
	}
	for _, l := range c.States {
		b := appendIndex(appendAccount(w.arena, stateRow, l.Account), l.Index)
		w.put(append(b, l.State...), len(b))
	}
}

// put adds a row. b is the arena with the key and the value behind it; the value begins at split.
func (w *layout) put(b []byte, split int) {
	from := len(w.arena)
	key := b[from:split:split]
	b = appendSum(key, b, split)
	w.arena = b
	w.rows = append(w.rows, badger.Entry{Key: key, Value: b[split:len(b):len(b)]})
	w.size += int64(len(b)-from) + rowOverhead
}

// all yields the key and the value of each row.
func (w *layout) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for i := range w.rows {
			if !yield(w.rows[i].Key, w.rows[i].Value) {
				return
			}
		}
	}
}
