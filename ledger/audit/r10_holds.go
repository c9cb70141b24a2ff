package audit

import "aixin/ledger"

// holds looks at when holds end: none is collected after its last day, none ends before it, and none is forgotten.
type holds struct{}

func (holds) see(r *run, e *ledger.Entry) {
	var about ledger.Index
	early := false
	switch body := e.Body.(type) {
	case *ledger.Settlement:
		about = body.Hold
	case *ledger.HoldEnd:
		about, early = body.Hold, true
	default:
		return
	}
	h := r.holds[about]
	switch {
	case h == nil:
		r.found(Wrong, "", count(about), "", e.Index)
	case h.closed, early && e.On <= h.body.Ends, !early && e.On > h.body.Ends:
		r.found(Wrong, string(h.body.Volunteer), e.On.String(), h.body.Ends.String(), about, e.Index)
	}
}

func (holds) end(r *run) {
	for i, h := range r.holds {
		if !h.closed && h.body.Ends < r.last {
			r.found(Noted, string(h.body.Volunteer), "", h.body.Ends.String(), i)
		}
	}
}
