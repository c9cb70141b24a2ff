package sheet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

func shipped(t *testing.T, name string) ledger.Rule {
	t.Helper()
	rule, err := sheet.ShippedRule(name)
	must(t, err)
	return rule
}

// setInBook sets a rule in a book that was just opened, which is how the ledger says whether its numbers make sense.
func setInBook(t *testing.T, rule ledger.Rule) error {
	t.Helper()
	book := ledger.NewBook(time.UTC)
	at := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []ledger.Command{
		{Key: "open", Do: &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.example/test", Zone: "UTC"}},
		{Key: "admin", Actor: "U000001", Do: &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}}},
		{Key: "rule", Actor: "U000001", Do: &ledger.SetRule{Rule: rule}},
	} {
		e, err := book.Decide(c, at)
		if err != nil {
			return err
		}
		must(t, book.Post(e))
	}
	return nil
}

func TestShippedRules(t *testing.T) {
	t.Parallel()
	l := english(t)
	for _, name := range sheet.ShippedRules() {
		rule := shipped(t, name)
		if rule.ID != name || rule.Version != 1 || rule.From != ledger.NewDate(2026, time.January, 1) {
			t.Errorf("%s: got %s from %s, want version 1 from 2026-01-01", name, rule.Name(), rule.From)
		}
		if err := setInBook(t, rule); err != nil {
			t.Errorf("%s: the ledger refuses it: %v", name, err)
		}
		for _, h := range rule.Rates {
			named(t, l, h.Code)
		}
		for _, a := range rule.Acts {
			named(t, l, a.Code)
		}
		text, err := sheet.ShippedRuleText(name)
		must(t, err)
		if !strings.HasPrefix(text, "# EXAMPLE.") {
			t.Errorf("%s is not marked as an example", name)
		}
	}
	if _, err := sheet.ShippedRule("../rules/urban-10"); err == nil {
		t.Error("a path as a name: got no error")
	}
}

func named(t *testing.T, l *catalog.Localizer, c ledger.Code) {
	t.Helper()
	if id := "standard." + string(c); l.T(id) == id {
		t.Errorf("standard %s has no name", c)
	}
}

// The example of the issue: 150 minutes by roster are 2.50 points, good to the end of the next year; and the worked example of
// a real village: sixty cigarette boxes and sixty bags are 3.20.
func TestShippedRulePrices(t *testing.T) {
	t.Parallel()
	rule := shipped(t, "volunteer-1yuan")
	rate, ok := rule.Rate("VH01", ledger.Roster)
	if got := rate * rule.Counted(150, ledger.Roster, 0) / 60; !ok || got != 250 {
		t.Errorf("150 minutes: got %s points, want 2.50", ledger.FormatPoints(got))
	}
	if got := rule.Expiry(ledger.NewDate(2026, time.November, 23)).String(); got != "2027-12-31" {
		t.Errorf("credited in 2026: good to %s, want 2027-12-31", got)
	}
	if got := rule.Counted(150, ledger.Backfill, 0); got != 0 {
		t.Errorf("typed in later: %d minutes earn, want none", got)
	}
	sum := ledger.Amount(0)
	for _, code := range []ledger.Code{"RC03", "RC01"} {
		act, ok := rule.Act(code)
		if !ok {
			t.Fatalf("no standard %s", code)
		}
		sum += act.Points * 60 / ledger.Amount(act.Per)
	}
	if sum != 320 {
		t.Errorf("60 boxes and 60 bags: got %s points, want 3.20", ledger.FormatPoints(sum))
	}
	urban, village := shipped(t, "urban-10"), shipped(t, "village-household")
	if got := urban.Expiry(ledger.NewDate(2026, time.March, 5)).String(); got != "2026-12-31" {
		t.Errorf("urban-10: good to %s, want 2026-12-31", got)
	}
	if got := village.Expiry(ledger.NewDate(2028, time.February, 29)).String(); got != "2029-02-28" {
		t.Errorf("village-household: good to %s, want 2029-02-28", got)
	}
}

func TestRuleRoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range sheet.ShippedRules() {
		rule := shipped(t, name)
		var b bytes.Buffer
		must(t, sheet.WriteRule(&b, rule))
		again, err := sheet.ReadRule(&b)
		must(t, err)
		if diff := cmp.Diff(rule, again); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCounterRule(t *testing.T) {
	t.Parallel()
	const text = `
id = "friday"
version = 1
from = 2026-01-01
earns = ["roster"]

[counter]
least_points = "61.00"
least_minutes = 300
least_times = 10
proxy = "declared"
proxy_needs = ["document", "phone"]
return_reasons = ["clerk-error"]
return_days = 1

[[counter.windows]]
shop = "S01"
weekdays = ["fri"]
from = "14:00"
until = "17:30"

[[counter.windows]]
on = 2026-02-20
closed = true

[[counter.limits]]
of = "visits"
per = "month"
most = "2"

[[counter.limits]]
of = "points"
per = "quarter"
most = "100.50"
household = true

[[counter.presence]]
by = "typed"
needs = ["pin", "slip"]
per_day = 3
`
	want := ledger.CounterRule{
		Windows: []ledger.Window{
			{Shop: "S01", Weekdays: []string{"fri"}, From: 840, Until: 1050}, {On: ledger.NewDate(2026, time.February, 20), Closed: true},
		},
		Least:    ledger.Least{Points: 6100, Minutes: 300, Times: 10},
		Limits:   []ledger.Limit{{Of: "visits", Per: "month", Most: 2}, {Of: "points", Per: "quarter", Most: 10050, Household: true}},
		Presence: []ledger.PresenceRule{{By: ledger.ByTyped, Needs: []string{"pin", "slip"}, PerDay: 3}},
		Proxy:    ledger.ProxyDeclared, ProxyNeeds: []ledger.Check{ledger.CheckedDocument, ledger.CheckedPhone},
		Returns: ledger.ReturnRule{Reasons: []ledger.Reason{ledger.ClerkError}, Days: 1},
	}
	rule, err := sheet.ReadRule(strings.NewReader(text))
	must(t, err)
	if diff := cmp.Diff(want, rule.Counter); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
}

// What the quantity of an act counts, of what earns and of what takes away; and on which line it is more than a word.
func TestCountedIn(t *testing.T) {
	t.Parallel()
	const text = "id = \"said\"\nversion = 1\nfrom = 2026-01-01\nearns = []\n\n[[acts]]\ncode = \"SF04\"\npoints = \"1.00\"\nper = 1\ncounted_in = \"件\"\n" +
		"\n[[deductions]]\ncode = \"DE01\"\npoints = \"5.00\"\ncounted_in = \"次\"\n"
	rule, err := sheet.CheckRule(strings.NewReader(text))
	must(t, err)
	if act, _ := rule.Act("SF04"); act.CountedIn != "件" || rule.Deductions[0].CountedIn != "次" {
		t.Errorf("got %+v, %+v", rule.Acts, rule.Deductions)
	}
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	_, err = sheet.CheckRule(strings.NewReader(strings.Replace(text, "件", "上报的问题一件一件地数", 1)))
	bad, ok := errors.AsType[*ledger.Invalid](err)
	if !ok || len(bad.Fields) != 1 || bad.Fields[0] != (ledger.Fault{Field: "10: acts[0].counted_in", Code: "counted_in"}) {
		t.Errorf("a sentence: got %v, want line 10", err)
	}
}

// What a delivery must say, and on which line a rule names what no delivery says.
func TestDeliveryRule(t *testing.T) {
	t.Parallel()
	const head = "id = \"said\"\nversion = 1\nfrom = 2026-01-01\nearns = []\n\n[delivery]\n"
	rule, err := sheet.CheckRule(strings.NewReader(head + `needs = ["source", "value", "best_before"]`))
	must(t, err)
	want := ledger.DeliveryRule{Needs: []ledger.Missing{ledger.MissingSource, ledger.MissingValue, ledger.MissingBestBefore}}
	if diff := cmp.Diff(want, rule.Delivery); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	_, err = sheet.CheckRule(strings.NewReader(head + `needs = ["source", "colour"]`))
	bad, ok := errors.AsType[*ledger.Invalid](err)
	if !ok || len(bad.Fields) != 1 || bad.Fields[0] != (ledger.Fault{Field: "7: delivery.needs[1]", Code: "delivery_need"}) {
		t.Errorf("colour: got %v, want line 7", err)
	}
}

func TestRuleRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, toml, code string
		line             int
	}{
		{"unknown member", "id = \"a-b\"\nversion = 1\nfrmo = 2026-01-01\n", "toml_unknown", 3},
		{"unknown member of a table", "id = \"a-b\"\n[[rates]]\ncode = \"VH01\"\nprice = \"1.00\"\n", "toml_unknown", 4},
		{"no TOML", "id = \"a-b\"\nversion = = 1\n", "toml_syntax", 2},
		{"text for a number", "version = \"one\"\n", "toml_syntax", 1},
		{"a date that is none", "from = 2026-02-30\n", "toml_syntax", 1},
		{"number for points", "[[rates]]\ncode = \"VH01\"\npoints = 1.0\n", "toml_syntax", 3},
		{"exponent", "[[rates]]\ncode = \"VH01\"\npoints = \"1e9\"\n", "rule_points", 0},
		{"three decimals", "[[acts]]\ncode = \"RC01\"\npoints = \"1.005\"\nper = 1\n", "rule_points", 0},
		{"unknown member of the counter", "[counter]\nleast_pionts = \"1.00\"\n", "toml_unknown", 2},
		{"points of the counter", "[counter]\nleast_points = \"many\"\n", "rule_points", 0},
		{"half a visit", "[[counter.limits]]\nof = \"visits\"\nper = \"month\"\nmost = \"2.5\"\n", "rule_whole", 0},
		{"no time of day", "[[counter.windows]]\nfrom = \"2pm\"\n", "rule_time", 0},
		{"a time after the day", "[[counter.windows]]\nuntil = \"24:01\"\n", "rule_time", 0},
		{"too large a file", "# " + strings.Repeat("x", sheet.MaxConfig), "toml_large", 0},
	}
	for _, tt := range tests {
		_, err := sheet.ReadRule(strings.NewReader(tt.toml))
		wrong, ok := errors.AsType[*sheet.FileError](err)
		if !ok || wrong.Code != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.code)
			continue
		}
		if line, ok := wrong.Data["Line"]; tt.line != 0 && (!ok || line != tt.line) {
			t.Errorf("%s: got line %v, want %d", tt.name, line, tt.line)
		}
	}
}

