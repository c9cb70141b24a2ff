package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Published is the kind of a notice that asks for no answer.
const Published Kind = "published"

// What is published.
const (
	PublishPoints  = "points"  // monthly: the points of a unit's volunteers
	PublishGoods   = "goods"   // quarterly: the goods of a unit's shops
	PublishHonours = "honours" // of a month or quarter: who served and agreed to be named
)

// Publications lists what may be published.
func Publications() []string { return []string{PublishPoints, PublishGoods, PublishHonours} }

// Publish hangs out a text that the program made of the journal (B44). By a publisher.
type Publish struct {
	What   string
	Unit   UnitID
	Number int64
	Period string // 2026-10, or 2026-Q3
	From   Date   // today: it stands in the text
	Until  Date   // the day of its removal
	SHA256 string
	Size   int64
}

func (a *Publish) fields(c *codec) {
	text(c, "what", &a.What)
	text(c, "unit", &a.Unit)
	number(c, "number", &a.Number)
	text(c, "period", &a.Period)
	c.date("from", &a.From)
	c.date("until", &a.Until)
	text(c, "sha256", &a.SHA256)
	number(c, "size", &a.Size)
}

func (a *Publish) kind() Kind { return Published }

func (a *Publish) roles() anyOf { return anyOf{Publisher} }

func (a *Publish) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Publish) check(f *faults) {
	f.want(slices.Contains(Publications(), a.What), "what", "publication")
	_, _, ok := PeriodOf(a.Period)
	fits := a.What == PublishHonours || strings.Contains(a.Period, "Q") == (a.What == PublishGoods)
	f.want(ok && fits, "period", "period")
	checkPaper(f, a.Unit, a.Number, a.From, a.Until)
	checkText(f, a.SHA256, a.Size)
}

// PeriodOf returns the first and the last day of a month, such as 2026-10, or of a quarter, such as 2026-Q3.
func PeriodOf(s string) (first, last Date, ok bool) {
	year, part, found := strings.Cut(s, "-")
	y, err := strconv.Atoi(year)
	if !found || err != nil || len(year) != 4 {
		return 0, 0, false
	}
	quarter, months := strings.CutPrefix(part, "Q")
	n, err := strconv.Atoi(quarter)
	switch {
	case err != nil || n < 1:
		return 0, 0, false
	case months && len(quarter) == 1 && n <= 4:
		first = NewDate(y, time.Month(3*n-2), 1)
		last = NewDate(y, time.Month(3*n+1), 1).AddDays(-1)
	case !months && len(part) == 2 && n <= 12:
		first = NewDate(y, time.Month(n), 1)
		last = NewDate(y, time.Month(n+1), 1).AddDays(-1)
	}
	return first, last, first.valid() && last.valid()
}

func (a *Publish) needs(b *Book, _ Command, w *Wants) {
	b.units.want(w, a.Unit)
	b.boards.want(w, a.Unit)
}

func (a *Publish) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, b.mayPublish(a, d.On))
}

// mayPublish refuses a paper that is not the unit's next of today, or is about days that have not passed.
func (b *Book) mayPublish(a *Publish, on Date) *Rejection {
	_, last, _ := PeriodOf(a.Period)
	r := b.mayHang(a.Unit, a.Number, a.From, on)
	if r == nil && last >= on {
		r = &Rejection{Reason: DateInFuture, Subject: last.String()}
	}
	return r
}

func (a *Publish) asked() (Action, Index) { return a, 0 }

func (a *Publish) holds(b *Book, e Entry) ([]Posting, error) { return states(b.mayPublish(a, e.On)) }

func (a *Publish) fold(b *Book, e Entry) {
	b.hang(e, Notice{
		What: kept(b, a.What), Unit: a.Unit, Number: a.Number, Period: a.Period, From: a.From, Until: a.Until, SHA256: a.SHA256, Size: a.Size,
	})
}

// Paper names a notice as its text does: the unit and the number.
func (n Notice) Paper() string { return fmt.Sprintf("%s/%d", n.Unit, n.Number) }
