package main

import (
	"context"

	"aixin/ledger"
	"aixin/ledger/person"
)

// demoRequest is the number of a request for help in the demo.
func demoRequest(i int) ledger.RequestID { return ledger.RequestID(person.Requester.ID(i + 1)) }

// helping takes the requests for help of the last evening, so that the service desk has something to do: the clerk takes them, the leader sends
// somebody and types it, and the reviewer calls back.
func (s *simulation) helping(ctx context.Context) error {
	on := s.today.AddDays(-1)
	s.at(on, 21, 50)
	for i, r := range s.scheme.Requests {
		do := &ledger.TakeRequest{Request: demoRequest(i), Unit: s.scheme.Units[0].Unit, Channel: r.Channel}
		if _, err := s.ask(ctx, demoClerk, do); err != nil {
			return err
		}
	}
	for i, r := range s.scheme.Requests {
		if err := s.help(ctx, demoRequest(i), r.Becomes, on); err != nil {
			return err
		}
	}
	return nil
}

// help goes as far with a request as it is to stand the next morning. Whoever changed the bulb was rung up and went before anybody typed.
func (s *simulation) help(ctx context.Context, q ledger.RequestID, becomes ledger.RequestState, on ledger.Date) error {
	switch becomes { //nolint:exhaustive // the demo has one request of each of these
	case ledger.Withdrawn:
		return s.all(ctx, demoLeader, &ledger.CloseRequest{Request: q, Reason: ledger.OwnRequest})
	case ledger.Sorted: // two hours, which nobody kept
		return s.all(ctx, demoLeader, &ledger.SortRequest{Request: q, Class: "urgent"})
	case ledger.Assigned:
		return s.all(ctx, demoLeader, &ledger.SortRequest{Request: q, Class: "ordinary"}, &ledger.AssignRequest{Request: q, To: "C0101"})
	}
	err := s.all(ctx, demoLeader,
		&ledger.SortRequest{Request: q, Class: "prompt"}, &ledger.AssignRequest{Request: q, To: "C0171"},
		&ledger.FinishRequest{Request: q, By: s.rest[:1], Start: ledger.NewStart(on, 18*60), Minutes: 40})
	if err != nil {
		return err
	}
	return s.all(ctx, demoReviewer, &ledger.CallBack{Request: q, Result: ledger.Good})
}
