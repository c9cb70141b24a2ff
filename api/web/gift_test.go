package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// Who has or had gift points finds their movements from the page of points, and reads with an exchange what of it they paid.
func TestGiftPointsAreStated(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m, g, tell := ledgertest.NewMemory(zone), ledgertest.New(1), teller(t, "en")
	had, paid, read := map[ledger.VolunteerID]bool{}, 0, 0
	send := func(at ledgertest.Timed) {
		r, err := m.Submit(at.Command, at.At)
		if err != nil || r.Replayed {
			return
		}
		g.Saw(r.Entry)
		v := m.View(ledger.DateOf(at.At.In(zone)))
		switch body := r.Entry.Body.(type) {
		case *ledger.GiftGrant:
			had[body.Volunteer] = true
		case *ledger.Exchange:
			if body.Gift == 0 {
				return
			}
			paid++
			gifts, err := tell.Statement(v, ledger.AccountKey{ID: ledger.GiftsOf(body.Volunteer), Commodity: ledger.GiftPoint}, 0, 1)
			if err != nil || len(gifts.Lines) == 0 || gifts.Lines[0].Index != r.Entry.Index || strings.Contains(gifts.Lines[0].Text, "gift") {
				t.Fatalf("entry %d: got %+v, %v of gift points", r.Entry.Index, gifts.Lines, err)
			}
			points, err := tell.Statement(v, ledger.AccountKey{ID: ledger.PointsOf(body.Volunteer), Commodity: ledger.Point}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(points.Lines) > 0 && points.Lines[0].Index == r.Entry.Index { // they did not cover all of it
				if read++; !strings.Contains(points.Lines[0].Text, "as gift points") {
					t.Fatalf("entry %d: got %+v", r.Entry.Index, points.Lines)
				}
			}
		}
	}
	for _, at := range g.Setup() {
		send(at)
	}
	for at := range g.Commands(6000) {
		send(at)
	}
	if len(had) == 0 || paid < 3 || read < 3 {
		t.Fatalf("%d people had gift points, %d exchanges took some, and %d points as well, which shows nothing", len(had), paid, read)
	}
	v := m.View(ledger.DateOf(m.At().In(zone)))
	for who, err := range v.Volunteers() {
		if err != nil {
			t.Fatal(err)
		}
		got, err := tell.Points(v, who.Volunteer)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.ContainsFunc(web.Numbers(who), func(id ledger.VolunteerID) bool { return had[id] })
		if linked := len(got[0].Links) > 0; linked != want {
			t.Errorf("%s: linked %v, had gift points %v", who.Volunteer, linked, want)
		}
	}
}

// Gift points that lapse soon are warned of as points are, by the day, and called what they are.
func TestGiftPointsAreWarnedOf(t *testing.T) {
	t.Parallel()
	today := ledger.NewDate(2026, 3, 2)
	got := teller(t, "en").WarningsOf(today, []ledger.Lot{
		{ID: ledger.NewLotID(4, 1), Left: 300, Expires: today.AddDays(5)},
		{ID: ledger.NewLotID(5, 1), Left: 200, Expires: today.AddDays(5)},
		{ID: ledger.NewLotID(6, 1), Left: 100, Expires: today.AddDays(400)},
	})
	if len(got) != 1 || got[0].Light != "red" || !strings.HasPrefix(got[0].Text, "Soon gone: 5 gift points expire on") {
		t.Errorf("got %+v, want one urgent warning of 5 gift points", got)
	}
}
