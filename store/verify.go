package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"sync"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// VerifyOptions say what a book is held against beside itself.
type VerifyOptions struct {
	// Checkpoint is a signed note that was kept elsewhere. Whoever can rewrite the journal can rewrite its heads and
	// DIR/checkpoint: only a checkpoint kept elsewhere shows that.
	Checkpoint []byte

	// Keys must have signed DIR/checkpoint, and the one that was kept elsewhere; zero for those of book.json.
	Keys proof.Keys

	// Progress is told how many bytes of how many were read.
	Progress func(done, total int64)

	// Read is given the entries in order, in a goroutine of its own, as soon as they hash to their root and perhaps before they are
	// verified, so that whoever looks at all of them pays for reading, hashing and parsing once. What it makes of them is to be believed
	// only where Verify finds the book sound: where it does not, the sequence ends with an error. Read must not change what it is given.
	Read func(entries iter.Seq2[ledger.Entry, error]) error
}

// VerifyReport says what was verified.
type VerifyReport struct {
	Origin     string
	Head       ledger.Head // of the last complete batch
	Batches    int64
	Bytes      int64       // of the journal up to the head
	Accounts   int64       // balances, which sum to zero in each commodity
	Checkpoint ledger.Head // in DIR/checkpoint, which the book extends
	Compared   bool        // with a checkpoint that was kept elsewhere, which the book extends
	Outside    ledger.Head // in that checkpoint
	Tail       int64       // bytes behind the head that a writer left unfinished, or is writing
}

// Verify checks a whole book from its journal alone, also while a server writes it: every line canonical and under its root,
// every invariant of every entry, the sums of all accounts, and that the book extends its checkpoints. Damage gives an error
// that wraps ledger.ErrCorrupt, a *ledger.CorruptError where the first bad index is known. An entry that a later version wrote
// gives one that wraps ledger.ErrNewer. A checkpoint from elsewhere that is not one of this book gives one that wraps
// proof.ErrUnsigned or proof.ErrCheckpoint. The report says how far it came.
func Verify(ctx context.Context, dir string, o VerifyOptions) (VerifyReport, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return VerifyReport{}, err
	}
	v := verifier{info: info, progress: o.Progress, report: VerifyReport{Origin: info.Origin}, give: func([]ledger.Entry) {}}
	if err := v.prepare(dir, o); err != nil {
		return v.report, err
	}
	if v.file, err = journal.Open(dir, journal.Options{}); err != nil {
		return v.report, err
	}
	if o.Read == nil {
		err = v.run(ctx)
	} else {
		err = v.runBeside(ctx, o.Read)
	}
	return v.report, errors.Join(err, v.file.Close())
}

// readAhead is how many batches may have been read that the verifier, or whoever reads beside it, has not come to. Each of the two goes
// at its own pace, so that no processor waits for the slower one.
const readAhead = 64

// runBeside verifies, and hands what was read to a reader beside it. Damage is told before what the reader says.
func (v *verifier) runBeside(ctx context.Context, read func(iter.Seq2[ledger.Entry, error]) error) error {
	handed := make(chan []ledger.Entry, readAhead)
	left := make(chan struct{}) // closed when the reader wants no more
	var failed, said error
	var beside sync.WaitGroup
	beside.Go(func() {
		defer close(left)
		said = read(func(yield func(ledger.Entry, error) bool) {
			for list := range handed {
				for _, e := range list {
					if !yield(e, nil) {
						return
					}
				}
			}
			if failed != nil { // written before the channel was closed
				yield(ledger.Entry{}, failed)
			}
		})
	})
	v.give = func(list []ledger.Entry) {
		select {
		case handed <- list:
		case <-left:
		}
	}
	failed = v.run(ctx)
	close(handed)
	beside.Wait()
	if failed != nil {
		return failed
	}
	return said
}

// verifier folds a journal from its beginning.
type verifier struct {
	info      BookInfo
	file      *journal.File
	book      *ledger.Book
	places    places
	forgotten ledger.Index // entries that the book was told to forget
	size      int64        // of the journal
	progress  func(done, total int64)
	report    VerifyReport

	// Owned by read until it returns.
	tree  ledger.Frontier
	ahead milestones           // that the journal has not reached yet
	give  func([]ledger.Entry) // takes the entries of a batch
}

