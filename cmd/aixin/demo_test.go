package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/registry"
)

// The demo holds what it promises to show, on whatever day it is made.
func TestDemo(t *testing.T) {
	t.Parallel()
	days := []string{"2026-11-23", "2026-03-01", "2028-02-29"}
	if testing.Short() {
		days = days[:1]
	}
	for _, today := range days {
		t.Run(today, func(t *testing.T) {
			t.Parallel()
			a, _ := newTestApp(t, "en")
			a.opts.book = filepath.Join(t.TempDir(), "demo")
			day, err := ledger.ParseDate(today)
			if err != nil {
				t.Fatal(err)
			}
			made, err := a.create(t.Context(), initFlags{demo: true, today: day, zone: "Asia/Shanghai"})
			if err != nil {
				t.Fatal(err)
			}
			if rep, err := store.Verify(t.Context(), a.opts.book, store.VerifyOptions{}); err != nil || rep.Head.Size != made.Next {
				t.Fatalf("verify: %d of %d entries, %v", rep.Head.Size, made.Next, err)
			}
			clock := func() time.Time { return day.Time().Add(time.Hour) } // nine in the morning there
			v, err := store.Fold(t.Context(), a.opts.book, store.AsOf{}, store.FoldOptions{Clock: clock})
			if err != nil {
				t.Fatal(err)
			}
			d := demoBook{t, v, a.opts.book}
			if v.On() != day {
				t.Fatalf("today is %s, want %s", v.On(), day)
			}
			d.people()
			d.cards(made.Cards)
			d.richest()
			d.activity(day)
			d.requests()
			d.private()
			d.pins(made, clock)
			d.peers("aixin.test/demo")
		})
	}
}

type demoBook struct {
	t    *testing.T
	view ledger.View
	dir  string
}

// count counts what a view yields.
func count[T any](d demoBook, all func(func(T, error) bool)) (n int) {
	d.t.Helper()
	all(func(_ T, err error) bool {
		if err != nil {
			d.t.Fatal(err)
		}
		n++
		return true
	})
	return n
}

func (d demoBook) people() {
	d.t.Helper()
	if n := count(d, d.view.Volunteers()); n != 40 {
		d.t.Errorf("volunteers: got %d, want 40", n)
	}
	if n := count(d, d.view.Shops()); n != 2 {
		d.t.Errorf("shops: got %d, want 2", n)
	}
	roles := []ledger.Role{
		ledger.Admin, ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward, ledger.Supervisor, ledger.Auditor,
	}
	for i, want := range roles {
		s, err := d.view.Staff(ledger.StaffID(person.Staff.ID(i + 1)))
		if err != nil || !slices.Equal(s.Roles, []ledger.Role{want}) {
			d.t.Errorf("staff %d: got %v, %v, want %s", i+1, s.Roles, err, want)
		}
	}
	rules, err := d.view.Rules()
	if err != nil || len(rules.List) != 3 {
		d.t.Errorf("rules: got %d, %v, want 3", len(rules.List), err)
	}
	kinds := map[ledger.UnitKind]bool{}
	for u, err := range d.view.Units() {
		if err != nil {
			d.t.Fatal(err)
		}
		kinds[u.Kind] = true
	}
	for _, k := range []ledger.UnitKind{ledger.Community, ledger.Grid, ledger.Building, ledger.Branch, ledger.Partner} {
		if !kinds[k] {
			d.t.Errorf("no unit is a %s", k)
		}
	}
}

