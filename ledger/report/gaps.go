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

// Numbers gathers which numbers were used and voided.
type Numbers struct {
	used  map[series]map[int64]seenAt
	void  map[series]map[int64]seenAt
	books map[ledger.ShopID][]ledger.IssueVouchers
}

// seenAt is how often a number was seen, and in which entries first and last.
type seenAt struct {
	times       int
	first, last ledger.Index
}

// NewNumbers returns those of a book without entries.
func NewNumbers() *Numbers {
	return &Numbers{map[series]map[int64]seenAt{}, map[series]map[int64]seenAt{}, map[ledger.ShopID][]ledger.IssueVouchers{}}
}

// Entries returns the first and the last entry that carry a number of a sequence; none where no entry does.
func (n *Numbers) Entries(s Sequence, number int64) (list []ledger.Index) {
	k := series{s.What, s.Of, s.Prefix, 0}
	if s.What == NumberedVouchers {
		k = n.voucher(ledger.ShopID(s.Of), s.First)
	}
	for _, in := range []map[series]map[int64]seenAt{n.used, n.void} {
		if at, ok := in[k][number]; ok {
			list = append(list, at.first, at.last)
		}
	}
	return list
}

// Gaps looks for numbers that lack, from the entries behind a view.
func Gaps(v ledger.View, s Scope, entries iter.Seq2[ledger.Entry, error]) (GapReport, error) {
	out := GapReport{Basis: basis(v, s)}
	seen := NewNumbers()
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("gap report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		seen.Add(&e)
	}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	for _, q := range seen.Sequences() {
		if s.Unit == "" || in[q.Of] {
			out.Rows = append(out.Rows, q)
		}
	}
	return out, nil
}

// Sequences lists them, in the order of what is numbered, by whom, and how the numbers begin.
func (n *Numbers) Sequences() (out []Sequence) {
	for shop, books := range n.books {
		for _, b := range books { // one of which nothing was used yet is a sequence too
			n.known(series{NumberedVouchers, string(shop), "", b.First})
		}
	}
	for k := range n.void {
		n.known(k)
	}
	for k := range n.used {
		q := n.sequence(k)
		if alone := q.Used == 1 && q.Sound(); !alone || (k.what != NumberedSlips && k.what != NumberedSheets) {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(a, b Sequence) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.First, b.First))
	})
	return out
}

func (n *Numbers) known(k series) {
	if n.used[k] == nil {
		n.used[k] = map[int64]seenAt{}
	}
}

// Add notes the numbers that an entry carries.
func (n *Numbers) Add(e *ledger.Entry) {
	if x, ok := e.Sold(); ok {
		n.written(e, NumberedSlips, string(x.Shop), x.Slip)
		if x.Voucher != 0 {
			note(n.used, n.voucher(x.Shop, x.Voucher), x.Voucher, e.Index)
		}
	}
	switch body := e.Body.(type) {
	case *ledger.CounterClose:
		note(n.used, series{what: NumberedCloses, of: string(body.Shop)}, body.Number, e.Index)
	case *ledger.IssueVouchers:
		n.books[body.Shop] = append(n.books[body.Shop], *body)
	case *ledger.VoidVoucher:
		note(n.void, n.voucher(body.Shop, body.Number), body.Number, e.Index)
	case *ledger.HoursRecord:
		n.written(e, NumberedSheets, string(body.Unit), body.Sheet)
	case *ledger.ActsRecord:
		n.written(e, NumberedSheets, string(body.Unit), body.Sheet)
	case *ledger.PostNotice:
		note(n.used, series{what: NumberedNotices, of: string(body.Unit)}, body.Number, e.Index)
	case *ledger.Publish: // numbered with those that ask for an answer
		note(n.used, series{what: NumberedNotices, of: string(body.Unit)}, body.Number, e.Index)
	case *ledger.Certificate:
		note(n.used, series{what: NumberedStatements}, body.Number, e.Index)
	case *ledger.Enroll:
		note(n.used, series{what: NumberedVolunteers}, int64(body.Volunteer.Serial()), e.Index)
	}
}

func note(into map[series]map[int64]seenAt, k series, number int64, i ledger.Index) {
	if into[k] == nil {
		into[k] = map[int64]seenAt{}
	}
	at, ok := into[k][number]
	if !ok {
		at.first = i
	}
	at.last = i
	at.times++
	into[k][number] = at
}

// written notes a number that somebody typed: the digits at its end count, and what stands before them names the pad. Eight digits
// that are a day do so too, since many begin anew each day: 20261128-001 and 20261128001.
func (n *Numbers) written(e *ledger.Entry, what Numbered, of, text string) {
	prefix := strings.TrimRight(text, "0123456789")
	if digits := text[len(prefix):]; len(digits) > len("20261128") {
		if _, err := ledger.ParseDate(digits[:4] + "-" + digits[4:6] + "-" + digits[6:8]); err == nil {
			prefix += digits[:8]
		}
	}
	if prefix == text {
		return // there are no digits
	}
	number, err := strconv.ParseInt(text[len(prefix):], 10, 64)
	if err != nil {
		return // more of them than a pad has
	}
	note(n.used, series{what: what, of: of, prefix: prefix}, number, e.Index)
}

// voucher names the book of a voucher.
func (n *Numbers) voucher(shop ledger.ShopID, voucher int64) series {
	k := series{what: NumberedVouchers, of: string(shop)}
	for _, b := range n.books[shop] {
		if b.First <= voucher && voucher <= b.Last {
			k.book = b.First
		}
	}
	return k
}

// sequence puts the numbers of a series in order.
func (n *Numbers) sequence(k series) Sequence {
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
		if used[number].times > 1 && k.what != NumberedSheets || used[number].times > 0 && void[number].times > 0 { // a roster has a row for each person
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
