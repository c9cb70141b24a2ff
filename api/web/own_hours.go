package web

import (
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says what somebody served, and states it on paper.

// Hours says what a volunteer served, and which stars that is.
func (t Teller) Hours(v ledger.View, id ledger.VolunteerID) (OwnSection, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return OwnSection{}, err
	}
	minutes, err := v.Minutes(who)
	if err != nil {
		return OwnSection{}, err
	}
	out := OwnSection{Heading: t.Say.T("web.account.hours"), Big: t.Time(minutes)}
	table, err := v.StarsOf(who.Unit)
	if err != nil {
		return OwnSection{}, err
	}
	merit, err := v.Merit(who, table)
	if err != nil {
		return OwnSection{}, err
	}
	if has, _, _ := table.Reached(merit); has.Level > 0 {
		out.Text = append(out.Text, t.Say.T("own.hours.stars", catalog.Data{"Count": has.Level}))
	}
	if merit.Since != 0 {
		out.Text = append(out.Text, t.Say.T("own.hours.since", catalog.Data{"Date": t.date(merit.Since), "Time": t.Time(merit.Minutes)}))
	}
	out.Text = append(append(out.Text, t.nextStar(table, merit)...), t.Say.T("web.account.hours_about"))
	return out, nil
}

// nextStar says what somebody lacks for the next star.
func (t Teller) nextStar(table ledger.StarTable, merit ledger.Merit) (said []string) {
	_, next, _ := table.Reached(merit)
	for _, lack := range next.Lacks(merit) {
		id, data := "own.hours.next", catalog.Data{"Count": next.Level, "Time": t.Time(lack.N)}
		if lack.What != ledger.StarMinutes {
			id, data = "own.hours.lacks_"+string(lack.What), catalog.Data{"Count": int64(lack.N), "Level": next.Level}
		}
		said = append(said, t.Say.T(id, data))
	}
	return said
}

// Stated is a statement of hours as it is printed, added up again today.
func (t Teller) Stated(v ledger.View, r ledger.Recount, name string) ([]OwnSection, error) {
	s := r.Stated
	code, err := NewCode("AIXIN-HOURS " + strconv.FormatInt(s.Number, 10) + " " + ledger.LeafHash(r.Entry.AppendLine(nil)).String())
	if err != nil {
		return nil, err
	}
	say := func(id string, data catalog.Data) string { return t.Say.T("own.certificate."+id, data) }
	paper := OwnSection{
		Heading: say("heading", catalog.Data{"Number": strconv.FormatInt(s.Number, 10)}), Big: t.Time(s.Minutes), Paper: true, Code: &code,
		Text: []string{
			say("whose", catalog.Data{"Name": name, "Number": string(s.Volunteer)}),
			say("days", catalog.Data{"From": t.date(s.From), "Until": t.date(s.Until)}),
			say("records", catalog.Data{"Records": strconv.Itoa(len(s.Records))}),
			say("made", catalog.Data{"Date": t.date(r.Entry.On), "Entry": plain(r.Entry.Index)}),
		},
	}
	check := OwnSection{Heading: say("check", nil), Paper: true, Text: []string{
		say("stands", catalog.Data{"Time": t.Time(r.Minutes)}), say("command", catalog.Data{"Number": strconv.FormatInt(s.Number, 10)}),
		say("leaf", catalog.Data{"Hash": ledger.LeafHash(r.Entry.AppendLine(nil)).String()}),
	}}
	if len(r.Reversed) > 0 {
		check.Text = append(check.Text, say("reversed", catalog.Data{"Records": strconv.Itoa(len(r.Reversed))}))
	}
	return []OwnSection{paper, check}, nil
}
