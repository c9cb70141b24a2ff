package ledger

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Source is where a View reads: one snapshot of an index, or a folded book. Values are as Book stores them.
type Source interface {
	// Fact returns a fact, nil where it does not exist.
	Fact(id FactID) ([]byte, error)
	// Facts returns the facts whose id begins with prefix, in the order of their ids.
	Facts(prefix FactID) iter.Seq2[Fact, error]
	// Lines returns up to n movements of an account before an entry, the newest first; before 0 means from the newest.
	Lines(k AccountKey, before Index, n int) ([]Line, error)
	// Waiting returns records in order, among them every one that the query asks for; the reader looks at each.
	Waiting(q WaitQuery) iter.Seq2[Index, error]
}

// AsOf says at which moment a view stands. The zero AsOf is now; where both are given, it is the earlier.
type AsOf struct {
	On   Date  // the end of that day
	Size Index // the first Size entries
}

// View reads the book as it stood after Head.Size entries, with On as today. It is the one way in which people, pages and
// commands read, whether there is an index or only a journal.
type View struct {
	src  Source
	head Head
	on   Date
}

// NewView returns a view of one snapshot. Lots that had lapsed by the day on are not available in it.
func NewView(src Source, head Head, on Date) View { return View{src, head, on} }

// Head returns the head that the view stands at.
func (v View) Head() Head { return v.head }

// On returns the day that the view calls today.
func (v View) On() Date { return v.on }

// find reads one fact by its id; a missing one is a *Rejection with NotFound and the key as its subject.
func find[V any, P value[V]](v View, family, key string) (V, error) {
	var out V
	b, err := v.src.Fact(FactID(family + "/" + key))
	switch {
	case err != nil:
		return out, fmt.Errorf("read %s %s: %w", family, key, err)
	case b == nil:
		return out, notFound(strings.TrimLeft(key, "0")) // indexes are padded so that they sort
	}
	if err := decodeFact(b, P(&out)); err != nil {
		return out, fmt.Errorf("read %s %s: %w: %w", family, key, ErrCorrupt, err)
	}
	return out, nil
}

