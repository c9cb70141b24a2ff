package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
)

// A receipt is written without reflection as it is written with it: every member that it has, and none where it has none.
func TestReceiptJSON(t *testing.T) {
	t.Parallel()
	i, at, day := ledger.Index(41), Time(time.Date(2026, 11, 3, 1, 2, 3, 45e6, time.UTC)), ledger.NewDate(2026, 11, 3)
	lot := ledger.NewLotID(17, 2)
	full := Receipt{
		Outcome: Applied, Index: &i, Receipt: "R000041", Kind: ledger.Redeemed, Key: "k/1", At: &at, On: day, Rule: "R2026-01", Leaf: "a+/=",
		Replayed: true, DryRun: true, Items: []Item{{"SKU-0001", 2, 350}, {"SKU-0002", 1, 0}}, Until: day,
		Postings: []Posting{
			{ledger.ParseAccountID("points:V0000018"), ledger.Point, Quantity{-1250, ledger.Point}, lot}, {ledger.ParseAccountID("stock:S01"), "SKU-0001", Quantity{-2, "SKU-0001"}, 0},
		},
		Balances: []BalanceAfter{{ledger.ParseAccountID("points:V0000018"), ledger.Point, Quantity{5, ledger.Point}}, {ledger.ParseAccountID("stock:S01"), "SKU-0001", Quantity{7, "SKU-0001"}}},
		Line:     "{\"memo\":\"<大米> & \\\\ \t\x01\x7f\"}",
	}
	for _, of := range []any{full, full.Items[0], full.Postings[0], full.Balances[0]} {
		for field, v := range reflect.ValueOf(of).Fields() {
			if v.IsZero() && field.Name != "Problem" {
				t.Errorf("%T: %s is not tried", of, field.Name)
			}
		}
	}
	for name, r := range map[string]Receipt{"full": full, "empty": {Balances: []BalanceAfter{}}} {
		var want strings.Builder
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
		if got := string(r.appendJSON(nil)) + "\n"; got != want.String() {
			t.Errorf("%s: got\n%swant\n%s", name, got, want.String())
		}
	}
}
