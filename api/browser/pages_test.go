package browser_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const demoPIN = "246810"

// person is somebody of the demo, and the field of the form in which their number goes.
type person struct{ number, door, field string }

var (
	nobody    = person{}
	volunteer = person{"V0000018", "/volunteer", "#card"}
	frozen    = person{"V0000059", "/volunteer", "#card"}
	clerk     = person{"U000005", "/clerk", "#number"}
	steward   = person{"U000006", "/desk", "#number"}
	keeper    = person{"U000004", "/clerk/goods", "#number"}
	leader    = person{"U000002", "/field", "#number"}
	publisher = person{"U000009", "/desk/notices", "#number"}
	auditor   = person{"U000008", "/audit", "#number"}
	admin     = person{"U000001", "/desk/staff", "#number"}
)

// pages is the one table of pages: who looks at what, in which state. A page that has no row is looked at by nobody.
var pages = []struct {
	name string
	path string
	as   person
	wide bool     // made for a desk, not for a phone: its picture is taken as wide as one
	then []string // what is typed into the box that has the focus, with Enter after each: the state
}{
	{name: "home", path: "/"},
	{name: "volunteer-sign-in", path: "/volunteer"},
	{name: "volunteer", path: "/volunteer", as: volunteer},
	{name: "volunteer-frozen", path: "/volunteer", as: frozen},
	{name: "volunteer-statement", path: "/volunteer/statement", as: volunteer},
	{name: "volunteer-hours", path: "/volunteer/statement?commodity=MIN", as: volunteer},
	{name: "volunteer-points", path: "/volunteer/points", as: volunteer},
	{name: "volunteer-service", path: "/volunteer/hours", as: volunteer},
	{name: "volunteer-goods", path: "/volunteer/goods", as: volunteer},
	{name: "volunteer-notice", path: "/volunteer/notice", as: volunteer},
	{name: "volunteer-why", path: "/volunteer/why", as: volunteer},
	{name: "volunteer-data", path: "/volunteer/data", as: volunteer},
	{name: "volunteer-activity", path: "/volunteer/activity"},
	{name: "counter-sign-in", path: "/clerk", wide: true},
	{name: "counter", path: "/clerk", as: clerk, wide: true},
	{name: "counter-basket", path: "/clerk", as: clerk, wide: true, then: []string{"V0000018", "SKU-0001"}},
	{name: "counter-switch", path: "/clerk/switch", as: clerk, wide: true},
	{name: "desk-sign-in", path: "/desk", wide: true},
	{name: "desk", path: "/desk", as: steward, wide: true},
	{name: "desk-notices", path: "/desk/notices", as: steward, wide: true},
	{name: "desk-people", path: "/desk/people", as: steward, wide: true},
	{name: "desk-goods", path: "/desk/goods", as: steward, wide: true},
	{name: "desk-charts", path: "/desk/charts", as: steward, wide: true},
	{name: "desk-charts-phone", path: "/desk/charts", as: steward},
	{name: "desk-rules", path: "/desk/rules?rule=volunteer-1yuan%401", as: steward, wide: true},
	{name: "desk-imports", path: "/desk/imports", as: leader, wide: true},
	{name: "desk-publish", path: "/desk/notices?what=honours", as: publisher, wide: true},
	{name: "desk-staff", path: "/desk/staff", as: admin, wide: true},
	{name: "desk-totp", path: "/desk/totp", as: steward, wide: true},
	{name: "audit", path: "/audit", as: auditor, wide: true},
	{name: "audit-proof", path: "/audit?entry=1000", as: auditor, wide: true},
	{name: "audit-card", path: "/audit?shop=S01&item=SKU-0001", as: auditor},
	{name: "field", path: "/field", as: leader},
	{name: "express", path: "/express", as: clerk, wide: true},
	{name: "counter-return", path: "/clerk/return", as: clerk, wide: true},
	{name: "counter-close", path: "/clerk/close", as: clerk, wide: true},
	{name: "counter-voucher", path: "/clerk/voucher", as: clerk, wide: true},
	{name: "counter-count", path: "/clerk/count", as: clerk, wide: true},
	{name: "relief", path: "/clerk/relief", as: keeper, wide: true},
	{name: "express-leader", path: "/express", as: leader, wide: true},
	{name: "desk-reviewer", path: "/desk", as: reviewer, wide: true},
	{name: "goods-in", path: "/clerk/goods", as: keeper, wide: true},
	{name: "write-off", path: "/clerk/write-off", as: keeper, wide: true},
	{name: "notices", path: "/notices"},
	{name: "auditor", path: "/auditor", wide: true},
	{name: "api", path: "/api", wide: true},
	{name: "api-one", path: "/api?ask=POST+/v1/redemptions", wide: true},
	{name: "missing", path: "/nowhere"},
}

// axeSum is of testdata/axe/axe.min.js, axe-core 4.14.1 as the npm registry has it.
const axeSum = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

func readAxe(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != axeSum {
		t.Fatalf("axe.min.js: got %x, want %s", sum, axeSum)
	}
	return string(b)
}

