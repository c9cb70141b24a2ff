package audit

import (
	"time"

	"aixin/ledger"
)

// crowd is from how many people on that somebody counts heads again.
const crowd = 100

// attendance holds service that was scanned against the sessions in which it was, and its minutes against when people came and went.
type attendance struct {
	came   map[ledger.Index]map[ledger.VolunteerID]*stay
	absent map[roster][]ledger.Index // scanned without a session
	heads  map[roster][]ledger.Index
}

// stay is when somebody came to a session, and when they went.
type stay struct {
	in, out time.Time    // by the entries; out is zero where they did not check out
	until   ledger.Start // as a leader confirmed it afterwards
	said    ledger.Index // the entry that says when they went
}

// minutes returns how long they were there, of service that began at a moment; none where nobody knows when they went.
func (s *stay) minutes(began ledger.Start) ledger.Amount {
	minute := func(at time.Time) ledger.Amount { return ledger.Amount(at.Truncate(time.Minute).Unix() / 60) }
	switch {
	case s.until != 0:
		return ledger.Amount(s.until - began)
	case !s.out.IsZero():
		return minute(s.out) - minute(s.in)
	}
	return 0
}

func newAttendance() observer {
	return &attendance{map[ledger.Index]map[ledger.VolunteerID]*stay{}, map[roster][]ledger.Index{}, map[roster][]ledger.Index{}}
}

func (a *attendance) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.OpenSession:
		a.came[e.Index] = map[ledger.VolunteerID]*stay{}
	case *ledger.CheckIn:
		if a.came[body.Session] != nil {
			a.came[body.Session][body.Volunteer] = &stay{in: e.At}
		}
	case *ledger.CheckOut:
		if s := a.came[body.Session][body.Volunteer]; s != nil {
			s.out, s.said = e.At, e.Index
		}
	case *ledger.ConfirmAttendance:
		if s := a.came[body.Session][body.Volunteer]; s != nil {
			s.until, s.said = body.Out, e.Index
		}
	case *ledger.HoursRecord:
		k := roster{activity: body.Activity, on: body.Start.On()}
		a.heads[k] = append(a.heads[k], e.Index)
		switch {
		case body.Session != 0:
			a.stayed(r, e, body)
		case body.Capture != ledger.Scan:
		default:
			if rule := r.named(e.Rule); rule != nil && rule.Attendance.Session {
				r.found(Wrong, string(body.Volunteer), string(body.Activity), "", e.Index)
				return
			}
			a.absent[k] = append(a.absent[k], e.Index)
		}
	}
}

// stayed holds a record against the session that it names.
func (a *attendance) stayed(r *run, e *ledger.Entry, h *ledger.HoursRecord) {
	s := a.came[h.Session][h.Volunteer]
	if s == nil {
		r.found(Wrong, string(h.Volunteer), string(h.Activity), "", h.Session, e.Index)
		return
	}
	if ought := s.minutes(h.Start); h.Minutes != ought {
		shown := []ledger.Index{h.Session, e.Index}
		if s.said != 0 {
			shown = []ledger.Index{h.Session, s.said, e.Index}
		}
		r.found(Wrong, string(h.Volunteer), count(h.Minutes), count(ought), shown...)
	}
}

func (a *attendance) end(r *run) {
	for k, list := range a.absent {
		r.found(Noted, string(k.activity), k.on.String()+" × "+count(len(list)), "", list...)
	}
	for k, list := range a.heads {
		if len(list) > crowd {
			r.found(Noted, string(k.activity), count(len(list)), count(crowd), list...)
		}
	}
}
