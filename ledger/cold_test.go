package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"aixin/ledger"
)

// A complete book packs what was not touched for a while. It must answer as one that packs nothing, also of facts that are
// changed after they were packed, and changed again.
func TestPackedFactsAreTheSame(t *testing.T) {
	t.Parallel()
	const people = 18_000 // more of each family than a book keeps unpacked
	plain, packing := ledger.NewBook(shanghai(t)), ledger.NewBook(shanghai(t))
	at := time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC)
	n := 0
	do := func(actor ledger.StaffID, a ledger.Action) ledger.Index {
		t.Helper()
		n++
		e, err := plain.Decide(ledger.Command{Key: ledger.Key(fmt.Sprintf("cold/%d", n)), Actor: actor, Do: a}, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []*ledger.Book{plain, packing} {
			if err := b.Post(e); err != nil {
				t.Fatal(err)
			}
		}
		packing.Forget(packing.Next())
		return e.Index
	}
	do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/cold", Zone: "Asia/Shanghai"})
	do("U000001", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}})
	do("U000001", &ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Steward, ledger.Leader}})
	do("U000001", &ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Reviewer}})
	do("U000003", &ledger.SetRule{Rule: ledger.Rule{
		ID: "hours", Version: 1, From: ledger.NewDate(2020, 1, 1), Earns: []ledger.Capture{ledger.Scan},
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Acts: []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}},
	}})
	do("U000003", &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "unit"})
	do("U000003", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})

	day := ledger.NewDate(2026, 5, 30)
	hours := func(i, from int) ledger.Index {
		return do("U000003", &ledger.DeclareHours{
			Volunteer: ledger.NewVolunteerID(i + 1), Activity: "A001", Start: ledger.NewStart(day, from), Minutes: 60, Capture: ledger.Scan,
		})
	}
	var records []ledger.Index
	for i := range people {
		do("U000003", &ledger.Enroll{Volunteer: ledger.NewVolunteerID(i + 1), Unit: "C01"})
		records = append(records, hours(i, 480))
	}
	for i, r := range records {
		switch i % 4 {
		case 0:
			do("U000002", &ledger.ReturnRecord{Record: r, Reason: ledger.Unproven})
		case 1:
			do("U000003", &ledger.DeclareActs{Volunteer: ledger.NewVolunteerID(i + 1), Code: "RC03", Quantity: 60, On: day})
			hours(i, 600)
		default:
			do("U000002", &ledger.Approve{Record: r})
		}
	}
	for _, family := range []ledger.FactID{"key/", "record/", "day/", "account/"} {
		sameFacts(t, family, plain, packing)
	}
	readAtOnce(t, packing, "record/", "day/", "key/")
}

// readAtOnce holds that a complete book can be read by several at once, as views of it are: each must get what one alone gets.
func readAtOnce(t *testing.T, b *ledger.Book, families ...ledger.FactID) {
	t.Helper()
	read := func() string {
		all := sha256.New()
		for _, family := range families {
			for f, err := range b.Facts(family) {
				all.Write(fmt.Appendf(nil, "%s %x %v\n", f.ID, f.Value, err))
			}
		}
		return hex.EncodeToString(all.Sum(nil))
	}
	want := read()
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			if got := read(); got != want {
				t.Errorf("read beside others: %s, alone: %s", got, want)
			}
		})
	}
	readers.Wait()
}

// sameFacts holds that both books list the same facts of a family, and give each when asked for it.
func sameFacts(t *testing.T, family ledger.FactID, want, got *ledger.Book) {
	t.Helper()
	var list []ledger.Fact
	for f, err := range got.Facts(family) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	n := 0
	for f, err := range want.Facts(family) {
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(list) || list[n].ID != f.ID || string(list[n].Value) != string(f.Value) {
			t.Fatalf("%s: got %s %q, want %s %q", family, list[min(n, len(list)-1)].ID, list[min(n, len(list)-1)].Value, f.ID, f.Value)
		}
		if one, err := got.Fact(f.ID); err != nil || string(one) != string(f.Value) {
			t.Fatalf("%s: got %q, %v, want %q", f.ID, one, err, f.Value)
		}
		n++
	}
	if n != len(list) || n < 16_500 {
		t.Errorf("%s: got %d facts, want %d, and enough to be packed", family, len(list), n)
	}
}
