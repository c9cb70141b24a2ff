package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says from which day on a volunteer belongs to another unit or household, and lists who lives together.

// volunteerMoveCmd gives a volunteer another unit from a day on.
func (a *app) volunteerMoveCmd() *cobra.Command {
	var do ledger.MoveVolunteer
	var unit string
	cmd := a.writes(a.command("volunteer_move", "move VOLUNTEER --unit UNIT [--from DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Volunteer, do.Unit, do.From = ledger.VolunteerID(args[0]), ledger.UnitID(unit), a.tomorrowOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.volunteer_from"))
	return cmd
}

func (a *app) householdCmd() *cobra.Command {
	return a.parent("household", "household", a.householdJoinCmd(), a.householdLeaveCmd(), a.householdShowCmd())
}

// householdJoinCmd lets a volunteer live in a household from a day on.
func (a *app) householdJoinCmd() *cobra.Command {
	var do ledger.SetHousehold
	cmd := a.writes(a.command("household_join", "join HOUSEHOLD VOLUNTEER [--from DATE] [--head]", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		if !ledger.HouseholdID(args[0]).Valid() {
			return malformed("HOUSEHOLD", "household_number")
		}
		do.Household, do.Volunteer, do.From = ledger.HouseholdID(args[0]), ledger.VolunteerID(args[1]), a.tomorrowOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.household_from"))
	cmd.Flags().BoolVar(&do.Head, "head", false, a.say.T("cli.flag.household_head"))
	return cmd
}

// householdLeaveCmd lets a volunteer live in no household from a day on.
func (a *app) householdLeaveCmd() *cobra.Command {
	var do ledger.SetHousehold
	cmd := a.writes(a.command("household_leave", "leave VOLUNTEER [--from DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Volunteer, do.From = ledger.VolunteerID(args[0]), a.tomorrowOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.household_from"))
	return cmd
}

// tomorrowOr returns the day that was named, or tomorrow: what was done and exchanged today counts for the unit and the household of today.
func (a *app) tomorrowOr(d ledger.Date) ledger.Date {
	if d != 0 {
		return d
	}
	return a.today().AddDays(1)
}

// livingRow is somebody who lives in a household on the day.
type livingRow struct {
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Name      string             `json:"name,omitempty"` // masked
	Unit      ledger.UnitID      `json:"unit"`
	From      ledger.Date        `json:"from,omitempty"`  // absent where they lived there when they were enrolled
	Until     ledger.Date        `json:"until,omitempty"` // the last day, where it is known
}

type householdRow struct {
	Household ledger.HouseholdID `json:"household"`
	Unit      ledger.UnitID      `json:"unit"` // of its pool
	Head      ledger.VolunteerID `json:"head,omitempty"`
	Members   []livingRow        `json:"members"`
	Available string             `json:"available"` // in its pool
}

// householdShowCmd lists who lives in a household on the day.
func (a *app) householdShowCmd() *cobra.Command {
	return a.reads(a.command("household_show", "show HOUSEHOLD", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		h := ledger.HouseholdID(args[0])
		if !h.Valid() {
			return malformed("HOUSEHOLD", "household_number")
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			p, err := r.view.Pool(ledger.PoolID(h))
			if err != nil {
				return result{}, err
			}
			row := householdRow{Household: h, Unit: p.Unit, Head: p.Head, Available: ledger.FormatPoints(p.Available)}
			row.Members, err = r.living(ctx, h)
			t := a.table("volunteer", "name", "unit", "from", "until")
			for _, m := range row.Members {
				t.add(string(m.Volunteer), m.Name, string(m.Unit), m.From.String(), m.Until.String())
			}
			return result{json: row, table: t, text: func() string {
				head := catalog.Data{"Pool": string(h), "Unit": string(p.Unit), "Points": row.Available}
				said := a.mark() + a.say.T("cli.pool.head", head) + "\n"
				if p.Head != "" {
					said += a.say.T("cli.volunteer.household_head", catalog.Data{"Volunteer": string(p.Head)}) + "\n"
				}
				return said + a.tablesText(t)
			}}, err
		})
	}))
}

// living lists who lives in a household on the view's day and goes on.
func (r *reader) living(ctx context.Context, h ledger.HouseholdID) ([]livingRow, error) {
	rows := []livingRow{}
	for who, err := range r.view.Volunteers() {
		if err != nil {
			return nil, err
		}
		if who.Household != h || who.Status == ledger.Closed {
			continue
		}
		row := livingRow{Volunteer: who.Volunteer, Unit: who.Unit}
		for _, s := range who.Households {
			if s.From <= r.view.On() {
				row.From = s.From
			} else if row.Until == 0 {
				row.Until = s.From.AddDays(-1)
			}
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

// stayRow is where somebody is from a day on.
type stayRow struct {
	From ledger.Date `json:"from,omitempty"` // absent where that was at the enrolment
	At   string      `json:"at"`             // empty where that is no household
}

func stayRows[T ~string](list []ledger.Stay[T]) (rows []stayRow) {
	for _, s := range list {
		rows = append(rows, stayRow{s.From, string(s.At)})
	}
	return rows
}

// staysText says since when a volunteer is where they are, and from when on elsewhere.
func (a *app) staysText(row *volunteerRow) (said string) {
	for _, s := range row.Units {
		if s.From != 0 {
			said += a.say.T("cli.volunteer.unit_from", catalog.Data{"Date": s.From.String(), "Unit": s.At}) + "\n"
		}
	}
	for _, s := range row.Households {
		switch {
		case s.From == 0:
		case s.At == "":
			said += a.say.T("cli.volunteer.household_left", catalog.Data{"Date": s.From.String()}) + "\n"
		default:
			said += a.say.T("cli.volunteer.household_from", catalog.Data{"Date": s.From.String(), "Household": s.At}) + "\n"
		}
	}
	return said
}
