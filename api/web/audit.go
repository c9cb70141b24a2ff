package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aixin/api/catalog"
	"aixin/ledger"
)

// maxGoods bounds the goods that the page of the auditor lists; the command lists all.
const maxGoods = 200

// Sums adds up the book by commodity and class of account: no row of it is about one person.
type Sums struct {
	Head        ledger.Head
	Origin      string
	On          ledger.Date
	Commodities []Sum
	Donors      []DonorSum
}

// DonorSum adds up what one donor gave.
type DonorSum struct {
	Donor  ledger.DonorID
	Pieces ledger.Amount
}

// Sum adds up one commodity.
type Sum struct {
	Commodity ledger.Commodity
	Name      string // of goods
	Classes   []ClassSum
	Total     ledger.Amount // zero in a book that is sound (I2)
}

// ClassSum adds up the accounts of one class, debits positive.
type ClassSum struct {
	Class         ledger.Class
	Accounts      int64
	Debit, Credit ledger.Amount
}

// AddUp reads every account of the book.
func AddUp(v ledger.View) (Sums, error) {
	book, err := v.Book()
	if err != nil {
		return Sums{}, err
	}
	sums, gave := map[ledger.Commodity]*Sum{}, map[ledger.DonorID]ledger.Amount{}
	for row, err := range v.TrialBalance() {
		if err != nil {
			return Sums{}, err
		}
		s := sums[row.Account.Commodity]
		if s == nil {
			s = &Sum{Commodity: row.Account.Commodity}
			sums[row.Account.Commodity] = s
		}
		s.add(row.Account.ID.Class(), row.Balance)
		if row.Account.ID.Class() == ledger.ClassReceived {
			gave[ledger.DonorID(row.Account.ID.Owner())] -= row.Balance
		}
	}
	for item, err := range v.Items() {
		if err != nil {
			return Sums{}, err
		}
		if s := sums[item.Item]; s != nil {
			s.Name = item.Name
		}
	}
	out := Sums{Head: v.Head(), Origin: book.Origin, On: v.On()}
	for id, pieces := range gave {
		out.Donors = append(out.Donors, DonorSum{id, pieces})
	}
	slices.SortFunc(out.Donors, func(a, b DonorSum) int { return cmp.Or(cmp.Compare(b.Pieces, a.Pieces), cmp.Compare(a.Donor, b.Donor)) })
	for _, s := range sums {
		slices.SortFunc(s.Classes, func(a, b ClassSum) int { return cmp.Compare(place(a.Class), place(b.Class)) })
		out.Commodities = append(out.Commodities, *s)
	}
	slices.SortFunc(out.Commodities, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(rank(a.Commodity), rank(b.Commodity)), cmp.Compare(a.Commodity, b.Commodity))
	})
	return out, nil
}

// rank puts points first, hours next, goods last.
func rank(c ledger.Commodity) int {
	return slices.Index([]ledger.Commodity{ledger.Point, ledger.Minute, c}, c)
}

// place puts the classes of a commodity in the order in which it moves: from whoever gave it to wherever it went.
func place(c ledger.Class) int {
	return slices.Index([]ledger.Class{
		ledger.ClassIssued, ledger.ClassPoints, ledger.ClassRecoverable, ledger.ClassRedeemed, ledger.ClassBreakage,
		ledger.ClassServed, ledger.ClassHours, ledger.ClassReceived, ledger.ClassStock, ledger.ClassGiven, ledger.ClassShort,
		ledger.ClassLost, ledger.ClassFound, ledger.ClassScrapped, ledger.ClassRelieved,
	}, c)
}

func (s *Sum) add(class ledger.Class, balance ledger.Amount) {
	i := slices.IndexFunc(s.Classes, func(c ClassSum) bool { return c.Class == class })
	if i < 0 {
		i = len(s.Classes)
		s.Classes = append(s.Classes, ClassSum{Class: class})
	}
	c := &s.Classes[i]
	c.Accounts++
	c.Debit += max(balance, 0)
	c.Credit += max(-balance, 0)
	s.Total += balance
}

// of returns the balance of one class.
func (s Sum) of(class ledger.Class) ledger.Amount {
	for _, c := range s.Classes {
		if c.Class == class {
			return c.Debit - c.Credit
		}
	}
	return 0
}

// goods is what became of an item.
func (s Sum) goods() Goods {
	return Goods{
		Code: string(s.Commodity), Name: s.Name, Received: s.of(ledger.ClassReceived), Shelf: s.of(ledger.ClassStock),
		Given: s.of(ledger.ClassGiven), Short: s.of(ledger.ClassShort), Total: s.Total,
	}
}

// Audit is the page of the auditor: head, checkpoint, and trial balance.
type Audit struct {
	Origin     string
	Entries    string
	Root       string
	At         string
	Checkpoint string
	Keys       []string
	Tables     []Table // points and hours
	Goods      []Goods
	MoreGoods  int  // that the page does not list
	Balanced   bool // every commodity sums to zero
}

// Table is the trial balance of points or hours by class of account.
type Table struct {
	Heading       string
	Rows          []TableRow
	Debit, Credit string
	Sum           string
	Zero          bool
}

// TableRow is one class of accounts.
type TableRow struct {
	Name, Accounts, Debit, Credit string
}

// Goods is the trial balance of one item, in pieces. What came from donors stands as a negative balance of theirs.
type Goods struct {
	Code, Name                           string
	Received, Shelf, Given, Short, Total ledger.Amount
}

func (Audit) template() string                    { return "audit" }
func (Audit) title(say *catalog.Localizer) string { return say.T("web.audit.title") }

// Audit says what the sums are, beside the newest checkpoint and the keys that verify it; its moment as the clocks of the book show it.
func (t Teller) Audit(sums Sums, zone *time.Location, checkpoint string, keys []string) Audit {
	page := Audit{
		Origin: sums.Origin, Entries: strconv.FormatInt(int64(sums.Head.Size), 10), Root: sums.Head.Root.String(),
		Checkpoint: checkpoint, Keys: keys, Balanced: true,
	}
	if !sums.Head.At.IsZero() {
		page.At = sums.Head.At.In(zone).Format("2006-01-02 15:04:05 -07:00")
	}
	for _, s := range sums.Commodities {
		page.Balanced = page.Balanced && s.Total == 0
		if !s.Commodity.Goods() {
			page.Tables = append(page.Tables, t.table(s))
			continue
		}
		page.Goods = append(page.Goods, s.goods())
	}
	if len(page.Goods) > maxGoods {
		page.MoreGoods = len(page.Goods) - maxGoods
		page.Goods = page.Goods[:maxGoods]
	}
	return page
}

func (t Teller) table(s Sum) Table {
	number := func(a ledger.Amount) string {
		if s.Commodity.Points() {
			return ledger.FormatPoints(a)
		}
		return strconv.FormatInt(int64(a), 10)
	}
	table := Table{
		Heading: t.Say.T("web.audit." + strings.ToLower(string(s.Commodity))), Sum: number(s.Total), Zero: s.Total == 0,
	}
	var debit, credit ledger.Amount
	for _, c := range s.Classes {
		table.Rows = append(table.Rows, TableRow{
			catalog.Name(t.Say, "class", c.Class), strconv.FormatInt(c.Accounts, 10), number(c.Debit), number(c.Credit),
		})
		debit, credit = debit+c.Debit, credit+c.Credit
	}
	table.Debit, table.Credit = number(debit), number(credit)
	return table
}
