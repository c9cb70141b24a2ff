package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aixin/api/catalog"
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

// atCounter returns the member of the staff who is signed in on the browser.
func (s *server) atCounter(r *http.Request) (ledger.StaffID, bool) {
	c, err := s.admit(r, browser(counterRoles()...)) // a role may have ended since
	return c.staff, err == nil
}

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

// takesOver answers GET /clerk/switch: the form with which another clerk takes the counter over as it is.
func (s *server) takesOver(w http.ResponseWriter, r *http.Request) error {
	s.page(w, r, s.clerkSignIn(r, false))
	return nil
}

func chosenShop(r *http.Request) ledger.ShopID {
	c, err := r.Cookie(shopCookie)
	if err != nil || !ledger.ShopID(c.Value).Valid() {
		return ""
	}
	return ledger.ShopID(c.Value)
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

// deskOf reads what a form of the counter carries. What does not read was not written by us, and is left out.
func deskOf(r *http.Request) web.Desk {
	f := r.PostForm
	d := web.Desk{Shop: ledger.ShopID(f.Get("shop")), Card: tidy(f.Get("card"), maxCard), Proxy: tidy(f.Get("proxy"), maxCard), Key: ledger.Key(f.Get("key"))}
	if !d.Shop.Valid() {
		d.Shop = ""
	}
	step, err := strconv.ParseInt(f.Get("step"), 10, 64)
	if err != nil || step < 1 || !d.Key.Valid() {
		return web.Desk{}
	}
	d.Step = step
	if i, err := ParseReference(f.Get("hold")); err == nil {
		d.Hold = i
	}
	for _, text := range f["line"] {
		item, pieces, _ := strings.Cut(text, "=")
		n, err := strconv.ParseInt(pieces, 10, 64)
		if err == nil && n > 0 && ledger.Amount(n) <= ledger.MaxPieces && ledger.Commodity(item).Goods() && len(d.Lines) < ledger.MaxLines {
			d.Lines = append(d.Lines, ledger.ItemLine{Item: ledger.Commodity(item), Pieces: ledger.Amount(n)})
		}
	}
	if n, ok := timesOf(f.Get("times") + "*"); ok {
		d.Times = n
	}
	d.Asks = d.Hold != 0 && d.Proxy == "" && f.Has("asks")
	return d
}

// ticksOf reads what was ticked as checked of who came. What does not read was not written by us, and is left out.
func ticksOf(boxes []string) (list []ledger.Check) {
	for _, known := range []ledger.Check{ledger.CheckedDocument, ledger.CheckedPhone} {
		if slices.Contains(boxes, string(known)) {
			list = append(list, known)
		}
	}
	return list
}

func newCounterKey() ledger.Key { return ledger.Key("counter/" + rand.Text()) }

var times = regexp.MustCompile(`^([1-9][0-9]{0,2})[*xX×]$`)

// timesOf reads how many of the next item there are: 3*.
func timesOf(scan string) (ledger.Amount, bool) {
	m := times.FindStringSubmatch(scan)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return ledger.Amount(n), err == nil
}

// step does what was scanned or pressed, and says which page is next. An error leaves the counter as it was.
func (s *server) step(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, t *till, scan string) (next string, err error) {
	switch pressed := r.PostForm.Get("do"); {
	case pressed != "":
		return clerkPath, s.pressed(w, r, clerk, t, pressed)
	case scan == "":
		return clerkPath, s.confirmed(r, clerk, t)
	}
	if do, ok := commandCodes()[tidy(scan, maxCard)]; ok {
		if do == "confirm" {
			return clerkPath, s.confirmed(r, clerk, t)
		}
		return clerkPath, s.pressed(w, r, clerk, t, do)
	}
	return s.scanned(r, t, scan)
}

// commandCodes are the codes that stand on a card beside the scanner, for who has no hand free: what each presses.
func commandCodes() map[string]string {
	return map[string]string{"+OK": "confirm", "+LESS": "less", "+CLEAR": "clear", "+UNDO": "undo/", "+PROXY": "proxy"}
}

// pressed does what a button says.
func (s *server) pressed(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, t *till, button string) error {
	switch {
	case button == "clear":
		t.empty()
		t.done = 0
	case button == "less" && len(t.Lines) > 0:
		t.Lines = t.Lines[:len(t.Lines)-1]
	case button == "proxy" && t.Card != "" && t.Proxy == "" && t.Hold != 0:
		t.Asks = true // whose the hold is stands already, and who came does not
	case button == "proxy" && t.Card != "" && t.Proxy == "":
		t.Proxy, t.Card, t.Slip, t.Ticks = t.Card, "", "", nil // it was signed by whoever only fetches
	case button == "swap" && t.Card != "" && t.Proxy != "" && t.Hold == 0:
		t.Card, t.Proxy, t.Slip, t.Ticks = t.Proxy, t.Card, "", nil // whoever signed it signed for points that are another's now
	case button == "aside":
		t.Hold, t.Lines, t.Asks = 0, nil, false
	case button == "release" && t.Hold != 0:
		return s.letGo(r, clerk, t)
	case strings.HasPrefix(button, "hold/"):
		i, _ := holdOf(strings.TrimPrefix(button, "hold/"))
		return s.openHold(r.Context(), t, i)
	case button == "undo/" && t.done != 0:
		return s.undo(r, clerk, t, t.done)
	case strings.HasPrefix(button, "undo/"):
		index, err := ParseReference(strings.TrimPrefix(button, "undo/"))
		if err != nil {
			return &ledger.Invalid{Fields: []ledger.Fault{{Field: "redemption", Code: "index"}}}
		}
		return s.undo(r, clerk, t, index)
	case strings.HasPrefix(button, "shop/"):
		if shop := ledger.ShopID(strings.TrimPrefix(button, "shop/")); shop.Valid() {
			t.Shop = shop
			s.setCookie(w, shopCookie, string(shop), clerkPath, choiceLife)
		}
	}
	return nil
}

// empty clears the counter for whoever is next.
func (t *till) empty() {
	t.Desk, t.before = web.Desk{Shop: t.Shop, Key: newCounterKey(), Step: t.Step}, ""
}

// confirmed exchanges what lies on the counter.
func (s *server) confirmed(r *http.Request, clerk ledger.StaffID, t *till) error {
	if t.Card == "" || len(t.Lines) == 0 && t.Hold == 0 || t.Asks {
		return nil
	}
	return s.exchange(r, clerk, t)
}

var (
	receiptCode = regexp.MustCompile(`^R[0-9]{6,15}$`)
	sessionCode = regexp.MustCompile(`^AXS[0-9]{1,15}$`)
	goodsCode   = regexp.MustCompile(`^[0-9]{8}$|^[0-9]{12,14}$`) // EAN and UPC; a volunteer's number has seven digits
)

// scanned takes whatever the one box is given: 3*, an item by its code, EAN or shelf label, a receipt, the code of an attendance list, a card
// or a number. The first of them that it can be, it is.
func (s *server) scanned(r *http.Request, t *till, scan string) (next string, err error) {
	text := tidy(scan, maxCard)
	if n, ok := timesOf(text); ok {
		t.Times = n
		return clerkPath, nil
	}
	item, err := s.itemOf(r.Context(), text)
	switch {
	case err != nil:
		return clerkPath, err
	case item != "":
		t.done = 0
		if t.Hold != 0 {
			return clerkPath, s.putHeld(r.Context(), t, item)
		}
		return clerkPath, t.put(item)
	case holdCode.MatchString(text):
		i, _ := holdOf(text)
		return clerkPath, s.openHold(r.Context(), t, i)
	case receiptCode.MatchString(text):
		return returnPath + "?receipt=" + text, nil
	case sessionCode.MatchString(text):
		by, _ := s.atCounter(r)
		if err := s.holds(r.Context(), by, []ledger.Role{ledger.Leader}); err != nil {
			return clerkPath, err // the roll is no page of theirs: the goods stay before them
		}
		return fieldPath + "?session=" + strings.TrimPrefix(text, sessionMark), nil
	case goodsCode.MatchString(text):
		return clerkPath, &ledger.Invalid{Fields: []ledger.Fault{{Field: "scan", Code: "no_such_goods"}}}
	}
	id, _, err := s.presented(r.Context(), scan)
	if err != nil {
		return clerkPath, err
	}
	if t.Asks {
		return clerkPath, s.cameFor(r.Context(), t, text, id)
	}
	if t.Card == "" && t.Proxy != "" {
		return clerkPath, s.fetchedFor(r.Context(), t, text, id)
	}
	if !t.idle() {
		t.empty() // a basket of its own: no page of the one before puts anything into it
	}
	t.Card, t.Times, t.done = text, 0, 0
	return clerkPath, nil
}

// itemOf returns the item that has this code or label; none where it is something else.
func (s *server) itemOf(ctx context.Context, text string) (found ledger.Commodity, err error) {
	err = s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		if c := ledger.Commodity(text); c.Goods() {
			item, err := v.Item(c)
			found = item.Item
			return err
		}
		all, err := labelsOf(v)
		found = all.item(text)
		return err
	})
	return found, err
}

