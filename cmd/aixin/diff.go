package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
	"aixin/store"
)

var (
	// errRewritten ends a comparison of two copies that tell two histories.
	errRewritten = errors.New("the copies tell two histories")
	// errOlder ends a comparison of two copies of which one is a beginning of the other.
	errOlder = errors.New("one copy is older")
)

func (a *app) diffCmd() *cobra.Command {
	return a.command("diff", "diff BOOK BOOK", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.diff(cmd.Context(), args[0], args[1])
	})
}

// copiesRow is what two copies have in common, as programs read it.
type copiesRow struct {
	Origin    string       `json:"origin"`
	A         ledger.Index `json:"a"` // entries
	B         ledger.Index `json:"b"`
	Alike     ledger.Index `json:"alike"` // entries before the first difference, or before the end of the shorter
	Rewritten bool         `json:"rewritten"`
	Changed   int64        `json:"changed"` // entries that both have, and not alike
	First     []differRow  `json:"first,omitempty"`
	Closed    []closedRow  `json:"closed,omitempty"` // days that had been closed over a changed entry
}

type differRow struct {
	Index ledger.Index `json:"index"`
	A     string       `json:"a"` // the line
	B     string       `json:"b"`
}

type closedRow struct {
	Shop   ledger.ShopID `json:"shop"`
	Number int64         `json:"number"`
	On     string        `json:"on"`
	Entry  ledger.Index  `json:"entry"` // that closed it
}

// diff compares two copies of a book. Every root of each is checked on the way; that a copy was signed is for verify.
func (a *app) diff(ctx context.Context, dirA, dirB string) error {
	first, err := a.copyAt(dirA)
	if err != nil {
		return err
	}
	second, err := a.copyAt(dirB)
	if err != nil {
		return err
	}
	if first.Origin != second.Origin {
		return &usageError{id: "two_books", data: catalog.Data{"A": first.Origin, "B": second.Origin}}
	}
	c, err := report.Diff(store.Entries(ctx, dirA, 0), store.Entries(ctx, dirB, 0))
	if err != nil {
		return err
	}
	row := copiesRow{Origin: first.Origin, A: c.A, B: c.B, Alike: c.Alike, Rewritten: c.Rewritten(), Changed: c.Changed}
	t := a.table("entry", "date", "what", "digest", "copy")
	for _, d := range c.First {
		row.First = append(row.First, differRow{d.Index, string(d.A.AppendLine(nil)), string(d.B.AppendLine(nil))})
		t.add(d.Index, d.A.On.String(), a.what(d.A), shortHash(d.A), dirA)
		t.add(d.Index, d.B.On.String(), a.what(d.B), shortHash(d.B), dirB)
	}
	for _, d := range c.Closed {
		row.Closed = append(row.Closed, closedRow{d.Shop, d.Number, d.On.String(), d.Close})
	}
	r := result{json: row, lines: row.First, table: t, text: func() string { return a.diffText(row, t, dirA, dirB) }}
	switch {
	case c.Rewritten():
		return errors.Join(a.show(r), errRewritten)
	case c.A != c.B:
		return errors.Join(a.show(r), errOlder)
	}
	return a.show(r)
}

// copyAt reads what a copy is, which from then on is the book that an error names.
func (a *app) copyAt(dir string) (store.BookInfo, error) {
	a.opts.book = dir
	return store.ReadBook(dir)
}

// diffText says what two copies have in common.
func (a *app) diffText(row copiesRow, t *table, dirA, dirB string) string {
	older, newer := dirA, dirB
	if row.A > row.B {
		older, newer = dirB, dirA
	}
	data := catalog.Data{
		"Origin": row.Origin, "Size": int64(row.Alike), "Older": older, "Newer": newer, "More": int64(max(row.A, row.B) - row.Alike), "Changed": row.Changed,
	}
	switch {
	case !row.Rewritten && row.A == row.B:
		return a.say.T("cli.diff.alike", data) + "\n"
	case !row.Rewritten:
		return a.say.T("cli.diff.older", data) + "\n"
	}
	var said strings.Builder
	said.WriteString(a.say.T("cli.diff.rewritten", data) + "\n")
	for _, d := range row.Closed {
		closed := catalog.Data{"Shop": string(d.Shop), "Number": d.Number, "On": d.On, "Index": int64(d.Entry)}
		said.WriteString(a.say.T("cli.diff.closed", closed) + "\n")
	}
	if err := t.writeText(&said); err != nil {
		return err.Error()
	}
	return said.String()
}

// shortHash tells two lines apart for a person.
func shortHash(e ledger.Entry) string {
	return ledger.LeafHash(e.AppendLine(nil)).String()[:8]
}

func (a *app) traceCmd() *cobra.Command {
	return a.reads(a.command("trace", "trace REF", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) { return r.trace(i) })
	}))
}

// stepRow is one entry of a trace, as programs read it.
type stepRow struct {
	Depth   int            `json:"depth"`
	Why     report.Why     `json:"why,omitempty"`
	Index   ledger.Index   `json:"index"`
	On      string         `json:"on"`
	Kind    ledger.Kind    `json:"kind"`
	Actor   ledger.StaffID `json:"actor,omitempty"`
	Receipt string         `json:"receipt,omitempty"`
}

func (r *reader) trace(i ledger.Index) (result, error) {
	steps, err := report.Trace(r.view, i)
	if err != nil {
		return result{}, err
	}
	var rows []stepRow
	t := r.app.table("entry", "date", "why", "what", "actor")
	for _, s := range steps {
		row := stepRow{Depth: s.Depth, Why: s.Why, Index: s.Entry.Index, On: s.Entry.On.String(), Kind: s.Entry.Kind, Actor: s.Entry.Actor}
		if s.Entry.Kind == ledger.Redeemed {
			row.Receipt = api.ReceiptNumber(s.Entry.Index)
		}
		rows = append(rows, row)
		why := ""
		if s.Why != report.WhyAsked {
			why = fmt.Sprintf("%*s%s", 2*(s.Depth-1), "", r.app.say.T("cli.why."+string(s.Why)))
		}
		t.add(s.Entry.Index, s.Entry.On.String(), why, r.app.traced(s.Entry), string(s.Entry.Actor))
	}
	return result{json: rows, table: t}, nil
}

// traced says what an entry was, with the donor, the activity or the person that it names.
func (a *app) traced(e ledger.Entry) string {
	said := a.what(e)
	switch body := e.Body.(type) {
	case *ledger.Receive:
		return said + " " + string(body.Donor)
	case *ledger.HoursRecord:
		return fmt.Sprintf("%s %s %s %d′", said, body.Volunteer, body.Activity, int64(body.Minutes))
	case *ledger.ActsRecord:
		return fmt.Sprintf("%s %s %s×%s", said, body.Volunteer, body.Code, ledger.FormatQuantity(body.Quantity, body.CountedIn))
	case *ledger.OpenSession:
		return said + " " + string(body.Activity)
	}
	return said
}
