package api

import (
	"context"
	"fmt"
	"net/http"

	"aixin/ledger"
)

// This file is many writes of one noun in one request: a paper roster, or what a counter wrote down while the line was cut. Each item is an
// entry with a key and an outcome of its own, so that whoever was not answered sends the whole again and nothing is done twice.

// BulkMode says what becomes of a request of which something would be refused.
type BulkMode string

// The modes of a request of many.
const (
	// BulkContinue does what may be done and refuses the rest.
	BulkContinue BulkMode = "continue"
	// BulkChecked does nothing where anything would be refused as the book stands. It is no promise against what happens in between: what
	// is refused then is answered so, and the rest is done.
	BulkChecked BulkMode = "checked"
)

// Bulk is what became of many writes.
type Bulk struct {
	Applied int       `json:"applied"`
	Refused int       `json:"refused"`
	Unknown int       `json:"unknown"` // ask again with the same keys
	Results []Receipt `json:"results"` // in the order of the items
}

type (
	// BulkRedemptionsRequest asks for many exchanges.
	BulkRedemptionsRequest struct {
		Mode  BulkMode                `json:"mode,omitempty" validate:"omitempty,bulk_mode"` // absent: continue
		Items []RedemptionItemRequest `json:"items" validate:"min=1,max=100,dive"`
	}

	// RedemptionItemRequest is one of them.
	RedemptionItemRequest struct {
		Key     ledger.Key        `json:"key,omitempty" validate:"omitempty,key"` // absent: that of the request with the number of the item
		Request RedemptionRequest `json:"request"`
	}

	// BulkHoursRequest declares many records of hours.
	BulkHoursRequest struct {
		Mode  BulkMode           `json:"mode,omitempty" validate:"omitempty,bulk_mode"`
		Items []HoursItemRequest `json:"items" validate:"min=1,max=100,dive"`
	}

	// HoursItemRequest is one of them.
	HoursItemRequest struct {
		Key     ledger.Key   `json:"key,omitempty" validate:"omitempty,key"`
		Request HoursRequest `json:"request"`
	}

	// BulkActsRequest declares many acts.
	BulkActsRequest struct {
		Mode  BulkMode          `json:"mode,omitempty" validate:"omitempty,bulk_mode"`
		Items []ActsItemRequest `json:"items" validate:"min=1,max=100,dive"`
	}

	// ActsItemRequest is one of them.
	ActsItemRequest struct {
		Key     ledger.Key  `json:"key,omitempty" validate:"omitempty,key"`
		Request ActsRequest `json:"request"`
	}

	// bulkRow is a noun that is written to many at a time: how its request is read.
	bulkRow struct {
		noun, says string
		fresh      func() any
		items      func(request any) (BulkMode, []bulkItem)
	}

	// bulkItem is one write of a request.
	bulkItem struct {
		key     ledger.Key
		request any
	}
)

// bulkOf makes a row of a request type and a way to take it apart.
func bulkOf[Q any](noun, says string, items func(*Q) (BulkMode, []bulkItem)) bulkRow {
	return bulkRow{noun, says, func() any { return new(Q) }, func(request any) (BulkMode, []bulkItem) {
		q, ok := request.(*Q)
		if !ok {
			return "", nil
		}
		return items(q)
	}}
}

// bulkRows is everything that can be written many at a time.
func bulkRows() []bulkRow {
	return []bulkRow{
		bulkOf("redemptions", "Hand out goods for points, many times.", func(q *BulkRedemptionsRequest) (BulkMode, []bulkItem) {
			var list []bulkItem
			for i := range q.Items {
				list = append(list, bulkItem{q.Items[i].Key, &q.Items[i].Request})
			}
			return q.Mode, list
		}),
		bulkOf("records/hours", "Declare the hours of many.", func(q *BulkHoursRequest) (BulkMode, []bulkItem) {
			var list []bulkItem
			for i := range q.Items {
				list = append(list, bulkItem{q.Items[i].Key, &q.Items[i].Request})
			}
			return q.Mode, list
		}),
		bulkOf("records/acts", "Declare the acts of many.", func(q *BulkActsRequest) (BulkMode, []bulkItem) {
			var list []bulkItem
			for i := range q.Items {
				list = append(list, bulkItem{q.Items[i].Key, &q.Items[i].Request})
			}
			return q.Mode, list
		}),
	}
}

