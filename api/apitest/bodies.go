// Package apitest makes what tests of the service ask it for.
package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strings"
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

// Bodies makes bodies from the description of a server, by choices that a fuzzer gives it. They are valid as far as a schema can say.
type Bodies struct {
	Nouns   []string            // what is asked for by POST, in order
	Known   map[string][]string // values that mean something in the book: by the pattern of the member, else by its name, else by none
	Choices []byte

	schemas map[string]shapeOf
	of      map[string]shapeOf // body of each noun
	keyed   map[string]bool    // the nouns that want a key
}

// NewBodies reads a description.
func NewBodies(description []byte) (*Bodies, error) {
	var d struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name string `json:"name"`
			} `json:"parameters"`
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
	if err := json.Unmarshal(description, &d); err != nil {
		return nil, err
	}
	g := &Bodies{schemas: d.Components.Schemas, of: map[string]shapeOf{}, keyed: map[string]bool{}}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		op, ok := d.Paths[path]["post"]
		if !ok || path == "/v1/sessions" {
			continue
		}
		g.Nouns = append(g.Nouns, path)
		g.of[path] = op.Body.Content["application/json"].Schema
		for _, p := range op.Parameters {
			g.keyed[path] = g.keyed[path] || p.Name == "Idempotency-Key"
		}
	}
	return g, nil
}

// Next chooses a noun and makes a body for it.
func (g *Bodies) Next() (noun string, body []byte, err error) {
	noun = g.Nouns[g.Pick(len(g.Nouns))]
	body, err = json.Marshal(g.value("", g.of[noun]))
	return noun, body, err
}

// Keyed reports whether a noun wants a key, and may be tried.
func (g *Bodies) Keyed(noun string) bool { return g.keyed[noun] }

// Pick chooses one of n.
func (g *Bodies) Pick(n int) int {
	if len(g.Choices) == 0 || n < 2 {
		return 0
	}
	c := int(g.Choices[0])
	g.Choices = g.Choices[1:]
	return c % n
}

// value makes a value of a schema.
func (g *Bodies) value(name string, s shapeOf) any {
	if s.Ref != "" {
		return g.value(name, g.schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]])
	}
	switch fmt.Sprint(s.Type) {
	case "object":
		out := map[string]any{}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, member) || g.Pick(4) == 1 {
				out[member] = g.value(member, s.Properties[member])
			}
		}
		return out
	case "array":
		out := []any{}
		for range max(s.MinItems, g.Pick(3)) {
			out = append(out, g.value(name, *s.Items))
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
		return min(most, least+int64(g.Pick(64)))
	case "boolean":
		return g.Pick(2) == 1
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[g.Pick(len(s.Enum))]
	case len(g.known(name, s)) > 0 && g.Pick(4) > 0:
		known := g.known(name, s)
		return known[g.Pick(len(known))]
	case s.Pattern != "":
		re, err := syntax.Parse(s.Pattern, syntax.Perl)
		if err != nil {
			panic(err)
		}
		return g.text(re)
	}
	return strings.Repeat("A", min(max(s.MaxLength, 1), 1+g.Pick(8)))
}

// known are the values that mean something for a member.
func (g *Bodies) known(name string, s shapeOf) []string {
	switch {
	case s.Pattern != "":
		return g.Known[s.Pattern]
	case g.Known[name] != nil:
		return g.Known[name]
	}
	return g.Known[""]
}

// text makes a text that a pattern fits.
func (g *Bodies) text(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op { //nolint:exhaustive // what the patterns of a schema have
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		from := 2 * g.Pick(len(re.Rune)/2)
		return string(re.Rune[from] + rune(g.Pick(int(re.Rune[from+1]-re.Rune[from])+1)))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			b.WriteString(g.text(sub))
		}
	case syntax.OpAlternate:
		return g.text(re.Sub[g.Pick(len(re.Sub))])
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
		for range least + g.Pick(most-least+1) {
			b.WriteString(g.text(re.Sub[0]))
		}
	}
	return b.String()
}
