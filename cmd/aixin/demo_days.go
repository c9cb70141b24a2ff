package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"aixin/ledger"
)

// This file lives through the days of the demo: goods in the morning, approvals, the counter in the afternoon, service in the
// evening, and what somebody has to correct.

// shift is a service that is held on some weekdays.
type shift struct {
	activity ledger.ActivityID
	weekdays []time.Weekday
	hour     int
	minute   int
	minutes  ledger.Amount
	people   int
	capture  ledger.Capture
}

// shifts is the week of the demo.
func shifts() []shift {
	return []shift{
		{"A004", []time.Weekday{time.Wednesday, time.Friday}, 8, 30, 150, 4, ledger.Roster},
		{"A003", []time.Weekday{time.Saturday}, 9, 0, 120, 5, ledger.Roster},
		{"A002", []time.Weekday{time.Tuesday, time.Thursday}, 15, 0, 90, 2, ledger.Scan},
		{"A001", []time.Weekday{time.Monday, time.Wednesday, time.Friday, time.Sunday}, 19, 0, 120, 4, ledger.Scan},
	}
}

// day plays one day.
func (s *simulation) day(ctx context.Context, d ledger.Date) error {
	n := int(d - s.first)
	steps := []func(context.Context, ledger.Date, int) error{
		s.deliveries, s.approvals, s.corrections, s.stories, s.counter, s.closing, s.recycling, s.service,
	}
	for _, step := range steps {
		if err := step(ctx, d, n); err != nil {
			return err
		}
	}
	return nil
}

// deliveries fill the shelves on the first day and each Monday; salt most of all.
func (s *simulation) deliveries(ctx context.Context, d ledger.Date, n int) error {
	if n != 0 && d.Time().Weekday() != time.Monday {
		return nil
	}
	s.at(d, 8, 40)
	salt, other := ledger.Amount(20), ledger.Amount(4)
	if n == 0 {
		salt, other = 120, 20
	}
	do := &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: salt}}}
	for _, x := range s.scheme.Items[1:] {
		do.Lines = append(do.Lines, ledger.ItemLine{Item: x.Item, Pieces: other})
	}
	if err := s.all(ctx, demoKeeper, do); err != nil {
		return err
	}
	if n != 0 {
		return nil
	}
	// Beans that were good for a month only, and what the second shop began with.
	return s.all(ctx, demoKeeper,
		&ledger.Receive{Shop: "S01", Donor: "D003", Lines: []ledger.ItemLine{{Item: "SKU-0008", Pieces: 3}}, BestBefore: d.AddDays(30)},
		&ledger.Receive{Shop: "S02", Donor: "D002", Lines: []ledger.ItemLine{
			{Item: "SKU-0001", Pieces: 30}, {Item: "SKU-0003", Pieces: 12}, {Item: "SKU-0007", Pieces: 40},
		}},
	)
}

// approvals settle in the morning what was declared before; one record in thirty is sent back.
func (s *simulation) approvals(ctx context.Context, d ledger.Date, _ int) error {
	s.at(d, 9, 10)
	for _, rec := range s.waiting {
		if s.chance.IntN(30) == 0 && slices.Contains(s.rest, rec.who) {
			if err := s.all(ctx, demoReviewer, &ledger.ReturnRecord{Record: rec.index, Reason: ledger.Unproven}); err != nil {
				return err
			}
			continue
		}
		e, err := s.ask(ctx, demoReviewer, &ledger.Approve{Record: rec.index})
		if err != nil {
			return err
		}
		s.credits = append(s.credits, deed{e.Index, rec.who})
	}
	s.waiting = nil
	return nil
}

// corrections take back what was wrong: a credit in the wrong person's name, a redemption that was booked twice.
func (s *simulation) corrections(ctx context.Context, d ledger.Date, n int) error {
	s.at(d, 10, 30)
	switch {
	case n%17 == 9 && len(s.credits) > 0:
		return s.reverseCredit(ctx, func(who ledger.VolunteerID) bool { return slices.Contains(s.rest, who) })
	case n%23 == 13 && len(s.sold) > 0:
		twice := s.sold[len(s.sold)-1]
		s.sold = s.sold[:len(s.sold)-1]
		return s.all(ctx, demoSteward, &ledger.Reverse{Entry: twice, Reason: ledger.DoubleEntry})
	case n%30 == 25:
		return s.expire(ctx)
	}
	return nil
}

