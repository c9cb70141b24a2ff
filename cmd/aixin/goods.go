package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
)

// This file sets what things are worth: items with their dated prices, and rules.

type itemRow struct {
	Item   ledger.Commodity `json:"item"`
	Name   string           `json:"name"`
	Label  string           `json:"label,omitempty"`
	Points *api.Points      `json:"points,omitempty"` // today; absent before the first price
	Prices []priceRow       `json:"prices"`
}

type priceRow struct {
	From   ledger.Date `json:"from"`
	Points api.Points  `json:"points"`
}

func (a *app) itemCmd() *cobra.Command {
	f := family[ledger.Item, itemRow]{
		name: "item", columns: []string{"item", "label", "title", "points"}, all: ledger.View.Items,
		one: func(v ledger.View, id string) (ledger.Item, error) { return v.Item(ledger.Commodity(id)) },
		row: newItemRow,
		cells: func(r itemRow) []any {
			points := any("")
			if r.Points != nil {
				points = sheet.Points(*r.Points)
			}
			return []any{string(r.Item), r.Label, r.Name, points}
		},
	}
	return a.parent("item", "item", a.itemAddCmd(), a.itemSetCmd(), listCmd(a, f), showCmd(a, f, "ITEM"))
}

func newItemRow(_ context.Context, r *reader, i ledger.Item) (itemRow, error) {
	row := itemRow{Item: i.Item, Name: i.Name, Label: i.Label, Prices: []priceRow{}}
	if today, ok := i.PriceOn(r.view.On()); ok {
		points := api.Points(today)
		row.Points = &points
	}
	for _, p := range i.Prices {
		row.Prices = append(row.Prices, priceRow{p.From, api.Points(p.Points)})
	}
	return row, nil
}

func (a *app) itemAddCmd() *cobra.Command {
	var do ledger.AddItem
	cmd := a.writes(a.command("item_add", "add ITEM --name NAME --points POINTS [--label LABEL] [--from DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Item, do.From = ledger.Commodity(args[0]), a.dayOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().StringVar(&do.Name, "name", "", a.say.T("cli.flag.name"))
	cmd.Flags().StringVar(&do.Label, "label", "", a.say.T("cli.flag.label"))
	cmd.Flags().Var(newValue(&do.Points, parsePoints, "POINTS"), "points", a.say.T("cli.flag.points"))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.from"))
	return cmd
}

func (a *app) itemSetCmd() *cobra.Command {
	var do ledger.PriceItem
	cmd := a.writes(a.command("item_set", "set ITEM --points POINTS [--from DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Item, do.From = ledger.Commodity(args[0]), a.dayOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().Var(newValue(&do.Points, parsePoints, "POINTS"), "points", a.say.T("cli.flag.points"))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.from"))
	return cmd
}

// dayOr returns the day, or today where none was given.
func (a *app) dayOr(d ledger.Date) ledger.Date {
	if d != 0 {
		return d
	}
	return a.today()
}

type ruleRow struct {
	Rule    string      `json:"rule"`
	From    ledger.Date `json:"from"`
	Expires string      `json:"expires,omitempty"`
	Terms   *termsRow   `json:"terms,omitempty"`
	Second  []string    `json:"second,omitempty"`
	Rates   []rateRow   `json:"rates,omitempty"`
	Acts    []rateRow   `json:"acts,omitempty"`
}

type rateRow struct {
	Code   ledger.Code `json:"code"`
	Points api.Points  `json:"points"`
	Per    int64       `json:"per,omitempty"`
}

func newRuleRow(r ledger.Rule) ruleRow {
	row := ruleRow{Rule: r.Name(), From: r.From, Expires: r.Expires, Terms: newTermsRow(r.Terms)}
	for _, k := range r.Second.Kinds {
		row.Second = append(row.Second, string(k))
	}
	for _, h := range r.Rates {
		row.Rates = append(row.Rates, rateRow{h.Code, api.Points(h.Points), 0})
	}
	for _, x := range r.Acts {
		row.Acts = append(row.Acts, rateRow{x.Code, api.Points(x.Points), x.Per})
	}
	return row
}

func (a *app) ruleCmd() *cobra.Command {
	f := family[ledger.Rule, ruleRow]{
		name: "rule", columns: []string{"rule", "from", "points"}, all: allRules, one: oneRule,
		row: plainly(newRuleRow),
		cells: func(r ruleRow) []any {
			var worth []string
			for _, h := range append(slices.Clone(r.Rates), r.Acts...) {
				worth = append(worth, string(h.Code)+"="+h.Points.String())
			}
			return []any{r.Rule, r.From.String(), strings.Join(worth, " ")}
		},
	}
	set := func(name string) *cobra.Command {
		return a.writes(a.command("rule_set", name+" NAME|FILE", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			rule, err := a.readRule(args[0])
			if err != nil {
				return err
			}
			return a.submit(cmd.Context(), &ledger.SetRule{Rule: rule})
		}))
	}
	return a.parent("rule", "rule", set("add"), set("set"), listCmd(a, f), a.ruleShowCmd(f.columns, f.cells), a.ruleCheckCmd(), a.ruleDiffCmd(), a.ruleShippedCmd())
}

// ruleShippedCmd prints a shipped rule set, to be copied and changed.
func (a *app) ruleShippedCmd() *cobra.Command {
	return a.command("rule_shipped", "shipped [NAME]", cobra.MaximumNArgs(1), func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			t := a.table("rule")
			for _, name := range sheet.ShippedRules() {
				t.add(name)
			}
			return a.show(result{json: sheet.ShippedRules(), table: t})
		}
		text, err := sheet.ShippedRuleText(args[0])
		if err != nil {
			return err
		}
		return a.show(result{json: map[string]string{"rule": args[0], "toml": text}, text: func() string { return text }})
	})
}

// readRule reads a shipped rule set by its name, or a file.
func (a *app) readRule(arg string) (ledger.Rule, error) {
	if slices.Contains(sheet.ShippedRules(), arg) {
		return sheet.ShippedRule(arg)
	}
	f, err := a.openFile(arg)
	if err != nil {
		if is(fs.ErrNotExist)(err) && !strings.ContainsAny(arg, "/.") {
			return sheet.ShippedRule(arg) // says which names there are
		}
		return ledger.Rule{}, fmt.Errorf("rule: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	rule, err := sheet.CheckRule(f)
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		for i := range bad.Fields {
			bad.Fields[i].Field = arg + ":" + bad.Fields[i].Field
		}
	}
	return rule, err
}

func allRules(v ledger.View) iter.Seq2[ledger.Rule, error] {
	return func(yield func(ledger.Rule, error) bool) {
		rules, err := v.Rules()
		if err != nil {
			yield(ledger.Rule{}, err)
			return
		}
		for _, r := range rules.List {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// oneRule finds id@version, or the newest version of an id.
func oneRule(v ledger.View, name string) (ledger.Rule, error) {
	rules, err := v.Rules()
	if err != nil {
		return ledger.Rule{}, err
	}
	for _, r := range slices.Backward(rules.List) {
		if r.Name() == name || r.ID == name {
			return r, nil
		}
	}
	return ledger.Rule{}, &ledger.Rejection{Reason: ledger.NotFound, Subject: name}
}
