package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/report"
)

// server answers every request.
type server struct {
	Config
	catalog    *catalog.Catalog
	pages      *web.Pages
	mux        *http.ServeMux
	guarded    http.Handler // the multiplexer, for requests that no other site sent
	sessions   sessions
	peers      peers
	texts      texts
	sums       kept[web.Sums]
	charted    kept[charted]
	members    kept[members]
	board      kept[posted]
	having     kept[[]ledger.Amount] // what those who may redeem have
	digest     digest
	audits     audits
	workplaces workplaces
	usuals     usuals
	shelves    kept[[]shelved]
	pending    kept[pending]
	lastAsking lastAsking
	papers     kept[map[ledger.Kind]papers]
	unhung     kept[[]report.Publication]
	underway   underway

	sending sync.Mutex
	sent    map[ledger.Key]bool // forms that gave a PIN

	secret [32]byte // of this process: what the cards of a form are made from

	described func() ([]byte, error)      // /openapi.json, made when somebody asks: reflecting takes a tenth of a second
	forPeople func() (description, error) // the same, read for the pages about it
}

// ServeHTTP bounds a request, answers it, and writes it to the access log by its route: a path may carry a number.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := s.Clock()
	out := &answer{ResponseWriter: w, id: rand.Text()}
	r = r.WithContext(context.WithValue(r.Context(), askedKey{}, &asked{id: out.id}))
	r.Body = http.MaxBytesReader(out, r.Body, bodyOf(r))
	secure(out.Header(), r)
	defer func() {
		if v := recover(); v != nil {
			s.panicked(out, r, v)
		}
		s.note(out, r, s.Clock().Sub(began))
	}()
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.unrouted(out, r)
		return
	}
	s.guarded.ServeHTTP(out, r)
}

// bodyOf bounds the body of a request. Only what brings files brings more than a form; it is read from whoever may ask for it alone.
func bodyOf(r *http.Request) int64 {
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/imports/"):
		return maxImport
	case r.URL.Path == importsPath:
		return maxUpload
	case r.URL.Path == fieldPath:
		return maxEvidence
	case strings.HasPrefix(r.URL.Path, "/v1/bulk/"):
		return maxBulk
	}
	return maxBody
}

// note writes an answer to the access log, and counts it.
func (s *server) note(out *answer, r *http.Request, took time.Duration) {
	if s.Seen != nil {
		s.Seen(r.Pattern, out.status, took)
	}
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", methodOf(r)), slog.String("route", r.Pattern),
		slog.Int("status", out.status), slog.Int64("bytes", out.bytes), slog.Duration("took", took), slog.String("request_id", out.id))
}

// methodOf keeps invented methods out of the log.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// policy lets a page load our style sheet and pictures, and send forms to us.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers that every answer has. Nothing but our own style sheet and icon is ever loaded, and nothing is kept. What a
// program reads has no style sheet, no links and no windows: it carries the few that hold where somebody looks at it in a browser.
func secure(h http.Header, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		maps.Copy(h, forPrograms())
		return
	}
	maps.Copy(h, everywhere())
}

var forPrograms = sync.OnceValue(func() http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", keepNothing)
	return h
})

// everywhere is made once. Its values are full, so that whoever adds one to an answer adds it to no other.
var everywhere = sync.OnceValue(func() http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", keepNothing)
	return h
})

// keepNothing is said of every answer of which nothing better is.
const keepNothing = "no-store"

// panicked answers a request whose handler fell over, and says so with the stack.
func (s *server) panicked(w *answer, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	s.Log.LogAttrs(r.Context(), slog.LevelError, "handler panicked", slog.String("route", r.Pattern),
		slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())), slog.String("request_id", w.id))
	if w.status == 0 {
		s.fail(w, r, ErrFault, !wantsProblem(r))
	}
}

// handle answers a route for whom it is for; its error becomes a problem or a page.
func (s *server) handle(route route) http.HandlerFunc {
	params := route.doc.names()
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := s.admit(r, route.who)
		switch {
		case route.who.browser && errors.Is(err, ErrSignIn):
			err = s.unsigned(w, r)
		case route.who.browser && errors.Is(err, ErrTOTP):
			http.Redirect(w, r, totpPath, http.StatusSeeOther)
			err = nil
		case err == nil:
			a := askedOf(r)
			a.caller, a.params = c, params
			err = route.serve(s, w, r)
		}
		if err != nil {
			s.fail(w, r, err, route.page)
		}
	}
}

// unrouted answers what no route is for. The multiplexer knows whether it is the path or the method; its text is ours.
func (s *server) unrouted(w *answer, r *http.Request) {
	probe := &probe{header: http.Header{}}
	h, _ := s.mux.Handler(r)
	h.ServeHTTP(probe, r)
	err := ErrNoPath
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		err = ErrMethod
	}
	s.fail(w, r, err, !wantsProblem(r))
}

