package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestVolunteerWithoutScript goes through everything that a volunteer does, with script off: signs in, sees the dates, sets goods aside and
// lets them go, looks at the notices, and has the hours stated on paper.
func TestVolunteerWithoutScript(t *testing.T) {
	t.Parallel()
	b := open(t, serve(t))
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.signIn("/volunteer", volunteer)
	if b.has(".aloud") {
		t.Error("got a button that needs script")
	}
	if got := b.text(".sentence"); !strings.Contains(got, "可用") {
		t.Errorf("got %q, want a sentence with what is available", got)
	}
	follow := func(path, want string) {
		t.Helper()
		b.goTo("/volunteer")
		b.press(chromedp.Click(`main a[href="`+path+`"]`, chromedp.ByQuery))
		if got := b.text("main"); !strings.Contains(got, want) {
			t.Errorf("%s: got a page without %q:\n%s", path, want, got)
		}
	}
	follow("/volunteer/points", "现在可以用")
	follow("/volunteer/statement", "结余")
	follow("/volunteer/notice", "异议和答复")
	follow("/volunteer/why", "原因")
	follow("/volunteer/activity", "短码")

	follow("/volunteer/goods", "先留一件")
	b.shoot("volunteer-reserve")
	b.press(chromedp.SetValue("#hold-item", "SKU-0001", chromedp.ByQuery), chromedp.Submit("#hold-pieces", chromedp.ByQuery))
	if got := b.text("[role=status], [role=alert]"); !strings.Contains(got, "已经留好了") {
		t.Fatalf("got %q, want that the goods are set aside", got)
	}
	b.shoot("volunteer-reserved")
	b.press(chromedp.Reload())
	if got := b.text("main"); strings.Count(got, "放开") != 2 { // the button, and how it is explained
		t.Errorf("after a reload: got\n%s\nwant one hold", got)
	}
	b.press(chromedp.Click(`.rows form.own button`, chromedp.ByQuery))
	if got := b.text("[role=status]"); !strings.Contains(got, "已经放开") {
		t.Errorf("got %q, want that it is let go", got)
	}

	follow("/volunteer/hours", "星")
	b.press(chromedp.Click(`form.own button`, chromedp.ByQuery))
	if got := b.text("main"); !strings.Contains(got, "aixin certify --verify") {
		t.Errorf("got\n%s\nwant a statement of hours with how to check it", got)
	}
	b.shoot("volunteer-certificate")

	at := open(t, b.at)
	at.signIn("/field", leader)
	at.press(chromedp.SetValue("#open_session-activity", "A001", chromedp.ByQuery), chromedp.Submit("#open_session-activity", chromedp.ByQuery))
	at.press(chromedp.Click(`a[href*="show=code"]`, chromedp.ByQuery))
	at.shoot("field-code")
	code := at.text(".code.centre")
	b.forget() // another phone: the camera opens what the leader's code says
	b.goTo("/volunteer/activity?code=" + code)
	b.shoot("volunteer-come")
	send := func(do string) { // the device goes from hand to hand: nobody stays signed in by this
		b.press(chromedp.SetValue("#come-card", volunteer.number, chromedp.ByQuery), chromedp.SetValue("#come-pin", demoPIN, chromedp.ByQuery),
			chromedp.Click(`button[value="`+do+`"]`, chromedp.ByQuery))
	}
	send("in")
	if got := b.text("[role=status], [role=alert]"); !strings.Contains(got, "签到成功") {
		t.Fatalf("got %q, want that somebody came", got)
	}
	send("out")
	if got := b.text("[role=status], [role=alert]"); !strings.Contains(got, "签退成功") {
		t.Errorf("got %q, want that somebody went", got)
	}
}

// TestReadAloud offers to read the page, where the browser can speak.
func TestReadAloud(t *testing.T) {
	t.Parallel()
	b := open(t, serve(t))
	b.signIn("/volunteer", volunteer)
	var speaks bool
	b.apart("'speechSynthesis' in window", &speaks)
	if speaks != b.has("button.aloud") {
		t.Errorf("the browser speaks: %t; got a button: %t", speaks, !speaks)
	}
}

// shoot takes a picture of the page as it is, where people want to look at it.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("AIXIN_SHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