// expire is the monthly run.
func (s *simulation) expire(ctx context.Context) error {
	var lapsed []task
	err := s.view(ctx, func(v ledger.View) (err error) {
		lapsed, err = lapsedLots().due(v, v.On())
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range lapsed {
		if err := s.all(ctx, demoSteward, t.do); err != nil {
			return err
		}
	}
	return nil
}

// stories are what happens once, so that every kind of card is there to be shown.
func (s *simulation) stories(ctx context.Context, d ledger.Date, n int) error {
	s.at(d, 11, 0)
	switch demoDays - n {
	case 40: // soap gets dearer overnight
		return s.all(ctx, demoSteward, &ledger.PriceItem{Item: "SKU-0004", Points: 600, From: d.AddDays(1)})
	case 30: // 60 cigarette boxes and 60 bags are 2 + 1.2 points
		if err := s.act(ctx, d, s.parts["fraction"], "RC03", 60); err != nil {
			return err
		}
		return s.act(ctx, d, s.parts["fraction"], "RC01", 60)
	case 12: // hours that are credited, spent, and then turn out to be somebody else's
		return s.serve(ctx, s.parts["amber"], "A002", d, 6, 0, 240, ledger.Roster)
	case 10:
		return s.redeem(ctx, s.parts["amber"], "S01", ledger.ItemLine{Item: "SKU-0001", Pieces: 2})
	case 8:
		return s.reverseCredit(ctx, func(who ledger.VolunteerID) bool { return who == s.parts["amber"] })
	case 7:
		return s.serve(ctx, s.parts["frozen"], "A002", d, 8, 0, 120, ledger.Scan)
	case 6: // two bags of salt are set aside, and fetched the next day
		return s.reserve(ctx)
	case 5:
		return s.collect(ctx)
	case 1: // and once more, to be fetched yet
		return s.reserve(ctx)
	case 4:
		return s.all(ctx, demoSteward, &ledger.SetStatus{Volunteer: s.parts["frozen"], Status: ledger.Frozen, Reason: ledger.LostCard})
	case 3: // the clerk's own service counts like anybody's
		return s.serve(ctx, s.parts["clerk"], "A003", d, 8, 0, 60, ledger.Roster)
	case 20: // a flood: three priority shifts on one day
		for _, who := range s.some(6) {
			if err := s.serve(ctx, who, "A005", d, 6, 0, 240, ledger.Roster); err != nil {
				return err
			}
		}
	}
	return nil
}

// reserve sets salt aside for somebody who can afford it.
func (s *simulation) reserve(ctx context.Context) error {
	const two = 400 // points
	for _, who := range s.rest {
		have, err := s.available(ctx, who)
		if err != nil {
			return err
		}
		if have < two {
			continue
		}
		e, err := s.ask(ctx, demoClerk, &ledger.Hold{Volunteer: who, Shop: "S01", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 2}}})
		s.held = e.Index
		return err
	}
	return nil
}

// collect hands out what was set aside last.
func (s *simulation) collect(ctx context.Context) error {
	if s.held == 0 {
		return nil
	}
	s.serving["S01"] = true
	return s.all(ctx, demoClerk, &ledger.Settle{Hold: s.held, Presence: ledger.ByCard})
}

// available returns what somebody can spend.
func (s *simulation) available(ctx context.Context, who ledger.VolunteerID) (have ledger.Amount, err error) {
	err = s.view(ctx, func(v ledger.View) error {
		b, err := v.Balance(who)
		have = b.Available
		return err
	})
	return have, err
}

// reverseCredit reverses the latest credit of somebody.
func (s *simulation) reverseCredit(ctx context.Context, of func(ledger.VolunteerID) bool) error {
	for i, c := range slices.Backward(s.credits) {
		if of(c.who) {
			s.credits = slices.Delete(s.credits, i, i+1)
			return s.all(ctx, demoSteward, &ledger.Reverse{Entry: c.index, Reason: ledger.WrongPerson})
		}
	}
	return nil
}

// counter is the exchange: S01 on Tuesdays, Thursdays and Saturdays, S02 on Sundays.
func (s *simulation) counter(ctx context.Context, d ledger.Date, n int) error {
	s.at(d, 14, 0)
	shop, visits := ledger.ShopID("S01"), 5
	switch d.Time().Weekday() {
	case time.Sunday:
		shop, visits = "S02", 2
	case time.Monday, time.Wednesday, time.Friday:
		return nil
	default:
	}
	before := len(s.sold)
	for _, who := range s.some(visits) {
		if err := s.visit(ctx, who, shop); err != nil {
			return err
		}
	}
	if n%5 != 3 || len(s.sold) == before {
		return nil
	}
	return s.bringBack(ctx)
}

// closing ends the day at every counter that served, as the clerk does before going home.
func (s *simulation) closing(ctx context.Context, d ledger.Date, _ int) error {
	s.at(d, 17, 30)
	for _, shop := range slices.Sorted(maps.Keys(s.serving)) {
		if err := s.all(ctx, demoClerk, &ledger.CloseCounter{Shop: shop}); err != nil {
			return err
		}
	}
	clear(s.serving)
	return nil
}

// bringBack returns the last redemption while its day is open.
func (s *simulation) bringBack(ctx context.Context) error {
	back := s.sold[len(s.sold)-1]
	s.sold = s.sold[:len(s.sold)-1]
	reason := []ledger.Reason{ledger.ClerkError, ledger.DefectiveItem, ledger.WrongItem}[s.chance.IntN(3)]
	return s.all(ctx, demoClerk, &ledger.Return{Redemption: back, Reason: reason})
}