// wantsProblem reports whether a program asks: it does under /v1, and where it does not say that it reads pages.
func wantsProblem(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/v1/") || !strings.Contains(r.Header.Get("Accept"), "text/html")
}

// fail answers with an error. What is a fault of ours is logged with the number that the other side was told.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error, page bool) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to be told
	}
	say := s.say(r)
	tell := problemOf
	if page {
		tell = troubleOf
	}
	p := tell(err, say, s.Clock())
	if p.Status >= http.StatusInternalServerError {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("route", r.Pattern), slog.Any("error", err),
			slog.String("request_id", requestID(r)))
		p.Request = requestID(r)
	}
	p.header(w.Header())
	if page {
		f := s.frame(w, r)
		s.render(w, r, p.Status, f, web.Trouble{Title: p.Title, Detail: p.Detail, Hint: p.Hint, Request: p.Request, Again: again(r, p)})
		return
	}
	if p.Status == http.StatusUnauthorized { // not for a page: a browser would ask in a window of its own
		w.Header().Set("WWW-Authenticate", `Basic realm="aixin", charset="UTF-8"`)
	}
	s.write(w, r, p.Status, problemType, p.spokenTo(r, s.say(r)))
}

// again is the address at which a page that could not be shown is asked for again: once the server has time, or somebody is signed in.
func again(r *http.Request, p told) string {
	_, work := pageOf(r.URL.Path)
	if p.Status < http.StatusInternalServerError && p.Status != http.StatusUnauthorized || r.Method != http.MethodGet && !work {
		return ""
	}
	return "?" + r.URL.RawQuery
}

// write answers with JSON.
func (s *server) write(w http.ResponseWriter, r *http.Request, status int, contentType string, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	s.send(w, r, status, b.Bytes())
}

// render answers with a page.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, f web.Frame, c web.Content) {
	var b bytes.Buffer
	if err := s.pages.Write(&b, f, c); err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", f.Lang())
	w.Header().Add("Vary", "Accept-Language, Cookie")
	s.send(w, r, status, b.Bytes())
}

// broken answers where the answer itself could not be made.
func (s *server) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.LogAttrs(r.Context(), slog.LevelError, "answer could not be made", slog.String("route", r.Pattern), slog.Any("error", err),
		slog.String("request_id", requestID(r)))
	w.Header().Set("Content-Type", problemType)
	s.send(w, r, http.StatusInternalServerError, []byte(`{"type":"about:blank","title":"fault","status":500,"code":"fault"}`))
}

func (s *server) send(w http.ResponseWriter, r *http.Request, status int, b []byte) {
	if status == http.StatusOK && unchanged(w.Header(), r, b) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(b); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelDebug, "answer not taken", slog.Any("error", err), slog.String("request_id", requestID(r)))
	}
}

// unchanged names what a program reads by its content, so that it may keep a copy and ask whether it is still good; it reports whether
// the copy that it has is. Pages, what they export, and looks at people are kept nowhere.
func unchanged(h http.Header, r *http.Request, body []byte) bool {
	ofPeople := r.URL.Path == "/v1/looks" || strings.HasPrefix(r.URL.Path, "/v1/reports/")
	program := strings.HasPrefix(r.URL.Path, "/v1/") && !ofPeople || r.URL.Path == "/checkpoint" || r.URL.Path == "/openapi.json"
	if (r.Method != http.MethodGet && r.Method != http.MethodHead) || !program || h.Get("Content-Language") != "" {
		return false
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h.Set("Etag", tag)
	if h.Get("Cache-Control") == keepNothing {
		h.Set("Cache-Control", "private, no-cache")
	}
	for one := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			h.Del("Content-Type")
			return true
		}
	}
	return false
}

// view runs f over the book at a moment.
func (s *server) view(ctx context.Context, at ledger.AsOf, f func(ledger.View) error) error {
	v, done, err := s.Views.View(ctx, at)
	if err != nil {
		return err
	}
	defer done()
	return f(v)
}

// facts calls f with a view at a moment that finds single facts: now without waiting for the index.
func (s *server) facts(ctx context.Context, at ledger.AsOf, f func(ledger.View) error) error {
	if at != (ledger.AsOf{}) {
		return s.view(ctx, at, f)
	}
	v, done, err := s.Views.Latest(ctx)
	if err != nil {
		return err
	}
	defer done()
	return f(v)
}

// say returns the sentences in the language of a request: the one chosen on a page, else what the browser asks for.
func (s *server) say(r *http.Request) *catalog.Localizer {
	return s.catalog.In(chosen(r, "lang", catalog.Chinese, catalog.English), r.Header.Get("Accept-Language"))
}

// requestID returns the number under which a request stands in the log.
func requestID(r *http.Request) string { return askedOf(r).id }

// answer counts what is written.
type answer struct {
	http.ResponseWriter
	id     string
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find what is below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// probe hears what the multiplexer would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }
