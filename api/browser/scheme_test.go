package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aixin/ledger"
)

// schemeFlows maps what the scheme asks of people to the page at which they do it, the test that does it there in a browser, and the forms that
// it has to send for that: each by the path of its page, and its name where the page has more than one. What has no page is no row: rules of a
// unit are set up and people registered at the command line.
var schemeFlows = []struct{ flow, page, test, posts string }{
	{"hours: attendance by camera, card and PIN, short code", "/field, /volunteer/activity", "TestVolunteerWithoutScript", "/volunteer/activity come"},
	{"hours: the leader ticks, adds walk-ups, corrects", "/field", "TestRollByKeyboardAlone", "/field open_session, /field roll"},
	{"hours: one after the other, a forgotten check-out, rows of a sheet", "/field, /desk/imports", "TestOneByOne", "/field open_session, /field check_in, /field check_out, /field forgot, /field close_session, /desk/imports rows"},
	{"hours: a roster comes in as a file and is corrected in place", "/desk/imports", "TestFileIsCorrectedInPlace", "/desk/imports, /desk approve"},
	{"hours: forgotten check-out, declared, approved, noticed, objected to, answered, credited", "/field, /desk, /desk/notices, /notices, /volunteer", "TestHoursBecomePoints", "/field open_session, /field roll, /field close_session, /field declare, /desk approve, /desk/notices post, /volunteer/notice object, /desk/notices reply"},
	{"acts by quantity: declared, approved, noticed, credited", "/field, /desk, /desk/notices, /volunteer", "TestActsBecomePoints", "/field act, /desk approve, /desk/notices post"},
	{"exchange: scans, Enter, receipt", "/clerk", "TestARedemptionIsFourScansAndOneEnter", "/clerk"},
	{"exchange: two clerks, one card", "/clerk", "TestTwoClerksOneCard", "/clerk"},
	{"exchange: quantity, label, confirm and undo by scanner", "/clerk", "TestEverythingIsScanned", "/clerk"},
	{"exchange: return from the receipt", "/clerk/return", "TestByKeyboardAlone", "/clerk/return receipt, /clerk/return bring_back"},
	{"exchange: by proxy", "/clerk", "TestSomebodyElseCollects", "/clerk"},
	{"exchange: receipt printed and printed again", "/clerk/receipt", "TestReceiptPrints", "/clerk"},
	{"reservation: set aside and collected, whole and in part", "/volunteer/goods, /clerk", "TestAHoldIsCollected", "/volunteer/goods hold, /clerk"},
	{"reservation: let go at the counter, and timed out", "/volunteer/goods, /clerk", "TestAHoldEnds", "/volunteer/goods hold, /clerk"},
	{"goods: received with a second person, counted blind, differences posted", "/clerk/goods, /desk, /clerk/count", "TestGoodsAreCounted", "/clerk/goods receive, /desk approve, /clerk/count open_count, /clerk/count enter_count, /clerk/count confirm_count, /clerk/count finalise_count"},
	{"goods: a delivery of a named donor, signed by two", "/desk/goods, /clerk/goods, /desk, /notices", "TestGoodsAreCounted", "/desk/goods donor, /clerk/goods receive, /desk approve"},
	{"goods: a named donor, a directed gift, write-offs", "/desk/goods, /clerk, /clerk/write-off", "TestGoodsOfAQuarter", "/desk/goods donor, /desk/goods item, /desk/goods receive, /desk/people classes, /clerk, /clerk/write-off write_off, /clerk/write-off confirm_write_off"},
	{"goods: relief without points, handed over by a second person", "/clerk/relief, /desk", "TestReliefIsGiven", "/clerk/relief relief, /clerk/relief give_relief, /clerk/relief drop_relief, /clerk/write-off drop_write_off"},
	{"day close", "/clerk/close", "TestByKeyboardAlone", "/clerk/close close_counter, /clerk/close open_counter"},
	{"power cut: vouchers entered late", "/clerk/voucher, /desk", "TestVoucherIsEntered", "/clerk/voucher issue_vouchers, /clerk/voucher late, /clerk/voucher void_voucher, /desk approve"},
	{"expiry: warned 60, 30 and 7 days before", "/volunteer", "TestExpiryIsWarnedOf", ""},
	{"expiry: posted, and said why", "/volunteer, /volunteer/why", "TestPointsExpire", ""},
	{"correction: reversed, both seen as a pair", "/desk, /volunteer/statement", "TestEntryIsReversed", "/desk reverse"},
	{"Love Express: overdue first, called back by another person", "/express", "TestRequestIsServed", "/express take, /express sort, /express assign, /express finish, /express call, /express withdraw"},
	{"Love Express: the service record after the call", "/express, /desk, /volunteer/statement", "TestRequestIsServed", "/express record, /desk approve"},
	{"publication: the month's points, the honour list", "/desk/notices, /notices", "TestPublished", "/desk/notices publish, /desk/notices remove"},
	{"publication: the quarter's goods, due at the desk", "/desk, /desk/notices, /notices", "TestGoodsOfAQuarter", "/desk/notices publish"},
	{"publication: the hash is checked", "/notices", "TestBoardIsChecked", ""},
	{"publication: an objection that was said by phone is dismissed", "/desk/notices", "TestActsBecomePoints", "/desk/notices object, /desk/notices reply"},
	{"cut-over: balances of booklets", "/desk/imports, /desk", "TestBookletsComeOver", "/desk/imports, /desk approve"},
	{"cut-over: cards and labels on sheets", "/desk/charts", "TestSheetsArePrinted", "/desk/charts labels, /desk/charts sheet"},
	{"small places: a village of four people", "all of them", "TestFourPeopleGetThroughAMonth", "/clerk/goods receive, /field act, /desk approve, /desk/notices post, /clerk/voucher late, /clerk, /clerk/return bring_back, /clerk/count finalise_count, /clerk/close close_counter"},
	{"recognition: stars and a statement of hours", "/volunteer/hours", "TestVolunteerWithoutScript", "/volunteer/hours certify"},
	{"recognition: honour list by consent", "/volunteer/data, /desk/notices", "TestHonoursAreByConsent", "/volunteer/data consent, /desk/notices publish"},
	{"people: lost card and PIN, who may fetch, freeze, merge", "/desk/people", "TestLifeOfACard", "/desk/people search, /desk/people card, /desk/people void, /desk/people pin, /desk/people proxy, /desk/people status, /desk/people merge"},
	{"roles: granted, ended, conflicts refused", "/desk/staff", "TestRolesAreGiven", "/desk/staff grant, /desk/staff end_role, /desk/staff find_staff"},
	{"people: one-time codes of a steward", "/desk/totp", "TestStewardSetsCodesUp", "/desk/totp totp_begin, /desk/totp totp_confirm"},
	{"rules and prices previewed", "/desk/rules, /desk/goods", "TestPricesAndRulesArePreviewed", "/desk/rules open_rule, /desk/rules set_rule, /desk/rules price, /desk/goods price"},
	{"the auditor proves an entry", "/audit", "TestEntryIsProved", "/audit prove, /audit audit, /audit stock_card"},
}

