package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
)

// serving returns a client of the small book, signed in with a number.
func serving(t *testing.T, b *book, number string) *api.Client {
	t.Helper()
	c := config(b)
	c.Clock = time.Now // connections have real deadlines
	s := httptest.NewServer(newServer(t, c))
	t.Cleanup(s.Close)
	client, err := api.NewClient(s.URL, api.ClientOptions{Number: number, PIN: pin})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// The client reads what the server was given: the same book, note and lines, and the same errors.
func TestClientReads(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	client := serving(t, b, "U000006")
	if got, err := client.Book(t.Context()); err != nil || got.Origin != "aixin.example/test" || !got.Demo {
		t.Errorf("book: got %+v, %v", got, err)
	}
	if got, err := client.Checkpoint(t.Context()); err != nil || string(got) != note {
		t.Errorf("checkpoint: got %q, %v, want %q", got, err, note)
	}
	want := linesOf(t, b, 60, 64)
	if got := linesOf(t, client, 60, 64); !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("lines: got %q, want %q", got, want)
	}
	if got := linesOf(t, client, 64, 64); len(got) > 0 {
		t.Errorf("no lines: got %q", got)
	}
}

// linesOf gathers what a journal yields.
func linesOf(t *testing.T, j interface {
	Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error]
}, from, size ledger.Index,
) []byte {
	t.Helper()
	var all []byte
	for piece, err := range j.Lines(t.Context(), from, size) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, piece...)
	}
	return all
}

// What a server refuses, and what is no server, comes back as the error that it is.
func TestClientErrors(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	lines := func(c *api.Client) error {
		for _, err := range c.Lines(t.Context(), 0, 5) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := lines(serving(t, b, "")); !errors.Is(err, api.ErrSignIn) {
		t.Errorf("nobody: got %v, want %v", err, api.ErrSignIn)
	}
	if err := lines(serving(t, b, "U000009")); !errors.Is(err, person.ErrWrongPIN) {
		t.Errorf("an unknown number: got %v, want %v", err, person.ErrWrongPIN)
	}
	if no, ok := errors.AsType[*ledger.Rejection](lines(serving(t, b, "U000005"))); !ok || no.Reason != ledger.NotPermitted {
		t.Errorf("a clerk: got %v, want %s", no, ledger.NotPermitted)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"another program": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, //nolint:errcheck // a test
		"a gateway":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	} {
		s := httptest.NewServer(answer)
		client, err := api.NewClient(s.URL, api.ClientOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Book(t.Context()); !errors.Is(err, api.ErrNoServer) {
			t.Errorf("%s: got %v, want %v", name, err, api.ErrNoServer)
		}
		s.Close()
		if _, err := client.Book(t.Context()); !errors.Is(err, api.ErrUnreachable) {
			t.Errorf("%s that is gone: got %v, want %v", name, err, api.ErrUnreachable)
		}
	}
	for _, address := range []string{"", "localhost:8080", "ftp://a.example", "http://", "http://u:p@a.example", "http://a.example/?x=1"} {
		if _, err := api.NewClient(address, api.ClientOptions{}); err == nil {
			t.Errorf("%q: got a client, want an error", address)
		}
	}
}

// An answer that the server breaks off is never taken for the whole.
func TestClientNoticesABrokenAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"index":0`) //nolint:errcheck // a test
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(s.Close)
	client, err := api.NewClient(s.URL, api.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range client.Lines(t.Context(), 0, 5) {
	}
	if !errors.Is(err, api.ErrUnreachable) {
		t.Errorf("got %v, want %v", err, api.ErrUnreachable)
	}
}

// What never changes may be kept; what ends at today's head may not.
func TestJournalIsCacheable(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	h := newServer(t, config(b))
	for target, want := range map[string]string{
		"/v1/journal?from=3&size=9":   "private, max-age=31536000, immutable",
		"/v1/journal?from=3":          "no-store",
		"/v1/journal?from=3&size=900": "no-store",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		r.SetBasicAuth("U000006", pin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Cache-Control"); got != want || w.Code != http.StatusOK {
			t.Errorf("%s: got %d, %q, want %q", target, w.Code, got, want)
		}
	}
}

// Whoever waits for the next entry gets it when it is there.
func TestJournalWaits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	grows := &growing{book: b}
	c.Journal = grows
	h := newServer(t, c)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/journal?from=67&wait=20", nil)
	r.SetBasicAuth("U000006", pin)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !strings.HasPrefix(w.Body.String(), `{"index":67,`) {
		t.Errorf("got %q, want entry 67", w.Body)
	}
}

// growing is a book that has its last entry only when it is asked again.
type growing struct {
	*book
	times int
}

func (g *growing) Head() ledger.Head {
	h := g.book.Head()
	if g.times++; g.times == 1 {
		h.Size--
	}
	return h
}

// A PIN never goes over a line on which it can be read.
func TestClientKeepsThePIN(t *testing.T) {
	t.Parallel()
	who := api.ClientOptions{Number: "U000008", PIN: pin}
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:8080": true, "https://a.example": true,
		"http://a.example": false, "http://192.168.1.5:8080": false, "http://localhost.a.example": false,
	} {
		if _, err := api.NewClient(address, who); (err == nil) != want {
			t.Errorf("%s: got %v, want a client: %v", address, err, want)
		}
		if _, err := api.NewClient(address, api.ClientOptions{}); err != nil {
			t.Errorf("%s, signing in nobody: got %v", address, err)
		}
	}
}
