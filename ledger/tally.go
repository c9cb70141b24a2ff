package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// This file adds up what was declared, by days: every cap of a rule asks these sums and keeps none of its own, so that a new rule
// finds what came before it.

// tallyKey names what is added up: of whom (a volunteer, household or unit), what (a point standard, or allEarned), in which year.
type tallyKey struct {
	owner string
	what  string
	year  int
}

// What is added up beside the point standards, whose codes are in capitals.
const (
	allEarned   = "earned" // of every standard together
	baseGranted = "base"
)

// about names what is added up of whom somebody brought along: once a person.
func about(code Code) string { return "about-" + string(code) }

// Tally is what stands declared of something in a year, in order of days. What was sent back or reversed is taken out again.
type Tally struct {
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
	list(c, "days", &f.Days, func(c *codec, d *TallyDay) {
		c.date("on", &d.On)
		number(c, "count", &d.Count)
		number(c, "quantity", &d.Quantity)
		number(c, "points", &d.Points)
	})
}

// add adds to a day, or takes from it; a day that nothing is left of goes.
func (f *Tally) add(d TallyDay) {
	i, found := slices.BinarySearchFunc(f.Days, d.On, func(x TallyDay, on Date) int { return int(x.On - on) })
	if !found {
		f.Days = slices.Insert(f.Days, i, d)
		return
	}
	f.Days[i] = f.Days[i].plus(d)
	f.Days[i].On = d.On
	if f.Days[i] == (TallyDay{On: d.On}) {
		f.Days = slices.Delete(f.Days, i, i+1)
	}
}

// plus adds without a day.
func (d TallyDay) plus(e TallyDay) TallyDay {
	return TallyDay{Count: d.Count + e.Count, Quantity: d.Quantity + e.Quantity, Points: d.Points + e.Points}
}

// sum adds up the days from one to another, both included.
func (f *Tally) sum(from, until Date) (sum TallyDay) {
	for _, d := range f.Days {
		if from <= d.On && d.On <= until {
			sum = sum.plus(d)
		}
	}
	return sum
}

func writeTally(k tallyKey) string { return k.owner + "/" + k.what + "/" + strconv.Itoa(k.year) }

func readTally(s string) (k tallyKey, ok bool) {
	part := strings.Split(s, "/")
	if len(part) != 3 {
		return k, false
	}
	year, err := strconv.Atoi(part[2])
	return tallyKey{part[0], part[1], year}, err == nil
}

// newTallies returns the table of the family.
func newTallies(b *Book) table[tallyKey, Tally, *Tally] {
	t := newTable[tallyKey, Tally](b, "tally", writeTally, readTally, func(k tallyKey) tallyKey {
		return tallyKey{kept(b, k.owner), kept(b, k.what), k.year}
	})
	t.keep = MaxPassing
	return t
}

// owners lists an owner of tallies, and the numbers that were merged into it: they are one person, who has what all of them did.
func (v Volunteer) owners(owner string) []string {
	owners := []string{owner}
	for _, id := range v.Merged {
		owners = append(owners, string(id))
	}
	return owners
}

// tallied adds up what is tallied from one day to another, both included.
func (b *Book) tallied(owner, what string, from, until Date) (sum TallyDay) {
	var who Volunteer
	if VolunteerID(owner).Valid() {
		who, _ = b.volunteers.get(VolunteerID(owner))
	}
	for _, o := range who.owners(owner) {
		for year := from.year(); year <= until.year(); year++ {
			t, _ := b.tallies.get(tallyKey{o, what, year})
			sum = sum.plus(t.sum(from, until))
		}
	}
	return sum
}

func (b *Book) wantTallied(w *Wants, owner, what string, from, until Date) {
	if b.complete {
		return
	}
	var who Volunteer
	if VolunteerID(owner).Valid() {
		who, _ = b.volunteers.peek(VolunteerID(owner))
	}
	for _, o := range who.owners(owner) {
		for year := from.year(); year <= until.year(); year++ {
			b.tallies.want(w, tallyKey{o, what, year})
		}
	}
}

// tallyKeys are the sums that a record is part of; those without an owner are none.
func (r *Record) tallyKeys() (keys [6]tallyKey) {
	year := r.day().on.year()
	keys = [6]tallyKey{
		{string(r.Volunteer), string(r.Standard), year},
		{string(r.Volunteer), allEarned, year},
		{string(r.Unit), allEarned, year},
		{string(r.Household), string(r.Standard), year},
		{string(r.Household), allEarned, year},
	}
	if r.About != "" {
		keys[5] = tallyKey{string(r.About), about(r.Standard), year}
	}
	return keys
}

// wantTallies asks for the sums that a record is part of.
func (b *Book) wantTallies(w *Wants, r *Record) {
	if b.complete || r.Kind == OpeningDeclared {
		return
	}
	for _, k := range r.tallyKeys() {
		if k.owner != "" {
			b.tallies.want(w, k)
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
	for _, k := range r.tallyKeys() {
		if k.owner != "" {
			b.tallies.edit(k).add(d)
		}
	}
}
