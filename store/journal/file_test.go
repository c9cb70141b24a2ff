package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

func TestFileConformance(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(t *testing.T) journal.Journal {
		t.Helper()
		_, f := create(t, journal.Options{SegmentSize: 1000})
		return f
	})
}

// create makes a journal in a directory of its own.
func create(tb testing.TB, o journal.Options) (dir string, f *journal.File) {
	tb.Helper()
	dir = tb.TempDir()
	if err := journal.Create(dir); err != nil {
		tb.Fatal(err)
	}
	return dir, open(tb, dir, o)
}

// open opens the journal of a directory until the test ends.
func open(tb testing.TB, dir string, o journal.Options) *journal.File {
	tb.Helper()
	f, err := journal.Open(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return f
}

// grow appends a batch of each size.
func grow(tb testing.TB, j journal.Journal, c *journaltest.Chain, sizes ...int) {
	tb.Helper()
	for _, n := range sizes {
		after := c.Head()
		journaltest.Append(tb, j, after, c.Next(n))
	}
}

// segments returns the content of each file of the journal.
func segments(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "journal", "*"))
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]string{}
	for _, path := range paths {
		all[filepath.Base(path)] = read(tb, path)
	}
	return all
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	data, err := fs.ReadFile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// lay makes a directory whose journal has these files.
func lay(tb testing.TB, files map[string]string) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "journal"), 0o750); err != nil {
		tb.Fatal(err)
	}
	for name, data := range files {
		write(tb, filepath.Join(dir, "journal", name), data)
	}
	return dir
}

func write(tb testing.TB, path, data string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// segment is the name of the file of the segment that begins with that entry.
func segment(first int) string { return fmt.Sprintf("%020d.jsonl", first) }

func TestCreateAndOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := journal.Open(dir, journal.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open without a journal: got %v, want fs.ErrNotExist", err)
	}
	if err := journal.Create(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{segment(0): ""}, segments(t, dir)); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if err := journal.Create(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create twice: got %v, want fs.ErrExist", err)
	}
}

// A segment that has reached its size is closed: the next batch begins another, named for its first entry, and what is closed
// stays as it is.
func TestSegmentsRoll(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	size := int64(len(c.Peek(2).Data))
	dir, f := create(t, journal.Options{SegmentSize: 2*size - 1})
	want, name := map[string]string{}, segment(0)
	for i := range 7 {
		if i%2 == 0 {
			name = segment(2 * i)
		}
		end, err := f.End(t.Context())
		if got, at := end.String(), fmt.Sprintf("%s:%d", name, len(want[name])); err != nil || got != at {
			t.Errorf("end before batch %d: got %s, %v, want %s", i, got, err, at)
		}
		after, b := c.Head(), c.Next(2)
		journaltest.Append(t, f, after, b)
		want[name] += string(b.Data)
		if diff := cmp.Diff(want, segments(t, dir)); diff != "" {
			t.Fatalf("after batch %d (-want +got):\n%s", i, diff)
		}
		if i == 3 { // nothing hangs on who writes
			f = open(t, dir, journal.Options{SegmentSize: 2*size - 1})
		}
	}
	if got := journaltest.Content(t, f, 0); got != c.Content() {
		t.Errorf("read: got %q, want %q", got, c.Content())
	}
}

// Where a batch and its lines stand is known when it is read, and each line can be read alone.
func TestPositions(t *testing.T) {
	t.Parallel()
	for name, j := range placed(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c journaltest.Chain
			var begins []journal.Position
			for n := range 9 {
				end, err := j.End(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				begins = append(begins, end)
				grow(t, j, &c, n+1)
			}
			n := 0
			for b, err := range j.Batches(t.Context(), 0) {
				if err != nil {
					t.Fatal(err)
				}
				if b.At != begins[n] {
					t.Errorf("batch %d: read at %v, appended at %v", n, b.At, begins[n])
				}
				n++
				at := b.At
				for i, line := range b.Lines() {
					got, err := j.LineAt(at, len(line))
					if want := journaltest.Line(i); err != nil || string(got) != want {
						t.Errorf("line at %v: got %q, %v, want %q", at, got, err, want)
					}
					for _, wrong := range []int{-1, len(line) - 1, len(line) + 1, ledger.MaxLine, 1 << 40} {
						if got, err := j.LineAt(at, wrong); !errors.Is(err, ledger.ErrCorrupt) {
							t.Errorf("line of %d bytes at %v: got %q, %v, want ErrCorrupt", wrong, at, got, err)
						}
					}
					at.Offset += int64(len(line)) + 1
				}
			}
			if n != len(begins) {
				t.Errorf("read %d batches, want %d", n, len(begins))
			}
		})
	}
}

// placedJournal is what both journals offer beyond the interface.
type placedJournal interface {
	journal.Journal
	End(context.Context) (journal.Position, error)
	Batches(context.Context, ledger.Index) iter.Seq2[journal.Placed, error]
	LineAt(at journal.Position, n int) ([]byte, error)
}

