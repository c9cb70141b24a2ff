package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aixin/ledger"
)

// maxPage is what a page may weigh, so that a phone on a slow line has it in one go.
const maxPage = 100_000

// crowd enrols people until there are so many, and returns their numbers.
func (b *book) crowd(t *testing.T, n int) (ids []ledger.VolunteerID) {
	t.Helper()
	for i := range n {
		id := ledger.NewVolunteerID(1000 + i)
		b.at(t, "U000006", &ledger.Enroll{Volunteer: id, Unit: "C01"})
		ids = append(ids, id)
	}
	return ids
}

// at submits a command in the minute of the one before.
func (b *book) at(t *testing.T, actor ledger.StaffID, do ledger.Action) {
	t.Helper()
	now := b.clock
	b.do(t, actor, do)
	b.set(now)
}

func (w *worker) weighs(what string, most int) {
	w.t.Helper()
	if len(w.page) > most {
		w.t.Errorf("%s: got a page of %d bytes, want at most %d", what, len(w.page), most)
	}
}

// The roll of the largest activity stays a page that a phone loads: with nobody there, with half of them, and with all; each of the many can be ticked,
// and whoever is refused is told why.
func TestRollOfFiveHundred(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	ids := b.crowd(t, ledger.MaxAttending)
	const leader = "U000002"
	before := b.do(t, leader, &ledger.OpenSession{Activity: "A001"})
	for _, id := range ids {
		b.at(t, leader, &ledger.CheckIn{Session: before, Volunteer: id, By: ledger.CheckedByLeader})
	}
	session := b.do(t, leader, &ledger.OpenSession{Activity: "A001"})
	page := "/field?session=" + fmt.Sprint(session)
	w := atWork(t, b, "/field", leader)
	w.open(page)
	w.weighs("nobody is there", maxPage)
	if got := strings.Count(w.page, `name="tick"`); got != len(ids) {
		t.Errorf("got %d people to tick, want %d", got, len(ids))
	}
	for i, id := range ids {
		if i%2 == 0 {
			b.at(t, leader, &ledger.CheckIn{Session: session, Volunteer: id, By: ledger.CheckedByLeader})
		}
	}
	w.open(page)
	w.weighs("half are there", maxPage)
	w.send("/field", "roll", url.Values{"session": {fmt.Sprint(session)}, "walk_ups": {string(zhao) + "\nV999"}, "do": {"in"}})
	w.shows("V999", "✗", string(zhao), "closed")
	ticks := url.Values{"session": {fmt.Sprint(session)}, "do": {"in"}}
	for i, id := range ids {
		if i%2 == 1 && i > 2 {
			ticks.Add("tick", string(id))
		}
	}
	w.send("/field", "roll", ticks)
	w.weighs("all came at once", maxPage)
	w.shows("100 of 200 lines") // no form enters more at once
	w.send("/field", "roll", url.Values{"session": ticks["session"], "do": {"in"}, "tick": ticks["tick"][200:]})
	b.at(t, leader, &ledger.CheckIn{Session: session, Volunteer: ids[1], By: ledger.CheckedByLeader})
	w.open(page)
	w.weighs("all are there", maxPage)
	w.shows("The first 100 of 500")
	if got := strings.Count(body(t, w.get(page+"&csv=attendance"), http.StatusOK), "\n"); got != len(ids)+1 {
		t.Errorf("the export has %d lines, want everybody and a heading", got)
	}
}

