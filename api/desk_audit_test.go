package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/proof"
)

// sitting is a member of the staff at a page, of a server that is configured otherwise.
func sitting(t *testing.T, b *book, path string, staff ledger.StaffID, with func(*api.Config)) *worker {
	t.Helper()
	c := config(b)
	c.Register, c.People = &register{card: map[string]string{}}, workers{newPeople(b)}
	with(&c)
	w := &worker{visitor: newVisitor(t, newServer(t, c), "en"), b: b}
	w.again(path, url.Values{"staff_number": {string(staff)}, "staff_pin": {pin}})
	return w
}

// An entry is proved by its index or its receipt; the file is what `aixin check` takes. What no checkpoint covers yet is said so.
func TestAuditorProvesAnEntry(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/audit", "U000006")
	for _, typed := range []string{"2", " 000002 ", "R000002"} {
		w.open("/audit")
		w.send("/audit", "prove", url.Values{"entry": {typed}})
		w.shows("Proof of entry 2", "Take the proof", `href="/audit?file=proof&amp;entry=2"`)
	}
	text := body(t, w.get("/audit?file=proof&entry=2"), http.StatusOK)
	p, err := proof.ParseInclusion([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	path, err := b.Inclusion(t.Context(), 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	if p.Index != 2 || !bytes.Equal(p.Line, b.text[2]) || !slices.Equal(p.Path, path) || string(p.Checkpoint) != note {
		t.Errorf("got %+v, want the proof of entry 2 under the checkpoint of 3 entries", p)
	}
	w.open("/audit?entry=3")
	w.shows("no checkpoint covers it yet")
	body(t, w.get("/audit?file=proof&entry=3"), http.StatusServiceUnavailable)
	w.page = said(body(t, w.get("/audit?entry=999999"), http.StatusUnprocessableEntity))
	w.shows("Nothing of this kind has the number 999999")
	w.open("/audit")
	w.send("/audit", "prove", url.Values{"entry": {"x<y"}})
	w.shows(`id="prove-entry-wrong"`)
}

// An audit runs beside the page, one at a time; the page says what the last one found and when it ran.
func TestAuditorSeesTheLastAudit(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	var runs atomic.Int64
	begun, done := make(chan struct{}, 9), make(chan struct{})
	w := sitting(t, b, "/audit", "U000006", func(c *api.Config) {
		c.Audit = func() (audit.Report, error) {
			if runs.Add(1) > 2 {
				return audit.Report{}, fmt.Errorf("disk: %w", ledger.ErrCorrupt)
			}
			begun <- struct{}{}
			<-done
			return audit.Run(audit.Options{Zone: b.zone}, entries(b))
		}
	})
	<-begun
	w.open("/audit")
	w.shows("No audit has run since", "An audit is under way")
	w.send("/audit", "audit", nil) // one is under way
	done <- struct{}{}
	waitFor(t, w, "Ended 2026-11-23")
	w.shows("R01", "not checked: lacks", "errors, ")
	w.send("/audit", "audit", nil)
	done <- struct{}{}
	waitFor(t, w, "Ended 2026-11-23")
	if n := runs.Load(); n != 2 {
		t.Errorf("got %d audits, want 2", n)
	}
	got := body(t, w.get("/audit?csv=checks"), http.StatusOK)
	if !strings.Contains(got, "R32") {
		t.Errorf("got %q, want every check", got)
	}
	w.send("/audit", "audit", nil)
	waitFor(t, w, "The audit did not end")
}

// What is not shown counts too: a heading says the grade of findings that are all of one, and a column says it otherwise.
func TestAuditorSeesTheGradeOfAll(t *testing.T) {
	t.Parallel()
	for _, notes := range []int{0, 1} {
		b := newBook(t)
		w := sitting(t, b, "/audit", "U000006", func(c *api.Config) {
			c.Audit = func() (audit.Report, error) {
				found := make([]audit.Finding, 11+notes)
				for i := range found {
					found[i].Grade, found[i].Entries = audit.Wrong, []ledger.Index{ledger.Index(i)}
				}
				if notes > 0 {
					found[11].Grade = audit.Noted
				}
				return audit.Report{Size: 12, Results: []audit.Result{{Check: audit.Checks()[0], Findings: found}}}, nil
			}
		})
		waitFor(t, w, "only accounts they name.")
		if has := strings.Contains(w.page, "Grade"); has != (notes > 0) {
			t.Errorf("of 11 errors and %d notes, of which 10 are shown: a column of the grade is %t", notes, has)
		}
	}
}

// waitFor looks at the page until it shows something and nothing is under way.
func waitFor(t *testing.T, w *worker, text string) {
	t.Helper()
	for t.Context().Err() == nil {
		w.open("/audit")
		if strings.Contains(w.page, text) && !strings.Contains(w.page, "under way") {
			return
		}
	}
	t.Fatalf("the page never showed %q", text)
}

func entries(b *book) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for i := range b.text {
			if !yield(b.entry(ledger.Index(i)), nil) {
				return
			}
		}
	}
}

// The card of a shelf foots, and the tables can be taken away as CSV and as JSON.
func TestAuditorTakesAway(t *testing.T) {
	t.Parallel()
	w := atWork(t, newBook(t), "/audit", "U000006")
	w.open("/audit")
	w.send("/audit", "stock_card", url.Values{"shop": {"S01"}, "item": {"SKU-0001"}, "until": {"2026-11-30"}})
	w.shows("S01", "goods received", "redeemed", "49")
	var card struct {
		Entries ledger.Index
		Rows    []map[string]string
	}
	if err := json.Unmarshal([]byte(body(t, w.get("/audit?json=card&shop=S01&item=SKU-0001"), http.StatusOK)), &card); err != nil {
		t.Fatal(err)
	}
	if n := len(card.Rows); n < 4 || card.Rows[n-1]["Pieces"] != "49" || card.Entries == 0 {
		t.Errorf("got %+v, want opening, delivery, exchange and return, 49 pieces left", card)
	}
	all := body(t, w.get("/audit?csv=accounts"), http.StatusOK)
	if !strings.Contains(all, "points:V0000018") || !strings.Contains(all, "46.50") {
		t.Errorf("got %q, want every account", all)
	}
	trial := body(t, w.get("/audit?csv=trial"), http.StatusOK)
	for _, code := range []string{"POINT,", "SKU-0001,"} {
		if !strings.Contains(trial, "\n"+code) {
			t.Errorf("got %q, want the code %s, by which files are joined", trial, code)
		}
	}
	w.page = said(body(t, w.get("/audit?json=card&shop=S01&item=SKU-0001&from=yesterday"), http.StatusBadRequest))
}

// The page of a card has the newest of its rows, as its file has them, of any period; it reads no others.
func TestAuditorsCardIsTheEndOfItsFile(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for n := range 120 {
		if n%40 == 39 {
			b.set(b.clock.AddDate(0, 0, 1))
		}
		b.do(t, "U000004", &ledger.Receive{
			Shop: "S01", Donor: "D001", BestBefore: ledger.NewDate(2027, 6, 30), Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: ledger.Amount(n + 1)}},
		})
	}
	w := atWork(t, b, "/audit", "U000006")
	cell := regexp.MustCompile(`<t[hd][^>]*>([^<]*)</t[hd]>`)
	for _, period := range []string{"", "&from=2026-11-24", "&until=2026-11-24", "&from=2026-11-24&until=2026-11-24", "&from=2027-01-01", "&until=2026-01-01"} {
		at := "/audit?shop=S01&item=SKU-0001" + period
		want, err := csv.NewReader(strings.NewReader(body(t, w.get(at+"&csv=card"), http.StatusOK))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want = want[1:]
		over := len(want) - 100
		left := over > 1 || over > 0 && period == "" // the opening goes before a row of the newest hundred
		if left {
			want = want[over:]
		}
		w.open(at)
		card := w.page[strings.LastIndex(w.page, "S01 · SKU-0001"):]
		if said := strings.Contains(w.page, "The newest 100 movements"); said != left {
			t.Errorf("%s: the page says that rows are left out: %t, want %t", period, said, left)
		}
		card = card[strings.Index(card, "<tbody>"):strings.Index(card, "</table>")]
		got := [][]string{}
		for line := range strings.Lines(card) {
			var cells []string
			for _, m := range cell.FindAllStringSubmatch(line, -1) {
				cells = append(cells, m[1])
			}
			if cells != nil {
				got = append(got, cells)
			}
		}
		if diff := cmp.Diff(filled(want), got); diff != "" {
			t.Errorf("%s (-file +page):\n%s", period, diff)
		}
	}
}

