package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rsc.io/qr"

	"aixin/api"
	"aixin/api/catalog/catalogtest"
	"aixin/ledger"
)

// pages lists every page, with how a browser gets there.
var pages = []struct {
	name   string
	target string
	card   string // signs in first
	pin    string
	status int
}{
	{"home", "/", "", "", 200},
	{"sign-in", "/volunteer", "", "", 200},
	{"account", "/volunteer", "V0000018", pin, 200},
	{"account-frozen", "/volunteer", "V0000026", pin, 200},
	{"account-closed", "/volunteer", "V0000034", pin, 200},
	{"account-large", "/volunteer?size=large", "V0000018", pin, 200},
	{"statement", "/volunteer/statement", "V0000018", pin, 200},
	{"points", "/volunteer/points", "V0000018", pin, 200},
	{"why", "/volunteer/why", "V0000018", pin, 200},
	{"data", "/volunteer/data", "V0000018", pin, 200},
	{"activity", "/volunteer/activity", "", "", 200},
	{"statement-oldest", "/volunteer/statement?commodity=POINT&before=30", "V0000018", pin, 200},
	{"statement-hours", "/volunteer/statement?commodity=MIN&before=30", "V0000018", pin, 200},
	{"statement-malformed", "/volunteer/statement?before=x", "V0000018", pin, 400},
	{"auditor", "/auditor", "", "", 200},
	{"clerk", "/clerk", "", "", 200},
	{"desk", "/desk", "", "", 200},
	{"field", "/field", "", "", 200},
	{"express", "/express", "", "", 200},
	{"notices", "/notices", "", "", 200},
	{"missing", "/nowhere", "", "", 404},
}

// TestPages compares every page in both languages with testdata/pages, and holds it to what every page must be.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		for _, p := range pages {
			t.Run(p.name+"."+lang, func(t *testing.T) {
				t.Parallel()
				v := newVisitor(t, newServer(t, config(newBook(t))), lang)
				if p.card != "" {
					body(t, v.signIn(p.card, p.pin), http.StatusOK)
				}
				resp := v.get(p.target)
				got := body(t, resp, p.status)
				checkPage(t, resp, got)
				compare(t, "../testdata/pages/"+p.name+"."+lang+".html", formKey.ReplaceAll([]byte(got), []byte(`name="key" value="KEY"`)))
			})
		}
	}
}

var (
	missing   = regexp.MustCompile(catalogtest.IDs("catalog"))
	unwritten = regexp.MustCompile(`<no value>|%!|ZgotmplZ`)
	inline    = regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:|<img|<i>|<b>`)
	papers    = regexp.MustCompile(`(?s)<pre.*?</pre>`) // a notice says of itself that points are no money
	ourScript = regexp.MustCompile(`<script src="/counter\.js\?v=[0-9a-f]{12}" defer></script>`)
	ownScript = regexp.MustCompile(`<script src="/speak\.js\?v=[0-9a-f]+" defer data-read="[^"<]+" data-stop="[^"<]+"></script>`)
	wages     = regexp.MustCompile(`(?i)\b(cash|currency|salary|wage|wages|price of labour)\b|现金|工资|薪|货币|劳动报酬`)
)

// checkPage holds a page to what every page of a demo must be.
func checkPage(t *testing.T, r *http.Response, page string) {
	t.Helper()
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("got policy %q, want nothing but our own", csp)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if len(page) > 100_000 {
		t.Errorf("got %d bytes, want fewer than 100000", len(page))
	}
	if id := missing.FindString(page); id != "" {
		t.Errorf("got a page with %q, want a sentence", id)
	}
	if bad := unwritten.FindString(page); bad != "" {
		t.Errorf("got a page with %q", bad)
	}
	if bad := inline.FindString(ownScript.ReplaceAllString(stripAttributes(page), "")); bad != "" {
		t.Errorf("got a page with %q: script, style and marks come from nobody", bad)
	}
	if word := wages.FindString(papers.ReplaceAllString(page, "")); word != "" {
		t.Errorf("got a page with %q: points are no money (DESIGN §3)", word)
	}
	if !strings.Contains(page, "演示 DEMO") {
		t.Error("got a page that does not say that it is a demo")
	}
	for _, want := range []string{`name="viewport"`, "<h1>", "<title>", `<html lang="`} {
		if !strings.Contains(page, want) {
			t.Errorf("got a page without %s", want)
		}
	}
}

// stripAttributes keeps text between quotes from looking like an attribute: the book of the tests names its goods like one.
func stripAttributes(page string) string {
	return ourScript.ReplaceAllString(strings.ReplaceAll(page, "src=x onerror=alert(1)&gt;", ""), "")
}

