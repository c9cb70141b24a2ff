package report

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"aixin/ledger"
)

// HonourRow is somebody on an honour list, who agreed to be named.
type HonourRow struct {
	Volunteer ledger.VolunteerID
	Minutes   ledger.Amount // credited over the period, less what was reversed
}

// HonoursOver lists who of a unit, at the end of a period, served over a period and agreed to be named in public, the longest service first, and counts the
// others who served. It looks at the entries alone, and at consent as it stood before the entry that published the list, or as it
// stands now: the same entries give the same list, whoever changes their mind later. The service of numbers that were merged by then
// is that of the one that goes on.
func HonoursOver(s Scope, p Period, before ledger.Index, entries iter.Seq2[ledger.Entry, error]) (named []HonourRow, others int, err error) {
	rows, agreed, into := map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]bool{}, map[ledger.VolunteerID]ledger.VolunteerID{}
	at := newWhereabouts()
	for e, err := range entries {
		if err != nil {
			return nil, 0, fmt.Errorf("honours of a period: %w", err)
		}
		if before != 0 && e.Index >= before {
			break
		}
		at.see(e)
		switch body := e.Body.(type) {
		case *ledger.SetConsent:
			agreed[body.Volunteer] = body.Publish
		case *ledger.Merger:
			into[body.From] = body.Into
		}
		for _, posting := range e.Postings {
			if posting.Account.Class() == ledger.ClassHours && p.From <= e.On && e.On <= p.To {
				rows[ledger.VolunteerID(posting.Account.Owner())] += posting.Amount
			}
		}
	}
	served := map[ledger.VolunteerID]ledger.Amount{}
	for id, minutes := range rows {
		who := id
		for into[who] != "" {
			who = into[who]
		}
		if s.Has(at.unitOf(string(who), p.To)) {
			served[who] += minutes
		}
	}
	for _, id := range slices.Sorted(maps.Keys(served)) {
		switch {
		case served[id] <= 0:
		case agreed[id]:
			named = append(named, HonourRow{id, served[id]})
		default:
			others++
		}
	}
	slices.SortStableFunc(named, func(a, b HonourRow) int { return cmp.Compare(b.Minutes, a.Minutes) })
	return named, others, nil
}
