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
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/ledger/person"
	"aixin/store"
)

// BenchmarkPages prints how long the server takes for each page, on the year of a district or a county: make bench-pages. AIXIN_PAGES names
// the size of the year; AIXIN_PAGES_BOOK a folder that keeps the book from one run to the next, or has that of make bench-audit;
// AIXIN_PAGES_ONLY an expression that paths match which alone are measured.
func BenchmarkPages(b *testing.B) {
	var clock atomic.Int64
	now := func() time.Time { return time.UnixMilli(clock.Load()) }
	dir := yearBook(b, "AIXIN_PAGES", &clock, now)
	clock.Store(time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC).UnixMilli())
	l, err := store.Open(b.Context(), dir, store.Options{Clock: now, NoScrub: true, ClockOK: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	h, err := api.New(api.Config{
		Views: l, Writes: l, People: everyone{}, Journal: l, Book: api.Book(l.Book()), Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return readCheckpoint(dir) }),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d entries", l.Head().Size)
	measurePages(b, h, spread(b, l, 400))
}

// yearBook is the folder with the year that the environment names, which is made where it is not there.
func yearBook(b *testing.B, of string, clock *atomic.Int64, now func() time.Time) string {
	b.Helper()
	size, ok := map[string]ledgertest.Size{"small": ledgertest.Small(), "medium": ledgertest.Medium(), "large": ledgertest.Large()}[os.Getenv(of)]
	if !ok {
		b.Skip("make bench-pages and make bench-audit ask for it")
	}
	dir := os.Getenv(of + "_BOOK")
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "year")
	}
	if _, err := os.Stat(filepath.Join(dir, "book.json")); err != nil {
		playYear(b, dir, size, clock, now)
	}
	return dir
}

// everybody stands for people spread over the whole county, each of whom looks once at their own page.
const everybody = "V"

// pagesMeasured are all pages, and what programs ask for most.
func pagesMeasured() [][2]string {
	const steward, leader, clerk, keeper = "U000002", "U000010", "U000012", "U000013" // of the county; the others serve in the first community
	return [][2]string{
		{"/", ""},
		{"/notices", ""},
		{"/auditor", ""},
		{"/api", ""},
		{"/volunteer", everybody},
		{"/volunteer/statement", everybody},
		{"/volunteer/statement?commodity=MIN", everybody},
		{"/volunteer/points", everybody},
		{"/volunteer/hours", everybody},
		{"/volunteer/goods", everybody},
		{"/volunteer/notice", everybody},
		{"/volunteer/why", everybody},
		{"/volunteer/data", everybody},
		{"/volunteer/activity", everybody},
		{"/v1/volunteers/{id}/balance", everybody},
		{"/v1/volunteers/{id}/statement", everybody},
		{"/desk", steward},
		{"/desk/notices", steward},
		{"/desk/people", steward},
		{"/desk/goods", steward},
		{"/desk/imports", steward},
		{"/desk/rules", steward},
		{"/desk/staff", steward},
		{"/desk/charts", steward},
		{"/audit", steward},
		{"/audit?entry=500", steward},
		{"/audit?item=SKU-0001&shop=S001", steward},
		{"/field", leader},
		{"/express", steward},
		{"/clerk", clerk},
		{"/clerk/return", clerk},
		{"/clerk/count", clerk},
		{"/clerk/close", clerk},
		{"/clerk/voucher", clerk},
		{"/clerk/goods", keeper},
		{"/clerk/write-off", keeper},
		{"/clerk/relief", keeper},
		{"/express", leader},
	}
}

// measurePages asks for each page for the first time, and then often.
func measurePages(b *testing.B, h http.Handler, people []string) {
	b.Helper()
	only := regexp.MustCompile(os.Getenv("AIXIN_PAGES_ONLY"))
	for _, p := range pagesMeasured() {
		path, as := p[0], []string{p[1]}
		if !only.MatchString(path) {
			continue
		}
		if p[1] == everybody {
			as = people
		}
		asks := make([]func() (time.Duration, int, string), len(as))
		for i, one := range as {
			asks[i] = signedOn(b, h, strings.Replace(path, "{id}", one, 1), one)
		}
		first, status, _ := asks[0]()
		for range 60 { // until what is summed behind it is there
			if _, _, said := asks[0](); !strings.Contains(said, "look again") && !strings.Contains(said, "Look again") {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
		var took []time.Duration
		longest := 0
		for i := range 1000 { // of so many, ten decide the p99: of fewer, one collection of garbage does
			d, status, said := asks[i%len(asks)]()
			if status != http.StatusOK {
				b.Errorf("%s as %s: %d", path, as[i%len(as)], status)
			}
			took, longest = append(took, d), max(longest, len(said))
		}
		slices.Sort(took)
		b.Logf("%-34s %d  first %8.1f ms  p50 %7.2f ms  p90 %7.2f ms  p99 %7.2f ms  %5d KB", path, status, ms(first), ms(took[len(took)/2]), ms(took[len(took)*9/10]), ms(took[len(took)*99/100]), longest>>10)
	}
}

// spread returns the numbers of some people, as far apart from one another as they are.
func spread(b *testing.B, l *store.Ledger, n int) (list []string) {
	b.Helper()
	v, done, err := l.View(b.Context(), store.AsOf{})
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	for who, err := range v.Volunteers() {
		if err != nil {
			b.Fatal(err)
		}
		if who.Status == ledger.Active {
			list = append(list, string(who.Volunteer))
		}
	}
	for i := range min(n, len(list)) {
		list[i] = list[i*max(1, len(list)/n)]
	}
	return list[:min(n, len(list))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// signedOn signs somebody in at a page, and returns what asks for it.
func signedOn(b *testing.B, h http.Handler, path, as string) func() (time.Duration, int, string) {
	b.Helper()
	var cookies []*http.Cookie
	token := ""
	send := func(method, at string, form url.Values) *http.Response {
		r := httptest.NewRequestWithContext(b.Context(), method, at, strings.NewReader(form.Encode()))
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", "en")
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
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
	case strings.HasPrefix(path, "/v1/"):
		token = sessionOf(b, h, as, "1")
	case strings.HasPrefix(as, "V"):
		cookies = send(http.MethodPost, "/volunteer", url.Values{"card": {as}, "pin": {"1"}}).Cookies()
	case path == "/clerk":
		cookies = send(http.MethodPost, "/clerk", url.Values{"number": {as}, "pin": {"1"}}).Cookies()
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

func (everyone) CheckPIN(context.Context, string, string, string) error { return nil }

func (everyone) Masked(context.Context, ...string) (map[string]person.Masked, error) { return nil, nil }

func (everyone) FindByCard(context.Context, string) (string, error) { return "", person.ErrNotFound }
