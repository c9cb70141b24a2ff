package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// The counter is one form and one box. What was scanned so far travels in the form, so that a reload, the Back button, a slow line or a
// session that ended loses nothing, and a form that is sent twice asks for the same exchange with the same key. It needs no script: a
// scanner types what it read and presses Enter.

const (
	clerkPath   = "/clerk"
	clerkCookie = "aixin_work" // not the name that the counter alone used, with a path of its own
	shopCookie  = "aixin_shop"
)

// counterRoles are those who may stand at a counter.
func counterRoles() []ledger.Role { return []ledger.Role{ledger.Clerk, ledger.Steward} }

// atCounter returns the member of the staff who is signed in on the browser.
func (s *server) atCounter(r *http.Request) (ledger.StaffID, bool) {
	c, err := r.Cookie(clerkCookie)
	if err != nil {
		return "", false
	}
	who, ok := s.sessions.find(c.Value)
	if !ok || who.staff == "" {
		return "", false
	}
	return who.staff, s.holds(r.Context(), who.staff, counterRoles()) == nil // a role may have ended since
}

// counter answers GET /clerk: the counter with nothing on it, or the form to sign in.
func (s *server) counter(w http.ResponseWriter, r *http.Request) error {
	clerk, ok := s.atCounter(r)
	if !ok {
		s.page(w, r, s.clerkSignIn(web.Desk{}, ""))
		return nil
	}
	return s.counterPage(w, r, clerk, &web.Counter{Desk: web.Desk{Shop: chosenShop(r)}})
}

func chosenShop(r *http.Request) ledger.ShopID {
	c, err := r.Cookie(shopCookie)
	if err != nil || !ledger.ShopID(c.Value).Valid() {
		return ""
	}
	return ledger.ShopID(c.Value)
}

func (s *server) clerkSignIn(d web.Desk, scan string) web.ClerkSignIn {
	form := web.ClerkSignIn{Desk: d, Scan: scan}
	if s.Book.Demo && s.Config.Try != nil {
		form.TryCard, form.TryPIN = string(s.Config.Try.Clerk), s.Config.Try.PIN
	}
	return form
}

// atDesk answers POST /clerk: something was scanned, chosen or confirmed.
func (s *server) atDesk(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		if tooLarge(err) {
			return err
		}
		return ErrBadForm
	}
	desk := deskOf(r)
	scan := strings.TrimSpace(r.PostForm.Get("scan"))
	if len(scan) > maxCard {
		scan = ""
	}
	if r.PostForm.Has("number") {
		return s.clerkEnters(w, r, desk, scan)
	}
	clerk, ok := s.atCounter(r)
	if !ok {
		s.render(w, r, http.StatusUnauthorized, s.frame(w, r), s.clerkSignIn(desk, scan))
		return nil
	}
	page := &web.Counter{Desk: desk}
	if err := s.step(w, r, clerk, page, scan); err != nil {
		if !s.tell(w, r, page, err) {
			return err
		}
		page.Scan = scan
	}
	return s.counterPage(w, r, clerk, page)
}

// clerkEnters signs a member of the staff in on the browser, and shows the counter as it was left.
func (s *server) clerkEnters(w http.ResponseWriter, r *http.Request, desk web.Desk, scan string) error {
	number := r.PostForm.Get("number")
	who, err := s.signIn(r, number, r.PostForm.Get("pin"))
	if err == nil && who.staff == "" {
		err = person.ErrWrongPIN
	}
	if err == nil {
		err = s.holds(r.Context(), who.staff, counterRoles())
	}
	if err != nil {
		f := s.frame(w, r)
		p := problemOf(err, f.Localizer, s.Clock())
		if p.Status >= http.StatusInternalServerError {
			return err
		}
		p.header(w.Header())
		form := s.clerkSignIn(desk, scan)
		form.Number, form.Wrong, form.Hint = tidy(number, maxCard), p.Title, p.Hint
		s.render(w, r, p.Status, f, form)
		return nil
	}
	if c, err := r.Cookie(clerkCookie); err == nil {
		s.sessions.end(c.Value)
	}
	s.setCookie(w, clerkCookie, s.sessions.begin(who), "/", 0) // one sign-in for all pages of the staff
	if desk.Shop == "" {
		desk.Shop = chosenShop(r)
	}
	return s.counterPage(w, r, who.staff, &web.Counter{Desk: desk, Scan: scan})
}

