package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"aixin/api/web"
	"aixin/ledger"
)

// atPlace is a request of the browser that has a workplace of that name.
func atPlace(t *testing.T, name, target string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.AddCookie(&http.Cookie{Name: workplaceCookie, Value: name}) //nolint:gosec // what a browser sends has no attributes
	return r
}

// Workplaces are bounded in number and age, and whoever only knocks pushes nobody's basket out.
func TestWorkplacesAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	p := workplaces{clock: func() time.Time { return now }}
	at, mine := p.begin()
	p.taken(at, "U000005")
	var last string
	for range 3 * maxWorkplaces {
		now = now.Add(time.Second)
		_, last = p.begin()
	}
	if n := len(p.open); n != maxWorkplaces {
		t.Errorf("got %d workplaces, want %d", n, maxWorkplaces)
	}
	if p.find(atPlace(t, mine, "/clerk")) != at || p.find(atPlace(t, last, "/clerk")) == nil {
		t.Error("the workplace of who signed in, or the newest, was dropped")
	}
	if p.find(atPlace(t, "guessed", "/clerk")) != nil {
		t.Error("a guessed name finds a workplace")
	}
	now = now.Add(workplaceIdle)
	if p.find(atPlace(t, mine, "/clerk")) != nil {
		t.Error("yesterday's workplace is still there")
	}
	if p.begin(); len(p.open) > maxWorkplaces {
		t.Errorf("got %d workplaces", len(p.open))
	}
}

// A workplace keeps the forms that were sent last, without their PINs, and shows them to whose they are, on their page.
func TestKeptForms(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.Clock = func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }
	s.workplaces.clock = s.Clock
	at, name := s.workplaces.begin()
	typed := url.Values{"name": {"李四"}, "holder_pin": {"246810"}, "staff_pin": {"246810"}, "staff_number": {"U000005"}}
	var next string
	for i := range 2 * maxKeptForms {
		typed.Set("need", fmt.Sprint(i))
		next = at.keep(keptForm{path: "/express", staff: "U000005", form: typed})
	}
	if want := fmt.Sprintf("/express?kept=%d", 2*maxKeptForms); next != want {
		t.Errorf("got %s, want %s", next, want)
	}
	if len(at.kept) != maxKeptForms {
		t.Errorf("got %d forms kept, want %d", len(at.kept), maxKeptForms)
	}
	k, ok := s.keptAt(atPlace(t, name, next), "/express", "U000005")
	if !ok || k.form.Get("name") != "李四" || k.form.Get("need") != fmt.Sprint(2*maxKeptForms-1) {
		t.Errorf("got %v, %v, want what was typed last", k.form, ok)
	}
	if text := k.form.Encode(); strings.Contains(text, "246810") || strings.Contains(text, "U000005") {
		t.Errorf("got %s kept, want no PIN and no sign-in", text)
	}
	for _, other := range []struct {
		why, name, target, path string
		staff                   ledger.StaffID
	}{
		{"somebody else", name, next, "/express", "U000006"},
		{"another page", name, strings.Replace(next, "express", "field", 1), "/field", "U000005"},
		{"one that is gone", name, "/express?kept=1", "/express", "U000005"},
		{"none", name, "/express", "/express", "U000005"},
		{"another browser", "guessed", next, "/express", "U000005"},
	} {
		if _, ok := s.keptAt(atPlace(t, other.name, other.target), other.path, other.staff); ok {
			t.Errorf("%s finds what was typed", other.why)
		}
	}
}

// A page that shows what is kept writes nothing into it: two requests may show the same at once.
func TestKeptTablesAreNotWrittenTo(t *testing.T) {
	t.Parallel()
	k := keptForm{shown: []web.WorkSection{
		{Heading: "Found", Table: &web.Grid{Caption: "Found"}},
		{Heading: "Waiting", Form: &web.WorkForm{Table: &web.Grid{Caption: "Waiting"}}},
	}}
	d := &desk{r: atPlace(t, "any", "/express"), page: &web.Work{}}
	d.restore(k)
	d.page.Tidy()
	if !d.page.Sections[0].Table.Titled || !d.page.Sections[1].Form.Table.Titled {
		t.Error("a caption that is the heading is seen twice")
	}
	if k.shown[0].Table.Titled || k.shown[1].Form.Table.Titled {
		t.Error("the page wrote into what is kept")
	}
}
