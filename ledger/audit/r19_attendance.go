package audit

import "aixin/ledger"

// crowd is from how many people on that somebody counts heads again.
const crowd = 100

// attendance holds service that was scanned against the sessions in which it was.
type attendance struct {
	came   map[ledger.Index]map[ledger.VolunteerID]bool
	absent map[roster][]ledger.Index // scanned without a session
	heads  map[roster][]ledger.Index
}

func newAttendance() observer {
	return &attendance{map[ledger.Index]map[ledger.VolunteerID]bool{}, map[roster][]ledger.Index{}, map[roster][]ledger.Index{}}
}

func (a *attendance) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.OpenSession:
		a.came[e.Index] = map[ledger.VolunteerID]bool{}
	case *ledger.CheckIn:
		if a.came[body.Session] != nil {
			a.came[body.Session][body.Volunteer] = true
		}
	case *ledger.HoursRecord:
		k := roster{activity: body.Activity, on: body.Start.On()}
		a.heads[k] = append(a.heads[k], e.Index)
		switch {
		case body.Session != 0 && !a.came[body.Session][body.Volunteer]:
			r.found(Wrong, string(body.Volunteer), string(body.Activity), "", body.Session, e.Index)
		case body.Session != 0 || body.Capture != ledger.Scan:
		default:
			if rule := r.named(e.Rule); rule != nil && rule.Attendance.Session {
				r.found(Wrong, string(body.Volunteer), string(body.Activity), "", e.Index)
				return
			}
			a.absent[k] = append(a.absent[k], e.Index)
		}
	}
}

func (a *attendance) end(r *run) {
	for k, list := range a.absent {
		r.found(Noted, string(k.activity), count(len(list)), k.on.String(), list...)
	}
	for k, list := range a.heads {
		if len(list) > crowd {
			r.found(Noted, string(k.activity), count(len(list)), count(crowd), list...)
		}
	}
}
