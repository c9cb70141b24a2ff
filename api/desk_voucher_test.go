package api_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"aixin/ledger"
)

// vouchers is a book in which a shop has vouchers, and items have labels that read alike.
func vouchers(t *testing.T) *book {
	t.Helper()
	b := newBook(t)
	const steward = "U000006"
	for item, label := range map[ledger.Commodity]string{"SKU-0003": "盐-1", "SKU-0004": "盐-13", "SKU-0005": "盐 2", "SKU-0006": "盐", "SKU-0007": "6901234567892"} {
		b.do(t, steward, &ledger.AddItem{Item: item, Name: "item", Label: label, Points: 1, From: ledger.NewDate(2026, 11, 2)})
		b.do(t, "U000004", &ledger.Receive{
			Shop: "S01", Donor: "D001", BestBefore: ledger.NewDate(2027, 6, 30), Lines: []ledger.ItemLine{{Item: item, Pieces: 100}},
		})
	}
	b.do(t, steward, &ledger.IssueVouchers{Shop: "S01", First: 1, Last: 50})
	return b
}

// What a scanner or a Chinese keyboard leaves is read as what it is: blanks of any width, a label with a blank, how many behind it.
func TestVoucherLines(t *testing.T) {
	t.Parallel()
	b := vouchers(t)
	w := atWork(t, b, "/clerk/voucher", "U000005")
	w.open("/clerk/voucher?shop=S01")
	happened := ledger.DateOf(b.clock).AddDays(-1).String()
	for n, tt := range []struct{ lines, want, wrong string }{
		{lines: "盐-1　３", want: "SKU-0003 item × 3"},
		{lines: "盐-1\t3", want: "SKU-0003 item × 3"},
		{lines: "盐-13\r\n\r\n盐-13\r\n", want: "SKU-0004 item × 2"},
		{lines: "盐 2", want: "SKU-0005 item × 1"},
		{lines: "盐 2 3", want: "SKU-0005 item × 3"},
		{lines: "盐 3", want: "SKU-0006 item × 3"},
		{lines: "６９０１２３ ４５６７８９２", want: "SKU-0007 item × 1"},
		{lines: "06901234567892", want: "SKU-0007 item × 1"},
		{lines: "sku-0001\n盐-1 2\nsku-0001 2", want: "SKU-0001 食盐 1 包 × 3 · SKU-0003 item × 2"},
		{lines: "盐-1\nSKU-9999", wrong: "line 2: an item code is SKU-"},
		{lines: "盐-1\n\n盐 x", wrong: "line 3: want a whole number"},
		{lines: "盐-1 0", wrong: "line 1: want a whole number"},
		{lines: strings.Repeat("盐\n", 1001), wrong: "too many"},
	} {
		before := len(b.text)
		w.open("/clerk/voucher?shop=S01")
		w.send("/clerk/voucher", "late", url.Values{
			"shop": {"S01"}, "voucher": {strconv.Itoa(n + 1)}, "happened": {happened}, "volunteer": {string(wang)}, "lines": {tt.lines}, "slip": {strconv.Itoa(n + 1)},
		})
		if tt.wrong != "" {
			w.shows(tt.wrong, `id="late-lines-wrong"`)
			if len(b.text) != before {
				t.Errorf("%.40q: got %s, want nothing", tt.lines, b.text[before])
			}
			continue
		}
		w.shows("Entered as No.")
		desk := atWork(t, b, "/desk", "U000003")
		desk.open("/desk")
		desk.shows(tt.want + " · ") // what the second person signs for
	}
}

// A voucher has a number: without one it would be an exchange that is done at once, and nobody would approve it.
func TestVoucherHasANumber(t *testing.T) {
	t.Parallel()
	b := vouchers(t)
	w := atWork(t, b, "/clerk/voucher", "U000005")
	before := len(b.text)
	for _, number := range []string{"0", "-1", ""} {
		w.open("/clerk/voucher")
		w.send("/clerk/voucher", "late", url.Values{"shop": {"S01"}, "voucher": {number}, "volunteer": {string(wang)}, "lines": {"盐"}})
		w.shows(`id="late-voucher-wrong"`)
	}
	if len(b.text) != before {
		t.Errorf("got %s, want nothing", b.text[before])
	}
}

// Books of vouchers are a steward's: nobody else has the forms.
func TestVoucherForms(t *testing.T) {
	t.Parallel()
	b := vouchers(t)
	for staff, has := range map[ledger.StaffID]bool{"U000005": false, "U000006": true} {
		w := atWork(t, b, "/clerk/voucher", staff)
		w.open("/clerk/voucher?shop=S01")
		for _, form := range []string{"issue_vouchers", "void_voucher"} {
			if got := strings.Contains(w.page, `name="form" value="`+form+`"`); got != has {
				t.Errorf("%s: has the form %s: %t, want %t", staff, form, got, has)
			}
		}
	}
}
