package api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the tables of the pages of the staff: what one page shows of them, and where the rest is.

// table puts a table on the page.
func (d *desk) table(name string) error {
	_, err := d.tabled(name)
	return err
}

// tabled is table, and returns the whole of it.
func (d *desk) tabled(name string) (*web.Grid, error) {
	t, err := d.of.table[name](d)
	if err != nil {
		return nil, err
	}
	section := web.WorkSection{Heading: t.Caption, Table: t}
	if len(t.Rows) > 0 {
		t.Export = d.address("csv", name)
		if d.of.json {
			t.JSON = d.address("json", name)
		}
	}
	d.page.Sections = append(d.page.Sections, section)
	d.shorten(pageRows)
	return t, nil
}

// shorten leaves the first rows of the newest table, and says that there are more.
func (d *desk) shorten(most int) {
	s := &d.page.Sections[len(d.page.Sections)-1]
	n := max(len(s.Table.Rows), s.Table.All)
	if n <= most {
		return
	}
	cut := *s.Table // a table that is kept is on other pages too
	cut.All, cut.Rows = n, cut.Rows[:min(len(cut.Rows), most)]
	s.Table, s.Text = &cut, []string{d.t("more_rows", catalog.Data{"N": most, "All": n})}
}

// paged leaves of the newest table what one page shows, n rows from the one that the address names, and leads to the others.
func (d *desk) paged(t *web.Grid, n int) {
	s := &d.page.Sections[len(d.page.Sections)-1]
	from, err := strconv.Atoi(d.r.URL.Query().Get("row"))
	if err != nil || from <= 0 || from > len(t.Rows) {
		from = 1
	}
	until := min(from-1+n, len(t.Rows))
	part := *s.Table
	part.Rows = t.Rows[from-1 : until]
	s.Table, s.Text = &part, nil
	if from > 1 {
		s.Links = append(s.Links, web.Option{Value: d.address("row", counts(ledger.Index(max(1, from-n)))), Text: d.t("rows_before")})
	}
	if until < len(t.Rows) {
		s.Links = append(s.Links, web.Option{Value: d.address("row", counts(ledger.Index(until+1))), Text: d.t("rows_behind", catalog.Data{"From": until + 1, "Of": len(t.Rows)})})
	}
}

// pageRows is how many rows of a table one page shows: no more than somebody looks at, and than a phone loads. The export has them all.
const pageRows = 100

// exports reports whether a table is made to be taken away, whole.
func (d *desk) exports() bool { return d.away }

// address is the address of the page as it is, to take one of its tables away.
func (d *desk) address(as, table string) string {
	q := maps.Clone(d.r.URL.Query())
	q.Del("done")
	q.Del("kept")
	q.Set(as, table)
	return d.of.path + "?" + q.Encode()
}

// newTable is a table with its headings; a heading that begins with # is of numbers.
func (d *desk) newTable(name string, heads ...string) *web.Grid {
	t := &web.Grid{Caption: d.t("table." + name), Empty: d.say.Either("work.empty."+name, "work.nothing")}
	for _, h := range heads {
		t.Heads = append(t.Heads, d.t("field."+strings.TrimPrefix(h, "#")))
		t.Numbers = append(t.Numbers, strings.HasPrefix(h, "#"))
	}
	return t
}

func row(t *web.Grid, cells ...string) *web.GridRow {
	t.Rows = append(t.Rows, web.GridRow{Cells: cells})
	return &t.Rows[len(t.Rows)-1]
}

// named returns the masked names of people, by number, to those who deal with people; the others see numbers.
func (d *desk) named(ids ...ledger.VolunteerID) (func(ledger.VolunteerID) string, error) {
	list := make([]string, 0, len(ids))
	deals := slices.ContainsFunc(d.staff.RolesOn(d.view.On()), func(r ledger.Role) bool { return slices.Contains(PeopleReaders(), r) })
	for _, id := range ids {
		if id != "" && deals {
			list = append(list, string(id))
		}
	}
	names, err := d.People.Masked(d.r.Context(), list...)
	return func(id ledger.VolunteerID) string {
		return strings.TrimSpace(string(id) + " " + names[string(id)].Name)
	}, err
}

func points(a ledger.Amount) string { return web.Points(a) }

func counts[N ~int | ~int64](n N) string { return fmt.Sprint(int64(n)) }

// day writes a day; none is nothing.
func day(d ledger.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
