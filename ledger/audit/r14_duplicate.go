package audit

import "aixin/ledger"

// duplicates looks for one service, or one act on one day, that stands twice.
type duplicates struct{ nothing }

// served names a service or an act.
type served struct {
	who   ledger.VolunteerID
	what  string
	start int64
}

func (duplicates) end(r *run) {
	first := make(map[served]ledger.Index, len(r.declared))
	for _, rec := range r.declared {
		if rec.gone || rec.hours == nil && rec.acts == nil {
			continue
		}
		k := served{who: r.goesOn(rec.volunteer)}
		if rec.hours != nil {
			k.what, k.start = string(rec.hours.Activity), int64(rec.hours.Start)
		} else {
			k.what, k.start = string(rec.acts.Code), int64(rec.acts.On)
		}
		if i, ok := first[k]; ok {
			r.found(Wrong, string(k.who), k.what, "", i, rec.index)
			continue
		}
		first[k] = rec.index
	}
}
