package api

import (
	"slices"
	"strconv"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
)

// This file enters what was handed out on numbered paper while the power or the network was cut. A second person approves each at the desk.

// voucherPage enters paper vouchers, and lists a shop's books of them with the numbers that lack.
func voucherPage() workPage {
	return workPage{
		name: "voucher", path: "/clerk/voucher", roles: counterRoles(), show: (*desk).vouchers,
		table: map[string]func(*desk) (*web.Grid, error){"vouchers": (*desk).voucherTable},
		forms: []workForm{
			{name: "late", fields: (*desk).lateFields, action: handedLate},
			{name: "issue_vouchers", fields: func(d *desk) ([]web.Field, error) { return d.atShop(counted("first"), counted("last")) }, action: func(a *answers) ledger.Action {
				return &ledger.IssueVouchers{Shop: ledger.ShopID(a.code("shop")), First: a.number("first", "voucher"), Last: a.number("last", "vouchers")}
			}},
			{name: "void_voucher", fields: func(d *desk) ([]web.Field, error) { return d.atShop(counted("number"), d.reason()) }, action: func(a *answers) ledger.Action {
				return &ledger.VoidVoucher{Shop: ledger.ShopID(a.code("shop")), Number: a.number("number", "voucher"), Reason: ledger.Reason(a.text("reason"))}
			}},
		},
	}
}

func (d *desk) vouchers() error {
	if err := firstError(d.form("late"), d.table("vouchers")); err != nil {
		return err
	}
	if !slices.Contains(d.staff.RolesOn(d.view.On()), ledger.Steward) {
		return nil // the book takes the others from a steward alone
	}
	return firstError(d.form("issue_vouchers"), d.form("void_voucher"))
}

// atShop asks for a shop first.
func (d *desk) atShop(more ...web.Field) ([]web.Field, error) {
	fields, err := d.shopField()
	return append(fields, more...), err
}

func (d *desk) lateFields() ([]web.Field, error) {
	lines, slip := web.Field{Name: "lines", Kind: "area", Need: true, Hint: d.t("lines_hint")}, maybe(typed("slip"))
	slip.Hint = d.t("slip_hint")
	return d.atShop(counted("voucher"), dated("happened"), typed("volunteer"), lines, slip)
}

// handedLate is the exchange that a voucher is of. Nobody stands there: a number that the paper has was typed.
func handedLate(a *answers) ledger.Action {
	return &ledger.Redeem{
		Shop: ledger.ShopID(a.code("shop")), Voucher: a.number("voucher", "voucher"), Happened: a.date("happened"), Volunteer: a.volunteer("volunteer"),
		Lines: a.scannedLines("lines"), Presence: ledger.ByTyped, Slip: a.code("slip"),
	}
}

// scannedLines reads goods, one on each line as a scanner leaves them: what is scanned twice is two pieces, and a number behind it says how many.
func (a *answers) scannedLines(name string) (lines []ledger.ItemLine) {
	for text := range strings.Lines(a.Get(name)) {
		code, times, _ := strings.Cut(strings.TrimSpace(text), " ")
		if code == "" {
			continue
		}
		item, err := a.itemOf(a.r.Context(), tidy(code, maxCard))
		if err != nil || item == "" {
			a.fault(name, "item_code")
			return nil
		}
		pieces := int64(1)
		if times != "" {
			if pieces, err = strconv.ParseInt(tidy(times, maxCard), 10, 64); err != nil || pieces < 1 || pieces > int64(ledger.MaxPieces) {
				a.fault(name, "pieces")
				return nil
			}
		}
		i := slices.IndexFunc(lines, func(l ledger.ItemLine) bool { return l.Item == item })
		if i < 0 {
			lines, i = append(lines, ledger.ItemLine{Item: item}), len(lines)
		}
		lines[i].Pieces += ledger.Amount(pieces)
	}
	return lines
}

// voucherTable lists the books of the shop that was chosen on this browser.
func (d *desk) voucherTable() (*web.Grid, error) {
	t := d.newTable("vouchers", "shop", "#first", "#last", "#left", "missing")
	shop := d.shop()
	f, err := d.view.Vouchers(shop)
	for _, k := range f.Books {
		var lacks []string
		for _, n := range (&ledger.Vouchers{Books: []ledger.VoucherBook{k}}).Missing() {
			lacks = append(lacks, counts(n))
		}
		row(t, d.shopNamed(shop), counts(k.First), counts(k.Last), counts(k.Left()), strings.Join(lacks, ", "))
	}
	return t, err
}
