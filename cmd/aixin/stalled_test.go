package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/journal"
)

// oncePIN are people whose right PIN is told by a channel each time that another was typed.
type oncePIN struct {
	everyone
	wrong chan struct{}
}

func (p oncePIN) CheckPIN(_ context.Context, _, pin, _ string) error {
	if pin == scriptPIN {
		return nil
	}
	p.wrong <- struct{}{}
	return person.ErrWrongPIN
}

// stallable is a book of one shop and one volunteer with points, in a journal that stalls or fails when it is told to.
func stallable(t *testing.T) (*store.Ledger, *journal.Memory) {
	t.Helper()
	dir, j := filepath.Join(t.TempDir(), "book"), journal.NewMemory()
	if err := store.Create(t.Context(), dir, store.CreateOptions{Origin: "test.example/b", Zone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	l, err := store.Open(context.WithoutCancel(t.Context()), dir, store.Options{Clock: func() time.Time { return now }, NoScrub: true, MinFree: -1, Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	const admin, reviewer, clerk, steward = "U000001", "U000003", "U000005", "U000006"
	for n, c := range []ledger.Command{
		{Do: &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "test.example/b", Zone: "Asia/Shanghai"}},
		{Actor: admin, Do: &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: reviewer, Roles: []ledger.Role{ledger.Reviewer}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: clerk, Roles: []ledger.Role{ledger.Clerk}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: steward, Roles: []ledger.Role{ledger.Steward}}},
		{Actor: steward, Do: &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "Harmony"}},
		{Actor: steward, Do: &ledger.SetRule{Rule: ledger.Rule{
			ID: "hours", Version: 1, From: ledger.NewDate(2026, 1, 1), Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Roster},
		}}},
		{Actor: steward, Do: &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "Shop"}},
		{Actor: steward, Do: &ledger.AddItem{Item: "SKU-0001", Name: "Salt", Points: 100, From: ledger.NewDate(2026, 11, 23)}},
		{Actor: steward, Do: &ledger.Enroll{Volunteer: "V0000018", Unit: "C01"}},
		{Actor: steward, Do: &ledger.DeclareOpening{Volunteer: "V0000018", Points: 1000}},
		{Actor: reviewer, Do: &ledger.Approve{Record: 10}},
	} {
		c.Key = ledger.Key("setup/" + string(rune('a'+n)))
		if _, err := l.Submit(t.Context(), c); err != nil {
			t.Fatalf("%T: %v", c.Do, err)
		}
	}
	return l, j
}

// counterOf serves the book, and returns what a clerk's system asks of it: one piece, with the PIN of whom it is for.
func counterOf(t *testing.T, l *store.Ledger, people api.Registry) func(pin string) *http.Response {
	t.Helper()
	h, err := api.New(api.Config{
		Views: l, Writes: newServed(l, nil), People: people, Journal: l, Book: api.Book(l.Book()), Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return nil, api.ErrNotReady }),
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(pin string) *http.Response {
		text := `{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}],"pin":"` + pin + `"}`
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/redemptions", strings.NewReader(text))
		r.SetBasicAuth("U000005", scriptPIN)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k1")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
}

// exchangeOnce is what the clerk's system asks for, as another way to the same book asks for it.
func exchangeOnce(t *testing.T, l *store.Ledger) chan error {
	t.Helper()
	first := make(chan error, 1)
	go func() {
		_, err := l.Submit(context.WithoutCancel(t.Context()), ledger.Command{Key: "k1", Actor: "U000005", Do: &ledger.Redeem{
			Volunteer: "V0000018", Shop: "S01", Presence: ledger.ByTyped, PIN: true, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
		}})
		first <- err
	}()
	return first
}

// A PIN that is wrong now says nothing of a call that is not answered yet: whoever repeats it is told what that one came to.
func TestRepeatBehindAStalledCall(t *testing.T) {
	t.Parallel()
	l, j := stallable(t)
	people := oncePIN{wrong: make(chan struct{}, 1)}
	redeem := counterOf(t, l, people)
	stall, stalled := journal.Stall()
	j.Inject(journal.OnAppend, stall)
	first := exchangeOnce(t, l)
	<-stalled.Reached()
	go func() {
		<-people.wrong
		stalled.Release()
	}()
	got := redeem("000000")
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if got.StatusCode != http.StatusCreated || got.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("got %s, replayed %q, want the exchange that stands", got.Status, got.Header.Get("Idempotency-Replayed"))
	}
	if err := errors.Join(got.Body.Close(), l.Close()); err != nil {
		t.Error(err)
	}
}

// Where nobody knows what became of the call before, a PIN that is wrong now is no answer either.
func TestRepeatOfAnUnknownCall(t *testing.T) {
	t.Parallel()
	l, j := stallable(t)
	redeem := counterOf(t, l, oncePIN{wrong: make(chan struct{}, 1)})
	broken := errors.New("the disk is broken")
	j.Inject(journal.OnAppend, journal.FailAfter(broken))
	if err := <-exchangeOnce(t, l); !errors.Is(err, store.ErrUnknown) {
		t.Fatalf("first: got %v, want that nobody knows", err)
	}
	got := redeem("000000")
	if got.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("got %s, want that nobody knows", got.Status)
	}
	if err := errors.Join(got.Body.Close(), l.Close()); !errors.Is(err, broken) {
		t.Errorf("closed: got %v, want why writing stopped", err)
	}
}
