package main

import (
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/store"
)

// BenchmarkRedrawn prints what it takes to draw every text of a year again that hung out, and to compare it (R29): make bench-audit.
func BenchmarkRedrawn(b *testing.B) {
	var clock atomic.Int64
	dir := yearBook(b, "AIXIN_AUDIT", &clock, func() time.Time { return time.UnixMilli(clock.Load()) })
	info, err := store.ReadBook(dir)
	if err != nil {
		b.Fatal(err)
	}
	o := audit.Options{Checks: []audit.Number{"R29"}}
	if o.Zone, err = info.Location(); err != nil {
		b.Fatal(err)
	}
	look := func(o audit.Options) (audit.Report, time.Duration) {
		start := time.Now()
		found, err := audit.Run(o, store.Entries(b.Context(), dir, 0))
		if err != nil {
			b.Fatal(err)
		}
		return found, time.Since(start)
	}
	_, alone := look(o)
	var texts []string // in the order of their entries: the files of a year that nobody lived through have no hashes of their own
	bytes, next := 0, 0
	write := drawer(false)
	o.Evidence = hungOut(b, dir, func() (string, error) { return "", nil })
	o.Draw = func(d *audit.Drawn) ([]string, error) {
		out, err := write(d)
		if err == nil {
			texts = append(texts, named.ReplaceAllString(out[0], "W*g"))
		}
		return out, err
	}
	look(o) // what hung out, as somebody wrote it who knows names
	o.Draw = write
	o.Evidence = hungOut(b, dir, func() (string, error) { next++; return texts[next-1], nil })
	found, drawn := look(o)
	for _, text := range texts {
		bytes += len(text)
	}
	b.Logf("R29 without the texts %v; with %d texts of %d bytes drawn again and compared %v; %d errors", alone, len(texts), bytes, drawn, found.Count(audit.Wrong))
}

// named is what stands in place of a name where a text is drawn again.
var named = regexp.MustCompile("\x01[^\x01]*\x01")

// hungOut is a folder of evidence that has every text that the book says hung out.
func hungOut(b *testing.B, dir string, text func() (string, error)) map[string]audit.File {
	b.Helper()
	files := map[string]audit.File{}
	for e, err := range store.Entries(b.Context(), dir, 0) {
		if err != nil {
			b.Fatal(err)
		}
		keep := func(hash string, size int64) {
			files[hash] = audit.File{Size: size, Text: text}
		}
		switch body := e.Body.(type) {
		case *ledger.PostNotice:
			keep(body.SHA256, body.Size)
		case *ledger.Publish:
			keep(body.SHA256, body.Size)
		}
	}
	return files
}
