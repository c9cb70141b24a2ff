package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
)

// statedRow is a numbered statement of hours as programs read it.
type statedRow struct {
	Number    int64              `json:"number"`
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Name      string             `json:"name,omitempty"` // masked
	From      ledger.Date        `json:"from"`
	Until     ledger.Date        `json:"until"`
	Records   int                `json:"records"`
	Minutes   ledger.Amount      `json:"minutes"`
	Standing  ledger.Amount      `json:"standing"` // minutes of it that were not taken back since
	Reversed  []ledger.Index     `json:"reversed,omitempty"`
	Level     int64              `json:"level"` // of the person today
	Entry     ledger.Index       `json:"entry"`
	Receipt   *api.Receipt       `json:"receipt,omitempty"`
}

func (a *app) certifyCmd() *cobra.Command {
	var from, until ledger.Date
	var number ledger.Amount
	cmd := a.writes(a.command("certify", "certify VOLUNTEER [--from DATE] [--until DATE] | --verify NUMBER", cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
		if (number != 0) == (len(args) == 1) || (number != 0 && (from != 0 || until != 0)) {
			return &usageError{id: "certify_one"}
		}
		if number != 0 {
			return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) { return r.recount(ctx, int64(number)) })
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.certify(ctx, ledger.VolunteerID(args[0]), from, until)
		})
	}))
	cmd.Flags().Var(newValue(&from, parseDate, "DATE"), "from", a.say.T("cli.flag.served_from"))
	cmd.Flags().Var(newValue(&until, parseDate, "DATE"), "until", a.say.T("cli.flag.served_to"))
	cmd.Flags().Var(newValue(&number, parseCount(ledger.MaxAmount, "positive"), "NUMBER"), "verify", a.say.T("cli.flag.certificate"))
	return cmd
}

// certify states the service that stands on those days; without days, all of it.
func (w *writer) certify(ctx context.Context, id ledger.VolunteerID, from, until ledger.Date) error {
	do := &ledger.Certify{Volunteer: id, From: from, Until: until}
	err := w.view(ctx, func(v ledger.View) error {
		if until == 0 {
			do.Until = v.On()
		}
		served, err := v.Served(id, from, do.Until)
		for _, rec := range served {
			do.Records = append(do.Records, rec.Index)
			if from == 0 && (do.From == 0 || rec.Start.On() < do.From) {
				do.From = rec.Start.On()
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(do.Records) == 0 {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: w.app.say.T("cli.certify.hours_of", catalog.Data{"Who": string(id)})}
	}
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil || answer.Index == nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	var row statedRow
	err = w.view(ctx, func(v ledger.View) error {
		e, err := v.Entry(*answer.Index)
		if err != nil {
			return err
		}
		body, ok := e.Body.(*ledger.Certificate)
		if !ok {
			return fmt.Errorf("entry %d is a %s entry", e.Index, e.Kind)
		}
		row, err = newStatedRow(v, body.Number)
		return err
	})
	if err != nil {
		return err
	}
	masked, err := w.people.Masked(ctx, string(id))
	row.Name, row.Receipt = masked[string(id)].Name, &answer
	return errors.Join(err, w.app.show(w.app.stated(row)))
}

// newStatedRow adds a statement up again.
func newStatedRow(v ledger.View, number int64) (statedRow, error) {
	r, err := v.Recount(number)
	if err != nil {
		return statedRow{}, err
	}
	who, err := v.Volunteer(r.Stated.Volunteer)
	if err != nil {
		return statedRow{}, err
	}
	row := statedRow{
		Number: number, Volunteer: who.Volunteer, From: r.Stated.From, Until: r.Stated.Until, Records: len(r.Stated.Records),
		Minutes: r.Stated.Minutes, Standing: r.Minutes, Reversed: r.Reversed, Entry: r.Entry.Index,
	}
	stars, err := v.StarsOf(who.Unit)
	if err != nil {
		return row, err
	}
	merit, err := v.Merit(who, stars)
	has, _, _ := stars.Reached(merit)
	row.Level = has.Level
	return row, err
}

func (r *reader) recount(ctx context.Context, number int64) (result, error) {
	row, err := newStatedRow(r.view, number)
	if err != nil {
		return result{}, err
	}
	masked, err := r.masked(ctx, string(row.Volunteer))
	row.Name = masked[string(row.Volunteer)].Name
	if err == nil && row.Standing != row.Minutes {
		err = errDifferences
	}
	return r.app.stated(row), err
}

// stated says a statement of hours.
func (a *app) stated(row statedRow) result {
	t := a.table("number", "volunteer", "name", "from", "until", "records", "minutes", "standing", "level")
	t.add(row.Number, string(row.Volunteer), row.Name, row.From.String(), row.Until.String(), row.Records, row.Minutes, row.Standing, row.Level)
	return result{json: row, table: t, text: func() string {
		data := catalog.Data{
			"Number": row.Number, "Who": row.Name + " " + string(row.Volunteer), "From": row.From.String(), "Until": row.Until.String(),
			"Records": row.Records, "Hours": int64(row.Minutes / 60), "Minutes": int64(row.Minutes % 60), "Level": row.Level,
			"Back": len(row.Reversed), "StandingHours": int64(row.Standing / 60), "StandingMinutes": int64(row.Standing % 60), "Entry": int64(row.Entry),
		}
		text := a.mark() + a.say.T("cli.certify.stated", data) + "\n"
		if row.Level > 0 {
			text += a.say.T("cli.certify.level", data) + "\n"
		}
		if row.Standing != row.Minutes {
			return text + a.say.T("cli.certify.differs", data) + "\n"
		}
		return text + a.say.T("cli.certify.stands", data) + "\n"
	}}
}
