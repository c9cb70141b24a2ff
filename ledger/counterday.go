package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// This family is the counter's day: it is opened, by a command or by its first exchange, and closed by a numbered report that
// names the one before it. Within a minute the clerk may undo an exchange; afterwards it is returned. What moves goods between a
// close and the next opening counts in the day that opens then, so that nothing falls between two reports.

// The kinds of a counter's day.
const (
	CounterOpened  Kind = "counter_opened"
	CounterClosed  Kind = "counter_closed"
	ExchangeUndone Kind = "undone"
)

// The refusals of a counter's day.
const (
	CounterIsOpen   RejectReason = "counter_open"
	CounterIsClosed RejectReason = "counter_closed"
	DayClosed       RejectReason = "day_closed"  // its day is closed: only a steward takes it back
	OtherClerk      RejectReason = "other_clerk" // only whoever served undoes it
	TooLate         RejectReason = "too_late"    // have: seconds or days that passed; want: the most
)

// MaxUndo is how long after an exchange its clerk may undo it, in seconds: the volunteer still stands at the counter.
const MaxUndo = 60

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// OpenCounter opens a day at the counter of a shop, before its first exchange. By a clerk or keeper.
	OpenCounter struct {
		Shop ShopID
	}

	// CloseCounter closes the day of a shop's counter. By a clerk, keeper or steward.
	CloseCounter struct {
		Shop ShopID
	}

	// CounterClose is the body of counter_closed: the report of the day. It names the close before it and the leaf hash of
	// that close's line, so that the chain can be checked from two lines.
	CounterClose struct {
		CloseCounter
		Number   int64 // of the day, from 1 without gaps
		On       Date  // when the day was opened
		From     Index // the first entry that counts in it
		Through  Index // the last one
		Previous Index // the close before it; none before the first
		Leaf     Hash  // of the line of Previous
		DayTotals
		Missing []int64 // vouchers of the shop that lack between used ones
	}

	// Undo takes an exchange back within a minute, as a whole. By the clerk who served.
	Undo struct {
		Redemption Index
	}

	// UndoneExchange is the body of undone. Lots is as in GoodsReturn.
	UndoneExchange struct {
		Undo
		Volunteer VolunteerID
		Shop      ShopID
		Lots      []LotExpiry
	}
)

// The facts of a counter.
type (
	// Counter is the day of a shop's counter that is open, or what counts already in the next.
	Counter struct {
		Shop    ShopID
		Number  int64 // of that day; of the one that was closed last where nothing counts in the next
		Open    bool
		On      Date  // when it was opened
		From    Index // the first entry that counts in it, 0 for none
		Through Index // the last one
		Closed  Index // the newest close
		Leaf    Hash  // of the line of Closed
		DayTotals
	}

	// DayTotals sums up a day at a counter. What was undone or came back is in it twice: as it went and as it came back.
	DayTotals struct {
		Exchanges  int64
		Points     Amount
		Undone     int64  // undone exchanges
		Returns    int64  // returns and reversals, of this day's exchanges and of earlier ones
		BackPoints Amount // of what was undone, returned or reversed
		Items      []DayItem
		Clerks     []DayClerk
		Vouchers   []int64 // that were entered
	}

	// DayItem is what became of one item in a day.
	DayItem struct {
		Item       Commodity
		Pieces     Amount // handed out
		Points     Amount
		Back       Amount // pieces that came back
		BackPoints Amount
		Short      Amount // pieces by which more is short than before the day
		Relieved   Amount // pieces given in need, less those of which that was reversed
		Scrapped   Amount // pieces written off, likewise
		Lost       Amount // pieces that a count did not find
		Found      Amount // pieces that a count found beyond the book
	}

	// DayClerk is what one clerk did in a day.
	DayClerk struct {
		Clerk     StaffID
		Exchanges int64
		Points    Amount
		Undone    int64
	}
)

