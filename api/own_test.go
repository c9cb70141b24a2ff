package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
)

// withNotice lets the rule hang records out for three days, and set goods aside for a week.
func withNotice(t *testing.T) *book {
	t.Helper()
	b := newBook(t)
	b.do(t, "U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "volunteer-1yuan", Version: 2, From: ledger.DateOf(b.clock),
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Step: 30,
		Expires: ledger.ExpiresYearEnd, ExpiresIn: 1, ReturnGrace: 7,
		Notice: ledger.NoticeRule{Days: 3, Reply: 3}, Hold: ledger.HoldRule{Days: 7, Open: 3},
	}})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000007", Roles: []ledger.Role{ledger.Publisher}})
	return b
}

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// keyOf returns the key of the first form of a page that asks for something.
func keyOf(t *testing.T, page, form string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="form" value="`+form+`"`)
	m := formKey.FindStringSubmatch(rest)
	if !ok || m == nil {
		t.Fatalf("got a page without a form %s:\n%s", form, page)
	}
	return m[1]
}

// asks sends a form, follows where it leads, and returns that page.
func (v *visitor) asks(path string, form url.Values) string {
	v.t.Helper()
	resp := v.do(http.MethodPost, path, form)
	body(v.t, resp, http.StatusSeeOther)
	page := body(v.t, v.get(resp.Header.Get("Location")), http.StatusOK)
	return page
}

var whole = regexp.MustCompile(`<span class="day">(.*?)</span>`)

// said is a page as it is read: what keeps a day or an amount on one line is nothing that it says.
func said(page string) string { return whole.ReplaceAllString(page, "$1") }

// wants holds that a page says all of that.
func wants(t *testing.T, page string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(said(page), want) {
			t.Errorf("got a page without %q:\n%s", want, page)
		}
	}
}

// TestVolunteerReserves sets goods aside and lets them go: sent twice a form asks once, and what was typed survives a refusal and the end
// of the session.
func TestVolunteerReserves(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	v := newVisitor(t, newServer(t, config(b)), "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	resp := v.get("/volunteer/goods")
	page := body(t, resp, http.StatusOK)
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("got policy %q", policy)
	}
	wants(t, page, "食盐 1 包", "2 分", "大约还有 40 件", `src="/speak.js?v=`)

	form := url.Values{"form": {"hold"}, "key": {keyOf(t, page, "hold")}, "shop": {"S01"}, "item": {"SKU-0001"}, "pieces": {"900"}}
	refused := body(t, v.do(http.MethodPost, "/volunteer/goods", form), http.StatusUnprocessableEntity)
	wants(t, refused, `value="900"`, `role="alert"`)
	form.Set("key", keyOf(t, refused, "hold"))
	form.Set("pieces", "x")
	wants(t, body(t, v.do(http.MethodPost, "/volunteer/goods", form), http.StatusBadRequest), `value="x"`, `aria-invalid="true"`)

	form.Set("pieces", "2")
	before := len(b.text)
	page = v.asks("/volunteer/goods", form)
	wants(t, page, "已经留好了", "已经给您留着", "食盐 1 包 × 2", "大约还有 40 件")
	v.asks("/volunteer/goods", form) // pressed twice, or sent again by a reload
	if got := len(b.text) - before; got != 1 {
		t.Errorf("sent twice: got %d entries, want 1", got)
	}
	e := b.entry(ledger.Index(before))
	if e.Kind != ledger.Held || e.Actor != ledger.StaffID(wang) {
		t.Errorf("got a %s entry by %s, want held by %s", e.Kind, e.Actor, wang)
	}
	wants(t, body(t, v.get("/volunteer"), http.StatusOK), "另有 4 分已为预订的物品留出")

	hold := regexp.MustCompile(`name="hold" value="(\d+)"`).FindStringSubmatch(page)
	release := url.Values{"form": {"release"}, "key": {keyOf(t, page, "release")}, "hold": {hold[1]}}
	wants(t, v.asks("/volunteer/goods", release), "已经放开")
	wants(t, body(t, v.get("/volunteer/why"), http.StatusOK), "没有办成")
}

