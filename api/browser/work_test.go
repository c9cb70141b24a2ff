package browser_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/shopspring/decimal"

	"aixin/ledger"
)

// reviewer approves what others declared.
var reviewer = person{"U000003", "/desk", "#number"}

// aixin runs a command on a book that nobody serves, as the steward, and returns what it printed.
func aixin(t testing.TB, book string, args ...string) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "aixin"), append(args, "--book", book)...)
	cmd.Env = append(os.Environ(), "AIXIN_PIN="+demoPIN, "AIXIN_ACTOR="+steward.number)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("aixin %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

var isoDate = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

// today returns the day that a book is at: that of its last entry, once the due run went ahead of the clock.
func today(t testing.TB, book string) ledger.Date {
	t.Helper()
	on, err := ledger.ParseDate(isoDate.FindString(aixin(t, book, "balance", volunteer.number)))
	if err != nil {
		t.Fatal(err)
	}
	return on
}

// sleep stops the server, does what is due by a day, as the timer of a real server does every night, and serves again. In the demo points lapse
// on the second day from now and a hold ends on the third: those move the clock of the book.
func (s served) sleep(t testing.TB, until ledger.Date) served {
	t.Helper()
	s.stop()
	aixin(t, s.book, "run", "--until", until.String())
	if on := today(t, s.book); on != until {
		t.Fatalf("got the book at %s, want something to be due on %s", on, until)
	}
	return serveBook(t, s.book)
}

// setRule puts a new version of the demo's rule into force, with these sections more, proposed and approved.
func setRule(t testing.TB, book, sections string) {
	t.Helper()
	rule, err := os.ReadFile("../sheet/rules/volunteer-1yuan.toml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(rule), "version = 1\nfrom = 2026-01-01\n", "version = 2\nfrom = "+today(t, book).String()+"\n", 1)
	if strings.Contains(sections, "[second]") { // in the place of the shipped one
		before, behind, _ := strings.Cut(text, "[second]")
		_, behind, _ = strings.Cut(behind, "\n\n")
		text = before + behind
	}
	path := filepath.Join(t.TempDir(), "rule.toml")
	if err := os.WriteFile(path, []byte(text+sections), 0o600); err != nil {
		t.Fatal(err)
	}
	_, index, _ := strings.Cut(aixin(t, book, "rule", "add", path, "-O", "json"), `"index":`)
	aixin(t, book, "approve", entryNumber.FindString(index), "--as", reviewer.number)
}

// desk is a browser at which one after the other signs in: what is tested is who may do what, not whose browser it is.
type desk struct{ *tab }

func openDesk(t testing.TB, s served) desk {
	t.Helper()
	d := desk{open(t, s)}
	d.lang = "en"
	return d
}

// as lets somebody sign in, at the page of theirs, after the one before left.
func (d desk) as(s served, who person) {
	d.t.Helper()
	d.forget()
	d.at = s
	d.signIn(who.door, who)
}

// send fills a form in, pairs of a field's name and what goes into it, and presses the button that do names, or the only one.
func (d desk) send(form, do string, fields ...string) {
	d.t.Helper()
	for pair := range slices.Chunk(fields, 2) {
		d.do(chromedp.SetValue("#"+form+"-"+pair[0], pair[1], chromedp.ByQuery))
	}
	d.press(chromedp.Click(fmt.Sprintf(`form:has([name="form"][value=%q]) .actions button[value=%q]`, form, do), chromedp.ByQuery))
}

// done wants the page to say that it was done; refused, that it was not, and why.
func (d desk) done() {
	d.t.Helper()
	if !d.has(".good") || d.has(".wrong") {
		d.t.Fatalf("it was not done\n%s", d.state())
	}
}

func (d desk) refused(why string) {
	d.t.Helper()
	if !d.has(".wrong") || !strings.Contains(d.text("main"), why) {
		d.t.Fatalf("it was not refused for %q\n%s", why, d.state())
	}
}

// rows returns what the rows of the page's tables say that name something.
func (d desk) rows(what string) (found []string) {
	d.t.Helper()
	d.apart(fmt.Sprintf(`[...document.querySelectorAll("tbody tr")].map(row => row.innerText).filter(row => row.includes(%q))`, what), &found)
	return found
}

// approves ticks the row that waits and names something, and no other, and approves it.
func (d desk) approves(what string) {
	d.t.Helper()
	var wrong []string // what is ticked for them and is not what they came for, or the other way round
	d.apart(fmt.Sprintf(`[...document.querySelectorAll("[name=tick]")].filter(t => t.checked !== t.closest("tr").innerText.includes(%q)).map(t => t.value)`, what), &wrong)
	for _, tick := range wrong {
		d.do(chromedp.Click(fmt.Sprintf(`[name="tick"][value=%q]`, tick), chromedp.ByQuery))
	}
	if d.has("#approve-seen") { // something is asked about one of them
		d.do(chromedp.Click("#approve-seen", chromedp.ByQuery))
	}
	d.send("approve", "approve")
}

// untouched finds somebody of the demo who lives alone, for whom nothing is set aside and of whom nothing waits, and their unit: who that is differs
// with the day of the week.
func untouched(t testing.TB, book string) (who person, unit string) {
	t.Helper()
	var all []struct{ Volunteer, Unit, Household, Status string }
	if err := json.Unmarshal([]byte(aixin(t, book, "volunteer", "list", "-O", "json")), &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all[8:] { // behind those who have a part of their own
		var has struct{ Held, Pending string }
		if err := json.Unmarshal([]byte(aixin(t, book, "balance", v.Volunteer, "-O", "json")), &has); err != nil {
			t.Fatal(err)
		}
		if has.Held == "0.00" && has.Pending == "0.00" && v.Household == "" && v.Status == "active" {
			return person{v.Volunteer, "/volunteer", "#card"}, v.Unit
		}
	}
	t.Fatal("something is set aside for everybody, or waits")
	return who, unit
}

// available is what somebody has before a test: who served on the last days of the demo differs with the day of the week.
func available(t *testing.T, book, who string) ledger.Amount {
	t.Helper()
	var has struct{ Available string }
	if err := json.Unmarshal([]byte(aixin(t, book, "balance", who, "-O", "json")), &has); err != nil {
		t.Fatal(err)
	}
	points, err := decimal.NewFromString(has.Available)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Amount(points.Shift(2).IntPart())
}

// toUse is how a volunteer's page begins that says so many points.
func toUse(points ledger.Amount) string {
	return "可用 " + decimal.New(int64(points), -2).String() + " 分"
}

// noticedBook returns a copy of the demo in which records hang out for three days before they count, and the day from which they do.
func noticedBook(t *testing.T) (book string, day ledger.Date) {
	t.Helper()
	book, day = copied(t), demoDay.AddDays(2)
	aixin(t, book, "run", "--until", day.String())
	setRule(t, book, "\n[notice]\ndays = 3\nreply = 3\n")
	return book, day
}

// TestHoursBecomePoints follows hours from the street to the volunteer's phone: a leader declares them at the field page, somebody else approves
// them at the desk, the publisher hangs them out, anybody reads them masked without signing in, one of two objects and sees the answer, and after
// the notice the hours of the other are points.
func TestHoursBecomePoints(t *testing.T) {
	t.Parallel()
	const who, name, masked = "V0000067", "李芳", "李*"
	book, day := noticedBook(t)
	other, _ := untouched(t, book)
	before := available(t, book, other.number)
	s := serveBook(t, book)

	d := openDesk(t, s)
	d.as(s, leader)
	d.send("open_session", "", "activity", "A001")
	session := d.value(rollForm + ` [name="session"]`)
	d.send("roll", "in", "walk_ups", who+"\n"+other.number)

	// The leader forgot who went, and says so the next day.
	s = s.sleep(t, day.AddDays(1))
	d.as(s, leader)
	d.goTo("/field?session=" + session)
	for _, one := range []string{who, other.number} {
		d.do(chromedp.Click(fmt.Sprintf(`[name="tick"][value=%q]`, one), chromedp.ByQuery))
	}
	d.send("roll", "out", "out", day.String()+"T02:00")
	d.send("close_session", "")
	d.done()
	d.send("declare", "")
	if got := d.rows(who); len(got) == 0 {
		t.Fatalf("nothing was declared\n%s", d.state())
	}

	d.as(s, reviewer)
	for _, one := range []string{who, other.number} {
		d.approves(one)
		d.done()
	}
	d.as(s, publisher)
	if got := append(d.rows(who), d.rows(other.number)...); len(got) != 2 {
		t.Fatalf("got %q, want what was approved to wait for its notice", got)
	}
	d.send("post", "preview", "unit", "C01")
	if got := d.text("pre"); !strings.Contains(got, masked) || strings.Contains(got, name) {
		t.Errorf("got the preview\n%s\nwant %s and no name", got, masked)
	}
	d.send("post", "post", "unit", "C01")
	d.done()

	d.forget()
	d.goTo("/notices")
	if got := d.text("#credits pre"); !strings.Contains(got, masked) || strings.Contains(got, name) || strings.Contains(got, who) {
		t.Errorf("got on the board\n%s\nwant %s, neither name nor number", got, masked)
	}

	d.objects(s, other)
	d.lang = "zh"
	d.as(s, person{who, "/volunteer", "#card"})
	if got := d.text(".sentence"); !strings.Contains(got, "可用 3.2 分；2 分公示中") {
		t.Errorf("got %q, want 2 points on notice", got)
	}
	s = s.sleep(t, day.AddDays(5)) // the day after the notice
	d.as(s, person{who, "/volunteer", "#card"})
	if got := d.text(".sentence"); !strings.Contains(got, "可用 5.2 分") || strings.Contains(got, "公示中") {
		t.Errorf("got %q, want 2 points more to use", got)
	}
	if got := d.text("main"); !strings.Contains(got, "+2 分") {
		t.Errorf("got\n%s\nwant the hours among the last movements", got)
	}
	d.as(s, other)
	if got := d.text(".sentence"); !strings.HasPrefix(got, toUse(before)) || strings.Contains(got, "公示中") {
		t.Errorf("got %q, want no points for what was objected to, beside %s", got, toUse(before))
	}
	d.goTo("/volunteer/why")
	if got := d.text("main"); !strings.Contains(got, "数量错误") {
		t.Errorf("got\n%s\nwant why the hours are no points", got)
	}
}

// objects has a volunteer object to the line of theirs that hangs out, the publisher uphold it, and the volunteer read the answer.
func (d desk) objects(s served, who person) {
	d.t.Helper()
	d.as(s, who)
	d.goTo("/volunteer/notice")
	d.press(chromedp.SetValue(`form.own [name="reason"]`, "wrong-quantity", chromedp.ByQuery), chromedp.Submit(`form.own [name="reason"]`, chromedp.ByQuery))
	if got := d.text("main"); !strings.Contains(got, "wrong quantity") {
		d.t.Fatalf("nothing was objected to\n%s", d.state())
	}
	d.as(s, publisher)
	d.send("reply", "", "upheld", "upheld", "reason", "wrong-quantity")
	d.done()
	d.as(s, who)
	d.goTo("/volunteer/notice")
	if got := d.text("main"); !strings.Contains(got, "you are right") {
		d.t.Errorf("got\n%s\nwant the answer to what %s objected to", got, who.number)
	}
	d.shoot("volunteer-answered.en")
}

// TestBoardIsChecked does what the board says: keeps the text of a notice, and compares its hash with the one beside it, and with the book.
func TestBoardIsChecked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := open(t, s)
	dir := t.TempDir()
	b.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(dir))
	b.goTo("/notices")
	var number, hash string
	b.apart(`document.querySelector(".notice").id.slice(1)`, &number)
	hash = strings.TrimSpace(b.text(".notice .hash"))
	b.do(chromedp.Click(`.notice a[href$="/text"]`, chromedp.ByQuery))
	path := filepath.Join(dir, "notice-"+number+".txt")
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			if _, err := os.Stat(path); err == nil {
				return nil
			}
			if err := chromedp.Sleep(stepTime / 3000).Do(ctx); err != nil {
				return err
			}
		}
	}))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != hash {
		t.Errorf("got a text with hash %x, want %s, as the page says", sum, hash)
	}
	s.stop()
	aixin(t, s.book, "notice", "check", path) // ends with a failure where it is another text
}