// counterDayBody returns an empty body of one of the kinds above, or nil.
func counterDayBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case CounterOpened:
		return &OpenCounter{}
	case CounterClosed:
		return &CounterClose{}
	case ExchangeUndone:
		return &UndoneExchange{}
	}
	return nil
}

func (a *OpenCounter) fields(c *codec) { text(c, "shop", &a.Shop) }

func (a *OpenCounter) kind() Kind { return CounterOpened }

func (a *OpenCounter) roles() anyOf { return anyOf{Clerk, Keeper} }

func (a *OpenCounter) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *OpenCounter) check(f *faults) { f.want(a.Shop.Valid(), "shop", "shop_code") }

func (a *OpenCounter) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.counters.want(w, a.Shop)
}

func (a *OpenCounter) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.closed(b))
}

// closed refuses to open what is open.
func (a *OpenCounter) closed(b *Book) *Rejection {
	if r := missing(&b.shops, a.Shop); r != nil {
		return r
	}
	if day, _ := b.counters.get(a.Shop); day.Open {
		return &Rejection{Reason: CounterIsOpen, Subject: string(a.Shop)}
	}
	return nil
}

func (a *OpenCounter) asked() (Action, Index) { return a, 0 }

func (a *OpenCounter) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.closed(b)) }

func (a *OpenCounter) fold(b *Book, e Entry) { b.openDay(a.Shop, e) }

func (a *CloseCounter) fields(c *codec) { text(c, "shop", &a.Shop) }

func (a *CloseCounter) kind() Kind { return CounterClosed }

func (a *CloseCounter) roles() anyOf { return anyOf{Clerk, Keeper, Steward} }

func (a *CloseCounter) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CloseCounter) check(f *faults) { f.want(a.Shop.Valid(), "shop", "shop_code") }

func (a *CloseCounter) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.counters.want(w, a.Shop)
	b.vouchers.want(w, a.Shop)
}

func (a *CloseCounter) decide(b *Book, _ Command, d *draft) *Rejection {
	body, r := b.closing(a.Shop)
	if r != nil {
		return r
	}
	return d.itself(body, nil)
}

// closing draws up the report of the day that is open at a counter.
func (b *Book) closing(shop ShopID) (*CounterClose, *Rejection) {
	if r := missing(&b.shops, shop); r != nil {
		return nil, r
	}
	day, _ := b.counters.get(shop)
	if !day.Open {
		return nil, &Rejection{Reason: CounterIsClosed, Subject: string(shop)}
	}
	vouchers, _ := b.vouchers.get(shop)
	return &CounterClose{
		CloseCounter: CloseCounter{shop}, Number: day.Number, On: day.On, From: day.From, Through: day.Through,
		Previous: day.Closed, Leaf: day.Leaf, DayTotals: day.DayTotals.clone(), Missing: vouchers.Missing(),
	}, nil
}

func (r *CounterClose) fields(c *codec) {
	r.CloseCounter.fields(c)
	number(c, "number", &r.Number)
	c.date("on", &r.On)
	number(c, "from", &r.From)
	number(c, "through", &r.Through)
	number(c, "previous", &r.Previous)
	c.hash("leaf", &r.Leaf)
	r.DayTotals.fields(c)
	numbers(c, "missing", &r.Missing)
}

func (r *CounterClose) asked() (Action, Index) { return &r.CloseCounter, 0 }

// holds that the report is what the entries of the day come to, and follows the close before it.
func (r *CounterClose) holds(b *Book, _ Entry) ([]Posting, error) {
	want, no := b.closing(r.Shop)
	if no != nil {
		return states(no)
	}
	if !bytes.Equal(appendBody(nil, want), appendBody(nil, r)) {
		return nil, fmt.Errorf("I8: close %d of %s is not what its day comes to", r.Number, r.Shop)
	}
	return nil, nil
}

// fold closes the day. The next one names this line's hash.
func (r *CounterClose) fold(b *Book, e Entry) {
	day := b.counters.edit(r.Shop)
	*day = Counter{Shop: day.Shop, Number: day.Number, Closed: e.Index, Leaf: LeafHash(e.AppendLine(nil))}
}

