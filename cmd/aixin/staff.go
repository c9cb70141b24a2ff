package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// staffRow is a staff number as programs read it.
type staffRow struct {
	Staff     ledger.StaffID       `json:"staff"`
	Roles     []ledger.Role        `json:"roles"`
	Volunteer ledger.VolunteerID   `json:"volunteer,omitempty"`
	Name      string               `json:"name,omitempty"` // masked
	PIN       string               `json:"pin,omitempty"`  // a new one, shown once
	Grants    []grantRow           `json:"grants,omitempty"`
	Kin       []ledger.VolunteerID `json:"kin,omitempty"`
	Receipt   *api.Receipt         `json:"receipt,omitempty"`
}

func (a *app) staffCmd() *cobra.Command {
	return a.parent("staff", "staff", a.staffAddCmd(), a.staffSetCmd(), a.staffListCmd(), a.staffShowCmd(),
		a.staffGrantCmd(), a.staffEndCmd(), a.staffTOTPCmd())
}

// staffFlags are what is said of a staff member.
type staffFlags struct {
	roles     []string
	name      string
	phone     string
	volunteer string
	newPIN    bool
}

func (a *app) staffAddCmd() *cobra.Command {
	var f staffFlags
	cmd := a.writes(a.command("staff_add", "add [STAFF] --role ROLE[,ROLE] --name NAME", cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := required(cmd, "role", "name"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.addStaff(ctx, first(args), f)
		})
	}))
	cmd.Flags().StringSliceVar(&f.roles, "role", nil, a.say.T("cli.flag.role"))
	cmd.Flags().StringVar(&f.name, "name", "", a.say.T("cli.flag.person_name"))
	cmd.Flags().StringVar(&f.phone, "phone", "", a.say.T("cli.flag.phone"))
	cmd.Flags().StringVar(&f.volunteer, "volunteer", "", a.say.T("cli.flag.own_volunteer"))
	return cmd
}

// first returns the first argument, if there is one.
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (w *writer) addStaff(ctx context.Context, id string, f staffFlags) error {
	before, stands, err := w.under(ctx, w.key())
	if err != nil {
		return err
	}
	if made, ok := before.Body.(*ledger.Appoint); ok && stands && (id == "" || id == string(made.Staff)) {
		return w.appointAgain(ctx, f, made)
	}
	var taken bool
	err = w.view(ctx, func(v ledger.View) error {
		if id == "" {
			var err error
			id, err = nextStaff(v)
			return err
		}
		_, err := v.Staff(ledger.StaffID(id))
		taken = err == nil
		return nil
	})
	if err != nil {
		return err
	}
	if taken {
		return &ledger.Rejection{Reason: ledger.AlreadyExists, Subject: id}
	}
	p := person.Person{ID: id, Name: f.name, Phone: f.phone}
	if _, ok := person.KindOf(id); ok { // what is no number the ledger refuses
		if bad := p.Normalize().Check(); bad != nil {
			return &ledger.Invalid{Fields: bad}
		}
	}
	return w.appoint(ctx, f, staffRow{Staff: ledger.StaffID(id)}, func() (string, error) {
		if err := w.people.Put(ctx, p); err != nil {
			return "", err
		}
		return w.pin(ctx, id)
	})
}

// appointAgain goes on where an appointment under the same key was cut off behind its entry: nobody was shown the PIN.
func (w *writer) appointAgain(ctx context.Context, f staffFlags, made *ledger.Appoint) error {
	id := string(made.Staff)
	return w.appoint(ctx, f, staffRow{Staff: made.Staff}, func() (string, error) { return w.pin(ctx, id) })
}

// nextStaff returns the number after the highest one.
func nextStaff(v ledger.View) (string, error) {
	last := 0
	for s, err := range v.AllStaff() {
		if err != nil {
			return "", err
		}
		last = max(last, s.Staff.Serial())
	}
	return person.Staff.ID(last + 1), nil
}

// appoint tries the appointment, prepares the registry and then appoints, so that a refusal leaves nobody's details behind.
func (w *writer) appoint(ctx context.Context, f staffFlags, row staffRow, prepare func() (pin string, err error)) error {
	do := &ledger.Appoint{Staff: row.Staff, Volunteer: ledger.VolunteerID(f.volunteer)}
	for _, r := range f.roles {
		do.Roles = append(do.Roles, ledger.Role(strings.TrimSpace(r)))
	}
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: do}
	if _, err := w.ledger.DryRun(ctx, c); err != nil {
		return errors.Join(w.app.printReceipt(w.app.unwritten(c, err), err), err)
	}
	if !w.app.opts.dryRun && prepare != nil {
		var err error
		if row.PIN, err = prepare(); err != nil {
			return err
		}
	}
	answer, err := w.do(ctx, c)
	if err != nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	row.Roles, row.Volunteer, row.Receipt = do.Roles, do.Volunteer, &answer
	return w.app.showStaff(row, w.app.staffText)
}

// showStaff shows what became of a staff number, with what text says of it; its PIN once.
func (a *app) showStaff(row staffRow, text func(staffRow) string) error {
	of := func(row staffRow) result {
		return result{json: row, table: a.staffTable([]staffRow{row}, 0), text: func() string {
			if row.Receipt == nil {
				return text(row)
			}
			return a.receiptText(*row.Receipt) + text(row)
		}}
	}
	r, again := of(row), row
	again.Name, again.PIN, again.Receipt = "", "", repeated(row.Receipt) // kept beyond an erasure, so that it names nobody
	r.again = new(of(again))
	return a.show(r)
}

