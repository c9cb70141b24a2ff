package audit

import (
	"cmp"
	"slices"

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
	activities map[ledger.ActivityID]*ledger.AddActivity
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
		units: map[ledger.UnitID]*ledger.AddUnit{}, activities: map[ledger.ActivityID]*ledger.AddActivity{},
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
