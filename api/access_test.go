package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	"GET /v1/reports/household-show":       "leader reviewer clerk steward supervisor auditor admin",
	"POST /v1/commands/household-join":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/household-leave":    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/signer-set":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-move":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"DELETE /v1/sessions/current":          "volunteer leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/journal":                      "steward supervisor auditor admin",
	"GET /v1/consistency":                  "steward supervisor auditor admin",
	"GET /v1/records":                      "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"POST /v1/searches":                    "leader reviewer publisher clerk steward",
	"POST /v1/looks":                       "steward",
	"GET /v1/looks":                        "supervisor auditor admin",
	"GET /v1/volunteers/{id}/balance":      "volunteer leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/volunteers/{id}/statement":    "volunteer leader reviewer clerk steward supervisor auditor admin",
	"POST /v1/redemptions":                 "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/returns":                     "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/undos":                       "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/reversals":                   "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/hours":               "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/acts":                "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/records/openings":            "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/approvals":                   "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/returned-records":            "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/holds":                       "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/releases":                    "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/donations":                   "leader reviewer publisher clerk keeper steward admin",
	"GET /desk":                            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"POST /desk":                           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /desk/notices":                    "publisher steward supervisor",
	"POST /desk/notices":                   "publisher steward supervisor",
	"GET /desk/people":                     "steward clerk",
	"POST /desk/people":                    "steward clerk",
	"GET /desk/goods":                      "keeper steward",
	"POST /desk/goods":                     "keeper steward",
	"GET /desk/imports":                    "leader steward keeper",
	"POST /desk/imports":                   "leader steward keeper",
	"GET /desk/staff":                      "admin steward supervisor auditor",
	"POST /desk/staff":                     "admin steward supervisor auditor",
	"GET /desk/charts":                     "steward supervisor auditor",
	"POST /desk/charts":                    "steward supervisor auditor",
	"GET /clerk/return":                    "clerk steward",
	"POST /clerk/return":                   "clerk steward",
	"GET /clerk/goods":                     "keeper",
	"POST /clerk/goods":                    "keeper",
	"GET /clerk/count":                     "clerk keeper steward supervisor",
	"POST /clerk/count":                    "clerk keeper steward supervisor",
	"GET /clerk/close":                     "clerk keeper steward",
	"POST /clerk/close":                    "clerk keeper steward",
	"GET /clerk/voucher":                   "clerk steward",
	"POST /clerk/voucher":                  "clerk steward",
	"GET /field":                           "leader",
	"POST /field":                          "leader",
	"GET /express":                         "leader publisher clerk steward reviewer",
	"POST /express":                        "leader publisher clerk steward reviewer",
	"POST /v1/bulk/redemptions":            "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/bulk/records/hours":          "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/bulk/records/acts":           "leader reviewer publisher clerk keeper steward admin",
	"POST /v1/consents":                    "volunteer leader reviewer publisher clerk keeper steward admin",
	"GET /v1/volunteers/{id}/data":         "volunteer",
	"POST /v1/transfers":                   "leader reviewer publisher clerk keeper steward admin",
	"GET /v1/reports/activity-list":        "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/activity-show":        "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/attendance-show":      "leader reviewer steward supervisor auditor admin",
	"GET /v1/reports/budget-list":          "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/calendar-show":        "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/checkpoint":           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/count-list":           "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/count-show":           "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/donor-list":           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/donor-show":           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/explain":              "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/reports/express-list":         "leader reviewer publisher clerk steward supervisor auditor admin",
	"GET /v1/reports/express-show":         "leader reviewer publisher clerk steward supervisor auditor admin",
	"GET /v1/reports/hold-list":            "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/item-list":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/item-show":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/notice-list":          "reviewer publisher steward supervisor auditor admin",
	"GET /v1/reports/notice-show":          "reviewer publisher steward supervisor auditor admin",
	"GET /v1/reports/pool-list":            "steward supervisor auditor admin",
	"GET /v1/reports/pool-show":            "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/reports/proxy-list":           "steward supervisor auditor admin",
	"GET /v1/reports/relief-list":          "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/activity":             "steward supervisor auditor admin",
	"GET /v1/reports/aging":                "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/clerks":               "steward supervisor auditor admin",
	"GET /v1/reports/close":                "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/deliveries":           "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/donor":                "steward supervisor auditor admin",
	"GET /v1/reports/exceptions":           "steward supervisor auditor admin",
	"GET /v1/reports/expiring":             "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/gaps":                 "steward supervisor auditor admin",
	"GET /v1/reports/liability":            "steward supervisor auditor admin",
	"GET /v1/reports/sample":               "steward supervisor auditor admin",
	"GET /v1/reports/settlement":           "steward supervisor auditor admin",
	"GET /v1/reports/stars":                "steward supervisor auditor admin",
	"GET /v1/reports/stock":                "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/trial-balance":        "steward supervisor auditor admin",
	"GET /v1/reports/rule-diff":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/rule-list":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/rule-show":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/shop-list":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/shop-show":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/staff-list":           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/staff-show":           "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/trace":                "steward supervisor auditor admin",
	"GET /v1/reports/unit-list":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/unit-members":         "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/unit-show":            "leader reviewer publisher clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/volunteer-list":       "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/reports/volunteer-show":       "leader reviewer clerk steward supervisor auditor admin",
	"GET /v1/reports/voucher-list":         "clerk keeper steward supervisor auditor admin",
	"GET /v1/reports/write-off-list":       "clerk keeper steward supervisor auditor admin",
	"POST /v1/commands/card-sheet":         "steward",
	"POST /v1/commands/express-details":    "leader reviewer publisher clerk steward",
	"POST /v1/commands/express-erase":      "steward",
	"POST /v1/commands/key-add":            "admin",
	"POST /v1/commands/key-list":           "admin auditor",
	"POST /v1/commands/key-revoke":         "admin",
	"POST /v1/commands/notice-check":       "reviewer publisher steward supervisor auditor admin",
	"POST /v1/commands/people-agree":       "steward supervisor",
	"POST /v1/commands/people-export":      "steward",
	"POST /v1/commands/people-log":         "supervisor auditor admin",
	"POST /v1/commands/people-search":      "leader reviewer publisher clerk steward",
	"POST /v1/commands/people-show":        "steward",
	"POST /v1/commands/settle":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/import-hours":       "leader",
	"POST /v1/commands/import-acts":        "leader",
	"POST /v1/commands/import-volunteers":  "steward",
	"POST /v1/commands/import-balances":    "steward",
	"POST /v1/commands/import-items":       "steward",
	"POST /v1/commands/import-stock":       "keeper",
	"POST /v1/commands/activity-add":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/attendance-close":   "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/attendance-confirm": "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/attendance-in":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/attendance-open":    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/attendance-out":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/budget-set":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/calendar-set":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/card-issue":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/card-void":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/certify":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/close":              "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/count-confirm":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/count-drop":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/count-enter":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/count-finalise":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/count-open":         "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/donate":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/donor-add":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-assign":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-call":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-close":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-done":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-sort":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/express-take":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/freeze":             "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/gift":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/item-add":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/item-set":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/leave":              "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/merge":              "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/notice-answer":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/notice-object":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/notice-post":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/notice-publish":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/notice-withdraw":    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/open":               "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/people-erase":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/proxy-set":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/relief-declare":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/relief-drop":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/relief-give":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/rule-add":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/rule-set":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/run":                "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/shop-add":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/staff-add":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/staff-end":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/staff-grant":        "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/staff-set":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/unfreeze":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/unit-add":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/unit-join":          "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/unit-set":           "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/upgrade":            "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-add":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-class":    "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-consent":  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-guardian": "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-kin":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/volunteer-set":      "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/voucher-book":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/voucher-void":       "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/write-off-confirm":  "leader reviewer publisher clerk keeper steward supervisor admin",
	"POST /v1/commands/write-off-drop":     "leader reviewer publisher clerk keeper steward supervisor admin",
	"GET /desk/rules":                      "steward supervisor auditor",
	"POST /desk/rules":                     "steward supervisor auditor",
	"GET /audit":                           "auditor supervisor steward admin",
	"POST /audit":                          "auditor supervisor steward admin",
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

func (v oneView) RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error) {
	return RolesIn(ctx, v, id)
}

// nobodies knows nobody but whom has the right PIN.
type nobodies struct{ Registry }

func (nobodies) CheckPIN(_ context.Context, _, pin string) error {
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
