package report

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aixin/ledger"
)

// Numbered is what carries numbers that ought to follow one another.
type Numbered string

// What is numbered. Entries are too, and that theirs are dense is held by every reader of the journal (I4).
const (
	NumberedCloses     Numbered = "closes"     // of the days at a shop's counter, from 1
	NumberedVouchers   Numbered = "vouchers"   // paper vouchers of a book that was issued to a shop
	NumberedSlips      Numbered = "slips"      // slips that were signed at a shop's counter
	NumberedSheets     Numbered = "sheets"     // paper rosters of a unit
	NumberedNotices    Numbered = "notices"    // notices of a unit, from 1
	NumberedStatements Numbered = "statements" // statements of hours, from 1
	NumberedVolunteers Numbered = "volunteers" // volunteer numbers, from 1
)

// GapReport says which numbers lack in their sequences, and which stand twice. A slip or roster whose number is like no other is no
// sequence.
type GapReport struct {
	Basis
	Rows []Sequence // in the order of what is numbered, by whom, and how the numbers begin
}

// Sequence is a run of numbers on papers of one sort.
type Sequence struct {
	What     Numbered
	Of       string // the shop or unit; none for the whole book
	Prefix   string // what stands before the digits
	First    int64  // where it begins: 1, the first of a book of vouchers, or the lowest that was seen
	Last     int64  // the highest that was seen, used or void
	Used     int64  // numbers that were used
	Void     int64  // numbers that were declared spoiled or lost
	Unused   int64  // vouchers behind the last that are still in their book
	Missing  []Span // between First and Last: neither used nor void
	Repeated []int64
}

// Span is a run of numbers, both ends included.
type Span struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// Lacking counts the numbers that lack.
func (s Sequence) Lacking() (n int64) {
	for _, m := range s.Missing {
		n += m.Last - m.First + 1
	}
	return n
}

// Sound reports whether nothing lacks and nothing stands twice.
func (s Sequence) Sound() bool { return len(s.Missing) == 0 && len(s.Repeated) == 0 }

// series names a sequence. Vouchers have one for each book.
type series struct {
	what   Numbered
	of     string
	prefix string
	book   int64 // the first voucher of the book
}

// numbersSeen gathers which numbers were used and voided.
type numbersSeen struct {
	used  map[series]map[int64]int
	void  map[series]map[int64]int
	books map[ledger.ShopID][]ledger.IssueVouchers
}

// Gaps looks for numbers that lack, from the entries behind a view.
func Gaps(v ledger.View, s Scope, entries iter.Seq2[ledger.Entry, error]) (GapReport, error) {
	out := GapReport{Basis: basis(v, s)}
	seen := numbersSeen{map[series]map[int64]int{}, map[series]map[int64]int{}, map[ledger.ShopID][]ledger.IssueVouchers{}}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("gap report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		seen.add(e)
	}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	for shop, books := range seen.books {
		for _, b := range books { // one of which nothing was used yet is a sequence too
			k := series{NumberedVouchers, string(shop), "", b.First}
			if seen.used[k] == nil {
				seen.used[k] = map[int64]int{}
			}
		}
	}
	for k := range seen.void {
		if seen.used[k] == nil {
			seen.used[k] = map[int64]int{}
		}
	}
	for k := range seen.used {
		if s.Unit != "" && !in[k.of] {
			continue
		}
		q := seen.sequence(k)
		if alone := q.Used == 1 && q.Sound(); !alone || (k.what != NumberedSlips && k.what != NumberedSheets) {
			out.Rows = append(out.Rows, q)
		}
	}
	slices.SortFunc(out.Rows, func(a, b Sequence) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.First, b.First))
	})
	return out, nil
}

// add notes the numbers that an entry carries.
func (n *numbersSeen) add(e ledger.Entry) {
	if x, ok := e.Sold(); ok {
		n.written(NumberedSlips, string(x.Shop), x.Slip)
		if x.Voucher != 0 {
			note(n.used, n.voucher(x.Shop, x.Voucher), x.Voucher)
		}
	}
	switch body := e.Body.(type) {
	case *ledger.CounterClose:
		note(n.used, series{what: NumberedCloses, of: string(body.Shop)}, body.Number)
	case *ledger.IssueVouchers:
		n.books[body.Shop] = append(n.books[body.Shop], *body)
	case *ledger.VoidVoucher:
		note(n.void, n.voucher(body.Shop, body.Number), body.Number)
	case *ledger.HoursRecord:
		n.written(NumberedSheets, string(body.Unit), body.Sheet)
	case *ledger.ActsRecord:
		n.written(NumberedSheets, string(body.Unit), body.Sheet)
	case *ledger.PostNotice:
		note(n.used, series{what: NumberedNotices, of: string(body.Unit)}, body.Number)
	case *ledger.Certificate:
		note(n.used, series{what: NumberedStatements}, body.Number)
	case *ledger.Enroll:
		note(n.used, series{what: NumberedVolunteers}, int64(body.Volunteer.Serial()))
	}
}

func note(into map[series]map[int64]int, k series, number int64) {
	if into[k] == nil {
		into[k] = map[int64]int{}
	}
	into[k][number]++
}

// written notes a number that somebody typed: the digits at its end count, and what stands before them names the pad. Eight digits
// that are a day do so too, since many begin anew each day: 20261128-001 and 20261128001.
func (n *numbersSeen) written(what Numbered, of, text string) {
	prefix := strings.TrimRight(text, "0123456789")
	if digits := text[len(prefix):]; len(digits) > len("20261128") {
		if _, err := ledger.ParseDate(digits[:4] + "-" + digits[4:6] + "-" + digits[6:8]); err == nil {
			prefix += digits[:8]
		}
	}
	number, err := strconv.ParseInt(text[len(prefix):], 10, 64)
	if err != nil {
		return // there are no digits, or more than a pad has
	}
	note(n.used, series{what: what, of: of, prefix: prefix}, number)
}

// voucher names the book of a voucher.
func (n *numbersSeen) voucher(shop ledger.ShopID, voucher int64) series {
	k := series{what: NumberedVouchers, of: string(shop)}
	for _, b := range n.books[shop] {
		if b.First <= voucher && voucher <= b.Last {
			k.book = b.First
		}
	}
	return k
}

// sequence puts the numbers of a series in order.
func (n *numbersSeen) sequence(k series) Sequence {
	used, void := n.used[k], n.void[k]
	out := Sequence{What: k.what, Of: k.of, Prefix: k.prefix, Used: int64(len(used)), Void: int64(len(void))}
	all := slices.Sorted(maps.Keys(used))
	all = append(all, slices.Sorted(maps.Keys(void))...)
	slices.Sort(all)
	all = slices.Compact(all)
	switch {
	case k.what == NumberedVouchers && k.book != 0:
		out.First = k.book
	case k.what == NumberedVouchers || k.what == NumberedSlips || k.what == NumberedSheets:
		out.First = all[0]
	default:
		out.First = 1
	}
	out.Last = out.First - 1
	for _, number := range all {
		if number > out.Last+1 {
			out.Missing = append(out.Missing, Span{out.Last + 1, number - 1})
		}
		out.Last = number
		if used[number] > 1 && k.what != NumberedSheets || used[number] > 0 && void[number] > 0 { // a roster has a row for each person
			out.Repeated = append(out.Repeated, number)
		}
	}
	for _, b := range n.books[ledger.ShopID(k.of)] {
		if k.what == NumberedVouchers && b.First == k.book {
			out.Unused = b.Last - out.Last
		}
	}
	return out
}
