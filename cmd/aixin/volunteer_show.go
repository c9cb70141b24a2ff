package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file shows all that the book says of a volunteer number beside its balance.

// volunteerLife is what a volunteer number went through, as programs read it.
type volunteerLife struct {
	volunteerRow
	Memberships   []membershipRow      `json:"memberships,omitempty"` // of units beside their own
	Kin           []ledger.VolunteerID `json:"kin,omitempty"`
	Guardian      ledger.VolunteerID   `json:"guardian,omitempty"`
	GuardianUntil ledger.Date          `json:"guardian_until,omitempty"`
	Classes       []ledger.Beneficiary `json:"classes,omitempty"`
	HasCard       bool                 `json:"has_card,omitempty"`
	FrozenUntil   ledger.Date          `json:"frozen_until,omitempty"`
	Leaving       ledger.Reason        `json:"leaving,omitempty"`
	LeaveBy       ledger.Date          `json:"leave_by,omitempty"`
	Into          ledger.VolunteerID   `json:"into,omitempty"` // the number that goes on for this one
	Merged        []ledger.VolunteerID `json:"merged,omitempty"`
}

// membershipRow is a membership that goes on or is to come.
type membershipRow struct {
	Unit  ledger.UnitID `json:"unit"`
	From  ledger.Date   `json:"from"`
	Until ledger.Date   `json:"until,omitempty"`
}

func (a *app) volunteerShowCmd() *cobra.Command {
	return a.command("volunteer_show", "show VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id, err := volunteerNumber(args[0])
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			v, err := r.view.Volunteer(id)
			if err != nil {
				return result{}, err
			}
			row, err := r.volunteerRow(ctx, v)
			life := newVolunteerLife(row, v, r.view.On())
			t := a.volunteerTable([]volunteerRow{row})
			return result{json: life, table: t, text: func() string { return a.tablesText(t) + a.staysText(&row) + a.lifeText(life) }}, err
		})
	})
}

func newVolunteerLife(row volunteerRow, v ledger.Volunteer, on ledger.Date) volunteerLife {
	life := volunteerLife{
		volunteerRow: row, Kin: v.Kin, Classes: v.Classes, HasCard: v.Card != ledger.Hash{}, FrozenUntil: v.FrozenUntil,
		Leaving: v.Leaving, LeaveBy: v.LeaveBy, Into: v.Into, Merged: v.Merged,
	}
	if v.GuardianUntil == 0 || on <= v.GuardianUntil {
		life.Guardian, life.GuardianUntil = v.Guardian, v.GuardianUntil
	}
	for _, m := range v.Memberships {
		if m.Until == 0 || on <= m.Until {
			life.Memberships = append(life.Memberships, membershipRow(m))
		}
	}
	return life
}

// lifeText says it in a sentence each.
func (a *app) lifeText(x volunteerLife) string {
	var said strings.Builder
	line := func(is bool, id string, data catalog.Data) {
		if is {
			said.WriteString(a.say.T("cli.volunteer."+id, data) + "\n")
		}
	}
	for _, m := range x.Memberships {
		line(true, "member", catalog.Data{"Unit": string(m.Unit), "From": m.From.String(), "Until": m.Until.String()})
	}
	line(x.Guardian != "", "guardian", catalog.Data{"Guardian": string(x.Guardian), "Until": x.GuardianUntil.String()})
	line(len(x.Kin) > 0, "kin", catalog.Data{"List": joined(x.Kin)})
	line(len(x.Classes) > 0, "classes", catalog.Data{"List": joined(x.Classes)})
	line(x.FrozenUntil != 0, "frozen", catalog.Data{"Until": x.FrozenUntil.String()})
	line(x.Leaving != "", "leaving", catalog.Data{"Reason": catalog.Name(a.say, "reason", x.Leaving), "By": x.LeaveBy.String()})
	line(x.Into != "", "into", catalog.Data{"Into": string(x.Into)})
	line(len(x.Merged) > 0, "merged", catalog.Data{"List": joined(x.Merged)})
	line(x.HasCard, "card", nil)
	line(x.Consent, "consents", nil)
	return said.String()
}
