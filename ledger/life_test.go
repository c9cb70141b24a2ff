package ledger_test

import (
	"crypto/sha256"
	"strings"

	"aixin/ledger"
)

func (t *table) life(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "kin":
		return &ledger.DeclareKin{Of: w.arg(0), Volunteer: w.volunteer(1), Ended: w.arg(2) == "ended"}
	case "guardian":
		return &ledger.SetGuardian{Volunteer: w.volunteer(0), Guardian: w.volunteer(1), Until: t.date(w.arg(2))}
	case "consent":
		return &ledger.SetConsent{Volunteer: w.volunteer(0), Publish: w.arg(1) == "yes"}
	case "merge":
		return &ledger.Merge{From: w.volunteer(0), Into: w.volunteer(1)}
	case "leaving":
		return &ledger.DeclareLeave{Volunteer: w.volunteer(0), Reason: ledger.Reason(w.arg(1))}
	case "leave":
		return &ledger.Leave{Volunteer: w.volunteer(0), To: w.volunteer(1), Pool: ledger.PoolID(w.arg(2))}
	case "card":
		a := &ledger.IssueCard{Volunteer: w.volunteer(0)}
		if text := w.arg(1); text != "" {
			a.Card = sha256.Sum256([]byte(text))
		}
		return a
	case "void":
		return &ledger.VoidCard{Volunteer: w.volunteer(0), Reason: ledger.Reason(w.arg(1))}
	case "erase":
		return &ledger.Erase{Volunteer: w.volunteer(0)}
	case "certify":
		a := &ledger.Certify{Volunteer: w.volunteer(0), From: t.date(w.arg(1)), Until: t.date(w.arg(2))}
		for i := range strings.SplitSeq(w.arg(3), ",") {
			if i != "" {
				a.Records = append(a.Records, ledger.Index(t.int(i)))
			}
		}
		return a
	}
	return nil
}

func lifeForgeries() []forgery {
	return []forgery{
		bodyOf("a relative of nobody", "I8", func(r *ledger.DeclareKin) bool { r.Volunteer = "V0000992"; return true }),
		bodyOf("a guardian who is not enrolled", "I8", func(r *ledger.SetGuardian) bool { r.Guardian = "V0000992"; return true }),
		bodyOf("consent of nobody", "I8", func(r *ledger.SetConsent) bool { r.Volunteer = "V0000992"; return true }),
		bodyOf("the points of a merger", "I10", func(r *ledger.Merger) bool { r.Points++; return true }),
		bodyOf("a merger the other way round", "I3 I8 I10", func(r *ledger.Merger) bool {
			r.From, r.Into = r.Into, r.From
			return r.Points > 0
		}),
		bodyOf("another date for a merged lot", "I10", func(r *ledger.Merger) bool {
			if len(r.Lots) > 0 {
				r.Lots[0].Expires++
			}
			return len(r.Lots) > 0
		}),
		bodyOf("another term to leave", policy, func(r *ledger.LeaveNotice) bool { r.By++; return r.Reason != ledger.Cleared }),
		bodyOf("another unit for what a leaver gives up", "I8 I10", func(r *ledger.Leaving) bool { r.Unit = "C07"; return true }),
		bodyOf("a leaver's points for nobody", "I8", func(r *ledger.Leaving) bool { r.To = "V0000992"; return true }),
		bodyOf("somebody who does not leave", "I3 I8", func(r *ledger.Leaving) bool {
			r.Volunteer = "V0000992"
			return true
		}),
		bodyOf("a card of nobody", "I8", func(r *ledger.IssueCard) bool { r.Volunteer = "V0000992"; return true }),
		bodyOf("the voiding of no card", "I8", func(r *ledger.VoidCard) bool { r.Volunteer = "V0000992"; return true }),
		{"an erasure of somebody who is still here", "I8", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Erase)
			if !ok {
				return false
			}
			who, err := f.book.View(0).Volunteer("V0000018")
			r.Volunteer = "V0000018"
			return err == nil && who.Status != ledger.Closed
		}},
		{"a child erased by one person", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Erase)
			if !ok || e.Proposal == 0 {
				return false
			}
			who, err := f.book.View(0).Volunteer(r.Volunteer)
			e.Proposal = 0
			return err == nil && who.Young(e.On)
		}},
		bodyOf("minutes that were not served", "I8", func(r *ledger.Certificate) bool { r.Minutes++; return true }),
		bodyOf("another number for a statement of hours", "I8", func(r *ledger.Certificate) bool { r.Number++; return true }),
	}
}
