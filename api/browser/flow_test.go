package browser_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aixin/ledger"
	"aixin/ledger/proof"
)

// TestPricesAndRulesArePreviewed looks at what a price and a rule would change before each is entered.
func TestPricesAndRulesArePreviewed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{steward.number, "/desk/rules", "#number"})
	tomorrow := demoDay.AddDays(1).String()
	d.send("price", "preview", "item", "SKU-0001", "points", "9.5", "from", tomorrow)
	if got := d.text("main"); !strings.Contains(got, "9.5 from "+tomorrow) || len(d.rows("9.5")) != 0 {
		t.Fatalf("got\n%s\nwant what the price would change, and no price yet", got)
	}
	d.shoot("desk-price.en")
	d.send("price", "")
	d.done()
	if got := d.rows("9.5"); len(got) != 1 || !strings.HasPrefix(got[0], "SKU-0001") {
		t.Errorf("got %q, want the new price", got)
	}
	d.goTo("/desk/goods") // beside its item too
	next := demoDay.AddDays(2).String()
	d.send("price", "preview", "item", "SKU-0001", "points", "9", "from", next)
	if got := d.text("main"); !strings.Contains(got, "9 from "+next) {
		t.Errorf("got\n%s\nwant what the price would change", got)
	}
	d.goTo("/desk/rules")
	d.send("open_rule", "", "rule", "volunteer-1yuan@1")
	text := d.value("#set_rule-text")
	d.send("set_rule", "preview", "text", strings.Replace(text, "session_cap = 240", "session_cap = 180", 1))
	if got := d.rows("240"); len(got) != 1 || !strings.Contains(got[0], "180") {
		t.Fatalf("got %q, want what the rule would change\n%s", got, d.state())
	}
	if got := d.rows("volunteer-1yuan@2"); len(got) != 0 {
		t.Errorf("got %q, want no version yet", got)
	}
	d.send("set_rule", "")
	d.done()
	if got := d.rows("volunteer-1yuan@2"); len(got) != 0 {
		t.Errorf("got %q, want no version before another person approved it", got)
	}
	d.as(s, reviewer)
	d.approves("rule set")
	d.done()
	d.as(s, person{steward.number, "/desk/rules", "#number"})
	if got := d.rows("volunteer-1yuan@2"); len(got) != 1 || !strings.Contains(got[0], tomorrow) {
		t.Errorf("got %q, want the version from tomorrow", got)
	}
}

// TestRolesAreGiven gives a role and ends it; the pair that nobody may hold is refused, with what to do.
func TestRolesAreGiven(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, admin)
	d.send("grant", "", "staff", clerk.number, "role", "supervisor", "scope", "C01")
	d.refused("Give these roles to different people.")
	if got := d.value("#grant-staff"); got != clerk.number {
		t.Errorf("got %q in the form, want what was typed to stay", got)
	}
	d.goTo("/desk/staff")
	d.send("grant", "", "staff", leader.number, "role", "publisher", "scope", "C0101")
	d.done()
	if got := d.rows("C0101"); len(got) != 1 || !strings.HasPrefix(got[0], leader.number) || !strings.Contains(got[0], "ublisher") {
		t.Errorf("got %q, want the role in the table", got)
	}
	d.send("end_role", "", "staff", leader.number, "role", "publisher", "scope", "C0101", "until", demoDay.String())
	d.done()
	if got := d.rows("C0101"); len(got) != 1 || !strings.Contains(got[0], demoDay.String()+"\t"+demoDay.String()) {
		t.Errorf("got %q, want the role to end", got)
	}
	d.send("find_staff", "", "staff", clerk.number)
	if got := d.rows("U0000"); len(got) != 1 || !strings.HasPrefix(got[0], clerk.number) {
		t.Errorf("got %q, want the one who was asked for", got)
	}
}

// charted opens the page of charts and sheets, once it is added up.
func (d desk) charted() {
	d.t.Helper()
	d.goTo("/desk/charts")
	for !d.has(".chart") {
		d.press(chromedp.Reload())
	}
}

// TestChartsAreTables wants every chart drawn from the table that stands under it.
func TestChartsAreTables(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, steward)
	d.charted()
	var charts []struct {
		Name  string
		Bars  []string
		Cells []string
	}
	d.apart(`[...document.querySelectorAll("section:has(.chart)")].map(s => ({Name: s.querySelector("h2").innerText,
		Bars: [...s.querySelectorAll(".bar span")].map(b => b.innerText), Cells: [...s.querySelectorAll("td.n, th.n")].map(c => c.innerText)}))`, &charts)
	if len(charts) != 4 {
		t.Fatalf("got %d charts, want 4\n%s", len(charts), d.state())
	}
	for _, c := range charts {
		if len(c.Bars) == 0 {
			t.Errorf("%s: nothing is drawn", c.Name)
		}
		for _, bar := range c.Bars {
			if !slices.Contains(c.Cells, bar) {
				t.Errorf("%s: got a bar of %q, want each to stand in the table: %q", c.Name, bar, c.Cells)
			}
		}
	}
}

