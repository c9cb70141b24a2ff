package audit

import (
	"cmp"
	"slices"
	"strings"

	"aixin/ledger"
)

// world is what the entries so far say, folded anew and without the book that decided them: who is who, which rules and prices
// hold, and what stands on each account and lot. Checks see an entry before it is folded.
type world struct {
	size ledger.Index
	now  ledger.Date // of the entry that is looked at
	last ledger.Date
	days []firstOf // the first entry of each day, in order

	staff      map[ledger.StaffID]*staff
	people     map[ledger.VolunteerID]*person
	homes      map[ledger.HouseholdID]ledger.UnitID
	shops      map[ledger.ShopID]ledger.UnitID
	units      map[ledger.UnitID]*ledger.AddUnit
	activities map[ledger.ActivityID]ledger.Code
	org        ledger.Org
	rules      ledger.Rules
	byName     map[string]*ledger.Rule
	items      map[ledger.Commodity]*ledger.Item
	calendar   ledger.Calendar

	balance   map[ledger.AccountKey]ledger.Amount // of accounts that a check asks for
	lots      openLots
	opened    map[ledger.AccountID][]ledger.LotID // every lot of points that an account ever had
	records   byEntry[record]
	declared  []*record       // of them, in order
	credits   byEntry[record] // by the entry that credited them
	exchanges byEntry[exchange]
	proposals map[ledger.Index]ledger.StaffID
	closed    map[ledger.ShopID]ledger.Index // the newest close
	holds     map[ledger.Index]*hold
	setAside  map[ledger.LotID][]ledger.Index // the holds of some of a lot
	notices   map[ledger.Index]*notice
	counted   map[ledger.Index]ledger.ShopID // the shop of each count
}

type (
	// firstOf is the first entry of a day.
	firstOf struct {
		index ledger.Index
		on    ledger.Date
	}

	// staff is somebody who acts.
	staff struct {
		volunteer ledger.VolunteerID
		kin       []ledger.VolunteerID
		roles     []ledger.Role      // appointed
		grants    []ledger.RoleGrant // in the order of their entries
	}

	// person is a volunteer number.
	person struct {
		unit      ledger.UnitID      // of the enrolment
		household ledger.HouseholdID // the same
		moved     []*ledger.MoveVolunteer
		lived     []*ledger.SetHousehold
		joined    []ledger.Membership // as far as it was said, in order
		enrolled  ledger.Index
		leaves    ledger.Index // the entry that said so, until it is settled or taken back
		leaveBy   ledger.Date  // the last day to settle
		status    ledger.Status
		gone      ledger.Index // the entry that closed the number, by whatever way
		kin       []ledger.VolunteerID
		classes   []ledger.Beneficiary
		into      ledger.VolunteerID   // the number that goes on, also where that one was merged later
		merged    []ledger.VolunteerID // the numbers that were merged into it
		guardian  ledger.VolunteerID
		until     ledger.Date
	}

	// lotKey names a lot on an account.
	lotKey struct {
		account ledger.AccountID
		lot     ledger.LotID
	}

	// lot is what is left of it.
	lot struct {
		left    ledger.Amount
		expires ledger.Date
		only    ledger.Restriction
	}

	// record is a declared record and what became of it.
	record struct {
		index     ledger.Index
		on        ledger.Date // of the declaration
		declarer  ledger.StaffID
		volunteer ledger.VolunteerID
		unit      ledger.UnitID
		home      ledger.HouseholdID // of the day of the record, as it was known then
		pool      ledger.PoolID      // that holds the points; none where the person does
		rule      string
		hours     *ledger.HoursRecord
		acts      *ledger.ActsRecord
		opened    ledger.Amount // points of an opening balance
		approver  ledger.StaffID
		approved  ledger.Index // the entry that approved it last
		notice    ledger.Index
		objection ledger.Index // that waits for its answer
		gone      bool         // sent back or reversed
	}

	// exchange is what went over a counter.
	exchange struct {
		volunteer ledger.VolunteerID
		shop      ledger.ShopID
		clerk     ledger.StaffID
		actor     ledger.StaffID // of the entry
		on        ledger.Date
		points    ledger.Amount
		pool      ledger.PoolID // that paid a part of it
	}

	// hold is what was set aside.
	hold struct {
		body   *ledger.Reservation
		on     ledger.Date
		closed bool
	}

	// notice is what hung on a board.
	notice struct {
		until   ledger.Date
		removed ledger.Date
	}
)

