package ledger

import (
	"fmt"
	"strings"
	"time"
)

// Book is the state of a journal up to its newest entry, and the only place where a balance changes: Decide turns a command
// into an entry without changing anything, and Post folds an entry in. Serving, replay, verification, reports and tests all
// use the same two. A Book has one owner; it starts no goroutine and reads no clock.
type Book struct {
	zone *time.Location
	next Index     // of the entry that Post expects
	at   time.Time // of the newest entry

	today Date // of the entry that is decided or posted

	complete bool // every fact since entry 0 is in memory, and what is not there does not exist
	posting  bool // Post is under way: nobody else reads

	book         table[single, BookFact, *BookFact]
	rules        table[single, Rules, *Rules]
	keyed        table[Key, KeyFact, *KeyFact]
	staff        table[StaffID, Staff, *Staff]
	units        table[UnitID, Unit, *Unit]
	shops        table[ShopID, Shop, *Shop]
	donors       table[DonorID, Donor, *Donor]
	items        table[Commodity, Item, *Item]
	activities   table[ActivityID, Activity, *Activity]
	volunteers   table[VolunteerID, Volunteer, *Volunteer]
	imports      table[Index, ImportFact, *ImportFact]
	accounts     table[AccountKey, Account, *Account]
	records      table[Index, Record, *Record]
	days         table[dayKey, Day, *Day]
	afters       table[Index, After, *After]
	refusals     table[StaffID, Refusals, *Refusals]
	org          table[single, Org, *Org]
	shelves      table[ShopID, Shelf, *Shelf]
	counts       table[Index, CountFact, *CountFact]
	papers       table[Index, Paper, *Paper]
	dues         table[Date, Due, *Due]
	notices      table[Index, Notice, *Notice]
	boards       table[UnitID, Board, *Board]
	objections   table[Index, Objection, *Objection]
	requests     table[RequestID, Request, *Request]
	budgets      table[UnitID, Budget, *Budget]
	households   table[HouseholdID, Household, *Household]
	counters     table[ShopID, Counter, *Counter]
	visits       table[string, Visits, *Visits]
	presences    table[StaffID, Presences, *Presences]
	proxies      table[VolunteerID, Proxies, *Proxies]
	vouchers     table[ShopID, Vouchers, *Vouchers]
	tallies      table[tallyKey, Tally, *Tally]
	calendar     table[single, Calendar, *Calendar]
	sessions     table[Index, Attended, *Attended]
	holds        table[Index, HoldFact, *HoldFact]
	cards        table[Hash, Card, *Card]
	certificates table[Index, CertificateFact, *CertificateFact]
	families     map[string]family
	names        map[string]string // see kept
	loaded       map[Index]Entry   // entries that were asked for
	posted       []Entry           // entries that are not yet forgotten, in order
	dropped      int               // of posted, how many are forgotten and still stand in its memory
	dirty        []changedRow
	digesting    codec // writes what is hashed and dropped
	sealing      codec // writes what the next Seal gives out, in one piece of memory
	lines        []Line
	states       []Line
	amended      []AccountKey // by the entry that is being folded
	watch        func(AccountKey) bool
	unloaded     FactID  // the first fact that was asked for and not loaded
	wanted       Wants   // what Needs returned last
	formed       Command // the one that Needs looked at last, where it is well formed
}

// NewBook returns the empty book of that zone, which holds all of its facts in memory: for verification, reports and tests. It
// asks for nothing but entries, for postings that undo them.
func NewBook(zone *time.Location) *Book {
	b := newBook(zone)
	b.complete = true
	names := &symbols{numbers: map[string]uint64{}}
	b.keyed.cold, b.keyed.final = newKeySet(), true
	b.records.cold = newPacked[Index, Record](names, &numberedAt{})
	b.days.cold = newPacked[dayKey, Day](names, mapped[dayKey]{})
	b.watch = func(AccountKey) bool { return false }
	return b
}

// NewIndexedBook returns a book that stands after the entries of an index: next is how many there are, at the time of the
// newest. Its facts come by Load as Needs asks for them.
func NewIndexedBook(zone *time.Location, next Index, at time.Time) *Book {
	b := newBook(zone)
	b.next, b.at, b.watch = next, at, HasStatement
	return b
}

