package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aixin/ledger"
)

// Goods for somebody in need leave the shelf without points, when a second person hands over what another wrote down; the inbox says that it waits.
func TestReliefAtTheCounter(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const path = "/clerk/relief"
	b.do(t, "U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 5}}})
	w := atWork(t, b, path, "U000005")
	w.shows("No relief was written down yet.")
	w.hides(`value="give_relief"`, `value="drop_relief"`)
	relief := url.Values{"shop": {"S01"}, "volunteer": {string(wang)}, "case": {"HC-7"}, "lines": {"SKU-0001 2"}, "application": {"AP-12"}, "notice": {"N-3"}}
	w.send(path, "relief", relief)
	w.shows(`id="relief-volunteer-wrong"`, "HC-7") // for one of them
	relief.Set("volunteer", "")
	relief.Set("lines", "SKU-0001 5000")
	w.send(path, "relief", relief)
	w.shows("✗")
	relief.Set("lines", "SKU-0001 2")
	before := len(b.text)
	sent := w.send(path, "relief", relief)
	w.shows("Entered as No.", "HC-7", "AP-12", "N-3", "× 2")
	w.again(path, sent)
	if e := b.entry(ledger.Index(before)); len(b.text) != before+1 || e.Kind != ledger.ReliefDeclared || len(e.Postings) != 0 {
		t.Fatalf("got %d entries and %s, want one that moves nothing", len(b.text)-before, e.Kind)
	}
	w.hides(`value="give_relief"`, `value="drop_relief"`) // their own, and a clerk drops nothing
	w.again(path, url.Values{"form": {"give_relief"}, "key": {"desk/own"}, "relief": {counts(before)}})
	w.shows("✗")
	w.open("/desk")
	w.hides("Reliefs that wait")

	second := atWork(t, b, "/desk", "U000004")
	second.shows("Reliefs that wait for a second person: 1, since 2026-11-23")
	second.open(path)
	second.shows(`value="drop_relief"`)
	second.send(path, "give_relief", url.Values{"relief": {counts(before)}})
	second.shows("Entered as No.", "posted")
	second.hides(`value="give_relief"`)
	given := b.entry(ledger.Index(len(b.text) - 1))
	if given.Kind != ledger.ReliefGiven {
		t.Fatalf("got %s, want the relief given", given.Kind)
	}
	for _, p := range given.Postings {
		if p.Commodity == ledger.Point {
			t.Errorf("got %+v, want no points to move", p)
		}
	}
	second.open("/desk")
	second.hides("Reliefs that wait")
}

// Who is in need is read by those of the shop alone, on the page as in the file.
func TestReliefIsOfTheReadersShops(t *testing.T) {
	t.Parallel()
	b := ofTwoShops(t, ledger.Clerk)
	b.do(t, "U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 5}}})
	paper := b.do(t, "U000005", &ledger.DeclareRelief{
		Shop: "S01", Case: "HC-7", Class: "hardship", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 2}}, Application: "AP-12", Notice: "N-3",
	})
	for staff, reads := range map[ledger.StaffID]bool{"U000008": true, "U000009": false} {
		w := atWork(t, b, "/clerk/relief", staff)
		pages := []string{w.page, body(t, w.get("/clerk/relief?csv=reliefs"), http.StatusOK)}
		w.again("/clerk/relief", url.Values{"form": {"give_relief"}, "key": {"desk/far"}, "relief": {counts(int(paper) + 1)}})
		w.again("/clerk/relief", url.Values{"form": {"drop_relief"}, "key": {"desk/drop"}, "relief": {counts(int(paper))}})
		if pages = append(pages, w.page); reads {
			pages = pages[:2]
		}
		for i, page := range pages {
			if got := strings.Contains(page, "HC-7"); got != reads {
				t.Errorf("%s, page %d: reads of the case is %v, want %v\n%s", staff, i, got, reads, page)
			}
		}
	}
}

// A delivery has many items: its donor and note stand in the form for the next one, and the item and its pieces do not.
func TestNextItemOfADelivery(t *testing.T) {
	t.Parallel()
	const path = "/clerk/goods"
	w := atWork(t, newBook(t), path, "U000004")
	w.send(path, "receive", url.Values{"shop": {"S01"}, "donor": {"D001"}, "note": {"DN-9"}, "item": {"SKU-0001"}, "pieces": {"17"}})
	w.shows("Entered as No.", `value="DN-9"`, `<option value="D001" selected>`)
	w.hides(`value="17"`, `<option value="SKU-0001" selected>`)
}

// ofTwoShops is a book with a second shop in a unit of its own; U000008 has the role at the first and U000009 at the second.
func ofTwoShops(t *testing.T, role ledger.Role) *book {
	t.Helper()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Community, Name: "二社区"})
	b.do(t, "U000006", &ledger.AddShop{Shop: "S02", Unit: "C02", Name: "二店"})
	for staff, scope := range map[ledger.StaffID]string{"U000008": "S01", "U000009": "S02"} {
		b.do(t, "U000001", &ledger.GrantRole{Staff: staff, Role: role, Scope: scope, From: ledger.DateOf(b.clock)})
	}
	return b
}
