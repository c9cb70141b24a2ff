package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Star is a level of recognition and what it takes (B40): more minutes than the level below it, and of the rest what is not zero.
type Star struct {
	Level   int64
	Minutes Amount // of credited service
	Times   int64  // services
	Years   int64  // calendar years one after another, each with service
	Clean   bool   // no complaint that was true
}

// StarTable is how the people of a unit are recognised: the levels, from the lowest, and the calendar years whose service counts, the one
// of the day and those before it; 0 where all of it counts for ever.
type StarTable struct {
	Levels []Star
	Years  int64
}

// Merit is what a person's level goes by, under all of their numbers. Minutes, times and complaints are those of the years that count.
type Merit struct {
	Since      Date // the first day of service that counts; none where all do
	Minutes    Amount
	Times      int64
	Years      int64 // with service, one after another, up to this one or the last
	Complaints int64
}

// StarLack is what somebody lacks for a level, and how much of it.
type StarLack struct {
	What StarNeed
	N    Amount
}

// StarNeed is something that a level takes.
type StarNeed string

// What a level may take.
const (
	StarMinutes StarNeed = "minutes"
	StarTimes   StarNeed = "times"
	StarYears   StarNeed = "years"
	StarClean   StarNeed = "clean" // so many complaints are against it
)

const (
	// MaxStars bounds the levels of a rule.
	MaxStars = 9

	maxStarTimes = 10_000
	maxStarYears = 50
)

// DefaultStars is the table of levels that is used where a rule has none of its own, from the lowest.
func DefaultStars() []Star {
	return []Star{
		{Level: 1, Minutes: 100 * 60}, {Level: 2, Minutes: 300 * 60}, {Level: 3, Minutes: 600 * 60}, {Level: 4, Minutes: 1000 * 60}, {Level: 5, Minutes: 1500 * 60},
	}
}

// Lacks lists what is lacking for a level.
func (s Star) Lacks(m Merit) (lacks []StarLack) {
	lack := func(what StarNeed, n Amount) {
		if n > 0 {
			lacks = append(lacks, StarLack{what, n})
		}
	}
	lack(StarMinutes, s.Minutes-m.Minutes)
	lack(StarTimes, Amount(s.Times-m.Times))
	lack(StarYears, Amount(s.Years-m.Years))
	if s.Clean {
		lack(StarClean, Amount(m.Complaints))
	}
	return lacks
}

// Reached returns the level that somebody has, the zero Star for none, and the next one, with ok where there is one. Levels are reached one
// after another: whoever lacks something for one has none above it.
func (t StarTable) Reached(m Merit) (has, next Star, ok bool) {
	for _, s := range t.Levels {
		if len(s.Lacks(m)) > 0 {
			return has, s, true
		}
		has = s
	}
	return has, next, false
}

// plain reports whether the minutes of a person's whole life are all that counts.
func (t StarTable) plain() bool {
	for _, s := range t.Levels {
		if s != (Star{Level: s.Level, Minutes: s.Minutes}) {
			return false
		}
	}
	return t.Years == 0
}

// since returns the first day of service that counts on a day; none where all do.
func (t StarTable) since(on Date) Date {
	if t.Years == 0 {
		return 0
	}
	return NewDate(on.Time().Year()-int(t.Years)+1, time.January, 1)
}

// StarsOf returns how the people of a unit are recognised, on the view's day.
func (v View) StarsOf(u UnitID) (StarTable, error) {
	rules, err := v.Rules()
	if err != nil {
		return StarTable{}, err
	}
	rule, _ := rules.For(nil, "", v.on)
	if u != "" {
		if rule, err = v.ruleOf(&rules, u, v.on); err != nil {
			return StarTable{}, err
		}
	}
	if len(rule.Stars) == 0 {
		return StarTable{DefaultStars(), rule.StarYears}, nil
	}
	return StarTable{rule.Stars, rule.StarYears}, nil
}

// Merit returns what a person's level under a table goes by, on the view's day. Where the table is not plain, its cost grows with all that
// the person ever served.
func (v View) Merit(who Volunteer, t StarTable) (m Merit, err error) {
	if m.Minutes, err = v.Minutes(who); err != nil || t.plain() {
		return m, err
	}
	records, err := v.services(who)
	if err != nil {
		return m, err
	}
	if m.Since = t.since(v.on); m.Since != 0 {
		m.Minutes = 0
	}
	served := map[int]bool{}
	for _, rec := range records {
		day := rec.Start.On()
		if day >= m.Since && t.clean() {
			blamed, err := v.blamed(rec)
			if err != nil {
				return m, err
			}
			if blamed {
				m.Complaints++
			}
		}
		if rec.State != Credited {
			continue
		}
		served[day.Time().Year()] = true
		if day >= m.Since {
			m.Times++
		}
		if day >= m.Since && m.Since != 0 {
			m.Minutes += rec.Minutes
		}
	}
	year := v.on.Time().Year()
	if !served[year] {
		year-- // this one has not ended
	}
	for ; served[year]; year-- {
		m.Years++
	}
	return m, nil
}

// clean reports whether some level asks that there was no complaint.
func (t StarTable) clean() bool {
	return slices.ContainsFunc(t.Levels, func(s Star) bool { return s.Clean })
}

// blamed reports whether a complaint about a service was true: it was taken back for it, or nothing good was heard of the request that it
// was for (B17).
func (v View) blamed(rec Record) (bool, error) {
	if rec.State == ReversedBack {
		after, err := v.After(rec.Credit)
		if err != nil {
			return false, err
		}
		e, err := v.Entry(after.Reversed)
		body, ok := e.Body.(*Reversal)
		return ok && body.Reason == Complaint, err
	}
	e, err := v.Entry(rec.Index)
	if err != nil {
		return false, err
	}
	body, ok := e.Body.(*HoursRecord)
	if !ok {
		return false, nil
	}
	return v.complained(body.Request)
}

func stars(c *codec, v *[]Star) {
	list(c, "stars", v, func(c *codec, s *Star) {
		number(c, "level", &s.Level)
		number(c, "minutes", &s.Minutes)
		number(c, "times", &s.Times)
		number(c, "years", &s.Years)
		c.flag("clean", &s.Clean)
	})
}

func (r *Rule) checkStars(f *faults) {
	f.want(len(r.Stars) <= MaxStars, "stars", "too_many")
	var last Star
	for i, s := range r.Stars {
		at := fmt.Sprintf("stars[%d].", i)
		f.want(s.Level > last.Level && s.Level <= MaxStars, at+"level", "star_level")
		f.want(s.Minutes > last.Minutes && s.Minutes.within() && s.Minutes%60 == 0, at+"hours", "star_hours")
		f.want(s.Times >= 0 && s.Times <= maxStarTimes, at+"times", "star_times")
		f.want(s.Years >= 0 && s.Years <= maxStarYears, at+"years", "star_years")
		last = s
	}
	f.want(r.StarYears >= 0 && r.StarYears <= maxStarYears, "star_years", "star_years")
}
