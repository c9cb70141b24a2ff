package export

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"aixin/ledger"
)

// Create begins a file of an export. Names have slashes: csv/entries-2026-01.csv.
type Create func(name string) (io.WriteCloser, error)

// Manifest says what an export holds.
type Manifest struct {
	Format Format
	Origin string
	Head   ledger.Head
	Files  []File // in the order of their names, without the manifest
	// In the format Beancount: how many draws from lots it finds by itself, and how many had to name theirs. See the package comment.
	Derived, Named int
}

// File is a file of an export.
type File struct {
	Name   string
	SHA256 [sha256.Size]byte
	Bytes  int64
}

// Name returns the name of the manifest's own file.
func (m Manifest) Name() string { return string(m.Format) + manifestAfter }

// The first lines of a manifest.
const (
	manifestFormat = "# aixin export "
	manifestOrigin = "# origin "
)

// String writes the manifest in the form that sha256sum -c reads; what it says of the book stands in comments.
func (m Manifest) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s %d\n%s%s\n# entries %d\n# root %s\n", manifestFormat, m.Format, version, manifestOrigin, m.Origin, m.Head.Size, formatHash(m.Head.Root))
	if m.Head.Size > 0 {
		fmt.Fprintf(&b, "# at %s\n", formatAt(m.Head.At))
	}
	if m.Format == Beancount {
		fmt.Fprintf(&b, "# draws that beancount derives %d, that name their lots %d\n", m.Derived, m.Named)
	}
	for _, f := range m.Files {
		fmt.Fprintf(&b, "%x  %s\n", f.SHA256, f.Name)
	}
	return b.String()
}

// ParseManifest reads of which book a manifest is and which files it names. What is no manifest is an error.
func ParseManifest(text string) (origin string, files []string, err error) {
	if !strings.HasPrefix(text, manifestFormat) {
		return "", nil, errors.New("not the manifest of an export")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if o, ok := strings.CutPrefix(line, manifestOrigin); ok {
			origin = o
		}
		if _, name, ok := strings.Cut(line, "  "); ok && !strings.HasPrefix(line, "#") {
			files = append(files, name)
		}
	}
	return origin, files, nil
}

// count counts the draws of an entry, one for each account that it drew from.
func (m *Manifest) count(moves []move) {
	seen := map[ledger.AccountKey]bool{}
	for _, v := range moves {
		if v.Lot == 0 || v.Adds || seen[keyOf(v.Posting)] {
			continue
		}
		seen[keyOf(v.Posting)] = true
		if v.Plain {
			m.Derived++
		} else {
			m.Named++
		}
	}
}

// files creates the files of an export and remembers what was written into them.
type files struct {
	create  Create
	written []File
}

// file is one of them. Its writer keeps the first error, which closing tells.
type file struct {
	*bufio.Writer
	to    io.WriteCloser
	sum   hash.Hash
	bytes int64
	name  string
	in    *files
}

// write counts and sums what the buffer hands on.
func (f *file) write(b []byte) (int, error) {
	n, err := f.to.Write(b)
	f.sum.Write(b[:n])
	f.bytes += int64(n)
	return n, err
}

// through is where the buffer of a file goes.
type through struct{ f *file }

func (t through) Write(b []byte) (int, error) { return t.f.write(b) }

func (o *files) begin(name string) (*file, error) {
	to, err := o.create(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &file{to: to, sum: sha256.New(), name: name, in: o}
	f.Writer = bufio.NewWriterSize(through{f}, 1<<16)
	return f, nil
}

// text writes strings. An error stays in the buffer until the file is closed.
func (f *file) text(parts ...string) {
	for _, p := range parts {
		if _, err := f.WriteString(p); err != nil {
			return
		}
	}
}

// close completes the file and puts it on the list. No file is closed well.
func (f *file) close() error {
	if f == nil {
		return nil
	}
	if err := errors.Join(f.Flush(), f.to.Close()); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	done := File{Name: f.name, Bytes: f.bytes}
	f.sum.Sum(done.SHA256[:0])
	at, _ := slices.BinarySearchFunc(f.in.written, done, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	f.in.written = slices.Insert(f.in.written, at, done)
	return nil
}

// whole writes a file at once.
func (o *files) whole(name, text string) error {
	f, err := o.begin(name)
	if err != nil {
		return err
	}
	f.text(text)
	return f.close()
}
