package api_test

import (
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
)

// worker is a member of the staff at a browser: it sends the forms that its page has, with what is typed.
type worker struct {
	*visitor
	b    *book
	page string
}

var anyHidden = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)

// register keeps what the pages of the staff keep.
type register struct {
	mu   sync.Mutex
	kept []person.Person
	card map[string]string
}

func (r *register) FindByName(_ context.Context, name string) ([]string, error) {
	if name == person.NormalizeName("王芳") {
		return []string{string(wang)}, nil
	}
	return nil, nil
}

func (r *register) Put(_ context.Context, people ...person.Person) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, people...)
	return nil
}

func (r *register) SetCard(_ context.Context, id, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.card[id] = text
	return nil
}

func (r *register) NewPIN(context.Context, string) (string, error) { return "864209", nil }

// atWork signs a member of the staff in at a page.
func atWork(t *testing.T, b *book, path string, staff ledger.StaffID) *worker {
	t.Helper()
	c := config(b)
	c.Register = &register{card: map[string]string{}}
	c.People = workers{newPeople(b)}
	w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
	w.again(path, url.Values{"staff_number": {string(staff)}, "staff_pin": {pin}})
	return w
}

// workers is the registry of the small book, in which every member of the staff has the PIN of all.
type workers struct{ *people }

func (p workers) CheckPIN(ctx context.Context, id, given, place string) error {
	if strings.HasPrefix(id, "U") && given == pin {
		return nil
	}
	return p.people.CheckPIN(ctx, id, given, place)
}

// open looks at a page.
func (w *worker) open(target string) {
	w.t.Helper()
	resp := w.get(target)
	w.page = said(body(w.t, resp, http.StatusOK))
	checkPage(w.t, resp, w.page)
}

// form returns what the form of that name on the page carries.
func (w *worker) form(name string) url.Values {
	w.t.Helper()
	for _, text := range strings.Split(w.page, "<form ")[1:] {
		text, _, _ = strings.Cut(text, "</form>")
		out := url.Values{}
		for _, m := range anyHidden.FindAllStringSubmatch(text, -1) {
			out.Add(m[1], html.UnescapeString(m[2]))
		}
		if out.Get("form") == name {
			return out
		}
	}
	w.t.Fatalf("the page has no form %q:\n%s", name, w.page)
	return nil
}

// send sends a form of the page with what is typed, and follows where it leads.
func (w *worker) send(path, name string, typed url.Values) url.Values {
	w.t.Helper()
	form := w.form(name)
	maps.Copy(form, typed)
	w.again(path, form)
	return form
}

// again sends a form as it is.
func (w *worker) again(path string, form url.Values) {
	w.t.Helper()
	resp := w.do(http.MethodPost, path, form)
	if resp.StatusCode == http.StatusSeeOther {
		w.open(resp.Header.Get("Location"))
		return
	}
	w.page = said(body(w.t, resp, resp.StatusCode))
	checkPage(w.t, resp, w.page)
}

// signInAgain sends the form to sign in, with what it carries.
func (w *worker) signInAgain(path string, typed url.Values) {
	w.t.Helper()
	form, _, _ := strings.Cut(w.page, "</form>")
	for _, m := range anyHidden.FindAllStringSubmatch(form, -1) {
		typed.Add(m[1], html.UnescapeString(m[2]))
	}
	w.again(path, typed)
}

func (w *worker) shows(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(w.page, text) {
			w.t.Errorf("the page lacks %q:\n%s", text, w.page[strings.Index(w.page, "<main>"):])
		}
	}
}

func (w *worker) hides(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if strings.Contains(w.page, text) {
			w.t.Errorf("the page has %q:\n%s", text, w.page[max(0, strings.Index(w.page, "<main>")):])
		}
	}
}

// A reviewer approves many records at once, what nothing is asked about being ticked; sent again, nothing more happens.
func TestDeskApproves(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk", "U000003")
	w.open("/desk")
	w.shows("A001", "4 hours", "U000002", "checked")
	waiting := regexp.MustCompile(`name="tick" value="(\d+)"`).FindStringSubmatch(w.page)
	if waiting == nil {
		t.Fatal("nothing waits")
	}
	for _, other := range []ledger.StaffID{"U000006", "U000002"} { // no reviewer; who declared it
		o := atWork(t, b, "/desk", other)
		o.shows("A001")
		o.hides(`name="tick"`, `value="approve"`)
	}
	before := len(b.text)
	w.send("/desk", "approve", url.Values{"tick": {waiting[1]}, "do": {"return"}})
	w.shows("Reason")
	if len(b.text) != before {
		t.Fatal("a record was returned without a reason")
	}
	sent := w.send("/desk", "approve", url.Values{"tick": {waiting[1]}, "do": {"approve"}, "seen": {"1"}})
	w.shows("Done: 1", "Nothing here now")
	w.again("/desk", sent)
	w.shows("Done: 1")
	if len(b.text) != before+1 || b.entry(ledger.Index(before)).Kind != ledger.Approved {
		t.Errorf("got %d entries more, want one approval", len(b.text)-before)
	}
}

