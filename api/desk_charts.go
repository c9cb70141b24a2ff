package api

import (
	"crypto/sha256"
	"maps"
	"strings"
	"sync"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/report"
)

// chartMonths is how many months a chart shows.
const chartMonths = 12

// maxSheet bounds the cards that one sheet issues.
const maxSheet = 50

// months adds up what was issued, redeemed and expired, month by month. It reads each entry once: the first who looks after a start waits
// for the whole book, everybody after them for what is new.
type months struct {
	// mu guards what follows.
	mu   sync.Mutex
	next ledger.Index
	sums map[string][3]ledger.Amount // by 2006-01: issued, redeemed, expired
}

// upTo adds the entries of a view, and returns the sums.
func (m *months) upTo(v ledger.View) (map[string][3]ledger.Amount, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sums == nil {
		m.sums = map[string][3]ledger.Amount{}
	}
	for ; m.next < v.Head().Size; m.next++ {
		e, err := v.Entry(m.next)
		if err != nil {
			return nil, err
		}
		for _, p := range e.Postings {
			if p.Commodity == ledger.Point {
				m.add(e.On, p)
			}
		}
	}
	return maps.Clone(m.sums), nil
}

func (m *months) add(on ledger.Date, p ledger.Posting) {
	month := on.String()[:len("2006-01")]
	sum := m.sums[month]
	switch p.Account.Class() {
	case ledger.ClassIssued:
		sum[0] += p.Amount
	case ledger.ClassRedeemed:
		sum[1] -= p.Amount
	case ledger.ClassBreakage:
		sum[2] -= p.Amount
	default:
		return
	}
	m.sums[month] = sum
}

// chartsPage shows what people would rather look at than read, each with its table.
func chartsPage() workPage {
	return workPage{
		name: "charts", path: "/desk/charts", roles: []ledger.Role{ledger.Steward, ledger.Supervisor, ledger.Auditor}, show: (*desk).charts,
		table: map[string]func(*desk) (*web.Grid, error){
			"by_month": (*desk).byMonth, "expiring": (*desk).byExpiry, "cover": (*desk).cover, "activity": (*desk).byUnit,
		},
		forms: []workForm{
			{name: "sheet", fields: func(d *desk) ([]web.Field, error) {
				units, err := d.units("unit")
				return fieldsOf(units, err)
			}, run: (*desk).cardSheet},
			{name: "labels", run: func(d *desk, _ *answers) error {
				d.stay = true
				return d.labels()
			}},
		},
	}
}

func (d *desk) charts() error {
	for _, name := range []string{"by_month", "expiring", "cover", "activity"} {
		if err := d.table(name); err != nil {
			return err
		}
		s := &d.page.Sections[len(d.page.Sections)-1]
		s.Chart = d.chart(s.Table)
	}
	if err := d.form("labels"); err != nil {
		return err
	}
	return d.form("sheet")
}

// chart draws the columns of numbers of a table, one bar a row and column.
func (d *desk) chart(t *web.Grid) *web.Chart {
	if len(t.Rows) == 0 {
		return nil
	}
	var names, labels []string
	var series [][]int64
	for i, head := range t.Heads {
		if !t.Number(i) {
			continue
		}
		names = append(names, head)
		var list []int64
		for _, r := range t.Rows {
			n, err := ledger.ParsePoints(r.Cells[i])
			if err != nil {
				n = 0 // a share of nothing
			}
			list = append(list, int64(n))
		}
		series = append(series, list)
	}
	for _, r := range t.Rows {
		label, _, _ := strings.Cut(r.Cells[0], " ") // the code of a unit; its name stands in the table
		labels = append(labels, label)
	}
	return web.Bars(t.Caption, labels, names, series, func(n int64) string { return points(ledger.Amount(n)) })
}

func (d *desk) byMonth() (*web.Grid, error) {
	t := d.newTable("by_month", "month", "#issued", "#redeemed", "#expired")
	sums, err := d.months.upTo(d.view)
	if err != nil {
		return nil, err
	}
	for i := chartMonths - 1; i >= 0; i-- {
		month := d.view.On().AddMonths(-i).String()[:len("2006-01")]
		sum, any := sums[month]
		if any || len(t.Rows) > 0 {
			row(t, month, points(max(sum[0], 0)), points(max(sum[1], 0)), points(max(sum[2], 0)))
		}
	}
	return t, nil
}