func newWorld() *world {
	return &world{
		staff: map[ledger.StaffID]*staff{}, people: map[ledger.VolunteerID]*person{}, homes: map[ledger.HouseholdID]ledger.UnitID{}, shops: map[ledger.ShopID]ledger.UnitID{},
		units: map[ledger.UnitID]*ledger.AddUnit{}, activities: map[ledger.ActivityID]ledger.Code{},
		byName: map[string]*ledger.Rule{}, items: map[ledger.Commodity]*ledger.Item{}, balance: map[ledger.AccountKey]ledger.Amount{}, lots: openLots{rest: map[lotKey]lot{}}, opened: map[ledger.AccountID][]ledger.LotID{},
		proposals: map[ledger.Index]ledger.StaffID{},
		closed:    map[ledger.ShopID]ledger.Index{}, holds: map[ledger.Index]*hold{}, setAside: map[ledger.LotID][]ledger.Index{}, notices: map[ledger.Index]*notice{}, counted: map[ledger.Index]ledger.ShopID{},
	}
}

// fold takes in an entry.
func (w *world) fold(e *ledger.Entry) {
	w.size = e.Index + 1
	if len(w.days) == 0 || e.On > w.last {
		w.days = append(w.days, firstOf{e.Index, e.On})
	}
	w.last = max(w.last, e.On)
	w.foldPostings(e)
	w.foldPlaces(e)
	w.foldPeople(e)
	w.foldRecords(e)
	w.foldCounter(e)
}

// dayOf returns the day of an entry.
func (w *world) dayOf(i ledger.Index) ledger.Date {
	n, found := slices.BinarySearchFunc(w.days, i, func(f firstOf, i ledger.Index) int { return cmp.Compare(f.index, i) })
	if !found {
		n--
	}
	if n < 0 {
		return 0
	}
	return w.days[n].on
}

func (w *world) foldPostings(e *ledger.Entry) {
	for _, p := range e.Postings {
		if asked(p.Account) {
			w.balance[ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}] += p.Amount
		}
		if p.Lot == 0 {
			continue
		}
		k, n := lotKey{p.Account, p.Lot}, adds(p)
		l := w.lots.at(k)
		l.left += n
		if n > 0 {
			l.expires = e.LotExpires(p.Lot)
			if p.Commodity.Points() && p.Lot.Entry() == e.Index {
				w.opened[p.Account] = append(w.opened[p.Account], p.Lot)
			}
			if r, ok := e.Body.(*ledger.Receive); ok {
				l.only = r.Only
			}
		}
		if l.left == 0 && p.Commodity == ledger.Point {
			w.lots.remove(k) // what comes back into it states its date anew
			continue
		}
		w.lots.set(k, l, e.Index)
	}
}

// asked reports whether a check asks what stands on an account: what somebody holds or owes, or is short on a shelf. Of the other side of
// it, which is three postings of four, none does.
func asked(a ledger.AccountID) bool {
	return holder(a) || a.Class() == ledger.ClassShort || a.Class() == ledger.ClassRecoverable
}

// adds is how much a posting adds to its lot: points are owed, goods are held.
func adds(p ledger.Posting) ledger.Amount {
	if p.Commodity.Points() {
		return -p.Amount
	}
	return p.Amount
}

