package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// This file lists entries of a kind, the newest first: what was exchanged, came back or was taken back, what was objected to, and which
// attendances were opened.

// listing says which of the entries of a kind are asked for.
type listing struct {
	periodFlags
	of     ledger.VolunteerID // none for those of all
	shop   ledger.ShopID
	before ledger.Index // 0 for the newest
	limit  ledger.Amount
}

// maxListed is how many are listed at once: those of a busy day at all counters of a county.
const maxListed = 1000

func (l *listing) add(a *app, cmd *cobra.Command) *cobra.Command {
	l.limit = maxListed
	fs := a.reads(cmd).Flags()
	fs.Var(newValue(&l.before, parseIndex, "INDEX"), "before", a.say.T("cli.flag.before"))
	fs.Var(newValue(&l.limit, parseCount(maxListed, "positive"), "N"), "limit", a.say.T("cli.flag.limit"))
	l.periodFlags.add(a, cmd)
	return cmd
}

func (l *listing) addShop(a *app, cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Var(newValue(&l.shop, parseShop, "SHOP"), "shop", a.say.T("cli.flag.shop"))
	return cmd
}

func parseIndex(s string) (ledger.Index, error) {
	k, err := parseKnownAt(s)
	return k.index, err
}

// wants reports whether what was booked then may be among what is asked for.
func (l *listing) wants(i ledger.Index, on ledger.Date) bool {
	return (l.before == 0 || i < l.before) && l.days().Has(on)
}

// newest keeps the newest of what comes in order.
type newest[T any] struct {
	most int
	list []T
}

func (n *newest[T]) add(one T) {
	if n.list = append(n.list, one); len(n.list) > 2*n.most+1 {
		n.list = slices.Delete(n.list, 0, len(n.list)-n.most-1)
	}
}

// listed returns them, the newest first, and whether there are older ones.
func (n *newest[T]) listed() (list []T, more bool) {
	slices.Reverse(n.list)
	if more = len(n.list) > n.most; more {
		n.list = n.list[:n.most]
	}
	return n.list, more
}

// entriesOf returns the entries of some kinds, which move something, that are asked for and fit, the newest first, and whether there are
// older ones.
func (r *reader) entriesOf(ctx context.Context, l *listing, fits func(ledger.Entry) (bool, error), kinds ...ledger.Kind) ([]ledger.Entry, bool, error) {
	found := newest[ledger.Entry]{most: int(l.limit)}
	for e, err := range r.moved(ctx, func(k ledger.Kind) bool { return slices.Contains(kinds, k) }) {
		if err != nil {
			return nil, false, err
		}
		if e.Index >= r.view.Head().Size || l.before != 0 && e.Index >= l.before {
			break
		}
		if !slices.Contains(kinds, e.Kind) || !l.wants(e.Index, e.On) {
			continue
		}
		ok, err := fits(e)
		if err != nil {
			return nil, false, err
		}
		if ok {
			found.add(e)
		}
	}
	list, more := found.listed()
	return list, more, nil
}

// older says of a list that has older ones where it goes on.
func (r *reader) older(res result, more bool, last ledger.Index) result {
	if more {
		res.before = strconv.FormatInt(int64(last), 10)
		r.app.complain("%s\n", r.app.say.T("cli.listed.older", catalog.Data{"Before": res.before}))
	}
	return res
}

// about reports of numbers whether something about them is asked for: one of somebody's own, or any where nobody is named.
func (r *reader) about(l *listing) (func(ledger.VolunteerID) bool, error) {
	if l.of == "" {
		return func(ledger.VolunteerID) bool { return true }, nil
	}
	who, err := r.view.Volunteer(l.of)
	numbers := numbersOf(who)
	return func(id ledger.VolunteerID) bool { return slices.Contains(numbers, string(id)) }, err
}

// doneRow is what was exchanged or taken back, as programs read it.
type doneRow struct {
	Entry      ledger.Index       `json:"entry"`
	On         ledger.Date        `json:"on"`
	Kind       ledger.Kind        `json:"kind"`
	Receipt    string             `json:"receipt,omitempty"` // of an exchange
	Volunteer  ledger.VolunteerID `json:"volunteer,omitempty"`
	Shop       ledger.ShopID      `json:"shop,omitempty"`
	Items      []api.Item         `json:"items,omitempty"`
	Points     api.Points         `json:"points"`              // that the volunteer or their household got or, below zero, gave
	Refers     ledger.Index       `json:"refers_to,omitempty"` // the entry that it takes back
	Of         ledger.Kind        `json:"of,omitempty"`        // the kind of that
	Reason     ledger.Reason      `json:"reason,omitempty"`
	Actor      ledger.StaffID     `json:"actor"`
	ReversedBy ledger.Index       `json:"reversed_by,omitempty"`

	note string
}

