package api_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"aixin/api"
	"aixin/api/notice"
	"aixin/ledger"
)

// Two who name a donor under one number are in turn until the book has it: the name that is kept is that of whoever the book has it from.
func TestDonorsAreNamedInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBook(t)
		c := config(b)
		kept := &register{card: map[string]string{}}
		c.Register, c.People, c.Numbers = kept, workers{newPeople(b)}, api.NewRequestNumbers()
		w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
		w.again("/desk/goods", url.Values{"staff_number": {"U000006"}, "staff_pin": {pin}})
		release, err := c.Numbers.Take(t.Context()) // somebody else names the same donor
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.send("/desk/goods", "donor", url.Values{"donor": {"D002"}, "donor_name": {"Late"}, "donor_kind": {"person"}})
		}()
		synctest.Wait()
		b.do(t, "U000006", &ledger.AddDonor{Donor: "D002"})
		release()
		<-done
		w.shows("✗")
		if len(kept.kept) != 0 {
			t.Errorf("whoever came second gave the donor a name: %+v", kept.kept)
		}
	})
}

// A donor's name goes to the registry and nowhere else: neither into the journal nor into an address. Sent twice it is one donor, and nobody gives
// a donor of before another name.
func TestDonorIsNamed(t *testing.T) {
	t.Parallel()
	const name = "青阳县好人粮油店"
	b := newBook(t)
	c := config(b)
	kept := &register{card: map[string]string{}}
	c.Register, c.People = kept, workers{newPeople(b)}
	w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
	w.again("/desk/goods", url.Values{"staff_number": {"U000006"}, "staff_pin": {pin}})
	before := len(b.text)
	w.send("/desk/goods", "donor", url.Values{"donor": {"D002"}, "donor_name": {"<b>"}})
	w.shows("✗")
	w.send("/desk/goods", "donor", url.Values{"donor": {"D002"}, "donor_name": {name}})
	w.shows("✗", "What the donor is", "Please choose")
	sent := w.send("/desk/goods", "donor", url.Values{"donor": {"D002"}, "donor_name": {name}, "donor_kind": {"organization"}})
	w.shows("Entered as No.")
	w.again("/desk/goods", sent)
	w.shows("Entered as No.")
	w.open("/desk/goods")
	w.send("/desk/goods", "donor", url.Values{"donor": {"D001"}, "donor_name": {"别人"}, "donor_kind": {"person"}})
	w.shows("✗")
	var added []string
	for _, line := range b.text[before:] {
		if strings.Contains(string(line), name) {
			t.Errorf("the journal has the name: %s", line)
		}
		if e := parsed(line); e.Kind == ledger.DonorAdded {
			added = append(added, string(line))
		}
	}
	if len(added) != 1 || len(kept.kept) != 1 || kept.kept[0].Name != name || !kept.kept[0].Organization || kept.kept[0].ID != "D002" {
		t.Errorf("got %d donors in the book and %d names, want one of each", len(added), len(kept.kept))
	}
}

// What is not to be handed out leaves the shelf when a second person says so; whoever declared it is not that person. The inbox says that it
// waits.
func TestWriteOffAtTheDesk(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const path = "/clerk/write-off"
	b.do(t, "U000004", &ledger.Receive{
		Shop: "S01", Donor: "D001", BestBefore: ledger.NewDate(2026, 11, 24), Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 3}},
	})
	b.on("2026-11-25")
	w := atWork(t, b, path, "U000004")
	w.shows("Past their date", "item=SKU-0001&amp;pieces=3&amp;reason=expired")
	w.open(path + "?shop=S01&item=SKU-0001&pieces=3&reason=expired")
	w.send(path, "write_off", url.Values{"shop": {"S01"}, "item": {"SKU-0001"}, "pieces": {"3"}, "reason": {"expired"}})
	w.shows("Entered as No.")
	w.hides(`value="confirm_write_off"`)
	w.again(path, url.Values{"form": {"confirm_write_off"}, "key": {"desk/own"}, "write_off": {counts(len(b.text) - 1)}})
	w.shows("✗", `<option value="">Please choose</option>`, `<option value="`+counts(len(b.text)-1)+`" selected>`)
	w.open("/desk")
	w.hides("Write-offs that wait")
	second := atWork(t, b, "/desk", "U000006")
	second.shows("Write-offs that wait for a second person: 1, since 2026-11-25")
	second.open(path)
	declared := len(b.text) - 1
	for b.entry(ledger.Index(declared)).Kind != ledger.WriteOffDeclared {
		declared--
	}
	second.send(path, "confirm_write_off", url.Values{"write_off": {counts(declared)}})
	second.shows("Entered as No.")
	second.open("/desk")
	second.hides("Write-offs that wait")
	w.open(path)
	w.hides("pieces=3&amp;reason=expired")
}

