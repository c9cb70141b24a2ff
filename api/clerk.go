package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// The counter is one form and one box; a scanner types what it read and presses Enter. What was scanned so far is kept at the workplace of
// the browser (workplace.go), and every form is answered by sending the browser on to the same page: a reload and the Back button ask for
// nothing. The form carries what it shows too, so that a server that was started again goes on from the page that the clerk has before
// them. It carries its step, so that a form that is sent twice is answered once, and the key of its basket, so that a page that was left open puts
// nothing into the basket of whoever is next.

const (
	clerkPath   = "/clerk"
	switchPath  = "/clerk/switch"
	returnPath  = "/clerk/return"
	receiptPath = "/clerk/receipt"
	clerkCookie = "aixin_work" // not the name that the counter alone used, with a path of its own
	shopCookie  = "aixin_shop"
	soundCookie = "sound"
	soundOn     = "on"
	soundOff    = "off"
	soundGood   = "good"
	soundBad    = "bad"
	paperCookie = "paper"
)

// till is what lies on the counter, and what is to be said of it.
type till struct {
	web.Desk
	sent   []string     // the forms before, by what they asked for
	scan   string       // what was scanned and did nothing, to be corrected
	err    error        // why
	done   ledger.Index // the exchange that was just made; 0 for none
	key    ledger.Key   // of it
	before ledger.Key   // of this basket, used up by a refusal: the page with it is still of this basket
	again  bool         // it was asked for before
	undone bool
	said   string // names the sentence of what was done beside an exchange
	beep   string // what is heard when the page is there: once
}

// counterRoles are those who may stand at a counter.
func counterRoles() []ledger.Role { return []ledger.Role{ledger.Clerk, ledger.Steward} }

// counter answers GET /clerk: the counter as it is, or the form to sign in.
func (s *server) counter(w http.ResponseWriter, r *http.Request) error {
	c, err := s.admit(r, browser(counterRoles()...))
	if errors.Is(err, ErrTOTP) {
		http.Redirect(w, r, totpPath, http.StatusSeeOther)
		return nil
	}
	if err != nil {
		s.page(w, r, s.clerkSignIn(r, true))
		return nil
	}
	s.choose(w, r, soundCookie, soundOn, soundOff)
	s.choose(w, r, paperCookie, web.Slip, web.A5)
	at := s.workplace(w, r)
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.till.Key == "" {
		at.till.Desk = web.Desk{Key: newCounterKey(), Step: 1}
	}
	if at.till.Shop == "" {
		at.till.Shop = chosenShop(r)
	}
	return s.counterPage(w, r, c.staff, &at.till)
}

// choose remembers what was chosen on this page.
func (s *server) choose(w http.ResponseWriter, r *http.Request, name string, values ...string) {
	if v := r.URL.Query().Get(name); slices.Contains(values, v) {
		s.setCookie(w, name, v, clerkPath, choiceLife)
	}
}

func chosenShop(r *http.Request) ledger.ShopID {
	c, err := r.Cookie(shopCookie)
	if err != nil || !ledger.ShopID(c.Value).Valid() {
		return ""
	}
	return ledger.ShopID(c.Value)
}

// atDesk answers POST /clerk: something was scanned, chosen or confirmed. Whoever is not signed in finds it when they are.
func (s *server) atDesk(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	scan := strings.TrimSpace(r.PostForm.Get("scan"))
	if len(scan) > maxCard {
		scan = ""
	}
	at := s.workplace(w, r)
	at.mu.Lock()
	defer at.mu.Unlock()
	form := deskOf(r)
	if at.till.Key == "" && form.Key != "" {
		at.till.Desk = form // the server that knew it was stopped
	}
	if r.PostForm.Has("pin") {
		return s.clerkEnters(w, r, at)
	}
	clerk, ok := s.atCounter(r)
	if !ok {
		if scan != "" {
			at.till.scan, at.till.err = scan, nil
		}
		http.Redirect(w, r, clerkPath, http.StatusSeeOther)
		return nil
	}
	next, err := s.take(w, r, clerk, &at.till, form, scan)
	if err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // one of our own pages, with a number behind it
	return nil
}

