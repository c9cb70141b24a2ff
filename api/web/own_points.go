package web

import (
	"cmp"
	"slices"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says what somebody has and what is on its way, with every date.

// coming is what is on notice and credited on one day.
type coming struct {
	on     ledger.Date
	points ledger.Amount
}

// noticed lists what of a person is on notice or disputed, the newest notice first. Who waits for nothing costs nothing.
func noticed(v ledger.View, who ledger.Volunteer) (list []ledger.Record, err error) {
	if waits, err := waiting(v, who); err != nil || !waits {
		return nil, err
	}
	for rec, err := range v.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.OnNotice, ledger.Disputed}, Volunteers: Numbers(who)}) {
		if err != nil {
			return nil, err
		}
		list = append(list, rec)
	}
	slices.SortStableFunc(list, func(a, b ledger.Record) int { return cmp.Compare(b.Posted, a.Posted) })
	return list, nil
}

// waiting reports whether anything of a person, or of the household that holds their points, was declared and has no outcome.
func waiting(v ledger.View, who ledger.Volunteer) (bool, error) {
	var holders []ledger.AccountID
	for _, id := range Numbers(who) {
		holders = append(holders, ledger.PointsOf(id))
	}
	pool, err := v.EarnsInto(who)
	if err != nil {
		return false, err
	}
	if pool != "" {
		holders = append(holders, ledger.PoolOf(pool))
	}
	for _, id := range holders {
		acct, err := v.Account(ledger.AccountKey{ID: id, Commodity: ledger.Point})
		if err != nil || acct.Waiting > 0 {
			return true, err
		}
	}
	return false, nil
}

// comingOf adds up what is on notice by the day on which it is credited.
func comingOf(v ledger.View, list []ledger.Record) (out []coming, err error) {
	rules, err := v.Rules()
	if err != nil {
		return nil, err
	}
	for _, rec := range list {
		if rec.State != ledger.OnNotice || rec.Worth() <= 0 {
			continue
		}
		on := max(rules.CreditWaits(&rec)+1, v.On())
		i := slices.IndexFunc(out, func(c coming) bool { return c.on == on })
		if i < 0 {
			i, out = len(out), append(out, coming{on: on})
		}
		out[i].points += rec.Worth()
	}
	slices.SortFunc(out, func(a, b coming) int { return cmp.Compare(a.on, b.on) })
	return out, nil
}

// spendable lists the lots that somebody may exchange, those of their household too, the first to expire first.
func spendable(b ledger.Balance) []ledger.Lot {
	lots := slices.Concat(b.Lots, b.SharedLots)
	slices.SortStableFunc(lots, func(x, y ledger.Lot) int {
		if x.Before(y) {
			return -1
		}
		return 1
	})
	return lots
}

// Points says what somebody has, with every date: until when it may be used, and when what is on its way arrives.
func (t Teller) Points(v ledger.View, id ledger.VolunteerID) ([]OwnSection, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	b, err := v.Balance(id)
	if err != nil {
		return nil, err
	}
	lots := spendable(b)
	list, err := noticed(v, who)
	if err != nil {
		return nil, err
	}
	soon, err := comingOf(v, list)
	if err != nil {
		return nil, err
	}
	have := OwnSection{Heading: t.Say.T("own.points.have"), Big: t.points(b.Spendable()), Text: t.notes(b)}
	for _, l := range t.lots(lots) {
		have.Rows = append(have.Rows, OwnRow{Text: l.Points, Notes: []string{l.Expires}})
	}
	given, err := t.honour(v, who)
	if err != nil {
		return nil, err
	}
	have.Text = append(have.Text, given...)
	gifts, err := v.Statement(ledger.AccountKey{ID: ledger.GiftsOf(id), Commodity: ledger.GiftPoint}, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(gifts.Lines) > 0 {
		have.Links = []Option{{Value: "/volunteer/statement?commodity=GIFT", Text: t.Say.T("web.account.all_gifts")}}
	}
	way := OwnSection{Heading: t.Say.T("own.points.coming")}
	rest := b.Pending
	for _, c := range soon {
		way.Rows = append(way.Rows, OwnRow{Text: t.points(c.points), Notes: []string{t.Say.T("own.points.arrives", catalog.Data{"Date": t.date(c.on)})}})
		rest -= c.points
	}
	if rest > 0 {
		way.Rows = append(way.Rows, OwnRow{Text: t.points(rest), Notes: []string{t.Say.T("own.points.waits")}})
	}
	if len(way.Rows) == 0 {
		way.Text = []string{t.Say.T("own.points.none")}
	}
	return []OwnSection{have, way}, nil
}

// honour says what somebody gave for welfare, and which honour that is, where their unit's rule has honours.
func (t Teller) honour(v ledger.View, who ledger.Volunteer) (said []string, err error) {
	tiers, err := v.Honours(who.Unit, v.On(), 0)
	if err != nil || len(tiers) == 0 {
		return nil, err
	}
	given, err := v.Donated(who)
	if err != nil {
		return nil, err
	}
	has, next := ledger.HonourOf(tiers, given)
	if given > 0 {
		said = append(said, t.Say.T("own.points.given", catalog.Data{"Points": t.points(given), "Honour": has.Name}))
	}
	if next.Points > 0 {
		said = append(said, t.Say.T("own.points.next_honour", catalog.Data{"Points": t.points(next.Points - given), "Honour": next.Name}))
	}
	return said, nil
}
