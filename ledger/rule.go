package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rule is one version of a rule set: data, dated, and named by every posting that it priced as id@version. Amounts of points
// are in hundredths.
type Rule struct {
	ID      string // [a-z0-9-]{2,32}, such as volunteer-1yuan
	Version int64  // from 1; a later version takes over on its first day
	From    Date   // first day of service that it prices

	Rates  []HourRate    // B04: points for an hour of service, by code
	Acts   []ActStandard // B07, B08: points for acts, by code
	Earns  []Capture     // B05: the ways of capture that earn points; minutes count in any case
	Step   Amount        // B06: minutes are counted in whole steps; 0 or 1 counts every minute
	HalfUp bool          // B06: round half a step up; otherwise down
	Least  Amount        // B06: fewer minutes earn nothing

	SessionCap Amount // B10: most minutes of one record that earn; 0 for no cap
	DayCap     Amount // B09: most minutes of a person's day that earn; what is beyond is recorded and earns nothing
	DayLimit   Amount // B09: minutes of a person's day beyond which a record is refused; 0 for 1440
	Sessions   int64  // B10: most records of a person's day; 0 for MaxSessions

	Expires     string // B22: "" never, "months", "year-end", "month-end", "quarter-end" or "day"
	ExpiresIn   int64  // months after the credit, or years, months or quarters after the credit's own
	ReturnGrace int64  // days that points have which come back into a lapsed lot
	Transfer    bool   // B24: whether a volunteer may give points to another

	// The sections: what came with format 2, each in a file of its own. A section that is left out changes nothing.
	Terms   Terms
	Second  Second
	Notice  NoticeRule  // B19, B20: what is approved goes on notice before it is credited
	Express Express     // B45
	Worth   Worth       // B30, B39
	Counter CounterRule // B26, B27, B28, B33, B34, B49
	Hold    HoldRule    // B28, B32

	ExpiresOn Date // B22: the day of "day", which comes back every year

	ServiceRule
	Leave LeaveRule // B43
	Carry CarryRule // B23

	Approval  ApprovalRule // B18
	Transfers TransferRule // B24
	Donation  DonationRule // B25
	Pairing   []GiftPair   // B02; without it gift points pay nothing
	Account   AccountRule  // B01
	Stars     []Star       // B40; without it DefaultStars
	Count     CountRule    // B38
	Delivery  DeliveryRule // B36

	Classes []ClassExpiry // B22: how points that are not earned lapse; a class without an entry never does

	Honours   []HonourTier // B25: from the lowest
	StarYears int64        // B40: the calendar years whose service counts for a star, this one the last; 0 for all
}

// HourRate is what an hour of a kind of service is worth.
type HourRate struct {
	Code   Code
	Points Amount // for 60 counted minutes

	By Capture // B04: only for what was captured this way; every way that has no rate of its own where none is named
}

// ActStandard is what an act is worth: Points for each Per of it. 60 cigarette boxes at 1 point for 30 are 2 points.
type ActStandard struct {
	Code   Code
	Points Amount
	Per    int64 // from 1

	Keep     string // B08: what becomes of fractions
	Once     string // B15: once of what
	Evidence bool   // B07: whether evidence is needed

	CountedIn string // B07: what its quantity counts, as people say it, such as bags; optional
}

// Ways to expire.
const (
	ExpiresMonths  = "months"
	ExpiresYearEnd = "year-end"
)

// Name returns id@version.
func (r *Rule) Name() string { return r.ID + "@" + strconv.FormatInt(r.Version, 10) }

// Expiry returns the last usable day of earned points credited on that day; none where they never expire.
func (r *Rule) Expiry(on Date) Date { return lastDay(r.Expires, r.ExpiresIn, r.ExpiresOn, on) }

// Rate returns the points for an hour of the code, captured in that way.
func (r *Rule) Rate(code Code, by Capture) (points Amount, ok bool) {
	for _, h := range r.Rates {
		switch {
		case h.Code != code:
		case h.By == by:
			return h.Points, true
		case h.By == "":
			points, ok = h.Points, true
		}
	}
	return points, ok
}

// Act returns the standard of the code.
func (r *Rule) Act(code Code) (ActStandard, bool) {
	i := slices.IndexFunc(r.Acts, func(a ActStandard) bool { return a.Code == code })
	if i < 0 {
		return ActStandard{}, false
	}
	return r.Acts[i], true
}

// Counted returns the minutes of one record that earn: nothing by a way of capture that does not earn; else rounded, nothing
// if fewer than Least, then capped by record and by what the day has already counted.
func (r *Rule) Counted(minutes Amount, by Capture, countedToday Amount) Amount {
	if !slices.Contains(r.Earns, by) {
		return 0
	}
	if step := max(r.Step, 1); r.HalfUp {
		minutes = (minutes + step/2) / step * step
	} else {
		minutes = minutes / step * step
	}
	if minutes < r.Least {
		return 0
	}
	if r.SessionCap > 0 {
		minutes = min(minutes, r.SessionCap)
	}
	if r.DayCap > 0 {
		minutes = min(minutes, max(0, r.DayCap-countedToday))
	}
	return minutes
}

// dayLimit returns the most minutes of a day, sessions the most records.
func (r *Rule) dayLimit() Amount {
	if r.DayLimit == 0 {
		return MaxMinutes
	}
	return r.DayLimit
}

func (r *Rule) sessions() int {
	if r.Sessions == 0 {
		return MaxSessions
	}
	return int(r.Sessions)
}

