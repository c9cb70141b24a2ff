package ledger

// The balance of a paper booklet, brought in once for each volunteer.

func (a *DeclareOpening) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	number(c, "points", &a.Points)
	c.date("expires", &a.Expires)
}

func (r *OpeningRecord) fields(c *codec) {
	r.DeclareOpening.fields(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	c.since(2, func(c *codec) { text(c, "pool", &r.Pool) })
}

func (a *DeclareOpening) kind() Kind { return OpeningDeclared }

func (a *DeclareOpening) roles() anyOf { return anyOf{Steward} }

func (a *DeclareOpening) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareOpening) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
	f.want(a.Expires == 0 || a.Expires.valid(), "expires", "date")
}

func (a *DeclareOpening) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.Volunteer)
	b.wantShared(w, a.Volunteer)
}

func (a *DeclareOpening) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	switch {
	case r != nil:
		return r
	case a.Expires != 0 && a.Expires < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Expires.String()}
	case v.Opening != 0:
		return &Rejection{Reason: Duplicate, Subject: string(a.Volunteer)}
	}
	if r := b.mayPend(a.Volunteer, a.Points); r != nil {
		return r
	}
	d.Body = &OpeningRecord{DeclareOpening: *a, Import: c.Import, Unit: v.Unit, Pool: b.earnsInto(v, d.On)}
	return nil
}

func (r *OpeningRecord) asked() (Action, Index) { return &r.DeclareOpening, r.Import }

func (r *OpeningRecord) holds(b *Book, e Entry) ([]Posting, error) {
	return nil, b.checkMember(r.Volunteer, r.Pool, e.On)
}

func (r *OpeningRecord) fold(b *Book, e Entry) {
	b.volunteers.edit(r.Volunteer).Opening = e.Index
	b.declare(e, Record{Volunteer: r.Volunteer, Unit: r.Unit, Points: r.Points, Expires: r.Expires, Import: r.Import, Pool: r.Pool})
}
