package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// The errors of speaking HTTP, by the reaction that they ask for.
var (
	// ErrNoPath means that nothing is served there: look at the address.
	ErrNoPath = errors.New("no such path")
	// ErrMethod means that the address is not used in this way: look at the method.
	ErrMethod = errors.New("no such method on this path")
	// ErrSignIn means that nobody is signed in: ask with a card and a PIN.
	ErrSignIn = errors.New("nobody is signed in")
	// ErrTOTP means that the server wants one-time codes of whoever asks, and they have none: nothing was done, set them up.
	ErrTOTP = errors.New("one-time codes are wanted")
	// ErrScope means that the key of a system was not made for that.
	ErrScope = errors.New("the key does not reach that")
	// ErrNotOwn means that the account is somebody else's.
	ErrNotOwn = errors.New("an account of somebody else")
	// ErrOrigin means that another site sent the form: nothing was done.
	ErrOrigin = errors.New("a form of another site")
	// ErrBadForm means that the form does not read.
	ErrBadForm = errors.New("a form that does not read")
	// ErrTooLarge means that the request is larger than the server takes.
	ErrTooLarge = errors.New("a request that is too large")
	// ErrNotReady means that the server cannot answer now: nothing was done, ask again later.
	ErrNotReady = errors.New("not ready to answer")
	// ErrHeldBack means that something behind it in the same request was refused: nothing was done.
	ErrHeldBack = errors.New("held back with another item")
	// ErrNotTried means that something before it in the same request was refused: nothing was done.
	ErrNotTried = errors.New("not tried behind another item")
	// ErrNoKey means that a write has no key: nothing was done. Ask with one, and again with the same.
	ErrNoKey = errors.New("a write without a key")
	// ErrBadJSON means that the body is no JSON.
	ErrBadJSON = errors.New("a body that is no JSON")
	// ErrMediaType means that the body is not called JSON.
	ErrMediaType = errors.New("a body that is not called JSON")
	// ErrBusy means that too many requests wait: nothing was done, ask again later.
	ErrBusy = errors.New("too many requests are waiting")
	// ErrStopped means that the book takes no writes now: nothing was done.
	ErrStopped = errors.New("the book takes no writes now")
	// ErrDiskFull means that the server has not enough free space: nothing was done.
	ErrDiskFull = errors.New("the server has not enough free space")
	// ErrClock means that the server's clock is in doubt: nothing was done.
	ErrClock = errors.New("the server's clock is in doubt")
	// ErrUnknown means that a write may or may not have been carried out: ask again with the same key, the answer says which.
	ErrUnknown = errors.New("outcome unknown")
	// errHolderPIN means that whose goods or points it is about typed another PIN than theirs.
	errHolderPIN = errors.New("a wrong PIN of whom it is about")
	// errOldPage means that a page of the counter was left open while its basket became another.
	errOldPage = errors.New("a page of a basket that is gone")
	// ErrFault means that the server failed: tell whoever runs it.
	ErrFault = errors.New("a fault of the server")
)

// problemRow is one row of the table of errors: what a problem's code stands for, and how it is told.
type problemRow struct {
	code   string
	status int
	is     func(error) bool
	err    error // what the code is read back as; nil where Err makes it from the members of the problem
}

