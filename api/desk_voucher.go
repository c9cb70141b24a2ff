package api

import (
	"fmt"
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
	do := &ledger.Redeem{
		Shop: ledger.ShopID(a.code("shop")), Voucher: a.number("voucher", "voucher"), Happened: a.date("happened"), Volunteer: a.volunteer("volunteer"),
		Lines: a.scannedLines("lines"), Presence: ledger.ByTyped, Slip: a.code("slip"),
	}
	if do.Voucher < 1 { // without one it would be an exchange like any other, with nobody to approve it
		a.fault("voucher", "voucher")
	}
	return do
}

// maxScanned bounds the lines of what was scanned: as many baskets' as one has lines, each piece for itself.
const maxScanned = 20 * ledger.MaxLines

// scannedLines reads goods, one on each line as a scanner leaves them: what is scanned twice is two pieces, and a number behind it says how many.
// A fault says on which line it is, as people count them.
func (a *answers) scannedLines(name string) (lines []ledger.ItemLine) {
	all, err := labelsOf(a.view)
	if err != nil {
		a.failed = err
		return nil
	}
	read := 0
	for text := range strings.Lines(a.Get(name)) {
		if read++; read > maxScanned {
			a.fault(name, "too_many")
			return nil
		}
		if text = blanked(text); text == "" {
			continue
		}
		item, pieces := all.scanned(text)
		switch {
		case item == "":
			a.fault(fmt.Sprintf("%s[%d]", name, read), "item_code")
			return nil
		case pieces < 1 || pieces > ledger.MaxPieces:
			a.fault(fmt.Sprintf("%s[%d]", name, read), "pieces")
			return nil
		}
		i := slices.IndexFunc(lines, func(l ledger.ItemLine) bool { return l.Item == item })
		if i < 0 {
			lines, i = append(lines, ledger.ItemLine{Item: item}), len(lines)
		}
		lines[i].Pieces += pieces
	}
	return lines
}

// scanned reads one line: a code or label as it stands there, or one with how many behind it, or one with blanks that it does not have.
func (l labels) scanned(text string) (item ledger.Commodity, pieces ledger.Amount) {
	if item = l.item(text); item != "" {
		return item, 1
	}
	if i := strings.LastIndex(text, " "); i > 0 {
		if item = l.item(tidy(text[:i], maxCard)); item != "" {
			n, err := strconv.ParseInt(text[i+1:], 10, 64)
			if err != nil {
				n = 0
			}
			return item, ledger.Amount(n)
		}
	}
	return l.item(tidy(text, maxCard)), 1
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