// all reads every fact of a family, in the order of their keys.
func all[V any, P value[V]](v View, family string) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for f, err := range v.src.Facts(FactID(family + "/")) {
			var out V
			if err == nil {
				err = decodeFact(f.Value, P(&out))
			}
			if err != nil {
				err = fmt.Errorf("read %s: %w", family, err)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// Book returns the facts of the book itself.
func (v View) Book() (BookFact, error) { return find[BookFact](v, "book", "") }

// Staff returns a staff number and its roles.
func (v View) Staff(id StaffID) (Staff, error) { return find[Staff](v, "staff", string(id)) }

// AllStaff returns every staff number.
func (v View) AllStaff() iter.Seq2[Staff, error] { return all[Staff](v, "staff") }

// Unit returns a unit.
func (v View) Unit(id UnitID) (Unit, error) { return find[Unit](v, "unit", string(id)) }

// Units returns every unit.
func (v View) Units() iter.Seq2[Unit, error] { return all[Unit](v, "unit") }

// Shop returns a shop.
func (v View) Shop(id ShopID) (Shop, error) { return find[Shop](v, "shop", string(id)) }

// Shops returns every shop.
func (v View) Shops() iter.Seq2[Shop, error] { return all[Shop](v, "shop") }

// Donors returns every donor.
func (v View) Donors() iter.Seq2[Donor, error] { return all[Donor](v, "donor") }

// Donor returns a donor.
func (v View) Donor(id DonorID) (Donor, error) { return find[Donor](v, "donor", string(id)) }

// Item returns an item with its prices.
func (v View) Item(id Commodity) (Item, error) { return find[Item](v, "item", string(id)) }

// Items returns every item.
func (v View) Items() iter.Seq2[Item, error] { return all[Item](v, "item") }

// Activity returns an activity.
func (v View) Activity(id ActivityID) (Activity, error) {
	return find[Activity](v, "activity", string(id))
}

// Activities returns every activity.
func (v View) Activities() iter.Seq2[Activity, error] { return all[Activity](v, "activity") }

// Volunteer returns the standing of a volunteer number, with the unit and household of the view's day.
func (v View) Volunteer(id VolunteerID) (Volunteer, error) {
	who, err := find[Volunteer](v, "volunteer", string(id))
	return *who.Then(v.on), err
}

// Volunteers returns every volunteer number, each with the unit and household of the view's day.
func (v View) Volunteers() iter.Seq2[Volunteer, error] {
	return func(yield func(Volunteer, error) bool) {
		for who, err := range all[Volunteer](v, "volunteer") {
			if !yield(*who.Then(v.on), err) || err != nil {
				return
			}
		}
	}
}

// Record returns a declared record.
func (v View) Record(i Index) (Record, error) { return find[Record](v, "record", writeIndex(i)) }

// Records returns every declared record, in order.
func (v View) Records() iter.Seq2[Record, error] { return all[Record](v, "record") }

// RecordsOf returns the records that a reference means: the record itself or, of an imported file, those of its rows that wait; of 0,
// every record that waits.
func (v View) RecordsOf(ref Index) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if ref > 0 {
			e, err := v.Entry(ref)
			if err == nil && e.Kind != Imported {
				yield(v.Record(ref))
				return
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
		}
		for rec, err := range v.Waiting(WaitQuery{}) {
			if err == nil && ref > 0 && rec.Import != ref {
				continue
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// After returns what later entries undid of an entry; nothing undone is the zero After.
func (v View) After(i Index) (After, error) {
	after, err := find[After](v, "after", writeIndex(i))
	if isNotFound(err) {
		err = nil
	}
	if after.Reversed >= v.head.Size { // an index that goes further knows of it
		after.Reversed = 0
	}
	return after, err
}

// Day returns what a person served and did on a day; a day without anything is the zero Day.
func (v View) Day(id VolunteerID, on Date) (Day, error) {
	day, err := find[Day](v, "day", writeDay(dayKey{id, on}))
	if isNotFound(err) {
		err = nil
	}
	return day, err
}

// Tallied adds up what stands declared of a point standard, or of all of them where none is named, from one day to another: of a
// volunteer, a household or a unit.
func (v View) Tallied(owner string, code Code, from, until Date) (sum TallyDay, err error) {
	what := allEarned
	if code != "" {
		what = string(code)
	}
	return v.tallied(owner, what, from, until)
}

func (v View) tallied(owner, what string, from, until Date) (sum TallyDay, err error) {
	var who Volunteer
	if VolunteerID(owner).Valid() {
		if who, err = v.Volunteer(VolunteerID(owner)); err != nil && !isNotFound(err) {
			return sum, err
		}
	}
	for _, o := range who.owners(owner) {
		for year := from.year(); year <= until.year(); year++ {
			t, err := find[Tally](v, "tally", writeTally(tallyKey{o, year}))
			if err != nil && !isNotFound(err) {
				return sum, err
			}
			sum = sum.plus(t.sum(what, from, until))
		}
	}
	return sum, nil
}

// Calendar returns what was said of the working days of each year.
func (v View) Calendar() (Calendar, error) {
	c, err := find[Calendar](v, "calendar", "")
	if isNotFound(err) {
		err = nil
	}
	return c, err
}

// Attended returns the session that an entry opened.
func (v View) Attended(i Index) (Attended, error) {
	return find[Attended](v, "session", writeIndex(i))
}

// OpenedSession is a session under the entry that opened it.
type OpenedSession struct {
	Session Index
	Attended
}

// Sessions returns every session, in the order in which they were opened.
func (v View) Sessions() iter.Seq2[OpenedSession, error] {
	const family = "session/"
	return func(yield func(OpenedSession, error) bool) {
		for f, err := range v.src.Facts(family) {
			var out OpenedSession
			if err == nil {
				out.Session, _ = readIndex(strings.TrimPrefix(string(f.ID), family))
				err = decodeFact(f.Value, &out.Attended)
			}
			if err != nil {
				err = fmt.Errorf("read sessions: %w", err)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// Rules returns every version of every rule set; a book without rules has none.
func (v View) Rules() (Rules, error) {
	r, err := find[Rules](v, "rules", "")
	if isNotFound(err) {
		err = nil
	}
	return r, err
}

// Org returns which unit stood under which, by date; a book without units has none.
func (v View) Org() (Org, error) {
	o, err := find[Org](v, "org", "")
	if isNotFound(err) {
		err = nil
	}
	return o, err
}

// Account returns the state of a balance; one that nothing was posted to is the zero Account.
func (v View) Account(k AccountKey) (Account, error) {
	a, err := find[Account](v, "account", k.String())
	if isNotFound(err) {
		err = nil
	}
	return a, err
}

// Hold returns a hold and what became of it.
func (v View) Hold(i Index) (HoldFact, error) { return find[HoldFact](v, "hold", writeIndex(i)) }

// Holds returns every hold, in order.
func (v View) Holds() iter.Seq2[HoldFact, error] { return all[HoldFact](v, "hold") }

// Key returns the entry that a key named.
func (v View) Key(k Key) (KeyFact, error) { return find[KeyFact](v, "key", string(k)) }

// Entry returns an entry by its index.
func (v View) Entry(i Index) (Entry, error) {
	if i < 0 || i >= v.head.Size {
		return Entry{}, notFound(fmt.Sprint(i))
	}
	line, err := v.src.Fact(EntryFact(i))
	if err != nil {
		return Entry{}, fmt.Errorf("read entry %d: %w", i, err)
	}
	if line == nil {
		return Entry{}, notFound(fmt.Sprint(i))
	}
	e, err := ParseLine(line)
	if err != nil && !errors.Is(err, ErrNewer) {
		return Entry{}, &CorruptError{i, err}
	}
	return e, err
}

func isNotFound(err error) bool {
	r, ok := err.(*Rejection) //nolint:errorlint // find returns it unwrapped
	return ok && r.Reason == NotFound
}

// Balance is what a volunteer has. Amounts of points are positive where the market owes them.
type Balance struct {
	Volunteer   VolunteerID
	Status      Status
	Available   Amount // may be drawn today
	Held        Amount // reserved
	Pending     Amount // declared and not yet credited
	Lapsed      Amount // in lots past their date that no run has expired yet
	Recoverable Amount // spent from credits that were reversed: owed by the volunteer
	Gift        Amount // gift points
	GiftLots    []Lot  // of those, the ones that lapse, in the order in which they are drawn
	Pool        PoolID // of the household, out of which the volunteer may exchange what they lack themself
	Shared      Amount // what that has available
	SharedLots  []Lot  // of that, open and not lapsed, in the order in which they are drawn
	Lots        []Lot  // open and not lapsed, in the order in which they are drawn
	Minutes     Amount // served
	AsOf        Index  // the newest entry that is seen
	On          Date   // the day that counts as today
}

// Spendable is what the volunteer may exchange: their own, and what their household holds.
func (b Balance) Spendable() Amount { return b.Available + b.Shared }

// NextExpiry returns the next day after which something lapses of what the volunteer may exchange, and how much; 0 where nothing does.
func (b Balance) NextExpiry() (on Date, points Amount) {
	for _, lots := range [...][]Lot{b.Lots, b.SharedLots} {
		for _, l := range lots {
			switch {
			case l.Expires == 0:
			case on == 0 || l.Expires < on:
				on, points = l.Expires, l.Left
			case l.Expires == on:
				points += l.Left
			}
		}
	}
	return on, points
}

// Balance returns what a volunteer has, today or as the view's head and day say.
func (v View) Balance(id VolunteerID) (Balance, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return Balance{}, err
	}
	points, err := v.Account(AccountKey{PointsOf(id), Point})
	if err != nil {
		return Balance{}, err
	}
	minutes, err := v.Minutes(who)
	if err != nil {
		return Balance{}, err
	}
	owed, err := v.Account(AccountKey{RecoverableOf(id), Point})
	if err != nil {
		return Balance{}, err
	}
	gifts, err := v.Account(AccountKey{GiftsOf(id), GiftPoint})
	if err != nil {
		return Balance{}, err
	}
	b := Balance{
		Volunteer: id, Status: who.Status, Available: points.Available(v.on), Pending: points.Pending,
		Recoverable: owed.Balance, Gift: gifts.Owned(v.on), GiftLots: unlapsed(gifts.Lots, v.on), Minutes: minutes, AsOf: v.head.Size - 1, On: v.on,
	}
	for _, l := range points.Lots {
		b.Held += l.Held
		if l.Lapsed(v.on) {
			b.Lapsed += l.Free()
			continue
		}
		b.Lots = append(b.Lots, l)
	}
	if b.Pool, err = v.SharedPool(who); err != nil || b.Pool == "" {
		return b, err
	}
	pool, err := v.Pool(b.Pool)
	b.Shared = pool.Available
	for _, l := range pool.Lots {
		if !l.Lapsed(v.on) {
			b.SharedLots = append(b.SharedLots, l)
		}
	}
	return b, err
}

// unlapsed returns the lots that may still be drawn from.
func unlapsed(lots []Lot, on Date) []Lot {
	return slices.DeleteFunc(slices.Clone(lots), func(l Lot) bool { return l.Lapsed(on) })
}

// StatementLine is one row of a statement: an entry, what it moved, and the balance after it.
type StatementLine struct {
	Entry   Entry
	Account AccountKey
	Amount  Amount // as the person sees it: points and minutes received are positive
	Balance Amount // likewise
	After   After  // what was undone of the entry later
}

// Statement is a page of a volunteer's statement, the newest first.
type Statement struct {
	Volunteer VolunteerID
	Lines     []StatementLine
	Next      Index // ask for lines before it to go on; 0 where this is the last page
}

// pageOf returns up to n movements of one account of a volunteer before an entry, the newest first; before 0 means from the
// newest. Its cost does not grow with the age of the account.
func (v View) pageOf(k AccountKey, before Index, n int) (Statement, error) {
	n = max(n, 1)
	lines, err := v.src.Lines(k, before, n+1)
	if err != nil {
		return Statement{}, fmt.Errorf("statement of %s: %w", k, err)
	}
	out := Statement{Volunteer: VolunteerID(k.ID.Owner())}
	if len(lines) > n {
		lines = lines[:n]
		out.Next = lines[n-1].Index
	}
	sign := Amount(1)
	if c := k.ID.Class(); c == ClassPoints || c == ClassGift {
		sign = -1
	}
	for _, l := range lines {
		e, err := v.Entry(l.Index)
		if err != nil {
			return Statement{}, err
		}
		after, err := v.After(l.Index)
		if err != nil {
			return Statement{}, err
		}
		out.Lines = append(out.Lines, StatementLine{e, k, sign * l.Amount, sign * l.Balance, after})
	}
	return out, nil
}

// AccountBalance is one row of a trial balance.
type AccountBalance struct {
	Account AccountKey
	Balance Amount
}

// TrialBalance lists every balance in the order of its key. In each commodity they sum to zero (I2).
func (v View) TrialBalance() iter.Seq2[AccountBalance, error] {
	return func(yield func(AccountBalance, error) bool) {
		for f, err := range v.src.Facts("account/") {
			var row AccountBalance
			if err == nil {
				row, err = balanceOf(f)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func balanceOf(f Fact) (AccountBalance, error) {
	key := string(f.ID)[len("account/"):]
	k, ok := ParseAccountKey(key)
	var a Account
	err := decodeFact(f.Value, &a)
	if !ok || err != nil {
		return AccountBalance{}, fmt.Errorf("%w: account %s: %w", ErrCorrupt, key, err)
	}
	return AccountBalance{k, a.Balance}, nil
}

// ParseAccount reads an Account in its stored form, as Line.State carries it.
func ParseAccount(b []byte) (Account, error) {
	var a Account
	return a, decodeFact(b, &a)
}

// Request returns a request for help and what became of it.
func (v View) Request(id RequestID) (Request, error) {
	return find[Request](v, "request", string(id))
}

// Requests returns every request for help, in the order of their numbers.
func (v View) Requests() iter.Seq2[Request, error] { return all[Request](v, "request") }

// Budget returns what a unit may spend on goods; a unit without a budget has the zero Budget.
func (v View) Budget(id UnitID) (Budget, error) {
	f, err := find[Budget](v, "budget", string(id))
	if isNotFound(err) {
		err = nil
	}
	return f, err
}

// Budgets returns the budget of every unit that was given one.
func (v View) Budgets() iter.Seq2[Budget, error] { return all[Budget](v, "budget") }
