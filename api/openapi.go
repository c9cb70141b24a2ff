package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/swaggest/jsonschema-go"
	"github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"

	"aixin/ledger"
)

// This file describes to programs what is served: /openapi.json is reflected from the list of routes, from the types that the handlers
// read and write, and from the tags that the validator checks.

// doc says what a route takes and gives, for /openapi.json; of its parameters the server knows no others.
type doc struct {
	says   string // in one sentence
	params any    // a struct whose fields have path, query and header tags
	body   any    // of the request
	answer any    // nil: of no JSON
	status int    // of success; 0 is 200
	media  string // of an answer that is no JSON
}

// The parameters of routes.
type (
	volunteerParam struct {
		ID string `path:"id" pattern:"^V[0-9]{7}$" description:"a volunteer number"`
	}

	momentParams struct {
		AsOf     string `query:"as_of" format:"date" description:"as it stood at the end of that day"`
		KnownAt  int64  `query:"known_at" minimum:"0" description:"as it stood after that entry"`
		MinIndex int64  `query:"min_index" minimum:"0" description:"wait for that entry, of which the reader was told"`
	}

	balanceParams struct {
		volunteerParam
		momentParams
	}

	statementParams struct {
		volunteerParam
		momentParams
		Commodity string `query:"commodity" enum:"POINT,GIFT,MIN"`
		Cursor    string `query:"cursor" description:"of the page before: the same question in the same book"`
		Before    int64  `query:"before" minimum:"0" description:"the movements before that entry"`
		Limit     int64  `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}

	recordsParams struct {
		Of       int64  `query:"of" minimum:"0" description:"a record, or an imported file"`
		Unit     string `query:"unit" description:"of that unit and those below it"`
		State    string `query:"state" enum:"pending,approved,noticed,disputed" default:"pending" description:"what they wait for: a reviewer, a notice, the end of one, an answer"`
		Cursor   string `query:"cursor" description:"of the page before: the same question; what came later is left out"`
		After    int64  `query:"after" minimum:"0" description:"the records after that one"`
		Limit    int64  `query:"limit" minimum:"1" maximum:"200" default:"50"`
		MinIndex int64  `query:"min_index" minimum:"0"`
	}

	journalParams struct {
		From     int64 `query:"from" minimum:"0" description:"from the batch that contains that entry"`
		Size     int64 `query:"size" minimum:"0" description:"to the last batch that ends at or before so many entries"`
		MinIndex int64 `query:"min_index" minimum:"0"`
		Wait     int64 `query:"wait" minimum:"0" maximum:"20" description:"seconds to wait where there is nothing yet"`
	}

	consistencyParams struct {
		From     int64 `query:"from" minimum:"0" description:"so many entries that the book had"`
		Size     int64 `query:"size" minimum:"0" description:"so many that it had later"`
		MinIndex int64 `query:"min_index" minimum:"0"`
	}

	reportParams struct {
		Form string `query:"form" enum:"json,jsonl,text,table,html" default:"json" description:"what the answer is wanted for"`
		momentParams
	}

	writeParams struct {
		Key    string `header:"Idempotency-Key" required:"true" pattern:"^[A-Za-z0-9._:/-]{1,64}$" description:"sent again with the same key, it is not done twice"`
		DryRun bool   `query:"dry_run" description:"keep nothing"`
	}
)

// names lists the query parameters of a route.
func (d doc) names() []string {
	var names []string
	if d.params == nil {
		return nil
	}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(d.params)) {
		if name := f.Tag.Get("query"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// describe returns the OpenAPI description of routes.
func describe(routes []route, origin string) ([]byte, error) {
	r := openapi31.NewReflector()
	r.Spec.Info.WithTitle("aixin: " + origin).WithVersion("1").WithDescription(
		"The book of a Love Supermarket. Points are decimal strings, minutes and pieces integers, days YYYY-MM-DD.")
	r.Spec.SetHTTPBasicSecurity("basic", "the number of staff or a volunteer, or the text of a card, and the PIN")
	r.Spec.SetHTTPBearerTokenSecurity("session", "", "the token of POST /v1/sessions")
	r.DefaultOptions = append(r.DefaultOptions, jsonschema.InterceptSchema(schemaOf), jsonschema.InterceptProp(memberOf),
		jsonschema.InterceptNullability(neverNull),
		jsonschema.InterceptDefName(func(t reflect.Type, _ string) string { return t.Name() }))
	for _, route := range routes {
		if err := route.describe(r); err != nil {
			return nil, fmt.Errorf("describe %s: %w", route.pattern, err)
		}
	}
	return json.MarshalIndent(r.Spec, "", " ")
}

// describe adds one route.
func (t route) describe(r *openapi31.Reflector) error {
	method, path, _ := strings.Cut(t.pattern, " ")
	op, err := r.NewOperationContext(method, path)
	if err != nil {
		return err
	}
	op.SetSummary(t.doc.says)
	if !t.who.anybody {
		op.AddSecurity("basic")
		op.AddSecurity("session")
		op.SetDescription("For " + t.who.String() + ".")
	}
	for _, part := range []any{t.doc.params, t.doc.body} {
		if part != nil {
			op.AddReqStructure(part)
		}
	}
	status := max(t.doc.status, http.StatusOK)
	switch {
	case t.doc.answer != nil:
		op.AddRespStructure(t.doc.answer, openapi.WithHTTPStatus(status))
		if _, writes := t.doc.params.(writeParams); writes && status == http.StatusCreated {
			op.AddRespStructure(t.doc.answer, openapi.WithHTTPStatus(http.StatusOK)) // of a dry run
		}
	case t.doc.media != "":
		op.AddRespStructure("", openapi.WithHTTPStatus(status), openapi.WithContentType(t.doc.media))
	default:
		op.AddRespStructure(nil, openapi.WithHTTPStatus(status))
	}
	if method == http.MethodGet && (t.doc.answer != nil || t.doc.media == textType) {
		op.AddRespStructure(nil, openapi.WithHTTPStatus(http.StatusNotModified))
	}
	op.AddRespStructure(Problem{}, openapi.WithContentType(problemType), func(cu *openapi.ContentUnit) {
		cu.IsDefault, cu.Description = true, "Why it was not carried out."
	})
	return r.AddOperation(op)
}

// String lists an audience.
func (w who) String() string {
	list := words(w.roles)
	if w.own {
		list = append([]string{"the volunteer"}, list...)
	}
	return strings.Join(list, ", ")
}

// schemaOf describes the types that write themselves, and closes requests: what a request may not have, the server refuses.
func schemaOf(p jsonschema.InterceptSchemaParams) (stop bool, err error) {
	t := p.Value.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[Quantity]():
		points := (&jsonschema.Schema{}).WithType(jsonschema.String.Type()).WithPattern(`^-?[0-9]+\.[0-9]{2}$`)
		count := (&jsonschema.Schema{}).WithType(jsonschema.Integer.Type())
		*p.Schema = jsonschema.Schema{}
		p.Schema.WithAnyOf(points.ToSchemaOrBool(), count.ToSchemaOrBool())
		return true, nil
	case reflect.TypeFor[Points]():
		*p.Schema = jsonschema.Schema{}
		p.Schema.WithType(jsonschema.String.Type()).WithPattern(`^-?[0-9]+\.[0-9]{2}$`)
		return true, nil
	case reflect.TypeFor[Time](), reflect.TypeFor[ledger.Date](), reflect.TypeFor[ledger.LotID](), reflect.TypeFor[ledger.Hash]():
		*p.Schema = jsonschema.Schema{}
		p.Schema.WithType(jsonschema.String.Type())
		return true, nil
	}
	op, ok := openapi.OperationCtx(p.Context)
	request := strings.HasSuffix(t.Name(), "Request") || t.Name() == "" && ok && !op.IsProcessingResponse()
	if ok && op.ProcessingIn() == openapi.InBody && p.Processed && t.Kind() == reflect.Struct && request {
		no := false
		p.Schema.WithAdditionalProperties(jsonschema.SchemaOrBool{TypeBoolean: &no})
	}
	return false, nil
}

// neverNull takes null away from lists and pointers: where nothing is, the member is absent or the list empty.
func neverNull(p jsonschema.InterceptNullabilityParams) {
	if p.NullAdded {
		p.Schema.RemoveType(jsonschema.Null)
	}
}

// memberOf says of a member of JSON whether it must be there, and of one of a request what its tag says.
func memberOf(p jsonschema.InterceptPropParams) error {
	name, rest, _ := strings.Cut(p.Field.Tag.Get("json"), ",")
	if !p.Processed || name == "" {
		return nil
	}
	p.PropertySchema.RemoveType(jsonschema.Null)
	if !strings.Contains(rest, "omitempty") && !slices.Contains(p.ParentSchema.Required, name) {
		p.ParentSchema.Required = append(p.ParentSchema.Required, name)
	}
	for tag := range strings.SplitSeq(p.Field.Tag.Get("validate"), ",") {
		if err := keyword(p.PropertySchema, tag); err != nil {
			return fmt.Errorf("member %s: %w", name, err)
		}
		if tag == "dive" { // what comes is about the elements
			return nil
		}
	}
	return nil
}

// keyword adds to a schema what one tag of the validator says.
func keyword(s *jsonschema.Schema, tag string) error {
	if shape, ok := shapes()[tag]; ok {
		shape.describe(s)
		return nil
	}
	name, value, _ := strings.Cut(tag, "=")
	switch name {
	case "", "omitempty", "dive", "required":
		return nil
	case "required_without":
		s.WithDescription("Needed where " + strings.ToLower(value) + " is absent.")
		return nil
	case "min", "max":
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil:
			return err
		case name == "min":
			s.WithMinItems(n)
		case s.HasType(jsonschema.Array):
			s.WithMaxItems(n)
		default:
			s.WithMaxLength(n)
		}
		return nil
	}
	return errors.New("tag " + tag + " has no keyword")
}

// describe adds what a shape says.
func (g shape) describe(s *jsonschema.Schema) {
	if g.pattern != "" {
		s.WithPattern(g.pattern)
	}
	for _, v := range g.values {
		s.Enum = append(s.Enum, v)
	}
	if g.most > 0 {
		s.WithMinimum(float64(g.least)).WithMaximum(float64(g.most))
	}
}

// openapi answers GET /openapi.json.
func (s *server) openapi(w http.ResponseWriter, r *http.Request) error {
	text, err := s.described()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", jsonType)
	s.send(w, r, http.StatusOK, text)
	return nil
}