// problemRows is the one table of errors, read both ways: the first row that fits an error tells it, and the row of a code
// reads it back. Its codes never change their meaning. Sentences are web.problem.CODE in the catalogs.
func problemRows() []problemRow {
	return []problemRow{
		{"outcome_unknown", http.StatusGatewayTimeout, is(ErrUnknown), ErrUnknown},
		{"newer", http.StatusInternalServerError, is(ledger.ErrNewer), ledger.ErrNewer},
		{"damaged", http.StatusInternalServerError, is(ledger.ErrCorrupt), ledger.ErrCorrupt},
		{"malformed", http.StatusBadRequest, as[*ledger.Invalid], nil},
		{"refused", http.StatusUnprocessableEntity, as[*ledger.Rejection], nil},
		{"holder_pin", http.StatusUnprocessableEntity, is(errHolderPIN), person.ErrWrongPIN},
		{"old_page", http.StatusConflict, is(errOldPage), errOldPage},
		{"no_card", http.StatusNotFound, is(person.ErrNotFound), person.ErrNotFound},
		{"wrong_pin", http.StatusUnauthorized, is(person.ErrWrongPIN), person.ErrWrongPIN},
		{"pin_wait", http.StatusTooManyRequests, as[*person.LockedError], &person.LockedError{}},
		{"sign_in", http.StatusUnauthorized, is(ErrSignIn), ErrSignIn},
		{"second_look", http.StatusForbidden, is(person.ErrSecondPerson), person.ErrSecondPerson},
		{"totp", http.StatusForbidden, is(ErrTOTP), ErrTOTP},
		{"scope", http.StatusForbidden, is(ErrScope), ErrScope},
		{"not_own", http.StatusForbidden, is(ErrNotOwn), ErrNotOwn},
		{"cross_origin", http.StatusForbidden, is(ErrOrigin), ErrOrigin},
		{"no_path", http.StatusNotFound, is(ErrNoPath), ErrNoPath},
		{"method", http.StatusMethodNotAllowed, is(ErrMethod), ErrMethod},
		{"bad_form", http.StatusBadRequest, is(ErrBadForm), ErrBadForm},
		{"key_missing", http.StatusPreconditionRequired, is(ErrNoKey), ErrNoKey},
		{"held_back", http.StatusUnprocessableEntity, is(ErrHeldBack), ErrHeldBack},
		{"not_tried", http.StatusUnprocessableEntity, is(ErrNotTried), ErrNotTried},
		{"bad_json", http.StatusBadRequest, is(ErrBadJSON), ErrBadJSON},
		{"media_type", http.StatusUnsupportedMediaType, is(ErrMediaType), ErrMediaType},
		{"busy", http.StatusServiceUnavailable, is(ErrBusy), ErrBusy},
		{"stopped", http.StatusServiceUnavailable, is(ErrStopped), ErrStopped},
		{"disk_full", http.StatusInsufficientStorage, is(ErrDiskFull), ErrDiskFull},
		{"clock", http.StatusServiceUnavailable, is(ErrClock), ErrClock},
		{"too_large", http.StatusRequestEntityTooLarge, tooLarge, ErrTooLarge},
		{"not_ready", http.StatusServiceUnavailable, is(ErrNotReady, context.DeadlineExceeded, context.Canceled), ErrNotReady},
		{string(EndedUsage), http.StatusBadRequest, ended(EndedUsage), &CommandError{Ended: EndedUsage}},
		{string(EndedRefused), http.StatusUnprocessableEntity, ended(EndedRefused), &CommandError{Ended: EndedRefused}},
		{string(EndedMissing), http.StatusNotFound, ended(EndedMissing), &CommandError{Ended: EndedMissing}},
		{string(EndedLater), http.StatusServiceUnavailable, ended(EndedLater), &CommandError{Ended: EndedLater}},
		{string(EndedDifferences), http.StatusUnprocessableEntity, ended(EndedDifferences), &CommandError{Ended: EndedDifferences}},
		{"fault", http.StatusInternalServerError, func(error) bool { return true }, ErrFault},
	}
}

// statusOf tells the refusals whose kind HTTP has a word for; every other is 422.
func statusOf(reason ledger.RejectReason) int {
	switch reason {
	case ledger.NotFound:
		return http.StatusNotFound
	case ledger.NotPermitted, ledger.UnknownActor:
		return http.StatusForbidden
	case ledger.KeyConflict, ledger.AlreadyExists:
		return http.StatusConflict
	case ledger.TooManyRefusals:
		return http.StatusTooManyRequests
	default:
		return http.StatusUnprocessableEntity
	}
}

// told is a problem with what goes into headers.
type told struct {
	Problem
	retryAfter time.Duration
}

