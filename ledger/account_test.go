package ledger_test

import (
	"cmp"
	"strings"
	"testing"

	"aixin/ledger"
)

// An account is its text, whatever that is: it is read, written, taken apart and ordered as the text would be.
func TestAccountID(t *testing.T) {
	t.Parallel()
	texts := []string{
		"points:V0000018", "points:H0000012", "points:V0000026", "stock:S01", "gift:V0000018", "gifted:C01", "nothing:X", "outside", "", ":", ":x", "a:", "a:b:c",
	}
	for _, s := range texts {
		a := ledger.ParseAccountID(s)
		class, owner, _ := strings.Cut(s, ":")
		if a.String() != s || string(a.AppendTo(nil)) != s || string(a.Class()) != class || a.Owner() != owner {
			t.Errorf("%q: got %q, class %q, owner %q", s, a, a.Class(), a.Owner())
		}
		if k := (ledger.AccountKey{ID: a, Commodity: ledger.Point}); k.Size() != len(k.String()) {
			t.Errorf("%q: got a size of %d, want %d", s, k.Size(), len(k.String()))
		}
		var back ledger.AccountID
		if text, err := a.MarshalText(); err != nil || back.UnmarshalText(text) != nil || back != a {
			t.Errorf("%q came back as %q, %v", s, back, err)
		}
		for _, other := range texts {
			b := ledger.ParseAccountID(other)
			if got, want := a.Compare(b), cmp.Compare(s, other); got != want || (a == b) != (s == other) || a.Equal(b) != (a == b) {
				t.Errorf("%q beside %q: got %d, want %d", s, other, got, want)
			}
		}
	}
	if got := ledger.NewAccountID(ledger.ClassIssued, ledger.UnitID("C01")); got != ledger.ParseAccountID("issued:C01") {
		t.Errorf("got %q, want issued:C01", got)
	}
}
