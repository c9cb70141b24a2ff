package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/text/width"

	"aixin/ledger"
	"aixin/ledger/person"
)

// cardMark begins the text of every card, as the registry writes it; anything else that is typed is a number.
const cardMark = "AX"

// signIn returns whose number, or card, and PIN these are. Whether it is the number or the PIN that is wrong is not told.
func (s *server) signIn(r *http.Request, name, pin string) (caller, error) {
	var c caller
	err := s.checkPIN(r, pin, func() (string, error) {
		if id := ledger.StaffID(tidy(name, maxCard)); id.Valid() {
			c.staff = id
			return c.id(), nil
		}
		id, err := s.holder(r.Context(), name)
		c.volunteer = id
		return c.id(), err
	})
	if _, malformed := errors.AsType[*ledger.Invalid](err); malformed {
		err = person.ErrWrongPIN
	}
	if err != nil {
		return caller{}, err
	}
	return c, nil
}

// visit returns the volunteer whose card and PIN were typed into a page, which says of a number that cannot be one that it is none.
func (s *server) visit(r *http.Request, card, pin string) (id ledger.VolunteerID, err error) {
	return id, s.checkPIN(r, pin, func() (string, error) {
		id, err = s.holder(r.Context(), card)
		return string(id), err
	})
}

// checkPIN asks whether whom find finds has that PIN, and counts the failures of whoever asks.
func (s *server) checkPIN(r *http.Request, pin string, find func() (string, error)) error {
	peer := peerOf(r)
	if until, wait := s.peers.attempt(peer); wait {
		return &person.LockedError{Until: until}
	}
	id, err := find()
	if err == nil {
		err = s.People.CheckPIN(r.Context(), id, tidy(pin, maxPIN), peer)
	}
	if errors.Is(err, person.ErrWrongPIN) || errors.Is(err, person.ErrNotFound) {
		return person.ErrWrongPIN
	}
	s.peers.pardon(peer)
	return err
}

// holder returns the volunteer that a scanned card or a typed number names. A number that cannot be one is an *ledger.Invalid:
// its check digit says so to anybody.
func (s *server) holder(ctx context.Context, card string) (ledger.VolunteerID, error) {
	text := tidy(card, maxCard)
	if strings.HasPrefix(text, cardMark) {
		found, err := s.People.FindByCard(ctx, text)
		id := ledger.VolunteerID(found)
		if err == nil && !id.Valid() {
			err = person.ErrNotFound // a card of the staff
		}
		return id, err
	}
	if text != "" && strings.Trim(text, "0123456789") == "" {
		text = "V" + text
	}
	id := ledger.VolunteerID(text)
	if !id.Valid() {
		return "", &ledger.Invalid{Fields: []ledger.Fault{{Field: "card", Code: "volunteer_number"}}}
	}
	return id, nil
}

// tidy takes what people type with a Chinese keyboard on a phone: full-width, in small letters, with spaces. What is longer
// than anything sensible is nothing.
func tidy(s string, most int) string {
	s = strings.ReplaceAll(blanked(s), " ", "")
	if len(s) > most {
		return ""
	}
	return s
}

// blanked is tidy where the blanks say something: one stands for however many.
func blanked(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(width.Narrow.String(s)), " "))
}

// peerOf returns the address at the other end of the connection; headers that anybody can write are not asked. Of an IPv6 address
// it is the network of 64 bits, all of whose addresses one subscriber has.
func peerOf(r *http.Request) string {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	peer := addr.Addr().Unmap().WithZone("")
	if peer.Is4() {
		return peer.String()
	}
	return netip.PrefixFrom(peer, 64).Masked().String()
}

const sessionCookie = "aixin_session"

// sessionPath is where the session is sent, and nowhere else.
const sessionPath = "/volunteer"

// begin signs a browser in, and whoever was signed in on it out.
func (s *server) begin(w http.ResponseWriter, r *http.Request, id ledger.VolunteerID) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.end(c.Value)
	}
	s.setCookie(w, sessionCookie, s.sessions.begin(caller{volunteer: id}), sessionPath, 0)
}

// end signs a browser out.
func (s *server) end(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.end(c.Value)
	}
	s.setCookie(w, sessionCookie, "", sessionPath, -time.Second)
}

// signedIn returns the volunteer whose session the browser has.
func (s *server) signedIn(r *http.Request) (ledger.VolunteerID, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", false
	}
	who, ok := s.sessions.find(c.Value)
	return who.volunteer, ok && who.volunteer != ""
}

// setCookie gives the browser something to keep: for that long, while it runs (0), or no more (less).
func (s *server) setCookie(w http.ResponseWriter, name, value, path string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // a server on loopback or behind no TLS could set no secure cookie at all
		Name: name, Value: value, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true, Secure: s.HTTPS, SameSite: http.SameSiteStrictMode,
	})
}

// expired reports whether a moment is past.
func expired(until, now time.Time) bool { return !now.Before(until) }
