package journal_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// A writer appends after the head that it knows. Where another was faster, it reads on and decides again.
func Example() {
	ctx := context.Background()
	j := journal.NewMemory() // or journal.Open(dir, journal.Options{})
	before, err := j.Head(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}

	var tree ledger.Frontier
	var b journal.Builder
	tree.Append(ledger.LeafHash(b.AddLine([]byte(`{"index":0,"kind":"opened"}`))))
	tree.Append(ledger.LeafHash(b.AddLine([]byte(`{"index":1,"kind":"appointed"}`))))
	batch := b.Seal(ledger.Head{Size: tree.Size(), Root: tree.Root(), At: time.Date(2026, 11, 23, 8, 15, 30, 0, time.UTC)})

	fmt.Println("first:", j.Append(ctx, before, batch))
	fmt.Println("again:", errors.Is(j.Append(ctx, before, batch), journal.ErrMoved))
	for b, err := range j.Read(ctx, 0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for i, line := range b.Lines() {
			fmt.Printf("%d %s\n", i, line)
		}
	}
	// Output:
	// first: <nil>
	// again: true
	// 0 {"index":0,"kind":"opened"}
	// 1 {"index":1,"kind":"appointed"}
}
