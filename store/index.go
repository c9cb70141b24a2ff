package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"aixin/ledger"
)

// index is Badger. No type or error of Badger's leaves this file.
type index struct {
	db      *badger.DB
	maxRows int64   // of one transaction
	maxSize int64   // of one transaction, in Badger's own estimate
	queues  *queues // of what waits, while the book is served
	warm    *warm   // facts that views read, while the book is open for them
	fill    func()  // fills them once somebody asks, where nothing has begun to; nil where something has

	mu      sync.Mutex
	version ledger.Index         // entries that the newest transaction brought the index to
	reading map[ledger.Index]int // open snapshots of each version

	written written
	memory  layout // of the last update; owned by whoever applies
}

// openIndex opens or creates the index in dir. Its files must have been checked before: see checkTables.
func openIndex(dir string, log *slog.Logger) (*index, error) {
	return openBadger(badger.OpenManaged, indexOptions(dir, log))
}

// indexOptions spells out every option whose default could lose data or lie.
func indexOptions(dir string, log *slog.Logger) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(false).                             // the journal is synced; recovery repairs what this may lose
		WithDetectConflicts(false).                        // there is one writer
		WithNumVersionsToKeep(1).                          // the past is in rows of its own
		WithChecksumVerificationMode(options.OnTableRead). // the only mode that fails instead of lying
		WithVerifyValueChecksum(true).                     // values never reach the value log; if one does, it is checked
		WithCompression(options.None).                     // rows are short and keys share prefixes
		WithMetricsEnabled(false).                         // its expvar globals are of no use here
		WithValueLogFileSize(valueLogSize).                // holds nothing
		WithMemTableSize(memTableSize).                    // bounds what a crash loses
		WithNumMemtables(numMemTables).                    // bounds what a crash loses
		WithNumLevelZeroTables(tablesUnmerged).            // see there
		WithNumLevelZeroTablesStall(tablesStalled).        // see there
		WithBaseTableSize(mergedTableSize).                // fewer files and syncs
		WithNumCompactors(2).                              // the least that Badger allows
		WithBlockCacheSize(0).                             // only compressed or encrypted tables need one
		WithLogger(badgerLog{log.With(slog.String("part", "index"))})
}

func openBadger(with func(badger.Options) (*badger.DB, error), opts badger.Options) (x *index, err error) {
	defer recovered(&err)
	db, err := with(opts)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return &index{
		db: db, maxRows: db.MaxBatchCount(), maxSize: db.MaxBatchSize(),
		version: ledger.Index(db.MaxVersion()), //nolint:gosec // a version is a number of entries
		reading: map[ledger.Index]int{},
	}, nil
}

func (x *index) close() (err error) {
	defer recovered(&err)
	return x.db.Close()
}

// recovered turns a panic of Badger, which asserts on damaged tables, into an error. Tables are checked before Badger sees them;
// this is for what is damaged while they are open.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = errors.Join(*err, fmt.Errorf("index: %v: %w", p, ledger.ErrCorrupt))
	}
}

// badgerLog passes on what Badger has to say: its chatter at debug.
type badgerLog struct {
	log *slog.Logger
}

func (b badgerLog) Errorf(format string, args ...any) { b.log.Error("badger", text(format, args)) }

func (b badgerLog) Warningf(format string, args ...any) { b.log.Warn("badger", text(format, args)) }

func (b badgerLog) Infof(format string, args ...any) { b.log.Debug("badger", text(format, args)) }

func (b badgerLog) Debugf(string, ...any) {}

