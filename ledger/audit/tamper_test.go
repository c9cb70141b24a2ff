package audit_test

import (
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
)

// TestEveryPostingIsLookedAt changes postings of lawful books, so that each commodity still sums to zero: a hundredth, minute or piece more on
// both sides, and the account of somebody else of the same class. Of each kind of entry, class of accounts and commodity some check
// says so, whichever.
func TestEveryPostingIsLookedAt(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, seed := range []uint64{7000, 7001, 7002, 7003} {
		m := played(t, seed)
		seen := map[string]bool{}
		for i, line := range m.Journal {
			e, err := ledger.ParseLine(line)
			if err != nil {
				t.Fatal(err)
			}
			for n := range e.Postings {
				if sort := sortOf(e, n); !seen[sort] {
					seen[sort] = true
					if tamper(t, seed, sort, m.Journal, ledger.Index(i), n) {
						kinds[sort] = true
					}
				}
			}
		}
	}
	if len(kinds) < 85 {
		t.Errorf("%d sorts of postings were tried, want 85", len(kinds))
	}
}

// sortOf says of which sort a posting is.
func sortOf(e ledger.Entry, n int) string {
	p := e.Postings[n]
	parts := []string{string(e.Kind), string(p.Account.Class()), string(p.Commodity)}
	if p.Commodity.Goods() {
		parts[2] = "goods"
	}
	if r, ok := e.Body.(*ledger.Reversal); ok {
		parts = append(parts, string(r.Of))
	}
	return strings.Join(parts, " ")
}

// tamper changes the posting in both ways, and reports whether either is an entry still.
func tamper(t *testing.T, seed uint64, sort string, journal [][]byte, i ledger.Index, n int) (tried bool) {
	t.Helper()
	for name, change := range map[string]func(e *ledger.Entry) bool{
		"another amount": func(e *ledger.Entry) bool { return another(e.Postings, n) },
		"another account": func(e *ledger.Entry) bool {
			p := &e.Postings[n]
			p.Account = ledger.NewAccountID(p.Account.Class(), somebodyElse(p.Account.Owner()))
			return p.Account.Holds(p.Commodity)
		},
	} {
		changed := false
		wrong, err := ledgertest.Forge(journal, i, func(e *ledger.Entry) { changed = change(e) })
		if err != nil || !changed {
			continue // it is no entry any more, and read by nobody
		}
		tried = true
		if run(t, audit.Options{}, wrong).Count(audit.Wrong) == 0 {
			t.Errorf("seed %d: %s: %s: nothing is found\n%s\n%s", seed, sort, name, journal[i], wrong[i])
		}
	}
	return tried
}

// another adds to an amount, and to one on the other side.
func another(list []ledger.Posting, n int) bool {
	more := ledger.Amount(1)
	if list[n].Amount < 0 {
		more = -1
	}
	for k, p := range list {
		if p.Commodity == list[n].Commodity && (p.Amount > 0) != (more > 0) {
			list[n].Amount += more
			list[k].Amount -= more
			return true
		}
	}
	return false
}

// somebodyElse is another owner of the same kind, who is in the book too.
func somebodyElse(owner string) string {
	for _, pair := range [][2]string{{"V0000018", "V0000026"}, {"C01", "C02"}, {"S01", "S02"}, {"H000001", "H000002"}, {"D001", "D002"}} {
		switch {
		case owner[0] != pair[0][0]:
		case owner == pair[0]:
			return pair[1]
		default:
			return pair[0]
		}
	}
	return owner
}
