package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This family makes an action wait for a second person, where the rule in force asks for two. What was asked is kept as a record
// that waits, like declared service; whoever approves it makes the entry that was asked for, which names the proposal; whoever
// sends it back ends it. Neither is the person who asked, and each proposal has one outcome.

// Proposed keeps what waits for a second person.
const Proposed Kind = "proposed"

type (
	// Second is the section of a rule that says which kinds of entries take two persons.
	Second struct {
		Kinds []Kind // of those that mayWait lists
	}

	// Proposal is the body of proposed: the kind of entry that was asked for, and what was asked.
	Proposal struct {
		For    Kind
		Do     Action
		Import Index
	}
)

// seconded is an action that a rule may make wait for a second person.
type seconded interface {
	Action
	// under returns the rule that says whether it waits.
	under(b *Book, on Date) (*Rule, bool)
	// wantUnder asks for what under looks at.
	wantUnder(b *Book, w *Wants)
}

var (
	_ seconded = (*SetRule)(nil)
	_ seconded = (*PriceItem)(nil)
	_ seconded = (*MoveUnit)(nil)
	_ seconded = (*SetStatus)(nil)
	_ seconded = (*Receive)(nil)
	_ seconded = (*Return)(nil)
	_ seconded = (*Transfer)(nil)
	_ seconded = (*Reverse)(nil)
	_ seconded = (*Redeem)(nil)
	_ seconded = (*Merge)(nil)
	_ seconded = (*RotateKey)(nil)
)

// secondBody returns an empty body of the kind above, or nil.
func secondBody(k Kind) Body {
	if k == Proposed {
		return &Proposal{}
	}
	return nil
}

// proposable returns an empty action that becomes that kind and may wait for a second person, or nil.
func proposable(k Kind) Action {
	body := newBody(k)
	if body == nil {
		return nil
	}
	do, _ := body.asked()
	if s, ok := do.(seconded); ok && s.kind() == k {
		return s
	}
	return nil
}

func (s *Second) fields(c *codec) { texts(c, "kinds", &s.Kinds) }

func (s *Second) check(f *faults) {
	f.want(len(s.Kinds) <= MaxRuleItems, "second.kinds", "too_many")
	for i, k := range s.Kinds {
		f.want(proposable(k) != nil && k != Redeemed && k != Erased && k != KeyRotated && !slices.Contains(s.Kinds[:i], k), fmt.Sprintf("second.kinds[%d]", i), "second_kind")
	}
}

// second reports whether any rule asks for two persons for the kind.
func (r *Rules) second(k Kind) bool {
	return r.any(func(v *Rule) bool { return slices.Contains(v.Second.Kinds, k) })
}

// decide decides a command, and makes a proposal of what takes two persons.
func (b *Book) decide(c Command, d *draft) *Rejection {
	if r := c.Do.decide(b, c, d); r != nil {
		return r
	}
	if rule, ok := b.waits(c.Do, d.On); ok {
		d.Kind, d.Rule, d.Postings = Proposed, "", nil
		if rule.ID != "" { // a voucher and another key wait without a rule too
			d.Rule = rule.Name()
		}
		d.Body = &Proposal{For: c.Do.kind(), Do: c.Do, Import: c.Import}
	}
	return nil
}

// waits reports whether an action waits for a second person, and under which rule. Before anybody is enrolled nothing was priced, and
// rules are set by one person.
func (b *Book) waits(do Action, on Date) (rule *Rule, ok bool) {
	s, ok := do.(seconded)
	if !ok {
		return nil, false
	}
	if takesTwo(do) || b.young(do, on) || b.toSpend(do, on) {
		rule, _ = s.under(b, on)
		return rule, true
	}
	rules, _ := b.rules.get(single{})
	if !rules.second(s.kind()) {
		return nil, false
	}
	if book, _ := b.book.get(single{}); s.kind() == RuleSet && !book.Peopled {
		return nil, false
	}
	rule, ok = s.under(b, on)
	return rule, ok && slices.Contains(rule.Second.Kinds, s.kind())
}

// wantWaits asks for what waits looks at.
func (b *Book) wantWaits(do Action, w *Wants) {
	s, ok := do.(seconded)
	if !ok {
		return
	}
	b.rules.want(w, single{})
	if rules, _ := b.rules.peek(single{}); rules.second(s.kind()) {
		s.wantUnder(b, w)
	}
}

// takesTwo reports whether an action takes two persons whatever the rule says: a paper voucher that is entered later, whose rule is asked
// for by the exchange itself, and another key that signs.
func takesTwo(do Action) bool {
	switch a := do.(type) {
	case *Redeem:
		return a.Voucher != 0
	case *RotateKey:
		return true
	}
	return false
}