// TestSheetsArePrinted makes cards for those who have none and labels for the shelf, each with its code, and prints them; whoever has a card gets no
// other.
func TestSheetsArePrinted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, steward)
	for _, sheet := range []struct {
		form   string
		fields []string
	}{{"labels", nil}, {"sheet", []string{"unit", "C0102"}}} {
		d.charted()
		d.send(sheet.form, "", sheet.fields...)
		var codes, marked int
		d.apart(`document.querySelectorAll("section .qr").length`, &codes)
		d.apart(`[...document.querySelectorAll("section.card")].filter(c => c.innerText.includes("DEMO")).length`, &marked)
		if marked != codes {
			t.Errorf("%s: %d of %d say that they are of a demo book", sheet.form, marked, codes)
		}
		pdf := d.pdf()
		if codes < 5 || len(pdfBox.FindAll(pdf, -1)) == 0 {
			t.Errorf("%s: got %d codes on %d pages\n%s", sheet.form, codes, len(pdfBox.FindAll(pdf, -1)), d.state())
		}
		d.shoot("desk-" + sheet.form + ".en")
	}
	if !strings.Contains(d.text("main"), "names on the cards are masked") {
		t.Errorf("got\n%s\nwant how a card gets its full name", d.text("main"))
	}
	d.charted()
	d.send("sheet", "", "unit", "C0102")
	if d.has("section .qr") || !strings.Contains(d.text("main"), "has a card") {
		t.Errorf("got\n%s\nwant no second card for anybody", d.text("main"))
	}
}

// TestPointsExpire has points lapse: the volunteer reads until when they are good, and afterwards that they went and why.
func TestPointsExpire(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.lang = "zh"
	who := person{string(ledger.NewVolunteerID(7)), "/volunteer", "#card"}
	d.as(s, who)
	if got := d.text(".sentence"); !strings.Contains(got, "12 分") || !strings.Contains(got, "到期") {
		t.Errorf("got %q, want 12 points and until when", got)
	}
	d.goTo("/volunteer/points")
	if got := d.text("main"); !strings.Contains(got, "12 分") {
		t.Errorf("got\n%s\nwant the day on which they lapse", got)
	}
	s = s.sleep(t, demoDay.AddDays(2))
	d.as(s, who)
	if got := d.text(".sentence"); got != "可用 0 分。" {
		t.Errorf("got %q, want nothing left", got)
	}
	d.goTo("/volunteer/statement")
	if got := d.text("main"); !strings.Contains(got, "到期没有用完") || !strings.Contains(got, "-12 分") && !strings.Contains(got, "−12 分") {
		t.Errorf("got\n%s\nwant the movement", got)
	}
	d.goTo("/volunteer/why")
	if got := d.text("main"); !strings.Contains(got, "积分到期没有用完，已经转出") {
		t.Errorf("got\n%s\nwant why they went", got)
	}
}

// TestEntryIsReversed has a steward look at what a reversal would post, and reverse a credit; the volunteer sees both as a pair.
func TestEntryIsReversed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	who := person{"V0000067", "/volunteer", "#card"}
	d.as(s, who)
	d.goTo("/volunteer/statement")
	number := entryNumber.FindString(d.text(".movements li:has(.plus) .number"))
	d.as(s, steward)
	d.send("reverse", "preview", "entry", number, "reason", "clerk-error")
	if got := d.rows(who.number); len(got) == 0 {
		t.Fatalf("got\n%s\nwant what it would post", d.state())
	}
	d.shoot("desk-reverse.en")
	d.send("reverse", "")
	d.done()
	d.send("reverse", "", "entry", number, "reason", "clerk-error")
	d.refused("")
	d.as(s, who)
	d.goTo("/volunteer/statement")
	if !d.has(".void") || !d.has(".undone") || strings.Count(d.text("main"), number) < 2 {
		t.Errorf("got\n%s\nwant %s and its reversal as a pair", d.text("main"), number)
	}
}

