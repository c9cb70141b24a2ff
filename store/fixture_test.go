package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// start is when the books of these tests begin.
func start() time.Time { return time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC) }

// clock is a clock that stands still until it is moved.
type clock struct {
	at atomic.Int64
}

func newClock() *clock {
	c := &clock{}
	c.at.Store(start().UnixMilli())
	return c
}

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Load()) }

func (c *clock) move(d time.Duration) { c.at.Add(d.Milliseconds()) }

const (
	admin    = ledger.StaffID("U000001")
	leader   = ledger.StaffID("U000002")
	reviewer = ledger.StaffID("U000003")
	keeper   = ledger.StaffID("U000004")
	clerk    = ledger.StaffID("U000005")
	steward  = ledger.StaffID("U000006")

	unit     = ledger.UnitID("C01")
	shop     = ledger.ShopID("S01")
	donor    = ledger.DonorID("D001")
	activity = ledger.ActivityID("A001")
	rice     = ledger.Commodity("SKU-0001")
)

// setup lists the commands that make a book in which hours become points and points goods, with n volunteers.
func setup(n int) []ledger.Command {
	day := ledger.NewDate(2026, 9, 1)
	list := []ledger.Command{
		{Do: &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "test.example/b", Zone: "Asia/Shanghai"}},
		{Actor: admin, Do: &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}}},
	}
	for _, s := range []ledger.Appoint{
		{Staff: leader, Roles: []ledger.Role{ledger.Leader}},
		{Staff: reviewer, Roles: []ledger.Role{ledger.Reviewer}},
		{Staff: keeper, Roles: []ledger.Role{ledger.Keeper}},
		{Staff: clerk, Roles: []ledger.Role{ledger.Clerk}},
		{Staff: steward, Roles: []ledger.Role{ledger.Steward}},
	} {
		list = append(list, ledger.Command{Actor: admin, Do: &s})
	}
	list = append(list,
		ledger.Command{Actor: steward, Do: &ledger.SetRule{Rule: ledger.Rule{
			ID: "test", Version: 1, From: ledger.NewDate(2026, 1, 1),
			Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Roster},
			Expires: ledger.ExpiresYearEnd, ExpiresIn: 1, Transfer: true,
		}}},
		ledger.Command{Actor: admin, Do: &ledger.AddUnit{Unit: unit, Kind: ledger.Community, Name: "unit"}},
		ledger.Command{Actor: admin, Do: &ledger.AddShop{Shop: shop, Unit: unit, Name: "shop"}},
		ledger.Command{Actor: keeper, Do: &ledger.AddDonor{Donor: donor}},
		ledger.Command{Actor: steward, Do: &ledger.AddItem{Item: rice, Name: "rice", Points: 100, From: day}},
		ledger.Command{Actor: leader, Do: &ledger.AddActivity{Activity: activity, Unit: unit, Code: "VH01", Name: "activity"}},
		ledger.Command{Actor: keeper, Do: &ledger.Receive{
			Shop: shop, Donor: donor, Lines: []ledger.ItemLine{{Item: rice, Pieces: 100_000}},
		}},
	)
	for i := range n {
		list = append(list, ledger.Command{Actor: steward, Do: &ledger.Enroll{Volunteer: volunteer(i), Unit: unit}})
	}
	for i := range list {
		list[i].Key = ledger.Key(fmt.Sprintf("setup/%d", i))
	}
	return list
}

func volunteer(i int) ledger.VolunteerID { return ledger.NewVolunteerID(i + 1) }

// declare claims an hour for volunteer i on the n-th day.
func declare(key string, i, n int) ledger.Command {
	return ledger.Command{Key: ledger.Key(key), Actor: leader, Do: &ledger.DeclareHours{
		Volunteer: volunteer(i), Activity: activity, Start: ledger.NewStart(ledger.NewDate(2026, 8, 31).AddDays(-n), 8*60),
		Minutes: 60, Capture: ledger.Roster,
	}}
}

func approve(key string, record ledger.Index) ledger.Command {
	return ledger.Command{Key: ledger.Key(key), Actor: reviewer, Do: &ledger.Approve{Record: record}}
}

func redeem(key string, i int, pieces ledger.Amount) ledger.Command {
	return ledger.Command{Key: ledger.Key(key), Actor: clerk, Do: &ledger.Redeem{
		Volunteer: volunteer(i), Shop: shop, Lines: []ledger.ItemLine{{Item: rice, Pieces: pieces}}, Presence: ledger.ByCard,
	}}
}

// newBook creates a book and returns its directory.
func newBook(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	if err := store.Create(t.Context(), dir, store.CreateOptions{Origin: "test.example/b", Zone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// options of a book in a test: the clock stands, nothing runs in the background, and the disk may be small.
func options(c *clock) store.Options { return store.Options{Clock: c.now, NoScrub: true, MinFree: -1} }

// open opens a book, and holds its index and its journal to their invariants when the test ends.
func open(t testing.TB, dir string, o store.Options) *store.Ledger {
	t.Helper()
	l, err := store.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeBook(t, l)
		verify(t, dir)
	})
	return l
}

// verify holds a book to its invariants from its journal alone.
func verify(t testing.TB, dir string) {
	t.Helper()
	if _, err := store.Verify(context.WithoutCancel(t.Context()), dir, store.VerifyOptions{}); err != nil {
		t.Errorf("verify: %v", err)
	}
}

// closeBook compares the whole index with the journal, unless the ledger is closed already, and closes it.
func closeBook(t testing.TB, l *store.Ledger) {
	t.Helper()
	if err := l.Scrub(context.WithoutCancel(t.Context())); err != nil && !errors.Is(err, store.ErrStopped) {
		t.Errorf("after the test: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// submit expects the commands to be applied, one after the other, and returns the last receipt. Any goroutine may call it.
func submit(t testing.TB, l *store.Ledger, list ...ledger.Command) ledger.Receipt {
	t.Helper()
	var last ledger.Receipt
	for _, c := range list {
		r, err := l.Submit(context.WithoutCancel(t.Context()), c)
		if err != nil {
			t.Errorf("%s: %v", c.Key, err)
			return r
		}
		if ledger.LeafHash([]byte(r.Line)) != r.Leaf {
			t.Errorf("%s: the line of the receipt is not that of its leaf: %s", c.Key, r.Line)
		}
		last = r
	}
	return last
}