// Who is signed in nowhere is asked to, and finds what they typed; who has no role for a page is sent away.
func TestDeskSessionEnds(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/goods", "U000006")
	w.open("/desk/goods")
	form := w.form("item")
	maps.Copy(form, url.Values{"item": {"SKU-0007"}, "name": {"毛巾"}, "points": {"3"}, "from": {"2026-12-01"}})
	delete(w.cookies, "aixin_work")
	w.again("/desk/goods", form)
	w.shows("What you typed is still there")
	w.signInAgain("/desk/goods", url.Values{"staff_number": {"U000006"}, "staff_pin": {"000000"}})
	w.shows("What you typed is still there", "Wrong number or PIN")
	w.signInAgain("/desk/goods", url.Values{"staff_number": {"U000006"}, "staff_pin": {pin}})
	w.shows(`value="毛巾"`, `value="SKU-0007"`)
	again := w.form("item")
	if again.Get("key") != form.Get("key") {
		t.Errorf("got key %q, want that of before: %q", again.Get("key"), form.Get("key"))
	}
	maps.Copy(again, url.Values{"item": {"SKU-0007"}, "name": {"毛巾"}, "points": {"3"}, "from": {"2026-12-01"}})
	w.again("/desk/goods", again)
	w.shows("Entered as No.", "毛巾")
	body(t, w.get("/field"), http.StatusForbidden)
}

// What somebody typed before their session ended is theirs: whoever signs in there next does not find it.
func TestDeskKeepsForOnePerson(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/goods", "U000006")
	w.open("/desk/goods")
	form := w.form("item")
	maps.Copy(form, url.Values{"item": {"SKU-0007"}, "name": {"毛巾"}, "points": {"3"}, "from": {"2026-12-01"}})
	delete(w.cookies, "aixin_work")
	w.again("/desk/goods", form)
	w.signInAgain("/desk/goods", url.Values{"staff_number": {"U000004"}, "staff_pin": {pin}})
	if strings.Contains(w.page, "毛巾") {
		t.Errorf("another person finds what was typed:\n%s", w.page)
	}
}

// A steward of another unit gives nobody here a PIN, with which one could sign in as them.
func TestDeskPINsAreOfOnesOwnUnit(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "柳荫社区"})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000008"})
	b.do(t, "U000001", &ledger.GrantRole{Staff: "U000008", Role: ledger.Steward, Scope: "C02", From: ledger.DateOf(b.clock)})
	for staff, given := range map[ledger.StaffID]bool{"U000006": true, "U000008": false} {
		w := atWork(t, b, "/desk/people", staff)
		w.open("/desk/people")
		w.send("/desk/people", "pin", url.Values{"volunteer": {string(li)}})
		if got := !strings.Contains(w.page, "✗"); got != given {
			t.Errorf("%s: got %v, want %v:\n%s", staff, got, given, w.page)
		}
	}
}

// What is wrong stands beside its field, and what was typed stays.
func TestDeskFaults(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/goods", "U000006")
	w.open("/desk/goods")
	before := len(b.text)
	w.send("/desk/goods", "item", url.Values{"item": {"SKU-7"}, "name": {"毛巾"}, "points": {"x"}, "from": {"2026-12-01"}})
	w.shows(`id="item-points-wrong"`, `value="毛巾"`, `value="SKU-7"`, `aria-invalid="true"`)
	w.send("/desk/goods", "item", url.Values{"item": {"SKU-0001"}, "name": {"毛巾"}, "points": {"3"}, "from": {"2026-12-01"}})
	w.shows("exists", `value="毛巾"`)
	for _, line := range b.text[before:] {
		if strings.Contains(string(line), `"item_added"`) {
			t.Errorf("got %s, want nothing added", line)
		}
	}
	w.send("/desk/goods", "price", url.Values{"item": {"SKU-0001"}, "points": {"40"}, "from": {"2026-12-01"}, "do": {"preview"}})
	w.shows("Of all people with points (1), 1 can have one now and 1 could then")
}

// Every page of the menu opens for whoever has a role for it, in both languages, and every table of it can be taken away.
func TestWorkPages(t *testing.T) {
	t.Parallel()
	for _, staff := range []ledger.StaffID{"U000001", "U000002", "U000003", "U000004", "U000005", "U000006"} {
		w := atWork(t, newBook(t), "/desk", staff)
		w.open("/desk")
		menu := regexp.MustCompile(`<nav class="menu wide"[\s\S]*?</nav>`).FindString(w.page)
		for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(menu, -1) {
			for _, lang := range []string{"zh", "en"} {
				w.open(m[1] + "?lang=" + lang)
				for _, csv := range regexp.MustCompile(`href="([^"]+csv=[^"]+)"`).FindAllStringSubmatch(w.page, -1) {
					if got := body(t, w.get(html.UnescapeString(csv[1])), http.StatusOK); !strings.Contains(got, ",") {
						t.Errorf("%s: got %q, want CSV", csv[1], got)
					}
				}
			}
		}
	}
}