func TestBalanceSentence(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
	got := body(t, v.signIn("v0000018", pin), http.StatusOK)
	if want := "可用 46.5 分；4 分等待审核；6 分 12月31日到期。"; !strings.Contains(said(got), want) {
		t.Errorf("got a page without %s:\n%s", want, got)
	}
}

// What people type on a phone is taken: small letters, full-width, spaces, the digits alone, or the card.
func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"V0000018", " v0000018 ", "Ｖ００００ ０１８", "0000018", card, strings.ToLower(card)} {
		v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
		if got := body(t, v.signIn(typed, "１３５７９０"), http.StatusOK); !strings.Contains(got, "V0000018") {
			t.Errorf("%q: got a page without the account", typed)
		}
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, card, pin string
		status          int
		want            string
	}{
		{"wrong PIN", "V0000018", "000000", 422, "编号或密码不对"},
		{"no PIN", "V0000018", "", 422, "编号或密码不对"},
		{"very long PIN", "V0000018", strings.Repeat("1", 5000), 422, "编号或密码不对"},
		{"wrong check digit", "V0000019", pin, 422, "打错了数字"},
		{"nothing", "", "", 422, "打错了数字"},
		{"a staff number", "U000005", pin, 422, "打错了数字"},
		{"a card of the staff", staff, pin, 422, "编号或密码不对"},
		{"a number without a person", "V0000042", pin, 422, "编号或密码不对"},
		{"markup", `"><script>alert(1)</script>`, pin, 422, "打错了数字"},
		{"larger than a form", strings.Repeat("V", 20_000), pin, 413, "太大"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
			resp := v.signIn(tt.card, tt.pin)
			got := body(t, resp, tt.status)
			checkPage(t, resp, got)
			if !strings.Contains(got, tt.want) {
				t.Errorf("got a page without %s:\n%s", tt.want, got)
			}
			if tt.card == "V0000018" && !strings.Contains(got, `value="V0000018"`) {
				t.Error("got a form without the number that was typed")
			}
			if strings.Contains(got, tt.pin) && tt.pin != "" && tt.pin != pin {
				t.Error("got a page with the PIN that was typed")
			}
			if len(v.cookies) > 0 {
				t.Errorf("got cookies %v, want none", v.cookies)
			}
		})
	}
}

// Six wrong PINs: the page says how long to wait, also to the right one.
func TestLockedOut(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "en")
	for range 5 {
		body(t, v.signIn("V0000018", "000000"), 422)
	}
	resp := v.signIn("V0000018", pin)
	if got := body(t, resp, http.StatusTooManyRequests); !strings.Contains(got, "try again in 2 min") {
		t.Errorf("got a page without the wait:\n%s", got)
	}
	if got := resp.Header.Get("Retry-After"); got != "90" {
		t.Errorf("got Retry-After %q, want 90", got)
	}
}