// take carries a form of the counter out, once: what was sent before asks for nothing. A scan from a page that a quicker scan made old
// counts, an Enter from there does not: nobody saw what it would exchange.
func (s *server) take(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, t *till, form web.Desk, scan string) (next string, err error) {
	asked := strconv.FormatInt(form.Step, 10) + "/" + r.PostForm.Get("do") + "/" + scan
	_, command := commandCodes()[tidy(scan, maxCard)]
	if !t.isOf(form.Key) && !slices.Contains(t.sent, asked) && (form.Key != t.key || scan != "") && !t.idleFor(scan) {
		t.err, t.scan, t.beep = errOldPage, "", soundBad
		return clerkPath, nil
	}
	if form.Step != t.Step && (scan == "" || command || slices.Contains(t.sent, asked)) {
		t.again = t.again || (t.done != 0 && form.Key == t.key && scan == "")
		return clerkPath, nil
	}
	was := *t
	if t.said = ""; t.isOf(form.Key) && r.PostForm.Has("slip") { // a slip that an old page carries was signed by somebody else
		t.Slip = tidy(r.PostForm.Get("slip"), maxCard)
	}
	if t.isOf(form.Key) && form.Step == t.Step && r.PostForm.Has("checks") { // a page of before the cards were swapped is about somebody else
		t.Ticks = ticksOf(r.PostForm["checked"])
	}
	next, err = s.step(w, r, clerk, t, scan)
	if err != nil && r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		*t = was // a second Enter took the first one's connection, and asks for the same
		return "", err
	}
	if err != nil && problemOf(err, s.say(r), s.Clock()).Status == http.StatusInternalServerError {
		return "", err // the form asks again with the same key
	}
	t.err, t.scan, t.beep = err, "", soundGood
	if err != nil {
		t.scan, t.beep = scan, soundBad
	}
	if t.sent = append(t.sent, asked); len(t.sent) > keptSteps {
		t.sent = slices.Delete(t.sent, 0, 1)
	}
	t.Step++
	return next, nil
}

// isOf reports whether a page with that key is of the basket on the counter.
func (t *till) isOf(key ledger.Key) bool { return key == t.Key || t.before != "" && key == t.before }

// idleFor reports whether a scan begins a basket and can be in nobody's way: nothing lies on the counter, and it is no button and no Enter.
func (t *till) idleFor(scan string) bool { return scan != "" && t.idle() }

// idle reports whether nobody is being served.
func (t *till) idle() bool { return t.Card == "" && t.Proxy == "" && t.Hold == 0 && len(t.Lines) == 0 }

func newCounterKey() ledger.Key { return ledger.Key("counter/" + rand.Text()) }

var (
	receiptCode = regexp.MustCompile(`^R[0-9]{6,15}$`)
	sessionCode = regexp.MustCompile(`^AXS[0-9]{1,15}$`)
	goodsCode   = regexp.MustCompile(`^[0-9]{8}$|^[0-9]{12,14}$`) // EAN and UPC; a volunteer's number has seven digits
)

// asked is the exchange of what is on the counter, or the collecting of a hold, with how whoever came was present. The PIN is looked at when it
// is carried out and not before: each look counts.
func (s *server) asked(ctx context.Context, on web.Desk, pin bool) (ledger.Action, ledger.VolunteerID, error) {
	id, by, err := s.presented(ctx, on.Card)
	if err != nil {
		return nil, "", err
	}
	var proxy ledger.VolunteerID
	var checked []ledger.Check
	if on.Proxy != "" {
		if proxy, _, err = s.presented(ctx, on.Proxy); err != nil {
			return nil, "", err
		}
		by, checked = ledger.ByProxy, on.Ticks
	}
	if on.Hold != 0 {
		if err := s.heldBy(ctx, on.Hold, id); err != nil {
			return nil, "", err
		}
		return &ledger.Settle{Hold: on.Hold, Lines: on.Lines, Presence: by, Proxy: proxy, PIN: pin, Slip: on.Slip, Checked: checked}, id, nil
	}
	return &ledger.Redeem{Volunteer: id, Shop: on.Shop, Lines: on.Lines, Presence: by, Proxy: proxy, PIN: pin, Slip: on.Slip, Checked: checked}, id, nil
}

// exchange asks the book for the exchange. After an answer the counter is empty; where nobody knows what became of it, it stays as it is,
// with its key, and Enter asks again.
func (s *server) exchange(r *http.Request, clerk ledger.StaffID, t *till) error {
	pin := r.PostForm.Get("holder_pin")
	do, id, err := s.asked(r.Context(), t.Desk, pin != "")
	if err == nil && pin != "" {
		err = s.checkPIN(r, pin, func() (string, error) { return string(id), nil })
		if errors.Is(err, person.ErrWrongPIN) {
			err = errHolderPIN
		}
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
	defer cancel()
	got, err := s.Writes.Submit(ctx, ledger.Command{Key: t.Key, Actor: clerk, Do: do})
	if err != nil {
		// Only a refusal of the book names what became of this key. Whatever else went wrong, an attempt before may have been carried out.
		if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason != ledger.KeyConflict {
			t.before, t.Key = t.Key, newCounterKey()
		}
		return err
	}
	t.done, t.key, t.again, t.undone = got.Entry.Index, t.Key, got.Replayed, false
	t.empty()
	return nil
}

// undo takes back the exchange that was just made. Its key is the exchange's: pressing twice undoes once.
func (s *server) undo(r *http.Request, clerk ledger.StaffID, t *till, index ledger.Index) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
	defer cancel()
	key := ledger.Key("counter/undo/" + strconv.FormatInt(int64(index), 10))
	if _, err := s.Writes.Submit(ctx, ledger.Command{Key: key, Actor: clerk, Do: &ledger.Undo{Redemption: index}}); err != nil {
		return err
	}
	t.done, t.again, t.undone = index, false, true
	return nil
}
