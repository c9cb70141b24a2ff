package api

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"aixin/api/web"
	"aixin/ledger"
)

// This file is who comes to the counter for something else than goods that they pick: for somebody else's, or for what was set aside. A hold
// lies on the counter like a basket: Enter hands all of it out, and what is scanned first is all that is handed out.

var holdCode = regexp.MustCompile(`^P[0-9]{6,15}$`)

// holdOf reads the number of a hold; 0 where it is none.
func holdOf(text string) (ledger.Index, bool) {
	if !holdCode.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseInt(text[1:], 10, 64)
	return ledger.Index(n), err == nil
}

// fetchedFor takes the card of whose points they are, where whoever came is known already.
func (s *server) fetchedFor(ctx context.Context, t *till, card string, id ledger.VolunteerID) error {
	by, _, err := s.presented(ctx, t.Proxy)
	if err != nil {
		return err
	}
	if by == id {
		return scanFault("own_card")
	}
	t.Card, t.done = card, 0
	return nil
}

// cameFor takes the card of who came for a hold that lies on the counter.
func (s *server) cameFor(ctx context.Context, t *till, card string, by ledger.VolunteerID) error {
	id, _, err := s.presented(ctx, t.Card)
	if err != nil {
		return err
	}
	if by == id {
		return scanFault("owners_card")
	}
	t.Proxy, t.Asks, t.done = card, false, 0
	return nil
}

// scanFault says what is wrong with what was scanned.
func scanFault(code string) error {
	return &ledger.Invalid{Fields: []ledger.Fault{{Field: "scan", Code: code}}}
}

// openHold lays a hold on the counter. Its number proves no more than a typed one does: who showed a card before has shown more.
func (s *server) openHold(ctx context.Context, t *till, i ledger.Index) error {
	var h ledger.HoldFact
	err := s.view(ctx, ledger.AsOf{}, func(v ledger.View) (err error) {
		h, err = v.Hold(i)
		return err
	})
	switch {
	case as[*ledger.Rejection](err):
		return scanFault("no_hold")
	case err != nil:
		return err
	case h.State != ledger.HoldOpen:
		return &ledger.Rejection{Reason: ledger.HoldClosed, Subject: web.HoldNumber(i)}
	case t.Shop != "" && h.Shop != t.Shop:
		return scanFault("hold_elsewhere")
	}
	var there ledger.VolunteerID
	if t.Card != "" {
		if there, _, err = s.presented(ctx, t.Card); err != nil {
			return err
		}
	}
	switch {
	case (there == h.Volunteer || there == "" && t.Proxy != "") && t.Hold == 0 && len(t.Lines) > 0:
		return scanFault("hold_first")
	case there == "" && t.Proxy != "":
		if err := s.fetchedFor(ctx, t, string(h.Volunteer), h.Volunteer); err != nil {
			return err
		}
	case there != h.Volunteer:
		if !t.idle() {
			t.empty()
			t.said = "web.counter.made_way"
		}
		t.Card = string(h.Volunteer)
	}
	t.Hold, t.Lines, t.Times, t.done = i, nil, 0, 0
	return nil
}

// heldBy says that a hold is of the volunteer whose points are spoken of: their card and their PIN prove nothing of another's.
func (s *server) heldBy(ctx context.Context, i ledger.Index, id ledger.VolunteerID) error {
	return s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		h, err := v.Hold(i)
		if err == nil && h.Volunteer != id {
			err = scanFault("hold_of_another")
		}
		return err
	})
}

// putHeld notes that an item of the hold is handed out.
func (s *server) putHeld(ctx context.Context, t *till, item ledger.Commodity) error {
	return s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		h, err := v.Hold(t.Hold)
		if err != nil {
			return err
		}
		n := max(t.Times, 1)
		if i := slices.IndexFunc(t.Lines, func(l ledger.ItemLine) bool { return l.Item == item }); i >= 0 {
			n += t.Lines[i].Pieces
		}
		if i := slices.IndexFunc(h.Lines, func(l ledger.PricedLine) bool { return l.Item == item }); i < 0 || h.Lines[i].Pieces < n {
			return scanFault("not_in_hold")
		}
		return t.put(item)
	})
}

// letGo releases the hold on the counter, whose goods and points are free again. Its key is the hold's: pressing twice releases once.
func (s *server) letGo(r *http.Request, clerk ledger.StaffID, t *till) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
	defer cancel()
	key := ledger.Key("counter/release/" + counts(t.Hold))
	_, err := s.Writes.Submit(ctx, ledger.Command{Key: key, Actor: clerk, Do: &ledger.Release{Hold: t.Hold, Reason: ledger.OwnRequest}})
	if err != nil {
		return err
	}
	t.Hold, t.Lines, t.Asks, t.said = 0, nil, false, "web.counter.released"
	return nil
}

// served fills in who is at the counter, what is set aside for them, and what they take.
func (s *server) served(r *http.Request, f web.Frame, v ledger.View, page *web.Counter, id, by ledger.VolunteerID) error {
	var ids []string
	for _, who := range []ledger.VolunteerID{id, by} {
		if who != "" {
			ids = append(ids, string(who))
		}
	}
	names, err := s.People.Masked(r.Context(), ids...)
	if err != nil {
		return err
	}
	if by != "" {
		page.Fetches = web.Holder{Number: string(by), Name: names[string(by)].Name}
	}
	if id == "" {
		return nil
	}
	b, err := v.Balance(id)
	if err != nil {
		return err
	}
	tell := s.teller(f)
	if page.Holder, err = tell.HolderOf(v, b, names[string(id)].Name); err != nil {
		return err
	}
	page.Warnings = tell.First(b)
	if page.Hold != 0 {
		held, err := tell.Held(v, page.Hold, page.Shop, page.Lines)
		page.Opened = &held
		return err
	}
	if page.Holds, err = tell.HeldFor(v, id, page.Shop); err != nil {
		return err
	}
	return tell.Counted(v, page, b)
}

// provable reports whether a PIN or a signed slip is all that lacks, and notes which of them.
func (s *server) provable(r *http.Request, clerk ledger.StaffID, page *web.Counter) bool {
	_, err := s.tried(r, clerk, page, true)
	page.AskPIN = err == nil
	slip := page.Slip
	page.Slip = "1"
	_, err = s.tried(r, clerk, page, false)
	page.AskSlip = slip == "" && err == nil
	page.Slip = slip
	return page.AskPIN || page.AskSlip
}
