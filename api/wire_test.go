package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api"
	"aixin/ledger"
)

// The wire form of a balance is a contract: members, their order, decimals as text and whole numbers as numbers.
func TestBalanceOnTheWire(t *testing.T) {
	t.Parallel()
	lot := ledger.Lot{ID: ledger.NewLotID(17, 1), Left: 50, Expires: ledger.NewDate(2027, time.December, 31)}
	tests := []struct {
		name string
		in   ledger.Balance
		want string
	}{
		{
			"as the issue has it",
			ledger.Balance{Volunteer: "V0000018", Status: ledger.Active, Available: 50, Lots: []ledger.Lot{lot}, Minutes: 150, AsOf: 41},
			`{"volunteer":"V0000018","available":"0.50","held":"0.00","pending":"0.00",` +
				`"next":{"points":"0.50","expires":"2027-12-31"},"lots":[{"lot":"17","left":"0.50","expires":"2027-12-31"}],"minutes":150,"as_of_index":41}`,
		},
		{
			"nothing",
			ledger.Balance{Volunteer: "V0000018", Status: ledger.Active},
			`{"volunteer":"V0000018","available":"0.00","held":"0.00","pending":"0.00","lots":[],"minutes":0,"as_of_index":0}`,
		},
		{
			"what is unusual is said",
			ledger.Balance{Volunteer: "V0000018", Status: ledger.Frozen, Pending: 1, Lapsed: 100, Recoverable: 5},
			`{"volunteer":"V0000018","status":"frozen","available":"0.00","held":"0.00","pending":"0.01","lapsed":"1.00","recoverable":"0.05",` +
				`"lots":[],"minutes":0,"as_of_index":0}`,
		},
	}
	for _, tt := range tests {
		got, err := json.Marshal(api.NewBalance(tt.in))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		var back api.Balance
		if err := json.Unmarshal(got, &back); err != nil {
			t.Errorf("%s: read back: %v", tt.name, err)
		}
		if diff := cmp.Diff(api.NewBalance(tt.in), back); diff != "" {
			t.Errorf("%s: read back (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestParseReference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want ledger.Index // -1 for refused
	}{
		{"41", 41},
		{"0", 0},
		{"R000041", 41},
		{"R1234567", 1234567},
		{"000041", 41},
		{"", -1},
		{"R41", -1},
		{"r000041", -1},
		{"-1", -1},
		{"+1", -1},
		{"41x", -1},
		{"4 1", -1},
		{"9999999999999999", -1},
		{"0x1", -1},
	}
	for _, tt := range tests {
		got, err := api.ParseReference(tt.in)
		if (err != nil) != (tt.want < 0) || (err == nil && got != tt.want) {
			t.Errorf("%q: got %d, %v, want %d", tt.in, got, err, tt.want)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{"41", "R000041", "R", "-1", "999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := api.ParseReference(s)
		if err != nil {
			return
		}
		if back, err := api.ParseReference(api.ReceiptNumber(i)); err != nil || back != i {
			t.Errorf("%q is %d, and its receipt number reads back as %d, %v", s, i, back, err)
		}
	})
}

func FuzzQuantity(f *testing.F) {
	for _, seed := range []string{`"12.50"`, `12`, `"-0.01"`, `-3`, `1e9`, `"1e9"`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var q api.Quantity
		if json.Unmarshal(b, &q) != nil {
			return
		}
		out, err := json.Marshal(q)
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		var back api.Quantity
		if err := json.Unmarshal(out, &back); err != nil || back != q {
			t.Errorf("%s: got %v, then %v, %v", b, q, back, err)
		}
	})
}
