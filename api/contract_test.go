package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"aixin/api"
)

// contract is what every answer of every test is held to: /openapi.json of the server that gives it, read by another program.
type contract struct {
	t      testing.TB
	h      http.Handler
	router routers.Router
}

// held returns a handler whose answers are held to its own description.
func held(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	described.once.Do(func() {
		openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.FileBodyDecoder) // the journal is text to them
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil))
		described.router, described.err = readDescription(w.Body.Bytes())
	})
	if described.err != nil {
		t.Fatalf("/openapi.json: %v", described.err)
	}
	return &contract{t, h, described.router}
}

// described is the description, which is read once: that of every server of the tests is the same.
var described struct {
	once   sync.Once
	router routers.Router
	err    error
}

// readDescription reads a description. What an answer has and the description has not is a fault here, though clients must bear it.
func readDescription(text []byte) (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	for _, s := range doc.Components.Schemas {
		if no := false; s.Value.Type.Is(openapi3.TypeObject) {
			s.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
		}
	}
	return legacy.NewRouter(doc)
}

// ServeHTTP answers, and compares the answer of a described route with the description. A request that was carried out must have been
// one that the description allows.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	asked := r.Clone(r.Context())
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	r.Body = io.NopCloser(bytes.NewReader(sent))
	heard := &copied{ResponseWriter: w}
	c.h.ServeHTTP(heard, r)
	route, params, err := c.router.FindRoute(asked)
	if err != nil || r.Method == http.MethodHead { // a page, or an address that there is not
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if heard.status < http.StatusMultipleChoices {
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			c.t.Errorf("%s %s was carried out and is not described: %v", r.Method, r.URL.Path, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: heard.status, Header: w.Header(), Options: in.Options}
	out.SetBodyBytes(heard.body.Bytes())
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		c.t.Errorf("%s %s: the answer is not as described: %v", r.Method, r.URL.Path, err)
	}
}

// copied keeps what is written.
type copied struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copied) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copied) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what is below.
func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// The description is the same whoever serves, and stands as a file to look at what a change changes.
func TestDescription(t *testing.T) {
	t.Parallel()
	h, err := api.New(config(newBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil))
	if !strings.HasPrefix(w.Body.String(), "{\n \"openapi\": \"3.1.0\"") {
		t.Errorf("got %.60s, want OpenAPI 3.1.0", w.Body)
	}
	compare(t, "../testdata/http/openapi.json", w.Body.Bytes())
}
