package api_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/proof"
)

// counter is a browser at the counter: it sends back what the form on its page carries, with what is scanned.
type counter struct {
	*visitor
	form url.Values
	page string
	at   string // the address to which the last form led
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// atCounter signs a clerk in at the shop.
func atCounter(t *testing.T, b *book, clerk string) *counter {
	t.Helper()
	c := &counter{visitor: newVisitor(t, newServer(t, config(b)), "en")}
	c.post(url.Values{"number": {clerk}, "pin": {pin}})
	return c
}

// post sends a form of the page, follows where it leads, and reads the form of that page: the last one carries what is on the counter.
func (c *counter) post(with url.Values) {
	c.t.Helper()
	form := url.Values{}
	maps.Copy(form, c.form)
	maps.Copy(form, with)
	c.follow(c.do(http.MethodPost, "/clerk", form))
}

// follow reads the page to which a form sends the browser. No form is answered by a page, which Back and reload would send again.
func (c *counter) follow(resp *http.Response) {
	c.t.Helper()
	body(c.t, resp, http.StatusSeeOther)
	c.at = resp.Header.Get("Location")
	if strings.ContainsAny(c.at, "VU") || strings.Contains(c.at, "AX") {
		c.t.Errorf("the address %s says something of somebody", c.at)
	}
	c.look(c.at)
}

// look opens a page.
func (c *counter) look(target string) {
	c.t.Helper()
	resp := c.get(target)
	c.page = body(c.t, resp, http.StatusOK)
	checkPage(c.t, resp, c.page)
	c.form = url.Values{}
	desks := strings.Split(c.page, `<form method="post" action="/clerk">`)
	for _, m := range hidden.FindAllStringSubmatch(desks[len(desks)-1], -1) {
		c.form.Add(m[1], html.UnescapeString(m[2]))
	}
}

// scan types what a scanner read, and Enter.
func (c *counter) scan(text string) { c.t.Helper(); c.post(url.Values{"scan": {text}}) }

// press presses a button.
func (c *counter) press(button string) {
	c.t.Helper()
	c.post(url.Values{"do": {button}})
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
	c.look("/clerk")
	c.shows("exchanged already, and only once")
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
	c.post(url.Values{"scan": {""}})
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
		c.post(url.Values{"scan": {scanned}})
		c.shows(`role="alert"`, want, html.EscapeString(scanned)) // in the box, to be corrected
	}
	c.scan(string(li)) // is frozen, which is said before goods are fetched
	c.shows("May not exchange", "frozen")
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
	delete(c.cookies, "aixin_work")
	c.scan("SKU-0002")
	c.shows("What was scanned is still there")
	c.post(url.Values{"number": {"U000005"}, "pin": {"000000"}})
	c.shows("Wrong number or PIN", `value="U000005"`)
	c.look("/clerk")
	c.shows("Wrong number or PIN")
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	c.shows("May exchange", "SKU-0001=1", `value="SKU-0002"`)
	c.scan("SKU-0002")

	// A server that was started again knows nothing, and goes on from the page that the clerk has before them.
	c.look("/clerk")
	form := c.form
	clear(c.cookies)
	c.form = url.Values{}
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}, "key": form["key"], "step": form["step"], "card": form["card"], "line": form["line"], "shop": form["shop"]})
	c.shows("SKU-0001=1", "SKU-0002=1")
	c.scan("")
	c.shows("Exchanged", "6 points")
}

// A form that is sent again by a second Enter, from an old page or by a slow line is answered once. What was scanned on an old page counts.
func TestCounterStep(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(card)
	old := c.form
	c.scan("SKU-0001")
	c.form = old
	c.scan("SKU-0001") // its second Enter
	c.shows("SKU-0001=1")
	c.form = old
	c.scan("SKU-0002") // scanned before the page with the first was there
	c.shows("SKU-0001=1", "SKU-0002=1")
	before := len(b.text)
	for _, enter := range []string{"", "+OK"} {
		c.form = old
		c.scan(enter)
		c.shows("SKU-0001=1", "SKU-0002=1")
	}
	if len(b.text) != before {
		t.Error("an old page exchanged what its clerk had not seen")
	}
	c.form = old
	c.press("clear")
	c.shows("SKU-0001=1")
}

