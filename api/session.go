package api

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"net/http"
	"sync"
	"time"
)

// sessions remembers who signed in: volunteers on a browser, staff and programs by a token. They are in memory only: a restart signs
// everybody out.
type sessions struct {
	clock func() time.Time

	// mu guards what follows.
	mu   sync.Mutex
	open map[[sha256.Size]byte]session // by the hash of the token: what is in memory opens nothing
}

type session struct {
	who    caller
	idle   time.Time // when it ends if nobody uses it
	life   time.Time // when it ends in any case
	used   time.Time
	locked bool // it opens nothing until its owner types their PIN
}

// lasts returns how long a session of somebody may lie idle, and last at all.
func (c caller) lasts() (idle, life time.Duration) {
	if c.staff != "" {
		return staffIdle, staffLife
	}
	return sessionIdle, sessionLife
}

func (s session) over(now time.Time) bool { return expired(s.idle, now) || expired(s.life, now) }

// begin opens a session and returns its token.
func (s *sessions) begin(who caller) string {
	token, now := rand.Text(), s.clock()
	idle, life := who.lasts()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[[sha256.Size]byte]session{}
	}
	s.crowd(who)
	if len(s.open) >= maxSessions {
		s.makeRoom(now)
	}
	s.open[sha256.Sum256([]byte(token))] = session{who: who, idle: now.Add(idle), life: now.Add(life), used: now}
	return token
}

// makeRoom drops the sessions that are over, or else the one that would end first. The caller holds mu.
func (s *sessions) makeRoom(now time.Time) {
	maps.DeleteFunc(s.open, func(_ [sha256.Size]byte, one session) bool { return one.over(now) })
	if len(s.open) < maxSessions {
		return
	}
	var oldest [sha256.Size]byte
	var ends time.Time
	for k, one := range s.open {
		if ends.IsZero() || one.idle.Before(ends) {
			oldest, ends = k, one.idle
		}
	}
	delete(s.open, oldest)
}

// crowd drops the session of somebody that would end first, where they have as many as they may: whoever signs in again and again pushes
// nobody else out. The caller holds mu.
func (s *sessions) crowd(who caller) {
	var first [sha256.Size]byte
	n := 0
	for k, one := range s.open {
		if one.who != who {
			continue
		}
		if n++; n == 1 || one.idle.Before(s.open[first].idle) {
			first = k
		}
	}
	if n >= ownSessions {
		delete(s.open, first)
	}
}

// find returns whose session a token opens, and keeps it open.
func (s *sessions) find(token string) (caller, bool) {
	key, now := sha256.Sum256([]byte(token)), s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[key]
	if !ok || one.over(now) {
		delete(s.open, key)
		return caller{}, false
	}
	if one.locked {
		return caller{}, false
	}
	s.use(key, one, now)
	return one.who, true
}

// use keeps a session open. The caller holds mu.
func (s *sessions) use(key [sha256.Size]byte, one session, now time.Time) {
	idle, _ := one.who.lasts()
	one.idle, one.used = now.Add(idle), now
	s.open[key] = one
}

// look returns whose session a token opens, as find does, and whether it is locked: because its owner locked it, or because nobody used
// it for so long. A locked one is not kept open.
func (s *sessions) look(token string, after time.Duration) (who caller, locked, ok bool) {
	key, now := sha256.Sum256([]byte(token)), s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[key]
	if !ok || one.over(now) {
		delete(s.open, key)
		return caller{}, false, false
	}
	if one.locked || expired(one.used.Add(after), now) {
		one.locked = true
		s.open[key] = one
		return one.who, true, true
	}
	s.use(key, one, now)
	return one.who, false, true
}

// peek returns whose session a token began, as long as it may last at all: also where it is locked or lay idle, which open says. It keeps
// nothing open, and is for what opens nothing.
func (s *sessions) peek(token string, after time.Duration) (who caller, open, ok bool) {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[sha256.Sum256([]byte(token))]
	return one.who, !one.locked && !one.over(now) && !expired(one.used.Add(after), now), ok && !expired(one.life, now)
}

// lock locks the session of a token, or opens it again; whoever opens it has looked at its owner's PIN.
func (s *sessions) lock(token string, locked bool) {
	key, now := sha256.Sum256([]byte(token)), s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, ok := s.open[key]; ok && !one.over(now) {
		one.locked = locked
		s.use(key, one, now)
	}
}

// end closes the session of a token.
func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, sha256.Sum256([]byte(token)))
}

// endOthers closes the sessions of somebody but the one of a token.
func (s *sessions) endOthers(who caller, token string) {
	mine := sha256.Sum256([]byte(token))
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.open, func(key [sha256.Size]byte, one session) bool { return key != mine && one.who == who })
}

// peers counts the failed sign-ins of each address in a window of time.
type peers struct {
	clock func() time.Time

	// mu guards what follows.
	mu    sync.Mutex
	count map[string]window
}

type window struct {
	failures int
	until    time.Time
}

// attempt counts a try as failed before its outcome is known, so that tries made at once are counted too; pardon takes it back.
// It reports until when an address has to wait instead, if it has to.
func (p *peers) attempt(addr string) (until time.Time, wait bool) {
	now := p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == nil {
		p.count = map[string]window{}
	}
	if len(p.count) >= maxPeers {
		maps.DeleteFunc(p.count, func(_ string, w window) bool { return expired(w.until, now) })
	}
	if len(p.count) >= maxPeers {
		clear(p.count) // the registry still counts for each account
	}
	w := p.count[addr]
	if expired(w.until, now) {
		w = window{until: now.Add(peerWindow)}
	}
	if w.failures >= peerFailures {
		return w.until, true
	}
	w.failures++
	p.count[addr] = w
	return time.Time{}, false
}

// pardon takes back a counted try that was no wrong PIN.
func (p *peers) pardon(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w, ok := p.count[addr]; ok && w.failures > 0 {
		w.failures--
		p.count[addr] = w
	}
}

type (
	// SessionRequest signs somebody in.
	SessionRequest struct {
		Number string `json:"number" validate:"required,max=64"` // of staff or a volunteer, or the text of a card
		PIN    string `json:"pin" validate:"required,max=32"`    // and behind it the one-time code of whoever has such codes
	}

	// Session is what signing in gives: a token for the header Authorization: Bearer.
	Session struct {
		Token string `json:"token"`
		Who   string `json:"number"`
		Idle  int64  `json:"idle_seconds"` // it ends when it was not used for so long
		Ends  Time   `json:"ends"`         // and then in any case
	}
)

// openSession answers POST /v1/sessions.
func (s *server) openSession(w http.ResponseWriter, r *http.Request) error {
	var q SessionRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	c, err := s.signIn(r, q.Number, q.PIN)
	if err != nil {
		return err
	}
	idle, life := c.lasts()
	s.write(w, r, http.StatusCreated, jsonType, Session{s.sessions.begin(c), c.id(), int64(idle.Seconds()), Time(s.Clock().Add(life))})
	return nil
}

// closeSession answers DELETE /v1/sessions/current.
func (s *server) closeSession(w http.ResponseWriter, r *http.Request) error {
	if token, ok := bearer(r); ok {
		s.sessions.end(token)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