// byExpiry adds up by month what lapses if nobody uses it.
func (d *desk) byExpiry() (*web.Grid, error) {
	t := d.newTable("expiring", "month", "#expires")
	sums := map[string]ledger.Amount{}
	for who, err := range d.view.Volunteers() {
		if err != nil {
			return nil, err
		}
		acct, err := d.view.Account(ledger.AccountKey{ID: ledger.PointsOf(who.Volunteer), Commodity: ledger.Point})
		if err != nil {
			return nil, err
		}
		for _, l := range acct.Lots {
			if l.Expires != 0 && !l.Lapsed(d.view.On()) {
				sums[l.Expires.String()[:len("2006-01")]] += l.Left
			}
		}
	}
	for i := range 3 * chartMonths {
		month := d.view.On().AddMonths(i).String()[:len("2006-01")]
		if sums[month] > 0 {
			row(t, month, points(sums[month]))
		}
	}
	return t, nil
}

// cover says how much of what is owed the shelf covers, unit by unit.
func (d *desk) cover() (*web.Grid, error) {
	t := d.newTable("cover", "unit", "#outstanding", "#on_shelf", "share")
	s, err := report.ScopeOf(d.view, "")
	if err != nil {
		return nil, err
	}
	r, err := report.Liability(d.view, s)
	if err != nil {
		return nil, err
	}
	for _, u := range r.Units {
		share := "–"
		if percent, ok := u.Cover(); ok {
			share = counts(percent) + " %"
		}
		row(t, string(u.Unit)+" "+u.Name, points(max(u.Outstanding, 0)), points(max(u.Goods, 0)), share)
	}
	return t, nil
}

// byUnit adds up this year's service, unit by unit.
func (d *desk) byUnit() (*web.Grid, error) {
	t := d.newTable("activity", "unit", "#hours", "people")
	s, err := report.ScopeOf(d.view, "")
	if err != nil {
		return nil, err
	}
	first := ledger.NewDate(d.view.On().Time().Year(), 1, 1)
	r, err := report.Activity(d.view, s, report.Period{From: first, To: d.view.On()})
	if err != nil {
		return nil, err
	}
	for _, u := range r.Units {
		row(t, string(u.Unit)+" "+u.Name, ledger.FormatPoints(u.Minutes*100/60), counts(u.Volunteers))
	}
	return t, nil
}

// cardSheet issues a card to those of a unit who have none, and shows them to be printed: after that nobody can.
func (d *desk) cardSheet(a *answers) error {
	unit := ledger.UnitID(a.text("unit"))
	if d.Register == nil {
		return ErrNotReady
	}
	var without []ledger.VolunteerID
	for who, err := range d.view.Volunteers() {
		if err != nil {
			return err
		}
		if who.Unit == unit && who.Status == ledger.Active && len(without) < maxSheet &&
			(who.Card == (ledger.Hash{}) || who.Card == sha256.Sum256([]byte(d.cardText(a.key, who.Volunteer)))) { // made when the same form was sent before
			without = append(without, who.Volunteer)
		}
	}
	name, err := d.named(without...)
	if err != nil {
		return err
	}
	d.stay = true
	for _, id := range without {
		text := d.cardText(a.key, id)
		_, err := d.submit(a.key+ledger.Key("/"+string(id)), &ledger.IssueCard{Volunteer: id, Card: sha256.Sum256([]byte(text))})
		if as[*ledger.Rejection](err) {
			p := problemOf(err, d.say, d.Clock())
			d.page.Bad = append(d.page.Bad, d.t("not_done", catalog.Data{"Record": string(id), "Why": p.Title, "Hint": p.Hint}))
			continue
		}
		if err != nil {
			return err
		}
		if err := d.setCard(id, text); err != nil {
			return err
		}
		code, err := web.NewCode(text)
		if err != nil {
			return err
		}
		d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: name(id), Code: &code, Text: []string{d.say.T("cli.card.lost")}})
	}
	if len(d.page.Sections) == 0 {
		d.page.Good = append(d.page.Good, d.t("no_cards"))
	}
	return nil
}
