package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// Whoever has a role in one place finds the people of that place, of what stands below it, and of the unit of a shop of theirs; whoever has it
// everywhere finds everybody, and so does who may look at anybody's details.
func TestHandledBy(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const steward, admin = ledger.StaffID("U000006"), ledger.StaffID("U000001")
	b.do(t, admin, &ledger.AddUnit{Unit: "C90", Kind: ledger.Community, Name: "elsewhere"})
	b.do(t, admin, &ledger.AddShop{Shop: "S90", Unit: "C90", Name: "elsewhere"})
	b.do(t, steward, &ledger.Enroll{Volunteer: "V0000042", Unit: "C90"})
	for n, tt := range []struct {
		name      string
		grant     ledger.GrantRole
		here, far bool // V0000018 of C01, V0000042 of C90
	}{
		{"a leader here", ledger.GrantRole{Role: ledger.Leader, Scope: "C01"}, true, false},
		{"a leader elsewhere", ledger.GrantRole{Role: ledger.Leader, Scope: "C90"}, false, true},
		{"a leader everywhere", ledger.GrantRole{Role: ledger.Leader}, true, true},
		{"a clerk of a shop", ledger.GrantRole{Role: ledger.Clerk, Scope: "S90"}, false, true},
		{"a keeper, who deals with nobody", ledger.GrantRole{Role: ledger.Keeper, Scope: "C01"}, false, false},
		{"a steward elsewhere, who may look at anybody", ledger.GrantRole{Role: ledger.Steward, Scope: "C90"}, true, true},
	} {
		g := tt.grant
		g.Staff, g.From = ledger.StaffID("U00007"+string(rune('0'+n))), ledger.NewDate(2026, 11, 23)
		b.do(t, admin, &g)
		v, done, err := b.View(t.Context(), ledger.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := api.HandledBy(v, g.Staff)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[ledger.VolunteerID]bool{"V0000018": tt.here, "V0000042": tt.far} {
			if got, err := h.Has(id); err != nil || got != want {
				t.Errorf("%s, %s: got %v, %v, want %v", tt.name, id, got, err, want)
			}
		}
		done()
	}
}

// A search finds nobody whom the one who asks does not deal with.
func TestSearchOfOneUnit(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]bool{"C01": true, "C90": false} {
		b := newBook(t)
		b.do(t, "U000001", &ledger.AddUnit{Unit: "C90", Kind: ledger.Community, Name: "elsewhere"})
		b.do(t, "U000001", &ledger.Appoint{Staff: "U000002"})
		b.do(t, "U000001", &ledger.GrantRole{Staff: "U000002", Role: ledger.Leader, Scope: scope, From: ledger.NewDate(2026, 11, 23)})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/searches", strings.NewReader(`{"text":"V0000018"}`))
		r.SetBasicAuth("U000002", pin)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		newServer(t, config(b)).ServeHTTP(w, r)
		if text := body(t, w.Result(), http.StatusOK); strings.Contains(text, "V0000018") != want {
			t.Errorf("a leader in %s: got %s, want V0000018 found: %v", scope, text, want)
		}
	}
}