// A card is re-issued once however often the form is sent, people are found by number, card and name, and a PIN is shown once.
func TestDeskPeople(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/people", "U000006")
	for _, typed := range []string{"V0000018", "0000018", card, "王芳"} {
		w.open("/desk/people")
		w.send("/desk/people", "search", url.Values{"search": {typed}})
		w.shows("V0000018", "46.5")
	}
	before := len(b.text)
	w.open("/desk/people")
	sent := w.send("/desk/people", "card", url.Values{"volunteer": {string(wang)}})
	w.shows("shown once", "AX")
	text := regexp.MustCompile(`AX[A-Z2-7]{26}`).FindString(w.page)
	w.again("/desk/people", sent) // nobody saw the answer
	w.shows("shown once", text)
	if len(b.text) != before+1 {
		t.Errorf("got %d cards, want one", len(b.text)-before)
	}
	given := w.send("/desk/people", "pin", url.Values{"volunteer": {string(wang)}})
	w.shows("864209")
	w.again("/desk/people", given)
	w.shows("has given a PIN already")
	w.open("/desk/people")
	w.send("/desk/people", "status", url.Values{"volunteer": {string(wang)}, "status": {"frozen"}, "reason": {"complaint"}})
	w.shows("Entered as No.")
}

// A delivery comes in, is counted by two people of whom neither sees what the book has, and the day is closed with its report.
func TestDeskCounterDay(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	keeper := atWork(t, b, "/clerk/count", "U000004")
	keeper.open("/clerk/goods")
	keeper.send("/clerk/goods", "receive", url.Values{"shop": {"S01"}, "donor": {"D001"}, "item": {"SKU-0001"}, "pieces": {"10"}, "best_before": {"2027-06-30"}})
	keeper.shows("Entered as No.")
	keeper.open("/clerk/count")
	keeper.send("/clerk/count", "open_count", url.Values{"shop": {"S01"}})
	keeper.shows("Entered as No.")
	count := strconv.Itoa(len(b.text) - 1)
	keeper.send("/clerk/count", "enter_count", url.Values{"count": {count}, "SKU-0001": {"58"}, "SKU-0002": {"19"}})
	keeper.shows("Entered as No.")
	if strings.Contains(keeper.page, "包 -") {
		t.Error("who counts blind sees a difference")
	}
	clerk := atWork(t, b, "/clerk/count", "U000005")
	clerk.open("/clerk/count")
	clerk.send("/clerk/count", "confirm_count", url.Values{"count": {count}, "SKU-0001": {"58"}, "SKU-0002": {"19"}})
	clerk.shows("Entered as No.", "SKU-0001 食盐 1 包 -1")
	clerk.open("/clerk/close?shop=S01")
	clerk.send("/clerk/close", "close_counter", url.Values{"shop": {"S01"}})
	clerk.shows("Z report", "Exchanges 1", `<th scope="row">SKU-0001 食盐 1 包</th>`, `value="open_counter"`)
	if strings.Contains(clerk.page, `value="close_counter"`) {
		t.Error("a day that is closed can be closed again")
	}
}

// What was typed of a count comes back in the form of that count, whichever was opened last and whatever became of it meanwhile.
func TestCountKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000001", &ledger.AddShop{Shop: "S02", Name: "West", Unit: "C01"})
	count := countOf(b.do(t, "U000004", &ledger.OpenCount{Shop: "S01", Items: []ledger.Commodity{"SKU-0001"}}))
	other := countOf(b.do(t, "U000004", &ledger.OpenCount{Shop: "S02", Items: []ledger.Commodity{"SKU-0002"}}))
	w := atWork(t, b, "/clerk/count", "U000004")
	w.open("/clerk/count?count=" + count)
	typed := url.Values{"count": {count}, "SKU-0001": {"many"}}
	w.send("/clerk/count", "enter_count", typed)
	w.shows(`name="SKU-0001"`, `value="many"`, `<option value="`+count+`" selected>`, `<option value="`+other+`">`)
	if strings.Contains(w.page, `name="SKU-0002"`) {
		t.Error("the form asks for what the other count is of")
	}
	b.do(t, "U000004", &ledger.EnterCount{Count: ledger.Index(len(b.text) - 2), Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 3}}})
	w.send("/clerk/count", "enter_count", typed)
	w.shows(`value="many"`, `<option value="`+count+`" selected>`)
}

// A chart that leaves rows out says where all are: the table has no more than a page's.
func TestChartSaysWhereAllRowsAre(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for n := range 45 {
		unit, shop := ledger.UnitID("C"+strconv.Itoa(10+n)), ledger.ShopID("S"+strconv.Itoa(10+n))
		b.do(t, "U000006", &ledger.AddUnit{Unit: unit, Kind: ledger.Community, Name: "社区"})
		b.do(t, "U000001", &ledger.AddShop{Shop: shop, Name: "West", Unit: unit})
		b.do(t, "U000004", &ledger.Receive{
			Shop: shop, Donor: "D001", BestBefore: ledger.NewDate(2027, 6, 30), Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
		})
	}
	w := atWork(t, b, "/desk/charts", "U000006")
	w.open("/desk/charts")
	w.shows("The chart draws the 40 largest; the file has all rows.")
}

