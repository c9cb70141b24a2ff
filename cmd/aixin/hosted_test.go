package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// TestTurnsOfCommands: a command waits for its turn no longer than whoever asked, and an import, which may take minutes, has the turn
// only while it gives numbers. What comes of each says that it was this that was carried out.
func TestTurnsOfCommands(t *testing.T) {
	t.Parallel()
	h := newTestHost(t)
	h.writing = make(chan struct{}) // whoever wants the turn meets the test here, and again when giving it back
	for _, test := range []struct {
		call  api.Call
		turns bool
		want  importReport // its counts
	}{
		{api.Call{Name: "staff add", Args: []string{"U000004"}, Actor: "U000001"}, true, importReport{}},
		{api.Call{Name: "people search", Args: []string{"Li"}, Actor: "U000003"}, false, importReport{}},
		{api.Call{Name: "people show", Args: []string{"V0000018"}, Flags: map[string]string{"why": "a call"}, Actor: "U000003"}, false, importReport{}},
		{api.Call{
			Name: "import acts", Args: []string{"acts.csv"}, Flags: map[string]string{"on": "2026-03-01"}, Actor: "U000002",
			Files: map[string][]byte{"acts.csv": []byte("volunteer,code,quantity\nV0000018,RC01,50\n")},
		}, false, importReport{Faulty: 1}},
		{api.Call{
			Name: "import volunteers", Args: []string{"people.csv"}, Flags: map[string]string{"unit": "C01"}, Actor: "U000003",
			Files: map[string][]byte{"people.csv": []byte("name,phone\nLi Ming,13800000000\n")},
		}, true, importReport{Recorded: 1}},
	} {
		t.Run(test.call.Name, func(t *testing.T) {
			test.call.Lang, test.call.Form = "en", api.FormJSON
			if test.turns {
				ctx, cancel := context.WithCancel(t.Context())
				left := inBackground(ctx, h, test.call)
				cancel()
				if got := <-left; !errors.Is(got.err, context.Canceled) {
					t.Errorf("whoever went away without a turn: got %v, want %v", got.err, context.Canceled)
				}
			}
			done, turned := inBackground(t.Context(), h, test.call), false
			var got ran
			select {
			case <-h.writing:
				turned = true
				h.writing <- struct{}{}
				got = <-done
			case got = <-done:
			}
			if turned != test.turns {
				t.Errorf("took its turn: %v, want %v: %v", turned, test.turns, got.err)
			}
			said, _ := got.answer.Result.(importReport)
			counts := importReport{Recorded: said.Recorded, Already: said.Already, Refused: said.Refused, Faulty: said.Faulty}
			if diff := cmp.Diff(test.want, counts); diff != "" {
				t.Errorf("%v (-want +got):\n%s%+v", got.err, diff, said.Rows)
			}
		})
	}
}

// TestCodesBeginWithThePIN: a session that somebody left open gives nobody one-time codes in their name.
func TestCodesBeginWithThePIN(t *testing.T) {
	t.Parallel()
	h := newTestHost(t)
	if err := h.people.Put(t.Context(), person.Person{ID: "U000003", Name: "Steward"}); err != nil {
		t.Fatal(err)
	}
	if err := h.people.SetPIN(t.Context(), "U000003", scriptPIN); err != nil {
		t.Fatal(err)
	}
	for range 20 { // a program that sends none: it tries nothing, and locks nobody out
		_, err := h.Run(t.Context(), api.Call{Name: "staff totp", Actor: "U000003", Lang: "en", Form: api.FormJSON})
		if bad, ok := errors.AsType[*ledger.Invalid](err); !ok || !cmp.Equal(bad.Fields, []ledger.Fault{{Field: "pin", Code: "required"}}) {
			t.Fatalf("without a PIN: got %v, want that it is required", err)
		}
	}
	for _, test := range []struct {
		pin  string
		want error
	}{{"000000", person.ErrWrongPIN}, {scriptPIN, nil}} {
		_, err := h.Run(t.Context(), api.Call{Name: "staff totp", Actor: "U000003", PIN: test.pin, Lang: "en", Form: api.FormJSON})
		if !errors.Is(err, test.want) {
			t.Errorf("with PIN %q: got %v, want %v", test.pin, err, test.want)
		}
	}
}

