package api

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
)

// This file is what is scanned at the counter, typed or pressed, and what it does to the basket.

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