// foldPlaces takes in units, shops, rules and prices.
func (w *world) foldPlaces(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.AddUnit:
		w.units[body.Unit] = body
		i, _ := w.place(body.Unit)
		w.org.Units = slices.Insert(w.org.Units, i, ledger.Place{Unit: body.Unit, Parent: body.Parent})
	case *ledger.MoveUnit:
		if i, ok := w.place(body.Unit); ok {
			at := &w.org.Units[i]
			at.Moves = slices.DeleteFunc(at.Moves, func(m ledger.UnitMove) bool { return m.From == body.From })
			at.Moves = append(at.Moves, ledger.UnitMove{From: body.From, Parent: body.Parent})
			slices.SortFunc(at.Moves, func(a, b ledger.UnitMove) int { return cmp.Compare(a.From, b.From) })
		}
	case *ledger.AddShop:
		w.shops[body.Shop] = body.Unit
	case *ledger.SetRule:
		w.rules.List = append(w.rules.List, body.Rule)
	case *ledger.AddActivity:
		w.activities[body.Activity] = body.Code
	case *ledger.AddItem:
		w.items[body.Item] = &ledger.Item{Item: body.Item, Prices: []ledger.Price{{From: body.From, Points: body.Points}}}
	case *ledger.PriceItem:
		if item := w.items[body.Item]; item != nil {
			item.Prices = slices.DeleteFunc(item.Prices, func(p ledger.Price) bool { return p.From == body.From })
			item.Prices = append(item.Prices, ledger.Price{From: body.From, Points: body.Points})
			slices.SortFunc(item.Prices, func(a, b ledger.Price) int { return cmp.Compare(a.From, b.From) })
		}
	case *ledger.SetCalendar:
		w.calendar.Years = slices.DeleteFunc(w.calendar.Years, func(y ledger.SetCalendar) bool { return y.Year == body.Year })
		w.calendar.Years = append(w.calendar.Years, *body)
	}
}

func (w *world) place(u ledger.UnitID) (int, bool) {
	return slices.BinarySearchFunc(w.org.Units, u, func(p ledger.Place, u ledger.UnitID) int { return cmp.Compare(p.Unit, u) })
}

// found keeps the unit of whoever lived in a household first: that of its pool.
func (w *world) found(h ledger.HouseholdID, unit ledger.UnitID) {
	if _, known := w.homes[h]; h != "" && !known {
		w.homes[h] = unit
	}
}

// in returns the unit of a volunteer on a day: the last word about that day.
func (p *person) in(day ledger.Date) ledger.UnitID {
	unit := p.unit
	for _, m := range p.moved {
		if m.From <= day {
			unit = m.Unit
		}
	}
	return unit
}

// home returns the household of a volunteer on a day.
func (p *person) home(day ledger.Date) ledger.HouseholdID {
	home := p.household
	for _, l := range p.lived {
		if l.From <= day {
			home = l.Household
		}
	}
	return home
}

// joins takes in a word about one more unit, which replaces what was said of it from that day on.
func (p *person) joins(a *ledger.SetMembership) {
	p.joined = slices.DeleteFunc(slices.Clone(p.joined), func(m ledger.Membership) bool { return m.Unit == a.Unit && m.From >= a.From })
	for i, m := range p.joined {
		if m.Unit == a.Unit && (m.Until == 0 || m.Until >= a.From) {
			p.joined[i].Until = a.From.AddDays(-1)
		}
	}
	if !a.Ended {
		p.joined = append(p.joined, ledger.Membership{Unit: a.Unit, From: a.From, Until: a.Until})
	}
}

// units lists the units to which a volunteer belongs on a day: their own first.
func (p *person) units(day ledger.Date) []ledger.UnitID {
	list := []ledger.UnitID{p.in(day)}
	for _, m := range p.joined {
		if m.On(day) {
			list = append(list, m.Unit)
		}
	}
	return list
}

// homeOn returns the household of a volunteer number on a day, which a forged book may never have enrolled.
func (w *world) homeOn(id ledger.VolunteerID, day ledger.Date) ledger.HouseholdID {
	if p := w.people[id]; p != nil {
		return p.home(day)
	}
	return ""
}

// inherits returns the household that a number has from the start, once another was merged into it: its own, or where nothing was ever
// said of it, that of the other.
func (p *person) inherits(other *person, on ledger.Date) ledger.HouseholdID {
	if len(p.lived) > 0 {
		return p.household
	}
	return cmp.Or(p.household, other.home(on))
}

