package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

func (a *app) reportCmd() *cobra.Command {
	stock := a.stockReport()
	stock.SuggestFor = []string{"stock-card", "card", "goods"}
	return a.parent("report", "report",
		a.activityReport(), stock, a.agingReport(), a.liabilityReport(), a.starReport(), a.trialBalance(),
		a.deliveryReport(), a.donorReport(), a.closeReport(), a.expiringReport(),
		a.exceptionReport(), a.gapReport(), a.clerkReport(), a.settlementReport(), a.sampleReport(), a.yearPack())
}

// reports describes a report, which covers a unit with everything below it, or the whole book.
func (a *app) reports(name, use string, draw func(context.Context, *reader, report.Scope) (result, error)) *cobra.Command {
	var unit string
	cmd := a.reads(a.command("report_"+name, use+" [--unit UNIT] [--as-of DATE]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if unit != "" && !ledger.UnitID(unit).Valid() {
			return malformed("--unit", "unit_code")
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			scope, err := report.ScopeOf(r.view, ledger.UnitID(unit))
			if err != nil {
				return result{}, err
			}
			return draw(ctx, r, scope)
		})
	}))
	cmd.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.unit_below"))
	return cmd
}

// section is a part of a report for people: a sentence over a table, or either of them.
type section struct {
	title string
	table *table
}

// reportText writes the head of a report and its sections.
func (a *app) reportText(name string, b report.Basis, parts ...section) func() string {
	return func() string {
		var out strings.Builder
		out.WriteString(a.mark())
		out.WriteString(a.say.T("cli.report.head", catalog.Data{
			"Name": a.say.T("cli.short." + "report_" + name), "On": b.On.String(), "Index": int64(b.Head.Size - 1),
		}) + "\n")
		if b.Unit != "" {
			out.WriteString(a.say.T("cli.report.unit", catalog.Data{"Unit": string(b.Unit)}) + "\n")
		}
		for _, p := range parts {
			if p.title != "" {
				out.WriteString(p.title + "\n")
			}
			if p.table == nil {
				continue
			}
			if len(p.table.rows) == 0 {
				out.WriteString(a.say.T("cli.report.nothing") + "\n")
			}
			if err := p.table.writeText(&out); err != nil {
				return err.Error()
			}
		}
		return out.String()
	}
}

// or makes a cell of a number that may not be there.
func or[T any](n T, there bool) any {
	if !there {
		return ""
	}
	return n
}

// clock is an amount of minutes as people read it: 90 is 1:30.
type clock ledger.Amount

// String writes hours and minutes.
func (c clock) String() string { return fmt.Sprintf("%d:%02d", c/60, c%60) }

func (a *app) trialBalance() *cobra.Command {
	var p periodFlags
	var classes bool
	cmd := a.periodReport("trial_balance", "trial-balance [--classes]", &p, func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		if classes || p.given() {
			return a.turnover(ctx, r, s, p.days(), classes)
		}
		trial, err := report.TrialBalanceOf(r.view, s)
		if err != nil && !errors.Is(err, ledger.ErrCorrupt) {
			return result{}, err
		}
		t := a.table("account", "commodity", "debit", "credit")
		side := func(account string, c ledger.Commodity, debit, credit ledger.Amount) []any {
			return []any{account, string(c), quantity(api.NewQuantity(debit, c)), quantity(api.NewQuantity(credit, c))}
		}
		for _, row := range trial.Rows {
			account := row.Account.ID.String()
			if row.Account.ID == report.Outside() {
				account = a.say.T("cli.report.outside")
			}
			t.add(side(account, row.Account.Commodity, row.Debit, row.Credit)...)
		}
		for _, c := range trial.Totals {
			t.total(2, []int{3, 4}, side(a.say.T("cli.report.total"), c.Commodity, c.Debit, c.Credit)...)
		}
		return result{json: api.NewTrialBalance(trial), table: t}, err
	})
	cmd.Aliases = []string{"trial"}
	cmd.Flags().BoolVar(&classes, "classes", false, a.say.T("cli.flag.classes_only"))
	return cmd
}

func (a *app) activityReport() *cobra.Command {
	var p report.Period
	cmd := a.reports("activity", "activity [--from DATE] [--to DATE]", func(_ context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Activity(r.view, s, p)
		if err != nil {
			return result{}, err
		}
		wire := api.NewActivityReport(x)
		return result{json: wire, lines: wire.Rows, table: a.activityTable(x), text: a.activityText(x)}, nil
	})
	cmd.Flags().Var(newValue(&p.From, parseDate, "DATE"), "from", a.say.T("cli.flag.served_from"))
	cmd.Flags().Var(newValue(&p.To, parseDate, "DATE"), "to", a.say.T("cli.flag.served_to"))
	return cmd
}

