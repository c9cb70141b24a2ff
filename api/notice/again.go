package notice

import (
	"cmp"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/audit"
)

// Again writes a notice that an audit drew again from the entries, with marked numbers where the text that hung out has names.
func Again(say *catalog.Localizer, mark string, d *audit.Drawn) string {
	p := Paper{Name: d.Name, Mark: mark, Notice: d.Notice}
	switch d.Notice.What {
	case ledger.PublishPoints:
		people := make([]Person, len(d.Points))
		for i, r := range d.Points {
			who := d.Who(i, cmp.Or(string(r.Volunteer), string(r.Pool)))
			people[i] = Person{Who: who, Opening: r.Opening, Earned: r.Earned, Redeemed: r.Redeemed, Other: r.Other, Closing: r.Closing}
		}
		return Points(say, p, people)
	case ledger.PublishGoods:
		items := make([]Item, len(d.Goods))
		for i, r := range d.Goods {
			items[i] = Item(r)
		}
		return Goods(say, p, items)
	case ledger.PublishHonours:
		list := make([]Honour, len(d.Honours))
		for i, r := range d.Honours {
			list[i] = Honour{Who: d.Who(i, string(r.Volunteer)), Minutes: r.Minutes, Donated: r.Donated, Honour: r.Honour}
		}
		return Honours(say, p, list, d.Others)
	}
	lines := make([]Line, len(d.Records))
	for i, r := range d.Records {
		lines[i] = Line{Record: r, Who: d.Who(i, string(r.Volunteer)), Activity: d.Service[i]}
	}
	return Credits(say, p, lines)
}
