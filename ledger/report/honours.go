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

// gifts are what was moved for welfare by the end of a period, by which entry, without what was reversed by then.
type gifts map[ledger.Index]ledger.Entry

// see takes in an entry.
func (g gifts) see(e ledger.Entry, p Period) {
	if e.On > p.To {
		return
	}
	if undone, ok := e.Body.(*ledger.Reversal); ok {
		delete(g, undone.Entry)
	} else if _, _, ok := e.Donation(); ok {
		g[e.Index] = e
	}
}

// sums returns what everybody gave altogether, and what that came to before a period.
func (g gifts) sums(p Period, number func(ledger.VolunteerID) ledger.VolunteerID) (all, earlier map[ledger.VolunteerID]ledger.Amount) {
	all, earlier = map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]ledger.Amount{}
	given := map[ledger.VolunteerID]*ledger.Given{}
	for _, i := range slices.Sorted(maps.Keys(g)) {
		who, points, _ := g[i].Donation()
		who = number(who)
		if given[who] == nil {
			given[who] = &ledger.Given{}
		}
		given[who].Add(points)
		if all[who] = given[who].Points; g[i].On < p.From {
			earlier[who] = all[who]
		}
	}
	return all, earlier
}

// HonoursOver lists who of a unit, at the end of a period, served over a period and agreed to be named in public, the longest service first, and counts the
// others who served. It looks at the entries alone, and at consent as it stood before the entry that published the list, or as it
// stands now: the same entries give the same list, whoever changes their mind later. The service of numbers that were merged by then
// is that of the one that goes on. Where the unit honours what is given for welfare, whoever gave something over the period and reached a
// tier is on it, too.
func HonoursOver(s Scope, p Period, before ledger.Index, tiers []ledger.HonourTier, entries iter.Seq2[ledger.Entry, error]) (named []HonourRow, others int, err error) {
	rows, agreed, into := map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]bool{}, map[ledger.VolunteerID]ledger.VolunteerID{}
	at, gave := newWhereabouts(), gifts{}
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
	number := func(id ledger.VolunteerID) ledger.VolunteerID { // the one that goes on
		for into[id] != "" {
			id = into[id]
		}
		return id
	}
	given, earlier := gave.sums(p, number)
	served := map[ledger.VolunteerID]ledger.Amount{}
	for id := range given {
		served[id] = 0 // who gave and did not serve
	}
	for id, minutes := range rows {
		served[number(id)] += minutes
	}
	for _, id := range slices.Sorted(maps.Keys(served)) {
		if !s.Has(at.unitOf(string(id), p.To)) {
			continue
		}
		row := HonourRow{Volunteer: id, Minutes: max(0, served[id])}
		if has, _ := ledger.HonourOf(tiers, given[id]); has.Name != "" {
			row.Donated, row.Honour = given[id], has.Name
		}
		switch {
		case served[id] <= 0 && (row.Honour == "" || given[id] <= earlier[id]):
		case agreed[id]:
			named = append(named, row)
		case served[id] > 0:
			others++
		}
	}
	slices.SortStableFunc(named, func(a, b HonourRow) int { return cmp.Compare(b.Minutes, a.Minutes) })
	return named, others, nil
}