func (a *app) activityTable(x report.ActivityReport) *table {
	t := a.table("unit", "activity", "code", "title", "records", "credited", "waiting", "sent_back", "undone",
		"people", "minutes", "quantity", "counted_in", "points", "scan", "roster", "backfill")
	row := func(r report.ActivityRow) []any {
		return []any{
			string(r.Unit), string(r.Activity), string(r.Code), r.Name, r.Declared, r.Credited, r.Waiting, r.SentBack, r.Reversed,
			r.Volunteers, r.Minutes, or(r.Quantity, r.Code != "" && r.Activity == ""), r.Counted, sheet.Points(r.Points), r.Scan, r.Roster, r.Backfill,
		}
	}
	for _, r := range x.Rows {
		t.add(row(r)...)
	}
	total := report.ActivityRow{Unit: ledger.UnitID(a.say.T("cli.report.total")), Tally: x.Total} // somebody may be in several rows
	t.total(0, []int{5, 6, 7, 8, 9, 11, 14, 15, 16, 17}, row(total)...)
	return t
}

// activityText puts service, acts and units into tables of their own, and what names a row into one cell, so that they fit.
func (a *app) activityText(x report.ActivityReport) func() string {
	service := a.table("activity", "records", "credited", "waiting", "sent_back", "undone", "people", "minutes", "points", "captured")
	acts := a.table("unit", "records", "credited", "waiting", "sent_back", "undone", "people", "quantity", "points")
	units := a.table("unit", "records", "credited", "waiting", "sent_back", "undone", "people", "minutes", "points", "captured")
	row := func(t *table, name string, y report.Tally) {
		scan, roster, backfill := y.Shares()
		t.add(name, y.Declared, y.Credited, y.Waiting, y.SentBack, y.Reversed, y.Volunteers, y.Minutes, sheet.Points(y.Points),
			or(fmt.Sprintf("%d/%d/%d", scan, roster, backfill), y.Minutes > 0))
	}
	for _, r := range x.Rows {
		if r.Activity != "" {
			row(service, string(r.Activity)+" "+r.Name, r.Tally)
			continue
		}
		acts.add(string(r.Unit)+" "+string(r.Code), r.Declared, r.Credited, r.Waiting, r.SentBack, r.Reversed,
			r.Volunteers, ledger.FormatQuantity(r.Quantity, r.Counted), sheet.Points(r.Points))
	}
	for _, r := range x.Units {
		row(units, string(r.Unit)+" "+r.Name, r.Tally)
	}
	row(units, a.say.T("cli.report.total"), x.Total)
	parts := []section{
		{a.say.T("cli.report.service"), service},
		{a.say.T("cli.report.acts"), acts},
		{a.say.T("cli.report.units"), units},
		{a.say.T("cli.report.captured"), nil},
	}
	if x.Period != (report.Period{}) {
		period := a.say.T("cli.report.period", catalog.Data{
			"From": cmp.Or(x.Period.From.String(), "…"), "To": cmp.Or(x.Period.To.String(), "…"),
		})
		parts = append([]section{{title: period}}, parts...)
	}
	return a.reportText("activity", x.Basis, parts...)
}

func (a *app) stockReport() *cobra.Command {
	var lots, past bool
	var p periodFlags
	var card stockCardFlags
	cmd := a.periodReport("stock", "stock [--lots] [--past] [--shop SHOP --item ITEM]", &p, func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		switch {
		case card.given():
			return a.stockCard(ctx, r, card.shop, card.item, p.days())
		case p.given():
			return a.stockPeriod(ctx, r, s, p.days())
		}
		x, err := report.Stock(r.view, s, r.moved(ctx, report.InDeliveries))
		if err != nil {
			return result{}, err
		}
		if past {
			x = x.PastDate()
		}
		behind, err := report.UncountedShelves(r.view, s)
		if err != nil {
			return result{}, err
		}
		wire, t := api.NewStockReport(x), a.stockTable(x)
		wire.Uncounted = api.NewUncounted(behind)
		if lots || past {
			t = a.lotTable(x)
		}
		parts := append([]section{{table: t}}, a.otherwise(x)...)
		parts = append(parts, a.uncounted(behind)...)
		return result{json: wire, lines: wire.Rows, table: t, text: a.reportText("stock", x.Basis, parts...)}, nil
	})
	cmd.Flags().BoolVar(&lots, "lots", false, a.say.T("cli.flag.lots"))
	cmd.Flags().BoolVar(&past, "past", false, a.say.T("cli.flag.past_only"))
	card.add(a, cmd)
	return cmd
}

