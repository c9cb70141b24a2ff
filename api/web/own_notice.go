package web

import (
	"slices"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says what is on notice, what was objected and answered, and why something was refused or sent back.

// record says in a sentence what was declared.
func (t Teller) record(v ledger.View, rec ledger.Record) (string, error) {
	switch rec.Kind { //nolint:exhaustive // every other kind is called by its name
	case ledger.HoursDeclared:
		act, err := v.Activity(rec.Activity)
		return t.Say.T("own.notice.service", catalog.Data{
			"Activity": either(act.Name, string(rec.Activity)), "Time": t.Time(rec.Minutes), "Date": t.date(rec.Start.On()),
		}), unlessMissing(err)
	case ledger.ActsDeclared:
		return t.Say.T("own.notice.acts", catalog.Data{
			"Act": t.Say.Act(rec.Code), "Quantity": ledger.FormatQuantity(rec.Quantity, rec.CountedIn), "Date": t.date(rec.On),
		}), nil
	case ledger.OpeningDeclared:
		return t.Say.T("web.statement.opening"), nil
	}
	return catalog.Name(t.Say, "kind", rec.Kind), nil
}

// Noticed lists what of a volunteer is on notice, each with the form to object to it.
func (t Teller) Noticed(v ledger.View, id ledger.VolunteerID, form func(ledger.Index) *WorkForm) ([]OwnRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	list, err := noticed(v, who)
	if err != nil {
		return nil, err
	}
	rules, err := v.Rules()
	if err != nil {
		return nil, err
	}
	var rows []OwnRow
	for _, rec := range list {
		text, err := t.record(v, rec)
		if err != nil {
			return nil, err
		}
		row := OwnRow{Text: text, Notes: []string{t.points(rec.Worth())}}
		if rec.State == ledger.Disputed {
			row.Notes = append(row.Notes, t.Say.T("own.notice.disputed"))
		} else {
			row.Notes = append(row.Notes, t.Say.T("own.notice.ends", catalog.Data{
				"Until": t.near(rec.Ends, v.On()), "Date": t.near(max(rules.CreditWaits(&rec)+1, v.On()), v.On()),
			}))
			if v.On() <= rec.Ends {
				row.Form = form(rec.Index)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Waits lists what of a volunteer waits to be approved, or to be put on notice.
func (t Teller) Waits(v ledger.View, id ledger.VolunteerID) ([]OwnRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	if waits, err := waiting(v, who); err != nil || !waits {
		return nil, err
	}
	var rows []OwnRow
	for rec, err := range v.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.Pending, ledger.AwaitingNotice}, Volunteers: Numbers(who)}) {
		if err != nil {
			return nil, err
		}
		text, err := t.record(v, rec)
		if err != nil {
			return nil, err
		}
		rows = append(rows, OwnRow{Text: text, Notes: []string{t.points(rec.Worth()), t.Say.T("own.notice." + string(rec.State))}})
	}
	return rows, nil
}

// Objections says of entries, the newest first, what a volunteer objected, or others did to what is theirs, and what was answered. Whatever
// else stands there is left out.
func (t Teller) Objections(v ledger.View, id ledger.VolunteerID, entries []ledger.Index) ([]OwnRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	var rows []OwnRow
	for _, i := range entries {
		if len(rows) == mostRows {
			break
		}
		o, err := v.Objection(i)
		switch {
		case err != nil && unlessMissing(err) == nil:
			continue // another entry
		case err != nil:
			return nil, err
		}
		rec, err := v.Record(o.Record)
		if err != nil {
			return nil, err
		}
		mine := slices.Contains(Numbers(who), o.Volunteer)
		if !mine && !slices.Contains(Numbers(who), rec.Volunteer) {
			continue
		}
		text, err := t.record(v, rec)
		if err != nil {
			return nil, err
		}
		rows = append(rows, OwnRow{Text: text, Notes: t.objection(o, mine)})
	}
	return rows, nil
}

// mostRows bounds the rows of one part of a page.
const mostRows = 30

func (t Teller) objection(o ledger.Objection, mine bool) []string {
	by := "own.notice.theirs"
	if mine {
		by = "own.notice.mine"
	}
	notes := []string{t.Say.T(by, catalog.Data{"Date": t.date(o.On), "Reason": catalog.Name(t.Say, "reason", o.Reason)})}
	switch {
	case o.Answer != 0:
		answer := "own.notice.dismissed"
		if o.Upheld {
			answer = "own.notice.upheld"
		}
		return append(notes, t.Say.T(answer, catalog.Data{"Date": t.date(o.Answered), "Reason": catalog.Name(t.Say, "reason", o.Because)}))
	case o.Reply != 0:
		return append(notes, t.Say.T("own.notice.reply", catalog.Data{"Date": t.date(o.Reply)}))
	}
	return append(notes, t.Say.T("own.notice.unanswered"))
}

// Why says of entries, the newest first, what was refused to a volunteer or sent back, and why. Those of others are left out.
func (t Teller) Why(v ledger.View, id ledger.VolunteerID, entries []ledger.Index) ([]OwnRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	var rows []OwnRow
	for _, i := range entries {
		if len(rows) == mostRows {
			break
		}
		e, err := v.Entry(i)
		if err != nil {
			return nil, err
		}
		row, ok, err := t.because(v, e, Numbers(who))
		if err != nil {
			return nil, err
		}
		if ok {
			row.Notes = append([]string{t.date(e.On)}, append(row.Notes, t.number(e))...)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// because says why an entry gave somebody nothing, where it is of them.
func (t Teller) because(v ledger.View, e ledger.Entry, of []ledger.VolunteerID) (row OwnRow, ok bool, err error) {
	back := ledger.Index(0)
	reason := ledger.Reason("")
	switch body := e.Body.(type) {
	case *ledger.Refusal:
		row.Text = t.Say.T("own.why.refused", catalog.Data{"Kind": catalog.Name(t.Say, "kind", body.Asked)})
		if no := e.Rejection(); no != nil {
			row.Notes = []string{t.Say.Rejection(no)}
		}
		return row, slices.Contains(of, body.Volunteer), nil
	case *ledger.RecordReturn:
		back, reason = body.Record, body.Reason
		ok = slices.Contains(of, body.Volunteer)
	case *ledger.ObjectionAnswer:
		back, reason = body.Record, body.Reason
		ok = body.Upheld && slices.Contains(of, body.Volunteer)
	case *ledger.Expiry:
		row.Text = t.Say.T("own.why.expired")
		return row, slices.Contains(of, body.Volunteer), nil
	case *ledger.HoldEnd:
		row.Text = t.Say.T("own.why.hold_ended", catalog.Data{"Hold": HoldNumber(body.Hold)})
		return row, slices.Contains(of, body.Volunteer), nil
	}
	if !ok {
		return row, false, nil
	}
	rec, err := v.Record(back)
	if err != nil {
		return row, false, err
	}
	what, err := t.record(v, rec)
	row.Text = t.Say.T("own.why.returned", catalog.Data{"What": what})
	row.Notes = []string{t.Say.T("own.why.reason", catalog.Data{"Reason": catalog.Name(t.Say, "reason", reason)})}
	return row, true, err
}
