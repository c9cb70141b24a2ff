package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// This family makes public what was approved before it counts: approved records go on notice for some days, anybody may object to
// a line, and what nobody objects to is credited when the notice has ended. Monthly and quarterly notices are published beside it.
// Who objects and who answers stands in objection.go, what is published in publish.go.

// The kinds of what is on notice.
const (
	NoticePosted  Kind = "notice_posted"
	NoticeRemoved Kind = "notice_removed"
	CreditPosted  Kind = "credited" // an approved record whose notice has ended
)

// Why something about a notice is refused.
const (
	NotAwaiting RejectReason = "not_awaiting"  // the record does not wait for a notice of this unit
	NotOnNotice RejectReason = "not_on_notice" // approved, and not posted yet
	DisputeOpen RejectReason = "disputed"      // an objection waits for its answer
	NoticeRuns  RejectReason = "on_notice"     // Subject: the last day
	NoticeShort RejectReason = "notice_short"  // fewer days than the rule asks for
	NoticeOver  RejectReason = "notice_over"   // Subject: the last day, or the entry that took it down
	PeriodRuns  RejectReason = "period_runs"   // credits wait for the beginning of a period; Subject: the last day before
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// PostNotice puts approved records of a unit on notice. What was hung out is a text that the program made of them; its hash
	// stands here, and the text outside the book, since it may carry masked names. By a publisher.
	PostNotice struct {
		Unit    UnitID
		Number  int64 // of the unit's notices, from 1
		From    Date  // today: it stands in the text
		Until   Date  // the last day
		Records []Index
		SHA256  string // of the text, 64 hexadecimal digits
		Size    int64  // of the text, in bytes
	}

	// RemoveNotice takes a notice down. Before its end it is withdrawn: its records wait for another one. By a publisher.
	RemoveNotice struct {
		Notice Index
		Reason Reason
	}

	// CreditRecord credits a record whose notice has ended. By a steward, through the run; another person approved it before.
	CreditRecord struct {
		Record Index
	}

	// RecordCredit is the body of credited. The postings carry the amounts.
	RecordCredit struct {
		Credit
	}

	// Notice is what hangs, or hung, on the board of a unit.
	Notice struct {
		Index   Index
		What    string // empty for approved records, else what was published
		Unit    UnitID
		Number  int64
		Period  string // what was published: the month or quarter
		From    Date
		Until   Date
		Records []Index
		SHA256  string
		Size    int64
		Removed Index // the entry that took it down
		Gone    Date  // the day of that
	}

	// Board counts the notices of a unit.
	Board struct {
		Unit    UnitID
		Notices int64
	}
)

// MaxNoticed bounds the records of one notice: a page to read, and a line of a few kilobytes.
const MaxNoticed = 500

// noticeBody returns an empty body of one of the kinds of this family, or nil.
func noticeBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case NoticePosted:
		return &PostNotice{}
	case NoticeRemoved:
		return &RemoveNotice{}
	case CreditPosted:
		return &RecordCredit{}
	case Objected:
		return &ObjectionRecord{}
	case Answered:
		return &ObjectionAnswer{}
	case Published:
		return &Publish{}
	}
	return nil
}

var _ reversible = (*RecordCredit)(nil)

func (f *Notice) fields(c *codec) {
	number(c, "index", &f.Index)
	text(c, "what", &f.What)
	text(c, "unit", &f.Unit)
	number(c, "number", &f.Number)
	text(c, "period", &f.Period)
	c.date("from", &f.From)
	c.date("until", &f.Until)
	numbers(c, "records", &f.Records)
	text(c, "sha256", &f.SHA256)
	number(c, "size", &f.Size)
	number(c, "removed", &f.Removed)
	c.date("gone", &f.Gone)
}

func (f *Board) fields(c *codec) {
	text(c, "unit", &f.Unit)
	number(c, "notices", &f.Notices)
}

func hexDigest(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

func (a *PostNotice) fields(c *codec) {
	text(c, "unit", &a.Unit)
	number(c, "number", &a.Number)
	c.date("from", &a.From)
	c.date("until", &a.Until)
	numbers(c, "records", &a.Records)
	text(c, "sha256", &a.SHA256)
	number(c, "size", &a.Size)
}

func (a *PostNotice) kind() Kind { return NoticePosted }

func (a *PostNotice) roles() anyOf { return anyOf{Publisher} }

func (a *PostNotice) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *PostNotice) check(f *faults) {
	checkPaper(f, a.Unit, a.Number, a.From, a.Until)
	f.want(len(a.Records) > 0, "records", "index")
	f.want(len(a.Records) <= MaxNoticed, "records", "too_many")
	for i, r := range a.Records {
		f.wantAt(r > 0, "records", i, "", "index")
		f.wantAt(i == 0 || a.Records[i-1] < r, "records", i, "", "twice")
	}
	checkText(f, a.SHA256, a.Size)
}

