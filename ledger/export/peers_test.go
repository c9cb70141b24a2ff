package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/export"
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
			checkPeers(t, bookOf(stream(t, seed, 1500)))
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
			for i, l := range lines[at : at+4] { // behind the first may stand when it lapses
				if strings.Contains(l, changed.one) || strings.Contains(l, changed.other) {
					lines[at+i] = nudged(l, changed.commodity)
				}
			}
			if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, line := range peerChecks() {
			if out, err := peer(t, dir, line...).CombinedOutput(); err == nil {
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

// peerChecks are the commands that the README of an export tells an auditor.
func peerChecks() [][]string {
	return [][]string{
		{"hledger", "-f", export.JournalName, "check", "-s", "ordereddates", "payees"},
		{"ledger", "-f", export.JournalName, "--strict", "--pedantic", "balance"},
		{"bean-check", export.ExplicitName},
		{"bean-check", export.DeriveName},
	}
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

// peer is one of the other programs, run in a folder, in the language and zone of programs.
func peer(t *testing.T, dir string, line ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(line[0])
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%v: .ci/needs did not install it", err)
	default:
		t.Skipf("%v: .ci/needs installs it", err)
	}
	cmd := exec.CommandContext(t.Context(), path, line[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir) // nobody's own settings
	return cmd
}

// answer runs a program that must succeed.
func answer(t *testing.T, dir string, line ...string) string {
	t.Helper()
	cmd := peer(t, dir, line...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil && t.Context().Err() != context.Canceled {
		t.Errorf("%v: %v\n%.2000s%.2000s", line, err, out, errs.String())
	}
	return string(out)
}

// sums are amounts by what they are of: an account and a commodity, or a lot as well.
type sums map[string]ledger.Amount

func (s sums) add(t *testing.T, what, amount, commodity string) {
	t.Helper()
	c := ledger.Commodity(strings.Trim(commodity, `"`))
	n, err := strconv.ParseInt(strings.TrimSuffix(amount, "."), 10, 64)
	a := ledger.Amount(n)
	if c.Points() {
		a, err = ledger.ParsePoints(amount)
	}
	if err != nil {
		t.Fatalf("%s: %q %s: %v", what, amount, commodity, err)
	}
	if k := what + " " + string(c); a != 0 {
		s[k] += a
	}
}

// checkPeers has each program check an export, and compares what it adds up to with the book. The programs work side by side: of a
// year each takes half a minute.
func checkPeers(t *testing.T, b export.Book) {
	t.Helper()
	dir, w := exported(t, b), wantOf(t, b.View)
	equal := func(t *testing.T, what string, want, got sums) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: the book (-), the program (+):\n%.3000s", what, d)
		}
	}
	for _, line := range peerChecks() {
		t.Run(line[0]+" "+line[len(line)-1], func(t *testing.T) {
			t.Parallel()
			if out, err := peer(t, dir, line...).CombinedOutput(); err != nil {
				t.Errorf("%v: %v\n%.2000s", line, err, out)
			}
			switch line[len(line)-1] {
			case "payees":
				equal(t, "balances", w.balances, hledger(t, dir))
				equal(t, "lots", w.lots, hledger(t, dir, "--pivot", "lot", "tag:lot"))
			case "balance":
				equal(t, "balances", w.balances, ledgerCLI(t, dir))
				equal(t, "lots", w.lots, ledgerCLI(t, dir, "--pivot", "lot", "--limit", "has_tag('lot')"))
			case export.ExplicitName:
				equal(t, "balances and lots", w.held, beanQuery(t, dir, export.ExplicitName, "account, cost_date, cost_label"))
			case export.DeriveName:
				equal(t, "balances, and lots by date", w.dated, beanQuery(t, dir, export.DeriveName, "account, cost_date"))
			}
		})
	}
}

// want is what a book says, put as the programs put it.
type want struct {
	balances    sums // by account
	lots        sums // by lot
	held, dated sums // by account, last usable day and lot, and without the lot; a balance that is in no lot by account alone
}

func wantOf(t *testing.T, v ledger.View) want {
	t.Helper()
	w := want{sums{}, sums{}, sums{}, sums{}}
	for row, err := range v.TrialBalance() {
		if err != nil {
			t.Fatal(err)
		}
		acct, err := v.Account(row.Account)
		if err != nil {
			t.Fatal(err)
		}
		name, c := export.AccountName(row.Account.ID), " "+string(row.Account.Commodity)
		if acct.Balance != 0 {
			w.balances[name+c] = acct.Balance
		}
		if !row.Account.ID.Class().Guarded() && acct.Balance != 0 {
			w.held[name+"  "+c], w.dated[name+" "+c] = acct.Balance, acct.Balance
		}
		sign := ledger.Amount(1)
		if row.Account.ID.Class() == ledger.ClassPoints {
			sign = -1
		}
		for _, l := range acct.Lots {
			day := l.Expires.String()
			if l.Expires == 0 {
				day = "9999-12-31"
			}
			w.lots[l.ID.String()+c] += sign * l.Left
			w.held[name+" "+day+" "+l.ID.String()+c] = sign * l.Left
			w.dated[name+" "+day+c] += sign * l.Left
		}
	}
	return w
}

// hledger adds up with hledger.
func hledger(t *testing.T, dir string, args ...string) sums {
	t.Helper()
	line := []string{"hledger", "-f", export.JournalName, "balance", "--flat", "--no-total", "-O", "csv", "--layout", "bare"}
	return rowsOf(t, answer(t, dir, append(line, args...)...), func(s sums, row []string) { s.add(t, row[0], row[2], row[1]) })
}

// ledgerCLI adds up with ledger, which writes each further commodity of an account on a line of its own.
func ledgerCLI(t *testing.T, dir string, args ...string) sums {
	t.Helper()
	line := []string{"ledger", "-f", export.JournalName, "--strict", "--pedantic", "balance", "--flat", "--no-total", "--format", "%(account)\t%(display_total)\n"}
	got, account := sums{}, ""
	for row := range strings.Lines(answer(t, dir, append(line, args...)...)) {
		row = strings.TrimSuffix(row, "\n")
		if name, rest, begins := strings.Cut(row, "\t"); begins {
			account, row = name, rest
			if lot, pivoted := strings.CutPrefix(account, "lot:"); pivoted {
				account, _, _ = strings.Cut(lot, ":")
			}
		}
		if amount, commodity, ok := strings.Cut(strings.TrimSpace(row), " "); ok {
			got.add(t, account, amount, commodity)
		}
	}
	return got
}

// beanQuery adds up with beancount, by some columns.
func beanQuery(t *testing.T, dir, form, by string) sums {
	t.Helper()
	columns := strings.Count(by, ",") + 1
	query := "SELECT " + by + ", units(sum(position)) GROUP BY " + by + ", currency"
	return rowsOf(t, answer(t, dir, "bean-query", "-f", "csv", form, query), func(s sums, row []string) {
		for i, cell := range row {
			row[i] = strings.TrimSpace(cell)
		}
		if amount, commodity, ok := strings.Cut(row[columns], " "); ok { // nothing is left of the rest
			s.add(t, strings.Join(row[:columns], " "), amount, strings.TrimSpace(commodity))
		}
	})
}

// rowsOf adds up the rows of a table under its header.
func rowsOf(t *testing.T, text string, add func(sums, []string)) sums {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v: %.500s", err, text)
	}
	got := sums{}
	for _, row := range rows[1:] {
		add(got, row)
	}
	return got
}
