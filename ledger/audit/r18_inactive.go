package audit

import "aixin/ledger"

// inactive looks for whoever serves, collects or gives though the number is closed or frozen, or the person too young or dead; and for
// numbers that stay open of who died, and of who said that they leave and was not settled in time.
type inactive struct{}

func (inactive) see(r *run, e *ledger.Entry) {
	if x, ok := sold(e); ok {
		on := exchangedOn(x, e)
		r.active(e, x.Volunteer, on, false)
		p := r.people[x.Volunteer]
		if p != nil && p.guardian != "" && (p.until == 0 || on <= p.until) && x.Proxy != p.guardian {
			r.found(Wrong, string(x.Volunteer), string(x.Proxy), string(p.guardian), e.Index)
		}
		return
	}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		r.active(e, body.Volunteer, body.Start.On(), true)
	case *ledger.ActsRecord:
		r.active(e, body.Volunteer, body.On, true)
	case *ledger.Gift:
		r.active(e, body.From, e.On, false)
		r.active(e, body.To, e.On, true)
	}
}

// active adds a finding where a person could not have done something on a day. What is frozen may still earn.
func (r *run) active(e *ledger.Entry, id ledger.VolunteerID, on ledger.Date, earns bool) {
	died, dead := r.options.Deaths[id]
	p := r.people[id]
	switch {
	case dead && on > died:
		r.found(Wrong, string(id), on.String(), died.String(), e.Index)
	case p == nil:
		r.found(Wrong, string(id), "", "", e.Index)
	case p.status == ledger.Closed:
		r.found(Wrong, string(id), string(p.status), string(ledger.Active), p.gone, e.Index)
	case p.status == ledger.Frozen && !earns:
		r.found(Wrong, string(id), string(p.status), string(ledger.Active), e.Index)
	}
}

func (inactive) end(r *run) {
	for id, p := range r.people {
		died, dead := r.options.Deaths[id]
		switch {
		case dead && died <= r.last && p.status == ledger.Active:
			r.found(Noted, string(id), string(p.status), died.String(), p.enrolled)
		case p.leaves != 0 && p.status != ledger.Closed && p.leaveBy < r.last:
			r.found(Noted, string(id), string(p.status), p.leaveBy.String(), p.leaves)
		}
	}
}
