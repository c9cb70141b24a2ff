package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
)

// An error of the book is told by the table, and read back by it as the same error.
func TestProblems(t *testing.T) {
	t.Parallel()
	reject := func(reason ledger.RejectReason, have, want ledger.Amount) error {
		return &ledger.Rejection{Reason: reason, Subject: "V0000018", Have: have, Want: want}
	}
	tests := []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"damaged", &ledger.CorruptError{Index: 7, Err: errors.New("sum")}, 500, "damaged"},
		{"newer", fmt.Errorf("entry 7: %w", ledger.ErrNewer), 500, "newer"},
		{"newer inside damaged", errors.Join(ledger.ErrCorrupt, ledger.ErrNewer), 500, "newer"},
		{"malformed", &ledger.Invalid{Fields: []ledger.Fault{{Field: "volunteer", Code: "volunteer_number"}}}, 400, "malformed"},
		{"not found", reject(ledger.NotFound, 0, 0), 404, "refused"},
		{"not permitted", reject(ledger.NotPermitted, 0, 0), 403, "refused"},
		{"key conflict", reject(ledger.KeyConflict, 0, 0), 409, "refused"},
		{"too many refusals", reject(ledger.TooManyRefusals, 20, 20), 429, "refused"},
		{"insufficient points", reject(ledger.InsufficientPoint, 50, 200), 422, "refused"},
		{"a day's limit", reject(ledger.DayLimit, 750, 720), 422, "refused"},
		{"too slow", context.DeadlineExceeded, 503, "not_ready"},
		{"closing", context.Canceled, 503, "not_ready"},
		{"anything else", errors.New("index: disk error at /srv/secret"), 500, "fault"},
	}
	for _, tt := range tests {
		for _, lang := range []string{"zh", "en"} {
			t.Run(tt.name+"."+lang, func(t *testing.T) {
				t.Parallel()
				c := config(newBook(t))
				c.Views = broken{tt.err}
				p := ask(t, newServer(t, c), lang)
				if p.Status != tt.status || p.Code != tt.code || p.Type != "about:blank" || p.Title == "" {
					t.Errorf("got %+v, want status %d and code %s", p, tt.status, tt.code)
				}
				for _, said := range []string{p.Title, p.Detail, p.Hint} {
					if id := missing.FindString(said); id != "" || strings.Contains(said, "secret") {
						t.Errorf("got %q, want a sentence that says nothing of the cause", said)
					}
				}
				if (p.Request != "") != (tt.status >= 500) {
					t.Errorf("got request id %q with status %d", p.Request, tt.status)
				}
				sameError(t, p.Err(), tt.err)
			})
		}
	}
}

// ask asks for something that needs no sign-in, and returns the problem.
func ask(t *testing.T, h http.Handler, lang string) api.Problem {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil)
	r.Header.Set("Accept-Language", lang)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v:\n%s", err, w.Body)
	}
	if w.Code != p.Status || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got status %d and type %s, want %d and a problem", w.Code, w.Header().Get("Content-Type"), p.Status)
	}
	if retry := w.Header().Get("Retry-After"); (retry != "") != (w.Code == 503 || w.Code == 429) {
		t.Errorf("got Retry-After %q with status %d", retry, w.Code)
	}
	return p
}

// sameError holds what was read back to the error that was told.
func sameError(t *testing.T, got, want error) {
	t.Helper()
	if no, ok := errors.AsType[*ledger.Rejection](want); ok {
		if diff := cmp.Diff(error(no), got); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		return
	}
	if bad, ok := errors.AsType[*ledger.Invalid](want); ok {
		if diff := cmp.Diff(error(bad), got); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		return
	}
	for _, known := range []error{ledger.ErrNewer, ledger.ErrCorrupt} {
		if errors.Is(want, known) {
			if !errors.Is(got, known) {
				t.Errorf("read back %v, want %v", got, known)
			}
			return
		}
	}
	if !errors.Is(got, api.ErrNotReady) && !errors.Is(got, api.ErrFault) {
		t.Errorf("read back %v, want not ready or a fault", got)
	}
}

// A code of a later version is a fault to this one, never nothing.
func TestUnknownProblem(t *testing.T) {
	t.Parallel()
	if got := (api.Problem{Code: "from_the_future"}).Err(); !errors.Is(got, api.ErrFault) {
		t.Errorf("got %v, want %v", got, api.ErrFault)
	}
}

func TestBadForm(t *testing.T) {
	t.Parallel()
	h := newServer(t, config(newBook(t)))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/volunteer", strings.NewReader("card=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || missing.MatchString(w.Body.String()) {
		t.Errorf("got %d:\n%s", w.Code, w.Body)
	}
}

// TestHintsNameRoutes: whoever asks over HTTP and is no command line is told of routes, or nothing, where a hint names a command of the
// command line; that is told of the command.
func TestHintsNameRoutes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang, agent string
		err         error
		want, not   string
	}{
		{"en", "", &ledger.Rejection{Reason: ledger.UnknownActor}, "ask an admin to add it with POST /v1/staff.", "aixin "},
		{"zh", "", &ledger.Rejection{Reason: ledger.NoRule}, "POST /v1/rules", "aixin "},
		{"en", "", &ledger.Rejection{Reason: ledger.TooLate}, "Take the goods back with POST /v1/returns,", "aixin "},
		{"en", "", ledger.ErrCorrupt, "tell the administrator at once", "aixin "},
		{"zh", "", api.ErrScope, "POST /v1/keys", "aixin "},
		{"en", "", person.ErrSecondPerson, "agrees by POST /v1/people/agree; then", "aixin "},
		{"en", "aixin", &ledger.Rejection{Reason: ledger.TooLate}, "with aixin return,", "/v1/"},
	} {
		c := config(newBook(t))
		c.Views = broken{tt.err}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/volunteers/V0000018/balance", nil)
		r.SetBasicAuth("V0000018", pin)
		r.Header.Set("Accept-Language", tt.lang)
		r.Header.Set("User-Agent", tt.agent)
		w := httptest.NewRecorder()
		newServer(t, c).ServeHTTP(w, r)
		var p api.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.Hint, tt.want) || strings.Contains(p.Hint, tt.not) {
			t.Errorf("%v in %s to %q: got %q, want %q and not %q", tt.err, tt.lang, tt.agent, p.Hint, tt.want, tt.not)
		}
	}
}