// TestSessionEndsInMidForm keeps what was typed: after signing in the form is there as it was, and asks once.
func TestSessionEndsInMidForm(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	v := newVisitor(t, newServer(t, config(b)), "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	page := body(t, v.get("/volunteer/goods"), http.StatusOK)
	form := url.Values{"form": {"hold"}, "key": {keyOf(t, page, "hold")}, "shop": {"S01"}, "item": {"SKU-0002"}, "pieces": {"3"}}
	delete(v.cookies, "aixin_session")
	asked := body(t, v.do(http.MethodPost, "/volunteer/goods", form), http.StatusUnauthorized)
	wants(t, asked, form.Get("key"), `action="/volunteer/goods"`, "您刚才填的还在")
	form.Set("card", "V0000018")
	form.Set("pin", "000000")
	wants(t, body(t, v.do(http.MethodPost, "/volunteer/goods", form), http.StatusUnprocessableEntity), form.Get("key"), "编号或密码不对")
	form.Set("pin", pin)
	before := len(b.text)
	wants(t, body(t, v.do(http.MethodPost, "/volunteer/goods", form), http.StatusOK), `value="3"`, form.Get("key"))
	if len(b.text) != before {
		t.Error("signing in asked for something")
	}
	form.Del("card")
	form.Del("pin")
	wants(t, v.asks("/volunteer/goods", form), "已经留好了")
}

// TestVolunteerObjects hangs a record out, objects to it as whose it is, and reads the answer.
func TestVolunteerObjects(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	record := b.do(t, "U000002", &ledger.DeclareHours{
		Volunteer: wang, Activity: "A001", Start: ledger.NewStart(ledger.DateOf(b.clock), 6*60), Minutes: 60, Capture: ledger.Roster,
	})
	b.do(t, "U000003", &ledger.Approve{Record: record})
	v := newVisitor(t, newServer(t, config(b)), "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	wants(t, body(t, v.get("/volunteer/notice"), http.StatusOK), "已经审核，等待公示")
	today := ledger.DateOf(b.clock)
	b.do(t, "U000007", &ledger.PostNotice{
		Unit: "C01", Number: 1, From: today, Until: today.AddDays(3), SHA256: strings.Repeat("0a", 32), Size: 9, Records: []ledger.Index{record},
	})
	wants(t, body(t, v.get("/volunteer"), http.StatusOK), "1 分公示中，11月27日到账")
	wants(t, body(t, v.get("/volunteer/points"), http.StatusOK), "公示中，2026年11月27日到账", "可以用到 2026年12月31日")
	page := body(t, v.get("/volunteer/notice"), http.StatusOK)
	wants(t, page, "公示到11月26日，没有异议11月27日到账")
	form := url.Values{"form": {"object"}, "key": {keyOf(t, page, "object")}, "record": {countOf(record)}, "reason": {"wrong-quantity"}}
	before := len(b.text)
	page = v.asks("/volunteer/notice", form)
	wants(t, page, "异议已经记下", "您在2026年11月23日提出异议：数量错误", "最晚2026年11月26日答复")
	v.asks("/volunteer/notice", form)
	if got := len(b.text) - before; got != 1 {
		t.Errorf("sent twice: got %d entries, want 1", got)
	}
	b.do(t, "U000007", &ledger.AnswerObjection{Objection: ledger.Index(before), Upheld: true, Reason: ledger.WrongQuantity})
	wants(t, body(t, v.get("/volunteer/notice"), http.StatusOK), "异议成立，记录退回")
	wants(t, body(t, v.get("/volunteer/why"), http.StatusOK), "被退回", "原因：数量错误")
}

// TestVolunteerComesAndGoes scans the leader's code, types card and PIN, and comes and goes by themself.
func TestVolunteerComesAndGoes(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	h := newServer(t, config(b))
	leader := newVisitor(t, h, "zh")
	body(t, leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}}), http.StatusSeeOther)
	code := regexp.MustCompile(`\b\d+-\d{8}\b`).FindString(body(t, leader.get("/field?session="+countOf(session)+"&show=code"), http.StatusOK))

	v := newVisitor(t, h, "zh")
	wants(t, body(t, v.get("/volunteer/activity"), http.StatusOK), "短码")
	wants(t, body(t, v.get("/volunteer/activity?code="+countOf(session)+"-0"), http.StatusOK), "没有这个短码")
	page := body(t, v.get("/volunteer/activity?code="+code), http.StatusOK)
	wants(t, page, "签到", "签退", `name="pin"`)
	form := url.Values{"form": {"come"}, "key": {keyOf(t, page, "come")}, "code": {code}, "card": {card}, "pin": {"000000"}, "do": {"in"}}
	wrong := body(t, v.do(http.MethodPost, "/volunteer/activity", form), http.StatusBadRequest)
	wants(t, wrong, card, "请再输一遍密码")
	form.Set("pin", pin)
	page = v.asks("/volunteer/activity", form)
	wants(t, page, "签到成功", `name="card"`, `name="pin"`)
	if strings.Contains(page, "V0000018") || strings.Contains(page, card) || len(v.cookies) > 0 && strings.Contains(body(t, v.get("/volunteer"), http.StatusOK), "46.5") {
		t.Error("the check-in left its volunteer signed in on a device that may be anybody's")
	}
	wants(t, page, "王*&lt;i&gt;芳&lt;/i&gt; …018：签到成功") // who it was: the next one at this device is another
	other := maps.Clone(form)                          // the next person at the same device comes Back to the page with the same key
	other.Set("card", "V0000026")
	wants(t, v.asks("/volunteer/activity", other), "签到成功")
	form.Set("do", "out")
	wants(t, v.asks("/volunteer/activity", form), "签退成功")
	wants(t, v.asks("/volunteer/activity", form), "签退成功")

	own := newVisitor(t, h, "zh") // whoever signed in before stays signed in
	body(t, own.signIn("V0000026", pin), http.StatusOK)
	page = body(t, own.get("/volunteer/activity?code="+code), http.StatusOK)
	wants(t, page, "您已签到")
	wants(t, own.asks("/volunteer/activity", url.Values{"form": {"come"}, "key": {keyOf(t, page, "come")}, "code": {code}, "do": {"out"}}), "签退成功", "您已签退")
	view, done, err := b.View(t.Context(), ledger.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	s, err := view.Attended(session)
	if err != nil || len(s.People) != 2 || s.People[0].Volunteer != wang || s.People[0].By != ledger.CheckedByCard || s.People[0].Out == 0 {
		t.Errorf("got %+v, %v, want %s by card, come and gone", s, err, wang)
	}
}

