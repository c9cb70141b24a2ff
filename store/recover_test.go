package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/journal"
)

// smallBook makes a book of some entries in as many batches, closes it, and returns its directory, for being damaged.
func smallBook(t testing.TB, list ...ledger.Command) string {
	t.Helper()
	dir := newBook(t)
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	submit(t, l, list...)
	closeBook(t, l)
	verify(t, dir)
	return dir
}

// declared lists the commands of a book in which some hours were declared.
func declared(n int) []ledger.Command {
	list := setup(3)
	for i := range n {
		list = append(list, declare(fmt.Sprintf("d/%d", i), i%3, i))
	}
	return list
}

// copyDir copies a directory as it is, whoever is writing in it. Holes stay holes: Badger sets much more aside than it uses.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		return copyFile(path, target)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, bytes.TrimRight(b, "\x00"), 0o600); err != nil {
		return err
	}
	return os.Truncate(to, int64(len(b)))
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// refused expects that a damaged book does not open, and returns the first bad entry.
func refused(t testing.TB, dir string) ledger.Index {
	t.Helper()
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err == nil {
		t.Errorf("a damaged book opened: %+v", l.Opened())
		closeBook(t, l)
		return -1
	}
	if !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v, want an error that says the book is damaged", err)
	}
	if bad, ok := errors.AsType[*ledger.CorruptError](err); ok {
		return bad.Index
	}
	return -1
}

func segment(dir string) string {
	return filepath.Join(dir, "journal", strings.Repeat("0", 20)+".jsonl")
}

// After a clean stop, every byte of the journal flipped in turn is refused, with the first entry at fault: the one whose line the
// byte is in; for a head line, the one before it or the one that is due there.
func TestEveryFlippedByteIsRefused(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, setup(0)[:4]...)
	whole := read(t, segment(dir))
	at, end := ledger.Index(0), 0
	for line := range bytes.Lines(whole) {
		least := at
		if ledger.IsHead(line) {
			least--
		}
		from := end
		end += len(line)
		for i := from; i < end; i++ {
			bad := bytes.Clone(whole)
			bad[i] ^= 1 << (i % 8)
			write(t, segment(dir), bad)
			most := at
			if bad[i] == '\n' {
				most++ // half a line is left, and the other half stands where the next one is due
			}
			if got := refused(t, dir); got < least || got > most {
				t.Errorf("byte %d of %d flipped, at entry %d: got %d as the first bad one", i, len(whole), at, got)
			}
		}
		if least == at {
			at++
		}
	}
}

