package browser_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestFileIsCorrectedInPlace brings a list of hours in of which one row is wrong: it stands in the box, is corrected there and comes in alone, and
// somebody else approves both.
func TestFileIsCorrectedInPlace(t *testing.T) {
	t.Parallel()
	const right, wrong = "V0000067", "V0000068" // another check digit
	day := demoDay.AddDays(-1).String()
	path := filepath.Join(t.TempDir(), "hours.csv")
	file := "volunteer,start,hours\n" + right + "," + day + " 18:00,1\n" + wrong + "," + day + " 20:00,1\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{leader.number, "/desk/imports", "#number"})
	d.do(chromedp.SetUploadFiles("#file-file", []string{path}, chromedp.ByQuery))
	d.send("file", "", "what", "hours", "activity", "A001", "sheet", "0042")
	if got := d.text("main"); !strings.Contains(got, "Rows done: 1; left: 1") || !strings.Contains(got, "check digit") {
		t.Fatalf("got\n%s\nwant a result for each row", got)
	}
	d.shoot("desk-import.en")
	left := d.value("#file-text")
	if strings.Contains(left, right) || !strings.Contains(left, wrong) {
		t.Fatalf("got %q left, want the row that did not come in", left)
	}
	d.send("file", "", "text", strings.Replace(left, wrong, right, 1))
	if got := d.text("main"); !strings.Contains(got, "Rows done: 1; left: 0") {
		t.Fatalf("got\n%s\nwant the corrected row in", got)
	}
	d.as(s, reviewer)
	if got := d.rows(right); len(got) != 2 {
		t.Fatalf("got %q to approve, want both rows", got)
	}
	d.approves(right)
	d.done()
	if got := d.rows(right); len(got) != 0 {
		t.Errorf("got %q after the approval, want nothing to wait", got)
	}
}

var cardText = regexp.MustCompile(`AXC1[A-Z2-7]+|AX[A-Z0-9]{10,}`)

// TestLifeOfACard finds somebody by pinyin, declares their card lost, gives them another, which the counter takes, freezes the account, which it does
// not, and merges the number with another of the same person.
func TestLifeOfACard(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{steward.number, "/desk/people", "#number"})
	d.send("search", "", "search", "lifang")
	if got := d.rows("V0000067"); len(got) != 1 || !strings.Contains(got[0], "李*") {
		t.Fatalf("by pinyin: got %q, want V0000067", got)
	}
	newCard := func() string {
		t.Helper()
		d.goTo("/desk/people")
		d.send("card", "", "volunteer", volunteer.number)
		card := cardText.FindString(d.text("main"))
		if card == "" {
			t.Fatalf("got no card to print\n%s", d.state())
		}
		return card
	}
	lost := newCard()
	d.goTo("/desk/people")
	d.send("void", "", "volunteer", volunteer.number, "reason", "lost-card")
	d.done()
	c := atCounter(t, s)
	c.lang = "en"
	c.goTo("/clerk")
	c.scan(lost)
	if !c.has(".wrong") || c.has(".light") {
		t.Errorf("got\n%s\nwant a lost card to open nothing", c.text("main"))
	}
	card := newCard()
	d.shoot("desk-card.en")
	from := c.n
	c.scan(card) // in place of what was scanned in vain
	if !c.has(".light.green") {
		t.Errorf("got\n%s\nwant the new card to be taken", c.text("main"))
	}
	for _, item := range demoItems {
		c.scan(item)
	}
	c.act(typed(kb.Enter))
	if got := c.n - from; got != 5 || !c.has(".receipt") { // of a card, whose holder types no PIN
		t.Errorf("got %d steps and\n%s\nwant a receipt after 4 scans and 1 Enter", got, c.text("main"))
	}
	d.goTo("/desk/people")
	d.send("status", "", "volunteer", volunteer.number, "status", "frozen", "reason", "unproven")
	d.done()
	c.goTo("/clerk")
	c.scan("+CLEAR")
	c.scan(card)
	if !c.has(".light.red") {
		t.Errorf("got\n%s\nwant a frozen account to be red", c.text("main"))
	}
	c.shoot("counter-red.en")

	d.goTo("/desk/people")
	d.send("pin", "", "volunteer", volunteer.number)
	if got := d.text("main"); !strings.Contains(got, "This PIN is shown once") {
		t.Errorf("got\n%s\nwant a PIN to hand over", got)
	}
	d.goTo("/desk/people")
	d.send("proxy", "", "volunteer", volunteer.number, "proxy", "V0000067", "relation", "neighbour")
	d.done()
	d.goTo("/desk/people")
	other, _ := untouched(t, s.book)
	twice := other.number
	d.send("merge", "preview", "from_number", twice, "into_number", "V0000067")
	both := append(d.rows(twice), d.rows("V0000067")...)
	sums := d.rows("Both together")
	if len(both) != 2 || len(sums) != 1 {
		t.Fatalf("got %q and %q, want what each has and what both have", both, sums)
	}
	d.shoot("desk-merge.en")
	d.send("merge", "")
	d.done()
	has := d.rows("V0000067")
	if len(has) != 1 || strings.SplitN(has[0], "\t", 2)[1] != strings.SplitN(sums[0], "\t", 2)[1] {
		t.Errorf("got %q after the merger, want what both had before, %q", has, sums)
	}
	d.goTo("/desk/people")
	d.send("search", "", "search", twice)
	if got := d.text("main"); !strings.Contains(got, "closed") {
		t.Errorf("got\n%s\nwant the number that was merged to be closed", got)
	}
}

