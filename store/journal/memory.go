package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"aixin/ledger"
)

// Memory is a journal in memory that fails when it is told to. It keeps the same bytes as a File, knows which of them would
// survive a power cut, and like a File accepts no batch after an append whose outcome is unknown, until it is opened anew with
// Reopen or Crash. It is safe for concurrent use.
type Memory struct {
	appending chan struct{} // a semaphore of one, so that a stalled Append keeps others waiting as the disk would

	mu      sync.Mutex
	data    []byte         // what the page cache holds
	synced  int            // how much of it is on stable storage
	ends    []sealedAt     // of the whole batches in data
	faults  map[Op][]Fault // to come, the next first
	calls   map[Op]int     // made so far
	broken  error          // why Append writes no more
	retired error          // why this journal answers no more
}

var _ Journal = (*Memory)(nil)

// sealedAt is a head and where its line ends.
type sealedAt struct {
	head ledger.Head
	end  int
}

// errRetired says that the content went on to another journal.
var errRetired = errors.New("journal was closed by Reopen or Crash")

// NewMemory returns an empty journal.
func NewMemory() *Memory {
	return &Memory{appending: make(chan struct{}, 1), faults: map[Op][]Fault{}, calls: map[Op]int{}}
}

// Inject makes the next calls of an operation fail, one fault for each, in order. Faults wait behind those injected before.
func (m *Memory) Inject(op Op, faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()

	m.faults[op] = append(m.faults[op], faults...)
}

// Calls returns how often an operation was called. Each Append that returned nil was one sync.
func (m *Memory) Calls(op Op) int {
	m.mu.Lock()
	defer m.mu.Unlock()

	return m.calls[op]
}

// Bytes returns a copy of the content as readers of the file would see it, an unfinished batch included.
func (m *Memory) Bytes() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()

	return bytes.Clone(m.data)
}

// Reopen stops this journal and returns one with its content: what a program finds that was killed and started again. An
// unfinished batch is cut.
func (m *Memory) Reopen() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()

	return m.reopen(len(m.data))
}

// Crash stops this journal and returns one with what a power cut leaves: all that was synced and the first keep bytes of what
// was not. An unfinished batch is cut.
func (m *Memory) Crash(keep int) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()

	return m.reopen(min(m.synced+max(keep, 0), len(m.data)))
}

func (m *Memory) reopen(size int) *Memory {
	m.retired = errRetired
	next := NewMemory()
	for _, s := range m.ends {
		if s.end <= size {
			next.ends = append(next.ends, s)
			next.synced = s.end
		}
	}
	next.data = bytes.Clone(m.data[:next.synced])
	return next
}

// Head returns the head of the newest whole batch.
func (m *Memory) Head(ctx context.Context) (ledger.Head, error) {
	fault, err := m.begin(ctx, OnHead)
	if err != nil {
		return ledger.Head{}, fmt.Errorf("head: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()

	return m.head(), fault.after()
}

func (m *Memory) head() ledger.Head {
	if len(m.ends) == 0 {
		return emptyHead()
	}
	return m.ends[len(m.ends)-1].head
}

// Append keeps a copy of the batch.
func (m *Memory) Append(ctx context.Context, after ledger.Head, b Batch) error {
	select {
	case m.appending <- struct{}{}:
		defer func() { <-m.appending }()
	case <-ctx.Done():
		return fmt.Errorf("append after %d: %w", after.Size, ctx.Err())
	}
	if err := m.refuses(ctx, after, b); err != nil {
		return err
	}
	fault, err := m.begin(ctx, OnAppend)
	if err == nil {
		err = m.write(b, fault)
	}
	if err == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()

	m.broken = err
	return fmt.Errorf("append after %d: %w", after.Size, err)
}

// refuses gives the reasons not to write at all.
func (m *Memory) refuses(ctx context.Context, after ledger.Head, b Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()

	switch err := errors.Join(m.retired, m.broken); {
	case err != nil:
		return fmt.Errorf("append after %d: the journal stopped at an earlier error: %w", after.Size, err)
	case ctx.Err() != nil:
		return fmt.Errorf("append after %d: %w", after.Size, ctx.Err())
	case !m.head().Same(after):
		return ErrMoved
	}
	if err := b.Follows(after); err != nil {
		return fmt.Errorf("append after %d: %w", after.Size, err)
	}
	return nil
}

// write puts what the fault lets through at the end. The append lock is held.
func (m *Memory) write(b Batch, fault Fault) error {
	m.mu.Lock()
	defer m.mu.Unlock()

	if m.retired != nil {
		return m.retired
	}
	if fault.kind == torn {
		m.data = append(m.data, b.Data[:min(max(fault.keep, 0), len(b.Data)-1)]...)
		return fault.err
	}
	m.data = append(m.data, b.Data...)
	m.ends = append(m.ends, sealedAt{b.Head, len(m.data)})
	if err := fault.after(); err != nil {
		return err
	}
	m.synced = len(m.data)
	return nil
}

// Read yields the batches from the one that contains from.
func (m *Memory) Read(ctx context.Context, from ledger.Index) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for b, err := range m.Batches(ctx, from) {
			if !yield(b.Batch, err) {
				return
			}
		}
	}
}

// Batches is Read, with the position of each batch.
func (m *Memory) Batches(ctx context.Context, from ledger.Index) iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) {
		fault, err := m.begin(ctx, OnRead)
		if err != nil {
			yield(Placed{}, fmt.Errorf("read from %d: %w", from, err))
			return
		}
		m.mu.Lock()
		data, ends := m.data, m.ends // both only grow, so that what they hold now never changes
		m.mu.Unlock()

		start := 0
		for _, s := range ends {
			b := Placed{Batch{Data: data[start:s.end:s.end], Head: s.head}, Position{Offset: int64(start)}}
			start = s.end
			if s.head.Size <= from {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(Placed{}, fmt.Errorf("read from %d: %w", from, err))
				return
			}
			if !yield(b, nil) {
				return
			}
		}
		if err := fault.after(); err != nil {
			yield(Placed{}, fmt.Errorf("read from %d: %w", from, err))
		}
	}
}

// End returns where the next batch will begin.
func (m *Memory) End(context.Context) (Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()

	if len(m.ends) == 0 {
		return Position{}, m.retired
	}
	return Position{Offset: int64(m.ends[len(m.ends)-1].end)}, m.retired
}

// LineAt returns the line that begins at a position and is n bytes long, as File.LineAt does.
func (m *Memory) LineAt(at Position, n int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()

	from, end := int(at.Offset), int(at.Offset)+n
	if m.retired != nil {
		return nil, m.retired
	}
	if at.Segment != 0 || n < 0 || from < 0 || end >= len(m.data) || bytes.IndexByte(m.data[from:], '\n') != n {
		return nil, fmt.Errorf("line of %d bytes at %v: %w", n, at, ledger.ErrCorrupt)
	}
	return bytes.Clone(m.data[from:end]), nil
}

// begin counts a call and takes its fault: it waits where that is a stall, and returns the error of one that fails before
// anything is done.
func (m *Memory) begin(ctx context.Context, op Op) (Fault, error) {
	m.mu.Lock()
	m.calls[op]++
	var fault Fault
	if waiting := m.faults[op]; len(waiting) > 0 {
		fault, m.faults[op] = waiting[0], slices.Clone(waiting[1:])
	}
	err := m.retired
	m.mu.Unlock()

	if err != nil {
		return fault, err
	}
	return fault, fault.before(ctx)
}