// A journal that lost its newest batches is refused by DIR/checkpoint, and so is a checkpoint that is gone.
func TestADroppedTailIsRefused(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, declared(5)...)
	whole := read(t, segment(dir))
	lines := strings.SplitAfter(string(whole), "\n")
	for drop := 2; drop <= 6; drop += 2 {
		write(t, segment(dir), []byte(strings.Join(lines[:len(lines)-1-drop], "")))
		if got, want := refused(t, dir), ledger.Index((len(lines)-1-drop)/2); got != want {
			t.Errorf("%d lines dropped: got %d as the first missing entry, want %d", drop, got, want)
		}
	}
	write(t, segment(dir), whole)
	if err := os.Remove(filepath.Join(dir, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	refused(t, dir)
}

// Another book's checkpoint, one signed by somebody else, and one of another history are refused.
func TestAForgedCheckpointIsRefused(t *testing.T) {
	t.Parallel()
	dir, other := smallBook(t, declared(2)...), smallBook(t, declared(2)...)
	write(t, filepath.Join(dir, "checkpoint"), read(t, filepath.Join(other, "checkpoint")))
	refused(t, dir)
}

// Every file of the index is changed, truncated and deleted in turn, after a clean stop and after none. Opening repairs it from
// the journal or refuses; the Scrub at the end of each case holds every row against the journal.
func TestEveryDamagedIndexFileIsRepaired(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	for n := range 40 {
		submit(t, l, declare(fmt.Sprintf("d/%d", n), n%3, n))
	}
	running := copyDir(t, dir)
	closeBook(t, l)

	for name, from := range map[string]string{"closed": dir, "running": running} {
		for _, file := range indexFiles(t, from) {
			for _, how := range []string{"flipped", "truncated", "emptied", "deleted", "extended"} {
				t.Run(strings.Join([]string{name, file, how}, "/"), func(t *testing.T) {
					t.Parallel()
					hurt := copyDir(t, from)
					damage(t, filepath.Join(hurt, "db", file), how)
					l, err := store.Open(t.Context(), hurt, options(newClock()))
					if err != nil {
						t.Fatalf("open: %v", err)
					}
					if got, want := int(l.Head().Size), len(setup(3))+40; got != want {
						t.Errorf("entries: got %d, want %d", got, want)
					}
					if name == "closed" && l.Opened().Rebuilt == "" && file != "SEAL" {
						t.Error("the damage was not noticed")
					}
					submit(t, l, declare("after", 1, 100))
					closeBook(t, l)
				})
			}
		}
	}
}

func indexFiles(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, "db"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no files of the index: %v", err)
	}
	names := make([]string, 0, len(list))
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

func damage(t testing.TB, path, how string) {
	t.Helper()
	if how == "deleted" {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	b := read(t, path)
	switch how {
	case "flipped":
		for i := 0; i < len(b); i += max(1, len(b)/50) {
			b[i] ^= 0x10
		}
	case "truncated":
		b = b[:len(b)/2]
	case "emptied":
		b = nil
	case "extended":
		b = append(b, 0, 1, 2, 3)
	}
	write(t, path, b)
}

// indexed waits for the index, which may be behind what was answered.
func indexed(t *testing.T, l *store.Ledger) {
	t.Helper()
	_, done, err := l.View(t.Context(), ledger.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	done()
}

// A copy of the directory of a running book, taken batch after batch, opens with all that had been acknowledged.
func TestUncleanStops(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	for n := range 8 {
		submit(t, l, declare(fmt.Sprintf("d/%d", n), n%3, n))
		size := l.Head().Size
		again := open(t, copyDir(t, dir), options(newClock()))
		if o := again.Opened(); o.Clean || o.Cut.Bytes > 0 || o.Rebuilt != "" {
			t.Errorf("opened after no clean stop: got %+v", o)
		}
		if got := again.Head().Size; got != size {
			t.Errorf("entries: got %d, want %d", got, size)
		}
		if r := submit(t, again, declare(fmt.Sprintf("d/%d", n), n%3, n)); !r.Replayed {
			t.Errorf("acknowledged command %d was applied twice", n)
		}
		closeBook(t, again)
	}
}

// A process that is killed while it closes leaves the log of a memory table that was emptied and not yet removed: the index is whole.
func TestStoppedWhileClosing(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, declared(3)...)
	if err := os.Remove(filepath.Join(dir, "db", "SEAL")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "db", "00001.mem"), nil)
	l := open(t, dir, options(newClock()))
	if o := l.Opened(); o.Clean || o.Rebuilt != "" || o.Extended != 0 {
		t.Errorf("got %+v, want the index as it is", o)
	}
}

// An index that lost what was written last is extended from the journal; one that lost something before that is rebuilt.
func TestWhatTheIndexMayLose(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, declared(2)...)
	indexed(t, l)
	earlier, size := copyDir(t, dir), l.Head().Size
	for n := range 5 {
		submit(t, l, declare(fmt.Sprintf("later/%d", n), n%3, 10+n))
	}
	later := copyDir(t, dir)
	l.Lose(size + 1)
	holed := copyDir(t, dir)
	if err := l.Close(); err != nil {
		t.Error(err)
	}

	write(t, segment(earlier), read(t, segment(later)))
	again := open(t, earlier, options(newClock()))
	if o := again.Opened(); o.Rebuilt != "" || o.Extended != 5 {
		t.Errorf("an index that is five batches behind: got %+v, want it extended", o)
	}
	again = open(t, holed, options(newClock()))
	if o := again.Opened(); o.Rebuilt == "" {
		t.Errorf("an index with a hole: got %+v, want it rebuilt", o)
	}
	if err := os.Remove(filepath.Join(dir, "db", "SEAL")); err != nil {
		t.Fatal(err)
	}
	open(t, dir, options(newClock()))
}

