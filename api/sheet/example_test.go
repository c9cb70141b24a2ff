package sheet_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"aixin/api/sheet"
	"aixin/ledger"
)

// A roster becomes commands whose keys say what a row is about.
func Example() {
	const roster = `volunteer,hours,note
V0000018,2.5,
V0000026,"1h 30m",late
V0000018,2.5,again
total,6.5,
`
	file, err := sheet.Read(strings.NewReader(roster), sheet.Hours, sheet.Mapping{})
	if err != nil {
		panic(err)
	}
	start, err := ledger.ParseStart("2026-09-12T08:00")
	if err != nil {
		panic(err)
	}
	people := register{{Volunteer: "V0000018"}, {Volunteer: "V0000026"}}
	params := sheet.Params{Activity: "A001", Start: start, Capture: ledger.Roster}
	if err := file.Plan(context.Background(), people, params); err != nil {
		panic(err)
	}
	for _, row := range file.Rows {
		switch {
		case row.Command != nil:
			fmt.Println(row.Number, row.Command.Key)
		case row.Same != 0:
			fmt.Println(row.Number, "says the same as", row.Same)
		case row.Subtotal:
			fmt.Println(row.Number, "is a sum")
		}
	}
	// Output:
	// 2 h/V0000018/A001/2026-09-12T08:00
	// 3 h/V0000026/A001/2026-09-12T08:00
	// 4 says the same as 2
	// 5 is a sum
}

func ExampleParseDuration() {
	for _, s := range []string{"2.5", ".5", "2:30", "150 minutes", "0.33"} {
		minutes, code := sheet.ParseDuration(s)
		fmt.Printf("%d %q\n", minutes, code)
	}
	// Output:
	// 150 ""
	// 30 ""
	// 150 ""
	// 150 ""
	// 0 "duration_fraction"
}

func ExampleNewTable() {
	table, err := sheet.NewTable(os.Stdout, sheet.TableOptions{Format: "tsv"})
	if err != nil {
		panic(err)
	}
	for _, row := range [][]any{{"item", "points"}, {"SKU-0001", sheet.Points(100)}, {"=1+1", sheet.Points(-5)}} {
		if err := table.Row(row...); err != nil {
			panic(err)
		}
	}
	if err := table.Close(); err != nil {
		panic(err)
	}
	// Output:
	// item	points
	// SKU-0001	1.00
	// '=1+1	-0.05
}