func text(format string, args []any) slog.Attr {
	return slog.String("text", strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// snapshot is the index as it stood at one batch. It must be closed, and used by one goroutine at a time.
type snapshot struct {
	index *index
	size  ledger.Index // entries that it has
	txn   *badger.Txn
}

// snapshot returns the index as the newest transaction left it. Versions are numbers of entries, given by us and not by Badger,
// whose own would let every snapshot wait for the transaction that is being written.
func (x *index) snapshot() *snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()

	x.reading[x.version]++
	return &snapshot{x, x.version, x.db.NewTransactionAt(uint64(x.version), false)} //nolint:gosec // never negative
}

func (s *snapshot) close() {
	s.txn.Discard()
	s.index.leave(s.size)
}

// leave says that a snapshot of that version is read no more.
func (x *index) leave(version ledger.Index) {
	x.mu.Lock()
	defer x.mu.Unlock()

	if x.reading[version]--; x.reading[version] == 0 {
		delete(x.reading, version)
	}
}

// publish lets snapshots see what was written up to that version, and lets Badger drop what neither they nor an older one, which
// is still read, will ask for.
func (x *index) publish(version ledger.Index) {
	x.mu.Lock()
	defer x.mu.Unlock()

	x.version = version
	for v := range x.reading {
		version = min(version, v)
	}
	x.db.SetDiscardTs(uint64(version)) //nolint:gosec // never negative
}

// oldest returns the oldest version that is read, or may be from now on.
func (x *index) oldest() ledger.Index {
	x.mu.Lock()
	defer x.mu.Unlock()

	oldest := x.version
	for v := range x.reading {
		oldest = min(oldest, v)
	}
	return oldest
}

// get returns the value under key, which is the caller's, or nil where there is none.
func (s *snapshot) get(key []byte) (value []byte, err error) {
	defer recovered(&err)
	item, err := s.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("index row %.60q: %w", key, err)
	}
	stored, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("index row %.60q: %w", key, err)
	}
	return unsum(key, stored)
}

// row is one row of the index. Its slices are valid until the next one.
type row struct {
	key   []byte
	value []byte
}

// ascend yields the rows whose keys begin with prefix and are not below from, in order of key.
func (s *snapshot) ascend(prefix, from []byte) iter.Seq2[row, error] {
	return s.walk(badger.IteratorOptions{Prefix: prefix, PrefetchValues: false}, prefix, from)
}

// descend yields the rows whose keys begin with prefix and are not above from, in reverse order of key.
func (s *snapshot) descend(prefix, from []byte) iter.Seq2[row, error] {
	return s.walk(badger.IteratorOptions{Prefix: prefix, PrefetchValues: false, Reverse: true}, prefix, from)
}

func (s *snapshot) walk(opts badger.IteratorOptions, prefix, from []byte) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		it := s.txn.NewIterator(opts)
		defer it.Close()
		var buf []byte
		for it.Seek(from); it.ValidForPrefix(prefix); it.Next() {
			r, err := rowOf(it.Item(), buf)
			if !yield(r, err) || err != nil {
				return
			}
			buf = r.value[:0]
		}
	}
}

func rowOf(item *badger.Item, buf []byte) (r row, err error) {
	defer recovered(&err)
	stored, err := item.ValueCopy(buf)
	if err != nil {
		return row{}, fmt.Errorf("index row %.60q: %w", item.Key(), err)
	}
	value, err := unsum(item.Key(), stored)
	return row{item.Key(), value}, err
}

// mark returns the state of the index; an empty index has the mark of an empty book.
func (s *snapshot) mark() (mark, error) {
	value, err := s.get([]byte{markRow})
	if err != nil {
		return mark{}, err
	}
	if value == nil {
		var f ledger.Frontier
		return mark{Head: ledger.Head{Root: f.Root()}}, nil
	}
	return parseMark(value)
}

// batchOf returns the batch that holds entry i; ok is false where the index has none.
func (s *snapshot) batchOf(i ledger.Index) (b batchInfo, ok bool, err error) {
	for r, err := range s.descend([]byte{batchRow}, batchKey(i)) {
		if err != nil {
			return batchInfo{}, false, err
		}
		b, err := parseBatchRow(r.key, r.value)
		return b, err == nil && i < b.Head.Size, err
	}
	return batchInfo{}, false, nil
}

// frontierBelow returns the largest stored frontier of no more than size entries.
func (s *snapshot) frontierBelow(size ledger.Index) (ledger.Frontier, error) {
	for r, err := range s.descend([]byte{frontierRow}, frontierKey(size)) {
		if err != nil {
			return ledger.Frontier{}, err
		}
		at, ok := indexAt(r.key)
		f, fits := parseFrontier(at, r.value)
		if !ok || !fits {
			return ledger.Frontier{}, malformed(r.key)
		}
		return f, nil
	}
	return ledger.Frontier{}, nil
}

