package api_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

const note = "aixin.example/test\n3\nbm9kZQ==\n\n— aixin.example/test <signature>\n"

// config returns what serves a book.
func config(b *book) api.Config {
	return api.Config{
		Views: b, Writes: b, People: newPeople(b), Journal: b, Commands: errand{},
		Book: api.Book{
			Format: ledger.FormatVersion, Origin: "aixin.example/test", Zone: "Asia/Shanghai",
			PublicKeys: []string{"aixin.example/test+1234abcd+AQIDBA=="}, Demo: true,
		},
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return []byte(note), nil }),
		Try:         &api.Try{Card: wang, PIN: pin},
		Clock:       b.now, Log: slog.New(slog.DiscardHandler),
	}
}

func newServer(t testing.TB, c api.Config) http.Handler {
	t.Helper()
	h, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return held(t, h)
}

// visitor asks like a browser: in one language, with the cookies that it was given.
type visitor struct {
	t       *testing.T
	h       http.Handler
	lang    string
	cookies map[string]*http.Cookie
}

func newVisitor(t *testing.T, h http.Handler, lang string) *visitor {
	t.Helper()
	return &visitor{t, h, lang, map[string]*http.Cookie{}}
}

func (v *visitor) do(method, target string, form url.Values) *http.Response {
	v.t.Helper()
	r := httptest.NewRequestWithContext(v.t.Context(), method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	r.Header.Set("Accept-Language", v.lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range v.cookies {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	resp := w.Result()
	for _, c := range resp.Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
			continue
		}
		v.cookies[c.Name] = c
	}
	return resp
}

func (v *visitor) get(target string) *http.Response { return v.do(http.MethodGet, target, nil) }

func (v *visitor) signIn(card, pin string) *http.Response {
	return v.do(http.MethodPost, "/volunteer", url.Values{"card": {card}, "pin": {pin}})
}

// body reads an answer that must have that status.
func body(t *testing.T, r *http.Response, status int) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != status {
		t.Fatalf("got status %d, want %d:\n%s", r.StatusCode, status, b)
	}
	return string(b)
}

// broken gives an error for every view.
type broken struct{ err error }

func (b broken) View(context.Context, ledger.AsOf) (ledger.View, func(), error) {
	return ledger.View{}, func() {}, b.err
}

func (b broken) Latest(context.Context) (ledger.View, func(), error) {
	return ledger.View{}, func() {}, b.err
}

func (b broken) RolesOf(context.Context, ledger.StaffID) ([]ledger.Role, error) { return nil, b.err }

func TestIncompleteConfig(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for name, drop := range map[string]func(*api.Config){
		"views":       func(c *api.Config) { c.Views = nil },
		"writes":      func(c *api.Config) { c.Writes = nil },
		"people":      func(c *api.Config) { c.People = nil },
		"journal":     func(c *api.Config) { c.Journal = nil },
		"checkpoints": func(c *api.Config) { c.Checkpoints = nil },
		"keys":        func(c *api.Config) { c.Book.PublicKeys = nil },
		"clock":       func(c *api.Config) { c.Clock = nil },
		"log":         func(c *api.Config) { c.Log = nil },
	} {
		c := config(b)
		drop(&c)
		if _, err := api.New(c); err == nil {
			t.Errorf("without %s: got a handler, want an error", name)
		}
	}
}

func TestServerIsBounded(t *testing.T) {
	t.Parallel()
	s := api.Server("127.0.0.1:0", http.NotFoundHandler())
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("got %+v, want every time-out and bound set", s)
	}
}

// A fault says its number and nothing of its cause, and the log has both.
func TestFault(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	var log strings.Builder
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	c.Views = broken{errors.New("/srv/secret: permission denied")}
	h := newServer(t, c)
	log.Reset()
	got := body(t, newVisitor(t, h, "en").signIn(string(wang), pin), http.StatusInternalServerError)
	if strings.Contains(got, "secret") || !strings.Contains(got, "The server made a mistake") {
		t.Errorf("got %s, want a page without the cause", got)
	}
	_, rest, ok := strings.Cut(log.String(), "request_id=")
	id, _, _ := strings.Cut(rest, "\n")
	if !ok || !strings.Contains(log.String(), "secret") || !strings.Contains(got, strings.TrimSpace(id)) {
		t.Errorf("got log %s, want the cause under the number on the page", log.String())
	}
}

// The access log names routes: nobody's number, PIN or search stands in it.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	var log strings.Builder
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	h := newServer(t, c)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/volunteers/V0000018/balance?as_of=2026-11-11", nil)
	r.SetBasicAuth(string(wang), pin)
	h.ServeHTTP(httptest.NewRecorder(), r)
	newVisitor(t, h, "zh").signIn(string(wang), pin)
	newVisitor(t, h, "zh").get("/V0000018/" + pin)
	got := log.String()
	for _, want := range []string{`route="GET /v1/volunteers/{id}/balance"`, `route="POST /volunteer"`, "status=200", "status=404"} {
		if !strings.Contains(got, want) {
			t.Errorf("got log without %s:\n%s", want, got)
		}
	}
	for _, private := range []string{string(wang), pin, "2026-11-11"} {
		if strings.Contains(strings.ReplaceAll(got, "time=2026-11-11", ""), private) {
			t.Errorf("got log with %s:\n%s", private, got)
		}
	}
}

// A handler that falls over is answered, and does not take the server with it.
func TestPanic(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	c.Checkpoints = api.CheckpointFunc(func(context.Context) ([]byte, error) { panic("a bug") })
	v := newVisitor(t, newServer(t, c), "en")
	if got := body(t, v.get("/auditor"), http.StatusInternalServerError); strings.Contains(got, "a bug") {
		t.Errorf("got %s, want a page without the cause", got)
	}
}
