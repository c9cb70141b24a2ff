package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aixin/api/apitest"
)

// newBodies makes bodies from the description of the server.
func newBodies(t testing.TB, h http.Handler) *apitest.Bodies {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil))
	g, err := apitest.NewBodies(w.Body.Bytes())
	if err != nil || len(g.Nouns) < 10 {
		t.Fatalf("got %d nouns, %v; want those of the description", len(g.Nouns), err)
	}
	return g
}

// Whatever the description allows is carried out, or refused with a reason: it is never a fault, and only what a schema cannot say (a check
// digit, a thirteenth month) is malformed. What is changed at one byte after that is never a fault either.
func FuzzWrites(f *testing.F) {
	b := newBook(f)
	h := newServer(f, config(b))
	g := newBodies(f, h)
	g.Known = map[string][]string{
		"^V[0-9]{7}$": {string(wang), string(li), string(zhao)}, "^S[0-9]{2,4}$": {"S01"}, "^SKU-[0-9]{4}$": {"SKU-0001", "SKU-0002"},
		"^A[0-9]{3,6}$": {"A001"}, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": {"2026-11-10", "2026-11-11"},
	}
	dry := map[bool]string{true: "?dry_run=true"}
	for i := range g.Nouns {
		f.Add([]byte{byte(i), 0}, uint16(0), byte(0))
		f.Add([]byte{byte(i), 1, 1, 2, 3, 1, 1, 2, 7, 40, 1, 1, 1, 9, 200, 1}, uint16(0), byte(0))
		f.Add([]byte{byte(i), 1, 3, 2}, uint16(9), byte('"'))
	}
	f.Fuzz(func(t *testing.T, choices []byte, where uint16, change byte) {
		g.Choices = choices
		noun, body, err := g.Next()
		if err != nil {
			t.Fatal(err)
		}
		if change != 0 {
			body[int(where)%len(body)] = change
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, noun+dry[g.Keyed(noun)], strings.NewReader(string(body)))
		r.SetBasicAuth("U000005", pin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "fuzz")
		got := expect(t, h, r, http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests)
		if change == 0 && strings.Contains(got, `"code":"bad_json"`) {
			t.Errorf("%s %s: got %s, want it to be read", noun, body, got)
		}
	})
}
