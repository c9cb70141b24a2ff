package bench

import (
	"encoding/binary"
	"errors"
	"iter"
	"os"

	"aixin/store"
)

// tape records the rows of the transactions of a run. It lies outside of the heap, so that keeping it does not change how often
// the garbage collector runs under the ledger that is measured.
type tape struct {
	reels [][]byte // as far as they are written
	blank [][]byte // laid in before the run
	txns  []txn
	size  int64
	full  bool // the rest of the run was not recorded
}

// txn is one recorded transaction.
type txn struct {
	reel, from int
	rows       int
	batches    int   // of the journal, whose entries the rows are of
	size       int64 // of their keys and values
}

const (
	reelSize = 64 << 20

	// tapeSpeed is how many bytes a second are laid in: fifty thousand entries.
	tapeSpeed = 40 << 20

	// maxTape bounds what is recorded: about half a minute of a fast machine.
	maxTape = 3 << 30
)

// record appends a transaction.
func (t *tape) record(rows iter.Seq2[[]byte, []byte]) {
	if t.full {
		return
	}
	var size int64
	n, batches := 0, 0
	for key, value := range rows {
		size += int64(len(key) + len(value))
		n++
		if store.OfBatch(key) {
			batches++
		}
	}
	if t.full = !t.room(int(size) + n*2*binary.MaxVarintLen32); t.full {
		return
	}
	last := len(t.reels) - 1
	reel := t.reels[last]
	t.txns = append(t.txns, txn{last, len(reel), n, batches, size})
	for key, value := range rows {
		reel = binary.AppendUvarint(reel, uint64(len(key)))
		reel = binary.AppendUvarint(reel, uint64(len(value)))
		reel = append(append(reel, key...), value...)
	}
	t.reels[last] = reel
}

// room sees to it that the last reel has room for so many bytes.
func (t *tape) room(n int) bool {
	if last := len(t.reels) - 1; last >= 0 && cap(t.reels[last])-len(t.reels[last]) >= n {
		return true
	}
	size := max(reelSize, n)
	if t.size += int64(size); t.size > maxTape {
		return false
	}
	if n := len(t.blank); n > 0 && size == reelSize {
		t.reels, t.blank = append(t.reels, t.blank[n-1][:0]), t.blank[:n-1]
		return true
	}
	reel, err := newReel(size)
	if err != nil {
		return false
	}
	t.reels = append(t.reels, reel[:0])
	return true
}

// layIn makes room for about so many bytes, with memory that has been touched: recording should cost the run a copy and no page
// faults.
func (t *tape) layIn(n int) error {
	for range n/reelSize + 1 {
		reel, err := newReel(reelSize)
		if err != nil {
			return err
		}
		for i := 0; i < len(reel); i += os.Getpagesize() {
			reel[i] = 1
		}
		t.blank = append(t.blank, reel)
	}
	return nil
}

// rows returns the rows of a recorded transaction, which point into the tape.
func (t *tape) rows(i int) []store.Row {
	x := t.txns[i]
	rest := t.reels[x.reel][x.from:]
	rows := make([]store.Row, x.rows)
	for k := range rows {
		keySize, n := binary.Uvarint(rest)
		valueSize, m := binary.Uvarint(rest[n:])
		rest = rest[n+m:]
		end := keySize + valueSize
		rows[k] = store.Row{Key: rest[:keySize:keySize], Value: rest[keySize:end:end]}
		rest = rest[end:]
	}
	return rows
}

// erase gives the memory back; nothing that rows returned may be used afterwards.
func (t *tape) erase() error {
	var failed []error
	for _, reel := range append(t.reels, t.blank...) {
		failed = append(failed, freeReel(reel[:cap(reel)]))
	}
	*t = tape{}
	return errors.Join(failed...)
}
