package journaltest

import (
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// Chain makes batches that follow one another, with true roots. The zero Chain begins an empty journal; two chains of the same
// steps make the same bytes.
type Chain struct {
	tree    ledger.Frontier
	content []byte

	// Make returns the line of an entry; nil means Line.
	Make func(ledger.Index) string
}

// Head returns the head that the next batch follows.
func (c *Chain) Head() ledger.Head {
	h := ledger.Head{Size: c.tree.Size(), Root: c.tree.Root()}
	if h.Size > 0 {
		h.At = time.Date(2026, 11, 23, 8, 15, 30, 123e6, time.UTC)
	}
	return h
}

// Content returns the bytes of all batches.
func (c *Chain) Content() string { return string(c.content) }

// Next returns a batch of n entries and steps behind it.
func (c *Chain) Next(n int) journal.Batch {
	var b journal.Builder
	for range n {
		i := c.tree.Size()
		line := Line(i)
		if c.Make != nil {
			line = c.Make(i)
		}
		c.tree.Append(ledger.LeafHash(b.AddLine([]byte(line))))
	}
	batch := b.Seal(c.Head())
	c.content = append(c.content, batch.Data...)
	return batch
}

// Peek returns the batch that Next would, and stays.
func (c *Chain) Peek(n int) journal.Batch {
	ahead := Chain{tree: c.tree.Clone(), Make: c.Make}
	return ahead.Next(n)
}
