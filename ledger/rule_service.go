package ledger

import (
	"fmt"
	"slices"
	"time"
)

// ServiceRule is the part of a rule that says more of hours and acts than their price: caps, boosts, deductions, deadlines. A
// section that is left out changes nothing.
type ServiceRule struct {
	Caps       []Cap       // B11, B39: the most within a period
	Boosts     []Boost     // B14: the first that fits counts
	Deductions []Deduction // B16: off where there are none
	LongDay    LongDay     // B09
	Overlap    string      // B12: "" refuses what overlaps, "hold" lets a reviewer look
	Deadline   Deadline    // B21
	Base       Base        // B13
	Attendance Attendance  // B05
	Queried    []Capture   // B05: the ways of capture that a reviewer must look at
	Quality    Quality     // B17
}

// Cap is the most that may be earned within a period; what is zero is not bounded.
type Cap struct {
	Code     Code   // of one standard; none for all together
	Of       Sharer // who shares it
	Per      Period
	Count    int64  // records
	Quantity int64  // minutes that count, or the quantity of acts
	Points   Amount // what they are worth
	Over     Over
}

// Sharer says who shares a cap or a base: each person, unless it says otherwise.
type Sharer string

// Who may share. A person without a household shares with nobody.
const (
	EachPerson    Sharer = ""
	EachHousehold Sharer = "household"
	EachUnit      Sharer = "unit" // B39: what a unit issues
)

// Period is a stretch of the calendar.
type Period string

// The periods. A week begins on Monday. A day is one for limits of the counter alone.
const (
	Daily     Period = "day"
	Weekly    Period = "week"
	Monthly   Period = "month"
	Quarterly Period = "quarter"
	Yearly    Period = "year"
)

// Over says what becomes of a record that would pass a cap.
type Over string

// What may become of it.
const (
	OverRefused Over = ""     // it is refused
	OverClipped Over = "clip" // it earns what is left, and says how much it lost
	OverHeld    Over = "hold" // it is declared in full, and a reviewer must look
)

// Boost multiplies what a standard or an activity is worth, within a window of days.
type Boost struct {
	Code     Code       // of one standard; none for all
	Activity ActivityID // of one activity; none for all
	Percent  int64      // 200 doubles
	From     Date
	Until    Date   // the last day
	Cap      Amount // most points that it adds to one record; 0 for no cap
}

// Deduction is what an act takes away. Points never fall below zero.
type Deduction struct {
	Code     Code
	Points   Amount
	Evidence bool // it needs evidence

	CountedIn string // as of an ActStandard
}

// LongDay is a day of more minutes than are approved without a look.
type LongDay struct {
	Minutes Amount // 0 for none
	Role    Role   // who may look, beside being a reviewer; none for any reviewer
}

// Deadline is how many working days after the day of service a record may be declared.
type Deadline struct {
	Days int64  // 0 for none
	Late string // "refuse", "honorary" (minutes and no points; acts are refused), or "hold"
}

// What becomes of a late record.
const (
	LateRefused  = "refuse"
	LateHonorary = "honorary"
	LateHeld     = "hold"
)

// Base is what everybody has at the beginning of a period, to lose and not to spend: a grant fills up to it. Where it is spendable, what is
// beyond the floor are points like earned ones, in a lot of their own, which lapse with the period where the rule dates them no other way.
type Base struct {
	Points Amount // 0 for none
	Per    Period
	Of     Sharer

	Spendable bool
	Floor     Amount // of the points: those that are to lose and not to spend all the same
}

// split returns how many of the points are to lose alone, and how many to spend.
func (x Base) split() (lose, spend Amount) {
	if !x.Spendable {
		return x.Points, 0
	}
	return x.Floor, x.Points - x.Floor
}

// BaseExpiry returns the last usable day of base points granted on that day; none where they never lapse.
func (r *Rule) BaseExpiry(on Date) Date {
	last := r.ClassExpiry(ClassBase, on)
	if last == 0 && r.Base.Spendable {
		_, last = r.Base.Per.Around(on)
	}
	return last
}

// Attendance says what hours need beside being declared.
type Attendance struct {
	Session    bool  // hours captured by scan need the session that they were scanned in
	Signatures int64 // how many signed a roster
}

// Ways to treat the fractions of an act's points (B08).
const (
	KeepFraction = ""      // 60 bags at 1 point for 50 are 1.2 points
	KeepWhole    = "floor" // only what is full counts: 1 point
	KeepRest     = "carry" // only what is full counts, and the rest goes on to the next act of the year
)