// checkPaper lists what is malformed in the head of a notice, and checkText in the name of its text.
func checkPaper(f *faults, unit UnitID, number int64, from, until Date) {
	f.want(unit.Valid(), "unit", "unit_code")
	f.want(number > 0 && number < 1e9, "number", "positive")
	f.want(from.valid(), "from", "date")
	f.want(until.valid() && until >= from && until <= from.AddDays(MaxNoticeDays), "until", "notice_until")
}

func checkText(f *faults, sha256 string, size int64) {
	f.want(hexDigest(sha256), "sha256", "sha256")
	f.want(size > 0 && size <= MaxLine, "size", "positive")
}

func (a *PostNotice) needs(b *Book, _ Command, w *Wants) {
	b.units.want(w, a.Unit)
	b.boards.want(w, a.Unit)
	b.dues.want(w, a.Until)
	for _, r := range a.Records {
		b.records.want(w, r)
	}
}

func (a *PostNotice) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, b.mayPost(a, d.On))
}

// mayPost refuses a notice that is not the unit's next, is not of today, or lists what does not wait for it or waits for longer.
func (b *Book) mayPost(a *PostNotice, on Date) *Rejection {
	if r := b.mayHang(a.Unit, a.Number, a.From, on); r != nil {
		return r
	}
	for _, i := range a.Records {
		rec, ok := b.records.get(i)
		switch {
		case !ok:
			return notFound(writeIndexPlain(i))
		case rec.State != AwaitingNotice || rec.Unit != a.Unit:
			return &Rejection{Reason: NotAwaiting, Subject: writeIndexPlain(i)}
		case a.Until < a.From.AddDays(int(rec.Notice)):
			return &Rejection{Reason: NoticeShort, Subject: writeIndexPlain(i), Have: Amount(a.Until - a.From), Want: Amount(rec.Notice)}
		}
	}
	return nil
}

// mayHang refuses a paper that is not the next of its unit, or not of today.
func (b *Book) mayHang(unit UnitID, number int64, from, on Date) *Rejection {
	if r := missing(&b.units, unit); r != nil {
		return r
	}
	board, _ := b.boards.get(unit)
	switch {
	case number <= board.Notices:
		return &Rejection{Reason: AlreadyExists, Subject: fmt.Sprintf("%s/%d", unit, number)}
	case number > board.Notices+1:
		return notFound(fmt.Sprintf("%s/%d", unit, number-1))
	case from < on:
		return &Rejection{Reason: DateInPast, Subject: from.String()}
	case from > on:
		return &Rejection{Reason: DateInFuture, Subject: from.String()}
	}
	return nil
}

// hang keeps a paper on the board of its unit.
func (b *Book) hang(e Entry, n Notice) {
	n.Index, n.Unit = e.Index, kept(b, n.Unit)
	n.SHA256, n.Period = strings.Clone(n.SHA256), strings.Clone(n.Period)
	b.notices.put(e.Index, n)
	*b.boards.edit(n.Unit) = Board{n.Unit, n.Number}
}

func (a *PostNotice) asked() (Action, Index) { return a, 0 }

func (a *PostNotice) holds(b *Book, e Entry) ([]Posting, error) { return states(b.mayPost(a, e.On)) }

func (a *PostNotice) fold(b *Book, e Entry) {
	b.hang(e, Notice{
		Unit: a.Unit, Number: a.Number, From: a.From, Until: a.Until, Records: slices.Clone(a.Records), SHA256: a.SHA256, Size: a.Size,
	})
	for _, i := range a.Records {
		rec := b.records.edit(i)
		rec.State, rec.Posted, rec.Ends, rec.Waits = OnNotice, e.Index, a.Until, 0
	}
	b.falls(a.Until, e, len(a.Records))
}

func (a *RemoveNotice) fields(c *codec) {
	number(c, "notice", &a.Notice)
	text(c, "reason", &a.Reason)
}

