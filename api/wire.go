package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/ledger/report"
)

// The types below are what programs read, the same over HTTP and from `aixin … -O json`. Points are decimal strings with two
// decimals, minutes and pieces integers, hashes standard base64, times UTC with three decimals, days YYYY-MM-DD. A member that
// may be absent says so; the others are always there.
type (
	// Points is an amount of points: 1250 hundredths are "12.50".
	Points ledger.Amount

	// Quantity is an amount of some commodity: points as Points, everything else an integer.
	Quantity struct {
		Amount    ledger.Amount
		Commodity ledger.Commodity
	}

	// Time is a moment.
	Time time.Time

	// Book says what a book is, before anything of it is read: what book.json says.
	Book struct {
		Format     int      `json:"format"`
		Origin     string   `json:"origin"`      // names the book in its checkpoints
		Zone       string   `json:"zone"`        // IANA zone of every date
		PublicKeys []string `json:"public_keys"` // which verify the checkpoints, as note verifier keys
		Demo       bool     `json:"demo"`

		Restored  []proof.Origin `json:"restored,omitempty"`  // the logs that a restored book continues, the oldest first
		Rotations []string       `json:"rotations,omitempty"` // which let the later ones of the keys in, as proofs of their entries
	}

	// Health says that the book can be read, and how far it goes.
	Health struct {
		Status string       `json:"status"`
		Size   ledger.Index `json:"size"`
		Demo   bool         `json:"demo"`
	}

	// Balance is what a volunteer has.
	Balance struct {
		Volunteer ledger.VolunteerID `json:"volunteer"`
		Status    ledger.Status      `json:"status,omitempty"` // absent where active
		Available Points             `json:"available"`
		Held      Points             `json:"held"`
		Pending   Points             `json:"pending"`
		Lapsed    *Points            `json:"lapsed,omitempty"`      // past their date and not yet posted as expired
		Gift      *Points            `json:"gift,omitempty"`        // gift points, which pay a part of a price
		GiftLots  []Lot              `json:"gift_lots,omitempty"`   // of those, the ones that lapse
		Owed      *Points            `json:"recoverable,omitempty"` // spent from credits that were reversed
		Pool      ledger.PoolID      `json:"pool,omitempty"`        // of the household: what is lacking at the counter comes out of it
		Shared    *Points            `json:"shared,omitempty"`      // what that pool has available
		Next      *Expiring          `json:"next,omitempty"`        // what lapses next of their own and of that pool; absent where nothing does
		Lots      []Lot              `json:"lots"`
		Minutes   ledger.Amount      `json:"minutes"`
		On        ledger.Date        `json:"on,omitempty"` // the day that was today: lots that lapsed by then are not available
		AsOf      ledger.Index       `json:"as_of_index"`
	}

	// Expiring is how much lapses after a day.
	Expiring struct {
		Points  Points      `json:"points"`
		Expires ledger.Date `json:"expires"` // the last usable day
	}

	// Lot is an open lot of points, in the order of drawing.
	Lot struct {
		Lot     ledger.LotID `json:"lot"`
		Left    Points       `json:"left"`
		Held    *Points      `json:"held,omitempty"`    // what of it is set aside
		Expires ledger.Date  `json:"expires,omitempty"` // the last usable day; absent where it never lapses
	}

	// Statement is a page of a volunteer's statement in one commodity, the newest first.
	Statement struct {
		Volunteer ledger.VolunteerID `json:"volunteer"`
		Commodity ledger.Commodity   `json:"commodity"`
		Lines     []StatementLine    `json:"lines"`
		Next      ledger.Index       `json:"next_before,omitempty"` // ask for lines before it to go on; absent on the last page
		Cursor    string             `json:"cursor,omitempty"`      // the same, in the book as it was for this page
		AsOf      ledger.Index       `json:"as_of_index"`
	}

	// StatementLine is one movement.
	StatementLine struct {
		Index      ledger.Index  `json:"index"`
		Receipt    string        `json:"receipt,omitempty"` // of a redemption
		At         Time          `json:"at"`
		On         ledger.Date   `json:"on"`
		Kind       ledger.Kind   `json:"kind"`
		Of         ledger.Kind   `json:"of,omitempty"` // of a reversal: the kind of entry that it reverses
		Amount     Quantity      `json:"amount"`
		Balance    Quantity      `json:"balance"`
		Rule       string        `json:"rule,omitempty"`
		Items      []Item        `json:"items,omitempty"`
		Gift       Points        `json:"gift,omitempty"`        // gift points that were paid beside
		Refers     ledger.Index  `json:"refers_to,omitempty"`   // the entry that it approves, returns from or reverses
		ReversedBy ledger.Index  `json:"reversed_by,omitempty"` // the entry that undid it
		Reason     ledger.Reason `json:"reason,omitempty"`

		Proxy   ledger.VolunteerID `json:"proxy,omitempty"`   // who came in the volunteer's place
		Checked []ledger.Check     `json:"checked,omitempty"` // what the clerk checked of them
	}

	// Item is a line of a basket.
	Item struct {
		Item   ledger.Commodity `json:"item"`
		Pieces ledger.Amount    `json:"pieces"`
		Points Points           `json:"points"` // for all pieces
	}

	// Outcome says what became of a request.
	Outcome string

	// Receipt answers a write.
	Receipt struct {
		Outcome  Outcome        `json:"outcome"`
		Index    *ledger.Index  `json:"index,omitempty"` // absent where nothing was journaled
		Receipt  string         `json:"receipt,omitempty"`
		Kind     ledger.Kind    `json:"kind,omitempty"`
		Key      ledger.Key     `json:"key"`
		At       *Time          `json:"at,omitempty"`
		On       ledger.Date    `json:"on,omitempty"`
		Rule     string         `json:"rule,omitempty"`
		Leaf     string         `json:"leaf,omitempty"` // hash of the entry's line, base64
		Replayed bool           `json:"replayed"`       // the key was answered before; this is the answer of then
		DryRun   bool           `json:"dry_run,omitempty"`
		Items    []Item         `json:"items,omitempty"`
		Until    ledger.Date    `json:"until,omitempty"` // of a hold: its last day
		Postings []Posting      `json:"postings,omitempty"`
		Balances []BalanceAfter `json:"balances"`
		Problem  *Problem       `json:"problem,omitempty"` // of a refusal
		Line     string         `json:"line,omitempty"`    // over HTTP: the entry as it stands in the journal, whose hash is leaf
	}

	// Posting is one movement of an entry.
	Posting struct {
		Account   ledger.AccountID `json:"account"`
		Commodity ledger.Commodity `json:"commodity"`
		Amount    Quantity         `json:"amount"` // debit positive
		Lot       ledger.LotID     `json:"lot,omitempty"`
	}

	// BalanceAfter is a balance right after an entry.
	BalanceAfter struct {
		Account   ledger.AccountID `json:"account"`
		Commodity ledger.Commodity `json:"commodity"`
		Balance   Quantity         `json:"balance"` // debit positive
	}

	// TrialBalance lists every balance of the book, debits positive. In each commodity they sum to zero.
	TrialBalance struct {
		AsOf        ledger.Index     `json:"as_of_index"`
		On          ledger.Date      `json:"on"`
		Commodities []CommodityTotal `json:"commodities"`
		Accounts    []AccountBalance `json:"accounts"`
	}

	// CommodityTotal adds up one commodity.
	CommodityTotal struct {
		Commodity ledger.Commodity `json:"commodity"`
		Debit     Quantity         `json:"debit"`
		Credit    Quantity         `json:"credit"`
		Sum       Quantity         `json:"sum"` // zero in a book that is sound
	}

	// AccountBalance is one account in one commodity.
	AccountBalance struct {
		Account   ledger.AccountID `json:"account"`
		Commodity ledger.Commodity `json:"commodity"`
		Balance   Quantity         `json:"balance"`
	}

	// Problem says why a request was not carried out (RFC 9457).
	Problem struct {
		Type    string              `json:"type"`
		Title   string              `json:"title"`
		Status  int                 `json:"status,omitempty"` // over HTTP
		Detail  string              `json:"detail,omitempty"`
		Hint    string              `json:"hint,omitempty"`
		Code    string              `json:"code"`
		Reason  ledger.RejectReason `json:"reason,omitempty"` // of a refusal
		About   string              `json:"subject,omitempty"`
		Have    string              `json:"have,omitempty"`
		Want    string              `json:"want,omitempty"`
		Fields  []FieldProblem      `json:"fields,omitempty"`     // of a malformed request
		Answer  *Receipt            `json:"answer,omitempty"`     // of a write: what became of it
		Request string              `json:"request_id,omitempty"` // finds the cause in the server's log, where the fault is the server's
	}

	// FieldProblem is one malformed field.
	FieldProblem struct {
		Field  string `json:"field"`
		Code   string `json:"code"`
		Detail string `json:"detail,omitempty"`
	}
)

