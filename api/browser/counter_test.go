package browser_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// maxActions is how many steps may lie between what `make run` printed and goods in somebody's hand.
const maxActions = 12

// steps counts what a person does at the counter; every one loads a page.
type steps struct {
	*tab
	n int
}

func (s *steps) act(actions ...chromedp.Action) {
	s.t.Helper()
	s.n++
	s.press(actions...)
}

// scan does what a scanner does, which types into the box that has the focus and presses Enter by itself.
func (s *steps) scan(what string) {
	s.t.Helper()
	s.act(typed(what + kb.Enter))
}

var (
	printedCard  = regexp.MustCompile(`card is (V\d+), the PIN (\d+)`)
	printedClerk = regexp.MustCompile(`(http://\S+/clerk), staff number (U\d+), PIN (\d+)`)
)

// atCounter signs a clerk in who knows only what the program printed, and chooses the first shop, as on the first day.
func atCounter(t *testing.T, at served) *steps {
	t.Helper()
	printed := printedClerk.FindStringSubmatch(at.Printed)
	if printed == nil {
		t.Fatalf("the program printed no counter: %s", at.Printed)
	}
	s := &steps{tab: open(t, at)}
	s.act(chromedp.Navigate(printed[1]))
	s.act(typed(printed[2] + kb.Tab + printed[3] + kb.Enter))
	s.act(chromedp.Click(".doors button", chromedp.ByQuery))
	return s
}

// TestARedemptionIsFourScansAndOneEnter plays an exchange of three goods by keyboard alone, from what the program printed.
func TestARedemptionIsFourScansAndOneEnter(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	if card == nil {
		t.Fatalf("the program printed no card: %s", at.Printed)
	}
	s := atCounter(t, at)
	before := s.n
	s.scan(card[1])
	for _, item := range demoItems {
		s.scan(item)
	}
	s.act(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
	if !s.has(".receipt") {
		t.Fatalf("got no receipt:\n%s", s.text("main"))
	}
	if got := s.n - before; got != 5 {
		t.Errorf("got %d steps, want 4 scans and 1 Enter", got)
	}
	if s.n > maxActions {
		t.Errorf("got %d actions from what was printed, want at most %d", s.n, maxActions)
	}
	number := s.text(".receipt .code")

	// A reload asks for nothing: the same receipt, and no word of having been asked for again.
	s.press(chromedp.Reload())
	if got := s.text(".receipt .code"); got != number {
		t.Errorf("after a reload: got receipt %s, want %s again", got, number)
	}
}

// TestTwoClerksOneCard has two counters redeem with the same card at the same moment: each is answered, and the book stays sound.
func TestTwoClerksOneCard(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	both := []*steps{atCounter(t, at), atCounter(t, at)}
	for _, s := range both {
		s.scan(card[1])
		s.scan(demoItems[0])
		s.do(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery))
	}
	errs := make([]error, len(both))
	var wait sync.WaitGroup
	for i, s := range both {
		wait.Go(func() { errs[i] = s.pressed(typed(kb.Enter)) })
	}
	wait.Wait()
	numbers := map[string]bool{}
	for i, s := range both {
		if errs[i] != nil {
			t.Fatalf("counter %d: %v\n%s", i, errs[i], s.state())
		}
		switch {
		case s.has(".receipt"):
			numbers[s.text(".receipt .code")] = true
		case !s.has(".wrong"):
			t.Errorf("counter %d: got neither receipt nor refusal:\n%s", i, s.text("main"))
		}
	}
	if len(numbers) == 0 {
		t.Error("nobody got goods, want at least one of two")
	}
}

// TestASessionThatEndsLosesNothing ends the clerk's session while goods lie on the counter and something is typed: signing in shows both.
func TestASessionThatEndsLosesNothing(t *testing.T) {
	t.Parallel()
	at := serve(t)
	s := atCounter(t, at)
	s.scan(printedCard.FindStringSubmatch(at.Printed)[1])
	s.scan(demoItems[0])
	kept := s.text("main table")
	s.forget()
	s.scan(demoItems[1])
	s.act(typed(clerk.number + kb.Tab + demoPIN + kb.Enter))
	if got := s.text("main table"); got != kept {
		t.Errorf("after signing in: got %q, want %q kept", got, kept)
	}
	if got := s.value("#scan"); got != demoItems[1] {
		t.Errorf("after signing in: got %q in the box, want %q", got, demoItems[1])
	}
	s.act(typed(kb.Enter))
	if got := s.text("main table"); !strings.Contains(got, strings.Fields(kept)[0]) || got == kept {
		t.Errorf("after Enter: got %q, want one thing more than %q", got, kept)
	}
}

