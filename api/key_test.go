package api

import (
	"context"
	"slices"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/person"
)

// FindBySystemKey knows one key for each role and scope: axk_ROLE_SCOPE.
func (nobodies) FindBySystemKey(_ context.Context, text string) (person.SystemKey, error) {
	role, scope, ok := strings.Cut(strings.TrimPrefix(text, person.KeyMark), "_")
	if !ok {
		return person.SystemKey{}, person.ErrNotFound
	}
	return person.SystemKey{ID: text, Staff: string(staffOf(ledger.Role(role))), Scopes: []string{scope}}, nil
}

// A system reaches what both the roles of its staff number and the scopes of its key let it.
func TestSystemAccess(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	tests := []struct{ key, pattern, want string }{
		{"axk_auditor_read", "GET /v1/journal", "in"},
		{"axk_auditor_write", "GET /v1/journal", "away"},
		{"axk_auditor_journal", "GET /v1/journal", "in"},
		{"axk_clerk_read", "GET /v1/journal", "away"},
		{"axk_clerk_redemptions", "POST /v1/redemptions", "in"},
		{"axk_clerk_redempt", "POST /v1/redemptions", "away"},
		{"axk_clerk_read", "POST /v1/redemptions", "away"},
		{"axk_clerk_write", "POST /v1/redemptions", "in"},
		{"axk_auditor_write", "POST /v1/redemptions", "away"},
		{"axk_clerk_volunteers", "GET /v1/volunteers/{id}/balance", "in"},
		{"axk_leader_records", "POST /v1/records/hours", "in"},
		{"axk_stranger_read", "GET /v1/records", "away"},
		{"axk_steward_write", "POST /v1/looks", "away"},
		{"axk_auditor_read", "GET /v1/looks", "away"},
		{"axk_steward_people", "POST /v1/looks", "in"},
		{"axk_steward_looks", "POST /v1/looks", "in"},
		{"axk_steward_people", "POST /v1/redemptions", "away"},
		{"axk_admin_write", "POST /v1/keys", "away"},
		{"axk_steward_write", "POST /v1/shops", "in"},
		{"axk_steward_stock", "GET /v1/stock", "in"},
		{"axk_steward_volunteers", "POST /v1/volunteers/move", "in"},
		{"axk_steward_volunteers", "POST /v1/volunteers", "away"},
		{"axk_steward_volunteers", "POST /v1/volunteers/set", "away"},
		{"axk_steward_write", "POST /v1/cards", "away"},
		{"axk_nobody", "GET /v1/records", "sign in"},
	}
	for _, tt := range tests {
		r := asking(t, s, tt.pattern, "nobody")
		r.Header.Set("Authorization", "Bearer "+tt.key)
		var to who
		for _, route := range s.routes() {
			if route.pattern == tt.pattern {
				to = route.who
			}
		}
		_, err := s.admit(r, to)
		if got := welcome(err); got != tt.want {
			t.Errorf("%s, %s: got %s (%v), want %s", tt.pattern, tt.key, got, err, tt.want)
		}
	}
}

// A scope names what there is, and a key that only reads or looks enters nothing: one admin may make several.
func TestKeyScopes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scope         string
		valid, enters bool
	}{
		{"read", true, false},
		{"write", true, true},
		{"people", true, true},
		{"journal", true, false},
		{"reports", true, false},
		{"reports/stars", true, false},
		{"consistency", true, false},
		{"looks", true, false},
		{"searches", true, false},
		{"stock", true, false},
		{"redemptions", true, true},
		{"records", true, true},
		{"records/hours", true, true},
		{"counts/confirm", true, true},
		{"volunteers/set", true, true},
		{"sessions", false, false},
		{"redemption", false, false},
		{"records/our", false, false},
		{"a b", false, false},
		{"", false, false},
	} {
		if got := ValidKeyScope(tt.scope); got != tt.valid {
			t.Errorf("%q can be a scope: got %v, want %v", tt.scope, got, tt.valid)
		}
		if got := KeyEnters(person.SystemKey{Scopes: []string{tt.scope}}); got != tt.enters {
			t.Errorf("%q enters something: got %v, want %v", tt.scope, got, tt.enters)
		}
	}
	if nouns := KeyNouns(); !slices.Contains(nouns, "redemptions") || slices.Contains(nouns, "sessions") || !slices.IsSorted(nouns) {
		t.Errorf("got nouns %v", nouns)
	}
}
