package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger/person"
)

// A steward gets a secret for their PIN alone, and confirms it by a code: what is wrong is said at its field, what was shown is kept nowhere, and
// the other sessions end.
func TestCodesAreSetUp(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	known := newPeople(b)
	c.People = workers{known}
	s := newServer(t, c)
	enter := func() *worker {
		w := &worker{visitor: newVisitor(t, s, "en"), b: b}
		w.again("/desk/totp", url.Values{"staff_number": {"U000006"}, "staff_pin": {pin}})
		return w
	}
	w, other := enter(), enter()
	w.send("/desk/totp", "totp_begin", url.Values{"pin": {"000000"}})
	if !strings.Contains(w.page, "type the PIN again") || strings.Contains(w.page, totpSecret) {
		t.Errorf("a wrong PIN: got\n%s", w.page)
	}
	w.send("/desk/totp", "totp_begin", url.Values{"pin": {pin}})
	if !strings.Contains(w.page, totpSecret) || !strings.Contains(w.page, `<svg class="qr"`) || strings.Contains(w.page, "<style") {
		t.Errorf("the right PIN: got\n%s", w.page)
	}
	w.open("/desk/totp")
	if strings.Contains(w.page, totpSecret) || !strings.Contains(w.page, "PIN alone") {
		t.Errorf("the page again: got\n%s", w.page)
	}
	w.hides(`value="totp_confirm"`) // before there is anything to confirm
	w.send("/desk/totp", "totp_begin", url.Values{"pin": {pin}})
	w.send("/desk/totp", "totp_confirm", url.Values{"totp_code": {"000000"}})
	if !strings.Contains(w.page, "not the code of the moment") || known.coded["U000006"] {
		t.Errorf("a wrong code: got\n%s", w.page)
	}
	w.send("/desk/totp", "totp_confirm", url.Values{"totp_code": {" 314 159 "}})
	if !strings.Contains(w.page, "one-time code behind your PIN") || !known.coded["U000006"] {
		t.Errorf("the right code: got\n%s", w.page)
	}
	other.open("/desk/totp")
	if !strings.Contains(other.page, `name="staff_pin"`) {
		t.Errorf("a session of before goes on:\n%s", other.page)
	}
}

// Where one-time codes are wanted, the pages and the counter lead a steward to where they are set up, and let them in once they are.
func TestPagesLeadToCodes(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	known := newPeople(b)
	c.People, c.RequireTOTP = workers{known}, true
	s := newServer(t, c)
	for path, form := range map[string]url.Values{
		"/desk": {"staff_number": {"U000006"}, "staff_pin": {pin}}, "/clerk": {"number": {"U000006"}, "pin": {pin}},
	} {
		known.coded["U000006"] = false
		w := newVisitor(t, s, "en")
		body(t, w.do(http.MethodPost, path, form), http.StatusSeeOther)
		to := w.get(path)
		if body(t, to, http.StatusSeeOther); to.Header.Get("Location") != "/desk/totp" {
			t.Errorf("%s: got to %q, want /desk/totp", path, to.Header.Get("Location"))
		}
		body(t, w.get("/desk/totp"), http.StatusOK)
		known.coded["U000006"] = true
		body(t, w.get(path), http.StatusOK)
	}
	known.coded["U000006"] = false
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/records", nil)
	r.SetBasicAuth("U000006", pin)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := body(t, w.Result(), http.StatusForbidden); !strings.Contains(got, `"code":"totp"`) {
		t.Errorf("a program: got %s", got)
	}
}

// What the command confirms ends the other sessions of whoever asks, as the page does, and nobody else's.
func TestCodesByCommandEndSessions(t *testing.T) {
	t.Parallel()
	s := newServer(t, config(newBook(t)))
	ask := func(method, path, token, body string) (status int, answer string) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k1")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	begin := func(number string) string {
		t.Helper()
		_, said := ask(http.MethodPost, "/v1/sessions", "", `{"number":"`+number+`","pin":"`+pin+`"}`)
		_, rest, _ := strings.Cut(said, `"token":"`)
		token, _, _ := strings.Cut(rest, `"`)
		return token
	}
	mine, other, theirs := begin("U000006"), begin("U000006"), begin("U000005")
	for _, step := range []struct {
		token, body string
		status      int // of the other session, then
	}{{mine, `{}`, http.StatusOK}, {mine, `{"confirm":"314159"}`, http.StatusUnauthorized}} {
		if status, said := ask(http.MethodPost, "/v1/staff/totp", step.token, step.body); status != http.StatusOK {
			t.Fatalf("%s: got status %d: %s", step.body, status, said)
		}
		if status, said := ask(http.MethodGet, "/v1/records", other, ""); status != step.status {
			t.Errorf("after %s the other session: got status %d, want %d: %s", step.body, status, step.status, said)
		}
	}
	for _, token := range []string{mine, theirs} {
		if status, said := ask(http.MethodGet, "/v1/records", token, ""); status != http.StatusOK {
			t.Errorf("a session that goes on: got status %d: %s", status, said)
		}
	}
}

// Wrong PINs with which somebody would begin with codes by the command are counted for whoever asks, as at the page; no PIN is no wrong one.
func TestPINsOfCodesAreCounted(t *testing.T) {
	t.Parallel()
	c := config(newBook(t))
	c.Commands = errand{api.CommandAnswer{}, person.ErrWrongPIN}
	s := newServer(t, c)
	try := func(body string, times int) (statuses []int) {
		t.Helper()
		for range times {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/staff/totp", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "k1")
			r.SetBasicAuth("U000006", pin)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			statuses = append(statuses, w.Code)
		}
		return slices.Compact(statuses)
	}
	for _, step := range []struct {
		body string
		want []int
	}{{`{}`, []int{http.StatusUnauthorized}}, {`{"pin":"000000"}`, []int{http.StatusUnauthorized, http.StatusTooManyRequests}}} {
		if got := try(step.body, 80); !slices.Equal(got, step.want) {
			t.Errorf("%s: got statuses %v, want %v", step.body, got, step.want)
		}
	}
}
