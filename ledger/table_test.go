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
	tab.run(filepath.Join(filepath.Dir(file), "setup"))
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
	if words[0] == "balance" || words[0] == "account" {
		got = t.state(words)
	} else {
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
	return slices.DeleteFunc(words, func(w string) bool {
		k, v, ok := strings.Cut(w, "=")
		ok = ok && slices.Contains([]string{"key", "import", "name", "format", "sha256", "times"}, k)
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
		shown := []ledger.Class{ledger.ClassPoints, ledger.ClassStock, ledger.ClassShort, ledger.ClassRecoverable, ledger.ClassBreakage}
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
	return s + lots(b.Lots)
}

func lots(list []ledger.Lot) string {
	s := ""
	for _, l := range list {
		s += fmt.Sprintf(" %s:%d@%s", l.ID, l.Left, l.Expires)
	}
	return s
}

// action parses what is asked. Missing words are empty, so that malformed commands can be written down.
func (t *table) action(verb string, w []string) ledger.Action {
	t.Helper()
	arg := func(i int) string {
		if i < len(w) && w[i] != "-" {
			return w[i]
		}
		return ""
	}
	volunteer := func(i int) ledger.VolunteerID { return ledger.VolunteerID(arg(i)) }
	switch verb {
	case "open":
		return &ledger.OpenBook{Format: int(t.int(t.or("format", "1"))), Origin: arg(0), Zone: arg(1)}
	case "appoint":
		a := &ledger.Appoint{Staff: ledger.StaffID(arg(0)), Volunteer: volunteer(2)}
		for r := range strings.SplitSeq(arg(1), ",") {
			if r != "" {
				a.Roles = append(a.Roles, ledger.Role(r))
			}
		}
		return a
	case "unit":
		return &ledger.AddUnit{Unit: ledger.UnitID(arg(0)), Kind: ledger.UnitKind(arg(1)), Parent: ledger.UnitID(arg(2)), Name: t.or("name", "unit"), Rule: arg(3)}
	case "shop":
		return &ledger.AddShop{Shop: ledger.ShopID(arg(0)), Unit: ledger.UnitID(arg(1)), Name: t.or("name", "shop")}
	case "donor":
		return &ledger.AddDonor{Donor: ledger.DonorID(arg(0))}
	case "item":
		return &ledger.AddItem{Item: ledger.Commodity(arg(0)), Name: t.or("name", "item"), Points: t.points(arg(1)), From: t.date(arg(2))}
	case "price":
		return &ledger.PriceItem{Item: ledger.Commodity(arg(0)), Points: t.points(arg(1)), From: t.date(arg(2))}
	case "rule":
		return &ledger.SetRule{Rule: t.rule(w)}
	case "activity":
		return &ledger.AddActivity{Activity: ledger.ActivityID(arg(0)), Unit: ledger.UnitID(arg(1)), Code: ledger.Code(arg(2)), Name: t.or("name", "activity")}
	case "enroll":
		return &ledger.Enroll{Volunteer: volunteer(0), Unit: ledger.UnitID(arg(1)), Household: ledger.HouseholdID(arg(2))}
	case "status":
		return &ledger.SetStatus{Volunteer: volunteer(0), Status: ledger.Status(arg(1)), Reason: ledger.Reason(arg(2))}
	}
	return t.service(verb, w, arg, volunteer)
}

func (t *table) service(verb string, w []string, arg func(int) string, volunteer func(int) ledger.VolunteerID) ledger.Action {
	t.Helper()
	switch verb {
	case "declare":
		return &ledger.DeclareHours{
			Volunteer: volunteer(0), Activity: ledger.ActivityID(arg(1)), Start: t.start(arg(2)),
			Minutes: ledger.Amount(t.int(arg(3))), Capture: ledger.Capture(arg(4)), Sheet: arg(5),
		}
	case "act":
		return &ledger.DeclareActs{Volunteer: volunteer(0), Code: ledger.Code(arg(1)), Quantity: t.int(arg(2)), On: t.date(arg(3)), Sheet: arg(4)}
	case "opening":
		return &ledger.DeclareOpening{Volunteer: volunteer(0), Points: t.points(arg(1)), Expires: t.date(arg(2))}
	case "approve":
		return &ledger.Approve{Record: ledger.Index(t.int(arg(0)))}
	case "send-back":
		return &ledger.ReturnRecord{Record: ledger.Index(t.int(arg(0))), Reason: ledger.Reason(arg(1))}
	case "import":
		return &ledger.ImportFile{Form: arg(0), SHA256: t.or("sha256", strings.Repeat("0a", 32)), Rows: t.int(arg(1))}
	case "receive":
		return &ledger.Receive{Shop: ledger.ShopID(arg(0)), Donor: ledger.DonorID(arg(1)), BestBefore: t.date(arg(2)), Lines: t.items(w[min(3, len(w)):])}
	case "redeem":
		return &ledger.Redeem{Volunteer: volunteer(0), Shop: ledger.ShopID(arg(1)), Presence: ledger.Presence(arg(2)), Lines: t.items(w[min(3, len(w)):])}
	case "return":
		return &ledger.Return{Redemption: ledger.Index(t.int(arg(0))), Reason: ledger.Reason(arg(1)), Lines: t.items(w[min(2, len(w)):])}
	case "reverse":
		return &ledger.Reverse{Entry: ledger.Index(t.int(arg(0))), Reason: ledger.Reason(arg(1))}
	case "expire":
		return &ledger.Expire{Volunteer: volunteer(0)}
	case "transfer":
		return &ledger.Transfer{From: volunteer(0), To: volunteer(1), Points: t.points(arg(2))}
	}
	t.Fatalf("%s: no such verb %s", t.where, verb)
	return nil
}

// rule reads "id@version from key=value…".
func (t *table) rule(w []string) ledger.Rule {
	t.Helper()
	id, version, _ := strings.Cut(w[0], "@")
	r := ledger.Rule{ID: id, Version: t.int(version), From: t.date(w[1])}
	for _, kv := range w[2:] {
		k, v, _ := strings.Cut(kv, "=")
		switch k {
		case "rate":
			code, p, _ := strings.Cut(v, ":")
			r.Rates = append(r.Rates, ledger.HourRate{Code: ledger.Code(code), Points: t.points(p)})
		case "act":
			f := strings.Split(v, ":")
			r.Acts = append(r.Acts, ledger.ActStandard{Code: ledger.Code(f[0]), Points: t.points(f[1]), Per: t.int(f[2])})
		case "earns":
			for c := range strings.SplitSeq(v, ",") {
				r.Earns = append(r.Earns, ledger.Capture(c))
			}
		case "step":
			r.Step = ledger.Amount(t.int(v))
		case "half-up":
			r.HalfUp = true
		case "least":
			r.Least = ledger.Amount(t.int(v))
		case "session-cap":
			r.SessionCap = ledger.Amount(t.int(v))
		case "day-cap":
			r.DayCap = ledger.Amount(t.int(v))
		case "day-limit":
			r.DayLimit = ledger.Amount(t.int(v))
		case "sessions":
			r.Sessions = t.int(v)
		case "expires":
			kind, n, _ := strings.Cut(v, ":")
			r.Expires, r.ExpiresIn = kind, t.int(n)
		case "grace":
			r.ReturnGrace = t.int(v)
		case "transfer":
			r.Transfer = true
		default:
			t.Fatalf("%s: no such member %s", t.where, k)
		}
	}
	return r
}

func (t *table) items(w []string) []ledger.ItemLine {
	t.Helper()
	var out []ledger.ItemLine
	for _, s := range w {
		if many, n, ok := strings.Cut(s, "x"); ok { // 51x1: a piece each of 51 items
			for i := range t.int(many) {
				out = append(out, ledger.ItemLine{Item: ledger.Commodity(fmt.Sprintf("SKU-%04d", i+1)), Pieces: ledger.Amount(t.int(n))})
			}
			continue
		}
		item, n, _ := strings.Cut(s, "=")
		out = append(out, ledger.ItemLine{Item: ledger.Commodity(item), Pieces: ledger.Amount(t.int(n))})
	}
	return out
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

func (t *table) points(s string) ledger.Amount {
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
