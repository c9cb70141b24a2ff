package audit

import "aixin/ledger"

// patternLeast is from how many people on that nobody comes and goes at the very same minute.
const patternLeast = 5

// patterns looks for rosters on which everybody came and went together.
type patterns struct{ nothing }

// roster is a paper, or what was typed in of one activity and day.
type roster struct {
	activity ledger.ActivityID
	on       ledger.Date
	sheet    string
}

func (patterns) end(r *run) {
	lists := map[roster][]*record{}
	for _, rec := range r.declared {
		if h := rec.hours; h != nil && !rec.gone && h.Capture != ledger.Scan {
			k := roster{h.Activity, h.Start.On(), h.Sheet}
			lists[k] = append(lists[k], rec)
		}
	}
	for k, list := range lists {
		alike := true
		entries := make([]ledger.Index, len(list))
		for i, rec := range list {
			entries[i] = rec.index
			alike = alike && rec.hours.Start == list[0].hours.Start && rec.hours.Minutes == list[0].hours.Minutes
		}
		if alike && len(list) >= patternLeast {
			r.found(Noted, string(k.activity), k.on.String()+" × "+count(len(list)), "", entries...)
		}
	}
}
