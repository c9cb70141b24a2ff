package web

import (
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Desk is what the form of the counter carries from page to page: everything that was scanned and is not exchanged yet. It is all that
// there is of an exchange in the making, so that a reload, the Back button and a session that ended lose nothing.
type Desk struct {
	Shop  ledger.ShopID
	Card  string // the text of a card, or a number, as it was scanned or typed
	Lines []ledger.ItemLine
	Times ledger.Amount // how many of the item that is scanned next; 0 for one
	Key   ledger.Key    // of the exchange
}

// Line writes a line as the form carries it.
func (Desk) Line(l ledger.ItemLine) string {
	return string(l.Item) + "=" + strconv.FormatInt(int64(l.Pieces), 10)
}

// The lights of the counter. Each has a word and a sign of its own: nobody has to tell colours apart.
const (
	Green = "green" // may exchange this
	Amber = "amber" // may, and something is to be said first
	Red   = "red"   // may not
)

// Counter is where a clerk exchanges points for goods.
type Counter struct {
	Desk
	Clerk   string // number
	Place   string // name of the shop
	Shops   []Choice
	Scan    string // what was scanned and did nothing, to be corrected
	Holder  Holder // nobody before a card was scanned
	Goods   []CounterLine
	Total   string // what the goods come to
	Left    string // what is left afterwards
	Light   string
	Reasons []string // why not, or what is to be said
	Done    Exchanged
	Wrong   string
	Hint    string
}

// Choice is a shop to be chosen.
type Choice struct {
	Shop ledger.ShopID
	Name string
}

// Holder is whose card was scanned.
type Holder struct {
	Number, Name, Available, Last string
}

// CounterLine is one item on the counter.
type CounterLine struct {
	Name, Pieces, Points string
}

// Exchanged is the exchange that was just made.
type Exchanged struct {
	Number  string // of the receipt
	Index   ledger.Index
	Again   bool // the answer of before
	Undone  bool
	Sum     string
	Goods   []CounterLine
	Balance string
	Next    string // what expires next
	Code    Code   // of the number of the receipt
}

func (Counter) template() string { return "counter" }
func (c Counter) title(say *catalog.Localizer) string {
	if c.Place == "" {
		return say.T("web.counter.title")
	}
	return c.Place
}

// Prompt names the sentence that says what to do next.
func (c Counter) Prompt() string {
	switch {
	case c.Holder.Number == "":
		return "web.counter.scan_card"
	case len(c.Goods) == 0:
		return "web.counter.scan_goods"
	case c.Light == Red:
		return "web.counter.cannot"
	}
	return "web.counter.press_enter"
}

// ClerkSignIn asks a member of the staff for number and PIN, and keeps what is on the counter meanwhile.
type ClerkSignIn struct {
	Desk
	Scan    string
	Number  string
	Wrong   string
	Hint    string
	TryCard string // of a demo
	TryPIN  string
}

func (ClerkSignIn) template() string                    { return "clerk_sign_in" }
func (ClerkSignIn) title(say *catalog.Localizer) string { return say.T("web.counter.title") }

// Counted fills in what the goods on the counter come to, and what is left of the holder's points afterwards.
func (t Teller) Counted(v ledger.View, c *Counter, b ledger.Balance) error {
	var sum ledger.Amount
	for _, l := range c.Lines {
		item, err := v.Item(l.Item)
		if err != nil {
			return err
		}
		each, priced := item.PriceOn(v.On())
		line := CounterLine{Name: item.Name, Pieces: strconv.FormatInt(int64(l.Pieces), 10)}
		if priced {
			line.Points = t.points(each * l.Pieces)
			sum += each * l.Pieces
		}
		c.Goods = append(c.Goods, line)
	}
	if len(c.Lines) > 0 {
		c.Total, c.Left = t.points(sum), t.quantity(b.Spendable()-sum, ledger.Point)
	}
	return nil
}

// HolderOf says whose card was scanned, what they have, and what they exchanged last.
func (t Teller) HolderOf(v ledger.View, b ledger.Balance, name string) (Holder, error) {
	h := Holder{Number: string(b.Volunteer), Name: name, Available: t.points(b.Spendable())}
	who, err := v.Volunteer(b.Volunteer)
	if err != nil || who.Last == 0 {
		return h, err
	}
	e, err := v.Entry(who.Last)
	if err != nil {
		return h, err
	}
	h.Last = t.Say.T("web.counter.last", catalog.Data{"Date": t.date(e.On), "Number": t.Receipt(e.Index)})
	return h, nil
}

// Exchange says what was exchanged, and what is left and expires next.
func (t Teller) Exchange(v ledger.View, e ledger.Entry, again bool) (Exchanged, error) {
	sold, ok := e.Sold()
	if !ok {
		return Exchanged{}, nil
	}
	out := Exchanged{Number: t.Receipt(e.Index), Index: e.Index, Again: again}
	var sum ledger.Amount
	for _, l := range sold.Lines {
		item, err := v.Item(l.Item)
		if err != nil {
			return out, err
		}
		sum += l.Points
		out.Goods = append(out.Goods, CounterLine{item.Name, strconv.FormatInt(int64(l.Pieces), 10), t.points(l.Points)})
	}
	out.Sum = t.points(sum)
	b, err := v.Balance(sold.Volunteer)
	if err != nil {
		return out, err
	}
	out.Balance = t.points(b.Spendable())
	if lots := t.lots(b.Lots); len(lots) > 0 {
		out.Next = t.Say.T("web.counter.next", catalog.Data{"Points": lots[0].Points, "Until": lots[0].Expires})
	}
	out.Code, err = NewCode(out.Number)
	return out, err
}