// A page that was left open while the next volunteer came puts nothing into their basket: it says so, with what to do.
func TestCounterOldPage(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(card)
	c.scan("SKU-0001")
	old := c.form
	c.press("clear")
	c.scan("V0000026")
	for _, late := range []string{"SKU-0002", "3*", card, "+OK", ""} {
		c.form = old
		c.scan(late)
		c.shows("That page was of another basket", "scan it again")
		if strings.Contains(c.page, "SKU-0002=") || strings.Contains(c.page, "V0000018") {
			t.Fatalf("an old page posted %q into the next basket:\n%s", late, c.page)
		}
	}
	c.scan("SKU-0001") // the page as it is now goes on
	c.shows("SKU-0001=1", "V0000026")
	c.scan("V0000018") // and so does what was scanned before its page was there, where nothing lies in the way
	c.shows("V0000018")
}

// The book refused a basket, which has another key since: what the scanner read before the page of the refusal was there belongs to it, and
// a second Enter from there leaves the reason standing. Once the counter is empty, that page is of another basket like any other.
func TestCounterScansOnAfterARefusal(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.scan(card)
	c.scan("40*")
	c.scan("SKU-0001")
	old := c.form
	c.scan("")
	c.shows("Not enough points")
	before := len(b.text)
	for _, enter := range []string{"", "+OK"} {
		c.form = old
		c.scan(enter)
		c.shows("Not enough points")
	}
	if len(b.text) != before {
		t.Error("an Enter from the page before asked the book again")
	}
	c.form = old
	c.scan("SKU-0002")
	c.shows("SKU-0001=40", "SKU-0002=1")
	if strings.Contains(c.page, "of another basket") {
		t.Errorf("the page of this basket is called another's:\n%s", c.page)
	}
	c.press("clear")
	c.scan("V0000026")
	c.form = old
	c.scan("SKU-0001")
	c.shows("That page was of another basket")
}

// Another clerk takes the counter over as it is, with number and PIN; until the PIN is right, whoever was on duty still is.
func TestCounterIsTakenOver(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000007", Roles: []ledger.Role{ledger.Clerk}})
	cfg := config(b)
	cfg.People = workers{newPeople(b)}
	c := &counter{visitor: newVisitor(t, newServer(t, cfg), "en")}
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	c.scan(card)
	c.scan("SKU-0001")
	c.look("/clerk/switch")
	c.post(url.Values{"number": {"U000007"}, "pin": {"000000"}})
	c.shows("Wrong number or PIN", "back to the counter")
	c.look("/clerk")
	c.shows("U000005", "SKU-0001=1")
	token := c.cookies["aixin_work"].Value
	c.look("/clerk/switch")
	c.post(url.Values{"number": {"U000007"}, "pin": {pin}})
	c.shows("U000007", "SKU-0001=1")
	if c.cookies["aixin_work"].Value == token {
		t.Error("the session of who was on duty goes on")
	}
	before := len(b.text)
	c.scan("")
	c.shows("Exchanged")
	if e := b.entry(ledger.Index(before)); e.Actor != "U000007" {
		t.Errorf("got an exchange by %s, want U000007", e.Actor)
	}
}

// A counter that nobody uses is locked, and so is one whose clerk says so: the PIN alone opens it, and nothing is lost.
func TestCounterLocks(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"idle", "button"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			c := atCounter(t, b, "U000005")
			c.scan(card)
			c.scan("SKU-0001")
			if by == "idle" {
				b.set(b.clock.Add(10 * time.Minute))
			} else {
				c.follow(c.do(http.MethodPost, "/clerk/lock", url.Values{}))
			}
			c.look("/clerk")
			c.shows("Locked", "U000005", "What was scanned is still there")
			if strings.Contains(c.page, `name="number"`) || strings.Contains(c.page, "46.5") {
				t.Errorf("a locked counter shows more than it must:\n%s", c.page)
			}
			if got := body(t, c.get("/desk"), http.StatusOK); !strings.Contains(got, "Locked") {
				t.Error("a locked browser opens the desk")
			}
			c.scan("SKU-0002")
			c.shows("Locked")
			c.post(url.Values{"pin": {"000000"}})
			c.shows("Wrong number or PIN", "Locked")
			c.post(url.Values{"pin": {pin}})
			c.shows("SKU-0001=1", `value="SKU-0002"`)
			b.set(b.clock.Add(9 * time.Minute))
			c.look("/clerk")
			c.shows("SKU-0001=1")
			b.set(b.clock.Add(31 * time.Minute))
			c.post(url.Values{"pin": {pin}})
			c.shows(`name="number"`)
		})
	}
}

