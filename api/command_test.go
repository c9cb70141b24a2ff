package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// errand carries out no command: it answers with how it was called, or as it is told to.
type errand struct {
	answer api.CommandAnswer
	err    error
}

func (e errand) Run(_ context.Context, c api.Call) (api.CommandAnswer, error) {
	if e.answer.Result == nil && e.answer.Receipt == nil && e.err == nil {
		flags := []string{}
		for name, value := range c.Flags {
			flags = append(flags, name+"="+value)
		}
		e.answer.Result = map[string]any{
			"name": c.Name, "args": append([]string{}, c.Args...), "flags": flags, "form": c.Form, "actor": c.Actor, "key": c.Key, "at": c.At.On.String(),
		}
	}
	return e.answer, e.err
}

// What a command is called with reaches it, whoever asks stands in no argument, and what it does not take is refused before it runs.
func TestCommands(t *testing.T) {
	t.Parallel()
	h := newServer(t, config(newBook(t)))
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"reads", "GET", "/v1/stock?shop=S01&as_of=2026-11-11", "", 200, `{"result":{"actor":"U000006","args":[],"at":"2026-11-11","flags":["shop=S01"],"form":"json","key":"","name":"report stock"}}`},
		{"args", "GET", "/v1/rules/diff?rule=a@1&other=b&form=text", "", 200, `"args":["a@1","b"]`},
		{"min_index", "GET", "/v1/items?min_index=0", "", 200, `"name":"item list"`},
		{"other form", "GET", "/v1/items?form=pdf", "", 400, `"code":"answer_form"`},
		{"other flag", "GET", "/v1/items?shop=S01", "", 400, `"code":"unknown_parameter"`},
		{"word in the path", "GET", "/v1/items/SKU-0001", "", 200, `"args":["SKU-0001"]`},
		{"no word", "GET", "/v1/rules/diff?rule=a@1", "", 400, `"field":"other"`},
		{"no such noun", "GET", "/v1/wishes", "", 404, `"code":"no_path"`},
		{"not read", "GET", "/v1/people/agree", "", 405, `"code":"method"`},
		{"enters", "POST", "/v1/shops", `{"shop":"S02","unit":"C001"}`, 200, `"actor":"U000006","args":["S02"],"at":"","flags":["unit=C001"],"form":"json","key":"k1","name":"shop add"`},
		{"many words", "POST", "/v1/counts/enter", `{"count":"5","items":["SKU-0001=2","SKU-0002=3"]}`, 200, `"args":["5","SKU-0001=2","SKU-0002=3"]`},
		{"lacking", "POST", "/v1/vouchers/void", `{}`, 400, `"field":"shop","code":"required"`},
		{"lacking, too", "POST", "/v1/vouchers/void", `{}`, 400, `"field":"number","code":"required"`},
		{"flag of the program", "POST", "/v1/shops", `{"shop":"S02","book":"/etc"}`, 400, `"field":"book"`},
		{"files", "POST", "/v1/shops", `{"shop":"S02","files":{"x":"eA=="}}`, 400, `"field":"files"`},
		{"twice", "POST", "/v1/shops", `{"shop":"S02","shop":"S03"}`, 400, `"code":"twice"`},
		{"not for a steward", "POST", "/v1/keys", `{"staff":"U000100"}`, 403, `"code":"refused"`},
	} {
		got := sendCommand(t, h, tt.method, tt.path, tt.body, tt.status)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func sendCommand(t *testing.T, h http.Handler, method, path, text string, status int) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(text))
	r.SetBasicAuth("U000006", pin)
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", "k1")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return body(t, w.Result(), status)
}

// A command is found by its name, which no other has.
func TestCommandsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, c := range api.AllCommands() {
		if found, ok := api.FindCommand(c.Name); !ok || found.Path != c.Path {
			t.Errorf("%s at %s: got the one at %q", c.Name, c.Path, found.Path)
		}
	}
	if found, ok := api.FindCommand("no such"); ok {
		t.Errorf("got %+v", found)
	}
}

// What a command found is answered with what is wrong with it; a refusal of an entry is the problem of any write; and an error of the
// command line has its own words.
func TestCommandErrors(t *testing.T) {
	t.Parallel()
	refused := api.Receipt{Outcome: api.Refused, Key: "k1", Balances: []api.BalanceAfter{}}
	for _, tt := range []struct {
		name   string
		run    errand
		status int
		want   string
	}{
		{"differs", errand{api.CommandAnswer{Result: 1}, &api.CommandError{Ended: api.EndedDifferences, Said: "two differ", Hint: "look"}}, 200, `"code":"command_differences"`},
		{"refused", errand{api.CommandAnswer{Receipt: &refused}, &ledger.Rejection{Reason: ledger.NotFound, Subject: "S02"}}, 404, `"answer":{"outcome":"refused"`},
		{"own words", errand{err: &api.CommandError{Ended: api.EndedUsage, Said: "--unit is missing", Hint: "give it"}}, 400, `"title":"unit is missing"`},
		{"unknown", errand{api.CommandAnswer{Receipt: &api.Receipt{Outcome: api.Unknown, Key: "k1", Balances: []api.BalanceAfter{}}}, api.ErrUnknown}, 504, `"outcome":"unknown"`},
	} {
		c := config(newBook(t))
		c.Commands = tt.run
		got := sendCommand(t, newServer(t, c), "POST", "/v1/shops", `{"shop":"S02"}`, tt.status)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A report may name people: nobody on the way keeps one, and none has a tag by which a copy would be asked for.
func TestReportsAreNotKept(t *testing.T) {
	t.Parallel()
	c := config(newBook(t))
	c.Commands, c.People = errand{api.CommandAnswer{Result: 1}, nil}, workers{newPeople(newBook(t))}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/reports/clerks", nil)
	r.SetBasicAuth("U000006", pin)
	w := httptest.NewRecorder()
	newServer(t, c).ServeHTTP(w, r)
	if h := w.Header(); w.Code != http.StatusOK || h.Get("Cache-Control") != "no-store" || h.Get("Etag") != "" {
		t.Errorf("got %d %v, want an answer that nobody keeps", w.Code, h)
	}
}