// otherForms are the forms of the staff that belong to no flow of the scheme, or are sent by another test.
var otherForms = map[string]string{
	"/desk/goods shelf":  "shows one shop of many",
	"/desk/imports file": "carries a file: the browser does not tell its name",
}

// TestSchemeFlowsAreDriven wants the test of every flow to be there, which fails where it does not send what the flow takes, and every form of the
// staff to belong to a flow.
func TestSchemeFlowsAreDriven(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	sent := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, f := range schemeFlows {
		if !strings.Contains(all.String(), "\nfunc "+f.test+"(t *testing.T)") {
			t.Errorf("%s, at %s: no test %s", f.flow, f.page, f.test)
		}
		for form := range strings.SplitSeq(f.posts, ", ") {
			sent[form] = true
		}
	}
	forms := staffForms(t)
	for _, form := range forms {
		if !sent[form] && otherForms[form] == "" {
			t.Errorf("the form %s belongs to no flow", form)
		}
	}
	if len(forms) < 40 {
		t.Errorf("got %d forms of the staff, want all of them: %q", len(forms), forms)
	}
}

// opened gives somebody a balance of a paper booklet, which is declared and approved by two people.
func opened(t testing.TB, book string, who ledger.VolunteerID, points string, until ledger.Date) {
	t.Helper()
	said := aixin(t, book, "declare", string(who), "--opening", points, "--expires", until.String(), "-O", "json")
	_, index, _ := strings.Cut(said, `"index":`)
	aixin(t, book, "approve", entryNumber.FindString(index), "--as", reviewer.number)
}