// HasStatement reports whether movements of the account are given out as lines: those of persons and shelves. The statement
// of a unit is a fold.
func HasStatement(k AccountKey) bool {
	switch k.ID.Class() {
	case ClassPoints, ClassHours, ClassRecoverable, ClassStock, ClassGift:
		return true
	case ClassServed, ClassIssued, ClassRedeemed, ClassGiven, ClassReceived, ClassShort, ClassBreakage, ClassBase, ClassGranted, ClassDeducted:
	case ClassLost, ClassFound, ClassScrapped, ClassRelieved, ClassGifted:
	}
	return false
}

func newBook(zone *time.Location) *Book {
	b := &Book{zone: zone, loaded: map[Index]Entry{}, names: map[string]string{}, sealing: codec{packs: true}}
	one := func(s single) single { return s }
	b.book = newTable[single, BookFact](b, "book", writeSingle, readSingle, one)
	b.rules = newTable[single, Rules](b, "rules", writeSingle, readSingle, one)
	b.keyed = named[Key, KeyFact](b, "key")
	b.staff = named[StaffID, Staff](b, "staff")
	b.units = named[UnitID, Unit](b, "unit")
	b.shops = named[ShopID, Shop](b, "shop")
	b.donors = named[DonorID, Donor](b, "donor")
	b.items = named[Commodity, Item](b, "item")
	b.activities = named[ActivityID, Activity](b, "activity")
	b.volunteers = named[VolunteerID, Volunteer](b, "volunteer")
	b.imports = indexed[ImportFact](b, "import")
	b.records = indexed[Record](b, "record")
	b.afters = indexed[After](b, "after")
	b.refusals = named[StaffID, Refusals](b, "refusals")
	b.org = newTable[single, Org](b, "org", writeSingle, readSingle, one)
	b.requests = named[RequestID, Request](b, "request")
	b.budgets = named[UnitID, Budget](b, "budget")
	b.households = named[HouseholdID, Household](b, "household")
	b.counters = named[ShopID, Counter](b, "counter")
	b.visits = named[string, Visits](b, "visits")
	b.presences = named[StaffID, Presences](b, "presences")
	b.proxies = named[VolunteerID, Proxies](b, "proxies")
	b.vouchers = named[ShopID, Vouchers](b, "vouchers")
	b.holds = indexed[HoldFact](b, "hold")
	b.days = newTable[dayKey, Day](b, "day", writeDay, readDay, func(k dayKey) dayKey { return dayKey{kept(b, k.volunteer), k.on} })
	b.accounts = newTable[AccountKey, Account](b, "account", AccountKey.String, ParseAccountKey, func(k AccountKey) AccountKey {
		return AccountKey{AccountID{kept(b, k.ID.class), kept(b, k.ID.owner)}, kept(b, k.Commodity)}
	})
	b.shelves = named[ShopID, Shelf](b, "shelf")
	b.counts = indexed[CountFact](b, "count")
	b.papers = indexed[Paper](b, "paper")
	b.dues = newDues(b)
	b.notices = indexed[Notice](b, "notice")
	b.boards = named[UnitID, Board](b, "board")
	b.objections = indexed[Objection](b, "objection")
	b.tallies = newTallies(b)
	b.calendar = newTable[single, Calendar](b, "calendar", writeSingle, readSingle, one)
	b.sessions = indexed[Attended](b, "session")
	b.cards = newTable[Hash, Card](b, "card", Hash.String, readHash, func(h Hash) Hash { return h })
	b.certificates = indexed[CertificateFact](b, "certificate")
	b.keyed.keep, b.records.keep, b.days.keep = MaxPassing, MaxPassing, MaxPassing
	b.families = map[string]family{
		"book": &b.book, "rules": &b.rules, "key": &b.keyed, "staff": &b.staff, "unit": &b.units, "shop": &b.shops,
		"donor": &b.donors, "item": &b.items, "activity": &b.activities, "volunteer": &b.volunteers, "import": &b.imports,
		"account": &b.accounts, "record": &b.records, "day": &b.days, "after": &b.afters, "refusals": &b.refusals,
		"org":   &b.org,
		"shelf": &b.shelves, "count": &b.counts, "paper": &b.papers,
		"due": &b.dues, "notice": &b.notices, "board": &b.boards, "objection": &b.objections,
		"request": &b.requests, "budget": &b.budgets, "household": &b.households,
		"counter": &b.counters, "visits": &b.visits,
		"presences": &b.presences, "proxies": &b.proxies, "vouchers": &b.vouchers,
		"tally": &b.tallies, "calendar": &b.calendar, "session": &b.sessions,
		"hold": &b.holds,
		"card": &b.cards, "certificate": &b.certificates,
	}
	return b
}

