package web

import (
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Desk is everything that was scanned at the counter and is not exchanged yet. The server keeps it, and the form carries it too: it is all
// that there is of an exchange in the making, so that not even a server that is started again loses any of it.
type Desk struct {
	Shop  ledger.ShopID
	Card  string // the text of a card, or a number, as it was scanned or typed
	Proxy string // the same of who came, where that is somebody else
	Hold  ledger.Index
	Asks  bool              // who came for the hold is scanned next
	Lines []ledger.ItemLine // of a hold, what of it is handed out; none for all of it
	Slip  string            // the number of the slip that was signed
	Ticks []ledger.Check    // what the clerk ticked as checked of who came for another
	Times ledger.Amount     // how many of the item that is scanned next; 0 for one
	Key   ledger.Key        // of the exchange
	Step  int64             // of the form: one that is sent twice is answered once
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
	Clerk    string // number
	Place    string // name of the shop
	Shops    []Choice
	Scan     string // what was scanned and did nothing, to be corrected
	Holder   Holder // nobody before a card was scanned
	Fetches  Holder // who came in the place of the holder
	Holds    []Held // what is set aside for the holder
	Opened   *Held  // the hold that is collected now
	Goods    []CounterLine
	Total    string // what the goods come to
	Left     string // what is left afterwards
	Light    string
	AskPIN   bool     // it is amber, since the volunteer has to type their PIN first
	AskSlip  bool     // or to sign a slip that has a number
	Checks   []Tick   // what the rule wants checked of who came
	Said     string   // names the sentence of what was done, beside an exchange
	Quiet    bool     // nothing beeps
	Beep     string   // good or bad, once after each scan
	Reasons  []string // why not, or what is to be said
	Warnings []string // what is to be said although it may be
	Done     Exchanged
	Wrong    string
	Hint     string
}

// Tick is a box that the clerk ticks.
type Tick struct {
	Check ledger.Check
	Name  string
	Done  bool
}

// AskTicks reports whether something is still to be ticked.
func (c Counter) AskTicks() bool {
	return slices.ContainsFunc(c.Checks, func(t Tick) bool { return !t.Done })
}

// Choice is a shop to be chosen.
type Choice struct {
	Shop ledger.ShopID
	Name string
}

// Holder is whose card was scanned.
type Holder struct {
	Number, Name, Available, Last string
	Soon                          string // what expires within two months
	Status                        ledger.Status
}

// lastDays is how long before they expire points are spoken of first: as long as a volunteer's warning is urgent.
const lastDays = 7

// soonDays is how long before they expire the clerk is told of points: as long as the volunteer is warned.
const soonDays = 60

// CounterLine is one item on the counter.
type CounterLine struct {
	Name, Pieces, Points string
}

// Exchanged is an exchange as its receipt says it.
type Exchanged struct {
	Number    string // of the receipt
	Index     ledger.Index
	Again     bool // the answer of before
	Undone    bool
	Reprinted string // that it is no first print, and of which day
	Paper     string // slip or a5
	Place     string
	On        string
	Who       string // number
	Proxy     string // number of who came in their place
	Checked   string // what the clerk checked of them
	Slip      string // number of the slip that was signed
	Hold      string // number of the hold that was collected
	Clerk     string // number
	Sum       string
	Goods     []CounterLine
	Lots      []string // what was drawn, and until when it would have lasted
	Balance   string
	Next      string // what expires next
	Code      Code   // of the number of the receipt, to be scanned at a counter
	Proof     *Code  // of the proof of the entry, which anybody can check; nil where no checkpoint covers it yet
}

// The papers that a receipt is printed on.
const (
	Slip = "slip" // 80 mm, a roll
	A5   = "a5"
)

// ReceiptPage is a receipt that is looked at, or printed again.
type ReceiptPage struct{ Done Exchanged }

func (ReceiptPage) template() string                      { return "receipt" }
func (p ReceiptPage) title(say *catalog.Localizer) string { return say.T("web.receipt.title") }

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
	case c.Holder.Number == "" && c.Fetches.Number != "":
		return "web.counter.scan_owner"
	case c.Holder.Number == "":
		return "web.counter.scan_card"
	case c.Asks:
		return "web.counter.scan_proxy"
	case len(c.Goods) == 0 && c.Opened == nil:
		return "web.counter.scan_goods"
	case c.Light == Red:
		return "web.counter.cannot"
	case c.AskTicks():
		return "web.counter.then_tick"
	case c.AskPIN:
		return "web.counter.then_enter"
	case c.AskSlip && c.Slip == "":
		return "web.counter.then_slip"
	case c.Opened != nil && len(c.Lines) == 0:
		return "web.counter.collect_all"
	case c.Opened != nil:
		return "web.counter.collect_part"
	}
	return "web.counter.press_enter"
}

// Lit names the word of the light.
func (c Counter) Lit() string {
	switch {
	case c.Light == Green && c.Opened != nil:
		return "web.counter.may_collect"
	case c.Light == Green:
		return "web.counter.may"
	case c.Asks:
		return "web.counter.ask_proxy"
	case c.AskPIN && c.AskSlip:
		return "web.counter.ask_either"
	case c.AskPIN:
		return "web.counter.ask_pin"
	case c.AskSlip:
		return "web.counter.ask_slip"
	case c.Light == Amber && c.AskTicks():
		return "web.counter.ask_checks"
	case c.Light == Amber && len(c.Reasons) == 0:
		return "web.counter.note"
	case c.Light == Amber:
		return "web.counter.wait"
	}
	return "web.counter.may_not"
}

