package main

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// This file is who is who: searching people, looking at their details with a reason, who looked, and destroying what is known of them.

func (a *app) peopleCmd() *cobra.Command {
	return a.parent("people", "people", a.peopleSearchCmd(), a.peopleShowCmd(), a.peopleAgreeCmd(), a.peopleLogCmd(), a.peopleExportCmd(), a.peopleEraseCmd())
}

// foundRow is somebody found, as programs read it.
type foundRow struct {
	person.Masked
	Unit   ledger.UnitID `json:"unit,omitempty"`
	Status ledger.Status `json:"status,omitempty"`
}

func (a *app) peopleSearchCmd() *cobra.Command {
	return a.asks(a.command("people_search", "search TEXT", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.search(ctx, strings.Join(args, " ")) })
	}))
}

// search prints whom a text may mean, masked.
func (w *writer) search(ctx context.Context, text string) error {
	if err := w.holds(ctx, api.PeopleReaders()...); err != nil {
		return err
	}
	var more bool
	rows, t := []foundRow{}, w.app.table("volunteer", "name", "phone", "unit", "status")
	err := w.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, w.actor, api.PeopleReaders()...)
		if err != nil {
			return err
		}
		var found []person.Masked
		if found, more, err = w.people.Search(ctx, person.Volunteer, text, handled.Among); err != nil {
			return err
		}
		for _, m := range found {
			row := foundRow{Masked: m}
			who, err := v.Volunteer(ledger.VolunteerID(m.ID))
			if err != nil && !isRejection(ledger.NotFound)(err) {
				return err
			}
			row.Unit, row.Status = who.Unit, who.Status
			rows = append(rows, row)
			t.add(m.ID, m.Name, m.Phone, string(row.Unit), catalog.Name(w.app.say, "status", row.Status))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.app.show(result{json: map[string]any{"people": rows, "more": more}, table: t, text: func() string {
		switch {
		case len(rows) == 0:
			return w.app.say.T("cli.people.nobody") + "\n"
		case more:
			return w.app.tablesText(t) + w.app.say.T("cli.people.more") + "\n"
		}
		return w.app.tablesText(t)
	}})
}

// detailsRow is what is known of a person, in full.
type detailsRow struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Phone    string `json:"phone,omitempty"`
	IDNumber string `json:"id_number,omitempty"`
}

// looking adds the flag that says why somebody looks.
func (a *app) looking(cmd *cobra.Command, why *string) *cobra.Command {
	cmd.Flags().StringVar(why, "why", "", a.say.T("cli.flag.why"))
	return a.asks(cmd)
}

func (a *app) peopleShowCmd() *cobra.Command {
	var why string
	return a.looking(a.command("people_show", "show NUMBER --why TEXT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.look(cmd.Context(), args[0], why, (*writer).details)
	}), &why)
}

// look checks what a look needs, and lets f take it.
func (a *app) look(ctx context.Context, id, why string, f func(*writer, context.Context, person.Person) error) error {
	if why == "" {
		return lacking("--why")
	}
	if _, ok := person.KindOf(id); !ok {
		return malformed("NUMBER", person.BadID)
	}
	return a.write(ctx, func(ctx context.Context, w *writer) error {
		if err := w.holds(ctx, api.DetailsReaders()...); err != nil {
			return err
		}
		p, err := w.full(ctx, id, registry.Purpose{Actor: string(w.actor), Reason: why})
		if err != nil {
			return err
		}
		return f(w, ctx, p)
	})
}

// full returns a person's details. The look is logged with its reason; of somebody under a guardian's care, another person agrees first.
func (w *writer) full(ctx context.Context, id string, why registry.Purpose) (person.Person, error) {
	young := false
	err := w.view(ctx, func(v ledger.View) error {
		if ledger.VolunteerID(id).Valid() {
			who, err := v.Volunteer(ledger.VolunteerID(id))
			if err != nil {
				return err
			}
			young = who.Young(v.On())
		}
		return api.MayLook(v, w.actor, id)
	})
	if err != nil {
		return person.Person{}, err
	}
	if young {
		return w.people.GetYoung(ctx, why, id)
	}
	people, err := w.people.Get(ctx, why, id)
	if err != nil {
		return person.Person{}, err
	}
	return people[0], nil
}