// TestBackAndReload goes back and forth and reloads, with a basket and with a receipt: no page asks whether to send a form again, nothing is lost
// and nothing is exchanged twice.
func TestBackAndReload(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	s := atCounter(t, at)
	s.lang = "en"
	s.scan(card[1])
	s.scan(demoItems[0])
	basket := s.text("main table")
	same := func(after, selector, want string) {
		t.Helper()
		if got := s.text(selector); got != want {
			t.Errorf("after %s: got %q, want %q", after, got, want)
		}
	}
	s.press(chromedp.Reload())
	same("a reload", "main table", basket)
	s.goTo("/clerk/return")
	s.press(chromedp.NavigateBack())
	same("Back", "main table", basket)
	s.act(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery), typed(kb.Enter))
	number := s.text(".receipt .code")
	s.press(chromedp.Reload())
	same("a reload", ".receipt .code", number)
	s.goTo("/clerk/close")
	s.press(chromedp.NavigateBack())
	same("Back", ".receipt .code", number)
	s.press(chromedp.NavigateForward())
	s.press(chromedp.NavigateBack())
	same("Forward and Back", ".receipt .code", number)
	s.scan(card[1])
	if last := s.text(".light"); !strings.Contains(last, number) {
		t.Errorf("got %q, want the last exchange to be %s", last, number)
	}
}

// TestDoubleEnter presses Enter twice, as a scanner with a worn key does, on an item and on the exchange: one piece, one exchange.
func TestDoubleEnter(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	s := atCounter(t, at)
	s.scan(card[1])
	s.act(typed(demoItems[0] + kb.Enter + kb.Enter))
	if got := s.text("main table"); !strings.Contains(got, "× 1") {
		t.Errorf("got %q, want one piece", got)
	}
	s.act(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery), typed(kb.Enter+kb.Enter))
	s.do(until(`document.querySelector(".receipt") !== null`))
	first := s.text(".receipt .code")
	s.scan(card[1])
	if last := s.text(".light"); !strings.Contains(last, first) {
		t.Errorf("got %q, want the last exchange to be %s, the only one", last, first)
	}
}

// demoItems are goods of the demo that its first shop has.
var demoItems = []string{"SKU-0001", "SKU-0002", "SKU-0003"}

// keys is somebody who has a keyboard and nothing else.
type keys struct{ *steps }

// to presses Tab until the element that a selector names has the focus, as somebody does who cannot use a mouse.
func (k keys) to(selector string) {
	k.t.Helper()
	for range 80 {
		var there bool
		k.apart(fmt.Sprintf("document.activeElement !== null && document.activeElement.matches(%q)", selector), &there)
		if there {
			return
		}
		k.do(chromedp.KeyEvent(kb.Tab))
	}
	k.t.Fatalf("Tab does not lead to %s\n%s", selector, k.state())
}

// types types into a field; choose takes an option of a list by its first letters.
func (k keys) types(selector, text string) {
	k.t.Helper()
	k.to(selector)
	k.do(chromedp.KeyEvent(text))
}

// goes leads to another page by the menu, which a phone opens first.
func (k keys) goes(path string) {
	k.t.Helper()
	if k.has(".menus") {
		k.to(".menus summary")
		k.do(chromedp.KeyEvent(kb.Enter))
	}
	k.enter(`.menu:not(.wide) a[href="` + path + `"]`)
}

// enter presses Enter on what a selector names, which loads another page.
func (k keys) enter(selector string) {
	k.t.Helper()
	k.to(selector)
	k.press(chromedp.KeyEvent(kb.Enter))
}

// TestByKeyboardAlone exchanges, prints a receipt's page, takes something back and closes the day without a mouse, and locks and opens the counter.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	printed := printedClerk.FindStringSubmatch(at.Printed)
	k := keys{&steps{tab: open(t, at)}}
	k.lang = "en"
	k.goTo("/clerk")
	k.press(typed(printed[2] + kb.Tab + printed[3] + kb.Enter))
	k.enter(".doors button")
	k.goes("/clerk/close")
	k.enter(`form:has([value="open_counter"]) .actions button`)
	if !k.has(".good") {
		t.Fatalf("the day was not opened\n%s", k.state())
	}
	k.goes("/clerk")
	k.scan(card[1])
	k.scan(demoItems[0])
	k.types("#holder_pin", card[2])
	k.press(chromedp.KeyEvent(kb.Enter))
	number := k.text(".receipt .code")

	k.scan(number) // leads to what comes back
	k.types("#bring_back-"+demoItems[0], "1")
	k.types("#bring_back-reason", kb.ArrowDown) // none is chosen beforehand
	k.enter("#bring_back-reason ~ .actions button")
	if !k.has(".good") {
		t.Fatalf("nothing came back\n%s", k.state())
	}
	k.goes("/clerk/return")
	k.types("#receipt-receipt", number)
	k.press(chromedp.KeyEvent(kb.Enter))
	if !k.has("#bring_back-reason") {
		t.Fatalf("the receipt was not found\n%s", k.state())
	}
	k.goes("/clerk/close")
	k.enter(`form:has([value="close_counter"]) .actions button`)
	if !k.has(".good") {
		t.Fatalf("the day was not closed\n%s", k.state())
	}
	k.goes("/clerk")
	k.enter(`form[action="/clerk/lock"] button`)
	k.press(typed(printed[3] + kb.Enter))
	if !k.has("#scan") {
		t.Errorf("the PIN does not open the counter\n%s", k.state())
	}
}