// A code that is typed, where there is too much to choose from, is read however it was typed.
func TestCodesAreReadAsTyped(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/clerk/goods", "U000004")
	w.open("/clerk/goods")
	w.send("/clerk/goods", "receive", url.Values{"shop": {"s01"}, "donor": {"Ｄ００１"}, "item": {"sku-0001"}, "pieces": {"１0"}, "best_before": {"2027-06-30"}})
	w.shows("Entered as No.")
	w = atWork(t, b, "/audit", "U000006")
	w.open("/audit")
	w.send("/audit", "stock_card", url.Values{"shop": {"ｓ01"}, "item": {" sku-0001"}})
	w.shows("S01 · SKU-0001")
}

// A delivery that came in at one shop hides no other shelf. Who asks for one shelf reads whose it is, in the file too, and goes back to all.
func TestDeskShelves(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000001", &ledger.AddShop{Shop: "S02", Name: "West", Unit: "C01"})
	w := atWork(t, b, "/desk/goods", "U000004")
	w.open("/desk/goods")
	w.send("/desk/goods", "receive", url.Values{"shop": {"S02"}, "donor": {"D001"}, "item": {"SKU-0002"}, "pieces": {"10"}, "best_before": {"2027-06-30"}})
	w.shows("Entered as No.", ">S01 ", "<td>S02 ", `<option value="S02" selected>`) // and the next delivery is of the same shop
	for _, value := range []string{"cheap", "-1", "1000000.01"} {
		w.open("/desk/goods")
		w.send("/desk/goods", "receive", url.Values{"shop": {"S02"}, "donor": {"D001"}, "item": {"SKU-0002"}, "pieces": {"10"}, "value": {value}})
		w.shows(`id="receive-value-wrong"`)
	}
	w.open("/desk/goods?shelf=S02")
	w.shows("On the shelf · West", "<td>S02 West</td>", `<option value="">–</option>`)
	if strings.Contains(w.page, `<td class="long">S01 `) {
		t.Errorf("the shelf of one shop shows another's:\n%s", w.page)
	}
	csv := regexp.MustCompile(`href="([^"]+csv=stock[^"]*)"`).FindStringSubmatch(w.page)
	if got := body(t, w.get(html.UnescapeString(csv[1])), http.StatusOK); strings.Contains(got, "S01") || !strings.Contains(got, "S02") {
		t.Errorf("got %q, want the shelf that the page shows", got)
	}
	w.send("/desk/goods", "shelf", url.Values{"shelf": {""}})
	w.shows(">S01 ", "<td>S02 ")
	w.open("/desk/goods?shelf=S99") // there is none, and nobody is told that it is empty
	w.shows(">S01 ", "<td>S02 ")
}

// Goods come back by the receipt, line by line, with a reason.
func TestDeskReturns(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/clerk/return", "U000005")
	receipt := slices.IndexFunc(b.text, func(line []byte) bool { return strings.Contains(string(line), `"redeemed"`) })
	w.open("/clerk/return?receipt=" + strconv.Itoa(receipt))
	w.shows("of 2", "/clerk/receipt?receipt=R")
	before := len(b.text)
	w.send("/clerk/return", "bring_back", url.Values{"reason": {"defective"}})
	w.shows("✗")
	sent := w.send("/clerk/return", "bring_back", url.Values{"SKU-0002": {"1"}, "reason": {"defective"}})
	w.shows("Entered as No.")
	w.again("/clerk/return", sent)
	if len(b.text) != before+1 {
		t.Errorf("got %d entries more, want one return", len(b.text)-before)
	}
}

// A leader opens an activity, ticks who came and adds a walk-up, says when somebody went who forgot, and declares; nobody is declared twice,
// whatever page it is pressed on, and nobody before it is known when they went.
func TestField(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/field", "U000002")
	w.open("/field")
	w.send("/field", "open_session", url.Values{"activity": {"A001"}})
	w.shows("Show the code for checking in", "show=code")
	if strings.Contains(w.page, `value="forgot"`) || strings.Contains(w.page, `value="check_out"`) {
		t.Error("nobody is there, and the page asks who goes")
	}
	w.send("/field", "check_in", url.Values{"volunteer": {string(wang)}, "by": {"walk-up"}})
	w.shows("V0000018", "walk-up")
	session := w.form("close_session").Get("session")
	b.set(b.clock.Add(20 * time.Minute))
	w.send("/field", "close_session", nil)
	w.shows("Locked", "What you typed is still there") // nobody looked at the phone meanwhile
	w.signInAgain("/field", url.Values{"staff_pin": {pin}})
	w.send("/field", "close_session", nil)
	before := len(b.text)
	w.send("/field", "declare", nil)
	w.shows("not checked out")
	if len(b.text) != before {
		t.Error("hours were declared of which nobody knows when they ended")
	}
	w.send("/field", "forgot", url.Values{"volunteer": {string(wang)}, "out": {"2026-11-23T07:00"}})
	w.shows("✗", `value="2026-11-23T07:00"`) // before they came
	w.send("/field", "forgot", url.Values{"volunteer": {string(wang)}, "out": {"2026-11-23T08:20"}})
	w.shows("Entered as No.")
	before = len(b.text)
	sent := w.send("/field", "declare", nil)
	w.shows("declared")
	w.again("/field", sent)
	for range 2 { // from a page that is opened anew, with a form of its own
		w.open("/field?session=" + session)
		w.send("/field", "declare", nil)
		w.shows("declared")
	}
	if len(b.text) != before+1 || b.entry(ledger.Index(before)).Kind != ledger.HoursDeclared {
		t.Fatalf("got %d entries more, want the hours once", len(b.text)-before)
	}
	// What the reviewer sent back may be declared again.
	b.do(t, "U000003", &ledger.ReturnRecord{Record: ledger.Index(before), Reason: ledger.Unproven})
	w.open("/field?session=" + session)
	w.send("/field", "declare", nil)
	if e := b.entry(ledger.Index(len(b.text) - 1)); e.Kind != ledger.HoursDeclared {
		t.Errorf("got %s, want the hours declared again", e.Kind)
	}
}

