package web

import "aixin/ledger"

// WarningsOf are those about gift points that lapse.
func (t Teller) WarningsOf(today ledger.Date, gifts []ledger.Lot) []Warning {
	return t.warnings(today, gifts, t.giftPoints)
}

// NoticedOf lists what of a person is on notice or disputed.
func NoticedOf(v ledger.View, who ledger.Volunteer) ([]ledger.Record, error) { return noticed(v, who) }
