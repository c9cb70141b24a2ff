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
	"syscall"
	"testing"
	"time"

	"aixin/ledger"
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
	f := figures{b, os.Getenv("AIXIN_AUDIT_BOOK")}
	if f.dir == "" {
		f.dir = filepath.Join(b.TempDir(), "year")
	}
	if _, err := os.Stat(filepath.Join(f.dir, "book.json")); err != nil {
		var clock atomic.Int64
		loadYear(b, f.dir, size, &clock, func() time.Time { return time.UnixMilli(clock.Load()) })
	}
	b.Run("verified", func(b *testing.B) { figures{b, f.dir}.hashed() })
	b.Run("reported", func(b *testing.B) { figures{b, f.dir}.reported() })
}

// figures measures on one book.
type figures struct {
	testing.TB
	dir string
}

// say prints a figure as soon as it is known, beside the load of the machine, without which it says little.
func (f figures) say(format string, args ...any) {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("?")
	}
	first, _, _ := strings.Cut(string(load), " ")
	fmt.Fprintf(os.Stderr, "%-90s load %s\n", fmt.Sprintf(format, args...), first)
}

// cost is what something took: by the clock, and of the processors, which others on the machine lengthen far less.
type cost struct{ wall, cpu time.Duration }

// String names both.
func (c cost) String() string {
	return fmt.Sprintf("%v (processor %v)", c.wall.Round(time.Millisecond), c.cpu.Round(time.Millisecond))
}

// times says how many times another cost this is, by the clock and of the processors.
func (c cost) times(o cost) string {
	return fmt.Sprintf("%.1f times (processor %.1f)", c.wall.Seconds()/o.wall.Seconds(), c.cpu.Seconds()/o.cpu.Seconds())
}

// best is what something costs: the least of several times, as others may be at work.
func (f figures) best(times int, do func() (time.Duration, error)) (least cost) {
	f.Helper()
	for i := range times {
		start := time.Now()
		cpu, err := do()
		if err != nil {
			f.Fatal(err)
		}
		wall := time.Since(start)
		if i == 0 {
			least = cost{wall, cpu}
		}
		least = cost{min(least.wall, wall), min(least.cpu, cpu)}
	}
	return least
}

// within is what something costs in this process.
func (f figures) within(times int, do func() error) cost {
	f.Helper()
	return f.best(times, func() (time.Duration, error) {
		before := processor(f)
		err := do()
		return processor(f) - before, err
	})
}

// patience is how long another program may take for a book: on the year of a county, some take hours, and more memory than there is.
const patience = 10 * time.Minute

// peer holds this program's reports against what another takes for the balances, or for as long as anybody waits for it.
func (f figures) peer(dir string, line []string, closing, trial, stock cost) {
	f.Helper()
	ctx, stop := context.WithTimeout(f.Context(), patience)
	defer stop()
	start := time.Now()
	cmd := command(ctx, dir, line[0], line[1:]...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || err != nil && ctx.Err() == nil { // never begun, or failed by itself
		f.Fatalf("%s: %v\n%.1000s", line[0], err, out)
	}
	took, least := cost{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, ""
	if err != nil {
		least = "not done after "
	}
	f.say("%s %s%v: of the balances %s, of the turnover %s, of the stock card %s (aim 20)", line[0], least, took, took.times(closing), took.times(trial), took.times(stock))
}

func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir, "AIXIN_LANG=en")
	return cmd
}

// program is what another program costs, in a folder.
func (f figures) program(times int, dir, name string, args ...string) cost {
	f.Helper()
	return f.best(times, func() (time.Duration, error) {
		cmd := command(f.Context(), dir, name, args...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("%s: %w\n%.1000s", name, err, out)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
	})
}

// processor is how much processor time this process has used.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// aixin builds the program as make build does.
func (f figures) aixin() string {
	f.Helper()
	path := filepath.Join(f.TempDir(), "aixin")
	if out, err := exec.CommandContext(f.Context(), "go", "build", "-o", path, "aixin/cmd/aixin").CombinedOutput(); err != nil {
		f.Fatalf("%v\n%s", err, out)
	}
	return path
}

// hashed holds verify and audit in one walk against sha256sum of the same files.
func (f figures) hashed() {
	files, err := filepath.Glob(filepath.Join(f.dir, "journal", "*.jsonl"))
	if err != nil || len(files) == 0 {
		f.Fatal(err, files)
	}
	aixin := f.aixin()
	sum := f.program(5, f.dir, "sha256sum", files...)
	verify := f.program(3, f.dir, aixin, "verify", "--book", f.dir)
	audit := f.program(3, f.dir, aixin, "audit", "--book", f.dir)
	both := f.program(3, f.dir, aixin, "audit", "--verify", "--book", f.dir)
	f.say("sha256sum %v", sum)
	f.say("verify %v: %s", verify, verify.times(sum))
	f.say("audit %v: %s", audit, audit.times(sum))
	f.say("audit --verify %v: %s, aim 12 by the clock of two processors", both, both.times(sum))
}

// reported holds the reports against what the other programs take for the balances of the same book.
func (f figures) reported() {
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
	closing := f.within(3, func() error {
		_, err := report.TrialBalanceOf(v, everything)
		return err
	})
	trial := f.within(3, func() error {
		_, err := report.TurnoverOf(v, everything, period, store.Moved(f.Context(), f.dir, report.InNone))
		return err
	})
	stock := f.within(3, func() error {
		_, err := report.StockOf(v, everything, period, store.Moved(f.Context(), f.dir, report.InDeliveries))
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
	f.say("balances from the index %v; from the journal, trial balance with turnover %v, stock card %v", closing, trial, stock)
	for _, line := range [][]string{
		{"hledger", "-f", export.JournalName, "balance", "--flat"},
		{"ledger", "-f", export.JournalName, "balance", "--flat"},
		{"bean-check", export.ExplicitName},
	} {
		f.peer(to, line, closing, trial, stock)
	}
}