// labels are the items by their codes and by what stands on them: as it is tidied, and with its blanks.
type labels map[string]ledger.Commodity

func labelsOf(v ledger.View) (labels, error) {
	of := labels{}
	for item, err := range v.Items() {
		if err != nil {
			return nil, err
		}
		of[string(item.Item)] = item.Item
		if text := tidy(item.Label, maxCard); text != "" && !ledger.Commodity(text).Goods() { // what reads as a code is one
			of[text], of[blanked(item.Label)] = item.Item, item.Item
		}
	}
	return of, nil
}

// item returns what has been scanned, if it is an item. A scanner reads the twelve digits of a UPC as they are, or as an EAN-13 behind a zero.
func (l labels) item(text string) ledger.Commodity {
	if item, ok := l[text]; ok || !goodsCode.MatchString(text) {
		return item
	}
	return cmp.Or(l["0"+text], l[strings.TrimPrefix(text, "0")])
}

// put puts as many of an item on the counter as were said before.
func (t *till) put(item ledger.Commodity) error {
	n := max(t.Times, 1)
	i := slices.IndexFunc(t.Lines, func(l ledger.ItemLine) bool { return l.Item == item })
	switch {
	case i >= 0 && t.Lines[i].Pieces+n > ledger.MaxPieces, i < 0 && len(t.Lines) == ledger.MaxLines:
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "scan", Code: "pieces"}}}
	case i >= 0:
		t.Lines[i].Pieces += n
	default:
		t.Lines = append(t.Lines, ledger.ItemLine{Item: item, Pieces: n})
	}
	t.Times = 0
	return nil
}