// filled leaves the columns out in which nothing stands, as a page does.
func filled(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for c := range slices.Concat(rows[:min(1, len(rows))]...) {
		if !slices.ContainsFunc(rows, func(r []string) bool { return r[c] != "" }) {
			continue
		}
		for i, r := range rows {
			out[i] = append(out[i], r[c])
		}
	}
	return out
}

// counted counts how often the journal is read from its beginning.
type counted struct {
	*book
	reads atomic.Int64
}

func (c *counted) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	c.reads.Add(1)
	return c.book.Lines(ctx, from, size)
}

// publisher appoints somebody who publishes.
func publisher(t *testing.T, b *book) ledger.StaffID {
	t.Helper()
	const who = ledger.StaffID("U000007")
	b.do(t, "U000001", &ledger.Appoint{Staff: who, Roles: []ledger.Role{ledger.Publisher}})
	return who
}

// What is published is looked at before it hangs, hangs once however often the form is sent, and stands on the board word for word;
// its text is made once, whoever asks for it at once.
func TestDeskPublishes(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-12-02")
	who := publisher(t, b)
	w := atWork(t, b, "/desk/notices", who)
	typed := url.Values{"what": {"points"}, "unit": {"C01"}, "period": {"2026-11"}, "do": {"preview"}}
	for _, bad := range []url.Values{{"period": {"11"}}, {"what": {"wishes"}}, {"unit": {"c"}}} {
		w.open("/desk/notices")
		form := url.Values{"what": typed["what"], "unit": typed["unit"], "period": typed["period"], "do": {"post"}}
		maps.Copy(form, bad)
		w.send("/desk/notices", "publish", form)
		w.shows("✗")
	}
	w.open("/desk/notices")
	before := len(b.text)
	w.send("/desk/notices", "publish", typed)
	w.shows("Preview", "Once it is posted the book has this hash", "V0000026")
	if strings.Contains(w.page, "V0000018") && len(b.text) != before {
		t.Error("the preview was entered")
	}
	typed.Set("do", "post")
	sent := w.send("/desk/notices", "publish", typed)
	w.shows("Entered as No.", "Points of the month")
	w.again("/desk/notices", sent)
	if len(b.text) != before+1 || b.entry(ledger.Index(before)).Kind != ledger.Published {
		t.Fatalf("got %d entries more, want one notice", len(b.text)-before)
	}
	at := ledger.Index(before)
	journal := &counted{book: b}
	c := config(b)
	c.Journal = journal
	h := newServer(t, c)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			v := newVisitor(t, h, "en")
			page := body(t, v.get("/notices"), http.StatusOK)
			if !strings.Contains(page, fmt.Sprintf("/notices/%d/text", at)) || !strings.Contains(page, "Goods in and out") {
				t.Errorf("the board lacks the notice or the goods:\n%s", page)
			}
		})
	}
	all.Wait()
	if n := journal.reads.Load(); n > 1 {
		t.Errorf("the journal was read %d times, want once for all", n)
	}
	w.open("/desk/notices")
	w.send("/desk/notices", "remove", url.Values{"notice": {fmt.Sprint(int64(at))}, "reason": {"wrong-person"}})
	w.open("/notices")
	if strings.Contains(w.page, fmt.Sprintf("/notices/%d/text", at)) {
		t.Error("what was taken down hangs on")
	}
}

