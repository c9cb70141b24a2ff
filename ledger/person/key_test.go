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
		{person.ScopeWrite, "POST", "/v1/commands/volunteer-set", false},
		{person.ScopePeople, "POST", "/v1/commands/people-show", true},
		{person.ScopePeople, "POST", "/v1/redemptions", false},
		{"commands", "POST", "/v1/commands/redeem", true},
		{"commands", "POST", "/v1/commands/key-add", false},
		{"commands", "POST", "/v1/commands/people-show", false},
		{"commands/people-show", "POST", "/v1/commands/people-show", true},
		{"redemptions", "POST", "/v1/redemptionsx", false},
		{"journal", "GET", "/checkpoint", false},
	}
	for _, tt := range tests {
		if got := (person.SystemKey{Scopes: []string{tt.scope}}).Reaches(tt.method, tt.path); got != tt.want {
			t.Errorf("%s for %s %s: got %v, want %v", tt.scope, tt.method, tt.path, got, tt.want)
		}
	}
}
