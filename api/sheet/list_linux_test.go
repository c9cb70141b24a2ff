package sheet_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/reconcile"
)

// BenchmarkReconcileList holds a list of a million vouchers against as many of a book, as the command does: the list is read row by row
// from the disk, and every hundredth row has an error of a class. All must be classed right, and none invented.
func BenchmarkReconcileList(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "list.csv")
	want := writeVouchers(b, path, n)
	rules, err := sheet.ReadComparison(strings.NewReader(voucherRules))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		_, outside, err := rules.ReadList(file)
		if err := errors.Join(err, file.Close()); err != nil {
			b.Fatal(err)
		}
		inside, parties := bookOfVouchers(rules, n)
		r := reconcile.Compare(outside, inside, reconcile.Rules{From: rules.From, To: rules.To, Window: rules.Window, Parties: parties}, nil, nil)
		got := map[reconcile.Class]int{}
		for _, f := range r.Findings {
			got[f.Class]++
		}
		if d := cmp.Diff(want, got); d != "" || !r.OutsideProof.Holds() || !r.InsideProof.Holds() {
			b.Errorf("by class (-planted +found), or the totals do not prove:\n%s", d)
		}
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s(aim<60)")
	b.ReportMetric(float64(used.Maxrss)/(1<<20), "GB-peak(aim<2)")
	b.ReportMetric(n/100, "errors-planted")
}

// voucherRules hold the vouchers of a shop against the book.
const voucherRules = `profile = "vouchers"
from = 2026-01-01
to = 2026-01-31
window = 3
[columns]
volunteer = "number"
date = "day"
voucher = "paper"
amount = "points"
`

// voucher is the i-th exchange of a book, and what is wrong with it in the list.
func voucher(i int) (party string, on ledger.Date, points int, wrong reconcile.Class) {
	wrong = reconcile.Exact
	if i%100 == 50 {
		kinds := []reconcile.Class{
			reconcile.Duplicate, reconcile.OtherAmount, reconcile.OtherDate, reconcile.OtherParty, reconcile.MissingInside,
			reconcile.MissingOutside, reconcile.OutOfPeriod, reconcile.UnknownParty,
		}
		wrong = kinds[i/100%len(kinds)]
	}
	return fmt.Sprintf("V%07d", i/20), ledger.NewDate(2026, 1, 1+i%20), 30 + i*7919%300, wrong
}

// writeVouchers writes the list and returns how many of each class are to be found.
func writeVouchers(tb testing.TB, path string, n int) map[reconcile.Class]int {
	tb.Helper()
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(file)
	write := func(line string) {
		if _, err := w.WriteString(line + "\n"); err != nil {
			tb.Fatal(err)
		}
	}
	write("number,day,paper,points")
	want := map[reconcile.Class]int{}
	for j := range n {
		i := (j*7 + 3) % n // in another order than the book
		party, on, points, wrong := voucher(i)
		want[wrong]++
		switch wrong { //nolint:exhaustive // the others leave the line as it is
		case reconcile.MissingOutside:
			continue
		case reconcile.Duplicate:
			want[reconcile.Exact]++
			write(fmt.Sprintf("%s,%s,%d,%d", party, on, i+1, points))
		case reconcile.OtherAmount:
			points++
		case reconcile.OtherDate:
			on++
		case reconcile.OtherParty:
			party = "V0000000"
		case reconcile.OutOfPeriod:
			on = ledger.NewDate(2025, 12, 31)
		case reconcile.UnknownParty:
			party = "V9999999"
		}
		write(fmt.Sprintf("%s,%s,%d,%d", party, on, i+1, points))
	}
	if err := errors.Join(w.Flush(), file.Close()); err != nil {
		tb.Fatal(err)
	}
	return want
}

// bookOfVouchers makes the rows of the book out of records, as the command does.
func bookOfVouchers(rules sheet.Comparison, n int) (rows []reconcile.Row, parties []string) {
	for i := range n {
		party, on, points, wrong := voucher(i)
		if len(parties) == 0 || parties[len(parties)-1] != party {
			parties = append(parties, party)
		}
		if wrong == reconcile.MissingInside || wrong == reconcile.OutOfPeriod || wrong == reconcile.UnknownParty {
			continue
		}
		r := reconcile.Record{Ref: int64(i), On: on, Amount: int64(points) * 100, Fields: map[reconcile.Field]string{
			reconcile.FieldVolunteer: parties[len(parties)-1], reconcile.FieldDate: on.String(), reconcile.FieldVoucher: strconv.Itoa(i + 1),
		}}
		rows = append(rows, r.Row(rules.Profile, rules.Key))
	}
	return rows, parties
}