// One address that tries one PIN on many cards is slowed down, whatever the cards are; later it may go on.
func TestManyCardsFromOneAddress(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	h := newServer(t, config(b))
	try := func(id ledger.VolunteerID, pin string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/volunteers/"+string(id)+"/balance", nil)
		r.Header.Set("X-Forwarded-For", string(id)) // nobody believes it
		r.SetBasicAuth(string(id), pin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	answers := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 100 { // at once: nobody knows yet how the others end
		all.Go(func() {
			got := try(ledger.NewVolunteerID(100+i), "246802")
			mu.Lock()
			defer mu.Unlock()
			answers[got]++
		})
	}
	all.Wait()
	if answers[http.StatusUnauthorized] != 60 || answers[http.StatusTooManyRequests] != 40 {
		t.Fatalf("got statuses %v, want 60 refusals and then waits", answers)
	}
	b.set(b.clock.Add(11 * time.Minute))
	if got := try(zhao, pin); got != http.StatusOK {
		t.Errorf("after the window: got %d, want 200", got)
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	v := newVisitor(t, newServer(t, config(b)), "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	c := v.cookies["aixin_session"]
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/volunteer" || len(c.Value) < 20 {
		t.Fatalf("got session cookie %+v", c)
	}
	signedIn := func() bool {
		t.Helper()
		return strings.Contains(body(t, v.get("/volunteer"), http.StatusOK), "我的积分</h1>")
	}
	for range 3 { // used every nine minutes it stays open
		b.set(b.clock.Add(9 * time.Minute))
		if !signedIn() {
			t.Fatal("signed out while in use")
		}
	}
	b.set(b.clock.Add(10 * time.Minute))
	if signedIn() {
		t.Error("still signed in after ten idle minutes")
	}

	body(t, v.signIn("V0000018", pin), http.StatusOK)
	old := *v.cookies["aixin_session"]
	if resp := v.do(http.MethodPost, "/volunteer/leave", url.Values{}); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("leaving: got %d, want a redirection", resp.StatusCode)
	}
	v.cookies["aixin_session"] = &old
	if signedIn() {
		t.Error("the old cookie still opens the account after leaving")
	}

	body(t, v.signIn("V0000018", pin), http.StatusOK)
	for range 13 { // used without end it closes all the same
		b.set(b.clock.Add(9*time.Minute + 30*time.Second))
		if !signedIn() {
			return
		}
	}
	t.Error("a session lasts without end")
}

// Whoever signs in on a phone that somebody else left signed in sees their own account, on this page and the next.
func TestSharedPhone(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	first := *v.cookies["aixin_session"]
	body(t, v.signIn("V0000026", pin), http.StatusOK)
	for _, target := range []string{"/volunteer", "/volunteer/statement"} {
		if got := body(t, v.get(target), http.StatusOK); !strings.Contains(got, "V0000026") || strings.Contains(got, "V0000018") {
			t.Errorf("%s: got the account of whoever was there before", target)
		}
	}
	v.cookies["aixin_session"] = &first
	if got := body(t, v.get("/volunteer"), http.StatusOK); strings.Contains(got, "V0000018") && !strings.Contains(got, "sign") && !strings.Contains(got, "登录") {
		t.Error("the session of before is still open")
	}
}

// The language and the size that somebody chose stay, on every page.
func TestChoicesAreKept(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
	body(t, v.get("/?lang=en"), http.StatusOK)
	body(t, v.get("/?size=large"), http.StatusOK)
	got := body(t, v.get("/auditor"), http.StatusOK)
	if !strings.Contains(got, `<html lang="en" class="large">`) {
		t.Errorf("got a page in another language or size:\n%.200s", got)
	}
	if got := body(t, v.get("/?lang=xx&size=<b>"), http.StatusOK); !strings.Contains(got, `<html lang="en"`) {
		t.Errorf("an unknown language changed the page:\n%.200s", got)
	}
}

// Another site cannot send a form here.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := newServer(t, config(newBook(t)))
	form := url.Values{"card": {"V0000018"}, "pin": {pin}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/volunteer", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(w.Result().Cookies()) > 0 {
		t.Errorf("got %d and cookies %v, want 403 and none", w.Code, w.Result().Cookies())
	}
}

// A real book says nowhere that it is a demo, and offers nobody's PIN.
func TestRealBook(t *testing.T) {
	t.Parallel()
	c := config(newBook(t))
	c.Book.Demo, c.HTTPS = false, true
	v := newVisitor(t, newServer(t, c), "zh")
	for _, target := range []string{"/", "/volunteer", "/auditor"} {
		if got := body(t, v.get(target), http.StatusOK); strings.Contains(got, "DEMO") || strings.Contains(got, pin) {
			t.Errorf("%s: got a page of a demo", target)
		}
	}
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	if c := v.cookies["aixin_session"]; c == nil || !c.Secure {
		t.Errorf("got session cookie %+v, want a secure one", c)
	}
}

// The code on the page is that of the number, module by module.
func TestCode(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
	page := body(t, v.signIn("V0000018", pin), http.StatusOK)
	drawn := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(page, -1) {
		var n [4]int
		for i := range n {
			var err error
			if n[i], err = strconv.Atoi(m[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if n[2] != n[3] {
			t.Errorf("got a run %s that does not close", m[0])
		}
		for x := range n[2] {
			drawn[[2]int{n[0] + x, n[1]}] = true
		}
	}
	want, err := qr.Encode("V0000018", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	const quiet = 4
	for y := -quiet; y < want.Size+quiet; y++ {
		for x := -quiet; x < want.Size+quiet; x++ {
			if drawn[[2]int{x + quiet, y + quiet}] != want.Black(x, y) {
				t.Fatalf("module %d,%d: got %t", x, y, !want.Black(x, y))
			}
		}
	}
}

func TestStyle(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newServer(t, config(newBook(t))), "zh")
	address := regexp.MustCompile(`href="(/style\.css\?v=[0-9a-f]+)"`).FindStringSubmatch(body(t, v.get("/"), 200))
	if address == nil {
		t.Fatal("got a page without a style sheet")
	}
	resp := v.get(address[1])
	css := body(t, resp, http.StatusOK)
	if got := resp.Header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("got type %q", got)
	}
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the style sheet loads something else")
	}
}

var _ api.Views = (*book)(nil)
