package main

import (
	"cmp"
	"fmt"
	"strings"

	"aixin/api/sheet"
	"aixin/ledger/reconcile"
)

// This file writes a reconciliation as an auditor files it: what it speaks of, by which rules, the sums that prove it complete, what is
// open, and every row. In a workbook the sums are formulas over the rows.

// reconcileBasis says what a reconciliation speaks of: the book, the files, and the rules.
func (a *app) reconcileBasis(j *reconciliation) *table {
	t := a.table("what", "state")
	add := func(id string, value any) { t.add(a.say.T("cli.reconcile_basis."+id), cellText(value)) }
	add("book", j.origin)
	add("on", fmt.Sprintf("%s, #%d", j.on, j.head.Size-1))
	add("root", j.head.Root.String())
	for _, f := range j.files {
		add(f.What, f.Name)
		add("sha256", f.SHA256)
	}
	add("rows", len(j.outside))
	if j.file.Encoding != "" {
		add("encoding", string(j.file.Encoding))
	}
	if j.file.Sums > 0 {
		add("sums", j.file.Sums)
	}
	var key, columns, only []string
	for _, f := range j.rules.Key {
		key = append(key, string(f))
	}
	for _, f := range j.rules.Profile.Fields() {
		if column, ok := j.rules.Columns[f]; ok {
			columns = append(columns, string(f)+"="+column)
		}
		if value, ok := j.rules.Only[f]; ok {
			only = append(only, string(f)+"="+value)
		}
	}
	add("key", strings.Join(key, " "))
	add("columns", strings.Join(columns, " "))
	if len(only) > 0 {
		add("only", strings.Join(only, " "))
	}
	add("window", j.rules.Window)
	add("timing", j.rules.Timing)
	add("tolerance", j.amount(j.rules.Tolerance))
	return t
}

// reconcileParts are the sections of a page and the worksheets of a workbook.
func (a *app) reconcileParts(j *reconciliation, full *table) []section {
	title := func(id string) string { return a.say.T("cli.reconcile_part." + id) }
	basis := a.reconcileBasis(j)
	basis.rows = append([][]any{
		{a.say.T("cli.reconcile_basis.profile"), a.say.T("cli.reconcile_profile." + string(j.rules.Profile))},
		{a.say.T("cli.reconcile_basis.period"), j.rules.From.String() + " – " + j.rules.To.String()},
	}, basis.rows...)
	open := &table{head: full.head}
	matched := map[any]bool{}
	for _, c := range reconcile.Classes() {
		matched[a.say.T("cli.reconcile_class."+string(c))] = c.Matched()
	}
	for _, row := range full.rows {
		if !matched[row[1]] {
			open.rows = append(open.rows, row)
		}
	}
	var rows []cells // of the worksheets that the rows go on
	for left, most := len(full.rows), cmp.Or(a.sheetRows, sheet.SheetRows)-1; left > 0 || len(rows) == 0; left -= most {
		rows = append(rows, cells{sheet.PartName(title("rows"), len(rows)), min(left, most) + 1})
	}
	return []section{
		{title("basis"), basis},
		{title("proof"), a.reconcileProof(j, rows)},
		{title("rolled"), a.reconcileRolled(j)},
		{title("open"), open},
		{title("rows"), full},
	}
}

// cells are the rows 2 to last of a worksheet.
type cells struct {
	sheet string
	last  int
}

// of names the cells of a column.
func (c cells) of(column string) string {
	return fmt.Sprintf("'%s'!$%s$2:$%s$%d", c.sheet, column, column, max(c.last, 2))
}

// reconcileProof adds up rows and amounts of both sides by class, and says what each class means. The total is that of the rows, whatever
// class they are in, so that the last line is zero where none was left out.
func (a *app) reconcileProof(j *reconciliation, rows []cells) *table {
	t := a.table("class", "outside_rows", "outside_amount", "inside_rows", "inside_amount", "because")
	in, out := j.result.InsideProof, j.result.OutsideProof
	sides := []string{a.say.T("cli.reconcile_side.outside"), a.say.T("cli.reconcile_side.inside")}
	add := func(name, why string, o, i reconcile.Count, formula func(column, side string, sum bool) string) {
		cell := func(n any, column, side string, sum bool) any {
			return sheet.Formula{Value: n, Text: formula(column, side, sum)}
		}
		t.add(name, cell(o.Rows, "B", sides[0], false), cell(j.amount(o.Amount), "C", sides[0], true),
			cell(i.Rows, "D", sides[1], false), cell(j.amount(i.Amount), "E", sides[1], true), why)
	}
	over := func(class string) func(string, string, bool) string { // the rows of a side, and of a class where one is named
		return func(_, side string, sum bool) string {
			terms := make([]string, len(rows))
			for n, on := range rows {
				with := fmt.Sprintf("%s,%q", on.of("C"), side)
				if class != "" {
					with += fmt.Sprintf(",%s,%s", on.of("B"), class)
				}
				if terms[n] = "COUNTIFS(" + with + ")"; sum {
					terms[n] = "SUMIFS(" + on.of("H") + "," + with + ")"
				}
			}
			return strings.Join(terms, "+")
		}
	}
	var sums []int // the rows of what is added up
	group := func(id string, in func(reconcile.Class) bool, o, i reconcile.Count) {
		first := len(t.rows) + 2
		for _, c := range reconcile.Classes() {
			if in(c) {
				class, at := string(c), fmt.Sprintf("$A%d", len(t.rows)+2)
				add(a.say.T("cli.reconcile_class."+class), a.say.T("cli.reconcile_why."+class), out.ByClass[c], j.result.InsideProof.ByClass[c], over(at))
			}
		}
		last := len(t.rows) + 1
		add(a.say.T("cli.reconcile."+id), "", o, i, func(column, _ string, _ bool) string {
			return fmt.Sprintf("SUM(%s%d:%s%d)", column, first, column, last)
		})
		sums = append(sums, last+1)
	}
	group("matched", reconcile.Class.Matched, out.Matched, in.Matched)
	group("timing", reconcile.Class.Timing, out.Timing, in.Timing)
	group("exceptions", reconcile.Class.Open, out.Exceptions, in.Exceptions)
	add(a.say.T("cli.report.total"), a.say.T("cli.reconcile_part.total"), out.Total, in.Total, over(""))
	total := len(t.rows) + 1
	add(a.say.T("cli.reconcile_part.left_out"), a.say.T("cli.reconcile_part.none"), out.LeftOut(), in.LeftOut(), func(column, _ string, _ bool) string {
		return fmt.Sprintf("%s%d-%s%d-%s%d-%s%d", column, total, column, sums[0], column, sums[1], column, sums[2])
	})
	return t
}

// reconcileRolled follows what was open from the run before to this one.
func (a *app) reconcileRolled(j *reconciliation) *table {
	t := a.table("what", "rows", "amount")
	add := func(id string, c reconcile.Count, formula string) {
		cell := func(n any, column string) any {
			if formula == "" {
				return n
			}
			return sheet.Formula{Value: n, Text: strings.ReplaceAll(formula, "?", column)}
		}
		t.add(a.say.T("cli.reconcile_part."+id), cell(c.Rows, "B"), cell(j.amount(c.Amount), "C"))
	}
	roll := j.result.RollForward
	add("opening", roll.Opening, "")
	add("new", roll.New, "")
	add("closed", roll.Closed, "")
	add("closing", roll.Closing, "?2+?3-?4")
	return t
}
