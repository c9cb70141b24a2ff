package store

import (
	"context"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
)

// FailIndex makes the next write to the index go through wrong, which is given the true write. Badger cannot be made to fail
// from outside.
func (l *Ledger) FailIndex(wrong func(write func() error) error) {
	l.caughtUp()
	write := l.seq.write
	l.seq.write = func(u update) (total int64, err error) {
		l.seq.write = write
		err = wrong(func() error {
			total, err = write(u)
			return err
		})
		return total, err
	}
}

// Overwrite gives one row of the index the value of another, with a right checksum: damage that no single row shows.
func (l *Ledger) Overwrite(from, to string) {
	s := l.index.snapshot()
	defer s.close()

	value, err := s.get([]byte(from))
	if err == nil {
		l.set(to, appendSum([]byte(to), value, 0))
	}
}

// Move gives one row of the index the bytes of another.
func (l *Ledger) Move(from, to string) {
	s := l.index.snapshot()
	defer s.close()

	value, err := s.get([]byte(from))
	if err == nil {
		l.set(to, appendSum([]byte(from), value, 0))
	}
}

// Relayout makes the index one that a program of another layout wrote, in full and without damage.
func (l *Ledger) Relayout(layout byte) {
	s := l.index.snapshot()
	defer s.close()

	key := []byte{markRow}
	value, err := s.get(key)
	if err != nil {
		panic(err)
	}
	value = value[1:]
	if layout > 0 {
		value = append([]byte{layout}, value...)
	}
	l.set(string(key), appendSum(key, value, 0))
}

// KeepFrontier stores the frontier of the head, as is done every few thousand entries.
func (l *Ledger) KeepFrontier() {
	l.caughtUp()
	s := l.index.snapshot()
	defer s.close()

	m, err := s.mark()
	if err != nil {
		panic(err)
	}
	key := frontierKey(m.Head.Size)
	l.set(string(key), appendSum(key, appendRoots(nil, m.Frontier), 0))
}

// Lose takes the batch that begins with an entry from the index, as a crash may.
func (l *Ledger) Lose(first ledger.Index) {
	l.write(func(txn *badger.Txn) error { return txn.Delete(batchKey(first)) })
}

func (l *Ledger) set(key string, value []byte) {
	l.write(func(txn *badger.Txn) error { return txn.Set([]byte(key), value) })
}

// write changes the index behind the back of its ledger, in the version that readers see.
func (l *Ledger) write(change func(*badger.Txn) error) {
	l.caughtUp()
	version := uint64(l.Head().Size)
	txn := l.index.db.NewTransactionAt(version, true)
	defer txn.Discard()
	if err := change(txn); err != nil {
		panic(err)
	}
	if err := txn.CommitAt(version, nil); err != nil {
		panic(err)
	}
}

// caughtUp waits until the index has everything that was answered.
func (l *Ledger) caughtUp() {
	if err := l.seq.readable(context.Background()); err != nil {
		panic(err)
	}
}

// Queued waits until the queues know what waits.
func (l *Ledger) Queued() { <-l.index.queues.filled }

// Unqueued gives the queues up, as where more waits than they keep: from then on every view searches.
func (l *Ledger) Unqueued() {
	l.Queued()
	q := l.index.queues
	q.mu.Lock()
	defer q.mu.Unlock()
	q.giveUp()
}

// QueuedOf returns of how many people the queues know something, and how many records of theirs wait or waited.
func (l *Ledger) QueuedOf() (people, records int) {
	q := l.index.queues
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, one := range q.people {
		records += len(one.list)
	}
	return len(q.people), records
}

// Sources returns one snapshot twice: as views read it, and without what was read before.
func (l *Ledger) Sources() (warm, plain ledger.Source, done func()) {
	l.caughtUp()
	s := l.index.snapshot()
	src := source{ctx: context.Background(), facts: facts{snapshot: s, journal: l.journal}, size: s.size}
	plain = src
	src.warm = l.index.warm
	return src, plain, s.close
}

// Chill has what was read before take no more than that.
func (l *Ledger) Chill(bytes int) { l.index.warm.most = bytes }

// Warm returns how many facts are kept because they were read.
func (l *Ledger) Warm() int {
	w := l.index.warm
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.young.facts) + len(w.old.facts)
}

// Rows returns the index's newest rows, as they are stored.
func (l *Ledger) Rows() map[string]string {
	l.caughtUp()
	s := l.index.snapshot()
	defer s.close()

	rows := map[string]string{}
	it := s.txn.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		value, err := it.Item().ValueCopy(nil)
		if err != nil {
			panic(err)
		}
		rows[string(it.Item().Key())] = string(value)
	}
	return rows
}

// CheckpointNow replaces DIR/checkpoint by the head.
func CheckpointNow(l *Ledger) error { return l.checkpointNow() }

// ReadBeside reads DIR/checkpoint as readers beside a writer do.
func ReadBeside(dir string, info *BookInfo) ([]byte, ledger.Head, error) {
	return readBeside(dir, info)
}

// Narrow makes a transaction of the index take less.
func Narrow(o Options, size int64) Options {
	o.transaction = size
	return o
}
