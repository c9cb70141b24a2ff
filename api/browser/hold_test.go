package browser_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aixin/ledger"
)

var holdNumber = regexp.MustCompile(`P\d{6}`)

// reserves has the volunteer set goods aside on their phone, and returns the number that the page shows.
func reserves(t *testing.T, phone *tab, pieces string) string {
	t.Helper()
	phone.goTo("/volunteer/goods")
	phone.press(chromedp.SetValue("#hold-item", "SKU-0001", chromedp.ByQuery), chromedp.SetValue("#hold-pieces", pieces, chromedp.ByQuery), chromedp.Submit("#hold-pieces", chromedp.ByQuery))
	numbers := holdNumber.FindAllString(phone.text("main"), -1)
	if len(numbers) == 0 || !phone.has(".rows.own .qr") {
		t.Fatalf("got no number and code of what was set aside:\n%s", phone.state())
	}
	return numbers[len(numbers)-1]
}

// TestAHoldIsCollected has a volunteer set goods aside twice on a phone, and a clerk hand one out by its own number and the other in part after
// the card, with a keyboard and nothing else. Enter twice hands out once; the statement shows both.
func TestAHoldIsCollected(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	at := serve(t)
	phone := open(t, at)
	phone.do(emulation.SetScriptExecutionDisabled(true))
	phone.signIn("/volunteer", volunteer)
	first, second := reserves(t, phone, "1"), reserves(t, phone, "2")
	phone.shoot("volunteer-holds")

	printed := printedClerk.FindStringSubmatch(at.Printed)
	k := keys{&steps{tab: open(t, at)}}
	k.lang = "en"
	k.goTo("/clerk")
	k.press(typed(printed[2] + kb.Tab + printed[3] + kb.Enter))
	k.enter(".doors button")
	k.scan(first)
	if got := k.text("main"); !strings.Contains(got, "hand out all of it") || !strings.Contains(got, volunteer.number) {
		t.Fatalf("got\n%s\nwant the hold %s opened", got, first)
	}
	k.accessible(t, axe)
	k.shoot("counter-hold.en")
	k.types("#holder_pin", demoPIN)
	k.act(chromedp.KeyEvent(kb.Enter + kb.Enter))
	k.do(until(`document.querySelector(".receipt") !== null`))
	receipts := []string{k.text(".receipt .code")}

	k.scan(volunteer.number)
	k.accessible(t, axe)
	k.shoot("counter-holds.en")
	k.enter(`button[value="hold/` + second + `"]`)
	k.scan(demoItems[0])
	if got := k.text("main"); !strings.Contains(got, "hand out what was scanned") {
		t.Fatalf("got\n%s\nwant one of two pieces to be handed out", got)
	}
	k.act(typed(kb.Enter + kb.Enter))
	k.do(until(`document.querySelector(".receipt") !== null`))
	receipts = append(receipts, k.text(".receipt .code"))
	k.scan(second)
	if got := k.text("[role=alert]"); !strings.Contains(got, "no longer open") {
		t.Errorf("got %q, want that %s was collected before", got, second)
	}

	phone.goTo("/volunteer/statement")
	said := phone.text("main")
	for _, number := range receipts {
		if strings.Count(said, number) != 1 {
			t.Errorf("the statement has receipt %s %d times, want once:\n%s", number, strings.Count(said, number), said)
		}
	}
	phone.goTo("/volunteer/goods")
	if got := phone.text("main"); strings.Contains(got, first) || strings.Contains(got, second) {
		t.Errorf("what was collected is still set aside:\n%s", got)
	}
}

// owner and relative live in one household of the demo.
var (
	owner    = person{string(ledger.NewVolunteerID(12)), "/volunteer", "#card"}
	relative = person{string(ledger.NewVolunteerID(13)), "/volunteer", "#card"}
)

// TestSomebodyElseCollects has somebody of the household come with their own card: the clerk says for whom, by keyboard alone, and the statement
// of whose points they were says who came.
func TestSomebodyElseCollects(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	at := serve(t)
	printed := printedClerk.FindStringSubmatch(at.Printed)
	k := keys{&steps{tab: open(t, at)}}
	k.lang = "en"
	k.goTo("/clerk")
	k.press(typed(printed[2] + kb.Tab + printed[3] + kb.Enter))
	k.enter(".doors button")
	k.scan(relative.number)
	k.enter(`button[value="proxy"]`)
	k.scan(owner.number)
	k.scan(demoItems[0])
	if got := k.text("main"); !strings.Contains(got, "May exchange") {
		t.Fatalf("got\n%s\nwant %s to be let collect", got, relative.number)
	}
	k.accessible(t, axe)
	k.shoot("counter-proxy.en")
	k.act(typed(kb.Enter))
	if got := k.text(".receipt"); !strings.Contains(got, relative.number) {
		t.Fatalf("got receipt\n%s\nwithout who came", got)
	}
	phone := open(t, at)
	phone.signIn("/volunteer", owner)
	phone.goTo("/volunteer/statement")
	if got := phone.text("main"); !strings.Contains(got, "由 "+relative.number+" 代领") {
		t.Errorf("the statement does not say who collected:\n%s", got)
	}
}
