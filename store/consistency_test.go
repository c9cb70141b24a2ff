package store_test

import (
	"fmt"
	"testing"

	"aixin/ledger"
	"aixin/ledger/proof"
)

// A book shows of every two of its heads that the later extends the earlier, while it grows.
func TestConsistency(t *testing.T) {
	t.Parallel()
	l := source(t, newBook(t), 5)
	heads := []ledger.Head{}
	for range 3 {
		heads = append(heads, l.Head())
		for _, later := range heads {
			for _, earlier := range heads {
				path, err := l.Consistency(t.Context(), earlier.Size, later.Size)
				if earlier.Size > later.Size {
					if !isNotFound(err) {
						t.Errorf("backwards from %d to %d: got %v, want not found", earlier.Size, later.Size, err)
					}
					continue
				}
				if err == nil {
					err = proof.Extends(path, earlier, later)
				}
				if err != nil {
					t.Errorf("from %d to %d: %v", earlier.Size, later.Size, err)
				}
			}
		}
		submit(t, l.Ledger, declare(fmt.Sprintf("c/%d", l.Head().Size), 1, 100+int(l.Head().Size)))
	}
	if _, err := l.Consistency(t.Context(), 1, l.Head().Size+1); !isNotFound(err) {
		t.Errorf("beyond the head: got %v, want not found", err)
	}
}