// foldPeople takes in who is who and near to whom.
func (w *world) foldPeople(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Appoint:
		s := w.member(body.Staff)
		s.volunteer, s.roles = body.Volunteer, body.Roles
	case *ledger.GrantRole:
		s := w.member(body.Staff)
		s.grants = append(s.grants, ledger.RoleGrant{Role: body.Role, Scope: body.Scope, From: body.From, Until: body.Until})
	case *ledger.EndRole:
		s := w.member(body.Staff)
		for i, g := range s.grants {
			if g.Role == body.Role && g.Scope == body.Scope && (g.Until == 0 || g.Until > body.Until) {
				s.grants[i].Until = body.Until
			}
		}
	case *ledger.Enroll:
		w.people[body.Volunteer] = &person{unit: body.Unit, household: body.Household, status: ledger.Active, enrolled: e.Index}
		w.found(body.Household, body.Unit)
	case *ledger.MoveVolunteer:
		p := w.person(body.Volunteer)
		p.moved = append(p.moved, body)
	case *ledger.SetHousehold:
		p := w.person(body.Volunteer)
		p.lived = append(p.lived, body)
		w.found(body.Household, p.in(body.From))
	case *ledger.SetMembership:
		w.person(body.Volunteer).joins(body)
	case *ledger.SetStatus:
		p := w.person(body.Volunteer)
		if p.status = body.Status; body.Status == ledger.Closed {
			p.gone = e.Index
		}
	case *ledger.LeaveNotice:
		p := w.person(body.Volunteer)
		if p.leaves, p.leaveBy = e.Index, body.By; body.By == 0 {
			p.leaves = 0
		}
	case *ledger.SetClasses:
		w.person(body.Volunteer).classes = body.Classes
	case *ledger.SetGuardian:
		p := w.person(body.Volunteer)
		p.guardian, p.until = body.Guardian, body.Until
	case *ledger.DeclareKin:
		w.foldKin(body)
	case *ledger.Merger:
		p := w.person(body.From)
		p.into, p.gone, p.status = body.Into, e.Index, ledger.Closed
		for _, earlier := range p.merged {
			w.person(earlier).into = body.Into
		}
		into := w.person(body.Into)
		into.merged = slices.Concat(into.merged, p.merged, []ledger.VolunteerID{body.From})
		into.household = into.inherits(p, e.On)
		into.kin = append(slices.Clone(into.kin), p.kin...)
		into.classes = append(slices.Clone(into.classes), p.classes...)
		into.joined = slices.Concat(into.joined, p.joined)
	case *ledger.Leaving:
		p := w.person(body.Volunteer)
		p.gone, p.status = e.Index, ledger.Closed
	}
}

func (w *world) foldKin(a *ledger.DeclareKin) {
	change := func(list []ledger.VolunteerID, v ledger.VolunteerID) []ledger.VolunteerID {
		list = slices.DeleteFunc(slices.Clone(list), func(k ledger.VolunteerID) bool { return k == v })
		if !a.Ended {
			list = append(list, v)
		}
		return list
	}
	if of := ledger.StaffID(a.Of); of.Valid() {
		s := w.member(of)
		s.kin = change(s.kin, a.Volunteer)
		return
	}
	p := w.person(ledger.VolunteerID(a.Of))
	p.kin = change(p.kin, a.Volunteer)
}

// member returns a staff number, which a forged book may never have appointed.
func (w *world) member(id ledger.StaffID) *staff {
	if w.staff[id] == nil {
		w.staff[id] = &staff{}
	}
	return w.staff[id]
}

// person returns a volunteer number, which a forged book may never have enrolled.
func (w *world) person(id ledger.VolunteerID) *person {
	if w.people[id] == nil {
		w.people[id] = &person{}
	}
	return w.people[id]
}

