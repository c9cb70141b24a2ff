package api

import (
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the rest of a counter's day: goods that come back, goods that come in, counts by two people, and the close.

// counterPages stand beside the counter.
func counterPages() []workPage {
	at := []ledger.Role{ledger.Clerk, ledger.Keeper, ledger.Steward}
	return []workPage{
		{
			name: "return", path: "/clerk/return", roles: []ledger.Role{ledger.Clerk, ledger.Steward}, show: (*desk).returns,
			forms: []workForm{
				{name: "receipt", fields: only(typed("receipt")), run: func(d *desk, a *answers) error {
					a.index("receipt")
					d.stay, d.keep = true, true
					return a.err()
				}},
				{name: "bring_back", fields: (*desk).backFields, action: bringingBack},
			},
		},
		{
			name: "goods_in", path: "/clerk/goods", roles: []ledger.Role{ledger.Keeper}, show: func(d *desk) error { return d.form("receive") },
			next:  []string{"donor", "note", "source"}, // a delivery has many items
			forms: []workForm{{name: "receive", fields: (*desk).receiveFields, action: receiving}},
		},
		{
			name: "count", path: "/clerk/count", roles: append(slices.Clone(at), ledger.Supervisor), show: (*desk).counts,
			table: map[string]func(*desk) (*web.Grid, error){"counts": (*desk).countTable},
			forms: []workForm{
				{name: "open_count", fields: (*desk).shopField, action: func(a *answers) ledger.Action {
					return &ledger.OpenCount{Shop: ledger.ShopID(a.code("shop"))}
				}},
				{name: "enter_count", fields: func(d *desk) ([]web.Field, error) { return d.countFields(ledger.ShelfOpen) }, action: func(a *answers) ledger.Action {
					return &ledger.EnterCount{Count: a.index("count"), Lines: a.pieces()}
				}},
				{name: "confirm_count", fields: func(d *desk) ([]web.Field, error) { return d.countFields(ledger.ShelfCounted) }, action: func(a *answers) ledger.Action {
					return &ledger.ConfirmCount{Count: a.index("count"), Lines: a.pieces()}
				}},
				{name: "finalise_count", fields: (*desk).finaliseFields, action: func(a *answers) ledger.Action {
					return &ledger.FinaliseCount{Count: a.index("count"), Reason: ledger.ShelfReason(a.text("reason"))}
				}},
			},
		},
		{
			name: "close", path: "/clerk/close", roles: at, show: (*desk).closes,
			table: map[string]func(*desk) (*web.Grid, error){"day": (*desk).openDay, "closed": (*desk).closedDay},
			forms: []workForm{
				{name: "open_counter", fields: (*desk).shopField, action: func(a *answers) ledger.Action {
					return &ledger.OpenCounter{Shop: ledger.ShopID(a.code("shop"))}
				}},
				{name: "close_counter", fields: (*desk).shopField, action: func(a *answers) ledger.Action {
					return &ledger.CloseCounter{Shop: ledger.ShopID(a.code("shop"))}
				}},
			},
		},
		voucherPage(),
		writeOffPage(),
		reliefPage(),
	}
}

// shopField asks for a shop: the one of this browser, if one was chosen.
func (d *desk) shopField() ([]web.Field, error) {
	f, err := d.shops()
	f.Value = string(d.shop())
	return fieldsOf(f, err)
}

// shop is the shop of the address, else the one that was chosen on this browser.
func (d *desk) shop() ledger.ShopID {
	for _, text := range []string{d.r.PostForm.Get("shop"), d.r.URL.Query().Get("shop")} {
		if id := ledger.ShopID(tidy(text, maxCard)); id.Valid() {
			return id
		}
	}
	if id := chosenShop(d.r); id != "" {
		return id
	}
	for s, err := range d.view.Shops() {
		if err != nil {
			return ""
		}
		return s.Shop
	}
	return ""
}

// returns asks for a receipt first, and then what of it comes back.
func (d *desk) returns() error {
	if err := d.form("receipt"); err != nil {
		return err
	}
	e, sold, err := d.receipt()
	if err != nil || sold == nil {
		return err
	}
	t := d.newTable("receipt", "receipt", "shop", "holder", "day")
	row(t, ReceiptNumber(e.Index), d.shopNamed(sold.Shop), string(sold.Volunteer), day(e.On)).Link = receiptPath + "?receipt=" + ReceiptNumber(e.Index)
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Text: []string{d.t("print_again")}, Table: t})
	return d.form("bring_back")
}