// TestEverythingIsScanned exchanges without a key but those of the scanner: 3*, a shelf label, a piece less, the code that confirms, and the one that
// undoes the exchange within a minute.
func TestEverythingIsScanned(t *testing.T) {
	t.Parallel()
	at := serve(t)
	s := atCounter(t, at)
	s.lang = "en"
	s.goTo("/clerk")
	s.scan(volunteer.number)
	s.scan("3*")
	s.scan("盐-1")
	s.scan(demoItems[1])
	if got := s.text("main table"); !strings.Contains(got, "× 3") {
		t.Errorf("got %q, want three pieces of one scan", got)
	}
	s.scan("+LESS")
	if got := s.text("main table"); strings.Contains(got, demoItems[1]) {
		t.Errorf("got %q, want the last line taken away", got)
	}
	s.do(chromedp.SetValue("#holder_pin", demoPIN, chromedp.ByQuery), chromedp.Focus("#scan", chromedp.ByQuery))
	s.scan("+OK")
	if !s.has(".receipt") {
		t.Fatalf("got no receipt\n%s", s.state())
	}
	number := s.text(".receipt .code")
	s.scan("+UNDO")
	if got := s.text(".receipt h2"); !strings.Contains(got, "Undone") {
		t.Fatalf("got %q, want it undone\n%s", got, s.state())
	}
	s.shoot("counter-undone.en")
	s.goTo("/clerk/receipt?receipt=" + number)
	if got := s.text(".reprint"); !strings.Contains(got, "came back") {
		t.Errorf("got %q, want a reprint that says that the goods came back", got)
	}
	phone := open(t, at)
	phone.lang = "en"
	phone.signIn("/volunteer", volunteer)
	phone.goTo("/volunteer/statement")
	if got := phone.text("main"); strings.Count(got, number) == 0 || !phone.has(".void") || !phone.has(".undone") {
		t.Errorf("got\n%s\nwant %s and what undid it, as a pair", got, number)
	}
}

// TestPublished hangs the points of a month out, which anybody reads and checks, and takes the notice down.
func TestPublished(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, publisher)
	month := demoDay.AddMonths(-2).String()[:7]
	d.send("publish", "preview", "unit", "C01", "what", "points", "period", month)
	preview := d.text("pre")
	d.send("publish", "post", "unit", "C01", "what", "points", "period", month)
	d.done()
	number := d.doneWith()
	d.forget()
	d.goTo("/notices")
	if got := d.text("#n" + number + " pre"); strings.TrimSpace(got) != strings.TrimSpace(preview) {
		t.Errorf("got on the board\n%s\nwant what was looked at before\n%s", got, preview)
	}
	d.as(s, publisher)
	d.send("remove", "", "notice", number, "reason", "clerk-error")
	d.done()
	d.goTo("/notices")
	if d.has("#n" + number) {
		t.Error("what was taken down hangs still")
	}
}