func (a *Undo) fields(c *codec) { number(c, "redemption", &a.Redemption) }

func (a *Undo) kind() Kind { return ExchangeUndone }

func (a *Undo) roles() anyOf { return anyOf{Clerk} }

func (a *Undo) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Undo) check(f *faults) { f.want(a.Redemption > 0, "redemption", "index") }

func (a *Undo) needs(b *Book, _ Command, w *Wants) { b.wantUndone(w, a.Redemption) }

func (a *Undo) decide(b *Book, c Command, d *draft) *Rejection {
	sold, _ := b.entry(a.Redemption)
	x, ok := sold.Sold()
	if !ok {
		return notFound(writeIndexPlain(a.Redemption))
	}
	if v, r := b.open(x.Volunteer); r != nil {
		return r
	} else if b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(x.Volunteer)}
	}
	if r := b.mayUndo(d.Entry, sold, x); r != nil {
		return r
	}
	body := &UndoneExchange{Undo: *a, Volunteer: x.Volunteer, Shop: x.Shop}
	var r *Rejection
	body.Lots, r = b.undo(d, sold)
	return d.itself(body, firstOf(r, b.mayRevive(d)))
}

// mayUndo refuses to undo what another clerk handed out, what is of a closed day, or what is too long ago.
func (b *Book) mayUndo(e, sold Entry, x *Exchange) *Rejection {
	passed := e.At.Sub(sold.At)
	switch {
	case e.Actor != sold.Actor:
		return &Rejection{Reason: OtherClerk, Subject: string(sold.Actor)}
	case x.Voucher != 0:
		return &Rejection{Reason: NotReversible, Subject: string(sold.Kind)} // nobody stands at the counter any more
	case b.dayIsClosed(x.Shop, sold):
		return &Rejection{Reason: DayClosed, Subject: string(x.Shop)}
	case passed > MaxUndo*time.Second:
		return &Rejection{Reason: TooLate, Subject: writeIndexPlain(sold.Index), Have: Amount((passed + time.Second - 1) / time.Second), Want: MaxUndo}
	}
	return nil
}

// dayIsClosed reports whether the day at the counter to which an exchange belongs was closed.
func (b *Book) dayIsClosed(shop ShopID, sold Entry) bool {
	day, _ := b.counters.get(shop)
	return day.Closed > sold.Index
}

// stewardOnly refuses whoever is no steward to take back an exchange of a closed day. Whoever approves what a steward proposed need
// be none.
func (b *Book) stewardOnly(c Command, d *draft, shop ShopID, sold Entry) *Rejection {
	if !b.dayIsClosed(shop, sold) || (d.Proposal != 0 && c.Actor == d.Actor) {
		return nil
	}
	if b.hasRole(c, Steward, d.On) {
		return nil
	}
	return &Rejection{Reason: DayClosed, Subject: string(shop)}
}

func (r *UndoneExchange) fields(c *codec) {
	r.Undo.fields(c)
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	lotExpiries(c, &r.Lots)
}

func (r *UndoneExchange) asked() (Action, Index) { return &r.Undo, 0 }