// bulks are the routes of writing many.
func (s *server) bulks() (list []route) {
	for _, row := range bulkRows() {
		list = append(list, route{"POST /v1/bulk/" + row.noun, bulkWriting(row), false, staff(writers()...), doc{
			says: row.says, params: writeParams{}, body: row.fresh(), answer: Bulk{},
		}})
	}
	return list
}

// bulkWriting answers POST /v1/bulk/NOUN. A request that does not read does nothing; of one that does, each item has its outcome.
func bulkWriting(row bulkRow) func(*server, http.ResponseWriter, *http.Request) error {
	one := rowOfNoun(row.noun)
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		key, dry, err := keyOf(r)
		if err != nil {
			return err
		}
		request := row.fresh()
		if err := readJSON(r, request); err != nil {
			return err
		}
		mode, items := row.items(request)
		if err := itemKeys(key, items); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
		defer cancel()
		results, fit := []Receipt(nil), true
		if dry || mode == BulkChecked {
			results, fit = s.each(r, one, items, func(c ledger.Command) (Receipt, ledger.Entry, error) {
				e, err := s.Writes.DryRun(ctx, c)
				return NewDryRun(e), e, err
			})
		}
		switch {
		case dry:
		case !fit:
			s.holdBack(r, results)
		default:
			results, _ = s.each(r, one, items, func(c ledger.Command) (Receipt, ledger.Entry, error) {
				got, err := s.Writes.Submit(ctx, c)
				if got.Entry.Kind == "" {
					return Receipt{}, got.Entry, err
				}
				return NewReceipt(got), got.Entry, err
			})
		}
		s.write(w, r, http.StatusOK, jsonType, newBulk(results))
		return nil
	}
}

func rowOfNoun(noun string) writeRow {
	for _, row := range writeRows() {
		if row.noun == noun {
			return row
		}
	}
	return writeRow{}
}

// itemKeys gives every item its key. Two items under one would be one entry.
func itemKeys(key ledger.Key, items []bulkItem) error {
	bad, seen := &ledger.Invalid{}, map[ledger.Key]bool{}
	for i := range items {
		if items[i].key == "" {
			items[i].key = ledger.Key(fmt.Sprintf("%s/%d", key, i+1))
		}
		field := fmt.Sprintf("items[%d].key", i)
		switch {
		case !items[i].key.Valid():
			bad.Fields = append(bad.Fields, ledger.Fault{Field: field, Code: "key"})
		case seen[items[i].key]:
			bad.Fields = append(bad.Fields, ledger.Fault{Field: field, Code: "twice"})
		}
		seen[items[i].key] = true
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// each lets f carry every item out, in order, and says what became of it; fit is whether none was refused.
func (s *server) each(r *http.Request, row writeRow, items []bulkItem, f func(ledger.Command) (Receipt, ledger.Entry, error)) (results []Receipt, fit bool) {
	fit = true
	for _, item := range items {
		var (
			answer Receipt
			e      ledger.Entry
			err    error
		)
		if here, ok := item.request.(present); ok {
			err = here.present(s, r)
		}
		if err == nil {
			answer, e, err = f(ledger.Command{Key: item.key, Actor: callerOf(r).staff, Do: row.action(item.request)})
		} else {
			err = &notAsked{err}
		}
		no := e.Rejection()
		switch {
		case e.Kind != "" && no != nil:
			err = no
		case err != nil:
			answer = Receipt{Outcome: outcomeOf(err), Key: item.key, Balances: []BalanceAfter{}}
		default:
			answer.Line = string(e.AppendLine(nil))
		}
		if err != nil {
			fit = false
			answer.Problem = new(problemOf(err, s.say(r), s.Clock()).Problem)
		}
		results = append(results, answer)
	}
	return results, fit
}

// notAsked is why the book was not asked for something: nothing was done.
type notAsked struct{ err error }

func (e *notAsked) Error() string { return e.err.Error() }
func (e *notAsked) Unwrap() error { return e.err }

// holdBack says of what would have been done that it was not, since something else would be refused.
func (s *server) holdBack(r *http.Request, results []Receipt) {
	for i := range results {
		if results[i].Problem == nil {
			results[i] = Receipt{Outcome: Refused, Key: results[i].Key, Balances: []BalanceAfter{}, Problem: new(problemOf(ErrHeldBack, s.say(r), s.Clock()).Problem)}
		}
	}
}

func newBulk(results []Receipt) Bulk {
	out := Bulk{Results: results}
	for _, r := range results {
		switch r.Outcome {
		case Applied:
			out.Applied++
		case Refused:
			out.Refused++
		default:
			out.Unknown++
		}
	}
	return out
}
