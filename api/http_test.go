package api_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the answers that the server gives into testdata")

// shown are the headers that an answer is shown with.
var shown = []string{"Allow", "Content-Disposition", "Content-Type", "Idempotency-Replayed", "Location", "Retry-After", "Www-Authenticate"}

// TestHTTP asks what testdata/http asks and compares the answers with those that stand there.
func TestHTTP(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/http/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files (%v), want some", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: want.Comment}
			h := newServer(t, config(newBook(t)))
			for _, f := range want.Files {
				if !strings.HasPrefix(f.Name, "request") {
					continue
				}
				got.Files = append(got.Files, f, txtar.File{Name: "response", Data: exchange(t, h, string(f.Data))})
			}
			compare(t, file, txtar.Format(got))
		})
	}
}

// version is that of a style or script: a rule of the style changes no page.
var version = regexp.MustCompile(`\?v=[0-9a-f]{12}`)

// compare compares what was made with what stands in a file, or writes it there.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	got = version.ReplaceAll(got, []byte("?v=VERSION"))
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./api -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// exchange sends a request as it is written and writes down the answer.
func exchange(t *testing.T, h http.Handler, text string) []byte {
	t.Helper()
	head, sent, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	first, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(first, " ")
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(sent))
	if sent != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if plain, ok := strings.CutPrefix(value, "Basic "); ok {
			value = "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	defer resp.Body.Close()

	var out bytes.Buffer
	fmt.Fprintln(&out, resp.StatusCode)
	for _, name := range shown {
		for _, v := range resp.Header.Values(name) {
			fmt.Fprintf(&out, "%s: %s\n", name, v)
		}
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if id := missing.Find(body); id != nil && resp.Header.Get("Content-Type") == "application/problem+json" {
		t.Errorf("%s: got a problem with %q, want a sentence", target, id)
	}
	if len(body) > 0 {
		fmt.Fprintf(&out, "\n%s", body)
	}
	return out.Bytes()
}