// fullNames returns the names of people, after the looks at them were logged. Of somebody under a guardian's care the look waits for another
// person; until then the name is masked, as is said beside. Whoever was erased has none.
func (w *writer) fullNames(ctx context.Context, why registry.Purpose, ids ...string) (map[string]string, error) {
	there, err := w.people.Masked(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var grown, young []string
	err = w.view(ctx, func(v ledger.View) error {
		for _, id := range slices.Sorted(maps.Keys(there)) {
			who, err := v.Volunteer(ledger.VolunteerID(id))
			switch {
			case err != nil && !isRejection(ledger.NotFound)(err):
				return err
			case err == nil && who.Young(v.On()):
				young = append(young, id)
			default: // of the staff and the donors all
				grown = append(grown, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	people, err := w.people.Get(ctx, why, grown...)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	waits := false
	for _, id := range young {
		p, err := w.people.GetYoungAmong(ctx, why, id)
		switch {
		case is(registry.ErrSecondPerson)(err):
			p.Name, waits = there[id].Name, true
		case err != nil:
			return nil, err
		}
		names[id] = p.Name
	}
	if waits {
		w.app.complain("%s\n", w.app.say.T("cli.people.young"))
	}
	return names, nil
}

func (w *writer) details(_ context.Context, p person.Person) error {
	t := w.app.table("person", "name", "phone", "id_number")
	t.add(p.ID, p.Name, p.Phone, p.IDNumber)
	return w.app.show(result{json: detailsRow{p.ID, p.Name, p.Phone, p.IDNumber}, table: t})
}

func (a *app) peopleAgreeCmd() *cobra.Command {
	return a.imports(a.command("people_agree", "agree [NUMBER STAFF ASK]", allOrNone(3), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.agree(ctx, args) })
	}))
}

// allOrNone wants n arguments where there are any.
func allOrNone(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return cobra.ExactArgs(n)(cmd, args)
	}
}

// waitingRow is a look that waits for another person, as programs read it.
type waitingRow struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Person string    `json:"person"`
	Ask    int64     `json:"ask"` // whoever agrees names it: for another reason it would be another
	Reason string    `json:"reason"`
}

// agree lists the looks that wait for another person, or agrees to one.
func (w *writer) agree(ctx context.Context, args []string) error {
	if err := w.holds(ctx, ledger.Steward, ledger.Supervisor); err != nil {
		return err
	}
	if len(args) > 0 {
		ask, err := parseCount(math.MaxInt64, "positive")(args[2])
		if err != nil {
			return malformed("ASK", "positive")
		}
		return w.agreeTo(ctx, args[0], args[1], int64(ask))
	}
	list, err := w.people.Looks(ctx)
	if err == nil {
		list, err = w.theirs(ctx, list...)
	}
	if err != nil {
		return err
	}
	rows, t := make([]waitingRow, 0, len(list)), w.app.table("at", "staff", "person", "ask", "reason")
	for _, l := range list {
		rows = append(rows, waitingRow{l.At, l.Actor, l.Person, l.Ask, l.Reason})
		t.add(l.At.Format(time.RFC3339), l.Actor, l.Person, l.Ask, l.Reason)
	}
	return w.app.show(result{json: rows, table: t, text: func() string {
		if len(rows) == 0 {
			return w.app.say.T("cli.people.none_wait") + "\n"
		}
		return w.app.tablesText(t)
	}})
}

// agreeTo agrees to a look, and says what it is for.
func (w *writer) agreeTo(ctx context.Context, id, staff string, ask int64) error {
	theirs, err := w.theirs(ctx, registry.Look{Person: id})
	switch {
	case err != nil:
		return err
	case len(theirs) == 0:
		return &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(ledger.Steward)}
	}
	agree := w.people.Agree
	if w.app.opts.dryRun {
		agree = w.people.TryAgree
	}
	agreed, err := agree(ctx, string(w.actor), id, staff, ask)
	if err != nil {
		return err
	}
	row := map[string]string{"person": id, "actor": staff, "reason": agreed.Reason}
	if w.app.opts.dryRun {
		return w.app.tried(row)
	}
	return w.app.show(result{json: row, text: func() string {
		return w.app.say.T("cli.people.agreed", catalog.Data{"Person": id, "Actor": staff, "Reason": agreed.Reason}) + "\n"
	}})
}

// theirs leaves the looks at people with whom whoever agrees deals.
func (w *writer) theirs(ctx context.Context, looks ...registry.Look) (list []registry.Look, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, w.actor, ledger.Steward, ledger.Supervisor)
		if err != nil {
			return err
		}
		for _, l := range looks {
			in, err := handled.Among(l.Person)
			if err != nil {
				return err
			}
			if in {
				list = append(list, l)
			}
		}
		return nil
	})
	return list, err
}

// maxLooks is how many looks are listed at once: a county's of some weeks.
const maxLooks = 1000

