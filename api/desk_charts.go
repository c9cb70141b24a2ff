package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/report"
)

// chartMonths is how many months a chart shows.
const chartMonths = 12

// maxSheet bounds the cards that one sheet issues.
const maxSheet = 50

// charted is what the charts draw, added up over everybody: no page does that for each who looks.
type charted struct {
	months   months
	expiring map[string]ledger.Amount // by 2006-01: what lapses if nobody uses it
	units    report.LiabilityReport
	served   report.ActivityReport // this year
}

// charted returns what the charts draw, and up to which entry it goes.
func (d *desk) charted() (made[charted], error) {
	return d.server.charted.of(d.r.Context(), d.server, d.view, d.addUp)
}

func (s *server) addUp(ctx context.Context, v ledger.View) (out charted, err error) {
	if err := s.digest.read(ctx, s, v); err != nil {
		return out, err
	}
	out.months = s.digest.byMonth()
	if out.expiring, err = lapsing(v); err != nil {
		return out, err
	}
	scope, err := report.ScopeOf(v, "")
	if err != nil {
		return out, err
	}
	if out.units, err = report.Liability(v, scope); err != nil {
		return out, err
	}
	first := ledger.NewDate(v.On().Time().Year(), 1, 1)
	out.served, err = report.Activity(v, scope, report.Period{From: first, To: v.On()})
	return out, err
}

// lapsing adds up by month what lapses if nobody uses it.
func lapsing(v ledger.View) (map[string]ledger.Amount, error) {
	sums := map[string]ledger.Amount{}
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		acct, err := v.Account(ledger.AccountKey{ID: ledger.PointsOf(who.Volunteer), Commodity: ledger.Point})
		if err != nil {
			return nil, err
		}
		for _, l := range acct.Lots {
			if l.Expires != 0 && !l.Lapsed(v.On()) {
				sums[monthOf(l.Expires)] += l.Left
			}
		}
	}
	return sums, nil
}

func monthOf(d ledger.Date) string { return d.String()[:len("2006-01")] }

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
	got, ready, err := d.server.charted.soon(d.r.Context(), d.server, d.view, d.addUp)
	if err != nil {
		return err
	}
	if !ready {
		d.summing()
		return nil
	}
	d.page.Sections = append(d.page.Sections, web.WorkSection{Text: []string{d.t("as_of", catalog.Data{"Entries": int64(got.Head.Size)})}})
	for _, name := range []string{"by_month", "expiring", "cover", "activity"} {
		t, err := d.tabled(name)
		if err != nil {
			return err
		}
		s := &d.page.Sections[len(d.page.Sections)-1]
		if s.Chart = d.chart(t); len(t.Rows) > drawnRows {
			s.Text = append(s.Text, d.t("drawn", catalog.Data{"N": drawnRows}))
		}
		for i := range t.Numbers { // a share and a number of people are not drawn, and are numbers all the same
			t.Numbers[i] = i > 0
		}
	}
	if err := d.form("labels"); err != nil {
		return err
	}
	return d.form("sheet")
}

// summing says that a sum over everybody is being made since the server began, and asks to look again.
func (d *desk) summing() {
	d.page.Sections = append(d.page.Sections, web.WorkSection{
		Text: []string{d.t("summing")}, Links: []web.Option{{Value: d.of.path, Text: d.t("look_again")}},
	})
}

// chart draws the columns of numbers of a table, one bar a row and column.
func (d *desk) chart(t *web.Grid) *web.Chart {
	if len(t.Rows) == 0 {
		return nil
	}
	c := &web.Chart{Title: t.Caption}
	rows := drawn(t)
	for _, r := range rows {
		c.Groups = append(c.Groups, web.ChartGroup{Label: r.Cells[0]})
	}
	for i, head := range t.Heads {
		if !t.Number(i) {
			continue
		}
		c.Names = append(c.Names, head)
		for j, r := range rows {
			n, err := ledger.ParsePoints(r.Cells[i])
			if err != nil {
				n = 0 // a share of nothing
			}
			c.Add(j, len(c.Names)-1, int64(n), r.Cells[i])
		}
	}
	c.Scale()
	return c
}

// drawnRows is how many rows a chart draws: more than these nobody compares by looking.
const drawnRows = 40

// drawn returns the rows of a table that its chart draws: those with the largest first number, in the order of the table.
func drawn(t *web.Grid) []web.GridRow {
	if len(t.Rows) <= drawnRows {
		return t.Rows
	}
	size := make(map[string]ledger.Amount, len(t.Rows))
	for _, r := range t.Rows {
		n, err := ledger.ParsePoints(r.Cells[1])
		if err == nil {
			size[r.Cells[0]] = n
		}
	}
	most := slices.Clone(t.Rows)
	slices.SortStableFunc(most, func(x, y web.GridRow) int { return cmp.Compare(size[y.Cells[0]], size[x.Cells[0]]) })
	in := map[string]bool{}
	for _, r := range most[:drawnRows] {
		in[r.Cells[0]] = true
	}
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r web.GridRow) bool { return !in[r.Cells[0]] })
}

func (d *desk) byMonth() (*web.Grid, error) {
	t := d.newTable("by_month", "month", "#issued", "#redeemed", "#expired")
	got, err := d.charted()
	for i := chartMonths - 1; i >= 0; i-- {
		month := monthOf(d.view.On().AddMonths(-i))
		sum, any := got.Value.months[month]
		if any || len(t.Rows) > 0 {
			row(t, month, points(max(sum[0], 0)), points(max(sum[1], 0)), points(max(sum[2], 0)))
		}
	}
	return t, err
}

// byExpiry shows by month what lapses if nobody uses it.
func (d *desk) byExpiry() (*web.Grid, error) {
	t := d.newTable("expiring", "month", "#expires")
	got, err := d.charted()
	for i := range 3 * chartMonths {
		month := monthOf(d.view.On().AddMonths(i))
		if sum := got.Value.expiring[month]; sum > 0 {
			row(t, month, points(sum))
		}
	}
	return t, err
}

// cover says how much of what is owed the shelf covers, unit by unit.
func (d *desk) cover() (*web.Grid, error) {
	t := d.newTable("cover", "unit", "#outstanding", "#on_shelf", "share")
	got, err := d.charted()
	for _, u := range got.Value.units.Units {
		share := "–"
		if percent, ok := u.Cover(); ok {
			share = counts(percent) + " %"
		}
		row(t, string(u.Unit)+" "+u.Name, points(max(u.Outstanding, 0)), points(max(u.Goods, 0)), share)
	}
	return t, err
}

// byUnit shows this year's service, unit by unit.
func (d *desk) byUnit() (*web.Grid, error) {
	t := d.newTable("activity", "unit", "#served", "people")
	got, err := d.charted()
	for _, u := range got.Value.served.Units {
		row(t, string(u.Unit)+" "+u.Name, points(u.Minutes*100/60), counts(u.Volunteers))
	}
	return t, err
}

// cardSheet issues a card to those of a unit who have none, and shows them to be printed: after that nobody can.
func (d *desk) cardSheet(a *answers) error {
	unit := ledger.UnitID(a.code("unit"))
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
			p := pageProblem(err, d.say, d.Clock())
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
		d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: name(id), Card: true, Code: &code, Text: d.marked(d.say.T("cli.card.lost"))})
	}
	if len(d.page.Sections) == 0 {
		d.page.Good = append(d.page.Good, d.t("no_cards"))
		return nil
	}
	d.page.Sections = slices.Insert(d.page.Sections, 0, web.WorkSection{Text: []string{d.t("masked_cards")}})
	return nil
}