// The counter is for clerks: neither a reviewer nor a volunteer gets in, and another site's form does nothing.
func TestCounterIsForClerks(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := &counter{visitor: newVisitor(t, newServer(t, config(b)), "en")}
	c.post(url.Values{"number": {"U000003"}, "pin": {pin}})
	c.shows(`role="alert"`)
	c.post(url.Values{"number": {string(wang)}, "pin": {pin}})
	c.shows(`role="alert"`)
	if _, in := c.cookies["aixin_work"]; in {
		t.Errorf("got cookies %v", c.cookies)
	}
	c = atCounter(t, b, "U000005")
	c.scan(card)
	body(t, c.do(http.MethodPost, "/clerk/leave", url.Values{}), http.StatusSeeOther)
	c.form = url.Values{}
	c.scan(card)
	c.shows(`name="pin"`)
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	if strings.Contains(c.page, "46.5") {
		t.Error("who left left a card on the counter")
	}
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
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	c.scan(card)
	c.scan("SKU-0001")
	before := len(b.text)
	for range 3 {
		c.post(url.Values{"scan": {""}})
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
		c.post(url.Values{"scan": {""}, "holder_pin": {"000000"}})
	}
	c.post(url.Values{"scan": {""}, "holder_pin": {pin}})
	c.shows("Exchanged")
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000005", Roles: []ledger.Role{ledger.Reviewer}})
	c.post(url.Values{"scan": {card}})
	c.shows(`name="number"`)
	if strings.Contains(c.page, "46.5") {
		t.Error("whoever is no clerk any more sees a balance")
	}
}

// The one box takes whatever is scanned, and each kind does its own: what can be two things is the first of them.
func TestCounterScans(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddItem{Item: "SKU-0011", Name: "毛巾", Label: "6901234567892", Points: 300, From: ledger.DateOf(b.clock)})
	b.do(t, "U000006", &ledger.AddItem{Item: "SKU-0012", Name: "牙膏", Label: "0012345678905", Points: 300, From: ledger.DateOf(b.clock)})
	b.do(t, "U000006", &ledger.AddItem{Item: "SKU-0013", Name: "脸盆", Label: "B-07", Points: 300, From: ledger.DateOf(b.clock)})
	sold := slices.IndexFunc(b.text, func(line []byte) bool { return strings.Contains(string(line), `"redeemed"`) })
	receipt := api.ReceiptNumber(ledger.Index(sold))
	tests := []struct {
		name, scan string
		at         string // where the browser is sent
		want       string // and what it finds there
	}{
		{"card", card, "/clerk", "46.5 points"},
		{"card in small letters", strings.ToLower(card), "/clerk", "46.5 points"},
		{"number", string(wang), "/clerk", "46.5 points"},
		{"number without V", strings.TrimPrefix(string(wang), "V"), "/clerk", "46.5 points"},
		{"item", "SKU-0001", "/clerk", "SKU-0001=1"},
		{"EAN-13", "6901234567892", "/clerk", "SKU-0011=1"},
		{"UPC as twelve digits", "012345678905", "/clerk", "SKU-0012=1"},
		{"UPC as thirteen digits", "0012345678905", "/clerk", "SKU-0012=1"},
		{"shelf label", "b-07", "/clerk", "SKU-0013=1"},
		{"EAN of nothing here", "6900000000007", "/clerk", "no item has this code"},
		{"quantity", "3*", "/clerk", "3 ×"},
		{"quantity in full width", "３×", "/clerk", "3 ×"},
		{"receipt", receipt, "/clerk/return?receipt=" + receipt, "that come back"},
		{"attendance list, by whoever leads nothing", "AXS12", "/clerk", "leader"},
		{"confirm with nothing there", "+OK", "/clerk", "Scan a card"},
		{"clear", "+CLEAR", "/clerk", "Scan a card"},
		{"a number with a slip of the finger", "V0000019", "/clerk", "check digit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := atCounter(t, b, "U000005")
			form := url.Values{"scan": {tt.scan}}
			maps.Copy(form, c.form)
			resp := c.do(http.MethodPost, "/clerk", form)
			body(t, resp, http.StatusSeeOther)
			if got := resp.Header.Get("Location"); got != tt.at {
				t.Fatalf("%s: got sent to %s, want %s", tt.scan, got, tt.at)
			}
			if tt.want != "" {
				c.look(tt.at)
				c.shows(tt.want)
			}
		})
	}
	c := atCounter(t, b, "U000005")
	c.scan(card)
	c.scan("2*")
	c.scan("B-07")
	c.scan("6901234567892")
	c.scan("+LESS")
	c.shows("SKU-0013=2")
	if strings.Contains(c.page, "SKU-0011=") {
		t.Error("the code for less took nothing off")
	}
	c.press("clear")
	c.scan(card)
	c.scan("SKU-0001")
	c.scan("+OK")
	c.shows("Exchanged")
	c.scan("+UNDO")
	c.shows("Undone")
}