func (a *app) peopleLogCmd() *cobra.Command {
	var q registry.AccessQuery
	var from, until ledger.Date
	limit := ledger.Amount(maxLooks)
	cmd := a.asks(a.command("people_log", "log [--person NUMBER] [--actor NUMBER] [--from DATE] [--until DATE] [--after ID | --before ID] [--limit N]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := onlyOne(cmd, "after", "before"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, api.LogReaders()...); err != nil {
				return err
			}
			zone, err := w.ledger.Book().Location()
			if err != nil {
				return err
			}
			if from != 0 {
				q.From = midnight(from, zone)
			}
			if until != 0 {
				q.Until = midnight(until.AddDays(1), zone)
			}
			q.Limit = int(limit) + 1
			q.Newest = q.After == "" && (from == 0 || q.Before != "") // who says no beginning wants what happened of late
			rows, err := w.people.Accesses(ctx, q)
			if err != nil {
				return err
			}
			r := result{}
			switch more := len(rows) > int(limit); {
			case more && q.Newest:
				rows = rows[1:]
				r.before = rows[0].ID
				a.complain("%s\n", a.say.T("cli.listed.older", catalog.Data{"Before": r.before}))
			case more:
				rows = rows[:limit]
				r.after = rows[limit-1].ID
				a.complain("%s\n", a.say.T("cli.people.more_looks", catalog.Data{"After": r.after}))
			}
			return a.showAccesses(rows, r)
		})
	}))
	cmd.Flags().StringVar(&q.Person, "person", "", a.say.T("cli.flag.looked_at"))
	cmd.Flags().StringVar(&q.Actor, "actor", "", a.say.T("cli.flag.looker"))
	cmd.Flags().Var(newValue(&from, parseDate, "DATE"), "from", a.say.T("cli.flag.log_from"))
	cmd.Flags().Var(newValue(&until, parseDate, "DATE"), "until", a.say.T("cli.flag.log_until"))
	cmd.Flags().StringVar(&q.After, "after", "", a.say.T("cli.flag.log_after"))
	cmd.Flags().StringVar(&q.Before, "before", "", a.say.T("cli.flag.log_before"))
	cmd.Flags().Var(newValue(&limit, parseCount(maxLooks, "positive"), "N"), "limit", a.say.T("cli.flag.limit"))
	return cmd
}

// midnight is when a day begins.
func midnight(day ledger.Date, zone *time.Location) time.Time {
	t := day.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// showAccesses shows looks; r says where the list goes on, if it does.
func (a *app) showAccesses(rows []registry.Access, r result) error {
	t := a.table("at", "staff", "person", "reason")
	for _, r := range rows {
		t.add(r.At.Format(time.RFC3339), r.Actor, r.Person, r.Reason)
	}
	if rows == nil {
		rows = []registry.Access{}
	}
	r.json, r.table, r.text = rows, t, func() string {
		if len(rows) == 0 {
			return a.say.T("cli.people.no_looks") + "\n"
		}
		return a.tablesText(t)
	}
	return a.show(r)
}

func (a *app) peopleExportCmd() *cobra.Command {
	var why string
	return a.looking(a.command("people_export", "export VOLUNTEER --why TEXT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if _, err := volunteerNumber(args[0]); err != nil {
			return err
		}
		return a.look(cmd.Context(), args[0], why, (*writer).own)
	}), &why)
}

// own prints everything that is kept of a volunteer.
func (w *writer) own(ctx context.Context, p person.Person) error {
	var out api.OwnData
	err := w.view(ctx, func(v ledger.View) (err error) {
		out, err = api.OwnDataOf(ctx, v, w.people, p)
		return err
	})
	if err != nil {
		return err
	}
	t := w.app.table("person", "name", "phone", "id_number", "unit", "status", "points")
	t.add(p.ID, p.Name, p.Phone, p.IDNumber, string(out.Unit), catalog.Name(w.app.say, "status", out.Status), out.Balance.Available.String())
	return w.app.show(result{json: out, table: t})
}

func (a *app) peopleEraseCmd() *cobra.Command {
	return a.writes(a.command("people_erase", "erase VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.Erase{Volunteer: ledger.VolunteerID(args[0])})
	}))
}

// numbersOf lists the number of a volunteer and those that were merged into it.
func numbersOf(who ledger.Volunteer) []string {
	numbers := []string{string(who.Volunteer)}
	for _, id := range who.Merged {
		numbers = append(numbers, string(id))
	}
	return numbers
}

// followErasures destroys what the book says was destroyed and the registry still has, as after a crash or in an older copy.
func followErasures(ctx context.Context, v ledger.View, people *registry.Registry) error {
	gone, err := erasedIn(v)
	if err != nil {
		return err
	}
	_, err = people.Follow(ctx, slices.Values(gone))
	return err
}

// erasedIn lists whose details a book says were destroyed.
func erasedIn(v ledger.View) (gone []string, err error) {
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		if who.Erased {
			gone = append(gone, numbersOf(who)...)
		}
	}
	return gone, nil
}
