package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"aixin/store"
)

// Copies of one book are of one history, whichever is longer; two books of one name are not, be they of one beginning.
func TestSameHistory(t *testing.T) {
	t.Parallel()
	long := declared(9)
	dir, short := smallBook(t, long...), smallBook(t, long...)
	other := smallBook(t, append(declared(8), declare("other", 2, 50))...)
	lines := read(t, segment(dir))
	write(t, segment(short), lines[:len(lines)/2]) // a copy that stopped in the middle of a batch
	for name, tt := range map[string]struct {
		a, b string
		want error
	}{
		"the same":         {dir, dir, nil},
		"one is longer":    {dir, short, nil},
		"one is shorter":   {short, dir, nil},
		"the last differs": {dir, other, store.ErrOtherHistory},
		"before they part": {short, other, nil},
		"no book":          {dir, filepath.Join(t.TempDir(), "none"), os.ErrNotExist},
	} {
		if err := store.SameHistory(t.Context(), tt.a, tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}
