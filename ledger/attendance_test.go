package ledger_test

import (
	"strings"
	"testing"

	"aixin/ledger"
)

// attendance has the verbs of attendance, deductions, base points and the calendar.
func (t *table) attendance(verb string, w words) ledger.Action {
	t.Helper()
	session := func() ledger.Index { return ledger.Index(t.int(w.arg(0))) }
	switch verb {
	case "attend":
		return &ledger.OpenSession{Activity: ledger.ActivityID(w.arg(0))}
	case "in":
		return &ledger.CheckIn{Session: session(), Volunteer: w.volunteer(1), By: ledger.CheckedBy(w.arg(2))}
	case "out":
		return &ledger.CheckOut{Session: session(), Volunteer: w.volunteer(1)}
	case "confirm":
		return &ledger.ConfirmAttendance{Session: session(), Volunteer: w.volunteer(1), Out: t.start(w.arg(2))}
	case "end":
		return &ledger.CloseSession{Session: session()}
	case "base":
		return &ledger.GrantBase{Volunteer: w.volunteer(0)}
	case "calendar":
		return &ledger.SetCalendar{Year: int(t.int(w.arg(0))), Holidays: t.dates(w.arg(1)), Workdays: t.dates(w.arg(2))}
	}
	return nil
}

func (t *table) dates(s string) (out []ledger.Date) {
	t.Helper()
	for d := range strings.SplitSeq(s, ",") {
		if d != "" {
			out = append(out, t.date(d))
		}
	}
	return out
}

// evidence reads size= and sha256= of a line.
func (t *table) evidence() ledger.Evidence {
	t.Helper()
	if t.said["size"] == "" {
		return ledger.Evidence{}
	}
	return ledger.Evidence{SHA256: t.or("sha256", strings.Repeat("0b", 32)), Size: t.int(t.said["size"])}
}

func (t *table) signers() (out []ledger.Signer) {
	for s := range strings.SplitSeq(t.said["signers"], ",") {
		if s != "" {
			out = append(out, ledger.Signer(s))
		}
	}
	return out
}

// serviceRule reads one word of a rule, such as cap=EN05:household:year:60.00:clip; a number with decimals caps points, one with x
// behind it records, any other the quantity.
func (t *table) serviceRule(r *ledger.ServiceRule, k, v string) bool {
	t.Helper()
	f := append(strings.Split(v, ":"), "", "", "", "", "")
	for i := range f {
		if f[i] == "-" {
			f[i] = ""
		}
	}
	switch k {
	case "cap":
		x := ledger.Cap{Code: ledger.Code(f[0]), Of: ledger.Sharer(f[1]), Per: ledger.Period(f[2]), Over: ledger.Over(f[4])}
		switch count, counts := strings.CutSuffix(f[3], "x"); {
		case counts:
			x.Count = t.int(count)
		case strings.Contains(f[3], "."):
			x.Points = t.amount(f[3])
		default:
			x.Quantity = t.int(f[3])
		}
		r.Caps = append(r.Caps, x)
	case "boost":
		r.Boosts = append(r.Boosts, ledger.Boost{
			Code: ledger.Code(f[0]), Activity: ledger.ActivityID(f[1]), Percent: t.int(f[2]), From: t.date(f[3]), Until: t.date(f[4]), Cap: t.amount(f[5]),
		})
	case "deduction":
		r.Deductions = append(r.Deductions, ledger.Deduction{Code: ledger.Code(f[0]), Points: t.amount(f[1]), Evidence: f[2] != "", CountedIn: f[3]})
	case "long-day":
		r.LongDay = ledger.LongDay{Minutes: ledger.Amount(t.int(f[0])), Role: ledger.Role(f[1])}
	case "overlap":
		r.Overlap = v
	case "deadline":
		r.Deadline = ledger.Deadline{Days: t.int(f[0]), Late: f[1]}
	case "base":
		r.Base = ledger.Base{Points: t.amount(f[0]), Per: ledger.Period(f[1]), Of: ledger.Sharer(f[2]), Spendable: f[3] == "spend"}
		if f[4] != "" {
			r.Base.Floor = t.amount(f[4])
		}
	case "session":
		r.Attendance.Session = true
	case "queried":
		for by := range strings.SplitSeq(v, ",") {
			r.Queried = append(r.Queried, ledger.Capture(by))
		}
	case "quality":
		r.Quality.Percent = t.int(v)
	case "signatures":
		r.Attendance.Signatures = t.int(v)
	default:
		return false
	}
	return true
}

