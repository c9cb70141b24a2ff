package ledgertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aixin/ledger"
)

// This file lives through the days of a year. Each part asks for what does not depend on one another, place by place.

// run does the due work of the morning: what has hung long enough is credited, what has lapsed expires.
func (y *Year) run() {
	y.minute = 7 * 60
	y.revise()
	for _, p := range y.places {
		p.noticed = slices.DeleteFunc(p.noticed, func(d declared) bool {
			if d.when >= y.day {
				return false
			}
			y.do(yearSteward, &ledger.CreditRecord{Record: d.record}, nil)
			return true
		})
	}
	y.flush()
	for i := range y.people {
		who := &y.people[i]
		if k := slices.IndexFunc(who.lapses, func(d ledger.Date) bool { return d < y.day }); k >= 0 {
			who.lapses = slices.Delete(who.lapses, k, k+1)
			if who.has > 0 || who.gift > 0 {
				y.do(yearSteward, &ledger.Expire{Volunteer: who.id}, nil)
			}
		}
	}
	for _, p := range y.places {
		p.pools = slices.DeleteFunc(p.pools, func(at pooled) bool {
			if at.last < y.day {
				y.do(yearSteward, &ledger.Expire{Pool: at.pool}, nil)
			}
			return at.last < y.day
		})
		p.frozen = slices.DeleteFunc(p.frozen, func(d declared) bool {
			if d.when < y.day && !y.people[d.who].gone {
				y.thaw(yearSteward, d.who)
			}
			return d.when < y.day
		})
	}
	y.grant()
}

// approve settles what was declared before; one record in forty is sent back.
func (y *Year) approve() {
	y.minute = 9 * 60
	for _, p := range y.places {
		for _, d := range p.declared {
			if y.one(40) {
				y.do(p.reviewer, &ledger.ReturnRecord{Record: d.record, Reason: ledger.Unproven}, nil)
			} else {
				y.do(p.reviewer, &ledger.Approve{Record: d.record, Seen: d.query}, nil)
			}
		}
		p.declared = p.declared[:0]
	}
}

// hang puts on notice, every Monday, what was approved; the points of the month and the goods of the quarter are published on
// the tenth.
func (y *Year) hang() {
	y.minute = 10 * 60
	for _, p := range y.places {
		if n := min(len(p.approved), ledger.MaxNoticed); n > 0 && y.day.Time().Weekday() == time.Monday {
			y.notice(p, p.approved[:n])
			p.approved = slices.Clone(p.approved[n:])
		}
	}
	y.flush()
	if _, month, day := y.day.Time().Date(); day == 10 && y.day.Time().Year() == 2026 {
		for _, p := range y.places {
			y.paper(p, ledger.PublishPoints, y.day.Time().AddDate(0, -1, 0).Format("2006-01"))
			if month%3 == 1 {
				y.flush()
				before := y.day.Time().AddDate(0, -1, 0)
				y.paper(p, ledger.PublishGoods, fmt.Sprintf("%d-Q%d", before.Year(), (before.Month()+2)/3))
			}
		}
	}
}

func (y *Year) notice(p *place, records []declared) {
	do := &ledger.PostNotice{
		Unit: p.unit, Number: p.notices + 1, From: y.day, Until: y.day.AddDays(int(p.rule.Notice.Days)), SHA256: strings.Repeat("ab", 32), Size: 100,
	}
	for _, d := range records {
		do.Records = append(do.Records, d.record)
	}
	slices.Sort(do.Records)
	y.do(p.leader, do, func(e ledger.Entry) {
		p.notices++
		if y.one(20) { // a wrong one
			y.later(func() { y.do(p.leader, &ledger.RemoveNotice{Notice: e.Index, Reason: ledger.DoubleEntry}, nil) })
			p.approved = append(p.approved, records...)
			return
		}
		for _, r := range do.Records {
			p.noticed = append(p.noticed, declared{record: r, when: do.Until})
		}
	})
}

func (y *Year) paper(p *place, what, period string) {
	y.do(p.leader, &ledger.Publish{
		What: what, Unit: p.unit, Number: p.notices + 1, Period: period, From: y.day, Until: y.day.AddDays(15), SHA256: strings.Repeat("cd", 32), Size: 100,
	}, func(ledger.Entry) { p.notices++ })
}

// object finds one line in two hundred wrong; the next day half of that is upheld by somebody who had no part in it.
func (y *Year) object() {
	y.minute = 11 * 60
	for _, p := range y.places {
		for _, o := range p.objected {
			y.do(yearSteward, &ledger.AnswerObjection{Objection: o, Upheld: y.one(2), Reason: ledger.Complaint}, nil)
		}
		p.objected = p.objected[:0]
	}
	y.flush()
	for _, p := range y.places {
		for _, d := range p.noticed {
			if d.when.AddDays(-1) == y.day && y.one(200) {
				y.do(p.leader, &ledger.Object{Record: d.record, Reason: ledger.WrongQuantity}, func(e ledger.Entry) {
					p.objected = append(p.objected, e.Index)
				})
			}
		}
	}
}