// A request goes from the call to the call-back by another person.
func TestExpress(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "一网格"})
	w := atWork(t, b, "/express", "U000002")
	w.open("/express")
	w.send("/express", "take", url.Values{"name": {"李四"}, "unit": {"C01"}, "channel": {"phone"}})
	w.shows("✗", `value="李四"`)
	sent := w.send("/express", "take", url.Values{"name": {"李四"}, "phone": {"13800000000"}, "need": {"水龙头漏水"}, "unit": {"C01"}, "channel": {"phone"}})
	w.shows("Entered as No.", "Q000001")
	n := len(b.text)
	w.again("/express", sent)
	if len(b.text) != n {
		t.Error("a request was taken twice")
	}
	w.send("/express", "sort", url.Values{"request": {" ｑ000001"}, "class": {"urgent"}})
	w.send("/express", "assign", url.Values{"request": {"q000001"}, "to": {"ｃ１０"}})
	w.shows("Entered as No.")
	second := ledger.NewVolunteerID(77)
	b.do(t, "U000006", &ledger.Enroll{Volunteer: second, Unit: "C01"})
	served := url.Values{"request": {"Q000001"}, "servers": {"V0000019"}, "start": {"2026-11-23T07:00"}, "minutes": {"30"}}
	w.send("/express", "finish", served)
	w.shows(`id="finish-servers-wrong"`)
	served.Set("servers", " "+string(wang)+"\r\n\r\n"+string(second))
	w.send("/express", "finish", served)
	w.shows("Entered as No.")
	for _, form := range []string{"sort", "assign", "finish", "withdraw"} {
		if strings.Contains(w.page, `value="`+form+`"`) {
			t.Errorf("the only request was served, and the page asks to %s it", form)
		}
	}
	w.send("/express", "call", url.Values{"request": {"Q000001"}, "result": {"good"}})
	w.shows("✗")
	other := atWork(t, b, "/express", "U000005")
	other.open("/express")
	other.send("/express", "call", url.Values{"request": {"Q000001"}})
	other.shows(`id="call-result-wrong">✗ Please choose one.`) // nothing is good that nobody called good
	other.send("/express", "call", url.Values{"request": {"Q000001"}, "result": {"good"}})
	other.shows("Entered as No.")
	other.hides(`value="record"`, `value="sort"`)

	// Only then the hours of both are declared, by whoever leads; pressed again, nobody is declared twice, and nothing waits.
	w.open("/desk")
	w.shows("have no hours yet: 1, since 2026-11-23")
	w.open("/express")
	w.shows("Q000001 · "+string(wang), string(second)+" · 2026-11-23 07:00 · 30 minutes")
	sent = w.send("/express", "record", url.Values{"request": {"Q000001"}, "activity": {"A9"}, "capture": {"roster"}})
	w.shows(`id="record-activity-wrong"`)
	maps.Copy(sent, url.Values{"activity": {"A001"}})
	before := len(b.text)
	w.again("/express", sent)
	w.again("/express", sent)
	var hours []*ledger.HoursRecord
	for i := before; i < len(b.text); i++ {
		if h, ok := b.entry(ledger.Index(i)).Body.(*ledger.HoursRecord); ok {
			hours = append(hours, h)
		}
	}
	if len(hours) != 2 || hours[0].Request != "Q000001" || hours[0].Volunteer != wang || hours[1].Volunteer != second || hours[1].Minutes != 30 {
		t.Errorf("got %v, want the half hour of both", hours)
	}
	w.open("/express")
	w.hides(`value="record"`)

	// Nor by another page or leader, for another activity where the rule lets hours overlap.
	held := ledger.Rule{
		ID: "held", Version: 1, From: ledger.NewDate(2026, 1, 1), Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Step: 30, ServiceRule: ledger.ServiceRule{Overlap: string(ledger.OverHeld)}, Expires: ledger.ExpiresYearEnd,
	}
	b.do(t, "U000006", &ledger.SetRule{Rule: held})
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C11", Kind: ledger.Grid, Parent: "C01", Name: "二网格", Rule: "held"})
	b.do(t, "U000002", &ledger.AddActivity{Activity: "A002", Unit: "C11", Code: "VH01", Name: "维修"})
	before = len(b.text)
	other = atWork(t, b, "/express", "U000002")
	other.again("/express", url.Values{"form": {"record"}, "key": {"desk/tab-2"}, "request": {"Q000001"}, "activity": {"A002"}, "capture": {"roster"}})
	other.shows("has these hours already")
	for i := before; i < len(b.text); i++ {
		if b.entry(ledger.Index(i)).Kind == ledger.HoursDeclared {
			t.Error("the hours of a request were declared twice")
		}
	}
	w.again("/express", url.Values{"form": {"record"}, "key": {"desk/late"}, "request": {"Q000007"}, "activity": {"A001"}, "capture": {"roster"}})
	w.shows("✗")
}

