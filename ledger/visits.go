package ledger

import (
	"slices"
	"strings"
)

// This file counts exchanges by day, for whoever they were handed to and for their household. Limits of whatever period ask the same
// fact, so that a new rule needs no new one. A command does not say when it will be decided: so there is one fact of an owner, and
// not one of each year, and it holds the days of a year.

// visitDays is how many days of exchanges are kept: the longest period of a limit.
const visitDays = 366

// The facts of exchanges.
type (
	// Visits are the exchanges of a volunteer or household within a year, by day.
	Visits struct {
		Days []VisitDay
	}

	// VisitDay is what was exchanged on a day.
	VisitDay struct {
		On     Date
		Visits int64
		Points Amount
		Items  []ItemLine
	}
)

// visitors lists whose visits an exchange counts among: the volunteer's and those of their household of that day.
func visitors(v *Volunteer, day Date) []string {
	home := v.HouseholdOn(day)
	if home == "" {
		return []string{string(v.Volunteer)}
	}
	return []string{string(v.Volunteer), string(home)}
}

// wantVisits asks for what visit and unvisit change.
func (b *Book) wantVisits(w *Wants, id VolunteerID) {
	b.volunteers.want(w, id)
	v, ok := b.volunteers.peek(id)
	if !ok {
		b.visits.want(w, string(id))
		return
	}
	b.visits.want(w, string(id))
	for h := range v.households() {
		b.visits.want(w, string(h))
	}
}

// visit counts an exchange.
func (b *Book) visit(x *Exchange, on Date) {
	v, _ := b.who(x.Volunteer)
	for _, owner := range visitors(v, on) {
		day := b.visits.edit(owner).day(on)
		day.Visits++
		for _, l := range x.Lines {
			day.Points += l.Points
			day.add(kept(b, l.Item), l.Pieces)
		}
	}
}

// unvisit takes an exchange back as a whole, of which nothing came back before.
func (b *Book) unvisit(sold Entry, x *Exchange) {
	b.takeVisit(sold, x, x.Lines, 1)
}

// takeVisit takes lines of an exchange out of the day on which they went. Whoever took part of it back was there all the same.
func (b *Book) takeVisit(sold Entry, x *Exchange, lines []PricedLine, visits int64) {
	v, _ := b.who(x.Volunteer)
	on := x.day(sold.On)
	for _, owner := range visitors(v, on) {
		f := b.visits.edit(owner)
		i := slices.IndexFunc(f.Days, func(d VisitDay) bool { return d.On == on })
		if i < 0 {
			continue // longer ago than any limit asks
		}
		day := &f.Days[i]
		day.Visits = max(0, day.Visits-visits)
		for _, l := range lines {
			day.Points = max(0, day.Points-l.Points)
			day.add(l.Item, -l.Pieces)
		}
		if day.Visits == 0 {
			f.Days = slices.Delete(f.Days, i, i+1)
		}
	}
}

// visitsOf returns what is known of an owner's exchanges, to keep while it changes.
func (b *Book) visitsOf(owner string) Visits {
	f, _ := b.visits.get(owner)
	days := slices.Clone(f.Days)
	for i := range days {
		days[i].Items = slices.Clone(days[i].Items)
	}
	return Visits{days}
}

// join adds the exchanges of another owner, whose number or household became this one's.
func (f *Visits) join(other Visits) {
	for _, d := range other.Days {
		day := f.day(d.On)
		day.Visits += d.Visits
		day.Points += d.Points
		for _, l := range d.Items {
			day.add(l.Item, l.Pieces)
		}
	}
}

// day returns a day for changing, and lets go of those that no limit asks for any more.
func (f *Visits) day(on Date) *VisitDay {
	if n := len(f.Days); n > 0 {
		newest := max(on, f.Days[n-1].On)
		f.Days = slices.DeleteFunc(f.Days, func(d VisitDay) bool { return d.On <= newest-visitDays })
	}
	i, ok := slices.BinarySearchFunc(f.Days, on, func(d VisitDay, on Date) int { return int(d.On - on) })
	if !ok {
		f.Days = slices.Insert(f.Days, i, VisitDay{On: on})
	}
	return &f.Days[i]
}

// add changes the pieces of an item.
func (d *VisitDay) add(item Commodity, pieces Amount) {
	i, ok := slices.BinarySearchFunc(d.Items, item, func(l ItemLine, c Commodity) int { return strings.Compare(string(l.Item), string(c)) })
	if !ok {
		if pieces > 0 {
			d.Items = slices.Insert(d.Items, i, ItemLine{item, pieces})
		}
		return
	}
	if d.Items[i].Pieces += pieces; d.Items[i].Pieces <= 0 {
		d.Items = slices.Delete(d.Items, i, i+1)
	}
}

func (f *Visits) fields(c *codec) {
	list(c, "days", &f.Days, func(c *codec, d *VisitDay) {
		c.date("on", &d.On)
		number(c, "visits", &d.Visits)
		number(c, "points", &d.Points)
		itemRows(c, &d.Items)
	})
}

func itemRows(c *codec, v *[]ItemLine) {
	list(c, "items", v, func(c *codec, l *ItemLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
	})
}

// Visits returns the exchanges of a volunteer or household within a year; none is the zero Visits.
func (v View) Visits(owner string) (Visits, error) {
	f, err := find[Visits](v, "visits", owner)
	if isNotFound(err) {
		err = nil
	}
	return f, err
}
