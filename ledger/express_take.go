package ledger

import "slices"

// A request on its way in: taken, sorted with its limit, assigned to whoever goes out.

func (a *TakeRequest) fields(c *codec) {
	text(c, "request", &a.Request)
	text(c, "unit", &a.Unit)
	text(c, "channel", &a.Channel)
}

func (r *RequestTaking) fields(c *codec) {
	r.TakeRequest.fields(c)
	c.start("until", &r.Until)
}

func (a *TakeRequest) kind() Kind { return RequestTaken }

func (a *TakeRequest) roles() anyOf { return anyOf{Leader, Publisher, Clerk, Steward} }

func (a *TakeRequest) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *TakeRequest) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(slices.Contains(Channels(), a.Channel), "channel", "channel")
}

func (a *TakeRequest) needs(b *Book, _ Command, w *Wants) {
	b.requests.want(w, a.Request)
	b.wantRule(w, a.Unit)
}

func (a *TakeRequest) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.units, a.Unit), exists(&b.requests, a.Request)); r != nil {
		return r
	}
	rule, ok := b.ruleOf(a.Unit, d.On)
	if ok {
		d.Rule = rule.Name()
	}
	d.Body = &RequestTaking{TakeRequest: *a, Until: d.minute + rule.Express.shortest()}
	return nil
}

func (r *RequestTaking) asked() (Action, Index) { return &r.TakeRequest, 0 }

func (r *RequestTaking) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(exists(&b.requests, r.Request))
}

func (r *RequestTaking) fold(b *Book, e Entry) {
	b.requests.put(r.Request, Request{
		Request: r.Request, State: Taken, Unit: kept(b, r.Unit), Channel: kept(b, r.Channel), Rule: kept(b, e.Rule),
		At: b.minute(e), Until: r.Until, Taker: kept(b, e.Actor),
	})
}

// minute returns the civil minute of an entry.
func (b *Book) minute(e Entry) Start { return minuteOf(e.At.In(b.zone)) }

func (a *SortRequest) fields(c *codec) {
	text(c, "request", &a.Request)
	text(c, "class", &a.Class)
}

func (r *RequestSorting) fields(c *codec) {
	r.SortRequest.fields(c)
	c.start("until", &r.Until)
}

func (a *SortRequest) kind() Kind { return RequestSorted }

func (a *SortRequest) roles() anyOf { return anyOf{Leader, Steward} }

func (a *SortRequest) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SortRequest) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(a.Class.valid(), "class", "request_class")
}

func (a *SortRequest) needs(b *Book, _ Command, w *Wants) { b.wantRequest(w, a.Request) }

func (a *SortRequest) decide(b *Book, _ Command, d *draft) *Rejection {
	req, r := b.request(a.Request, Taken, Sorted, Assigned)
	if r != nil {
		return r
	}
	hours, ok := b.express(req.Rule).Hours(a.Class)
	if !ok {
		return &Rejection{Reason: NoStandard, Subject: string(a.Class)}
	}
	d.Rule = req.Rule
	d.Body = &RequestSorting{SortRequest: *a, Until: req.At + Start(hours*60)}
	return nil
}

func (r *RequestSorting) asked() (Action, Index) { return &r.SortRequest, 0 }

func (r *RequestSorting) holds(b *Book, _ Entry) ([]Posting, error) {
	_, no := b.request(r.Request, Taken, Sorted, Assigned)
	return states(no)
}

func (r *RequestSorting) fold(b *Book, _ Entry) {
	req := b.requests.edit(r.Request)
	req.Class, req.Until, req.Limit = kept(b, r.Class), r.Until, r.Until
	if req.State == Taken {
		req.State = Sorted
	}
}

func (a *AssignRequest) fields(c *codec) {
	text(c, "request", &a.Request)
	text(c, "to", &a.To)
}

func (a *AssignRequest) kind() Kind { return RequestAssigned }

func (a *AssignRequest) roles() anyOf { return anyOf{Leader, Steward} }

func (a *AssignRequest) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AssignRequest) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(a.To.Valid(), "to", "unit_code")
}

func (a *AssignRequest) needs(b *Book, _ Command, w *Wants) {
	b.wantRequest(w, a.Request)
	b.units.want(w, a.To)
}

func (a *AssignRequest) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.requests, a.Request), missing(&b.units, a.To)); r != nil {
		return r
	}
	if _, r := b.request(a.Request, Sorted, Assigned); r != nil {
		return r
	}
	if to, _ := b.units.get(a.To); !slices.Contains([]UnitKind{Grid, GridUnit, Team}, to.Kind) {
		return &Rejection{Reason: WrongUnit, Subject: string(a.To)}
	}
	return d.itself(a, nil)
}

func (a *AssignRequest) asked() (Action, Index) { return a, 0 }

func (a *AssignRequest) holds(b *Book, _ Entry) ([]Posting, error) {
	_, no := b.request(a.Request, Sorted, Assigned)
	return states(no)
}

func (a *AssignRequest) fold(b *Book, _ Entry) {
	req := b.requests.edit(a.Request)
	req.State, req.To = Assigned, kept(b, a.To)
}