// Requests that are taken at once have each a number, and what the requester said stands under it.
func TestRequestsTakenAtOnce(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	kept := &register{card: map[string]string{}}
	c := config(b)
	c.Views = apart{b}
	c.Register, c.People = kept, workers{newPeople(b)}
	w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
	w.again("/express", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}})
	forms := make([]url.Values, 20)
	for i := range forms {
		w.open("/express")
		forms[i] = w.form("take")
		maps.Copy(forms[i], url.Values{"name": {"李四"}, "phone": {fmt.Sprintf("138000000%02d", i)}, "need": {"水龙头漏水"}, "unit": {"C01"}, "channel": {"phone"}})
	}
	var all sync.WaitGroup
	for _, form := range forms {
		one := *w.visitor
		one.cookies = maps.Clone(w.cookies)
		all.Go(func() {
			resp := one.do(http.MethodPost, "/express", form)
			if resp.StatusCode != http.StatusSeeOther {
				t.Errorf("got status %d, want the request taken", resp.StatusCode)
			}
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	numbers := map[string]bool{}
	for _, p := range kept.kept {
		numbers[p.ID] = true
	}
	if len(kept.kept) != 20 || len(numbers) != 20 {
		t.Errorf("got %d details under %d numbers, want 20 under 20", len(kept.kept), len(numbers))
	}
}

// Rows are declared each for itself; what was refused stays in the box and is corrected there.
func TestDeskRows(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/imports", "U000002")
	w.open("/desk/imports")
	before := len(b.text)
	w.send("/desk/imports", "rows", url.Values{"activity": {"A001"}, "sheet": {"0001"}, "rows": {"V0000018, 2026-11-22 08:00, 60\nV0000019, 2026-11-22 08:00, 60\n"}})
	w.shows("declared", "check digit", ">V0000019, 2026-11-22 08:00, 60</textarea>")
	if len(b.text) != before+1 {
		t.Errorf("got %d entries more, want one", len(b.text)-before)
	}
}

// Rows that are too many for one time stay in the box, and so does everything where a field is wrong.
func TestImportKeepsWhatIsNotDone(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/imports", "U000002")
	var rows []string
	for i := range 230 {
		rows = append(rows, fmt.Sprintf("V0000019, 2026-11-22 08:00, %d", i+1))
	}
	pasted := strings.Join(rows, "\n")
	w.open("/desk/imports")
	w.send("/desk/imports", "rows", url.Values{"activity": {"none"}, "rows": {pasted}})
	w.shows("08:00, 1\n", "08:00, 230</textarea>")
	w.open("/desk/imports")
	w.send("/desk/imports", "rows", url.Values{"activity": {"A001"}, "sheet": {"0001"}, "rows": {pasted}})
	w.shows("08:00, 201\n", "08:00, 230</textarea>")
}

// An admin gives a role and ends it.
func TestDeskStaff(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/staff", "U000001")
	w.open("/desk/staff")
	w.send("/desk/staff", "grant", url.Values{"staff": {"U000009"}, "role": {"publisher"}, "scope": {"C01"}, "from": {"2026-11-23"}})
	w.shows("Entered as No.", "U000009", "C01")
	w.send("/desk/staff", "end_role", url.Values{"staff": {"U000009"}, "role": {"publisher"}, "scope": {"C01"}, "until": {"2026-11-23"}})
	w.shows("Entered as No.", "2026-11-23")
}

// A county has hundreds of staff: a page has some of the roles and leads to the next, the file has all, and one is found by number.
func TestDeskStaffHasPages(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for n := range 150 {
		b.do(t, "U000001", &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", 1000+n)), Roles: []ledger.Role{ledger.Clerk}})
	}
	w := atWork(t, b, "/desk/staff", "U000001")
	w.open("/desk/staff")
	w.shows("U000001", "From row 101 of", `href="/desk/staff?row=101"`)
	w.hides("U001149")
	w.open("/desk/staff?row=101")
	w.shows("U001149", "The rows before", `href="/desk/staff?row=1"`)
	w.page = body(t, w.get("/desk/staff?csv=staff&row=101"), http.StatusOK)
	w.shows("U000001", "U001000", "U001149")
	w.open("/desk/staff")
	w.send("/desk/staff", "find_staff", url.Values{"staff": {"U001149"}})
	w.shows(`<th scope="row">U001149<`)
	w.hides(`<th scope="row">U000001<`, "From row")
}

// A leader ticks many at once: each line has its result, what was refused stays to be corrected, and what is sent twice is entered once.
func TestFieldRoll(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/field", "U000002")
	w.open("/field")
	w.send("/field", "open_session", url.Values{"activity": {"A001"}})
	session := w.form("roll").Get("session")
	w.shows("Nobody is listed yet")
	w.send("/field", "roll", url.Values{"do": {"find"}, "search": {"王芳"}, "unit": {"C01"}, "walk_ups": {"nonsense"}})
	w.shows(`value="V0000018"`, "not here yet", ">nonsense</textarea>")
	w.send("/field", "roll", url.Values{"do": {"in"}})
	w.shows("✗")
	before := len(b.text)
	typed := url.Values{"do": {"in"}, "tick": {"V0000018"}, "walk_ups": {"V0000026\nV9999999\nnonsense"}}
	sent := w.send("/field", "roll", typed)
	w.shows("checked in", "V0000026", "V9999999\nnonsense</textarea>", "stays below to be corrected")
	w.again("/field", sent)                    // a second press, a slow line or a reload
	if got := len(b.text) - before; got != 2 { // two came; of whom the book does not know it keeps nothing
		t.Errorf("got %d entries, want each line once", got)
	}
	w.open("/field?session=" + session)
	w.send("/field", "roll", url.Values{"do": {"in"}, "tick": {"V0000018"}}) // from another page
	w.shows("was here already")
	b.set(b.clock.Add(5 * time.Minute))
	w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000018"}})
	w.shows("checked out")
	w.send("/field", "roll", url.Values{"do": {"in"}, "tick": {"V0000018"}, "out": {"2026-11-23T07:00"}})
	w.shows("✗")
	w.open("/field?session=" + session)
	w.send("/field", "close_session", nil)
	w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000026"}, "out": {"2026-11-23T07:00"}})
	w.shows("✗", `value="2026-11-23T07:00"`) // before they came
	w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000026"}, "out": {ledger.NewStart(ledger.DateOf(b.clock), 8*60+4).String()}})
	w.shows("time of leaving entered")
	// The next session of the activity lists who came to the one before; all are ticked at once.
	w.open("/field")
	w.send("/field", "open_session", url.Values{"activity": {"A001"}})
	w.open("/field?all=1&session=" + w.form("roll").Get("session"))
	w.shows(`value="V0000018" checked`, `value="V0000026" checked`)
}

// Enter in the search box looks somebody up and enters nobody: the browser presses the first button. A time is gone once it was used, and a
// unit adds its people whatever button is pressed.
func TestFieldRollButtons(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	w := atWork(t, b, "/field", "U000002")
	w.open("/field?session=" + fmt.Sprint(session))
	if find, in := strings.Index(w.page, `name="do" value="find"`), strings.Index(w.page, `name="do" value="in"`); find < 0 || find > in {
		t.Errorf("find stands at %d and in at %d, want find first", find, in)
	}
	w.send("/field", "roll", url.Values{"do": {"in"}, "unit": {"C01"}})
	w.shows(`value="V0000018"`)
	if strings.Contains(w.page, "✗") {
		t.Error("a unit was added, and called wrong")
	}
	w.send("/field", "roll", url.Values{"do": {"in"}, "tick": {"V0000018"}})
	b.set(b.clock.Add(5 * time.Minute))
	w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000018"}, "out": {"2026-11-23T08:04"}})
	w.shows("time of leaving entered")
	if strings.Contains(w.page, `value="2026-11-23T08:04"`) {
		t.Error("the time stays for who goes next")
	}
	w.send("/field", "roll", url.Values{"do": {"in"}, "tick": {"V0000018"}})
	w.shows("V0000018: came and went already")
	w.send("/field", "roll", url.Values{"do": {"find"}, "search": {"王芳"}})
	w.shows("V0000018: came and went already")
}

// Where nobody comes or goes any more the roll asks for the time, and offers nothing that the book refuses.
func TestFieldRollAfterwards(t *testing.T) {
	t.Parallel()
	for name, closed := range map[string]bool{"closed": true, "earlier day": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
			b.do(t, "U000002", &ledger.CheckIn{Session: session, Volunteer: wang, By: ledger.CheckedByLeader})
			if closed {
				b.do(t, "U000002", &ledger.CloseSession{Session: session})
			} else {
				b.on("2026-11-24")
			}
			w := atWork(t, b, "/field", "U000002")
			w.open("/field?session=" + fmt.Sprint(session))
			w.shows("or of an earlier day")
			if strings.Contains(w.page, "Empty means now") || strings.Contains(w.page, `name="do" value="in"`) {
				t.Error("the roll offers what the book refuses")
			}
			before := len(b.text)
			w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000018"}})
			w.shows("✗ is required", `value="V0000018" checked`)
			if len(b.text) != before {
				t.Error("something was entered without a time")
			}
			w.send("/field", "roll", url.Values{"do": {"out"}, "tick": {"V0000018"}, "out": {"2026-11-23T08:03"}})
			w.shows("time of leaving entered")
		})
	}
}

// A unit brings those who are registered below it; what is more than a session or a form takes is said, and nobody who was listed is lost.
func TestFieldRollLimits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "一网格"})
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "锦江社区"})
	for i := range ledger.MaxAttending + 5 {
		b.do(t, "U000006", &ledger.Enroll{Volunteer: ledger.NewVolunteerID(100 + i), Unit: "C10"})
	}
	b.on("2026-11-24")
	session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	w := atWork(t, b, "/field", "U000002")
	w.open("/field?session=" + fmt.Sprint(session))
	w.send("/field", "roll", url.Values{"do": {"find"}, "unit": {"C02"}})
	w.shows("C02: nobody who takes part is registered there")
	w.send("/field", "roll", url.Values{"do": {"find"}, "unit": {"C01"}})
	w.shows("Only 500 people are listed")
	listed := strings.Fields(w.form("roll").Get("listed"))
	if len(listed) != ledger.MaxAttending {
		t.Fatalf("got %d listed, want %d", len(listed), ledger.MaxAttending)
	}
	before := len(b.text)
	form := w.form("roll")
	maps.Copy(form, url.Values{"do": {"in"}, "tick": listed[:203]})
	sent := w.do(http.MethodPost, "/field", form)
	body(t, sent, http.StatusSeeOther)
	w.page = body(t, w.get(sent.Header.Get("Location")), http.StatusOK) // more than a page carries elsewhere
	w.shows("Lines left: 3", `value="`+listed[202]+`" checked`, `value="`+listed[499]+`"`)
	if got := len(b.text) - before; got != 200 {
		t.Errorf("got %d entries, want 200", got)
	}
}

