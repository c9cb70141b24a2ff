package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger/report"
)

// gapRow is a sequence of numbers as programs read it.
type gapRow struct {
	What     report.Numbered `json:"what"`
	Of       string          `json:"of,omitempty"`     // absent where it is of the whole book
	Prefix   string          `json:"prefix,omitempty"` // what stands before the digits
	First    int64           `json:"first"`
	Last     int64           `json:"last"`
	Used     int64           `json:"used"`
	Void     int64           `json:"void,omitempty"`
	Unused   int64           `json:"unused,omitempty"`
	Lacking  int64           `json:"lacking"`
	Missing  []report.Span   `json:"missing,omitempty"`
	Repeated []int64         `json:"repeated,omitempty"`
}

// gapReport lists which numbers lack, and which stand twice.
func (a *app) gapReport() *cobra.Command {
	var all bool
	cmd := a.reports("gaps", "gaps [--all]", func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Gaps(r.view, s, r.entries(ctx))
		if err != nil {
			return result{}, err
		}
		rows, sound := []gapRow{}, 0
		full := a.table("what", "place", "prefix", "first", "last", "used", "void", "unused", "lacking", "lacking_numbers", "twice")
		brief := a.table("what", "place", "first", "last", "used", "void", "lacking", "lacking_numbers", "twice")
		for _, q := range x.Rows {
			if q.Sound() {
				sound++
			}
			rows = append(rows, gapRow{q.What, q.Of, q.Prefix, q.First, q.Last, q.Used, q.Void, q.Unused, q.Lacking(), q.Missing, q.Repeated})
			what, twice := catalog.Name(a.say, "numbered", q.What), numberList(q.Repeated)
			full.add(what, q.Of, q.Prefix, q.First, q.Last, q.Used, q.Void, q.Unused, q.Lacking(), spanList(q.Missing, len(q.Missing)), twice)
			if all || !q.Sound() {
				brief.add(what, q.Of, q.Prefix+strconv.FormatInt(q.First, 10), q.Prefix+strconv.FormatInt(q.Last, 10), q.Used, q.Void, q.Lacking(),
					spanList(q.Missing, fewSpans), twice)
			}
		}
		said := section{title: a.say.T("cli.audit_report.sequences", catalog.Data{"Sequences": len(x.Rows), "Sound": sound})}
		return result{json: rows, table: full, text: a.reportText("gaps", x.Basis, said, section{table: brief})}, nil
	})
	cmd.Flags().BoolVar(&all, "all", false, a.say.T("cli.flag.all_sequences"))
	return cmd
}

// fewSpans is how many gaps of a sequence stand on a screen; a table has all of them.
const fewSpans = 4

// spanList writes the first n runs of numbers: 12, 15-16.
func spanList(list []report.Span, n int) string {
	var parts []string
	for _, s := range list[:min(n, len(list))] {
		part := strconv.FormatInt(s.First, 10)
		if s.Last > s.First {
			part = fmt.Sprintf("%d-%d", s.First, s.Last)
		}
		parts = append(parts, part)
	}
	if len(list) > n {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}
