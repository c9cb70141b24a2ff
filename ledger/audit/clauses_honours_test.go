package audit_test

import (
	"fmt"
	"strings"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// honoured are honour lists that go by what was given for welfare (B25): 1.00 is the first honour, and one hundredth less is none.
func honoured() []forged {
	given := func(then func(b *market)) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) {
				r.Donation, r.Honours = ledger.DonationRule{Welfare: true}, []ledger.HonourTier{{Name: "heart", Points: 100}, {Name: "gold", Points: 200}}
			})
			b.on(3)
			consent := b.do(leader, &ledger.SetConsent{Volunteer: v1, Publish: true})
			b.do(leader, &ledger.SetConsent{Volunteer: v2, Publish: true})
			b.do(clerk, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100})
			then(b)
			day := b.on(35)
			b.shown = b.do(publisher, &ledger.Publish{
				What: ledger.PublishHonours, Unit: "C01", Number: 1, Period: "2026-03", From: day, Until: day + 10, SHA256: strings.Repeat("d", 64), Size: 9,
			})
			return consent
		}
	}
	after := func(n ledger.Index, play func(b *market) ledger.Index) func(b *market) ledger.Index {
		return func(b *market) ledger.Index { return play(b) + n }
	}
	nothing := func(*market) {}
	both := "1*:heart 1.00\n2*: 0.00\n0"
	return []forged{
		{clause: "an honour that was not reached", check: "R29", grade: audit.Wrong, play: after(2, given(nothing)), forge: func(e *ledger.Entry) {
			body[*ledger.PoolGift](e).Points--
		}, with: hangs(both)},
		{clause: "an honour of a household's pool", check: "R29", grade: audit.Wrong, play: after(2, given(nothing)), forge: func(e *ledger.Entry) {
			body[*ledger.PoolGift](e).Pool = "H000001"
		}, with: hangs(both)},
		{clause: "honoured in public, and did not agree", check: "R29", grade: audit.Wrong, play: given(nothing), forge: func(e *ledger.Entry) {
			body[*ledger.SetConsent](e).Publish = false
		}, with: hangs(both)},
		{clause: "what came out of a pool and went back", check: "R29", grade: audit.Wrong, play: after(3, given(func(b *market) {
			b.do(steward, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100, Back: true})
			b.do(clerk, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100})
		})), forge: func(e *ledger.Entry) { body[*ledger.PoolGift](e).Volunteer = v3 }, with: hangs(both)},
	}
}

// hangs has an honour list kept as it hung out, and says of each person the honour and what they gave.
func hangs(text string) audit.Options {
	return audit.Options{
		Evidence: map[string]audit.File{strings.Repeat("d", 64): {Size: 9, Text: func() (string, error) { return text, nil }}},
		Draw: func(d *audit.Drawn) ([]string, error) {
			var again strings.Builder
			for i, r := range d.Honours {
				fmt.Fprintf(&again, "%s:%s %s\n", d.Who(i, string(r.Volunteer)), r.Honour, ledger.FormatPoints(r.Donated))
			}
			fmt.Fprint(&again, d.Others)
			return []string{again.String()}, nil
		},
	}
}
