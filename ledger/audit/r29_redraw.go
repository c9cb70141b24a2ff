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
		given   []donation

		earners, servers roll     // who has points, and who has minutes
		pools            []string // that have points
		below            below
	}

	// donation is what somebody gave for welfare on a day, negative where they had it, until it was reversed.
	donation struct {
		entry        ledger.Index // that moved it
		who          ledger.VolunteerID
		on, reversed ledger.Date
		points       ledger.Amount
	}

	// roll groups volunteers by the unit to which they belonged on a day: a text of one community looks at its own people only.
	roll struct {
		all   []ledger.VolunteerID
		known int // how many of them are grouped
		last  ledger.Date
		of    map[ledger.UnitID][]ledger.VolunteerID // nil where they have to be grouped again
	}

	// below has what stood below each unit on a day.
	below struct {
		on ledger.Date
		of map[ledger.UnitID]map[ledger.UnitID]bool // nil where it has to be looked up again
	}
)

func newMoves() *moves {
	return &moves{
		points:  map[string][]month{},
		shelves: map[shelf][]month{},
		hours:   map[ledger.VolunteerID][]month{},
		names:   map[ledger.Commodity]string{},
		service: map[ledger.ActivityID]string{},
		agreed:  map[ledger.VolunteerID]bool{},
	}
}

// under lists in order who belongs to units on a day. unit says to which one somebody does.
func (l *roll) under(covers map[ledger.UnitID]bool, last ledger.Date, unit func(ledger.VolunteerID) ledger.UnitID) []ledger.VolunteerID {
	if l.of == nil || l.last != last {
		l.of, l.last, l.known = map[ledger.UnitID][]ledger.VolunteerID{}, last, 0
	}
	for _, id := range l.all[l.known:] {
		u := unit(id)
		l.of[u] = append(l.of[u], id)
	}
	l.known = len(l.all)
	var list []ledger.VolunteerID
	for u := range covers {
		list = append(list, l.of[u]...)
	}
	slices.Sort(list)
	return list
}

// regroup forgets who belongs where: somebody moved, or goes on under another number.
func (m *moves) regroup() { m.earners.of, m.servers.of = nil, nil }

// standsOver returns a unit and those that stood below it on a day.
func (r *run) standsOver(m *moves, unit ledger.UnitID, on ledger.Date) map[ledger.UnitID]bool {
	b := &m.below
	if b.of == nil || b.on != on {
		b.on, b.of = on, map[ledger.UnitID]map[ledger.UnitID]bool{}
		for _, p := range r.org.Units {
			for _, above := range r.org.Above(p.Unit, on) {
				if b.of[above] == nil {
					b.of[above] = map[ledger.UnitID]bool{}
				}
				b.of[above][p.Unit] = true
			}
		}
	}
	return b.of[unit]
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
	case *ledger.Enroll:
		if m.points[string(body.Volunteer)] != nil || m.hours[body.Volunteer] != nil {
			m.regroup() // in a forged book
		}
	case *ledger.MoveVolunteer, *ledger.Merger:
		m.regroup()
	case *ledger.PoolGift:
		if who, points, ok := e.Donation(); ok {
			m.given = append(m.given, donation{entry: e.Index, who: who, on: e.On, points: points})
		}
	case *ledger.Reversal:
		byEntry := func(g donation, i ledger.Index) int { return cmp.Compare(g.entry, i) }
		if i, ok := slices.BinarySearchFunc(m.given, body.Entry, byEntry); ok {
			m.given[i].reversed = e.On
		}
	case *ledger.AddUnit, *ledger.MoveUnit:
		m.below.of = nil
	}
	_, exchanged := sold(e)
	exchanged = exchanged || e.Kind == ledger.Returned
	for _, p := range e.Postings {
		owner := p.Account.Owner()
		switch p.Account.Class() {
		case ledger.ClassPoints:
			if p.Commodity.Points() {
				earned := e.Kind == ledger.Approved || e.Kind == ledger.CreditPosted || e.Kind == ledger.OpeningPosted
				m.owns(owner)
				m.points[owner] = added(m.points[owner], e.On, -p.Amount, earned, exchanged)
			}
		case ledger.ClassStock:
			k := shelf{ledger.ShopID(owner), p.Commodity}
			m.shelves[k] = added(m.shelves[k], e.On, p.Amount, e.Kind == ledger.Received, exchanged)
		case ledger.ClassHours:
			id := ledger.VolunteerID(owner)
			if m.hours[id] == nil {
				m.servers.all = append(m.servers.all, id)
			}
			m.hours[id] = added(m.hours[id], e.On, p.Amount, true, false)
		default:
		}
	}
}