// shelve fills the shelves every Monday; on the second of a month prices change, on the third the shelf is counted, on the fourth
// what is past its date is written off and somebody in need is helped.
func (y *Year) shelve() {
	y.minute = 12 * 60
	weekday, day := y.day.Time().Weekday(), y.day.Time().Day()
	if day == 2 {
		y.reprice()
	}
	for _, p := range y.places {
		switch {
		case weekday == time.Monday:
			y.deliver(p, 12)
		case day == 3:
			y.countShelf(p)
		case day == 4:
			y.leaveShelf(p)
		}
	}
}

// reprice makes an item a tenth dearer or cheaper from tomorrow on.
func (y *Year) reprice() {
	n := y.rng.IntN(len(y.prices))
	y.prices[n] = max(100, (y.prices[n]*ledger.Amount(9+2*y.rng.IntN(2))/10)/100*100)
	y.do(yearSteward, &ledger.PriceItem{Item: sku(n + 1), Points: y.prices[n], From: y.day.AddDays(1)}, nil)
}

// deliver brings some pieces of a dozen items, most of all salt and soap. Every fifth note is two pieces short, every seventh is for those in hardship,
// every sixth is good for six weeks only.
func (y *Year) deliver(p *place, pieces ledger.Amount) {
	do := &ledger.Receive{Shop: p.shop, Donor: yearDonor(y.rng.IntN(yearDonors))}
	do.Source = ledger.Donation
	for k := range min(len(y.prices), 12) {
		item, pieces := sku((p.number+int(y.day)+k*5)%len(y.prices)+1), pieces
		if k < 4 {
			item, pieces = sku(k+1), 2*pieces
		}
		if slices.ContainsFunc(do.Lines, func(l ledger.ItemLine) bool { return l.Item == item }) {
			continue
		}
		do.Lines = append(do.Lines, ledger.ItemLine{Item: item, Pieces: pieces})
		do.Terms = append(do.Terms, ledger.ReceiptTerm{Item: item, Fen: 100 + ledger.Amount(y.rng.IntN(900))})
	}
	switch y.rng.IntN(7) {
	case 0:
		do.Terms[0].Noted = do.Lines[0].Pieces + 2
	case 1:
		gift := &ledger.Receive{Shop: p.shop, Donor: do.Donor, Lines: []ledger.ItemLine{{Item: do.Lines[len(do.Lines)-1].Item, Pieces: 3}}}
		gift.Only = "hardship"
		y.do(p.keeper, gift, nil)
	case 2:
		do.BestBefore = y.day.AddDays(42)
	}
	y.do(p.keeper, do, nil)
}

// countShelf counts three items, of which one is a piece short.
func (y *Year) countShelf(p *place) {
	items := []ledger.Commodity{sku(1 + y.rng.IntN(5)), sku(6 + y.rng.IntN(5)), sku(11 + y.rng.IntN(5))}
	y.do(p.keeper, &ledger.OpenCount{Shop: p.shop, Items: items}, func(e ledger.Entry) {
		count := e.Index
		y.later(func() { y.enterCount(p, count, items) })
	})
}

func (y *Year) enterCount(p *place, count ledger.Index, items []ledger.Commodity) {
	var lines []ledger.ItemLine
	for k, item := range items {
		have := max(0, y.shelf[stocked{p.shop, item}])
		lines = append(lines, ledger.ItemLine{Item: item, Pieces: have - min(have, ledger.Amount(k%2))})
	}
	y.do(p.keeper, &ledger.EnterCount{Count: count, Lines: lines}, func(ledger.Entry) {
		y.later(func() {
			y.do(p.clerk, &ledger.ConfirmCount{Count: count, Lines: lines}, func(ledger.Entry) {
				y.later(func() { y.do(p.reviewer, &ledger.FinaliseCount{Count: count, Reason: ledger.GoodsMiscounted}, nil) })
			})
		})
	})
}

// leaveShelf writes a piece off, and gives relief.
func (y *Year) leaveShelf(p *place) {
	line := []ledger.ItemLine{{Item: sku(1 + y.rng.IntN(12)), Pieces: 1}}
	y.do(p.keeper, &ledger.DeclareWriteOff{Shop: p.shop, Lines: line, Reason: ledger.GoodsDamaged}, func(e ledger.Entry) {
		y.later(func() { y.do(p.reviewer, &ledger.ConfirmWriteOff{Paper: e.Index}, nil) })
	})
	y.do(p.keeper, &ledger.DeclareRelief{
		Shop: p.shop, Case: fmt.Sprintf("R-%d-%d", p.number, y.day), Class: "hardship", Lines: line, Application: fmt.Sprintf("P-%d", y.day), Notice: "N-1",
	}, func(e ledger.Entry) {
		y.later(func() { y.do(p.reviewer, &ledger.GiveRelief{Paper: e.Index}, nil) })
	})
}