// TestRequestIsServed follows a request for help: four fields, an order in which the overdue come first, a call-back by somebody else, and the record of
// service that only then may be declared, from its approval to the volunteer's phone.
func TestRequestIsServed(t *testing.T) {
	t.Parallel()
	book := copied(t)
	day := demoDay
	s := serveBook(t, book)
	d := openDesk(t, s)
	server := person{leader.number, "/express", "#number"}
	d.as(s, server)
	const asker, involved, urgent = "冯*婆", "Q000005", "Q000006" // the demo has four requests of its own
	for _, q := range [][2]string{{involved, "involved"}, {urgent, "urgent"}} {
		id, class := q[0], q[1]
		d.send("take", "", "name", "冯婆婆", "phone", "13900000000", "address", "1 号楼", "need", "水龙头漏水")
		d.done()
		d.send("sort", "", "request", id, "class", class)
		d.done()
		d.send("assign", "", "request", id, "to", "C0101")
		d.done()
	}
	if got := d.rows(asker); len(got) != 2 || !strings.HasPrefix(got[0], involved) {
		t.Errorf("got %q, want both in the order in which they came, while there is time", got)
	}
	s = s.sleep(t, day.AddDays(2))
	d.as(s, server)
	if got := d.rows(asker); len(got) != 2 || !strings.HasPrefix(got[0], urgent) {
		t.Errorf("got %q, want the one that is overdue first", got)
	}
	d.send("finish", "", "request", urgent, "servers", volunteer.number, "start", day.AddDays(1).String()+"T09:00", "minutes", "60")
	d.done()
	d.send("call", "", "request", urgent, "result", "good")
	d.refused("Somebody else has to call back")
	d.as(s, reviewer)
	if got := d.rows(volunteer.number); len(got) != 0 {
		t.Errorf("got %q to approve before anybody called back, want no service record", got)
	}
	d.as(s, person{clerk.number, "/express", "#number"})
	d.send("call", "", "request", urgent, "result", "good")
	d.done()
	if got := d.rows(asker); len(got) != 1 || !strings.HasPrefix(got[0], involved) {
		t.Errorf("got %q, want the other one to be open alone", got)
	}
	d.goTo("/express")
	if d.has("#record-request") {
		t.Error("a clerk is offered to declare hours")
	}
	d.as(s, person{leader.number, "/desk", "#number"})
	if got := d.text("main"); !strings.Contains(got, "have no hours yet: 2") {
		t.Errorf("got\n%s\nwant the desk to say that hours wait to be declared", got)
	}
	d.press(chromedp.Click(`main a[href="/express"].button`, chromedp.ByQuery))
	d.send("record", "", "request", urgent, "activity", "A001", "capture", "roster")
	if got := d.rows(volunteer.number); len(got) != 1 || !strings.Contains(got[0], "declared") {
		t.Fatalf("got %q, want the hour declared\n%s", got, d.state())
	}
	d.goTo("/express")
	if d.has(`#record-request option[value="` + urgent + `"]`) {
		t.Error("what was declared is offered again")
	}
	d.send("withdraw", "", "request", involved, "reason", "own-request")
	d.done()
	if got := d.rows(asker); len(got) != 0 {
		t.Errorf("got %q, want nothing open", got)
	}
	d.as(s, reviewer)
	served := day.AddDays(1).String() + " 09:00"
	if got := d.rows(volunteer.number); len(got) != 1 || !strings.Contains(got[0], served) {
		t.Fatalf("got %q to approve after the call, want what was served at %s", got, served)
	}
	d.approves(volunteer.number)
	d.done()
	d.as(s, volunteer)
	d.goTo("/volunteer/statement?commodity=MIN")
	if got := d.text(".movements li"); !strings.Contains(got, "1 hour") {
		t.Errorf("got the newest movement %q, want the hour that was served", got)
	}
}