// owns notes that somebody or a pool has points.
func (m *moves) owns(owner string) {
	id := ledger.VolunteerID(owner)
	switch {
	case m.points[owner] != nil:
	case id.Valid():
		m.earners.all = append(m.earners.all, id)
	default:
		at, _ := slices.BinarySearch(m.pools, owner)
		m.pools = slices.Insert(m.pools, at, owner)
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
	d.shown = r.ruleIn(n.Unit, last).Notice.Mask != ledger.MaskNumbers
	covers := r.standsOver(m, n.Unit, on)
	switch n.What {
	case ledger.PublishPoints:
		d.Points = r.drawnPoints(m, covers, first, last)
	case ledger.PublishGoods:
		d.Goods = r.drawnGoods(m, covers, first, last)
	case ledger.PublishHonours:
		r.drawnHonours(m, d, covers, first, last, r.ruleIn(n.Unit, last).Honours)
	}
	return d
}

func (r *run) drawnRecord(m *moves, d *Drawn, i ledger.Index) {
	rec := r.records.at(i)
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
	var rows []report.PersonRow
	row := func(owner string) (report.PersonRow, bool) {
		before, sum, ok := over(m.points[owner], first, last)
		row := report.PersonRow{Opening: before, Earned: sum.in, Redeemed: sum.out, Other: sum.by, Closing: before + sum.in - sum.out + sum.by}
		return row, ok && row != (report.PersonRow{})
	}
	for _, id := range m.earners.under(covers, last, func(id ledger.VolunteerID) ledger.UnitID { return r.livesIn(id, last) }) {
		if one, ok := row(string(id)); ok {
			one.Volunteer = id
			rows = append(rows, one)
		}
	}
	for _, pool := range m.pools {
		if !covers[r.unitOf(pool)] {
			continue
		}
		if one, ok := row(pool); ok {
			one.Pool = ledger.PoolID(pool)
			rows = append(rows, one)
		}
	}
	return rows
}

// livesIn returns the unit to which somebody belonged on a day; none of whom the book never enrolled.
func (w *world) livesIn(id ledger.VolunteerID, day ledger.Date) ledger.UnitID {
	if p := w.people[id]; p != nil {
		return p.in(day)
	}
	return ""
}

func (r *run) drawnGoods(m *moves, covers map[ledger.UnitID]bool, first, last ledger.Date) (rows []report.GoodsRow) {
	for k, list := range m.shelves {
		if !covers[r.shops[k.shop]] {
			continue
		}
		if before, sum, ok := over(list, first, last); ok {
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

func (r *run) drawnHonours(m *moves, d *Drawn, covers map[ledger.UnitID]bool, first, last ledger.Date, tiers []ledger.HonourTier) {
	served := map[ledger.VolunteerID]ledger.Amount{}
	for _, id := range m.servers.under(covers, last, func(id ledger.VolunteerID) ledger.UnitID { return r.livesIn(r.survivor(id), last) }) {
		_, sum, _ := over(m.hours[id], first, last)
		served[r.survivor(id)] += sum.in
	}
	// What counts is the most that was given by any time less what was had by then; lately is by how much that grew over the period.
	net, all, lately := map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]ledger.Amount{}
	for _, g := range m.given {
		id := r.survivor(g.who)
		if len(tiers) == 0 || g.on > last || g.reversed != 0 && g.reversed <= last || !covers[r.livesIn(id, last)] {
			continue
		}
		net[id] += g.points
		if more := net[id] - all[id]; more > 0 {
			all[id] += more
			if g.on >= first {
				lately[id] += more
			}
		}
		served[id] += 0
	}
	for _, id := range slices.Sorted(maps.Keys(served)) {
		row := report.HonourRow{Volunteer: id, Minutes: max(0, served[id])}
		for _, t := range tiers {
			if all[id] >= t.Points {
				row.Donated, row.Honour = all[id], t.Name
			}
		}
		switch {
		case served[id] <= 0 && (row.Honour == "" || lately[id] <= 0):
		case m.agreed[id]:
			d.Honours = append(d.Honours, row)
		case served[id] > 0:
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
