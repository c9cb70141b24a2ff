package audit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/report"
)

// This file draws again what hung out, from the entries alone, and compares it line by line. An auditor has no names: what a text calls
// somebody is taken from the text, and has to be masked.

// Drawn is what a notice says, drawn again from the entries.
type Drawn struct {
	Notice  ledger.Notice
	Name    string          // of the unit
	Records []ledger.Record // of a notice of records, in its order
	Service []string        // the names of their activities
	Points  []report.PersonRow
	Goods   []report.GoodsRow
	Honours []report.HonourRow
	Others  int // who served and is not on the honour list

	rules map[string]bool // rules whose notices name nobody
	shown bool            // whether the unit's rule lets a month be told by names
}

// nameMark stands on both sides of a number where a text has a name.
const nameMark = "\x01"

// Who is what a text calls somebody about whom line n is: a number between marks in place of a name.
func (d *Drawn) Who(n int, owner string) string {
	named := d.shown
	if d.Notice.What == "" {
		named = !d.rules[d.Records[n].Rule]
	}
	if named || d.Notice.What == ledger.PublishHonours {
		return nameMark + owner + nameMark
	}
	return owner
}

type (
	// month is what moved in a month: of an owner's points, of a shelf, or of somebody's minutes.
	month struct {
		from        ledger.Date // its first day
		in, out, by ledger.Amount
	}

	// shelf is an item of a shop.
	shelf struct {
		shop ledger.ShopID
		item ledger.Commodity
	}

	// moves adds up by months what public texts are made of.
	moves struct {
		points  map[string][]month // credits, exchanges, and the rest
		shelves map[shelf][]month
		hours   map[ledger.VolunteerID][]month
		names   map[ledger.Commodity]string
		service map[ledger.ActivityID]string
		agreed  map[ledger.VolunteerID]bool
	}
)

func newMoves() *moves {
	return &moves{
		map[string][]month{},
		map[shelf][]month{},
		map[ledger.VolunteerID][]month{},
		map[ledger.Commodity]string{},
		map[ledger.ActivityID]string{},
		map[ledger.VolunteerID]bool{},
	}
}

// add takes in an entry.
func (m *moves) add(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.AddItem:
		m.names[body.Item] = body.Name
	case *ledger.AddActivity:
		m.service[body.Activity] = body.Name
	case *ledger.SetConsent:
		m.agreed[body.Volunteer] = body.Publish
	}
	_, exchanged := sold(e)
	exchanged = exchanged || e.Kind == ledger.Returned
	for _, p := range e.Postings {
		owner := p.Account.Owner()
		switch p.Account.Class() {
		case ledger.ClassPoints:
			if p.Commodity.Points() {
				earned := e.Kind == ledger.Approved || e.Kind == ledger.CreditPosted || e.Kind == ledger.OpeningPosted
				m.points[owner] = added(m.points[owner], e.On, -p.Amount, earned, exchanged)
			}
		case ledger.ClassStock:
			k := shelf{ledger.ShopID(owner), p.Commodity}
			m.shelves[k] = added(m.shelves[k], e.On, p.Amount, e.Kind == ledger.Received, exchanged)
		case ledger.ClassHours:
			id := ledger.VolunteerID(owner)
			m.hours[id] = added(m.hours[id], e.On, p.Amount, true, false)
		default:
		}
	}
}

// added adds an amount to the month of a day.
func added(list []month, on ledger.Date, n ledger.Amount, in, out bool) []month {
	from, _ := ledger.Monthly.Around(on)
	if len(list) == 0 || list[len(list)-1].from != from {
		list = append(list, month{from: from})
	}
	switch last := &list[len(list)-1]; {
	case in:
		last.in += n
	case out:
		last.out -= n
	default:
		last.by += n
	}
	return list
}

// over adds up a period of whole months, and what there was before it. ok is false where nothing ever moved until its end.
func over(list []month, from, until ledger.Date) (before ledger.Amount, sum month, ok bool) {
	for _, x := range list {
		switch {
		case x.from > until:
			return before, sum, ok
		case x.from < from:
			before += x.in - x.out + x.by
		default:
			sum.in, sum.out, sum.by = sum.in+x.in, sum.out+x.out, sum.by+x.by
		}
		ok = true
	}
	return before, sum, ok
}

// drawn draws a notice again, as its entry found the book.
func (r *run) drawn(m *moves, n ledger.Notice, on ledger.Date) *Drawn {
	d := &Drawn{Notice: n, rules: map[string]bool{}, shown: true}
	if u := r.units[n.Unit]; u != nil {
		d.Name = u.Name
	}
	if n.What == "" {
		for _, i := range n.Records {
			r.drawnRecord(m, d, i)
		}
		return d
	}
	first, last, _ := ledger.PeriodOf(n.Period)
	if u := r.units[n.Unit]; u != nil {
		rule, _ := r.rules.For(r.org.Above(n.Unit, last), u.Rule, last)
		d.shown = rule.Notice.Mask != ledger.MaskNumbers
	}
	covers := map[ledger.UnitID]bool{}
	for u := range r.units {
		covers[u] = slices.Contains(r.org.Above(u, on), n.Unit)
	}
	switch n.What {
	case ledger.PublishPoints:
		d.Points = r.drawnPoints(m, covers, first, last)
	case ledger.PublishGoods:
		d.Goods = r.drawnGoods(m, covers, first, last)
	case ledger.PublishHonours:
		r.drawnHonours(m, d, covers, first, last)
	}
	return d
}