// withSession returns a book with an activity's session that a leader opened, its server, whose clock goes so much ahead, and the browser of the
// leader, who signed in there.
func withSession(t *testing.T, ahead *time.Duration) (b *book, session ledger.Index, h http.Handler, leader *visitor) {
	t.Helper()
	b = withNotice(t)
	session = b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	c := config(b)
	c.Clock = func() time.Time { return b.now().Add(*ahead) }
	h = newServer(t, c)
	leader = newVisitor(t, h, "zh")
	body(t, leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}}), http.StatusSeeOther)
	return b, session, h, leader
}

// TestCodesOfSessionsTurn: the code that a leader shows is another every half minute, and is of use to whoever opens it within a minute and a half.
// They have ten minutes to type, and no longer, however often they send the form; and the form's part of it counts in no address. The list on
// which the leader ticks names shows no code, which would soon be too old.
func TestCodesOfSessionsTurn(t *testing.T) {
	t.Parallel()
	later := time.Duration(0)
	_, session, h, leader := withSession(t, &later)
	at := "/field?session=" + countOf(session)
	shown := func() string {
		return regexp.MustCompile(`\b\d+-\d{8}\b`).FindString(body(t, leader.get(at+"&show=code"), http.StatusOK))
	}
	code := shown()
	alone := leader.get(at + "&show=code")
	page := body(t, alone, http.StatusOK)
	if wants(t, page, code, `class="qr"`); alone.Header.Get("Refresh") != "15" || strings.Contains(page, "check_in") {
		t.Errorf("the code by itself: got Refresh %q and\n%s", alone.Header.Get("Refresh"), page)
	}
	list := leader.get(at)
	if page := body(t, list, http.StatusOK); list.Header.Get("Refresh") != "" || strings.Contains(page, `class="qr"`) || !strings.Contains(page, "show=code") {
		t.Errorf("the list of who is there: got Refresh %q and\n%s\nwant a link to the code, and none that gets too old", list.Header.Get("Refresh"), page)
	}

	scan := func(code string) string {
		return body(t, newVisitor(t, h, "zh").get("/volunteer/activity?code="+code), http.StatusOK)
	}
	typed := func(code string) string {
		return regexp.MustCompile(`name="code"[^>]*value="([^"]*)"`).FindStringSubmatch(scan(code))[1]
	}
	form := typed(code)
	later = 40 * time.Second
	if next := shown(); next == code {
		t.Errorf("after %v: got the code of before, %s", later, code)
	}
	wants(t, scan(code), `name="pin"`) // somebody types slowly
	later = 2 * time.Minute
	wants(t, scan(code), "已经过期")
	come := func(volunteer, code string, status int) {
		t.Helper()
		v := newVisitor(t, h, "zh")
		body(t, v.do(http.MethodPost, "/volunteer/activity", url.Values{"form": {"come"}, "key": {"own/" + volunteer + code}, "code": {code}, "card": {volunteer}, "pin": {pin}, "do": {"in"}}), status)
	}
	come("V0000018", code, http.StatusBadRequest)
	later = 9 * time.Minute
	come("V0000018", form, http.StatusSeeOther)
	wants(t, scan(form), "没有这个短码") // an address that somebody sent on
	later = 12 * time.Minute
	come("V0000026", form, http.StatusBadRequest)
	for _, guessed := range []string{countOf(session) + "-0000000000000000", countOf(session), "0-00000000", form[:len(form)-8]} {
		wants(t, scan(guessed), "没有这个短码")
	}
}

