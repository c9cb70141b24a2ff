package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// askedAlone is a command with what it was answered by itself.
type askedAlone struct {
	ledgertest.Timed
	ledger.Receipt
	err error
}

// alone answers a stream one command at a time.
func alone(t *testing.T, seed uint64) (*ledgertest.Memory, []askedAlone) {
	t.Helper()
	g, whole := ledgertest.New(seed), ledgertest.NewMemory(shanghai(t))
	var list []askedAlone
	for c := range g.Stream(700) {
		before := whole.Next()
		r, err := whole.Submit(c.Command, c.At)
		if whole.Next() > before {
			g.Saw(r.Entry)
		}
		list = append(list, askedAlone{c, r, err})
	}
	return whole, list
}

// TestGroup holds that a group decides what its commands would be answered one after the other, to the byte, as long as none is refused;
// and that the book is as it was where one is. The book knows only what it asked for, and is thrown away again and again.
func TestGroup(t *testing.T) {
	t.Parallel()
	whole, broken := 0, 0
	for seed := range uint64(8) {
		all, list := alone(t, 300+seed)
		index := &factShelf{facts: map[ledger.FactID][]byte{}, journal: all.Journal}
		book := ledger.NewIndexedBook(shanghai(t), 0, time.Time{})
		for n, size := 0, 1; n < len(list); n, size = n+size, size%7+1 {
			part := list[n:min(n+size, len(list))]
			if size == 3 {
				book = ledger.NewIndexedBook(shanghai(t), book.Next(), book.At())
			}
			entries, refused := together(t, index, book, part)
			if refused {
				broken++
				entries = nil
				for _, c := range part {
					if !c.Replayed && c.Entry.Kind != "" {
						index.load(t, book, func() ledger.Wants { return book.NeedsEntry(c.Entry) })
						post(t, book, c.Entry)
					}
				}
			} else {
				whole += len(part)
			}
			for _, e := range entries {
				post(t, book, e)
			}
			index.seal(t, book)
		}
		compareFacts(t, seed, all, index)
	}
	if whole < 900 || broken < 900 {
		t.Errorf("got %d commands in groups that were decided and %d groups that were not, want many of both", whole, broken)
	}
}

// together decides a group and holds each answer against that of the command by itself.
func together(t *testing.T, index *factShelf, book *ledger.Book, part []askedAlone) (entries []ledger.Entry, refused bool) {
	t.Helper()
	before := book.Next()
	g := book.Group()
	for _, c := range part {
		index.loadGroup(t, book, g, c.Command)
		r, err := g.Decide(c.Command, c.At)
		no := r.Entry.Rejection()
		if err == nil && no != nil {
			err = no
		}
		if !sameError(err, c.err) || !bytes.Equal(r.Entry.AppendLine(nil), c.Entry.AppendLine(nil)) {
			t.Fatalf("%s: alone %s, %v; in a group %s, %v", command(c.Timed), c.Entry.AppendLine(nil), c.err, r.Entry.AppendLine(nil), err)
		}
		refused = err != nil
		if refused && no != nil && !r.Replayed {
			if e, keep := g.KeptAlone(r.Entry); keep && e.Index != before {
				t.Fatalf("%s: a refusal that is kept alone is not the next entry", command(c.Timed))
			}
		}
		if refused {
			break
		}
		if !r.Replayed {
			entries = append(entries, r.Entry)
		}
	}
	if changed := book.Seal(); book.Next() != before || len(changed.Facts)+len(changed.Lines) > 0 {
		t.Fatalf("a group that was only decided changed the book by %d facts", len(changed.Facts))
	}
	return entries, refused
}

func post(t *testing.T, b *ledger.Book, e ledger.Entry) {
	t.Helper()
	if err := b.Post(e); err != nil {
		t.Fatal(err)
	}
}

// TestGroupIsAllOrNothing asks for two bags with points for one: each by itself would do, and the second sees what the first took. What is
// kept of it is the refusal alone, under its own key.
func TestGroupIsAllOrNothing(t *testing.T) {
	t.Parallel()
	book, ask := market()
	before, at := book.Next(), book.At()
	bag := func(key ledger.Key) ledger.Command {
		return ledger.Command{Key: key, Actor: "U000002", Do: &ledger.Redeem{
			Volunteer: "V0000018", Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
		}}
	}
	g := book.Group()
	first, err := g.Decide(bag("g/1"), at)
	if err != nil || first.Entry.Kind != ledger.Redeemed {
		t.Fatalf("the first: got %+v, %v", first.Entry, err)
	}
	second, err := g.Decide(bag("g/2"), at)
	if no := second.Entry.Rejection(); err != nil || no == nil || no.Reason != ledger.InsufficientPoint || no.Have != 50 {
		t.Fatalf("the second: got %+v, %v, want a refusal that sees 0.50 points", second.Entry, err)
	}
	if book.Next() != before {
		t.Fatalf("got %d entries, want %d", book.Next(), before)
	}
	kept, ok := g.KeptAlone(second.Entry)
	if !ok {
		t.Fatal("the refusal is not kept")
	}
	post(t, book, kept)
	if e, err := ask("U000002", "alone", bag("alone").Do); err != nil || e.Kind != ledger.Redeemed {
		t.Errorf("one bag by itself: got %s, %v", e.Kind, err)
	}

	again := book.Group()
	if r, err := again.Decide(bag("g/2"), at); err == nil && r.Entry.Rejection() == nil {
		t.Errorf("the refused one again: got %+v", r.Entry)
	}
}