// finding is what axe found wrong.
type finding struct {
	ID, Help string
	Nodes    []struct{ HTML, FailureSummary string }
}

const runAxe = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
	.then(r => JSON.stringify(r.violations.map(v => ({ID: v.id, Help: v.help,
		Nodes: v.nodes.slice(0, 4).map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))}))))`

// TestPagesAreAccessible holds every page, in both languages and both sizes, against WCAG 2.2 AA, and to the width of a small phone. It takes a picture
// of each, into the folder of AIXIN_SHOTS where people want to look at them: make shots.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	axe, shots := readAxe(t), os.Getenv("AIXIN_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	b := open(t, serve(t))
	eachPage(t, b, func(t *testing.T, b *tab, name string, wide bool) {
		t.Helper()
		b.accessible(t, axe)
		if wide {
			b.fits(t)
		}
		b.forTheOld(t, strings.HasPrefix(name, "volunteer") || strings.HasPrefix(name, "home."))
		b.picture(t, shots, name, wide)
	})
}

// fits holds the tables of a page that is made for a desk to the width of a small one in normal letters: nobody has to move them sideways.
func (b *tab) fits(t *testing.T) {
	t.Helper()
	if b.size != "normal" {
		return
	}
	b.do(emulation.SetDeviceMetricsOverride(deskWidth, phoneHeight, 1, false))
	var wide []string
	b.apart(`[...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel + ": " + (e.scrollWidth - e.clientWidth))`, &wide)
	if len(wide) > 0 {
		t.Errorf("at %d pixels these tables are too wide: %q", deskWidth, wide)
	}
	b.do(emulation.SetDeviceMetricsOverride(phoneWidth, phoneHeight, 1, false))
}

// smallest finds the smallest letters that are read, and the lowest of what is pressed, unless it stands in a sentence.
const smallest = `(() => {
	const seen = e => e.getClientRects().length > 0 && !e.closest(".unseen");
	const texts = [...document.querySelectorAll("body *")].filter(e => seen(e) && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
	const pressed = [...document.querySelectorAll("a, button, select, input:not([type=hidden]):not([type=checkbox])")].filter(e => seen(e) && !e.closest("p:not(.actions):not(.number)"));
	const least = (list, size) => list.map(e => [size(e), e.outerHTML.slice(0, 120)]).sort((a, b) => a[0] - b[0])[0] || [1000, ""];
	const [letters, text] = least(texts, e => parseFloat(getComputedStyle(e).fontSize)), [height, target] = least(pressed, e => e.getBoundingClientRect().height);
	return {letters, text, height, target};
})()`

// forTheOld holds a page against what old eyes and fingers need: letters of 18 pixels, and for volunteers 60 pixels to press.
func (b *tab) forTheOld(t *testing.T, fingers bool) {
	t.Helper()
	var got struct {
		Letters, Height float64
		Text, Target    string
	}
	b.apart(smallest, &got)
	if got.Letters < 18 {
		t.Errorf("got letters of %g pixels, want 18: %s", got.Letters, got.Text)
	}
	if fingers && got.Height < 60 {
		t.Errorf("got %g pixels to press, want 60: %s", got.Height, got.Target)
	}
}

// firstVisit is what a browser fetched that was never here: bytes with their headers, and what no line of the page itself asked for.
const firstVisit = `(() => {
	const page = performance.getEntriesByType("navigation")[0], files = performance.getEntriesByType("resource");
	const later = files.filter(f => ![...document.querySelectorAll("[href], [src]")].some(e => (e.href || e.src) === f.name));
	return {bytes: [page, ...files].reduce((sum, f) => sum + f.transferSize, 0), redirects: page.redirectCount, later: later.map(f => f.name)};
})()`

// TestFirstVisit loads pages with nothing in the browser's store: 100 kB with all that they need, and no trip behind the one for what the page names.
func TestFirstVisit(t *testing.T) {
	t.Parallel()
	at := serve(t)
	for _, path := range []string{"/", "/volunteer", "/notices", "/clerk", "/desk"} {
		b := open(t, at)
		b.do(chromedp.Navigate(at.URL + path))
		var got struct {
			Bytes, Redirects int
			Later            []string
		}
		b.apart(firstVisit, &got)
		if got.Bytes == 0 || got.Bytes > 100_000 || got.Redirects > 0 || len(got.Later) > 0 {
			t.Errorf("%s: got %d bytes, %d redirects and then %v, want at most 100000 and neither", path, got.Bytes, got.Redirects, got.Later)
		}
		t.Logf("%s: %d bytes", path, got.Bytes)
	}
}

// misfits finds what does not fit: how much wider the page is than the screen, and words and numbers that end on another line than they begin. Codes
// and hashes are no words.
const misfits = `(() => {
	const root = document.documentElement, cut = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text; text = texts.nextNode();) {
		if (text.parentElement.closest(".unseen, .code, pre, option, script") || !text.parentElement.getClientRects().length) continue;
		for (const word of text.data.matchAll(/(?<![\w+\/=])([A-Za-z]{2,16}|\d[\d.-]{0,9})(?![\w+\/=])/g)) {
			const range = document.createRange();
			range.setStart(text, word.index);
			range.setEnd(text, word.index + word[0].length);
			if (new Set([...range.getClientRects()].filter(r => r.width).map(r => Math.round(r.top))).size > 1) cut.add(word[0]);
		}
	}
	return {over: root.scrollWidth - root.clientWidth, cut: [...cut]};
})()`

// TestDoorsLeadOn goes through every door of the first page, in the order in which they stand there.
func TestDoorsLeadOn(t *testing.T) {
	t.Parallel()
	b := open(t, serve(t))
	for i, want := range []string{"志愿者登录", "柜台", "现场", "爱心快递", "办公桌", "公示栏", "查账"} {
		b.goTo("/")
		b.press(chromedp.Click(fmt.Sprintf(".doors li:nth-child(%d) a", i+1), chromedp.ByQuery))
		if got := b.text("h1"); got != want {
			t.Errorf("door %d: got %q, want %q", i+1, got, want)
		}
	}
}

// accessible holds the page as it is against WCAG 2.2 AA, and to the width of a small phone.
func (b *tab) accessible(t *testing.T, axe string) {
	t.Helper()
	var found string
	b.apart(axe+";\n"+runAxe, &found)
	var findings []finding
	if err := json.Unmarshal([]byte(found), &findings); err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s", f.ID, f.Help)
		for _, n := range f.Nodes {
			t.Logf("%s\n%s", n.HTML, n.FailureSummary)
		}
	}
	for _, width := range []int64{160, 180, 260, 320, 640} { // at 200 % a phone of 320 pixels shows a page of 160, a desk's 1280 one of 640
		b.do(emulation.SetDeviceMetricsOverride(width, phoneHeight, 1, false))
		var got struct {
			Over int64
			Cut  []string
		}
		b.apart(misfits, &got)
		if got.Over > 0 {
			t.Errorf("at %d pixels the page is %d too wide", width, got.Over)
		}
		if width >= 320 && len(got.Cut) > 0 {
			t.Errorf("at %d pixels words are cut in two: %q", width, got.Cut)
		}
	}
	b.do(emulation.SetDeviceMetricsOverride(phoneWidth, phoneHeight, 1, false))
}

// eachPage opens every page of the table in both languages and both sizes, one after the other.
func eachPage(t *testing.T, first *tab, look func(t *testing.T, b *tab, name string, wide bool)) {
	t.Helper()
	tabs := map[person]*tab{nobody: first}
	for _, p := range pages {
		b := tabs[p.as]
		if b == nil {
			b = open(t, first.at)
			b.signIn(p.as.door, p.as)
			if p.as == clerk {
				b.press(chromedp.Click(".doors button", chromedp.ByQuery)) // the first shop, as on the first day
			}
			tabs[p.as] = b
		}
		for _, b.lang = range []string{"zh", "en"} {
			for _, b.size = range []string{"normal", "large"} {
				t.Run(strings.Join([]string{p.name, b.lang, b.size}, "."), func(t *testing.T) {
					b.goTo(p.path)
					for _, s := range p.then {
						b.press(typed(s + "\r"))
					}
					look(t, b, strings.Join([]string{p.name, b.lang, b.size}, "."), p.wide)
				})
			}
		}
	}
}

// fills reports whether the page is as wide as the screen.
func (b *tab) fills(width int64) (yes bool) {
	b.t.Helper()
	b.apart(fmt.Sprintf("document.documentElement.clientWidth === %d", width), &yes)
	return yes
}

// picture takes a picture of the page as it is, as wide as what the page is made for, into a folder.
func (b *tab) picture(t *testing.T, dir, name string, wide bool) {
	t.Helper()
	width := int64(phoneWidth)
	if wide {
		width = deskWidth
	}
	var png []byte
	b.do(emulation.SetScrollbarsHidden(true), emulation.SetDeviceMetricsOverride(width, phoneHeight, 1, false))
	if !b.fills(width) { // it was drawn beside a scroll bar
		b.do(chromedp.Reload(), until(fmt.Sprintf("document.documentElement.clientWidth === %d", width)))
	}
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).WithFormat(page.CaptureScreenshotFormatPng).Do(ctx)
		return err
	}))
	if len(png) < 5_000 {
		t.Errorf("%s: got a picture of %d bytes, want a page on it", name, len(png))
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(emulation.SetScrollbarsHidden(false), emulation.SetDeviceMetricsOverride(phoneWidth, phoneHeight, 1, false))
}

// TestPagesPrint prints every page; what is printed has pages with something on them.
func TestPagesPrint(t *testing.T) {
	t.Parallel()
	b := open(t, serve(t))
	b.signIn("/volunteer", volunteer)
	for _, path := range []string{"/volunteer", "/volunteer/statement", "/volunteer/hours", "/notices", "/auditor"} {
		b.goTo(path)
		pdf := b.pdf()
		if len(pdf) < 5_000 || string(pdf[:5]) != "%PDF-" {
			t.Errorf("%s: got %d bytes, want a PDF", path, len(pdf))
		}
	}
}
