package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	lgtable "charm.land/lipgloss/v2/table"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
)

// result is what a command found: the value that programs read, and what people read, a table or sentences.
type result struct {
	json   any
	lines  any // the list that jsonl writes, where it is only a part of json
	table  *table
	long   func() *table         // the same, where it is so long that it is made only if it is asked for
	text   func() string         // sentences for a terminal; the table where there are none
	parts  func() []section      // what a page and a workbook have in place of the table, where that is not enough to file
	basis  string                // what it speaks of, above the table of a page
	upTo   ledger.Index          // the last entry of the state that a server answers from, where it says that
	after  string                // a list that goes on: where
	before string                // one that has older ones: where
	html   func(io.Writer) error // a page of its own; the table where there is none
	idle   bool                  // nothing was left to do
	again  *result               // what a server answers to the same key again, where this has something that is shown once
}

// table is a result in rows. Its cells are text, integers, amounts of points as sheet.Points, or totals of either as sheet.Sum.
type table struct {
	head []string
	rows [][]any
}

// tried says of what changes no book that nothing speaks against it, and that nothing was done.
func (a *app) tried(what any) error {
	return a.show(result{json: what, text: func() string { return a.say.T("cli.tried") + "\n" }})
}

// table begins a table whose columns are named cli.column.ID.
func (a *app) table(columns ...string) *table {
	t := &table{}
	for _, c := range columns {
		t.head = append(t.head, a.say.T("cli.column."+c))
	}
	return t
}

func (t *table) add(cells ...any) { t.rows = append(t.rows, cells) }

// total adds a row of totals. Those in the columns named, counted from 1, are the sums of what stands above; by is the column that says
// of which rows, 0 for all.
func (t *table) total(by int, columns []int, cells ...any) {
	for _, c := range columns {
		if _, text := cells[c-1].(string); !text { // an empty cell is no sum
			cells[c-1] = sheet.Sum{Value: cells[c-1], By: by}
		}
	}
	t.rows = append(t.rows, cells)
}

// quantity makes a cell of an amount of any commodity.
func quantity(q api.Quantity) any {
	if q.Commodity.Points() {
		return sheet.Points(q.Amount)
	}
	return q.Amount
}