// lastOn returns how many entries the book had at the end of that day.
func (s *snapshot) lastOn(day ledger.Date) (ledger.Index, error) {
	for r, err := range s.descend([]byte{dateRow}, dateKey(day)) {
		if err != nil {
			return 0, err
		}
		if len(r.value) != 8 {
			return 0, malformed(r.key)
		}
		last, ok := indexAt(r.value)
		if !ok {
			return 0, malformed(r.key)
		}
		return last + 1, nil
	}
	return 0, nil
}

// count returns how many rows the index has.
func (s *snapshot) count(ctx context.Context) (n int64, err error) {
	defer recovered(&err)
	it := s.txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if n++; n%scrubStride == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
	}
	return n, nil
}

// factIDs tells add the id of every fact, in order. Values are neither read nor checked.
func (s *snapshot) factIDs(ctx context.Context, add func(ledger.FactID)) (err error) {
	defer recovered(&err)
	it := s.txn.NewIterator(badger.IteratorOptions{Prefix: []byte{factRow}})
	defer it.Close()
	n := 0
	for it.Rewind(); it.Valid(); it.Next() {
		add(ledger.FactID(it.Item().Key()[1:]))
		if n++; n%scrubStride == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// facts yields the facts whose ids begin with prefix, in order of id.
func (s *snapshot) facts(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	return func(yield func(ledger.Fact, error) bool) {
		key := factKey(prefix)
		for r, err := range s.ascend(key, key) {
			if err != nil {
				yield(ledger.Fact{}, err)
				return
			}
			f := ledger.Fact{ID: ledger.FactID(r.key[1:]), Value: bytes.Clone(r.value)}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// lines returns up to n statement rows of the account before an index, newest first.
func (s *snapshot) lines(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	if before <= 0 || n <= 0 {
		return nil, nil
	}
	prefix := accountPrefix(lineRow, k)
	out := make([]ledger.Line, 0, min(n, 64))
	for r, err := range s.descend(prefix, appendIndex(bytes.Clone(prefix), before-1)) {
		if err != nil {
			return nil, err
		}
		l, err := parseLineRow(k, r.key, r.value)
		if err != nil {
			return nil, err
		}
		l.State = bytes.Clone(l.State)
		if out = append(out, l); len(out) == n {
			break
		}
	}
	return out, nil
}

// state returns the state of an account after the entries before an index, nil where there was none yet.
func (s *snapshot) state(k ledger.AccountKey, before ledger.Index) ([]byte, error) {
	moved, err := s.lines(k, before, 1)
	if err != nil || before <= 0 {
		return nil, err
	}
	var last ledger.Line
	if len(moved) > 0 {
		last = moved[0]
	}
	prefix := accountPrefix(stateRow, k)
	for r, err := range s.descend(prefix, appendIndex(bytes.Clone(prefix), before-1)) {
		if err != nil {
			return nil, err
		}
		if i, ok := indexAt(r.key); !ok {
			return nil, malformed(r.key)
		} else if i > last.Index {
			last.State = bytes.Clone(r.value)
		}
		break
	}
	return last.State, nil
}

// fits reports whether updates of so many rows and bytes are sure to go into one transaction.
func (x *index) fits(rows, size int) bool {
	return int64(rows) < x.maxRows/2 && int64(size+rows*rowOverhead) < x.maxSize/2
}

// apply writes the update in one transaction and returns what was written to the index so far. An error says nothing about
// whether it was written.
func (x *index) apply(u update) (total int64, err error) {
	defer recovered(&err)
	w := x.memory
	x.memory = layout{}
	w.update(&u)
	if x.queues != nil { // before anybody can see it
		if err := x.queues.note(u.changes.Facts, u.mark.Head.Size, x.oldest()); err != nil {
			return 0, err
		}
	}
	if x.warm != nil { // likewise
		x.warm.note(u.changes.Facts, u.mark.Head.Size)
	}
	txn := x.db.NewTransactionAt(uint64(x.version), true) //nolint:gosec // never negative
	defer txn.Discard()
	for i := range w.rows {
		if err := txn.SetEntry(&w.rows[i]); err != nil {
			return 0, fmt.Errorf("write index: %w", err)
		}
	}
	if err := txn.CommitAt(uint64(u.mark.Head.Size), nil); err != nil { //nolint:gosec // never negative
		return 0, fmt.Errorf("write index: %w", err)
	}
	x.publish(u.mark.Head.Size)
	x.written.note(&w)
	x.memory = w // committed, so that nothing points there any more
	return u.mark.Bytes, nil
}
