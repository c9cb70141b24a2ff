package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

// readAll opens a journal and reads it from the first entry: the bytes of its batches and the first error.
func readAll(tb testing.TB, dir string) (string, error) {
	tb.Helper()
	f, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return "", err
	}
	defer func() {
		if err := f.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	}()
	var all []byte
	for b, err := range f.Read(tb.Context(), 0) {
		if err != nil {
			return string(all), err
		}
		all = append(all, b.Data...)
	}
	return string(all), nil
}

// Damage is named with the index due at the first bad line.
func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	a, b, d, e := string(c.Next(2).Data), string(c.Next(2).Data), string(c.Next(1).Data), string(c.Next(3).Data)
	lines := strings.SplitAfter(b, "\n") // entries 2 and 3, a head of size 4
	zero, two, four, five := segment(0), segment(2), segment(4), segment(5)
	for name, test := range map[string]struct {
		files map[string]string
		want  ledger.Index
	}{
		"a line of text":               {map[string]string{zero: a + lines[0] + "text\n" + lines[1] + lines[2]}, 3},
		"an empty line":                {map[string]string{zero: a + "\n" + b}, 2},
		"a line lost":                  {map[string]string{zero: a + lines[1] + lines[2]}, 2},
		"a line twice":                 {map[string]string{zero: a + lines[0] + lines[0] + lines[1] + lines[2]}, 3},
		"lines in another order":       {map[string]string{zero: a + lines[1] + lines[0] + lines[2]}, 2},
		"a leading zero":               {map[string]string{zero: a + strings.Replace(b, `:2,`, `:02,`, 1)}, 2},
		"a head lost":                  {map[string]string{zero: a + lines[0] + lines[1] + e}, 4},
		"a head twice":                 {map[string]string{zero: a + b + lines[2] + d}, 4},
		"a head of another size":       {map[string]string{zero: a + strings.Replace(b, `"size":4`, `"size":5`, 1) + d}, 4},
		"a head with a space":          {map[string]string{zero: a + strings.Replace(b, `"size":4`, `"size": 4`, 1) + d}, 4},
		"a batch lost":                 {map[string]string{zero: a + d}, 2},
		"the first batch lost":         {map[string]string{zero: b}, 0},
		"a line that is too long":      {map[string]string{zero: a + lines[0] + strings.Repeat("x", ledger.MaxLine+9) + "\n" + b}, 3},
		"the first segment missing":    {map[string]string{two: b}, 0},
		"no segment":                   {nil, 0},
		"a segment missing":            {map[string]string{zero: a, four: d}, 2},
		"two segments missing":         {map[string]string{zero: a, five: e}, 2},
		"a segment that overlaps":      {map[string]string{zero: a + b, two: b}, 2},
		"a closed segment empty":       {map[string]string{zero: a, two: "", four: d}, 2},
		"the first segment empty":      {map[string]string{zero: "", two: b}, 0},
		"a closed segment torn":        {map[string]string{zero: a + lines[0], two: b}, 3},
		"a closed segment torn inside": {map[string]string{zero: a + lines[0][:30], two: b}, 2},
		"a closed segment without end": {map[string]string{zero: a + "x", two: b}, 2},
		"a closed segment's head":      {map[string]string{zero: a + strings.Replace(b, `{"head"`, `{"haed"`, 1), four: d}, 4},
		"a file of another kind":       {map[string]string{zero: a, "notes.txt": ""}, 0},
		"a file of another name":       {map[string]string{zero: a, "2.jsonl": b}, 0},
		"a negative name":              {map[string]string{zero: a, "-0000000000000000002.jsonl": b}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(t, lay(t, test.files))
			wantCorrupt(t, err, test.want)
		})
	}
}

func TestFolderIsNoSegment(t *testing.T) {
	t.Parallel()
	dir := lay(t, nil)
	if err := os.Mkdir(filepath.Join(dir, "journal", segment(0)), 0o750); err != nil {
		t.Fatal(err)
	}
	_, err := readAll(t, dir)
	wantCorrupt(t, err, 0)
}