// TestGoodsAreCounted brings goods of a donor who is named on the page in with a second person, and has two people count a shelf blind, of which a
// difference is posted.
func TestGoodsAreCounted(t *testing.T) {
	t.Parallel()
	const item, donor = "SKU-0001", "青阳县好人粮油店"
	book := copied(t)
	day := demoDay.AddDays(2)
	aixin(t, book, "run", "--until", day.String())
	setRule(t, book, "\n[second]\nkinds = [\"received\"]\n")
	counter := person{keeper.number, "/clerk/count", "#number"}
	s := serveBook(t, book)
	d := openDesk(t, s)
	d.as(s, keeper)
	had := d.stock(item)
	d.send("donor", "", "donor", "D042", "donor_name", donor, "donor_kind", "organization")
	d.done()
	d.goTo("/clerk/goods")
	d.send("receive", "", "shop", "S01", "donor", "D042", "item", item, "pieces", "10", "best_before", day.AddDays(200).String())
	d.done()
	d.holds(item, had)
	d.as(s, reviewer)
	if got := d.rows("goods received"); len(got) != 1 || !strings.Contains(got[0], item+" 食盐 1 包 × 10") || !strings.Contains(got[0], donor) {
		t.Errorf("got %q, want what the second person signs for", got)
	}
	d.shoot("desk-delivery.en")
	d.approves("goods received")
	d.done()
	d.goTo("/notices")
	if got := d.rows(donor); len(got) != 1 || !strings.HasSuffix(got[0], "\t10") {
		t.Errorf("got %q on the board, want the donor and what they gave", got)
	}

	d.as(s, counter)
	d.holds(item, had+10)
	d.goTo("/clerk/count")
	d.send("open_count", "", "shop", "S01")
	d.send("enter_count", "", item, strconv.Itoa(had+8))
	d.done()
	if got := d.rows("S01"); len(got) != 1 || strings.Contains(got[0], item) {
		t.Errorf("got %q, want no difference before a second person counted", got)
	}
	d.send("confirm_count", "", item, strconv.Itoa(had+8))
	d.refused("Ask another person")
	d.as(s, person{clerk.number, "/clerk/count", "#number"})
	d.send("confirm_count", "", item, strconv.Itoa(had+8))
	d.done()
	if got := d.rows("S01"); len(got) != 1 || !strings.Contains(got[0], item+" 食盐 1 包 -2") {
		t.Errorf("got %q, want the difference, now that two counted", got)
	}
	d.as(s, person{steward.number, "/clerk/count", "#number"})
	d.send("finalise_count", "", "reason", "damaged")
	d.done()
	d.holds(item, had+8)
}

// holds waits until the desk says that so many pieces of an item are on the shelf: on a busy machine its sums are those of some moments ago.
func (d desk) holds(item string, want int) {
	d.t.Helper()
	got := 0
	for range 20 {
		if got = d.stock(item); got == want {
			return
		}
		d.do(chromedp.Sleep(stepTime / 100))
	}
	d.t.Errorf("got %d pieces of %s on the shelf, want %d", got, item, want)
}

// stock returns how many pieces of an item the desk says are on the shelf of the first shop.
func (d desk) stock(item string) int {
	d.t.Helper()
	d.goTo("/desk/goods?shelf=S01")
	var rows [][]string
	d.apart(fmt.Sprintf(`[...document.querySelectorAll("tbody tr")].map(row => [...row.children].map(cell => cell.innerText))
		.filter(row => row.length >= 6 && row[0].startsWith(%q))`, item), &rows)
	if len(rows) != 1 {
		d.t.Fatalf("got %q, want one row of %s\n%s", rows, item, d.state())
	}
	n, err := strconv.Atoi(rows[0][2])
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}
