package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"aixin/api/sheet"
)

// A list that is held against the book may be longer than a file that is sent to a server.
func TestReadList(t *testing.T) {
	t.Parallel()
	rules, err := sheet.ReadComparison(strings.NewReader(listRules))
	if err != nil {
		t.Fatal(err)
	}
	text := listOf(sheet.MaxRows + 1)
	if _, err := sheet.ReadPlain(strings.NewReader(text), rules.Wanted()...); err == nil {
		t.Error("a server takes more rows than it bounds")
	}
	p, rows, err := rules.ReadList(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if p.Encoding != sheet.UTF8 || len(p.Lines) != 0 {
		t.Errorf("%s, %d lines kept", p.Encoding, len(p.Lines))
	}
	last := rows[len(rows)-1]
	if len(rows) != sheet.MaxRows+1 || last.Ref != sheet.MaxRows+2 || last.Amount != 90 || last.Party != "V0000018" {
		t.Errorf("%d rows, the last %+v", len(rows), last)
	}
}

// listRules hold the hours of a platform against the book.
const listRules = `profile = "hours"
from = 2026-01-01
to = 2026-12-31
minutes = true
[columns]
volunteer = "number"
activity = "activity"
date = "day"
amount = "minutes"
`

// listOf writes so many rows.
func listOf(rows int) string {
	var b strings.Builder
	b.WriteString("number,activity,day,minutes\n")
	for i := range rows {
		fmt.Fprintf(&b, "V0000018,A001,2026-%02d-%02d,90\n", i%12+1, i%28+1)
	}
	return b.String()
}