// TestExpiryIsWarnedOf has points lapse soon, the sooner the more urgent: the home page says so in words, with the day and how far off it is.
func TestExpiryIsWarnedOf(t *testing.T) {
	t.Parallel()
	axe := readAxe(t)
	book := copied(t)
	due := []struct {
		who   ledger.VolunteerID
		days  int
		light string
		says  []string
	}{
		{ledger.NewVolunteerID(6), 61, "", nil},
		{ledger.NewVolunteerID(10), 60, "amber", []string{"两个月内到期", "还有 60 天"}},
		{ledger.NewVolunteerID(11), 30, "amber", []string{"一个月内到期", "还有 30 天"}},
		{ledger.NewVolunteerID(14), 7, "red", []string{"快到期了", "只剩 7 天"}},
		{ledger.NewVolunteerID(4), 0, "red", []string{"今天是最后一天"}},
	}
	for _, d := range due {
		opened(t, book, d.who, "7", demoDay.AddDays(d.days))
	}
	s := serveBook(t, book)
	b := open(t, s)
	for _, d := range due {
		b.forget()
		b.signIn("/volunteer", person{string(d.who), "/volunteer", "#card"})
		if !b.has(".light") {
			if d.light != "" {
				t.Errorf("%d days: nobody is warned\n%s", d.days, b.text("main"))
			}
			continue
		}
		said := b.text(".light")
		if d.light == "" || !b.has(".light."+d.light) || !strings.Contains(said, "7 分") {
			t.Errorf("%d days: got %q, want %q", d.days, said, d.says)
		}
		for _, want := range d.says {
			if !strings.Contains(said, want) {
				t.Errorf("%d days: got %q, want %q", d.days, said, want)
			}
		}
		b.accessible(t, axe)
		b.shoot(fmt.Sprintf("volunteer-warned-%d", d.days))
	}
}

// TestActsBecomePoints follows an act that is no service from the field by its quantity: approved by somebody else, on notice, credited as points
// of which a fraction is kept, and no hours.
func TestActsBecomePoints(t *testing.T) {
	t.Parallel()
	book, day := noticedBook(t)
	who, unit := untouched(t, book)
	before := available(t, book, who.number)
	s := serveBook(t, book)
	d := openDesk(t, s)
	d.as(s, leader)
	d.send("act", "", "volunteer", who.number, "act", "RC01", "quantity", "0", "act_on", day.String())
	d.refused("")
	d.shoot("field-act-refused.en")
	var record string
	for _, act := range []struct{ code, quantity string }{{"RC03", "60"}, {"RC01", "60"}} { // 3.2 points, as a village has worked out
		d.send("act", "", "volunteer", who.number, "act", act.code, "quantity", act.quantity, "act_on", day.String())
		d.done()
		record = d.doneWith()
	}
	d.shoot("field-act.en")
	d.as(s, reviewer)
	if got := d.rows(who.number); len(got) != 2 || !strings.Contains(strings.Join(got, "\n"), "RC03 cigarette boxes × 60") {
		t.Fatalf("got %q to approve, want both acts by their quantity", got)
	}
	d.approves(who.number)
	d.done()
	d.as(s, publisher)
	d.send("post", "post", "unit", unit) // where they live
	d.done()
	d.send("object", "", "record", record, "volunteer", who.number, "reason", "wrong-quantity")
	d.done()
	d.send("reply", "", "upheld", "dismissed", "reason", "unproven")
	d.done()
	d.lang = "zh"
	d.as(s, who)
	if got := d.text(".sentence"); !strings.Contains(got, "3.2 分公示中") {
		t.Errorf("got %q, want 3.2 points on notice", got)
	}
	s = s.sleep(t, day.AddDays(4))
	d.as(s, who)
	if got := d.text(".sentence"); !strings.HasPrefix(got, toUse(before+320)) {
		t.Errorf("got %q, want 3.2 points more to use than %s", got, toUse(before))
	}
	d.goTo("/volunteer/statement?commodity=MIN")
	if got := d.text("main"); strings.Contains(got, "RC03") {
		t.Errorf("got\n%s\nwant no minutes for what is no service", got)
	}
}

