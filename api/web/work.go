package web

import (
	"strings"

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
}

func (Work) template() string                      { return "work" }
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
}

// WorkForm is a form. Everything that was typed comes back in it where something is wrong.
type WorkForm struct {
	Name    string // of the form on its page
	Key     string // names what is asked for, so that a form that is sent twice asks once
	Fields  []Field
	Table   *Grid // with what is ticked
	Buttons []Option
	Open    bool   // something is wrong in it
	Path    string // where it is sent, on the pages of volunteers
	Get     bool   // it asks for a page and for nothing else
}

// Field is one thing that a form asks for.
type Field struct {
	Name, Label, Hint, Value, Wrong string
	Kind                            string // text, date, number, datetime-local, password, select, check, hidden, area
	Need                            bool
	Options                         []Option
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
	Export  string // address of the same as CSV
	Empty   string // what is said where there is no row
	Ticks   bool
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

// Chart draws rows of numbers as bars, from left to right; what it draws stands in a table beside it.
type Chart struct {
	Title string
	Width int
	High  int
	Bars  []Bar
	Names []string // of the series, in their order
}

// Bar is one bar of a chart.
type Bar struct {
	X, Y, Width, Height int
	Series              int
	Label               string // under the first bar of a group
	Value               string
}

// BaseLine is where the labels stand.
func (c Chart) BaseLine() int { return c.High - 6 }

// LabelAt is where a bar's number stands.
func (b Bar) LabelAt() int { return b.Y - 3 }

// WorkSignIn asks a member of the staff for number and PIN, and keeps what was typed on the page meanwhile.
type WorkSignIn struct {
	Path    string
	Name    string
	Kept    []Option // names and values
	Number  string
	Wrong   string
	Hint    string
	Try     []Option
	TryPIN  string
	HasKept bool
}

func (WorkSignIn) template() string                      { return "work_sign_in" }
func (w WorkSignIn) title(say *catalog.Localizer) string { return say.T("work.page." + w.Name) }

// Bars lays out one group of bars for each label: series[i][j] is the number of series i in group j, and said writes it.
func Bars(title string, labels, names []string, series [][]int64, said func(int64) string) *Chart {
	const high, top, foot, wide, gap = 240, 26, 30, 64, 36 // a number and a label in letters of 18 pixels find room
	c := &Chart{Title: title, High: high, Names: names}
	most := int64(1)
	for _, s := range series {
		for _, n := range s {
			most = max(most, n)
		}
	}
	group := wide*len(series) + gap
	for j, label := range labels {
		for i, s := range series {
			h := int(s[j] * (high - top - foot) / most)
			b := Bar{X: j*group + i*wide + gap/2, Y: high - foot - h, Width: wide - 4, Height: h, Series: i, Value: said(s[j])}
			if i == 0 {
				b.Label = label
			}
			c.Bars = append(c.Bars, b)
		}
	}
	c.Width = max(group*len(labels), 1)
	return c
}
