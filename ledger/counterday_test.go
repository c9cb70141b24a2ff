package ledger_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

func (t *table) counterDay(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "open-counter":
		return &ledger.OpenCounter{Shop: ledger.ShopID(w.arg(0))}
	case "close":
		return &ledger.CloseCounter{Shop: ledger.ShopID(w.arg(0))}
	case "proxy":
		return &ledger.SetProxy{Volunteer: w.volunteer(0), Proxy: w.volunteer(1), Relation: ledger.Relation(w.arg(2)), Ended: w.arg(3) == "ended"}
	case "vouchers":
		return &ledger.IssueVouchers{Shop: ledger.ShopID(w.arg(0)), First: t.int(w.arg(1)), Last: t.int(w.arg(2))}
	case "void-voucher":
		return &ledger.VoidVoucher{Shop: ledger.ShopID(w.arg(0)), Number: t.int(w.arg(1)), Reason: ledger.Reason(w.arg(2))}
	case "undo":
		return &ledger.Undo{Redemption: ledger.Index(t.int(w.arg(0)))}
	}
	return nil
}

// day writes what counts in the day of a counter that is open or comes next: its number, and whatever is not zero.
func (t *table) day(w []string) string {
	t.Helper()
	d, err := t.book.View(0).Counter(ledger.ShopID(w[1]))
	if err != nil {
		t.Fatal(err)
	}
	s := strconv.FormatInt(d.Number, 10)
	if d.Open {
		s += " open " + d.On.String()
	}
	say := func(what string, n int64) {
		if n != 0 {
			s += fmt.Sprintf(" %s %d", what, n)
		}
	}
	say("out", d.Exchanges)
	say("points", int64(d.Points))
	say("undone", d.Undone)
	say("returns", d.Returns)
	say("back", int64(d.BackPoints))
	for _, i := range d.Items {
		s += fmt.Sprintf(", %s%+d", i.Item, i.Back-i.Pieces)
		say("short", int64(i.Short))
		say("relieved", int64(i.Relieved))
		say("scrapped", int64(i.Scrapped))
		say("lost", int64(i.Lost))
		say("found", int64(i.Found))
	}
	if len(d.Vouchers) > 0 {
		s += fmt.Sprintf(", vouchers %v", d.Vouchers)
	}
	return s
}

// missing writes which vouchers lack between used ones.
func (t *table) missing(w []string) string {
	t.Helper()
	f, err := t.book.View(0).Vouchers(ledger.ShopID(w[1]))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(f.Missing())
}

func voucherForgeries() []forgery {
	return []forgery{
		bodyOf("a voucher that was not issued, entered", "I8 I10", func(r *ledger.Exchange) bool {
			was := r.Voucher != 0
			r.Voucher = 999
			return was
		}),
		bodyOf("a voucher that one person enters", "I13", func(r *ledger.Exchange) bool {
			is := r.Voucher == 0
			r.Voucher, r.Happened = 7, 20500
			return is
		}),
		bodyOf("vouchers of a book again", "I8", func(r *ledger.IssueVouchers) bool {
			is := r.First > 40
			r.First, r.Last = 40, 41
			return is
		}),
		bodyOf("a voucher that was not issued", "I8", func(r *ledger.VoidVoucher) bool { r.Number = 900; return true }),
		bodyOf("the vouchers of a close", "I8", func(r *ledger.CounterClose) bool { r.Missing = append(r.Missing, 900); return true }),
	}
}

