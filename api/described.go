package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"aixin/api/web"
)

// description is what the page reads of /openapi.json: it shows nothing that programs are not told.
type description struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type (
	operation struct {
		Summary     string             `json:"summary"`
		Description string             `json:"description"`
		Parameters  []parameter        `json:"parameters"`
		Body        message            `json:"requestBody"`
		Responses   map[string]message `json:"responses"`
	}

	parameter struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Says     string `json:"description"`
		Required bool   `json:"required"`
		Schema   schema `json:"schema"`
	}

	message struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	}

	schema struct {
		Ref        string            `json:"$ref"`
		Type       any               `json:"type"` // a word or a list of them
		Says       string            `json:"description"`
		Pattern    string            `json:"pattern"`
		Format     string            `json:"format"`
		Enum       []any             `json:"enum"`
		Items      *schema           `json:"items"`
		AnyOf      []schema          `json:"anyOf"`
		Properties map[string]schema `json:"properties"`
		Required   []string          `json:"required"`
	}
)

// readDescription reads the document that programs get.
func (s *server) readDescription() (d description, err error) {
	text, err := s.described()
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("description: %w", err)
	}
	return d, nil
}

// called answers GET /api: what may be asked, a line for each, or all of one that is asked for, with the types that it speaks of.
func (s *server) called(w http.ResponseWriter, r *http.Request) error {
	d, err := s.forPeople()
	if err != nil {
		return err
	}
	ask := r.URL.Query().Get("ask")
	page := web.Described{One: ask != ""}
	for _, route := range s.programs() {
		if ask != "" && ask != route.pattern {
			continue
		}
		method, path, _ := strings.Cut(route.pattern, " ")
		page.Operations = append(page.Operations, d.Paths[path][strings.ToLower(method)].page(method, path))
	}
	if len(page.Operations) == 0 {
		return ErrNoPath
	}
	if page.One {
		method, path, _ := strings.Cut(ask, " ")
		page.Types = d.types(d.Paths[path][strings.ToLower(method)])
	}
	s.page(w, r, page)
	return nil
}

// types lists the types that an operation speaks of, and those that they do.
func (d description) types(o operation) (list []web.DescribedType) {
	named := map[string]bool{}
	var visit func(schema)
	visit = func(s schema) {
		if _, name, ok := strings.Cut(s.Ref, "#/components/schemas/"); ok && !named[name] {
			named[name] = true
			visit(d.Components.Schemas[name])
		}
		if s.Items != nil {
			visit(*s.Items)
		}
		for _, one := range s.AnyOf {
			visit(one)
		}
		for _, one := range s.Properties {
			visit(one)
		}
	}
	for _, m := range append(slices.Collect(maps.Values(o.Responses)), o.Body) {
		for _, c := range m.Content {
			visit(c.Schema)
		}
	}
	for _, c := range o.Body.Content {
		if c.Schema.Properties != nil {
			list = append(list, web.DescribedType{Name: inline, Members: c.Schema.members()})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		of := d.Components.Schemas[name]
		members := of.members()
		if len(members) == 0 { // a word or a number, which has a grammar of its own
			members = []web.Member{of.member(name, false)}
		}
		list = append(list, web.DescribedType{Name: name, Members: members})
	}
	return list
}

// page lays an operation out.
func (o operation) page(method, path string) web.Operation {
	out := web.Operation{Method: method, Path: path, Says: o.Summary, For: o.Description, Body: o.Body.of()}
	for _, p := range o.Parameters {
		p.Schema.Says = p.Says
		m := p.Schema.member(p.Name, p.Required)
		m.In = p.In
		out.Parameters = append(out.Parameters, m)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if status != "default" {
			out.Answers = append(out.Answers, web.OperationAnswer{Status: status, Type: o.Responses[status].of()})
		}
	}
	return out
}

// of names what a message carries.
func (m message) of() web.TypeName {
	media := slices.Sorted(maps.Keys(m.Content))
	if len(media) == 0 {
		return web.TypeName{}
	}
	of := m.Content[media[0]].Schema
	if name := of.name(); name.Link != "" {
		return name
	}
	if of.Properties != nil {
		return web.TypeName{Text: inline, Link: inline}
	}
	return web.TypeName{Text: media[0]}
}

// inline is what the body of a command is called, whose type has no name.
const inline = "Request"

// members lists the members of an object, those that must be there first.
func (s schema) members() []web.Member {
	var must, may []web.Member
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if slices.Contains(s.Required, name) {
			must = append(must, s.Properties[name].member(name, true))
		} else {
			may = append(may, s.Properties[name].member(name, false))
		}
	}
	return append(must, may...)
}

func (s schema) member(name string, required bool) web.Member {
	m := web.Member{Name: name, Required: required, Type: s.name(), Says: s.Says, Grammar: s.Pattern}
	if s.Format == "date" || s.Format == "date-time" {
		m.Grammar = s.Format
	}
	var values []string
	for _, v := range s.Enum {
		values = append(values, fmt.Sprint(v))
	}
	if len(values) > 0 {
		m.Grammar = strings.Join(values, " | ")
	}
	return m
}

// name says of what type something is, with the anchor of one that is described below.
func (s schema) name() web.TypeName {
	switch {
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return web.TypeName{Text: name, Link: name}
	case s.Items != nil:
		of := s.Items.name()
		return web.TypeName{Text: "[ " + of.Text + " ]", Link: of.Link}
	case len(s.AnyOf) > 0:
		var words []string
		for _, one := range s.AnyOf {
			words = append(words, one.name().Text)
		}
		return web.TypeName{Text: strings.Join(words, " | ")}
	case s.Type == nil:
		return web.TypeName{}
	}
	return web.TypeName{Text: fmt.Sprint(s.Type)}
}
