package bench_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/export"
	"aixin/ledger/ledgertest"
	"aixin/ledger/report"
	"aixin/store"
)

// BenchmarkAuditFigures prints what an auditor waits for, beside what other programs take for the same book: make bench-audit. AIXIN_AUDIT
// names the size of the year (small, medium, large); AIXIN_AUDIT_BOOK a folder that keeps the book from one run to the next.
func BenchmarkAuditFigures(b *testing.B) {
	size, ok := map[string]ledgertest.Size{"small": ledgertest.Small(), "medium": ledgertest.Medium(), "large": ledgertest.Large()}[os.Getenv("AIXIN_AUDIT")]
	if !ok {
		b.Skip("make bench-audit asks for it")
	}
	f := figures{TB: b, dir: os.Getenv("AIXIN_AUDIT_BOOK")}
	if f.dir == "" {
		f.dir = filepath.Join(b.TempDir(), "year")
	}
	if _, err := os.Stat(filepath.Join(f.dir, "book.json")); err != nil {
		var clock atomic.Int64
		loadYear(b, f.dir, size, &clock, func() time.Time { return time.UnixMilli(clock.Load()) })
	}
	f.hashed()
	f.reported()
}

// figures measures on one book.
type figures struct {
	testing.TB
	dir string
}

// say prints a figure beside the load of the machine, without which it says little.
func (f *figures) say(format string, args ...any) {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("?")
	}
	first, _, _ := strings.Cut(string(load), " ")
	f.Logf("%-90s load %s", fmt.Sprintf(format, args...), first)
}

// best is how long something takes: the shortest of three times, as others may be at work.
func (f *figures) best(times int, do func() error) time.Duration {
	f.Helper()
	least := time.Duration(0)
	for range times {
		start := time.Now()
		if err := do(); err != nil {
			f.Fatal(err)
		}
		if took := time.Since(start); least == 0 || took < least {
			least = took
		}
	}
	return least
}

// program is how long another program takes, in a folder.
func (f *figures) program(times int, dir, name string, args ...string) time.Duration {
	f.Helper()
	return f.best(times, func() error {
		cmd := exec.CommandContext(f.Context(), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%.1000s", name, err, out)
		}
		return nil
	})
}

// hashed holds verify and audit in one walk against sha256sum of the same files.
func (f *figures) hashed() {
	files, err := filepath.Glob(filepath.Join(f.dir, "journal", "*.jsonl"))
	if err != nil || len(files) == 0 {
		f.Fatal(err, files)
	}
	sum := f.program(5, f.dir, "sha256sum", files...)
	var size ledger.Index
	var wrong int
	both := f.best(2, func() error {
		found, verified, err := audited(f.Context(), f.dir)
		size, wrong = verified.Head.Size, found.Count(audit.Wrong)
		return err
	})
	f.say("%d entries: sha256sum %v; verify + audit %v, %.1f times (aim 12); %d errors", size, sum, both, both.Seconds()/sum.Seconds(), wrong)
	if wrong > 0 {
		f.Errorf("the audit finds %d errors in a lawful book", wrong)
	}
}

// audited verifies and audits in one walk.
func audited(ctx context.Context, dir string) (found audit.Report, verified store.VerifyReport, err error) {
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		return found, verified, err
	}
	verified, err = store.Verify(ctx, dir, store.VerifyOptions{Read: func(entries iter.Seq2[ledger.Entry, error]) (err error) {
		found, err = audit.Run(audit.Options{Zone: zone}, entries)
		return err
	}})
	return found, verified, err
}

// reported holds the reports against what the other programs take for the balances of the same book.
func (f *figures) reported() {
	l, err := store.Open(f.Context(), f.dir, store.Options{Clock: time.Now, NoScrub: true, ClockOK: true})
	if err != nil {
		f.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			f.Error(err)
		}
	}()
	v, done, err := l.View(f.Context(), store.AsOf{})
	if err != nil {
		f.Fatal(err)
	}
	defer done()
	entries := func() iter.Seq2[ledger.Entry, error] { return store.Entries(f.Context(), f.dir, 0) }
	period := report.Period{}
	everything, err := report.ScopeOf(v, "")
	if err != nil {
		f.Fatal(err)
	}
	trial := f.best(3, func() error {
		_, err := report.TurnoverOf(v, everything, period, entries())
		return err
	})
	stock := f.best(3, func() error {
		_, err := report.StockOf(v, everything, period, entries())
		return err
	})
	to := f.TempDir()
	create := func(name string) (io.WriteCloser, error) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o700); err != nil {
			return nil, err
		}
		return os.Create(filepath.Join(to, name))
	}
	for _, form := range export.Formats() {
		if _, err := export.Write(create, export.Book{Origin: "aixin.test/year", View: v, Entries: entries()}, form); err != nil {
			f.Fatal(err)
		}
	}
	f.say("trial balance %v, stock card %v", trial, stock)
	for _, line := range [][]string{
		{"hledger", "-f", export.JournalName, "balance", "--flat"},
		{"ledger", "-f", export.JournalName, "balance", "--flat"},
		{"bean-check", export.ExplicitName},
	} {
		took := f.program(1, to, line[0], line[1:]...)
		f.say("%s %v: %.0f times the trial balance, %.0f times the stock card (aim 20)", line[0], took, took.Seconds()/trial.Seconds(), took.Seconds()/stock.Seconds())
	}
}
