package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// donateCmd moves points between a volunteer and a pool: whichever of the two is named first gives.
func (a *app) donateCmd() *cobra.Command {
	return a.writes(a.command("donate", "donate VOLUNTEER POOL POINTS | POOL VOLUNTEER POINTS", cobra.ExactArgs(3), func(cmd *cobra.Command, args []string) error {
		points, err := parsePoints(args[2])
		if err != nil {
			return malformed("POINTS", "points")
		}
		do := ledger.Donate{Volunteer: ledger.VolunteerID(args[0]), Pool: ledger.PoolID(args[1]), Points: points}
		if ledger.PoolID(args[0]).Valid() {
			do.Pool, do.Volunteer, do.Back = ledger.PoolID(args[0]), ledger.VolunteerID(args[1]), true
		}
		return a.submit(cmd.Context(), &do)
	}))
}

func (a *app) poolCmd() *cobra.Command {
	return a.parent("pool", "pool", a.reads(a.poolListCmd()), a.reads(a.poolShowCmd()))
}

type poolRow struct {
	Pool      ledger.PoolID        `json:"pool"`
	Unit      ledger.UnitID        `json:"unit"`
	Available string               `json:"available"`
	Lots      []poolLot            `json:"lots"`
	Members   []ledger.VolunteerID `json:"members,omitempty"`
}

type poolLot struct {
	Lot     ledger.LotID `json:"lot"`
	Left    string       `json:"left"`
	Expires ledger.Date  `json:"expires,omitzero"`
}

func newPoolRow(p ledger.Pool) poolRow {
	row := poolRow{Pool: p.Pool, Unit: p.Unit, Available: ledger.FormatPoints(p.Available), Lots: []poolLot{}}
	for _, l := range p.Lots {
		row.Lots = append(row.Lots, poolLot{l.ID, ledger.FormatPoints(l.Left), l.Expires})
	}
	return row
}

// poolListCmd lists the pools that have something.
func (a *app) poolListCmd() *cobra.Command {
	return a.command("pool_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			rows, t := []poolRow{}, a.table("pool", "unit", "points")
			for p, err := range r.view.Pools() {
				if err != nil {
					return result{}, err
				}
				rows = append(rows, newPoolRow(p))
				t.add(string(p.Pool), string(p.Unit), sheet.Points(p.Available))
			}
			return result{json: rows, table: t}, nil
		})
	})
}

// poolShowCmd shows the lots of a pool, and who is of its household.
func (a *app) poolShowCmd() *cobra.Command {
	return a.command("pool_show", "show POOL", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id := ledger.PoolID(args[0])
		if !id.Valid() {
			return malformed("POOL", "pool")
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			p, err := r.view.Pool(id)
			if err != nil {
				return result{}, err
			}
			row := newPoolRow(p)
			if row.Members, err = r.members(ledger.HouseholdID(id)); err != nil {
				return result{}, err
			}
			t := a.table("pool", "lot", "left", "expires")
			for _, l := range p.Lots {
				t.add(string(id), l.ID.String(), sheet.Points(l.Left), l.Expires.String())
			}
			t.add(string(id), "", sheet.Points(p.Available), "")
			return result{json: row, table: t, text: func() string { return a.poolText(p, row.Members, t) }}, nil
		})
	})
}

func (a *app) poolText(p ledger.Pool, members []ledger.VolunteerID, t *table) string {
	var out strings.Builder
	out.WriteString(a.mark())
	out.WriteString(a.say.T("cli.pool.head", catalog.Data{"Pool": string(p.Pool), "Unit": string(p.Unit), "Points": ledger.FormatPoints(p.Available)}) + "\n")
	if len(members) > 0 {
		names := make([]string, len(members))
		for i, m := range members {
			names[i] = string(m)
		}
		out.WriteString(a.say.T("cli.pool.members", catalog.Data{"Members": strings.Join(names, " ")}) + "\n")
	}
	if err := t.writeText(&out); err != nil {
		return err.Error()
	}
	return out.String()
}

// members lists the volunteers of a household who go on.
func (r *reader) members(h ledger.HouseholdID) (list []ledger.VolunteerID, err error) {
	if !h.Valid() {
		return nil, nil
	}
	for v, err := range r.view.Volunteers() {
		if err != nil {
			return nil, err
		}
		if v.Household == h && v.Status != ledger.Closed {
			list = append(list, v.Volunteer)
		}
	}
	return list, nil
}