// A leader lists the members of no unit but their own, and sees the roll of no other unit's activity.
func TestFieldRollReach(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "锦江社区"})
	for staff, scope := range map[ledger.StaffID]string{"U000008": "C01", "U000009": "C02"} {
		b.do(t, "U000001", &ledger.GrantRole{Staff: staff, Role: ledger.Leader, Scope: scope, From: ledger.DateOf(b.clock)})
	}
	page := "/field?session=" + fmt.Sprint(b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"}))
	near := atWork(t, b, "/field", "U000008")
	near.open(page)
	near.shows(`<option value="C01"`)
	if strings.Contains(near.page, `<option value="C02"`) {
		t.Error("the roll offers a unit of somebody else's")
	}
	form := near.send("/field", "roll", url.Values{"do": {"find"}, "unit": {"C02"}})
	near.shows("✗ is not a unit of yours")
	near.send("/field", "roll", url.Values{"do": {"find"}, "unit": {""}, "search": {"王芳"}})
	near.shows(`value="V0000018"`)
	far := atWork(t, b, "/field", "U000009")
	far.open(page)
	if strings.Contains(far.page, `name="form" value="roll"`) {
		t.Error("the roll of another unit's activity is shown")
	}
	form.Set("unit", "C01")
	far.again("/field", form)
	far.shows("✗ This needs the role")
}