func (r *run) drawnRecord(m *moves, d *Drawn, i ledger.Index) {
	rec := r.records[i]
	if rec == nil {
		return // said already
	}
	one := ledger.Record{Index: i, Volunteer: rec.volunteer, Rule: rec.rule}
	name := ""
	if h := rec.hours; h != nil {
		one.Kind, one.Start, one.Minutes, one.Points = ledger.HoursDeclared, h.Start, h.Minutes, h.Points
		name = m.service[h.Activity]
	} else if a := rec.acts; a != nil {
		one.Kind, one.Code, one.Quantity, one.On, one.Points, one.Deduct = ledger.ActsDeclared, a.Code, a.Quantity, a.On, a.Points, a.Deduct
	}
	if rule := r.ruleOf(rec); rule != nil {
		d.rules[rec.rule] = rule.Notice.Mask == ledger.MaskNumbers
	}
	d.Records, d.Service = append(d.Records, one), append(d.Service, name)
}

func (r *run) drawnPoints(m *moves, covers map[ledger.UnitID]bool, first, last ledger.Date) []report.PersonRow {
	var volunteers, pools []report.PersonRow
	for _, owner := range slices.Sorted(maps.Keys(m.points)) {
		before, sum, ok := over(m.points[owner], first, last)
		row := report.PersonRow{Opening: before, Earned: sum.in, Redeemed: sum.out, Other: sum.by, Closing: before + sum.in - sum.out + sum.by}
		if !ok || row == (report.PersonRow{}) {
			continue
		}
		id := ledger.VolunteerID(owner)
		switch p := r.people[id]; {
		case !id.Valid():
			if row.Pool = ledger.PoolID(owner); covers[r.unitOf(owner)] {
				pools = append(pools, row)
			}
		case p != nil && covers[p.in(last)]:
			row.Volunteer = id
			volunteers = append(volunteers, row)
		}
	}
	return append(volunteers, pools...)
}

func (r *run) drawnGoods(m *moves, covers map[ledger.UnitID]bool, first, last ledger.Date) (rows []report.GoodsRow) {
	for k, list := range m.shelves {
		before, sum, ok := over(list, first, last)
		if ok && covers[r.shops[k.shop]] {
			rows = append(rows, report.GoodsRow{
				Shop: k.shop, Item: k.item, Name: m.names[k.item], Opening: before, Received: sum.in, Given: sum.out, Other: sum.by,
				Closing: before + sum.in - sum.out + sum.by,
			})
		}
	}
	slices.SortFunc(rows, func(a, b report.GoodsRow) int {
		return strings.Compare(string(a.Shop)+" "+string(a.Item), string(b.Shop)+" "+string(b.Item))
	})
	return rows
}

func (r *run) drawnHonours(m *moves, d *Drawn, covers map[ledger.UnitID]bool, first, last ledger.Date) {
	served := map[ledger.VolunteerID]ledger.Amount{}
	for id, list := range m.hours {
		_, sum, _ := over(list, first, last)
		if who := r.survivor(id); r.people[who] != nil && covers[r.people[who].in(last)] {
			served[who] += sum.in
		}
	}
	for _, id := range slices.Sorted(maps.Keys(served)) {
		switch {
		case served[id] <= 0:
		case m.agreed[id]:
			d.Honours = append(d.Honours, report.HonourRow{Volunteer: id, Minutes: served[id]})
		default:
			d.Others++
		}
	}
	slices.SortStableFunc(d.Honours, func(a, b report.HonourRow) int { return cmp.Compare(b.Minutes, a.Minutes) })
}

// survivor returns the number that goes on, whatever was merged on the way.
func (w *world) survivor(id ledger.VolunteerID) ledger.VolunteerID {
	for next := w.goesOn(id); next != id; next = w.goesOn(id) {
		id = next
	}
	return id
}

// unlike compares a text with those that were drawn again, in each language, and returns the first line that differs: its number, from
// 1, and what it ought to be. Nothing differs where n is 0.
func unlike(text string, drawn []string) (n int, ought string) {
	for _, again := range drawn {
		at, line := compared(text, again)
		if at == 0 {
			return 0, ""
		}
		if at > n { // the language of the text goes on for longest
			n, ought = at, line
		}
	}
	return n, strings.ReplaceAll(ought, nameMark, "")
}

func compared(text, again string) (n int, ought string) {
	has, want := strings.Split(text, "\n"), strings.Split(again, "\n")
	called := map[string]string{} // what the text calls each number
	for i, line := range want {
		if i >= len(has) || !sameLine(has[i], line, called) {
			return i + 1, line
		}
	}
	if len(has) > len(want) {
		return len(want) + 1, ""
	}
	return 0, ""
}

// sameLine reports whether a line is what was drawn, with a masked name or the number where a name stands; always the same one.
func sameLine(has, want string, called map[string]string) bool {
	before, rest, named := strings.Cut(want, nameMark)
	owner, after, _ := strings.Cut(rest, nameMark)
	if !named {
		return has == want
	}
	if len(has) < len(before)+len(after) || !strings.HasPrefix(has, before) || !strings.HasSuffix(has, after) {
		return false
	}
	name := has[len(before) : len(has)-len(after)]
	if name != owner && !strings.Contains(name, "*") {
		return false
	}
	if first, known := called[owner]; known && first != name {
		return false
	}
	called[owner] = name
	return true
}