// The outcomes.
const (
	Applied Outcome = "applied"
	Refused Outcome = "refused"
	Unknown Outcome = "unknown"
)

// MarshalText writes points with two decimals.
func (p Points) MarshalText() ([]byte, error) {
	return []byte(ledger.FormatPoints(ledger.Amount(p))), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Points) UnmarshalText(b []byte) error {
	a, err := ledger.ParsePoints(string(b))
	*p = Points(a)
	return err
}

// String writes points with two decimals.
func (p Points) String() string { return ledger.FormatPoints(ledger.Amount(p)) }

// NewQuantity returns an amount of a commodity.
func NewQuantity(a ledger.Amount, c ledger.Commodity) Quantity { return Quantity{a, c} }

// String writes points with two decimals and everything else as an integer.
func (q Quantity) String() string {
	if q.Commodity.Points() {
		return ledger.FormatPoints(q.Amount)
	}
	return strconv.FormatInt(int64(q.Amount), 10)
}

// MarshalJSON writes points as a string and everything else as an integer.
func (q Quantity) MarshalJSON() ([]byte, error) {
	if q.Commodity.Points() {
		return strconv.AppendQuote(nil, q.String()), nil
	}
	return strconv.AppendInt(nil, int64(q.Amount), 10), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (q *Quantity) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		a, err := ledger.ParsePoints(s)
		*q = Quantity{a, ledger.Point}
		return err
	}
	var n int64
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("quantity: %w", err)
	}
	q.Amount = ledger.Amount(n)
	return nil
}

