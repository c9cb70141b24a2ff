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

// signIn returns the volunteer whose card and PIN these are. Whether it is the card or the PIN that is wrong is not told.
func (s *server) signIn(r *http.Request, card, pin string) (ledger.VolunteerID, error) {
	return checkPIN(s, r, pin, func() (ledger.VolunteerID, error) { return s.holder(r.Context(), card) })
}

// staff returns the member of the staff who asks by HTTP Basic, with the number for a name and the PIN for a password.
func (s *server) staff(r *http.Request) (ledger.StaffID, error) {
	number, pin, ok := r.BasicAuth()
	if !ok {
		return "", ErrSignIn
	}
	return checkPIN(s, r, pin, func() (ledger.StaffID, error) {
		id := ledger.StaffID(tidy(number, maxCard))
		if !id.Valid() {
			return "", person.ErrNotFound
		}
		return id, nil
	})
}

// checkPIN returns whom find finds, if the PIN is theirs, and counts the failures of whoever asks.
func checkPIN[ID ~string](s *server, r *http.Request, pin string, find func() (ID, error)) (ID, error) {
	peer := peerOf(r)
	if until, wait := s.peers.attempt(peer); wait {
		return "", &person.LockedError{Until: until}
	}
	id, err := find()
	if err == nil {
		err = s.People.CheckPIN(r.Context(), string(id), tidy(pin, maxPIN))
	}
	if errors.Is(err, person.ErrWrongPIN) || errors.Is(err, person.ErrNotFound) {
		return "", person.ErrWrongPIN
	}
	s.peers.pardon(peer)
	return id, err
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
	s = strings.ToUpper(strings.Join(strings.Fields(width.Narrow.String(s)), ""))
	if len(s) > most {
		return ""
	}
	return s
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

// basic returns the volunteer who asks by HTTP Basic, with the card for a name and the PIN for a password.
func (s *server) basic(r *http.Request) (ledger.VolunteerID, error) {
	card, pin, ok := r.BasicAuth()
	if !ok {
		return "", ErrSignIn
	}
	id, err := s.signIn(r, card, pin)
	if _, malformed := errors.AsType[*ledger.Invalid](err); malformed {
		return "", person.ErrWrongPIN
	}
	return id, err
}

// own returns the volunteer that a route names, who must be the one who asks.
func (s *server) own(r *http.Request) (ledger.VolunteerID, error) {
	id, err := s.basic(r)
	if err == nil && string(id) != r.PathValue("id") {
		err = ErrNotOwn
	}
	return id, err
}

const sessionCookie = "aixin_session"

// sessionPath is where the session is sent, and nowhere else.
const sessionPath = "/volunteer"

// begin signs a browser in, and whoever was signed in on it out.
func (s *server) begin(w http.ResponseWriter, r *http.Request, id ledger.VolunteerID) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.end(c.Value)
	}
	s.setCookie(w, sessionCookie, s.sessions.begin(id), sessionPath, 0)
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
	return s.sessions.find(c.Value)
}

// setCookie gives the browser something to keep: for that long, while it runs (0), or no more (less).
func (s *server) setCookie(w http.ResponseWriter, name, value, path string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // a server on loopback or behind no TLS could set no secure cookie at all
		Name: name, Value: value, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true, Secure: s.HTTPS, SameSite: http.SameSiteStrictMode,
	})
}

// expired reports whether a moment is past.
func expired(until, now time.Time) bool { return !now.Before(until) }
