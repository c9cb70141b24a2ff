package ledger_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// The tables under testdata/commands are read line by line: a time, who asks, what is asked, and the outcome last. They show
// what the ledger does to a person who cannot read Go. A line is
//
//	[2026-09-12T08:00] U000002 declare V0000018 A001 2026-09-12T08:00 150 roster -> hours_declared
//	balance V0000018 -> available 2.50 pending 0.00 minutes 150 lots 23:2.50@2027-12-31
//
// key=K names the idempotency key (else every line has its own), and import=N the file of a row; name=, format= and sha256= say
// what lines need not say otherwise; times=N asks N times over, each time as new, and the answer is the last one's. {name} stands
// for the index of the line that ended in "as name". After every line the entry is parsed back from its own bytes, and at the end the whole table is folded again by a
// second book.
func TestCommandTables(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/commands/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no command tables: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			runTable(t, f)
		})
	}
}

type table struct {
	*testing.T
	book  *ledgertest.Memory
	at    time.Time
	names map[string]ledger.Index
	said  map[string]string // words of the line of the form key=value
	asked int
	where string
}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func runTable(t *testing.T, file string) {
	t.Helper()
	tab := &table{T: t, book: ledgertest.NewMemory(shanghai(t)), names: map[string]ledger.Index{}}
	if !opens(t, file) {
		tab.run(filepath.Join(filepath.Dir(file), "setup"))
	}
	tab.run(file)
	if out := os.Getenv("AIXIN_TABLE_LINES"); out != "" { // the frozen lines under testdata/formats were made by this
		lines := append(bytes.Join(tab.book.Journal, []byte("\n")), '\n')
		if err := os.WriteFile(filepath.Join(out, filepath.Base(file)+".jsonl"), lines, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := ledger.NewBook(shanghai(t))
	for _, line := range tab.book.Journal {
		if err := ledgertest.Replay(again, line, tab.book.Journal); err != nil {
			t.Fatalf("folded again: %v", err)
		}
	}
}

// opens reports whether a table opens a book of its own: its first line says so.
func opens(t *testing.T, file string) bool {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) != "" {
			return strings.Contains(line, " - open ") && strings.Contains(line, "-> opened")
		}
	}
	return false
}

func (t *table) run(file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		t.where = fmt.Sprintf("%s:%d: %s", filepath.Base(file), n, line)
		t.line(line)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

func (t *table) line(line string) {
	t.Helper()
	for name, i := range t.names {
		line = strings.ReplaceAll(line, "{"+name+"}", strconv.FormatInt(int64(i), 10))
	}
	ask, want, ok := strings.Cut(line, " -> ")
	if !ok {
		t.Fatalf("%s: no outcome", t.where)
	}
	words := strings.Fields(ask)
	if at, err := time.ParseInLocation("2006-01-02T15:04", words[0], t.book.Zone()); err == nil {
		t.at, words = at, words[1:]
	}
	t.at = t.at.Add(time.Second)
	want, name, _ := strings.Cut(want, " as ")
	if name != "" {
		t.names[strings.TrimSpace(name)] = t.book.Next()
	}
	want = strings.Join(strings.Fields(want), " ")
	words = t.options(words)
	got := ""
	switch words[0] {
	case "balance", "account":
		got = t.state(words)
	case "day":
		got = t.day(words)
	case "missing":
		got = t.missing(words)
	case "request":
		got = t.request(words)
	case "liability", "stars", "honour", "honours", "who", "shelf", "deliveries":
		got = t.report(words)
	default:
		for range max(1, t.int(t.said["times"])) {
			got = t.command(words)
		}
	}
	if got != want {
		t.Errorf("%s\n got  %s\n want %s", t.where, got, want)
	}
}

// options takes the words that any command may have out of a line.
func (t *table) options(words []string) []string {
	t.said = map[string]string{}
	known := []string{"key", "import", "name", "format", "sha256", "times", "request", "size", "about", "seen"}
	if !slices.Contains(words, "rule") { // whose members have names of their own
		known = append(known, "proxy", "checked", "slip", "pin", "voucher", "happened", "session", "signers")
	}
	return slices.DeleteFunc(words, func(w string) bool {
		k, v, ok := strings.Cut(w, "=")
		ok = ok && slices.Contains(known, k)
		if ok {
			t.said[k] = v
		}
		return ok
	})
}

// or returns what the line says of something, or what it usually is.
func (t *table) or(option, usual string) string {
	if v, ok := t.said[option]; ok {
		return v
	}
	return usual
}

func (t *table) command(words []string) string {
	t.Helper()
	t.asked++
	c := ledger.Command{
		Key: ledger.Key(t.or("key", fmt.Sprintf("t/%d", t.asked))), Actor: ledger.StaffID(words[0]),
		Import: ledger.Index(t.int(t.said["import"])), Do: t.action(words[1], words[2:]),
	}
	if words[0] == "-" {
		c.Actor = ""
	}
	before := t.book.Next()
	r, err := t.book.Submit(c, t.at)
	switch {
	case r.Replayed:
		return fmt.Sprintf("replayed %d", r.Entry.Index)
	case err != nil && t.book.Next() > before:
		return "kept " + outcome(err)
	case err != nil:
		return outcome(err)
	}
	return string(r.Entry.Kind) + postings(r.Entry)
}

// outcome writes a refusal or the malformed fields.
func outcome(err error) string {
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		s := "refused " + string(no.Reason)
		if no.Have != 0 || no.Want != 0 {
			s += fmt.Sprintf(" %d/%d", no.Have, no.Want)
		}
		return s
	}
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		s := "malformed"
		for _, f := range bad.Fields {
			s += " " + f.Field + ":" + f.Code
		}
		return s
	}
	return err.Error()
}

