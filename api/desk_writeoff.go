package api

import (
	"net/url"
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is what leaves a shelf and nobody has: one person says what is past its date or spoiled, and another takes it off.

const writeOffPath = "/clerk/write-off"

func writeOffPage() workPage {
	return workPage{
		name: "write_off", path: writeOffPath, roles: []ledger.Role{ledger.Keeper, ledger.Steward, ledger.Supervisor}, show: (*desk).writeOffs,
		table: map[string]func(*desk) (*web.Grid, error){"past": (*desk).pastDate, "write_offs": (*desk).writeOffTable},
		forms: []workForm{
			{name: "confirm_write_off", fields: func(d *desk) ([]web.Field, error) { return d.openPapers("write_off", false) }, action: func(a *answers) ledger.Action {
				return &ledger.ConfirmWriteOff{Paper: a.index("write_off")}
			}},
			{name: "drop_write_off", fields: func(d *desk) ([]web.Field, error) { return d.openPapers("write_off", true) }, action: func(a *answers) ledger.Action {
				return &ledger.Drop{Entry: a.index("write_off")}
			}},
			{name: "write_off", fields: (*desk).writeOffFields, action: func(a *answers) ledger.Action {
				return &ledger.DeclareWriteOff{
					Shop: ledger.ShopID(a.code("shop")), Reason: ledger.ShelfReason(a.text("reason")),
					Lines: []ledger.ItemLine{{Item: ledger.Commodity(a.code("item")), Pieces: ledger.Amount(a.number("pieces", "pieces"))}},
				}
			}},
		},
	}
}

func (d *desk) writeOffs() error {
	if err := d.table("write_offs"); err != nil {
		return err
	}
	for _, name := range []string{"confirm_write_off", "drop_write_off"} {
		if err := d.form(name); err != nil {
			return err
		}
	}
	_, ready, err := d.shelves.soon(d.r.Context(), d.server, d.view, shelvedIn)
	switch {
	case err != nil:
		return err
	case !ready:
		d.summing()
	default:
		if err := d.table("past"); err != nil {
			return err
		}
	}
	return d.form("write_off")
}

// pastDate lists what the counters of the reader's shops skip because its date is past and nobody declared yet; each row leads to the form with the
// row in it.
func (d *desk) pastDate() (*web.Grid, error) {
	t := d.newTable("past", "item", "shop", "#written_off", "best_before")
	within, err := d.shopsWithin(writeOffPath)
	if err != nil {
		return nil, err
	}
	all, err := d.papers(ledger.WriteOffDeclared)
	if err != nil {
		return nil, err
	}
	declared := map[ledger.AccountKey]ledger.Amount{}
	for _, p := range all.open {
		for _, l := range p.Lines {
			if p.Reason == ledger.GoodsExpired {
				declared[ledger.AccountKey{ID: ledger.StockOf(p.Shop), Commodity: l.Item}] += l.Pieces
			}
		}
	}
	on := d.view.On()
	return t, d.onShelf(t, func(x *shelved) {
		past, first, _ := bestBefore(x.acct, on)
		if past == 0 { // as most have nothing
			return
		}
		n := past - declared[ledger.AccountKey{ID: ledger.StockOf(x.shop.Shop), Commodity: x.item.Item}]
		if n <= 0 || !within(x.shop.Shop) || d.beyond(t) {
			return
		}
		row(t, x.itemNamed(), x.shopNamed(), counts(n), day(first)).Link =
			d.of.path + "?" + url.Values{"shop": {string(x.shop.Shop)}, "item": {string(x.item.Item)}, "pieces": {counts(n)}, "reason": {string(ledger.GoodsExpired)}}.Encode()
	})
}

// writeOffTable lists what was declared in the shops of the reader, what waits first and then the newest.
func (d *desk) writeOffTable() (*web.Grid, error) {
	t := d.newTable("write_offs", "write_off", "day", "shop", "lines", "reason", "declarer", "state")
	all, err := d.papersWithin("write_off")
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Concat(all.open, all.over) {
		e, err := d.view.Entry(p.Index)
		if err != nil {
			return nil, err
		}
		row(t, counts(p.Index), day(e.On), d.shopNamed(p.Shop), d.piecesOf(p.Lines), catalog.Name(d.say, "shelf_reason", p.Reason), string(p.Declarer),
			catalog.Name(d.say, "record_state", p.State))
	}
	return t, nil
}

func (d *desk) writeOffFields() ([]web.Field, error) {
	shop, err1 := d.shopField()
	items, err2 := d.items()
	pieces := counted("pieces")
	pieces.Label = d.t("field.written_off")
	why := one(d, "reason", "shelf_reason", ledger.ShelfReasons()...)
	why.Unset = true
	fields, err := fieldsOf(err1, items, err2, pieces, why)
	return append(shop, fields...), err
}

// directed says for whom the goods of a shelf were given that not everybody may have.
func directed(acct ledger.Account) (said string) {
	for _, l := range acct.Lots {
		if l.Only != "" && l.Left > 0 {
			said = joined(said, string(l.Only)+" × "+strconv.FormatInt(int64(l.Left), 10))
		}
	}
	return said
}