// TestAskedAgain: what the registry keeps, and not the book, is done once under a key, and told again without what is shown once. A refusal
// leaves the key free, a trial takes none, and a list is brought in again, of which nothing comes in twice.
func TestAskedAgain(t *testing.T) {
	t.Parallel()
	h := newTestHost(t)
	ask := func(name string, key ledger.Key, dry bool, flags map[string]string, files map[string][]byte, args ...string) (api.CommandAnswer, error) {
		actor := map[bool]ledger.StaffID{true: "U000001", false: "U000003"}[files == nil]
		return h.Run(t.Context(), api.Call{Name: name, Key: key, DryRun: dry, Flags: flags, Files: files, Args: args, Actor: actor, Lang: "en", Form: api.FormJSON})
	}
	made := func() int {
		list, err := h.people.SystemKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	read := map[string]string{"scope": "read"}
	if _, err := ask("key add", "k1", true, read, nil, "U000002"); err != nil || made() != 0 {
		t.Errorf("tried: got %v, %d keys", err, made())
	}
	if _, err := ask("key add", "k1", false, read, nil, "U000099"); !isRejection(ledger.NotFound)(err) {
		t.Errorf("refused: got %v", err)
	}
	first, err := ask("key add", "k1", false, read, nil, "U000002")
	shown, _ := first.Result.(keyRow)
	if err != nil || first.Again || shown.Key == "" {
		t.Fatalf("first: got %+v, %v", first, err)
	}
	again, err := ask("key add", "k1", false, read, nil, "U000002")
	told, _ := again.Result.(map[string]any)
	if err != nil || !again.Again || told["id"] != shown.ID || told["key"] != nil || made() != 1 {
		t.Errorf("again: got %+v, %v, %d keys; want the key %s without its text", again, err, made(), shown.ID)
	}
	if _, err := ask("key add", "k1", false, map[string]string{"scope": "write"}, nil, "U000002"); !isRejection(ledger.KeyConflict)(err) {
		t.Errorf("with other content: got %v", err)
	}
	if _, err := ask("key revoke", "k1", false, nil, nil, shown.ID); !isRejection(ledger.KeyConflict)(err) {
		t.Errorf("another command: got %v", err)
	}

	// It was cut off between the key of the system and the note that it was made.
	cut := api.Call{Name: "key add", Key: "k9", Flags: read, Args: []string{"U000002"}}
	if _, _, err := newOnce(cut).before(t.Context(), h.people, "U000001", h.texts.In("en")); err != nil {
		t.Fatal(err)
	}
	lost, _, err := h.people.NewSystemKey(t.Context(), person.SystemKey{Staff: "U000002", Scopes: []string{"read"}}, "k9")
	if err != nil {
		t.Fatal(err)
	}
	after, err := ask("key add", "k9", false, read, nil, "U000002")
	if row, _ := after.Result.(keyRow); err != nil || row.ID != lost.ID || row.Key != "" || made() != 2 {
		t.Errorf("cut off: got %+v, %v, %d keys; want %s without its text", after, err, made(), lost.ID)
	}

	// A refusal of the book leaves the key free, and the repeat may want another form.
	issue := func(form api.Form, args ...string) (api.CommandAnswer, error) {
		return h.Run(t.Context(), api.Call{Name: "card issue", Key: "k8", Args: args, Actor: "U000003", Lang: "en", Form: form})
	}
	enrol := api.Call{Name: "volunteer add", Key: "k7", Flags: map[string]string{"name": "Zhao", "phone": "13900000003", "unit": "C01"}, Actor: "U000003", Lang: "en", Form: api.FormJSON}
	if _, err := h.Run(t.Context(), enrol); err != nil {
		t.Fatal(err)
	}
	if _, err := issue(api.FormJSON, "V0000067"); !isRejection(ledger.NotFound)(err) {
		t.Errorf("nobody's card: got %v", err)
	}
	if _, err := issue(api.FormJSON, "V0000018"); err != nil {
		t.Errorf("a card under a key of a refusal: got %v", err)
	}
	if got, err := issue(api.FormText, "V0000018"); err != nil || !got.Again || got.Result != nil || !strings.Contains(got.Text, "under this key before") {
		t.Errorf("a card again, in words: got %+v, %v", got, err)
	}

	clerk := map[string]string{"role": "clerk", "name": "Till"} // the number and the PIN are drawn each time
	hired, err := ask("staff add", "k3", false, clerk, nil)
	shownStaff, _ := hired.Result.(staffRow)
	again, againErr := ask("staff add", "k3", false, clerk, nil)
	told, _ = again.Result.(map[string]any)
	if err != nil || againErr != nil || shownStaff.PIN == "" || told["staff"] != string(shownStaff.Staff) || told["pin"] != nil || !again.Again {
		t.Errorf("staff: got %+v, %v, and again %+v, %v", hired, err, again, againErr)
	}

	list := map[string][]byte{"people.csv": []byte("name,phone\nLi Ming,13800000000\n")}
	for i, want := range []importReport{{Recorded: 1}, {Already: 1}} {
		got, err := ask("import volunteers", "k2", false, map[string]string{"unit": "C01"}, list, "people.csv")
		rep, _ := got.Result.(importReport)
		if err != nil || got.Again != (i > 0) || rep.Recorded != want.Recorded || rep.Already != want.Already {
			t.Errorf("list %d: got %+v, again %v, %v; want %+v", i, rep, got.Again, err, want)
		}
	}
	list["people.csv"] = []byte("name,phone\nLi Hua,13800000001\n")
	if _, err := ask("import volunteers", "k2", false, map[string]string{"unit": "C01"}, list, "people.csv"); !isRejection(ledger.KeyConflict)(err) {
		t.Errorf("another list: got %v", err)
	}
}

// ran is what came of a command.
type ran struct {
	answer api.CommandAnswer
	err    error
}

func inBackground(ctx context.Context, h *host, call api.Call) <-chan ran {
	done := make(chan ran, 1)
	go func() {
		answer, err := h.Run(ctx, call)
		done <- ran{answer, err}
	}()
	return done
}

// newTestHost serves a new book with a leader, a steward and a town, at a day that does not pass.
func newTestHost(t *testing.T) *host {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	clock := func() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }
	a := newApp(clock)
	a.env = func(name string) string {
		return map[string]string{"AIXIN_BOOK": dir, "AIXIN_LANG": "en", "AIXIN_NEW_PIN": scriptPIN}[name]
	}
	quiet := *a
	if code := quiet.run(t.Context(), []string{"init", "--rules", "volunteer-1yuan", "-o", filepath.Join(t.TempDir(), "out.txt")}); code != exitDone {
		t.Fatalf("init: got exit %d", code)
	}
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	a.opts.book, a.say = dir, say
	w, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []ledger.Command{
		{Key: "k/1", Actor: "U000001", Do: &ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Leader}}},
		{Key: "k/2", Actor: "U000001", Do: &ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Steward}}},
		{Key: "k/3", Actor: "U000003", Do: &ledger.AddUnit{Unit: "C01", Kind: ledger.Town, Name: "one"}},
	} {
		if _, err := w.ledger.Submit(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", c.Key, err)
		}
	}
	h, err := newHost(dir, newServed(w.ledger, w.people), w.people, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestExplainWaitsItsTurnToFold: to explain an entry folds the journal, of which a server does one at a time; whoever goes away waits no
// longer.
func TestExplainWaitsItsTurnToFold(t *testing.T) {
	t.Parallel()
	h := newTestHost(t)
	h.folding = make(chan struct{}) // whoever wants the turn meets the test here, and again when giving it back
	first := ledger.NewDate(2026, 3, 2)
	rule := ledger.Rule{
		ID: "acts", Version: 1, From: first, Earns: []ledger.Capture{ledger.Roster}, Terms: ledger.Terms{ApprovedBy: "villagers-meeting", Published: first},
		Acts: []ledger.ActStandard{{Code: "ME01", Points: 500, Per: 1}}, Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
	}
	rule.Terms.Unit = "C01"
	var entry ledger.Index
	for _, c := range []ledger.Command{
		{Key: "e/1", Actor: "U000003", Do: &ledger.SetRule{Rule: rule}},
		{Key: "e/2", Actor: "U000003", Do: &ledger.Enroll{Volunteer: ledger.NewVolunteerID(1), Unit: "C01"}},
		{Key: "e/3", Actor: "U000002", Do: &ledger.DeclareActs{Volunteer: ledger.NewVolunteerID(1), Code: "ME01", Quantity: 2, On: first}},
	} {
		r, err := h.book.Submit(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", c.Key, err)
		}
		entry = r.Entry.Index
	}
	call := api.Call{Name: "explain", Args: []string{strconv.FormatInt(int64(entry), 10)}, Actor: "U000003", Lang: "en", Form: api.FormJSON}
	ctx, cancel := context.WithCancel(t.Context())
	left := inBackground(ctx, h, call)
	cancel()
	if got := <-left; !errors.Is(got.err, context.Canceled) {
		t.Errorf("whoever went away without a turn: got %v, want %v", got.err, context.Canceled)
	}
	done := inBackground(t.Context(), h, call)
	select {
	case <-h.folding:
		h.folding <- struct{}{}
		if got := <-done; got.err != nil {
			t.Error(got.err)
		}
	case got := <-done:
		t.Errorf("it did not wait for its turn to fold: %v", got.err)
	}
}