// Next returns the index of the entry that Post expects: how many entries the book has.
func (b *Book) Next() Index { return b.next }

// At returns the time of the newest entry.
func (b *Book) At() time.Time { return b.at }

// Zone returns the zone of the book's dates.
func (b *Book) Zone() *time.Location { return b.zone }

// Watch chooses the accounts whose movements Seal gives out as lines. An indexed book starts with HasStatement, a complete one
// with none.
func (b *Book) Watch(accounts func(AccountKey) bool) { b.watch = accounts }

// Load gives the book facts that it wanted. It never replaces a fact that is there, since an unapplied entry may have changed it.
func (b *Book) Load(facts ...Fact) error {
	for _, f := range facts {
		name, key, _ := strings.Cut(string(f.ID), "/")
		if name == "entry" {
			if err := b.loadEntry(key, f.Value); err != nil {
				return err
			}
			continue
		}
		t, ok := b.families[name]
		if !ok {
			return fmt.Errorf("fact %s: no such family", f.ID)
		}
		if err := t.load(key, f); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) loadEntry(key string, line []byte) error {
	i, ok := readIndex(key)
	if !ok || line == nil {
		return fmt.Errorf("fact entry/%s: no such entry", key)
	}
	e, err := ParseLine(line)
	if err == nil && e.Index != i {
		err = fmt.Errorf("the line says %d", e.Index)
	}
	if err != nil {
		return fmt.Errorf("fact entry/%s: %w", key, err)
	}
	b.loaded[i] = e
	return nil
}

// EntryFact names the fact that is entry i itself.
func EntryFact(i Index) FactID { return FactID("entry/" + writeIndex(i)) }

// EntryOf returns the index of the entry that the fact is, if it is one.
func EntryOf(id FactID) (Index, bool) {
	key, ok := strings.CutPrefix(string(id), "entry/")
	if !ok {
		return 0, false
	}
	return readIndex(key)
}

// IsStaffFact reports whether the fact is a member of staff, with what they may.
func IsStaffFact(id FactID) bool { return strings.HasPrefix(string(id), "staff/") }

// wantEntry asks for an entry, also in a complete book, which keeps none. An index that no entry has is not asked for.
func (b *Book) wantEntry(w *Wants, i Index) {
	if _, ok := b.held(i); !ok && i >= 0 && i < b.next {
		*w = append(*w, EntryFact(i))
	}
}

// entry returns an entry that was asked for; ok is false where none has the index.
func (b *Book) entry(i Index) (Entry, bool) {
	e, ok := b.held(i)
	if !ok && i >= 0 && i < b.next && b.unloaded == "" {
		b.unloaded = EntryFact(i)
	}
	return e, ok
}

// held finds an entry among those posted lately and those loaded.
func (b *Book) held(i Index) (Entry, bool) {
	if n := len(b.posted); n > 0 && i >= b.posted[0].Index && i < b.next {
		return b.posted[i-b.posted[0].Index], true
	}
	e, ok := b.loaded[i]
	return e, ok
}

// Needs returns what must be loaded before the command can be answered. Load it and ask again until nothing is wanted, at most
// MaxRounds times. An indexed book returns it in the same memory each time.
func (b *Book) Needs(c Command) Wants {
	if c.Do == nil || len(malformed(c)) > 0 {
		return nil // Answered says so
	}
	if b.complete { // which several may read at once
		return b.needs(c, nil)
	}
	b.formed = c
	b.wanted = b.needs(c, b.wanted[:0])
	return b.wanted
}

// needs adds what a well-formed command needs to w.
func (b *Book) needs(c Command, w Wants) Wants {
	b.book.want(&w, single{})
	b.keyed.want(&w, c.Key)
	if c.Actor != "" {
		b.wantActor(&w, c.Actor)
		b.wantPlace(&w, c)
	}
	if k, ok := b.keyed.peek(c.Key); ok {
		b.wantEntry(&w, k.Index)
		b.wantPermit(c, &w)
		return w
	}
	b.wantDecision(c, &w)
	return w
}

// wantDecision asks for what deciding looks at, beside the actor and the key.
func (b *Book) wantDecision(c Command, w *Wants) {
	if c.Import != 0 {
		b.imports.want(w, c.Import)
	}
	if who, _ := c.Do.keeps(); who != nil {
		b.refusals.want(w, c.Actor)
	}
	c.Do.needs(b, c, w)
	b.wantWaits(c.Do, w)
}

// malformed lists every malformed field of the command.
func malformed(c Command) []Fault {
	var f faults
	f.want(c.Key.Valid(), "key", "key")
	_, opening := c.Do.(*OpenBook)
	f.want(opening == (c.Actor == "") && (opening || c.Actor.acts()), "actor", "staff_number")
	f.want(c.Import >= 0, "import", "index")
	c.Do.check(&f)
	return f.list
}

// malformed is the same for whoever asked what the command needs just before, who is not told again that it is well formed.
func (b *Book) malformed(c Command) []Fault {
	if c == b.formed {
		return nil
	}
	return malformed(c)
}

// Answered returns the receipt of the command's key where it was answered before. The error is an *Invalid where the command
// is malformed, or a *Rejection where its actor may not ask or the key named something else. A repeat is authorised like the first
// call: by the roles of its day, so that whoever lost an answer still gets it.
func (b *Book) Answered(c Command) (Receipt, bool, error) {
	if c.Do == nil {
		return Receipt{}, false, &Invalid{[]Fault{{"do", "required"}}}
	}
	if bad := b.malformed(c); len(bad) > 0 {
		return Receipt{}, false, &Invalid{bad}
	}
	k, ok := b.keyed.get(c.Key)
	if !ok {
		return Receipt{}, false, b.complain() // Decide says whether the actor may ask
	}
	e, ok := b.entry(k.Index)
	if !ok {
		return Receipt{}, false, b.complain()
	}
	b.today = e.On
	r := b.permit(c, e.On)
	if err := b.complain(); err != nil {
		return Receipt{}, false, err
	}
	if r != nil {
		return Receipt{}, false, r
	}
	if e.Digest != DigestOf(c.Do) {
		return Receipt{}, false, &Rejection{Reason: KeyConflict, Subject: string(c.Key)}
	}
	line := e.AppendLine(nil)
	return Receipt{Entry: e, Line: string(line), Leaf: LeafHash(line), Replayed: true}, true, nil
}

// complain returns an error where a decision asked for a fact that was not loaded: a fault of the caller, never an answer.
func (b *Book) complain() error {
	if b.unloaded == "" {
		return nil
	}
	err := fmt.Errorf("fact %s was not loaded", b.unloaded)
	b.unloaded = ""
	return err
}

// draft is an entry in the making.
type draft struct {
	Entry
	minute Start // civil minute of At
	lots   int   // opened so far
}

// post adds a posting; an amount of zero adds none.
func (d *draft) post(a AccountID, c Commodity, amount Amount, lot LotID) {
	if amount != 0 {
		d.Postings = append(d.Postings, Posting{a, c, amount, lot})
	}
}

// newLot names the next lot that the entry opens.
func (d *draft) newLot() LotID {
	d.lots++
	return NewLotID(d.Index, d.lots)
}

// Decide turns a command that was not answered before into the entry that Post would fold in next, without changing the book.
// at is the time of the decision; it is moved up to the newest entry's. The error is an *Invalid, or a *Rejection of which
// nothing is kept. A refusal that must be kept comes back as an entry of kind refused: see Entry.Rejection.
func (b *Book) Decide(c Command, at time.Time) (Entry, error) {
	if c.Do == nil {
		return Entry{}, &Invalid{[]Fault{{"do", "required"}}}
	}
	if bad := b.malformed(c); len(bad) > 0 {
		return Entry{}, &Invalid{bad}
	}
	d := b.draft(c, at)
	r := b.permit(c, d.On)
	if r == nil {
		r = b.spans(c, d.On)
	}
	if r == nil {
		r = b.mayAsk(c, &d)
	}
	if r == nil {
		r = b.decide(c, &d)
	}
	if r == nil {
		r = b.oldFormat(d.Kind, d.Body)
	}
	if err := b.complain(); err != nil {
		return Entry{}, fmt.Errorf("decide %s: %w", c.Key, err)
	}
	switch {
	case r != nil && r.Journaled(c.Do):
		return b.refuse(c, at, r), nil
	case r != nil:
		return Entry{}, r
	case len(d.Postings) > MaxPostings:
		return Entry{}, &Rejection{Reason: TooLarge, Have: Amount(len(d.Postings)), Want: MaxPostings}
	}
	if k, sum, ok := b.inRange(d.Postings); !ok {
		return Entry{}, &Rejection{Reason: TooLarge, Subject: k.String(), Have: sum, Want: MaxAmount}
	}
	if err := b.complain(); err != nil {
		return Entry{}, fmt.Errorf("decide %s: %w", c.Key, err)
	}
	return d.Entry, nil
}

func (b *Book) draft(c Command, at time.Time) draft {
	at = at.UTC().Truncate(time.Millisecond)
	if at.Before(b.at) {
		at = b.at
	}
	local := at.In(b.zone)
	b.today = DateOf(local)
	return draft{minute: minuteOf(local), Entry: Entry{
		Index: b.next, At: at, On: b.today, Kind: c.Do.kind(), Key: c.Key, Digest: b.digesting.digest(c.Do), Actor: c.Actor,
	}}
}

// mayAsk refuses whoever asks before there is a book, under a used key, after too many refusals in the hour, or for an import
// that is none.
func (b *Book) mayAsk(c Command, d *draft) *Rejection {
	if _, opening := c.Do.(*OpenBook); b.next == 0 && !opening {
		return notFound("book")
	}
	if _, used := b.keyed.get(c.Key); used {
		return &Rejection{Reason: KeyConflict, Subject: string(c.Key)}
	}
	if r := b.oldFormat(c.Do.kind(), c.Do); r != nil {
		return r
	}
	if who, _ := c.Do.keeps(); who != nil {
		if f, _ := b.refusals.get(c.Actor); f.Hour == hourOf(d.At) && f.Count >= MaxRefusals {
			return &Rejection{Reason: TooManyRefusals, Subject: string(c.Actor), Have: Amount(f.Count), Want: MaxRefusals}
		}
	}
	return b.missingImport(c)
}

// missingImport refuses a row of a file that was not imported.
func (b *Book) missingImport(c Command) *Rejection {
	if c.Import == 0 {
		return nil
	}
	if _, ok := b.imports.get(c.Import); !ok {
		return notFound(writeIndexPlain(c.Import))
	}
	return nil
}

func hourOf(at time.Time) int64 { return at.Unix() / 3600 }

// Seal returns what the entries posted since the last Seal changed.
func (b *Book) Seal() Changes {
	var c Changes
	b.SealInto(&c)
	return c
}

// SealInto adds to c what the entries posted since the last Seal changed. What the book writes next goes to memory that c has to
// spare.
func (b *Book) SealInto(c *Changes) {
	for _, r := range b.dirty {
		f, added := r.take(&b.sealing)
		c.Facts = append(c.Facts, f)
		if added {
			c.Added = append(c.Added, f.ID)
		}
	}
	c.Lines, c.States = append(c.Lines, b.lines...), append(c.States, b.states...)
	clear(b.dirty)
	clear(b.lines)
	clear(b.states)
	b.dirty, b.lines, b.states = b.dirty[:0], b.lines[:0], b.states[:0]
	c.used = append(c.used, b.sealing.out)
	b.sealing.out = c.page(len(b.sealing.out) + factSize) // the next will be about as much
}

// Forget says that the index has every entry before applied. Facts that it holds in their latest form may be dropped once
// there are many of them and nobody has asked for them lately.
func (b *Book) Forget(applied Index) {
	b.forgetPosted(applied)
	if len(b.loaded) > MaxLoaded {
		clear(b.loaded)
	}
	if b.complete {
		b.records.chill(applied)
		b.days.chill(applied)
		return
	}
	for _, f := range b.families {
		f.age(applied)
	}
	if len(b.names) > MaxNames {
		clear(b.names)
	}
}

// forgetPosted drops the posted entries before applied. They are moved down only where as many are dropped as stay, so that each is
// moved once and their memory is used again.
func (b *Book) forgetPosted(applied Index) {
	n := b.dropped
	for n < len(b.posted) && b.posted[n].Index < applied {
		n++
	}
	b.dropped = n
	if n < len(b.posted)-n || n == 0 {
		return
	}
	stay := copy(b.posted, b.posted[n:])
	clear(b.posted[stay:])
	b.posted, b.dropped = b.posted[:stay], 0
}
