package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestReliefIsGiven has a clerk write down what somebody in need is to have without points; what was a mistake is dropped, a keeper hands over what
// was not, and the shelf has less while nobody's points moved.
func TestReliefIsGiven(t *testing.T) {
	t.Parallel()
	const item = "SKU-0001"
	axe := readAxe(t)
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, keeper)
	had := d.stock(item)
	d.as(s, person{clerk.number, "/clerk/relief", "#number"})
	relief := func(lines string) string {
		d.send("relief", "", "shop", "S01", "case", "HC-7", "class", "hardship", "lines", lines, "application", "AP-12", "notice", "N-3")
		d.done()
		return d.doneWith()
	}
	d.send("relief", "", "shop", "S01", "volunteer", volunteer.number, "case", "HC-7", "lines", item+" 2", "application", "AP-12", "notice", "N-3")
	d.refused("")
	if got := d.value("#relief-application"); got != "AP-12" {
		t.Errorf("got %q, want what was typed to be there still", got)
	}
	d.shoot("relief-refused.en")
	d.goTo("/clerk/relief")
	mistake, right := relief(item+" 9"), relief(item+" 2")
	d.accessible(t, axe)
	d.as(s, person{keeper.number, "/desk", "#number"})
	d.press(chromedp.Click(`main a[href="/clerk/relief"].button`, chromedp.ByQuery))
	d.send("drop_relief", "", "relief", mistake)
	d.done()
	d.send("give_relief", "", "relief", right)
	d.done()
	d.shoot("relief-given.en")
	if got := d.rows("HC-7"); len(got) != 2 || !strings.Contains(strings.Join(got, "\n"), item+" 食盐 1 包 × 2") {
		t.Errorf("got %q, want both papers to be listed", got)
	}
	d.holds(item, had-2)
	d.goTo("/clerk/write-off")
	d.send("write_off", "", "shop", "S01", "item", item, "pieces", "1", "reason", "damaged")
	d.done()
	d.send("drop_write_off", "", "write_off", d.doneWith())
	d.done()
	d.as(s, volunteer)
	if got := d.text("main"); strings.Contains(got, "HC-7") {
		t.Errorf("got\n%s\nwant nobody's points to move", got)
	}
}

// TestOneByOne has a leader enter people one after the other: who comes, who goes, who forgot to say so; and hours of a paper sheet as rows, of
// which the wrong one stays in the box.
func TestOneByOne(t *testing.T) {
	t.Parallel()
	const one, other = "V0000067", "V0000018"
	s := serve(t)
	d := openDesk(t, s)
	d.as(s, leader)
	d.send("open_session", "", "activity", "A001")
	session := d.value(rollForm + ` [name="session"]`)
	for _, who := range []string{one, other} {
		d.send("check_in", "", "volunteer", who)
		d.done()
	}
	d.send("check_out", "", "volunteer", one)
	d.done()
	d.send("close_session", "")
	d.done()
	s = s.sleep(t, demoDay.AddDays(2))
	d.as(s, leader)
	d.goTo("/field?session=" + session)
	d.send("forgot", "", "volunteer", other, "out", demoDay.String()+"T12:00")
	d.done()
	if d.has("#forgot-volunteer") {
		t.Errorf("got\n%s\nwant nobody left who forgot", d.text("main"))
	}
	day := demoDay.AddDays(-1).String()
	d.goTo("/desk/imports")
	d.send("rows", "", "activity", "A003", "sheet", "0077", "rows", one+", "+day+" 06:00, 30\nV0000068, "+day+" 06:00, 30")
	if got := d.rows(one); len(got) != 1 || !strings.Contains(got[0], "declared") {
		t.Errorf("got %q, want the row declared", got)
	}
	if got := d.value("#rows-rows"); strings.Contains(got, one) || !strings.Contains(got, "V0000068") {
		t.Errorf("got %q left, want the row that was refused", got)
	}
}
