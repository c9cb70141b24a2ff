package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// audiences says of every route that asks for a sign-in whom it lets in; every other is for anybody. A new route that asks for one
// stands here too.
var audiences = map[string]string{
	"GET /v1/attendance":                "leader reviewer steward supervisor auditor admin",
	"GET /v1/objections":                "reviewer publisher steward supervisor auditor admin",
	"GET /v1/redemptions":               "clerk keeper steward supervisor auditor admin",
	"GET /v1/returns":                   "clerk keeper steward supervisor auditor admin",
	"GET /v1/reversals":                 "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/credits":                   "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/households/{household}":    "leader reviewer clerk steward supervisor auditor admin",
	"POST /v1/households/join":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/households/leave":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/signers":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/move":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"DELETE /v1/sessions/current":       "volunteer leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/journal":                   "steward supervisor auditor admin",
	"GET /v1/consistency":               "steward supervisor auditor admin",
	"GET /v1/records":                   "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"POST /v1/searches":                 "leader reviewer publisher clerk steward",
	"POST /v1/looks":                    "steward",
	"GET /v1/looks":                     "supervisor auditor admin",
	"GET /v1/volunteers/{id}/balance":   "volunteer leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/volunteers/{id}/statement": "volunteer leader reviewer clerk steward supervisor auditor admin",
	"POST /v1/redemptions":              "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/returns":                  "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/undos":                    "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/reversals":                "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/hours":            "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/acts":             "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/openings":         "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/approvals":                "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/returned-records":         "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/holds":                    "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/releases":                 "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/donations":                "leader reviewer publisher clerk keeper steward admin",
	"GET /desk":                         "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"POST /desk":                        "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /desk/notices":                 "publisher steward supervisor",
	"POST /desk/notices":                "publisher steward supervisor",
	"GET /desk/people":                  "steward clerk",
	"POST /desk/people":                 "steward clerk",
	"GET /desk/goods":                   "keeper steward",
	"POST /desk/goods":                  "keeper steward",
	"GET /desk/imports":                 "leader steward keeper",
	"POST /desk/imports":                "leader steward keeper",
	"GET /desk/staff":                   "admin steward supervisor auditor",
	"POST /desk/staff":                  "admin steward supervisor auditor",
	"GET /desk/charts":                  "steward supervisor auditor",
	"POST /desk/charts":                 "steward supervisor auditor",
	"GET /clerk/return":                 "clerk steward",
	"POST /clerk/return":                "clerk steward",
	"GET /clerk/goods":                  "keeper",
	"POST /clerk/goods":                 "keeper",
	"GET /clerk/write-off":              "keeper steward supervisor",
	"POST /clerk/write-off":             "keeper steward supervisor",
	"GET /clerk/relief":                 "clerk keeper steward supervisor",
	"POST /clerk/relief":                "clerk keeper steward supervisor",
	"GET /clerk/count":                  "clerk keeper steward supervisor",
	"POST /clerk/count":                 "clerk keeper steward supervisor",
	"GET /clerk/close":                  "clerk keeper steward",
	"POST /clerk/close":                 "clerk keeper steward",
	"GET /clerk/voucher":                "clerk steward",
	"POST /clerk/voucher":               "clerk steward",
	"GET /field":                        "leader",
	"POST /field":                       "leader",
	"GET /express":                      "leader publisher clerk steward reviewer",
	"POST /express":                     "leader publisher clerk steward reviewer",
	"POST /v1/bulk/redemptions":         "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/bulk/records/hours":       "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/bulk/records/acts":        "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/consents":                 "volunteer leader reviewer publisher clerk keeper steward admin",
	"GET /v1/volunteers/{id}/data":      "volunteer",
	"POST /v1/transfers":                "leader reviewer publisher clerk keeper steward admin",
	"GET /v1/activities":                "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/activities/{activity}":     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/attendance/{session}":      "leader reviewer steward supervisor auditor admin",
	"GET /v1/budgets":                   "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/calendar":                  "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/checkpoint":                "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/counts":                    "clerk keeper steward supervisor auditor admin",
	"GET /v1/counts/{count}":            "clerk keeper steward supervisor auditor admin",
	"GET /v1/donors":                    "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/donors/{donor}":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/entries/{entry}":           "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/requests":                  "leader reviewer publisher clerk steward supervisor auditor admin",
	"GET /v1/requests/{request}":        "leader reviewer publisher clerk steward supervisor auditor admin",
	"GET /v1/holds":                     "clerk keeper steward supervisor auditor admin",
	"GET /v1/items":                     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/items/{item}":              "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/notices":                   "reviewer publisher steward supervisor auditor admin",
	"GET /v1/notices/{notice}":          "reviewer publisher steward supervisor auditor admin",
	"GET /v1/pools":                     "steward supervisor auditor admin",
	"GET /v1/pools/{pool}":              "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/proxies":                   "steward supervisor auditor admin",
	"GET /v1/reliefs":                   "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/activity":          "steward supervisor auditor admin",
	"GET /v1/reports/aging":             "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/clerks":            "steward supervisor auditor admin",
	"GET /v1/closes":                    "clerk keeper steward supervisor auditor admin",
	"GET /v1/donations":                 "clerk keeper steward supervisor auditor admin",
	"GET /v1/donors/{donor}/donations":  "steward supervisor auditor admin",
	"GET /v1/reports/exceptions":        "steward supervisor auditor admin",
	"GET /v1/reports/expiring":          "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/gaps":              "steward supervisor auditor admin",
	"GET /v1/reports/liability":         "steward supervisor auditor admin",
	"GET /v1/reports/sample":            "steward supervisor auditor admin",
	"GET /v1/reports/settlement":        "steward supervisor auditor admin",
	"GET /v1/reports/stars":             "steward supervisor auditor admin",
	"GET /v1/stock":                     "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/trial-balance":     "steward supervisor auditor admin",
	"GET /v1/rules/diff":                "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/signers":                   "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/rules":                     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/rules/show":                "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/shops":                     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/shops/{shop}":              "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/staff":                     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/staff/{staff}":             "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/entries/{entry}/trace":     "steward supervisor auditor admin",
	"GET /v1/units":                     "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/units/{unit}/members":      "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/units/{unit}":              "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/volunteers":                "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/volunteers/{volunteer}":    "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/vouchers":                  "clerk keeper steward supervisor auditor admin",
	"GET /v1/write-offs":                "clerk keeper steward supervisor auditor admin",
	"POST /v1/cards/sheet":              "steward",
	"POST /v1/requests/details":         "leader reviewer publisher clerk steward",
	"POST /v1/requests/erase":           "steward",
	"POST /v1/keys":                     "admin",
	"POST /v1/keys/list":                "admin auditor",
	"POST /v1/keys/revoke":              "admin",
	"POST /v1/notices/check":            "reviewer publisher steward supervisor auditor admin",
	"POST /v1/people/agree":             "steward supervisor",
	"POST /v1/people/export":            "steward",
	"POST /v1/holds/settle":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/imports/hours":            "leader",
	"POST /v1/imports/acts":             "leader",
	"POST /v1/imports/volunteers":       "steward",
	"POST /v1/imports/balances":         "steward",
	"POST /v1/imports/items":            "steward",
	"POST /v1/imports/stock":            "keeper",
	"GET /desk/totp":                    "steward supervisor auditor admin",
	"POST /desk/totp":                   "steward supervisor auditor admin",
	"POST /v1/staff/totp":               "steward supervisor auditor admin",
	"POST /v1/activities":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/attendance/close":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/attendance/confirm":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/attendance/in":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/attendance":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/attendance/out":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/budgets":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/calendar":                 "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/cards":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/cards/void":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/certify":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/closes":                   "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/counts/confirm":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/counts/drop":              "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/counts/enter":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/counts/finalise":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/counts":                   "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/pools/donate":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/donors":                   "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests/assign":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests/call":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests/close":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests/done":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests/sort":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/requests":                 "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/freeze":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/gifts":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/items":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/items/set":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/leave":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/merge":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/objections/answer":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/objections":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/notices":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/notices/publish":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/notices/withdraw":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/shops/open":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/people/erase":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/proxies":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/reliefs":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/reliefs/drop":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/reliefs/give":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/rules":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/rules/set":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/run":                      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/shops":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/staff":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/staff/end":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/staff/grant":              "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/staff/set":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/unfreeze":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/units":                    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/units/join":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/units/set":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/upgrade":                  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/class":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/consent":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/guardian":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/kin":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/volunteers/set":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/vouchers":                 "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/vouchers/void":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/write-offs":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/write-offs/confirm":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/write-offs/drop":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"GET /desk/rules":                   "steward supervisor auditor",
	"POST /desk/rules":                  "steward supervisor auditor",
	"GET /audit":                        "auditor supervisor steward admin",
	"POST /audit":                       "auditor supervisor steward admin",
}