func (a *RemoveNotice) kind() Kind { return NoticeRemoved }

func (a *RemoveNotice) roles() anyOf { return anyOf{Publisher} }

func (a *RemoveNotice) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *RemoveNotice) check(f *faults) {
	f.want(a.Notice > 0, "notice", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *RemoveNotice) needs(b *Book, _ Command, w *Wants) {
	b.notices.want(w, a.Notice)
	n, ok := b.notices.peek(a.Notice)
	if !ok {
		return
	}
	b.dues.want(w, n.Until)
	for _, r := range n.Records {
		b.records.want(w, r)
	}
}

func (a *RemoveNotice) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, b.mayRemove(a, d.On))
}

// mayRemove refuses what is down already, and a withdrawal over the head of whoever objects.
func (b *Book) mayRemove(a *RemoveNotice, on Date) *Rejection {
	n, ok := b.notices.get(a.Notice)
	switch {
	case !ok:
		return notFound(writeIndexPlain(a.Notice))
	case n.Removed != 0:
		return &Rejection{Reason: NoticeOver, Subject: writeIndexPlain(n.Removed)}
	case on > n.Until:
		return nil
	}
	for _, i := range n.Records {
		if rec, _ := b.records.get(i); rec.State == Disputed {
			return &Rejection{Reason: DisputeOpen, Subject: writeIndexPlain(rec.Objection)}
		}
	}
	return nil
}

func (a *RemoveNotice) asked() (Action, Index) { return a, 0 }

func (a *RemoveNotice) holds(b *Book, e Entry) ([]Posting, error) {
	return states(b.mayRemove(a, e.On))
}

// fold lets the records of a notice that was withdrawn wait for another one.
func (a *RemoveNotice) fold(b *Book, e Entry) {
	n := b.notices.edit(a.Notice)
	n.Removed, n.Gone = e.Index, e.On
	if e.On > n.Until {
		return
	}
	for _, i := range n.Records {
		if rec, _ := b.records.get(i); rec.State == OnNotice && rec.Posted == a.Notice {
			again := b.records.edit(i)
			again.State, again.Posted, again.Ends = AwaitingNotice, 0, 0
			b.dealt(n.Until, a.Notice, 1)
		}
	}
}

// now reports whether an approval credits, and lets nothing wait.
func (r *Credit) now() bool { return r.Notice == 0 && r.From == 0 && r.Step == 0 }

// awaits lets an approval wait as the rule says, and reports whether it does.
func (r *Credit) awaits(rule *Rule, on Date) bool {
	r.Notice, r.From = rule.Notice.Days, rule.Notice.starts(on)
	return !r.now()
}

// awaits reports whether the rule of a record wants its credit later, and holds the approval against that: it credits nothing then.
func (b *Book) awaits(rec *Record, r *Credit, on Date) (bool, error) {
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(rec.Rule)
	if r.Step > 0 && (Credit{Record: r.Record, Volunteer: r.Volunteer, Seen: r.Seen, Step: r.Step}) == *r {
		return true, nil
	}
	want := *r
	if waits := want.awaits(rule, on); want != *r || (waits && r.Expires != 0) {
		return false, fmt.Errorf("I8: record %d is to be on notice for %d days, and to wait for %s", r.Record, want.Notice, want.From)
	}
	return !r.now(), nil
}

func (a *CreditRecord) fields(c *codec) { number(c, "record", &a.Record) }

func (a *CreditRecord) kind() Kind { return CreditPosted }

func (a *CreditRecord) roles() anyOf { return anyOf{Steward} }

func (a *CreditRecord) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CreditRecord) check(f *faults) { f.want(a.Record > 0, "record", "index") }

func (a *CreditRecord) needs(b *Book, c Command, w *Wants) {
	(&Approve{Record: a.Record}).needs(b, c, w)
	if r, ok := b.records.peek(a.Record); ok && r.Ends != 0 && r.State != AwaitingPeriod {
		b.dues.want(w, r.Ends)
	}
}

func (a *CreditRecord) decide(b *Book, _ Command, d *draft) *Rejection {
	rec, r := b.creditable(a.Record, d.On)
	if r != nil {
		return r
	}
	d.Rule = rec.Rule
	if rec.Deduct > 0 {
		loss := b.deduct(d, rec)
		loss.Notice = rec.Posted
		return d.itself(loss, nil)
	}
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(rec.Rule)
	credit := &RecordCredit{Credit{Record: a.Record, Volunteer: rec.Volunteer}}
	d.Postings = creditPostings(rec, NewLotID(d.Index, 1))
	if rec.Points > 0 {
		credit.Expires = rule.Expiry(d.On)
	}
	return d.itself(credit, nil)
}

