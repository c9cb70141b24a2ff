package audit

import "aixin/ledger"

// duplicates looks for one service, or one act on one day, that stands twice. Under two numbers that became one it is a note: nobody
// knew then that they are one person.
type duplicates struct{ nothing }

// served names a service or an act.
type served struct {
	who   ledger.VolunteerID
	what  string
	start int64
}

func (duplicates) end(r *run) {
	first := make(map[served]*record, len(r.declared))
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
		if one := first[k]; one != nil {
			r.found(oneNumber(one, rec), string(k.who), k.what, "", one.index, rec.index)
			continue
		}
		first[k] = rec
	}
}

// oneNumber is wrong of one number, and a note of two.
func oneNumber(a, b *record) Grade {
	if a.volunteer == b.volunteer {
		return Wrong
	}
	return Noted
}
