package api_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
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
	leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}})
	wants(t, body(t, leader.get("/field"), http.StatusOK), "still reading the older entries", "Look again")

	close(s.goOn)
	awaits(t, v, "/volunteer/why", "Not done: ")
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
