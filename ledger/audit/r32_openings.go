package audit

import "aixin/ledger"

// openings lists every balance that came from a paper booklet; there is one of a person.
type openings struct {
	nothing
	first map[ledger.VolunteerID]*record
}

func newOpenings() observer { return &openings{first: map[ledger.VolunteerID]*record{}} }

func (o *openings) see(r *run, e *ledger.Entry) {
	credit, ok := creditOf(e)
	if !ok || e.Kind != ledger.OpeningPosted {
		return
	}
	who := r.goesOn(credit.Volunteer)
	entries := []ledger.Index{credit.Record, e.Index}
	var sum ledger.Amount
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassPoints {
			sum -= p.Amount
		}
	}
	rec := r.records.at(credit.Record)
	if first := o.first[who]; first != nil && !first.gone {
		r.found(Wrong, string(who), points(sum), "", append(entries, first.index)...)
	} else {
		r.found(Noted, string(who), points(sum), "", entries...)
	}
	o.first[who] = rec
}
