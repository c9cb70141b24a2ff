package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// fetching is a book whose rule lets declared people fetch goods, once they were checked, and takes a typed number with a PIN or a slip, and holds goods for a while.
func fetching(t *testing.T, needs ...ledger.Check) *book {
	t.Helper()
	b := newBook(t)
	const steward = "U000006"
	b.do(t, steward, &ledger.SetStatus{Volunteer: li, Status: ledger.Active, Reason: ledger.Complaint})
	b.do(t, steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "volunteer-1yuan", Version: 2, From: ledger.NewDate(2026, 11, 23), Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Step: 30, Expires: ledger.ExpiresYearEnd, ExpiresIn: 1,
		Hold: ledger.HoldRule{Days: 3},
		Counter: ledger.CounterRule{Proxy: ledger.ProxyDeclared, ProxyNeeds: needs, Presence: []ledger.PresenceRule{
			{By: ledger.ByTyped, Needs: []string{"pin", "slip"}},
		}},
	}})
	b.do(t, steward, &ledger.AddShop{Shop: "S02", Unit: "C01", Name: "Second"})
	return b
}

// atShelf signs the clerk in at the counter of that book's shop.
func atShelf(t *testing.T, needs ...ledger.Check) (*book, *counter) {
	t.Helper()
	b := fetching(t, needs...)
	c := atCounter(t, b, "U000005")
	c.press("shop/S01")
	return b, c
}

// Who comes for somebody else shows their own card, says for whom, and takes what is theirs to take; the exchange says who came, and so do its
// receipt, the next visit and the statement.
func TestCounterByProxy(t *testing.T) {
	t.Parallel()
	b, c := atShelf(t)
	c.scan(string(li))
	c.press("proxy")
	c.shows("Who came to collect", string(li), "Collected for whom?")
	c.scan(string(li))
	c.shows("the card of whoever came")
	c.scan(card)
	c.scan("SKU-0001")
	c.shows("May not exchange", "may not fetch goods", "People")
	if strings.Contains(c.page, "aixin proxy") {
		t.Error("the counter names a command of the command line")
	}
	b.do(t, "U000006", &ledger.SetProxy{Volunteer: wang, Proxy: li, Relation: ledger.Neighbour})
	c.look("/clerk")
	c.shows("May exchange", "Goes to:", "46.5 points")
	c.press("swap")
	c.shows("May not exchange")
	c.press("swap")
	before := len(b.text)
	c.scan("")
	c.shows("Exchanged", "Collected by", string(li))
	if len(b.text) != before+1 {
		t.Fatalf("got %d entries more, want one", len(b.text)-before)
	}
	if sold, ok := b.entry(ledger.Index(before)).Sold(); !ok || sold.Volunteer != wang || sold.Proxy != li || sold.Presence != ledger.ByProxy {
		t.Errorf("got %+v, want %s by %s", sold, wang, li)
	}
	c.scan(card)
	c.shows("collected by " + string(li))
	c.press("clear")
	c.scan("+PROXY")
	c.scan(card)
	c.scan("+PROXY")
	c.shows("Collected for whom?")

	own := newVisitor(t, newServer(t, config(b)), "en")
	own.signIn(card, pin)
	if got := body(t, own.get("/volunteer/statement"), http.StatusOK); !strings.Contains(got, "collected by "+string(li)) {
		t.Errorf("the statement does not say who collected:\n%s", got)
	}
}

// Where the rule wants whoever fetches to be checked, the clerk ticks what they checked; who comes themself is not asked about.
func TestCounterChecks(t *testing.T) {
	t.Parallel()
	b, c := atShelf(t, ledger.CheckedPhone, ledger.CheckedDocument)
	b.do(t, "U000006", &ledger.SetProxy{Volunteer: wang, Proxy: li, Relation: ledger.Neighbour})
	c.scan(card)
	c.scan("SKU-0001")
	c.shows("May exchange")
	if strings.Contains(c.page, `name="checked"`) {
		t.Error("the clerk is asked to check somebody who came themself")
	}
	c.press("clear")
	c.scan(string(li))
	c.press("proxy")
	c.scan(card)
	c.scan("SKU-0001")
	c.shows("once you ticked what you checked", "ID document", "call to the volunteer")
	c.form["checked"] = []string{"document"}
	c.scan("SKU-0001")
	c.shows("once you ticked what you checked", `value="document" checked`)
	c.form["checked"] = []string{"document"}
	c.scan("")
	c.shows("a call to the volunteer confirmed who came")
	c.form["checked"] = []string{"document", "phone"}
	before := len(b.text)
	c.scan("")
	c.shows("Exchanged", "Checked of them", "ID document, call to the volunteer")
	sold, ok := b.entry(ledger.Index(before)).Sold()
	if !ok || sold.Proxy != li || !slices.Equal(sold.Checked, []ledger.Check{ledger.CheckedDocument, ledger.CheckedPhone}) {
		t.Errorf("got %+v, want both checks of %s", sold, li)
	}
	own := newVisitor(t, newServer(t, config(b)), "en")
	own.signIn(card, pin)
	if got := body(t, own.get("/volunteer/statement"), http.StatusOK); !strings.Contains(got, "checked: ID document, call to the volunteer") {
		t.Errorf("the statement does not say what was checked:\n%s", got)
	}
	c.scan(string(li))
	c.press("proxy")
	c.scan(card)
	c.scan("SKU-0001")
	c.form["checked"] = []string{"document", "phone"}
	c.scan("SKU-0001")
	c.shows("May exchange")
	c.press("swap")
	c.press("swap")
	c.shows("once you ticked what you checked") // of the other one, before the cards were swapped
}

