package ledger

import "fmt"

// This family ends what the scheme knows of a person. The book never had a name: it says that the details, which are kept elsewhere, are
// to be destroyed, and whoever keeps them follows it, after a restore of an older copy too. Numbers, points and hours stay.

// Erased says that the details of a person are destroyed.
const Erased Kind = "erased"

// AccountOpen says that an account is not closed yet.
const AccountOpen RejectReason = "account_open"

// Erase destroys the details of a volunteer whose account is closed. By a steward other than themself; of somebody who is under a
// guardian's care, another person approves it.
type Erase struct {
	Volunteer VolunteerID
}

var _ seconded = (*Erase)(nil)

func (a *Erase) fields(c *codec) { text(c, "volunteer", &a.Volunteer) }

func (a *Erase) kind() Kind { return Erased }

func (a *Erase) roles() anyOf { return anyOf{Steward} }

func (a *Erase) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Erase) check(f *faults) { f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number") }

func (a *Erase) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	b.wantRuleOfPerson(w, a.Volunteer)
}

func (a *Erase) decide(b *Book, c Command, d *draft) *Rejection {
	if r := a.may(b); r != nil {
		return r
	}
	if v, _ := b.who(a.Volunteer); b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	return d.itself(a, nil)
}

// may refuses to erase somebody who does not exist, is erased already, or whose account goes on.
func (a *Erase) may(b *Book) *Rejection {
	v, ok := b.who(a.Volunteer)
	switch {
	case !ok:
		return notFound(string(a.Volunteer))
	case v.Erased:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Volunteer)}
	case v.Status != Closed:
		return &Rejection{Reason: AccountOpen, Subject: string(a.Volunteer)}
	}
	return nil
}

func (a *Erase) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Volunteer, on) }

func (a *Erase) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Volunteer) }

// young reports whether an action is about the details of somebody under a guardian's care, which takes two persons whatever the rule
// says.
func (b *Book) young(do Action, on Date) bool {
	a, ok := do.(*Erase)
	if !ok {
		return false
	}
	v, _ := b.who(a.Volunteer)
	return v.guardian(on) != ""
}

// Young reports whether a volunteer is under a guardian's care on a day: two persons deal with their details.
func (v *Volunteer) Young(on Date) bool { return v.guardian(on) != "" }

func (a *Erase) asked() (Action, Index) { return a, 0 }

func (a *Erase) holds(b *Book, e Entry) ([]Posting, error) {
	if no := a.may(b); no != nil {
		return states(no)
	}
	if b.young(a, e.On) && e.Proposal == 0 {
		return nil, fmt.Errorf("I13: %s is under a guardian's care: two persons erase their details", a.Volunteer)
	}
	return nil, b.checkOther(e, a.Volunteer)
}

func (a *Erase) fold(b *Book, _ Entry) { b.volunteers.edit(a.Volunteer).Erased = true }
