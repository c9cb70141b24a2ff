package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
	"aixin/store/journal"
)

// exchangeBook makes a closed book in which hours became points and points goods, and some of it was taken back.
func exchangeBook(t testing.TB) string {
	t.Helper()
	dir := newBook(t)
	c := newClock()
	l := open(t, dir, options(c))
	submit(t, l, setup(3)...)
	for n := range 4 {
		record := submit(t, l, declare(fmt.Sprintf("d/%d", n), n%3, n)).Entry.Index
		submit(t, l, approve(fmt.Sprintf("a/%d", n), record))
	}
	sold := submit(t, l, redeem("r/0", 0, 2)).Entry.Index
	submit(t, l, ledger.Command{Key: "back", Actor: clerk, Do: &ledger.Return{Redemption: sold, Reason: ledger.WrongItem}})
	c.move(time.Minute)
	credit := submit(t, l, approve("a/4", submit(t, l, declare("d/4", 1, 9)).Entry.Index)).Entry.Index
	submit(t, l, ledger.Command{Key: "undo", Actor: steward, Do: &ledger.Reverse{Entry: credit, Reason: ledger.Unproven}})
	submit(t, l, declare("d/5", 2, 11))
	closeBook(t, l)
	return dir
}

// linesOf reads the entry lines of a book.
func linesOf(t testing.TB, dir string) (lines [][]byte) {
	t.Helper()
	for line := range bytes.Lines(read(t, segment(dir))) {
		if !ledger.IsHead(line) {
			lines = append(lines, bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	return lines
}

// rewrite makes a book of the same name and key whose journal holds these lines under true roots, in batches of size, and whose
// checkpoint is true: what somebody could forge who holds the key. Segments are small.
func rewrite(t testing.TB, dir string, size int, lines [][]byte) string {
	t.Helper()
	forged := filepath.Join(t.TempDir(), "forged")
	if err := os.Mkdir(forged, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(forged, "book.json"), read(t, filepath.Join(dir, "book.json")))
	if err := journal.Create(forged); err != nil {
		t.Fatal(err)
	}
	file, err := journal.Open(forged, journal.Options{SegmentSize: 4000})
	if err != nil {
		t.Fatal(err)
	}
	var tree ledger.Frontier
	head := ledger.Head{Root: tree.Root()}
	for batch := range slices.Chunk(lines, size) {
		var b journal.Builder
		next := ledger.Head{At: head.At}
		for _, line := range batch {
			tree.Append(ledger.LeafHash(b.AddLine(line)))
			if e, err := ledger.ParseLine(line); err == nil {
				next.At = e.At
			}
		}
		next.Size, next.Root = tree.Size(), tree.Root()
		if err := file.Append(t.Context(), head, b.Seal(next)); err != nil {
			t.Fatal(err)
		}
		head = next
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(forged, "checkpoint"), sign(t, dir, head))
	return forged
}

// sign signs a head with the key of a book.
func sign(t testing.TB, dir string, head ledger.Head) []byte {
	t.Helper()
	signer, err := note.NewSigner(strings.TrimSpace(string(read(t, filepath.Join(dir, "keys", "signing.key")))))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := proof.SignCheckpoint("test.example/b", head, signer)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestVerify(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	for _, size := range []int{1, 3, 1000} {
		forged := rewrite(t, dir, size, linesOf(t, dir))
		var done, total int64
		got, err := store.Verify(t.Context(), forged, store.VerifyOptions{Progress: func(d, of int64) { done, total = d, of }})
		if err != nil {
			t.Fatalf("batches of %d: %v", size, err)
		}
		lines := len(linesOf(t, dir))
		switch {
		case int(got.Head.Size) != lines, got.Checkpoint.Size != got.Head.Size, int(got.Batches) != (lines+size-1)/size:
			t.Errorf("batches of %d: got %+v, want %d entries", size, got, lines)
		case got.Compared, got.Tail != 0, got.Accounts < 10, got.Origin != "test.example/b":
			t.Errorf("batches of %d: got %+v", size, got)
		case done != total || total != got.Bytes:
			t.Errorf("batches of %d: progress ended at %d of %d, the journal has %d bytes", size, done, total, got.Bytes)
		}
	}
}

// An empty book is a book, and so is one that is being written.
func TestVerifyBesideAWriter(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	if got, err := store.Verify(t.Context(), dir, store.VerifyOptions{}); err != nil || got.Head.Size != 0 {
		t.Errorf("empty: got %+v, %v", got, err)
	}
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(2)...)
	got, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
	if err != nil || got.Head.Size != l.Head().Size || got.Head.Root != l.Head().Root {
		t.Errorf("open: got %+v, %v, want %v", got.Head, err, l.Head())
	}
	file, err := os.OpenFile(segment(dir), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"index":`); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Verify(t.Context(), dir, store.VerifyOptions{}); err != nil || got.Tail != int64(len(`{"index":`)) {
		t.Errorf("with an unfinished tail: got %+v, %v", got, err)
	}
	if err := errors.Join(file.Truncate(got.Bytes), file.Close()); err != nil {
		t.Fatal(err)
	}
}

// Every byte of the journal, the checkpoint and book.json flipped in turn is noticed; in the journal with the first bad index.
func TestVerifyNoticesEveryFlippedByte(t *testing.T) {
	t.Parallel()
	whole := exchangeBook(t)
	dir := rewrite(t, whole, 2, linesOf(t, whole)[:6])
	flipJournal(t, dir)
	flipCheckpoint(t, dir)
	flipBook(t, dir)
}

func flipJournal(t *testing.T, dir string) {
	t.Helper()
	at := ledger.Index(-1)
	whole := read(t, segment(dir))
	for i := range whole {
		if i == 0 || whole[i-1] == '\n' && !bytes.HasPrefix(whole[i:], []byte(`{"head"`)) {
			at++
		}
		err := verifyFlipped(t, dir, segment(dir), whole, i)
		bad, ok := errors.AsType[*ledger.CorruptError](err)
		if !ok || bad.Index < at-1 || bad.Index > at+1 {
			t.Errorf("byte %d of the journal flipped, at entry %d: got %v", i, at, err)
		}
	}
}

func flipCheckpoint(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "checkpoint")
	whole := read(t, path)
	for i := range whole {
		if err := verifyFlipped(t, dir, path, whole, i); !errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("byte %d of the checkpoint flipped: got %v", i, err)
		}
	}
}

// flipBook allows what says the same: the case of a member's name and of a key's hash.
func flipBook(t *testing.T, dir string) {
	t.Helper()
	want, err := store.ReadBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "book.json")
	whole := read(t, path)
	for i := range whole {
		if verifyFlipped(t, dir, path, whole, i) != nil {
			continue
		}
		write(t, path, flipped(whole, i))
		if got, err := store.ReadBook(dir); err != nil || !strings.EqualFold(fmt.Sprint(got), fmt.Sprint(want)) {
			t.Errorf("byte %d of book.json flipped: verified as %+v, %v", i, got, err)
		}
		write(t, path, whole)
	}
}

func flipped(b []byte, i int) []byte {
	bad := bytes.Clone(b)
	bad[i] ^= 1 << (i % 8)
	return bad
}

// verifyFlipped verifies a book while one byte of a file is another, and puts the file right again.
func verifyFlipped(t *testing.T, dir, path string, whole []byte, i int) error {
	t.Helper()
	write(t, path, flipped(whole, i))
	_, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
	write(t, path, whole)
	return err
}

// Books whose lines hash and whose checkpoint is signed, with one wrong in them.
// Whoever reads beside a verification is given every entry in order, may leave before the end, and is told where the book is not sound.
func TestVerifyIsReadBeside(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	unlawful := slices.Clone(lines)
	last := len(lines) - 1
	unlawful[last] = bytes.Replace(unlawful[last], []byte(`"key":"d/5"`), []byte(`"key":"d/0"`), 1)
	for _, tt := range []struct {
		name  string
		lines [][]byte
		leave int // after so many entries
		want  error
	}{
		{"sound", lines, len(lines), nil},
		{"left", lines, 2, nil},
		{"unlawful", unlawful, len(lines), ledger.ErrCorrupt},
	} {
		n := 0
		var told error
		_, err := store.Verify(t.Context(), rewrite(t, dir, 1, tt.lines), store.VerifyOptions{Read: func(entries iter.Seq2[ledger.Entry, error]) error {
			for e, err := range entries {
				if told = err; err != nil || n == tt.leave {
					break
				}
				if got := e.AppendLine(nil); !bytes.Equal(got, tt.lines[n]) {
					t.Errorf("%s: got %s, want %s", tt.name, got, tt.lines[n])
				}
				n++
			}
			return nil
		}})
		if !errors.Is(err, tt.want) || !errors.Is(told, tt.want) || n != tt.leave {
			t.Errorf("%s: got %v, told %v, and %d entries of %d; want %v", tt.name, err, told, n, len(tt.lines), tt.want)
		}
	}
}

func TestVerifyRefusesForgeries(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	find := func(part string) int {
		return slices.IndexFunc(lines, func(l []byte) bool { return bytes.Contains(l, []byte(part)) })
	}
	for _, tt := range []struct {
		name     string
		line     string // the first one that contains this
		old, new string // is changed so
		want     error
	}{
		{"other amount", `"redeemed"`, `"amount":-200`, `"amount":-100`, ledger.ErrCorrupt},
		{"other minutes", `"approved"`, `"amount":60`, `"amount":90`, ledger.ErrCorrupt},
		{"space", `"approved"`, `","on"`, `", "on"`, ledger.ErrCorrupt},
		{"same key", `"key":"d/1"`, `"key":"d/1"`, `"key":"d/0"`, ledger.ErrCorrupt},
		{"approved by the declarer", `"approved"`, `"actor":"U000003"`, `"actor":"U000002"`, ledger.ErrCorrupt},
		{"another's lot", `"redeemed"`, `"lot":"`, `"lot":"1`, ledger.ErrCorrupt},
		{"time goes back", `"key":"undo"`, `"at":"2026`, `"at":"2025`, ledger.ErrCorrupt},
		{"another day", `"key":"d/1"`, `"on":"2026-09-01"`, `"on":"2026-09-02"`, ledger.ErrCorrupt},
		{"a demo that was none", `"opened"`, `"zone":"Asia/Shanghai"`, `"zone":"Asia/Shanghai","demo":true`, ledger.ErrCorrupt},
		{"unknown kind", `"key":"d/1"`, `"hours_declared"`, `"hours_dreamt"`, ledger.ErrNewer},
		{"later format", `"opened"`, `"format":2`, `"format":3`, ledger.ErrNewer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at := find(tt.line)
			forged := slices.Clone(lines)
			forged[at] = []byte(strings.Replace(string(lines[at]), tt.old, tt.new, 1))
			if bytes.Equal(forged[at], lines[at]) {
				t.Fatalf("%s is not in %s", tt.old, lines[at])
			}
			_, err := store.Verify(t.Context(), rewrite(t, dir, 2, forged), store.VerifyOptions{})
			if !errors.Is(err, tt.want) || errors.Is(err, ledger.ErrNewer) && errors.Is(err, ledger.ErrCorrupt) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if bad, ok := errors.AsType[*ledger.CorruptError](err); ok && bad.Index != ledger.Index(at) {
				t.Errorf("got %v, want entry %d", err, at)
			}
		})
	}
}

// Segments that are swapped, missing or foreign are damage, and so is a checkpoint that is missing or ahead.
func TestVerifyRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	for name, damage := range map[string]func(t *testing.T, dir string, segments []string){
		"swapped": func(t *testing.T, _ string, s []string) {
			t.Helper()
			a, b := read(t, s[0]), read(t, s[1])
			write(t, s[0], b)
			write(t, s[1], a)
		},
		"one is missing":    func(t *testing.T, _ string, s []string) { t.Helper(); remove(t, s[1]) },
		"newest is empty":   func(t *testing.T, _ string, s []string) { t.Helper(); write(t, s[len(s)-1], nil) },
		"newest is missing": func(t *testing.T, _ string, s []string) { t.Helper(); remove(t, s[len(s)-1]) },
		"first is missing":  func(t *testing.T, _ string, s []string) { t.Helper(); remove(t, s[0]) },
		"foreign file": func(t *testing.T, dir string, _ []string) {
			t.Helper()
			write(t, filepath.Join(dir, "journal", "notes.txt"), nil)
		},
		"no checkpoint": func(t *testing.T, dir string, _ []string) { t.Helper(); remove(t, filepath.Join(dir, "checkpoint")) },
		"checkpoint of another book": func(t *testing.T, to string, _ []string) {
			t.Helper()
			write(t, filepath.Join(to, "checkpoint"), sign(t, dir, ledger.Head{Size: 3}))
		},
		"checkpoint ahead": func(t *testing.T, to string, _ []string) {
			t.Helper()
			write(t, filepath.Join(to, "checkpoint"), sign(t, dir, ledger.Head{Size: ledger.Index(len(lines)) + 1}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forged := rewrite(t, dir, 3, lines)
			segments, err := filepath.Glob(filepath.Join(forged, "journal", "*"))
			if err != nil || len(segments) < 3 {
				t.Fatalf("got segments %v, %v, want three", segments, err)
			}
			damage(t, forged, segments)
			if _, err := store.Verify(t.Context(), forged, store.VerifyOptions{}); !errors.Is(err, ledger.ErrCorrupt) {
				t.Errorf("got %v, want damage", err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// Only a checkpoint kept elsewhere shows that a book was rewritten by somebody who holds its key.
func TestVerifyAgainstAKeptCheckpoint(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	head := ledger.Head{}
	var tree ledger.Frontier
	for _, line := range lines[:len(lines)-2] { // a size at which no batch of the forged book ends
		tree.Append(ledger.LeafHash(line))
	}
	head.Size, head.Root = tree.Size(), tree.Root()
	kept := sign(t, dir, head)

	same := rewrite(t, dir, 1000, lines)
	got, err := store.Verify(t.Context(), same, store.VerifyOptions{Checkpoint: kept})
	if err != nil || !got.Compared || !got.Outside.Same(head) {
		t.Errorf("got %+v, %v, want it compared with %v", got, err, head)
	}
	other := slices.Clone(lines)
	at := slices.IndexFunc(lines, func(l []byte) bool { return bytes.Contains(l, []byte(`"key":"open/`)) })
	if at < 0 {
		at = 5
	}
	other[at] = bytes.Replace(other[at], []byte(`"key":"`), []byte(`"key":"x`), 1)
	changed := rewrite(t, dir, 1000, other)
	if _, err := store.Verify(t.Context(), changed, store.VerifyOptions{}); err != nil {
		t.Errorf("the rewritten book alone: %v", err)
	}
	if _, err := store.Verify(t.Context(), changed, store.VerifyOptions{Checkpoint: kept}); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("the rewritten book beside the kept checkpoint: got %v", err)
	}
	for want, msg := range map[error][]byte{
		proof.ErrUnsigned:   []byte(strings.Replace(string(kept), "\n", "x\n", 1)),
		proof.ErrCheckpoint: signText(t, dir, "test.example/b\nmany\n"),
	} {
		_, err := store.Verify(t.Context(), same, store.VerifyOptions{Checkpoint: msg})
		if !errors.Is(err, want) || errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("%s: got %v, want %v and no damage", msg, err, want)
		}
	}
}

func signText(t *testing.T, dir, text string) []byte {
	t.Helper()
	signer, err := note.NewSigner(strings.TrimSpace(string(read(t, filepath.Join(dir, "keys", "signing.key")))))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestEntries(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	book := rewrite(t, dir, 3, lines)
	for from := range len(lines) + 2 {
		at := from
		for e, err := range store.Entries(t.Context(), book, ledger.Index(from)) {
			if err != nil {
				t.Fatal(err)
			}
			if got := e.AppendLine(nil); !bytes.Equal(got, lines[at]) {
				t.Fatalf("from %d: got %s, want %s", from, got, lines[at])
			}
			at++
		}
		if at != max(from, len(lines)) {
			t.Errorf("from %d: got entries up to %d, want %d", from, at, len(lines))
		}
	}
	for range store.Entries(t.Context(), book, 0) { //nolint:errcheck // it is the end of the loop that is tried
		break // the readers must end with the loop
	}
}

// TestMoved holds that whoever adds up what moved is told the same postings, and the body of the kinds that are whole.
func TestMoved(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	whole := func(k ledger.Kind) bool { return k == ledger.Received }
	next, stop := iter.Pull2(store.Moved(t.Context(), dir, whole))
	defer stop()
	bodies := 0
	for e, err := range store.Entries(t.Context(), dir, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Postings) == 0 {
			continue
		}
		got, err, ok := next()
		if !ok || err != nil || got.Index != e.Index || got.On != e.On || got.Kind != e.Kind || !slices.Equal(got.Postings, e.Postings) {
			t.Fatalf("got %v, %v, want %v", got, err, e)
		}
		if whole(e.Kind) != (got.Body != nil) {
			t.Errorf("entry %d, %s: body %v", e.Index, e.Kind, got.Body)
		}
		if got.Body != nil {
			bodies++
		}
	}
	if got, err, ok := next(); ok || bodies == 0 {
		t.Errorf("got %v, %v behind the last, and %d bodies", got, err, bodies)
	}
}

func TestEntriesStopAtDamage(t *testing.T) {
	t.Parallel()
	dir := exchangeBook(t)
	lines := linesOf(t, dir)
	unknown := slices.Clone(lines)
	unknown[7] = bytes.Replace(unknown[7], []byte(`"kind":"`), []byte(`"kind":"un`), 1)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	damaged := rewrite(t, dir, 1, lines)
	write(t, segment(damaged), flipped(read(t, segment(damaged)), 1000))
	for _, tt := range []struct {
		name string
		ctx  context.Context
		dir  string
		most int
		want error
	}{
		{"flipped", t.Context(), damaged, 5, ledger.ErrCorrupt},
		{"unknown kind", t.Context(), rewrite(t, dir, 3, unknown), 7, ledger.ErrNewer},
		{"canceled", canceled, rewrite(t, dir, 3, lines), len(lines), context.Canceled},
		{"no book", t.Context(), t.TempDir(), 0, os.ErrNotExist},
	} {
		none := func(ledger.Kind) bool { return false }
		for _, entries := range []iter.Seq2[ledger.Entry, error]{store.Entries(tt.ctx, tt.dir, 0), store.Moved(tt.ctx, tt.dir, none)} {
			n, failed := 0, error(nil)
			for e, err := range entries {
				if failed != nil {
					t.Errorf("%s: went on after %v with entry %d, %v", tt.name, failed, e.Index, err)
				}
				if failed = err; err == nil {
					n++
				}
			}
			if !errors.Is(failed, tt.want) || n > tt.most {
				t.Errorf("%s: got %d entries and %v, want at most %d and %v", tt.name, n, failed, tt.most, tt.want)
			}
		}
	}
}
