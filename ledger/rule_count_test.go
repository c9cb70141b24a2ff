package ledger_test

import (
	"testing"

	"aixin/ledger"
)

// TestCountDue holds by which day a shelf is to be counted: by the end of the period after that of its last count (rule B38).
func TestCountDue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		per                ledger.Period
		last, began, until string
	}{
		{ledger.Weekly, "2026-03-01", "2026-01-01", "2026-03-08"}, // counted on a Sunday, due on the next
		{ledger.Weekly, "2026-03-02", "2026-01-01", "2026-03-15"},
		{ledger.Monthly, "2027-12-31", "2026-01-01", "2028-01-31"},
		{ledger.Monthly, "2028-01-01", "2026-01-01", "2028-02-29"},
		{ledger.Quarterly, "2026-03-31", "2026-01-01", "2026-06-30"},
		{ledger.Yearly, "2026-01-01", "2026-01-01", "2027-12-31"},
		{ledger.Monthly, "", "2026-02-10", "2026-02-28"}, // never counted since the rule began
	} {
		day := func(s string) (d ledger.Date) {
			if s != "" {
				var err error
				if d, err = ledger.ParseDate(s); err != nil {
					t.Fatal(err)
				}
			}
			return d
		}
		if got := (ledger.CountRule{Per: tt.per}).Due(day(tt.last), day(tt.began)).String(); got != tt.until {
			t.Errorf("counted %q, once a %s: due by %s, want %s", tt.last, tt.per, got, tt.until)
		}
	}
	if got := (ledger.CountRule{Tolerance: 5}).Due(0, ledger.NewDate(2026, 1, 1)); got != 0 {
		t.Errorf("without a period a count is due by %s", got)
	}
}