func (a *app) redemptionCmd() *cobra.Command {
	return a.parent("redemption", "redemption", a.doneCmd("redemption", ledger.Redeemed, ledger.Settled))
}

func (a *app) reversalCmd() *cobra.Command {
	return a.parent("reversal", "reversal", a.doneCmd("reversal", ledger.Reversed, ledger.ExchangeUndone))
}

func (a *app) objectionCmd() *cobra.Command {
	return a.parent("objection", "objection", a.objectionListCmd())
}

// doneCmd lists the entries of some kinds.
func (a *app) doneCmd(name string, kinds ...ledger.Kind) *cobra.Command {
	var l listing
	cmd := a.command(name+"_list", "list [VOLUNTEER] [--shop SHOP] [--from DATE] [--to DATE] [--month YYYY-MM] [--before INDEX] [--limit N]",
		cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
			if err := l.who(args); err != nil {
				return err
			}
			return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) { return r.done(ctx, &l, name, kinds) })
		})
	return l.addShop(a, l.add(a, cmd))
}

// who reads whose entries are asked for.
func (l *listing) who(args []string) (err error) {
	if len(args) > 0 {
		l.of, err = volunteerNumber(args[0])
	}
	return err
}

func (r *reader) done(ctx context.Context, l *listing, name string, kinds []ledger.Kind) (result, error) {
	if l.shop != "" {
		if _, err := r.view.Shop(l.shop); err != nil {
			return result{}, err
		}
	}
	about, err := r.about(l)
	if err != nil {
		return result{}, err
	}
	entries, more, err := r.entriesOf(ctx, l, func(e ledger.Entry) (bool, error) {
		whose, shop, err := r.placeOf(e)
		return about(whose) && (l.shop == "" || shop == l.shop), err
	}, kinds...)
	if err != nil {
		return result{}, err
	}
	rows, t := []doneRow{}, r.app.table("entry", "date", "volunteer", "shop", "what", "change", "actor", "note")
	for _, e := range entries {
		row, err := r.doneRow(e)
		if err != nil {
			return result{}, err
		}
		rows = append(rows, row)
		t.add(row.Entry, row.On.String(), string(row.Volunteer), string(row.Shop), r.app.what(e), sheet.Points(row.Points), string(row.Actor), row.note)
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.listed."+name) + "\n" }
		return res, nil
	}
	return r.older(res, more, rows[len(rows)-1].Entry), nil
}

// placeOf says whom an entry was about and at which shop; a reversal was where what it takes back was.
func (r *reader) placeOf(e ledger.Entry) (ledger.VolunteerID, ledger.ShopID, error) {
	if sold, ok := e.Sold(); ok {
		return sold.Volunteer, sold.Shop, nil
	}
	switch body := e.Body.(type) {
	case *ledger.GoodsReturn:
		return body.Volunteer, body.Shop, nil
	case *ledger.UndoneExchange:
		return body.Volunteer, body.Shop, nil
	case *ledger.Receive:
		return "", body.Shop, nil
	case *ledger.Reversal:
		of, err := r.view.Entry(body.Entry)
		if err != nil {
			return "", "", err
		}
		_, shop, err := r.placeOf(of)
		return body.Volunteer, shop, err
	}
	return "", "", nil
}

func (r *reader) doneRow(e ledger.Entry) (row doneRow, err error) {
	after, err := r.view.After(e.Index)
	if err != nil {
		return row, err
	}
	points := ledger.Amount(0)
	for _, p := range e.Postings {
		if c := p.Account.Class(); c == ledger.ClassPoints || c == ledger.ClassGift {
			points -= p.Amount
		}
	}
	movement := ledger.Statement{Lines: []ledger.StatementLine{{Entry: e, Amount: points, After: after}}}
	l := api.NewStatement(movement, ledger.Point, 0).Lines[0]
	row = doneRow{
		Entry: e.Index, On: e.On, Kind: e.Kind, Receipt: l.Receipt, Items: l.Items, Points: api.Points(points), Refers: l.Refers, Of: l.Of,
		Reason: l.Reason, Actor: e.Actor, ReversedBy: l.ReversedBy, note: r.app.note(l),
	}
	if row.Refers != 0 && row.Of == "" {
		of, err := r.view.Entry(row.Refers)
		if err != nil {
			return row, err
		}
		row.Of = of.Kind
	}
	row.Volunteer, row.Shop, err = r.placeOf(e)
	return row, err
}

// objectionRow is what was said against a line of a notice and what was answered, as programs read it.
type objectionRow struct {
	Objection ledger.Index       `json:"objection"`
	On        ledger.Date        `json:"on"`
	Record    ledger.Index       `json:"record"`
	Notice    ledger.Index       `json:"notice"`
	Paper     string             `json:"paper"`
	Volunteer ledger.VolunteerID `json:"volunteer,omitempty"` // who objects, where that is known
	Reason    ledger.Reason      `json:"reason"`
	Reply     ledger.Date        `json:"reply,omitempty"` // by when it is answered
	State     string             `json:"state"`           // open, upheld or dismissed
	Answer    ledger.Index       `json:"answer,omitempty"`
	Answered  ledger.Date        `json:"answered,omitempty"`
	Because   ledger.Reason      `json:"because,omitempty"`
}

