package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aixin/api"
	"aixin/api/apitest"
	"aixin/api/catalog"
	"aixin/store"
)

// FuzzServed asks a server of a real book, over HTTP and as each role, for whatever its description allows: in earnest, as a trial, and again
// under the same key. Nothing that can be asked for is a fault, no repeat has another outcome, and the book and its registry are sound afterwards.
func FuzzServed(f *testing.F) {
	h := newDemoServer(f)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(f.Context(), http.MethodGet, "/openapi.json", nil))
	g, err := apitest.NewBodies(w.Body.Bytes())
	if err != nil || len(g.Nouns) < 50 {
		f.Fatalf("got %d nouns, %v", len(g.Nouns), err)
	}
	g.Known = demoWords()
	tokens := make([]string, 9)
	for i := range tokens {
		tokens[i] = sessionOf(f, h, fmt.Sprintf("U%06d", i+1), "246810")
	}
	for i := range g.Nouns {
		for _, role := range []int{0, 1, 4, 5} { // admin, leader, clerk, steward
			f.Add([]byte{byte(role), byte(i % 2), byte(i), 1, 1, 2, 3, 1, 1, 2, 7, 40, 1, 1, 1, 9, 200, 1})
		}
	}
	keys := 0
	f.Fuzz(func(t *testing.T, choices []byte) {
		g.Choices = choices
		token, dry := tokens[g.Pick(len(tokens))], g.Pick(2) == 1
		noun, body, err := g.Next()
		if err != nil {
			t.Fatal(err)
		}
		keys++
		idle := false // nothing was there to do, or not all of it could be done
		ask := func() (int, string) {
			path := noun
			if dry && g.Keyed(noun) {
				path += "?dry_run=true"
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(string(body)))
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Language", "en")
			r.Header.Set("Idempotency-Key", fmt.Sprintf("fuzz/%d", keys))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s: got %d %s", path, body, w.Code, w.Body.String())
			}
			idle = idle || strings.Contains(w.Body.String(), "No approved record") || strings.Contains(w.Body.String(), `"result":[]`) ||
				strings.Contains(w.Body.String(), `"problem":`)
			if dry || w.Code >= http.StatusBadRequest || !g.Keyed(noun) {
				return w.Code, ""
			}
			return w.Code, w.Header().Get("Idempotency-Replayed")
		}
		first, _ := ask()
		again, replayed := ask()
		wrote := !dry && g.Keyed(noun) && first < http.StatusBadRequest && !strings.HasPrefix(noun, "/v1/bulk/") && !idle
		if first < http.StatusBadRequest && again != first || wrote && replayed != "true" {
			t.Errorf("%s %s: got %d, and again %d, replayed %q", noun, body, first, again, replayed)
		}
	})
}

// demoWords are values that mean something in the demo book.
func demoWords() map[string][]string {
	volunteers := []string{"V0000018", "V0000026", "V0000042", "V0000059", "V0000067", "V0000083"}
	return map[string][]string{
		"^V[0-9]{7}$": volunteers, "volunteer": volunteers, "person": volunteers, "proxy": volunteers, "guardian": volunteers, "relative": volunteers,
		"^S[0-9]{2,4}$": {"S01"}, "shop": {"S01"}, "^SKU-[0-9]{4}$": {"SKU-0001", "SKU-0002"}, "items": {"SKU-0001=1", "SKU-0002=2"}, "item": {"SKU-0001", "SKU-0099"},
		"^A[0-9]{3,6}$": {"A001"}, "activity": {"A001", "A002", "A090"}, "unit": {"C0101", "C01", "C0191"}, "donor": {"D001", "D020"},
		"staff": {"U000002", "U000005", "U000030", ""}, "entry": {"100", "500", "1010"}, "record": {"100", "500", "1010"}, "reason": {"mistake", "moved", "lost_card"},
		"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": {"2026-11-10", "2027-01-01"}, "form": {"json", "jsonl", "text", "table", "html"}, "role": {"clerk", "leader"}, "scope": {"read", "write", "redemptions"},
		"volunteers": volunteers, "points": {"1.00", "2.5", "100"}, "from": {"2026-12-01"}, "until": {"2027-01-31"}, "text": {"wang", "V0000018", "0001"}, "why": {"a call"},
		"": {"1", "C0101", "V0000018", "2026-12-01", "100", "true", "-1", "王", "a\u0000b", "--book=/etc", ""},
	}
}