// Every route lets in whom it is for, sends away everybody else, and asks whoever is nobody to sign in.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	roles := append([]ledger.Role{"volunteer", "other", "nobody", "stranger"}, ledger.Roles()...)
	signed := 0
	for _, route := range s.routes() {
		may := strings.Fields(audiences[route.pattern])
		if len(may) > 0 {
			signed++
		}
		for _, role := range roles {
			_, err := s.admit(asking(t, s, route.pattern, role), route.who)
			want := "in"
			switch {
			case len(may) == 0:
			case role == "nobody":
				want = "sign in"
			case role == "other" && slices.Contains(may, "volunteer") && !strings.Contains(route.pattern, "{id}"):
			case !slices.Contains(may, string(role)):
				want = "away"
			}
			if got := welcome(err); got != want {
				t.Errorf("%s, %s: got %s (%v), want %s", route.pattern, role, got, err, want)
			}
		}
	}
	if signed != len(audiences) {
		t.Errorf("%d routes ask for a sign-in, %d stand in the table", signed, len(audiences))
	}
}

// Where one-time codes are wanted, a steward or above without them gets to where they are set up, out, and nowhere else. It is the same for all
// others, for whoever has them, and for systems, which have keys.
func TestCodesAreWanted(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	s.RequireTOTP = true
	bare := []string{"GET /desk/totp", "POST /desk/totp", "DELETE /v1/sessions/current"}
	for _, route := range s.routes() {
		may := strings.Fields(audiences[route.pattern])
		for _, role := range ledger.Roles() {
			if !slices.Contains(may, string(role)) {
				continue
			}
			wanted := slices.Contains(TOTPRoles(), role) && role != ledger.Admin && !slices.Contains(bare, route.pattern)
			if _, err := s.admit(asking(t, s, route.pattern, role), route.who); errors.Is(err, ErrTOTP) != wanted || err != nil && !wanted {
				t.Errorf("%s, %s: got %v, want to be sent to set codes up: %t", route.pattern, role, err, wanted)
			}
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/journal", nil)
	r.Header.Set("Authorization", "Bearer "+person.KeyMark+"steward_read")
	if _, err := s.admit(r, staff(bookReaders()...)); err != nil {
		t.Errorf("a system with a steward's number: got %v", err)
	}
}

// welcome says how somebody was received, as the status of the answer tells it.
func welcome(err error) string {
	if err == nil {
		return "in"
	}
	switch rowStatus(err) {
	case http.StatusUnauthorized:
		return "sign in"
	case http.StatusForbidden:
		return "away"
	}
	return err.Error()
}

func rowStatus(err error) int {
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		return statusOf(no.Reason)
	}
	return rowOf(err).status
}

// asking is a request of somebody with a role, who has signed in.
func asking(t *testing.T, s *server, pattern string, role ledger.Role) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	r := httptest.NewRequestWithContext(t.Context(), method, strings.ReplaceAll(strings.TrimSuffix(path, "{$}"), "{id}", "V0000018"), nil)
	if strings.Contains(path, "{id}") {
		r.SetPathValue("id", "V0000018")
	}
	who := caller{staff: staffOf(role)}
	switch role { //nolint:exhaustive // the others are the staff
	case "nobody":
		return r
	case "volunteer":
		who = caller{volunteer: "V0000018"}
	case "other":
		who = caller{volunteer: "V0000026"}
	}
	token := s.sessions.begin(who)
	r.Header.Set("Authorization", "Bearer "+token)
	r.AddCookie(&http.Cookie{Name: clerkCookie, Value: token}) //nolint:gosec // what a browser sends has no attributes
	return r
}

