package ledger_test

import (
	"testing"
	"time"

	"aixin/ledger"
)

// Dates and starts are written and read as package time does with its layouts, for every day of four hundred years.
func TestCivilTimeIsThatOfPackageTime(t *testing.T) {
	t.Parallel()
	for d := ledger.NewDate(1971, 1, 1); d < ledger.NewDate(2371, 1, 1); d++ {
		want := d.Time().Format(time.DateOnly)
		if got, err := ledger.ParseDate(want); err != nil || got != d || got.String() != want {
			t.Fatalf("day %d: got %v, %v, want %s", d, got, err, want)
		}
		at := ledger.NewStart(d, int(d)%ledger.MaxMinutes)
		want = d.Time().Add(time.Duration(int(d)%ledger.MaxMinutes) * time.Minute).Format("2006-01-02T15:04")
		if got, err := ledger.ParseStart(want); err != nil || got != at || got.String() != want {
			t.Fatalf("start %d: got %v, %v, want %s", at, got, err, want)
		}
	}
}

func TestCivilTimeRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2026", "2026-13-01", "2026-00-10", "2026-02-29", "2026-04-31", "2026-01-00", "2026-01-32", "2026/01/01", "1969-12-31",
		"2026-1-01", "2026-01-1", "20260101", "+026-01-01", "2026-0a-01", "10000-01-01", "2026-01-01 ", "２０２６-01-01",
	} {
		if d, err := ledger.ParseDate(s); err == nil {
			t.Errorf("date %q: got %v", s, d)
		}
	}
	for _, s := range []string{
		"2026-01-01T24:00", "2026-01-01T00:60", "2026-01-01 08:00", "2026-01-01T8:00", "2026-01-01T08:00Z", "1970-01-01T00:00",
	} {
		if at, err := ledger.ParseStart(s); err == nil {
			t.Errorf("start %q: got %v", s, at)
		}
	}
}
