package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
)

// asked is a command of the clerk.
func asked(key ledger.Key, do ledger.Action) ledger.Command {
	return ledger.Command{Key: key, Actor: "U000005", Do: do}
}

func salt(pieces ledger.Amount) *ledger.Redeem {
	return &ledger.Redeem{
		Volunteer: wang, Shop: "S01", Presence: ledger.ByTyped, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: pieces}},
	}
}

// The client writes as the store does: the same receipt, the same one again, and the same refusals.
func TestClientWrites(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	client := serving(t, b, "U000005")
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := client.Submit(t.Context(), asked("k-1", salt(2)))
	if err != nil || first.Replayed || first.Entry.Kind != ledger.Redeemed {
		t.Fatalf("got %+v, %v", first, err)
	}
	want, err := b.Submit(t.Context(), asked("k-1", salt(2)))
	if err != nil {
		t.Fatal(err)
	}
	want.Replayed, want.Balances = false, first.Balances
	if diff := cmp.Diff(want, first); diff != "" || len(first.Balances) == 0 {
		t.Errorf("receipt (-store +client):\n%s", diff)
	}
	if again, err := client.Submit(t.Context(), asked("k-1", salt(2))); err != nil || !again.Replayed || again.Leaf != first.Leaf {
		t.Errorf("again: got %+v, %v", again, err)
	}
	refusal := func(err error) ledger.RejectReason {
		if no, ok := errors.AsType[*ledger.Rejection](err); ok {
			return no.Reason
		}
		return ledger.RejectReason(err.Error())
	}
	if r, err := client.Submit(t.Context(), asked("k-2", salt(30))); refusal(err) != ledger.InsufficientPoint || r.Entry.Kind != ledger.Refused {
		t.Errorf("too much: got %+v, %v", r.Entry, err)
	}
	if r, err := client.Submit(t.Context(), asked("k-1", salt(3))); refusal(err) != ledger.KeyConflict || r.Entry.Kind != "" {
		t.Errorf("other content: got %+v, %v", r.Entry, err)
	}
	if r, err := client.DryRun(t.Context(), asked("k-3", salt(1))); err != nil || r.Replayed || r.Entry.Kind != ledger.Redeemed {
		t.Errorf("dry run: got %+v, %v", r, err)
	}
	if r, err := client.DryRun(t.Context(), asked("k-3", salt(30))); err != nil || r.Entry.Rejection() == nil {
		t.Errorf("dry run of too much: got %+v, %v", r, err)
	}
	if r, err := client.DryRun(t.Context(), asked("k-1", salt(2))); err != nil || !r.Replayed || r.Entry.Index != first.Entry.Index || r.Leaf != first.Leaf {
		t.Errorf("dry run of what was done: got %+v, %v", r, err)
	}
	if _, err := client.Submit(t.Context(), asked("k-4", &ledger.Redeem{})); !as[*ledger.Invalid](err) {
		t.Errorf("malformed: got %v", err)
	}
	if _, err := client.Showing(api.Shown{Card: card, PIN: "000000"}).Submit(t.Context(), asked("k-5", salt(1))); !errors.Is(err, person.ErrWrongPIN) {
		t.Errorf("the volunteer's PIN: got %v", err)
	}
	if _, err := client.Submit(t.Context(), asked("k-6", &ledger.AddDonor{Donor: "D009"})); !errors.Is(err, api.ErrNoPath) {
		t.Errorf("what is not written over HTTP: got %v", err)
	}
	if err := client.SignOut(t.Context()); err != nil {
		t.Error(err)
	}
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// What is read over HTTP is what the book says.
func TestClientReadsBook(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	client := serving(t, b, "U000006")
	v, done, err := b.View(t.Context(), ledger.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	has, err := v.Balance(wang)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Balance(t.Context(), wang, ledger.AsOf{}); err != nil || cmp.Diff(api.NewBalance(has), got) != "" {
		t.Errorf("balance: got %+v, %v", got, err)
	}
	k := ledger.AccountKey{ID: ledger.PointsOf(wang), Commodity: ledger.Point}
	for _, limit := range []int{1, 5, 300} {
		page, err := v.Statement(k, 0, limit)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Statement(t.Context(), wang, ledger.Point, 0, limit, ledger.AsOf{})
		got.Cursor = "" // the book itself has none
		if err != nil || cmp.Diff(api.NewStatement(page, ledger.Point, v.Head().Size-1), got, cmp.Comparer(sameTime)) != "" {
			t.Errorf("statement of %d: got %d lines, next %d, %v", limit, len(got.Lines), got.Next, err)
		}
	}
	waiting, err := client.Records(t.Context(), 0)
	if err != nil || len(waiting) != 1 || waiting[0].Volunteer != wang || waiting[0].State != ledger.Pending {
		t.Errorf("records: got %+v, %v", waiting, err)
	}
	if one, err := client.Records(t.Context(), waiting[0].Record); err != nil || cmp.Diff(waiting, one) != "" {
		t.Errorf("one record: got %+v, %v", one, err)
	}
	if _, err := client.Records(t.Context(), 66); !as[*ledger.Rejection](err) {
		t.Errorf("no record: got %v", err)
	}
}

func sameTime(a, b api.Time) bool { return time.Time(a).Equal(time.Time(b)) }

// A request that may have reached the server has an unknown outcome; one that did not reach it has none.
func TestClientLosesAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		serve http.HandlerFunc
		want  error
	}{
		"the connection breaks": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, api.ErrUnknown},
		"the answer breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			reply(w, `{"outcome":"appl`)
		}, api.ErrUnknown},
		"another entry": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			reply(w, `{"outcome":"applied","index":1,"leaf":"x","line":"{\"index\":1,\"at\":\"2026-11-02T01:02:00.000Z\",\"on\":\"2026-11-02\",\"kind\":\"appointed\",\"key\":\"k2\",\"digest\":\"gZun3K3u6J4x7LE5O48tCUhEPH/jy7Zufprjmpes9FU=\",\"actor\":\"U000001\",\"body\":{\"staff\":\"U000001\",\"roles\":[\"admin\"]}}"}`)
		}, api.ErrUnknown},
		"something between them is tired": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, api.ErrUnknown},
		"the server does not know":        {problem(http.StatusGatewayTimeout, "outcome_unknown"), api.ErrUnknown},
		"busy":                            {problem(http.StatusServiceUnavailable, "busy"), api.ErrBusy},
		"stopped":                         {problem(http.StatusServiceUnavailable, "stopped"), api.ErrStopped},
		"full":                            {problem(http.StatusInsufficientStorage, "disk_full"), api.ErrDiskFull},
		"clock":                           {problem(http.StatusServiceUnavailable, "clock"), api.ErrClock},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(tt.serve)
			defer s.Close()
			client, err := api.NewClient(s.URL, api.ClientOptions{Number: "U000005", PIN: pin})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Submit(t.Context(), asked("k", salt(1))); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			s.Close()
			if client, err = api.NewClient(s.URL, api.ClientOptions{Number: "U000005", PIN: pin}); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Submit(t.Context(), asked("k", salt(1))); !errors.Is(err, api.ErrUnreachable) || errors.Is(err, api.ErrUnknown) {
				t.Errorf("closed: got %v, want %v", err, api.ErrUnreachable)
			}
		})
	}
}

// reply writes an answer; where nobody takes it, the connection breaks.
func reply(w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func problem(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		reply(w, `{"code":"`+code+`"}`)
	}
}

// failing is a book that answers every write with one error.
type failing struct{ err error }

func (f failing) Submit(context.Context, ledger.Command) (ledger.Receipt, error) {
	return ledger.Receipt{}, f.err
}

func (f failing) DryRun(context.Context, ledger.Command) (ledger.Receipt, error) {
	return ledger.Receipt{}, f.err
}

func (f failing) SubmitGroup(context.Context, []ledger.Command) ([]ledger.Receipt, error) {
	return nil, f.err
}

func (f failing) DryRunGroup(context.Context, []ledger.Command) ([]ledger.Receipt, error) {
	return nil, f.err
}

// Every error of a write is told with what became of the write, and read back as the same.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	for err, outcome := range map[error]api.Outcome{
		api.ErrUnknown: api.Unknown, api.ErrBusy: api.Refused, api.ErrStopped: api.Refused, api.ErrDiskFull: api.Refused,
		api.ErrClock: api.Refused, ledger.ErrCorrupt: api.Unknown,
	} {
		c := config(newBook(t))
		c.Writes, c.Clock = failing{errors.Join(err, errors.New("/srv/secret"))}, time.Now
		s := httptest.NewServer(newServer(t, c))
		defer s.Close()
		r, failed := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/undos", strings.NewReader(`{"redemption":66}`))
		if failed != nil {
			t.Fatal(failed)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k")
		r.SetBasicAuth("U000005", pin)
		resp, failed := http.DefaultClient.Do(r)
		if failed != nil {
			t.Fatal(failed)
		}
		got := body(t, resp, resp.StatusCode)
		if !strings.Contains(got, `"answer":{"outcome":"`+string(outcome)+`"`) || strings.Contains(got, "secret") {
			t.Errorf("%v: got %s", err, got)
		}
		client, failed := api.NewClient(s.URL, api.ClientOptions{Number: "U000005", PIN: pin})
		if failed != nil {
			t.Fatal(failed)
		}
		if _, got := client.Submit(t.Context(), asked("k", &ledger.Undo{Redemption: 66})); !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
	}
}
