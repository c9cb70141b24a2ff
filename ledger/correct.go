package ledger

import (
	"fmt"
	"slices"
)

// This family corrects: an entry is undone by another entry, once, and both stay.

// Reversed undoes an entry.
const Reversed Kind = "reversed"

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Reverse undoes an entry, once. By a steward who does not benefit.
	Reverse struct {
		Entry  Index
		Reason Reason
	}

	// Reversal is the body of reversed; it embeds the action.
	Reversal struct {
		Reverse
		Of        Kind
		Volunteer VolunteerID // whose account it touches, where it touches one
		Lots      []LotExpiry // as in GoodsReturn, where points went back into lots
	}
)

// reversible is a body whose entry may be undone by a reversal. An entry with any other body is not reversible.
type reversible interface {
	Body
	// people lists the volunteers whose accounts the entry touched. A reversal names the first.
	people() []VolunteerID
	// needsUndone adds what undo looks at beside the entry, its accounts and its people.
	needsUndone(b *Book, w *Wants)
	// undo refuses, or posts the reversal and returns the last usable day of every lot that got something back.
	undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection)
	// undone folds the reversal e of the entry orig, beside its postings.
	undone(b *Book, e, orig Entry)
}

var (
	_ reversible = (*Credit)(nil)
	_ reversible = (*Receive)(nil)
	_ reversible = (*Exchange)(nil)
	_ reversible = (*Gift)(nil)
	_ reversible = (*Settlement)(nil)
)

// correctBody returns an empty body of the kind above, or nil.
func correctBody(k Kind) Body {
	if k == Reversed {
		return &Reversal{}
	}
	return nil
}

func (a *Reverse) fields(c *codec) {
	number(c, "entry", &a.Entry)
	text(c, "reason", &a.Reason)
}

func (r *Reversal) fields(c *codec) {
	r.Reverse.fields(c)
	text(c, "of", &r.Of)
	text(c, "volunteer", &r.Volunteer)
	lotExpiries(c, &r.Lots)
}

func (a *Reverse) kind() Kind { return Reversed }

func (a *Reverse) roles() anyOf { return anyOf{Steward} }

func (a *Reverse) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Reverse) check(f *faults) {
	f.want(a.Entry > 0, "entry", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *Reverse) needs(b *Book, _ Command, w *Wants) { b.wantUndone(w, a.Entry) }

// wantUndone asks for an entry, for what was undone of it, and for everything that undoing it touches.
func (b *Book) wantUndone(w *Wants, i Index) {
	b.wantEntry(w, i)
	b.afters.want(w, i)
	orig, ok := b.held(i)
	if !ok {
		return
	}
	for _, p := range orig.Postings {
		b.accounts.want(w, p.key())
		if p.Lot == 0 {
			continue
		}
		if p.Lot.Entry() != orig.Index {
			b.wantExpired(w, p.Lot) // the date of a lot that is used up stands there, and what expires is noted there
		}
		switch owner := p.Account.Owner(); {
		case p.Account.Class() == ClassGift:
			if v, ok := b.volunteers.peek(VolunteerID(owner)); ok {
				b.wantOfUnits(w, v, ClassBreakage, GiftPoint)
			}
		case p.Account.Class() != ClassPoints:
		case VolunteerID(owner).Valid():
			b.wantPerson(w, VolunteerID(owner))
		default:
			b.wantPoolUndone(w, PoolID(owner))
		}
	}
	if body, ok := orig.Body.(reversible); ok {
		body.needsUndone(b, w)
		for _, v := range body.people() {
			b.wantPerson(w, v)
		}
	}
}

func (a *Reverse) decide(b *Book, c Command, d *draft) *Rejection {
	orig, ok := b.entry(a.Entry)
	if !ok {
		return notFound(writeIndexPlain(a.Entry))
	}
	body := &Reversal{Reverse: *a, Of: orig.Kind}
	for i, id := range peopleOf(orig) {
		v, _ := b.who(id)
		if b.self(c.Actor, v) {
			return &Rejection{Reason: SelfService, Subject: string(id)}
		}
		if i == 0 {
			body.Volunteer = id
		}
	}
	if r := b.ownPool(c.Actor, orig); r != nil {
		return r
	}
	var r *Rejection
	body.Lots, r = b.undo(d, orig)
	return d.itself(body, firstOf(r, b.mayRevive(d)))
}

// ownPool refuses the reversal of what went into or came out of the pool of the actor's own household, which gains or loses by it.
func (b *Book) ownPool(actor StaffID, orig Entry) *Rejection {
	if gift, ok := orig.Body.(*PoolGift); ok {
		return b.pool(actor, gift.Pool)
	}
	return nil
}

// peopleOf lists the volunteers who gain or lose by the reversal of an entry.
func peopleOf(e Entry) []VolunteerID {
	if body, ok := e.Body.(reversible); ok {
		return body.people()
	}
	return nil
}

// undo posts the reversal of an entry, and returns the last usable day of every lot that got something back. It refuses an entry
// of a kind that is not undone by reversal, or that was undone, in part or whole.
func (b *Book) undo(d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	body, ok := orig.Body.(reversible)
	if !ok {
		return nil, &Rejection{Reason: NotReversible, Subject: string(orig.Kind)}
	}
	if after, _ := b.afters.get(orig.Index); after.Reversed != 0 {
		return nil, &Rejection{Reason: AlreadyReversed, Subject: writeIndexPlain(after.Reversed)}
	}
	if r := b.mergedAway(orig); r != nil {
		return nil, r
	}
	return body.undo(b, d, orig)
}

func (r *Reversal) asked() (Action, Index) { return &r.Reverse, 0 }

// holds I10: once, and exactly what the entry and its aftermath call for.
func (r *Reversal) holds(b *Book, e Entry) ([]Posting, error) {
	orig, ok := b.entry(r.Entry)
	if !ok {
		return nil, fmt.Errorf("I10: there is no entry %d", r.Entry)
	}
	for _, id := range peopleOf(orig) {
		if err := b.checkOther(e, id); err != nil {
			return nil, err
		}
	}
	if no := b.ownPool(e.Actor, orig); no != nil {
		return nil, fmt.Errorf("I13: the pool: %s", no.Error())
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots, no := b.undo(&d, orig)
	if no != nil {
		return nil, fmt.Errorf("I10: entry %d cannot be reversed: %s", r.Entry, no.Error())
	}
	if orig.Kind != r.Of || !slices.Equal(lots, r.Lots) {
		return nil, fmt.Errorf("I10: the body is not that of a reversal of entry %d", r.Entry)
	}
	return d.Postings, nil
}

// fold notes that the entry was reversed, and what that does to the facts behind it.
func (r *Reversal) fold(b *Book, e Entry) {
	b.afters.edit(r.Entry).Reversed = e.Index
	orig, _ := b.entry(r.Entry)
	if body, ok := orig.Body.(reversible); ok {
		body.undone(b, e, orig)
	}
}

func (r *Reversal) looksBack() {}

func (r *Reversal) lasts(id LotID) Date { return expiryOf(r.Lots, id) }
