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
		bodyOf("a step that is not the next", "I8", func(r *ledger.Credit) bool {
			had := r.Step > 0
			r.Step++
			return had
		}),
		bodyOf("an approval that skips the steps after it", "I8", func(r *ledger.Credit) bool {
			had := r.Step > 0
			r.Step = 0
			return had
		}),
		{"two steps of one person", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Credit)
			if !ok {
				return false
			}
			rec, err := f.book.View(0).Record(r.Record)
			if err != nil || len(rec.Approvers) == 0 {
				return false
			}
			e.Actor = rec.Approvers[0]
			return true
		}},
	}
}
