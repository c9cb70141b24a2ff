package ledger

import (
	"fmt"
	"slices"
)

// This family is the Express with heart (rule B45): a request for help is taken by any channel, sorted with a limit of time,
// assigned to a grid or a team, done, and called back about by somebody else; only then may a service record be declared for it.
// Who asked, where they live and how to reach them stands in the registry under the request's number, and never here.

// The kinds of what becomes of a request.
const (
	RequestTaken      Kind = "request_taken"
	RequestSorted     Kind = "request_sorted"
	RequestAssigned   Kind = "request_assigned"
	RequestDone       Kind = "request_done"
	RequestCalledBack Kind = "request_called_back"
	RequestClosed     Kind = "request_closed"
)

// Why a command about a request was refused.
const (
	// WrongState refuses what the state of the request, in Subject, does not allow.
	WrongState RejectReason = "wrong_state"
	// WrongUnit refuses to assign a request to a unit that nobody goes out from.
	WrongUnit RejectReason = "wrong_unit"
	// CallByOther refuses a call-back by whoever, in Subject, took the request, served it or reported it done.
	CallByOther RejectReason = "call_by_other"
	// NotCalledBack refuses a service record that no call-back confirmed. Subject is the request, or the code that wants one.
	NotCalledBack RejectReason = "not_called_back"
)

// RequestID is Q and six digits.
type RequestID string

// Valid reports whether the id has its grammar.
func (q RequestID) Valid() bool { return numbered(string(q), "Q", 6, 6) }

// Serial returns the digits of a valid request number as a number.
func (q RequestID) Serial() int { return serial(string(q)[1:]) }

// Channel is how a request came.
type Channel string

// The channels of requests.
const (
	ByPhone   Channel = "phone"
	ByMessage Channel = "message" // written, on whatever device
	ByVisit   Channel = "visit"   // somebody of the grid came by and was asked
	AtCounter Channel = "counter"
	OnBehalf  Channel = "on-behalf" // a neighbour, a relative or an office asked
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{ByPhone, ByMessage, ByVisit, AtCounter, OnBehalf} }

// RequestState is what became of a request.
type RequestState string

// The states of a request. The last three are final.
const (
	Taken      RequestState = "taken"
	Sorted     RequestState = "sorted"
	Assigned   RequestState = "assigned"
	Done       RequestState = "done"
	Heard      RequestState = "answered"   // called back about: Result says what was heard
	Unanswered RequestState = "unanswered" // nobody answered MaxCalls calls
	Withdrawn  RequestState = "withdrawn"  // closed before it was done
)

// CallResult is what a call-back heard.
type CallResult string

// The results of a call-back. No answer is an answer of its own, and never a good one.
const (
	Good     CallResult = "good"
	Fair     CallResult = "fair"
	Bad      CallResult = "bad"
	NoAnswer CallResult = "unanswered"
)

// CallResults lists every result.
func CallResults() []CallResult { return []CallResult{Good, Fair, Bad, NoAnswer} }

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// TakeRequest takes a request for help. By whoever meets people. The requester's details are in the registry before.
	TakeRequest struct {
		Request RequestID
		Unit    UnitID // whose rule gives the limits
		Channel Channel
	}

	// RequestTaking is the body of request_taken.
	RequestTaking struct {
		TakeRequest
		Until Start // until when it has to be sorted: the shortest limit of the rule
	}

	// SortRequest says of what class a request is, and may say so again until it is done. By a leader or steward.
	SortRequest struct {
		Request RequestID
		Class   RequestClass
	}

	// RequestSorting is the body of request_sorted.
	RequestSorting struct {
		SortRequest
		Until Start // until when it has to be done: the limit of the class after it was taken
	}

	// AssignRequest gives a request to the grid, grid unit or team that goes out, or to another one. By a leader or steward.
	AssignRequest struct {
		Request RequestID
		To      UnitID
	}

	// FinishRequest reports who served, and when. By a leader.
	FinishRequest struct {
		Request RequestID
		By      []VolunteerID
		Start   Start
		Minutes Amount
	}

	// RequestService is the body of request_done.
	RequestService struct {
		FinishRequest
		Until Start // until when somebody has to call back
	}

	// CallBack asks the requester how it went. By somebody who neither took the request, nor served, nor reported it done.
	CallBack struct {
		Request RequestID
		Result  CallResult
	}

	// RequestCall is the body of request_called_back.
	RequestCall struct {
		CallBack
		Call  int64 // the how many-th
		Taker bool  // whoever took the request called, as the rule allows where people are few
	}

	// CloseRequest withdraws a request that was not done. By a leader or steward.
	CloseRequest struct {
		Request RequestID
		Reason  Reason
	}
)

