package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/ledger"
)

// This file makes volunteers members of further units, and lists who belongs to one.

type memberRow struct {
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Name      string             `json:"name,omitempty"` // masked
	Unit      ledger.UnitID      `json:"unit"`           // of the enrolment
	From      ledger.Date        `json:"from,omitempty"` // absent where that is the unit that was asked for
	Until     ledger.Date        `json:"until,omitempty"`
}

// unitJoinCmd makes a volunteer a member of a unit beside that of their enrolment, or ends that.
func (a *app) unitJoinCmd() *cobra.Command {
	var do ledger.SetMembership
	cmd := a.writes(a.command("unit_join", "join UNIT VOLUNTEER [--from DATE] [--until DATE] [--ended]", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		do.Unit, do.Volunteer, do.From = ledger.UnitID(args[0]), ledger.VolunteerID(args[1]), a.dayOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.member_from"))
	cmd.Flags().Var(newValue(&do.Until, parseDate, "DATE"), "until", a.say.T("cli.flag.member_until"))
	cmd.Flags().BoolVar(&do.Ended, "ended", false, a.say.T("cli.flag.member_ended"))
	return cmd
}

// unitMembersCmd lists who belongs to a unit on a day.
func (a *app) unitMembersCmd() *cobra.Command {
	return a.reads(a.command("unit_members", "members UNIT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			unit := ledger.UnitID(args[0])
			if _, err := r.view.Unit(unit); err != nil {
				return result{}, err
			}
			rows, err := r.belonging(ctx, unit)
			t := a.table("volunteer", "name", "unit", "from", "until")
			for _, m := range rows {
				t.add(string(m.Volunteer), m.Name, string(m.Unit), m.From.String(), m.Until.String())
			}
			return result{json: rows, table: t}, err
		})
	}))
}

func (r *reader) belonging(ctx context.Context, unit ledger.UnitID) ([]memberRow, error) {
	rows := []memberRow{}
	for who, err := range r.view.Volunteers() {
		if err != nil {
			return nil, err
		}
		row := memberRow{Volunteer: who.Volunteer, Unit: who.Unit}
		belongs := who.Unit == unit
		for _, m := range who.Memberships {
			if m.Unit == unit && m.On(r.view.On()) && !belongs {
				row.From, row.Until, belongs = m.From, m.Until, true
			}
		}
		if !belongs || who.Status == ledger.Closed {
			continue
		}
		masked, err := r.masked(ctx, string(who.Volunteer))
		if err != nil {
			return nil, err
		}
		row.Name = masked[string(who.Volunteer)].Name
		rows = append(rows, row)
	}
	return rows, nil
}
