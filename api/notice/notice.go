// Package notice writes the texts that a unit hangs out: records on notice, a month's points, a quarter's goods. A text is made of
// the book and of masked names and of nothing else, so that it can be made again byte for byte; the book keeps its hash.
package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Paper is the head of a notice.
type Paper struct {
	Name   string // of the unit
	Mark   string // of a demo book, so that nobody takes it for a real one
	Notice ledger.Notice
}

// Line is one record on notice.
type Line struct {
	Record   ledger.Record
	Who      string // a masked name, or a number
	Activity string // its name, for service
}

// Person is a volunteer's month.
type Person struct {
	Who                                       string
	Opening, Earned, Redeemed, Other, Closing ledger.Amount
}

// Item is an item's quarter on one shelf.
type Item struct {
	Shop                                     ledger.ShopID
	Item                                     ledger.Commodity
	Name                                     string
	Opening, Received, Given, Other, Closing ledger.Amount
}

// Hash names a text as the book does.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Credits writes the text of records on notice.
func Credits(say *catalog.Localizer, p Paper, lines []Line) string {
	var b strings.Builder
	p.head(&b, say, "credits")
	b.WriteString(say.T("notice.ask") + "\n\n")
	var sum ledger.Amount
	for _, l := range lines {
		b.WriteString(l.text(say) + "\n")
		sum += l.Record.Worth()
	}
	b.WriteString("\n" + say.T("notice.sum", catalog.Data{"Records": len(lines), "Points": ledger.FormatPoints(sum)}) + "\n")
	return foot(&b, say)
}

func (l Line) text(say *catalog.Localizer) string {
	r := l.Record
	data := catalog.Data{"Index": int64(r.Index), "Who": l.Who, "Points": ledger.FormatPoints(r.Worth())}
	if r.Kind == ledger.HoursDeclared {
		data["Name"], data["Day"], data["Minutes"] = l.Activity, r.Start.On().String(), int64(r.Minutes)
		return say.T("notice.service", data)
	}
	data["Code"], data["Quantity"], data["Day"] = string(r.Code), ledger.FormatQuantity(r.Quantity, r.CountedIn), r.On.String()
	return say.T("notice.act", data)
}

// Points writes the text of a month's points, one line a volunteer.
func Points(say *catalog.Localizer, p Paper, people []Person) string {
	var b strings.Builder
	p.head(&b, say, "points")
	b.WriteString("\n")
	var sum Person
	for _, who := range people {
		data := who.data()
		data["Who"] = who.Who
		b.WriteString(say.T("notice.person", data) + "\n")
		sum.Opening, sum.Earned, sum.Redeemed = sum.Opening+who.Opening, sum.Earned+who.Earned, sum.Redeemed+who.Redeemed
		sum.Other, sum.Closing = sum.Other+who.Other, sum.Closing+who.Closing
	}
	data := sum.data()
	data["People"] = len(people)
	b.WriteString("\n" + say.T("notice.people", data) + "\n")
	return foot(&b, say)
}

func (x Person) data() catalog.Data {
	return catalog.Data{
		"Opening": ledger.FormatPoints(x.Opening), "Earned": ledger.FormatPoints(x.Earned), "Redeemed": ledger.FormatPoints(x.Redeemed),
		"Other": ledger.FormatPoints(x.Other), "Closing": ledger.FormatPoints(x.Closing),
	}
}

// Goods writes the text of a quarter's goods, one line an item of a shelf.
func Goods(say *catalog.Localizer, p Paper, items []Item) string {
	var b strings.Builder
	p.head(&b, say, "goods")
	b.WriteString("\n")
	for _, x := range items {
		b.WriteString(say.T("notice.item", catalog.Data{
			"Shop": string(x.Shop), "Item": string(x.Item), "Name": x.Name, "Opening": int64(x.Opening), "Received": int64(x.Received),
			"Given": int64(x.Given), "Other": int64(x.Other), "Closing": int64(x.Closing),
		}) + "\n")
	}
	b.WriteString("\n" + say.T("notice.items", catalog.Data{"Items": len(items)}) + "\n")
	return foot(&b, say)
}

// Honour is somebody on an honour list.
type Honour struct {
	Who     string
	Minutes ledger.Amount
	Donated ledger.Amount
	Honour  string
}

// Honours writes the text of an honour list, one line each, and how many more served who are not named.
func Honours(say *catalog.Localizer, p Paper, list []Honour, others int) string {
	var b strings.Builder
	p.head(&b, say, "honours")
	b.WriteString("\n")
	for _, x := range list {
		b.WriteString(say.T("notice.honour", catalog.Data{
			"Who": x.Who, "Hours": int64(x.Minutes / 60), "Minutes": int64(x.Minutes % 60), "Honour": x.Honour, "Points": ledger.FormatPoints(x.Donated),
		}) + "\n")
	}
	b.WriteString("\n" + say.T("notice.honoured", catalog.Data{"People": len(list), "Others": others}) + "\n")
	return foot(&b, say)
}

// head writes what every notice begins with: whose it is, its number, and how long it hangs.
func (p Paper) head(b *strings.Builder, say *catalog.Localizer, what string) {
	n := p.Notice
	b.WriteString(p.Mark)
	b.WriteString(say.T("notice."+what, catalog.Data{"Paper": n.Paper(), "Period": n.Period}) + "\n")
	b.WriteString(say.T("notice.unit", catalog.Data{"Unit": string(n.Unit), "Name": p.Name}) + "\n")
	b.WriteString(say.T("notice.term", catalog.Data{"From": n.From.String(), "Until": n.Until.String()}) + "\n")
}

func foot(b *strings.Builder, say *catalog.Localizer) string {
	b.WriteString(say.T("notice.foot") + "\n")
	return b.String()
}
