package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/person"
)

// watched is the registry of the small book, which notes who looked at whom.
type watched struct {
	*people
	mu    sync.Mutex
	looks []person.Access
}

func (w *watched) Get(ctx context.Context, why person.Purpose, ids ...string) ([]person.Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks = append(w.looks, person.Access{Actor: why.Actor, Person: ids[0], Reason: why.Reason})
	return w.people.Get(ctx, why, ids...)
}

func (w *watched) Accesses(_ context.Context, q person.AccessQuery) (list []person.Access, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.looks {
		if a.Person == q.Person {
			list = append(list, a)
		}
	}
	return list, nil
}

// TestVolunteerTakesTheirData gives a volunteer one file of all that is kept of them, and of nobody else; it is a look by themself, which
// stands in the file. Nobody who is not signed in is given any.
func TestVolunteerTakesTheirData(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	registry := &watched{people: newPeople(b)}
	c.People = registry
	v := newVisitor(t, newServer(t, c), "en")
	body(t, v.get("/volunteer/data.json"), http.StatusSeeOther)
	if len(registry.looks) != 0 {
		t.Errorf("got looks %v before anybody signed in", registry.looks)
	}
	wants(t, body(t, v.signIn("V0000018", pin), http.StatusOK), `href="/volunteer/data"`)
	wants(t, body(t, v.get("/volunteer/data"), http.StatusOK), `href="/volunteer/data.json"`)

	resp := v.get("/volunteer/data.json")
	text := body(t, resp, http.StatusOK)
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Content-Type": "application/json", "Content-Disposition": `attachment; filename="V0000018.json"`,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	var got struct {
		Person struct{ Number, Name, Phone string }
		Unit   string
		Points []struct{ Index int }
		Hours  []struct{ Volunteer string }
		Looks  []struct{ Actor, Person, Reason string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Person.Number != "V0000018" || got.Person.Phone != "13855660001" || got.Unit != "C01" || len(got.Points) == 0 || len(got.Hours) == 0 {
		t.Errorf("got %+v, want all of V0000018", got)
	}
	if len(got.Looks) != 1 || got.Looks[0].Actor != "V0000018" || got.Looks[0].Person != "V0000018" {
		t.Errorf("got looks %+v, want the one by themself", got.Looks)
	}
	if strings.Contains(text, "V0000026") || strings.Contains(text, "V0000034") {
		t.Errorf("got %s, which names somebody else", text)
	}
}

// A program of theirs is given the same, and nobody else's.
func TestVolunteerTakesTheirDataByProgram(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	registry := &watched{people: newPeople(b)}
	c.People = registry
	h := newServer(t, c)
	for path, want := range map[string]int{"V0000018": http.StatusOK, "V0000026": http.StatusForbidden} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/volunteers/"+path+"/data", nil)
		r.SetBasicAuth("V0000018", pin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if text := body(t, w.Result(), want); want == http.StatusOK {
			wants(t, text, `"number":"V0000018"`, `"consent":false`)
		}
	}
	if len(registry.looks) != 1 || registry.looks[0].Actor != "V0000018" {
		t.Errorf("got looks %+v, want the one by themself", registry.looks)
	}
}

// TestConsent lets volunteers say themselves whether they may be named, and take it back; of a child the guardian says it, on paper, at the
// counter, on their own page or by a program.
func TestConsent(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	h := newServer(t, c)
	named := func(id ledger.VolunteerID) bool {
		t.Helper()
		v, done, err := b.View(t.Context(), ledger.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		who, err := v.Volunteer(id)
		if err != nil {
			t.Fatal(err)
		}
		return who.Publish
	}
	const path = "/volunteer/data"
	say := func(v *visitor, form, do, ward string) url.Values {
		page := body(t, v.get(path), http.StatusOK)
		return url.Values{"form": {form}, "key": {keyOf(t, page, form)}, "do": {do}, "ward": {ward}}
	}
	v := newVisitor(t, h, "en")
	body(t, v.signIn("V0000018", pin), http.StatusOK)
	once := say(v, "consent", "yes", "")
	wants(t, v.asks(path, once), "It is written down", "You agree to be named.")
	body(t, v.do(http.MethodPost, path, once), http.StatusSeeOther) // sent twice, said once
	if !named("V0000018") {
		t.Error("said yes, and is not named")
	}
	wants(t, v.asks(path, say(v, "consent", "no", "")), "You do not agree to be named.")
	body(t, v.do(http.MethodPost, path, url.Values{"form": {"consent"}, "key": {"own/x"}, "do": {"perhaps"}}), http.StatusBadRequest)

	b.do(t, "U000006", &ledger.SetGuardian{Volunteer: "V0000026", Guardian: "V0000018"})
	child := newVisitor(t, h, "en")
	body(t, child.signIn("V0000026", pin), http.StatusOK)
	if page := body(t, child.get(path), http.StatusOK); strings.Contains(page, `value="consent"`) || !strings.Contains(page, "your guardian says this for you") {
		t.Errorf("a child is asked: %s", page)
	}
	refused := url.Values{"form": {"consent"}, "key": {"own/child"}, "do": {"yes"}}
	wants(t, body(t, child.do(http.MethodPost, path, refused), http.StatusUnprocessableEntity), "Only the guardian V0000018")
	wants(t, v.asks(path, say(v, "ward", "yes", "v0000026")), "It is written down")
	if !named("V0000026") {
		t.Error("the guardian said yes, and the child is not named")
	}
	wants(t, body(t, v.do(http.MethodPost, path, say(v, "ward", "yes", "V0000034")), http.StatusBadRequest), "V0000034", `aria-invalid`, "not registered as this child")
	stranger := body(t, v.do(http.MethodPost, path, say(v, "ward", "yes", "V0000034")), http.StatusBadRequest)
	nobody := body(t, v.do(http.MethodPost, path, say(v, "ward", "yes", "V0000042")), http.StatusBadRequest)
	key := regexp.MustCompile(`own/[A-Z2-7]+`)
	nobody = key.ReplaceAllString(strings.ReplaceAll(nobody, "V0000042", "V0000034"), "")
	if diff := cmp.Diff(key.ReplaceAllString(stranger, ""), nobody); diff != "" || strings.Contains(stranger, "role ") {
		t.Errorf("of a number that there is and one that there is not (-is +is not):\n%s\n%s", diff, stranger)
	}
	wants(t, body(t, v.do(http.MethodPost, path, say(v, "ward", "yes", "V1")), http.StatusBadRequest), `aria-invalid`)
	if named("V0000034") {
		t.Error("somebody is named on the word of a stranger")
	}
}

// A program asks for consent as the pages do: by the volunteer, or their guardian, or the staff.
func TestConsentByProgram(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.SetGuardian{Volunteer: "V0000026", Guardian: "V0000018"})
	h := newServer(t, config(b))
	ask := func(who, key, volunteer string, status int) string {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/consents", strings.NewReader(`{"volunteer":"`+volunteer+`","publish":true}`))
		r.SetBasicAuth(who, pin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return body(t, w.Result(), status)
	}
	wants(t, ask("V0000018", "own", "V0000018", http.StatusCreated), `"kind":"consent_set"`)
	wants(t, ask("V0000018", "own", "V0000018", http.StatusCreated), `"replayed":true`)
	wants(t, ask("V0000026", "child", "V0000026", http.StatusUnprocessableEntity), `"reason":"guardian_only"`)
	ask("V0000018", "ward", "V0000026", http.StatusCreated)
	wants(t, ask("V0000026", "other", "V0000018", http.StatusForbidden), `"reason":"not_permitted"`)
	wants(t, ask("U000006", "staff", "V0000018", http.StatusUnprocessableEntity), `"reason":"status_unchanged"`)
}
