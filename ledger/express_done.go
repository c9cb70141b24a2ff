package ledger

import (
	"fmt"
	"slices"
)

// A request on its way out: done, called back about, or withdrawn; and the service record that waits for the call.

func (a *FinishRequest) fields(c *codec) {
	text(c, "request", &a.Request)
	texts(c, "by", &a.By)
	c.start("start", &a.Start)
	number(c, "minutes", &a.Minutes)
}

func (r *RequestService) fields(c *codec) {
	r.FinishRequest.fields(c)
	c.start("until", &r.Until)
}

func (a *FinishRequest) kind() Kind { return RequestDone }

func (a *FinishRequest) roles() anyOf { return anyOf{Leader} }

func (a *FinishRequest) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *FinishRequest) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(len(a.By) > 0, "by", "required")
	f.want(len(a.By) <= MaxServers, "by", "too_many")
	for i, v := range a.By {
		f.want(v.Valid(), fmt.Sprintf("by[%d]", i), "volunteer_number")
		f.want(!slices.Contains(a.By[:i], v), fmt.Sprintf("by[%d]", i), "twice")
	}
	checkService(f, a.Start, a.Minutes)
}

func (a *FinishRequest) needs(b *Book, _ Command, w *Wants) {
	b.wantRequest(w, a.Request)
	for _, v := range a.By {
		b.wantWho(w, v)
	}
}

// decide wants service that is over, and nothing of how its start stands to when the request was taken or assigned: those are the minutes in
// which the desk typed. Whoever was rung up goes at once, and the desk types it all afterwards; after a cut of power it types a day's calls
// from paper. That it was done says somebody else, by calling back.
func (a *FinishRequest) decide(b *Book, _ Command, d *draft) *Rejection {
	r := missing(&b.requests, a.Request)
	for _, v := range a.By {
		r = firstOf(r, missing(&b.volunteers, v))
	}
	for _, v := range a.By {
		_, closed := b.open(v)
		r = firstOf(r, closed)
	}
	if r != nil {
		return r
	}
	req, r := b.request(a.Request, Assigned)
	switch {
	case r != nil:
		return r
	case a.Start+Start(a.Minutes) > d.minute:
		return &Rejection{Reason: DateInFuture, Subject: a.Start.String()}
	}
	d.Rule = req.Rule
	d.Body = &RequestService{FinishRequest: *a, Until: d.minute + b.express(req.Rule).callWithin()}
	return nil
}

func (r *RequestService) asked() (Action, Index) { return &r.FinishRequest, 0 }

func (r *RequestService) holds(b *Book, _ Entry) ([]Posting, error) {
	for _, v := range r.By {
		if err := b.checkEnrolled(v); err != nil {
			return nil, err
		}
	}
	_, no := b.request(r.Request, Assigned)
	return states(no)
}

func (r *RequestService) fold(b *Book, e Entry) {
	req := b.requests.edit(r.Request)
	req.State, req.Start, req.Minutes, req.Until = Done, r.Start, r.Minutes, r.Until
	req.Finisher, req.Finished = kept(b, e.Actor), b.minute(e)
	req.By = make([]VolunteerID, len(r.By))
	for i, v := range r.By {
		req.By[i] = kept(b, v)
	}
}

func (a *CallBack) fields(c *codec) {
	text(c, "request", &a.Request)
	text(c, "result", &a.Result)
}

func (r *RequestCall) fields(c *codec) {
	r.CallBack.fields(c)
	number(c, "call", &r.Call)
	c.flag("taker", &r.Taker)
}

func (a *CallBack) kind() Kind { return RequestCalledBack }

func (a *CallBack) roles() anyOf { return anyOf{Reviewer, Publisher, Clerk, Leader} }

func (a *CallBack) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CallBack) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(slices.Contains(CallResults(), a.Result), "result", "call_result")
}

func (a *CallBack) needs(b *Book, _ Command, w *Wants) { b.wantRequest(w, a.Request) }

