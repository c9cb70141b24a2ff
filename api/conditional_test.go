package api_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"aixin/ledger"
	"aixin/ledger/proof"
)

// A program that has a copy is told in a few bytes that it is still good, and gets the new answer where it is not. Pages are kept nowhere.
func TestConditionalReads(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	h := newServer(t, config(b))
	get := func(path, have string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.SetBasicAuth(string(wang), pin)
		if have != "" {
			r.Header.Set("If-None-Match", have)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/v1/volunteers/V0000018/balance", "/v1/volunteers/V0000018/statement", "/checkpoint", "/openapi.json", "/v1/book"} {
		first := get(path, "")
		tag := first.Header().Get("Etag")
		if first.Code != http.StatusOK || tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: got %d %v, want a tag", path, first.Code, first.Header())
		}
		for _, have := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			if again := get(path, have); again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("Etag") != tag {
				t.Errorf("%s with %s: got %d and %d bytes, want 304 and none", path, have, again.Code, again.Body.Len())
			}
		}
		if again := get(path, `"other"`); again.Code != http.StatusOK || again.Body.String() != first.Body.String() {
			t.Errorf("%s with another tag: got %d, want the answer", path, again.Code)
		}
	}
	old := get("/v1/volunteers/V0000018/balance", "").Header().Get("Etag")
	b.on("2026-11-12")
	b.do(t, "U000002", &ledger.AddActivity{Activity: "A009", Unit: "C01", Code: "VH01", Name: "walk"})
	if got := get("/v1/volunteers/V0000018/balance", old); got.Code != http.StatusOK {
		t.Errorf("after the book went on: got %d, want 200", got.Code)
	}
	if page := get("/auditor", ""); page.Header().Get("Etag") != "" || page.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a page: got %v, want no tag and nothing kept", page.Header())
	}
}

// What a server says of two sizes leads from one root to the other, and to no other.
func TestConsistency(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	client := serving(t, b, "U000006")
	size := b.Head().Size
	heads := []ledger.Head{{Root: new(ledger.Frontier).Root()}}
	var tree ledger.Frontier
	for i := range b.text {
		tree.Append(ledger.LeafHash(b.text[i]))
		heads = append(heads, ledger.Head{Size: tree.Size(), Root: tree.Root()})
	}
	for _, old := range []ledger.Index{0, 1, 7, size - 1, size} {
		path, err := client.Consistency(t.Context(), old, size)
		if err != nil {
			t.Fatalf("from %d: %v", old, err)
		}
		if err := proof.Extends(path, heads[old], heads[size]); err != nil {
			t.Errorf("from %d: %v", old, err)
		}
		if old == 0 || old == size {
			continue
		}
		bad := slices.Clone(path)
		bad[0] = ledger.Hash(tlog.RecordHash(nil))
		if proof.Extends(bad, heads[old], heads[size]) == nil {
			t.Errorf("from %d: another path was believed", old)
		}
	}
	if _, err := client.Consistency(t.Context(), 1, size+1); err == nil {
		t.Error("up to more than there is: got a path, want an error")
	}
	if _, err := client.Consistency(t.Context(), 2, 1); err == nil {
		t.Error("backwards: got a path, want an error")
	}
}

// The page lists every route for programs, and says of each what the description says, on pages that a phone loads.
func TestDescribedPage(t *testing.T) {
	t.Parallel()
	h := newServer(t, config(newBook(t)))
	link := regexp.MustCompile(`href="(/api\?ask=[^"]+)"`)
	for _, lang := range []string{"zh", "en"} {
		v := newVisitor(t, h, lang)
		list := body(t, v.get("/api"), http.StatusOK)
		var all strings.Builder
		for _, page := range append(link.FindAllStringSubmatch(list, -1), []string{"", "/api"}) {
			text := body(t, v.get(html.UnescapeString(page[1])), http.StatusOK)
			if len(text) > maxPage {
				t.Errorf("%s: %s has %d bytes, want at most %d", lang, page[1], len(text), maxPage)
			}
			all.WriteString(text)
		}
		for _, want := range []string{
			"POST /v1/redemptions", `href="#RedemptionRequest"`, `id="RedemptionRequest"`, "Idempotency-Key", "^V[0-9]{7}$", "GET /v1/journal", "card | phone | typed | proxy",
		} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%s: the pages lack %q", lang, want)
			}
		}
		if strings.Contains(all.String(), "http") {
			t.Errorf("%s: the pages name an address elsewhere", lang)
		}
		counted := body(t, v.get("/api?ask=POST+/v1/counts/enter"), http.StatusOK)
		if !strings.Contains(counted, `href="#Request"`) || !strings.Contains(counted, `id="Request"`) || !strings.Contains(counted, "[ string ]") {
			t.Errorf("%s: the page of a command lacks what it is called with", lang)
		}
		if resp := v.get("/api?ask=GET+/v1/nothing"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: what nobody may ask: got %d, want 404", lang, resp.StatusCode)
		}
	}
}

// stale has an index that lacks what was answered, so that any view of it would be waited for.
type stale struct{ *book }

func (stale) View(context.Context, ledger.AsOf) (ledger.View, func(), error) {
	return ledger.View{}, func() {}, context.DeadlineExceeded
}

// A balance of now waits for no index; one of the past does.
func TestBalanceWaitsForNoIndex(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	c.Views = stale{b}
	h := newServer(t, c)
	for path, want := range map[string]bool{
		"/v1/volunteers/V0000018/balance": true, "/v1/volunteers/V0000018/balance?as_of=2026-11-11": false, "/v1/volunteers/V0000018/statement": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.SetBasicAuth(string(wang), pin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if (w.Code == http.StatusOK) != want {
			t.Errorf("%s: got %d %s, want an answer: %v", path, w.Code, w.Body, want)
		}
	}
}
