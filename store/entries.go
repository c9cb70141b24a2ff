package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"aixin/ledger"
	"aixin/store/journal"
)

// Entries reads a book without its lock, from the entry from on, up to the last complete head. Every root on the way is checked
// before a line under it is interpreted: bytes that do not hash give a *ledger.CorruptError with the first bad index, and so does
// a head whose time is not that of the last entry under it; a line that hashes and is of an unknown kind gives an error that wraps
// ledger.ErrNewer. After an error the sequence ends. Hashing and parsing use all processors.
func Entries(ctx context.Context, dir string, from ledger.Index) iter.Seq2[ledger.Entry, error] {
	return entries(ctx, dir, reading{from: from})
}

func entries(ctx context.Context, dir string, what reading) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		file, err := journal.Open(dir, journal.Options{})
		if err != nil {
			yield(ledger.Entry{}, err)
			return
		}
		err = each(ctx, file, what, func(e ledger.Entry) bool { return yield(e, nil) })
		if err = errors.Join(err, file.Close()); err != nil && !errors.Is(err, errEnough) {
			yield(ledger.Entry{}, err)
		}
	}
}

// Moved reads a book as Entries does, for those who add up what moved: entries without postings are left out, and the others have a body
// only where their kind is whole. What stands between an entry's kind and its postings is hashed and otherwise left unread.
func Moved(ctx context.Context, dir string, whole func(ledger.Kind) bool) iter.Seq2[ledger.Entry, error] {
	return entries(ctx, dir, reading{moved: whole})
}

// errEnough says that the caller wants no more; errors.Join keeps it recognisable beside what closing has to say.
var errEnough = errors.New("enough")

// each calls take for every entry that is read, until it returns false.
func each(ctx context.Context, file *journal.File, what reading, take func(ledger.Entry) bool) error {
	var tree ledger.Frontier
	for r, err := range reads(ctx, file, what) {
		if err != nil {
			return err
		}
		if err := r.under(&tree); err != nil {
			return err
		}
		for _, e := range r.entries {
			if !take(e) {
				return errEnough
			}
		}
		if r.unread != nil {
			return r.unread
		}
	}
	return nil
}

// read is a batch whose lines were hashed and read, by whichever goroutine came to it.
type read struct {
	journal.Placed // Data is valid until the next step of the loop
	first          ledger.Index
	leaves         []ledger.Hash  // of all its lines
	entries        []ledger.Entry // of the lines that were asked for, as far as they can be read
	shaped         []bool         // of each entry, whether it is by itself as an entry must be; to be folded
	lengths        []int          // of the lines of those
	size           int64          // of Data
	unread         error          // why the entry or the head behind these cannot be believed; to be told once the root has been checked
}

// reading says what is made of the lines of a journal.
type reading struct {
	from  ledger.Index // the first that is parsed; those before it are hashed
	fold  bool         // they are to be folded: what shows in an entry itself is looked at in the same goroutine
	after ledger.Index // batches up to there are left out
	heads bool         // nothing is parsed, but the last line of each batch, which has the time of its head

	moved func(ledger.Kind) bool // not nil: only what moved is read, but of these kinds the whole entry
}

// under adds the leaves of the batch to the tree, which must come to its root.
func (r *read) under(tree *ledger.Frontier) error {
	for _, leaf := range r.leaves {
		tree.Append(leaf)
	}
	if tree.Size() == r.Head.Size && tree.Root() == r.Head.Root {
		return nil
	}
	return &ledger.CorruptError{
		Index: firstBad(r.Batch),
		Err:   fmt.Errorf("entries %d to %d do not hash to their root", r.first, r.Head.Size-1),
	}
}

// post folds an entry into a book; of one that is shaped not everything has to be looked at.
func post(b *ledger.Book, e ledger.Entry, shaped bool) error {
	if shaped {
		return b.PostShaped(e)
	}
	return b.Post(e)
}

// prepare has a book load, fact by fact, what it needs before it can post an entry that it did not decide.
func prepare(b *ledger.Book, e ledger.Entry, load func(ledger.FactID) error) error {
	for range ledger.MaxRounds {
		wants := b.NeedsEntry(e)
		if len(wants) == 0 {
			break
		}
		for _, id := range wants {
			if err := load(id); err != nil {
				return fmt.Errorf("entry %d: %w", e.Index, err)
			}
		}
	}
	return nil
}