func counterDayForgeries() []forgery {
	return []forgery{
		bodyOf("the number of a close", "I8", func(r *ledger.CounterClose) bool { r.Number++; return true }),
		bodyOf("the points of a close", "I8", func(r *ledger.CounterClose) bool { r.Points += 100; return true }),
		bodyOf("a clerk of a close", "I8", func(r *ledger.CounterClose) bool {
			if len(r.Clerks) > 0 {
				r.Clerks[0].Clerk = "U000099"
			}
			return len(r.Clerks) > 0
		}),
		bodyOf("pieces of a close", "I8", func(r *ledger.CounterClose) bool {
			if len(r.Items) > 0 {
				r.Items[0].Pieces++
			}
			return len(r.Items) > 0
		}),
		bodyOf("what was written off in a close", "I8", func(r *ledger.CounterClose) bool {
			i := slices.IndexFunc(r.Items, func(i ledger.DayItem) bool { return i.Scrapped != 0 })
			if i >= 0 {
				r.Items[i].Scrapped = 0
			}
			return i >= 0
		}),
		bodyOf("the chain of closes", "I8", func(r *ledger.CounterClose) bool { r.Leaf[3] ^= 1; return r.Previous != 0 }),
		bodyOf("the close before a close", "I8", func(r *ledger.CounterClose) bool { r.Previous--; return r.Previous > 0 }),
		bodyOf("the last entry of a close", "I8", func(r *ledger.CounterClose) bool { r.Through--; return r.Through > 0 }),
		{"a second opening of a counter", "I8", func(f *forger, e *ledger.Entry) bool {
			day, err := f.book.View(0).Counter("S01")
			if e.Kind == ledger.Redeemed && err == nil && day.Open {
				e.Kind, e.Body, e.Postings, e.Rule = ledger.CounterOpened, &ledger.OpenCounter{Shop: "S01"}, nil, ""
				return true
			}
			return false
		}},
		{"an undo by another clerk", "I10 I13", func(_ *forger, e *ledger.Entry) bool {
			if e.Kind != ledger.ExchangeUndone {
				return false
			}
			e.Actor = "U000007"
			return true
		}},
		{"an undo a minute too late", "I10", func(f *forger, e *ledger.Entry) bool {
			if e.Kind != ledger.ExchangeUndone {
				return false
			}
			e.At = e.At.Add(61e9)
			e.On = ledger.DateOf(e.At.In(f.book.Zone()))
			return true
		}},
		bodyOf("the shop of an undo", "I10", func(r *ledger.UndoneExchange) bool {
			was := r.Shop
			r.Shop = "S09"
			return was != r.Shop
		}),
		bodyOf("the exchange of an undo", "I8 I10", func(r *ledger.UndoneExchange) bool { r.Redemption = 1; return true }),
	}
}

// TestClosesAreAChain holds that two lines are enough to see that no close is left out between them.
func TestClosesAreAChain(t *testing.T) {
	t.Parallel()
	closes := 0
	for seed := range uint64(24) {
		last := map[ledger.ShopID][]byte{}
		for _, line := range trueJournal(t, 3000+seed, 1500) {
			e := parse(t, line)
			r, ok := e.Body.(*ledger.CounterClose)
			if !ok {
				continue
			}
			if before := last[r.Shop]; before != nil {
				closes++
				old := parse(t, before)
				was, ok := old.Body.(*ledger.CounterClose)
				if !ok || r.Previous != old.Index || r.Leaf != ledger.LeafHash(before) || r.Number != was.Number+1 || r.From <= old.Index || r.Through >= e.Index {
					t.Errorf("seed %d:\n%s\ndoes not follow\n%s", seed, line, before)
				}
			} else if r.Number != 1 || r.Previous != 0 || r.Leaf != (ledger.Hash{}) {
				t.Errorf("seed %d: %s is not the first", seed, line)
			}
			last[r.Shop] = line
		}
	}
	if closes < 10 {
		t.Errorf("only %d closes follow another", closes)
	}
}

// TestViewOfCloses holds that every close is found by its number, and every entry by its day.
func TestViewOfCloses(t *testing.T) {
	t.Parallel()
	m := ledgertest.NewMemory(shanghai(t))
	for _, line := range trueJournal(t, 4000, 1500) {
		m.Journal = append(m.Journal, line)
		if err := ledgertest.Replay(m.Book, line, m.Journal); err != nil {
			t.Fatal(err)
		}
	}
	v := m.View(0)
	for _, line := range m.Journal {
		e := parse(t, line)
		r, ok := e.Body.(*ledger.CounterClose)
		if !ok {
			continue
		}
		if found, _, err := v.Close(r.Shop, r.Number); err != nil || found.Index != e.Index {
			t.Errorf("close %d of %s: got entry %d, %v, want %d", r.Number, r.Shop, found.Index, err, e.Index)
		}
		for _, i := range []ledger.Index{r.From, r.Through} {
			if n, err := v.DayNumber(r.Shop, i); err != nil || n != r.Number {
				t.Errorf("day of entry %d at %s: got %d, %v, want %d", i, r.Shop, n, err, r.Number)
			}
		}
	}
	if _, _, err := v.Close("S01", 1_000_000); err == nil {
		t.Error("a close that never was is found")
	}
}