// foldRecords takes in what was declared and what became of it.
func (w *world) foldRecords(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Proposal:
		w.proposals[e.Index] = e.Actor
	case *ledger.HoursRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, hours: body})
	case *ledger.ActsRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, acts: body})
	case *ledger.OpeningRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, opened: body.Points})
	case *ledger.PostNotice:
		w.notices[e.Index] = &notice{until: body.Until}
		for _, i := range body.Records {
			if rec := w.records.at(i); rec != nil {
				rec.notice = e.Index
			}
		}
	case *ledger.RemoveNotice:
		if n := w.notices[body.Notice]; n != nil {
			n.removed = e.On
		}
	}
	switch body := e.Body.(type) {
	case *ledger.ObjectionRecord:
		if rec := w.records.at(body.Record); rec != nil {
			rec.objection = e.Index
		}
	case *ledger.ObjectionAnswer:
		if rec := w.records.at(body.Record); rec != nil {
			rec.objection = 0
		}
	}
	if rec := w.takenBack(e); rec != nil {
		rec.gone = true
	}
	if loss, ok := e.Body.(*ledger.Loss); ok {
		if rec := w.records.at(loss.Record); rec != nil {
			w.credits.set(e.Index, rec)
		}
	}
	if credit, ok := creditOf(e); ok {
		if rec := w.records.at(credit.Record); rec != nil {
			rec.approver, rec.approved = e.Actor, e.Index
			w.credits.set(e.Index, rec) // of what is worth nothing there are no postings, and it is reversed all the same
		}
	}
}

// creditOf returns what an entry credits or approves.
func creditOf(e *ledger.Entry) (*ledger.Credit, bool) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		return body, true
	case *ledger.RecordCredit:
		return &body.Credit, true
	}
	return nil, false
}

func (w *world) declare(e *ledger.Entry, rec record) {
	rec.index, rec.on, rec.declarer, rec.rule = e.Index, e.On, e.Actor, e.Rule
	rec.home = w.homeOn(rec.volunteer, rec.day())
	w.records.set(rec.index, &rec)
	w.declared = append(w.declared, &rec)
}

// takenBack returns the record that an entry sends back or reverses, or nil.
func (w *world) takenBack(e *ledger.Entry) *record {
	switch body := e.Body.(type) {
	case *ledger.RecordReturn:
		return w.records.at(body.Record)
	case *ledger.ObjectionAnswer:
		if body.Upheld {
			return w.records.at(body.Record)
		}
	case *ledger.Reversal:
		return w.credits.at(body.Entry)
	}
	return nil
}

// ruleOf returns the rule that a record names.
func (w *world) ruleOf(rec *record) *ledger.Rule { return w.named(rec.rule) }

// named returns a rule by its name. Rules are large: they are looked up once.
func (w *world) named(name string) *ledger.Rule {
	if r, ok := w.byName[name]; ok {
		return r
	}
	if r, ok := w.rules.Named(name); ok {
		w.byName[name] = &r
		return &r
	}
	return nil
}

// day is the day of service or of the act; of an opening, that of its declaration.
func (rec *record) day() ledger.Date {
	switch {
	case rec.hours != nil:
		return rec.hours.Start.On()
	case rec.acts != nil:
		return rec.acts.On
	}
	return rec.on
}

// goesOn returns the number under which a person goes on.
func (w *world) goesOn(id ledger.VolunteerID) ledger.VolunteerID {
	if p := w.people[id]; p != nil && p.into != "" {
		return p.into
	}
	return id
}

// numbers lists a number and those that were merged into it.
func (w *world) numbers(id ledger.VolunteerID) []ledger.VolunteerID {
	list := []ledger.VolunteerID{id}
	if p := w.people[id]; p != nil {
		list = append(list, p.merged...)
	}
	return list
}