// exchange serves at the counter, most of all on Fridays. People take what they can pay, and one in thirty wants more.
func (y *Year) exchange() {
	y.minute = 14 * 60
	visits := y.share(y.size.Exchanges)
	if y.day.Time().Weekday() == time.Friday {
		visits = y.share(y.size.Exchanges * 4)
	}
	for _, p := range y.places {
		if y.one(30) {
			y.do(p.clerk, &ledger.OpenCounter{Shop: p.shop}, func(ledger.Entry) { p.serving = true })
		}
	}
	y.flush()
	y.collect()
	y.flush()
	for _, n := range some(y, y.ready(), visits) {
		y.visit(n)
	}
	if y.day == yearFair() {
		for _, n := range some(y, y.readyIn(y.places[0]), 150) {
			y.visit(n)
		}
	}
	y.flush()
	y.comeBack()
}

// yearFair is the Friday before the Mid-Autumn Festival, on which a hundred people come to one shop.
func yearFair() ledger.Date { return yearDay(9, 18) }

// close closes in the evening every counter that was open.
func (y *Year) close() {
	y.minute = 16*60 + 45
	for _, p := range y.places {
		if p.serving {
			y.do(p.clerk, &ledger.CloseCounter{Shop: p.shop}, nil)
			p.serving = false
		}
	}
}

// comeBack brings goods of the last exchange back, at once or a day later.
func (y *Year) comeBack() {
	for _, p := range y.places {
		if n := len(p.sales); n > 0 && y.one(40) {
			y.do(p.sales[n-1].clerk, &ledger.Undo{Redemption: p.sales[n-1].index}, nil)
		} else if n > 0 && y.one(40) {
			reason := []ledger.Reason{ledger.ClerkError, ledger.WrongItem, ledger.DefectiveItem}[y.rng.IntN(3)]
			y.do(p.clerk, &ledger.Return{Redemption: p.sales[n-1].index, Reason: reason}, nil)
		}
		p.sales = p.sales[:0]
	}
}

// ready lists who can pay for the cheapest piece.
func (y *Year) ready() []int {
	var list []int
	for n := range y.people {
		if y.purse(&y.people[n]) >= 200 && !y.people[n].gone {
			list = append(list, n)
		}
	}
	return list
}

// correct reverses one credit in three hundred.
func (y *Year) correct() {
	y.minute = 17 * 60
	for _, p := range y.places {
		for _, c := range p.credits {
			if y.one(300) {
				y.do(yearSteward, &ledger.Reverse{Entry: c, Reason: pick3(y, ledger.WrongPerson, ledger.DoubleEntry, ledger.Complaint)}, nil)
			}
		}
		p.credits = p.credits[:0]
	}
}

// serve declares the service of the day, a fifth of it acts, one in twenty-five of them late.
func (y *Year) serve() {
	y.minute = 20 * 60
	for range y.share(y.size.Services) {
		p := y.places[y.rng.IntN(len(y.places))]
		n := p.people[y.rng.IntN(len(p.people))]
		if y.one(2) { // some serve much, most serve little
			n = p.people[y.rng.IntN(1+len(p.people)/8)]
			if y.one(4) {
				n = p.people[y.rng.IntN(1+len(p.people)/80)]
			}
		}
		if y.one(5) {
			y.declare(p, n, y.act(p, n))
			continue
		}
		do := &ledger.DeclareHours{
			Volunteer: y.people[n].id, Activity: p.activity(y.rng.IntN(len(p.code))), Minutes: ledger.Amount(45 + 15*y.rng.IntN(10)), Capture: ledger.Roster,
			Start: ledger.NewStart(y.day, 6*60+30*y.rng.IntN(24)), Signers: []ledger.Signer{ledger.Signer(p.leader), ledger.Signer(p.reviewer)},
		}
		if y.one(20) {
			do.Capture, do.Signers = ledger.Backfill, nil
		}
		if day := y.day.AddDays(-3 - y.rng.IntN(9)); y.one(25) && day >= yearFrom() {
			do.Start = ledger.NewStart(day, 6*60+30*y.rng.IntN(24))
		}
		y.declare(p, n, do)
	}
}

// act draws an act, one in thirty of them one that takes points away.
func (y *Year) act(p *place, n int) *ledger.DeclareActs {
	do := &ledger.DeclareActs{
		Volunteer: y.people[n].id, Code: p.acts[y.rng.IntN(len(p.acts))], Quantity: int64(1 + y.rng.IntN(2)), On: y.day,
		Evidence: ledger.Evidence{SHA256: strings.Repeat("ef", 32), Size: 1000},
	}
	if less := p.rule.Deductions; len(less) > 0 && y.one(30) {
		do.Code = less[y.rng.IntN(len(less))].Code
	}
	switch {
	case strings.HasPrefix(string(do.Code), "RC"):
		do.Quantity = int64(20 + y.rng.IntN(60))
	case do.Code == "RF01":
		do.About = y.people[y.other(n)].id
	}
	return do
}
