package export_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/ledger/export"
	"aixin/ledger/ledgertest"
)

// What other programs make of an export is what the book says: hledger, ledger and beancount find nothing wrong with it, and come
// to every balance and every open lot by themselves. `make test` installs them.
func TestPeers(t *testing.T) {
	t.Parallel()
	streams := 4
	if testing.Short() {
		streams = 1
	}
	for seed := range uint64(streams) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			b := bookOf(stream(t, seed, 1500))
			ledgertest.CheckPeers(t, exported(t, b), b.View)
		})
	}
}

// The other programs notice: an export in which one entry was changed by the least there is, on both sides so that it still
// balances, is refused by each of them.
func TestPeersNotice(t *testing.T) {
	t.Parallel()
	for _, changed := range []struct{ one, other, commodity string }{{":Hours:", ":Served:", "MIN"}, {":Points:", ":Issued:", "POINT"}} {
		dir := exported(t, bookOf(stream(t, 9, 400)))
		for _, name := range []string{"journal/2026-01.journal", "beancount/2026-01-explicit.beancount", "beancount/2026-01-derive.beancount"} {
			file := filepath.Join(dir, name)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(text), "\n")
			at := slices.IndexFunc(lines, func(l string) bool {
				return strings.Contains(l, changed.one) && !strings.Contains(l, " open ") && !strings.HasPrefix(l, "account ")
			})
			for i, l := range lines[at : at+4] { // behind the first may stand when it lapses, behind the other what is opened next
				if strings.Contains(l, " "+changed.commodity) && (strings.Contains(l, changed.one) || strings.Contains(l, changed.other)) {
					lines[at+i] = nudged(l, changed.commodity)
				}
			}
			if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, line := range ledgertest.PeerChecks() {
			if out, err := ledgertest.Peer(t, dir, line...).CombinedOutput(); err == nil {
				t.Errorf("%s %v: notices nothing\n%.2000s", changed.commodity, line, out)
			}
		}
	}
}

// nudged changes the last digit of the first amount of a line, alike for all lines of that amount.
func nudged(line, commodity string) string {
	i := strings.Index(line, " "+commodity) - 1
	digit := "1234567898"[line[i]-'0']
	return line[:i] + string(digit) + line[i+1:]
}

// exported writes all formats of a book into one folder on the disk.
func exported(t *testing.T, b export.Book) string {
	t.Helper()
	dir := t.TempDir()
	create := func(name string) (io.WriteCloser, error) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			return nil, err
		}
		return os.Create(filepath.Join(dir, name))
	}
	for _, f := range export.Formats() {
		m, err := export.Write(create, b, f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if f == export.Beancount {
			t.Logf("%d entries; of the draws beancount derives %d, %d name their lots", m.Head.Size, m.Derived, m.Named)
		}
	}
	return dir
}

// A year is what an auditor takes away: exchanges, counts, expiries and corrections, which every program comes to as well. That of a
// town takes each of them half a minute for a reading, so that they read it as seldom as they can; the community's is checked in full.
func TestPeersOfYear(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the race detector learns nothing from other programs")
	}
	small := bookOf(yearOf(t, ledgertest.Small()))
	ledgertest.CheckPeers(t, exported(t, small), small.View)
	town := bookOf(yearOf(t, ledgertest.Medium()))
	t.Run("town", func(t *testing.T) { ledgertest.ComparePeers(t, exported(t, town), town.View) })
}

// yearOf plays a year into a book in memory.
func yearOf(t *testing.T, size ledgertest.Size) *ledgertest.Memory {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m := ledgertest.NewMemory(zone)
	err = ledgertest.NewYear(size, 1).Play(func(batch []ledgertest.Timed) []ledgertest.Answered {
		answers := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			answers[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return answers
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