// A rule is looked at before it is entered: what is wrong with its text is said by line, what it changes is shown, and it is dated.
func TestDeskRules(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	w := atWork(t, b, "/desk/rules", "U000006")
	w.open("/desk/rules")
	w.shows("volunteer-1yuan@1", "in force", "SKU-0001")
	w.send("/desk/rules", "open_rule", url.Values{"rule": {"volunteer-1yuan@1"}})
	text := textarea(w.page)
	if !strings.Contains(text, "version = 2") || !strings.Contains(text, "2026-11-24") {
		t.Fatalf("got %q, want the next version from tomorrow on", text)
	}
	before := len(b.text)
	w.send("/desk/rules", "set_rule", url.Values{"text": {strings.Replace(text, "version = 2", "version = x", 1)}, "do": {"preview"}})
	w.shows("✗", "version = x")
	better := strings.Replace(text, "step = 30", "step = 60", 1)
	w.open("/desk/rules?rule=volunteer-1yuan%401")
	w.send("/desk/rules", "set_rule", url.Values{"text": {better}, "do": {"preview"}})
	w.shows("replaces volunteer-1yuan@1 from 2026-11-24", "step")
	if len(b.text) != before {
		t.Error("looking at a rule entered it")
	}
	w.send("/desk/rules", "set_rule", url.Values{"text": {better}})
	w.shows("Entered as No.", "volunteer-1yuan@2")
	w.send("/desk/rules", "price", url.Values{"item": {"SKU-0001"}, "points": {"40"}, "from": {"2026-12-01"}, "do": {"preview"}})
	w.shows("Of all people with points (1), 1 can have one now and 1 could then")
}