// Request is a request for help and what became of it.
type Request struct {
	Request  RequestID
	State    RequestState
	Unit     UnitID
	Channel  Channel
	Rule     string // id@version that gives its limits; none where no rule was in force
	At       Start  // when it was taken
	Until    Start  // until when the next step is due; kept when that was the last
	Class    RequestClass
	To       UnitID
	By       []VolunteerID
	Start    Start
	Minutes  Amount
	Finished Start // when it was reported done
	Limit    Start // until when it had to be done
	Result   CallResult
	Calls    int64
	Taker    StaffID
	Finisher StaffID
	Caller   StaffID // the latest
	Reason   Reason  // of a withdrawal
}

// Open reports whether somebody still has to do something about it.
func (r Request) Open() bool {
	return r.State == Taken || r.State == Sorted || r.State == Assigned || r.State == Done
}

// Overdue returns how many minutes ago the next step was due, at a civil minute; 0 where it is not overdue.
func (r Request) Overdue(now Start) Amount {
	if !r.Open() {
		return 0
	}
	return max(0, Amount(now-r.Until))
}

// Late returns how many minutes after its limit the request was done.
func (r Request) Late() Amount {
	if r.Limit == 0 {
		return 0
	}
	return max(0, Amount(r.Finished-r.Limit))
}

func (f *Request) fields(c *codec) {
	text(c, "request", &f.Request)
	text(c, "state", &f.State)
	text(c, "unit", &f.Unit)
	text(c, "channel", &f.Channel)
	text(c, "rule", &f.Rule)
	c.start("at", &f.At)
	c.start("until", &f.Until)
	text(c, "class", &f.Class)
	text(c, "to", &f.To)
	texts(c, "by", &f.By)
	c.start("start", &f.Start)
	number(c, "minutes", &f.Minutes)
	c.start("finished", &f.Finished)
	c.start("limit", &f.Limit)
	text(c, "result", &f.Result)
	number(c, "calls", &f.Calls)
	text(c, "taker", &f.Taker)
	text(c, "finisher", &f.Finisher)
	text(c, "caller", &f.Caller)
	text(c, "reason", &f.Reason)
}

// expressBody returns an empty body of one of the kinds above, or nil.
func expressBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case RequestTaken:
		return &RequestTaking{}
	case RequestSorted:
		return &RequestSorting{}
	case RequestAssigned:
		return &AssignRequest{}
	case RequestDone:
		return &RequestService{}
	case RequestCalledBack:
		return &RequestCall{}
	case RequestClosed:
		return &CloseRequest{}
	}
	return nil
}

// wantRequest asks for a request with those who served, and the rules that give its limits.
func (b *Book) wantRequest(w *Wants, q RequestID) {
	b.rules.want(w, single{})
	b.requests.want(w, q)
	r, ok := b.requests.peek(q)
	if !ok {
		return
	}
	for _, v := range r.By {
		b.wantWho(w, v)
	}
}

// request returns a request that is in one of the states, or refuses.
func (b *Book) request(q RequestID, states ...RequestState) (Request, *Rejection) {
	r, ok := b.requests.get(q)
	switch {
	case !ok:
		return r, notFound(string(q))
	case !slices.Contains(states, r.State):
		return r, &Rejection{Reason: WrongState, Subject: string(r.State)}
	}
	return r, nil
}

// express returns what a rule, by its name, says of requests.
func (b *Book) express(name string) Express {
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(name)
	return rule.Express
}

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
func (a *DeclareHours) confirmed(b *Book, rule Rule, code Code) *Rejection {
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