// postings writes what guarded and short accounts moved by lot, which is what a reader checks by hand.
func postings(e ledger.Entry) string {
	s := ""
	for _, p := range e.Postings {
		shown := []ledger.Class{
			ledger.ClassPoints, ledger.ClassStock, ledger.ClassShort, ledger.ClassRecoverable, ledger.ClassBreakage, ledger.ClassBase, ledger.ClassGift,
			ledger.ClassLost, ledger.ClassFound, ledger.ClassScrapped, ledger.ClassRelieved,
		}
		if !slices.Contains(shown, p.Account.Class()) {
			continue
		}
		s += fmt.Sprintf(" %s%+d", p.Account.Class(), p.Amount)
		if p.Lot != 0 {
			s += "@" + p.Lot.String()
		}
	}
	return s
}

// state writes a balance or an account.
func (t *table) state(words []string) string {
	t.Helper()
	v := t.book.View(ledger.DateOf(t.at.In(t.book.Zone())))
	if words[0] == "account" {
		k, ok := ledger.ParseAccountKey(words[1])
		if !ok {
			t.Fatalf("%s: no account", t.where)
		}
		a, err := v.Account(k)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d%s", a.Balance, lots(a.Lots))
	}
	b, err := v.Balance(ledger.VolunteerID(words[1]))
	if err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprintf("available %s pending %s minutes %d", ledger.FormatPoints(b.Available), ledger.FormatPoints(b.Pending), b.Minutes)
	if b.Lapsed != 0 {
		s += " lapsed " + ledger.FormatPoints(b.Lapsed)
	}
	if b.Recoverable != 0 {
		s += " recoverable " + ledger.FormatPoints(b.Recoverable)
	}
	if b.Gift != 0 {
		s += " gift " + ledger.FormatPoints(b.Gift) + lots(b.GiftLots)
	}
	if b.Held != 0 {
		s += " held " + ledger.FormatPoints(b.Held)
	}
	return s + lots(b.Lots)
}

func lots(list []ledger.Lot) string {
	s := ""
	for _, l := range list {
		s += fmt.Sprintf(" %s:%d@%s", l.ID, l.Left, l.Expires)
		if l.Held != 0 {
			s += fmt.Sprintf("(%d)", l.Held)
		}
	}
	return s
}

// words are what stands behind a verb. Missing words are empty, so that malformed commands can be written down.
type words []string

func (w words) arg(i int) string {
	if i < len(w) && w[i] != "-" {
		return w[i]
	}
	return ""
}

func (w words) volunteer(i int) ledger.VolunteerID { return ledger.VolunteerID(w.arg(i)) }

// from returns the words from the i-th on.
func (w words) from(i int) words { return w[min(i, len(w)):] }

// action parses what is asked. Each family has the verbs of its actions.
func (t *table) action(verb string, w words) ledger.Action {
	t.Helper()
	for _, family := range []func(*table, string, words) ledger.Action{
		(*table).setup, (*table).people, (*table).goods, (*table).counter, (*table).service, (*table).points, (*table).correct,
		(*table).organisation,
		(*table).shelf,
		(*table).notice,
		(*table).express, (*table).budget,
		(*table).counterDay,
		(*table).attendance,
		(*table).holding,
		(*table).life, (*table).grants,
		(*table).pool, (*table).gift,
		(*table).rotate,
	} {
		if a := family(t, verb, w); a != nil {
			return a
		}
	}
	t.Fatalf("%s: no such verb %s", t.where, verb)
	return nil
}

func (t *table) int(s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	return n
}

func (t *table) amount(s string) ledger.Amount {
	t.Helper()
	if s == "" {
		return 0
	}
	p, err := ledger.ParsePoints(s)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	return p
}

func (t *table) date(s string) ledger.Date {
	t.Helper()
	if s == "" || s == "-" {
		return 0
	}
	d, err := ledger.ParseDate(s)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	return d
}

func (t *table) start(s string) ledger.Start {
	t.Helper()
	if s == "" {
		return 0
	}
	v, err := ledger.ParseStart(s)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	return v
}