// TestSpendableBase does what the shipped rule says of base points that are to be spent.
func TestSpendableBase(t *testing.T) {
	t.Parallel()
	text, err := sheet.ShippedRuleText("village-household")
	must(t, err)
	said := false
	var parts []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(part, "[[pairing]]") || strings.HasPrefix(part, "[[expiry]]") {
			continue
		}
		if strings.HasPrefix(part, "[base]") {
			part = strings.NewReplacer("# spendable", "spendable", "# floor", "floor").Replace(part)
			said = strings.Contains(part, "[[pairing]]") && strings.Contains(part, "[[expiry]]")
		}
		parts = append(parts, part)
	}
	rule, err := sheet.CheckRule(strings.NewReader(strings.Join(parts, "\n\n")))
	must(t, err)
	must(t, setInBook(t, rule))
	if want := (ledger.Base{Points: 6000, Per: ledger.Yearly, Of: ledger.EachHousehold, Spendable: true, Floor: 5000}); rule.Base != want || !said {
		t.Errorf("got %+v, want %+v; the file says what to leave out: %t", rule.Base, want, said)
	}
	if _, err := sheet.CheckRule(strings.NewReader(strings.ReplaceAll(text, "# spendable", "spendable"))); err == nil {
		t.Error("with what it says to leave out the rule is right: it need not say so")
	}
}
