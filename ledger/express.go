package ledger

import "slices"

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
		return *r, notFound(string(q))
	case !slices.Contains(states, r.State):
		return *r, &Rejection{Reason: WrongState, Subject: string(r.State)}
	}
	return *r, nil
}

// express returns what a rule, by its name, says of requests.
func (b *Book) express(name string) Express {
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(name)
	return rule.Express
}
