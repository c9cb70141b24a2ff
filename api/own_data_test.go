package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

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
