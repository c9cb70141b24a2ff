package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file is what becomes of a volunteer number: frozen, merged, left; and who is close to whom.

func (a *app) freezeCmd() *cobra.Command {
	do := ledger.SetStatus{Status: ledger.Frozen}
	var reason string
	cmd := a.writes(a.command("freeze", "freeze VOLUNTEER --reason REASON [--until DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Volunteer, do.Reason = ledger.VolunteerID(args[0]), ledger.Reason(reason)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	cmd.Flags().Var(newValue(&do.Until, parseDate, "DATE"), "until", a.say.T("cli.flag.freeze_end"))
	return cmd
}

func (a *app) unfreezeCmd() *cobra.Command {
	return a.writes(a.command("unfreeze", "unfreeze VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.SetStatus{Volunteer: ledger.VolunteerID(args[0]), Status: ledger.Active, Reason: ledger.Cleared})
	}))
}

// mergeCmd joins two numbers, and says what both had before and what the one has after.
func (a *app) mergeCmd() *cobra.Command {
	return a.writes(a.command("merge", "merge FROM INTO", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.merge(ctx, &ledger.Merge{From: ledger.VolunteerID(args[0]), Into: ledger.VolunteerID(args[1])})
		})
	}))
}

func (w *writer) merge(ctx context.Context, do *ledger.Merge) error {
	sums := func() (s mergeSum, err error) {
		err = w.view(ctx, func(v ledger.View) error {
			from, err := v.Balance(do.From)
			if err != nil {
				return err
			}
			into, err := v.Balance(do.Into)
			s = mergeSum{from.Available + from.Lapsed + into.Available + into.Lapsed, from.Recoverable + into.Recoverable, into.Minutes}
			if who, err := v.Volunteer(do.From); err == nil && who.Into == "" {
				s.minutes += from.Minutes
			}
			return err
		})
		if isRejection(ledger.NotFound)(err) {
			err = nil // the ledger says so
		}
		return s, err
	}
	before, err := sums()
	if err != nil {
		return err
	}
	if err := w.submit(ctx, do); err != nil || w.app.opts.dryRun {
		return err
	}
	after, err := sums()
	if err != nil {
		return err
	}
	if before != after {
		return fmt.Errorf("%w: before the merger %v, after it %v", errDifferences, before, after)
	}
	if w.app.opts.format != "text" {
		return nil
	}
	_, err = fmt.Fprintln(w.app.out, w.app.say.T("cli.merge.sums", catalog.Data{
		"Points": ledger.FormatPoints(after.points), "Hours": int64(after.minutes / 60), "Minutes": int64(after.minutes % 60), "Into": string(do.Into),
	}))
	return err
}

// mergeSum is what a merger may not change.
type mergeSum struct{ points, owed, minutes ledger.Amount }

func (a *app) leaveCmd() *cobra.Command {
	var reason, to, pool string
	var settle bool
	cmd := a.writes(a.command("leave", "leave VOLUNTEER --reason REASON | --settle [--to VOLUNTEER | --pool POOL]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if settle == (reason != "") || (to+pool != "" && !settle) {
			return &usageError{id: "leave_one"}
		}
		if settle {
			return a.submit(cmd.Context(), &ledger.Leave{Volunteer: ledger.VolunteerID(args[0]), To: ledger.VolunteerID(to), Pool: ledger.PoolID(pool)})
		}
		return a.submit(cmd.Context(), &ledger.DeclareLeave{Volunteer: ledger.VolunteerID(args[0]), Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.say.T("cli.flag.leave_reason"))
	cmd.Flags().BoolVar(&settle, "settle", false, a.say.T("cli.flag.settle"))
	cmd.Flags().StringVar(&to, "to", "", a.say.T("cli.flag.successor"))
	cmd.Flags().StringVar(&pool, "pool", "", a.say.T("cli.flag.heir"))
	return cmd
}

func (a *app) volunteerKinCmd() *cobra.Command {
	var ended bool
	cmd := a.writes(a.command("volunteer_kin", "kin VOLUNTEER VOLUNTEER|STAFF [--ended]", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.DeclareKin{Of: args[1], Volunteer: ledger.VolunteerID(args[0]), Ended: ended})
	}))
	cmd.Flags().BoolVar(&ended, "ended", false, a.say.T("cli.flag.kin_ended"))
	return cmd
}

func (a *app) volunteerGuardianCmd() *cobra.Command {
	var do ledger.SetGuardian
	cmd := a.writes(a.command("volunteer_guardian", "guardian VOLUNTEER [GUARDIAN] [--until DATE]", cobra.RangeArgs(1, 2), func(cmd *cobra.Command, args []string) error {
		do.Volunteer, do.Guardian = ledger.VolunteerID(args[0]), ledger.VolunteerID(first(args[1:]))
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().Var(newValue(&do.Until, parseDate, "DATE"), "until", a.say.T("cli.flag.guardian_end"))
	return cmd
}

func (a *app) volunteerConsentCmd() *cobra.Command {
	var withdrawn bool
	cmd := a.writes(a.command("volunteer_consent", "consent VOLUNTEER [--withdrawn]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.SetConsent{Volunteer: ledger.VolunteerID(args[0]), Publish: !withdrawn})
	}))
	cmd.Flags().BoolVar(&withdrawn, "withdrawn", false, a.say.T("cli.flag.withdrawn"))
	return cmd
}
