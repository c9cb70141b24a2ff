package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"

	"aixin/ledger"
)

// AsOf says at which moment a view stands. It is the ledger's, so that those who ask for views need not know the store.
type AsOf = ledger.AsOf

// View returns the book over one snapshot of the index; call the function when done with it: Close waits for it. A view is for one
// goroutine. After Close the error is ErrStopped.
//
// A view of the past answers for accounts of persons and shelves, for statements and entries, in time that does not grow with
// their age. Names, standings and what came back or lapsed of an entry are those of now. The past of anything else is not in the index:
// ErrNotIndexed.
func (l *Ledger) View(ctx context.Context, at AsOf) (ledger.View, func(), error) {
	return l.viewOf(ctx, at, l.seq.synced.Load().Size)
}

// viewOf returns a view of an index that has at least the first want entries.
func (l *Ledger) viewOf(ctx context.Context, at AsOf, want ledger.Index) (ledger.View, func(), error) {
	if err := ctx.Err(); err != nil {
		return ledger.View{}, func() {}, err
	}
	if err := l.readers.enter(); err != nil {
		return ledger.View{}, func() {}, err
	}
	if err := l.seq.indexed(ctx, want); err != nil {
		l.readers.leave()
		return ledger.View{}, func() {}, err
	}
	s := l.index.snapshot()
	done := sync.OnceFunc(func() {
		s.close()
		l.readers.leave()
	})
	v, err := l.view(ctx, s, at)
	if err != nil {
		done()
		return ledger.View{}, func() {}, err
	}
	return v, done, nil
}

func (l *Ledger) view(ctx context.Context, s *snapshot, at AsOf) (ledger.View, error) {
	m, err := s.mark()
	if err != nil {
		return ledger.View{}, err
	}
	src := source{ctx: ctx, facts: facts{snapshot: s, journal: l.journal}, warm: l.index.warm, size: m.Head.Size}
	today := l.today(m.Head)
	if at == (AsOf{}) {
		return ledger.NewView(src, m.Head, today), nil
	}
	head := m.Head
	if at.On != 0 {
		today = at.On
		size, err := s.lastOn(at.On)
		if err != nil {
			return ledger.View{}, err
		}
		head.Size = size
	}
	if at.Size != 0 {
		head.Size = min(head.Size, at.Size)
	}
	if head.Size == m.Head.Size {
		return ledger.NewView(src, head, today), nil
	}
	if head, err = pastHead(s, head.Size); err != nil {
		return ledger.View{}, err
	}
	src.size, src.past = head.Size, true
	return ledger.NewView(src, head, today), nil
}

// today is the day of the clock; in a demo no earlier than that of the last entry.
func (l *Ledger) today(h ledger.Head) ledger.Date {
	today := ledger.DateOf(l.seq.clock().In(l.zone))
	if l.seq.demo && h.Size > 0 {
		today = max(today, ledger.DateOf(h.At.In(l.zone)))
	}
	return today
}

// pastHead returns the head of a past size. Inside a batch there was none: then it has a size and no root.
func pastHead(s *snapshot, size ledger.Index) (ledger.Head, error) {
	if size == 0 {
		var f ledger.Frontier
		return ledger.Head{Root: f.Root()}, nil
	}
	b, ok, err := s.batchOf(size - 1)
	if err != nil || !ok || b.Head.Size == size {
		return b.Head, err
	}
	return ledger.Head{Size: size}, nil
}

// source reads the facts of a view.
type source struct {
	ctx   context.Context // a view is of one request: where who asked went away, nothing waits for it
	facts facts
	warm  *warm        // facts that were read before; may be nil
	size  ledger.Index // entries that are seen
	past  bool         // the index knows more entries
}

// Fact returns a fact, nil where it does not exist.
func (s source) Fact(id ledger.FactID) ([]byte, error) {
	if i, ok := ledger.EntryOf(id); ok && i >= s.size {
		return nil, nil
	}
	if !s.past {
		return s.fact(id)
	}
	family, key, _ := strings.Cut(string(id), "/")
	switch family {
	case "account":
		return s.account(key)
	case "entry", "book", "staff", "unit", "shop", "donor", "item", "activity", "volunteer", "rules", "after", "org":
		return s.fact(id)
	}
	return nil, fmt.Errorf("%s: %w", id, ErrNotIndexed)
}

// account returns the state of an account as the entries that are seen left it.
func (s source) account(key string) ([]byte, error) {
	k, ok := ledger.ParseAccountKey(key)
	if !ok || !ledger.HasStatement(k) {
		return nil, fmt.Errorf("account %s: %w", key, ErrNotIndexed)
	}
	return s.facts.state(k, s.size)
}

// Facts returns the facts whose ids begin with prefix, in order of id.
func (s source) Facts(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	if s.past {
		return func(yield func(ledger.Fact, error) bool) {
			yield(ledger.Fact{}, fmt.Errorf("%s: %w", prefix, ErrNotIndexed))
		}
	}
	return s.list(prefix)
}

// Waiting returns the records that a query asks for, and others that were dealt with in the meantime.
func (s source) Waiting(q ledger.WaitQuery) iter.Seq2[ledger.Index, error] {
	if s.past {
		return func(yield func(ledger.Index, error) bool) {
			yield(0, fmt.Errorf("what waited: %w", ErrNotIndexed))
		}
	}
	return s.facts.snapshot.waiting(s.ctx, q)
}

// Lines returns up to n statement rows of an account before an entry, newest first.
func (s source) Lines(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	if !ledger.HasStatement(k) {
		return nil, fmt.Errorf("statement of %s: %w", k, ErrNotIndexed)
	}
	if before <= 0 || before > s.size {
		before = s.size
	}
	return s.facts.snapshot.lines(k, before, n)
}

// balancesAfter returns the balances that an entry changed, as they stood right after it.
func (l *Ledger) balancesAfter(ctx context.Context, e ledger.Entry) ([]ledger.BalanceAfter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.readers.enter(); err != nil {
		return nil, err
	}
	defer l.readers.leave()
	if err := l.seq.readable(ctx); err != nil {
		return nil, err
	}
	s := l.index.snapshot()
	defer s.close()

	var out []ledger.BalanceAfter
	seen := map[ledger.AccountKey]bool{}
	for _, p := range e.Postings {
		k := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
		if seen[k] || !ledger.HasStatement(k) {
			continue
		}
		seen[k] = true
		lines, err := s.lines(k, e.Index+1, 1)
		if err != nil {
			return nil, err
		}
		if len(lines) == 1 && lines[0].Index == e.Index {
			out = append(out, ledger.BalanceAfter{Account: k, Balance: lines[0].Balance})
		}
	}
	return out, nil
}