// What a county has stays pages of a size that loads, of which the whole can be taken away.
func TestPagesOfACounty(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const steward = "U000006"
	for i := range 150 {
		unit := ledger.UnitID(fmt.Sprintf("C1%03d", i+1))
		b.do(t, steward, &ledger.AddUnit{Unit: unit, Kind: ledger.Grid, Parent: "C01", Name: fmt.Sprintf("第 %d 网格", i+1)})
		b.do(t, steward, &ledger.AddItem{
			Item: ledger.Commodity(fmt.Sprintf("SKU-1%03d", i)), Name: fmt.Sprintf("洗洁精 %d 号 1 瓶", i), Points: 200, From: ledger.NewDate(2026, 11, 2),
		})
	}
	for i := range 600 {
		b.at(t, "U000005", &ledger.TakeRequest{Request: ledger.RequestID(fmt.Sprintf("Q%06d", i+1)), Unit: "C01", Channel: ledger.Channels()[0]})
	}
	for i := range 20 {
		b.do(t, steward, &ledger.AddShop{Shop: ledger.ShopID(fmt.Sprintf("S%02d", i+10)), Unit: "C01", Name: fmt.Sprintf("第 %d 店", i+10)})
		b.do(t, "U000004", &ledger.OpenCount{Shop: ledger.ShopID(fmt.Sprintf("S%02d", i+10))})
	}
	for _, p := range []struct {
		path  string
		staff ledger.StaffID
		table string
		rows  int
	}{
		{"/express", "U000005", "requests", 600},
		{"/clerk/count", "U000004", "counts", 20},
		{"/desk/goods", steward, "prices", 152},
		{"/desk/charts", steward, "", 0},
		{"/desk/notices", steward, "", 0},
		{"/desk", steward, "", 0},
		{"/desk/people", steward, "", 0},
	} {
		w := atWork(t, b, p.path, p.staff)
		for range 3 { // what is added up is there by then
			w.open(p.path)
		}
		w.weighs(p.path, maxPage)
		if n := strings.Count(w.page, ">C1042 "); n > 1 && p.path == "/desk/notices" {
			t.Errorf("%s: got the choices %d times, want them once for all forms", p.path, n)
		}
		if p.table == "" {
			continue
		}
		if got := strings.Count(body(t, w.get(p.path+"?csv="+p.table), http.StatusOK), "\n"); got != p.rows+1 {
			t.Errorf("%s: the export has %d lines, want %d and a heading", p.path, got, p.rows)
		}
	}
}

// However much waits, its file is made while somebody waits for it, and says where it ends.
func TestInboxFileIsBounded(t *testing.T) {
	t.Parallel()
	const most = 2000
	b := newBook(t)
	ids := b.crowd(t, 420)
	for day := range 5 {
		for _, id := range ids {
			b.at(t, "U000002", &ledger.DeclareActs{Volunteer: id, Code: "RC03", Quantity: 30, On: ledger.NewDate(2026, 11, 22).AddDays(-day)})
		}
	}
	w := atWork(t, b, "/desk", "U000003")
	got := body(t, w.get("/desk?csv=waiting"), http.StatusOK)
	if n := strings.Count(got, "\n"); n != most+2 || !strings.Contains(got, "the file has the first 2000") {
		t.Errorf("got %d lines, want %d, a heading and where it ends\n%s", n, most, got[max(0, len(got)-300):])
	}
}

// A book that has nobody and nothing yet shows its pages, without the forms for which there is nothing to choose.
func TestPagesOfAnEmptyBook(t *testing.T) {
	t.Parallel()
	full := newBook(t)
	b := &book{Book: ledger.NewBook(full.zone), zone: full.zone, clock: full.clock, lines: map[ledger.AccountKey][]ledger.Line{}}
	b.Watch(ledger.HasStatement)
	b.do(t, "", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.example/test", Zone: "Asia/Shanghai", Demo: true})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000006", Roles: []ledger.Role{ledger.Steward}})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000004", Roles: []ledger.Role{ledger.Keeper}})
	for _, path := range []string{"/desk", "/desk/notices", "/desk/people", "/desk/goods", "/desk/rules", "/desk/charts", "/clerk/return", "/clerk/count", "/clerk/close", "/express"} {
		w := atWork(t, b, path, "U000006")
		w.open(path)
		if strings.Contains(w.page, "</select>") && path == "/express" {
			t.Errorf("%s: got a form that chooses of nothing:\n%s", path, w.page)
		}
	}
	w := atWork(t, b, "/clerk/goods", "U000004")
	w.open("/clerk/goods")
	w.shows("Nothing here now.")
}
