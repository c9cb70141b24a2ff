package sheet_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api/sheet"
	"aixin/ledger"
)

// The year of the State Council: ten working days after 13 February, over the Spring Festival, end on 5 March.
func TestShippedCalendar(t *testing.T) {
	t.Parallel()
	a, err := sheet.ShippedCalendar("2026")
	must(t, err)
	if len(a.Holidays) != 33 || len(a.Workdays) != 6 {
		t.Errorf("got %d holidays and %d worked days of the weekend, want 33 and 6", len(a.Holidays), len(a.Workdays))
	}
	year := ledger.Calendar{Years: []ledger.SetCalendar{*a}}
	for _, tt := range []struct{ from, want string }{
		{"2026-02-13", "2026-03-05"}, {"2026-09-18", "2026-10-09"}, {"2026-12-31", "2027-01-14"}, {"2026-07-01", "2026-07-15"},
	} {
		from, err := ledger.ParseDate(tt.from)
		must(t, err)
		if got := year.WorkingDays(from, 10).String(); got != tt.want {
			t.Errorf("ten working days after %s: got %s, want %s", tt.from, got, tt.want)
		}
	}
	var b bytes.Buffer
	must(t, sheet.WriteCalendar(&b, *a))
	again, err := sheet.ReadCalendar(&b)
	must(t, err)
	if diff := cmp.Diff(a, again); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	if _, err := sheet.ShippedCalendar("2025"); err == nil {
		t.Error("2025: got no error")
	}
	if _, err := sheet.ReadCalendar(strings.NewReader("year = 2026\nholiday = []\n")); err == nil {
		t.Error("an unknown member: got no error")
	}
}

// Every section of a rule file is read and written as it stands.
func TestServiceRuleRoundTrip(t *testing.T) {
	t.Parallel()
	rule := shipped(t, "village-household")
	day := ledger.NewDate(2026, 6, 1)
	rule.Boosts = []ledger.Boost{{Code: "VH01", Activity: "A001", Percent: 500, From: day, Until: day.AddDays(9), Cap: 250}, {Percent: 200, From: day, Until: day}}
	rule.LongDay.Role, rule.Attendance.Session = ledger.Steward, true
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, setInBook(t, rule))
}