// What an act may be done once of (B15).
const (
	OnceEver   = "ever"
	OnceAYear  = "year"
	OncePerson = "person" // once for each person whom it is about, such as a volunteer brought along
)

func (r *ServiceRule) fields(c *codec) {
	list(c, "caps", &r.Caps, func(c *codec, x *Cap) {
		text(c, "code", &x.Code)
		text(c, "of", &x.Of)
		text(c, "per", &x.Per)
		number(c, "count", &x.Count)
		number(c, "quantity", &x.Quantity)
		number(c, "points", &x.Points)
		text(c, "over", &x.Over)
	})
	list(c, "boosts", &r.Boosts, func(c *codec, x *Boost) {
		text(c, "code", &x.Code)
		text(c, "activity", &x.Activity)
		number(c, "percent", &x.Percent)
		c.date("from", &x.From)
		c.date("until", &x.Until)
		number(c, "cap", &x.Cap)
	})
	list(c, "deductions", &r.Deductions, func(c *codec, x *Deduction) {
		text(c, "code", &x.Code)
		number(c, "points", &x.Points)
		c.flag("evidence", &x.Evidence)
		text(c, "counted_in", &x.CountedIn)
	})
	c.section(2, "long_day", r.LongDay == LongDay{}, r.LongDay.fields)
	text(c, "overlap", &r.Overlap)
	c.section(2, "deadline", r.Deadline == Deadline{}, r.Deadline.fields)
	c.section(2, "base", r.Base == Base{}, r.Base.fields)
	c.section(2, "attendance", r.Attendance == Attendance{}, r.Attendance.fields)
	texts(c, "queried", &r.Queried)
	c.section(2, "quality", r.Quality == Quality{}, r.Quality.fields)
}

func (x *LongDay) fields(c *codec) {
	number(c, "minutes", &x.Minutes)
	text(c, "role", &x.Role)
}

func (x *Deadline) fields(c *codec) {
	number(c, "days", &x.Days)
	text(c, "late", &x.Late)
}

func (x *Base) fields(c *codec) {
	number(c, "points", &x.Points)
	text(c, "per", &x.Per)
	text(c, "of", &x.Of)
	c.flag("spendable", &x.Spendable)
	number(c, "floor", &x.Floor)
}

func (x *Attendance) fields(c *codec) {
	c.flag("session", &x.Session)
	number(c, "signatures", &x.Signatures)
}

// added walks the members of an act's standard that came after the first format.
func (a *ActStandard) added(c *codec) {
	text(c, "keep", &a.Keep)
	text(c, "once", &a.Once)
	c.flag("evidence", &a.Evidence)
	text(c, "counted_in", &a.CountedIn)
}

// check lists what is malformed; field names are those of the TOML file.
func (r *ServiceRule) check(f *faults) {
	f.want(len(r.Caps) <= MaxRuleItems && len(r.Boosts) <= MaxRuleItems && len(r.Deductions) <= MaxRuleItems, "caps", "too_many")
	for i, x := range r.Caps {
		x.check(f, fmt.Sprintf("caps[%d].", i))
	}
	for i, x := range r.Boosts {
		x.check(f, fmt.Sprintf("boosts[%d].", i))
	}
	for i, x := range r.Deductions {
		at := fmt.Sprintf("deductions[%d].", i)
		again := slices.ContainsFunc(r.Deductions[:i], func(y Deduction) bool { return y.Code == x.Code })
		f.want(x.Code.Valid() && !again, at+"code", "code")
		f.want(x.Points > 0 && x.Points <= MaxAmount/MaxQuantity, at+"points", "points")
		f.want(countingWord(x.CountedIn), at+"counted_in", "counted_in")
	}
	f.want(r.LongDay.Minutes >= 0 && r.LongDay.Minutes <= MaxMinutes, "long_day.minutes", "minutes")
	f.want(r.LongDay.Role == "" || slices.Contains(Roles(), r.LongDay.Role), "long_day.role", "role")
	f.want(r.Overlap == "" || r.Overlap == string(OverHeld), "overlap", "over")
	f.want(r.Deadline.Days >= 0 && r.Deadline.Days <= maxDeadline, "deadline.days", "deadline_days")
	late := slices.Contains([]string{LateRefused, LateHonorary, LateHeld}, r.Deadline.Late)
	f.want((r.Deadline.Days > 0) == (r.Deadline.Late != "") && (r.Deadline.Late == "" || late), "deadline.late", "late")
	f.want(r.Base.Points >= 0 && r.Base.Points <= MaxAmount/MaxQuantity, "base.points", "points")
	f.want(r.Base == Base{} || r.Base.Per.valid(), "base.per", "calendar_period")
	f.want(r.Base.Of == EachPerson || r.Base.Of == EachHousehold, "base.of", "sharer")
	f.want(r.Base.Floor >= 0 && r.Base.Floor <= r.Base.Points && (r.Base.Floor == 0 || r.Base.Spendable), "base.floor", "base_floor")
	f.want(r.Attendance.Signatures >= 0 && r.Attendance.Signatures <= MaxSigners, "attendance.signatures", "signers")
	for i, by := range r.Queried {
		f.want(by.valid() && !slices.Contains(r.Queried[:i], by), fmt.Sprintf("queried[%d]", i), "capture")
	}
	r.Quality.check(f)
}

