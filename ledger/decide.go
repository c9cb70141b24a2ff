package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file has the rungs that many ladders of refusals share.

// itself is the decision of an action that becomes its own body once nothing speaks against it.
func (d *draft) itself(body Body, r *Rejection) *Rejection {
	d.Body = body
	return r
}

// missing refuses where a fact that an action names does not exist; exists where one that it adds does.
func missing[K ~string, V any, P value[V]](t *table[K, V, P], k K) *Rejection {
	if _, ok := t.get(k); !ok {
		return notFound(string(k))
	}
	return nil
}

func exists[K ~string, V any, P value[V]](t *table[K, V, P], k K) *Rejection {
	if _, ok := t.get(k); ok {
		return &Rejection{Reason: AlreadyExists, Subject: string(k)}
	}
	return nil
}

// firstOf returns the first refusal of a ladder.
func firstOf(steps ...*Rejection) *Rejection {
	for _, r := range steps {
		if r != nil {
			return r
		}
	}
	return nil
}

func notFound(subject string) *Rejection { return &Rejection{Reason: NotFound, Subject: subject} }

func writeIndexPlain(i Index) string { return strconv.FormatInt(int64(i), 10) }

// plainName reports whether a text may stand in the journal for ever as the name of a thing. Invisible characters are refused:
// they let two names look the same.
func plainName(s string) bool {
	return s != "" && len(s) <= MaxName && utf8.ValidString(s) && strings.TrimSpace(s) == s && !Personal(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
}

// sheetNumber reports whether s may number a paper sheet: [A-Za-z0-9-]{1,20} without a phone or ID number.
func sheetNumber(s string) bool {
	return s == "" || (len(s) <= 20 && Key(s).Valid() && !strings.ContainsAny(s, "._:/"))
}

// slipNumber is the same, and refuses a phone or ID number that is written in groups, too. Numbers of other papers stand in books of
// before, which are not read otherwise than they were written.
func slipNumber(s string) bool { return sheetNumber(s) && !Personal(strings.ReplaceAll(s, "-", "")) }

// states holds a body that moves nothing: nothing speaks against the fact that it adds or changes (I8).
func states(r *Rejection) ([]Posting, error) {
	if r != nil {
		return nil, fmt.Errorf("I8: %s", r.Error())
	}
	return nil, nil
}

// open refuses a volunteer who does not exist or whose account is closed.
func (b *Book) open(v VolunteerID) (*Volunteer, *Rejection) {
	got, ok := b.who(v)
	switch {
	case !ok:
		return got, notFound(string(v))
	case got.Status == Closed:
		return got, &Rejection{Reason: AccountClosed, Subject: string(v)}
	}
	return got, nil
}

// checkEnrolled holds that a record is somebody's.
func (b *Book) checkEnrolled(v VolunteerID) error {
	if _, ok := b.who(v); !ok {
		return fmt.Errorf("I8: volunteer %s was not enrolled", v)
	}
	return nil
}

// drawable refuses to draw on an account that is closed or frozen, or that the actor gains by.
func (b *Book) drawable(c Command, v *Volunteer) *Rejection {
	switch {
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(v.Volunteer)}
	case v.Status == Frozen:
		return &Rejection{Reason: AccountFrozen, Subject: string(v.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(v.Volunteer)}
	}
	return nil
}

// checkOther holds I13: whoever acts is neither that volunteer nor of their household.
func (b *Book) checkOther(e Entry, id VolunteerID) error {
	if v, _ := b.who(id); b.self(e.Actor, v) {
		return fmt.Errorf("I13: %s has a say about %s, who is of their own household", e.Actor, id)
	}
	return nil
}

// ruleOf returns the rule that prices what a unit's volunteers did on a day.
func (b *Book) ruleOf(u UnitID, day Date) (*Rule, bool) {
	rules, _ := b.rules.get(single{})
	unit, _ := b.units.get(u)
	return rules.For(b.above(rules, u, day), unit.Rule, day)
}

// above lists a unit and those above it on a day, where any rule asks for more than the unit itself.
func (b *Book) above(rules *Rules, u UnitID, day Date) []UnitID {
	if !rules.scoped() {
		return nil
	}
	org, _ := b.org.get(single{})
	return org.Above(u, day)
}

// wantRule asks for what ruleOf looks at.
func (b *Book) wantRule(w *Wants, u UnitID) {
	b.rules.want(w, single{})
	b.units.want(w, u)
	if rules, _ := b.rules.peek(single{}); rules.scoped() {
		b.org.want(w, single{})
	}
}

// wantVolunteer asks for a volunteer with their points, and reports whether there is one.
func (b *Book) wantVolunteer(w *Wants, v VolunteerID) (*Volunteer, bool) {
	b.accounts.want(w, AccountKey{PointsOf(v), Point})
	return b.wantWho(w, v)
}

// wantPerson asks for a volunteer, the accounts that a correction may touch, and the rule of their unit.
func (b *Book) wantPerson(w *Wants, v VolunteerID) {
	b.accounts.want(w, AccountKey{RecoverableOf(v), Point})
	if who, ok := b.wantVolunteer(w, v); ok {
		if who.Into != "" {
			b.accounts.want(w, AccountKey{RecoverableOf(who.Into), Point})
		}
		b.wantRules(w, who)
		b.wantOfUnits(w, who, ClassBreakage, Point)
	}
}