// job is a chunk of the journal on its way through a worker.
type job struct {
	chunk journal.Chunk
	list  []read        // its batches
	err   error         // why what is behind them is none
	done  chan struct{} // closed when list and err are there
}

// reads yields the batches of a journal in order. One goroutine reads chunk after chunk, one for each processor hashes and
// parses whatever chunk is next, and the caller gets the results in the order of the journal.
func reads(ctx context.Context, file *journal.File, what reading) iter.Seq2[read, error] {
	return func(yield func(read, error) bool) {
		running, cancel := context.WithCancel(ctx)
		workers := runtime.GOMAXPROCS(0)
		todo := make(chan *job)
		order := make(chan *job, 2*workers) // bounds how far the workers run ahead, and so the memory
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()

		all.Go(func() { scan(running, file, what.after, todo, order) })
		for range workers {
			all.Go(func() {
				for j := range todo {
					j.work(what)
				}
			})
		}
		for j := range order {
			<-j.done
			for _, r := range j.list {
				if !yield(r, nil) {
					return
				}
			}
			if j.err != nil {
				yield(read{}, j.err)
				return
			}
			j.chunk.Release()
		}
		if err := ctx.Err(); err != nil {
			yield(read{}, fmt.Errorf("read journal: %w", err))
		}
	}
}

// scan hands out the chunks of the journal, to be worked on and to be waited for.
func scan(ctx context.Context, file *journal.File, after ledger.Index, todo, order chan<- *job) {
	defer close(order)
	defer close(todo)

	for chunk, err := range file.Scan(ctx, after) {
		j := &job{chunk: chunk, err: err, done: make(chan struct{})}
		if err != nil {
			close(j.done)
		} else {
			select {
			case todo <- j:
			case <-ctx.Done():
				return
			}
		}
		select {
		case order <- j:
		case <-ctx.Done():
			return
		}
	}
}

// work hashes every line of the chunk and parses those that are asked for.
func (j *job) work(what reading) {
	defer close(j.done)

	first := j.chunk.First
	var lines ledger.LineReader
	for p, err := range j.chunk.Batches() {
		if err != nil {
			j.err = err
			return
		}
		if p.Head.Size > what.after {
			j.list = append(j.list, what.batch(&lines, p, first))
		}
		first = p.Head.Size
	}
}

// batch hashes the lines of a batch and parses those that are asked for.
func (what reading) batch(lines *ledger.LineReader, p journal.Placed, first ledger.Index) read {
	n := int(p.Head.Size - first)
	r := read{Placed: p, first: first, leaves: make([]ledger.Hash, 0, n), size: int64(len(p.Data))}
	if what.heads {
		for _, line := range p.Lines() {
			r.leaves = append(r.leaves, ledger.LeafHash(line))
		}
		r.unread = headTime(p.Batch)
		return r
	}
	if what.from < p.Head.Size {
		r.entries = make([]ledger.Entry, 0, p.Head.Size-max(first, what.from))
	}
	if what.fold {
		r.shaped, r.lengths = make([]bool, 0, n), make([]int, 0, n)
	}
	at := p.Head.At // of the last entry that is parsed
	for i, line := range p.Lines() {
		r.leaves = append(r.leaves, ledger.LeafHash(line))
		if i < what.from || r.unread != nil {
			continue
		}
		e, err := what.parse(lines, line)
		at = e.At
		switch {
		case errors.Is(err, ledger.ErrNewer):
			r.unread = fmt.Errorf("entry %d: %w", i, err)
		case err != nil:
			r.unread = &ledger.CorruptError{Index: i, Err: err}
		case what.moved != nil && len(e.Postings) == 0:
		default:
			r.entries = append(r.entries, e)
			if what.fold {
				r.shaped, r.lengths = append(r.shaped, e.Shaped()), append(r.lengths, len(line))
			}
		}
	}
	if r.unread == nil && !at.Equal(p.Head.At) {
		r.unread = notItsTime(p.Head)
	}
	return r
}

// parse reads what is asked for of a line.
func (what reading) parse(lines *ledger.LineReader, line []byte) (ledger.Entry, error) {
	if what.moved != nil {
		return lines.Moved(line, what.moved)
	}
	return lines.Parse(line)
}