func (x Cap) check(f *faults, at string) {
	f.want(x.Code == "" || x.Code.Valid(), at+"code", "code")
	f.want(x.Of == EachPerson || x.Of == EachHousehold || (x.Of == EachUnit && x.Code == ""), at+"of", "sharer")
	f.want(x.Per.valid(), at+"per", "calendar_period")
	f.want(x.Count >= 0 && x.Quantity >= 0 && x.Points >= 0 && x.Points.within() && x != Cap{Code: x.Code, Of: x.Of, Per: x.Per, Over: x.Over},
		at+"points", "cap")
	f.want(x.Quantity == 0 || x.Code != "", at+"quantity", "cap")
	f.want(x.Over == OverRefused || x.Over == OverClipped || x.Over == OverHeld, at+"over", "over")
}

func (x Boost) check(f *faults, at string) {
	f.want(x.Code == "" || x.Code.Valid(), at+"code", "code")
	f.want(x.Activity == "" || x.Activity.Valid(), at+"activity", "activity_code")
	f.want(x.Percent > 100 && x.Percent <= maxPercent, at+"percent", "boost_percent")
	f.want(x.From.valid() && x.Until.valid() && x.From <= x.Until, at+"until", "date")
	f.want(x.Cap >= 0 && x.Cap.within(), at+"cap", "points")
}

// checkAct lists what is malformed in what an act's standard says beside its price.
func (a ActStandard) checkAct(f *faults, at string) {
	f.want(slices.Contains([]string{KeepFraction, KeepWhole, KeepRest}, a.Keep), at+"keep", "keep")
	f.want(slices.Contains([]string{"", OnceEver, OnceAYear, OncePerson}, a.Once), at+"once", "once")
	f.want(countingWord(a.CountedIn), at+"counted_in", "counted_in")
}

// countingWord reports whether a text may stand behind a quantity; none may, too.
func countingWord(s string) bool { return s == "" || (len(s) <= maxCountedIn && plainName(s)) }

const (
	maxPercent  = 1000 // ten times is an order of the county, a hundred times is a typing error
	maxDeadline = 60   // working days: a quarter

	maxCountedIn = 24 // bytes: a word, not a sentence
)

// valid reports whether it is the period of a cap or base.
func (p Period) valid() bool { return p == Weekly || p == Monthly || p == Quarterly || p == Yearly }

// Around returns the first and the last day of the period that a day lies in.
func (p Period) Around(on Date) (from, until Date) {
	y, m, _ := on.Time().Date()
	switch p {
	case Daily:
		return on, on
	case Weekly:
		from = on - Date(on.Weekday()+6)%7
		return from, from + 6
	case Monthly:
		return NewDate(y, m, 1), NewDate(y, m+1, 0)
	case Quarterly:
		first := (m-1)/3*3 + 1
		return NewDate(y, first, 1), NewDate(y, first+3, 0)
	case Yearly:
	}
	return NewDate(y, time.January, 1), NewDate(y, time.December, 31)
}

// Deduction returns what an act of the code takes away.
func (r *ServiceRule) Deduction(code Code) (Deduction, bool) {
	i := slices.IndexFunc(r.Deductions, func(x Deduction) bool { return x.Code == code })
	if i < 0 {
		return Deduction{}, false
	}
	return r.Deductions[i], true
}

// boost returns the first boost that fits.
func (r *ServiceRule) boost(code Code, activity ActivityID, on Date) (Boost, bool) {
	for _, x := range r.Boosts {
		if (x.Code == "" || x.Code == code) && (x.Activity == "" || x.Activity == activity) && x.From <= on && on <= x.Until {
			return x, true
		}
	}
	return Boost{}, false
}