// Where the book does not answer the roll stops: the rest stays ticked, and pressed again nobody is entered twice.
func TestFieldRollStops(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	c := config(b)
	c.Writes, c.People = &shaky{b, []error{api.ErrUnknown}}, workers{newPeople(b)}
	w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
	w.again("/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}})
	w.open("/field?session=" + fmt.Sprint(session))
	before := len(b.text)
	both := url.Values{"do": {"in"}, "tick": {"V0000018", "V0000026"}, "listed": {"V0000018 V0000026"}, "walk_ups": {"nonsense"}}
	w.send("/field", "roll", both)
	w.shows("nobody is entered twice", `value="V0000018" checked`, `value="V0000026" checked`, ">nonsense</textarea>")
	w.send("/field", "roll", both)
	w.shows("was here already", "✓ checked in")
	if got := len(b.text) - before; got != 2 {
		t.Errorf("got %d entries, want each once", got)
	}
}

// The steward says who may fetch goods for whoever cannot come, who reads it on their own page, and ends it.
func TestDeskProxy(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	clerk := atWork(t, b, "/desk/people", "U000005")
	clerk.open("/desk/people")
	if clerk.form("card"); strings.Contains(clerk.page, `value="proxy"`) {
		t.Error("a clerk is offered what the book takes from a steward alone")
	}
	w := atWork(t, b, "/desk/people", "U000006")
	w.open("/desk/people")
	w.send("/desk/people", "proxy", url.Values{"volunteer": {"V0000018"}, "proxy": {"V0000018"}, "relation": {"neighbour"}})
	w.shows("✗")
	w.open("/desk/people")
	w.send("/desk/people", "proxy", url.Values{"volunteer": {"V0000018"}, "proxy": {"V0000026"}, "relation": {"neighbour"}})
	w.shows("Entered as No.")
	v := newVisitor(t, newServer(t, config(b)), "en")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	wants(t, body(t, v.get("/volunteer"), http.StatusOK), "May fetch goods for you: V0000026 (neighbour)")
	w.send("/desk/people", "proxy", url.Values{"volunteer": {"V0000018"}, "proxy": {"V0000026"}, "relation": {"neighbour"}, "ended": {"1"}})
	w.shows("Entered as No.")
	if strings.Contains(body(t, v.get("/volunteer"), http.StatusOK), "V0000026") {
		t.Error("who may not fetch any more is still named")
	}
}
