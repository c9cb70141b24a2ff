package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/store"
)

// compared is a book kept twice: by the store, and in memory by a plain list of lines.
type compared struct {
	*testing.T
	dir   string
	clock *clock
	store *store.Ledger
	model *ledgertest.Memory
	zone  *time.Location
}

func newCompared(t *testing.T) *compared {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "book")
	err = store.Create(t.Context(), dir, store.CreateOptions{Origin: "aixin.test/model", Zone: ledgertest.Zone})
	if err != nil {
		t.Fatal(err)
	}
	c := &compared{T: t, dir: dir, clock: newClock(), model: ledgertest.NewMemory(zone), zone: zone}
	c.open()
	return c
}

func (c *compared) open() {
	c.Helper()
	o := options(c.clock)
	o.ClockOK = true // the stream leaps over weeks
	c.store = open(c, c.dir, o)
}

// submit asks both, and holds the answers against one another.
func (c *compared) submit(at ledgertest.Timed) (ledger.Entry, bool) {
	c.Helper()
	if _, rotates := at.Command.Do.(*ledger.RotateKey); rotates {
		return ledger.Entry{}, false // a store lets no key sign that does not lie in its directory, and no stream puts one there
	}
	c.clock.at.Store(at.At.UnixMilli())
	want, wantErr := c.model.Submit(at.Command, at.At)
	got, gotErr := c.store.Submit(c.Context(), at.Command)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || string(got.Entry.AppendLine(nil)) != string(want.Entry.AppendLine(nil)) ||
		got.Leaf != want.Leaf || got.Replayed != want.Replayed {
		c.Fatalf("%+v:\n got  %+v, %v\n want %+v, %v", at.Command, got, gotErr, want, wantErr)
	}
	return got.Entry, got.Leaf != ledger.Hash{} && !got.Replayed
}

