package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"aixin/ledger"
)

// Plan says what an auditor wants to look at: every entry that moves at least Above points, and Size of the others.
type Plan struct {
	Period Period
	Kinds  []ledger.Kind // that are drawn from; every entry that moves something where none is named
	Seed   string        // chosen after the head that the report speaks of, so that nobody knew what would be drawn
	Size   int
	Above  ledger.Amount // 0 for no threshold
}

// SampleReport is a sample that anybody can draw again. Of the entries below the threshold those are drawn whose SHA-256 of the seed,
// a slash and the index, as printed, comes first:
//
//	printf '%s' 'seed/41' | sha256sum
type SampleReport struct {
	Basis
	Plan
	Rows       []Sampled // in the order of entries
	Population Drawn     // what there was to draw from
	Over       Drawn     // of that: at or above the threshold, all of it in Rows
	Chosen     Drawn     // of the rest: drawn
}

// Drawn counts entries, and the points that they move.
type Drawn struct {
	Entries int64
	Points  ledger.Amount
}

func (d *Drawn) add(e ledger.Amount) {
	d.Entries++
	d.Points = plus(d.Points, e)
}

// Sampled is an entry of a sample.
type Sampled struct {
	Entry  ledger.Entry
	Points ledger.Amount // that it moves
	Over   bool          // it is at or above the threshold
	Rank   [sha256.Size]byte
}

// Owners lists whose accounts the entry moves: volunteers, shops and donors, and units where there is nobody else.
func (s Sampled) Owners() []string {
	owners, units := []string{}, []string{}
	for _, p := range s.Entry.Postings {
		list := &owners
		if ledger.UnitID(p.Account.Owner()).Valid() {
			list = &units
		}
		if !slices.Contains(*list, p.Account.Owner()) {
			*list = append(*list, p.Account.Owner())
		}
	}
	if len(owners) == 0 {
		return units
	}
	return owners
}

// Sample draws a sample from the entries behind a view. Of a unit it draws from what concerns its volunteers, shops and units.
func Sample(v ledger.View, s Scope, plan Plan, entries iter.Seq2[ledger.Entry, error]) (SampleReport, error) {
	out := SampleReport{Basis: basis(v, s), Plan: plan}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	var lowest []Sampled // the best ranks so far, in their order
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("sample: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		if !plan.covers(e) || (s.Unit != "" && !slices.ContainsFunc(concerned(e), func(id string) bool { return in[id] })) {
			continue
		}
		x := Sampled{Entry: e, Points: pointsMoved(e), Rank: rank(plan.Seed, e.Index)}
		x.Over = plan.Above > 0 && x.Points >= plan.Above
		out.Population.add(x.Points)
		if x.Over {
			out.Over.add(x.Points)
			out.Rows = append(out.Rows, x)
			continue
		}
		lowest = plan.keep(lowest, x)
	}
	for _, x := range lowest {
		out.Chosen.add(x.Points)
	}
	out.Rows = append(out.Rows, lowest...)
	slices.SortFunc(out.Rows, func(a, b Sampled) int { return int(a.Entry.Index - b.Entry.Index) })
	return out, nil
}

// covers reports whether an entry may be drawn.
func (p Plan) covers(e ledger.Entry) bool {
	if !p.Period.Has(e.On) {
		return false
	}
	if len(p.Kinds) > 0 {
		return slices.Contains(p.Kinds, e.Kind)
	}
	return len(e.Postings) > 0
}

// keep inserts an entry if it is among the first of its rank.
func (p Plan) keep(lowest []Sampled, x Sampled) []Sampled {
	at, _ := slices.BinarySearchFunc(lowest, x, func(a, b Sampled) int { return bytes.Compare(a.Rank[:], b.Rank[:]) })
	if at >= p.Size {
		return lowest
	}
	lowest = slices.Insert(lowest, at, x)
	return lowest[:min(len(lowest), p.Size)]
}

// rank is what decides whether an entry is drawn.
func rank(seed string, i ledger.Index) [sha256.Size]byte {
	return sha256.Sum256([]byte(seed + "/" + strconv.FormatInt(int64(i), 10)))
}