func (p *Proposal) fields(c *codec) {
	text(c, "for", &p.For)
	if c.reading && c.err == nil {
		if newBody(p.For) == nil {
			c.fail("kind %.40q: %w", string(p.For), ErrNewer)
			return
		}
		if p.Do = proposable(p.For); p.Do == nil {
			c.fail("kind %s waits for nobody", p.For)
			return
		}
	}
	c.object("do", func(c *codec) { p.Do.fields(c) })
	number(c, "import", &p.Import)
}

func (p *Proposal) asked() (Action, Index) { return p.Do, p.Import }

func (p *Proposal) holds(*Book, Entry) ([]Posting, error) { return nil, nil } // its grammar is that of what it asks

func (p *Proposal) fold(b *Book, e Entry) {
	b.records.put(e.Index, Record{
		Index: e.Index, Kind: Proposed, State: Pending, Declarer: kept(b, e.Actor), Rule: kept(b, e.Rule), Import: p.Import, Ask: askText(p.Do),
	})
}

func (p *Proposal) looksBack() {}

// askText writes an action as its digest hashes it.
func askText(do Action) string {
	var c codec
	c.ask(do)
	return string(c.out)
}

// Asked returns what a proposal asks for; nothing where the record is none.
func (r *Record) Asked() Action {
	if r.Kind != Proposed {
		return nil
	}
	c := codec{in: r.Ask, reading: true}
	var k Kind
	c.open()
	text(&c, "kind", &k)
	do := proposable(k)
	if do == nil {
		return nil
	}
	c.object("body", func(c *codec) { do.fields(c) })
	c.close()
	if c.err != nil {
		return nil
	}
	return do
}

// For returns the kind of entry that a proposal becomes; none where the record is no proposal.
func (r *Record) For() Kind {
	if do := r.Asked(); do != nil {
		return do.kind()
	}
	return ""
}

// proposal returns the record that approving or sending back is about, where it is a proposal, with what it asks for.
func (b *Book) proposal(do Action) (rec *Record, ask Action) {
	rec = &b.records.none
	switch a := do.(type) {
	case *Approve:
		rec, _ = b.records.peek(a.Record)
	case *ReturnRecord:
		rec, _ = b.records.peek(a.Record)
	}
	return rec, rec.Asked()
}

// wantProposal asks for a proposal, and for whatever its second person needs.
func (b *Book) wantProposal(c Command, w *Wants) {
	rec, ask := b.proposal(c.Do)
	if ask == nil {
		return
	}
	b.wantActor(w, rec.Declarer)
	inner := Command{Key: c.Key, Actor: rec.Declarer, Import: rec.Import, Do: ask}
	b.wantPlace(w, inner)
	ask.needs(b, inner, w)
}

// outcome refuses to end a proposal: whoever made it has no say, and it has one outcome.
func (r *Record) outcome(actor StaffID) *Rejection {
	switch {
	case r.Declarer == actor:
		return &Rejection{Reason: SamePerson, Subject: string(actor)}
	case r.State != Pending:
		return &Rejection{Reason: RecordClosed, Subject: string(r.State)}
	}
	return nil
}

// agree decides what was proposed as of now: neither the one who approves it nor the one who proposed it may gain by it, and both
// must be permitted.
func (b *Book) agree(c Command, rec *Record, ask Action, d *draft) *Rejection {
	if r := rec.outcome(c.Actor); r != nil {
		return r
	}
	inner := Command{Key: c.Key, Actor: rec.Declarer, Import: rec.Import, Do: ask}
	if r := b.permit(inner, d.On); r != nil {
		return r
	}
	d.Kind, d.Proposal = ask.kind(), rec.Index
	var done draft
	for _, who := range []StaffID{c.Actor, rec.Declarer} {
		done, inner.Actor = *d, who
		if r := ask.decide(b, inner, &done); r != nil {
			return r
		}
	}
	*d = done
	return nil
}

// checkProposal holds that an entry which a second person approved is what was proposed, by somebody else (I13), and once (I10).
func (b *Book) checkProposal(e Entry) error {
	if e.Proposal == 0 {
		return nil
	}
	rec, _ := b.records.get(e.Proposal)
	switch {
	case rec.Kind != Proposed:
		return fmt.Errorf("I8: entry %d proposes nothing", e.Proposal)
	case rec.State != Pending:
		return fmt.Errorf("I10: proposal %d is %s already", e.Proposal, rec.State)
	case rec.Declarer == e.Actor:
		return fmt.Errorf("I13: %s proposed %d and approves it", e.Actor, e.Proposal)
	case !rec.becomes(e.Body):
		return fmt.Errorf("I8: this is not what entry %d proposes", e.Proposal)
	}
	e.Actor = rec.Declarer // who may not gain by it either
	if _, err := e.Body.holds(b, e); err != nil {
		return fmt.Errorf("as its proposer: %w", err)
	}
	return nil
}

