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
	Scopes  []string  `json:"scopes"` // read, write, or what stands behind /v1/ in a path, such as redemptions
	MadeBy  string    `json:"made_by"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until,omitzero"`   // when it ends by itself
	Revoked time.Time `json:"revoked,omitzero"` // when it was ended
}

// The scopes that are no part of a path.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Ended reports whether the key opens nothing any more.
func (k SystemKey) Ended(now time.Time) bool {
	return !k.Revoked.IsZero() || (!k.Until.IsZero() && !now.Before(k.Until))
}

// Reaches reports whether the scopes of the key cover a request.
func (k SystemKey) Reaches(method, path string) bool {
	reads := method == "GET" || method == "HEAD"
	rest, ok := strings.CutPrefix(path, "/v1/")
	return slices.ContainsFunc(k.Scopes, func(scope string) bool {
		switch scope {
		case ScopeRead:
			return reads
		case ScopeWrite:
			return !reads
		}
		return ok && (rest == scope || strings.HasPrefix(rest, scope+"/"))
	})
}

// ValidScope reports whether a scope can be one: a word, or parts of a path.
func ValidScope(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-/") == "" && !strings.HasPrefix(s, "/") && !strings.HasSuffix(s, "/")
}