// TestDeskByKeyboardAlone walks through the menu of the desk and sends a form there without a mouse.
func TestDeskByKeyboardAlone(t *testing.T) {
	t.Parallel()
	k := keys{&steps{tab: open(t, serve(t))}}
	k.lang = "en"
	k.goTo("/desk")
	k.press(typed(steward.number + kb.Tab + demoPIN + kb.Enter))
	k.goes("/desk/people")
	k.types("#search-search", volunteer.number)
	k.press(chromedp.KeyEvent(kb.Enter))
	if got := k.text("main"); !strings.Contains(got, volunteer.number) {
		t.Errorf("got %q, want %s found", got, volunteer.number)
	}
}

// TestReceiptPrints prints a receipt on both papers, and again: each is one page of its size, with the proof once a checkpoint covers it.
func TestReceiptPrints(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	s := atCounter(t, at)
	s.lang = "en"
	s.scan(card[1])
	s.scan(demoItems[0])
	s.act(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery), typed(kb.Enter))
	number := s.text(".receipt .code")
	for _, paper := range []struct {
		name, box string // width in points
	}{{"slip", "227"}, {"a5", "420"}} {
		for _, path := range []string{"/clerk", "/clerk/receipt?receipt=" + number} {
			mark := "?"
			if strings.Contains(path, "?") {
				mark = "&"
			}
			s.goTo(path + mark + "paper=" + paper.name)
			pdf := s.pdf()
			boxes := pdfBox.FindAllSubmatch(pdf, -1)
			if len(boxes) != 1 || !strings.HasPrefix(string(boxes[0][1]), paper.box) {
				t.Errorf("%s on %s: got pages %q, want one that is %s points wide", path, paper.name, boxes, paper.box)
			}
		}
	}
	if got := s.text(".receipt"); !strings.Contains(got, "Printed again") {
		t.Errorf("got %q, want a reprint that says so", got)
	}
}

// pdf prints the page.
func (b *tab) pdf() (pdf []byte) {
	b.t.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	return pdf
}

var pdfBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) [0-9.]+\]`)

// TestSoundAndCamera hears a sound for good and for bad, and offers the camera where the browser reads codes and nowhere else.
func TestSoundAndCamera(t *testing.T) {
	t.Parallel()
	at := serve(t)
	s := atCounter(t, at)
	s.scan(printedCard.FindStringSubmatch(at.Printed)[1])
	s.do(until(`document.querySelector("#counter").dataset.played === "good"`))
	s.scan("V0000019")
	s.do(until(`document.querySelector("#counter").dataset.played === "bad"`))
	for _, able := range []struct {
		script string
		camera bool
	}{
		{`delete window.BarcodeDetector`, false}, // whatever this browser can by itself
		{`window.BarcodeDetector = class { detect() { return Promise.resolve([]); } };`, true},
	} {
		s.do(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(able.script).Do(ctx)
			return err
		}))
		s.press(chromedp.Reload())
		if able.camera {
			s.do(until(`document.querySelector("#camera") !== null`))
		} else if s.has("#camera") {
			t.Error("a camera is offered where nothing reads codes")
		}
	}
}

// TestStaffWithoutScript exchanges at the counter and approves at the desk where no script runs: a sound, the camera and the button that prints are
// all that is missing.
func TestStaffWithoutScript(t *testing.T) {
	t.Parallel()
	at := serve(t)
	card := printedCard.FindStringSubmatch(at.Printed)
	s := atCounter(t, at)
	s.do(emulation.SetScriptExecutionDisabled(true))
	s.goTo("/clerk")
	s.scan(card[1])
	s.scan(demoItems[0])
	s.act(chromedp.SetValue("#holder_pin", card[2], chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery), typed(kb.Enter))
	if number := s.text(".receipt .code"); !strings.HasPrefix(number, "R") {
		t.Errorf("got %q at the counter, want a receipt", number)
	}
	d := desk{s.tab}
	d.as(at, reviewer)
	d.goTo("/desk")
	waiting := regexp.MustCompile(`V[0-9]{7}`).FindString(strings.Join(d.rows("V0"), "\n"))
	d.approves(waiting)
	d.done()
}
