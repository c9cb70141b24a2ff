package ledger_test

import (
	"strings"

	"aixin/ledger"
)

func (t *table) notice(verb string, w words) ledger.Action {
	t.Helper()
	sha256 := t.or("sha256", strings.Repeat("0b", 32))
	switch verb {
	case "post": // unit number from until record…
		a := &ledger.PostNotice{
			Unit: ledger.UnitID(w.arg(0)), Number: t.int(w.arg(1)), From: t.date(w.arg(2)), Until: t.date(w.arg(3)), SHA256: sha256, Size: 100,
		}
		for _, r := range w.from(4) {
			a.Records = append(a.Records, ledger.Index(t.int(r)))
		}
		return a
	case "withdraw":
		return &ledger.RemoveNotice{Notice: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1))}
	case "credit":
		return &ledger.CreditRecord{Record: ledger.Index(t.int(w.arg(0)))}
	case "object":
		return &ledger.Object{Record: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1)), Volunteer: w.volunteer(2)}
	case "answer":
		return &ledger.AnswerObjection{Objection: ledger.Index(t.int(w.arg(0))), Upheld: w.arg(1) == "upheld", Reason: ledger.Reason(w.arg(2))}
	case "publish": // what period unit number from until
		return &ledger.Publish{
			What: w.arg(0), Period: w.arg(1), Unit: ledger.UnitID(w.arg(2)), Number: t.int(w.arg(3)), From: t.date(w.arg(4)), Until: t.date(w.arg(5)),
			SHA256: sha256, Size: 100,
		}
	}
	return nil
}

// noticeRule reads "days:reply:mask:effective:points-by:goods-by".
func (t *table) noticeRule(v string) ledger.NoticeRule {
	t.Helper()
	f := append(strings.Split(v, ":"), "", "", "", "", "")
	return ledger.NoticeRule{
		Days: t.int(f[0]), Reply: t.int(f[1]), Mask: f[2], Effective: ledger.Period(f[3]), PointsBy: t.int(f[4]), GoodsBy: t.int(f[5]),
	}
}

func noticeForgeries() []forgery {
	return []forgery{
		bodyOf("an approval that skips the notice", "I8", func(r *ledger.Credit) bool {
			was := r.Notice
			r.Notice = 0
			return was > 0
		}),
		bodyOf("an approval that waits for nothing", "I8", func(r *ledger.Credit) bool { r.Notice++; return true }),
		bodyOf("a notice that is too short", "I8", func(r *ledger.PostNotice) bool { r.Until = r.From; return true }),
		bodyOf("the number of a notice", "I8", func(r *ledger.PostNotice) bool { r.Number++; return true }),
		bodyOf("a record on notice that waits for none", "I8", func(r *ledger.PostNotice) bool {
			r.Records = []ledger.Index{2}
			return true
		}),
		bodyOf("the text of a notice", policy, func(r *ledger.PostNotice) bool { r.SHA256 = strings.Repeat("0c", 32); return true }),
		bodyOf("a withdrawal of nothing", "I8", func(r *ledger.RemoveNotice) bool { r.Notice = 1; return true }),
		bodyOf("the expiry of what was on notice", policy, func(r *ledger.RecordCredit) bool { r.Expires++; return r.Expires > 1 }),
		bodyOf("the volunteer of what was on notice", "I8", func(r *ledger.RecordCredit) bool {
			r.Volunteer = ledger.NewVolunteerID(77)
			return true
		}),
		{"a credit before the end of the notice", "I8", func(f *forger, e *ledger.Entry) bool {
			for rec, err := range f.book.View(0).Records() {
				if err == nil && rec.State == ledger.OnNotice && rec.Ends >= e.On {
					e.Kind, e.Rule, e.Postings = ledger.CreditPosted, rec.Rule, nil
					e.Body = &ledger.RecordCredit{Credit: ledger.Credit{Record: rec.Index, Volunteer: rec.Volunteer}}
					return true
				}
			}
			return false
		}},
		{"a record credited twice", "I10", func(f *forger, e *ledger.Entry) bool {
			return e.Kind == ledger.CreditPosted && f.again(e)
		}},
		bodyOf("the term of an answer", "I8", func(r *ledger.ObjectionRecord) bool { r.Reply++; return r.Reply > 1 }),
		bodyOf("the notice that is objected to", "I8", func(r *ledger.ObjectionRecord) bool { r.Notice--; return true }),
		bodyOf("whose record is answered for", "I8", func(r *ledger.ObjectionAnswer) bool { r.Record = 5; return true }),
		{"an answer of whoever approved", "I13", func(f *forger, e *ledger.Entry) bool {
			a, ok := e.Body.(*ledger.ObjectionAnswer)
			if !ok {
				return false
			}
			rec, err := f.book.View(0).Record(a.Record)
			e.Actor = rec.Approver
			return err == nil
		}},
		{"an answer of whoever declared", "I13", func(f *forger, e *ledger.Entry) bool {
			a, ok := e.Body.(*ledger.ObjectionAnswer)
			if ok {
				e.Actor = f.earlier[a.Record].Actor
			}
			return ok
		}},
		bodyOf("a publication of days to come", "I8", func(r *ledger.Publish) bool {
			if r.Period = "2031-01"; r.What == ledger.PublishGoods {
				r.Period = "2031-Q1"
			}
			return true
		}),
	}
}