func (r *Rule) fields(c *codec) {
	text(c, "id", &r.ID)
	number(c, "version", &r.Version)
	c.date("from", &r.From)
	list(c, "rates", &r.Rates, func(c *codec, h *HourRate) {
		text(c, "code", &h.Code)
		number(c, "points", &h.Points)
		c.since(2, h.added)
	})
	list(c, "acts", &r.Acts, func(c *codec, a *ActStandard) {
		text(c, "code", &a.Code)
		number(c, "points", &a.Points)
		number(c, "per", &a.Per)
		c.since(2, a.added)
	})
	texts(c, "earns", &r.Earns)
	number(c, "step", &r.Step)
	c.flag("half_up", &r.HalfUp)
	number(c, "least", &r.Least)
	number(c, "session_cap", &r.SessionCap)
	number(c, "day_cap", &r.DayCap)
	number(c, "day_limit", &r.DayLimit)
	number(c, "sessions", &r.Sessions)
	r.way(c)
	number(c, "expires_in", &r.ExpiresIn)
	number(c, "return_grace", &r.ReturnGrace)
	c.flag("transfer", &r.Transfer)
	r.sections(c)
}

// sections walks what came with format 2, each section where it says something.
func (r *Rule) sections(c *codec) {
	c.section(2, "terms", r.Terms == Terms{}, r.Terms.fields)
	c.section(2, "second", len(r.Second.Kinds) == 0, r.Second.fields)
	c.section(2, "notice", r.Notice == NoticeRule{}, r.Notice.fields)
	c.section(2, "express", r.Express.zero(), r.Express.fields)
	c.section(2, "worth", r.Worth == Worth{}, r.Worth.fields)
	c.section(2, "counter", !r.Counter.given(), r.Counter.fields)
	c.section(2, "hold", r.Hold == HoldRule{}, r.Hold.fields)
	c.since(2, func(c *codec) { c.date("expires_on", &r.ExpiresOn) })
	c.since(2, r.ServiceRule.fields)
	c.section(2, "leave", r.Leave == LeaveRule{}, r.Leave.fields)
	c.section(2, "carry", r.Carry == CarryRule{}, r.Carry.fields)
	c.section(2, "approval", len(r.Approval.Steps) == 0, r.Approval.fields)
	c.section(2, "transfers", r.Transfers == TransferRule{}, r.Transfers.fields)
	c.section(2, "donation", r.Donation == DonationRule{}, r.Donation.fields)
	c.since(2, func(c *codec) { pairing(c, &r.Pairing) })
	c.section(2, "account", r.Account == AccountRule{}, r.Account.fields)
	c.since(2, func(c *codec) { stars(c, &r.Stars) })
	c.section(2, "count", r.Count == CountRule{}, r.Count.fields)
	c.since(2, func(c *codec) { classExpiries(c, &r.Classes) })
	c.section(2, "delivery", len(r.Delivery.Needs) == 0, r.Delivery.fields)
	c.since(2, func(c *codec) { number(c, "star_years", &r.StarYears) })
	c.since(2, func(c *codec) { honours(c, &r.Honours) })
}

// Faults lists what is malformed in the rule, which no book would take; field names are those of the TOML file.
func (r *Rule) Faults() []Fault {
	var f faults
	r.check(&f)
	return f.list
}

// check lists what is malformed; field names are those of the TOML file.
func (r *Rule) check(f *faults) {
	f.want(ruleID(r.ID), "id", "rule_id")
	f.want(r.Version >= 1 && r.Version <= 1e6, "version", "positive")
	f.want(r.From.valid(), "from", "date")
	f.want(len(r.Rates) <= MaxRuleItems && len(r.Acts) <= MaxRuleItems, "rates", "too_many")
	seen := map[Code]bool{}
	r.checkRates(f, seen)
	for i, a := range r.Acts {
		f.want(a.Code.Valid() && !seen[a.Code], fmt.Sprintf("acts[%d].code", i), "code")
		f.want(a.Points > 0 && a.Points <= MaxAmount/MaxQuantity, fmt.Sprintf("acts[%d].points", i), "points")
		f.want(a.Per >= 1 && a.Per <= MaxQuantity, fmt.Sprintf("acts[%d].per", i), "positive")
		a.checkAct(f, fmt.Sprintf("acts[%d].", i))
		seen[a.Code] = true
	}
	for i, by := range r.Earns {
		f.want(by.valid(), fmt.Sprintf("earns[%d]", i), "capture")
	}
	minutes := func(a Amount, field string) { f.want(a >= 0 && a <= MaxMinutes, field, "minutes") }
	minutes(r.Step, "step")
	minutes(r.Least, "least")
	minutes(r.SessionCap, "session_cap")
	minutes(r.DayCap, "day_cap")
	minutes(r.DayLimit, "day_limit")
	f.want(r.Sessions >= 0 && r.Sessions <= MaxSessions, "sessions", "sessions")
	checkWay(f, "", r.Expires, r.ExpiresIn, r.ExpiresOn)
	f.want(r.ReturnGrace >= 0 && r.ReturnGrace <= 366, "return_grace", "days")
	r.checkSections(f)
}

// checkSections lists what is malformed in the sections.
func (r *Rule) checkSections(f *faults) {
	r.Terms.check(f, r.From)
	r.Second.check(f)
	r.Notice.check(f)
	r.Express.check(f)
	r.Worth.check(f)
	r.Counter.check(f)
	r.Hold.check(f)
	r.ServiceRule.check(f)
	r.Leave.check(f)
	r.Carry.check(f, r)
	r.Approval.check(f)
	r.Transfers.check(f, r)
	checkPairing(f, r.Pairing)
	r.Account.check(f)
	r.checkBase(f)
	r.checkStars(f)
	r.checkHonours(f)
	r.Count.check(f)
	r.Delivery.check(f)
	r.checkClasses(f)
}

func ruleID(s string) bool {
	return len(s) >= 2 && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (by Capture) valid() bool { return by == Scan || by == Roster || by == Backfill }