// TestVoucherIsEntered enters what a clerk handed out on paper while the power was cut, with its goods as a scanner leaves them: it waits, a second
// person signs it, and then it stands in the statement and in the book of vouchers.
func TestVoucherIsEntered(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{steward.number, "/clerk/voucher", "#number"})
	d.send("issue_vouchers", "", "shop", "S01", "first", "101", "last", "150")
	d.done()
	d.send("void_voucher", "", "shop", "S01", "number", "104", "reason", "clerk-error")
	d.done()
	clerks := person{clerk.number, "/clerk/voucher", "#number"}
	d.as(s, clerks)
	late := []string{"shop", "S01", "voucher", "102", "happened", demoDay.AddDays(-1).String(), "volunteer", volunteer.number, "slip", "102"}
	d.send("late", "", append(late, "lines", "盐-1\nSKU-9999\n")...)
	d.refused("an item code is SKU-")
	d.send("late", "", "lines", "盐-1\n盐-1\n"+demoItems[2]+" 2")
	d.done()
	d.as(s, reviewer)
	waits := d.rows("voucher 102")
	if len(waits) != 1 || !strings.Contains(waits[0], "食盐 1 包 × 2") || !strings.Contains(waits[0], "洗洁精 1 瓶 × 2") || !strings.Contains(waits[0], volunteer.number) {
		t.Fatalf("got %q, want what the second person signs for", waits)
	}
	d.shoot("desk-voucher.en")
	d.approves("voucher 102")
	d.done()
	d.as(s, clerks)
	if got := d.rows("101"); len(got) != 1 || !strings.Contains(got[0], "48\t103") {
		t.Errorf("got %q, want 48 left and 103 to be lacking", got)
	}
	d.as(s, volunteer)
	d.goTo("/volunteer/statement")
	if got := d.text("main"); !strings.Contains(got, "食盐 1 包 × 2") {
		t.Errorf("got\n%s\nwant the goods of the voucher", got)
	}
}

var entryNumber = regexp.MustCompile(`\d+`)

// doneWith returns the number of the entry that the page says was made.
func (d desk) doneWith() string {
	d.t.Helper()
	return entryNumber.FindString(d.text(".good"))
}

// TestDeskSessionEndsInMidForm ends the session while a request for help is typed: nothing that was typed is lost, and nothing is taken twice.
func TestDeskSessionEndsInMidForm(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{clerk.number, "/express", "#number"})
	typedIn := []string{"name", "冯婆婆", "phone", "13900000000", "address", "1 号楼", "need", "水龙头漏水", "unit", "C01"}
	d.forget()
	d.send("take", "", typedIn...)
	if !d.has("#pin") {
		t.Fatalf("the session goes on\n%s", d.state())
	}
	d.press(chromedp.SetValue("#number", clerk.number, chromedp.ByQuery), chromedp.SetValue("#pin", demoPIN, chromedp.ByQuery), chromedp.Submit("#pin", chromedp.ByQuery))
	for pair := range slices.Chunk(typedIn, 2) {
		if got := d.value("#take-" + pair[0]); got != pair[1] {
			t.Errorf("%s: got %q after signing in again, want %q", pair[0], got, pair[1])
		}
	}
	d.send("take", "")
	d.done()
	d.do(chromedp.Evaluate("history.back()", nil), until(`location.search.includes("kept")`)) // perhaps out of the browser's memory: nothing is loaded
	d.press(chromedp.Evaluate(`document.querySelector("#take-name").form.requestSubmit()`, nil))
	if got := d.rows("冯*婆"); len(got) != 1 {
		t.Errorf("got %q after Back and sending again, want one request", got)
	}
}

// TestEntryIsProved types the number of a receipt at the auditor's page, which proves the entry by a code and a file.
func TestEntryIsProved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	k := keys{&steps{tab: open(t, s)}}
	k.lang = "en"
	k.goTo("/audit")
	k.press(typed(auditor.number + kb.Tab + demoPIN + kb.Enter))
	k.types("#prove-entry", strconv.Itoa(500))
	k.press(chromedp.KeyEvent(kb.Enter))
	if got := k.text("main"); !strings.Contains(got, "500") || !k.has(".qr") || !k.has(`a[href*="file=proof"]`) {
		t.Errorf("got\n%s\nwant the proof of entry 500", got)
	}
	d := desk{k.tab}
	d.send("stock_card", "", "shop", "S01", "item", "SKU-0001")
	if got := d.text("main"); !strings.Contains(got, "Stock card · S01 · SKU-0001") {
		t.Errorf("got\n%s\nwant the card of the shelf", got)
	}
	d.send("audit", "")
	if got := d.text("main"); !strings.Contains(got, "The last audit") {
		t.Errorf("got\n%s\nwant what the audit says", got)
	}
}