func (a *app) stockTable(x report.StockReport) *table {
	t := a.table("shop", "item", "title", "received", "given", "sent_back", "short", "on_hand", "past", "supply", "worth")
	for _, r := range x.Rows {
		days, ok := r.Supply()
		t.add(string(r.Shop), string(r.Item), r.Name, r.Received, r.Given, r.Returned, r.Short, r.OnHand, r.Past,
			or(days, ok), or(sheet.Points(r.Value()), r.Priced))
	}
	return t
}

func (a *app) lotTable(x report.StockReport) *table {
	t := a.table("shop", "item", "title", "lot", "donor", "best_before", "left", "worth", "note")
	for _, r := range x.Rows {
		for _, l := range r.Lots {
			note := string(l.Only)
			if l.Past {
				note = strings.TrimSpace(a.say.T("cli.report.past") + " " + note)
			}
			t.add(string(r.Shop), string(r.Item), r.Name, l.ID.String(), string(l.Donor), l.Expires.String(), l.Left,
				or(sheet.Points(l.Value), r.Priced), note)
		}
	}
	return t
}

func (a *app) agingReport() *cobra.Command {
	return a.reports("aging", "aging", func(_ context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Aging(r.view, s)
		if err != nil {
			return result{}, err
		}
		all := a.table("what", "age", "points", "pieces", "lots", "people", "worth")
		points, goods := a.table("age", "points", "lots", "people"), a.table("age", "pieces", "lots", "worth")
		for _, p := range x.Points {
			age := a.say.T("cli.age." + p.Age.ID)
			all.add(a.say.T("cli.commodity.POINT"), age, sheet.Points(p.Points), "", p.Lots, p.Volunteers, "")
			points.add(age, sheet.Points(p.Points), p.Lots, p.Volunteers)
		}
		for _, g := range x.Goods {
			age := a.say.T("cli.age." + g.Age.ID)
			all.add(a.say.T("cli.report.goods_word"), age, "", g.Pieces, g.Lots, "", sheet.Points(g.Value))
			goods.add(age, g.Pieces, g.Lots, sheet.Points(g.Value))
		}
		p, g, total := x.PointsTotal(), x.GoodsTotal(), a.say.T("cli.report.total")
		points.add(total, sheet.Points(p.Points), p.Lots, "")
		goods.add(total, g.Pieces, g.Lots, sheet.Points(g.Value))
		wire := api.NewAgingReport(x)
		lapse := section{a.say.T("cli.report.points_lapse"), points}
		if p.GoesOn > 0 {
			lapse.title += "\n" + a.say.T("cli.report.goes_on", catalog.Data{"Points": ledger.FormatPoints(p.GoesOn)})
		}
		return result{json: wire, table: all, text: a.reportText("aging", x.Basis,
			lapse, section{a.say.T("cli.report.goods_pass"), goods})}, nil
	})
}

// What a point is worth in fen, and the percent of cover below which the report warns, where neither a flag nor the rule says so.
const (
	usualRatio ledger.Amount = 100
	usualWarn  ledger.Amount = 80
)

func (a *app) liabilityReport() *cobra.Command {
	var ratio, warn ledger.Amount
	cmd := a.reports("liability", "liability [--ratio YUAN] [--warn PERCENT]", func(_ context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Liability(r.view, s)
		if err != nil {
			return result{}, err
		}
		wire := api.NewLiabilityReport(x, cmp.Or(ratio, x.Fen, usualRatio), int64(cmp.Or(warn, x.Warn, usualWarn)))
		return result{json: wire, lines: wire.Units, table: a.liabilityTable(wire), text: a.liabilityText(x, wire)}, nil
	})
	cmd.Flags().Var(newValue(&ratio, parsePoints, "YUAN"), "ratio", a.say.T("cli.flag.ratio"))
	cmd.Flags().Var(newValue(&warn, parseCount(1000, "positive"), "PERCENT"), "warn", a.say.T("cli.flag.warn"))
	return cmd
}

// liabilityRows lists the units and the total under its word.
func (a *app) liabilityRows(x api.LiabilityReport) []api.LiabilityRow {
	total := x.Total
	total.Unit, total.Name = ledger.UnitID(a.say.T("cli.report.total")), ""
	return append(x.Units, total)
}

// below says which rows need looking at.
func (a *app) below(r api.LiabilityRow) string {
	if !r.Below {
		return ""
	}
	return a.say.T("cli.report.below")
}

func coverCell(r api.LiabilityRow) any {
	if r.Cover == nil {
		return ""
	}
	return *r.Cover
}

