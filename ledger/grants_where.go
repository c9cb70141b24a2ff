package ledger

// This file says where things are done. What is not listed concerns the whole book, so that only a role for everywhere is enough.

func (a *Redeem) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *Receive) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *AddShop) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *AddActivity) where(*Book, *Wants) place { return place{unit: a.Unit} }

// where leaves the unit of a shop to whoever asks.
func (a *ImportFile) where(*Book, *Wants) place {
	if ShopID(a.Scope).Valid() {
		return place{shop: ShopID(a.Scope)}
	}
	return place{unit: UnitID(a.Scope)}
}

func (a *Enroll) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *Return) where(b *Book, w *Wants) place {
	b.wantEntry(w, a.Redemption)
	e, _ := b.held(a.Redemption)
	if x, ok := e.Sold(); ok {
		return place{shop: x.Shop}
	}
	return place{}
}

func (a *DeclareHours) where(b *Book, w *Wants) place { return b.whereActivity(w, a.Activity) }

func (b *Book) whereActivity(w *Wants, id ActivityID) place {
	b.activities.want(w, id)
	act, _ := b.activities.peek(id)
	return place{unit: act.Unit}
}

func (a *Approve) where(b *Book, w *Wants) place { return b.whereRecord(w, a.Record) }

func (a *ReturnRecord) where(b *Book, w *Wants) place { return b.whereRecord(w, a.Record) }

// whereRecord is the unit of what was declared; what was proposed is done where its action is.
func (b *Book) whereRecord(w *Wants, i Index) place {
	b.records.want(w, i)
	rec, _ := b.records.peek(i)
	if ask := rec.Asked(); ask != nil {
		return b.whereIs(ask, w)
	}
	return place{unit: rec.Unit}
}

func (b *Book) wherePerson(w *Wants, v VolunteerID) place {
	b.volunteers.want(w, v)
	who, _ := b.volunteers.peek(v)
	return place{unit: who.UnitOn(b.today)}
}

func (a *DeclareActs) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *DeclareOpening) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetStatus) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *Expire) where(b *Book, w *Wants) place {
	if a.Pool != "" {
		b.wantPool(w, a.Pool)
		if home, ok := b.households.peek(HouseholdID(a.Pool)); ok {
			return place{unit: home.Unit}
		}
		return place{unit: UnitID(a.Pool)}
	}
	return b.wherePerson(w, a.Volunteer)
}

func (a *Transfer) where(b *Book, w *Wants) place { return b.wherePerson(w, a.From) }

func (a *Merge) where(b *Book, w *Wants) place { return b.wherePerson(w, a.From) }

func (a *DeclareLeave) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *Leave) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetGuardian) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetConsent) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *Erase) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *IssueCard) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *VoidCard) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *Certify) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetClasses) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetBudget) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *PostNotice) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *Publish) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *RemoveNotice) where(b *Book, w *Wants) place {
	b.notices.want(w, a.Notice)
	n, _ := b.notices.peek(a.Notice)
	return place{unit: n.Unit}
}

func (a *CreditRecord) where(b *Book, w *Wants) place { return b.whereRecord(w, a.Record) }

func (a *Object) where(b *Book, w *Wants) place { return b.whereRecord(w, a.Record) }

func (a *AnswerObjection) where(b *Book, w *Wants) place {
	b.objections.want(w, a.Objection)
	o, _ := b.objections.peek(a.Objection)
	return b.whereRecord(w, o.Record)
}

func (a *OpenCount) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *EnterCount) where(b *Book, w *Wants) place { return b.whereCount(w, a.Count) }

func (a *ConfirmCount) where(b *Book, w *Wants) place { return b.whereCount(w, a.Count) }

func (a *FinaliseCount) where(b *Book, w *Wants) place { return b.whereCount(w, a.Count) }

func (b *Book) whereCount(w *Wants, i Index) place {
	b.counts.want(w, i)
	n, _ := b.counts.peek(i)
	return place{shop: n.Shop}
}

func (a *DeclareWriteOff) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *DeclareRelief) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *ConfirmWriteOff) where(b *Book, w *Wants) place { return b.wherePaper(w, a.Paper) }

func (a *GiveRelief) where(b *Book, w *Wants) place { return b.wherePaper(w, a.Paper) }

func (b *Book) wherePaper(w *Wants, i Index) place {
	b.papers.want(w, i)
	p, _ := b.papers.peek(i)
	return place{shop: p.Shop}
}

func (a *Drop) where(b *Book, w *Wants) place {
	if at := b.wherePaper(w, a.Entry); at.shop != "" {
		return at
	}
	return b.whereCount(w, a.Entry)
}

func (a *TakeRequest) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *SortRequest) where(b *Book, w *Wants) place { return b.whereRequest(w, a.Request) }

func (a *AssignRequest) where(b *Book, w *Wants) place { return b.whereRequest(w, a.Request) }

// where is the unit that went out.
func (a *FinishRequest) where(b *Book, w *Wants) place {
	at := b.whereRequest(w, a.Request)
	if r, _ := b.requests.peek(a.Request); r.To != "" {
		at.unit = r.To
	}
	return at
}

func (a *CallBack) where(b *Book, w *Wants) place { return b.whereRequest(w, a.Request) }

func (a *CloseRequest) where(b *Book, w *Wants) place { return b.whereRequest(w, a.Request) }

func (b *Book) whereRequest(w *Wants, q RequestID) place {
	b.requests.want(w, q)
	r, _ := b.requests.peek(q)
	return place{unit: r.Unit}
}

func (a *OpenCounter) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *CloseCounter) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *Undo) where(b *Book, w *Wants) place { return (&Return{Redemption: a.Redemption}).where(b, w) }

func (a *SetProxy) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *SetMembership) where(*Book, *Wants) place { return place{unit: a.Unit} }

func (a *GrantBase) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *OpenSession) where(b *Book, w *Wants) place { return b.whereActivity(w, a.Activity) }

func (a *CheckIn) where(b *Book, w *Wants) place { return b.whereSession(w, a.Session) }

func (a *CheckOut) where(b *Book, w *Wants) place { return b.whereSession(w, a.Session) }

func (a *ConfirmAttendance) where(b *Book, w *Wants) place { return b.whereSession(w, a.Session) }

func (a *CloseSession) where(b *Book, w *Wants) place { return b.whereSession(w, a.Session) }

func (b *Book) whereSession(w *Wants, i Index) place {
	b.sessions.want(w, i)
	s, ok := b.sessions.peek(i)
	if !ok {
		return place{}
	}
	return b.whereActivity(w, s.Activity)
}

func (a *Hold) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *Settle) where(b *Book, w *Wants) place { return b.whereHold(w, a.Hold) }

func (a *Release) where(b *Book, w *Wants) place { return b.whereHold(w, a.Hold) }

func (a *EndHold) where(b *Book, w *Wants) place { return b.whereHold(w, a.Hold) }

func (b *Book) whereHold(w *Wants, i Index) place {
	b.holds.want(w, i)
	h, _ := b.holds.peek(i)
	return place{shop: h.Shop}
}

func (a *IssueVouchers) where(*Book, *Wants) place { return place{shop: a.Shop} }

func (a *VoidVoucher) where(*Book, *Wants) place { return place{shop: a.Shop} }
