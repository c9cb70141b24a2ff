package ledger

import "slices"

// This file folds entries that were checked: the state after them is the state before and what they say.

// fold changes the state by an entry that was checked: it must succeed.
func (b *Book) fold(e Entry) {
	b.keyed.put(e.Key, KeyFact{e.Index})
	expires := lotDates(e)
	for _, p := range e.Postings {
		k := p.key()
		acct := b.accounts.edit(k)
		acct.Balance += p.Amount
		if p.Lot != 0 {
			acct.move(p.Lot, p.Amount*normal(p.Account), expires(p.Lot))
		}
	}
	b.foldBody(e)
	for i, p := range e.Postings {
		b.line(e, i, p.key())
	}
}

// line gives out the movement of an account with a statement, once for each account of an entry.
func (b *Book) line(e Entry, i int, k AccountKey) {
	if !b.watch(k) || slices.ContainsFunc(e.Postings[:i], func(q Posting) bool { return q.key() == k }) {
		return
	}
	var amount Amount
	for _, q := range e.Postings {
		if q.key() == k {
			amount += q.Amount
		}
	}
	acct, _ := b.accounts.get(k)
	b.lines = append(b.lines, Line{k, e.Index, amount, acct.Balance, b.sealing.fact(&acct)})
}

// move adds to or takes from a lot, opening or closing it. A restored lot takes the date that the entry states.
func (a *Account) move(id LotID, amount Amount, expires Date) {
	if i := lotOf(a.Lots, id); i >= 0 {
		l := a.Lots[i]
		a.Lots = slices.Delete(a.Lots, i, i+1)
		l.Left += amount
		if amount > 0 {
			l.Expires = expires
		}
		if l.Left > 0 {
			a.open(l)
		}
		return
	}
	a.open(Lot{id, amount, expires})
}

// open puts a lot in its place in the drawing order.
func (a *Account) open(l Lot) {
	i, _ := slices.BinarySearchFunc(a.Lots, l, func(x, y Lot) int {
		if x.Before(y) {
			return -1
		}
		return 1
	})
	a.Lots = slices.Insert(a.Lots, i, l)
}

// lotDates returns the last usable day that an entry gives the lots that it opens or restores.
func lotDates(e Entry) func(LotID) Date {
	fixed := func(d Date) func(LotID) Date { return func(LotID) Date { return d } }
	listed := func(lots []LotExpiry) func(LotID) Date {
		return func(id LotID) Date {
			for _, l := range lots {
				if l.Lot == id {
					return l.Expires
				}
			}
			return 0
		}
	}
	switch body := e.Body.(type) {
	case *Credit:
		return fixed(body.Expires)
	case *Receive:
		return fixed(body.BestBefore)
	case *Gift:
		return listed(body.Lots)
	case *GoodsReturn:
		return listed(body.Lots)
	case *Reversal:
		return listed(body.Lots)
	}
	return fixed(0)
}

// foldBody changes the facts that are no balances.
func (b *Book) foldBody(e Entry) {
	switch body := e.Body.(type) {
	case *OpenBook:
		b.book.put(single{}, BookFact{Format: body.Format, Origin: body.Origin, Zone: body.Zone, Demo: body.Demo})
	case *Appoint:
		b.foldAppoint(body)
	case *AddUnit:
		b.units.put(body.Unit, *body)
	case *AddShop:
		b.shops.put(body.Shop, *body)
	case *AddDonor:
		b.donors.put(body.Donor, *body)
	case *AddItem:
		b.items.put(body.Item, Item{body.Item, body.Name, body.Label, []Price{{body.From, body.Points}}})
	case *PriceItem:
		b.items.edit(body.Item).price(Price{body.From, body.Points})
	case *SetRule:
		r := b.rules.edit(single{})
		r.List = append(r.List, body.Rule)
	case *AddActivity:
		b.activities.put(body.Activity, *body)
	case *Enroll:
		b.volunteers.put(body.Volunteer, Volunteer{
			Volunteer: body.Volunteer, Unit: body.Unit, Household: body.Household, Status: Active, Since: e.On,
		})
	case *SetStatus:
		b.volunteers.edit(body.Volunteer).Status = body.Status
	case *ImportFile:
		b.imports.put(e.Index, *body)
	case *Refusal:
		r := b.refusals.edit(e.Actor)
		if hour := hourOf(e.At); r.Hour != hour {
			*r = Refusals{Hour: hour}
		}
		r.Count++
	default:
		b.foldService(e)
	}
}

func (b *Book) foldAppoint(a *Appoint) {
	before, _ := b.staff.get(a.Staff)
	book := b.book.edit(single{})
	count := func(has bool) int64 {
		if has {
			return 1
		}
		return 0
	}
	book.Staff += count(len(a.Roles) > 0) - count(len(before.Roles) > 0)
	book.Admins += count(slices.Contains(a.Roles, Admin)) - count(slices.Contains(before.Roles, Admin))
	*b.staff.edit(a.Staff) = *a
}

