package web

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Teller says in sentences what stands in the book.
type Teller struct {
	Say *catalog.Localizer
	// Receipt writes the number that stands on the receipt of a redemption.
	Receipt func(ledger.Index) string
}

// Points writes an amount of points as people read it: with at most one decimal where that is exact, else with two (rule B03,
// DESIGN §3).
func Points(a ledger.Amount) string {
	s := strings.TrimSuffix(ledger.FormatPoints(a), "0")
	return strings.TrimSuffix(s, ".0")
}

// unbroken are days, codes, and numbers with their unit, in either language: a line that ends within one is hard to read in large letters.
var unbroken = regexp.MustCompile(`\b[A-Z0-9]{1,8}(-[A-Z0-9]{1,8}){1,2}\b|(\d+\p{Han})+|\b\d[\d.]* (\p{Han}{1,2}|[A-Za-z]+\b( \d{4})?)`)

// whole writes a sentence of which no line ends within a day, a code, or a number and its unit.
func whole(sentence string) template.HTML {
	return template.HTML(unbroken.ReplaceAllString(html.EscapeString(sentence), `<span class="day">$0</span>`)) //nolint:gosec // it is escaped
}

// lines writes a text that is whole, of which every line that goes on below itself is indented there, so that nobody takes the rest for the next one.
// Ends of lines stay outside of what is indented: whoever copies the text from the page has it byte for byte.
func lines(text string) template.HTML {
	var b strings.Builder
	for line := range strings.Lines(text) {
		text, ended := strings.CutSuffix(line, "\n")
		b.WriteString(`<span class="line">` + string(whole(text)) + "</span>")
		if ended {
			b.WriteByte('\n')
		}
	}
	return template.HTML(b.String()) //nolint:gosec // it is escaped
}

// points writes an amount of points with its unit. The sign is dropped: the sentence around it says which way it goes.
func (t Teller) points(a ledger.Amount) string {
	return t.Say.T("web.words.points", catalog.Data{"Count": Points(a.Abs())})
}

// signed writes what was received with a plus and what was given with a minus.
func (t Teller) signed(a ledger.Amount, c ledger.Commodity) string {
	sign := "+"
	if a < 0 {
		sign = "−"
	}
	return sign + t.quantity(a.Abs(), c)
}

// quantity writes points or minutes with their unit.
func (t Teller) quantity(a ledger.Amount, c ledger.Commodity) string {
	sign := ""
	if a < 0 {
		sign = "−"
	}
	if c == ledger.Minute {
		return sign + t.Time(a.Abs())
	}
	return sign + t.points(a)
}

// Time writes minutes as hours and minutes.
func (t Teller) Time(minutes ledger.Amount) string {
	h, m := int64(minutes/60), int64(minutes%60)
	switch {
	case m == 0:
		return t.Say.T("web.words.hours", catalog.Data{"Count": h})
	case h == 0:
		return t.Say.T("web.words.minutes", catalog.Data{"Count": m})
	}
	return t.Say.T("web.words.hours", catalog.Data{"Count": h}) + " " + t.Say.T("web.words.minutes", catalog.Data{"Count": m})
}

// date writes a day with its year.
func (t Teller) date(d ledger.Date) string { return t.day(d, "web.words.date") }

// near writes a day as somebody says it today: today, tomorrow, without the year in this year.
func (t Teller) near(d, today ledger.Date) string {
	switch {
	case d == today:
		return t.Say.T("web.words.today")
	case d == today.AddDays(1):
		return t.Say.T("web.words.tomorrow")
	case d.Time().Year() == today.Time().Year():
		return t.day(d, "web.words.day")
	}
	return t.date(d)
}

func (t Teller) day(d ledger.Date, id string) string {
	y, m, day := d.Time().Date()
	return t.Say.T(id, catalog.Data{"Year": strconv.Itoa(y), "Month": t.Say.T(fmt.Sprintf("web.month.m%02d", int(m))), "Day": strconv.Itoa(day)})
}

// join makes one sentence of its parts.
func (t Teller) join(parts []string) string {
	return strings.Join(parts, t.Say.T("web.words.semicolon")) + t.Say.T("web.words.stop")
}
