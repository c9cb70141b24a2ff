package web

import (
	"errors"
	"strconv"
	"strings"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Statement is a page of what moved, the newest first.
type Statement struct {
	Who       string // their masked name
	Number    string
	Heading   string
	Commodity ledger.Commodity
	Lines     []Movement
	Next      ledger.Index // older movements are before it; 0 on the last page
	First     bool         // the newest page
}

// Movement is one entry as its volunteer reads it.
type Movement struct {
	Index   ledger.Index
	Date    string
	Text    string
	Change  string
	Plus    bool
	Balance string
	Number  string // of the entry, and of the receipt
	Undone  string // what became of it later
	Pair    ledger.Index
	Void    bool // it was reversed
}

func (Statement) template() string                      { return "statement" }
func (s Statement) title(say *catalog.Localizer) string { return s.Heading }

// Statement reads up to n movements of an account before an entry.
func (t Teller) Statement(v ledger.View, k ledger.AccountKey, before ledger.Index, n int) (Statement, error) {
	rows, err := v.Statement(k, before, n)
	if err != nil {
		return Statement{}, err
	}
	page := Statement{
		Number: k.ID.Owner(), Heading: t.Say.T("web.statement." + string(k.ID.Class())), Commodity: k.Commodity,
		Next: rows.Next, First: before == 0,
	}
	for _, row := range rows.Lines {
		m, err := t.movement(v, row)
		if err != nil {
			return Statement{}, err
		}
		page.Lines = append(page.Lines, m)
	}
	page.pair()
	return page, nil
}

// pair keeps the links between an entry and its reversal where both are on the page.
func (s *Statement) pair() {
	here := map[ledger.Index]bool{}
	for _, m := range s.Lines {
		here[m.Index] = true
	}
	for i := range s.Lines {
		if !here[s.Lines[i].Pair] {
			s.Lines[i].Pair = 0
		}
	}
}

func (t Teller) movement(v ledger.View, row ledger.StatementLine) (Movement, error) {
	e, c := row.Entry, row.Account.Commodity
	text, pair, err := t.tell(v, row)
	if err != nil {
		return Movement{}, err
	}
	m := Movement{
		Index: e.Index, Date: t.date(e.On), Text: text, Change: t.signed(row.Amount, c), Plus: row.Amount > 0,
		Balance: t.Say.T("web.statement.balance", catalog.Data{"Amount": t.quantity(row.Balance, c)}),
		Number:  t.number(e), Pair: pair,
	}
	if row.After.Reversed != 0 {
		m.Void, m.Pair = true, row.After.Reversed
		m.Undone = t.Say.T("web.statement.reversed_by", catalog.Data{"Number": plain(row.After.Reversed)})
	} else if undone := undone(row); undone > 0 {
		id := "web.statement.expired_since"
		if _, sold := e.Sold(); sold {
			id = "web.statement.returned_since"
		}
		m.Undone = t.Say.T(id, catalog.Data{"Points": t.points(undone)})
	}
	return m, nil
}

// number says under which number an entry is found, and which receipt it is on.
func (t Teller) number(e ledger.Entry) string {
	if _, sold := e.Sold(); sold {
		return t.Say.T("web.statement.receipt", catalog.Data{"Number": t.Receipt(e.Index)})
	}
	return t.Say.T("web.statement.entry", catalog.Data{"Number": plain(e.Index)})
}

func plain(i ledger.Index) string { return strconv.FormatInt(int64(i), 10) }

// undone adds up how much of the points of an entry later entries undid; of gift points where the line is about those.
func undone(row ledger.StatementLine) ledger.Amount {
	class := ledger.ClassPoints
	if row.Account.Commodity == ledger.GiftPoint {
		class = ledger.ClassGift
	}
	var sum ledger.Amount
	for _, u := range row.After.Undone {
		if i := int(u.Posting) - 1; i < len(row.Entry.Postings) && row.Entry.Postings[i].Account.Class() == class {
			sum += u.Amount
		}
	}
	return sum
}

// tell says in a sentence what an entry did, and which other entry it belongs to.
func (t Teller) tell(v ledger.View, row ledger.StatementLine) (string, ledger.Index, error) {
	switch body := row.Entry.Body.(type) {
	case *ledger.Credit:
		text, err := t.credit(v, body)
		return text, 0, err
	case *ledger.RecordCredit:
		text, err := t.credit(v, &body.Credit)
		return text, 0, err
	case *ledger.Exchange:
		return t.exchange(v, body, row.Account.Commodity)
	case *ledger.Settlement:
		return t.exchange(v, &body.Exchange, row.Account.Commodity)
	case *ledger.GoodsReturn:
		items, err := t.basket(v, body.Lines)
		return t.Say.T("web.statement.returned", catalog.Data{"Items": items, "Number": t.Receipt(body.Redemption)}), body.Redemption, err
	case *ledger.Reversal:
		return t.Say.T("web.statement.reversal", catalog.Data{
			"Number": plain(body.Entry), "Kind": catalog.Name(t.Say, "kind", body.Of), "Reason": catalog.Name(t.Say, "reason", body.Reason),
		}), body.Entry, nil
	case *ledger.Expiry:
		return t.Say.T("web.statement.expired"), 0, nil
	case *ledger.Gift:
		if row.Amount < 0 {
			return t.Say.T("web.statement.given"), 0, nil
		}
		return t.Say.T("web.statement.got"), 0, nil
	}
	return catalog.Name(t.Say, "kind", row.Entry.Kind), 0, nil
}

// exchange says what was handed out, and where, and what was paid beside what the line is about.
func (t Teller) exchange(v ledger.View, x *ledger.Exchange, c ledger.Commodity) (string, ledger.Index, error) {
	shop, err := v.Shop(x.Shop)
	if err := unlessMissing(err); err != nil {
		return "", 0, err
	}
	items, err := t.basket(v, x.Lines)
	said := catalog.Data{"Shop": either(shop.Name, string(x.Shop)), "Items": items, "Proxy": string(x.Proxy), "Checks": catalog.Names(t.Say, "check", x.Checked)}
	id := "web.statement.redeemed"
	if x.Proxy != "" {
		id = "web.statement.fetched"
	}
	text := t.Say.T(id, said)
	if x.Gift > 0 && c == ledger.Point {
		text += t.Say.T("web.words.comma") + t.Say.T("web.statement.with_gift", catalog.Data{"Points": t.points(x.Gift)})
	}
	return text, 0, err
}

// credit says what was credited: service, acts, or the balance of a paper booklet.
func (t Teller) credit(v ledger.View, body *ledger.Credit) (string, error) {
	declared, err := v.Entry(body.Record)
	if err != nil {
		return "", err
	}
	switch record := declared.Body.(type) {
	case *ledger.HoursRecord:
		activity, err := v.Activity(record.Activity)
		return t.Say.T("web.statement.service", catalog.Data{
			"Activity": either(activity.Name, string(record.Activity)), "Time": t.Time(record.Minutes), "Date": t.date(record.Start.On()),
		}), unlessMissing(err)
	case *ledger.ActsRecord:
		return t.Say.T("web.statement.acts", catalog.Data{
			"Act": t.Say.Act(record.Code), "Quantity": ledger.FormatQuantity(record.Quantity, record.CountedIn), "Date": t.date(record.On),
		}), nil
	case *ledger.OpeningRecord:
		return t.Say.T("web.statement.opening"), nil
	}
	return catalog.Name(t.Say, "kind", declared.Kind), nil
}

// basket lists goods with their pieces.
func (t Teller) basket(v ledger.View, lines []ledger.PricedLine) (string, error) {
	var items []string
	for _, l := range lines {
		item, err := v.Item(l.Item)
		if err := unlessMissing(err); err != nil {
			return "", err
		}
		items = append(items, t.Say.T("web.statement.item", catalog.Data{
			"Item": either(item.Name, string(l.Item)), "Pieces": strconv.FormatInt(int64(l.Pieces), 10),
		}))
	}
	return strings.Join(items, t.Say.T("web.words.comma")), nil
}

// unlessMissing passes on every error but that a name is missing: the number is shown in its place.
func unlessMissing(err error) error {
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotFound {
		return nil
	}
	return err
}

func either(name, number string) string {
	if name == "" {
		return number
	}
	return name
}
