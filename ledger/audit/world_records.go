package audit

import "aixin/ledger"

// This file folds what was declared and what became of it.

// foldRecords takes in what was declared and what became of it.
func (w *world) foldRecords(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Proposal:
		w.proposals[e.Index] = e.Actor
	case *ledger.HoursRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, hours: body})
	case *ledger.ActsRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, acts: body})
	case *ledger.OpeningRecord:
		w.declare(e, record{volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool, opened: body.Points})
	case *ledger.PostNotice:
		w.notices[e.Index] = &notice{until: body.Until}
		for _, i := range body.Records {
			if rec := w.records.at(i); rec != nil {
				rec.notice = e.Index
			}
		}
	case *ledger.RemoveNotice:
		if n := w.notices[body.Notice]; n != nil {
			n.removed = e.On
		}
	}
	switch body := e.Body.(type) {
	case *ledger.ObjectionRecord:
		if rec := w.records.at(body.Record); rec != nil {
			rec.objection = e.Index
		}
	case *ledger.ObjectionAnswer:
		if rec := w.records.at(body.Record); rec != nil {
			rec.objection = 0
		}
	}
	if rec := w.takenBack(e); rec != nil {
		rec.gone = true
	}
	if loss, ok := e.Body.(*ledger.Loss); ok {
		if rec := w.records.at(loss.Record); rec != nil {
			w.credits.set(e.Index, rec)
		}
	}
	if credit, ok := creditOf(e); ok {
		if rec := w.records.at(credit.Record); rec != nil {
			rec.approver, rec.approved = e.Actor, e.Index
			w.credits.set(e.Index, rec) // of what is worth nothing there are no postings, and it is reversed all the same
		}
	}
}

// creditOf returns what an entry credits or approves.
func creditOf(e *ledger.Entry) (*ledger.Credit, bool) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		return body, true
	case *ledger.RecordCredit:
		return &body.Credit, true
	}
	return nil, false
}

func (w *world) declare(e *ledger.Entry, rec record) {
	rec.index, rec.on, rec.declarer, rec.rule = e.Index, e.On, e.Actor, e.Rule
	rec.home = w.homeOn(rec.volunteer, rec.day())
	w.records.set(rec.index, &rec)
	w.declared = append(w.declared, &rec)
}

// takenBack returns the record that an entry sends back or reverses, or nil.
func (w *world) takenBack(e *ledger.Entry) *record {
	switch body := e.Body.(type) {
	case *ledger.RecordReturn:
		return w.records.at(body.Record)
	case *ledger.ObjectionAnswer:
		if body.Upheld {
			return w.records.at(body.Record)
		}
	case *ledger.Reversal:
		return w.credits.at(body.Entry)
	}
	return nil
}

// ruleOf returns the rule that a record names.
func (w *world) ruleOf(rec *record) *ledger.Rule { return w.named(rec.rule) }

// day is the day of service or of the act; of an opening, that of its declaration.
func (rec *record) day() ledger.Date {
	switch {
	case rec.hours != nil:
		return rec.hours.Start.On()
	case rec.acts != nil:
		return rec.acts.On
	}
	return rec.on
}