// A typed number is proved by a PIN or by a slip, whose number the receipt says.
func TestCounterSlip(t *testing.T) {
	t.Parallel()
	_, c := atShelf(t)
	c.scan(string(wang))
	c.scan("SKU-0001")
	c.shows("typed the PIN or signed a numbered slip", `name="slip"`)
	c.form.Set("slip", "A0042")
	c.scan("SKU-0002")
	c.shows("May exchange", `value="A0042"`)
	c.form.Set("slip", "A0042")
	c.scan("")
	c.shows("Exchanged", "Signed slip", "A0042")
	c.scan(string(wang))
	c.scan("SKU-0001")
	c.shows("signed a numbered slip") // that of before proves nothing of this
}

// hold sets goods aside.
func (b *book) hold(t *testing.T, shop ledger.ShopID, lines ...ledger.ItemLine) ledger.Index {
	t.Helper()
	return b.do(t, "U000005", &ledger.Hold{Volunteer: wang, Shop: shop, Lines: lines})
}

// What was set aside is shown where its volunteer is, opened by a press or by its own number, and handed out once, whole or in part, or let go.
func TestCounterHolds(t *testing.T) {
	t.Parallel()
	b := fetching(t)
	both := []ledger.ItemLine{{Item: "SKU-0001", Pieces: 3}, {Item: "SKU-0002", Pieces: 1}}
	one := both[:1]
	number := func(i ledger.Index) string { return "P" + strings.TrimPrefix(api.ReceiptNumber(i), "R") }
	first, second, third := b.hold(t, "S01", both...), b.hold(t, "S01", one...), b.hold(t, "S01", one...)
	c := atCounter(t, b, "U000005")
	c.press("shop/S01")
	c.scan(card)
	c.shows("Set aside", number(first), number(second), "食盐 1 包 × 3")
	c.press("hold/" + number(first))
	c.shows("May collect", "hand out all of it", "10 points")
	c.scan("SKU-0003")
	c.scan("2*")
	c.scan("SKU-0001")
	c.shows("hand out what was scanned", "4 points", "SKU-0001=2")
	c.scan("2*")
	c.scan("SKU-0001")
	c.shows("not so many of it")
	before, last := len(b.text), c.form
	c.scan("")
	c.shows("Exchanged", "Set aside as", number(first))
	c.form = last
	c.scan("") // a worn key
	c.scan(number(first))
	c.shows("no longer open")
	e := b.entry(ledger.Index(before))
	body, ok := e.Body.(*ledger.Settlement)
	if len(b.text) != before+1 || !ok || body.Hold != first || len(body.Lines) != 1 || body.Lines[0].Pieces != 2 || body.Presence != ledger.ByCard {
		t.Fatalf("got %d entries and %+v, want the part of the hold once", len(b.text)-before, e.Body)
	}
	c.press("undo/" + api.ReceiptNumber(e.Index))
	c.shows("Undone")

	c.press("clear")
	c.scan(number(second)) // alone it is a typed number
	c.shows("typed the PIN", number(second))
	c.form.Set("holder_pin", pin)
	c.scan("")
	c.shows("Exchanged", number(second))

	c.scan(card)
	c.scan("SKU-0002")
	c.press("hold/" + number(third))
	c.shows("goods lie on the counter")
	c.press("clear")
	c.scan(number(third))
	c.press("release")
	c.shows("Let go", string(wang))
	c.scan(number(third))
	c.shows("no longer open")
	c.scan("P999999")
	c.shows("nothing is set aside under this number")
	b.do(t, "U000004", &ledger.Receive{Shop: "S02", Donor: "D001", BestBefore: ledger.NewDate(2027, 6, 30), Lines: one})
	c.scan(number(b.hold(t, "S02", one...)))
	c.shows("in another shop")
}
