package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"aixin/ledger"
)

// This file is many writes of one noun in one request: a paper roster, or what a counter wrote down while the line was cut. Each item is an
// entry with a key and an outcome of its own, so that whoever was not answered sends the whole again and nothing is done twice. They are
// carried out one by one, or all of them or none.

// BulkMode says what becomes of a request of which something would be refused.
type BulkMode string

// The modes of a request of many.
const (
	// BulkContinue does what may be done and refuses the rest.
	BulkContinue BulkMode = "continue"
	// BulkAtomic does everything or nothing. All is decided at one moment, each item over what those before it change.
	BulkAtomic BulkMode = "atomic"
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
		ask := s.each
		if mode == BulkAtomic {
			ask = s.together
		}
		results := ask(ctx, r, one, items, dry)
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

// each asks for every item by itself, in order, and says what became of it.
func (s *server) each(ctx context.Context, r *http.Request, row writeRow, items []bulkItem, dry bool) (results []Receipt) {
	for _, item := range items {
		got, err := s.one(ctx, r, row, item, dry)
		results = append(results, s.itemAnswer(r, item.key, got, dry, err))
	}
	return results
}

// one asks for one item.
func (s *server) one(ctx context.Context, r *http.Request, row writeRow, item bulkItem, dry bool) (got ledger.Receipt, err error) {
	leave, err := s.underway.enter(ctx, actorOf(r), item)
	if err != nil {
		return got, err
	}
	defer leave()
	c, err := s.commandOf(ctx, r, row, item)
	if err == nil && dry {
		return s.Writes.DryRun(ctx, c)
	}
	if err == nil {
		got, err = s.Writes.Submit(ctx, c)
	}
	return got, err
}

// together asks for all items as one, and says of each what became of it: where one is refused, which, and of the others that nothing was
// done but what had been done before under their keys.
func (s *server) together(ctx context.Context, r *http.Request, row writeRow, items []bulkItem, dry bool) []Receipt {
	var (
		got      []ledger.Receipt
		commands []ledger.Command
	)
	leave, err := s.underway.enter(ctx, actorOf(r), items...)
	if err == nil {
		defer leave()
		got, commands, err = s.group(ctx, r, row, items, dry)
	}
	if as[*ledger.GroupError](err) {
		var failed error
		if got, failed = s.before(ctx, r, row, items, commands, got); failed != nil {
			err = fmt.Errorf("%w: %w", ErrUnknown, failed)
		}
	}
	results := make([]Receipt, 0, len(items))
	one, broken := errors.AsType[*ledger.GroupError](err)
	for i, item := range items {
		var had ledger.Receipt
		if i < len(got) {
			had = got[i]
		}
		why := err
		switch {
		case broken && i == one.At:
			why = one.Err
		case had.Entry.Kind != "":
			why = nil
		case broken && i < one.At:
			why = ErrHeldBack
		case broken:
			why = ErrNotTried
		}
		results = append(results, s.itemAnswer(r, item.key, had, dry && !had.Replayed, why))
	}
	return results
}

// group asks for all items as one, and returns the commands up to the first that is not asked for. Of an error that is no *ledger.GroupError, of
// none is it known what became of it.
func (s *server) group(ctx context.Context, r *http.Request, row writeRow, items []bulkItem, dry bool) (got []ledger.Receipt, commands []ledger.Command, err error) {
	for i, item := range items {
		c, err := s.commandOf(ctx, r, row, item)
		if as[*notAsked](err) {
			err = &ledger.GroupError{At: i, Err: err}
		}
		if err != nil {
			return nil, commands, err
		}
		commands = append(commands, c)
	}
	if dry {
		got, err = s.Writes.DryRunGroup(ctx, commands)
	} else {
		got, err = s.Writes.SubmitGroup(ctx, commands)
	}
	return got, commands, err
}

// before completes the receipts of a group that was refused with those of items that stand under their keys already. Whoever did not get the
// answer to the same group must not read that nothing was done, whatever is refused by now. Whose card and PIN were looked at is not asked again.
func (s *server) before(ctx context.Context, r *http.Request, row writeRow, items []bulkItem, commands []ledger.Command, got []ledger.Receipt) ([]ledger.Receipt, error) {
	out := make([]ledger.Receipt, len(items))
	copy(out, got)
	for i, item := range items {
		if out[i].Entry.Kind != "" {
			continue
		}
		_, stands, err := s.standing(ctx, ledger.Command{Key: item.key, Actor: callerOf(r).staff})
		if err != nil {
			return nil, err
		}
		if !stands {
			continue
		}
		var c ledger.Command
		if i < len(commands) {
			c = commands[i]
		} else {
			c, err = s.commandOf(ctx, r, row, item)
		}
		if err == nil {
			out[i], err = s.Writes.Submit(ctx, c) // it was answered before: nothing is written
		}
		if err != nil && !as[*ledger.Rejection](err) && !as[*ledger.Invalid](err) {
			return nil, err
		}
	}
	return out, nil
}

// itemAnswer says what became of an item.
func (s *server) itemAnswer(r *http.Request, key ledger.Key, got ledger.Receipt, dry bool, err error) Receipt {
	answer := Receipt{Outcome: outcomeOf(err), Key: key, Balances: []BalanceAfter{}}
	no := got.Entry.Rejection()
	switch {
	case got.Entry.Kind == "" || (err != nil && no == nil):
	case dry:
		answer = NewDryRun(got)
	default:
		answer = NewReceipt(got)
	}
	if answer.Kind != "" {
		answer.Line = lineOf(got)
	}
	if no != nil {
		err = no
	}
	if err != nil {
		answer.Problem = new(problemOf(err, s.say(r), s.Clock()).spokenTo(r, s.say(r)))
	}
	return answer
}

// notAsked is why the book was not asked for something: nothing was done.
type notAsked struct{ err error }

func (e *notAsked) Error() string { return e.err.Error() }
func (e *notAsked) Unwrap() error { return e.err }

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