// staffOf is the staff number of a role; the book knows nothing of a stranger's.
func staffOf(role ledger.Role) ledger.StaffID {
	return ledger.StaffID(fmt.Sprintf("U%06d", 11+slices.Index(ledger.Roles(), role)))
}

// accessServer serves a book that has one member of the staff for each role.
func accessServer(t *testing.T) *server {
	t.Helper()
	b := ledger.NewBook(time.UTC)
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	do := func(actor ledger.StaffID, do ledger.Action) {
		e, err := b.Decide(ledger.Command{Key: ledger.Key("k" + string(rune('a'+b.Next()))), Actor: actor, Do: do}, now)
		if err == nil {
			err = b.Post(e)
		}
		if err != nil {
			t.Fatalf("%T: %v", do, err)
		}
	}
	do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.example/test", Zone: "UTC"})
	admin := staffOf(ledger.Admin)
	do(admin, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}})
	for _, role := range ledger.Roles() {
		if role != ledger.Admin {
			do(admin, &ledger.Appoint{Staff: staffOf(role), Roles: []ledger.Role{role}})
		}
	}
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{pages: pages, Config: Config{Views: oneView{b}, People: nobodies{}, Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}}
	s.sessions.clock, s.peers.clock = s.Clock, s.Clock
	return s
}

type oneView struct{ *ledger.Book }

func (v oneView) Lines(ledger.AccountKey, ledger.Index, int) ([]ledger.Line, error) { return nil, nil }

func (v oneView) View(context.Context, ledger.AsOf) (ledger.View, func(), error) {
	return ledger.NewView(v, ledger.Head{Size: v.Next()}, ledger.NewDate(2026, 11, 2)), func() {}, nil
}

func (v oneView) Latest(ctx context.Context) (ledger.View, func(), error) {
	return v.View(ctx, ledger.AsOf{})
}

func (v oneView) RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error) {
	return RolesIn(ctx, v, id)
}

