package main

import (
	"github.com/spf13/cobra"

	"aixin/ledger"
)

// giftCmd gives somebody gift points, which pay a part of a price.
func (a *app) giftCmd() *cobra.Command {
	return a.writes(a.command("gift", "gift VOLUNTEER POINTS", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		points, err := parsePoints(args[1])
		if err != nil {
			return malformed("POINTS", "points")
		}
		return a.submit(cmd.Context(), &ledger.GrantGift{Volunteer: ledger.VolunteerID(args[0]), Points: points})
	}))
}