// creditable returns a record whose notice has ended with nothing left to answer, or refuses.
func (b *Book) creditable(i Index, on Date) (*Record, *Rejection) {
	rec, ok := b.records.get(i)
	if !ok {
		return rec, notFound(writeIndexPlain(i))
	}
	if v, _ := b.who(rec.Volunteer); v.Status == Closed {
		return rec, &Rejection{Reason: AccountClosed, Subject: string(rec.Volunteer)}
	}
	switch rec.State {
	case Disputed:
		return rec, &Rejection{Reason: DisputeOpen, Subject: writeIndexPlain(rec.Objection)}
	case Pending, AwaitingNotice:
		return rec, &Rejection{Reason: NotOnNotice, Subject: writeIndexPlain(i)}
	case Credited, SentBack, ReversedBack, Agreed:
		return rec, &Rejection{Reason: RecordClosed, Subject: string(rec.State)}
	case OnNotice, AwaitingPeriod:
	}
	last := max(rec.Ends, rec.Waits)
	if rec.State == OnNotice && on <= last {
		return rec, &Rejection{Reason: NoticeRuns, Subject: last.String()}
	}
	rules, _ := b.rules.get(single{})
	if last = rules.CreditWaits(rec); on <= last {
		return rec, &Rejection{Reason: PeriodRuns, Subject: last.String()}
	}
	return rec, nil
}

// CreditWaits returns the last day on which an approved record waits: of its notice, of the day on which an objection to it was answered, or
// before the period at whose beginning it is credited.
func (r Rules) CreditWaits(rec *Record) Date {
	rule, _ := r.Named(rec.Rule)
	return rule.Notice.waits(max(rec.Ends, rec.Waits))
}

// credited notes that a record was credited, or took away, and waits for nothing any more.
func (b *Book) credited(rec *Record, e Entry) {
	if rec.State == AwaitingPeriod {
		v := b.volunteers.edit(rec.Volunteer)
		v.Later = slices.DeleteFunc(slices.Clone(v.Later), func(i Index) bool { return i == rec.Index })
	} else {
		b.dealt(rec.Ends, rec.Posted, 1)
	}
	rec.State, rec.Credit = Credited, e.Index
}

func (r *RecordCredit) asked() (Action, Index) { return &CreditRecord{r.Record}, 0 }

// holds that exactly what was declared is credited, once its notice has ended (I8), that another person approved it (I13), and that
// it is credited once (I10).
func (r *RecordCredit) holds(b *Book, e Entry) ([]Posting, error) {
	rec, err := b.ended(r.Record, e.On)
	switch {
	case err != nil:
		return nil, err
	case e.Rule != rec.Rule || r.Volunteer != rec.Volunteer || !r.now() || r.Seen || rec.Deduct > 0:
		return nil, fmt.Errorf("I8: record %d says otherwise", r.Record)
	}
	return creditPostings(rec, NewLotID(e.Index, 1)), nil
}

// Credited returns the credit that an entry is, whether of an approval or of the end of a notice; ok is false where it is none.
func (e Entry) Credited() (r *Credit, ok bool) {
	switch body := e.Body.(type) {
	case *Credit:
		return body, true
	case *RecordCredit:
		return &body.Credit, true
	}
	return nil, false
}

// ended returns a record whose notice has ended, and holds that it counts once (I10) and that another person approved it (I13).
func (b *Book) ended(i Index, on Date) (*Record, error) {
	rec, no := b.creditable(i, on)
	switch {
	case no != nil && (no.Reason == RecordClosed || rec.State == Credited): // also of a number that is closed
		return rec, fmt.Errorf("I10: record %d is %s already", i, rec.State)
	case no != nil:
		return rec, fmt.Errorf("I8: %s", no.Error())
	case rec.Approver == "" || rec.Approver == rec.Declarer:
		return rec, fmt.Errorf("I13: nobody but %s approved record %d", rec.Declarer, i)
	}
	return rec, nil
}

func (r *RecordCredit) fold(b *Book, e Entry) {
	rec := b.records.edit(r.Record)
	b.pend(rec, -1)
	b.credited(rec, e)
}
