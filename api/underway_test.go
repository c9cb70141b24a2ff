package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"aixin/ledger"
)

// Whoever asks under a key that somebody asks under waits until they left; whoever asks under several holds up nobody who asks under them in
// another order. Whoever gives up is told that nobody knows.
func TestUnderway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var u underway
		items := func(keys ...ledger.Key) (list []bulkItem) {
			for _, k := range keys {
				list = append(list, bulkItem{k, &RedemptionRequest{}})
			}
			return list
		}
		leave, err := u.enter(t.Context(), "U000005", items("a", "b")...)
		if err != nil {
			t.Fatal(err)
		}
		over := 0
		for _, keys := range [][]ledger.Key{{"b", "a"}, {"a", "b"}, {"a"}, {"b", "a"}} {
			go func() {
				leave, err := u.enter(t.Context(), "U000005", items(keys...)...)
				if err != nil {
					t.Error(err)
					return
				}
				over++ // one has both keys or, of them, the first
				leave()
			}()
		}
		synctest.Wait()
		if over != 0 {
			t.Errorf("%d asked beside another under the same key", over)
		}
		if _, err := u.enter(t.Context(), "U000005", bulkItem{"a", &HoursRequest{}}); err != nil {
			t.Errorf("nobody is there, and yet: %v", err)
		}
		if leave, err := u.enter(t.Context(), "U000006", items("a")...); err != nil {
			t.Errorf("another's key is theirs, and yet: %v", err)
		} else {
			leave()
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := u.enter(gone, "U000005", items("0", "b")...); !errors.Is(err, ErrUnknown) {
			t.Errorf("gave up: got %v, want %v", err, ErrUnknown)
		}
		for range maxRepeats - 4 { // four wait
			go func() {
				if leave, err := u.enter(t.Context(), "U000005", items("a")...); err == nil {
					leave()
				}
			}()
		}
		synctest.Wait()
		if _, err := u.enter(t.Context(), "U000005", items("a")...); !errors.Is(err, ErrUnknown) || !errors.Is(err, ErrBusy) {
			t.Errorf("too many wait: got %v, want %v", err, ErrBusy)
		}
		leave()
		synctest.Wait()
		if over != 4 || len(u.keys) != 0 {
			t.Errorf("got %d that asked and %d keys left, want 4 and none", over, len(u.keys))
		}
	})
}