// receipt returns the exchange of the receipt that was scanned; none where there is none.
func (d *desk) receipt() (ledger.Entry, *ledger.Exchange, error) {
	text := d.r.PostForm.Get("receipt")
	if text == "" {
		text = d.r.URL.Query().Get("receipt")
	}
	i, err := ParseReference(tidy(text, maxCard))
	if err != nil {
		return ledger.Entry{}, nil, nil //nolint:nilerr // nothing was scanned yet
	}
	e, err := d.view.Entry(i)
	if as[*ledger.Rejection](err) {
		d.page.Bad = append(d.page.Bad, d.t("no_receipt"))
		return e, nil, nil
	}
	if err != nil {
		return e, nil, err
	}
	sold, ok := e.Sold()
	if !ok {
		d.page.Bad = append(d.page.Bad, d.t("no_receipt"))
		return e, nil, nil
	}
	return e, sold, nil
}

// backFields asks how many of each line of the receipt come back.
func (d *desk) backFields() ([]web.Field, error) {
	e, sold, err := d.receipt()
	if err != nil || sold == nil {
		return nil, err
	}
	fields := []web.Field{{Name: "receipt", Kind: "hidden", Value: ReceiptNumber(e.Index)}}
	for _, l := range sold.Lines {
		item, err := d.view.Item(l.Item)
		if err != nil {
			return nil, err
		}
		f := maybe(counted(string(l.Item)))
		f.Label, f.Hint = d.t("comes_back", catalog.Data{"Item": item.Name}), d.t("of_pieces", catalog.Data{"N": int64(l.Pieces)})
		fields = append(fields, f)
	}
	return append(fields, d.reason()), nil
}

func bringingBack(a *answers) ledger.Action {
	do := &ledger.Return{Redemption: a.index("receipt"), Lines: a.pieces(), Reason: ledger.Reason(a.text("reason"))}
	if len(do.Lines) == 0 {
		a.fault("reason", "pieces") // the book takes no line for everything: nobody has said that here
	}
	return do
}

// pieces reads the fields that are named for items. What is left empty was not counted.
func (a *answers) pieces() (lines []ledger.ItemLine) {
	for item, err := range a.view.Items() {
		if err != nil {
			a.failed = err
			return lines
		}
		name := string(item.Item)
		if a.text(name) == "" {
			continue
		}
		lines = append(lines, ledger.ItemLine{Item: item.Item, Pieces: ledger.Amount(a.number(name, "counted"))})
	}
	return lines
}

// counts shows the counts of the shelves. What was counted is shown once a second person confirmed it: who counts blind must not read it.
func (d *desk) counts() error {
	if err := d.table("counts"); err != nil {
		return err
	}
	name, err := d.countForm()
	if err != nil || name == "" {
		return firstError(err, d.form("open_count"))
	}
	if err := d.form(name); err != nil {
		return err
	}
	return d.form("open_count")
}

// countForm names the form that a count asks for next: of the one that the address names, else of the newest that is not over. What was sent
// stays, whatever became of the count meanwhile.
func (d *desk) countForm() (string, error) {
	if d.countSent() != "" {
		return d.posted, nil
	}
	c, err := d.countAt()
	if err != nil {
		return "", err
	}
	switch c.State {
	case ledger.ShelfOpen:
		return "enter_count", nil
	case ledger.ShelfCounted:
		return "confirm_count", nil
	case ledger.ShelfConfirmed:
		return "finalise_count", nil
	case ledger.ShelfPosted, ledger.ShelfDropped: // nothing more is asked for
	}
	return "", nil
}

// countSent is the count that a form which was sent is about; none where none was. The form goes to the page's bare address.
func (d *desk) countSent() string {
	if !slices.Contains([]string{"enter_count", "confirm_count", "finalise_count"}, d.posted) {
		return ""
	}
	return tidy(d.r.PostForm.Get("count"), maxCard)
}

// countAt returns the count that the page is about, which is the one that was sent, whatever became of it; none where all are over.
func (d *desk) countAt() (at ledger.CountFact, err error) {
	asked, sent := d.r.URL.Query().Get("count"), d.countSent()
	all, err := d.everyCount()
	for _, c := range all {
		if sent == counts(c.Index) {
			return c, err
		}
		if c.State != ledger.ShelfPosted && c.State != ledger.ShelfDropped && (asked == "" || asked == counts(c.Index)) {
			at = c
		}
	}
	return at, err
}

func (d *desk) countTable() (*web.Grid, error) {
	t := d.newTable("counts", "count", "shop", "state", "counter", "confirmer", "difference")
	all, err := d.everyCount()
	t.All = len(all)
	for _, c := range slices.Backward(all) {
		if len(t.Rows) == pageRows && !d.exports() {
			break
		}
		differ := ""
		if c.State == ledger.ShelfConfirmed || c.State == ledger.ShelfPosted {
			for _, l := range c.Lines {
				if l.Pieces != l.Book {
					differ = joined(differ, d.itemNamed(l.Item)+" "+strconv.FormatInt(int64(l.Pieces-l.Book), 10))
				}
			}
		}
		r := row(t, counts(c.Index), d.shopNamed(c.Shop), catalog.Name(d.say, "record_state", c.State), string(c.Counter), string(c.Confirmer), differ)
		if c.State != ledger.ShelfPosted && c.State != ledger.ShelfDropped {
			r.Link = d.of.path + "?count=" + counts(c.Index)
		}
	}
	return t, err
}

