//go:build !linux

package store

// takeLongTurns does nothing where turns have no length of their own.
func takeLongTurns() {}