func (a *app) liabilityTable(x api.LiabilityReport) *table {
	t := a.table("unit", "title", "outstanding", "lapsed", "waiting", "goods", "unpriced", "cover", "note", "outstanding_yuan", "goods_yuan", "budget_yuan")
	for _, r := range a.liabilityRows(x) { // a unit has all that is below it: the total is no sum of these rows
		t.add(string(r.Unit), r.Name, sheet.Points(r.Outstanding), sheet.Points(r.Lapsed), sheet.Points(r.Pending), sheet.Points(r.Goods),
			r.Unpriced, coverCell(r), a.below(r), r.OutstandingYuan, r.GoodsYuan, r.BudgetYuan)
	}
	return t
}

func (a *app) liabilityText(x report.LiabilityReport, wire api.LiabilityReport) func() string {
	t := a.table("unit", "outstanding", "lapsed", "waiting", "goods", "cover", "note")
	for _, r := range a.liabilityRows(wire) {
		t.add(strings.TrimSpace(string(r.Unit)+" "+r.Name), sheet.Points(r.Outstanding), sheet.Points(r.Lapsed), sheet.Points(r.Pending),
			sheet.Points(r.Goods), coverCell(r), a.below(r))
	}
	total := wire.Total
	data := catalog.Data{
		"Percent": coverCell(total), "Warn": wire.Warn, "Ratio": wire.Ratio, "Owed": total.OutstandingYuan, "Goods": total.GoodsYuan,
		"Pieces": int64(total.Unpriced), "Budget": total.BudgetYuan,
	}
	covers := "covers"
	if x.Total.Budget > 0 {
		covers = "covers_budget"
	}
	sentences := []string{covers}
	switch {
	case total.Cover == nil:
		sentences = []string{"nothing_owed"}
	case total.Below:
		sentences = append(sentences, "warn")
	}
	if total.Unpriced > 0 {
		sentences = append(sentences, "unpriced")
	}
	parts := []section{{table: t}}
	for _, id := range append(sentences, "yuan") {
		parts = append(parts, section{title: a.say.T("cli.report."+id, data)})
	}
	return a.reportText("liability", x.Basis, parts...)
}

func (a *app) starReport() *cobra.Command {
	return a.reports("stars", "stars", func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Stars(r.view, s, nil)
		if err != nil {
			return result{}, err
		}
		ids := make([]string, len(x.Rows))
		for i, row := range x.Rows {
			ids[i] = string(row.Volunteer)
		}
		masked, err := r.masked(ctx, ids...)
		if err != nil {
			return result{}, err
		}
		wire := api.NewStarReport(x, func(v ledger.VolunteerID) string { return masked[string(v)].Name })
		t := a.table("volunteer", "name", "unit", "minutes", "level", "minutes_to_next", "counts_from", "lacks")
		for _, row := range wire.Rows {
			t.add(string(row.Volunteer), row.Name, string(row.Unit), row.Minutes, row.Level, row.Lacks, row.Since.String(), a.starWants(row.Wants))
		}
		return result{json: wire, lines: wire.Rows, table: t, text: a.starText(x, wire)}, nil
	})
}

// starText counts every volunteer and lists those who served.
func (a *app) starText(x report.StarReport, wire api.StarReport) func() string {
	heads, columns := []string{"level", "hours_from", "people"}, []string{"volunteer", "name", "unit", "hours", "level", "hours_to_next"}
	takes := slices.ContainsFunc(wire.Levels, func(l api.StarLevel) bool { return len(l.Takes) > 0 })
	if takes {
		heads = append(heads, "takes")
	}
	more := slices.ContainsFunc(wire.Rows, func(r api.StarRow) bool { return r.Since != 0 || len(r.Wants) > 0 })
	if more {
		columns = append(columns, "counts_from", "lacks")
	}
	levels, rows := a.table(heads...), a.table(columns...)
	for _, l := range wire.Levels {
		cells := []any{l.Level, clock(l.Minutes), l.Volunteers}
		if takes {
			cells = append(cells, a.starWants(l.Takes))
		}
		levels.add(cells...)
	}
	for _, r := range wire.Rows {
		if r.Minutes > 0 {
			cells := []any{string(r.Volunteer), r.Name, string(r.Unit), clock(r.Minutes), r.Level, or(clock(r.Lacks), r.Lacks > 0)}
			if more {
				cells = append(cells, r.Since.String(), a.starWants(r.Wants))
			}
			rows.add(cells...)
		}
	}
	return a.reportText("stars", x.Basis, section{table: levels}, section{a.say.T("cli.report.served"), rows})
}

// starWants says in a cell what a level takes beside hours, or what of it somebody lacks.
func (a *app) starWants(wants []api.StarWant) string {
	var said []string
	for _, w := range wants {
		said = append(said, a.say.T("cli.report.star."+string(w.What), catalog.Data{"Count": int64(w.Count)}))
	}
	return strings.Join(said, " ")
}
