package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
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

	before = b.Next() // what does not read does nothing at all
	for _, bad := range []string{`{"items":[]}`, `{"mode":"checked","items":[]}`, strings.Replace(items, "V0000018", "V0000019", 1), strings.Replace(items, "own", "d/1", 1)} {
		many(t, h, "d", bad, http.StatusBadRequest)
	}
	if b.Next() != before {
		t.Errorf("got %d entries of requests that do not read", b.Next()-before)
	}
}

// Of an atomic request everything is done or nothing, and each item says which it was; tried, nothing is kept.
func TestAtomicBulk(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	h := newServer(t, config(b))
	const one = `{"request":{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}`
	list := func(items ...string) string { return `{"mode":"atomic","items":[` + strings.Join(items, ",") + `]}` }
	before := b.Next()

	closed := strings.Replace(one, "V0000018", "V0000034", 1)
	got := many(t, h, "a", list(one, closed, one), http.StatusOK)
	outcomes(t, got, api.Refused, api.Refused, api.Refused)
	codes(t, got, "held_back", "refused", "not_tried")
	if b.Next() != before+1 || got.Results[1].Index == nil || got.Results[1].Kind != ledger.Refused {
		t.Errorf("got %+v and %d entries, want the refusal that is kept and nothing else", got.Results[1], b.Next()-before)
	}
	shown := strings.Replace(one, `"volunteer":"V0000018"`, `"card":"AXNOBODYS"`, 1)
	codes(t, many(t, h, "s", list(one, shown, one), http.StatusOK), "held_back", "no_card", "not_tried")

	before = b.Next()
	tried := many(t, h, "b?dry_run=true", list(one, one), http.StatusOK)
	outcomes(t, tried, api.Applied, api.Applied)
	if b.Next() != before || !tried.Results[1].DryRun {
		t.Errorf("tried: got %+v and %d entries", tried, b.Next()-before)
	}
	done := many(t, h, "b", list(one, one), http.StatusOK)
	outcomes(t, done, api.Applied, api.Applied)
	again := many(t, h, "b", list(one, one), http.StatusOK)
	if b.Next() != before+2 || !again.Results[0].Replayed || !again.Results[1].Replayed || again.Results[1].Leaf != done.Results[1].Leaf {
		t.Errorf("again: got %+v and %d entries, want two", again, b.Next()-before)
	}
	mixed := many(t, h, "c", list(strings.Replace(one, `{"request"`, `{"key":"b/1","request"`, 1), closed), http.StatusOK)
	outcomes(t, mixed, api.Applied, api.Refused)
}

// Of a group of which nobody knows what became, nobody knows it of any item.
func TestAtomicBulkUnknown(t *testing.T) {
	t.Parallel()
	c := config(newBook(t))
	c.Writes = failing{api.ErrUnknown}
	const one = `{"request":{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}`
	got := many(t, newServer(t, c), "u", `{"mode":"atomic","items":[`+one+`,`+one+`]}`, http.StatusOK)
	outcomes(t, got, api.Unknown, api.Unknown)
	codes(t, got, "outcome_unknown", "outcome_unknown")
}

// reissued is a registry in which a card was replaced: its old text is nobody's. It counts how often wang's PIN is looked at.
type reissued struct {
	*people
	gone  bool
	asked atomic.Int64
}

func (p *reissued) CheckPIN(ctx context.Context, id, given, place string) error {
	if id == string(wang) {
		p.asked.Add(1)
	}
	return p.people.CheckPIN(ctx, id, given, place)
}

func (p *reissued) FindByCard(ctx context.Context, text string) (string, error) {
	if p.gone && text == card {
		return "", person.ErrNotFound
	}
	return p.people.FindByCard(ctx, text)
}

