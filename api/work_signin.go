package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is who is at a page of the staff: signed in, locked out, or nobody yet.

// browser are those of the staff who have one of the roles and signed in on the browser.
func browser(roles ...ledger.Role) who { return who{roles: roles, browser: true} }

// onBrowser returns who signed in on the browser at a page of the staff.
func (s *server) onBrowser(r *http.Request) (caller, error) {
	if showsCode(r) {
		return s.leftOpen(r, sessionOf(r.URL.Query().Get("session")))
	}
	who, locked := s.lockedBy(r)
	if locked || who == (caller{}) {
		return caller{}, ErrSignIn
	}
	return who, nil
}

// leftOpen returns who signed in on the browser at some time of the day, and keeps nothing open. Where it is locked since it goes on with the
// session of an activity that it showed last, and begins with no other.
func (s *server) leftOpen(r *http.Request, session ledger.Index) (caller, error) {
	c, err := r.Cookie(clerkCookie)
	if err != nil {
		return caller{}, ErrSignIn
	}
	who, open, ok := s.sessions.peek(c.Value, s.lockAfter())
	if !ok || !s.workplaces.shows(r, session, open) {
		return caller{}, ErrSignIn
	}
	return who, nil
}

// staffLeaves answers POST /desk/leave and /clerk/leave: it signs the browser out, and goes on to a page.
func staffLeaves(to string) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		if c, err := r.Cookie(clerkCookie); err == nil {
			s.sessions.end(c.Value)
		}
		s.workplaces.end(r) // the basket and what was typed too: the next person is another
		s.setCookie(w, clerkCookie, "", "/", -time.Second)
		s.setCookie(w, workplaceCookie, "", "/", -time.Second)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}

// unsigned answers for a page of the staff where nobody is signed in, or the browser is locked: with the form to sign in. What was typed on
// the page before is kept until somebody did.
func (s *server) unsigned(w http.ResponseWriter, r *http.Request) error {
	of, ok := pageOf(r.URL.Path)
	if !ok {
		return ErrSignIn
	}
	if r.Method != http.MethodPost {
		s.page(w, r, s.signInForm(r, of))
		return nil
	}
	if err := parseForm(r); tooLarge(err) && of.path == importsPath {
		return ErrSignIn // rows that are too long to be held for a stranger are not for somebody who signed in
	} else if err != nil {
		return err
	}
	if !r.PostForm.Has("staff_pin") {
		if formSize(r.PostForm) > maxKept {
			return ErrSignIn
		}
		at := s.workplace(w, r)
		whose := s.workplaces.whose(at) // also where the session has ended: the next one there may be somebody else
		next := at.keep(keptForm{path: of.path, staff: whose, form: r.PostForm, posted: r.PostForm.Get("form")})
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // a page of the menu, with a serial number behind it
		return nil
	}
	return s.staffEnter(w, r, of)
}

// staffEnter signs a member of the staff in at a page of theirs, where they find what was typed before.
func (s *server) staffEnter(w http.ResponseWriter, r *http.Request, of workPage) error {
	number := r.PostForm.Get("staff_number")
	if on, locked := s.lockedBy(r); locked && number == "" {
		number = string(on.staff)
	}
	who, err := s.signIn(r, number, r.PostForm.Get("staff_pin"))
	if err == nil && who.staff == "" {
		err = person.ErrWrongPIN
	}
	if err == nil {
		err = s.holds(r.Context(), who.staff, of.roles)
	}
	at, next := s.workplace(w, r), of.path
	k, ok := s.keptAt(r, of.path, who.staff)
	switch {
	case err != nil && problemOf(err, s.say(r), s.Clock()).Status >= http.StatusInternalServerError:
		return err
	case err != nil:
		k.path, k.enters = of.path, attempt{tidy(number, maxCard), err, s.Clock()}
		next = at.keep(k)
	default:
		s.signOn(w, r, at, who)
		if ok && k.form.Get("form") != "" {
			k.enters, k.staff = attempt{}, who.staff
			next = at.keep(k)
		}
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // likewise
	return nil
}

// signInForm is the form to sign in at a page.
func (s *server) signInForm(r *http.Request, of workPage) web.WorkSignIn {
	form := web.WorkSignIn{Path: of.path, Name: of.name}
	if k, ok := s.keptAt(r, of.path, ""); ok {
		form.Kept, form.HasKept = strconv.Itoa(k.serial), len(k.form) > 0
		if k.enters.err != nil && !expired(k.enters.at.Add(signInSaid), s.Clock()) {
			p := pageProblem(k.enters.err, s.say(r), s.Clock())
			form.Number, form.Wrong, form.Hint = k.enters.number, p.Title, p.Hint
		}
	}
	if on, locked := s.lockedBy(r); locked {
		form.Locked = string(on.staff)
	}
	if !s.Book.Demo || s.Config.Try == nil {
		return form
	}
	form.TryPIN = s.Config.Try.PIN
	seen, say := map[ledger.Role]bool{}, s.say(r)
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		for who, err := range v.AllStaff() {
			if err != nil {
				return err
			}
			for _, role := range who.RolesOn(v.On()) {
				if slices.Contains(of.roles, role) && !seen[role] && !slices.ContainsFunc(form.Try, func(o web.Option) bool { return o.Value == string(who.Staff) }) {
					seen[role] = true
					form.Try = append(form.Try, web.Option{Value: string(who.Staff), Text: catalog.Name(say, "role", role)})
				}
			}
		}
		return nil
	})
	if err != nil {
		form.Try = nil // whoever tries a demo can read the numbers where it was started
	}
	return form
}
