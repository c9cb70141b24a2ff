package web

import (
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aixin/api/catalog"
)

// Work is a page at which the staff work: what waits or stands there as tables, and forms that ask the book for entries.
type Work struct {
	Name     string // its sentences are work.page.NAME
	Path     string
	Menu     []Option // the pages that the roles of the staff open
	Staff    string   // number
	Wrong    string
	Hint     string
	Good     []string // what was done
	Bad      []string // what of many was not
	Sections []WorkSection
	Lists    []Field // choices that are too long to stand in each form
}

func (Work) template() string { return "work" }

// Tidy takes what is said twice out of what is seen: a caption that is the heading above its table. It writes into copies: a table that is
// kept is on the pages of other requests too.
func (w *Work) Tidy() {
	for i := range w.Sections {
		s := &w.Sections[i]
		s.Table = s.Table.under(s.Heading)
		if s.Form != nil {
			form := *s.Form
			form.Table = form.Table.under(s.Heading)
			form.Fields = w.listed(form.Fields)
			s.Form = &form
		}
	}
}

// longChoice is from how many choices on a field is typed into, with the choices as one list for all forms of the page.
const longChoice = 100

// listed returns the fields of a form, those with a long choice as fields that are typed into.
func (w *Work) listed(fields []Field) []Field {
	out := slices.Clone(fields)
	for i := range out {
		f := &out[i]
		if f.Kind != "select" || len(f.Options) < longChoice {
			continue
		}
		k := slices.IndexFunc(w.Lists, func(l Field) bool { return l.Name == f.Name && len(l.Options) == len(f.Options) })
		if k < 0 {
			k = len(w.Lists)
			w.Lists = append(w.Lists, Field{Name: f.Name, List: "list" + strconv.Itoa(k), Options: f.Options})
		}
		f.Kind, f.List, f.Options = "text", w.Lists[k].List, nil
	}
	return out
}

// under returns a copy of the table as it stands under a heading.
func (t *Grid) under(heading string) *Grid {
	if t == nil {
		return nil
	}
	out := *t
	out.Titled = out.Caption == heading
	out.look()
	return &out
}

func (w Work) title(say *catalog.Localizer) string { return say.T("work.page." + w.Name) }

// WorkSection is one part of a page: a table, a form, a picture of numbers, or a text that is kept as it is.
type WorkSection struct {
	Heading string
	Text    []string
	Table   *Grid
	Form    *WorkForm
	Chart   *Chart
	Paper   string
	Code    *Code // to be scanned
	Short   string
	Links   []Option
	Card    bool // one of a sheet of cards or labels
}

// WorkForm is a form. Everything that was typed comes back in it where something is wrong.
type WorkForm struct {
	Name    string // of the form on its page
	Key     string // names what is asked for, so that a form that is sent twice asks once
	Fields  []Field
	Table   *Grid // with what is ticked
	Buttons []Option
	Open    bool   // something is wrong in it
	Upload  bool   // it carries a file
	Path    string // where it is sent, on the pages of volunteers
	Get     bool   // it asks for a page and for nothing else
}

// Field is one thing that a form asks for.
type Field struct {
	Name, Label, Hint, Value, Wrong string
	Kind                            string // text, date, number, datetime-local, password, select, check, hidden, area, file
	Need                            bool
	Most                            int // characters; 300 where nothing else is said
	Options                         []Option
	List                            string // names the choices of a field that is typed into
	Unset                           bool   // none of them is chosen beforehand
	Accept                          string // which files are offered; spreadsheets where nothing is said
}

// Asks is what the form asks for; its name may go on with the line that it is about.
func (f WorkForm) Asks() string { return strings.TrimRight(f.Name, "0123456789") }

// ID names the field on its page, where more than one form may ask for the same.
func (f WorkForm) ID(name string) string { return f.Name + "-" + name }

// Option is a choice, a button or a link.
type Option struct {
	Value, Text string
	On          bool
}

// Grid is what stands on a page in rows. Columns that hold numbers are set to the right.
type Grid struct {
	Caption string
	Heads   []string
	Numbers []bool
	Rows    []GridRow
	All     int    // how many rows there are, where not all of them were made
	Export  string // address of the same as CSV
	JSON    string // and as JSON, where somebody may want that
	Empty   string // what is said where there is no row
	Ticks   bool
	Titled  bool   // the heading above it says the same as its caption, which is then read and not shown
	Brief   []bool // columns of which the page shows the beginning, and the export all
	blank   []bool // columns in which no row has anything
}

// Blank reports whether a column is left out of the page: nothing stands in it. The export has it.
func (t Grid) Blank(i int) bool { return i < len(t.blank) && t.blank[i] }

// look finds the columns in which nothing stands. The first names the rows, and stays.
func (t *Grid) look() {
	t.blank = make([]bool, len(t.Heads))
	for i := 1; i < len(t.Heads); i++ {
		t.blank[i] = !slices.ContainsFunc(t.Rows, func(r GridRow) bool { return i < len(r.Cells) && r.Cells[i] != "" })
	}
}

// briefCell is how many letters of a brief column are shown: enough to tell two hashes apart.
const briefCell = 8

// shown is a cell as the page shows it.
func (t *Grid) shown(i int, cell string) string {
	if i < len(t.Brief) && t.Brief[i] && len(cell) > briefCell {
		return cell[:briefCell] + "…"
	}
	return cell
}

// Body writes the rows. A county's table has many: written here they take a tenth of the time of a template that looks at each cell.
func (t *Grid) Body() template.HTML {
	var b strings.Builder
	for i := range t.Rows {
		t.Rows[i].write(&b, t)
	}
	return template.HTML(b.String()) //nolint:gosec // everything in it is escaped by what writes it
}