func (a *app) objectionListCmd() *cobra.Command {
	var l listing
	var open bool
	cmd := a.command("objection_list", "list [VOLUNTEER] [--open] [--from DATE] [--to DATE] [--month YYYY-MM] [--before INDEX] [--limit N]",
		cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
			if err := l.who(args); err != nil {
				return err
			}
			return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) { return r.objections(&l, open) })
		})
	cmd.Flags().BoolVar(&open, "open", false, a.say.T("cli.flag.objection_open"))
	return l.add(a, cmd)
}

func (r *reader) objections(l *listing, open bool) (result, error) {
	about, err := r.about(l)
	if err != nil {
		return result{}, err
	}
	found := newest[ledger.Objection]{most: int(l.limit)}
	for o, err := range r.view.Objections() {
		if err != nil {
			return result{}, err
		}
		if l.wants(o.Index, o.On) && (!open || o.Answer == 0) && about(o.Volunteer) {
			found.add(o)
		}
	}
	list, more := found.listed()
	rows, t := []objectionRow{}, r.app.table("entry", "date", "notice", "record", "volunteer", "reason", "reply", "state")
	for _, o := range list {
		n, err := r.view.Notice(o.Notice)
		if err != nil {
			return result{}, err
		}
		row := objectionRow{
			Objection: o.Index, On: o.On, Record: o.Record, Notice: o.Notice, Paper: n.Paper(), Volunteer: o.Volunteer, Reason: o.Reason, Reply: o.Reply,
			State: "open", Answer: o.Answer, Answered: o.Answered, Because: o.Because,
		}
		switch {
		case o.Upheld:
			row.State = "upheld"
		case o.Answer != 0:
			row.State = "dismissed"
		}
		rows = append(rows, row)
		state := r.app.say.T("cli.objection." + row.State)
		if row.Because != "" {
			state = r.app.said(state, catalog.Name(r.app.say, "reason", row.Because))
		}
		t.add(row.Objection, row.On.String(), row.Paper, row.Record, string(row.Volunteer), catalog.Name(r.app.say, "reason", row.Reason), row.Reply.String(), state)
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.listed.objection") + "\n" }
		return res, nil
	}
	return r.older(res, more, rows[len(rows)-1].Objection), nil
}

// attendanceRow is an attendance among others, as programs read it.
type attendanceRow struct {
	Session  ledger.Index      `json:"session"`
	On       ledger.Date       `json:"on"`
	Activity ledger.ActivityID `json:"activity"`
	Opened   string            `json:"opened"`
	Closed   bool              `json:"closed"`
	People   int               `json:"people"`
	Inside   int               `json:"inside"` // of them, those who did not check out
	Actor    ledger.StaffID    `json:"actor"`
}

func (a *app) attendanceListCmd() *cobra.Command {
	var l listing
	var open bool
	cmd := a.command("attendance_list", "list [--open] [--from DATE] [--to DATE] [--month YYYY-MM] [--before INDEX] [--limit N]", cobra.NoArgs,
		func(cmd *cobra.Command, _ []string) error {
			return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) { return r.attendances(&l, open) })
		})
	cmd.Flags().BoolVar(&open, "open", false, a.say.T("cli.flag.attendance_open"))
	return l.add(a, cmd)
}

func (r *reader) attendances(l *listing, open bool) (result, error) {
	found := newest[ledger.OpenedSession]{most: int(l.limit)}
	for s, err := range r.view.Sessions() {
		if err != nil {
			return result{}, err
		}
		if l.wants(s.Session, s.Opened.On()) && (!open || !s.Closed) {
			found.add(s)
		}
	}
	list, more := found.listed()
	rows, t := []attendanceRow{}, r.app.table("session", "activity", "opened", "people", "inside", "state", "actor")
	for _, s := range list {
		e, err := r.view.Entry(s.Session)
		if err != nil {
			return result{}, err
		}
		row := attendanceRow{
			Session: s.Session, On: e.On, Activity: s.Activity, Opened: s.Opened.String(), Closed: s.Closed, People: len(s.People), Actor: e.Actor,
		}
		for _, p := range s.People {
			if p.Out == 0 {
				row.Inside++
			}
		}
		rows = append(rows, row)
		state := "open"
		if row.Closed {
			state = "closed"
		}
		t.add(row.Session, string(row.Activity), s.Opened.Spaced(), row.People, row.Inside, r.app.say.T("cli.attendance_state."+state), string(row.Actor))
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.listed.attendance") + "\n" }
		return res, nil
	}
	return r.older(res, more, rows[len(rows)-1].Session), nil
}
