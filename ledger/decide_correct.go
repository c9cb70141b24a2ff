package ledger

// This file decides corrections and what time does to points: an entry is undone by another entry, once, and both stay.

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
		if p.Account.Class() == ClassPoints {
			b.wantPerson(w, VolunteerID(p.Account.Owner()))
		}
	}
	switch body := orig.Body.(type) {
	case *Credit:
		b.wantRecord(w, body.Record)
		b.wantPerson(w, body.Volunteer)
	case *Exchange:
		b.wantPerson(w, body.Volunteer)
	case *Gift:
		b.wantPerson(w, body.From)
		b.wantPerson(w, body.To)
	}
}

// wantPerson asks for a volunteer, the accounts that a correction may touch, and the rule of their unit.
func (b *Book) wantPerson(w *Wants, v VolunteerID) {
	b.accounts.want(w, AccountKey{RecoverableOf(v), Point})
	if who, ok := b.wantVolunteer(w, v); ok {
		b.wantRule(w, who.Unit)
		b.accounts.want(w, AccountKey{account(ClassBreakage, who.Unit), Point})
	}
}

func (a *Reverse) kind() Kind { return Reversed }
func (a *Reverse) check(f *faults) {
	f.want(a.Entry > 0, "entry", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}
func (a *Reverse) needs(b *Book, _ Command, w *Wants) { b.wantUndone(w, a.Entry) }

func (a *Reverse) decide(b *Book, c Command, d *draft) *Rejection {
	orig, ok := b.entry(a.Entry)
	if !ok {
		return notFound(writeIndexPlain(a.Entry))
	}
	for _, id := range beneficiaries(orig) {
		v, _ := b.volunteers.get(id)
		if b.self(c.Actor, v) {
			return &Rejection{Reason: SelfService, Subject: string(id)}
		}
	}
	if r := b.reversible(orig); r != nil {
		return r
	}
	body := &Reversal{Reverse: *a, Of: orig.Kind}
	if who := beneficiaries(orig); len(who) > 0 {
		body.Volunteer = who[0]
	}
	body.Lots = b.undo(d, orig)
	d.Body = body
	return nil
}

// beneficiaries lists the volunteers whose accounts an entry touches.
func beneficiaries(e Entry) []VolunteerID {
	switch body := e.Body.(type) {
	case *Credit:
		return []VolunteerID{body.Volunteer}
	case *Exchange:
		return []VolunteerID{body.Volunteer}
	case *Gift:
		return []VolunteerID{body.From, body.To}
	}
	return nil
}

// reversible refuses an entry of a kind that is not undone by reversal, or that was undone, in part or whole.
func (b *Book) reversible(orig Entry) *Rejection {
	after, _ := b.afters.get(orig.Index)
	subject := writeIndexPlain(orig.Index)
	switch orig.Kind {
	case Approved, OpeningPosted, Received, Redeemed, Transferred:
	default:
		return &Rejection{Reason: NotReversible, Subject: string(orig.Kind)}
	}
	switch {
	case after.Reversed != 0:
		return &Rejection{Reason: AlreadyReversed, Subject: writeIndexPlain(after.Reversed)}
	case orig.Kind == Redeemed && len(after.Undone) > 0:
		return &Rejection{Reason: HasReturns, Subject: subject}
	}
	if orig.Kind == Received {
		for _, p := range orig.Postings {
			acct, _ := b.accounts.get(p.key())
			if p.Lot == 0 {
				continue
			}
			var left Amount
			if i := lotOf(acct.Lots, p.Lot); i >= 0 {
				left = acct.Lots[i].Left
			}
			if left != p.Amount {
				return &Rejection{Reason: StockGone, Subject: p.Lot.String(), Have: left, Want: p.Amount}
			}
		}
	}
	return nil
}

// undo posts the reversal of an entry that is reversible, and returns the last usable day of every lot that got something back.
func (b *Book) undo(d *draft, orig Entry) (lots []LotExpiry) {
	after, _ := b.afters.get(orig.Index)
	switch body := orig.Body.(type) {
	case *Credit:
		b.takeBack(d, orig, after)
		for _, p := range orig.Postings {
			if p.Account.Class() != ClassPoints {
				d.post(p.Account, p.Commodity, -p.Amount, 0)
			}
		}
	case *Receive:
		for _, p := range orig.Postings {
			d.post(p.Account, p.Commodity, -p.Amount, p.Lot)
		}
	case *Exchange:
		return b.restore(d, orig, body, After{}, body.Lines)
	case *Gift:
		b.takeBack(d, orig, after)
		return b.giveBack(d, orig, After{}, AccountKey{PointsOf(body.From), Point}, body.Points)
	}
	return nil
}

// takeBack takes what is left of the lots that an entry opened. What was spent of them is owed: it goes to recoverable. What
// had expired comes back from breakage, since it was never owed to anybody.
func (b *Book) takeBack(d *draft, orig Entry, after After) {
	for i, p := range orig.Postings {
		if p.Account.Class() != ClassPoints || p.Lot.Entry() != orig.Index {
			continue
		}
		who := VolunteerID(p.Account.Owner())
		acct, _ := b.accounts.get(p.key())
		var left Amount
		if k := lotOf(acct.Lots, p.Lot); k >= 0 {
			left = acct.Lots[k].Left
		}
		expired := after.undone(i)
		v, _ := b.volunteers.get(who)
		d.post(p.Account, Point, left, p.Lot)
		d.post(RecoverableOf(who), Point, p.Amount.Abs()-left-expired, 0)
		d.post(account(ClassBreakage, v.Unit), Point, expired, 0)
	}
}

// foldReversal notes that an entry was reversed, and what that does to the record behind it.
func (b *Book) foldReversal(e Entry, body *Reversal) {
	b.afters.edit(body.Entry).Reversed = e.Index
	orig, _ := b.entry(body.Entry)
	if credit, ok := orig.Body.(*Credit); ok {
		b.undeclare(b.records.edit(credit.Record), ReversedBack)
		return
	}
	for _, p := range e.Postings {
		if p.Account.Class() == ClassPoints && p.Amount > 0 && p.Lot.Entry() != orig.Index {
			b.expireLot(p.Lot, p.Amount) // what had lapsed beside the points that came back
		}
	}
}

func (a *Expire) kind() Kind      { return Expired }
func (a *Expire) check(f *faults) { f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number") }
func (a *Expire) needs(b *Book, _ Command, w *Wants) {
	v, ok := b.wantVolunteer(w, a.Volunteer)
	if ok {
		b.accounts.want(w, AccountKey{account(ClassBreakage, v.Unit), Point})
	}
	acct, _ := b.accounts.peek(AccountKey{PointsOf(a.Volunteer), Point})
	for _, l := range acct.Lots {
		b.wantExpired(w, l.ID)
	}
}

func (a *Expire) decide(b *Book, _ Command, d *draft) *Rejection {
	v, ok := b.volunteers.get(a.Volunteer)
	if !ok {
		return notFound(string(a.Volunteer))
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(a.Volunteer), Point})
	if d.Postings = expiryPostings(acct, a.Volunteer, v.Unit, d.On); len(d.Postings) == 0 {
		return &Rejection{Reason: NothingLapsed, Subject: string(a.Volunteer)}
	}
	d.Body = &Expiry{a.Volunteer, v.Unit}
	return nil
}

func (a *Transfer) kind() Kind { return Transferred }
func (a *Transfer) check(f *faults) {
	f.want(a.From.Valid(), "from", "volunteer_number")
	f.want(a.To.Valid(), "to", "volunteer_number")
	f.want(a.From != a.To, "to", "twice")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
}

func (a *Transfer) needs(b *Book, c Command, w *Wants) {
	b.refusals.want(w, c.Actor)
	b.wantVolunteer(w, a.To)
	if v, ok := b.wantVolunteer(w, a.From); ok {
		b.wantRule(w, v.Unit)
	}
}

func (a *Transfer) decide(b *Book, c Command, d *draft) *Rejection {
	from, ok := b.volunteers.get(a.From)
	if !ok {
		return notFound(string(a.From))
	}
	to, r := b.open(a.To)
	if r != nil {
		return r
	}
	if r := b.drawable(c, from); r != nil {
		return r
	}
	if b.self(c.Actor, to) {
		return &Rejection{Reason: SelfService, Subject: string(a.To)}
	}
	rule, ok := b.ruleOf(from.Unit, d.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	}
	if !rule.Transfer {
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(a.From), Point})
	if have := acct.Available(d.On); have < a.Points {
		return &Rejection{Reason: InsufficientPoint, Subject: string(a.From), Have: have, Want: a.Points}
	}

	// Past this line the transfer succeeds.
	lots := d.give(acct, a.From, a.To, a.Points)
	d.Rule = rule.Name()
	d.Body = &Gift{a.From, a.To, a.Points, lots}
	return nil
}

// expiryPostings are the postings that expire what has lapsed. Lots beyond the bound of an entry are left to the next one.
func expiryPostings(a Account, v VolunteerID, u UnitID, on Date) []Posting {
	var d draft
	var sum Amount
	for _, l := range a.Lots {
		if l.Lapsed(on) && len(d.Postings) < MaxPostings-1 {
			d.post(PointsOf(v), Point, l.Left, l.ID)
			sum += l.Left
		}
	}
	d.post(account(ClassBreakage, u), Point, -sum, 0)
	return d.Postings
}

// give posts a transfer: the draws of the giver, and a lot of the same expiry for each of them.
func (d *draft) give(a Account, from, to VolunteerID, points Amount) (lots []LotExpiry) {
	draws, _ := pick(a.Lots, points, d.On)
	for _, w := range draws {
		d.post(PointsOf(from), Point, w.Amount, w.Lot)
	}
	for _, w := range draws {
		lot := d.newLot()
		d.post(PointsOf(to), Point, -w.Amount, lot)
		lots = append(lots, LotExpiry{lot, a.Lots[lotOf(a.Lots, w.Lot)].Expires})
	}
	return lots
}
