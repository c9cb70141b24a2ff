package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// shapeOf is what the generator of bodies reads of a schema.
type shapeOf struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Pattern    string             `json:"pattern"`
	Enum       []string           `json:"enum"`
	Minimum    *int64             `json:"minimum"`
	Maximum    *int64             `json:"maximum"`
	MaxLength  int                `json:"maxLength"`
	MinItems   int                `json:"minItems"`
	Items      *shapeOf           `json:"items"`
	Properties map[string]shapeOf `json:"properties"`
	Required   []string           `json:"required"`
}

// bodies makes bodies from the description of the server, by choices that the fuzzer gives it. They are valid as far as a schema can say.
type bodies struct {
	schemas map[string]shapeOf
	nouns   []string           // POST /v1/NOUN, in order
	of      map[string]shapeOf // body of each
	choices []byte
}

func newBodies(t testing.TB, h http.Handler) *bodies {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil))
	var d struct {
		Paths map[string]map[string]struct {
			Body struct {
				Content map[string]struct {
					Schema shapeOf `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]shapeOf `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	g := &bodies{schemas: d.Components.Schemas, of: map[string]shapeOf{}}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		if op, ok := d.Paths[path]["post"]; ok && path != "/v1/sessions" {
			g.nouns = append(g.nouns, path)
			g.of[path] = op.Body.Content["application/json"].Schema
		}
	}
	if len(g.nouns) < 10 {
		t.Fatalf("got %d nouns, want those of the description", len(g.nouns))
	}
	return g
}

// pick chooses one of n.
func (g *bodies) pick(n int) int {
	if len(g.choices) == 0 || n < 2 {
		return 0
	}
	c := int(g.choices[0])
	g.choices = g.choices[1:]
	return c % n
}

// known are values that mean something in the small book, for the members that have such a pattern.
var known = map[string][]string{
	"^V[0-9]{7}$": {string(wang), string(li), string(zhao)}, "^S[0-9]{2,4}$": {"S01"}, "^SKU-[0-9]{4}$": {"SKU-0001", "SKU-0002"},
	"^A[0-9]{3,6}$": {"A001"}, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": {"2026-11-10", "2026-11-11"},
}

// value makes a value of a schema.
func (g *bodies) value(s shapeOf) any {
	if s.Ref != "" {
		return g.value(g.schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]])
	}
	switch fmt.Sprint(s.Type) {
	case "object":
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, name) || g.pick(4) == 1 {
				out[name] = g.value(s.Properties[name])
			}
		}
		return out
	case "array":
		out := []any{}
		for range max(s.MinItems, g.pick(3)) {
			out = append(out, g.value(*s.Items))
		}
		return out
	case "integer":
		least, most := int64(0), int64(1<<20)
		if s.Minimum != nil {
			least = *s.Minimum
		}
		if s.Maximum != nil {
			most = *s.Maximum
		}
		return min(most, least+int64(g.pick(64)))
	case "boolean":
		return g.pick(2) == 1
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[g.pick(len(s.Enum))]
	case len(known[s.Pattern]) > 0 && g.pick(4) > 0:
		return known[s.Pattern][g.pick(len(known[s.Pattern]))]
	case s.Pattern != "":
		re, err := syntax.Parse(s.Pattern, syntax.Perl)
		if err != nil {
			panic(err)
		}
		return g.text(re)
	}
	return strings.Repeat("A", min(max(s.MaxLength, 1), 1+g.pick(8)))
}

// text makes a text that a pattern fits.
func (g *bodies) text(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op { //nolint:exhaustive // what the patterns of a schema have
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		from := 2 * g.pick(len(re.Rune)/2)
		return string(re.Rune[from] + rune(g.pick(int(re.Rune[from+1]-re.Rune[from])+1)))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			b.WriteString(g.text(sub))
		}
	case syntax.OpAlternate:
		return g.text(re.Sub[g.pick(len(re.Sub))])
	case syntax.OpRepeat, syntax.OpQuest, syntax.OpStar, syntax.OpPlus:
		least, most := re.Min, re.Max
		switch re.Op { //nolint:exhaustive // the others have no bounds of their own
		case syntax.OpQuest:
			least, most = 0, 1
		case syntax.OpStar:
			least, most = 0, 3
		case syntax.OpPlus:
			least, most = 1, 3
		}
		for range least + g.pick(most-least+1) {
			b.WriteString(g.text(re.Sub[0]))
		}
	}
	return b.String()
}

// Whatever the description allows is carried out, or refused with a reason: it is never a fault, and only what a schema cannot say (a check
// digit, a thirteenth month) is malformed. What is changed at one byte after that is never a fault either.
func FuzzWrites(f *testing.F) {
	b := newBook(f)
	h := newServer(f, config(b))
	g := newBodies(f, h)
	for i := range g.nouns {
		f.Add([]byte{byte(i), 0}, uint16(0), byte(0))
		f.Add([]byte{byte(i), 1, 1, 2, 3, 1, 1, 2, 7, 40, 1, 1, 1, 9, 200, 1}, uint16(0), byte(0))
		f.Add([]byte{byte(i), 1, 3, 2}, uint16(9), byte('"'))
	}
	f.Fuzz(func(t *testing.T, choices []byte, where uint16, change byte) {
		g.choices = choices
		noun := g.nouns[g.pick(len(g.nouns))]
		body, err := json.Marshal(g.value(g.of[noun]))
		if err != nil {
			t.Fatal(err)
		}
		if change != 0 {
			body[int(where)%len(body)] = change
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, noun+"?dry_run=true", strings.NewReader(string(body)))
		r.SetBasicAuth("U000005", pin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "fuzz")
		got := expect(t, h, r, http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests)
		if change == 0 && strings.Contains(got, `"code":"bad_json"`) {
			t.Errorf("%s %s: got %s, want it to be read", noun, body, got)
		}
	})
}
