package api_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// slow is a journal that nobody reads to its end before it is let go.
type slow struct {
	*book
	goOn  chan struct{}
	began chan struct{}
}

func (s slow) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s.began <- struct{}{}
		<-s.goOn
		s.mu.Lock()
		defer s.mu.Unlock()
		for line, err := range s.book.Lines(ctx, from, size) {
			if !yield(line, err) {
				return
			}
		}
	}
}

// refuse has the book refuse an exchange, and enters more behind it than a page looks through itself.
func refuse(t *testing.T, b *book) {
	t.Helper()
	do := &ledger.Redeem{Volunteer: wang, Shop: "S01", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 90}}, Presence: ledger.ByCard}
	_, err := b.Submit(t.Context(), ledger.Command{Key: ledger.Key(fmt.Sprintf("refused/%d", len(b.text))), Actor: "U000005", Do: do})
	if !as[*ledger.Rejection](err) {
		t.Fatalf("got %v, want a refusal", err)
	}
	for range 600 {
		n := len(b.text)
		add := &ledger.AddItem{Item: ledger.Commodity(fmt.Sprintf("SKU-%04d", 1000+n)), Name: fmt.Sprint("Soap ", n), Points: 200, From: ledger.DateOf(b.clock)}
		if _, err := b.Submit(t.Context(), ledger.Command{Key: ledger.Key(fmt.Sprintf("item/%d", n)), Actor: "U000006", Do: add}); err != nil {
			t.Fatal(err)
		}
	}
}

// While the journal is still being read after a start, no page says that there is nothing. What is entered later is read too, however long
// the first reading took.
func TestPagesSayThatTheJournalIsBeingRead(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	refuse(t, b)
	s := slow{book: b, goOn: make(chan struct{}), began: make(chan struct{}, 9)}
	c := config(b)
	c.Journal = s
	h := newServer(t, c)
	v, leader := newVisitor(t, h, "en"), newVisitor(t, h, "en")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	wants(t, body(t, v.get("/volunteer/why"), http.StatusOK), "still reading the older entries", "Look again")
	<-s.began
	page := body(t, v.get("/volunteer/why"), http.StatusOK)
	if strings.Contains(page, "Nothing was refused") {
		t.Errorf("what was not read is called nothing:\n%s", page)
	}
	wants(t, body(t, v.get("/volunteer/notice"), http.StatusOK), "still reading the older entries", "Look again")
	leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}})
	wants(t, body(t, leader.get("/field"), http.StatusOK), "still reading the older entries", "Look again")

	close(s.goOn)
	awaits(t, v, "/volunteer/why", "Not done: ")
	awaits(t, v, "/volunteer/notice", "Objections")
	awaits(t, leader, "/field", "?session=")
	refuse(t, b)
	awaits(t, v, "/volunteer/why", "Not done: ")
	if page := body(t, v.get("/volunteer/why"), http.StatusOK); strings.Count(page, "Not done: ") != 2 {
		t.Errorf("got a page without what was refused since:\n%s", page)
	}
}

// awaits looks at a page until it is complete.
func awaits(t *testing.T, v *visitor, path, want string) {
	t.Helper()
	for range 200 {
		page := body(t, v.get(path), http.StatusOK)
		if !strings.Contains(page, "still reading") {
			wants(t, page, want)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s is never complete", path)
}

// lines is a journal in memory.
type lines struct {
	api.Journal
	m *ledgertest.Memory
}

func (l lines) Lines(_ context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, line := range l.m.Journal[from:size] {
			if !yield(append(slices.Clone(line), '\n'), nil) {
				return
			}
		}
	}
}

// What the digest keeps of objections is what a look at all of them finds, of everybody in random books.
func TestDigestKnowsWhoObjected(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m, g := ledgertest.NewMemory(zone), ledgertest.New(seed+60)
			send := func(at ledgertest.Timed) {
				if r, err := m.Submit(at.Command, at.At); err == nil && !r.Replayed {
					g.Saw(r.Entry)
				}
			}
			for _, at := range g.Setup() {
				send(at)
			}
			for at := range g.Commands(6000) {
				send(at)
			}
			v := m.View(ledger.DateOf(m.At().In(zone)))
			got, err := api.ObjectedOf(t.Context(), lines{m: m}, v)
			if err != nil {
				t.Fatal(err)
			}
			want := map[ledger.VolunteerID][]ledger.Index{}
			for o, err := range v.Objections() {
				if err != nil {
					t.Fatal(err)
				}
				rec, err := v.Record(o.Record)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range slices.Compact([]ledger.VolunteerID{o.Volunteer, rec.Volunteer}) {
					want[id] = append(want[id], o.Index)
				}
			}
			delete(want, "")
			if len(want) < 3 {
				t.Fatalf("%d people objected, which shows nothing", len(want))
			}
			for who, err := range v.Volunteers() {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want[who.Volunteer], got(who.Volunteer)); diff != "" {
					t.Errorf("%s (-all objections +digest):\n%s", who.Volunteer, diff)
				}
			}
		})
	}
}