// proving is a book that proves its entries, under a note of all of them.
type proving struct{ *book }

func (p proving) Inclusion(_ context.Context, i, _ ledger.Index) ([]ledger.Hash, error) {
	var tree proof.Tree
	for _, line := range p.text {
		if err := tree.Append(ledger.LeafHash(line)); err != nil {
			return nil, err
		}
	}
	return tree.ProveInclusion(i)
}

// A receipt says what was exchanged out of which lots, what is left and expires next, and carries its number and its proof as codes; printed
// again it says that it is.
func TestReceipt(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	cfg := config(b)
	cfg.Journal = proving{b}
	cfg.Checkpoints = api.CheckpointFunc(func(context.Context) ([]byte, error) {
		return fmt.Appendf(nil, "aixin.example/test\n%d\n%s\n", len(b.text), strings.Repeat("A", 43)+"="), nil
	})
	c := &counter{visitor: newVisitor(t, newServer(t, cfg), "en")}
	c.post(url.Values{"number": {"U000005"}, "pin": {pin}})
	c.scan(card)
	c.scan("SKU-0001")
	c.scan("")
	said := []string{"Exchanged", "V0000018", "U000005", " of lot ", "Balance <strong>44.5 points", "Expires next:", `class="qr small"`, `class="qr proof"`, "anybody can check"}
	c.shows(said...)
	if strings.Contains(c.page, "Printed again") {
		t.Error("the first print says that it is another")
	}
	number := regexp.MustCompile(`R\d{6}`).FindString(c.page)
	c.look("/clerk/receipt?receipt=" + number)
	c.shows(append(said[1:], "Printed again", number, `class="receipt"`)...)
	c.look("/clerk/receipt?receipt=" + number + "&paper=a5")
	c.shows(`class="receipt a5"`)
	c.look("/clerk/receipt?receipt=" + number)
	c.shows(`class="receipt a5"`) // as it was chosen
	body(t, c.get("/clerk/receipt?receipt=R000001"), http.StatusNotFound)
	body(t, c.get("/clerk/receipt?receipt=R999999"), http.StatusNotFound)
	clear(c.cookies)
	body(t, c.get("/clerk/receipt?receipt="+number), http.StatusSeeOther) // to sign in
}

// A sound is heard once for each scan, good or bad, and none where somebody turned them off.
func TestCounterBeeps(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := atCounter(t, b, "U000005")
	c.shows(`data-beep=""`, `<script src="/counter.js`)
	c.scan(card)
	c.shows(`data-beep="good"`)
	c.look("/clerk")
	c.shows(`data-beep=""`)
	c.scan("V0000019")
	c.shows(`data-beep="bad"`)
	c.scan("30*")
	c.scan("SKU-0001")
	c.shows(`data-beep="bad"`, "May not exchange")
	c.look("/clerk?sound=off")
	c.shows("Turn the beeps on")
	c.scan("SKU-0001")
	c.shows(`data-beep=""`)
	resp := c.get("/clerk")
	body(t, resp, http.StatusOK)
	if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "script-src 'self'") {
		t.Errorf("got policy %q, want our own script allowed", got)
	}
	resp = c.get("/")
	body(t, resp, http.StatusOK)
	if got := resp.Header.Get("Content-Security-Policy"); strings.Contains(got, "script-src") {
		t.Errorf("got policy %q on the first page, which has no script", got)
	}
}