func (r *GridRow) write(b *strings.Builder, t *Grid) {
	b.WriteString("<tr>")
	for i, cell := range r.Cells {
		switch {
		case i == 0:
			r.head(b, t, cell)
		case t.Blank(i):
		case t.Number(i):
			b.WriteString(`<td class="n">` + html.EscapeString(t.shown(i, cell)) + "</td>")
		default:
			b.WriteString("<td" + t.broken(t.shown(i, cell)) + "</td>")
		}
	}
	b.WriteString("</tr>\n")
}

// dated reports whether a cell is a month, a day or a minute, which is not broken at its hyphens.
func dated(cell string) bool {
	const minute = "2006-01-02 15:04"
	if len(cell) < len("2006-01") || len(cell) > len(minute) {
		return false
	}
	for i := range len(cell) {
		if digit := '0' <= minute[i] && minute[i] <= '9'; digit != ('0' <= cell[i] && cell[i] <= '9') || !digit && cell[i] != minute[i] {
			return false
		}
	}
	return true
}

// head writes the first cell, which names the row.
func (r *GridRow) head(b *strings.Builder, t *Grid, cell string) {
	text := html.EscapeString(cell)
	switch {
	case t.Ticks && r.Tick != "": // hundreds of them stand in one form: no letter more than it takes
		b.WriteString(`<th><label><input type="checkbox" name="tick" value="` + html.EscapeString(r.Tick) + `"`)
		if r.Ticked {
			b.WriteString(" checked")
		}
		b.WriteString("> " + text + "</label>")
	case r.Link != "":
		b.WriteString(`<th scope="row"><a href="` + html.EscapeString(r.Link) + `">` + text + "</a>")
	default:
		b.WriteString(`<th scope="row"` + t.broken(cell))
	}
	if r.Wrong != "" {
		b.WriteString(` <strong class="fault">✗ ` + html.EscapeString(r.Wrong) + "</strong>")
	}
	b.WriteString("</th>")
}

// Choices writes the options of a field, of which a county has hundreds.
func (f Field) Choices() template.HTML {
	var b strings.Builder
	for _, o := range f.Options {
		b.WriteString(`<option value="` + html.EscapeString(o.Value) + `"`)
		if o.Value == f.Value {
			b.WriteString(" selected")
		}
		b.WriteString(">" + html.EscapeString(o.Text) + "</option>\n")
	}
	return template.HTML(b.String()) //nolint:gosec // likewise
}

// longCell is from how many letters on a cell needs room for a line of its own, so that it is not broken word by word; longWide is the same where
// Chinese ones, which are as wide as two, count twice.
const (
	longCell = 18
	longWide = 24
)

// wide is how wide a cell is, in letters.
func wide(cell string) (n int) {
	for _, r := range cell {
		if n++; r > unicode.MaxLatin1 {
			n++
		}
	}
	return n
}

// wholeRows is up to how many rows amounts and days are held together within their cells: in longer tables the marks would make a page too large.
const wholeRows = 50

// broken is what a cell says, behind a class that says how it is broken into lines.
func (t *Grid) broken(cell string) string {
	switch {
	case dated(cell):
		return ` class="day">` + cell
	case utf8.RuneCountInString(cell) >= longCell || wide(cell) >= longWide:
		if len(t.Rows) > wholeRows {
			return ` class="long">` + html.EscapeString(cell)
		}
		return ` class="long">` + string(whole(cell))
	}
	return ">" + html.EscapeString(cell)
}

// Number reports whether a column holds numbers.
func (t Grid) Number(i int) bool { return i < len(t.Numbers) && t.Numbers[i] }

// GridRow is a row; where the table is one to tick, Tick is what is ticked.
type GridRow struct {
	Tick, Name string // Name says what is ticked
	Ticked     bool
	Cells      []string
	Link       string // of the first cell
	Wrong      string
}

// Chart draws rows of numbers as bars, one under the other, as wide as the page is; what it draws stands in a table beside it.
type Chart struct {
	Title  string
	Names  []string // of the series, in their order
	Groups []ChartGroup
}

// ChartGroup is the bars of one row.
type ChartGroup struct {
	Label string
	Bars  []Bar
}

// Bar is one bar of a chart.
type Bar struct {
	Series  int
	Value   string
	Percent int64 // of the longest of the chart
	number  int64
}

// Add adds a bar to a group: a number of a series, and how it is written.
func (c *Chart) Add(group, series int, number int64, said string) {
	g := &c.Groups[group]
	g.Bars = append(g.Bars, Bar{Series: series, Value: said, number: max(number, 0)})
}

// Scale lays the bars out. What is something is seen: it has one percent at least.
func (c *Chart) Scale() {
	most := int64(1)
	for _, g := range c.Groups {
		for _, b := range g.Bars {
			most = max(most, b.number)
		}
	}
	for _, g := range c.Groups {
		for i := range g.Bars {
			b := &g.Bars[i]
			b.Percent = b.number / max(1, most/100)
			if b.Percent = min(b.Percent, 100); b.number > 0 {
				b.Percent = max(b.Percent, 1)
			}
		}
	}
}

// WorkSignIn asks a member of the staff for number and PIN; what was typed on the page before is kept meanwhile.
type WorkSignIn struct {
	Path    string
	Name    string
	Kept    string // names what is kept
	Locked  string // the number of whoever has to type their PIN alone
	Number  string
	Wrong   string
	Hint    string
	Try     []Option
	TryPIN  string
	HasKept bool
}

func (WorkSignIn) template() string { return "work_sign_in" }
func (w WorkSignIn) title(say *catalog.Localizer) string {
	if w.Locked != "" {
		return say.T("web.counter.locked")
	}
	return say.T("work.page." + w.Name)
}