// staffText says who was appointed and the new PIN, once.
func (a *app) staffText(row staffRow) string {
	text := a.say.T("cli.staff.appointed", catalog.Data{"Staff": string(row.Staff), "Roles": a.roleNames(row.Roles)}) + "\n"
	if row.PIN != "" {
		text += a.say.T("cli.pin_once", catalog.Data{"Who": string(row.Staff), "PIN": row.PIN}) + "\n"
	}
	return text
}

func (a *app) roleNames(roles []ledger.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = catalog.Name(a.say, "role", r)
	}
	return strings.Join(names, a.say.T("web.words.comma"))
}

// pin gives a person a new PIN: the one of $AIXIN_NEW_PIN, the one of all demo books, or a random one.
func (w *writer) pin(ctx context.Context, id string) (string, error) {
	pin := w.app.env("AIXIN_NEW_PIN")
	if pin == "" && w.ledger.Book().Demo {
		pin = person.DemoPIN
	}
	if pin == "" {
		return w.people.NewPIN(ctx, id)
	}
	return pin, w.people.SetPIN(ctx, id, pin)
}

func (a *app) staffSetCmd() *cobra.Command {
	var f staffFlags
	cmd := a.writes(a.command("staff_set", "set STAFF [--role ROLE[,ROLE]] [--new-pin]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		roles := cmd.Flags().Changed("role")
		if !roles && !f.newPIN {
			return &usageError{id: "one_of", data: catalog.Data{"Flags": "--role, --new-pin"}}
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.setStaff(ctx, ledger.StaffID(args[0]), f, roles)
		})
	}))
	cmd.Flags().StringSliceVar(&f.roles, "role", nil, a.say.T("cli.flag.role"))
	cmd.Flags().StringVar(&f.volunteer, "volunteer", "", a.say.T("cli.flag.own_volunteer"))
	cmd.Flags().BoolVar(&f.newPIN, "new-pin", false, a.say.T("cli.flag.new_pin"))
	return cmd
}

func (w *writer) setStaff(ctx context.Context, id ledger.StaffID, f staffFlags, roles bool) error {
	var now ledger.Staff
	err := w.view(ctx, func(v ledger.View) (err error) {
		now, err = v.Staff(id)
		return err
	})
	if err != nil {
		return err
	}
	newPIN := func() (string, error) {
		if !f.newPIN {
			return "", nil
		}
		return w.pin(ctx, string(id))
	}
	if roles {
		f.roles = slices.DeleteFunc(f.roles, func(r string) bool { return r == "" })
		if f.volunteer == "" {
			f.volunteer = string(now.Volunteer)
		}
		return w.appoint(ctx, f, staffRow{Staff: id}, newPIN)
	}
	if err := w.holds(ctx, ledger.Admin); err != nil || w.app.opts.dryRun {
		return err
	}
	pin, err := newPIN()
	if err != nil {
		return err
	}
	row := staffRow{Staff: id, Roles: now.Roles, Volunteer: now.Volunteer, PIN: pin}
	return w.app.showStaff(row, func(row staffRow) string {
		if row.PIN == "" {
			return ""
		}
		return w.app.say.T("cli.pin_once", catalog.Data{"Who": string(id), "PIN": pin}) + "\n"
	})
}

func (a *app) staffListCmd() *cobra.Command {
	return a.command("staff_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			rows := []staffRow{}
			for s, err := range r.view.AllStaff() {
				if err != nil {
					return result{}, err
				}
				row, err := r.staffRow(ctx, s)
				if err != nil {
					return result{}, err
				}
				rows = append(rows, row)
			}
			return result{json: rows, table: a.staffTable(rows, r.view.On())}, nil
		})
	})
}

func (a *app) staffShowCmd() *cobra.Command {
	return a.command("staff_show", "show STAFF", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			s, err := r.view.Staff(ledger.StaffID(args[0]))
			if err != nil {
				return result{}, err
			}
			row, err := r.staffRow(ctx, s)
			t := a.staffTable([]staffRow{row}, r.view.On())
			return result{json: row, table: t, text: func() string {
				said := a.tablesText(t, a.grantTable(row))
				if len(row.Kin) > 0 {
					said += a.say.T("cli.volunteer.kin", catalog.Data{"List": joined(row.Kin)}) + "\n"
				}
				return said
			}}, err
		})
	})
}

func (r *reader) staffRow(ctx context.Context, s ledger.Staff) (staffRow, error) {
	masked, err := r.masked(ctx, string(s.Staff))
	return staffRow{Staff: s.Staff, Roles: s.Roles, Volunteer: s.Volunteer, Name: masked[string(s.Staff)].Name, Grants: newGrantRows(s.Grants), Kin: s.Kin}, err
}

// staffTable has the appointed roles of each, and on a day those that are granted with where.
func (a *app) staffTable(rows []staffRow, on ledger.Date) *table {
	t := a.table("staff", "name", "roles", "volunteer")
	for _, r := range rows {
		roles := []string{}
		if len(r.Roles) > 0 {
			roles = append(roles, a.roleNames(r.Roles))
		}
		for _, g := range r.Grants {
			if g.From <= on && (g.Until == 0 || on <= g.Until) {
				roles = append(roles, strings.TrimSuffix(catalog.Name(a.say, "role", g.Role)+"@"+g.Scope, "@"))
			}
		}
		t.add(string(r.Staff), r.Name, strings.Join(roles, " "), string(r.Volunteer))
	}
	if len(rows) == 1 {
		a.secret(t, "pin", rows[0].PIN)
	}
	return t
}

// secret adds a column with what is shown once, to a table of the one person whose it is.
func (a *app) secret(t *table, column, text string) {
	if text == "" {
		return
	}
	t.head = append(t.head, a.say.T("cli.column."+column))
	t.rows[0] = append(t.rows[0], text)
}