// deskOf reads what a form of the counter carries. What does not read was not written by us, and is left out.
func deskOf(r *http.Request) web.Desk {
	f := r.PostForm
	d := web.Desk{Shop: ledger.ShopID(f.Get("shop")), Card: tidy(f.Get("card"), maxCard), Key: ledger.Key(f.Get("key"))}
	if !d.Shop.Valid() {
		d.Shop = ""
	}
	if !d.Key.Valid() {
		d.Key = newCounterKey()
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
	return d
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

// step does what was scanned or pressed. An error leaves the counter as it was.
func (s *server) step(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, page *web.Counter, scan string) error {
	switch pressed := r.PostForm.Get("do"); {
	case pressed == "clear":
		page.Desk = web.Desk{Shop: page.Shop, Key: newCounterKey()}
		return nil
	case pressed == "less" && len(page.Lines) > 0:
		page.Lines = page.Lines[:len(page.Lines)-1]
		return nil
	case strings.HasPrefix(pressed, "undo/"):
		return s.undo(r, clerk, page, pressed)
	case strings.HasPrefix(pressed, "shop/"):
		page.Shop = ledger.ShopID(strings.TrimPrefix(pressed, "shop/"))
		if page.Shop.Valid() {
			s.setCookie(w, shopCookie, string(page.Shop), clerkPath, choiceLife)
		}
		return nil
	}
	if scan == "" {
		if page.Card == "" || len(page.Lines) == 0 {
			return nil
		}
		return s.exchange(r, clerk, page)
	}
	if n, ok := timesOf(tidy(scan, maxCard)); ok {
		page.Times = n
		return nil
	}
	item, err := s.itemOf(r.Context(), scan)
	if err != nil {
		return err
	}
	if item != "" {
		return put(page, item)
	}
	if _, _, err := s.presented(r.Context(), scan); err != nil {
		return err
	}
	page.Desk = web.Desk{Shop: page.Shop, Card: tidy(scan, maxCard), Key: newCounterKey()}
	return nil
}

// itemOf returns the item that has this code or label; none where it is something else.
func (s *server) itemOf(ctx context.Context, scan string) (ledger.Commodity, error) {
	var found ledger.Commodity
	err := s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		text := tidy(scan, maxCard)
		if c := ledger.Commodity(text); c.Goods() {
			item, err := v.Item(c)
			found = item.Item
			return err
		}
		for item, err := range v.Items() {
			if err != nil {
				return err
			}
			if item.Label != "" && tidy(item.Label, maxCard) == text {
				found = item.Item
			}
		}
		return nil
	})
	return found, err
}

// put puts as many of an item on the counter as were said before.
func put(page *web.Counter, item ledger.Commodity) error {
	n := max(page.Times, 1)
	i := slices.IndexFunc(page.Lines, func(l ledger.ItemLine) bool { return l.Item == item })
	switch {
	case i >= 0 && page.Lines[i].Pieces+n > ledger.MaxPieces, i < 0 && len(page.Lines) == ledger.MaxLines:
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "scan", Code: "pieces"}}}
	case i >= 0:
		page.Lines[i].Pieces += n
	default:
		page.Lines = append(page.Lines, ledger.ItemLine{Item: item, Pieces: n})
	}
	page.Times = 0
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

// redemption is the exchange of what is on the counter, with the volunteer's PIN where one was typed, which is looked at when the exchange
// is made and not before: each look counts.
func (s *server) redemption(r *http.Request, page *web.Counter) (*ledger.Redeem, error) {
	id, by, err := s.presented(r.Context(), page.Card)
	if err != nil {
		return nil, err
	}
	return &ledger.Redeem{Volunteer: id, Shop: page.Shop, Lines: page.Lines, Presence: by, PIN: r.PostForm.Get("holder_pin") != ""}, nil
}