func placed(t *testing.T) map[string]placedJournal {
	t.Helper()
	_, f := create(t, journal.Options{SegmentSize: 1500})
	return map[string]placedJournal{"file": f, "memory": journal.NewMemory()}
}

// LineAt reads from more segments than it keeps open.
func TestLineAtManySegments(t *testing.T) {
	t.Parallel()
	_, f := create(t, journal.Options{SegmentSize: 1})
	var c journaltest.Chain
	for range 70 {
		grow(t, f, &c, 1)
	}
	for _, i := range []ledger.Index{0, 69, 1} {
		for at := range ledger.Index(70) {
			at = (at + i) % 70
			want := journaltest.Line(at)
			if got, err := f.LineAt(journal.Position{Segment: at}, len(want)); err != nil || string(got) != want {
				t.Fatalf("line %d: got %q, %v", at, got, err)
			}
		}
	}
}

// A journal of many chunks is found into, whatever the entry asked for and however large the batches are.
func TestReadFromLargeSegments(t *testing.T) {
	t.Parallel()
	dir, f := create(t, journal.Options{SegmentSize: 3 << 20})
	c := journaltest.Chain{Make: func(i ledger.Index) string {
		return journaltest.Line(i)[:60+i%10] + strings.Repeat("x", int(i*i)%2000) + "}"
	}}
	sizes := []int{1, 2, 3000, 1, 500, 1, 1}
	for i := range 40 {
		grow(t, f, &c, sizes[i%len(sizes)]/(1+i/len(sizes))+1)
	}
	if n := len(segments(t, dir)); n < 3 {
		t.Fatalf("%d segments are too few for this test", n)
	}
	if journaltest.Content(t, f, 0) != c.Content() {
		t.Error("the content is not what was appended")
	}
	total := c.Head().Size
	for i := ledger.Index(0); i < total; i += 97 {
		line, err := journal.Line(t.Context(), f, i)
		if want := c.Make(i); err != nil || string(line) != want {
			t.Fatalf("line %d: got %.80q, %v, want %.80q", i, line, err, want)
		}
	}

	var all []byte
	due := ledger.Index(0)
	for chunk, err := range f.Scan(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if chunk.First != due {
			t.Errorf("chunk at %v: got first %d, want %d", chunk.At, chunk.First, due)
		}
		all, due = append(all, chunk.Data...), chunk.Head.Size
		chunk.Release()
	}
	if string(all) != c.Content() || due != total {
		t.Errorf("scan: got %d bytes and %d entries, want %d and %d", len(all), due, len(c.Content()), total)
	}
}

// Two writers that ignore the lock still do not overwrite one another, at the end of a segment or at the beginning of one.
func TestSecondWriter(t *testing.T) {
	t.Parallel()
	for _, o := range []journal.Options{{}, {SegmentSize: 1}} {
		dir, f := create(t, o)
		var c journaltest.Chain
		grow(t, f, &c, 2)
		other := open(t, dir, o)
		after, mine := c.Head(), c.Peek(1)
		grow(t, other, &c, 3)
		if err := f.Append(t.Context(), after, mine); !errors.Is(err, journal.ErrMoved) {
			t.Errorf("%+v: got %v, want ErrMoved", o, err)
		}
		grow(t, f, &c, 1) // having read on
		if got := journaltest.Content(t, other, 0); got != c.Content() {
			t.Errorf("%+v: got %q, want %q", o, got, c.Content())
		}
	}
}

func TestBuilder(t *testing.T) {
	t.Parallel()
	var b journal.Builder
	buf := make([]byte, 0, 4096)
	b.Reset(buf)
	var c journaltest.Chain
	want := c.Next(2)
	for i := range ledger.Index(2) {
		if got := string(b.AddLine([]byte(journaltest.Line(i)))); got != journaltest.Line(i) {
			t.Errorf("add: got %q, want %q", got, journaltest.Line(i))
		}
	}
	if b.Len() != 2 || b.Size() != 2*len(journaltest.Line(0))+2 {
		t.Errorf("got %d entries in %d bytes", b.Len(), b.Size())
	}
	got := b.Seal(c.Head())
	if string(got.Data) != string(want.Data) || got.First() != 0 || got.Len() != 2 {
		t.Errorf("seal: got %q, first %d, want %q", got.Data, got.First(), want.Data)
	}
	if &got.Data[0] != &buf[:1][0] {
		t.Error("the batch is not in the memory that was given")
	}
	if b.Len() != 0 || b.Size() != 0 {
		t.Errorf("after seal: %d entries in %d bytes, want none", b.Len(), b.Size())
	}
	for range want.Lines() {
		break // an early end is allowed
	}
	if lines := slices.Collect(keys(want)); !slices.Equal(lines, []ledger.Index{0, 1}) {
		t.Errorf("lines: got %v", lines)
	}
}

func keys(b journal.Batch) iter.Seq[ledger.Index] {
	return func(yield func(ledger.Index) bool) {
		for i := range b.Lines() {
			if !yield(i) {
				return
			}
		}
	}
}
