package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aixin/ledger"
)

// rollForm is the form of the roll, and attendance the rows of who is there: what became of a form has no time.
const (
	rollForm   = `form:has([name="form"][value="roll"])`
	attendance = `[role="region"]:not(form *) tbody tr:has(td.day:nth-child(2))`
)

// TestRollByKeyboardAlone has a leader find and tick three people and type two who walked up, of whom one is nobody, without a mouse. What was
// refused stays typed; Enter twice, a reload and the Back button enter nobody twice.
func TestRollByKeyboardAlone(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	k := keys{&steps{tab: open(t, serve(t))}}
	k.do(emulation.SetDeviceMetricsOverride(320, phoneHeight, 1, false))
	k.lang = "en"
	k.goTo("/field")
	k.press(typed(leader.number + kb.Tab + demoPIN + kb.Enter))
	k.types("#open_session-activity", "A001")
	k.enter(`form:has([name="form"][value="open_session"]) .actions button`)
	page := "/field?session=" + k.value(rollForm+` [name="session"]`)

	var ids []string
	for i := range 4 {
		ids = append(ids, string(ledger.NewVolunteerID(i+1)))
	}
	k.types("#roll-walk_ups", "V999")
	for _, id := range ids[:3] {
		k.types("#roll-search", id)
		k.enter(rollForm + ` button[value="find"]`)
	}
	k.typedStays("V999")
	for _, id := range ids[:3] {
		k.types(fmt.Sprintf(`[name="tick"][value="%s"]`, id), " ")
	}
	k.to("#roll-walk_ups")
	k.do(chromedp.KeyEvent(kb.End + "\r" + ids[3]))
	k.to(rollForm + ` button[value="in"]`)
	k.press(chromedp.KeyEvent(kb.Enter + kb.Enter)) // a finger that shakes
	k.do(until(fmt.Sprintf(`document.querySelectorAll(%q).length === 4`, attendance)))
	k.came(ids)
	k.typedStays("V999")
	k.shoot("field-roll.en")
	k.press(chromedp.Reload())
	k.came(ids)
	k.typedStays("V999")
	k.accessible(t, axe)

	// What stayed is sent again as it is, in the other language: nobody else is entered by it.
	k.lang = "zh"
	k.goTo(page)
	k.types("#roll-walk_ups", "V999")
	k.enter(rollForm + ` button[value="in"]`)
	k.came(ids)
	k.typedStays("V999")
	k.accessible(t, axe)
	k.shoot("field-roll.zh")
	for _, k.lang = range []string{"zh", "en"} {
		for _, k.size = range []string{"normal", "large"} {
			k.goTo(page)
			k.came(ids)
			k.accessible(t, axe)
		}
	}
}

// typedStays wants a line to stay typed, alone.
func (k keys) typedStays(want string) {
	k.t.Helper()
	if got := strings.TrimSpace(k.value("#roll-walk_ups")); got != want {
		k.t.Errorf("who walked up: got %q, want %q to be there still\n%s", got, want, k.state())
	}
}

// came wants each of these people there, once, and nobody else.
func (k keys) came(ids []string) {
	k.t.Helper()
	var rows []string
	k.apart(fmt.Sprintf(`[...document.querySelectorAll(%q)].map(row => row.innerText)`, attendance), &rows)
	for _, id := range ids {
		n := 0
		for _, row := range rows {
			if strings.Contains(row, id) {
				n++
			}
		}
		if n != 1 || len(rows) != len(ids) {
			k.t.Errorf("%s: got %d times in %q, want once", id, n, rows)
		}
	}
}

// TestMenuOfAPhone finds a page by the menu of a phone, which is closed, so that the first screen has what the page is for.
func TestMenuOfAPhone(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	b := open(t, serve(t))
	for _, lang := range []string{"zh", "en"} {
		b.lang = lang
		b.forget()
		b.signIn("/desk", steward)
		var top float64
		b.apart(`document.querySelector("main section").getBoundingClientRect().top`, &top)
		if top > phoneHeight/2 {
			t.Errorf("%s: the page begins %g pixels below the top, want the upper half of the screen", lang, top)
		}
		b.shoot("desk-phone." + lang)
		b.do(chromedp.Click(".menus summary", chromedp.ByQuery))
		b.accessible(t, axe)
		b.shoot("desk-phone-menu." + lang)
		b.press(chromedp.Click(`.menus a[href="/desk/goods"]`, chromedp.ByQuery))
		if !b.has(`.menus a[href="/desk/goods"][aria-current]`) {
			t.Errorf("%s: got\n%s\nwant the page of the goods", lang, b.state())
		}
	}
}