// exchange asks the book for the exchange. After an answer the counter is empty; where nobody knows what became of it, it stays as it is,
// with its key, and Enter asks again.
func (s *server) exchange(r *http.Request, clerk ledger.StaffID, page *web.Counter) error {
	do, err := s.redemption(r, page)
	if err == nil && do.PIN {
		err = s.checkPIN(r, r.PostForm.Get("holder_pin"), func() (string, error) { return string(do.Volunteer), nil })
		if errors.Is(err, person.ErrWrongPIN) {
			err = errHolderPIN
		}
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
	defer cancel()
	got, err := s.Writes.Submit(ctx, ledger.Command{Key: page.Key, Actor: clerk, Do: do})
	if err != nil {
		// Only a refusal of the book names what became of this key. Whatever else went wrong, an attempt before may have been carried out.
		if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason != ledger.KeyConflict {
			page.Key = newCounterKey()
		}
		return err
	}
	page.Desk = web.Desk{Shop: page.Shop, Key: newCounterKey()}
	page.Done = web.Exchanged{Number: ReceiptNumber(got.Entry.Index), Index: got.Entry.Index, Again: got.Replayed}
	s.exchanged(r, page, got.Entry, got.Replayed)
	return nil
}

// exchanged fills in the receipt. Where the book cannot be read now, its number has to do: the exchange was made.
func (s *server) exchanged(r *http.Request, page *web.Counter, e ledger.Entry, again bool) {
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		done, err := web.Teller{Say: s.say(r), Receipt: ReceiptNumber}.Exchange(v, e, again)
		if err == nil {
			page.Done = done
		}
		return err
	})
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "receipt without its text", slog.Any("error", err), slog.String("request_id", requestID(r)))
	}
}

// undo takes back the exchange that was just made. Its key is the exchange's: pressing twice undoes once.
func (s *server) undo(r *http.Request, clerk ledger.StaffID, page *web.Counter, pressed string) error {
	index, err := ParseReference(strings.TrimPrefix(pressed, "undo/"))
	if err != nil {
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "redemption", Code: "index"}}}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
	defer cancel()
	key := ledger.Key("counter/undo/" + strconv.FormatInt(int64(index), 10))
	if _, err = s.Writes.Submit(ctx, ledger.Command{Key: key, Actor: clerk, Do: &ledger.Undo{Redemption: index}}); err != nil {
		return err
	}
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		e, err := v.Entry(index)
		if err != nil {
			return err
		}
		page.Done, err = web.Teller{Say: s.say(r), Receipt: ReceiptNumber}.Exchange(v, e, false)
		page.Done.Undone = true
		return err
	})
}

// tell puts an error on the page, and reports whether it is one that a clerk can do something about.
func (s *server) tell(w http.ResponseWriter, r *http.Request, page *web.Counter, err error) bool {
	p := problemOf(err, s.say(r), s.Clock())
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
func (s *server) counterPage(w http.ResponseWriter, r *http.Request, clerk ledger.StaffID, page *web.Counter) error {
	f, status := s.frame(w, r), http.StatusOK
	page.Clerk = string(clerk)
	if page.Key == "" {
		page.Key = newCounterKey()
	}
	var id ledger.VolunteerID
	if page.Card != "" {
		var err error
		if id, _, err = s.presented(r.Context(), page.Card); err != nil {
			page.Card = "" // it was good when it was scanned, and is void now
			if !s.tell(w, r, page, err) {
				return err
			}
		}
	}
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		if err := places(v, page); err != nil || id == "" {
			return err
		}
		b, err := v.Balance(id)
		if err != nil {
			return err
		}
		names, err := s.People.Masked(r.Context(), string(id))
		if err != nil {
			return err
		}
		t := s.teller(f)
		if page.Holder, err = t.HolderOf(v, b, names[string(id)].Name); err != nil {
			return err
		}
		return t.Counted(v, page, b)
	})
	if err == nil && id != "" {
		err = s.light(w, r, clerk, page)
	}
	if err != nil {
		return err
	}
	if page.Wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	s.render(w, r, status, f, *page)
	return nil
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
	page.Light = web.Green
	if page.Shop == "" || len(page.Lines) == 0 {
		return nil
	}
	do, err := s.redemption(r, page)
	if err == nil {
		var e ledger.Entry
		e, err = s.Writes.DryRun(r.Context(), ledger.Command{Key: newCounterKey(), Actor: clerk, Do: do})
		if no := e.Rejection(); err == nil && no != nil {
			err = no
		}
	}
	if err == nil {
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
