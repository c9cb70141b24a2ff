package ledger

import (
	"errors"
	"fmt"
	"time"
)

// This family keeps refusals that depended on state, under the keys of what was asked.

// Refused keeps a refusal that depended on state: its key can never succeed later.
const Refused Kind = "refused"

// Refusal is the body of refused: what was asked, of whom, and why not.
type Refusal struct {
	Asked     Kind
	Volunteer VolunteerID
	Shop      ShopID
	Reason    RejectReason
	Subject   string
	Have      Amount
	Want      Amount
}

// refusedBody returns an empty body of the kind above, or nil.
func refusedBody(k Kind) Body {
	if k == Refused {
		return &Refusal{}
	}
	return nil
}

func (r *Refusal) fields(c *codec) {
	text(c, "asked", &r.Asked)
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	text(c, "reason", &r.Reason)
	text(c, "subject", &r.Subject)
	number(c, "have", &r.Have)
	number(c, "want", &r.Want)
}

// refuse makes the entry that keeps a refusal under its key.
func (b *Book) refuse(c Command, at time.Time, r *Rejection) Entry {
	d := b.draft(c, at)
	body := &Refusal{Asked: d.Kind, Reason: r.Reason, Subject: r.Subject, Have: r.Have, Want: r.Want}
	who, shop := c.Do.keeps()
	body.Volunteer = *who
	if shop != nil {
		body.Shop = *shop
	}
	if do, ok := c.Do.(interface {
		about(b *Book) (VolunteerID, ShopID)
	}); ok {
		body.Volunteer, body.Shop = do.about(b)
	}
	d.Kind, d.Body = Refused, body
	return d.Entry
}

// asked returns no action: a refusal does not keep what was asked.
func (r *Refusal) asked() (Action, Index) { return nil, 0 }

func (r *Refusal) holds(*Book, Entry) ([]Posting, error) { return nil, nil } // checkRefusal did

func (r *Refusal) fold(b *Book, e Entry) {
	f := b.refusals.edit(e.Actor)
	if hour := hourOf(e.At); f.Hour != hour {
		*f = Refusals{Hour: hour}
	}
	f.Count++
}

// checkRefusal holds that a kept refusal moves nothing, is one that is kept, and carries nothing but codes.
func checkRefusal(e Entry) error {
	body, ok := e.Body.(*Refusal)
	if !ok {
		return fmt.Errorf("I8: a %s entry has a body of another kind", e.Kind)
	}
	var do Action
	if asked := newBody(body.Asked); asked != nil {
		do, _ = asked.asked()
	}
	switch {
	case len(e.Postings) > 0:
		return fmt.Errorf("I8: a %s entry moves nothing", e.Kind)
	case do == nil || !(&Rejection{Reason: body.Reason}).Journaled(do):
		return errors.New("I6: a refusal of this is not kept")
	}
	_, shop := do.keeps()
	if !aboutSomebody(body.Subject) ||
		!body.Volunteer.Valid() || (shop != nil) != body.Shop.Valid() || !e.Actor.acts() || e.Rule != "" {
		return errors.New("I8: the refusal names what it cannot be about")
	}
	return nil
}

// aboutSomebody reports whether the subject of a kept refusal is an id of somebody or something at the counter.
func aboutSomebody(s string) bool {
	return VolunteerID(s).Valid() || Commodity(s).Goods() || PoolID(s).Valid() || ShopID(s).Valid() || StaffID(s).Valid()
}
