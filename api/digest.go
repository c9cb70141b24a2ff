package api

import (
	"context"
	"maps"
	"slices"
	"sync"

	"aixin/ledger"
	"aixin/ledger/report"
)

// digest is what pages need of the whole journal and the index has no row for: sums by month, and where in the journal something stands
// that is of one person, leader or activity. It reads each entry once, beside those who ask; what came after it a page reads itself.
type digest struct {
	reading sync.Mutex // held by whoever reads on

	// mu guards what follows.
	mu       sync.Mutex
	next     ledger.Index  // the first entry that was not read
	making   chan struct{} // closed when whoever reads on beside the requests is done; nil while nobody does
	months   months
	whys     map[ledger.VolunteerID][]ledger.Index // what gave them nothing, the newest last
	objected map[ledger.VolunteerID][]ledger.Index // the objections of theirs, and to what is theirs
	leaders  map[ledger.StaffID][]ledger.Index     // the sessions that they opened
	sessions map[ledger.ActivityID][]ledger.Index
	unhung   *report.Unhung // which publications are due
}

// readOnAfter is how many entries wait for the digest to read on: what a page then looks through itself in a millisecond or two.
const readOnAfter = 64

// maxTraced bounds what is kept of one person, leader or activity: as much as a page shows.
const maxTraced = 60

// months are the points that were issued, redeemed and expired in each month, by 2006-01.
type months map[string][3]ledger.Amount

// read reads on up to where a view stands.
func (g *digest) read(ctx context.Context, s *server, v ledger.View) error {
	g.reading.Lock()
	defer g.reading.Unlock()
	for e, err := range s.entriesFrom(ctx, g.reached(), v.Head().Size) {
		if err != nil {
			return err
		}
		var of ledger.VolunteerID
		if body, ok := e.Body.(*ledger.ObjectionRecord); ok {
			rec, err := v.Record(body.Record)
			if err != nil {
				return err
			}
			of = rec.Volunteer
		}
		g.add(e, of)
	}
	return nil
}

// reached returns the first entry that was not read.
func (g *digest) reached() ledger.Index {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.next
}

// add takes an entry up. Whose record it objects to does not stand in it.
func (g *digest) add(e ledger.Entry, of ledger.VolunteerID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e.Index != g.next {
		return // of the batch in which reading began
	}
	g.next++
	if g.months == nil {
		g.months, g.whys, g.objected = months{}, map[ledger.VolunteerID][]ledger.Index{}, map[ledger.VolunteerID][]ledger.Index{}
		g.leaders, g.sessions = map[ledger.StaffID][]ledger.Index{}, map[ledger.ActivityID][]ledger.Index{}
		g.unhung = report.NewUnhung()
	}
	g.unhung.See(&e)
	for _, p := range e.Postings {
		if p.Commodity == ledger.Point {
			g.months.add(e.On, p)
		}
	}
	switch body := e.Body.(type) {
	case *ledger.Refusal:
		trace(g.whys, body.Volunteer, e.Index)
	case *ledger.RecordReturn:
		trace(g.whys, body.Volunteer, e.Index)
	case *ledger.ObjectionAnswer:
		trace(g.whys, body.Volunteer, e.Index)
	case *ledger.Expiry:
		trace(g.whys, body.Volunteer, e.Index)
	case *ledger.HoldEnd:
		trace(g.whys, body.Volunteer, e.Index)
	case *ledger.ObjectionRecord:
		trace(g.objected, body.Volunteer, e.Index)
		if of != body.Volunteer {
			trace(g.objected, of, e.Index)
		}
	case *ledger.OpenSession:
		trace(g.leaders, e.Actor, e.Index)
		trace(g.sessions, body.Activity, e.Index)
	}
}

// trace notes where something of one stands. The oldest are forgotten.
func trace[K ~string](of map[K][]ledger.Index, one K, i ledger.Index) {
	if one == "" {
		return
	}
	list := append(of[one], i)
	if len(list) >= 2*maxTraced {
		list = slices.Clone(list[len(list)-maxTraced:])
	}
	of[one] = list
}

func (m months) add(on ledger.Date, p ledger.Posting) {
	month := monthOf(on)
	sum := m[month]
	switch p.Account.Class() {
	case ledger.ClassIssued:
		sum[0] += p.Amount
	case ledger.ClassRedeemed:
		sum[1] -= p.Amount
	case ledger.ClassBreakage:
		sum[2] -= p.Amount
	default:
		return
	}
	m[month] = sum
}

// byMonth returns a copy of the sums.
func (g *digest) byMonth() months {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.months)
}

// due lists the publications that are due by what was read, which is as much as the view has seen.
func (g *digest) due(v ledger.View) ([]report.Publication, error) {
	scope, err := report.ScopeOf(v, "")
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unhung == nil {
		return nil, nil // an empty book asks for nothing
	}
	return g.unhung.Due(v, scope)
}

// traced returns where what is of somebody stands, the newest first: what the digest knows, and before it the entries that it has not read,
// as many as a page looks through, for the page to look at itself.
func traced[K ~string](s *server, v ledger.View, of func(*digest) map[K][]ledger.Index, look ledger.Index, ones ...K) (list []ledger.Index) {
	s.catchUp(v)
	s.digest.mu.Lock()
	defer s.digest.mu.Unlock()
	size := v.Head().Size
	for i := size - 1; i >= max(s.digest.next, size-look, 0); i-- {
		list = append(list, i)
	}
	unread := len(list)
	for _, one := range ones {
		for _, i := range of(&s.digest)[one] {
			if i < size {
				list = append(list, i)
			}
		}
	}
	slices.SortFunc(list[unread:], func(a, b ledger.Index) int { return int(b - a) })
	return slices.Compact(list) // what is of two of them
}

// catchUp has the digest read on, where pages would have to look through much themselves, and returns what is closed when it did. Nobody
// has to wait for it. It reads each entry once, so that one reader at a time is bound enough: unlike a sum that is made anew (kept), it is
// never put off.
func (s *server) catchUp(v ledger.View) <-chan struct{} {
	g := &s.digest
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.making != nil || v.Head().Size-g.next <= readOnAfter {
		return g.making
	}
	g.making = make(chan struct{})
	go s.readOn()
	return g.making
}

// readOn reads up to the newest entry. What failed is tried again by the next who asks.
func (s *server) readOn() {
	ctx, cancel := s.beside(context.Background())
	defer cancel()
	_, _ = fromView(ctx, s, func(ctx context.Context, v ledger.View) (struct{}, error) { //nolint:errcheck // see above
		return struct{}{}, s.digest.read(ctx, s, v)
	})
	g := &s.digest
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.making)
	g.making = nil
}

// digested reports whether the digest has read far enough for a page to look through the rest itself. Where it has not, since the server
// was just started, it waits a moment, and then the page says so rather than that there is nothing.
func (s *server) digested(ctx context.Context, v ledger.View) bool {
	done := s.catchUp(v)
	enough := v.Head().Size - lookBack
	if s.digest.reached() >= enough {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, keptWait)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return s.digest.reached() >= enough
}
