package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// This file adds up what was declared, by days: every cap of a rule asks these sums and keeps none of its own, so that a new rule
// finds what came before it.

// tallyKey names what is added up of a volunteer, household or unit in a year. What there is little of is added up in year 0, of all
// years.
type tallyKey struct {
	owner string
	year  int
}

// always names what is added up of an owner in all years.
func always(owner string) tallyKey { return tallyKey{owner: owner} }

// What is added up beside the point standards, whose codes are in capitals.
const (
	allEarned   = "earned"  // of every standard together
	baseGranted = "base"    // always: the days on which somebody's base was filled up
	baseJoined  = "joined"  // always: those days of the bases in which a number that was merged into this one had a part
	carriedOver = "carried" // always: what went on to another period
	givenAway   = "given"   // always: what somebody gave to others
)

// about names what is added up of whom somebody brought along: once a person.
func about(code Code) string { return "about-" + string(code) }

// Tally is what stands declared of an owner in a year: one fact, since a record is part of several of its sums. What was sent back or
// reversed is taken out again.
type Tally struct {
	Sums []TallySum // in the order of What
}

// TallySum is what stands declared of something, in order of days.
type TallySum struct {
	What string
	Days []TallyDay
}

// TallyDay is one day of a tally.
type TallyDay struct {
	On       Date
	Count    int64  // records
	Quantity int64  // counted minutes of service, or the quantity of an act
	Points   Amount // what the records are worth
}

func (f *Tally) fields(c *codec) {
	list(c, "sums", &f.Sums, func(c *codec, s *TallySum) {
		text(c, "what", &s.What)
		list(c, "days", &s.Days, func(c *codec, d *TallyDay) {
			c.date("on", &d.On)
			number(c, "count", &d.Count)
			number(c, "quantity", &d.Quantity)
			number(c, "points", &d.Points)
		})
	})
}

// of returns where the sum of something stands, or would stand.
func (f *Tally) of(what string) (at int, ok bool) {
	return slices.BinarySearchFunc(f.Sums, what, func(s TallySum, what string) int { return strings.Compare(s.What, what) })
}

// add adds to a day of something, or takes from it; what nothing is left of goes.
func (f *Tally) add(what string, d TallyDay) {
	at, ok := f.of(what)
	if !ok {
		f.Sums = slices.Insert(f.Sums, at, TallySum{What: what})
	}
	s := &f.Sums[at]
	i, found := s.day(d.On)
	if !found {
		s.Days = slices.Insert(s.Days, i, d)
		return
	}
	s.Days[i] = s.Days[i].plus(d)
	s.Days[i].On = d.On
	if s.Days[i] == (TallyDay{On: d.On}) {
		s.Days = slices.Delete(s.Days, i, i+1)
	}
	if len(s.Days) == 0 {
		f.Sums = slices.Delete(f.Sums, at, at+1)
	}
}

// day returns where a day stands, or would stand: mostly last, as service is declared soon after it.
func (s *TallySum) day(on Date) (at int, ok bool) {
	switch n := len(s.Days); {
	case n == 0 || s.Days[n-1].On < on:
		return n, false
	case s.Days[n-1].On == on:
		return n - 1, true
	}
	return slices.BinarySearchFunc(s.Days, on, func(x TallyDay, on Date) int { return int(x.On - on) })
}

// days returns the days of something, in order.
func (f *Tally) days(what string) []TallyDay {
	if at, ok := f.of(what); ok {
		return f.Sums[at].Days
	}
	return nil
}

// plus adds without a day.
func (d TallyDay) plus(e TallyDay) TallyDay {
	return TallyDay{Count: d.Count + e.Count, Quantity: d.Quantity + e.Quantity, Points: d.Points + e.Points}
}

// sum adds up the days of something from one to another, both included.
func (f *Tally) sum(what string, from, until Date) (sum TallyDay) {
	for _, d := range f.days(what) {
		if from <= d.On && d.On <= until {
			sum = sum.plus(d)
		}
	}
	return sum
}

func writeTally(k tallyKey) string { return k.owner + "/" + strconv.Itoa(k.year) }

func readTally(s string) (k tallyKey, ok bool) {
	owner, text, ok := strings.Cut(s, "/")
	year, err := strconv.Atoi(text)
	return tallyKey{owner, year}, ok && err == nil && writeTally(tallyKey{owner, year}) == s
}

// newTallies returns the table of the family.
func newTallies(b *Book) table[tallyKey, Tally, *Tally] {
	return newTable[tallyKey, Tally](b, "tally", writeTally, readTally, func(k tallyKey) tallyKey {
		return tallyKey{kept(b, k.owner), k.year}
	})
}

// owners lists an owner of tallies, and the numbers that were merged into it: they are one person, who has what all of them did.
func (v *Volunteer) owners(owner string) []string {
	owners := []string{owner}
	for _, id := range v.Merged {
		owners = append(owners, string(id))
	}
	return owners
}

// tallied adds up what is tallied from one day to another, both included.
func (b *Book) tallied(owner, what string, from, until Date) (sum TallyDay) {
	who := &Volunteer{}
	if VolunteerID(owner).Valid() {
		who, _ = b.who(VolunteerID(owner))
	}
	for _, o := range who.owners(owner) {
		for year := from.year(); year <= until.year(); year++ {
			t, _ := b.tallies.get(tallyKey{o, year})
			sum = sum.plus(t.sum(what, from, until))
		}
	}
	return sum
}

func (b *Book) wantTallied(w *Wants, owner string, from, until Date) {
	if b.complete {
		return
	}
	who := &Volunteer{}
	if VolunteerID(owner).Valid() {
		who, _ = b.volunteers.peek(VolunteerID(owner))
	}
	for _, o := range who.owners(owner) {
		for year := from.year(); year <= until.year(); year++ {
			b.tallies.want(w, tallyKey{o, year})
		}
	}
}

// tallyOf is one sum that a record is part of.
type tallyOf struct{ owner, what string }

// tallyOf lists the sums that a record is part of; those without an owner are none.
func (r *Record) tallyOf() [6]tallyOf {
	sums := [6]tallyOf{
		{string(r.Volunteer), string(r.Standard)},
		{string(r.Volunteer), allEarned},
		{string(r.Unit), allEarned},
		{string(r.Household), string(r.Standard)},
		{string(r.Household), allEarned},
	}
	if r.About != "" {
		sums[5] = tallyOf{string(r.About), about(r.Standard)}
	}
	return sums
}

// wantTallies asks for the sums that a record is part of.
func (b *Book) wantTallies(w *Wants, r *Record) {
	if b.complete || r.Kind == OpeningDeclared {
		return
	}
	year := r.day().on.year()
	for _, owner := range [...]string{string(r.Volunteer), string(r.Unit), string(r.Household), string(r.About)} {
		if owner != "" {
			b.tallies.want(w, tallyKey{owner, year})
		}
	}
}

// tally adds a record to the sums that it is part of, or takes it out of them.
func (b *Book) tally(r *Record, sign int64) {
	quantity := r.Quantity
	if r.Kind == HoursDeclared {
		quantity = int64(r.Counted)
	}
	d := TallyDay{r.day().on, sign, sign * quantity, Amount(sign) * r.Points}
	year := r.day().on.year()
	for _, s := range r.tallyOf() {
		if s.owner != "" {
			b.tallies.edit(tallyKey{s.owner, year}).add(s.what, d)
		}
	}
}
