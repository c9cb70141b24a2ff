package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"aixin/ledger"
)

// Where several approve a record one after another, the inbox offers it to whoever has the next step, and to a reviewer, who may send it back at
// any; never to who took a step before.
func TestInboxOffersTheNextStep(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "chained", Version: 1, From: ledger.NewDate(2026, 1, 1), Acts: []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}},
		Expires: ledger.ExpiresYearEnd, Approval: ledger.ApprovalRule{Steps: []ledger.Role{ledger.Reviewer, ledger.Supervisor}},
	}})
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "二社区", Rule: "chained"})
	who := ledger.NewVolunteerID(77)
	b.do(t, "U000006", &ledger.Enroll{Volunteer: who, Unit: "C02"})
	for staff, role := range map[ledger.StaffID]ledger.Role{"U000008": ledger.Supervisor, "U000009": ledger.Reviewer} {
		b.do(t, "U000001", &ledger.Appoint{Staff: staff, Roles: []ledger.Role{role}})
	}
	record := b.do(t, "U000002", &ledger.DeclareActs{Volunteer: who, Code: "RC03", Quantity: 30, On: ledger.NewDate(2026, 11, 22)})
	tick := fmt.Sprintf(`name="tick" value="%d"`, record)
	offered := func(when string, want map[ledger.StaffID]bool) {
		t.Helper()
		for staff, want := range want {
			w := atWork(t, b, "/desk", staff)
			w.shows("RC03")
			if got := strings.Contains(w.page, tick); got != want {
				t.Errorf("%s, %s: offered is %v, want %v", when, staff, got, want)
			}
		}
	}
	offered("at the first step", map[ledger.StaffID]bool{"U000003": true, "U000008": false, "U000009": true})
	b.do(t, "U000003", &ledger.Approve{Record: record})
	offered("at the second step", map[ledger.StaffID]bool{"U000003": false, "U000008": true, "U000009": true})
	w := atWork(t, b, "/desk", "U000009")
	w.hides(tick + ` checked`) // it is not theirs to approve
	w.send("/desk", "approve", url.Values{"tick": {counts(int(record))}, "do": {"return"}, "reason": {"wrong-quantity"}})
	w.shows("Done: 1")
	if got := b.entry(ledger.Index(len(b.text) - 1)).Kind; got != ledger.RecordReturned {
		t.Errorf("got %s, want the record sent back", got)
	}
}

// What the inbox counts of requests for help is what the reader has to do with, as the lines beside it are.
func TestInboxCountsRequestsOfTheReadersUnits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "二社区"})
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "一网格"})
	for staff, scope := range map[ledger.StaffID]string{"U000008": "C01", "U000009": "C02"} {
		b.do(t, "U000001", &ledger.GrantRole{Staff: staff, Role: ledger.Leader, Scope: scope, From: ledger.DateOf(b.clock)})
	}
	counted := func(want string, near, far bool) {
		t.Helper()
		for staff, want1 := range map[ledger.StaffID]bool{"U000002": near || far, "U000008": near, "U000009": far} {
			if got := strings.Contains(atWork(t, b, "/desk", staff).page, want); got != want1 {
				t.Errorf("%s reads %q: %v, want %v", staff, want, got, want1)
			}
		}
	}
	b.do(t, "U000002", &ledger.TakeRequest{Request: "Q000001", Unit: "C02", Channel: ledger.ByPhone})
	counted("Open requests for help: 1", false, true)
	b.do(t, "U000002", &ledger.SortRequest{Request: "Q000001", Class: ledger.Urgent})
	b.do(t, "U000002", &ledger.AssignRequest{Request: "Q000001", To: "C10"})
	counted("Open requests for help: 1", true, false)
	b.do(t, "U000002", &ledger.FinishRequest{Request: "Q000001", By: []ledger.VolunteerID{wang}, Start: ledger.NewStart(ledger.NewDate(2026, 11, 23), 7*60), Minutes: 30})
	b.do(t, "U000005", &ledger.CallBack{Request: "Q000001", Result: "good"})
	counted("have no hours yet: 1", true, false)

	b.on("2027-02-20") // a rule may give a quarter of working days for it
	counted("have no hours yet: 1", true, false)
	b.on("2027-03-20")
	counted("have no hours yet", false, false)
}

