package browser_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aixin/api"
	"aixin/ledger"
)

// ofPrograms are words of programs: nobody with a page before them knows what to do about them.
var ofPrograms = regexp.MustCompile(`HTTP|JSON|Idempotency|Allow\b|curl|aixin |请求号|请求的方法`)

// status is what the page was answered with.
const status = `performance.getEntriesByType("navigation")[0].responseStatus`

// overfull fills the first large field of a page with so many letters.
func overfull(letters int) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf(`document.querySelector("textarea").value = "x".repeat(%d)`, letters), nil)
}

// failing is a server of which every look at the book fails in one way.
type failing struct {
	api.Views
	api.Writes
	api.Registry
	api.Journal
	api.Checkpoints

	err error
}

// View fails.
func (f failing) View(context.Context, ledger.AsOf) (ledger.View, func(), error) {
	return ledger.View{}, func() {}, f.err
}

// fails serves pages of which every one fails with the error.
func fails(t *testing.T, err error) served {
	t.Helper()
	f := failing{err: err}
	h, err := api.New(api.Config{
		Views: f, Writes: f, People: f, Journal: f, Checkpoints: f, Book: api.Book{PublicKeys: []string{"key"}}, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return served{URL: s.URL}
}

// TestTroubleHasAWayOut comes to every page that says why it is not the one that was asked for: it says so in plain words of the reader's language,
// is as readable as any other, and leads on.
func TestTroubleHasAWayOut(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	for _, lang := range []string{"zh", "en"} {
		s := serve(t)
		d := openDesk(t, s)
		d.lang = lang
		wrongPIN := func() {
			d.goTo("/volunteer")
			d.press(chromedp.SetValue("#card", "V0000026", chromedp.ByQuery), chromedp.SetValue("#pin", "111111", chromedp.ByQuery), chromedp.Submit("#pin", chromedp.ByQuery))
		}
		for _, c := range []struct {
			name   string
			status int
			come   func()
			zh, en string
		}{
			{"missing", 404, func() { d.goTo("/nowhere") }, "没有这一页", "no such page"},
			{"method", 405, func() { d.goTo("/volunteer/leave") }, "按按钮", "by a button"},
			{"wrong PIN", 422, wrongPIN, "编号或密码不对", "PIN"},
			{"too many PINs", 429, func() {
				for range 6 {
					wrongPIN()
				}
			}, "分钟", "min."},
			{"address", 400, func() {
				d.as(s, volunteer)
				d.goTo("/volunteer/statement?before=x")
			}, "没有这一页", "no such page"},
			{"role", 403, func() {
				d.as(s, clerk)
				d.goTo("/desk/staff")
			}, "系统管理员", "admin"},
			{"receipt", 404, func() { d.goTo("/clerk/receipt?receipt=R999999") }, "找不到", "R999999"},
			{"too large", 413, func() {
				d.as(s, person{leader.number, "/desk/imports", "#number"})
				d.press(overfull(3_000_000), chromedp.SetValue("#file-what", "hours", chromedp.ByQuery), chromedp.Click("form:has(textarea) .actions button", chromedp.ByQuery))
			}, "太大", "large"},
			{"signed out", 200, func() {
				d.goTo("/desk/imports")
				d.forget()
				d.goTo("/desk/imports")
			}, "密码", "PIN"},
			{"signed out with a form that is too long to be kept", 401, func() {
				d.as(s, person{leader.number, "/desk/imports", "#number"})
				d.forget()
				d.do(network.SetCookie("lang", lang).WithURL(s.URL))
				d.press(overfull(300_000), chromedp.SetValue("#file-what", "hours", chromedp.ByQuery), chromedp.Click("form:has(textarea) .actions button", chromedp.ByQuery))
			}, "登录", "ign in"},
			{"answered anew from an old page", 409, func() {
				d.as(s, volunteer)
				d.goTo("/volunteer/data")
				const form = `form:has([value="consent"]) `
				old := d.value(form + `[name="key"]`)
				d.press(chromedp.Click(form+"button", chromedp.ByQuery))
				d.press(chromedp.SetValue(form+`[name="key"]`, old, chromedp.ByQuery), chromedp.Click(form+"button", chromedp.ByQuery))
			}, "以前打开", "opened before"},
		} {
			c.come()
			d.leadsOn(t, axe, c.name, c.status, map[string]string{"zh": c.zh, "en": c.en}[lang])
		}
	}
}

// leadsOn holds a page that says why it is not the one that was asked for.
func (d desk) leadsOn(t *testing.T, axe, name string, want int, says string) {
	t.Helper()
	var got int
	d.apart(status, &got)
	if text := d.text("main"); got != want || !strings.Contains(text, says) || ofPrograms.MatchString(text) || !d.has("main :is(a, button)") {
		t.Errorf("%s, %s: got %d and\n%s\nwant %d, %q, no word of programs, and a way on", name, d.lang, got, text, want, says)
	}
	d.accessible(t, axe)
	d.shoot("trouble-" + strings.ReplaceAll(name, " ", "-") + "." + d.lang)
}

// TestFaultsHaveAWayOut comes to pages that the server cannot show: they say what to do, and the same page is a press away.
func TestFaultsHaveAWayOut(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	for _, c := range []struct {
		name   string
		err    error
		status int
		zh, en string
	}{
		{"fault", errors.New("disk"), 500, "过一会儿", "in a moment"},
		{"damaged", ledger.ErrCorrupt, 500, "告诉管理员", "tell the administrator"},
		{"newer", ledger.ErrNewer, 500, "升级", "upgrade"},
		{"busy", api.ErrBusy, 503, "过一会儿", "moment"},
		{"not ready", api.ErrNotReady, 503, "过一会儿", "moment"},
		{"stopped", api.ErrStopped, 503, "告诉管理员", "tell the administrator"},
		{"clock", api.ErrClock, 503, "管理员", "administrator"},
		{"unknown", api.ErrUnknown, 504, "再按一次", "again"},
		{"full", api.ErrDiskFull, 507, "管理员", "administrator"},
	} {
		d := openDesk(t, fails(t, c.err))
		for _, d.lang = range []string{"zh", "en"} {
			d.goTo("/notices?csv=none")
			d.leadsOn(t, axe, c.name, c.status, map[string]string{"zh": c.zh, "en": c.en}[d.lang])
			d.press(chromedp.Click(`main a[href^="?"]`, chromedp.ByQuery))
			d.leadsOn(t, axe, c.name, c.status, "")
		}
	}
}