const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalText writes UTC with three decimals.
func (t Time) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(timeLayout)), nil
}

// UnmarshalText reads what MarshalText writes.
func (t *Time) UnmarshalText(b []byte) error {
	v, err := time.Parse(time.RFC3339, string(b))
	*t = Time(v)
	return err
}

// ReceiptNumber writes the number of a redemption's receipt: R000041 is entry 41.
func ReceiptNumber(i ledger.Index) string { return fmt.Sprintf("R%06d", int64(i)) }

var reference = regexp.MustCompile(`^(?:[0-9]{1,15}|R[0-9]{6,15})$`)

// ParseReference reads the index of an entry, or the number of a receipt: 41 and R000041 are the same entry.
func ParseReference(s string) (ledger.Index, error) {
	if !reference.MatchString(s) {
		return 0, fmt.Errorf("reference %.20q: want an entry's index such as 41, or a receipt number such as R000041", s)
	}
	if s[0] == 'R' {
		s = s[1:]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return ledger.Index(n), err
}

// NewBalance returns the wire form of a balance.
func NewBalance(b ledger.Balance) Balance {
	out := Balance{
		Volunteer: b.Volunteer, Available: Points(b.Available), Held: Points(b.Held), Pending: Points(b.Pending),
		Lots: make([]Lot, 0, len(b.Lots)), Minutes: b.Minutes, On: b.On, AsOf: b.AsOf,
	}
	if b.Status != ledger.Active {
		out.Status = b.Status
	}
	if b.Lapsed != 0 {
		lapsed := Points(b.Lapsed)
		out.Lapsed = &lapsed
	}
	if b.Gift != 0 {
		gift := Points(b.Gift)
		out.Gift = &gift
	}
	for _, l := range b.GiftLots {
		out.GiftLots = append(out.GiftLots, Lot{Lot: l.ID, Left: Points(l.Left), Expires: l.Expires})
	}
	if b.Recoverable != 0 {
		owed := Points(b.Recoverable)
		out.Owed = &owed
	}
	if b.Pool != "" {
		shared := Points(b.Shared)
		out.Pool, out.Shared = b.Pool, &shared
	}
	if on, sum := b.NextExpiry(); on != 0 {
		out.Next = &Expiring{Points(sum), on}
	}
	for _, l := range b.Lots {
		lot := Lot{Lot: l.ID, Left: Points(l.Left), Expires: l.Expires}
		if l.Held != 0 {
			held := Points(l.Held)
			lot.Held = &held
		}
		out.Lots = append(out.Lots, lot)
	}
	return out
}

// NewStatement returns the wire form of a page.
func NewStatement(s ledger.Statement, commodity ledger.Commodity, asOf ledger.Index) Statement {
	out := Statement{Volunteer: s.Volunteer, Commodity: commodity, Lines: make([]StatementLine, 0, len(s.Lines)), Next: s.Next, AsOf: asOf}
	for _, l := range s.Lines {
		out.Lines = append(out.Lines, newStatementLine(l, commodity))
	}
	return out
}

func newStatementLine(l ledger.StatementLine, c ledger.Commodity) StatementLine {
	e := l.Entry
	out := StatementLine{
		Index: e.Index, At: Time(e.At), On: e.On, Kind: e.Kind, Rule: e.Rule, Amount: Quantity{l.Amount, c}, Balance: Quantity{l.Balance, c},
		ReversedBy: l.After.Reversed, Items: itemsOf(e),
	}
	if sold, ok := e.Sold(); ok {
		out.Proxy, out.Checked = sold.Proxy, sold.Checked
	}
	switch body := e.Body.(type) {
	case *ledger.Credit:
		out.Refers = body.Record
	case *ledger.RecordCredit:
		out.Refers = body.Record
	case *ledger.Exchange:
		out.Receipt = ReceiptNumber(e.Index)
		if c == ledger.Point {
			out.Gift = Points(body.Gift)
		}
	case *ledger.Settlement:
		out.Receipt = ReceiptNumber(e.Index)
	case *ledger.GoodsReturn:
		out.Refers, out.Reason = body.Redemption, body.Reason
	case *ledger.Reversal:
		out.Refers, out.Reason, out.Of = body.Entry, body.Reason, body.Of
	case *ledger.UndoneExchange:
		out.Refers = body.Redemption
	}
	return out
}

// itemsOf returns the basket of an entry that has one.
func itemsOf(e ledger.Entry) []Item {
	var lines []ledger.PricedLine
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		lines = body.Lines
	case *ledger.Settlement:
		lines = body.Lines
	case *ledger.Reservation:
		lines = body.Lines
	case *ledger.GoodsReturn:
		lines = body.Lines
	}
	var items []Item
	for _, l := range lines {
		items = append(items, Item{l.Item, l.Pieces, Points(l.Points)})
	}
	return items
}

