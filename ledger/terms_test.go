package ledger_test

import "aixin/ledger"

func termsForgeries() []forgery {
	return []forgery{
		bodyOf("an approval that skips its period", "I8", func(r *ledger.Credit) bool {
			had := r.From != 0
			r.From = 0
			return had
		}),
		bodyOf("an approval that waits for another period", "I8", func(r *ledger.Credit) bool {
			had := r.From != 0
			r.From += 7
			return had
		}),
		bodyOf("more that goes on than the rule allows", "I8", func(r *ledger.Expiry) bool { r.Carried++; return r.Carried > 1 }),
		bodyOf("points that go on for longer", "I8", func(r *ledger.Expiry) bool {
			r.Expires++
			return r.Carried > 0
		}),
	}
}
