package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a fuzzed reader waits for the book to grow.
const patience = 5 * time.Millisecond

// Whatever stands in an address or a form, the answer is one of those that there are, and never a fault or foreign markup.
func FuzzRequests(f *testing.F) {
	for _, seed := range [][3]string{
		{"as_of=2026-11-04&known_at=22", "V0000018", pin},
		{"before=23&limit=5&commodity=MIN", card, pin},
		{"before=9007199254740991&limit=1", " ｖ００００ ０１８", "000000"},
		{"as_of=%zz&known_at=1e9", `"><script>`, "\x00"},
		{"before=0&limit=1&commodity", "0", "0"},
		{"min_index=9007199254740991", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	b, p := newBook(f), &people{wrong: map[string]int{}}
	c := config(b)
	c.People = p
	h := newServer(f, c)
	f.Fuzz(func(t *testing.T, query, name, secret string) {
		clear(p.wrong) // every try is a first one
		b.set(b.clock.Add(time.Hour))
		for _, page := range []string{"balance", "statement"} {
			// A reader who wants an entry that is not there yet waits; nobody waits here.
			soon, cancel := context.WithCancel(t.Context())
			if strings.Contains(query, "min_index") {
				soon, cancel = context.WithTimeout(t.Context(), patience)
			}
			r := httptest.NewRequestWithContext(soon, http.MethodGet, "/v1/volunteers/V0000018/"+page, nil)
			r.URL.RawQuery = query
			r.SetBasicAuth(string(wang), pin)
			statuses := []int{http.StatusOK, http.StatusBadRequest, http.StatusNotModified}
			if strings.Contains(query, "min_index") {
				statuses = append(statuses, http.StatusServiceUnavailable)
			}
			expect(t, h, r, statuses...)
			cancel()
		}
		form := url.Values{"card": {name}, "pin": {secret}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/volunteer", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		got := expect(t, h, r, http.StatusOK, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge)
		if strings.Contains(strings.ToLower(ownScript.ReplaceAllString(got, "")), "<script") {
			t.Errorf("%q: got markup of somebody else", name)
		}
	})
}

// expect answers a request and returns what was answered with one of the statuses.
func expect(t *testing.T, h http.Handler, r *http.Request, statuses ...int) string {
	t.Helper()
	if c, ok := h.(*contract); ok { // of this try, and not of whoever made it
		one := *c
		one.t, h = t, &one
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !slices.Contains(statuses, w.Code) {
		t.Errorf("%s: got status %d, want one of %v:\n%s", r.URL, w.Code, statuses, w.Body)
	}
	return w.Body.String()
}
