package api

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is what the counter shows: the light, what the book would say, and the last exchange.

// tell puts an error on the page, and reports whether it is one that a clerk can do something about.
func (s *server) tell(w http.ResponseWriter, r *http.Request, page *web.Counter, err error) bool {
	if as[*ledger.Rejection](err) {
		if failed := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error { err = itemSaid(v, err); return nil }); failed != nil {
			return false
		}
	}
	p := pageProblem(err, s.say(r), s.Clock())
	if p.Status == http.StatusInternalServerError {
		return false
	}
	page.Wrong, page.Hint = p.Title, p.Hint
	if len(p.Fields) > 0 {
		page.Wrong = p.Fields[0].Detail
	}
	p.header(w.Header())
	return true
}

// counterPage fills in what is on the counter, and answers with it.
func (s *server) counterPage(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, t *till) error {
	f := s.frame(w, r)
	page := &web.Counter{Desk: t.Desk, Clerk: string(clerk), Scan: t.scan, Said: t.said, Quiet: chosen(r, soundCookie, soundOn, soundOff) == soundOff}
	if t.err != nil && !s.tell(w, r, page, t.err) {
		return t.err
	}
	id, by, err := s.atTill(w, r, t, page)
	if err != nil {
		return err
	}
	if t.done != 0 {
		page.Done = s.exchanged(r, f, t.done)
		page.Done.Again, page.Done.Undone = t.again, t.undone
	}
	err = s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		if err := places(v, page); err != nil {
			return err
		}
		return s.served(r, f, v, page, id, by)
	})
	if t.Shop = page.Shop; err == nil && id != "" {
		err = s.light(w, r, clerk, page)
	}
	if err != nil {
		return err
	}
	if page.Beep, t.beep = t.beep, ""; page.Light == web.Red && page.Beep != "" {
		page.Beep = soundBad
	}
	if page.Quiet {
		page.Beep = ""
	}
	s.scripted(w)
	w.Header().Set("Refresh", strconv.Itoa(int((s.lockAfter() + time.Second).Seconds()))) // locked by then, nobody reads over a shoulder
	s.render(w, r, http.StatusOK, f, *page)
	return nil
}

// atTill returns whose points they are and who came for them. A card that was good when it was scanned and is void now is taken away, with all
// that was laid there for it: nothing of it goes to whoever is next, and an owner whose proxy is gone did not come themselves. Where nobody
// could look, the counter stays as it is, and nobody is shown.
func (s *server) atTill(w http.ResponseWriter, r *http.Request, t *till, page *web.Counter) (id, by ledger.VolunteerID, err error) {
	if t.Proxy != "" {
		by, _, err = s.presented(r.Context(), t.Proxy)
		if isGone(err) {
			t.empty()
		}
	}
	if err == nil && t.Card != "" {
		id, _, err = s.presented(r.Context(), t.Card)
		if came := t.Proxy; isGone(err) {
			t.empty()
			t.Proxy = came
		}
	}
	switch page.Desk = t.Desk; {
	case err == nil:
		return id, by, nil
	case !s.tell(w, r, page, err):
		return "", "", err
	case t.Card == "" && isGone(err):
		return "", by, nil
	}
	return "", "", nil
}

// isGone reports whether what was scanned names nobody any more, and not that it could not be looked up now.
func isGone(err error) bool {
	no, refused := errors.AsType[*ledger.Rejection](err)
	return errors.Is(err, person.ErrNotFound) || as[*ledger.Invalid](err) || refused && no.Reason == ledger.NotFound
}

// scripted lets a page load our own script, which may ask for the camera.
func (s *server) scripted(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; script-src 'self'")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
}

// places fills in the shop, or the shops to choose from.
func places(v ledger.View, page *web.Counter) error {
	for shop, err := range v.Shops() {
		if err != nil {
			return err
		}
		page.Shops = append(page.Shops, web.Choice{Shop: shop.Shop, Name: shop.Name})
		if shop.Shop == page.Shop {
			page.Place = shop.Name
		}
	}
	if page.Place == "" && len(page.Shops) == 1 {
		page.Shop, page.Place = page.Shops[0].Shop, page.Shops[0].Name
	}
	if page.Place == "" {
		page.Shop = ""
	}
	return nil
}

