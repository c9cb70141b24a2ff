package ledgertest

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/export"
)

// CheckPeers has each of the other programs check an export of all formats, and compares what it adds up to with the book. They work
// side by side.
func CheckPeers(t *testing.T, dir string, v ledger.View) {
	t.Helper()
	for _, line := range PeerChecks()[:2] {
		if out, err := Peer(t, dir, line...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%.2000s", line, err, out)
		}
	}
	checkTags(t, dir)
	ComparePeers(t, dir, v)
}

// ComparePeers is CheckPeers where each reading takes half a minute, of a year: the journal is read for its sums alone, by the same strict
// flags, and what hledger checks of the order of days and of payees is left to smaller books.
func ComparePeers(t *testing.T, dir string, v ledger.View) {
	t.Helper()
	w := wantOf(t, v)
	equal := func(t *testing.T, what string, want, got sums) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: the book (-), the program (+):\n%.3000s", what, d)
		}
	}
	for _, line := range PeerChecks() {
		t.Run(line[0]+" "+line[len(line)-1], func(t *testing.T) {
			t.Parallel()
			if line[0] == "bean-check" { // bean-query takes what it read from its cache
				if out, err := Peer(t, dir, line...).CombinedOutput(); err != nil {
					t.Errorf("%v: %v\n%.2000s", line, err, out)
				}
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

// PeerChecks are the commands that the README of an export tells an auditor.
func PeerChecks() [][]string {
	return [][]string{
		{"hledger", "-f", export.JournalName, "check", "-s", "ordereddates", "payees"},
		{"ledger", "-f", export.JournalName, "--strict", "--pedantic", "balance"},
		{"bean-check", export.ExplicitName},
		{"bean-check", export.DeriveName},
	}
}

// Peer is one of the other programs, run in a folder, in the language and zone of programs.
func Peer(t *testing.T, dir string, line ...string) *exec.Cmd {
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
	cmd := Peer(t, dir, line...)
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
		sign := ledger.Amount(1)
		if c := row.Account.ID.Class(); c.Lots() && c != ledger.ClassStock {
			sign = -1
		}
		loose := acct.Balance
		for _, l := range acct.Lots {
			loose -= sign * l.Left
		}
		if loose != 0 {
			w.held[name+"  "+c], w.dated[name+" "+c] = loose, loose
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

// checkTags has hledger look whether every tag was declared, where it is new enough to know that check.
func checkTags(t *testing.T, dir string) {
	t.Helper()
	line := []string{"hledger", "-f", export.JournalName, "check", "tags"}
	out, err := Peer(t, dir, line...).CombinedOutput()
	switch {
	case err == nil:
	case bytes.Contains(out, []byte("checks are unknown: tags")): // up to 1.28
		t.Logf("%v is not checked: %s", line, out)
	default:
		t.Errorf("%v: %v\n%.2000s", line, err, out)
	}
}

// hledger adds up with hledger.
func hledger(t *testing.T, dir string, args ...string) sums {
	t.Helper()
	line := []string{"hledger", "-f", export.JournalName, "balance", "-s", "--flat", "--no-total", "-O", "csv", "--layout", "bare"}
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
