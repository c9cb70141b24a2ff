package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// volunteerRow is a volunteer number as programs read it.
type volunteerRow struct {
	Volunteer  ledger.VolunteerID `json:"volunteer"`
	Name       string             `json:"name,omitempty"` // masked
	Unit       ledger.UnitID      `json:"unit"`
	Household  ledger.HouseholdID `json:"household,omitempty"`
	Status     ledger.Status      `json:"status"`
	Since      ledger.Date        `json:"since,omitempty"`
	Consent    bool               `json:"consent,omitempty"` // to be named in public
	Units      []stayRow          `json:"units,omitempty"`   // from each day on; absent where they never moved
	Households []stayRow          `json:"households,omitempty"`
	PIN        string             `json:"pin,omitempty"`  // a new one, shown once
	Card       string             `json:"card,omitempty"` // the text of a new card, shown once
	Receipt    *api.Receipt       `json:"receipt,omitempty"`
}

func (a *app) volunteerCmd() *cobra.Command {
	return a.parent("volunteer", "volunteer", a.volunteerAddCmd(), a.volunteerSetCmd(), a.volunteerMoveCmd(), a.volunteerListCmd(), a.volunteerShowCmd(), a.volunteerClassCmd(),
		a.volunteerKinCmd(), a.volunteerGuardianCmd(), a.volunteerConsentCmd())
}

// volunteerFlags are what is said of a volunteer.
type volunteerFlags struct {
	person    person.Person
	unit      string
	household string
	status    string
	reason    string
	newPIN    bool
	newCard   bool
}

func (a *app) volunteerAddCmd() *cobra.Command {
	var f volunteerFlags
	cmd := a.writes(a.command("volunteer_add", "add --name NAME --phone PHONE --unit UNIT", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "name", "unit"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.addVolunteer(ctx, f) })
	}))
	fs := cmd.Flags()
	fs.StringVar(&f.person.Name, "name", "", a.say.T("cli.flag.person_name"))
	fs.StringVar(&f.person.Phone, "phone", "", a.say.T("cli.flag.phone"))
	fs.StringVar(&f.person.IDNumber, "id-number", "", a.say.T("cli.flag.id_number"))
	fs.StringVar(&f.unit, "unit", "", a.say.T("cli.flag.unit"))
	fs.StringVar(&f.household, "household", "", a.say.T("cli.flag.household"))
	return cmd
}

// addVolunteer registers the person and opens the accounts. Somebody who is registered already keeps their number, so that an
// interrupted call can be made again.
func (w *writer) addVolunteer(ctx context.Context, f volunteerFlags) error {
	if err := w.reserve(ctx); err != nil {
		return err
	}
	if err := w.holds(ctx, ledger.Steward); err != nil {
		return err // before anything is said of whom the registry knows
	}
	found, err := w.people.Match(ctx, person.Volunteer, []person.Person{f.person})
	if err != nil {
		return err
	}
	if err := w.conceal(ctx, found); err != nil {
		return err
	}
	if found[0].Err != nil {
		return found[0].Err
	}
	do := &ledger.Enroll{Volunteer: ledger.VolunteerID(found[0].ID), Unit: ledger.UnitID(f.unit), Household: ledger.HouseholdID(f.household)}
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: do}
	if _, err := w.ledger.DryRun(ctx, c); err != nil {
		return errors.Join(w.app.printReceipt(w.app.unwritten(c, err), err), err)
	}
	row := volunteerRow{Volunteer: do.Volunteer, Unit: do.Unit, Household: do.Household, Status: ledger.Active}
	if !w.app.opts.dryRun {
		if _, err := w.people.Register(ctx, person.Volunteer, []person.Person{f.person}); err != nil {
			return err
		}
	}
	answer, err := w.do(ctx, c)
	if err != nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	row.Receipt = &answer
	if !w.app.opts.dryRun && !answer.Replayed {
		if row.PIN, err = w.pin(ctx, string(row.Volunteer)); err != nil {
			return err
		}
	}
	return w.app.printVolunteer(row)
}

// conceal takes the number out of each answer that is of a volunteer of another unit than those in which the actor deals with people. A
// number that the book lacks stays, since an import that was interrupted goes on with it.
func (w *writer) conceal(ctx context.Context, found []registry.Registered) error {
	return w.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, w.actor, api.PeopleReaders()...)
		if err != nil || handled.Everyone() {
			return err
		}
		for i, f := range found {
			if f.Err != nil || f.New {
				continue
			}
			theirs, err := handled.Has(ledger.VolunteerID(f.ID))
			if err != nil {
				return err
			}
			_, err = v.Volunteer(ledger.VolunteerID(f.ID))
			if err != nil && !isRejection(ledger.NotFound)(err) {
				return err
			}
			if !theirs && err == nil {
				found[i] = registry.Registered{Err: errElsewhere}
			}
		}
		return nil
	})
}

func (a *app) volunteerSetCmd() *cobra.Command {
	var f volunteerFlags
	cmd := a.writes(a.command("volunteer_set", "set VOLUNTEER [--status STATUS --reason REASON] [--new-pin] [--new-card]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if f.status == "" && !f.newPIN && !f.newCard {
			return &usageError{id: "one_of", data: catalog.Data{"Flags": "--status, --new-pin, --new-card"}}
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.setVolunteer(ctx, args[0], f) })
	}))
	fs := cmd.Flags()
	fs.StringVar(&f.status, "status", "", a.say.T("cli.flag.status"))
	fs.StringVar(&f.reason, "reason", "", a.reasonHelp())
	fs.BoolVar(&f.newPIN, "new-pin", false, a.say.T("cli.flag.new_pin"))
	fs.BoolVar(&f.newCard, "new-card", false, a.say.T("cli.flag.new_card"))
	return cmd
}