// everyCount reads the counts of all years, once for a page.
func (d *desk) everyCount() ([]ledger.CountFact, error) {
	if d.counted == nil {
		all := []ledger.CountFact{}
		for c, err := range d.view.Counts() {
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		d.counted = all
	}
	return d.counted, nil
}

// openCounts asks for one of the counts in some state, and of the one that was sent.
func (d *desk) openCounts(in ...ledger.ShelfState) (web.Field, error) {
	all, err := d.everyCount()
	f := web.Field{Name: "count", Kind: "select", Need: true}
	for _, c := range all {
		if slices.Contains(in, c.State) || counts(c.Index) == d.countSent() {
			text := joined(d.shopNamed(c.Shop), catalog.Name(d.say, "record_state", c.State))
			f.Options = append(f.Options, web.Option{Value: counts(c.Index), Text: counts(c.Index) + " " + text})
		}
	}
	return f, err
}

// countFields asks for the pieces of every item that is counted, and tells of none how many there should be.
func (d *desk) countFields(in ledger.ShelfState) ([]web.Field, error) {
	f, err := d.openCounts(in)
	at, failed := d.countAt()
	if err := firstError(err, failed); err != nil {
		return nil, err
	}
	f.Value = counts(at.Index)
	fields := []web.Field{f}
	for item, err := range d.view.Items() {
		if err != nil {
			return nil, err
		}
		if len(at.Items) > 0 && !slices.Contains(at.Items, item.Item) {
			continue
		}
		n := maybe(counted(string(item.Item)))
		n.Label = string(item.Item) + " " + item.Name
		fields = append(fields, n)
	}
	return fields, nil
}

func (d *desk) finaliseFields() ([]web.Field, error) {
	f, err := d.openCounts(ledger.ShelfConfirmed)
	return fieldsOf(f, err, maybe(one(d, "reason", "shelf_reason", ledger.ShelfReasons()...)))
}

// closes shows the day at the counter that is open, the report of the one that was closed last, and what opens and closes it.
func (d *desk) closes() error {
	shop := d.shop()
	if shop == "" {
		return nil
	}
	now, err := d.view.Counter(shop)
	if err != nil {
		return err
	}
	if now.Open || now.Exchanges > 0 {
		d.page.Sections = append(d.page.Sections, web.WorkSection{
			Heading: d.t("day_open", catalog.Data{"Shop": d.shopNamed(shop), "Number": now.Number}), Table: d.dayTable("day", now.DayTotals),
			Text: []string{d.dayText(now.DayTotals)},
		})
	}
	if now.Closed != 0 {
		e, z, err := d.view.Close(shop, 0)
		if err != nil {
			return err
		}
		d.page.Sections = append(d.page.Sections, web.WorkSection{
			Heading: d.t("day_closed", catalog.Data{"Shop": d.shopNamed(shop), "Number": z.Number}), Table: d.dayTable("closed", z.DayTotals),
			Text: []string{d.dayText(z.DayTotals), joined(day(z.On), string(e.Actor), d.t("z_entries", catalog.Data{"From": int64(z.From), "Through": int64(z.Through)})), d.t("z_hint")},
		})
	}
	if now.Open {
		return d.form("close_counter")
	}
	return d.form("open_counter")
}

func (d *desk) dayText(t ledger.DayTotals) string {
	return d.t("day_totals", catalog.Data{
		"Exchanges": t.Exchanges, "Points": points(t.Points), "Undone": t.Undone, "Returns": t.Returns, "Back": points(t.BackPoints),
	})
}

// openDay and closedDay are the goods of the day that is open, and of the one that was closed last.
func (d *desk) openDay() (*web.Grid, error) {
	now, err := d.view.Counter(d.shop())
	return d.dayTable("day", now.DayTotals), err
}

func (d *desk) closedDay() (*web.Grid, error) {
	_, z, err := d.view.Close(d.shop(), 0)
	if err != nil {
		return nil, err
	}
	return d.dayTable("closed", z.DayTotals), nil
}

// dayTable is the goods of a day, which is taken away under a name.
func (d *desk) dayTable(name string, totals ledger.DayTotals) *web.Grid {
	t := d.newTable("day", "item", "#handed", "#points", "#back", "#short_pieces")
	if len(totals.Items) > 0 {
		t.Export = d.address("csv", name)
	}
	for _, i := range totals.Items {
		row(t, d.itemNamed(i.Item), counts(i.Pieces), points(i.Points), counts(i.Back), counts(i.Short))
	}
	return t
}
