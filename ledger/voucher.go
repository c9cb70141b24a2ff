package ledger

import (
	"fmt"
	"slices"
	"strconv"
)

// This family is for when the power or the network is cut: goods go out on paper vouchers, which were numbered beforehand and issued
// to a shop as books. Each voucher is entered later by one person and approved by another, as of the day on which the goods went out.
// A number is used or voided once, and the report of a counter's day names those that lack between used ones.

// The kinds of vouchers.
const (
	VouchersIssued Kind = "vouchers_issued"
	VoucherVoided  Kind = "voucher_voided"
)

// VoucherUsed refuses a voucher that was entered or voided before.
const VoucherUsed RejectReason = "voucher_used"

// The limits of vouchers.
const (
	// MaxVouchers bounds the vouchers of one book: as many as a pad has leaves.
	MaxVouchers = 200
	// MaxVoucherBooks bounds the books of one shop, so that a fact of it stays small.
	MaxVoucherBooks = 100
	// MaxVoucherNumber bounds a number on paper: people write nine digits without a mistake, at most.
	MaxVoucherNumber = 999_999_999
	// MaxVoucherDays is how many days after the goods went out a voucher may be entered: longer than any cut, within one report.
	MaxVoucherDays = 31
)

type (
	// IssueVouchers gives a shop a book of vouchers that are numbered from First to Last. By a steward.
	IssueVouchers struct {
		Shop  ShopID
		First int64
		Last  int64
	}

	// VoidVoucher says that a voucher was spoiled or lost, and will not be entered. By a steward.
	VoidVoucher struct {
		Shop   ShopID
		Number int64
		Reason Reason
	}

	// Vouchers are the books of a shop, in the order of their numbers.
	Vouchers struct {
		Books []VoucherBook
	}

	// VoucherBook is a book of vouchers. Gone are those that were entered or voided; of a book that is used up, Done says so.
	VoucherBook struct {
		First int64
		Last  int64
		Gone  []int64
		Done  bool
	}
)

// voucherBody returns an empty body of one of the kinds above, or nil.
func voucherBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case VouchersIssued:
		return &IssueVouchers{}
	case VoucherVoided:
		return &VoidVoucher{}
	}
	return nil
}

func (a *IssueVouchers) fields(c *codec) {
	text(c, "shop", &a.Shop)
	number(c, "first", &a.First)
	number(c, "last", &a.Last)
}

func (a *IssueVouchers) kind() Kind { return VouchersIssued }

func (a *IssueVouchers) roles() anyOf { return anyOf{Steward} }

func (a *IssueVouchers) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *IssueVouchers) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(a.First >= 1 && a.First <= MaxVoucherNumber, "first", "voucher")
	f.want(a.Last >= a.First && a.Last <= MaxVoucherNumber && a.Last-a.First < MaxVouchers, "last", "vouchers")
}

func (a *IssueVouchers) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.vouchers.want(w, a.Shop)
}

func (a *IssueVouchers) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.fresh(b))
}

// fresh refuses a book of which the shop has a number already.
func (a *IssueVouchers) fresh(b *Book) *Rejection {
	if r := missing(&b.shops, a.Shop); r != nil {
		return r
	}
	f, _ := b.vouchers.get(a.Shop)
	for _, k := range f.Books {
		if a.First <= k.Last && k.First <= a.Last {
			return &Rejection{Reason: AlreadyExists, Subject: k.name(a.Shop)}
		}
	}
	if n := len(f.Books); n >= MaxVoucherBooks {
		return &Rejection{Reason: TooLarge, Subject: string(a.Shop), Have: Amount(n), Want: MaxVoucherBooks}
	}
	return nil
}

func (a *IssueVouchers) asked() (Action, Index) { return a, 0 }

func (a *IssueVouchers) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.fresh(b)) }

func (a *IssueVouchers) fold(b *Book, _ Entry) {
	f := b.vouchers.edit(a.Shop)
	f.Books = append(f.Books, VoucherBook{First: a.First, Last: a.Last})
	slices.SortFunc(f.Books, func(x, y VoucherBook) int { return int(x.First - y.First) })
}

func (a *VoidVoucher) fields(c *codec) {
	text(c, "shop", &a.Shop)
	number(c, "number", &a.Number)
	text(c, "reason", &a.Reason)
}

func (a *VoidVoucher) kind() Kind { return VoucherVoided }

func (a *VoidVoucher) roles() anyOf { return anyOf{Steward} }

func (a *VoidVoucher) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *VoidVoucher) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(a.Number >= 1 && a.Number <= MaxVoucherNumber, "number", "voucher")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *VoidVoucher) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.vouchers.want(w, a.Shop)
}

func (a *VoidVoucher) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, firstOf(missing(&b.shops, a.Shop), b.unused(a.Shop, a.Number)))
}

func (a *VoidVoucher) asked() (Action, Index) { return a, 0 }

func (a *VoidVoucher) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(b.unused(a.Shop, a.Number))
}

