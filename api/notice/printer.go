package notice

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/ledger/report"
)

// Printer makes the texts of notices from the book and the masked names of the registry.
type Printer struct {
	View    ledger.View
	Mark    string // of a demo book
	Names   func(ctx context.Context, ids ...string) (map[string]person.Masked, error)
	Entries func() iter.Seq2[ledger.Entry, error]
}

// Text writes a notice, the same for the same book and names.
func (p Printer) Text(ctx context.Context, say *catalog.Localizer, n ledger.Notice) (string, error) {
	unit, err := p.View.Unit(n.Unit)
	if err != nil {
		return "", err
	}
	paper := Paper{Name: unit.Name, Mark: p.Mark, Notice: n}
	if n.What == "" {
		lines, err := p.lines(ctx, n.Records)
		return Credits(say, paper, lines), err
	}
	scope, err := report.ScopeOf(p.View, n.Unit)
	if err != nil {
		return "", err
	}
	scope = scope.On(n.From) // so that it is the same text after a unit moved
	first, last, _ := ledger.PeriodOf(n.Period)
	period := report.Period{From: first, To: last}
	if n.What == ledger.PublishGoods {
		rows, err := report.GoodsOver(scope, period, p.Entries())
		var items []Item
		for _, r := range rows {
			items = append(items, Item(r))
		}
		return Goods(say, paper, items), err
	}
	if n.What == ledger.PublishHonours {
		return p.honours(ctx, say, paper, scope, period)
	}
	rows, err := report.PointsOver(scope, period, p.Entries())
	if err != nil {
		return "", err
	}
	people, err := p.people(ctx, unit, last, n.Index, rows)
	return Points(say, paper, people), err
}

// honours writes the honour list: who agreed to be named, and how many more served.
func (p Printer) honours(ctx context.Context, say *catalog.Localizer, paper Paper, scope report.Scope, period report.Period) (string, error) {
	tiers, err := p.View.Honours(paper.Notice.Unit, period.To, paper.Notice.Index)
	if err != nil {
		return "", err
	}
	rows, others, err := report.HonoursOver(scope, period, paper.Notice.Index, tiers, p.Entries())
	if err != nil {
		return "", err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = string(r.Volunteer)
	}
	masked, err := p.Names(ctx, ids...)
	if err != nil {
		return "", err
	}
	list := make([]Honour, len(rows))
	for i, r := range rows {
		list[i] = Honour{Who: called(ids[i], masked, &ledger.Rule{}), Minutes: r.Minutes, Donated: r.Donated, Honour: r.Honour}
	}
	return Honours(say, paper, list, others), nil
}

// lines are the records of a notice with what names them.
func (p Printer) lines(ctx context.Context, records []ledger.Index) ([]Line, error) {
	rules, err := p.View.Rules()
	if err != nil {
		return nil, err
	}
	lines, ids := make([]Line, 0, len(records)), []string{}
	for _, i := range records {
		rec, err := p.View.Record(i)
		if err != nil {
			return nil, err
		}
		l := Line{Record: rec, Who: string(rec.Volunteer)}
		if rec.Activity != "" {
			act, err := p.View.Activity(rec.Activity)
			if err != nil {
				return nil, err
			}
			l.Activity = act.Name
		}
		lines, ids = append(lines, l), append(ids, l.Who)
	}
	masked, err := p.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		rule, _ := rules.Named(lines[i].Record.Rule)
		lines[i].Who = called(lines[i].Who, masked, rule)
	}
	return lines, nil
}

// Acts lists the codes of the acts on a notice, in the order of its lines, each once. Its text has them bare.
func Acts(v ledger.View, n ledger.Notice) (codes []ledger.Code, err error) {
	for _, i := range n.Records {
		rec, err := v.Record(i)
		if err != nil {
			return nil, err
		}
		if rec.Code != "" && rec.Kind == ledger.ActsDeclared && !slices.Contains(codes, rec.Code) {
			codes = append(codes, rec.Code)
		}
	}
	return codes, nil
}

// Legend says what codes of acts stand for; nothing where none of them has a name. It stands beside a notice and never in it: the words of
// a text that hangs are hashed, those of a catalog may be bettered.
func Legend(say *catalog.Localizer, codes []ledger.Code) string {
	var acts []string
	for _, c := range codes {
		if name := say.ActWithCode(c); name != string(c) {
			acts = append(acts, name)
		}
	}
	if len(acts) == 0 {
		return ""
	}
	return say.T("notice.legend", catalog.Data{"Acts": acts})
}

// people names the volunteers and the pools of a month, as the rules say that were set before an entry; 0 for all.
func (p Printer) people(ctx context.Context, unit ledger.Unit, on ledger.Date, before ledger.Index, rows []report.PersonRow) ([]Person, error) {
	rules, err := p.View.Rules()
	if err != nil {
		return nil, err
	}
	org, err := p.View.Org()
	if err != nil {
		return nil, err
	}
	rules = rules.Before(before)
	rule, _ := rules.For(org.Above(unit.Unit, on), unit.Rule, on)
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = cmp.Or(string(r.Volunteer), string(r.Pool))
	}
	masked, err := p.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	people := make([]Person, len(rows))
	for i, r := range rows {
		people[i] = Person{
			Who: called(ids[i], masked, rule), Opening: r.Opening, Earned: r.Earned, Redeemed: r.Redeemed, Other: r.Other, Closing: r.Closing,
		}
	}
	return people, nil
}

// called is how a notice calls a volunteer: by the masked name without the number, with which a stranger could ask for goods; or by
// the number where the rule wants no names, or there is none to be read.
func called(id string, masked map[string]person.Masked, rule *ledger.Rule) string {
	if name := masked[id].Name; name != "" && rule.Notice.Mask != ledger.MaskNumbers {
		return name
	}
	return id
}

// Nobody names no one, where the registry cannot be read.
func Nobody(context.Context, ...string) (map[string]person.Masked, error) { return nil, nil }

// Find finds the notice whose text has that hash.
func Find(v ledger.View, hash string) (found ledger.Notice, ok bool, err error) {
	for n, err := range v.Notices() {
		if err != nil {
			return found, false, fmt.Errorf("find notice: %w", err)
		}
		if n.SHA256 == hash {
			found, ok = n, true
		}
	}
	return found, ok, nil
}