// Whoever takes a request is asked for its unit where their roles are in several beside one another, and not where one is above the others.
func TestRequestIsOfTheReadersUnit(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "一网格"})
	atWork(t, b, "/express", "U000002").shows(`<option value="C01" selected>`)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "二社区"})
	b.do(t, "U000001", &ledger.GrantRole{Staff: "U000009", Role: ledger.Clerk, Scope: "C02", From: ledger.DateOf(b.clock)})
	atWork(t, b, "/express", "U000002").shows(`<option value="">Please choose</option>`)
	atWork(t, b, "/express", "U000009").shows(`<option value="C02" selected>`)
}

// What never gets hours does not gather at the desk: whoever left gets none, and of the others the oldest are looked at.
func TestUnrecordedRequestsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C10", Kind: ledger.Grid, Parent: "C01", Name: "一网格"})
	left := ledger.NewVolunteerID(77)
	b.do(t, "U000006", &ledger.Enroll{Volunteer: left, Unit: "C01"})
	n := 0
	served := func(who ledger.VolunteerID) {
		n++
		q := ledger.RequestID(fmt.Sprintf("Q%06d", n))
		b.do(t, "U000002", &ledger.TakeRequest{Request: q, Unit: "C01", Channel: ledger.ByPhone})
		b.do(t, "U000002", &ledger.SortRequest{Request: q, Class: ledger.Urgent})
		b.do(t, "U000002", &ledger.AssignRequest{Request: q, To: "C10"})
		b.do(t, "U000002", &ledger.FinishRequest{Request: q, By: []ledger.VolunteerID{who}, Start: ledger.NewStart(ledger.NewDate(2026, 11, 23), 7*60), Minutes: 30})
		b.do(t, "U000005", &ledger.CallBack{Request: q, Result: "good"})
	}
	served(left)
	w := atWork(t, b, "/desk", "U000002")
	w.shows("have no hours yet: 1,")
	b.do(t, "U000006", &ledger.SetStatus{Volunteer: left, Status: ledger.Closed, Reason: "moved"})
	w.open("/desk")
	w.hides("have no hours yet")
	for range 201 {
		served(wang)
	}
	w = atWork(t, b, "/desk", "U000002") // a day later
	w.shows("have no hours yet: 200+,")
	w.open("/express")
	w.shows("The oldest 200 are looked at", `<input id="record-request"`, "/express?request=Q000002#record-request", "From row 101 of 200")
	w.hides("request=Q000102#")
	w.open("/express?row=101")
	w.shows("request=Q000102#", "request=Q000201#", "The rows before")
	w.open("/express?request=Q000102")
	w.shows(`<input id="record-request" name="request" type="text" value="Q000102"`)
	clerk := atWork(t, b, "/express", "U000005")
	clerk.hides("request=Q000002#") // who does not declare is not asked to
}

// The inbox has forty rows and leads to those behind them, the oldest first, whether they are records or wait for a second person.
func TestInboxIsByAge(t *testing.T) {
	t.Parallel()
	b := vouchers(t)
	happened := ledger.DateOf(b.clock).AddDays(-1)
	here := 40 - strings.Count(atWork(t, b, "/desk", "U000003").page, `name="tick"`) // less what waits in the book already
	var list []ledger.Index
	for n := range 44 {
		list = append(list, b.do(t, "U000005", &ledger.Redeem{
			Shop: "S01", Volunteer: wang, Presence: ledger.ByTyped, Slip: counts(n + 1), Voucher: int64(n + 1), Happened: happened,
			Lines: []ledger.ItemLine{{Item: "SKU-0003", Pieces: 1}},
		}))
		if n == 19 {
			list = append(list, b.do(t, "U000002", &ledger.DeclareActs{Volunteer: wang, Code: "RC03", Quantity: 30, On: ledger.NewDate(2026, 11, 22)}))
		}
	}
	tick := func(i int) string { return fmt.Sprintf(`name="tick" value="%d"`, list[i]) }
	w := atWork(t, b, "/desk", "U000003")
	behind := fmt.Sprintf("/desk?after=%d", list[here-1])
	w.shows(behind, "More wait: the next 40")
	for i, last := 0, 0; i < here; i++ {
		at := strings.Index(w.page, tick(i))
		if at < last {
			t.Fatalf("row %d stands at %d, want it behind the one before, at %d", i, at, last)
		}
		last = at
	}
	w.hides(tick(here))
	w.open(behind)
	w.shows(tick(here), tick(44))
	w.hides(tick(here-1), "More wait")
}