// holds I10: once, by who served, in time, and exactly what the exchange moved.
func (r *UndoneExchange) holds(b *Book, e Entry) ([]Posting, error) {
	sold, x, err := b.checkSold(e, r.Redemption, r.Volunteer, r.Shop)
	if err != nil {
		return nil, err
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots, no := b.undo(&d, sold)
	if no = firstOf(b.mayUndo(e, sold, x), no); no != nil {
		return nil, fmt.Errorf("I10: redemption %d cannot be undone: %s", r.Redemption, no.Error())
	}
	if !slices.Equal(lots, r.Lots) || !slices.Equal(d.Postings, e.Postings) {
		return nil, errors.New("I10: not the lots that the redemption drew are restored")
	}
	return d.Postings, nil
}

func (r *UndoneExchange) looksBack() {}

func (r *UndoneExchange) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

// fold notes that nothing of the exchange is left.
func (r *UndoneExchange) fold(b *Book, e Entry) {
	b.afters.edit(r.Redemption).Reversed = e.Index
	sold, _ := b.entry(r.Redemption)
	x, ok := sold.Sold()
	if !ok {
		return // the entry was checked
	}
	b.expireBeside(e, sold)
	day := b.cameBack(x, x.Lines, e)
	day.Undone++
	day.clerk(sold.Actor).Undone++
	b.unvisit(sold, x)
}

// dayOf returns the day of a shop's counter for changing by an entry that counts in it: the one that is open, or the next.
func (b *Book) dayOf(shop ShopID, e Entry) *Counter {
	if !b.writes(2) {
		return &Counter{} // no book of format 1 closes a day: the first day begins when its format is raised
	}
	day := b.counters.edit(shop)
	if day.From == 0 {
		day.Shop, day.Number, day.From = kept(b, shop), day.Number+1, e.Index
	}
	day.Through = e.Index
	return day
}

// openDay is dayOf for an entry that opens the day.
func (b *Book) openDay(shop ShopID, e Entry) *Counter {
	day := b.dayOf(shop, e)
	if !day.Open {
		day.Open, day.On = true, e.On
	}
	return day
}

// wentOut counts an exchange in its counter's day.
func (b *Book) wentOut(x *Exchange, e Entry) {
	day := b.openDay(x.Shop, e)
	clerk := day.clerk(kept(b, b.server(e)))
	if x.Voucher != 0 {
		day.Vouchers = append(day.Vouchers, x.Voucher)
	}
	day.Exchanges++
	clerk.Exchanges++
	for _, l := range x.Lines {
		item := day.item(kept(b, l.Item))
		item.Pieces += l.Pieces
		item.Points += l.Points
		day.Points += l.Points
		clerk.Points += l.Points
	}
	day.moved(e)
}

// cameBack counts lines that came back in the day on which they did, which may be a later one.
func (b *Book) cameBack(x *Exchange, lines []PricedLine, e Entry) *Counter {
	day := b.dayOf(x.Shop, e)
	for _, l := range lines {
		item := day.item(kept(b, l.Item))
		item.Back += l.Pieces
		item.BackPoints += l.Points
		day.BackPoints += l.Points
	}
	day.moved(e)
	return day
}

// moved counts what an entry made short, or less so, and what left the shelf or came to it otherwise than by an exchange.
func (t *DayTotals) moved(e Entry) {
	for _, p := range e.Postings {
		switch p.Account.Class() { //nolint:exhaustive // an exchange says itself what it handed out
		case ClassShort:
			t.item(p.Commodity).Short -= p.Amount
		case ClassRelieved:
			t.item(p.Commodity).Relieved += p.Amount
		case ClassScrapped:
			t.item(p.Commodity).Scrapped += p.Amount
		case ClassLost:
			t.item(p.Commodity).Lost += p.Amount
		case ClassFound:
			t.item(p.Commodity).Found -= p.Amount
		}
	}
}

// item returns the row of an item, in the order of their codes.
func (t *DayTotals) item(c Commodity) *DayItem {
	i, ok := slices.BinarySearchFunc(t.Items, c, func(r DayItem, c Commodity) int { return strings.Compare(string(r.Item), string(c)) })
	if !ok {
		t.Items = slices.Insert(t.Items, i, DayItem{Item: c})
	}
	return &t.Items[i]
}

// clerk returns the row of a clerk, in the order of their numbers.
func (t *DayTotals) clerk(s StaffID) *DayClerk {
	i, ok := slices.BinarySearchFunc(t.Clerks, s, func(r DayClerk, s StaffID) int { return strings.Compare(string(r.Clerk), string(s)) })
	if !ok {
		t.Clerks = slices.Insert(t.Clerks, i, DayClerk{Clerk: s})
	}
	return &t.Clerks[i]
}

// clone returns totals that later entries do not change.
func (t DayTotals) clone() DayTotals {
	t.Items, t.Clerks, t.Vouchers = slices.Clone(t.Items), slices.Clone(t.Clerks), slices.Clone(t.Vouchers)
	return t
}

func (t *DayTotals) fields(c *codec) {
	number(c, "exchanges", &t.Exchanges)
	number(c, "points", &t.Points)
	number(c, "undone", &t.Undone)
	number(c, "returns", &t.Returns)
	number(c, "back_points", &t.BackPoints)
	list(c, "items", &t.Items, func(c *codec, r *DayItem) {
		text(c, "item", &r.Item)
		number(c, "pieces", &r.Pieces)
		number(c, "points", &r.Points)
		number(c, "back", &r.Back)
		number(c, "back_points", &r.BackPoints)
		number(c, "short", &r.Short)
		number(c, "relieved", &r.Relieved)
		number(c, "scrapped", &r.Scrapped)
		number(c, "lost", &r.Lost)
		number(c, "found", &r.Found)
	})
	list(c, "clerks", &t.Clerks, func(c *codec, r *DayClerk) {
		text(c, "clerk", &r.Clerk)
		number(c, "exchanges", &r.Exchanges)
		number(c, "points", &r.Points)
		number(c, "undone", &r.Undone)
	})
	numbers(c, "vouchers", &t.Vouchers)
}

func (f *Counter) fields(c *codec) {
	text(c, "shop", &f.Shop)
	number(c, "number", &f.Number)
	c.flag("open", &f.Open)
	c.date("on", &f.On)
	number(c, "from", &f.From)
	number(c, "through", &f.Through)
	number(c, "closed", &f.Closed)
	c.hash("leaf", &f.Leaf)
	f.DayTotals.fields(c)
}

// Counter returns the day of a shop's counter that is open, or what counts already in the next; the zero Counter where nothing ever
// happened there.
func (v View) Counter(shop ShopID) (Counter, error) {
	day, err := find[Counter](v, "counter", string(shop))
	if isNotFound(err) {
		err = nil
	}
	return day, err
}

// closes walks back along the chain of a counter's closes, the newest first, until stop says so. It returns the zero Entry where
// that never was.
func (v View) closes(shop ShopID, stop func(*CounterClose) bool) (Entry, *CounterClose, error) {
	day, err := v.Counter(shop)
	if err != nil {
		return Entry{}, nil, err
	}
	for at := day.Closed; at != 0; {
		e, err := v.Entry(at)
		if err != nil {
			return Entry{}, nil, err
		}
		body, ok := e.Body.(*CounterClose)
		if !ok {
			return Entry{}, nil, fmt.Errorf("close of %s: entry %d is none: %w", shop, at, ErrCorrupt)
		}
		if stop(body) {
			return e, body, nil
		}
		at = body.Previous
	}
	return Entry{}, nil, nil
}

// Close returns the entry that closed the day of that number at a shop's counter, the newest close where the number is 0.
func (v View) Close(shop ShopID, number int64) (Entry, *CounterClose, error) {
	if _, err := v.Shop(shop); err != nil {
		return Entry{}, nil, err
	}
	e, body, err := v.closes(shop, func(r *CounterClose) bool { return number == 0 || r.Number == number })
	switch {
	case err != nil || body != nil:
	case number == 0:
		err = notFound("close")
	default:
		err = notFound(fmt.Sprintf("%s/%d", shop, number))
	}
	return e, body, err
}

// DayNumber returns the number of the day at a shop's counter in which an entry counts; 0 where it counts in none.
func (v View) DayNumber(shop ShopID, i Index) (int64, error) {
	day, err := v.Counter(shop)
	if err != nil || (day.From != 0 && i >= day.From) {
		return day.Number, err
	}
	_, body, err := v.closes(shop, func(r *CounterClose) bool { return i >= r.From })
	if err != nil || body == nil || i > body.Through {
		return 0, err
	}
	return body.Number, nil
}
