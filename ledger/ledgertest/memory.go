package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"aixin/ledger"
)

// Memory is a book with its journal in memory: the smallest thing that answers commands as a kept ledger does. It is also a
// ledger.Source.
type Memory struct {
	*ledger.Book
	Journal [][]byte // the line of every entry

	mu     sync.Mutex   // guards what is below
	folded *ledger.Book // the journal folded once more, as far as anybody asked
	lines  map[ledger.AccountKey][]ledger.Line
}

// NewMemory returns an empty one in that zone.
func NewMemory(zone *time.Location) *Memory {
	m := &Memory{Book: ledger.NewBook(zone)}
	m.Watch(ledger.HasStatement)
	return m
}

// Submit answers a command. The error is an *Invalid or a *Rejection, or a fault of the ledger itself.
func (m *Memory) Submit(c ledger.Command, at time.Time) (ledger.Receipt, error) {
	r, err := m.would(c, at)
	if err != nil || r.Replayed {
		return r, orRefusal(r, err)
	}
	if err := m.Post(r.Entry); err != nil {
		return ledger.Receipt{}, fmt.Errorf("decided, and not posted: %w", err)
	}
	m.Forget(m.Next())
	line := r.Entry.AppendLine(nil)
	m.Journal = append(m.Journal, line)
	r.Leaf = ledger.LeafHash(line)
	return r, orRefusal(r, nil)
}

// Play answers the stream of a seed: what it sets up and n commands more, of which some are refused. The error is a fault of the ledger.
func (m *Memory) Play(seed uint64, n int) error {
	g := New(seed)
	g.Try(m)
	for c := range g.Stream(n) {
		before := m.Next()
		r, err := m.Submit(c.Command, c.At)
		if _, refused := errors.AsType[*ledger.Rejection](err); err != nil && !refused {
			if _, invalid := errors.AsType[*ledger.Invalid](err); !invalid {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
		}
		if m.Next() > before {
			g.Saw(r.Entry)
		}
	}
	return nil
}

// Would says what Submit would answer, and changes nothing.
func (m *Memory) Would(c ledger.Command, at time.Time) (ledger.Receipt, error) {
	r, err := m.would(c, at)
	return r, orRefusal(r, err)
}

// would returns the answer of before, or the entry that would be posted.
func (m *Memory) would(c ledger.Command, at time.Time) (ledger.Receipt, error) {
	if err := Load(m.Book, m.Needs, c, m.Journal); err != nil {
		return ledger.Receipt{}, err
	}
	r, answered, err := m.Answered(c)
	if err != nil || answered {
		return r, err
	}
	e, err := m.Decide(c, at)
	return ledger.Receipt{Entry: e}, err
}

// orRefusal makes a refusal that was kept an error, as a caller sees it.
func orRefusal(r ledger.Receipt, err error) error {
	if no := r.Entry.Rejection(); err == nil && no != nil {
		return no
	}
	return err
}

// Fact reads the book or its journal.
func (m *Memory) Fact(id ledger.FactID) ([]byte, error) {
	i, ok := ledger.EntryOf(id)
	switch {
	case !ok:
		return m.Book.Fact(id)
	case int(i) >= len(m.Journal):
		return nil, nil
	}
	return m.Journal[i], nil
}

// Lines returns movements of one account, the newest first, out of the journal folded once more.
func (m *Memory) Lines(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.follow(); err != nil {
		return nil, err
	}
	all := m.lines[k]
	if before > 0 {
		at, _ := slices.BinarySearchFunc(all, before, func(l ledger.Line, i ledger.Index) int { return int(l.Index - i) })
		all = all[:at]
	}
	out := slices.Clone(all[max(0, len(all)-n):])
	slices.Reverse(out)
	return out, nil
}

// follow folds what the journal has beyond what was folded. One that is shorter than that was cut, and is folded from its beginning; one that
// was cut and grew as long again in between is taken for the old one.
func (m *Memory) follow() error {
	if m.folded == nil || int(m.folded.Next()) > len(m.Journal) {
		m.folded, m.lines = ledger.NewBook(m.Zone()), map[ledger.AccountKey][]ledger.Line{}
		m.folded.Watch(func(ledger.AccountKey) bool { return true })
	}
	for _, line := range m.Journal[m.folded.Next():] {
		if err := Replay(m.folded, line, m.Journal); err != nil {
			return err
		}
		for _, l := range m.folded.Seal().Lines {
			m.lines[l.Account] = append(m.lines[l.Account], l)
		}
	}
	return nil
}

// View returns the view of today.
func (m *Memory) View(today ledger.Date) ledger.View {
	return ledger.NewView(m, ledger.Head{Size: m.Next(), At: m.At()}, today)
}

// account returns an account, of which a book in memory has every one.
func (m *Memory) account(id ledger.AccountID, c ledger.Commodity) ledger.Account {
	a, err := m.View(0).Account(ledger.AccountKey{ID: id, Commodity: c})
	if err != nil {
		panic(err)
	}
	return a
}

// Replay posts a line of a journal, of which the lines before it are given.
func Replay(b *ledger.Book, line []byte, journal [][]byte) error {
	e, err := ledger.ParseLine(line)
	if err != nil {
		return fmt.Errorf("line %d: %w", b.Next(), err)
	}
	if err := Load(b, b.NeedsEntry, e, journal); err != nil {
		return err
	}
	if err := b.Post(e); err != nil {
		return err
	}
	b.Forget(b.Next())
	return nil
}

// Load gives a complete book what it needs, which is nothing but entries.
func Load[T any](b *ledger.Book, needs func(T) ledger.Wants, of T, journal [][]byte) error {
	for range ledger.MaxRounds {
		wants := needs(of)
		if len(wants) == 0 {
			return nil
		}
		for _, id := range wants {
			i, ok := ledger.EntryOf(id)
			if !ok {
				return fmt.Errorf("a complete book wants %s", id)
			}
			if err := b.Load(ledger.Fact{ID: id, Value: journal[i]}); err != nil {
				return err
			}
		}
	}
	return errors.New("wants more after every round")
}
