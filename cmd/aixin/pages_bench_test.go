package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger/ledgertest"
	"aixin/ledger/person"
	"aixin/store"
)

// BenchmarkPages prints how long the server takes for each page, on the year of a district or a county: make bench-pages. AIXIN_PAGES names
// the size of the year; AIXIN_PAGES_BOOK a folder that keeps the book from one run to the next, or has that of make bench-audit.
func BenchmarkPages(b *testing.B) {
	size, ok := map[string]ledgertest.Size{"small": ledgertest.Small(), "medium": ledgertest.Medium(), "large": ledgertest.Large()}[os.Getenv("AIXIN_PAGES")]
	if !ok {
		b.Skip("make bench-pages asks for it")
	}
	dir := os.Getenv("AIXIN_PAGES_BOOK")
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "year")
	}
	var clock atomic.Int64
	now := func() time.Time { return time.UnixMilli(clock.Load()) }
	if _, err := os.Stat(filepath.Join(dir, "book.json")); err != nil {
		playYear(b, dir, size, &clock, now)
	}
	clock.Store(time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC).UnixMilli())
	l, err := store.Open(b.Context(), dir, store.Options{Clock: now, NoScrub: true, ClockOK: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	h, err := api.New(api.Config{
		Views: l, Writes: l, People: everyone{}, Journal: l, Book: api.Book(l.Book()), Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return []byte("none"), nil }),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d entries", l.Head().Size)
	measurePages(b, h)
}

// measurePages asks for each page for the first time, and then often.
func measurePages(b *testing.B, h http.Handler) {
	b.Helper()
	for _, p := range []struct {
		path string
		as   string // U000002 is the steward of the county, U000010 leads and U000012 serves in the first community
	}{
		{"/", ""},
		{"/notices", ""},
		{"/auditor", ""},
		{"/volunteer", "V0000018"},
		{"/volunteer/statement", "V0000018"},
		{"/volunteer/points", "V0000018"},
		{"/volunteer/hours", "V0000018"},
		{"/volunteer/goods", "V0000018"},
		{"/volunteer/notice", "V0000018"},
		{"/volunteer/why", "V0000018"},
		{"/desk", "U000002"},
		{"/desk/notices", "U000002"},
		{"/desk/people", "U000002"},
		{"/desk/goods", "U000002"},
		{"/desk/rules", "U000002"},
		{"/desk/charts", "U000002"},
		{"/field", "U000010"},
		{"/clerk", "U000012"},
		{"/clerk/count", "U000012"},
		{"/clerk/close", "U000012"},
		{"/express", "U000002"},
	} {
		ask := signedOn(b, h, p.path, p.as)
		first, status, said := ask()
		for range 60 { // until what is summed behind it is there
			if _, _, said = ask(); !strings.Contains(said, "look again") && !strings.Contains(said, "Look again") {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
		var took []time.Duration
		for range 200 {
			d, _, _ := ask()
			took = append(took, d)
		}
		slices.Sort(took)
		b.Logf("%-22s %d  first %8.1f ms  p50 %7.2f ms  p90 %7.2f ms  p99 %7.2f ms  %5d KB", p.path, status, ms(first), ms(took[len(took)/2]), ms(took[len(took)*9/10]), ms(took[len(took)*99/100]), len(said)>>10)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// signedOn signs somebody in at a page, and returns what asks for it.
func signedOn(b *testing.B, h http.Handler, path, as string) func() (time.Duration, int, string) {
	b.Helper()
	var cookies []*http.Cookie
	send := func(method, at string, form url.Values) *http.Response {
		r := httptest.NewRequestWithContext(b.Context(), method, at, strings.NewReader(form.Encode()))
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", "en")
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	switch {
	case as == "":
	case strings.HasPrefix(as, "V"):
		cookies = send(http.MethodPost, "/volunteer", url.Values{"card": {as}, "pin": {"1"}}).Cookies()
	case path == "/clerk":
		cookies = send(http.MethodPost, path, url.Values{"number": {as}, "pin": {"1"}}).Cookies()
	default:
		cookies = send(http.MethodPost, path, url.Values{"staff_number": {as}, "staff_pin": {"1"}}).Cookies()
	}
	return func() (time.Duration, int, string) {
		began := time.Now()
		resp := send(http.MethodGet, path, nil)
		took := time.Since(began)
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			b.Fatal(err)
		}
		return took, resp.StatusCode, string(text)
	}
}

// playYear plays a year to a new book, what does not depend on one another side by side.
func playYear(b *testing.B, dir string, size ledgertest.Size, clock *atomic.Int64, now func() time.Time) {
	b.Helper()
	clock.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	if err := store.Create(b.Context(), dir, store.CreateOptions{Origin: "aixin.test/year", Zone: ledgertest.Zone, Clock: now}); err != nil {
		b.Fatal(err)
	}
	l, err := store.Open(b.Context(), dir, store.Options{Clock: now, NoScrub: true, ClockOK: true})
	if err != nil {
		b.Fatal(err)
	}
	err = ledgertest.NewYear(size, 1).Play(func(batch []ledgertest.Timed) []ledgertest.Answered {
		clock.Store(batch[0].At.UnixMilli())
		out := make([]ledgertest.Answered, len(batch))
		var next atomic.Int64
		var all sync.WaitGroup
		for range min(len(batch), 256) {
			all.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(batch)); i = next.Add(1) - 1 {
					r, err := l.Submit(b.Context(), batch[i].Command)
					out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
				}
			})
		}
		all.Wait()
		return out
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// everyone is a registry that knows nobody's name and takes every PIN.
type everyone struct{ api.Registry }

func (everyone) CheckPIN(context.Context, string, string) error { return nil }

func (everyone) Masked(context.Context, ...string) (map[string]person.Masked, error) { return nil, nil }

func (everyone) FindByCard(context.Context, string) (string, error) { return "", person.ErrNotFound }