// TestGroupHasASize refuses what would not fit into one batch.
func TestGroupHasASize(t *testing.T) {
	t.Parallel()
	book, _ := market()
	g := book.Group()
	lines := []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}
	for n := range 2 * ledger.MaxGroupPostings {
		_, err := g.Decide(ledger.Command{Key: ledger.Key(fmt.Sprintf("g/%d", n)), Actor: "U000002", Do: &ledger.Receive{Shop: "S01", Donor: "D001", Lines: lines}}, book.At())
		if no, ok := errors.AsType[*ledger.Rejection](err); ok {
			if no.Reason != ledger.TooLarge || n < ledger.MaxGroupPostings/2-1 {
				t.Errorf("command %d: got %v", n, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("a group without end was decided")
}

// A refusal is kept alone only where the book knows who asked and whom it is about, and has its format.
func TestGroupKeepsNoRefusalOfNobody(t *testing.T) {
	t.Parallel()
	book, ask := market()
	enrol := ledger.Command{Key: "new", Actor: "U000002", Do: &ledger.Enroll{Volunteer: "V0000026", Unit: "C01"}}
	appoint := ledger.Command{Key: "staff", Actor: "U000001", Do: &ledger.Appoint{Staff: "U000009", Roles: []ledger.Role{ledger.Clerk}}}
	redeem := func(actor ledger.StaffID, v ledger.VolunteerID) ledger.Command {
		return ledger.Command{Key: "bag", Actor: actor, Do: &ledger.Redeem{
			Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 9}},
		}}
	}
	for name, tt := range map[string]struct {
		list []ledger.Command
		keep bool
	}{
		"of somebody new":  {[]ledger.Command{enrol, redeem("U000002", "V0000026")}, false},
		"by somebody new":  {[]ledger.Command{appoint, redeem("U000009", "V0000018")}, false},
		"of those of then": {[]ledger.Command{appoint, enrol, redeem("U000002", "V0000018")}, true},
	} {
		g := book.Group()
		for i, c := range tt.list {
			r, err := g.Decide(c, book.At())
			if err != nil || (r.Entry.Kind == ledger.Refused) != (i == len(tt.list)-1) {
				t.Fatalf("%s: command %d: got %s, %v", name, i, r.Entry.Kind, err)
			}
			if r.Entry.Kind != ledger.Refused {
				continue
			}
			if _, keep := g.KeptAlone(r.Entry); keep != tt.keep {
				t.Errorf("%s: kept: got %v, want %v", name, keep, tt.keep)
			}
		}
	}
	if _, err := ask("U000002", "new", enrol.Do); err != nil {
		t.Error(err)
	}
}

// A refusal of what came with a later format is not kept in a book of the first, which the group that raised it left as it was.
func TestGroupKeepsNoRefusalOfALaterFormat(t *testing.T) {
	t.Parallel()
	lines, book := linesOf(t, "../testdata/formats/v1/lines.jsonl"), ledger.NewBook(shanghai(t))
	for _, line := range lines {
		if err := ledgertest.Replay(book, line, lines); err != nil {
			t.Fatal(err)
		}
	}
	g := book.Group()
	var last ledger.Receipt
	for i, c := range []ledger.Command{
		{Actor: "U000001", Do: &ledger.RaiseFormat{Format: ledger.FormatVersion}},
		{Actor: "U000006", Do: &ledger.SetStatus{Volunteer: "V0000026", Status: ledger.Frozen, Reason: ledger.LostCard}},
		{Actor: "U000005", Do: &ledger.Hold{Volunteer: "V0000026", Shop: "S01", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}}},
	} {
		c.Key = ledger.Key(fmt.Sprintf("g/%d", i))
		r, err := g.Decide(c, book.At())
		if err != nil {
			t.Fatalf("command %d: %v", i, err)
		}
		last = r
	}
	if no := last.Entry.Rejection(); no == nil || no.Reason != ledger.AccountFrozen {
		t.Fatalf("got %+v, want the hold refused", last.Entry)
	}
	if _, keep := g.KeptAlone(last.Entry); keep {
		t.Error("kept in a book of format 1")
	}
}

// A group that is decided before what it needs was loaded says so, and nothing of an error that there is not.
func TestGroupThatWasNotLoaded(t *testing.T) {
	t.Parallel()
	book := ledger.NewIndexedBook(shanghai(t), 10, time.Time{})
	_, err := book.Group().Decide(ledger.Command{Key: "k", Actor: "U000001", Do: &ledger.AddDonor{Donor: "D001"}}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), "key/k") || strings.Contains(err.Error(), "%!") {
		t.Errorf("got %v, want what was not loaded", err)
	}
}
