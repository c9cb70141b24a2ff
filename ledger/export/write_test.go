package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/export"
	"aixin/ledger/ledgertest"
)

// folder keeps the files of an export in memory.
type folder map[string]string

func (f folder) create(name string) (io.WriteCloser, error) {
	if _, twice := f[name]; twice {
		return nil, fmt.Errorf("written twice")
	}
	return &kept{name: name, in: f}, nil
}

type kept struct {
	bytes.Buffer
	name string
	in   folder
}

func (k *kept) Close() error {
	k.in[k.name] = k.String()
	return nil
}

// entries yields the first n entries of a journal.
func entries(m *ledgertest.Memory, n ledger.Index) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, line := range m.Journal[:n] {
			if !yield(ledger.ParseLine(line)) {
				return
			}
		}
	}
}

// bookOf is a book in memory as it is exported.
func bookOf(m *ledgertest.Memory) export.Book {
	return export.Book{Origin: "aixin.test/export", View: m.View(ledger.DateOf(m.At().In(m.Zone()))), Entries: entries(m, m.Next())}
}

// stream is what a seed asks for, a month or more of it.
func stream(t *testing.T, seed uint64, commands int) *ledgertest.Memory {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m := ledgertest.NewMemory(zone)
	if err := m.Play(seed, commands); err != nil {
		t.Fatal(err)
	}
	return m
}

// written exports a book and holds what the manifest says against the files.
func written(t *testing.T, b export.Book, f export.Format) (folder, export.Manifest) {
	t.Helper()
	out := folder{}
	m, err := export.Write(out.create, b, f)
	if err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	var names []string
	for _, file := range m.Files {
		names = append(names, file.Name)
		if int64(len(out[file.Name])) != file.Bytes {
			t.Errorf("%s: %d bytes, the manifest says %d", file.Name, len(out[file.Name]), file.Bytes)
		}
	}
	if want := slices.Sorted(maps.Keys(out)); !slices.Equal(slices.Sorted(slices.Values(append(names, m.Name()))), want) {
		t.Errorf("%s: the manifest names %v, there are %v", f, names, want)
	}
	origin, listed, err := export.ParseManifest(out[m.Name()])
	if err != nil || origin != b.Origin || !slices.Equal(listed, names) {
		t.Errorf("%s: the manifest reads back as %s, %v, %v", f, origin, listed, err)
	}
	return out, m
}

// The same entries give the same bytes, and a month that is over keeps its bytes in every later export.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	m := stream(t, 1, 1400)
	early := stream(t, 1, 1000)
	for _, f := range export.Formats() {
		all, _ := written(t, bookOf(m), f)
		again, _ := written(t, bookOf(m), f)
		if d := cmp.Diff(all, again); d != "" {
			t.Errorf("%s: written twice, first (-), second (+):\n%s", f, d)
		}
		before, _ := written(t, bookOf(early), f)
		open := early.At().In(early.Zone()).Format("2006-01")
		over := 0
		for name, text := range before {
			switch {
			case !strings.Contains(name, "-2026-") && !strings.Contains(name, "/2026-"), strings.Contains(name, open):
				continue
			case all[name] != text:
				t.Errorf("%s: %s changed after its month", f, name)
			}
			over++
		}
		if over == 0 {
			t.Errorf("%s: no month was over in %v", f, slices.Sorted(maps.Keys(before)))
		}
	}
}

// Nothing but ASCII stands where programs read, and no name of anybody.
func TestASCII(t *testing.T) {
	t.Parallel()
	for _, f := range []export.Format{export.Journal, export.Beancount} {
		out, _ := written(t, bookOf(stream(t, 2, 400)), f)
		for name, text := range out {
			if i := strings.IndexFunc(text, func(r rune) bool { return r > 126 }); i >= 0 && name != export.ReadmeName {
				t.Errorf("%s: %q", name, text[i:min(i+20, len(text))])
			}
		}
	}
}

// A posting that the view does not know of, one that is lacking, and a journal that ends early are found before anything counts as
// exported.
func TestDifference(t *testing.T) {
	t.Parallel()
	m := stream(t, 3, 300)
	forge := func(change func(*ledger.Entry) bool) export.Book {
		b := bookOf(m)
		b.Entries = func(yield func(ledger.Entry, error) bool) {
			done := false
			for e, err := range entries(m, m.Next()) {
				done = done || change(&e)
				if !yield(e, err) {
					return
				}
			}
		}
		return b
	}
	short := bookOf(m)
	short.Entries = entries(m, m.Next()-1)
	for name, b := range map[string]export.Book{
		"more": forge(func(e *ledger.Entry) bool {
			if len(e.Postings) == 0 {
				return false
			}
			e.Postings[0].Amount++
			return true
		}),
		"none": forge(func(e *ledger.Entry) bool { had := len(e.Postings) > 0; e.Postings = nil; return had }),
		"other lot": forge(func(e *ledger.Entry) bool {
			for i, p := range e.Postings {
				if p.Lot != 0 && p.Lot.Entry() == e.Index {
					e.Postings[i].Lot++
					return true
				}
			}
			return false
		}),
		"ends early": short,
	} {
		out := folder{}
		manifest, err := export.Write(out.create, b, export.Journal)
		if !errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("%s: got %v, want an error that wraps ErrCorrupt", name, err)
		}
		if _, there := out[manifest.Name()]; there {
			t.Errorf("%s: there is a manifest all the same", name)
		}
	}
}

// A folder that takes nothing, and entries that cannot be read, are told.
func TestFaults(t *testing.T) {
	t.Parallel()
	m := stream(t, 4, 50)
	full := errors.New("no room")
	for _, f := range export.Formats() {
		refuse := func(string) (io.WriteCloser, error) { return nil, full }
		if _, err := export.Write(refuse, bookOf(m), f); !errors.Is(err, full) {
			t.Errorf("%s, no file: got %v", f, err)
		}
		if _, err := export.Write(func(string) (io.WriteCloser, error) { return brim{full}, nil }, bookOf(m), f); !errors.Is(err, full) {
			t.Errorf("%s, no room: got %v", f, err)
		}
		b := bookOf(m)
		b.Entries = func(yield func(ledger.Entry, error) bool) { yield(ledger.Entry{}, full) }
		if _, err := export.Write(folder{}.create, b, f); !errors.Is(err, full) {
			t.Errorf("%s, no entries: got %v", f, err)
		}
	}
	if _, err := export.Write(folder{}.create, bookOf(m), "abacus"); err == nil {
		t.Errorf("an unknown format was written")
	}
	if _, _, err := export.ParseManifest("abc"); err == nil {
		t.Errorf("what is no manifest was read")
	}
}

// brim takes nothing.
type brim struct{ err error }

func (b brim) Write([]byte) (int, error) { return 0, b.err }
func (b brim) Close() error              { return nil }

// Every class of accounts that the ledger declares stands on a side, and is explained to the auditor.
func TestAccountName(t *testing.T) {
	t.Parallel()
	told, err := os.ReadFile("readme.md")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]bool{}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\sClass += "([a-z]+)"`).FindAllSubmatch(text, -1) {
			classes[string(m[1])] = true
		}
	}
	if len(classes) < 18 {
		t.Errorf("found %d classes: the ledger has more", len(classes))
	}
	for c := range classes {
		name := strings.TrimSuffix(export.AccountName(ledger.ParseAccountID(c+":V")), "V")
		if strings.HasPrefix(name, "Equity:") {
			t.Errorf("%s has no side", c)
		}
		if !strings.Contains(string(told), name) {
			t.Errorf("%s is %s, which the README of an export does not explain", c, name)
		}
	}
}
