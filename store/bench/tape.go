package bench

import (
	"encoding/binary"
	"errors"

	"aixin/store"
)

// tape keeps the rows of many transactions. It lies outside of the heap, so that the garbage collector does not look through them while
// they are written again.
type tape struct {
	reels [][]byte // as far as they are written
	txns  []txn
	rows  int64 // of all of them
}

// txn is one transaction on the tape.
type txn struct {
	reel, from int
	rows       int
}

const (
	reelSize = 64 << 20

	// maxTape bounds what a tape keeps: about half a minute of a fast machine.
	maxTape = 3 << 30
)

// record appends a transaction, and reports whether there was room for it.
func (t *tape) record(rows store.Rows) bool {
	n, size := 0, 0
	for key, value := range rows {
		n++
		size += len(key) + len(value)
	}
	if !t.room(size + n*2*binary.MaxVarintLen32) {
		return false
	}
	last := len(t.reels) - 1
	reel := t.reels[last]
	t.txns = append(t.txns, txn{last, len(reel), n})
	t.rows += int64(n)
	for key, value := range rows {
		reel = binary.AppendUvarint(reel, uint64(len(key)))
		reel = binary.AppendUvarint(reel, uint64(len(value)))
		reel = append(append(reel, key...), value...)
	}
	t.reels[last] = reel
	return true
}

// room sees to it that the last reel has room for so many bytes.
func (t *tape) room(n int) bool {
	if last := len(t.reels) - 1; last >= 0 && cap(t.reels[last])-len(t.reels[last]) >= n {
		return true
	}
	size := max(reelSize, n)
	if len(t.reels)*reelSize+size > maxTape {
		return false
	}
	reel, err := newReel(size)
	if err != nil {
		return false
	}
	t.reels = append(t.reels, reel[:0])
	return true
}

// transaction returns the rows of a transaction, which point into the tape.
func (t *tape) transaction(i int) []store.Row {
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

// erase gives the memory back; nothing that transaction returned may be used afterwards.
func (t *tape) erase() error {
	var failed []error
	for _, reel := range t.reels {
		failed = append(failed, freeReel(reel[:cap(reel)]))
	}
	*t = tape{}
	return errors.Join(failed...)
}