func wantCorrupt(t *testing.T, err error, want ledger.Index) {
	t.Helper()
	var damage *ledger.CorruptError
	if !errors.As(err, &damage) || !errors.Is(err, ledger.ErrCorrupt) {
		t.Fatalf("got %v, want damage at %d", err, want)
	}
	if damage.Index != want {
		t.Errorf("got damage at %d (%v), want %d", damage.Index, err, want)
	}
}

// Whichever byte is changed, nothing is made up: reading ends with damage that names a line of the batch, or before the last
// batch because its head line is gone, or yields the changed byte to whoever checks the roots.
func TestEveryByteFlipped(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	zero := string(c.Next(2).Data) + string(c.Next(1).Data)
	three := string(c.Next(2).Data)
	content, last := zero+three, len(zero)
	for i := range len(content) {
		flipped := []byte(content)
		flipped[i] ^= 1 << (i % 8)
		dir := lay(t, map[string]string{segment(0): string(flipped[:last]), segment(3): string(flipped[last:])})
		got, err := readAll(t, dir)
		var damage *ledger.CorruptError
		switch {
		case errors.As(err, &damage):
			before := ledger.Index(strings.Count(content[:i], `{"index"`))
			if damage.Index > before || damage.Index < before-1 {
				t.Errorf("byte %d flipped: got damage at %d, want it at or before %d", i, damage.Index, before)
			}
		case err != nil:
			t.Errorf("byte %d flipped: %v", i, err)
		case got == content[:last] && i >= last, got == string(flipped):
		default:
			t.Errorf("byte %d flipped: got %q", i, got)
		}
	}
}

// Whatever the bytes are, reading them gives batches that stand there in this order, from the first byte on, and then damage
// or an end behind the last line that could be a head. In memory and from a file it is the same.
func FuzzRead(f *testing.F) {
	var c journaltest.Chain
	for _, n := range []int{1, 3, 2} {
		c.Next(n)
		content := c.Content()
		f.Add([]byte(content))
		f.Add([]byte(content[:len(content)-1]))
		f.Add([]byte(content[:len(content)/2] + content[len(content)/2+1:]))
		f.Add([]byte(content + content))
		f.Add([]byte(content + "\x00\x00\n"))
	}
	dir := lay(f, map[string]string{segment(0): ""})
	f.Fuzz(func(t *testing.T, data []byte) {
		inMemory, splitErr := split(t, data)
		write(t, filepath.Join(dir, "journal", segment(0)), string(data))
		fromFile, readErr := readAll(t, dir)
		if splitErr == nil && (readErr != nil || fromFile != inMemory) {
			t.Errorf("split: %q; read: %q, %v", inMemory, fromFile, readErr)
		}
		if splitErr != nil {
			if readErr == nil {
				t.Fatalf("split found %v, read nothing", splitErr)
			}
			var want *ledger.CorruptError
			if !errors.As(splitErr, &want) {
				t.Fatalf("split: got %v, want damage", splitErr)
			}
			wantCorrupt(t, readErr, want.Index)
		}
	})
}

func split(t *testing.T, data []byte) (string, error) {
	t.Helper()
	got, due := 0, ledger.Index(0)
	for b, err := range journal.Split(data, 0) {
		if err != nil {
			return string(data[:got]), err
		}
		if !bytes.HasPrefix(data[got:], b.Data) || b.First() != due {
			t.Fatalf("batch %q of entries from %d does not stand at %d", b.Data, b.First(), got)
		}
		if err := b.Follows(ledger.Head{Size: due}); err != nil {
			t.Fatal(err)
		}
		for i, line := range b.Lines() {
			if i != due || !bytes.HasPrefix(line, fmt.Appendf(nil, `{"index":%d,`, i)) {
				t.Fatalf("line %d is %q", i, line)
			}
			due++
		}
		got += len(b.Data)
	}
	if rest := data[got:]; bytes.Contains(append([]byte("\n"), rest[:bytes.LastIndexByte(rest, '\n')+1]...), []byte("\n{\"head\":")) {
		t.Fatalf("a head line was passed over in %q", rest)
	}
	return string(data[:got]), nil
}
