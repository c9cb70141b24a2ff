package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
)

// BenchmarkIndexed asks of an indexed book what a store asks of it for each command, with an index that costs nothing: what the law takes of
// the time in which entries are written. A person is credited four services, each declared and approved, and exchanges what they earned;
// people take turns, as many at a time as there are clients.
func BenchmarkIndexed(b *testing.B) {
	k := newKeeper(b)
	const people, clients = 10_000, 256
	openExchange(k.do)
	for i := range people {
		k.do("U000006", &ledger.Enroll{Volunteer: ledger.NewVolunteerID(i + 1), Unit: "C01"})
	}
	records := make([]ledger.Index, clients)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		client, step, round := n%clients, n/clients%9, n/clients/9
		turn := (client + round*clients) / people
		who := ledger.NewVolunteerID((client+round*clients)%people + 1)
		session := turn*4 + step/2
		switch {
		case step == 8:
			k.do("U000005", &ledger.Redeem{
				Volunteer: who, Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
			})
		case step%2 == 0:
			day := ledger.NewDate(2026, 5, 30).AddDays(-session / 2)
			records[client] = k.do("U000002", &ledger.DeclareHours{
				Volunteer: who, Activity: "A001", Minutes: 60, Capture: ledger.Scan, Start: ledger.NewStart(day, 8*60+session%2*6*60),
			})
		default:
			k.do("U000003", &ledger.Approve{Record: records[client]})
		}
		n++
	}
}

// keeper keeps an indexed book.
type keeper struct {
	tb      testing.TB
	book    *ledger.Book
	index   map[ledger.FactID][]byte
	changes ledger.Changes
	writer  ledger.LineWriter
	line    []byte
	n       int
}

func newKeeper(tb testing.TB) *keeper {
	tb.Helper()
	return &keeper{tb: tb, book: ledger.NewIndexedBook(shanghai(tb), 0, time.Time{}), index: map[ledger.FactID][]byte{}}
}

// do decides and posts a command, and returns the index of its entry.
func (k *keeper) do(actor ledger.StaffID, a ledger.Action) ledger.Index {
	k.tb.Helper()
	k.n++
	c := ledger.Command{Key: ledger.Key(fmt.Sprintf("b/%d", k.n)), Actor: actor, Do: a}
	for more := true; more; {
		more = false
		for _, id := range k.book.Needs(c) {
			f := ledger.Fact{ID: id, Value: k.index[id]}
			if err := k.book.Load(f); err != nil {
				k.tb.Fatal(err)
			}
			more = more || f.Leads()
		}
	}
	if _, answered, err := k.book.Answered(c); err != nil || answered {
		k.tb.Fatalf("answered: %v, %v", answered, err)
	}
	e, err := k.book.Decide(c, time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC))
	if err != nil {
		k.tb.Fatal(err)
	}
	if err := k.book.Post(e); err != nil {
		k.tb.Fatal(err)
	}
	k.line = k.writer.Append(k.line[:0], &e)
	if k.n%64 == 0 {
		k.book.SealInto(&k.changes)
		for _, f := range k.changes.Facts {
			if !strings.HasPrefix(string(f.ID), "key/") { // nobody asks again
				k.index[f.ID] = append(k.index[f.ID][:0], f.Value...)
			}
		}
		k.changes.Reset()
	}
	if k.n%32 == 0 {
		k.book.Forget(e.Index / 64 * 64)
	}
	return e.Index
}
