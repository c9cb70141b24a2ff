package api

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aixin/api/web"
	"aixin/ledger"
)

// Every form of the counter, of the field and of the service desk is answered by sending the browser on to a page that it may reload and
// come Back to. What the next page has to know meanwhile, such as a basket, a message or what was typed, is kept here under a random name
// in a cookie, so that no address says anything of anybody. It outlives the session of whoever typed it: who signs in again goes on.

const workplaceCookie = "aixin_workplace"

// workplaces remembers what is in the making on each browser of the staff, in memory only. It bounds their number and their age; what
// one holds is bounded by what a request may hold.
type workplaces struct {
	clock func() time.Time

	// mu guards what follows, and of each workplace who works there, when it was used and what it showed.
	mu   sync.Mutex
	open map[[sha256.Size]byte]*workplace
}

// workplace is what is in the making on one browser of the staff.
type workplace struct {
	staff ledger.StaffID // who signed in there last; nobody where only somebody tried to
	used  time.Time
	shown ledger.Index // the session of an activity whose code it showed last

	// mu guards what follows. It is held while a form of the counter is answered: a second Enter waits for what became of the first.
	mu     sync.Mutex
	till   till
	enters attempt
	kept   []keptForm // the newest last
	serial int        // of the newest
}

// attempt is how signing in went, where it did not.
type attempt struct {
	number string
	err    error
	at     time.Time
}

// keptForm is a form that was sent, without its PINs, and what is to be said of it.
type keptForm struct {
	serial int
	path   string
	staff  ledger.StaffID // whose it is; whoever signs in, where the session had ended
	form   url.Values
	posted string // the form of the page that is shown as it was typed
	err    error
	enters attempt
	good   []string
	bad    []string
	shown  []web.WorkSection
}

// find returns the workplace of a browser, or nil.
func (p *workplaces) find(r *http.Request) *workplace {
	c, err := r.Cookie(workplaceCookie)
	if err != nil {
		return nil
	}
	now := p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	key := sha256.Sum256([]byte(c.Value))
	at := p.open[key]
	if at == nil {
		return nil
	}
	if expired(at.used.Add(workplaceIdle), now) {
		delete(p.open, key)
		return nil
	}
	at.used = now
	return at
}

// begin returns a new workplace and its name.
func (p *workplaces) begin() (*workplace, string) {
	name, at := rand.Text(), &workplace{used: p.clock()}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[[sha256.Size]byte]*workplace{}
	}
	if len(p.open) >= maxWorkplaces {
		p.makeRoom(at.used)
	}
	p.open[sha256.Sum256([]byte(name))] = at
	return at, name
}

// makeRoom drops the workplaces that nobody used for long, or else one: of those where nobody ever signed in, if there are any, the one
// that lies idle for longest. So nobody pushes a basket out from outside. The caller holds mu.
func (p *workplaces) makeRoom(now time.Time) {
	maps.DeleteFunc(p.open, func(_ [sha256.Size]byte, at *workplace) bool { return expired(at.used.Add(workplaceIdle), now) })
	if len(p.open) < maxWorkplaces {
		return
	}
	var first [sha256.Size]byte
	for k, at := range p.open {
		last, ok := p.open[first]
		if !ok || (at.staff == "") != (last.staff == "") && at.staff == "" || (at.staff == "") == (last.staff == "") && at.used.Before(last.used) {
			first = k
		}
	}
	delete(p.open, first)
}

// taken notes who signed in at a workplace.
func (p *workplaces) taken(at *workplace, by ledger.StaffID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at.staff != by {
		at.shown = 0
	}
	at.staff = by
}

// shows reports whether a browser may show the code of an activity's session: one that is open shows any, and is remembered to; one that is
// locked the one that it showed.
func (p *workplaces) shows(r *http.Request, session ledger.Index, open bool) bool {
	at := p.find(r)
	if at == nil {
		return open
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if open {
		at.shown = session
	}
	return open || session != 0 && at.shown == session
}

// end forgets what was in the making on a browser.
func (p *workplaces) end(r *http.Request) {
	if c, err := r.Cookie(workplaceCookie); err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, sha256.Sum256([]byte(c.Value)))
	}
}

// workplace returns the workplace of a browser, a new one where it has none.
func (s *server) workplace(w http.ResponseWriter, r *http.Request) *workplace {
	if at := s.workplaces.find(r); at != nil {
		return at
	}
	at, name := s.workplaces.begin()
	s.setCookie(w, workplaceCookie, name, "/", 0)
	return at
}

// keep keeps a form for the page that follows, and returns the address of that page.
func (at *workplace) keep(k keptForm) string {
	at.mu.Lock()
	defer at.mu.Unlock()
	at.serial++
	k.serial = at.serial
	k.form = maps.Clone(k.form)
	maps.DeleteFunc(k.form, func(name string, _ []string) bool { return secretField(name) })
	if len(at.kept) >= maxKeptForms {
		at.kept = slices.Delete(at.kept, 0, 1)
	}
	at.kept = append(at.kept, k)
	return k.path + "?kept=" + strconv.Itoa(k.serial)
}

// formSize is how many bytes were typed into a form.
func formSize(form url.Values) (n int) {
	for _, list := range form {
		for _, v := range list {
			n += len(v)
		}
	}
	return n
}

// secretField reports whether what is typed into a field is kept nowhere.
func secretField(name string) bool {
	return strings.HasPrefix(name, "staff_") || strings.Contains(name, "pin") || name == "totp_code"
}

// keptAt returns the form that an address means, if it is one of this browser and page, and for whoever asks.
func (s *server) keptAt(r *http.Request, path string, staff ledger.StaffID) (keptForm, bool) {
	serial, err := strconv.Atoi(r.FormValue("kept"))
	at := s.workplaces.find(r)
	if err != nil || at == nil {
		return keptForm{}, false
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	i := slices.IndexFunc(at.kept, func(k keptForm) bool {
		return k.serial == serial && k.path == path && (k.staff == "" || staff == "" || k.staff == staff)
	})
	if i < 0 {
		return keptForm{}, false
	}
	k := at.kept[i]
	k.form = maps.Clone(k.form)
	return k, true
}

// whose returns who signed in at a workplace last.
func (p *workplaces) whose(at *workplace) ledger.StaffID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return at.staff
}