// Sign is the sign of the light.
func (c Counter) Sign() string {
	switch c.Light {
	case Green:
		return "✓"
	case Amber:
		return "!"
	}
	return "✗"
}

// ClerkSignIn asks a member of the staff for number and PIN; what is on the counter stays there meanwhile.
type ClerkSignIn struct {
	Desk
	Kept    bool   // something is on the counter
	Locked  string // the number of whoever has to type their PIN alone
	Switch  bool   // somebody is on duty, whom another takes over from
	Number  string
	Wrong   string
	Hint    string
	TryCard string // of a demo
	TryPIN  string
}

func (ClerkSignIn) template() string { return "clerk_sign_in" }
func (c ClerkSignIn) title(say *catalog.Localizer) string {
	switch {
	case c.Locked != "":
		return say.T("web.counter.locked")
	case c.Switch:
		return say.T("web.counter.switch")
	}
	return say.T("web.counter.title")
}

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

// First says what the clerk tells whoever stands there before anything else: what lapses in some days, and what is owed of credits that were reversed.
func (t Teller) First(b ledger.Balance) (said []string) {
	if on, _ := b.NextExpiry(); on != 0 && on <= b.On.AddDays(lastDays) {
		first := t.lots(spendable(b))[0]
		said = append(said, t.Say.T("web.counter.soon", catalog.Data{"Points": first.Points, "Until": first.Expires}))
	}
	if b.Recoverable > 0 {
		said = append(said, t.Say.T("web.counter.owes", catalog.Data{"Points": t.points(b.Recoverable)}))
	}
	return said
}

// HolderOf says whose card was scanned, what they have, and what they exchanged last.
func (t Teller) HolderOf(v ledger.View, b ledger.Balance, name string) (Holder, error) {
	h := Holder{Number: string(b.Volunteer), Name: name, Available: t.points(b.Spendable()), Status: b.Status}
	if on, _ := b.NextExpiry(); on > v.On().AddDays(lastDays) && on <= v.On().AddDays(soonDays) {
		first := t.lots(spendable(b))[0]
		h.Soon = t.Say.T("web.counter.soon", catalog.Data{"Points": first.Points, "Until": first.Expires})
	}
	who, err := v.Volunteer(b.Volunteer)
	if err != nil || who.Last == 0 {
		return h, err
	}
	e, err := v.Entry(who.Last)
	if err != nil {
		return h, err
	}
	h.Last = t.Say.T("web.counter.last", catalog.Data{"Date": t.date(e.On), "Number": t.Receipt(e.Index)})
	if sold, ok := e.Sold(); ok && sold.Proxy != "" {
		h.Last = t.Say.T("web.counter.last_by", catalog.Data{"Date": t.date(e.On), "Number": t.Receipt(e.Index), "Proxy": string(sold.Proxy)})
	}
	return h, nil
}

// Exchange says what was exchanged out of which lots, and what is left and expires next.
func (t Teller) Exchange(v ledger.View, e ledger.Entry) (Exchanged, error) {
	sold, ok := e.Sold()
	if !ok {
		return Exchanged{}, nil
	}
	shop, err := v.Shop(sold.Shop)
	if err != nil {
		return Exchanged{}, err
	}
	out := Exchanged{
		Number: t.Receipt(e.Index), Index: e.Index, Place: shop.Name, On: t.date(e.On), Who: string(sold.Volunteer), Clerk: string(e.Actor),
		Proxy: string(sold.Proxy), Slip: sold.Slip, Checked: catalog.Names(t.Say, "check", sold.Checked),
	}
	if of, ok := e.Body.(*ledger.Settlement); ok {
		out.Hold = HoldNumber(of.Hold)
	}
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
	if out.Lots, err = t.drawn(v, e); err != nil {
		return out, err
	}
	b, err := v.Balance(sold.Volunteer)
	if err != nil {
		return out, err
	}
	out.Balance = t.points(b.Spendable())
	if on, points := b.NextExpiry(); on != 0 {
		until := t.Say.T("web.account.until", catalog.Data{"Date": t.date(on)})
		out.Next = t.Say.T("web.counter.next", catalog.Data{"Points": t.points(points), "Until": until})
	}
	out.Code, err = NewCode(out.Number)
	return out, err
}

// drawn says which lots of points an exchange drew, and until when they would have lasted.
func (t Teller) drawn(v ledger.View, e ledger.Entry) (said []string, err error) {
	for _, p := range e.Postings {
		if p.Lot == 0 || p.Commodity.Goods() || p.Account.Class() != ledger.ClassPoints {
			continue
		}
		from, err := v.Entry(p.Lot.Entry())
		if err != nil {
			return nil, err
		}
		until := t.Say.T("web.account.never")
		if day := from.LotExpires(p.Lot); day != 0 {
			until = t.Say.T("web.account.until", catalog.Data{"Date": t.date(day)})
		}
		said = append(said, t.Say.T("web.receipt.lot", catalog.Data{"Points": t.points(p.Amount.Abs()), "Lot": p.Lot.String(), "Until": until}))
	}
	return said, nil
}