func attendanceForgeries() []forgery {
	return []forgery{
		bodyOf("what a deduction lacked", "I8", func(r *ledger.Loss) bool { r.Short += 100; return true }),
		bodyOf("the volunteer of a deduction", "I8", func(r *ledger.Loss) bool { r.Volunteer = ledger.NewVolunteerID(77); return true }),
		bodyOf("the record of a deduction", "I8 I10", func(r *ledger.Loss) bool { r.Record = 3; return true }),
		bodyOf("a deduction before its notice has ended", "I8 I10", func(r *ledger.Loss) bool {
			if r.Notice == 0 {
				r.Notice = 3
			} else {
				r.Notice = 0
			}
			return true
		}),
		bodyOf("points that an act takes away", policy, func(r *ledger.ActsRecord) bool { r.Deduct *= 2; return r.Deduct > 0 }),
		{"what caps took off", policy, func(_ *forger, e *ledger.Entry) bool {
			switch r := e.Body.(type) {
			case *ledger.ActsRecord:
				r.Points += r.Clipped
				return r.Clipped > 0
			case *ledger.HoursRecord:
				r.Points += r.Clipped
				return r.Clipped > 0
			}
			return false
		}},
		bodyOf("the unit of hours", "I8", func(r *ledger.HoursRecord) bool { r.Unit = "C09"; return true }),
		bodyOf("the unit of acts", "I8", func(r *ledger.ActsRecord) bool { r.Unit = "C09"; return true }),
		bodyOf("what acts are counted in", policy, func(r *ledger.ActsRecord) bool { r.CountedIn = "bags"; return true }),
		bodyOf("a number for what acts are counted in", "I8", func(r *ledger.ActsRecord) bool { r.CountedIn = "13812345678"; return true }),
		bodyOf("the queries of a record", policy, func(r *ledger.HoursRecord) bool {
			there := len(r.Queries) > 0
			r.Queries = nil
			return there
		}),
		bodyOf("a late record in time", policy, func(r *ledger.HoursRecord) bool {
			late := r.Honorary
			r.Honorary = false
			return late
		}),
		bodyOf("a query that nobody saw", policy, func(r *ledger.Credit) bool { r.Seen = !r.Seen; return true }),
		bodyOf("a size without evidence", "I8", func(r *ledger.ActsRecord) bool { r.Evidence = ledger.Evidence{Size: 7}; return true }),
		bodyOf("a path for evidence", "I8", func(r *ledger.ActsRecord) bool {
			r.Evidence = ledger.Evidence{SHA256: "/tmp/photo.jpg", Size: 7}
			return true
		}),
		bodyOf("whose base is filled up", "I8", func(r *ledger.BaseGrant) bool { r.Sharer = "H999999"; return true }),
		bodyOf("the unit of base points", "I8", func(r *ledger.BaseGrant) bool { r.Unit = "C09"; return true }),
		{"base points to spend of one person", "I13", func(f *forger, e *ledger.Entry) bool {
			spend := e.Kind == ledger.BaseGranted && e.Proposal != 0
			e.Proposal = 0
			return spend
		}},
		{"base points by another rule", "I8", func(_ *forger, e *ledger.Entry) bool {
			e.Rule = "free@1"
			return e.Kind == ledger.BaseGranted
		}},
		{"the same attendance once more", "I8 I13", func(f *forger, e *ledger.Entry) bool {
			switch e.Kind { //nolint:exhaustive // the others may well happen twice
			case ledger.CheckedOut, ledger.AttendanceConfirmed, ledger.SessionClosed:
				return f.again(e)
			}
			return false
		}},
		bodyOf("attendance of no session", "I8", func(r *ledger.CheckIn) bool { r.Session = 3; return true }),
		bodyOf("a check-out of somebody else", "I8", func(r *ledger.CheckOut) bool { r.Volunteer = ledger.NewVolunteerID(77); return true }),
		bodyOf("a check-out that is still to come", "I8", func(r *ledger.ConfirmAttendance) bool { r.Out += 3 * 24 * 60; return true }),
		bodyOf("the attendance of no activity", "I8", func(r *ledger.OpenSession) bool { r.Activity = "A999"; return true }),
		bodyOf("the end of no session", "I8", func(r *ledger.CloseSession) bool { r.Session = 3; return true }),
		bodyOf("minutes that nobody scanned", policy, func(r *ledger.HoursRecord) bool { r.Minutes++; return r.Session > 0 && r.Minutes%60 != 0 }),
		bodyOf("a holiday of another year", "I8", func(r *ledger.SetCalendar) bool { r.Year++; return len(r.Holidays) > 0 }),
	}
}

// TestWorkingDays counts with the State Council's days of 2026: the Spring Festival from 15 to 23 February, worked for on Saturdays 14
// and 28 February.
func TestWorkingDays(t *testing.T) {
	t.Parallel()
	day := func(m, d int) ledger.Date { return ledger.NewDate(2026, 1, 1).AddMonths(m - 1).AddDays(d - 1) }
	year := ledger.SetCalendar{Year: 2026, Workdays: []ledger.Date{day(2, 14), day(2, 28)}}
	for d := 15; d <= 23; d++ {
		year.Holidays = append(year.Holidays, day(2, d))
	}
	spring := ledger.Calendar{Years: []ledger.SetCalendar{year}}
	for _, tt := range []struct {
		calendar ledger.Calendar
		from     ledger.Date
		n        int
		want     ledger.Date
	}{
		{ledger.Calendar{}, day(2, 13), 1, day(2, 16)}, // Friday to Monday
		{ledger.Calendar{}, day(2, 13), 10, day(2, 27)},
		{spring, day(2, 13), 1, day(2, 14)}, // a Saturday that is worked
		{spring, day(2, 13), 2, day(2, 24)}, // over nine days
		{spring, day(2, 13), 10, day(3, 5)},
		{spring, day(2, 20), 1, day(2, 24)},
		{spring, day(2, 20), 0, day(2, 20)},
		{spring, ledger.NewDate(2027, 2, 13), 1, ledger.NewDate(2027, 2, 15)}, // of 2027 nothing was said
	} {
		if got := tt.calendar.WorkingDays(tt.from, tt.n); got != tt.want {
			t.Errorf("%d working days after %s: got %s, want %s", tt.n, tt.from, got, tt.want)
		}
	}
}
