package web

import "aixin/ledger"

// NoticedOf lists what of a person is on notice or disputed.
func NoticedOf(v ledger.View, who ledger.Volunteer) ([]ledger.Record, error) { return noticed(v, who) }
