package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// The choices of a page: its language and the size of its letters.
const (
	normalSize = "normal"
	largeSize  = "large"

	choiceLife = 365 * 24 * time.Hour
)

// chosen returns which of the values somebody chose: on this page, or before. Nothing else that stands there is taken.
func chosen(r *http.Request, name string, values ...string) string {
	given := []string{r.URL.Query().Get(name)}
	if c, err := r.Cookie(name); err == nil {
		given = append(given, c.Value)
	}
	for _, v := range given {
		if slices.Contains(values, v) {
			return v
		}
	}
	return ""
}

// frame returns what every page has, and remembers what was chosen on this one.
func (s *server) frame(w http.ResponseWriter, r *http.Request) web.Frame {
	q := r.URL.Query()
	for _, name := range []string{"lang", "size"} {
		if v := chosen(r, name, catalog.Chinese, catalog.English, normalSize, largeSize); v != "" && v == q.Get(name) {
			s.setCookie(w, name, v, "/", choiceLife)
		}
		q.Del(name)
	}
	kept := url.Values{}
	for _, name := range []string{"before", "commodity"} {
		if q.Has(name) {
			kept.Set(name, q.Get(name))
		}
	}
	return web.Frame{
		Localizer: s.say(r), Query: kept, Demo: s.Book.Demo,
		Large: chosen(r, "size", normalSize, largeSize) == largeSize,
	}
}

// page answers with a page.
func (s *server) page(w http.ResponseWriter, r *http.Request, c web.Content) {
	s.render(w, r, http.StatusOK, s.frame(w, r), c)
}

// home answers GET /: who one can be.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	var home web.Home
	home.TryCard, home.TryPIN = s.try()
	s.page(w, r, home)
	return nil
}

// try returns what a demo offers to try. A real book offers nothing, whatever its configuration says.
func (s *server) try() (card, pin string) {
	if !s.Book.Demo || s.Config.Try == nil {
		return "", ""
	}
	return string(s.Config.Try.Card), s.Config.Try.PIN
}

// account answers GET /volunteer: one's own page, or the form to sign in.
func (s *server) account(w http.ResponseWriter, r *http.Request) error {
	id, ok := s.signedIn(r)
	if !ok {
		form := web.SignIn{}
		form.TryCard, form.TryPIN = s.try()
		s.render(w, r, http.StatusOK, s.ownFrame(w, r), form)
		return nil
	}
	return s.show(w, r, id)
}

// enter answers POST /volunteer: the form with card and PIN. It shows the page at once, so that it works without cookies too.
func (s *server) enter(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		if tooLarge(err) {
			return err
		}
		return ErrBadForm
	}
	card := r.PostForm.Get("card")
	id, err := s.visit(r, card, r.PostForm.Get("pin"))
	if err != nil {
		return s.askAgain(w, r, card, err)
	}
	s.begin(w, r, id)
	return s.show(w, r, id)
}

// askAgain shows the form with the card as it was typed, and says what was wrong with it and what to do.
func (s *server) askAgain(w http.ResponseWriter, r *http.Request, card string, err error) error {
	f := s.ownFrame(w, r)
	form := web.SignIn{}
	if of, ok := ownPageAt(r.URL.Path); ok {
		form = s.keeping(r, of)
	}
	form.Card = card
	form.TryCard, form.TryPIN = s.try()
	if len(card) > maxCard {
		form.Card = ""
	}
	status := http.StatusUnprocessableEntity
	switch {
	case as[*ledger.Invalid](err):
		form.Wrong = f.T("web.sign_in.bad_number")
	case errors.Is(err, person.ErrWrongPIN):
		form.Wrong = f.T("web.sign_in.wrong_pin")
	case as[*person.LockedError](err):
		p := pageProblem(err, f.Localizer, s.Clock())
		form.Wrong, status = p.Detail, p.Status
		p.header(w.Header())
	default:
		return err
	}
	s.render(w, r, status, f, form)
	return nil
}

// show answers with a volunteer's own page.
func (s *server) show(w http.ResponseWriter, r *http.Request, id ledger.VolunteerID) error {
	names, err := s.People.Masked(r.Context(), string(id))
	if err != nil {
		return err
	}
	f := s.ownFrame(w, r)
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		page, err := s.teller(f).Account(v, id, names[string(id)].Name, latestLines)
		if err != nil {
			return err
		}
		s.render(w, r, http.StatusOK, f, page)
		return nil
	})
}

// movements answers GET /volunteer/statement?commodity=…&before=…: one's statement, page by page.
func (s *server) movements(w http.ResponseWriter, r *http.Request) error {
	id, ok := s.signedIn(r)
	if !ok {
		http.Redirect(w, r, sessionPath, http.StatusSeeOther)
		return nil
	}
	q := newQuery(r.URL.Query(), "commodity", "before", "lang", "size")
	account, before := q.account(id), q.index("before")
	if err := q.err(); err != nil {
		return err
	}
	names, err := s.People.Masked(r.Context(), string(id))
	if err != nil {
		return err
	}
	f := s.ownFrame(w, r)
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		page, err := s.teller(f).Statement(v, account, before, pageLines)
		if err != nil {
			return err
		}
		page.Who = names[string(id)].Name
		s.render(w, r, http.StatusOK, f, page)
		return nil
	})
}

// leave answers POST /volunteer/leave: it signs the browser out.
func (s *server) leave(w http.ResponseWriter, r *http.Request) error {
	s.end(w, r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// asset returns what answers with a file of the pages. Its address changes with its content, so a browser may keep it.
func asset(contentType string, b []byte) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", contentType)
		s.send(w, r, http.StatusOK, b)
		return nil
	}
}

// teller returns who says in the language of a page what stands in the book.
func (s *server) teller(f web.Frame) web.Teller {
	return web.Teller{Say: f.Localizer, Receipt: ReceiptNumber}
}
