package api_test

import (
	"context"
	"errors"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// counter is a browser at the counter: it sends back what the form on its page carries, with what is scanned.
type counter struct {
	*visitor
	form url.Values
	page string
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// atCounter signs a clerk in at the shop.
func atCounter(t *testing.T, b *book, clerk string) *counter {
	t.Helper()
	c := &counter{visitor: newVisitor(t, newServer(t, config(b)), "en")}
	c.post(url.Values{"number": {clerk}, "pin": {pin}}, http.StatusOK)
	return c
}

// post sends a form of the page, and reads the form of the page that comes back: the last one carries what is on the counter.
func (c *counter) post(with url.Values, status int) {
	c.t.Helper()
	form := url.Values{}
	maps.Copy(form, c.form)
	maps.Copy(form, with)
	resp := c.do(http.MethodPost, "/clerk", form)
	c.page = body(c.t, resp, status)
	checkPage(c.t, resp, c.page)
	c.form = url.Values{}
	desks := strings.Split(c.page, `<form method="post" action="/clerk">`)
	for _, m := range hidden.FindAllStringSubmatch(desks[len(desks)-1], -1) {
		c.form.Add(m[1], html.UnescapeString(m[2]))
	}
}

// scan types what a scanner read, and Enter.
func (c *counter) scan(text string) { c.t.Helper(); c.post(url.Values{"scan": {text}}, http.StatusOK) }

// press presses a button.
func (c *counter) press(button string) {
	c.t.Helper()
	c.post(url.Values{"do": {button}}, http.StatusOK)
}

func (c *counter) shows(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		if !strings.Contains(c.page, text) {
			c.t.Errorf("the counter lacks %q:\n%s", text, c.page[strings.Index(c.page, "<main>"):])
		}
	}
}

// An exchange of three goods is four scans and one Enter. Sent again, by a second Enter or a reload, it is the same exchange.
func TestCounter(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.shows("Scan a card")
	before := len(b.text)
	c.scan(card)
	c.shows("May exchange", "46.5 points", "Scan the goods", "Last exchange")
	c.scan("SKU-0001")
	c.scan("2*")
	c.scan("ｓｋｕ-0002") // from a keyboard in full width
	c.scan("SKU-0001")
	c.shows("× 2", "12 points", "34.5 points", "press Enter")
	last := c.form
	c.scan("")
	c.shows("Exchanged", "R0000", "Balance <strong>34.5 points</strong>", "Scan a card")
	if len(b.text) != before+1 {
		t.Fatalf("got %d entries more, want one", len(b.text)-before)
	}
	e := b.entry(ledger.Index(before))
	if sold, ok := e.Sold(); !ok || sold.Presence != ledger.ByCard || e.Actor != "U000005" {
		t.Errorf("got %+v", e)
	}
	c.form = last
	c.scan("")
	c.shows("exchanged already, and only once", "34.5 points")
	if len(b.text) != before+1 {
		t.Errorf("a second Enter made %d entries", len(b.text)-before)
	}

	undo := "undo/" + strconv.FormatInt(int64(e.Index), 10)
	c.press(undo)
	c.shows("Undone")
	c.press(undo)
	if len(b.text) != before+2 {
		t.Errorf("undone %d times", len(b.text)-before-1)
	}
	c.scan(string(wang))
	c.shows("46.5 points")
}

// What cannot be is said before Enter is pressed, and again when it is; nothing that was scanned is lost.
func TestCounterRefuses(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(string(wang))
	c.scan("20*")
	c.scan("SKU-0001")
	c.scan("2*")
	c.scan("SKU-0002")
	c.shows("May not exchange", "✗")
	before := len(b.text)
	c.post(url.Values{"scan": {""}}, http.StatusUnprocessableEntity)
	c.shows("Not enough points", "SKU-0001=20", "SKU-0002=2")
	if len(b.text) != before+1 || b.entry(ledger.Index(before)).Kind != ledger.Refused {
		t.Errorf("got %d entries more, want the refusal", len(b.text)-before)
	}
	c.press("less")
	c.shows("May exchange", "× 20")
	c.scan("")
	c.shows("Exchanged")

	for scanned, want := range map[string]string{
		"V0000019": "check digit", "SKU-0099": "SKU-0099", "AXNBSWY3DPEBLW64TMMQQQ43TPOB": "", "洗衣粉": "",
	} {
		c.post(url.Values{"scan": {scanned}}, http.StatusUnprocessableEntity)
		c.shows(`role="alert"`, want, html.EscapeString(scanned)) // in the box, to be corrected
	}
	c.scan(string(li)) // is frozen
	c.scan("SKU-0001")
	c.shows("May not exchange", "frozen")
}

// A session that ended in the middle loses nothing: whoever signs in finds the counter as it was.
func TestCounterSessionEnds(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(card)
	c.scan("SKU-0001")
	clear(c.cookies)
	c.post(url.Values{"scan": {"SKU-0002"}}, http.StatusUnauthorized)
	c.shows("What was scanned is still there", "SKU-0001=1")
	c.post(url.Values{"number": {"U000005"}, "pin": {"000000"}}, http.StatusUnauthorized)
	c.shows("Wrong number or PIN", "SKU-0001=1")
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}}, http.StatusOK)
	c.shows("May exchange", "SKU-0001=1", `value="SKU-0002"`)
	c.scan("SKU-0002")
	c.scan("")
	c.shows("Exchanged", "6 points")
}