// TestCodeAtTheDoor: a device that a leader leaves at the door shows the code all day, also when it is locked, and takes card and PIN of one after
// another. It shows nothing else: whoever wants the list types the leader's PIN, however often the code was asked for meanwhile.
func TestCodeAtTheDoor(t *testing.T) {
	t.Parallel()
	later := time.Duration(0)
	b, session, h, leader := withSession(t, &later)
	list := "/field?session=" + countOf(session)
	door, here := list+"&show=code", "/volunteer/activity?code="+countOf(session)
	wants(t, body(t, leader.get(door), http.StatusOK), `href="`+here+`"`)
	come := func(volunteer, code string) {
		t.Helper()
		wants(t, leader.asks("/volunteer/activity", url.Values{
			"form": {"come"}, "key": {"own/" + volunteer}, "code": {code}, "card": {volunteer}, "pin": {pin}, "do": {"in"},
		}), "签到成功", `name="card"`, `name="pin"`, "show=code") // for whoever is next
	}
	form := regexp.MustCompile(`name="code"[^>]*value="([^"]*)"`).FindStringSubmatch(body(t, leader.get(here), http.StatusOK))[1]
	come("V0000018", form)
	for later < time.Hour { // it is asked for again and again
		later += 5 * time.Minute
		wants(t, body(t, leader.get(door), http.StatusOK), `class="qr"`)
	}
	come("V0000026", form)                                                                                         // who came when nobody had come for an hour
	other := "/field?session=" + countOf(b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})) + "&show=code" // a session that it did not show
	for _, at := range []string{list, other, door + "&table=attendance", door + "&kept=1", door + "&done=1", "/field?show=code", "/field"} {
		if page := body(t, leader.get(at), http.StatusOK); !strings.Contains(page, `name="staff_pin"`) || strings.Contains(page, "V0000018") {
			t.Errorf("%s on a browser that nobody used for an hour: got\n%s", at, page)
		}
	}

	body(t, leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}}), http.StatusSeeOther)
	b.do(t, "U000002", &ledger.CloseSession{Session: session})
	if page := body(t, leader.get(door), http.StatusOK); strings.Contains(page, "V0000018") || strings.Contains(page, `class="qr"`) {
		t.Errorf("a session that is over shows by itself\n%s", page)
	}
	later = 14 * time.Hour
	wants(t, body(t, leader.get(door), http.StatusOK), `name="staff_pin"`)
	if page := body(t, leader.get(here), http.StatusOK); strings.Contains(page, `name="card"`) {
		t.Errorf("on the next day the device checks in\n%s", page)
	}
	stranger := newVisitor(t, h, "zh")
	wants(t, body(t, stranger.get(here), http.StatusOK), "没有这个短码")
	body(t, stranger.get(door), http.StatusOK)
}