// presented returns whose card was scanned or whose number was typed, and which of the two it was.
func (s *server) presented(ctx context.Context, scan string) (ledger.VolunteerID, ledger.Presence, error) {
	if strings.HasPrefix(tidy(scan, maxCard), cardMark) {
		id, err := s.cardOf(ctx, scan)
		return id, ledger.ByCard, err
	}
	id, err := s.holder(ctx, scan)
	return id, ledger.ByTyped, err
}

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
	var err error
	switch {
	case page.Holder.Status != ledger.Active: // said before anything is taken off the shelf
		err = &ledger.Rejection{Reason: barredBy(page.Holder.Status), Subject: page.Holder.Number}
	case page.Shop != "" && (len(page.Lines) > 0 || page.Hold != 0):
		ticks := page.Ticks
		defer func() { page.Ticks = ticks }()
		err = s.wanting(r, clerk, page)
	}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.PresenceNeeded && s.provable(r, clerk, page) {
		page.Light = web.Amber
		return nil
	}
	if err == nil {
		if page.AskTicks() {
			page.Light = web.Amber
		}
		return nil
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

// barredBy is how the book refuses an account that is not active.
func barredBy(status ledger.Status) ledger.RejectReason {
	if status == ledger.Closed {
		return ledger.AccountClosed
	}
	return ledger.AccountFrozen
}

// wanting asks the book with nothing checked of who came, then with each check that it lacks, which the clerk is asked to tick.
func (s *server) wanting(r *http.Request, clerk ledger.StaffID, page *web.Counter) error {
	done := page.Ticks
	for page.Ticks = nil; ; {
		err := s.tried(r, clerk, page, false)
		no, ok := errors.AsType[*ledger.Rejection](err)
		if !ok || no.Reason != ledger.Incomplete || slices.Contains(page.Ticks, ledger.Check(no.Subject)) {
			return err
		}
		lacks := ledger.Check(no.Subject)
		page.Ticks = append(page.Ticks, lacks)
		page.Checks = append(page.Checks, web.Tick{Check: lacks, Name: catalog.Name(s.say(r), "check", lacks), Done: slices.Contains(done, lacks)})
	}
}

// tried asks the book what it would say to what is on the counter, with the volunteer's PIN or without.
func (s *server) tried(r *http.Request, clerk ledger.StaffID, page *web.Counter, pin bool) error {
	do, _, err := s.asked(r.Context(), page.Desk, pin)
	if err != nil {
		return err
	}
	e, err := s.Writes.DryRun(r.Context(), ledger.Command{Key: newCounterKey(), Actor: clerk, Do: do})
	if no := e.Rejection(); err == nil && no != nil {
		return no
	}
	return err
}
