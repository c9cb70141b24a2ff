package ledgertest

import (
	"slices"
	"time"

	"aixin/ledger"
)

// attend holds a session in every place on Saturdays: people come and go, one walks in whom nobody knew, and one forgets to check out.
func (y *Year) attend() {
	if y.day.Time().Weekday() != time.Saturday || y.day > yearDay(12, 31) {
		return
	}
	y.minute = 7*60 + 30
	came := map[*place]*sessionHeld{}
	for _, p := range y.places {
		y.do(p.leader, &ledger.OpenSession{Activity: p.activity(0)}, func(e ledger.Entry) {
			came[p] = &sessionHeld{index: e.Index}
			y.later(func() { y.come(p, came[p]) })
		})
	}
	y.flush()
	y.minute = 8*60 + 45
	for _, p := range y.places {
		if s := came[p]; s != nil {
			y.goHome(p, s)
		}
	}
	y.flush()
	y.minute = 8*60 + 50
	for _, p := range y.places {
		if s := came[p]; s != nil {
			y.do(p.leader, &ledger.CloseSession{Session: s.index}, func(ledger.Entry) { y.later(func() { y.scan(p, s) }) })
		}
	}
	y.flush()
}

// sessionHeld is a session and who came.
type sessionHeld struct {
	index ledger.Index
	came  []int
}

func (y *Year) come(p *place, s *sessionHeld) {
	ways := []ledger.CheckedBy{ledger.CheckedByCard, ledger.CheckedByTyped, ledger.CheckedByLeader}
	for k, n := range some(y, p.people, 6) {
		y.checkIn(p, s, n, ways[k%len(ways)])
	}
	if y.one(4) {
		n := y.join(p, p.people[0])
		y.later(func() { y.checkIn(p, s, n, ledger.CheckedByWalkUp) })
	}
}

func (y *Year) checkIn(p *place, s *sessionHeld, n int, by ledger.CheckedBy) {
	y.do(p.leader, &ledger.CheckIn{Session: s.index, Volunteer: y.people[n].id, By: by}, func(ledger.Entry) { s.came = append(s.came, n) })
}

func (y *Year) goHome(p *place, s *sessionHeld) {
	for k, n := range s.came {
		who := y.people[n].id
		if k == 1 {
			y.do(p.leader, &ledger.ConfirmAttendance{Session: s.index, Volunteer: who, Out: ledger.NewStart(y.day, y.minute)}, nil)
		} else {
			y.do(p.leader, &ledger.CheckOut{Session: s.index, Volunteer: who}, nil)
		}
	}
}

// scan declares what the session says.
func (y *Year) scan(p *place, s *sessionHeld) {
	for _, n := range s.came {
		y.declare(p, n, &ledger.DeclareHours{
			Volunteer: y.people[n].id, Activity: p.activity(0), Start: ledger.NewStart(y.day, 7*60+30), Minutes: 75, Capture: ledger.Scan, Session: s.index,
		})
	}
}

// declare declares hours or acts, to be approved tomorrow.
func (y *Year) declare(p *place, n int, do ledger.Action) {
	y.do(p.leader, do, func(e ledger.Entry) {
		d := declared{record: e.Index, who: n}
		switch body := e.Body.(type) {
		case *ledger.HoursRecord:
			d.query, d.hours = len(body.Queries) > 0, true
		case *ledger.ActsRecord:
			d.query = len(body.Queries) > 0
		}
		p.declared = append(p.declared, d)
	})
}

// grant fills up base points at the beginning of the year: one of each household.
func (y *Year) grant() {
	if y.day != yearDay(1, 2) {
		return
	}
	for n := range y.people {
		who := &y.people[n]
		if who.place.rule.Base.Points > 0 && y.household(n) == y.own(n) {
			y.do(yearSteward, &ledger.GrantBase{Volunteer: who.id}, nil)
		}
	}
}

// certified notes that a record of hours was credited, so that it can be certified.
func (y *Year) certified(n int, record ledger.Index) {
	if who := &y.people[n]; len(who.records) < 10 && !slices.Contains(who.records, record) {
		who.records = append(who.records, record)
	}
}