// TestCheckInIsToldToWhoCame says what came of a check-in by card and PIN at the address that it led to, and says nothing at one that somebody
// guessed. A browser on which somebody else is signed in says it to whoever came, and stays theirs, also where it was refused.
func TestCheckInIsToldToWhoCame(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	session := b.do(t, "U000002", &ledger.OpenSession{Activity: "A001"})
	h := newServer(t, config(b))
	leader := newVisitor(t, h, "zh")
	body(t, leader.do(http.MethodPost, "/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}}), http.StatusSeeOther)
	code := regexp.MustCompile(`\b\d+-\d{8}\b`).FindString(body(t, leader.get("/field?session="+countOf(session)+"&show=code"), http.StatusOK))
	at := "/volunteer/activity?code=" + code

	v := newVisitor(t, h, "zh")
	form := url.Values{
		"form": {"come"}, "key": {keyOf(t, body(t, v.get(at), http.StatusOK), "come")}, "code": {code}, "card": {"V0000026"}, "pin": {"000000"}, "do": {"in"},
	}
	body(t, v.signIn("V0000018", pin), http.StatusOK) // in another tab
	for _, again := range []struct {
		pin, do string
		status  int
	}{{"000000", "in", http.StatusBadRequest}, {pin, "out", http.StatusUnprocessableEntity}} {
		form.Set("pin", again.pin)
		form.Set("do", again.do)
		wants(t, body(t, v.do(http.MethodPost, "/volunteer/activity", form), again.status),
			`role="alert"`, `name="pin"`, `value="V0000026"`, `<span class="code">V0000018</span>`, `action="/volunteer/leave"`)
	}
	form.Set("do", "in")
	form.Set("key", "own/another")
	entry := len(b.text)
	page := v.asks("/volunteer/activity", form)
	wants(t, page, "…026：签到成功", `<span class="code">V0000018</span>`)

	passer := newVisitor(t, h, "zh")
	for _, done := range []string{strconv.Itoa(entry), strconv.Itoa(entry) + "-00000000", code} {
		for _, who := range []*visitor{passer, v} {
			if page := body(t, who.get(at+"&done="+done), http.StatusOK); strings.Contains(page, "签到成功") || strings.Contains(page, "…026") {
				t.Errorf("done=%s tells somebody else of a check-in:\n%s", done, page)
			}
		}
	}
}

// TestVolunteerStatesHours asks for a numbered statement and prints it; nobody else sees it.
func TestVolunteerStatesHours(t *testing.T) {
	t.Parallel()
	b := withNotice(t)
	h := newServer(t, config(b))
	v := newVisitor(t, h, "zh")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	page := body(t, v.get("/volunteer/hours"), http.StatusOK)
	wants(t, page, "40 小时 30 分钟", "再服务")
	form := url.Values{"form": {"certify"}, "key": {keyOf(t, page, "certify")}}
	wants(t, v.asks("/volunteer/hours", form), "第 1 号", "40 小时 30 分钟", "aixin certify --verify 1", "<path")
	v.asks("/volunteer/hours", form)
	other := newVisitor(t, h, "zh")
	body(t, other.signIn("V0000026", pin), http.StatusOK)
	body(t, other.get("/volunteer/certificate?number=1"), http.StatusForbidden)
	body(t, other.get("/volunteer/certificate?number=2"), http.StatusNotFound)
}

func countOf(i ledger.Index) string { return strconv.FormatInt(int64(i), 10) }