// Who keeps one shop sees what is past its date there, and what was written off there.
func TestWriteOffsAreOfTheReadersShops(t *testing.T) {
	t.Parallel()
	b := ofTwoShops(t, ledger.Keeper)
	for _, shop := range []ledger.ShopID{"S01", "S02"} {
		b.do(t, "U000004", &ledger.Receive{
			Shop: shop, Donor: "D001", BestBefore: ledger.NewDate(2026, 11, 24), Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 7}},
		})
	}
	b.on("2026-11-25")
	b.do(t, "U000004", &ledger.DeclareWriteOff{Shop: "S01", Reason: ledger.GoodsExpired, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 2}}})
	past := "item=SKU-0001&amp;pieces=5&amp;reason=expired&amp;shop=S01"
	for staff, near := range map[ledger.StaffID]bool{"U000004": true, "U000008": true, "U000009": false} {
		w := atWork(t, b, "/clerk/write-off", staff)
		for _, want := range []string{past, "× 2"} {
			if got := strings.Contains(w.page, want); got != near {
				t.Errorf("%s reads %q: %v, want %v\n%s", staff, want, got, near, w.page)
			}
		}
		if file := body(t, w.get("/clerk/write-off?csv=write_offs"), http.StatusOK); strings.Contains(file, "× 2") != near {
			t.Errorf("%s takes the file:\n%s", staff, file)
		}
	}
}

// An act is declared by code and quantity, among those that the rule knows, with evidence of which the book learns hash and size.
func TestActIsDeclaredAtTheField(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/field", "U000002")
	w.shows("RC03 cigarette boxes · 1 point for 30 个", "RC01 plastic bags · 1 point for 50")
	act := url.Values{"volunteer": {string(wang)}, "act": {"RC03"}, "quantity": {"60"}, "act_on": {"2026-11-22"}}
	w.send("/field", "act", act)
	w.shows("Entered as No.")
	acts, ok := b.entry(ledger.Index(len(b.text) - 1)).Body.(*ledger.ActsRecord)
	if !ok || acts.Points != 200 || acts.Quantity != 60 {
		t.Fatalf("got %v, want two points for sixty", acts)
	}
	act.Set("act_on", "2026-13-01")
	w.send("/field", "act", act)
	w.shows("✗", `value="2026-13-01"`)
	act.Set("act_on", "2026-11-22")
	act.Set("quantity", "1")
	act.Set("act", "!!")
	w.send("/field", "act", act)
	w.shows(`id="act-act-wrong"`)
}

// What is to be published is in the inbox of whoever publishes, and leads to the form with its unit and period in it, until it hangs.
func TestDuePublicationsAreInTheInbox(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Leader, ledger.Publisher}})
	b.on("2026-12-03")
	w := atWork(t, b, "/desk", "U000002")
	w.shows("Points and goods to publish: 1, the first by 2026-12-1")
	w.open("/desk/notices?period=2026-11&unit=C01&what=points")
	w.shows("2026-11", `<option value="points" selected>`)
}

// counts writes the number of an entry.
func counts(n int) string { return ledger.FormatQuantity(int64(n), "") }

// A photograph as a phone takes it is more than a form, and is taken.
func TestEvidenceIsHashed(t *testing.T) {
	t.Parallel()
	w := atWork(t, newBook(t), "/field", "U000002")
	act := url.Values{"volunteer": {string(wang)}, "act": {"RC03"}, "quantity": {"30"}, "act_on": {"2026-11-22"}}
	w.upload("/field", "act", "evidence", act, make([]byte, 3<<20))
	w.shows("Entered as No.")
	acts, ok := w.b.entry(ledger.Index(len(w.b.text) - 1)).Body.(*ledger.ActsRecord)
	if !ok || acts.Evidence.Size != 3<<20 || len(acts.Evidence.SHA256) != 64 {
		t.Errorf("got %+v, want the hash and size of the file", acts)
	}
}

// What waits, the goods of a day at the counter and the tables of the board are taken away as the other tables are, whole.
func TestEveryListIsTakenAway(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for day := range inboxPage {
		b.do(t, "U000002", &ledger.DeclareActs{Volunteer: wang, Code: "RC03", Quantity: 30, On: ledger.NewDate(2026, 11, 22).AddDays(-day)})
	}
	for _, c := range []struct {
		path  string
		staff ledger.StaffID
		rows  int
		says  string
	}{
		{"/desk", "U000003", inboxPage + 1, "RC03"},
		{"/clerk/close?shop=S01", "U000005", 2, "SKU-0001"},
		{"/notices", "U000005", 2, "50"},
	} {
		w := atWork(t, b, "/desk", c.staff)
		w.open(c.path)
		link := regexp.MustCompile(`href="([^"]+csv=[^"]+)"`).FindStringSubmatch(w.page)
		if link == nil {
			t.Errorf("%s: nothing can be taken away\n%s", c.path, w.page)
			continue
		}
		if got := body(t, w.get(html.UnescapeString(link[1])), http.StatusOK); strings.Count(got, "\n") != c.rows+1 || !strings.Contains(got, c.says) {
			t.Errorf("%s: got %d lines, want %d with %s\n%s", link[1], strings.Count(got, "\n"), c.rows+1, c.says, got)
		}
	}
}