func (a *CallBack) decide(b *Book, c Command, d *draft) *Rejection {
	if r := missing(&b.requests, a.Request); r != nil {
		return r
	}
	req, r := b.request(a.Request, Done)
	rule := b.express(req.Rule)
	switch {
	case b.servedBy(req, c.Actor), req.Taker == c.Actor && !rule.TakerCalls:
		return &Rejection{Reason: CallByOther, Subject: string(c.Actor)}
	case r != nil:
		return r
	}
	d.Rule = req.Rule
	d.Body = &RequestCall{CallBack: *a, Call: req.Calls + 1, Taker: req.Taker == c.Actor}
	return nil
}

// servedBy reports whether a staff number reported the request done, served it, or is of the household of somebody who did.
func (b *Book) servedBy(r Request, actor StaffID) bool {
	return r.Finisher == actor || slices.ContainsFunc(r.By, func(id VolunteerID) bool {
		v, _ := b.who(id)
		return b.self(actor, v)
	})
}

func (r *RequestCall) asked() (Action, Index) { return &r.CallBack, 0 }

// holds that nobody calls back about their own service (I13), and that calls are counted.
func (r *RequestCall) holds(b *Book, e Entry) ([]Posting, error) {
	req, no := b.request(r.Request, Done)
	switch {
	case no != nil:
		return states(no)
	case b.servedBy(req, e.Actor):
		return nil, fmt.Errorf("I13: %s calls back about request %s, which they served", e.Actor, r.Request)
	case r.Call != req.Calls+1 || r.Taker != (req.Taker == e.Actor):
		return nil, fmt.Errorf("I8: request %s says otherwise", r.Request)
	}
	return nil, nil
}

func (r *RequestCall) fold(b *Book, e Entry) {
	req := b.requests.edit(r.Request)
	req.Calls, req.Result, req.Caller = r.Call, kept(b, r.Result), kept(b, e.Actor)
	switch {
	case r.Result != NoAnswer:
		req.State = Heard
	case r.Call >= MaxCalls:
		req.State = Unanswered
	}
}

func (a *CloseRequest) fields(c *codec) {
	text(c, "request", &a.Request)
	text(c, "reason", &a.Reason)
}

func (a *CloseRequest) kind() Kind { return RequestClosed }

func (a *CloseRequest) roles() anyOf { return anyOf{Leader, Steward} }

func (a *CloseRequest) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CloseRequest) check(f *faults) {
	f.want(a.Request.Valid(), "request", "request_number")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *CloseRequest) needs(b *Book, _ Command, w *Wants) { b.wantRequest(w, a.Request) }

func (a *CloseRequest) decide(b *Book, _ Command, d *draft) *Rejection {
	_, r := b.request(a.Request, Taken, Sorted, Assigned)
	return d.itself(a, r)
}

func (a *CloseRequest) asked() (Action, Index) { return a, 0 }

func (a *CloseRequest) holds(b *Book, _ Entry) ([]Posting, error) {
	_, no := b.request(a.Request, Taken, Sorted, Assigned)
	return states(no)
}

func (a *CloseRequest) fold(b *Book, _ Entry) {
	req := b.requests.edit(a.Request)
	req.State, req.Reason = Withdrawn, kept(b, a.Reason)
}

// confirmed refuses hours of a code that wants a request, or for a request that was not called back about, or otherwise than it
// was: whoever called asked about this volunteer and this time.
func (a *DeclareHours) confirmed(b *Book, rule *Rule, code Code) *Rejection {
	if a.Request == "" {
		if slices.Contains(rule.Express.Codes, code) {
			return &Rejection{Reason: NotCalledBack, Subject: string(code)}
		}
		return nil
	}
	req, _ := b.requests.get(a.Request)
	if req.State != Heard || !slices.Contains(req.By, a.Volunteer) || req.Start != a.Start || req.Minutes != a.Minutes {
		return &Rejection{Reason: NotCalledBack, Subject: string(a.Request)}
	}
	return nil
}

// complained reports whether the hours are those of a request about which nothing good was heard: they were served and are
// recorded, and earn what the rule leaves of them (B17).
func (a *DeclareHours) complained(b *Book) bool {
	if a.Request == "" {
		return false
	}
	req, _ := b.requests.get(a.Request)
	return req.Result == Bad
}