// TestTheStoreAnswersLikeABookInMemory sends a random stream of commands to a store and to a list in memory. Between them the
// store is closed, copied while it runs, and rebuilt; at the end every way of reading is compared, today and in the past.
func TestTheStoreAnswersLikeABookInMemory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newCompared(t)
			g := ledgertest.New(seed)
			for _, at := range g.Setup() {
				c.submit(at)
			}
			n := 0
			for at := range g.Commands(1200) {
				if e, made := c.submit(at); made {
					g.Saw(e)
				}
				if n++; n%300 == 0 {
					c.interrupt(n/300 - 1)
				}
			}
			c.compareNow()
			c.comparePast(rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

// interrupt ends the store in one of several ways and goes on.
func (c *compared) interrupt(how int) {
	c.Helper()
	switch how % 3 {
	case 0:
		closeBook(c, c.store)
	case 1:
		crashed := copyDir(c, c.dir)
		closeBook(c, c.store)
		c.dir = crashed
	default:
		closeBook(c, c.store)
		if _, err := store.Rebuild(c.Context(), c.dir, options(c.clock)); err != nil {
			c.Fatal(err)
		}
	}
	c.open()
}

// compareNow compares every balance and statement of today, by the index and by folding.
func (c *compared) compareNow() {
	c.Helper()
	today := ledger.DateOf(c.clock.now().In(c.zone))
	want := c.model.View(today)
	byIndex, done, err := c.store.View(c.Context(), store.AsOf{})
	if err != nil {
		c.Fatal(err)
	}
	defer done()
	byFold, err := store.Fold(c.Context(), c.dir, store.AsOf{}, store.FoldOptions{Clock: c.clock.now})
	if err != nil {
		c.Fatal(err)
	}
	if byIndex.Head() != byFold.Head() {
		c.Errorf("heads: got %v by the index and %v by folding", byIndex.Head(), byFold.Head())
	}
	for name, got := range map[string]ledger.View{"index": byIndex, "fold": byFold} {
		c.compareViews(name, got, want)
		for row, err := range want.TrialBalance() {
			if err != nil {
				c.Fatal(err)
			}
			if a, err := got.Account(row.Account); err != nil || a.Balance != row.Balance {
				c.Errorf("%s: %v: got %v, %v, want %v", name, row.Account, a.Balance, err, row.Balance)
			}
			if row.Account.ID.Class() == ledger.ClassStock {
				c.compareMoves(name, got, want, row.Account)
			}
		}
	}
}

// compareViews compares the balance and the first pages of the statement of every volunteer.
func (c *compared) compareViews(name string, got, want ledger.View) {
	c.Helper()
	for v, err := range want.Volunteers() {
		if err != nil {
			c.Fatal(err)
		}
		wantBalance, err := want.Balance(v.Volunteer)
		if err != nil {
			c.Fatal(err)
		}
		if b, err := got.Balance(v.Volunteer); err != nil || !reflect.DeepEqual(b, wantBalance) {
			c.Errorf("%s: balance of %s: %v %s", name, v.Volunteer, err, cmp.Diff(wantBalance, b))
		}
		k := ledger.AccountKey{ID: ledger.PointsOf(v.Volunteer), Commodity: ledger.Point}
		for before := ledger.Index(0); ; {
			wantPage, err := want.Statement(k, before, 7)
			if err != nil {
				c.Fatal(err)
			}
			page, err := got.Statement(k, before, 7)
			if err != nil || !reflect.DeepEqual(page, wantPage) {
				c.Errorf("%s: statement of %s before %d: %v %s", name, v.Volunteer, before, err, cmp.Diff(wantPage, page))
			}
			if before = wantPage.Next; before == 0 {
				break
			}
		}
	}
}

// compareMoves compares the movements of a shelf with its statement, page by page.
func (c *compared) compareMoves(name string, got, want ledger.View, k ledger.AccountKey) {
	c.Helper()
	for before := ledger.Index(0); ; {
		page, err := want.Statement(k, before, 3)
		if err != nil {
			c.Fatal(err)
		}
		var wantMoves []ledger.Move
		for _, l := range page.Lines {
			wantMoves = append(wantMoves, ledger.Move{Entry: l.Entry.Index, On: l.Entry.On, Kind: l.Entry.Kind, Amount: l.Amount, Balance: l.Balance})
		}
		moves, next, err := got.Moves(ledger.ShopID(k.ID.Owner()), k.Commodity, before, 3)
		if diff := cmp.Diff(wantMoves, moves); err != nil || next != page.Next || diff != "" {
			c.Errorf("%s: moves of %v before %d: %d, want %d, %v (-statement +moves):\n%s", name, k, before, next, page.Next, err, diff)
		}
		if before = page.Next; before == 0 {
			return
		}
	}
}

// comparePast compares accounts as of an entry and as of a day with a fold of the lines up to there.
func (c *compared) comparePast(rng *rand.Rand) {
	c.Helper()
	for range 15 {
		size := ledger.Index(rng.IntN(len(c.model.Journal)) + 1)
		e, err := ledger.ParseLine(c.model.Journal[size-1])
		if err != nil {
			c.Fatal(err)
		}
		c.compareAsOf(store.AsOf{Size: size}, int(size))
		n := int(size)
		for n < len(c.model.Journal) {
			next, err := ledger.ParseLine(c.model.Journal[n])
			if err != nil {
				c.Fatal(err)
			}
			if next.On != e.On {
				break
			}
			n++
		}
		c.compareAsOf(store.AsOf{On: e.On}, n)
	}
	c.compareAsOf(store.AsOf{On: ledger.NewDate(2020, 1, 1)}, 0)
}

func (c *compared) compareAsOf(at store.AsOf, n int) {
	c.Helper()
	past := ledgertest.NewMemory(c.zone)
	for _, line := range c.model.Journal[:n] {
		if err := ledgertest.Replay(past.Book, line, c.model.Journal); err != nil {
			c.Fatal(err)
		}
	}
	past.Journal = c.model.Journal[:n]
	want := past.View(at.On)
	got, done, err := c.store.View(c.Context(), at)
	if err != nil {
		c.Fatalf("%+v: %v", at, err)
	}
	defer done()
	if got.Head().Size != ledger.Index(n) {
		c.Errorf("as of %+v: got %d entries, want %d", at, got.Head().Size, n)
	}
	now, closeNow, err := c.store.View(c.Context(), store.AsOf{})
	if err != nil {
		c.Fatal(err)
	}
	defer closeNow()
	for row, err := range now.TrialBalance() {
		if err != nil {
			c.Fatal(err)
		}
		a, err := got.Account(row.Account)
		if !ledger.HasStatement(row.Account) {
			if n < len(c.model.Journal) && !errors.Is(err, store.ErrNotIndexed) {
				c.Errorf("as of %+v: %v: got %v, %v, want %v", at, row.Account, a, err, store.ErrNotIndexed)
			}
			continue
		}
		b, wantErr := want.Account(row.Account)
		if err != nil || wantErr != nil || !reflect.DeepEqual(a, b) {
			c.Errorf("as of %+v: %v: got %+v, %v, want %+v, %v", at, row.Account, a, err, b, wantErr)
		}
	}
}
