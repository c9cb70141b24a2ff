package ledger_test

import (
	"bytes"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// FuzzLoad loads any bytes as any fact. A book refuses them or gives the same bytes again, and never panics.
func FuzzLoad(f *testing.F) {
	g := ledgertest.New(1)
	book := ledgertest.NewMemory(shanghai(f))
	for _, c := range g.Setup() {
		if _, err := book.Submit(c.Command, c.At); err != nil {
			f.Fatal(err)
		}
	}
	for c := range g.Stream(300) {
		if r, err := book.Submit(c.Command, c.At); err == nil {
			g.Saw(r.Entry)
		}
	}
	for _, family := range book.Families() {
		for fact, err := range book.Facts(family) {
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(fact.ID), fact.Value)
		}
	}
	f.Fuzz(func(t *testing.T, id string, value []byte) {
		b := ledger.NewIndexedBook(shanghai(t), 0, time.Time{})
		if value == nil || b.Load(ledger.Fact{ID: ledger.FactID(id), Value: value}) != nil {
			return
		}
		if got, err := b.Fact(ledger.FactID(id)); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s: loaded %q, got %q, %v", id, value, got, err)
		}
	})
}
