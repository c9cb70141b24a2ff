package api

import (
	"net/http"
	"time"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is who is at the counter: who signs in, takes over from another, or locked it.

// atCounter returns the member of the staff who is signed in on the browser.
func (s *server) atCounter(r *http.Request) (ledger.StaffID, bool) {
	c, err := s.admit(r, browser(counterRoles()...)) // a role may have ended since
	return c.staff, err == nil
}

// takesOver answers GET /clerk/switch: the form with which another clerk takes the counter over as it is.
func (s *server) takesOver(w http.ResponseWriter, r *http.Request) error {
	s.page(w, r, s.clerkSignIn(r, false))
	return nil
}

// clerkSignIn is the form to sign in at the counter. Where a session is locked its owner types the PIN alone.
func (s *server) clerkSignIn(r *http.Request, same bool) web.ClerkSignIn {
	var form web.ClerkSignIn
	if at := s.workplaces.find(r); at != nil {
		at.mu.Lock()
		defer at.mu.Unlock()
		form.Kept, form.Desk = !at.till.idle(), at.till.Desk
		if at.enters.err != nil && !expired(at.enters.at.Add(signInSaid), s.Clock()) {
			p := problemOf(at.enters.err, s.say(r), s.Clock())
			form.Number, form.Wrong, form.Hint = at.enters.number, p.Title, p.Hint
		}
	}
	on, locked := s.lockedBy(r)
	if locked && same {
		form.Locked = string(on.staff)
	}
	form.Switch = !same && on.staff != ""
	if s.Book.Demo && s.Config.Try != nil {
		form.TryCard, form.TryPIN = string(s.Config.Try.Clerk), s.Config.Try.PIN
	}
	return form
}

// lock answers POST /clerk/lock: nothing on this browser goes on before its clerk typed their PIN.
func (s *server) lock(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(clerkCookie); err == nil {
		s.sessions.lock(c.Value, true)
	}
	http.Redirect(w, r, clerkPath, http.StatusSeeOther)
	return nil
}

// clerkEnters signs a member of the staff in on the browser, or opens it again for whoever locked it; the counter is as it was left.
func (s *server) clerkEnters(w http.ResponseWriter, r *http.Request, at *workplace) error {
	number, back := r.PostForm.Get("number"), clerkPath
	on, locked := s.lockedBy(r)
	if !r.PostForm.Has("number") && locked {
		number = string(on.staff)
	}
	who, err := s.signIn(r, number, r.PostForm.Get("pin"))
	if err == nil && who.staff == "" {
		err = person.ErrWrongPIN
	}
	if err == nil {
		err = s.holds(r.Context(), who.staff, counterRoles())
	}
	if err != nil {
		if problemOf(err, s.say(r), s.Clock()).Status >= http.StatusInternalServerError {
			return err
		}
		if r.PostForm.Has("number") && on.staff != "" {
			back = switchPath
		}
		at.enters = attempt{tidy(number, maxCard), err, s.Clock()}
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	at.enters = attempt{}
	s.signOn(w, r, at, who)
	if at.till.Shop == "" {
		at.till.Shop = chosenShop(r)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// signOn signs a member of the staff in on a browser, and whoever was out: one sign-in for all pages of the staff. Who locked the browser
// goes on in their own session, which does not last longer for it.
func (s *server) signOn(w http.ResponseWriter, r *http.Request, at *workplace, who caller) {
	s.workplaces.taken(at, who.staff)
	if c, err := r.Cookie(clerkCookie); err == nil {
		if on, locked := s.lockedBy(r); locked && on == who {
			s.sessions.lock(c.Value, false)
			return
		}
		s.sessions.end(c.Value)
	}
	s.setCookie(w, clerkCookie, s.sessions.begin(who), "/", 0)
}

// lockedBy returns who is signed in on the browser, and whether it is locked.
func (s *server) lockedBy(r *http.Request) (who caller, locked bool) {
	c, err := r.Cookie(clerkCookie)
	if err != nil {
		return caller{}, false
	}
	who, locked, _ = s.sessions.look(c.Value, s.lockAfter())
	return who, locked
}

func (s *server) lockAfter() time.Duration {
	if s.LockAfter == 0 {
		return defaultLock
	}
	return s.LockAfter
}