// TestAHoldEnds has a volunteer set goods aside twice: the counter lets one go, and the other is over after its last day.
func TestAHoldEnds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	phone := open(t, s)
	phone.signIn("/volunteer", volunteer)
	free := phone.text(".sentence")
	first, second := reserves(t, phone, "1"), reserves(t, phone, "2")
	c := atCounter(t, s)
	c.lang = "en"
	c.goTo("/clerk")
	c.scan(first)
	c.act(chromedp.Click(`button[value="release"]`, chromedp.ByQuery))
	if got := c.text("main"); !strings.Contains(got, "Let go") || c.has(".receipt") {
		t.Fatalf("got\n%s\nwant %s to be let go", got, first)
	}
	c.scan(first)
	if got := c.text("[role=alert]"); !strings.Contains(got, "no longer open") {
		t.Errorf("got %q, want that %s is no longer open", got, first)
	}
	phone.goTo("/volunteer/goods")
	if got := phone.text("main"); strings.Contains(got, first) || !strings.Contains(got, second) {
		t.Errorf("got\n%s\nwant %s alone to be set aside", got, second)
	}
	s = s.sleep(t, demoDay.AddDays(4)) // a hold lasts three days
	phone.at = s
	phone.forget()
	phone.signIn("/volunteer", volunteer)
	if got := phone.text(".sentence"); got != free {
		t.Errorf("got %q after the last day, want %q as before", got, free)
	}
	phone.goTo("/volunteer/goods")
	if got := phone.text("main"); strings.Contains(got, second) {
		t.Errorf("got\n%s\nwant nothing to be set aside", got)
	}
	phone.goTo("/volunteer/why")
	if got := phone.text("main"); !strings.Contains(got, second+" 过了最后一天") {
		t.Errorf("got\n%s\nwant why %s is over", got, second)
	}
}