func (a *VoidVoucher) fold(b *Book, _ Entry) { b.vouchers.edit(a.Shop).take(a.Number) }

// unused refuses a voucher that was never issued to the shop, or that was entered or voided.
func (b *Book) unused(shop ShopID, voucher int64) *Rejection {
	f, _ := b.vouchers.get(shop)
	k := f.book(voucher)
	switch {
	case k == nil:
		return notFound(voucherName(shop, voucher))
	case k.Done || slices.Contains(k.Gone, voucher):
		return &Rejection{Reason: VoucherUsed, Subject: voucherName(shop, voucher)}
	}
	return nil
}

func voucherName(shop ShopID, voucher int64) string {
	return string(shop) + "/" + strconv.FormatInt(voucher, 10)
}

func (k VoucherBook) name(shop ShopID) string {
	return voucherName(shop, k.First) + "-" + strconv.FormatInt(k.Last, 10)
}

// book returns the book that a voucher is of, or nil.
func (f *Vouchers) book(voucher int64) *VoucherBook {
	i := slices.IndexFunc(f.Books, func(k VoucherBook) bool { return k.First <= voucher && voucher <= k.Last })
	if i < 0 {
		return nil
	}
	return &f.Books[i]
}

// Left returns how many vouchers of the book were neither entered nor voided.
func (k VoucherBook) Left() int64 {
	if k.Done {
		return 0
	}
	return k.Last - k.First + 1 - int64(len(k.Gone))
}

// take notes that a voucher was entered or voided.
func (f *Vouchers) take(voucher int64) {
	k := f.book(voucher)
	i, _ := slices.BinarySearch(k.Gone, voucher)
	k.Gone = slices.Insert(k.Gone, i, voucher)
	if k.Left() == 0 {
		k.Gone, k.Done = nil, true
	}
}

// Missing lists the vouchers that were neither entered nor voided, between others of their book that were.
func (f *Vouchers) Missing() (list []int64) {
	for _, k := range f.Books {
		for i, n := range k.Gone {
			for before := k.Gone[max(i-1, 0)] + 1; before < n; before++ {
				list = append(list, before)
			}
		}
	}
	return list
}

func (f *Vouchers) fields(c *codec) {
	list(c, "books", &f.Books, func(c *codec, k *VoucherBook) {
		number(c, "first", &k.First)
		number(c, "last", &k.Last)
		numbers(c, "gone", &k.Gone)
		c.flag("done", &k.Done)
	})
}

// Vouchers returns the books of vouchers of a shop; none is the zero Vouchers.
func (v View) Vouchers(shop ShopID) (Vouchers, error) {
	f, err := find[Vouchers](v, "vouchers", string(shop))
	if isNotFound(err) {
		err = nil
	}
	return f, err
}

// wantVoucher asks for what late and the entering of a voucher look at.
func (a *Redeem) wantVoucher(b *Book, w *Wants) {
	if a.Voucher != 0 {
		b.vouchers.want(w, a.Shop)
	}
}

// late refuses a voucher that cannot be entered, or not any more.
func (a *Redeem) late(b *Book, on Date) *Rejection {
	if a.Voucher == 0 {
		return nil
	}
	switch days := on - a.Happened; {
	case days < 0:
		return &Rejection{Reason: DateInFuture, Subject: a.Happened.String()}
	case days > MaxVoucherDays:
		return &Rejection{Reason: TooLate, Subject: voucherName(a.Shop, a.Voucher), Have: Amount(days), Want: MaxVoucherDays}
	}
	return b.unused(a.Shop, a.Voucher)
}

// day returns the day on which the goods of an exchange went out, which was entered on another.
func (r *Exchange) day(on Date) Date {
	if r.Happened != 0 {
		return r.Happened
	}
	return on
}

// checkVoucher holds that a voucher is entered once (I10), by two persons (I13), and after its goods went out (I8).
func (r *Exchange) checkVoucher(b *Book, e Entry) error {
	if r.Voucher == 0 {
		return nil
	}
	if e.Proposal == 0 {
		return fmt.Errorf("I13: voucher %s was entered by one person alone", voucherName(r.Shop, r.Voucher))
	}
	switch no := b.unused(r.Shop, r.Voucher); {
	case no != nil && no.Reason == VoucherUsed:
		return fmt.Errorf("I10: voucher %s was entered or voided before", no.Subject)
	case no != nil:
		return fmt.Errorf("I8: voucher %s was not issued", no.Subject)
	case r.Happened > e.On:
		return fmt.Errorf("I8: goods of voucher %s went out on %s, after it was entered", voucherName(r.Shop, r.Voucher), r.Happened)
	}
	return nil
}

// server returns who handed the goods of an exchange out: whoever entered a voucher, where another person approved it.
func (b *Book) server(e Entry) StaffID {
	if e.Proposal != 0 {
		rec, _ := b.records.get(e.Proposal)
		return rec.Declarer
	}
	return e.Actor
}
