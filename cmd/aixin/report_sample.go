package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

type (
	// sampledRow is an entry of a sample as programs read it.
	sampledRow struct {
		Entry  ledger.Index   `json:"entry"`
		On     ledger.Date    `json:"on"`
		Kind   ledger.Kind    `json:"kind"`
		Actor  ledger.StaffID `json:"actor,omitempty"`
		Owners []string       `json:"owners"` // of the accounts that it moves
		Points api.Points     `json:"points"`
		Over   bool           `json:"over"` // at or above the threshold
		SHA256 string         `json:"sha256"`
	}

	// drawn counts entries and the points that they move.
	drawn struct {
		Entries int64      `json:"entries"`
		Points  api.Points `json:"points"`
	}
)

// The sizes of a sample.
const (
	usualSample = 25
	mostSample  = 10_000
)

// sampleReport draws entries to look at.
func (a *app) sampleReport() *cobra.Command {
	var p periodFlags
	var kinds []string
	plan := report.Plan{}
	size := ledger.Amount(usualSample)
	cmd := a.periodReport("sample", "sample --seed TEXT [--size N] [--above POINTS] [--kind KIND,…]", &p,
		func(ctx context.Context, r *reader, s report.Scope) (result, error) {
			if plan.Seed == "" {
				return result{}, lacking("--seed")
			}
			plan.Period, plan.Size, plan.Kinds = p.days(), int(size), nil
			for _, k := range kinds {
				if id := "kind." + k; a.say.T(id) == id {
					return result{}, malformed("--kind", "kind_code")
				}
				plan.Kinds = append(plan.Kinds, ledger.Kind(k))
			}
			x, err := report.Sample(r.view, s, plan, r.entries(ctx))
			if err != nil {
				return result{}, err
			}
			return a.sampleResult(x), nil
		})
	fs := cmd.Flags()
	fs.StringVar(&plan.Seed, "seed", "", a.say.T("cli.flag.seed"))
	fs.Var(newValue(&size, parseCount(mostSample, "sample_size"), "N"), "size", a.say.T("cli.flag.sample_size"))
	fs.Var(newValue(&plan.Above, parsePoints, "POINTS"), "above", a.say.T("cli.flag.above"))
	fs.StringSliceVar(&kinds, "kind", nil, a.say.T("cli.flag.sample_kind"))
	return cmd
}

func (a *app) sampleResult(x report.SampleReport) result {
	count := func(d report.Drawn) drawn { return drawn{d.Entries, api.Points(d.Points)} }
	wire := struct {
		wireBasis
		Seed       string       `json:"seed"`
		Population drawn        `json:"population"`
		Over       drawn        `json:"over"`
		Chosen     drawn        `json:"chosen"`
		Rows       []sampledRow `json:"rows"`
	}{newWireBasis(x.Basis, x.Period), x.Seed, count(x.Population), count(x.Over), count(x.Chosen), []sampledRow{}}
	full := a.table("entry", "date", "what", "actor", "concerned", "points", "chosen_by", "sha256")
	brief := a.table("entry", "date", "what", "actor", "concerned", "points", "chosen_by")
	for _, s := range x.Rows {
		row := newSampledRow(s)
		wire.Rows = append(wire.Rows, row)
		why := "drawn"
		if s.Over {
			why = "over"
		}
		cells := []any{
			s.Entry.Index, s.Entry.On.String(), a.what(s.Entry), string(s.Entry.Actor), strings.Join(row.Owners, " "), sheet.Points(s.Points),
			a.say.T("cli.sampled." + why),
		}
		brief.add(cells...)
		full.add(append(cells, row.SHA256)...)
	}
	said := section{title: a.say.T("cli.audit_report.sample", catalog.Data{
		"Seed": x.Seed, "All": x.Population.Entries, "AllPoints": ledger.FormatPoints(x.Population.Points),
		"Over": x.Over.Entries, "OverPoints": ledger.FormatPoints(x.Over.Points),
		"Chosen": x.Chosen.Entries, "ChosenPoints": ledger.FormatPoints(x.Chosen.Points),
	})}
	text := a.reportText("sample", x.Basis, a.periodLine(x.Period), said, section{table: brief}, section{title: a.say.T("cli.audit_report.again")})
	return result{json: wire, lines: wire.Rows, table: full, text: text}
}

func newSampledRow(s report.Sampled) sampledRow {
	e := s.Entry
	return sampledRow{
		Entry: e.Index, On: e.On, Kind: e.Kind, Actor: e.Actor, Owners: s.Owners(), Points: api.Points(s.Points), Over: s.Over,
		SHA256: fmt.Sprintf("%x", s.Rank),
	}
}