// problemOf tells an error in a language. What is a fault of ours says nothing of its cause.
func problemOf(err error, say *catalog.Localizer, now time.Time) told {
	row := rowOf(err)
	text := "web.problem." + row.code
	p := told{Problem: Problem{
		Type: "about:blank", Status: row.status, Code: row.code,
		Title: say.T(text + ".title"), Detail: say.T(text + ".detail"), Hint: say.T(text + ".hint"),
	}}
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		for _, f := range bad.Fields {
			p.Fields = append(p.Fields, FieldProblem{Field: f.Field, Code: f.Code, Detail: say.Fault(f)})
		}
	}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		p.refusal(no, say)
	}
	if wait, ok := errors.AsType[*person.LockedError](err); ok {
		p.retryAfter = max(wait.Until.Sub(now), time.Second)
		p.Detail = say.T(text+".detail", catalog.Data{"Minutes": int64((p.retryAfter + time.Minute - 1) / time.Minute)})
	}
	if e, ok := errors.AsType[*CommandError](err); ok && e.Said != "" {
		p.Title, p.Detail, p.Hint = e.Said, "", e.Hint
	}
	if done, ok := errors.AsType[*unwritten](err); ok {
		p.Answer = &done.answer
	}
	if row.status == http.StatusServiceUnavailable || (row.code == "refused" && p.Status == http.StatusTooManyRequests) {
		p.retryAfter = retrySoon
	}
	return p
}

// pageProblem tells an error to somebody who has a page before them, and no command line.
func pageProblem(err error, say *catalog.Localizer, now time.Time) told {
	p := problemOf(err, say, now)
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		if p.Hint = say.PageHint(no); no.Reason == ledger.KeyConflict {
			p.Title = say.T("web.problem.refused.old")
		}
	}
	switch text := "web.problem." + p.Code; p.Code {
	case "malformed":
		p.Title = say.T(text + ".form") // whoever filled a form in wrote no request
	default: // nor do they know of methods, headers, keys and commands
		if hint, ok := say.Find(text + ".page_hint"); ok {
			p.Detail, p.Hint = say.Either(text+".page", text+".detail"), hint
		}
	}
	if commandNamed.MatchString(p.Hint) { // of what a server carried out as a command
		p.Hint = ""
	}
	return p
}

// troubleOf tells an error to somebody who gets no other page. They filled in no form: what does not read is the address.
func troubleOf(err error, say *catalog.Localizer, now time.Time) told {
	p := pageProblem(err, say, now)
	if as[*ledger.Invalid](err) {
		address := pageProblem(ErrNoPath, say, now)
		p.Title, p.Detail, p.Hint = address.Title, address.Detail, address.Hint
	}
	return p
}

// commandLine is the agent of a client through which a command line speaks. Who types flags is told of flags.
const commandLine = "aixin"

// commandNamed is how sentences name a command: by its words, with more text behind it.
var commandNamed = regexp.MustCompile(`aixin ([a-z]+(?:[- ][a-z]+)*)`)

// inRoutes names routes where a sentence names commands. It is empty where one is of the command line alone: whoever has none is not told of it.
func inRoutes(text string) string {
	routes, all := commandRoutes(), true
	said := commandNamed.ReplaceAllStringFunc(text, func(found string) string {
		words := strings.TrimPrefix(found, "aixin ")
		for name := words; name != ""; name = name[:max(strings.LastIndexByte(name, ' '), 0)] {
			if route, ok := routes[name]; ok {
				return route + words[len(name):]
			}
		}
		all = false
		return found
	})
	if !all {
		return ""
	}
	return said
}

// commandRoutes are the routes of all commands that have one, by the names of the commands.
var commandRoutes = sync.OnceValue(func() map[string]string {
	routes := map[string]string{}
	for command, noun := range map[string]string{
		"approve": "approvals", "declare": "records/hours", "hold": "holds", "receive": "donations", "redeem": "redemptions", "release": "releases",
		"return": "returns", "return-record": "returned-records", "reverse": "reversals", "transfer": "transfers", "undo": "undos",
	} {
		routes[command] = http.MethodPost + " /v1/" + noun
	}
	for _, c := range AllCommands() {
		method := http.MethodPost
		if c.Reads {
			method = http.MethodGet
		}
		routes[c.Name] = method + " /" + c.Path
	}
	return routes
})