// foldCounter takes in what went over counters.
func (w *world) foldCounter(e *ledger.Entry) {
	if x, ok := sold(e); ok {
		w.exchanges.set(e.Index, &exchange{x.Volunteer, x.Shop, w.server(e), e.Actor, e.On, sumOf(x.Lines), x.Pool})
	}
	shut := func(i ledger.Index) {
		if h := w.holds[i]; h != nil {
			h.closed = true
		}
	}
	switch body := e.Body.(type) {
	case *ledger.CounterClose:
		w.closed[body.Shop] = e.Index
	case *ledger.OpenCount:
		w.counted[e.Index] = body.Shop
	case *ledger.Reservation:
		w.holds[e.Index] = &hold{body: body, on: e.On}
		for _, l := range body.Lots {
			w.setAside[l.Lot] = append(w.setAside[l.Lot], e.Index)
		}
	case *ledger.Settlement:
		shut(body.Hold)
	case *ledger.HoldRelease:
		shut(body.Hold)
	case *ledger.HoldEnd:
		shut(body.Hold)
	}
}

// sold returns what an entry exchanged. It is Entry.Sold without a copy of the entry.
func sold(e *ledger.Entry) (*ledger.Exchange, bool) {
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		return body, true
	case *ledger.Settlement:
		return &body.Exchange, true
	}
	return nil, false
}

func sumOf(lines []ledger.PricedLine) (sum ledger.Amount) {
	for _, l := range lines {
		sum += l.Points
	}
	return sum
}

// server is who served: whoever proposed it, where a second person approved.
func (w *world) server(e *ledger.Entry) ledger.StaffID {
	if first, ok := w.proposals[e.Proposal]; ok && e.Proposal != 0 {
		return first
	}
	return e.Actor
}

// unitOf returns the unit of a subject: a volunteer, a shop, or a unit itself.
func (w *world) unitOf(subject string) ledger.UnitID {
	switch {
	case subject == "":
	case subject[0] == 'V':
		if p := w.people[ledger.VolunteerID(subject)]; p != nil {
			return p.in(w.last)
		}
	case subject[0] == 'H':
		return w.homes[ledger.HouseholdID(subject)]
	case subject[0] == 'S':
		shop, _, _ := strings.Cut(subject, "/")
		return w.shops[ledger.ShopID(shop)]
	case ledger.UnitID(subject).Valid():
		return ledger.UnitID(subject)
	}
	return ""
}

// ruleOfShop returns the rule that a shop follows on a day.
func (w *world) ruleOfShop(s ledger.ShopID, on ledger.Date) (ledger.Rule, bool) {
	unit := w.units[w.shops[s]]
	if unit == nil {
		return ledger.Rule{}, false
	}
	return w.rules.ForShop(s, w.org.Above(unit.Unit, on), unit.Rule, on)
}

// ruleIn returns the rule of a unit on a day; an empty one where it has none.
func (w *world) ruleIn(u ledger.UnitID, on ledger.Date) ledger.Rule {
	var rule ledger.Rule
	if unit := w.units[u]; unit != nil {
		rule, _ = w.rules.For(w.org.Above(u, on), unit.Rule, on)
	}
	return rule
}

// near reports whether a volunteer is an actor, of their household, or near to them by what was declared so far or by a list from
// outside.
func (r *run) near(actor ledger.StaffID, id ledger.VolunteerID) bool {
	if actor == "" || id == "" {
		return false
	}
	for _, pair := range r.options.Relatives {
		a, b := pair[0], pair[1]
		if a == string(id) {
			a, b = b, a
		}
		if b == string(id) && (a == string(actor) || r.staff[actor] != nil && a == string(r.staff[actor].volunteer)) {
			return true
		}
	}
	s, who := r.staff[actor], r.people[r.goesOn(id)]
	if s == nil {
		return false
	}
	if s.volunteer == id || slices.Contains(s.kin, id) {
		return true
	}
	own := r.people[r.goesOn(s.volunteer)] // where a number was merged, the household is that of the one that goes on
	if own == nil || who == nil {
		return false
	}
	return own == who || (own.home(r.now) != "" && own.home(r.now) == who.home(r.now)) ||
		slices.Contains(own.kin, id) || slices.Contains(who.kin, s.volunteer) ||
		slices.Contains(own.kin, r.goesOn(id)) || slices.Contains(who.kin, r.goesOn(s.volunteer))
}
