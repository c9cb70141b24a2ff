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
	Donated   ledger.Amount // for welfare, altogether by the end of the period
	Honour    string        // which honour that is by the unit's rule (B25); none where it has none
}

// gifts adds up what was given for welfare, over a period and altogether by its end.
type gifts struct {
	of        map[ledger.Index]ledger.Entry // by which entry, for reversals
	over, all map[ledger.VolunteerID]ledger.Amount
}

// see takes in an entry.
func (g gifts) see(e ledger.Entry, p Period) {
	sign := ledger.Amount(1)
	given := e
	if undone, ok := e.Body.(*ledger.Reversal); ok {
		given, sign = g.of[undone.Entry], -1
	}
	from, points, ok := given.Donation()
	if !ok || e.On > p.To {
		return
	}
	g.of[e.Index] = e
	g.all[from] += sign * points
	if p.Has(e.On) {
		g.over[from] += sign * points
	}
}

// HonoursOver lists who of a unit, at the end of a period, served over a period and agreed to be named in public, the longest service first, and counts the
// others who served. It looks at the entries alone, and at consent as it stood before the entry that published the list, or as it
// stands now: the same entries give the same list, whoever changes their mind later. The service of numbers that were merged by then
// is that of the one that goes on. Where the unit honours what is given for welfare, whoever gave something over the period and reached a
// tier is on it, too.
func HonoursOver(s Scope, p Period, before ledger.Index, tiers []ledger.HonourTier, entries iter.Seq2[ledger.Entry, error]) (named []HonourRow, others int, err error) {
	rows, agreed, into := map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]bool{}, map[ledger.VolunteerID]ledger.VolunteerID{}
	at, gave := newWhereabouts(), gifts{map[ledger.Index]ledger.Entry{}, map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]ledger.Amount{}}
	for e, err := range entries {
		if err != nil {
			return nil, 0, fmt.Errorf("honours of a period: %w", err)
		}
		if before != 0 && e.Index >= before {
			break
		}
		at.see(e)
		gave.see(e, p)
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
	people := map[ledger.VolunteerID]ledger.Amount{} // of the unit, each by the number that goes on
	ofPeople := func(rows map[ledger.VolunteerID]ledger.Amount) map[ledger.VolunteerID]ledger.Amount {
		sums := map[ledger.VolunteerID]ledger.Amount{}
		for id, n := range rows {
			who := id
			for into[who] != "" {
				who = into[who]
			}
			if s.Has(at.unitOf(string(who), p.To)) {
				sums[who] += n
				people[who] = 0
			}
		}
		return sums
	}
	served, over, all := ofPeople(rows), ofPeople(gave.over), ofPeople(gave.all)
	for _, id := range slices.Sorted(maps.Keys(people)) {
		row := HonourRow{Volunteer: id, Minutes: max(0, served[id])}
		if has, _ := ledger.HonourOf(tiers, all[id]); has.Name != "" {
			row.Donated, row.Honour = all[id], has.Name
		}
		switch {
		case served[id] <= 0 && (row.Honour == "" || over[id] <= 0):
		case agreed[id]:
			named = append(named, row)
		case served[id] > 0:
			others++
		}
	}
	slices.SortStableFunc(named, func(a, b HonourRow) int { return cmp.Compare(b.Minutes, a.Minutes) })
	return named, others, nil
}
