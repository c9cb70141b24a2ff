package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aixin/api"
	"aixin/ledger"
)

// forgetful carries a write out and does not say so, the first time that a key comes.
type forgetful struct {
	*book
	key  ledger.Key
	lost int
}

func (f *forgetful) Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	r, err := f.book.Submit(ctx, c)
	if c.Key == f.key && f.lost == 0 {
		f.lost++
		return ledger.Receipt{}, api.ErrUnknown
	}
	return r, err
}

// Of many writes each has its outcome; after one of which nobody knows, the same request says what became of it, and nothing is done twice.
func TestBulk(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	c.Writes = &forgetful{book: b, key: "b/2"}
	h := newServer(t, c)
	const items = `{"items":[
		{"request":{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}},
		{"request":{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}},
		{"key":"own","request":{"volunteer":"V0000034","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}]}`
	before := b.Next()
	got := many(t, h, "b", items, http.StatusOK)
	outcomes(t, got, api.Applied, api.Unknown, api.Refused)
	if got.Applied != 1 || got.Unknown != 1 || got.Refused != 1 || got.Results[2].Key != "own" || got.Results[2].Problem == nil {
		t.Errorf("got %+v", got)
	}
	again := many(t, h, "b", items, http.StatusOK)
	outcomes(t, again, api.Applied, api.Applied, api.Refused)
	if !again.Results[0].Replayed || !again.Results[1].Replayed || again.Results[0].Leaf != got.Results[0].Leaf {
		t.Errorf("again: got %+v, want the answers of then", again)
	}
	if n := b.Next() - before; n > 3 {
		t.Errorf("got %d new entries, want none twice", n)
	}

	// Checked, nothing is done where something would be refused; what does not read does nothing at all.
	before = b.Next()
	checked := many(t, h, "c", strings.Replace(items, `{"items"`, `{"mode":"checked","items"`, 1), http.StatusOK)
	outcomes(t, checked, api.Refused, api.Refused, api.Refused)
	if checked.Results[0].Problem.Code != "held_back" || b.Next() != before {
		t.Errorf("checked: got %+v and %d entries", checked.Results[0].Problem, b.Next()-before)
	}
	for _, bad := range []string{`{"items":[]}`, `{"mode":"atomic","items":[]}`, strings.Replace(items, "V0000018", "V0000019", 1), strings.Replace(items, "own", "d/1", 1)} {
		many(t, h, "d", bad, http.StatusBadRequest)
	}
	if b.Next() != before {
		t.Errorf("got %d entries of requests that do not read", b.Next()-before)
	}
}

func outcomes(t *testing.T, got api.Bulk, want ...api.Outcome) {
	t.Helper()
	for i, r := range got.Results {
		if i >= len(want) || r.Outcome != want[i] {
			t.Errorf("item %d: got %s, want %v", i, r.Outcome, want)
		}
	}
}

// many sends exchanges as the clerk.
func many(t *testing.T, h http.Handler, key, text string, status int) (out api.Bulk) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/bulk/redemptions", strings.NewReader(text))
	r.SetBasicAuth("U000005", pin)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := body(t, w.Result(), status)
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// The client sends many as the server takes them.
func TestClientBulk(t *testing.T) {
	t.Parallel()
	client := serving(t, newBook(t), "U000005")
	got, err := client.SubmitAll(t.Context(), api.BulkContinue, []ledger.Command{asked("m-1", salt(1)), asked("m-2", salt(400))})
	if err != nil {
		t.Fatal(err)
	}
	outcomes(t, got, api.Applied, api.Refused)
}

// A cursor goes on in the book as it was for the question that it was given for, and for no other.
func TestCursor(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	h := newServer(t, config(b))
	page := func(query string, status int) (out api.Statement, text string) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/volunteers/V0000018/statement?"+query, nil)
		r.SetBasicAuth(string(wang), pin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		text = body(t, w.Result(), status)
		if status == http.StatusOK {
			if err := json.Unmarshal([]byte(text), &out); err != nil {
				t.Fatal(err)
			}
		}
		return out, text
	}
	first, _ := page("limit=2", http.StatusOK)
	if first.Cursor == "" {
		t.Fatalf("got %+v, want a cursor", first)
	}
	b.do(t, "U000005", salt(1))
	second, _ := page("limit=1&cursor="+first.Cursor, http.StatusOK)
	if second.AsOf != first.AsOf || second.Lines[0].Index >= first.Lines[1].Index {
		t.Errorf("got as of %d from %d, want %d, before %d", second.AsOf, second.Lines[0].Index, first.AsOf, first.Lines[1].Index)
	}
	for query, code := range map[string]string{
		"commodity=MIN&cursor=" + first.Cursor: "cursor_filter", "as_of=2026-11-20&cursor=" + first.Cursor: "cursor_filter", "cursor=x": `"code":"cursor"`,
	} {
		if _, text := page(query, http.StatusBadRequest); !strings.Contains(text, code) || !strings.Contains(text, `"field":"cursor"`) {
			t.Errorf("%s: got %s, want %s", query, text, code)
		}
	}
}
