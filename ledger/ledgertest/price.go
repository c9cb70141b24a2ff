package ledgertest

import (
	"time"

	"aixin/ledger"
)

// What a record is worth, added up again from everything that stands declared.

// standing adds up what stands declared from one day to another: records, quantity and points.
func (n *Naive) standing(from, until ledger.Date, of func(e *event, who ledger.VolunteerID, code ledger.Code) bool) (count, quantity int64, points ledger.Amount) {
	for i := range n.history {
		e := &n.history[i]
		if (!waits(e.state) && e.state != "credited") || e.answer.Refused != "" {
			continue
		}
		var who ledger.VolunteerID
		var on ledger.Date
		var much int64
		switch a := e.command.Do.(type) {
		case *ledger.DeclareHours:
			who, on, much = a.Volunteer, a.Start.On(), int64(e.counted)
		case *ledger.DeclareActs:
			who, on, much = a.Volunteer, a.On, a.Quantity
		default:
			continue
		}
		if from <= on && on <= until && of(e, who, e.code) {
			count, quantity, points = count+1, quantity+much, points+e.points
		}
	}
	return count, quantity, points
}

// asking is a record to be priced.
type asking struct {
	rule     ledger.Rule
	who      *ledger.Enroll
	unit     ledger.UnitID
	activity ledger.ActivityID
	code     ledger.Code
	on       ledger.Date
	much     int64
	each     ledger.Amount
	per      int64
	keep     string
}

// worth says what so much of it is worth before caps.
func (n *Naive) worth(q asking, much int64) ledger.Amount {
	var points ledger.Amount
	switch q.keep {
	case "":
		points = q.each * ledger.Amount(much) / ledger.Amount(q.per)
	case "floor":
		points = q.each * ledger.Amount(much/q.per)
	case "carry":
		y := ledger.NewDate(q.on.Time().Year(), time.January, 1)
		_, before, _ := n.standing(y, y.YearEnd(0), func(_ *event, who ledger.VolunteerID, code ledger.Code) bool {
			return n.person(who) == q.who.Volunteer && code == q.code
		})
		points = q.each * ledger.Amount((before+much)/q.per-before/q.per)
	}
	for _, b := range q.rule.Boosts {
		if (b.Code == "" || b.Code == q.code) && (b.Activity == "" || b.Activity == q.activity) && b.From <= q.on && q.on <= b.Until {
			more := points * ledger.Amount(b.Percent-100) / 100
			if b.Cap > 0 && more > b.Cap {
				more = b.Cap
			}
			return points + more
		}
	}
	return points
}

// earns sets what a record earns under all caps, or refuses it.
func (n *Naive) earns(q asking, e *event) Answer {
	full := n.worth(q, q.much)
	e.points = full
	held := false
	for _, c := range q.rule.Caps {
		if c.Code != "" && c.Code != q.code {
			continue
		}
		count, much, points := n.standing(q.on.AddDays(-400), q.on.AddDays(400), func(x *event, who ledger.VolunteerID, code ledger.Code) bool {
			on := x.day
			if !samePeriod(c.Per, on, q.on) || (c.Code != "" && c.Code != code) {
				return false
			}
			switch {
			case c.Of == ledger.EachUnit:
				return x.unit == q.unit
			case c.Of == ledger.EachHousehold && e.home != "":
				return x.home == e.home
			}
			return n.person(who) == q.who.Volunteer
		})
		earns, over := full, Answer{}
		if c.Count > 0 && count >= c.Count {
			earns, over = 0, noAmount(ledger.CapReached, ledger.Amount(count+1), ledger.Amount(c.Count))
		}
		if c.Quantity > 0 && much+q.much > c.Quantity {
			earns = min(earns, n.worth(q, max(0, c.Quantity-much)))
			if over.Refused == "" {
				over = noAmount(ledger.CapReached, ledger.Amount(much+q.much), ledger.Amount(c.Quantity))
			}
		}
		if c.Points > 0 && points+full > c.Points {
			earns = min(earns, max(0, c.Points-points))
			if over.Refused == "" {
				over = noAmount(ledger.CapReached, points+full, c.Points)
			}
		}
		switch {
		case over.Refused == "":
		case c.Over == "":
			return over
		case c.Over == "hold":
			held = true
		default:
			e.points = min(e.points, earns)
		}
	}
	if held {
		e.queried = true
	}
	return Answer{}
}