// TestBookletsComeOver brings balances of paper booklets in; they count once a second person approved them, and nobody opens them twice.
func TestBookletsComeOver(t *testing.T) {
	t.Parallel()
	who := person{string(ledger.NewVolunteerID(6)), "/volunteer", "#card"}
	path := filepath.Join(t.TempDir(), "balances.csv")
	if err := os.WriteFile(path, []byte("volunteer,points,expires\n"+who.number+",20,"+demoDay.AddDays(300).String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, person{steward.number, "/desk/imports", "#number"})
	d.do(chromedp.SetUploadFiles("#file-file", []string{path}, chromedp.ByQuery))
	d.send("file", "", "what", "balances")
	if got := d.text("main"); !strings.Contains(got, "Rows done: 1; left: 0") {
		t.Fatalf("got\n%s\nwant the row in", got)
	}
	d.goTo("/desk")
	if len(d.rows(who.number)) == 0 || d.has(`[name="tick"]`) {
		t.Fatalf("whoever declared it is offered to approve it\n%s", d.state())
	}
	d.as(s, reviewer)
	d.approves(who.number)
	d.done()
	d.as(s, who)
	if got := d.text(".sentence"); !strings.Contains(got, "23.2 points") {
		t.Errorf("got %q, want 20 points more than 3.2", got)
	}
}

// TestHonoursAreByConsent publishes who is honoured: whoever takes their consent back is not on the next list.
func TestHonoursAreByConsent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	honours := func() string {
		t.Helper()
		d.as(s, publisher)
		d.send("publish", "preview", "unit", "C01", "what", "honours", "period", demoDay.AddMonths(-1).String()[:7])
		return d.text("pre")
	}
	before := strings.Count(honours(), "\n")
	agreed := 0
	for i := 9; i < 40 && agreed == 0; i++ { // the first of the list who agreed
		d.as(s, person{string(ledger.NewVolunteerID(i)), "/volunteer", "#card"})
		d.goTo("/volunteer/data")
		if d.has(`form.own button[value="no"]`) {
			d.press(chromedp.Click(`form.own button[value="no"]`, chromedp.ByQuery))
			agreed = i
		}
	}
	d.goTo("/volunteer/data")
	if agreed == 0 || !d.has(`form.own button[value="yes"]`) {
		t.Fatalf("nobody took their consent back\n%s", d.state())
	}
	if after := strings.Count(honours(), "\n"); after >= before {
		t.Errorf("got %d lines after somebody took their consent back, want fewer than %d\n%s", after, before, d.text("pre"))
	}
}

// TestProofIsScanned scans the code of an entry's proof at the auditor's page, as a scanner types it.
func TestProofIsScanned(t *testing.T) {
	t.Parallel()
	s := serve(t)
	k := keys{&steps{tab: open(t, s)}}
	k.lang = "en"
	k.signIn("/audit", auditor)
	k.goTo("/audit?entry=1000")
	p, err := proof.ParseInclusion([]byte(k.text("pre")))
	if err != nil {
		t.Fatal(err)
	}
	code, ok := p.Code()
	if !ok {
		t.Fatal("the proof of entry 1000 fits no code")
	}
	k.goTo("/audit")
	k.types("#prove-entry", code)
	k.press(chromedp.KeyEvent(kb.Enter))
	if got := k.text("main"); !strings.Contains(got, "1000") || !k.has(".qr") {
		t.Errorf("got\n%s\nwant the proof of entry 1000, of a code of %d letters", got, len(code))
	}
}

// TestRosterIsScanned scans the code of a session at the counter: a steward who leads too goes on to its roll and comes back to the card, a clerk is told
// whose it is and stays with what lies there.
func TestRosterIsScanned(t *testing.T) {
	t.Parallel()
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, leader)
	d.send("open_session", "", "activity", "A001")
	session := d.value(rollForm + ` [name="session"]`)
	d.as(s, admin)
	d.send("grant", "", "staff", steward.number, "role", "leader")
	d.done()
	c := atCounter(t, s)
	c.lang = "en"
	c.goTo("/clerk")
	c.scan(volunteer.number)
	c.scan("AXS" + session)
	if !strings.Contains(c.text(".wrong"), "leader") || !strings.Contains(c.text(".light"), volunteer.number) {
		t.Errorf("got\n%s\nwant the clerk to stay with the card", c.text("main"))
	}
	d.as(s, person{steward.number, "/clerk", "#number"})
	d.press(chromedp.Click(".doors button", chromedp.ByQuery))
	for _, scan := range []string{volunteer.number, "AXS" + session} {
		d.press(typed(scan + kb.Enter))
	}
	if got := d.value(rollForm + ` [name="session"]`); got != session {
		t.Errorf("got session %q, want the roll of %s\n%s", got, session, d.state())
	}
	d.goTo("/clerk")
	if got := d.text(".light"); !strings.Contains(got, volunteer.number) {
		t.Errorf("got %q at the counter, want the card to be there still", got)
	}
}
