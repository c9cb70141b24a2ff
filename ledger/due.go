package ledger

import "iter"

// This file keeps what falls due by the day on which it does, so that the run finds its work without looking at everything.

// Due lists what ends on one day and is not dealt with yet. Facts are never deleted: a day that is dealt with has an empty list.
type Due struct {
	On    Date // the last day before it is to be dealt with
	Items []DueItem
}

// DueItem is an entry that something is left to do about.
type DueItem struct {
	What Kind  // of the entry
	At   Index // the entry
	Open int64 // how much is left to do
}

func (f *Due) fields(c *codec) {
	c.date("on", &f.On)
	list(c, "items", &f.Items, func(c *codec, d *DueItem) {
		text(c, "what", &d.What)
		number(c, "at", &d.At)
		number(c, "open", &d.Open)
	})
}

func writeDate(d Date) string { return d.String() }

func readDate(s string) (Date, bool) {
	d, err := ParseDate(s)
	return d, err == nil
}

// newDues returns the table of what falls due.
func newDues(b *Book) table[Date, Due, *Due] {
	return newTable[Date, Due](b, "due", writeDate, readDate, func(d Date) Date { return d })
}

// falls notes that something is to be done about the entry after a day, so many times.
func (b *Book) falls(on Date, e Entry, times int) {
	due := b.dues.edit(on)
	due.On = on
	due.Items = append(due.Items, DueItem{kept(b, e.Kind), e.Index, int64(times)})
}

// dealt notes that this much was done about the entry that falls due on a day. An entry about which nothing is left is dropped.
func (b *Book) dealt(on Date, entry Index, times int64) {
	due := b.dues.edit(on)
	left := make([]DueItem, 0, len(due.Items))
	for _, d := range due.Items {
		if d.At == entry {
			d.Open -= times
		}
		if d.Open > 0 {
			left = append(left, d)
		}
	}
	due.Items = left
}

// Due returns what fell due before a day and is not dealt with, the earliest first.
func (v View) Due(before Date) iter.Seq2[Due, error] {
	return func(yield func(Due, error) bool) {
		for d, err := range all[Due](v, "due") {
			if err == nil && d.On >= before {
				return
			}
			if err == nil && len(d.Items) == 0 {
				continue
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}
