package api

import (
	"context"
	"slices"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is what the papers of two people have in common, write-offs and relief: one declares, and another sees to it.

// papers are those of one kind: what waits, the oldest first, and the newest of each shop that are over, the newest first.
type papers struct{ open, over []ledger.Paper }

// paperForms are the kinds of papers by the field that asks for one of them, and the page where they are dealt with.
var paperForms = map[string]struct {
	kind ledger.Kind
	path string
}{
	"write_off": {ledger.WriteOffDeclared, writeOffPath},
	"relief":    {ledger.ReliefDeclared, reliefPath},
}

func (d *desk) papers(kind ledger.Kind) (papers, error) {
	got, err := d.server.papers.of(d.r.Context(), d.server, d.view, findPapers)
	return got.Value[kind], err
}

func findPapers(_ context.Context, v ledger.View) (map[ledger.Kind]papers, error) {
	all := map[ledger.Kind]papers{}
	for p, err := range v.Papers() {
		if err != nil {
			return nil, err
		}
		of := all[p.Kind]
		if p.State == ledger.ShelfOpen {
			of.open = append(of.open, p)
		} else {
			of.over = append(of.over, p)
		}
		all[p.Kind] = of
	}
	for kind, of := range all {
		slices.Reverse(of.over)
		shown := map[ledger.ShopID]int{}
		of.over = slices.Clip(slices.DeleteFunc(of.over, func(p ledger.Paper) bool {
			shown[p.Shop]++
			return shown[p.Shop] > maxRecent
		}))
		all[kind] = of
	}
	return all, nil
}

// papersWithin are those of the shops of the reader.
func (d *desk) papersWithin(name string) (papers, error) {
	of := paperForms[name]
	within, err := d.shopsWithin(of.path)
	if err != nil {
		return papers{}, err
	}
	all, err := d.papers(of.kind)
	far := func(p ledger.Paper) bool { return !within(p.Shop) }
	all.open, all.over = slices.DeleteFunc(slices.Clone(all.open), far), slices.DeleteFunc(slices.Clone(all.over), far)
	all.over = all.over[:min(len(all.over), maxRecent)]
	return all, err
}

// papersOn lists the days on which was declared what waits for the reader: nobody sees to what they declared themself.
func papersOn(name string) func(*desk) ([]ledger.Date, error) {
	return func(d *desk) (list []ledger.Date, err error) {
		all, err := d.papersWithin(name)
		for _, p := range all.open {
			if p.Declarer == d.staff.Staff {
				continue
			}
			e, err := d.view.Entry(p.Index)
			if err != nil {
				return nil, err
			}
			list = append(list, e.On)
		}
		return list, err
	}
}

// openPapers asks for one of those that wait in the shops of the reader, and for the one that was sent, whatever became of it. Their own
// are theirs to drop and not to see to.
func (d *desk) openPapers(name string, own bool) ([]web.Field, error) {
	all, err := d.papersWithin(name)
	f := web.Field{Name: name, Kind: "select", Need: true, Unset: true}
	for _, p := range append(slices.Clone(all.open), all.over...) {
		open := p.State == ledger.ShelfOpen && (own || p.Declarer != d.staff.Staff)
		if !open && counts(p.Index) != d.r.PostForm.Get(name) {
			continue
		}
		why := p.Case + string(p.Volunteer)
		if p.Reason != "" {
			why = catalog.Name(d.say, "shelf_reason", p.Reason)
		}
		f.Options = append(f.Options, web.Option{Value: counts(p.Index), Text: joined(counts(p.Index), d.shopNamed(p.Shop), d.piecesOf(p.Lines), why)})
	}
	return []web.Field{f}, err
}

// piecesOf says which items, and how many of each.
func (d *desk) piecesOf(lines []ledger.ItemLine) (said string) {
	for _, l := range lines {
		said = joined(said, d.itemNamed(l.Item)+" × "+counts(l.Pieces))
	}
	return said
}