// becomes reports whether the body is what the proposal asks for. A return that named no lines, and so meant all that was left,
// names them.
func (r *Record) becomes(body Body) bool {
	do, _ := body.asked()
	if do == nil {
		return false
	}
	if askText(do) == r.Ask {
		return true
	}
	back, ok := body.(*GoodsReturn)
	return ok && askText(&Return{Redemption: back.Redemption, Reason: back.Reason}) == r.Ask
}

// checkAgreed holds that what a second person approved has the grammar of what was asked.
func checkAgreed(e Entry) error {
	if e.Proposal == 0 {
		return nil
	}
	var do Action
	if e.Body != nil {
		do, _ = e.Body.asked()
	}
	if do == nil || e.Proposal < 0 || e.Kind == Proposed {
		return errors.New("I8: what was proposed cannot become this")
	}
	var f faults
	do.check(&f)
	if len(f.list) > 0 {
		return fmt.Errorf("I8: %s", (&Invalid{f.list}).Error())
	}
	return nil
}

// ruleOfShop returns the rule that a shop follows on a day.
func (b *Book) ruleOfShop(s ShopID, day Date) (*Rule, bool) {
	shop, _ := b.shops.get(s)
	unit, _ := b.units.get(shop.Unit)
	rules, _ := b.rules.get(single{})
	return rules.ForShop(s, b.above(rules, shop.Unit, day), unit.Rule, day)
}

func (b *Book) wantRuleOfShop(w *Wants, s ShopID) {
	b.shops.want(w, s)
	if shop, ok := b.shops.peek(s); ok {
		b.wantRule(w, shop.Unit)
	}
}

// ruleOfPerson returns the rule of a volunteer's unit.
func (b *Book) ruleOfPerson(v VolunteerID, day Date) (*Rule, bool) {
	who, _ := b.who(v)
	return b.ruleOf(who.UnitOn(day), day)
}

func (b *Book) wantRuleOfPerson(w *Wants, v VolunteerID) {
	b.volunteers.want(w, v)
	if who, ok := b.volunteers.peek(v); ok {
		b.wantRules(w, who)
	}
}

// under is the version of the same rule set that is in force, else the book's first rule: nobody evades it by a new set.
func (a *SetRule) under(b *Book, on Date) (*Rule, bool) {
	rules, _ := b.rules.get(single{})
	if v := rules.inForce(a.Rule.ID, on); v != nil {
		return v, true
	}
	return rules.For(nil, "", on)
}

func (a *SetRule) wantUnder(*Book, *Wants) {}

func (a *PriceItem) under(b *Book, on Date) (*Rule, bool) {
	rules, _ := b.rules.get(single{})
	return rules.For(nil, "", on)
}

func (a *PriceItem) wantUnder(*Book, *Wants) {}

func (a *MoveUnit) under(b *Book, on Date) (*Rule, bool) { return b.ruleOf(a.Unit, on) }

func (a *MoveUnit) wantUnder(b *Book, w *Wants) { b.wantRule(w, a.Unit) }

func (a *SetStatus) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Volunteer, on) }

func (a *SetStatus) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Volunteer) }

func (a *Receive) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfShop(a.Shop, on) }

func (a *Receive) wantUnder(b *Book, w *Wants) { b.wantRuleOfShop(w, a.Shop) }

func (a *Redeem) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfShop(a.Shop, on) }

func (a *Redeem) wantUnder(b *Book, w *Wants) { b.wantRuleOfShop(w, a.Shop) }

func (a *Transfer) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.From, on) }

func (a *Transfer) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.From) }

func (a *Merge) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Into, on) }

func (a *Merge) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Into) }

func (a *Return) under(b *Book, on Date) (*Rule, bool) {
	sold, _ := b.entry(a.Redemption)
	if x, ok := sold.Sold(); ok {
		return b.ruleOfShop(x.Shop, on)
	}
	return &Rule{}, false
}

func (a *Return) wantUnder(b *Book, w *Wants) {
	b.wantEntry(w, a.Redemption)
	sold, _ := b.held(a.Redemption)
	if x, ok := sold.Sold(); ok {
		b.wantRuleOfShop(w, x.Shop)
	}
}

// under is the rule of the person whom the reversal touches first, or of the shop whose delivery it takes back.
func (a *Reverse) under(b *Book, on Date) (*Rule, bool) {
	orig, _ := b.entry(a.Entry)
	if body, ok := orig.Body.(*Receive); ok {
		return b.ruleOfShop(body.Shop, on)
	}
	for _, v := range peopleOf(orig) {
		return b.ruleOfPerson(v, on)
	}
	return &Rule{}, false
}

func (a *Reverse) wantUnder(b *Book, w *Wants) {
	b.wantEntry(w, a.Entry)
	orig, _ := b.held(a.Entry)
	if body, ok := orig.Body.(*Receive); ok {
		b.wantRuleOfShop(w, body.Shop)
	}
	for _, v := range peopleOf(orig) {
		b.wantRuleOfPerson(w, v)
	}
}