// nobodies knows nobody but whom has the right PIN.
type nobodies struct{ Registry }

// HasTOTP knows one member of the staff who has one-time codes.
func (nobodies) HasTOTP(_ context.Context, id string) (bool, error) {
	return id == string(staffOf(ledger.Admin)), nil
}

func (nobodies) CheckPIN(_ context.Context, _, pin, _ string) error {
	if pin != "135790" {
		return person.ErrWrongPIN
	}
	return nil
}

// A session opens what its owner may, ends when it was not used, and in any case; whoever ends it is asked to sign in again.
func TestStaffSession(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	now := s.Clock()
	s.sessions.clock = func() time.Time { return now }
	open := func() string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/sessions", strings.NewReader(`{"number":"u000012","pin":"１３５７９０"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if err := s.openSession(w, r); err != nil {
			t.Fatal(err)
		}
		var got Session
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Who != "U000012" || got.Token == "" || w.Code != http.StatusCreated {
			t.Fatalf("got %d, %+v, %v", w.Code, got, err)
		}
		return got.Token
	}
	used := func(token string) error {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "bearer "+token)
		c, err := s.identify(r)
		if err == nil && c.staff != "U000012" {
			t.Errorf("got %+v, want U000012", c)
		}
		return err
	}
	for range 3 * ownSessions {
		open()
	}
	if n := len(s.sessions.open); n != ownSessions {
		t.Errorf("signing in again and again left %d sessions, want %d", n, ownSessions)
	}
	now = now.Add(time.Second)
	idle, busy, ended := open(), open(), open()
	s.sessions.end(ended)
	if err := used(ended); !errors.Is(err, ErrSignIn) {
		t.Errorf("ended: got %v, want %v", err, ErrSignIn)
	}
	for range int(staffLife/staffIdle)*2 - 1 {
		if now = now.Add(staffIdle / 2); used(busy) != nil {
			t.Fatalf("a session in use ended after %v", now.Sub(s.Clock()))
		}
	}
	if err := used(idle); !errors.Is(err, ErrSignIn) {
		t.Errorf("idle: got %v, want %v", err, ErrSignIn)
	}
	now = now.Add(staffIdle / 2)
	if err := used(busy); !errors.Is(err, ErrSignIn) {
		t.Errorf("at the end of the day: got %v, want %v", err, ErrSignIn)
	}
	if err := used("guessed"); !errors.Is(err, ErrSignIn) {
		t.Errorf("guessed: got %v, want %v", err, ErrSignIn)
	}
}

// Every request asks for an action, and is what asks for it: the two ways of reading a row are one.
func TestWriteRows(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range writeRows() {
		do := row.action(row.fresh())
		rows := 0
		for _, other := range writeRows() {
			if _, ok := other.request(do); ok {
				rows++
			}
		}
		if seen[row.noun] || rows != 1 {
			t.Errorf("%s: got it twice (%v) or %d rows for its action, want one", row.noun, seen[row.noun], rows)
		}
		seen[row.noun] = true
	}
}

// Every POST of programs wants a key, without which it does nothing, or says that it changes nothing; signing in is neither: a session is
// kept by nobody.
func TestEveryWriteWantsAKey(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	for _, route := range s.programs() {
		if !strings.HasPrefix(route.pattern, "POST ") || route.pattern == "POST /v1/sessions" {
			continue
		}
		r := asking(t, s, route.pattern, route.who.roles[0])
		r.Body = io.NopCloser(strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		err := route.serve(s, httptest.NewRecorder(), r)
		_, described := route.doc.params.(writeParams)
		asked, reads := errors.Is(err, ErrNoKey), strings.HasSuffix(route.doc.says, changesNothing)
		if asked == reads || asked != described {
			t.Errorf("%s: asks for a key: %v (%v), is described so: %v, says that it changes nothing: %v", route.pattern, asked, err, described, reads)
		}
	}
}

// The description has every route of programs and no other, and each of its parameters is one that the handler reads.
func TestDescribed(t *testing.T) {
	t.Parallel()
	s := accessServer(t)
	text, err := describe(s.programs(), "aixin.example/test")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, route := range s.programs() {
		if !described[route.pattern] || route.doc.says == "" {
			t.Errorf("%s is served and not described", route.pattern)
		}
		delete(described, route.pattern)
	}
	if len(described) > 0 {
		t.Errorf("%v are described and not served", described)
	}
}

// TestCommandRoutesAreServed: a hint that names a route in place of a command names one that there is.
func TestCommandRoutesAreServed(t *testing.T) {
	t.Parallel()
	served := map[string]bool{}
	for _, route := range accessServer(t).routes() {
		served[route.pattern] = true
	}
	for command, route := range commandRoutes() {
		if !served[route] {
			t.Errorf("aixin %s: %s is not served", command, route)
		}
	}
}
