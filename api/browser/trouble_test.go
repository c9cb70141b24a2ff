package browser_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// ofPrograms are words of programs: nobody with a page before them knows what to do about them.
var ofPrograms = regexp.MustCompile(`HTTP|JSON|Idempotency|Allow\b|curl|aixin |请求号|请求的方法`)

// status is what the page was answered with.
const status = `performance.getEntriesByType("navigation")[0].responseStatus`

// overfull fills the first large field of a page with more than the server takes.
const overfull = `document.querySelector("textarea").value = "x".repeat(3000000)`

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
				d.press(chromedp.Evaluate(overfull, nil), chromedp.Click("form:has(textarea) .actions button", chromedp.ByQuery))
			}, "太大", "large"},
			{"signed out", 200, func() {
				d.goTo("/desk/imports")
				d.forget()
				d.goTo("/desk/imports")
			}, "密码", "PIN"},
		} {
			c.come()
			var got int
			d.apart(status, &got)
			text, want := d.text("main"), map[string]string{"zh": c.zh, "en": c.en}[lang]
			if got != c.status || !strings.Contains(text, want) || ofPrograms.MatchString(text) || !d.has("main :is(a, button)") {
				t.Errorf("%s, %s: got %d and\n%s\nwant %d, %q, no word of programs, and a way on", c.name, lang, got, text, c.status, want)
			}
			d.accessible(t, axe)
		}
	}
}
