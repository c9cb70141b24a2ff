package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// This file says who may call what: every route has a who. It refuses early what can never be allowed; what an action takes beside
// that, such as a role in one place on one day, the ledger decides.

// who is the audience of a route.
type who struct {
	anybody bool          // nobody is asked to sign in
	own     bool          // a volunteer; where the path has a number, the one whose it is
	roles   []ledger.Role // members of the staff who have one of them today
	browser bool          // who signed in on the browser: a page of the staff
	bare    bool          // also without the one-time codes that the server wants of whoever asks
}

func anybody() who { return who{anybody: true} }

// staff are those who have one of the roles.
func staff(roles ...ledger.Role) who { return who{roles: roles} }

// own is the volunteer whose number stands in the path, and beside them those of the staff who have one of the roles.
func own(roles ...ledger.Role) who { return who{own: true, roles: roles} }

// bookReaders are the roles that may read the whole book. It holds numbers of people and no names.
func bookReaders() []ledger.Role {
	return []ledger.Role{ledger.Auditor, ledger.Supervisor, ledger.Steward, ledger.Admin}
}

// TOTPRoles are the roles that sign in with one-time codes, if they like or where the server asks it of them: steward and above, who read the
// whole book.
func TOTPRoles() []ledger.Role {
	return []ledger.Role{ledger.Steward, ledger.Supervisor, ledger.Auditor, ledger.Admin}
}

// accountReaders are the roles that see the account of a volunteer who stands before them, or whose records they deal with.
func accountReaders() []ledger.Role {
	return append(bookReaders(), ledger.Clerk, ledger.Leader, ledger.Reviewer)
}

// PeopleReaders are the roles that search people, masked: those who deal with them.
func PeopleReaders() []ledger.Role {
	return []ledger.Role{ledger.Steward, ledger.Clerk, ledger.Leader, ledger.Reviewer, ledger.Publisher}
}

// DetailsReaders are the roles that may look at somebody's details, with a reason that is logged.
func DetailsReaders() []ledger.Role { return []ledger.Role{ledger.Steward} }

// LogReaders are the roles that may see who looked at whom.
func LogReaders() []ledger.Role {
	return []ledger.Role{ledger.Supervisor, ledger.Auditor, ledger.Admin}
}

// writers are the roles that may ask for some entry: every one but those who only watch.
func writers() []ledger.Role {
	return slices.DeleteFunc(ledger.Roles(), func(r ledger.Role) bool { return r == ledger.Supervisor || r == ledger.Auditor })
}

// caller is who asks: a volunteer, a member of the staff, or nobody.
type caller struct {
	volunteer ledger.VolunteerID
	staff     ledger.StaffID
	key       *person.SystemKey // of a system, which acts for staff
}

// id is the number of the caller.
func (c caller) id() string { return string(c.volunteer) + string(c.staff) }

// admit lets a caller in whom a route is for.
func (s *server) admit(r *http.Request, to who) (caller, error) {
	if to.anybody {
		return caller{}, nil
	}
	identify := s.identify
	if to.browser {
		identify = s.onBrowser
	}
	c, err := identify(r)
	switch {
	case err != nil:
		return c, err
	case c.key != nil && !c.key.Reaches(r.Method, r.URL.Path):
		return c, ErrScope
	case c.staff != "":
		err := s.holds(r.Context(), c.staff, to.roles)
		if err == nil && c.key == nil && !to.bare { // the key of a system is no PIN that somebody may have seen
			err = s.coded(r.Context(), c.staff)
		}
		return c, err
	case !to.own:
		return c, &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(to.roles[0])}
	case r.PathValue("id") != "" && r.PathValue("id") != string(c.volunteer):
		return c, ErrNotOwn
	}
	return c, nil
}

// identify returns who asks: by the token of a session, by the key of a system, or by HTTP Basic with a number or card for a name and the PIN for a password.
func (s *server) identify(r *http.Request) (caller, error) {
	if token, ok := bearer(r); ok {
		if strings.HasPrefix(token, person.KeyMark) {
			return s.system(r.Context(), token)
		}
		c, ok := s.sessions.find(token)
		if !ok {
			return c, ErrSignIn
		}
		return c, nil
	}
	name, pin, ok := r.BasicAuth()
	if !ok {
		return caller{}, ErrSignIn
	}
	return s.signIn(r, name, pin)
}

// system returns the system whose key this is. Wrong ones are not counted: 256 random bits are guessed by nobody, and many requests of
// one system come at once.
func (s *server) system(ctx context.Context, text string) (caller, error) {
	k, err := s.People.FindBySystemKey(ctx, text)
	switch {
	case errors.Is(err, person.ErrNotFound):
		return caller{}, ErrSignIn
	case err != nil:
		return caller{}, err
	}
	return caller{staff: ledger.StaffID(k.Staff), key: &k}, nil
}

// bearer returns the token that a request carries.
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}

// holds refuses a member of the staff who has none of the roles today.
func (s *server) holds(ctx context.Context, id ledger.StaffID, roles []ledger.Role) error {
	if len(roles) == 0 {
		return ErrNotOwn
	}
	has, err := s.Views.RolesOf(ctx, id)
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotFound {
		return &ledger.Rejection{Reason: ledger.UnknownActor, Subject: string(id)}
	}
	if err == nil && !slices.ContainsFunc(has, func(r ledger.Role) bool { return slices.Contains(roles, r) }) {
		return &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(roles[0])}
	}
	return err
}

// coded refuses a steward or above who has no one-time codes, where the server wants them. Whoever has some signed in by one: their other
// sessions ended when they set them up.
func (s *server) coded(ctx context.Context, id ledger.StaffID) error {
	if !s.RequireTOTP {
		return nil
	}
	err := s.holds(ctx, id, TOTPRoles())
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotPermitted {
		return nil
	}
	has := false
	if err == nil {
		has, err = s.People.HasTOTP(ctx, string(id))
	}
	if err == nil && !has {
		err = ErrTOTP
	}
	return err
}

// asked is what is known of a request beside what it says. It has one memory from the first look at it to its answer.
type asked struct {
	id     string   // under which it stands in the log
	caller caller   // as admit found out
	params []string // the query parameters that the route has
}

type askedKey struct{}

func askedOf(r *http.Request) *asked {
	a, ok := r.Context().Value(askedKey{}).(*asked)
	if !ok {
		return &asked{}
	}
	return a
}

// callerOf returns who asks.
func callerOf(r *http.Request) caller { return askedOf(r).caller }