// prepare reads what the journal is held against.
func (v *verifier) prepare(dir string, o VerifyOptions) error {
	zone, err := v.info.Location()
	if err != nil {
		return fmt.Errorf("%w: %w", err, ledger.ErrCorrupt)
	}
	v.book = ledger.NewBook(zone)
	var text []byte
	if text, v.report.Checkpoint, err = readBeside(dir, &v.info); err != nil {
		return err
	}
	if err := o.signed(text); err != nil {
		return err
	}
	v.ahead.add("DIR/checkpoint", v.report.Checkpoint, ledger.ErrCorrupt)
	for _, o := range v.info.Restored {
		parted, err := o.Open([]byte(o.Checkpoint))
		if err != nil {
			return fmt.Errorf("the log that this book continues: %w: %w", err, ledger.ErrCorrupt)
		}
		v.ahead.add("the checkpoint of "+o.Name, parted, ledger.ErrCorrupt)
	}
	for _, o := range append(v.info.Restored, v.info.log()) {
		if err := v.ahead.rotated(o, ledger.ErrCorrupt); err != nil {
			return err
		}
	}
	if o.Checkpoint == nil {
		return nil
	}
	if v.report.Outside, err = v.info.open(o.Checkpoint); err != nil {
		return err
	}
	if err := o.signed(o.Checkpoint); err != nil {
		return err
	}
	v.report.Compared = true
	v.ahead.add("the checkpoint kept elsewhere", v.report.Outside, ledger.ErrCorrupt)
	return nil
}

// signed returns why the keys that were named did not sign a checkpoint, or nil.
func (o VerifyOptions) signed(checkpoint []byte) error {
	if o.Keys.Origin == "" {
		return nil
	}
	_, err := proof.OpenCheckpoint(checkpoint, o.Keys.Origin, o.Keys)
	return err
}

// run reads the journal to its last complete head and then sums up.
func (v *verifier) run(ctx context.Context) error {
	var err error
	if v.size, err = v.file.Size(); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	rooted := make(chan read, readAhead)
	var unrooted error
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(rooted)
		unrooted = v.read(running, rooted)
	})
	for r := range rooted {
		if err = v.batch(r); err != nil {
			break
		}
		if v.progress != nil {
			v.progress(v.report.Bytes, max(v.size, v.report.Bytes))
		}
	}
	stop()
	reading.Wait()
	if err = cmp.Or(err, unrooted); err != nil { // what comes first in the journal
		return err
	}
	return v.finish(ctx)
}

