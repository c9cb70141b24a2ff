package ledger

import (
	"fmt"
	"slices"
)

// Express is the section of a rule about requests for help (B45). The zero Express has the usual limits, and wants a request for
// no code.
type Express struct {
	Classes    []ClassLimit // none for the usual ones
	CallWithin Amount       // hours after a request was done within which somebody has to call back; 0 for DefaultCallWithin
	TakerCalls bool         // where people are few, whoever took a request may call back; each such call is marked
	Codes      []Code       // service that is declared for a request only
}

// RequestClass names how soon a request has to be done, [a-z0-9-]{2,32}.
type RequestClass string

// ClassLimit is the limit of a class.
type ClassLimit struct {
	Class RequestClass
	Hours Amount // from when the request was taken
}

// The limits of a rule that does not say otherwise, and of a book without a rule.
const (
	Urgent   RequestClass = "urgent"   // 2 hours
	Prompt   RequestClass = "prompt"   // 24 hours
	Ordinary RequestClass = "ordinary" // 7 days
	Involved RequestClass = "involved" // 15 days: others have to be asked, or parts found

	DefaultCallWithin Amount = 24
)

// Limits returns the classes with their limits.
func (x Express) Limits() []ClassLimit {
	if len(x.Classes) > 0 {
		return x.Classes
	}
	return []ClassLimit{{Urgent, 2}, {Prompt, 24}, {Ordinary, 7 * 24}, {Involved, 15 * 24}}
}

// Hours returns the limit of a class; ok is false where there is no such class.
func (x Express) Hours(class RequestClass) (hours Amount, ok bool) {
	for _, l := range x.Limits() {
		if l.Class == class {
			return l.Hours, true
		}
	}
	return 0, false
}

// shortest returns the minutes of the shortest limit: what is not sorted yet may be of that class.
func (x Express) shortest() Start {
	limits := x.Limits()
	least := limits[0].Hours
	for _, l := range limits {
		least = min(least, l.Hours)
	}
	return Start(least * 60)
}

// callWithin returns the minutes within which somebody has to call back.
func (x Express) callWithin() Start {
	if x.CallWithin == 0 {
		return Start(DefaultCallWithin * 60)
	}
	return Start(x.CallWithin * 60)
}

func (x *Express) zero() bool {
	return len(x.Classes) == 0 && x.CallWithin == 0 && !x.TakerCalls && len(x.Codes) == 0
}

func (x *Express) fields(c *codec) {
	list(c, "classes", &x.Classes, func(c *codec, l *ClassLimit) {
		text(c, "class", &l.Class)
		number(c, "hours", &l.Hours)
	})
	number(c, "call_within", &x.CallWithin)
	c.flag("taker_calls", &x.TakerCalls)
	texts(c, "codes", &x.Codes)
}

// MaxHours bounds a limit of time, in hours: a year.
const MaxHours Amount = 366 * 24

func (x *Express) check(f *faults) {
	f.want(len(x.Classes) <= MaxRuleItems && len(x.Codes) <= MaxRuleItems, "express.classes", "too_many")
	for i, l := range x.Classes {
		twice := slices.ContainsFunc(x.Classes[:i], func(m ClassLimit) bool { return m.Class == l.Class })
		f.want(l.Class.valid() && !twice, fmt.Sprintf("express.classes[%d].class", i), "request_class")
		f.want(l.Hours > 0 && l.Hours <= MaxHours, fmt.Sprintf("express.classes[%d].hours", i), "hours")
	}
	f.want(x.CallWithin >= 0 && x.CallWithin <= MaxHours, "express.call_within", "hours")
	for i, code := range x.Codes {
		f.want(code.Valid() && !slices.Contains(x.Codes[:i], code), fmt.Sprintf("express.codes[%d]", i), "code")
	}
}

func (c RequestClass) valid() bool { return ruleID(string(c)) }