// takes has a clerk exchange one piece of an item with somebody whose number is typed, who enters their PIN.
func (s *steps) takes(who, item string) {
	s.t.Helper()
	s.goTo("/clerk")
	s.scan("+CLEAR")
	s.scan(who)
	s.scan(item)
	if s.has("#holder_pin") {
		s.do(chromedp.SetValue("#holder_pin", demoPIN, chromedp.ByQuery))
	}
	s.act(chromedp.Focus("#scan", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
}

// TestGoodsOfAQuarter follows goods that a named donor gave for some people alone: the counter refuses them to one and hands them to another; one
// piece is written off by two people, and what is past its date is, too; and when the quarter is over the desk says that its goods are to be
// published, and the board has them.
func TestGoodsOfAQuarter(t *testing.T) {
	t.Parallel()
	const item, donor = "SKU-0042", "青阳县好人粮油店"
	quarter := fmt.Sprintf("%d-Q%d", demoDay.Time().Year(), (int(demoDay.Time().Month())+2)/3)
	_, end, ok := ledger.PeriodOf(quarter)
	if !ok {
		t.Fatal(quarter)
	}
	book := copied(t)
	opened(t, book, ledger.NewVolunteerID(10), "1", end.AddDays(1)) // what falls due then moves the clock of the book
	s := serveBook(t, book)
	goods := func(number string) person { return person{number, "/desk/goods", "#number"} }
	d := openDesk(t, s)
	d.as(s, goods(keeper.number))
	d.send("donor", "", "donor", "D042", "donor_name", donor, "donor_kind", "organization")
	d.done()
	if got := d.rows("D042"); !slices.ContainsFunc(got, func(row string) bool { return strings.Contains(row, donor) }) {
		t.Errorf("got %q, want the name of an organisation in the list", got)
	}
	d.as(s, goods(steward.number))
	d.send("item", "", "item", item, "name", "助学书包", "points", "1", "from", demoDay.String())
	d.done()
	d.as(s, goods(keeper.number))
	d.send("receive", "", "shop", "S01", "donor", "D042", "item", item, "pieces", "3", "only", "Hardship")
	d.refused("")
	d.send("receive", "", "only", "hardship")
	d.done()

	c := atCounter(t, s)
	c.lang = "en"
	c.takes(volunteer.number, item)
	if c.has(".receipt") || !strings.Contains(c.text("main"), item+" 助学书包") || !strings.Contains(c.text("main"), "given for somebody else") {
		t.Fatalf("got\n%s\nwant what was given for others to be refused", c.text("main"))
	}
	c.shoot("counter-directed.en")
	d.as(s, person{steward.number, "/desk/people", "#number"})
	d.send("classes", "", "volunteer", volunteer.number, "class_change", "add", "classes", "hardship")
	d.done()
	c.takes(volunteer.number, item)
	if !c.has(".receipt") {
		t.Fatalf("got\n%s\nwant it to be handed to whom it was given for", c.text("main"))
	}
	d.writesOff(s, item)

	s = s.sleep(t, end.AddDays(2))
	d.as(s, person{publisher.number, "/desk", "#number"})
	if got := d.text("main"); !strings.Contains(got, "to publish") {
		t.Fatalf("got\n%s\nwant what is due in the inbox", got)
	}
	if got := d.text(`main a[href="/desk/notices"].button`); !strings.Contains(got, ", the first by 20") {
		t.Errorf("got %q, want spaces about numbers", got)
	}
	d.shoot("desk-due.en")
	d.press(chromedp.Click(`main a[href="/desk/notices"].button`, chromedp.ByQuery))
	d.press(chromedp.Click(`main td a[href*="what=goods"][href*="period=`+quarter+`"], main th a[href*="what=goods"][href*="period=`+quarter+`"]`, chromedp.ByQuery))
	if got := d.value("#publish-period"); got != quarter || d.value("#publish-what") != "goods" {
		t.Fatalf("got %q, want the form to be filled in", got)
	}
	d.shoot("desk-publish-due.en")
	d.send("publish", "preview")
	const line = item + " 助学书包：期初 0，收到 3，发出 1，其他 -1，期末 1"
	if got := d.text("pre"); !strings.Contains(got, line) {
		t.Errorf("got\n%s\nwant %s", got, line)
	}
	d.send("publish", "post")
	d.done()
	number := d.doneWith()
	d.forget()
	d.goTo("/notices")
	if got := d.text("#n" + number + " pre"); !strings.Contains(got, line) {
		t.Errorf("got\n%s\nwant the notice on the board", got)
	}
}

// writesOff writes a piece of an item off, and what is past its date: whoever declares it does not take it off the shelf.
func (d desk) writesOff(s served, item string) {
	d.t.Helper()
	of := func(number string) person { return person{number, "/clerk/write-off", "#number"} }
	d.as(s, of(keeper.number))
	d.send("write_off", "", "shop", "S01", "item", item, "pieces", "1", "reason", "damaged")
	d.done()
	first := d.doneWith()
	if d.has("#confirm_write_off-write_off") {
		d.t.Errorf("got\n%s\nwant nobody to confirm what they declared", d.text("main"))
	}
	d.goTo("/clerk/write-off")
	d.press(chromedp.Click(`main a[href*="reason=expired"]`, chromedp.ByQuery))
	d.send("write_off", "") // as the row says it
	d.done()
	second := d.doneWith()
	d.shoot("write-off.en")
	d.as(s, person{supervisor.number, "/desk", "#number"})
	if got := d.text("main"); !strings.Contains(got, "Write-offs that wait for a second person: 2") {
		d.t.Errorf("got\n%s\nwant both in the inbox", got)
	}
	for _, paper := range []string{first, second} {
		d.goTo("/clerk/write-off")
		d.send("confirm_write_off", "", "write_off", paper)
		d.done()
	}
	d.goTo("/clerk/write-off")
	if d.has(`main a[href*="reason=expired"]`) || d.has(`#confirm_write_off-write_off`) {
		d.t.Errorf("got\n%s\nwant nothing to wait", d.text("main"))
	}
	if got := d.rows(item); len(got) != 1 {
		d.t.Errorf("got %q, want the write-off to be listed", got)
	}
	d.as(s, keeper)
	d.holds(item, 1)
}

// supervisor watches, and is a second person.
var supervisor = person{"U000007", "/clerk/write-off", "#number"}

// TestFourPeopleGetThroughAMonth gives the ten roles of a village to four people, as DESIGN.md packs them, and takes them through a month at
// their pages: goods in, acts, a notice, points of before with a neighbour's signature, a power cut, an exchange, a return, a count and the close.
func TestFourPeopleGetThroughAMonth(t *testing.T) {
	t.Parallel()
	const shop, item = "S09", "SKU-0001"
	at := func(number, door string) person { return person{number, door, "#number"} }
	const two, three, four, five = "U000012", "U000013", "U000014", "U000015"
	book := copied(t)
	admin := func(args ...string) { aixin(t, book, append(args, "--as", admin.number)...) }
	admin("unit", "add", "C09", "--name", "东山村", "--rule", "village-household")
	admin("shop", "add", shop, "--unit", "C09", "--name", "东山货架")
	for _, g := range [][]string{
		{two, "leader", "--unit", "C09", "--name", "陈二"},
		{two, "publisher", "--unit", "C09"},
		{three, "reviewer", "--unit", "C09", "--name", "陈三"},
		{three, "steward"},
		{four, "clerk", "--shop", shop, "--name", "陈四"},
		{five, "keeper", "--shop", shop, "--name", "陈五"},
	} {
		admin(append([]string{"staff", "grant", g[0], "--role", g[1]}, g[2:]...)...)
	}
	villager := entryVolunteer.FindString(aixin(t, book, "volunteer", "add", "--name", "王大妈", "--phone", "19900000901", "--unit", "C09", "--household", "H000901"))
	s := serveBook(t, book)
	d := openDesk(t, s)

	d.as(s, at(five, "/clerk/goods"))
	d.send("receive", "", "shop", shop, "donor", "D001", "item", item, "pieces", "20")
	d.done()
	d.as(s, at(three, "/desk"))
	d.approves("goods received")
	d.done()
	d.as(s, at(two, "/field"))
	d.send("act", "", "volunteer", villager, "act", "EN03", "quantity", "2", "act_on", demoDay.String())
	d.done()
	d.as(s, at(three, "/desk"))
	d.approves(villager)
	d.done()
	d.as(s, at(two, "/desk/notices"))
	d.send("post", "post", "unit", "C09")
	d.done()

	// The steward, who also approves, declares what was on paper: a neighbour of the town approves it.
	d.as(s, at(three, "/desk/imports"))
	d.send("file", "", "what", "balances", "text", "volunteer,points,expires\n"+villager+",5,"+demoDay.AddDays(300).String()+"\n")
	if got := d.text("main"); !strings.Contains(got, "Rows done: 1; left: 0") {
		t.Fatalf("got\n%s\nwant the balance in", got)
	}
	d.goTo("/desk")
	d.approves(villager)
	if d.has(".good") {
		t.Fatal("whoever declared it approved it")
	}
	d.as(s, reviewer)
	d.approves(villager)
	d.done()
	d.as(s, at(three, "/clerk/voucher"))
	d.send("issue_vouchers", "", "shop", shop, "first", "1", "last", "50")
	d.done()

	day := demoDay.AddDays(8)
	s = s.sleep(t, day) // the notice is over
	d.as(s, at(four, "/clerk/voucher"))
	d.send("late", "", "shop", shop, "voucher", "1", "happened", day.AddDays(-1).String(), "volunteer", villager, "slip", "1", "lines", item+" 2")
	d.done()
	d.as(s, at(three, "/desk"))
	d.approves("voucher 1")
	d.done()
	c := &steps{tab: d.tab}
	d.as(s, at(four, "/clerk"))
	c.act(chromedp.Click(`.doors button[value="shop/`+shop+`"]`, chromedp.ByQuery))
	c.takes(villager, item)
	if !c.has(".receipt") {
		t.Fatalf("got\n%s\nwant a receipt", c.text("main"))
	}
	receipt := c.text(".receipt .code")
	d.goTo("/clerk/return?receipt=" + receipt)
	d.send("bring_back", "", item, "1", "reason", "wrong-item")
	d.done()

	d.as(s, at(five, "/clerk/count"))
	d.send("open_count", "", "shop", shop)
	d.send("enter_count", "", item, "17")
	d.done()
	d.as(s, at(four, "/clerk/count"))
	d.send("confirm_count", "", item, "17")
	d.done()
	d.as(s, at(three, "/clerk/count"))
	d.send("finalise_count", "", "reason", "missing")
	d.done()
	if got := d.rows(shop); len(got) == 0 || !strings.Contains(got[0], item) || !strings.Contains(got[0], "-1") {
		t.Errorf("got %q, want the piece that lacks", got)
	}
	d.as(s, at(four, "/clerk/close"))
	d.goTo("/clerk/close?shop=" + shop)
	d.send("close_counter", "", "shop", shop)
	d.done()
	d.as(s, person{villager, "/volunteer", "#card"})
	left := 1500 - 2*2*100 // what was earned and brought over, less two of salt on the voucher; what came back was returned
	if got := d.text(".sum"); !strings.Contains(got, strconv.Itoa(left/100)) {
		t.Errorf("got %q, want %d points", got, left/100)
	}
}

var entryVolunteer = regexp.MustCompile(`V\d{7}`)