// An index that another version of the program wrote may lack facts or hold others: however whole it is, it is rebuilt, once, and
// said to be. Before there were layouts, a mark had none.
func TestAnIndexOfAnotherLayoutIsRebuilt(t *testing.T) {
	t.Parallel()
	for _, layout := range []byte{0, 200} {
		dir := newBook(t)
		l, err := store.Open(t.Context(), dir, options(newClock()))
		if err != nil {
			t.Fatal(err)
		}
		submit(t, l, declared(2)...)
		size := l.Head().Size
		l.Relayout(layout)
		if err := l.Close(); err != nil {
			t.Error(err)
		}

		again, err := store.Open(t.Context(), dir, options(newClock()))
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("index of layout %d", layout)
		if o := again.Opened(); !strings.Contains(o.Rebuilt, want) || o.Extended != size || o.Clean {
			t.Errorf("opened with layout %d: got %+v, want all %d entries folded again because of an %s", layout, o, size, want)
		}
		if err := again.Scrub(t.Context()); err != nil {
			t.Error(err)
		}
		closeBook(t, again)

		again = open(t, dir, options(newClock()))
		if o := again.Opened(); !o.Clean || o.Rebuilt != "" {
			t.Errorf("opened once more: got %+v, want nothing done", o)
		}
	}
}

// What a crash leaves of a batch is cut, moved aside and reported, wherever the crash came.
func TestATornTailIsCut(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	submit(t, l, declare("kept", 0, 0))
	before := copyDir(t, dir)
	submit(t, l, declare("torn", 0, 1))
	closeBook(t, l)
	kept, whole := read(t, segment(before)), read(t, segment(dir))
	for n := len(kept) + 1; n < len(whole); n += 29 {
		hurt := copyDir(t, before)
		write(t, segment(hurt), whole[:n])
		l := open(t, hurt, options(newClock()))
		cut := l.Opened().Cut
		if cut.Bytes != int64(n-len(kept)) || string(read(t, cut.Path)) != string(whole[len(kept):n]) {
			t.Errorf("torn after %d bytes: got %+v", n-len(kept), cut)
		}
		if r := submit(t, l, declare("torn", 0, 1)); r.Replayed {
			t.Errorf("torn after %d bytes: what was cut is still there", n-len(kept))
		}
		closeBook(t, l)
	}
}

// A batch that was never acknowledged and hashes wrongly is torn only where nothing follows it: a batch is written when the
// one before is synced.
func TestDamageBeforeASyncedBatchIsNoTear(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	for n := range 3 {
		submit(t, l, declare(fmt.Sprintf("d/%d", n), 0, n))
	}
	hurt := copyDir(t, dir)
	closeBook(t, l)
	if err := os.RemoveAll(filepath.Join(hurt, "db")); err != nil { // else the index's mark covers them
		t.Fatal(err)
	}
	whole := read(t, segment(hurt))
	i := strings.LastIndex(string(whole), `"key":"d/1"`)
	whole[i+8] ^= 1
	write(t, segment(hurt), whole)
	if got, want := refused(t, hurt), l.Head().Size-2; got != want {
		t.Errorf("first bad entry: got %d, want %d", got, want)
	}
}

// One process at a time: the second is told where the first one serves.
func TestLock(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	o := options(newClock())
	o.URL = "http://127.0.0.1:8080"
	l := open(t, dir, o)
	_, err := store.Open(t.Context(), dir, options(newClock()))
	if held, ok := errors.AsType[*store.LockedError](err); !ok || held.URL != o.URL || !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second writer: got %v, want it refused with %s", err, o.URL)
	}
	closeBook(t, l)
	closeBook(t, open(t, dir, options(newClock())))
}