func (d demoBook) balance(v ledger.VolunteerID) ledger.Balance {
	d.t.Helper()
	b, err := d.view.Balance(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// cards are those made for showing.
func (d demoBook) cards(cards []demoCard) {
	d.t.Helper()
	who := map[string]ledger.VolunteerID{}
	for _, c := range cards {
		who[c.Part] = c.Volunteer
	}
	if b := d.balance(who["fraction"]); b.Available != 320 {
		d.t.Errorf("60 boxes and 60 bags: got %s points, want 3.20", ledger.FormatPoints(b.Available))
	}
	if b := d.balance(who["frozen"]); b.Status != ledger.Frozen || b.Available == 0 {
		d.t.Errorf("the frozen card: got %s with %d", b.Status, b.Available)
	}
	if b := d.balance(who["amber"]); b.Recoverable == 0 {
		d.t.Errorf("the amber card owes nothing")
	}
	if b := d.balance(who["tomorrow"]); len(b.Lots) == 0 || b.Lots[0].Expires != d.view.On().AddDays(1) {
		d.t.Errorf("no lot of %s is good until tomorrow", who["tomorrow"])
	}
	clerk, err := d.view.Staff(demoClerk)
	if err != nil || clerk.Volunteer != who["clerk"] || d.balance(who["clerk"]).Available == 0 {
		d.t.Errorf("the clerk's own card: got %s, want %s, %v", clerk.Volunteer, who["clerk"], err)
	}
}

// richest is who may redeem one piece of S01's most-moved item today.
func (d demoBook) richest() {
	d.t.Helper()
	var best ledger.Balance
	for v, err := range d.view.Volunteers() {
		if err != nil {
			d.t.Fatal(err)
		}
		if b := d.balance(v.Volunteer); b.Available > best.Available {
			best = b
		}
	}
	clerk, err := d.view.Staff(demoClerk)
	if err != nil {
		d.t.Fatal(err)
	}
	own, err := d.view.Volunteer(clerk.Volunteer)
	if err != nil {
		d.t.Fatal(err)
	}
	who, err := d.view.Volunteer(best.Volunteer)
	if err != nil {
		d.t.Fatal(err)
	}
	if best.Status != ledger.Active || best.Lapsed != 0 || who.Volunteer == own.Volunteer || (own.Household != "" && own.Household == who.Household) {
		d.t.Errorf("the richest is %s: %s, lapsed %d, household %q", who.Volunteer, best.Status, best.Lapsed, who.Household)
	}
	var moved ledger.Commodity
	var most ledger.Amount
	for row, err := range d.view.TrialBalance() {
		if err != nil {
			d.t.Fatal(err)
		}
		if row.Account.ID == ledger.ParseAccountID("given:S01") && row.Balance > most {
			moved, most = row.Account.Commodity, row.Balance
		}
	}
	item, err := d.view.Item(moved)
	if err != nil {
		d.t.Fatal(err)
	}
	price, ok := item.PriceOn(d.view.On())
	shelf, err := d.view.Account(ledger.AccountKey{ID: ledger.StockOf("S01"), Commodity: moved})
	if err != nil || !ok || price > best.Available || shelf.Available(d.view.On()) < 1 {
		d.t.Errorf("%s with %d cannot redeem %s at %d, %d on the shelf, %v", who.Volunteer, best.Available, moved, price, shelf.Available(d.view.On()), err)
	}
}

// activity reaches from sixty days ago to yesterday, with everything that is corrected in real life.
func (d demoBook) activity(today ledger.Date) {
	d.t.Helper()
	kinds := map[ledger.Kind]int{}
	var first, last ledger.Date
	for e, err := range store.Entries(d.t.Context(), d.dir, 0) {
		if err != nil {
			d.t.Fatal(err)
		}
		kinds[e.Kind]++
		if first == 0 {
			first = e.On
		}
		last = e.On
	}
	if first != today.AddDays(-demoDays) || last < today.AddDays(-3) || last >= today {
		d.t.Errorf("days: got %s to %s, want %s to yesterday", first, last, today.AddDays(-demoDays))
	}
	for kind, least := range map[ledger.Kind]int{
		ledger.HoursDeclared: 100, ledger.ActsDeclared: 20, ledger.Approved: 100, ledger.Redeemed: 40, ledger.CounterClosed: 20, ledger.Returned: 2, ledger.Reversed: 3,
		ledger.RecordReturned: 1, ledger.Expired: 1, ledger.Received: 9, ledger.ItemPriced: 1, ledger.OpeningPosted: 5,
	} {
		if kinds[kind] < least {
			d.t.Errorf("%s: got %d, want %d at least", kind, kinds[kind], least)
		}
	}
}

// requests for help are there in every state that the service desk has something to show of, the next morning.
func (d demoBook) requests() {
	d.t.Helper()
	got := map[ledger.RequestState]ledger.Request{}
	for r, err := range d.view.Requests() {
		if err != nil {
			d.t.Fatal(err)
		}
		got[r.State] = r
	}
	if late := got[ledger.Sorted].Overdue(ledger.NewStart(d.view.On(), 9*60)); late < 60 {
		d.t.Errorf("the open request is overdue by %d minutes, want some hours", late)
	}
	if r := got[ledger.Heard]; r.Result != ledger.Good || r.Caller == "" || r.Caller == r.Finisher || r.Caller == r.Taker {
		d.t.Errorf("the request that is done was called back about as %q by %q, done by %q", r.Result, r.Caller, r.Finisher)
	}
	for _, state := range []ledger.RequestState{ledger.Assigned, ledger.Withdrawn} {
		if got[state].Request == "" {
			d.t.Errorf("no request is %s", state)
		}
	}
}

// private: nothing that the data file says of people stands in the journal.
func (d demoBook) private() {
	d.t.Helper()
	var all scheme
	if err := toml.Unmarshal(demoScheme, &all); err != nil {
		d.t.Fatal(err)
	}
	var words []string
	for _, v := range all.Volunteers {
		words = append(words, v.Name, v.Phone)
	}
	for _, r := range all.Requests {
		words = append(words, r.Name, r.Phone, r.Address, r.Need)
	}
	if len(words) < 90 {
		d.t.Fatalf("got %d words about people, want those of forty and of four who ask for help", len(words))
	}
	files, err := filepath.Glob(filepath.Join(d.dir, "journal", "*.jsonl"))
	if err != nil || len(files) == 0 {
		d.t.Fatalf("got %d files of the journal, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, word := range words {
			if word != "" && strings.Contains(string(text), word) {
				d.t.Errorf("%s stands in the journal", word)
			}
		}
	}
}

// pins are the same for everybody.
func (d demoBook) pins(made newBook, clock func() time.Time) {
	d.t.Helper()
	people, err := registry.Open(d.dir, keysDir(d.dir), registry.Options{Clock: clock, Demo: true})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() {
		if err := people.Close(); err != nil {
			d.t.Error(err)
		}
	}()
	for _, id := range []string{"U000001", "U000008", string(made.Cards[0].Volunteer)} {
		if err := people.CheckPIN(d.t.Context(), id, "246810", ""); err != nil {
			d.t.Errorf("%s: %v", id, err)
		}
	}
}