// show writes a result in the format that was asked for, to standard output or to the file of -o.
func (a *app) show(r result) error {
	if a.hosted != nil {
		return a.hosted.take(a, r)
	}
	if a.once != nil {
		if err := a.once.take(a, r); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := a.render(&b, r); err != nil {
		return err
	}
	if a.opts.output == "" {
		_, err := a.out.Write(b.Bytes())
		return err
	}
	return writeWhole(a.opts.output, b.Bytes())
}

// keep writes a file whose name the user gave, or gives it to whoever asked for the command.
func (a *app) keep(path string, content []byte) error {
	if a.hosted != nil {
		a.hosted.keep(path, content)
		return nil
	}
	return writeWhole(path, content)
}

// openFile opens a file that an argument names. At a server it is one that was sent along: nobody opens a path of the server's own.
func (a *app) openFile(name string) (io.ReadCloser, error) {
	if a.hosted != nil {
		return a.hosted.open(name)
	}
	return os.Open(name)
}

// readFile reads one whole.
func (a *app) readFile(name string) ([]byte, error) {
	f, err := a.openFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(f)
}

// partial ends the name of a file that is being written.
const partial = ".part"

// writeWhole writes a file that is there whole or not at all, readable by its owner: results name people's numbers.
func writeWhole(path string, content []byte) error {
	if err := os.WriteFile(path+partial, content, 0o600); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if err := os.Rename(path+partial, path); err != nil {
		return errors.Join(fmt.Errorf("write result: %w", err), os.Remove(path+partial))
	}
	return nil
}

// reserve makes the file of -o before something is done whose result cannot be had again: it would be lost where the file cannot be
// written, and so would be the result that the file has already.
func (a *app) reserve() error {
	if a.opts.output == "" || a.opts.dryRun {
		return nil
	}
	f, err := os.OpenFile(a.opts.output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return f.Close()
}

// unreserve takes that file away again where there was no result.
func (a *app) unreserve() error {
	if a.opts.output == "" || a.opts.dryRun {
		return nil
	}
	return os.Remove(a.opts.output)
}

func (a *app) render(w io.Writer, r result) error {
	switch a.opts.format {
	case "json":
		return writeJSON(w, r.json)
	case "jsonl":
		if r.lines != nil {
			return writeLines(w, r.lines)
		}
		return writeLines(w, r.json)
	case "xlsx":
		return writeSheets(w, sheet.TableOptions{Format: "xlsx", Rows: a.sheetRows}, r.sections()...)
	case "csv", "tsv":
		return writeSheets(w, sheet.TableOptions{Format: a.opts.format, BOM: true}, section{table: r.asTable()})
	case "html":
		if r.html != nil {
			return r.html(w)
		}
		return a.writePage(w, r)
	}
	if r.text != nil {
		_, err := io.WriteString(w, r.text())
		return err
	}
	return r.table.writeText(w)
}

// asTable returns the table, or the sentences as a table of one column.
func (r result) asTable() *table {
	if r.long != nil {
		return r.long()
	}
	if r.table != nil {
		return r.table
	}
	t := &table{}
	for line := range strings.Lines(r.text()) {
		t.add(strings.TrimRight(line, "\n"))
	}
	return t
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return nil
}

// writeLines writes each element of a list on its own line, and anything else on one.
func writeLines(w io.Writer, v any) error {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return writeJSON(w, v)
	}
	for i := range list.Len() {
		if err := writeJSON(w, list.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}

// sections are the parts of a page or a workbook: the table alone where there are none.
func (r result) sections() []section {
	if r.parts != nil {
		return r.parts()
	}
	return []section{{table: r.asTable()}}
}

// writeSheets writes tables: one, or the worksheets of a workbook with their titles.
func writeSheets(w io.Writer, o sheet.TableOptions, parts ...section) error {
	o.Name = parts[0].title
	out, err := sheet.NewTable(w, o)
	for i, p := range parts {
		if i > 0 && err == nil {
			err = out.Next(p.title)
		}
		if err != nil {
			return err
		}
		if len(p.table.head) > 0 {
			err = out.Header(p.table.head...)
		}
		for _, row := range p.table.rows {
			if err = errors.Join(err, out.Row(row...)); err != nil {
				return err
			}
		}
	}
	return errors.Join(err, out.Close())
}

// page is tables for a browser or a printer; it loads nothing.
var page = template.Must(template.New("table").Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>
body{font-family:sans-serif;margin:1rem;color:#222;background:#fff}h1{font-size:1.3rem}h2{font-size:1.1rem;break-after:avoid}p{overflow-wrap:anywhere}
table{border-collapse:collapse}th,td{border:1px solid #888;padding:.2rem .5rem;text-align:left;vertical-align:top}
.n{text-align:right}tr{break-inside:avoid}
</style>
<h1>{{.Title}}</h1>
{{if .Basis}}<p>{{.Basis}}</p>
{{end}}{{if .Asked}}<p>{{.Asked}}</p>
{{end}}{{range .Parts}}{{if .Title}}<h2>{{.Title}}</h2>
{{end}}<table>
{{if .Head}}<thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
{{end}}<tbody>
{{range .Rows}}<tr>{{range .}}<td{{if .Right}} class="n"{{end}}>{{.Text}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}</html>
`))

// writePage writes the parts of a result as a page.
func (a *app) writePage(w io.Writer, r result) error {
	type cell struct {
		Text  string
		Right bool
	}
	type part struct {
		Title string
		Head  []string
		Rows  [][]cell
	}
	var parts []part
	for _, s := range r.sections() {
		p := part{Title: s.title, Head: s.table.head}
		for _, row := range s.table.rows {
			cells := make([]cell, len(row))
			for i, c := range row {
				_, text := c.(string)
				cells[i] = cell{cellText(c), !text}
			}
			p.Rows = append(p.Rows, cells)
		}
		parts = append(parts, p)
	}
	title := cmp.Or(a.title, "aixin")
	if a.demo {
		title = strings.TrimSpace(a.mark()) + " " + title
	}
	return page.Execute(w, map[string]any{"Lang": a.say.Lang(), "Title": title, "Basis": r.basis, "Asked": a.asked, "Parts": parts})
}

// askedFor is the command line that draws a report up again, which says its period and scope; none of other commands, in which somebody's
// name or card may stand. Where the book lies is left to whoever asks again: a page says which book and head it is of.
func askedFor(cmd *cobra.Command, args []string) string {
	name := nameOf(cmd)
	if !strings.HasPrefix(name, "report ") && name != "statement" && name != "balance" {
		return ""
	}
	line := []string{"aixin", name}
	for _, arg := range args {
		line = append(line, shellWord(arg))
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "as", "book", "format", "output", "lang", "key":
		default:
			line = append(line, "--"+f.Name+"="+shellWord(strings.Trim(f.Value.String(), "[]"))) // lists stand in brackets
		}
	})
	return strings.Join(line, " ")
}

// texts returns every cell as people read it.
func (t *table) texts() [][]string {
	rows := make([][]string, len(t.rows))
	for i, row := range t.rows {
		for _, c := range row {
			rows[i] = append(rows[i], cellText(c))
		}
	}
	return rows
}

func cellText(c any) string {
	switch s := c.(type) {
	case sheet.Sum:
		c = s.Value
	case sheet.Formula:
		c = s.Value
	}
	if p, ok := c.(sheet.Points); ok {
		return ledger.FormatPoints(ledger.Amount(p))
	}
	return fmt.Sprint(c)
}

// tablesText writes tables one below the other; one without rows is left out.
func (a *app) tablesText(tables ...*table) string {
	var b strings.Builder
	for _, t := range tables {
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
	}
	return b.String()
}

// screen is how wide a terminal is taken to be: what a phone over SSH and a printed page have.
const screen = 80

// writeText writes the table with aligned columns, numbers to the right, no wider than a screen.
func (t *table) writeText(w io.Writer) error {
	if len(t.rows) == 0 {
		return nil
	}
	columns := len(t.head)
	for _, row := range t.rows {
		columns = max(columns, len(row))
	}
	right := make([]bool, columns)
	for _, row := range t.rows { // a cell that says nothing is text in any column
		for i, c := range row {
			_, isText := c.(string)
			right[i] = right[i] || !isText
		}
	}
	rows := t.texts()
	text, over := aligned(t.head, rows, right)
	if over > 0 {
		text, over = aligned(t.head, fitted(t.head, rows, right, over), right)
	}
	if over > 0 { // the library cuts numbers as well
		text = shrunk(t.head, rows, right)
	}
	for line := range strings.Lines(text) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// aligned writes rows under their heads, a blank between columns, and says by how much they are wider than a screen. It is the library's
// layout of a table that nothing has to be cut from, which takes the library half a second for ten thousand rows.
func aligned(head []string, rows [][]string, right []bool) (text string, over int) {
	widths := columnWidths(head, rows, right)
	over = len(widths) - 1 - screen
	for _, w := range widths {
		over += w
	}
	if over > 0 {
		return "", over
	}
	var out strings.Builder
	if len(head) > 0 {
		alignRow(&out, head, widths, right)
	}
	for _, row := range rows {
		alignRow(&out, row, widths, right)
	}
	return out.String(), over
}

// columnWidths returns what each column takes on a screen.
func columnWidths(head []string, rows [][]string, right []bool) []int {
	widths := make([]int, len(right))
	for _, row := range append([][]string{head}, rows...) {
		for i, c := range row {
			widths[i] = max(widths[i], width(c))
		}
	}
	return widths
}

// alignRow writes a row, in as many lines as its longest cell has.
func alignRow(out *strings.Builder, row []string, widths []int, right []bool) {
	for more := true; more; {
		more = false
		rest := make([]string, len(row))
		for i, c := range row {
			line, below, broken := strings.Cut(c, "\n")
			rest[i], more = below, more || broken
			if i > 0 {
				out.WriteByte(' ')
			}
			blank := strings.Repeat(" ", widths[i]-width(line))
			if right[i] {
				out.WriteString(blank + line)
			} else {
				out.WriteString(line + blank)
			}
		}
		out.WriteByte('\n')
		row = rest
	}
}

// width is how many columns a cell takes on a screen.
func width(c string) int {
	for i := range len(c) {
		if c[i] < ' ' || c[i] > '~' {
			return lipgloss.Width(c)
		}
	}
	return len(c)
}

// shrunk has the library cut a table down to a screen.
func shrunk(head []string, rows [][]string, right []bool) string {
	return lgtable.New().Headers(head...).Rows(rows...).
		Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(true).
		StyleFunc(func(_, col int) lipgloss.Style {
			if col < len(right) && right[col] {
				return lipgloss.NewStyle().Align(lipgloss.Right)
			}
			return lipgloss.NewStyle()
		}).
		Width(screen).Wrap(true).String()
}

// leastColumn is how narrow a column may become when its cells are wrapped: five Chinese characters.
const leastColumn = 10

// fitted breaks the cells of columns of text, the widest first and none below leastColumn, until a table is narrower by so much. Numbers stay whole.
// The rows come back as they are where that does not do.
func fitted(head []string, rows [][]string, right []bool, over int) [][]string {
	widths := columnWidths(head, rows, right)
	for ; over > 0; over-- {
		widest := -1
		for i, w := range widths {
			if !right[i] && w > leastColumn && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return rows
		}
		widths[widest]--
	}
	out := make([][]string, len(rows))
	for n, row := range rows {
		out[n] = slices.Clone(row)
		for i, c := range row {
			if width(c) > widths[i] {
				out[n][i] = lipgloss.NewStyle().Width(widths[i]).Render(c)
			}
		}
	}
	return out
}
