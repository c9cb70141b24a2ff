package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// TestStewardSetsCodesUp has a steward scan a secret, confirm it by the code that an app shows of it, and sign in with the next one: the PIN alone
// opens nothing any more. The page with the secret is held against what every page is.
func TestStewardSetsCodesUp(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	s := serve(t)
	d := openDesk(t, s)
	at := person{steward.number, "/desk/totp", "#number"}
	d.as(s, at)
	d.send("totp_begin", "", "pin", demoPIN)
	if !d.has("svg.qr") {
		t.Fatalf("got\n%s\nwant a secret to scan", d.state())
	}
	d.accessible(t, axe)
	d.shoot("desk-totp-secret.en")
	secret := strings.TrimSpace(d.text("section p.code"))
	now := time.Now()
	d.send("totp_confirm", "", "totp_code", code(t, secret, now))
	if got := d.text("main"); !strings.Contains(got, "behind your PIN") || d.has(".wrong") {
		t.Fatalf("got\n%s\nwant codes from now on", got)
	}
	d.as(s, at) // by the PIN alone
	if !d.has("#pin") {
		t.Fatalf("got\n%s\nwant no page without a code", d.state())
	}
	next := now.Add(30 * time.Second) // a code counts half a minute before its time
	d.press(chromedp.SetValue("#number", steward.number, chromedp.ByQuery), chromedp.SetValue("#pin", demoPIN+code(t, secret, next), chromedp.ByQuery),
		chromedp.Submit("#pin", chromedp.ByQuery))
	if got := d.text("main"); !strings.Contains(got, "You sign in with a one-time code") {
		t.Errorf("got\n%s\nwant the page of whoever has codes", got)
	}
}

// code is what an app shows of a secret at a moment.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	digits, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return digits
}
