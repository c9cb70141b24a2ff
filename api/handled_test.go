package api_test

import (
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// Whoever has a role in one place finds the people of that place, of what stands below it, and of the unit of a shop of theirs; whoever has it
// everywhere finds everybody. Whose details somebody may look at goes by the roles that look.
func TestHandledBy(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const steward, admin = ledger.StaffID("U000006"), ledger.StaffID("U000001")
	b.do(t, admin, &ledger.AddUnit{Unit: "C90", Kind: ledger.Community, Name: "elsewhere"})
	b.do(t, admin, &ledger.AddShop{Shop: "S90", Unit: "C90", Name: "elsewhere"})
	b.do(t, steward, &ledger.Enroll{Volunteer: "V0000042", Unit: "C90"})
	for n, tt := range []struct {
		name        string
		grant       ledger.GrantRole
		here, far   bool // V0000018 of C01, V0000042 of C90
		look, there bool // at their details
	}{
		{"a leader here", ledger.GrantRole{Role: ledger.Leader, Scope: "C01"}, true, false, false, false},
		{"a leader elsewhere", ledger.GrantRole{Role: ledger.Leader, Scope: "C90"}, false, true, false, false},
		{"a leader everywhere", ledger.GrantRole{Role: ledger.Leader}, true, true, false, false},
		{"a clerk of a shop", ledger.GrantRole{Role: ledger.Clerk, Scope: "S90"}, false, true, false, false},
		{"a keeper, who deals with nobody", ledger.GrantRole{Role: ledger.Keeper, Scope: "C01"}, false, false, false, false},
		{"a steward elsewhere", ledger.GrantRole{Role: ledger.Steward, Scope: "C90"}, false, true, false, true},
		{"a steward of a shop here", ledger.GrantRole{Role: ledger.Steward, Scope: "S01"}, true, false, true, false},
		{"a steward everywhere", ledger.GrantRole{Role: ledger.Steward}, true, true, true, true},
	} {
		g := tt.grant
		g.Staff, g.From = ledger.StaffID("U00007"+string(rune('0'+n))), ledger.NewDate(2026, 11, 23)
		b.do(t, admin, &g)
		v, done, err := b.View(t.Context(), ledger.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := api.HandledBy(v, g.Staff, api.PeopleReaders()...)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[ledger.VolunteerID]bool{"V0000018": tt.here, "V0000042": tt.far} {
			if got, err := h.Has(id); err != nil || got != want {
				t.Errorf("%s, %s: got %v, %v, want %v", tt.name, id, got, err, want)
			}
		}
		for id, want := range map[string]bool{"V0000018": tt.look, "V0000042": tt.there} {
			if err := api.MayLook(v, g.Staff, id); (err == nil) != want {
				t.Errorf("%s, details of %s: got %v, want that it is allowed: %v", tt.name, id, err, want)
			}
		}
		done()
	}
}
