package main

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
)

// This file corrects the shelves, by two people each: counts, write-offs, and relief without points.

func (a *app) countCmd() *cobra.Command {
	var items []string
	open := a.writes(a.command("count_open", "open SHOP [--items ITEM,…]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do := &ledger.OpenCount{Shop: ledger.ShopID(args[0])}
		for _, item := range items {
			do.Items = append(do.Items, ledger.Commodity(item))
		}
		return a.submit(cmd.Context(), do)
	}))
	open.Flags().StringSliceVar(&items, "items", nil, a.say.T("cli.flag.count_items"))
	enter := a.counts("count_enter", "enter REF ITEM=QTY…", cobra.MinimumNArgs(2), func(i ledger.Index, lines []ledger.ItemLine) ledger.Action {
		return &ledger.EnterCount{Count: i, Lines: lines}
	})
	confirm := a.counts("count_confirm", "confirm REF [ITEM=QTY…]", cobra.MinimumNArgs(1), func(i ledger.Index, lines []ledger.ItemLine) ledger.Action {
		return &ledger.ConfirmCount{Count: i, Lines: lines}
	})
	f := a.countFamily()
	return a.parent("count", "count", open, enter, confirm, a.countFinaliseCmd(), a.dropCmd("count"), listCmd(a, f), showCmd(a, f, "REF"))
}

// counts describes a command about a count, with what was counted.
func (a *app) counts(name, use string, args cobra.PositionalArgs, do func(ledger.Index, []ledger.ItemLine) ledger.Action) *cobra.Command {
	return a.writes(a.command(name, use, args, func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		lines, err := countedLines(args[1:])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), do(i, lines))
	}))
}

// countedLines reads ITEM=QTY arguments, of which the quantity may be nothing.
func countedLines(args []string) ([]ledger.ItemLine, error) {
	lines := make([]ledger.ItemLine, 0, len(args))
	for i, arg := range args {
		item, count, _ := strings.Cut(arg, "=")
		n, err := strconv.ParseUint(count, 10, 63)
		field := "ITEM=QTY #" + strconv.Itoa(i+1)
		switch {
		case !ledger.Commodity(item).Goods():
			return nil, malformed(field, "item_code")
		case err != nil || ledger.Amount(n) > ledger.MaxCounted || strings.Trim(count, "0123456789") != "":
			return nil, malformed(field, "counted")
		}
		lines = append(lines, ledger.ItemLine{Item: ledger.Commodity(item), Pieces: ledger.Amount(n)})
	}
	return lines, nil
}

func (a *app) countFinaliseCmd() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("count_finalise", "finalise REF [--reason REASON]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.FinaliseCount{Count: i, Reason: ledger.ShelfReason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.say.T("cli.flag.shelf_reason"))
	return cmd
}

// dropCmd gives up what a family of commands began.
func (a *app) dropCmd(name string) *cobra.Command {
	return a.reffed(name+"_drop", "drop REF", func(i ledger.Index) ledger.Action { return &ledger.Drop{Entry: i} })
}

// reffed describes a command that needs nothing but the entry that it goes on with.
func (a *app) reffed(name, use string, do func(ledger.Index) ledger.Action) *cobra.Command {
	return a.writes(a.command(name, use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), do(i))
	}))
}

// countRow is a count as programs read it. What was counted, and what the book had, are shown once a second person confirmed it:
// who counts blind must not read it here.
type countRow struct {
	Count     ledger.Index       `json:"count"`
	Shop      ledger.ShopID      `json:"shop"`
	State     ledger.ShelfState  `json:"state"`
	Items     []ledger.Commodity `json:"items,omitempty"`
	Counter   ledger.StaffID     `json:"counter,omitempty"`
	Confirmer ledger.StaffID     `json:"confirmer,omitempty"`
	Lines     []countLineRow     `json:"lines,omitempty"`
}

type countLineRow struct {
	Item       ledger.Commodity `json:"item"`
	Pieces     ledger.Amount    `json:"pieces"`
	Book       ledger.Amount    `json:"book"`
	Short      ledger.Amount    `json:"short"`
	Difference ledger.Amount    `json:"difference"`
}

func newCountRow(n ledger.CountFact) countRow {
	row := countRow{Count: n.Index, Shop: n.Shop, State: n.State, Items: n.Items, Counter: n.Counter, Confirmer: n.Confirmer}
	if n.Confirmer == "" {
		return row
	}
	for _, l := range n.Lines {
		row.Lines = append(row.Lines, countLineRow{l.Item, l.Pieces, l.Book, -l.Short, l.Pieces - l.Book - l.Short})
	}
	return row
}

