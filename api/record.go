package api

import (
	"net/http"

	"aixin/ledger"
)

type (
	// Records are records, in the order in which they were declared.
	Records struct {
		Records []DeclaredRecord `json:"records"`
		Next    ledger.Index     `json:"next_after,omitempty"` // ask for records after it to go on; absent on the last page
		Cursor  string           `json:"cursor,omitempty"`     // the same, without what was declared since this page
		AsOf    ledger.Index     `json:"as_of_index"`
	}

	// DeclaredRecord is what was declared, and what became of it.
	DeclaredRecord struct {
		Record    ledger.Index       `json:"record"`
		Kind      ledger.Kind        `json:"kind"`
		State     ledger.RecordState `json:"state"`
		Volunteer ledger.VolunteerID `json:"volunteer,omitempty"`
		Name      string             `json:"name,omitempty"` // masked
		Declarer  ledger.StaffID     `json:"declarer"`
		Activity  ledger.ActivityID  `json:"activity,omitempty"`
		Start     string             `json:"start,omitempty"`
		Minutes   ledger.Amount      `json:"minutes,omitempty"`
		Code      ledger.Code        `json:"code,omitempty"`
		On        ledger.Date        `json:"on,omitempty"`
		Quantity  int64              `json:"quantity,omitempty"`
		CountedIn string             `json:"counted_in,omitempty"` // what the quantity counts
		Points    Points             `json:"points"`
		Import    ledger.Index       `json:"import,omitempty"`
		For       ledger.Kind        `json:"for,omitempty"` // of a proposal: the kind of entry that it becomes
		Deduct    *Points            `json:"deduct,omitempty"`
		Queries   []ledger.Query     `json:"queries,omitempty"`
		Approvers []ledger.StaffID   `json:"approvers,omitempty"` // who took a step of its approval
		Step      ledger.Role        `json:"step,omitempty"`      // whose step it waits for
		Steps     int                `json:"steps,omitempty"`     // how many steps there are
	}
)

// NewDeclaredRecord returns the wire form of a record.
func NewDeclaredRecord(r ledger.Record) DeclaredRecord {
	out := DeclaredRecord{
		Record: r.Index, Kind: r.Kind, State: r.State, Volunteer: r.Volunteer, Declarer: r.Declarer, Activity: r.Activity, Minutes: r.Minutes,
		Code: r.Code, On: r.On, Quantity: r.Quantity, CountedIn: r.CountedIn, Points: Points(r.Points), Import: r.Import, For: r.For(), Queries: r.Queries,
		Approvers: r.Approvers, Step: r.Step(), Steps: len(r.Chain),
	}
	switch a := r.Asked().(type) { // which are alike but for whom they are about
	case *ledger.GrantBase:
		out.Volunteer = a.Volunteer
	case *ledger.Transfer:
		out.Volunteer = a.From
	}
	if r.Deduct > 0 {
		less := Points(r.Deduct)
		out.Deduct = &less
	}
	if r.Start != 0 {
		out.Start = r.Start.String()
	}
	return out
}

// NewWaitingRecord returns the wire form of a record that waits. A proposal says no points itself: what it would move is of the day.
func NewWaitingRecord(v ledger.View, r ledger.Record) (DeclaredRecord, error) {
	out := NewDeclaredRecord(r)
	if r.Kind != ledger.Proposed || !r.State.Waits() {
		return out, nil
	}
	points, err := v.Proposed(r)
	out.Points = Points(points)
	return out, err
}

// records answers GET /v1/records?of=INDEX&unit=UNIT&state=STATE&after=INDEX&limit=N&min_index=INDEX: those that wait for somebody, the
// oldest first, or those that a reference means.
func (s *server) records(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	of, after, limit, least := q.index("of"), q.index("after"), q.limit(), q.least()
	unit, waits := q.waits()
	from, later := q.cursor(r)
	if later {
		after = from.Behind
	}
	if err := q.err(); err != nil {
		return err
	}
	if err := s.reached(r.Context(), least); err != nil {
		return err
	}
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		page := Records{Records: []DeclaredRecord{}, AsOf: v.Head().Size - 1}
		waits.After = after
		if !later {
			from.Size = v.Head().Size
		}
		if unit != "" {
			org, err := v.Org()
			if err != nil {
				return err
			}
			waits.Units = org.Under(unit, v.On())
		}
		list := v.Waiting(waits)
		if of > 0 {
			list = v.RecordsOf(of)
		}
		for rec, err := range list {
			if err != nil {
				return err
			}
			if rec.Index <= after || rec.Index >= from.Size {
				continue
			}
			if len(page.Records) == limit {
				page.Next = page.Records[limit-1].Record
				page.Cursor = cursor{from.Size, page.Next, from.Filter}.String()
				break
			}
			row, err := NewWaitingRecord(v, rec)
			if err != nil {
				return err
			}
			page.Records = append(page.Records, row)
		}
		s.write(w, r, http.StatusOK, jsonType, page)
		return nil
	})
}

// waits reads which records are asked for that wait.
func (q *query) waits() (unit ledger.UnitID, waits ledger.WaitQuery) {
	if q.values.Has("unit") {
		unit = ledger.UnitID(q.values.Get("unit"))
		q.want(unit.Valid(), "unit", "unit_code")
	}
	if q.values.Has("state") {
		state := ledger.RecordState(q.values.Get("state"))
		q.want(state.Waits(), "state", "record_state")
		waits.States = []ledger.RecordState{state}
	}
	return unit, waits
}