var flagNamed = regexp.MustCompile(`(^|[^\w-])--[a-z][a-z0-9-]*`)

// inFields names members and parameters where a sentence of a command names flags.
func inFields(text string) string {
	return flagNamed.ReplaceAllStringFunc(text, func(found string) string {
		before, flag, _ := strings.Cut(found, "--")
		return before + parameterOf(flag)
	})
}

// spokenTo is a problem in the words of whoever asks.
func (p Problem) spokenTo(r *http.Request, say *catalog.Localizer) Problem {
	if r.UserAgent() == commandLine {
		return p
	}
	hint := inRoutes(p.Hint)
	if hint == "" {
		if p.Code == "refused" {
			hint, _ = say.Find("page_hint." + string(p.Reason))
		} else {
			hint, _ = say.Find("web.problem." + p.Code + ".page_hint")
		}
	}
	p.Title, p.Detail, p.Hint = inFields(p.Title), inFields(p.Detail), inFields(hint)
	p.Fields = slices.Clone(p.Fields)
	for i, f := range p.Fields {
		name := inFields(f.Field)
		if argument.MatchString(name) {
			name = strings.ToLower(name)
		}
		p.Fields[i].Field, p.Fields[i].Detail = name, inFields(strings.Replace(f.Detail, f.Field, name, 1))
	}
	return p
}

// argument is how a command writes what stands behind it without a flag: the member of that name.
var argument = regexp.MustCompile(`^[A-Z]+$`)

// refusal fills in what a refusal says of itself.
func (p *told) refusal(no *ledger.Rejection, say *catalog.Localizer) {
	p.Status, p.Reason, p.About = statusOf(no.Reason), no.Reason, no.Subject
	p.Title, p.Hint = say.Rejection(no), say.Hint(no)
	p.Detail = ""
	c := ledger.Minute // anything that counts in whole numbers
	if no.InPoints() {
		c = ledger.Point
	}
	if no.Have != 0 || no.Want != 0 {
		p.Have, p.Want = NewQuantity(no.Have, c).String(), NewQuantity(no.Want, c).String()
	}
}

// header says when to ask again.
func (p *told) header(h http.Header) {
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((p.retryAfter+time.Second-1)/time.Second), 10))
	}
}

func rowOf(err error) problemRow {
	rows := problemRows()
	for _, row := range rows {
		if row.is(err) {
			return row
		}
	}
	return rows[len(rows)-1]
}

// Err reads the problem back as the error that it tells: a *ledger.Rejection, a *ledger.Invalid, a *person.LockedError without
// its moment, or an error that errors.Is finds. A code that this program does not know is a fault.
func (p Problem) Err() error {
	switch p.Code {
	case "refused":
		return &ledger.Rejection{Reason: p.Reason, Subject: p.About, Have: amountIn(p.Have), Want: amountIn(p.Want)}
	case "malformed":
		bad := &ledger.Invalid{}
		for _, f := range p.Fields {
			bad.Fields = append(bad.Fields, ledger.Fault{Field: f.Field, Code: f.Code})
		}
		return bad
	}
	for _, row := range problemRows() {
		if row.code == p.Code {
			if e, ok := errors.AsType[*CommandError](row.err); ok {
				return &CommandError{e.Ended, p.Title, p.Hint}
			}
			return row.err
		}
	}
	return ErrFault
}

// amountIn reads what a problem counts: points have decimals, everything else has none.
func amountIn(s string) ledger.Amount {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ledger.Amount(n)
	}
	a, err := ledger.ParsePoints(s)
	if err != nil {
		return 0
	}
	return a
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func tooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok || errors.Is(err, ErrTooLarge)
}
