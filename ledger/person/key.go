package person

import (
	"slices"
	"strings"
	"time"
)

// KeyMark begins the text of every key of a system, so that it is told from the token of a session.
const KeyMark = "axk_"

// SystemKey is what a system signs in with, instead of a number and a PIN. It acts for a staff number of its own, whose roles, units and
// days say what it may do; its scopes narrow that further. The text of the key is shown once and not kept.
type SystemKey struct {
	ID      string    `json:"id"`
	Staff   string    `json:"staff"`
	Scopes  []string  `json:"scopes"` // read, write, people, or what stands behind /v1/ in a path, such as redemptions
	MadeBy  string    `json:"made_by"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until,omitzero"`   // when it ends by itself
	Revoked time.Time `json:"revoked,omitzero"` // when it was ended
}

// The scopes that are no part of a path.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"

	// ScopePeople is to look at who people are.
	ScopePeople = "people"
)

// Ended reports whether the key opens nothing any more.
func (k SystemKey) Ended(now time.Time) bool {
	return !k.Revoked.IsZero() || (!k.Until.IsZero() && !now.Before(k.Until))
}

// Reaches reports whether the scopes of the key cover a request. To read and to write do not mean to look at people: who they are, and
// the keys by which one may, take a scope of their own, and so does what a noun such as volunteers has of that beside its other requests.
func (k SystemKey) Reaches(method, path string) bool {
	reads := method == "GET" || method == "HEAD"
	rest, ok := strings.CutPrefix(path, "/v1/")
	rest = strings.TrimPrefix(rest, "bulk/") // many are no more than one
	people := ofPeople(reads, rest)
	return slices.ContainsFunc(k.Scopes, func(scope string) bool {
		switch scope {
		case ScopeRead:
			return reads && !people
		case ScopeWrite:
			return !reads && !people
		case ScopePeople:
			return ok && people
		}
		named := rest == scope && strings.Contains(scope, "/")
		return ok && (rest == scope || strings.HasPrefix(rest, scope+"/")) && (!people || named || slices.Contains(nounsOfPeople(), scope))
	})
}

// nounsOfPeople are those all of whose requests tell who people are, or give a way to sign in as them.
func nounsOfPeople() []string {
	return []string{"searches", "looks", "people", "keys", "staff", "cards"}
}

// ofPeople reports whether what stands behind /v1/ tells who people are, or gives a way to sign in as them.
func ofPeople(reads bool, rest string) bool {
	noun, _, _ := strings.Cut(rest, "/")
	if reads { // of the staff, their numbers and roles
		return noun == "looks"
	}
	return slices.Contains(nounsOfPeople(), noun) ||
		slices.Contains([]string{"volunteers", "volunteers/set", "requests/details", "requests/erase", "imports/volunteers"}, rest)
}

// Signs reports whether the key may give the second signature to what another number asked for.
func (k SystemKey) Signs() bool {
	return slices.ContainsFunc([]string{
		"approvals", "counts/confirm", "counts/finalise", "write-offs/confirm", "reliefs/give", "people/agree",
	}, func(noun string) bool { return k.Reaches("POST", "/v1/"+noun) })
}