// NewReceipt returns the wire form of an answer that reached the journal. A journaled refusal gets its problem from the caller.
func NewReceipt(r ledger.Receipt) Receipt {
	out := newDraft(r.Entry)
	out.Outcome = Applied
	if r.Entry.Kind == ledger.Refused {
		out.Outcome = Refused
	}
	i := r.Entry.Index
	out.Index, out.Replayed, out.Leaf = &i, r.Replayed, base64.StdEncoding.EncodeToString(r.Leaf[:])
	if _, sold := r.Entry.Sold(); sold {
		out.Receipt = ReceiptNumber(i)
	}
	out.Balances = make([]BalanceAfter, 0, len(r.Balances))
	for _, b := range r.Balances {
		out.Balances = append(out.Balances, BalanceAfter{b.Account.ID, b.Account.Commodity, Quantity{b.Balance, b.Account.Commodity}})
	}
	return out
}

// NewDryRun returns the wire form of the entry that a request would become: it has no index, since nothing was journaled.
func NewDryRun(r ledger.Receipt) Receipt {
	if r.Replayed { // nothing would be done now
		out := NewReceipt(r)
		out.DryRun = true
		return out
	}
	out := newDraft(r.Entry)
	out.Outcome, out.DryRun = Applied, true
	if r.Entry.Kind == ledger.Refused {
		out.Outcome = Refused
	}
	return out
}

func newDraft(e ledger.Entry) Receipt {
	at := Time(e.At)
	out := Receipt{Kind: e.Kind, Key: e.Key, At: &at, On: e.On, Rule: e.Rule, Items: itemsOf(e), Balances: []BalanceAfter{}}
	if held, ok := e.Body.(*ledger.Reservation); ok {
		out.Until = held.Ends
	}
	out.Postings = make([]Posting, 0, len(e.Postings))
	for _, p := range e.Postings {
		out.Postings = append(out.Postings, Posting{p.Account, p.Commodity, Quantity{p.Amount, p.Commodity}, p.Lot})
	}
	return out
}

// NewTrialBalance writes a trial balance.
func NewTrialBalance(t report.Trial) TrialBalance {
	out := TrialBalance{AsOf: t.Head.Size - 1, On: t.On, Commodities: []CommodityTotal{}, Accounts: []AccountBalance{}}
	for _, row := range t.Rows {
		c := row.Account.Commodity
		out.Accounts = append(out.Accounts, AccountBalance{row.Account.ID, c, Quantity{row.Balance(), c}})
	}
	for _, total := range t.Totals {
		c := total.Commodity
		out.Commodities = append(out.Commodities, CommodityTotal{c, Quantity{total.Debit, c}, Quantity{total.Credit, c}, Quantity{total.Sum(), c}})
	}
	return out
}