// visit redeems what somebody can afford: salt mostly, and often something else.
func (s *simulation) visit(ctx context.Context, who ledger.VolunteerID, shop ledger.ShopID) error {
	have, err := s.available(ctx, who)
	if err != nil {
		return err
	}
	if have < 200 {
		if s.chance.IntN(8) == 0 { // somebody who hoped to have more: the refusal is kept too
			do := &ledger.Redeem{Volunteer: who, Shop: shop, Lines: []ledger.ItemLine{{Item: "SKU-0006", Pieces: 1}}, Presence: ledger.ByCard}
			if _, err := s.ask(ctx, demoClerk, do); err != nil && !isRejection(ledger.InsufficientPoint)(err) {
				return err
			}
		}
		return nil
	}
	basket := []ledger.ItemLine{{Item: "SKU-0001", Pieces: ledger.Amount(1 + s.chance.IntN(int(min(have/200, 3))))}}
	left := have - 200*basket[0].Pieces
	choice := []struct {
		item  ledger.Commodity
		price ledger.Amount
	}{{"SKU-0003", 400}, {"SKU-0007", 100}, {"SKU-0004", 600}, {"SKU-0002", 700}, {"SKU-0008", 1500}}
	if c := choice[s.chance.IntN(len(choice))]; c.price <= left && (shop == "S01" || c.item == "SKU-0003" || c.item == "SKU-0007") {
		basket = append(basket, ledger.ItemLine{Item: c.item, Pieces: 1})
	}
	return s.redeem(ctx, who, shop, basket...)
}

func (s *simulation) redeem(ctx context.Context, who ledger.VolunteerID, shop ledger.ShopID, basket ...ledger.ItemLine) error {
	s.now.Add(int64(2+s.chance.IntN(5)) * 60_000)
	e, err := s.ask(ctx, demoClerk, &ledger.Redeem{Volunteer: who, Shop: shop, Lines: basket, Presence: ledger.ByCard})
	if err != nil {
		return err
	}
	s.serving[shop] = true
	if slices.Contains(s.rest, who) {
		s.sold = append(s.sold, e.Index)
	}
	return nil
}

// recycling is brought on Sundays.
func (s *simulation) recycling(ctx context.Context, d ledger.Date, _ int) error {
	if d.Time().Weekday() != time.Sunday {
		return nil
	}
	s.at(d, 17, 0)
	for i, who := range s.some(3) {
		code := []ledger.Code{"RC01", "RC02", "RC03"}[i]
		if err := s.act(ctx, d, who, code, int64(30+5*s.chance.IntN(20))); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) act(ctx context.Context, d ledger.Date, who ledger.VolunteerID, code ledger.Code, n int64) error {
	e, err := s.ask(ctx, demoLeader, &ledger.DeclareActs{Volunteer: who, Code: code, Quantity: n, On: d})
	if err == nil {
		s.waiting = append(s.waiting, deed{e.Index, who})
	}
	return err
}

// service holds the shifts of the day; the leader declares them in the evening. The last evening's wait for approval still.
func (s *simulation) service(ctx context.Context, d ledger.Date, n int) error {
	s.at(d, 21, 40)
	for _, shift := range shifts() {
		if !slices.Contains(shift.weekdays, d.Time().Weekday()) {
			continue
		}
		who := s.some(shift.people)
		if n%3 == 0 {
			who = append(who, s.parts["rich"])
		}
		for i, v := range who {
			capture := shift.capture
			if i == 3 && n%7 == 0 {
				capture = ledger.Backfill // typed in later: hours, and no points
			}
			if err := s.serve(ctx, v, shift.activity, d, shift.hour, shift.minute, shift.minutes, capture); err != nil {
				return err
			}
		}
	}
	return nil
}

// serve declares one service record, unless the person served at that time already.
func (s *simulation) serve(ctx context.Context, who ledger.VolunteerID, at ledger.ActivityID, d ledger.Date, hour, minute int, minutes ledger.Amount, by ledger.Capture) error {
	do := &ledger.DeclareHours{Volunteer: who, Activity: at, Start: ledger.NewStart(d, hour*60+minute), Minutes: minutes, Capture: by}
	if by == ledger.Roster {
		do.Sheet = d.Time().Format("0102") + "-" + string(at)
	}
	e, err := s.ask(ctx, demoLeader, do)
	switch {
	case isRejection(ledger.Overlap)(err), isRejection(ledger.SessionLimit)(err), isRejection(ledger.DayLimit)(err):
		return nil
	case err != nil:
		return err
	}
	s.waiting = append(s.waiting, deed{e.Index, who})
	return nil
}

// some picks n different people of those without a part of their own.
func (s *simulation) some(n int) []ledger.VolunteerID {
	who := slices.Clone(s.rest)
	s.chance.Shuffle(len(who), func(i, j int) { who[i], who[j] = who[j], who[i] })
	return who[:n]
}
