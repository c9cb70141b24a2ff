package ledgertest

import (
	"fmt"

	"aixin/ledger"
)

// helped is a request for help on its way.
type helped struct {
	id   ledger.RequestID
	next int // step
	who  int
	on   ledger.Date // it was done
}

// help takes requests, and brings each a step further every day.
func (y *Year) help() {
	y.minute = 18 * 60
	for range y.share(y.size.Requests) {
		y.requests++
		p := y.places[y.rng.IntN(len(y.places))]
		x := &helped{id: ledger.RequestID(fmt.Sprintf("Q%06d", y.requests)), who: p.people[y.rng.IntN(len(p.people))]}
		y.do(p.clerk, &ledger.TakeRequest{Request: x.id, Unit: p.unit, Channel: ledger.ByPhone}, func(ledger.Entry) {
			p.errands = append(p.errands, x)
		})
	}
	y.flush()
	for _, p := range y.places {
		var rest []*helped
		for _, x := range p.errands {
			y.step(p, x)
			if x.next++; x.next < 4 {
				rest = append(rest, x)
			}
		}
		p.errands = rest
	}
}

func (y *Year) step(p *place, x *helped) {
	switch x.next {
	case 0:
		classes := p.rule.Express.Limits()
		y.do(p.leader, &ledger.SortRequest{Request: x.id, Class: classes[y.rng.IntN(len(classes))].Class}, nil)
	case 1:
		if y.one(15) {
			y.do(p.leader, &ledger.CloseRequest{Request: x.id, Reason: ledger.OwnRequest}, nil)
			x.next = 9
			return
		}
		y.do(p.leader, &ledger.AssignRequest{Request: x.id, To: p.grid}, nil)
	case 2:
		y.do(p.leader, &ledger.FinishRequest{
			Request: x.id, By: []ledger.VolunteerID{y.people[x.who].id}, Start: ledger.NewStart(y.day, 9*60), Minutes: 60,
		}, func(ledger.Entry) { x.on = y.day })
	case 3:
		result := []ledger.CallResult{ledger.Good, ledger.Good, ledger.Fair, ledger.Bad, ledger.NoAnswer}[y.rng.IntN(5)]
		y.do(p.reviewer, &ledger.CallBack{Request: x.id, Result: result}, func(ledger.Entry) {
			if result != ledger.NoAnswer && !y.people[x.who].gone {
				y.later(func() { y.credit(p, x) })
			}
		})
	}
}

// credit declares the service of a request that was called back about.
func (y *Year) credit(p *place, x *helped) {
	y.declare(p, x.who, &ledger.DeclareHours{
		Volunteer: y.people[x.who].id, Activity: p.activity(0), Start: ledger.NewStart(x.on, 9*60), Minutes: 60, Capture: ledger.Roster, Request: x.id,
		Signers: []ledger.Signer{ledger.Signer(p.leader), ledger.Signer(p.reviewer)},
	})
}
