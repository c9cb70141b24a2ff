package ledger

import (
	"errors"
	"fmt"
)

// This family takes points away for what should not have been done, where a rule has deductions (B16). Base points go first, then
// what may be spent; nothing ever falls below zero.

// Deducted is a deduction: at its approval, or, where the rule wants a notice, at the end of that.
const Deducted Kind = "deducted"

// Loss is the body of deducted; the postings name the lots.
type Loss struct {
	Record    Index
	Volunteer VolunteerID
	Short     Amount // what was not there to be taken
	Seen      bool   // the reviewer looked at what the record is queried for
	Notice    Index  // the notice that has ended, or the approval that let it wait for a period; none where the approval takes
}

// deductBody returns an empty body of the kind above, or nil.
func deductBody(k Kind) Body {
	if k == Deducted {
		return &Loss{}
	}
	return nil
}

func (r *Loss) fields(c *codec) {
	number(c, "record", &r.Record)
	text(c, "volunteer", &r.Volunteer)
	number(c, "short", &r.Short)
	c.flag("seen", &r.Seen)
	number(c, "notice", &r.Notice)
}

// wantDeduction asks for the accounts of a deduction, beside the volunteer's points.
func (b *Book) wantDeduction(w *Wants, r *Record) {
	b.accounts.want(w, AccountKey{BaseOf(string(r.Volunteer)), BasePoint})
	if r.Pool != "" {
		b.accounts.want(w, AccountKey{PoolOf(r.Pool), Point})
	}
	if r.Household != "" {
		b.accounts.want(w, AccountKey{BaseOf(string(r.Household)), BasePoint})
	}
	b.accounts.want(w, AccountKey{NewAccountID(ClassDeducted, r.Unit), BasePoint})
	b.accounts.want(w, AccountKey{NewAccountID(ClassDeducted, r.Unit), Point})
}

// deduct posts what a record takes away, as far as there is something to take.
func (b *Book) deduct(d *draft, rec *Record) *Loss {
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(rec.Rule)
	mine := BaseOf(rule.Base.sharer(rec.Volunteer, rec.Household))
	base, _ := b.accounts.get(AccountKey{mine, BasePoint})
	first := min(rec.Deduct, max(0, base.Owned(d.On)))
	draws, short := b.spend(rec.Volunteer, rec.Pool, rec.Deduct-first, d.On)
	for _, w := range base.takeOwned(first, d.On) {
		d.post(mine, BasePoint, w.Amount, w.Lot)
	}
	for _, w := range draws {
		d.post(w.Account, Point, w.Amount, w.Lot)
	}
	unit := NewAccountID(ClassDeducted, rec.Unit)
	d.post(unit, BasePoint, -first, 0)
	d.post(unit, Point, -(rec.Deduct - first - short), 0)
	d.Kind = Deducted
	return &Loss{Record: rec.Index, Volunteer: rec.Volunteer, Short: short}
}

func (r *Loss) asked() (Action, Index) {
	if r.Notice != 0 {
		return &CreditRecord{r.Record}, 0
	}
	return &Approve{r.Record, r.Seen}, 0
}

// holds that what was declared is taken, by somebody else, as far as it is there (I3, I8, I13), and where the rule wants a notice,
// when that has ended.
func (r *Loss) holds(b *Book, e Entry) ([]Posting, error) {
	rec, err := r.due(b, e)
	if err != nil {
		return nil, err
	}
	if rec.Deduct == 0 || e.Rule != rec.Rule || r.Volunteer != rec.Volunteer || r.Notice != rec.Posted {
		return nil, fmt.Errorf("I8: record %d says otherwise", r.Record)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	want := b.deduct(&d, rec)
	if want.Seen, want.Notice = r.Seen, r.Notice; *want != *r {
		return nil, errors.New("I8: the deduction takes otherwise than the record says")
	}
	return d.Postings, nil
}

// due returns the record, where it may be taken from now.
func (r *Loss) due(b *Book, e Entry) (*Record, error) {
	if r.Notice != 0 {
		if r.Seen {
			return &Record{}, fmt.Errorf("I8: who approved record %d says what was seen", r.Record)
		}
		return b.ended(r.Record, e.On)
	}
	if err := b.checkRecord(e, r.Record, r.Volunteer); err != nil {
		return &Record{}, err
	}
	rec, _ := b.records.get(r.Record)
	if err := rec.checkStep(0); err != nil {
		return rec, err
	}
	rules, _ := b.rules.get(single{})
	if rule, _ := rules.Named(rec.Rule); (&Credit{}).awaits(rule, e.On) {
		return rec, fmt.Errorf("I8: record %d is to wait for the end of its notice, or for a period", r.Record)
	}
	return rec, nil
}

func (r *Loss) fold(b *Book, e Entry) {
	rec := b.records.edit(r.Record)
	b.pend(rec, -1)
	if r.Notice != 0 {
		b.credited(rec, e)
		return
	}
	b.stepped(rec, e.Actor)
	rec.State, rec.Credit, rec.Approver = Credited, e.Index, kept(b, e.Actor)
}

func (r *Loss) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *Loss) needsUndone(b *Book, w *Wants) { b.wantUndeclared(w, r.Record) }

// undo gives back what was taken, into the lots that it was taken from. Base points keep their date, since nobody is kept from spending
// them: those that would have lapsed meanwhile are left to the next run, also where an earlier one expired the rest of their lot.
func (r *Loss) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	rec, _ := b.records.get(r.Record)
	lots := b.unspend(d, orig, After{}, r.Volunteer, rec.Pool, orig.sum(ClassPoints))
	for _, p := range orig.Postings {
		if p.Account.Class() == ClassPoints {
			continue
		}
		if d.post(p.Account, p.Commodity, -p.Amount, p.Lot); p.Lot != 0 {
			base, _ := b.accounts.get(p.key())
			lots = append(lots, LotExpiry{p.Lot, b.lot(*base, p.Lot).Expires})
		}
	}
	return lots, nil
}

func (r *Loss) undone(b *Book, e, orig Entry) {
	b.undeclare(b.records.edit(r.Record), ReversedBack)
	b.expireBeside(e, orig)
}
