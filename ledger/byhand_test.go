package ledger_test

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/ledger/report"
)

// TestByHand plays the book that was worked out on paper, and compares every figure: the lines between the fences of its page are
// those of a command table, and the prose around them is the working.
func TestByHand(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../testdata/scheme/by-hand/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder // as many as the page has, so that a failure names the right one
	fenced := false
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "```") {
			fenced, line = !fenced, "\n"
		}
		if !fenced {
			line = "\n"
		}
		lines.WriteString(line)
	}
	page := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(page, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := &table{T: t, book: ledgertest.NewMemory(shanghai(t)), names: map[string]ledger.Index{}}
	tab.run(page)
	if got := tab.book.Next(); got != 45 {
		t.Errorf("the page has %d entries, want 15 to begin with and 30", got)
	}
	again := ledger.NewBook(shanghai(t))
	for _, line := range tab.book.Journal {
		if err := ledgertest.Replay(again, line, tab.book.Journal); err != nil {
			t.Fatalf("folded again: %v", err)
		}
	}
}

// report writes a report as a table line has it.
func (t *table) report(words []string) string {
	t.Helper()
	v := t.book.View(ledger.DateOf(t.at.In(t.book.Zone())))
	switch words[0] {
	case "honour":
		return t.honour(v, ledger.VolunteerID(words[1]))
	case "honours":
		return t.honours(v, words)
	case "stars":
		return t.stars(v, words[1])
	case "who":
		return t.who(v, ledger.VolunteerID(words[1]))
	case "shelf":
		return t.shelfDue(v, ledger.ShopID(words[1]))
	case "deliveries":
		return t.deliveries(v)
	}
	scope, err := report.ScopeOf(v, ledger.UnitID(strings.Join(words[1:], "")))
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	x, err := report.Liability(v, scope)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	total := x.At(cmp.Or(x.Fen, 100)).Total
	cover, _ := total.Cover()
	s := ""
	if total.Budget > 0 {
		s = fmt.Sprintf(" budget %s funds %s", ledger.FormatPoints(total.Budget), ledger.FormatPoints(total.Funds))
	}
	if x.Warn > 0 && total.Below(int64(x.Warn)) {
		s += " below"
	}
	return fmt.Sprintf("outstanding %s lapsed %s pending %s goods %s cover %d"+s, ledger.FormatPoints(x.Total.Outstanding),
		ledger.FormatPoints(x.Total.Lapsed), ledger.FormatPoints(x.Total.Pending), ledger.FormatPoints(x.Total.Goods), cover)
}

// who writes the standing of a volunteer and the last days that the run looks at.
func (t *table) who(v ledger.View, id ledger.VolunteerID) string {
	t.Helper()
	who, err := v.Volunteer(id)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	s := string(who.Status)
	if who.FrozenUntil != 0 {
		s += " until " + who.FrozenUntil.String()
	}
	if who.Leaving != "" {
		s += fmt.Sprintf(" leaving %s by %s", who.Leaving, who.LeaveBy)
	}
	return s
}

// shelfDue writes the last day by which the shelf of a shop is to be counted.
func (t *table) shelfDue(v ledger.View, id ledger.ShopID) string {
	t.Helper()
	shop, err := v.Shop(id)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	due, last, err := v.CountDue(shop)
	switch {
	case err != nil:
		t.Fatalf("%s: %v", t.where, err)
	case due == 0:
		return "not due"
	case due < v.On():
		return fmt.Sprintf("counted %s overdue since %s", last, due)
	}
	return fmt.Sprintf("counted %s due by %s", last, due)
}

// deliveries writes what is valued of what was brought: its value and its price, and whether the two are too far apart.
func (t *table) deliveries(v ledger.View) string {
	t.Helper()
	scope, err := report.ScopeOf(v, "")
	worth, err2 := report.WorthOf(v, scope)
	x, err3 := report.Deliveries(v, scope, t.entries())
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	var said []string
	for _, r := range x.Rows {
		if r.Fen == 0 {
			continue
		}
		s := fmt.Sprintf("%d:%s:%s/%s", r.Entry, r.Item, ledger.FormatPoints(r.Fen), ledger.FormatPoints(r.Worth(cmp.Or(worth.Fen, 100))))
		if r.Off(cmp.Or(worth.Fen, 100), worth.Tolerance) {
			s += "-off"
		}
		said = append(said, s)
	}
	return strings.Join(said, " ")
}

// entries yields the entries of the table so far.
func (t *table) entries() iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, line := range t.book.Journal {
			if !yield(ledger.ParseLine(line)) {
				return
			}
		}
	}
}

// stars writes everybody's minutes, level, and what they lack to the next, by the levels that the line names or else those of the rules.
func (t *table) stars(v ledger.View, levels string) string {
	t.Helper()
	var stars []ledger.Star
	for minutes := range strings.SplitSeq(strings.TrimPrefix(levels, "-"), ",") {
		if minutes == "" {
			break
		}
		stars = append(stars, ledger.Star{Level: int64(len(stars) + 1), Minutes: ledger.Amount(t.int(minutes))})
	}
	scope, err := report.ScopeOf(v, "")
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	x, err := report.Stars(v, scope, stars)
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	var said []string
	for _, r := range x.Rows {
		s := fmt.Sprintf("%s:%d/%d", r.Volunteer, r.Minutes, r.Level)
		if r.Lacks > 0 {
			s += fmt.Sprintf("-%d", r.Lacks)
		}
		for _, w := range r.Wants {
			s += fmt.Sprintf("-%d%s", w.N, w.What)
		}
		said = append(said, s)
	}
	return strings.Join(said, " ")
}

// honour writes what somebody gave for welfare, which honour that is, and what the next one lacks.
func (t *table) honour(v ledger.View, id ledger.VolunteerID) string {
	t.Helper()
	who, err := v.Volunteer(id)
	given, err2 := v.Donated(who)
	tiers, err3 := v.Honours(who.Unit, v.On(), 0)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	has, next := ledger.HonourOf(tiers, given)
	said := strings.TrimSpace(fmt.Sprintf("given %s %s", ledger.FormatPoints(given), has.Name))
	if next.Points > 0 {
		said += fmt.Sprintf(", %s to %s", ledger.FormatPoints(next.Points-given), next.Name)
	}
	return said
}

// honours writes the honour list of a unit over a month, as it stands or as an entry found it: honours C01 2026-03 {entry}.
func (t *table) honours(v ledger.View, words []string) string {
	t.Helper()
	first, last, ok := ledger.PeriodOf(words[2])
	scope, err := report.ScopeOf(v, ledger.UnitID(words[1]))
	before := ledger.Index(0)
	if len(words) > 3 {
		before = ledger.Index(t.int(words[3]))
	}
	tiers, err2 := v.Honours(ledger.UnitID(words[1]), last, before)
	rows, others, err3 := report.HonoursOver(scope, report.Period{From: first, To: last}, before, tiers, t.entries())
	if err := errors.Join(err, err2, err3); err != nil || !ok {
		t.Fatalf("%s: %v", t.where, err)
	}
	var said []string
	for _, r := range rows {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s:%d:%s %s", r.Volunteer, r.Minutes, ledger.FormatPoints(r.Donated), r.Honour)))
	}
	return strings.Join(append(said, fmt.Sprintf("and %d", others)), ", ")
}