func (a *app) countFamily() family[ledger.CountFact, countRow] {
	return family[ledger.CountFact, countRow]{
		name: "count", columns: []string{"entry", "shop", "state", "counter", "confirmer", "difference"},
		all: ledger.View.Counts,
		one: func(v ledger.View, ref string) (ledger.CountFact, error) {
			i, err := reference("REF", ref)
			if err != nil {
				return ledger.CountFact{}, err
			}
			return v.Count(i)
		},
		row: plainly(newCountRow),
		cells: func(r countRow) []any {
			var differences []string
			for _, l := range r.Lines {
				if l.Difference != 0 {
					differences = append(differences, fmt.Sprintf("%s%+d", l.Item, l.Difference))
				}
			}
			return []any{
				r.Count, string(r.Shop), catalog.Name(a.say, "record_state", r.State), string(r.Counter), string(r.Confirmer),
				strings.Join(differences, " "),
			}
		},
	}
}

func (a *app) writeOffCmd() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("write_off", "write-off SHOP ITEM=QTY… --reason REASON", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) error {
		lines, err := basket(args[1:])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.DeclareWriteOff{Shop: ledger.ShopID(args[0]), Lines: lines, Reason: ledger.ShelfReason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.say.T("cli.flag.shelf_reason"))
	confirm := a.reffed("write_off_confirm", "confirm REF", func(i ledger.Index) ledger.Action { return &ledger.ConfirmWriteOff{Paper: i} })
	cmd.AddCommand(confirm, a.dropCmd("write_off"), listCmd(a, a.paperFamily("write_off", ledger.WriteOffDeclared)))
	return cmd
}

func (a *app) reliefCmd() *cobra.Command {
	var do ledger.DeclareRelief
	var volunteer, class string
	declare := a.writes(a.command("relief_declare", "declare SHOP ITEM=QTY… --volunteer VOLUNTEER|--case NUMBER --application NUMBER --notice NUMBER",
		cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
			do.Shop, do.Volunteer, do.Class = ledger.ShopID(args[0]), ledger.VolunteerID(volunteer), ledger.Beneficiary(class)
			if do.Lines, err = basket(args[1:]); err != nil {
				return err
			}
			return a.submit(cmd.Context(), &do)
		}))
	fs := declare.Flags()
	fs.StringVar(&volunteer, "volunteer", "", a.say.T("cli.flag.relief_volunteer"))
	fs.StringVar(&do.Case, "case", "", a.say.T("cli.flag.relief_case"))
	fs.StringVar(&class, "class", "", a.say.T("cli.flag.relief_class"))
	fs.StringVar(&do.Application, "application", "", a.say.T("cli.flag.relief_application"))
	fs.StringVar(&do.Notice, "notice", "", a.say.T("cli.flag.relief_notice"))
	give := a.reffed("relief_give", "give REF", func(i ledger.Index) ledger.Action { return &ledger.GiveRelief{Paper: i} })
	return a.parent("relief", "relief", declare, give, a.dropCmd("relief"), listCmd(a, a.paperFamily("relief", ledger.ReliefDeclared)))
}

// paperRow is a write-off or a relief as programs read it.
type paperRow struct {
	Paper     ledger.Index       `json:"paper"`
	Shop      ledger.ShopID      `json:"shop"`
	State     ledger.ShelfState  `json:"state"`
	Declarer  ledger.StaffID     `json:"declarer"`
	Reason    ledger.ShelfReason `json:"reason,omitempty"`
	Volunteer ledger.VolunteerID `json:"volunteer,omitempty"`
	Case      string             `json:"case,omitempty"`
	Class     ledger.Beneficiary `json:"class,omitempty"`
	Lines     []itemCount        `json:"lines"`
}

type itemCount struct {
	Item   ledger.Commodity `json:"item"`
	Pieces ledger.Amount    `json:"pieces"`
}

func newPaperRow(p ledger.Paper) paperRow {
	row := paperRow{
		Paper: p.Index, Shop: p.Shop, State: p.State, Declarer: p.Declarer, Reason: p.Reason, Volunteer: p.Volunteer, Case: p.Case, Class: p.Class,
		Lines: []itemCount{},
	}
	for _, l := range p.Lines {
		row.Lines = append(row.Lines, itemCount{l.Item, l.Pieces})
	}
	return row
}

func (a *app) paperFamily(name string, kind ledger.Kind) family[ledger.Paper, paperRow] {
	return family[ledger.Paper, paperRow]{
		name: name, columns: []string{"entry", "shop", "state", "declarer", "lines", "note"},
		all: func(v ledger.View) iter.Seq2[ledger.Paper, error] { return papersOf(v, kind) },
		row: plainly(newPaperRow),
		cells: func(r paperRow) []any {
			lines := make([]string, len(r.Lines))
			for i, l := range r.Lines {
				lines[i] = fmt.Sprintf("%s×%d", l.Item, l.Pieces)
			}
			note := string(r.Volunteer) + r.Case
			if r.Reason != "" {
				note = catalog.Name(a.say, "shelf_reason", r.Reason)
			}
			return []any{r.Paper, string(r.Shop), catalog.Name(a.say, "record_state", r.State), string(r.Declarer), strings.Join(lines, " "), note}
		},
	}
}

