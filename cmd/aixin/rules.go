package main

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// This file looks at rules as files and as versions: what holds on a day, whether a file is a rule, and what a new version changes.

// termsRow says for whom a rule is, how long, and on whose word.
type termsRow struct {
	Unit       ledger.UnitID `json:"unit,omitempty"`
	Shop       ledger.ShopID `json:"shop,omitempty"`
	Until      ledger.Date   `json:"until,omitempty"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	Published  ledger.Date   `json:"published,omitempty"`
}

func newTermsRow(t ledger.Terms) *termsRow {
	if t == (ledger.Terms{}) {
		return nil
	}
	return &termsRow{t.Unit, t.Shop, t.Until, t.ApprovedBy, t.Published}
}

// ruleShowCmd prints one version in full: the one that is named, the newest of a rule set, or the one that a unit or shop follows.
// With --as-of it is the version in force on that day.
func (a *app) ruleShowCmd(columns []string, cells func(ruleRow) []any) *cobra.Command {
	var unit, shop string
	cmd := a.reads(a.command("rule_show", "show [RULE[@VERSION]] [--unit UNIT | --shop SHOP] [--as-of DATE]", cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && (unit != "" || shop != "") {
			return &usageError{id: "rule_one"}
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			rule, err := r.rule(args, ledger.UnitID(unit), ledger.ShopID(shop))
			if err != nil {
				return result{}, err
			}
			var text bytes.Buffer
			if err := sheet.WriteRule(&text, rule); err != nil {
				return result{}, err
			}
			row, t := newRuleRow(rule), a.table(columns...)
			t.add(cells(row)...)
			return result{json: row, table: t, text: text.String}, nil
		})
	}))
	cmd.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.rule_unit"))
	cmd.Flags().StringVar(&shop, "shop", "", a.say.T("cli.flag.rule_shop"))
	return cmd
}

// rule finds the rule that is meant.
func (r *reader) rule(args []string, unit ledger.UnitID, shop ledger.ShopID) (ledger.Rule, error) {
	rules, err := r.view.Rules()
	if err != nil {
		return ledger.Rule{}, err
	}
	if len(args) == 1 {
		if rule, ok := rules.InForce(args[0], r.view.On()); ok && r.app.opts.asOf != 0 {
			return *rule, nil
		}
		return oneRule(r.view, args[0])
	}
	if shop != "" {
		s, err := r.view.Shop(shop)
		if err != nil {
			return ledger.Rule{}, err
		}
		unit = s.Unit
	}
	own := ""
	if unit != "" {
		u, err := r.view.Unit(unit)
		if err != nil {
			return ledger.Rule{}, err
		}
		own = u.Rule
	}
	org, err := r.view.Org()
	if err != nil {
		return ledger.Rule{}, err
	}
	rule, ok := rules.ForShop(shop, org.Above(unit, r.view.On()), own, r.view.On())
	if !ok {
		return *rule, &ledger.Rejection{Reason: ledger.NoRule, Subject: r.view.On().String()}
	}
	return *rule, nil
}

// ruleCheckCmd says what is wrong with a rule file, by line, without a book.
func (a *app) ruleCheckCmd() *cobra.Command {
	return a.command("rule_check", "check FILE", cobra.ExactArgs(1), func(_ *cobra.Command, args []string) error {
		rule, err := a.readRule(args[0])
		if err != nil {
			return err
		}
		return a.show(result{json: newRuleRow(rule), text: func() string {
			return a.say.T("cli.rule.good", catalog.Data{"Rule": rule.Name(), "Rates": len(rule.Rates), "Acts": len(rule.Acts)}) + "\n"
		}})
	})
}

// ruleDiffCmd prints what differs between two rules, each a version of the book or a file.
func (a *app) ruleDiffCmd() *cobra.Command {
	return a.command("rule_diff", "diff RULE[@VERSION]|FILE RULE[@VERSION]|FILE", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			var two [2]ledger.Rule
			for i, arg := range args {
				rule, err := oneRule(r.view, arg)
				if isRejection(ledger.NotFound)(err) {
					rule, err = a.readRule(arg)
				}
				if err != nil {
					return result{}, err
				}
				two[i] = rule
			}
			changes, err := sheet.DiffRules(two[0], two[1])
			t := a.table("member", "before", "after")
			for _, c := range changes {
				t.add(c.Member, c.Before, c.After)
			}
			res := result{json: changes, table: t}
			if len(changes) == 0 {
				res.text = func() string { return a.say.T("cli.rule.same") + "\n" }
			}
			return res, err
		})
	})
}
