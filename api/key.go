package api

import (
	"slices"
	"strings"

	"aixin/ledger/person"
)

// This file is what the scopes of a system's key may name, and what they come to: it is read from the list of routes.

// scopeOf is what a scope may name of a route: what stands behind /v1/ up to the first word that is a number of something.
func scopeOf(r route) (scope string, ok bool) {
	_, path, _ := strings.Cut(r.pattern, " ")
	rest, ok := strings.CutPrefix(path, "/v1/")
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "bulk/"), "/{")
	return rest, ok && rest != "sessions" && rest != "sessions/current"
}

// KeyNouns lists the nouns that the scope of a key may name, beside reading, writing and people.
func KeyNouns() (nouns []string) {
	for _, r := range (&server{}).programs() {
		if scope, ok := scopeOf(r); ok {
			noun, _, _ := strings.Cut(scope, "/")
			nouns = append(nouns, noun)
		}
	}
	slices.Sort(nouns)
	return slices.Compact(nouns)
}

// ValidKeyScope reports whether a scope names something that can be asked for.
func ValidKeyScope(s string) bool {
	if s == person.ScopeRead || s == person.ScopeWrite || s == person.ScopePeople {
		return true
	}
	return slices.ContainsFunc((&server{}).programs(), func(r route) bool {
		scope, ok := scopeOf(r)
		return ok && (scope == s || strings.HasPrefix(scope, s+"/"))
	})
}

// KeyEnters reports whether a key may enter anything.
func KeyEnters(k person.SystemKey) bool {
	enters := func(path string) bool { return k.Reaches("POST", "/v1/"+path) }
	return slices.ContainsFunc(writeRows(), func(row writeRow) bool { return enters(row.noun) }) ||
		slices.ContainsFunc(AllCommands(), func(c Command) bool { return c.Changes() && k.Reaches("POST", "/"+c.Path) })
}

// Changes reports whether a command changes the book or what is kept of people. A look at somebody is only logged.
func (c Command) Changes() bool { return c.Keyed || c.Kept }
