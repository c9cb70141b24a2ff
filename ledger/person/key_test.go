package person_test

import (
	"testing"

	"aixin/ledger/person"
)

// A key reaches what its scopes name. Who people are, and how one signs in as them, no scope covers that does not name it.
func TestKeysReach(t *testing.T) {
	t.Parallel()
	tests := []struct {
		scope, method, path string
		want                bool
	}{
		{person.ScopeRead, "GET", "/v1/records", true},
		{person.ScopeRead, "POST", "/v1/redemptions", false},
		{person.ScopeRead, "GET", "/v1/looks", false},
		{person.ScopeWrite, "POST", "/v1/bulk/redemptions", true},
		{person.ScopeWrite, "POST", "/v1/searches", false},
		{person.ScopeWrite, "POST", "/v1/volunteers/set", false},
		{person.ScopeWrite, "POST", "/v1/counts/confirm", true},
		{person.ScopeRead, "GET", "/v1/staff", true},
		{person.ScopeWrite, "POST", "/v1/staff", false},
		{person.ScopePeople, "POST", "/v1/people/agree", true},
		{person.ScopePeople, "POST", "/v1/redemptions", false},
		{"volunteers", "GET", "/v1/volunteers/V0000018", true},
		{"volunteers", "POST", "/v1/volunteers/move", true},
		{"volunteers", "POST", "/v1/volunteers", false},
		{"volunteers", "POST", "/v1/volunteers/set", false},
		{"volunteers/set", "POST", "/v1/volunteers/set", true},
		{"requests", "POST", "/v1/requests/details", false},
		{"people", "POST", "/v1/keys", true},
		{"keys", "POST", "/v1/keys/revoke", true},
		{"redemptions", "POST", "/v1/redemptionsx", false},
		{"journal", "GET", "/checkpoint", false},
	}
	for _, tt := range tests {
		if got := (person.SystemKey{Scopes: []string{tt.scope}}).Reaches(tt.method, tt.path); got != tt.want {
			t.Errorf("%s for %s %s: got %v, want %v", tt.scope, tt.method, tt.path, got, tt.want)
		}
	}
}