// inboxPage is more than one page of the inbox shows.
const inboxPage = 50

// Goods past their date are said to be so, and the next day is that of goods that may be given.
func TestShelfSaysWhatIsPastItsDate(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for _, day := range []ledger.Date{ledger.NewDate(2026, 11, 24), ledger.NewDate(2027, 3, 1)} {
		b.do(t, "U000004", &ledger.Receive{Shop: "S01", Donor: "D001", BestBefore: day, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 3}}})
	}
	b.on("2026-11-25")
	w := atWork(t, b, "/desk/goods", "U000004")
	w.open("/desk/goods?shelf=S01")
	w.shows("Pieces past their date", `<td class="n">3</td><td class="day">2027-03-01</td>`)
	if strings.Contains(w.page, "2026-11-24") {
		t.Errorf("got a day that is past\n%s", w.page)
	}
}

// Who hangs out a notice of a community whose grids alone have records that wait is led to them.
func TestNoticeLeadsToWhoWaits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const steward = "U000006"
	who := ledger.NewVolunteerID(77)
	b.do(t, steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "noticed", Version: 1, From: ledger.NewDate(2026, 1, 1), Acts: []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30, CountedIn: "个"}},
		Expires: ledger.ExpiresYearEnd, Notice: ledger.NoticeRule{Days: 3, Reply: 3},
	}})
	b.do(t, steward, &ledger.AddUnit{Unit: "C0101", Kind: ledger.Grid, Name: "East", Parent: "C01", Rule: "noticed"})
	b.do(t, steward, &ledger.Enroll{Volunteer: who, Unit: "C0101"})
	b.credit(t, "U000002", &ledger.DeclareActs{Volunteer: who, Code: "RC03", Quantity: 30, On: ledger.NewDate(2026, 11, 23)})
	w := atWork(t, b, "/desk/notices", steward)
	w.open("/desk/notices")
	w.send("/desk/notices", "post", url.Values{"unit": {"C01"}, "do": {"post"}})
	w.shows("No record of C01 ", "itself waits", `href="/desk/notices?unit=C0101#post-unit"`, "C0101 East · 1")
	w.open("/desk/notices?unit=C0101")
	w.shows(`<option value="C0101" selected>`)

	// What its codes stand for is said beside the notice, in whatever language it is read, and never in the text that is hashed.
	const legend = "Codes of acts: RC03 cigarette boxes."
	w = atWork(t, b, "/desk/notices", publisher(t, b))
	w.open("/desk/notices")
	w.send("/desk/notices", "post", url.Values{"unit": {"C0101"}, "do": {"preview"}})
	w.shows("RC03 ×30", legend)
	w.open("/desk/notices")
	w.send("/desk/notices", "post", url.Values{"unit": {"C0101"}, "do": {"post"}})
	posted := ledger.Index(len(b.text) - 1)
	for name, h := range map[string]http.Handler{"hung here": w.h, "made again": newServer(t, config(b))} {
		wants(t, body(t, newVisitor(t, h, "en").get("/notices"), http.StatusOK), "RC03 ×30", legend)
		wants(t, body(t, newVisitor(t, h, "zh").get("/notices"), http.StatusOK), "RC03 ×30", "事项代码：RC03 烟盒。")
		text := body(t, newVisitor(t, h, "zh").get(fmt.Sprintf("/notices/%d/text", posted)), http.StatusOK)
		if hung, ok := b.entry(posted).Body.(*ledger.PostNotice); !ok || notice.Hash(text) != hung.SHA256 {
			t.Errorf("%s: the text has another hash than the book\n%s", name, text)
		}
	}
}

// A form that is shown again, because something in it was wrong or nobody was signed in, has not lost the file that was chosen.
func TestEvidenceStaysWithItsForm(t *testing.T) {
	t.Parallel()
	w := atWork(t, newBook(t), "/field", "U000002")
	act := url.Values{"volunteer": {string(wang)}, "act": {"RC03"}, "quantity": {"30"}, "act_on": {"2026-13-22"}}
	w.upload("/field", "act", "evidence", act, make([]byte, 5000))
	w.shows("✗", "The file that you chose goes along")
	maps.DeleteFunc(w.cookies, func(name string, _ *http.Cookie) bool { return !strings.Contains(name, "workplace") })
	act.Set("act_on", "2026-11-22")
	w.upload("/field", "act", "evidence", act, nil)
	w.signInAgain("/field", url.Values{"staff_number": {"U000002"}, "staff_pin": {pin}})
	w.send("/field", "act", act)
	w.shows("Entered as No.")
	acts, ok := w.b.entry(ledger.Index(len(w.b.text) - 1)).Body.(*ledger.ActsRecord)
	if !ok || acts.Evidence.Size != 5000 || len(acts.Evidence.SHA256) != 64 {
		t.Errorf("got %+v, want the hash and size of the file that was chosen first", acts)
	}
}
