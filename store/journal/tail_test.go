package journal_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

// A journal that was torn at any byte of its newest segment reads up to the last whole batch, accepts nothing until the rest is
// cut, keeps what was cut, and goes on.
func TestTornAtEveryByte(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	closed, first, second := c.Next(1), c.Next(1), c.Next(2)
	newest := string(first.Data) + string(second.Data)
	for n := range len(newest) + 1 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var good journaltest.Chain
			good.Next(1)
			rest := newest[:n]
			if len(rest) >= len(first.Data) {
				good.Next(1)
				rest = rest[len(first.Data):]
			}
			if n == len(newest) {
				good.Next(2)
				rest = ""
			}
			dir := lay(t, map[string]string{segment(0): string(closed.Data), segment(1): newest[:n]})
			checkTorn(t, dir, &good, rest)
		})
	}
}

// checkTorn checks a journal that holds what good made and then rest.
func checkTorn(t *testing.T, dir string, good *journaltest.Chain, rest string) {
	t.Helper()
	f := open(t, dir, journal.Options{})
	tail, err := f.Tail(t.Context())
	if err != nil || !tail.After.Same(good.Head()) || tail.Bytes != int64(len(rest)) {
		t.Fatalf("tail: got %+v, %v, want %d bytes after %d", tail, err, len(rest), good.Head().Size)
	}
	if got := journaltest.Content(t, f, 0); got != good.Content() {
		t.Errorf("read: got %q, want %q", got, good.Content())
	}
	if rest != "" {
		if err := f.Append(t.Context(), good.Head(), good.Peek(1)); err == nil || errors.Is(err, journal.ErrMoved) {
			t.Errorf("append before the tail was cut: got %v", err)
		}
	}
	cut, err := f.Cut(t.Context(), good.Head())
	if err != nil || cut.Bytes != int64(len(rest)) || (cut.Path != "") != (rest != "") {
		t.Fatalf("cut: got %+v, %v, want %d bytes", cut, err, len(rest))
	}
	if rest != "" {
		if got := read(t, cut.Path); got != rest {
			t.Errorf("moved aside: got %q, want %q", got, rest)
		}
	}
	grow(t, f, good, 3)
	if got := journaltest.Content(t, open(t, dir, journal.Options{}), 0); got != good.Content() {
		t.Errorf("after the cut: got %q, want %q", got, good.Content())
	}
}

// What a power cut leaves need not be a prefix of what was written.
func TestTornOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, rest := range map[string]string{
		"zeros":            strings.Repeat("\x00", 5000),
		"lines of nothing": "\n\n\n",
		"text":             "neither\nhere\nnor there",
		"a hole":           strings.Repeat("\x00", 70) + "\n" + journaltest.Line(3),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var good journaltest.Chain
			b := good.Next(2)
			checkTorn(t, lay(t, map[string]string{segment(0): string(b.Data) + rest}), &good, rest)
		})
	}
}

// More than one batch can hold was not left by a writer that was stopped: readers call it damage. It can be cut all the same.
func TestTailTooLong(t *testing.T) {
	t.Parallel()
	var good journaltest.Chain
	b := good.Next(2)
	dir := lay(t, map[string]string{segment(0): string(b.Data) + strings.Repeat("x", 2*journal.MaxBatch)})
	_, err := readAll(t, dir)
	wantCorrupt(t, err, 2)
	f := open(t, dir, journal.Options{})
	if _, err := f.Cut(t.Context(), good.Head()); err != nil {
		t.Fatal(err)
	}
	checkTorn(t, dir, &good, "")
}

// A batch whose head line reached the disk and whose lines did not is found by whoever checks roots; Cut takes it away.
func TestCutBehindAnyHead(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	heads, content := []ledger.Head{c.Head()}, []string{""}
	for range 5 {
		c.Next(2)
		heads, content = append(heads, c.Head()), append(content, c.Content())
	}
	for i, after := range heads {
		dir, f := create(t, journal.Options{SegmentSize: int64(len(content[2]))})
		var again journaltest.Chain
		grow(t, f, &again, 2, 2, 2, 2, 2)
		for range 2 { // interrupted or repeated, it ends the same
			if _, err := f.Cut(t.Context(), after); err != nil {
				t.Fatalf("cut behind %d: %v", after.Size, err)
			}
			if got := journaltest.Content(t, f, 0); got != content[i] {
				t.Errorf("cut behind %d: got %q, want %q", after.Size, got, content[i])
			}
		}
		aside, err := filepath.Glob(filepath.Join(dir, "cut", "*"))
		if err != nil {
			t.Fatal(err)
		}
		rest := ""
		for _, path := range aside {
			rest += read(t, path)
		}
		if got := content[i] + rest; got != c.Content() {
			t.Errorf("cut behind %d: %d files keep %q", after.Size, len(aside), rest)
		}

		var on journaltest.Chain
		for range i {
			on.Next(2)
		}
		grow(t, open(t, dir, journal.Options{}), &on, 1)
	}
}

func TestCutRefusesUnknownHead(t *testing.T) {
	t.Parallel()
	dir, f := create(t, journal.Options{})
	var c journaltest.Chain
	grow(t, f, &c, 2, 2)
	before := segments(t, dir)
	inside, forged, beyond := c.Head(), c.Head(), c.Head()
	inside.Size--
	forged.Root[5] ^= 1
	beyond.Size++
	for _, h := range []ledger.Head{inside, forged, beyond} {
		if cut, err := f.Cut(t.Context(), h); err == nil {
			t.Errorf("cut behind %v: got %+v, want an error", h, cut)
		}
	}
	if diff := cmp.Diff(before, segments(t, dir)); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
}

// Two cuts behind the same head keep both.
func TestCutKeepsEarlierCuts(t *testing.T) {
	t.Parallel()
	dir, _ := create(t, journal.Options{})
	paths := map[string]string{}
	for _, rest := range []string{"one", "two"} {
		write(t, filepath.Join(dir, "journal", segment(0)), rest)
		var none journaltest.Chain
		cut, err := open(t, dir, journal.Options{}).Cut(t.Context(), none.Head())
		if err != nil {
			t.Fatal(err)
		}
		paths[cut.Path] = rest
	}
	if len(paths) != 2 {
		t.Errorf("got %v, want two files", paths)
	}
	for path, want := range paths {
		if got := read(t, path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestRewriteChangesNothing(t *testing.T) {
	t.Parallel()
	dir, f := create(t, journal.Options{SegmentSize: 700})
	var c journaltest.Chain
	grow(t, f, &c, 1, 2, 3, 4, 5)
	before := segments(t, dir)
	for from := range c.Head().Size + 2 {
		if err := f.Rewrite(t.Context(), from); err != nil {
			t.Fatalf("rewrite from %d: %v", from, err)
		}
		if diff := cmp.Diff(before, segments(t, dir)); diff != "" {
			t.Fatalf("rewrite from %d (-before +after):\n%s", from, diff)
		}
	}
	grow(t, f, &c, 1)
}
