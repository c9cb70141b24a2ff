package ledger

// This file says which card is in use. A card carries a random token that nobody can guess; the book has its hash alone, so that
// whoever reads the book makes no card from it.

// The kinds of what becomes of a card.
const (
	CardIssued Kind = "card_issued"
	CardVoided Kind = "card_voided"
)

type (
	// IssueCard gives a volunteer a card; the one that they had is void from then on. By a steward who is not concerned.
	IssueCard struct {
		Volunteer VolunteerID
		Card      Hash // SHA-256 of the card's text
	}

	// VoidCard makes the card of a volunteer worth nothing, as when it is lost. By a steward or a clerk.
	VoidCard struct {
		Volunteer VolunteerID
		Reason    Reason
	}

	// Card is a card that was issued.
	Card struct {
		Volunteer VolunteerID
		Issued    Index
		Voided    Index // the entry that made it worth nothing
	}
)

func (f *Card) fields(c *codec) {
	text(c, "volunteer", &f.Volunteer)
	number(c, "issued", &f.Issued)
	number(c, "voided", &f.Voided)
}

func (a *IssueCard) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	c.hash("card", &a.Card)
}

func (a *IssueCard) kind() Kind { return CardIssued }

func (a *IssueCard) roles() anyOf { return anyOf{Steward} }

func (a *IssueCard) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *IssueCard) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Card != Hash{}, "card", "required")
}

func (a *IssueCard) needs(b *Book, _ Command, w *Wants) {
	b.cards.want(w, a.Card)
	if v, _ := b.wantWho(w, a.Volunteer); v.Card != (Hash{}) {
		b.cards.want(w, v.Card)
	}
}

func (a *IssueCard) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.who(a.Volunteer)
	if !ok {
		return notFound(string(a.Volunteer))
	}
	if r := b.newCard(a.Card); r != nil {
		return r
	}
	switch {
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(a.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	return d.itself(a, nil)
}

// newCard refuses a card that was issued before, to whomever.
func (b *Book) newCard(h Hash) *Rejection {
	if old, ok := b.cards.get(h); ok {
		return &Rejection{Reason: AlreadyExists, Subject: writeIndexPlain(old.Issued)}
	}
	return nil
}

func (a *IssueCard) asked() (Action, Index) { return a, 0 }

func (a *IssueCard) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(firstOf(missing(&b.volunteers, a.Volunteer), b.newCard(a.Card)))
}

func (a *IssueCard) fold(b *Book, e Entry) {
	v := b.volunteers.edit(a.Volunteer)
	if v.Card != (Hash{}) {
		b.cards.edit(v.Card).Voided = e.Index
	}
	v.Card = a.Card
	b.cards.put(a.Card, Card{Volunteer: kept(b, a.Volunteer), Issued: e.Index})
}

func (a *VoidCard) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "reason", &a.Reason)
}

func (a *VoidCard) kind() Kind { return CardVoided }

func (a *VoidCard) roles() anyOf { return anyOf{Steward, Clerk} }

func (a *VoidCard) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *VoidCard) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *VoidCard) needs(b *Book, _ Command, w *Wants) {
	if v, _ := b.wantWho(w, a.Volunteer); v.Card != (Hash{}) {
		b.cards.want(w, v.Card)
	}
}

func (a *VoidCard) decide(b *Book, _ Command, d *draft) *Rejection { return d.itself(a, a.there(b)) }

// there refuses where there is nothing to void.
func (a *VoidCard) there(b *Book) *Rejection {
	v, ok := b.who(a.Volunteer)
	switch {
	case !ok:
		return notFound(string(a.Volunteer))
	case v.Card == Hash{}:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Volunteer)}
	}
	return nil
}

func (a *VoidCard) asked() (Action, Index) { return a, 0 }

func (a *VoidCard) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.there(b)) }

func (a *VoidCard) fold(b *Book, e Entry) {
	v := b.volunteers.edit(a.Volunteer)
	b.cards.edit(v.Card).Voided = e.Index
	v.Card = Hash{}
}