// The counter is for clerks: neither a reviewer nor a volunteer gets in, and another site's form does nothing.
func TestCounterIsForClerks(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := &counter{visitor: newVisitor(t, newServer(t, config(b)), "en")}
	c.post(url.Values{"number": {"U000003"}, "pin": {pin}}, http.StatusForbidden)
	c.post(url.Values{"number": {string(wang)}, "pin": {pin}}, http.StatusUnauthorized)
	if len(c.cookies) > 0 {
		t.Errorf("got cookies %v", c.cookies)
	}
	c = atCounter(t, b, "U000005")
	body(t, c.do(http.MethodPost, "/clerk/leave", url.Values{}), http.StatusSeeOther)
	c.post(url.Values{"scan": {card}}, http.StatusUnauthorized)
}

var counterKey = regexp.MustCompile(`counter/[A-Z2-7]{26}`)

// What a clerk sees, in both languages: nobody there, goods on the counter, what cannot be, and the receipt.
func TestCounterPages(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t, newBook(t), "U000005")
			c.lang = lang
			looks := func(name string) {
				t.Helper()
				compare(t, "../testdata/pages/counter-"+name+"."+lang+".html", counterKey.ReplaceAll([]byte(c.page), []byte("counter/KEY")))
			}
			c.press("clear")
			looks("idle")
			c.scan(card)
			c.scan("30*")
			c.scan("SKU-0001")
			looks("refused")
			c.press("less")
			c.scan("SKU-0001")
			looks("basket")
			c.scan("")
			looks("done")
		})
	}
}

// shaky carries commands out, and answers with the errors that it is given first.
type shaky struct {
	*book
	errs []error
}

func (s *shaky) Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	if len(s.errs) == 0 {
		return s.book.Submit(ctx, c)
	}
	err := s.errs[0]
	s.errs = s.errs[1:]
	if errors.Is(err, api.ErrUnknown) { // the answer was lost, and not the exchange
		if _, err := s.book.Submit(ctx, c); err != nil {
			return ledger.Receipt{}, err
		}
	}
	return ledger.Receipt{}, err
}

// Whatever went wrong between, an exchange whose answer was lost is made once: only a refusal of the book frees its key.
func TestCounterNeverExchangesTwice(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := &counter{visitor: nil}
	cfg := config(b)
	cfg.Writes = &shaky{b, []error{api.ErrUnknown, api.ErrBusy, api.ErrStopped}}
	c.visitor = newVisitor(t, newServer(t, cfg), "en")
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}}, http.StatusOK)
	c.scan(card)
	c.scan("SKU-0001")
	before := len(b.text)
	for range 3 {
		c.post(url.Values{"scan": {""}}, http.StatusUnprocessableEntity)
	}
	c.scan("")
	c.shows("exchanged already, and only once")
	if len(b.text) != before+1 {
		t.Errorf("got %d entries more, want one", len(b.text)-before)
	}
}

// A wrong PIN of the volunteer counts once, and whose role has ended is asked to sign in.
func TestCounterAsksAgain(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(card)
	c.scan("SKU-0001")
	for range 4 { // five lock the account
		c.post(url.Values{"scan": {""}, "holder_pin": {"000000"}}, http.StatusUnprocessableEntity)
	}
	c.post(url.Values{"scan": {""}, "holder_pin": {pin}}, http.StatusOK)
	c.shows("Exchanged")
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000005", Roles: []ledger.Role{ledger.Reviewer}})
	c.post(url.Values{"scan": {card}}, http.StatusUnauthorized)
	if strings.Contains(c.page, "46.5") {
		t.Error("whoever is no clerk any more sees a balance")
	}
}
