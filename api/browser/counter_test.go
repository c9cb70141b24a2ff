package browser_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

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