// read holds each batch against its root and the checkpoints, and hands it on.
func (v *verifier) read(ctx context.Context, rooted chan<- read) error {
	for r, err := range reads(ctx, v.file, reading{fold: true}) {
		if err != nil {
			return err
		}
		reached := v.ahead.reach(&v.tree, r.leaves)
		if err := r.under(&v.tree); err != nil {
			return err // it says more exactly where the damage is
		}
		if reached != nil {
			return reached
		}
		if r.unread == nil {
			v.give(r.entries)
		}
		r.Data = nil // which is gone with the next step
		select {
		case rooted <- r:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// batch posts the entries of a batch.
func (v *verifier) batch(r read) error {
	if err := v.post(r); err != nil {
		return err
	}
	if r.unread != nil {
		return r.unread // an entry that cannot be read, or the head's time
	}
	v.report.Head = r.Head
	v.report.Batches++
	v.report.Bytes += r.size
	return nil
}

// forgetEvery is how many entries the book may keep at hand.
const forgetEvery = 1024

// post folds the entries of a batch into the book.
func (v *verifier) post(r read) error {
	at := r.At
	for k, e := range r.entries {
		if err := v.fold(e, r.shaped[k]); err != nil {
			return err
		}
		v.places.add(at, r.lengths[k])
		at.Offset += int64(r.lengths[k]) + 1
	}
	if next := v.book.Next(); next-v.forgotten >= forgetEvery {
		v.book.Forget(next)
		v.forgotten = next
	}
	return nil
}

func (v *verifier) fold(e ledger.Entry, shaped bool) error {
	if err := prepare(v.book, e, v.load); err != nil {
		return err
	}
	if open, ok := e.Body.(*ledger.OpenBook); ok && open.Demo != v.info.Demo {
		return &ledger.CorruptError{Index: e.Index, Err: errors.New("the entry and book.json differ on whether this is a demo")}
	}
	err := post(v.book, e, shaped)
	if errors.Is(err, ledger.ErrNewer) {
		return fmt.Errorf("entry %d: %w", e.Index, ledger.ErrNewer) // not damage, although it cannot be posted
	}
	return err
}

// load gives the book an entry of before, which is all that a complete book wants.
func (v *verifier) load(id ledger.FactID) error {
	i, ok := ledger.EntryOf(id)
	if !ok {
		return fmt.Errorf("a complete book wants %s", id)
	}
	at, n := v.places.find(i)
	line, err := v.file.LineAt(at, n)
	if err != nil {
		return err
	}
	if err := v.book.Load(ledger.Fact{ID: id, Value: line}); err != nil {
		return fmt.Errorf("%w: %w", err, ledger.ErrCorrupt)
	}
	return nil
}

// finish checks what only the end shows.
func (v *verifier) finish(ctx context.Context) error {
	size := v.tree.Size()
	if err := v.ahead.reach(&v.tree, nil); err != nil {
		return err
	}
	if len(v.ahead) > 0 {
		m := v.ahead[0]
		return &ledger.CorruptError{
			Index: size,
			Err:   fmt.Errorf("the journal ends here, and %s is of %d entries", m.name, m.head.Size),
		}
	}
	v.report.Head = ledger.Head{Size: size, Root: v.tree.Root(), At: v.book.At()}
	if err := v.sum(); err != nil {
		return err
	}
	tail, err := v.file.Tail(ctx)
	if err != nil {
		return err
	}
	if tail.After.Size == size {
		v.report.Tail = tail.Bytes
	}
	return nil
}

// sum holds I2: in each commodity all accounts sum to zero.
func (v *verifier) sum() error {
	sums := map[ledger.Commodity]ledger.Amount{}
	for f, err := range v.book.Facts(accounts) {
		if err != nil {
			return err
		}
		k, ok := ledger.ParseAccountKey(string(f.ID[len(accounts):]))
		a, err := ledger.ParseAccount(f.Value)
		if !ok || err != nil {
			return fmt.Errorf("I2: account %s cannot be read: %w", f.ID, errors.Join(err, ledger.ErrCorrupt))
		}
		sums[k.Commodity] += a.Balance
		v.report.Accounts++
	}
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		if sums[c] != 0 {
			return fmt.Errorf("I2: all accounts of %s sum to %d: %w", c, sums[c], ledger.ErrCorrupt)
		}
	}
	return nil
}

// accounts is the family of facts that are balances.
const accounts = ledger.FactID("account/")

// places says where the line of every entry stands, in eight bytes for each: the offset in the journal as a whole, and the
// length.
type places struct {
	segments []base
	lines    []uint64
}

// base is where a segment begins in the journal as a whole.
type base struct {
	segment ledger.Index
	offset  int64
}

const lengthBits = 21 // ledger.MaxLine fits

// add notes the line of the next entry.
func (p *places) add(at journal.Position, n int) {
	last := len(p.segments) - 1
	if last < 0 || p.segments[last].segment != at.Segment {
		var offset int64
		if len(p.lines) > 0 {
			end, n := p.whole(ledger.Index(len(p.lines) - 1))
			offset = end + int64(n)
		}
		p.segments = append(p.segments, base{at.Segment, offset})
		last++
	}
	p.lines = append(p.lines, uint64(p.segments[last].offset+at.Offset)<<lengthBits|uint64(n)) //nolint:gosec // neither is negative
}

func (p *places) whole(i ledger.Index) (offset int64, n int) {
	return int64(p.lines[i] >> lengthBits), int(p.lines[i] & (1<<lengthBits - 1))
}

// find returns where the line of an entry stands, and how long it is.
func (p *places) find(i ledger.Index) (journal.Position, int) {
	offset, n := p.whole(i)
	k := sort.Search(len(p.segments), func(k int) bool { return p.segments[k].offset > offset }) - 1
	return journal.Position{Segment: p.segments[k].segment, Offset: offset - p.segments[k].offset}, n
}
