package api_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
)

// cardless is a registry that answers with an error whoever asks whose a card is.
type cardless struct {
	*people
	err error
}

func (f *cardless) FindByCard(ctx context.Context, text string) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	return f.people.FindByCard(ctx, text)
}

// atCardless signs a clerk in at the shop of a book whose cards may be void, or not to be looked up.
func atCardless(t *testing.T, b *book) (*counter, *cardless) {
	t.Helper()
	cfg := config(b)
	who := &cardless{people: newPeople(b)}
	cfg.People = who
	c := &counter{visitor: newVisitor(t, newServer(t, cfg), "en")}
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	c.press("shop/S01")
	return c, who
}

// lacks looks for what must not be on the page.
func (c *counter) lacks(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		if strings.Contains(c.page, text) {
			c.t.Errorf("the counter has %q:\n%s", text, c.page[strings.Index(c.page, "<main>"):])
		}
	}
}

func numberOf(i ledger.Index) string { return "P" + strings.TrimPrefix(api.ReceiptNumber(i), "R") }

// What was set aside for one is never handed to another: a card that is void takes its hold along, and one that cannot be looked up leaves both.
func TestCounterHoldStaysWithItsVolunteer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		said string
	}{
		{"void", person.ErrNotFound, "card"},
		{"not to be looked up", context.DeadlineExceeded, "Clear, next person"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := fetching(t)
			held := b.hold(t, "S01", ledger.ItemLine{Item: "SKU-0001", Pieces: 3})
			c, who := atCardless(t, b)
			c.scan(card)
			c.press("hold/" + numberOf(held))
			c.shows("May collect")
			who.err = tt.err
			c.look("/clerk")
			c.shows(`role="alert"`, tt.said)
			c.scan(string(li))
			c.lacks(numberOf(held), "May collect", `name="hold"`)
			before := len(b.text)
			c.post(url.Values{"scan": {""}, "holder_pin": {pin}})
			if len(b.text) != before {
				t.Errorf("an Enter of the next volunteer posted\n%s", b.text[before])
			}
		})
	}

	t.Run("of a form", func(t *testing.T) { // which a server that was started again goes on from
		t.Parallel()
		b := fetching(t)
		held := b.hold(t, "S01", ledger.ItemLine{Item: "SKU-0001", Pieces: 3})
		c, _ := atCardless(t, b)
		c.scan(card)
		c.press("hold/" + numberOf(held))
		form := c.form
		form.Set("card", string(li))
		c, _ = atCardless(t, b)
		clear(c.cookies)
		c.form = form
		c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
		c.shows("May not", "set aside for somebody else")
		before := len(b.text)
		c.post(url.Values{"scan": {""}, "holder_pin": {pin}})
		c.shows("set aside for somebody else")
		if len(b.text) != before {
			t.Errorf("the PIN of another collected:\n%s", b.text[before])
		}
	})
}

// An exchange that somebody came for is never made as the owner's own: where who came is gone, so is the basket, and where they cannot be
// looked up, both stay.
func TestCounterProxyIsNotLost(t *testing.T) {
	t.Parallel()
	begun := func(t *testing.T) (*book, *counter, *cardless) {
		t.Helper()
		b := fetching(t)
		b.do(t, "U000006", &ledger.SetProxy{Volunteer: li, Proxy: wang, Relation: ledger.Neighbour})
		c, who := atCardless(t, b)
		c.scan(card)
		c.press("proxy")
		c.scan(string(li))
		c.scan("SKU-0001")
		c.shows("Goes to:", "May exchange")
		return b, c, who
	}
	t.Run("void", func(t *testing.T) {
		t.Parallel()
		b, c, who := begun(t)
		old := c.form
		who.err = person.ErrNotFound
		before := len(b.text)
		c.scan("")
		c.shows(`role="alert"`, "Scan a card")
		c.lacks("May exchange", string(li), "SKU-0001=")
		c.form.Set("holder_pin", pin)
		c.scan("")
		c.form = old
		c.scan("SKU-0001") // an idle counter takes it, as goods of nobody yet
		c.lacks("May exchange", string(li))
		if len(b.text) != before {
			t.Errorf("an exchange without who came was posted:\n%s", b.text[before])
		}
	})
	t.Run("the owner's card is void", func(t *testing.T) {
		t.Parallel()
		b := fetching(t)
		c, who := atCardless(t, b)
		c.scan(string(li))
		c.press("proxy")
		c.scan(card)
		c.scan("SKU-0001")
		who.err = person.ErrNotFound
		c.look("/clerk")
		c.shows(`role="alert"`, "Collected for whom?", string(li))
		c.lacks("SKU-0001=", card)
	})
	t.Run("not to be looked up", func(t *testing.T) {
		t.Parallel()
		b, c, who := begun(t)
		for _, err := range []error{context.DeadlineExceeded, context.Canceled, api.ErrNotReady} {
			who.err = err
			c.look("/clerk")
			c.shows(`role="alert"`, `name="proxy"`, "SKU-0001=1", "Clear, next person")
			c.lacks("May exchange")
		}
		who.err = api.ErrFault
		body(t, c.get("/clerk"), 500)
		who.err = nil
		c.look("/clerk")
		c.shows("Goes to:", "May exchange", string(wang))
		before := len(b.text)
		c.scan("")
		c.shows("Exchanged")
		if sold, _ := b.entry(ledger.Index(before)).Sold(); sold.Volunteer != li || sold.Proxy != wang {
			t.Errorf("got %+v, want %s by %s", sold, li, wang)
		}
	})
}

