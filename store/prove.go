package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// ErrUncovered means that an entry is in the journal and not yet under DIR/checkpoint: only whoever writes the book signs its
// heads, some seconds later.
var ErrUncovered = errors.New("not under a signed checkpoint yet")

// ErrOldCopy means that a whole copy of a book ends before a checkpoint that came from elsewhere: the book has gone on since.
var ErrOldCopy = fmt.Errorf("the copy is older than the checkpoint: %w", ErrUncovered)

// ProveOptions say what proofs are needed.
type ProveOptions struct {
	// Account is the one of which a statement is to be proved; every line of the journal is parsed for it.
	Account ledger.AccountKey

	// Checkpoint is a note of this book that was kept, and that the proofs are to be under; DIR/checkpoint where it is nil.
	Checkpoint []byte

	// Progress is told how many bytes of how many were read.
	Progress func(done, total int64)
}

// Prover makes proofs of a book under its newest signed checkpoint. It reads the journal alone, without the lock, also while a
// server writes it, and keeps two hashes for each entry.
type Prover struct {
	info  BookInfo
	dir   string
	least ledger.Index // entries under DIR/checkpoint, which no journal is without
	note  []byte       // DIR/checkpoint, or the one that was kept
	head  ledger.Head  // in it
	tree  proof.Tree   // of as many entries
	size  ledger.Index
	lines []ledger.Index // of the account, the oldest first
}

// NewProver reads a book for its proofs. A journal that does not hash to its heads or does not extend DIR/checkpoint gives an
// error that wraps ledger.ErrCorrupt: nothing is proved of it. One that ends before a checkpoint of elsewhere gives ErrOldCopy.
func NewProver(ctx context.Context, dir string, o ProveOptions) (*Prover, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return nil, err
	}
	p := &Prover{dir: dir}
	// The checkpoint is read before the journal, which only grows: what it names is there.
	if p.note, p.head, err = readBeside(dir, &info); err != nil {
		return nil, err
	}
	p.info, p.least = info, p.head.Size
	if o.Checkpoint != nil {
		if p.head, err = info.log().Open(o.Checkpoint); err != nil {
			return nil, err
		}
		p.note = o.Checkpoint
	}
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(p.read(ctx, file, o), file.Close()); err != nil {
		return nil, err
	}
	return p, nil
}

// read hashes the whole journal, and holds it against every head on the way and against the checkpoint.
func (p *Prover) read(ctx context.Context, file *journal.File, o ProveOptions) error {
	total, err := file.Size()
	if err != nil {
		return err
	}
	from := ledger.Index(math.MaxInt64) // of the lines that are parsed
	if o.Account != (ledger.AccountKey{}) {
		from = 0
	}
	var frontier ledger.Frontier
	var done int64
	for r, err := range reads(ctx, file, reading{from: from}) {
		if err != nil {
			return err
		}
		if err := r.under(&frontier); err != nil {
			return err
		}
		for _, leaf := range r.leaves[:max(0, min(p.head.Size-r.first, r.Head.Size-r.first))] {
			if err := p.tree.Append(leaf); err != nil {
				return err
			}
		}
		for _, e := range r.entries {
			if e.Index < p.head.Size && proof.Touches(e, o.Account) {
				p.lines = append(p.lines, e.Index)
			}
		}
		if r.unread != nil {
			return r.unread
		}
		if done += int64(len(r.Data)); o.Progress != nil {
			o.Progress(done, max(total, done))
		}
	}
	p.size = frontier.Size()
	return p.covered()
}

// covered holds the tree against the checkpoint that the proofs will be under.
func (p *Prover) covered() error {
	switch {
	case p.size < p.least:
		return &ledger.CorruptError{Index: p.size, Err: fmt.Errorf("the journal ends here, and the checkpoint is of %d entries", p.least)}
	case p.size < p.head.Size:
		return fmt.Errorf("%w: %d of %d entries", ErrOldCopy, p.size, p.head.Size)
	}
	root, err := p.tree.Root()
	if err != nil {
		return err
	}
	if root != p.head.Root {
		return fmt.Errorf("the journal does not extend the checkpoint: its first %d entries are others: %w", p.head.Size, ledger.ErrCorrupt)
	}
	return nil
}

// Head returns the head of the checkpoint that the proofs are under.
func (p *Prover) Head() ledger.Head { return p.head }

// Inclusion proves an entry. One that the book does not have gives a *ledger.Rejection, one that is too new ErrUncovered.
func (p *Prover) Inclusion(ctx context.Context, i ledger.Index) (proof.Inclusion, error) {
	leaf, ok := p.tree.Leaf(i)
	switch {
	case !ok && i < p.size && i >= 0:
		return proof.Inclusion{}, fmt.Errorf("entry %d of %d: %w", i, p.head.Size, ErrUncovered)
	case !ok:
		return proof.Inclusion{}, &ledger.Rejection{Reason: ledger.NotFound, Subject: fmt.Sprint(int64(i))}
	}
	file, err := journal.Open(p.dir, journal.Options{})
	if err != nil {
		return proof.Inclusion{}, err
	}
	line, err := journal.Line(ctx, file, i)
	if err := errors.Join(err, file.Close()); err != nil {
		return proof.Inclusion{}, err
	}
	if ledger.LeafHash(line) != leaf {
		return proof.Inclusion{}, &ledger.CorruptError{Index: i, Err: errors.New("the line changed while it was being proved")}
	}
	path, err := p.tree.ProveInclusion(i)
	return proof.Inclusion{Index: i, Line: line, Path: path, Checkpoint: p.note}, err
}

// Consistency proves that the checkpoint extends what the book was when it had as many entries.
func (p *Prover) Consistency(old ledger.Index) (proof.Consistency, error) {
	switch {
	case old > p.head.Size && old <= p.size:
		return proof.Consistency{}, fmt.Errorf("from %d entries to %d: %w", old, p.head.Size, ErrUncovered)
	case old > p.head.Size || old < 0:
		return proof.Consistency{}, &ledger.Rejection{Reason: ledger.NotFound, Subject: fmt.Sprint(int64(old))}
	}
	path, err := p.tree.ProveConsistency(old)
	return proof.Consistency{Old: old, Path: path, Checkpoint: p.note}, err
}

// Lines lists the entries up to the checkpoint that change the account that the prover was made for.
func (p *Prover) Lines() []ledger.Index { return slices.Clone(p.lines) }

// Statement proves every line of the account that the prover was made for.
func (p *Prover) Statement(ctx context.Context, k ledger.AccountKey) (proof.Statement, error) {
	s := proof.Statement{Account: k}
	for _, i := range p.lines {
		line, err := p.Inclusion(ctx, i)
		if err != nil {
			return s, err
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}