func TestWhatIsNoBook(t *testing.T) {
	t.Parallel()
	if _, err := store.Open(t.Context(), t.TempDir(), options(newClock())); !errors.Is(err, store.ErrNoBook) {
		t.Errorf("an empty directory: got %v, want %v", err, store.ErrNoBook)
	}
	dir := smallBook(t, declared(0)...)
	again := store.CreateOptions{Origin: "test.example/b", Zone: "Asia/Shanghai"}
	if err := store.Create(t.Context(), dir, again); !errors.Is(err, store.ErrExists) {
		t.Errorf("creating a book over another: got %v, want %v", err, store.ErrExists)
	}
	book := filepath.Join(dir, "book.json")
	text := read(t, book)
	write(t, book, []byte(strings.Replace(string(text), `"format": 2`, `"format": 3`, 1)))
	if _, err := store.Open(t.Context(), dir, options(newClock())); !errors.Is(err, ledger.ErrNewer) {
		t.Errorf("a newer format: got %v, want %v", err, ledger.ErrNewer)
	}
	write(t, book, text[:len(text)/2])
	refused(t, dir)
	if info, err := os.Stat(filepath.Join(dir, "keys", "signing.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("signing key: got %v, %v, want it readable by its owner only", info.Mode(), err)
	}
}

// Rebuild makes the same index, and opening afterwards finds nothing to do.
func TestRebuild(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, declared(30)...)
	done := ledger.Index(0)
	o := options(newClock())
	o.Progress = func(at, of ledger.Index) { done = at * 100 / of }
	report, err := store.Rebuild(t.Context(), dir, o)
	if err != nil || report.Rebuilt == "" || int(report.Extended) != len(setup(3))+30 || done != 100 {
		t.Errorf("rebuild: got %+v at %d %%, %v", report, done, err)
	}
	l := open(t, dir, options(newClock()))
	if o := l.Opened(); !o.Clean || o.Rebuilt != "" || o.Extended != 0 {
		t.Errorf("after a rebuild: got %+v", o)
	}
}

// A batch that the index has and the journal has not, was synced and is gone: with or without the checkpoint, that is damage.
func TestAnIndexAheadOfTheJournal(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	short := read(t, segment(dir))
	submit(t, l, declare("gone", 0, 0))
	indexed(t, l)
	hurt := copyDir(t, dir)
	closeBook(t, l)
	write(t, segment(hurt), short)
	if got, want := refused(t, hurt), ledger.Index(len(setup(3))); got != want {
		t.Errorf("first missing entry: got %d, want %d", got, want)
	}
}

// The scrub finds what opening does not read: an index whose old rows are another book's.
func TestScrubFindsADifference(t *testing.T) {
	t.Parallel()
	j := journal.NewMemory()
	dir := newBook(t)
	l := inMemory(t, dir, j)
	submit(t, l, setup(3)...)
	if err := l.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Overwrite("fvolunteer/"+string(volunteer(0)), "fvolunteer/"+string(volunteer(1)))
	if err := l.Scrub(t.Context()); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("scrub: got %v, want the difference", err)
	}
	if _, err := l.Submit(t.Context(), declare("d", 0, 0)); !errors.Is(err, store.ErrStopped) {
		t.Errorf("after a difference was found: got %v, want %v", err, store.ErrStopped)
	}
	if err := l.Close(); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("close: got %v, want the difference", err)
	}
	again := inMemory(t, dir, j.Reopen())
	if o := again.Opened(); o.Rebuilt == "" {
		t.Errorf("opened after a difference was found: got %+v, want the index rebuilt", o)
	}
	closeBook(t, again)
}

// A row that was moved or changed is an error for whoever reads it, never an answer.
func TestAMovedRowIsNoAnswer(t *testing.T) {
	t.Parallel()
	l := inMemory(t, newBook(t), journal.NewMemory())
	submit(t, l, setup(3)...)
	l.Move("fvolunteer/"+string(volunteer(0)), "fvolunteer/"+string(volunteer(1)))
	v, done, err := l.View(t.Context(), store.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		done()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := v.Balance(volunteer(1)); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("a moved row: got %v, want %v", err, ledger.ErrCorrupt)
	}
	if _, err := v.Balance(volunteer(0)); err != nil {
		t.Errorf("a row beside it: %v", err)
	}
}

// A file that does not exist is not made by reading.
func TestReadingWritesNothing(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, declared(3)...)
	before := listing(t, dir)
	v, err := store.Fold(context.WithoutCancel(t.Context()), dir, store.AsOf{}, store.FoldOptions{Clock: newClock().now})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := v.Balance(volunteer(0)); err != nil || b.Pending != 100 {
		t.Errorf("balance by folding: got %+v, %v", b, err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("folding changed the directory from\n%s\nto\n%s", before, after)
	}
}

// listing names every file of a directory with its size and time of change.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