// reasonHelp lists the reasons.
func (a *app) reasonHelp() string {
	var words []string
	for _, r := range ledger.Reasons() {
		words = append(words, string(r))
	}
	return a.say.T("cli.flag.reason") + strings.Join(words, " ")
}

func (w *writer) setVolunteer(ctx context.Context, arg string, f volunteerFlags) error {
	id, _, err := w.volunteer(ctx, arg)
	if err != nil {
		return err
	}
	row := volunteerRow{Volunteer: id}
	err = w.view(ctx, func(v ledger.View) error {
		now, err := v.Volunteer(id)
		row.Unit, row.Household, row.Status, row.Since = now.Unit, now.Household, now.Status, now.Since
		return err
	})
	if err != nil {
		return err
	}
	if f.newPIN || f.newCard {
		if err := w.handles(ctx, id); err != nil {
			return err
		}
	}
	if f.status != "" {
		do := &ledger.SetStatus{Volunteer: id, Status: ledger.Status(f.status), Reason: ledger.Reason(f.reason)}
		answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
		if err != nil {
			return errors.Join(w.app.printReceipt(answer, err), err)
		}
		row.Status, row.Receipt = do.Status, &answer
	}
	if w.app.opts.dryRun {
		return w.app.printVolunteer(row)
	}
	if f.newPIN {
		if row.PIN, err = w.pin(ctx, string(id)); err != nil {
			return err
		}
	}
	if f.newCard {
		if row.Card, err = w.people.NewCard(ctx, string(id)); err != nil {
			return err
		}
	}
	return w.app.printVolunteer(row)
}

// handles refuses whoever may not give that volunteer another card: a way to sign in as somebody is given by whoever the book lets deal
// with them, and by nobody else.
func (w *writer) handles(ctx context.Context, id ledger.VolunteerID) error {
	do := &ledger.IssueCard{Volunteer: id, Card: cardHash(rand.Text())}
	_, err := w.ledger.DryRun(ctx, ledger.Command{Key: ledger.Key("dry/" + rand.Text()), Actor: w.actor, Do: do})
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && !no.OfActor() {
		return nil // as where the account is frozen: its PIN may be changed all the same
	}
	return err
}

// printVolunteer prints what became of a volunteer number, and secrets once.
func (a *app) printVolunteer(row volunteerRow) error {
	r, again := a.volunteerResult(row), row
	again.Name, again.PIN, again.Card, again.Receipt = "", "", "", repeated(row.Receipt) // kept beyond an erasure, so that it names nobody
	r.again = new(a.volunteerResult(again))
	return a.show(r)
}

// repeated is a receipt as whoever asks again gets it.
func repeated(r *api.Receipt) *api.Receipt {
	if r == nil {
		return nil
	}
	again := *r
	again.Replayed = true
	return &again
}

func (a *app) volunteerResult(row volunteerRow) result {
	return result{json: row, table: a.volunteerTable([]volunteerRow{row}), text: func() string {
		text := ""
		if row.Receipt != nil {
			text = a.receiptText(*row.Receipt)
		}
		text += a.say.T("cli.volunteer.stands", catalog.Data{
			"Volunteer": string(row.Volunteer), "Unit": string(row.Unit), "Status": catalog.Name(a.say, "status", row.Status),
		}) + "\n"
		if row.PIN != "" {
			text += a.say.T("cli.pin_once", catalog.Data{"Who": string(row.Volunteer), "PIN": row.PIN}) + "\n"
		}
		if row.Card != "" {
			text += a.say.T("cli.card_once", catalog.Data{"Who": string(row.Volunteer), "Card": row.Card}) + "\n"
		}
		return text
	}}
}

func (a *app) volunteerListCmd() *cobra.Command {
	return a.command("volunteer_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			rows := []volunteerRow{}
			for v, err := range r.view.Volunteers() {
				if err != nil {
					return result{}, err
				}
				row, err := r.volunteerRow(ctx, v)
				if err != nil {
					return result{}, err
				}
				rows = append(rows, row)
			}
			return result{json: rows, table: a.volunteerTable(rows)}, nil
		})
	})
}

// volunteerNumber reads an argument of a reading command.
func volunteerNumber(arg string) (ledger.VolunteerID, error) {
	if !ledger.VolunteerID(arg).Valid() {
		return "", malformed("VOLUNTEER", "volunteer_number")
	}
	return ledger.VolunteerID(arg), nil
}

func (r *reader) volunteerRow(ctx context.Context, v ledger.Volunteer) (volunteerRow, error) {
	masked, err := r.masked(ctx, string(v.Volunteer))
	return volunteerRow{
		Volunteer: v.Volunteer, Name: masked[string(v.Volunteer)].Name, Unit: v.Unit, Household: v.Household, Status: v.Status, Since: v.Since,
		Consent: v.Publish, Units: stayRows(v.Units), Households: stayRows(v.Households),
	}, err
}

func (a *app) volunteerTable(rows []volunteerRow) *table {
	t := a.table("volunteer", "name", "unit", "household", "status", "since")
	for _, r := range rows {
		t.add(string(r.Volunteer), r.Name, string(r.Unit), string(r.Household), catalog.Name(a.say, "status", r.Status), r.Since.String())
	}
	if len(rows) == 1 {
		a.secret(t, "pin", rows[0].PIN)
		a.secret(t, "card", rows[0].Card)
	}
	return t
}