// papersOf returns the papers of one kind.
func papersOf(v ledger.View, kind ledger.Kind) iter.Seq2[ledger.Paper, error] {
	return func(yield func(ledger.Paper, error) bool) {
		for p, err := range v.Papers() {
			if (err != nil || p.Kind == kind) && !yield(p, err) {
				return
			}
		}
	}
}

// volunteerClassCmd says for which directed goods a volunteer is meant.
func (a *app) volunteerClassCmd() *cobra.Command {
	return a.writes(a.command("volunteer_class", "class VOLUNTEER [CLASS…]", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			id, _, err := w.volunteer(ctx, args[0])
			if err != nil {
				return err
			}
			do := &ledger.SetClasses{Volunteer: id}
			for _, c := range args[1:] {
				do.Classes = append(do.Classes, ledger.Beneficiary(c))
			}
			return w.submit(ctx, do)
		})
	}))
}

// noteFlags adds what a delivery note says to the command that takes goods in.
type noteFlags struct {
	note, source, only string
	values, noted      []string
}

func (a *app) noteFlags(cmd *cobra.Command) *noteFlags {
	var f noteFlags
	fs := cmd.Flags()
	fs.StringVar(&f.note, "note", "", a.say.T("cli.flag.note_number"))
	fs.StringVar(&f.source, "source", "", a.say.T("cli.flag.goods_source"))
	fs.StringVar(&f.only, "only", "", a.say.T("cli.flag.only"))
	fs.StringSliceVar(&f.values, "value", nil, a.say.T("cli.flag.unit_value"))
	fs.StringSliceVar(&f.noted, "noted", nil, a.say.T("cli.flag.noted"))
	return &f
}

// terms reads the flags.
func (f *noteFlags) terms() (ledger.ReceiptTerms, error) {
	out := ledger.ReceiptTerms{Note: f.note, Source: ledger.GoodsSource(f.source), Only: ledger.Restriction(f.only)}
	term := func(flag, arg string, parse func(string) (ledger.Amount, error), set func(*ledger.ReceiptTerm, ledger.Amount)) error {
		item, text, _ := strings.Cut(arg, "=")
		n, err := parse(text)
		switch {
		case !ledger.Commodity(item).Goods():
			return malformed(flag, "item_code")
		case err != nil:
			return malformed(flag, err.Error())
		}
		for i := range out.Terms {
			if out.Terms[i].Item == ledger.Commodity(item) {
				set(&out.Terms[i], n)
				return nil
			}
		}
		out.Terms = append(out.Terms, ledger.ReceiptTerm{Item: ledger.Commodity(item)})
		set(&out.Terms[len(out.Terms)-1], n)
		return nil
	}
	for _, arg := range f.values {
		if err := term("--value", arg, parseYuan, func(t *ledger.ReceiptTerm, n ledger.Amount) { t.Fen = n }); err != nil {
			return out, err
		}
	}
	for _, arg := range f.noted {
		if err := term("--noted", arg, parseCount(ledger.MaxPieces, "pieces"), func(t *ledger.ReceiptTerm, n ledger.Amount) { t.Noted = n }); err != nil {
			return out, err
		}
	}
	return out, nil
}

// shelfLines says in a receipt what left the shelf otherwise than by an exchange, or was found there.
func (a *app) shelfLines(r api.Receipt) string {
	var b strings.Builder
	for _, p := range r.Postings {
		switch class := p.Account.Class(); class { //nolint:exhaustive // the others have lines of their own
		case ledger.ClassLost, ledger.ClassFound, ledger.ClassScrapped, ledger.ClassRelieved:
			b.WriteString(a.say.T("cli.receipt.otherwise", catalog.Data{
				"Item": string(p.Commodity), "Pieces": fmt.Sprintf("%+d", -p.Amount.Amount), "Class": catalog.Name(a.say, "class", class),
			}) + "\n")
		}
	}
	return b.String()
}

// otherwise lists what came and went without a delivery or an exchange, where anything did.
func (a *app) otherwise(x report.StockReport) []section {
	t := a.table("shop", "item", "difference", "written_off", "relieved")
	for _, r := range x.Rows {
		if r.Otherwise() {
			t.add(string(r.Shop), string(r.Item), r.Found-r.Lost, r.Scrapped, r.Relieved)
		}
	}
	if len(t.rows) == 0 {
		return nil
	}
	return []section{{a.say.T("cli.report.otherwise"), t}}
}

// uncounted says which shelves were not counted in time, each in a sentence.
func (a *app) uncounted(behind []report.Uncounted) (parts []section) {
	for _, u := range behind {
		parts = append(parts, section{title: a.uncountedSentence(u)})
	}
	return parts
}

func (a *app) uncountedSentence(u report.Uncounted) string {
	id := "uncounted"
	if u.Last == 0 {
		id = "never_counted"
	}
	return a.say.T("cli.report."+id, catalog.Data{"Shop": string(u.Shop), "Last": u.Last.String(), "Due": u.Due.String()})
}