// works reports whether a day is a working day.
func (n *Naive) works(d ledger.Date) bool {
	week := d.Time().Weekday()
	works := week != time.Saturday && week != time.Sunday
	each(n, func(_ int, _ *event, a *ledger.SetCalendar) {
		if a.Year != d.Time().Year() {
			return
		}
		works = week != time.Saturday && week != time.Sunday
		for _, h := range a.Holidays {
			works = works && h != d
		}
		for _, w := range a.Workdays {
			works = works || w == d
		}
	})
	return works
}

// isLate reports whether as many working days as there are to declare in had ended before today.
func (n *Naive) isLate(rule ledger.Rule, on ledger.Date) bool {
	if rule.Deadline.Days == 0 {
		return false
	}
	over := int64(0)
	for d := on.AddDays(1); d < n.today && over < rule.Deadline.Days; d = d.AddDays(1) {
		if n.works(d) {
			over++
		}
	}
	return over >= rule.Deadline.Days
}

// once refuses what was done before.
func (n *Naive) once(a *ledger.DeclareActs, act ledger.ActStandard) Answer {
	if act.Once == "" {
		return Answer{}
	}
	of := a.Volunteer
	if act.Once == ledger.OncePerson {
		v, status := n.volunteer(a.About)
		switch {
		case a.About == "":
			return no(ledger.Incomplete)
		case v == nil:
			return no(ledger.NotFound)
		case status == ledger.Closed:
			return no(ledger.AccountClosed)
		}
		of = a.About
	}
	var since ledger.Date
	each(n, func(_ int, e *event, x *ledger.Enroll) {
		if n.person(x.Volunteer) == of && (since == 0 || e.on < since) {
			since = e.on
		}
	})
	if act.Once != ledger.OnceAYear && a.On < since {
		return no(ledger.DateInPast)
	}
	again := false
	each(n, func(_ int, e *event, x *ledger.DeclareActs) {
		standing := waits(e.state) || e.state == "credited"
		switch {
		case !standing || x.Code != a.Code:
		case act.Once == ledger.OncePerson:
			again = again || n.person(x.About) == a.About
		case act.Once == ledger.OnceAYear:
			again = again || (n.person(x.Volunteer) == a.Volunteer && x.On.Time().Year() == a.On.Time().Year())
		default:
			again = again || n.person(x.Volunteer) == a.Volunteer
		}
	})
	if again {
		return no(ledger.Duplicate)
	}
	return Answer{}
}

// deduct takes away what an approved deduction says: base points first, then what may be spent, and never more than there is.
func (n *Naive) deduct(d *event, v ledger.VolunteerID) Answer {
	base := bases(sharer(d.rule, v, d.home))
	first := min(d.deduct, n.usable(base))
	n.draw(base, first)
	n.spend(d.purseOf(v), d.deduct-first)
	return Answer{Kind: ledger.Deducted}
}

// undeduct gives it back.
func (n *Naive) undeduct(i int, declared *event, v ledger.VolunteerID) Answer {
	base := bases(sharer(declared.rule, v, declared.home))
	var taken ledger.Amount
	for _, o := range n.spentOf(i) {
		for _, k := range n.movesOf(i, o) {
			taken -= n.moves[k].amount
		}
	}
	if !n.unspent(i, taken) {
		return no(ledger.StillHeld)
	}
	for _, k := range n.movesOf(i, base) {
		n.move(base, n.moves[k].lot, -n.moves[k].amount)
	}
	declared.state = "reversed"
	return Answer{}
}
