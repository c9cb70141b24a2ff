package api

import (
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"slices"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
)

// importsPage takes files, and hours as rows of a list. It declares; another person approves.
func importsPage() workPage {
	return workPage{
		name: "imports", path: importsPath, roles: []ledger.Role{ledger.Leader, ledger.Steward, ledger.Keeper}, show: (*desk).imports,
		forms: []workForm{
			{name: "file", fields: (*desk).fileFields, run: (*desk).importFile},
			{name: "rows", fields: (*desk).rowFields, run: (*desk).importRows},
		},
	}
}

const importsPath = "/desk/imports"

func (d *desk) imports() error {
	if err := d.form("file"); err != nil {
		return err
	}
	if !slices.Contains(d.staff.RolesOn(d.view.On()), ledger.Leader) {
		return nil // hours are declared by whoever led them
	}
	return d.form("rows")
}

func (d *desk) rowFields() ([]web.Field, error) {
	acts, err := d.activities()
	rows := web.Field{Name: "rows", Kind: "area", Need: true, Hint: d.t("rows_hint")}
	return fieldsOf(acts, err, typed("sheet"), rows)
}

func (d *desk) activities() (web.Field, error) {
	return choice(d.view.Activities(), "activity", func(a ledger.Activity) (string, string) { return string(a.Activity), a.Name })
}

// importRows declares every row for itself. What was refused stays in the box with why, to be corrected; what was declared is not declared
// again by a row that is the same.
func (d *desk) importRows(a *answers) error {
	activity := ledger.ActivityID(a.code("activity"))
	if !activity.Valid() {
		a.fault("activity", "activity_code")
	}
	if a.text("rows") == "" {
		a.fault("rows", "required")
	}
	if err := a.err(); err != nil {
		return err
	}
	t := d.newTable("rows", "row", "holder", "start", "#minutes", "result")
	var left []string
	for i, line := range strings.Split(strings.ReplaceAll(a.text("rows"), "\r", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(t.Rows) == maxTicks { // the next time
			left = append(left, line)
			continue
		}
		cells, result, ok, err := d.importRow(a, activity, line)
		if err != nil {
			return err
		}
		row(t, whole(i+1), cells[0], cells[1], cells[2], result)
		if !ok {
			left = append(left, line)
		}
	}
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	a.Set("rows", strings.Join(left, "\n"))
	d.stay, d.keep = true, len(left) > 0
	return nil
}

// importRow declares one row: number, start and minutes, between commas or tabs.
func (d *desk) importRow(a *answers, activity ledger.ActivityID, line string) (cells [3]string, result string, ok bool, err error) {
	parts := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '\t' || r == ';' || r == '\uff0c' })
	one := &answers{desk: d, Values: map[string][]string{}}
	for i, name := range []string{"volunteer", "start", "minutes"} {
		if i < len(parts) {
			one.Set(name, strings.TrimSpace(parts[i]))
			cells[i] = one.Get(name)
		}
	}
	do := &ledger.DeclareHours{
		Volunteer: one.volunteer("volunteer"), Activity: activity, Start: one.start("start"), Minutes: ledger.Amount(one.number("minutes", "minutes")),
		Capture: ledger.Roster, Sheet: a.text("sheet"),
	}
	err = one.err()
	if err == nil {
		// In base 32, which has no 1, no mobile number can stand: the book refuses keys with one.
		sum := sha256.Sum256([]byte(string(activity) + "/" + do.Sheet + "/" + line))
		_, err = d.submit(a.key+ledger.Key("/"+base32.StdEncoding.EncodeToString(sum[:10])), do)
	}
	if err == nil {
		return cells, d.t("row_done"), true, nil
	}
	p := pageProblem(err, d.say, d.Clock())
	if p.Status >= http.StatusInternalServerError && !as[*ledger.Rejection](err) {
		return cells, "", false, err
	}
	result = joined(p.Title, p.Hint)
	if len(p.Fields) > 0 {
		result = p.Fields[0].Detail
	}
	return cells, "✗ " + result, false, nil
}
