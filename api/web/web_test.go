package web_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

func TestPoints(t *testing.T) {
	t.Parallel()
	tests := []struct {
		amount ledger.Amount
		want   string
	}{
		{0, "0"},
		{1, "0.01"},
		{10, "0.1"},
		{25, "0.25"},
		{100, "1"},
		{1000, "10"},
		{4650, "46.5"},
		{123456, "1234.56"},
		{-320, "-3.2"},
		{-100, "-1"},
	}
	for _, tt := range tests {
		if got := web.Points(tt.amount); got != tt.want {
			t.Errorf("Points(%d): got %s, want %s", tt.amount, got, tt.want)
		}
	}
}

func teller(t *testing.T, lang string) web.Teller {
	t.Helper()
	say, err := catalog.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return web.Teller{Say: say, Receipt: func(i ledger.Index) string { return fmt.Sprint(i) }}
}

// write returns a page as it is sent.
func write(t *testing.T, f web.Frame, c web.Content) string {
	t.Helper()
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pages.Write(&b, f, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What does not sum to zero is said at the top, in the row, and never by colour alone.
func TestUnbalanced(t *testing.T) {
	t.Parallel()
	say := teller(t, "en")
	sums := web.Sums{Commodities: []web.Sum{
		{Commodity: ledger.Point, Total: 1, Classes: []web.ClassSum{{Class: ledger.ClassIssued, Accounts: 1, Debit: 1}}},
		{Commodity: "SKU-0001", Total: -2, Classes: []web.ClassSum{{Class: ledger.ClassStock, Accounts: 1, Credit: 2}}},
	}}
	got := write(t, web.Frame{Localizer: say.Say}, say.Audit(sums, time.UTC, "", nil))
	for _, want := range []string{"Something does not sum to zero!", "0.01 ✗", "-2 ✗"} {
		if !strings.Contains(got, want) {
			t.Errorf("got a page without %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "✓") {
		t.Error("got a page that says something is right")
	}
}

// A county's list of goods does not make the page too large for a phone; the rest is counted.
func TestManyGoods(t *testing.T) {
	t.Parallel()
	say := teller(t, "zh")
	var sums web.Sums
	for i := range 500 {
		sums.Commodities = append(sums.Commodities, web.Sum{Commodity: ledger.Commodity(fmt.Sprintf("SKU-%04d", i)), Name: strings.Repeat("名", 60)})
	}
	got := write(t, web.Frame{Localizer: say.Say}, say.Audit(sums, time.UTC, "", nil))
	if len(got) > 100_000 || !strings.Contains(got, "没有列出的物品种数： 300") {
		t.Errorf("got %d bytes, want fewer than 100000 and the number of the others", len(got))
	}
}

// Another language or size keeps where the page stands.
func TestSwitch(t *testing.T) {
	t.Parallel()
	f := web.Frame{Query: map[string][]string{"before": {"41"}}}
	if got := f.Switch("lang", "en"); got != "?before=41&lang=en" {
		t.Errorf("got %s", got)
	}
}

// Every sentence that a template asks for is in the catalog.
func TestTemplatesAreSaid(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\.T "([^"]+)"`)
	for _, f := range files {
		text, err := os.ReadFile("templates/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			for _, lang := range []string{"zh", "en"} {
				if say := teller(t, lang).Say; say.T(m[1]) == m[1] {
					t.Errorf("%s asks for %s, which has no sentence in %s", f.Name(), m[1], lang)
				}
			}
		}
	}
}

// TestContrast holds the colours of the style sheet to WCAG 2.2: text on every ground it stands on has at least 4.5:1.
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{6});`).FindAllStringSubmatch(string(css), -1) {
		tokens[m[1]] = m[2]
	}
	for _, ink := range []string{"ink", "quiet", "red", "green"} {
		for _, ground := range []string{"ground", "sheet", "amber"} {
			if tokens[ink] == "" || tokens[ground] == "" {
				t.Fatalf("got tokens %v, want %s and %s", tokens, ink, ground)
			}
			if got := contrast(t, tokens[ink], tokens[ground]); got < 4.5 {
				t.Errorf("%s on %s: got %.1f:1, want 4.5:1", ink, ground, got)
			}
		}
	}
	for _, want := range []string{"font-size: 20px;", ":root.large { font-size: 30px; }", "--target: 60px;"} {
		if !strings.Contains(string(css), want) {
			t.Errorf("got a style sheet without %q", want)
		}
	}
	for _, m := range regexp.MustCompile(`font-size: (\d+)px`).FindAllStringSubmatch(string(css), -1) {
		if n, err := strconv.Atoi(m[1]); err != nil || n < 18 {
			t.Errorf("got letters of %s px, want at least 18", m[1])
		}
	}
}

// contrast is the ratio of WCAG 2.2 for two colours in hexadecimal.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// A line may end between the codes of a list, and within no day, code, or number with its unit.
func TestLinesEnd(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"B01 B04 B06 B08 B09 MCA67-11":    `B01 B04 B06 B08 B09 <span class="day">MCA67-11</span>`,
		"A001 巡逻 · 2 小时，到 2026年11月3日为止":   `A001 巡逻 · <span class="day">2 小时</span>，到 <span class="day">2026年11月3日</span>为止`,
		"served 2 hours until 3 Nov 2026": `served <span class="day">2 hours</span> until <span class="day">3 Nov 2026</span>`,
	} {
		table := web.Grid{Heads: []string{"a", "b"}, Rows: []web.GridRow{{Cells: []string{"1", cell}}}}
		if got := string(table.Body()); !strings.Contains(got, ">"+want+"<") {
			t.Errorf("%s: got %s, want %s", cell, got, want)
		}
	}
}