// newDemoServer serves a new demo book, and holds at the end of the test that it is sound.
func newDemoServer(tb testing.TB) http.Handler {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "book")
	a := newApp(time.Now)
	a.env = func(name string) string {
		return map[string]string{"AIXIN_BOOK": dir, "AIXIN_LANG": "en", "AIXIN_NEW_PIN": scriptPIN}[name]
	}
	quiet := *a
	if code := quiet.run(tb.Context(), []string{"init", "--demo", "-o", filepath.Join(tb.TempDir(), "out.txt")}); code != exitDone {
		tb.Fatalf("init: got exit %d", code)
	}
	say, err := catalog.New(catalog.English)
	if err != nil {
		tb.Fatal(err)
	}
	a.opts.book, a.say = dir, say
	w, err := a.open(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := w.close(); err != nil {
			tb.Error(err)
		}
		if _, err := store.Verify(context.Background(), dir, store.VerifyOptions{}); err != nil {
			tb.Errorf("after the test: %v", err)
		}
	})
	writes, log := newServed(w.ledger, w.people), slog.New(slog.DiscardHandler)
	carries, err := newHost(dir, writes, w.people, a.clock, log)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := api.New(api.Config{
		Views: w.ledger, Writes: writes, People: w.people, Register: w.people, Commands: carries, Numbers: carries.numbers, Journal: w.ledger,
		Book: api.Book(w.ledger.Book()), Clock: a.clock, Log: log,
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return readCheckpoint(dir) }),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// sessionOf signs somebody in as a program does.
func sessionOf(tb testing.TB, h http.Handler, number, pin string) string {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/v1/sessions", strings.NewReader(`{"number":"`+number+`","pin":"`+pin+`"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var s api.Session
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || s.Token == "" {
		tb.Fatalf("%s: got %d %s", number, w.Code, w.Body.String())
	}
	return s.Token
}

// Whoever asks over HTTP is told of members and parameters, in both languages, and who types a command of its flags.
func TestFieldsOverHTTP(t *testing.T) {
	t.Parallel()
	h := newDemoServer(t)
	token := sessionOf(t, h, "U000006", "246810")
	for _, tt := range []struct{ path, want, flags, sent string }{
		{"/v1/people/agree", `"field":"ask"`, `"field":"ASK"`, `{"person":"V0000018","staff":"U000001","ask":"first"}`},
		{"/v1/people/agree", `"detail":"ask`, `"detail":"ASK`, `{"person":"V0000018","staff":"U000001","ask":"0"}`},
		{"/v1/reports/trial-balance?month=2026-13", `"field":"month"`, `"field":"--month"`, ""},
		{"/v1/reports/trial-balance?month=2026-10&from=2026-10-01", "from", "--from", ""},
		{"/v1/notices?due=true&waiting=true", "waiting", "--waiting", ""},
		{"/v1/redemptions?limit=1", "before ", "--before ", ""},
		{"/v1/redemptions?limit=0", `"field":"limit"`, `"field":"--limit"`, ""},
	} {
		for _, lang := range []string{"zh", "en"} {
			ask := func(agent string) string {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, tt.path, strings.NewReader(tt.sent))
				if tt.sent != "" {
					r.Method = http.MethodPost
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("Idempotency-Key", lang+agent)
				}
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Accept-Language", lang)
				r.Header.Set("User-Agent", agent)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				return w.Body.String()
			}
			if got := ask("curl/8"); !strings.Contains(got, tt.want) || strings.Contains(got, "--") {
				t.Errorf("%s in %s: got %s", tt.path, lang, got)
			}
			if got := ask("aixin"); !strings.Contains(got, tt.flags) {
				t.Errorf("%s in %s at a command line: got %s", tt.path, lang, got)
			}
		}
	}
}