// The slip that one signed proves nothing of the next: a page that was left open carries it no further.
func TestCounterSlipOfAnOldPage(t *testing.T) {
	t.Parallel()
	_, c := atShelf(t)
	c.scan(string(wang))
	c.scan("SKU-0001")
	c.form.Set("slip", "A0042")
	c.scan("SKU-0002")
	old := c.form
	old.Set("slip", "A0042")
	c.scan("")
	c.shows("Exchanged")
	c.form = old
	c.scan(string(li)) // counts, since nothing lies in the way
	c.shows(string(li))
	c.scan("SKU-0001")
	c.shows("signed a numbered slip")
	c.lacks(`value="A0042"`)
}

// The slip of one whose points they were proves nothing once they are another's: not where the two cards change places, and not where the
// one who signed only fetches.
func TestCounterSlipOfTheOtherCard(t *testing.T) {
	t.Parallel()
	_, c := atShelf(t)
	for _, button := range []string{"swap", "proxy"} {
		if button == "swap" {
			c.scan(string(li))
			c.press("proxy")
		}
		c.scan(string(wang))
		c.scan("SKU-0001")
		c.form.Set("slip", "A0042")
		c.scan("SKU-0002")
		c.shows(`value="A0042"`)
		c.press(button)
		c.lacks(`value="A0042"`)
		c.press("clear")
	}
}

// A slip heals one refusal and no other: the word of a red light is that it may not be, and the slip that was typed is still there.
func TestCounterSlipIsNoExcuse(t *testing.T) {
	t.Parallel()
	_, c := atShelf(t)
	c.scan(string(wang))
	c.scan("SKU-0001")
	c.form.Set("slip", "A0042")
	c.scan("40*")
	c.scan("SKU-0001")
	c.shows("✗ May not exchange", "Not enough points", `value="A0042"`)
	c.lacks("signed a numbered slip")
}

// Who came is said after the hold was opened too: whose it is stays, and nothing is handed out before the card of who came was scanned.
func TestCounterHoldByProxy(t *testing.T) {
	t.Parallel()
	b := fetching(t)
	b.do(t, "U000006", &ledger.SetProxy{Volunteer: wang, Proxy: li, Relation: ledger.Neighbour})
	held := b.hold(t, "S01", ledger.ItemLine{Item: "SKU-0001", Pieces: 3})
	c := atCounter(t, b, "U000005")
	c.press("shop/S01")
	c.scan(numberOf(held))
	for _, proxy := range []string{"proxy", "+PROXY"} {
		c.press("aside")
		c.scan(numberOf(held))
		if proxy == "proxy" {
			c.press(proxy)
		} else {
			c.scan(proxy)
		}
		c.shows("Who came to collect?", string(wang), numberOf(held), "once the card of who came was scanned")
		c.lacks(`value="proxy"`)
	}
	before := len(b.text)
	c.post(url.Values{"scan": {""}, "holder_pin": {pin}})
	if len(b.text) != before {
		t.Fatalf("a hold was handed out before it was said to whom:\n%s", b.text[before])
	}
	c.scan(card)
	c.shows("the card of whose points they are")
	c.scan(string(li))
	c.shows("Who came to collect:", "Goes to:", "May collect")
	c.lacks(`value="swap"`)
	c.scan("")
	c.shows("Exchanged", "Collected by", string(li))
	if sold, ok := b.entry(ledger.Index(before)).Sold(); !ok || sold.Volunteer != wang || sold.Proxy != li || sold.Presence != ledger.ByProxy {
		t.Errorf("got %+v, want %s by %s", sold, wang, li)
	}
}

// A hold of somebody else clears the counter, and says so; where its volunteer is the one who is served, goods come first.
func TestCounterHoldMakesWay(t *testing.T) {
	t.Parallel()
	b := fetching(t)
	held := b.hold(t, "S01", ledger.ItemLine{Item: "SKU-0001", Pieces: 3})
	c := atCounter(t, b, "U000005")
	c.press("shop/S01")
	c.scan(numberOf(held))
	c.lacks("was cleared")
	c.press("clear")
	c.scan(card)
	c.press("proxy")
	c.scan(string(li))
	c.scan("SKU-0002")
	c.scan(numberOf(held))
	c.shows("was cleared", numberOf(held))
	c.lacks("SKU-0002=", "Who came to collect:")
	c.scan("SKU-0001")
	c.lacks("was cleared")
	c.press("clear")
	c.scan(string(li))
	c.scan("SKU-0002")
	c.press("proxy")
	c.scan(numberOf(held))
	c.shows("goods lie on the counter")
}
