package audit

import "aixin/ledger"

// What of the service that one person declares may be typed in later before somebody looks: so much percent, and so many records.
const (
	backOfficeShare = 20
	backOfficeLeast = 5
)

// backOffice counts, for whoever declares service, what was typed in later.
type backOffice struct{ nothing }

func (backOffice) end(r *run) {
	all, typed := map[ledger.StaffID]int{}, map[ledger.StaffID][]ledger.Index{}
	for _, rec := range r.declared {
		if rec.hours == nil {
			continue
		}
		all[rec.declarer]++
		if rec.hours.Capture == ledger.Backfill {
			typed[rec.declarer] = append(typed[rec.declarer], rec.index)
		}
	}
	for who, list := range typed {
		if share := percent(len(list), all[who]); share > backOfficeShare && len(list) >= backOfficeLeast {
			r.found(Noted, string(who), count(share)+" %", count(backOfficeShare)+" %", list...)
		}
	}
}