// light says whether the exchange would be made now, by asking the book, which keeps nothing of it.
func (s *server) light(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, page *web.Counter) error {
	if page.Light = web.Green; page.Asks {
		page.Light = web.Amber
		return nil
	}
	if len(page.Warnings) > 0 {
		page.Light = web.Amber
	}
	var e ledger.Entry
	var err error
	switch {
	case page.Holder.Status != ledger.Active: // said before anything is taken off the shelf
		err = &ledger.Rejection{Reason: barredBy(page.Holder.Status), Subject: page.Holder.Number}
	case page.Shop != "" && (len(page.Lines) > 0 || page.Hold != 0):
		ticks := page.Ticks
		defer func() { page.Ticks = ticks }()
		e, err = s.wanting(r, clerk, page)
	case page.Shop != "":
		err = s.barred(r, clerk, page)
	}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.PresenceNeeded && s.provable(r, clerk, page) {
		page.Light = web.Amber
		return nil
	}
	if err == nil {
		short, err := s.shortOf(r, e)
		if page.Warnings = append(page.Warnings, short...); page.AskTicks() || len(short) > 0 {
			page.Light = web.Amber
		}
		return err
	}
	told := &web.Counter{}
	if !s.tell(w, r, told, err) {
		return err
	}
	page.Light, page.Reasons = web.Red, []string{told.Wrong}
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrNotReady) {
		page.Light = web.Amber
	}
	if told.Hint != "" {
		page.Reasons = append(page.Reasons, told.Hint)
	}
	return nil
}

// barred returns why a card that was scanned, with nothing beside it yet, exchanges nothing at this hour and counter, whatever is scanned next: the book
// is asked about one piece of what takes fewest points. What lacks of a proof or of the goods is said once those are there.
func (s *server) barred(r *http.Request, clerk ledger.StaffID, page *web.Counter) error {
	probe := *page
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		least := ledger.Amount(math.MaxInt64)
		for item, err := range v.Items() {
			if err != nil {
				return err
			}
			if each, ok := item.PriceOn(v.On()); ok && each < least {
				least, probe.Lines = each, []ledger.ItemLine{{Item: item.Item, Pieces: 1}}
			}
		}
		return nil
	})
	if err != nil || len(probe.Lines) == 0 {
		return err
	}
	_, err = s.wanting(r, clerk, &probe)
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.PresenceNeeded {
		_, err = s.tried(r, clerk, &probe, true)
	}
	no, ok := errors.AsType[*ledger.Rejection](err)
	if ok && (ledger.Commodity(no.Subject).Goods() || no.Reason == ledger.PresenceNeeded || no.Reason == ledger.InsufficientPoint && len(page.Holds) > 0) {
		return nil
	}
	return err
}

// shortOf says of what an exchange takes more than the shelf has: the clerk has it in the hand, and the next count tells.
func (s *server) shortOf(r *http.Request, e ledger.Entry) (said []string, err error) {
	err = s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		for _, p := range e.Postings {
			if p.Account.Class() != ledger.ClassShort || p.Amount >= 0 {
				continue
			}
			item, err := v.Item(p.Commodity)
			if err != nil {
				return err
			}
			said = append(said, s.say(r).T("web.counter.short", catalog.Data{"Item": item.Name, "N": int64(-p.Amount)}))
		}
		return nil
	})
	return said, err
}

// barredBy is how the book refuses an account that is not active.
func barredBy(status ledger.Status) ledger.RejectReason {
	if status == ledger.Closed {
		return ledger.AccountClosed
	}
	return ledger.AccountFrozen
}

// wanting asks the book with nothing checked of who came, then with each check that it lacks, which the clerk is asked to tick.
func (s *server) wanting(r *http.Request, clerk ledger.StaffID, page *web.Counter) (ledger.Entry, error) {
	done := page.Ticks
	for page.Ticks = nil; ; {
		e, err := s.tried(r, clerk, page, false)
		no, ok := errors.AsType[*ledger.Rejection](err)
		if !ok || no.Reason != ledger.Incomplete || slices.Contains(page.Ticks, ledger.Check(no.Subject)) {
			return e, err
		}
		lacks := ledger.Check(no.Subject)
		page.Ticks = append(page.Ticks, lacks)
		page.Checks = append(page.Checks, web.Tick{Check: lacks, Name: catalog.Name(s.say(r), "check", lacks), Done: slices.Contains(done, lacks)})
	}
}

// tried asks the book what it would say to what is on the counter, with the volunteer's PIN or without.
func (s *server) tried(r *http.Request, clerk ledger.StaffID, page *web.Counter, pin bool) (ledger.Entry, error) {
	do, _, err := s.asked(r.Context(), page.Desk, pin)
	if err != nil {
		return ledger.Entry{}, err
	}
	got, err := s.Writes.DryRun(r.Context(), ledger.Command{Key: newCounterKey(), Actor: clerk, Do: do})
	if no := got.Entry.Rejection(); err == nil && no != nil {
		return got.Entry, no
	}
	return got.Entry, err
}