// Whoever did not get the answer reads what was done, although the card is nobody's by now or the PIN is wrong: in a group, one by one, and alone.
// What does not stand under its key yet is refused, and nothing is done for a wrong PIN under a key that stands for something else.
func TestRepeatOfWhatStands(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	c := config(b)
	registry := &reissued{people: newPeople(b)}
	c.People = registry
	h := newServer(t, c)
	const (
		byCard = `{"request":{"card":"` + card + `","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}`
		byPIN  = `{"request":{"volunteer":"V0000018","pin":"` + pin + `","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}`
	)
	list := func(mode string, items ...string) string {
		return `{"mode":"` + mode + `","items":[` + strings.Join(items, ",") + `]}`
	}
	wrong := strings.Replace(byPIN, pin, "000000", 1)
	modes := []string{"atomic", "continue"}
	for _, mode := range modes {
		outcomes(t, many(t, h, mode, list(mode, byCard, byPIN), http.StatusOK), api.Applied, api.Applied)
	}
	alone := func(key, text string, status int) {
		t.Helper()
		text = strings.TrimSuffix(strings.TrimPrefix(text, `{"request":`), "}")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/redemptions", strings.NewReader(text))
		r.SetBasicAuth("U000005", pin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body(t, w.Result(), status)
	}
	alone("alone", byCard, http.StatusCreated)
	before := b.Next()
	registry.gone = true
	for _, mode := range modes {
		got := many(t, h, mode, list(mode, byCard, wrong), http.StatusOK)
		outcomes(t, got, api.Applied, api.Applied)
		if !got.Results[0].Replayed || !got.Results[1].Replayed {
			t.Errorf("%s: got %+v, want the answers of then", mode, got)
		}
		more := strings.Replace(wrong, `{"request"`, `{"key":"`+mode+`/new","request"`, 1)
		asked := registry.asked.Load()
		outcomes(t, many(t, h, mode, list(mode, strings.Replace(wrong, `{"request"`, `{"key":"`+mode+`/2","request"`, 1), more), http.StatusOK), api.Applied, api.Refused)
		if asked = registry.asked.Load() - asked; asked != 2 {
			t.Errorf("%s: the PINs of two items were looked at %d times", mode, asked)
		}
		got = many(t, h, mode, list(mode, byCard, more, strings.Replace(wrong, `{"request"`, `{"key":"`+mode+`/2","request"`, 1)), http.StatusOK)
		outcomes(t, got, api.Applied, api.Refused, api.Applied)
		got = many(t, h, mode, list(mode, strings.Replace(byCard, `"pieces":1`, `"pieces":2`, 1)), http.StatusOK)
		outcomes(t, got, api.Refused)
	}
	alone("alone", byCard, http.StatusCreated)
	alone("alone/new", byCard, http.StatusNotFound)
	if b.Next() != before {
		t.Errorf("got %d entries more, want none", b.Next()-before)
	}
}

// gated is a registry that looks at a right PIN of wang's only when it may.
type gated struct {
	*people
	may chan struct{}
}

func (p gated) CheckPIN(ctx context.Context, id, given, place string) error {
	if id == string(wang) && given == pin {
		<-p.may
	}
	return p.people.CheckPIN(ctx, id, given, place)
}

// Whoever repeats a call that is not over yet, with another PIN, is not told that nothing was done: they wait, and read what was.
func TestRepeatOfWhatIsUnderway(t *testing.T) {
	t.Parallel()
	const one = `{"volunteer":"V0000018","pin":"` + pin + `","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}`
	for path, text := range map[string]string{
		"/v1/redemptions":              one,
		"/v1/bulk/redemptions":         `{"items":[{"request":` + one + `}]}`,
		"/v1/bulk/redemptions?atomic=": `{"mode":"atomic","items":[{"request":` + one + `}]}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBook(t)
			c, may := config(b), make(chan struct{})
			c.People = gated{newPeople(b), may}
			h := newServer(t, c)
			var over atomic.Int32
			before := b.Next()
			ask := func(text string) {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSuffix(path, "?atomic="), strings.NewReader(text))
				r.SetBasicAuth("U000005", pin)
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Idempotency-Key", "underway")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				over.Add(1)
				if got := w.Body.String(); !strings.Contains(got, `"outcome":"applied"`) {
					t.Errorf("%s: got %s, want what was done", path, got)
				}
			}
			go ask(text)
			synctest.Wait()
			go ask(strings.Replace(text, pin, "000000", 1))
			synctest.Wait()
			if over.Load() != 0 {
				t.Errorf("%s: a repeat was answered before the call that it repeats", path)
			}
			close(may)
			synctest.Wait()
			if over.Load() != 2 || b.Next() != before+1 {
				t.Errorf("%s: got %d answers and %d entries, want 2 and 1", path, over.Load(), b.Next()-before)
			}
		})
	}
}

// Whoever names no mode that there is reads which there are.
func TestBulkModeIsNamed(t *testing.T) {
	t.Parallel()
	h := newServer(t, config(newBook(t)))
	for _, lang := range []string{"en", "zh"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/bulk/redemptions",
			strings.NewReader(`{"mode":"perhaps","items":[{"request":{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}]}}]}`))
		r.SetBasicAuth("U000005", pin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "m")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		wants(t, body(t, w.Result(), http.StatusBadRequest), `"field":"mode"`, string(api.BulkContinue), string(api.BulkAtomic))
	}
}

// What concerns all of a group is not said to be of its first.
func TestClientGroupOfAll(t *testing.T) {
	t.Parallel()
	for _, why := range []error{api.ErrBusy, api.ErrStopped, api.ErrDiskFull} {
		c := config(newBook(t))
		c.Clock, c.Writes = time.Now, failing{why}
		s := httptest.NewServer(newServer(t, c))
		t.Cleanup(s.Close)
		client, err := api.NewClient(s.URL, api.ClientOptions{Number: "U000005", PIN: pin})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.SubmitGroup(t.Context(), []ledger.Command{asked("g-1", salt(1)), asked("g-2", salt(1))})
		if _, one := errors.AsType[*ledger.GroupError](err); one || !errors.Is(err, why) {
			t.Errorf("got %v, want %v of all", err, why)
		}
	}
}

func codes(t *testing.T, got api.Bulk, want ...string) {
	t.Helper()
	for i, r := range got.Results {
		if i >= len(want) || r.Problem == nil || r.Problem.Code != want[i] {
			t.Errorf("item %d: got %+v, want %v", i, r.Problem, want)
		}
	}
}

func outcomes(t *testing.T, got api.Bulk, want ...api.Outcome) {
	t.Helper()
	list := make([]api.Outcome, len(got.Results))
	for i, r := range got.Results {
		list[i] = r.Outcome
	}
	if !slices.Equal(list, want) {
		t.Errorf("outcomes: got %v, want %v", list, want)
	}
}

// many sends exchanges as the clerk.
func many(t *testing.T, h http.Handler, key, text string, status int) (out api.Bulk) {
	t.Helper()
	key, query, _ := strings.Cut(key, "?")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/bulk/redemptions?"+query, strings.NewReader(text))
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

// The client asks for a group as the store does, and reads the same receipts and refusals.
func TestClientGroup(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	client, before := serving(t, b, "U000005"), b.Next()
	tried, err := client.DryRunGroup(t.Context(), []ledger.Command{asked("g-1", salt(1)), asked("g-2", salt(1))})
	if err != nil || len(tried) != 2 || tried[1].Entry.Key != "g-2" || b.Next() != before {
		t.Fatalf("tried: got %+v, %v", tried, err)
	}
	got, err := client.SubmitGroup(t.Context(), []ledger.Command{asked("g-1", salt(1)), asked("g-2", salt(1))})
	if err != nil || len(got) != 2 || got[1].Entry.Index != before+1 || len(got[1].Balances) == 0 {
		t.Fatalf("got %+v, %v", got, err)
	}
	got, err = client.SubmitGroup(t.Context(), []ledger.Command{asked("g-1", salt(1)), asked("g-3", salt(400)), asked("g-4", salt(1))})
	no, ok := errors.AsType[*ledger.GroupError](err)
	if why, refused := errors.AsType[*ledger.Rejection](err); !ok || no.At != 1 || !refused || why.Reason == "" {
		t.Fatalf("got %v, want the second refused", err)
	}
	if !got[0].Replayed || got[2].Entry.Kind != "" || b.Next() > before+3 {
		t.Errorf("got %+v and %d entries", got, b.Next()-before)
	}
	if _, err := client.SubmitGroup(t.Context(), []ledger.Command{asked("g-5", salt(1)), asked("g-6", &ledger.Undo{Redemption: before})}); !errors.Is(err, api.ErrNoPath) {
		t.Errorf("of two nouns: got %v, want %v", err, api.ErrNoPath)
	}
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