// price puts a dated price in its place; a later word about the same day replaces the earlier.
func (i *Item) price(p Price) {
	i.Prices = slices.DeleteFunc(slices.Clone(i.Prices), func(q Price) bool { return q.From == p.From })
	i.Prices = append(i.Prices, p)
	slices.SortFunc(i.Prices, func(x, y Price) int { return int(x.From - y.From) })
}

// foldService changes the facts about records, redemptions and what was undone.
func (b *Book) foldService(e Entry) {
	switch body := e.Body.(type) {
	case *HoursRecord:
		day := b.days.edit(dayKey{body.Volunteer, body.Start.On()})
		day.Sessions = append(day.Sessions, Session{kept(b, body.Activity), body.Start, body.Minutes, body.Counted})
		b.declare(e, Record{
			Volunteer: body.Volunteer, Unit: body.Unit, Activity: body.Activity, Start: body.Start, Minutes: body.Minutes,
			Counted: body.Counted, Points: body.Points, Capture: body.Capture, Import: body.Import,
		})
	case *ActsRecord:
		day := b.days.edit(dayKey{body.Volunteer, body.On})
		day.Acts = append(day.Acts, kept(b, body.Code))
		b.declare(e, Record{
			Volunteer: body.Volunteer, Unit: body.Unit, Code: body.Code, On: body.On, Quantity: body.Quantity,
			Points: body.Points, Import: body.Import,
		})
	case *OpeningRecord:
		b.volunteers.edit(body.Volunteer).Opening = e.Index
		b.declare(e, Record{
			Volunteer: body.Volunteer, Unit: body.Unit, Points: body.Points, Expires: body.Expires, Import: body.Import,
		})
	case *Credit:
		r := b.records.edit(body.Record)
		r.State, r.Credit = Credited, e.Index
		b.accounts.edit(AccountKey{PointsOf(r.Volunteer), Point}).Pending -= r.Points
	case *RecordReturn:
		r := b.records.edit(body.Record)
		b.accounts.edit(AccountKey{PointsOf(r.Volunteer), Point}).Pending -= r.Points
		b.undeclare(r, SentBack)
	case *Exchange:
		b.volunteers.edit(body.Volunteer).Last = e.Index
	case *GoodsReturn:
		b.foldReturn(e, body.Redemption)
	case *Reversal:
		b.foldReversal(e, body)
	case *Expiry:
		b.foldExpiry(e)
	}
}

// declare keeps a record that waits for approval.
func (b *Book) declare(e Entry, r Record) {
	r.Index, r.Kind, r.State, r.Declarer, r.Rule = e.Index, kept(b, e.Kind), Pending, kept(b, e.Actor), kept(b, e.Rule)
	r.Volunteer, r.Unit, r.Activity = kept(b, r.Volunteer), kept(b, r.Unit), kept(b, r.Activity)
	r.Code, r.Capture = kept(b, r.Code), kept(b, r.Capture)
	b.records.put(e.Index, r)
	b.accounts.edit(AccountKey{PointsOf(r.Volunteer), Point}).Pending += r.Points
}

// day names the day that a record of service or acts belongs to.
func (r *Record) day() dayKey {
	if r.Kind == HoursDeclared {
		return dayKey{r.Volunteer, r.Start.On()}
	}
	return dayKey{r.Volunteer, r.On}
}

// undeclare takes a record out of its day, so that the same may be declared again.
func (b *Book) undeclare(r *Record, state RecordState) {
	r.State = state
	if r.Kind == OpeningDeclared {
		b.volunteers.edit(r.Volunteer).Opening = 0
		return
	}
	day := b.days.edit(r.day())
	day.Sessions = slices.DeleteFunc(slices.Clone(day.Sessions), func(s Session) bool {
		return s.Activity == r.Activity && s.Start == r.Start
	})
	day.Acts = slices.DeleteFunc(slices.Clone(day.Acts), func(c Code) bool { return c == r.Code })
}

// foldReturn notes which postings of a redemption the entry gave back.
func (b *Book) foldReturn(e Entry, redemption Index) {
	sold, _ := b.entry(redemption)
	after := b.afters.edit(redemption)
	for _, p := range e.Postings {
		if p.Account.Class() == ClassPoints && p.Amount > 0 { // what had lapsed beside the returned points
			b.expireLot(p.Lot, p.Amount)
			continue
		}
		for i, q := range sold.Postings {
			if q.key() == p.key() && q.Lot == p.Lot && (q.Amount > 0) != (p.Amount > 0) && undoable(q.Account.Class()) {
				after.undo(i, p.Amount.Abs())
				break
			}
		}
	}
}

// undoable reports whether what a return gives back is counted on postings of the class.
func undoable(c Class) bool { return c == ClassPoints || c == ClassStock || c == ClassShort }

// foldExpiry notes, with the entry that opened each lot, how much of it expired.
func (b *Book) foldExpiry(e Entry) {
	for _, p := range e.Postings {
		if p.Lot != 0 {
			b.expireLot(p.Lot, p.Amount)
		}
	}
}

func (b *Book) expireLot(id LotID, amount Amount) {
	opener, _ := b.entry(id.Entry())
	for i, q := range opener.Postings {
		if q.Lot == id && q.Account.Class() == ClassPoints {
			b.afters.edit(id.Entry()).undo(i, amount)
			return
		}
	}
}
