package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// Writes asks the book for entries. *store.Ledger does; its errors are told as those of this package.
type Writes interface {
	// Submit returns when the entry is on stable storage and readable, or refused; ErrUnknown where that is not known.
	Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error)
	// DryRun returns the entry that the command would become now, or the one that stands under its key. Nothing is kept.
	DryRun(ctx context.Context, c ledger.Command) (ledger.Receipt, error)
	// SubmitGroup carries out every command or none. Where one is refused the error is a *ledger.GroupError, and the receipts are those of
	// before and that of a refusal which is kept.
	SubmitGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error)
	// DryRunGroup returns the entries that they would become now. Nothing is kept.
	DryRunGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error)
}

// The headers of a write.
const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
)

// writing answers POST /v1/NOUN: one entry, or why there is none.
func writing(row writeRow) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		key, dry, err := keyOf(r)
		if err != nil {
			return err
		}
		request := row.fresh()
		if err := readJSON(r, request); err != nil {
			return err
		}
		// Whoever goes away does not take back what was asked for: the book answers whoever asks again with the same key.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), submitTime)
		defer cancel()
		item := bulkItem{key, request}
		leave, err := s.underway.enter(ctx, actorOf(r), item)
		if err != nil {
			return s.answerWrite(w, r, ledger.Command{Key: key}, Receipt{}, ledger.Receipt{}, err)
		}
		defer leave()
		c, err := s.commandOf(ctx, r, row, item)
		if err != nil {
			return s.answerWrite(w, r, c, Receipt{}, ledger.Receipt{}, err)
		}
		if dry {
			got, err := s.Writes.DryRun(ctx, c)
			return s.answerWrite(w, r, c, NewDryRun(got), got, err)
		}
		got, err := s.Writes.Submit(ctx, c)
		answer := Receipt{}
		if got.Entry.Kind != "" {
			answer = NewReceipt(got)
		}
		return s.answerWrite(w, r, c, answer, got, err)
	}
}

// answerWrite says what became of a command: that it was applied, or a problem that says whether it was refused or nobody knows.
func (s *server) answerWrite(w http.ResponseWriter, r *http.Request, c ledger.Command, answer Receipt, got ledger.Receipt, err error) error {
	if err != nil && got.Entry.Kind != ledger.Refused {
		return &unwritten{Receipt{Outcome: outcomeOf(err), Key: c.Key, Balances: []BalanceAfter{}}, err}
	}
	answer.Line = lineOf(got)
	if answer.Replayed {
		w.Header().Set(replayedHeader, "true")
	}
	if no := got.Entry.Rejection(); no != nil {
		return &unwritten{answer, no}
	}
	status := http.StatusCreated
	if answer.DryRun {
		status = http.StatusOK
	}
	w.Header().Set("Content-Type", jsonType)
	b := buffer()
	defer free(b)
	b.Write(append(answer.appendJSON(b.AvailableBuffer()), '\n'))
	s.send(w, r, status, b.Bytes())
	return nil
}

// lineOf returns the line of an entry as it stands in the journal, or would.
func lineOf(r ledger.Receipt) string {
	if r.Line != "" {
		return r.Line
	}
	return string(r.Entry.AppendLine(nil))
}

// outcomeOf says what an error leaves of a command. Only what is known to have done nothing has refused it.
func outcomeOf(err error) Outcome {
	if is(ErrUnknown)(err) {
		return Unknown
	}
	if as[*notAsked](err) || as[*ledger.Rejection](err) || as[*ledger.Invalid](err) || is(ErrBusy, ErrStopped, ErrDiskFull, ErrClock, ErrHeldBack, ErrNotTried)(err) {
		return Refused
	}
	return Unknown
}

// unwritten is an error with what became of the command.
type unwritten struct {
	answer Receipt
	err    error
}

func (e *unwritten) Error() string { return e.err.Error() }
func (e *unwritten) Unwrap() error { return e.err }

// actorOf is who asks the book.
func actorOf(r *http.Request) ledger.StaffID { return ledger.StaffID(callerOf(r).id()) }

// commandOf is what somebody asks for under a key. The error is why the book is not asked: nothing was done, in this call or before; or it wraps
// ErrUnknown. A card that was changed since, or a PIN that is wrong now, says nothing of what stands under the key already: the book answers it.
func (s *server) commandOf(ctx context.Context, r *http.Request, row writeRow, item bulkItem) (ledger.Command, error) {
	c := ledger.Command{Key: item.key, Actor: actorOf(r)}
	if here, ok := item.request.(present); ok {
		if why := here.present(s, r); why != nil {
			// The call before may not be answered yet. The book answers in turn, so that it has what this try was behind.
			c.Do = row.action(item.request)
			if _, err := s.Writes.DryRun(ctx, c); err != nil && !as[*ledger.Rejection](err) && !as[*ledger.Invalid](err) {
				return c, fmt.Errorf("%w: %w", ErrUnknown, err)
			}
			e, stands, err := s.standing(ctx, c)
			switch {
			case err != nil:
				return c, fmt.Errorf("%w: %w", ErrUnknown, err)
			case !stands:
				return c, &notAsked{why}
			}
			here.recall(e)
		}
	}
	c.Do = row.action(item.request)
	return c, nil
}

// standing returns the entry under the key of a command, where its actor asked for one.
func (s *server) standing(ctx context.Context, c ledger.Command) (e ledger.Entry, stands bool, err error) {
	err = s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		k, err := v.Key(c.Key)
		if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotFound {
			return nil
		}
		if err == nil {
			e, err = v.Entry(k.Index)
		}
		stands = err == nil && e.Actor == c.Actor
		return err
	})
	return e, stands, err
}

// keyOf reads under which key something is written, and whether it is only tried.
func keyOf(r *http.Request) (key ledger.Key, dry bool, err error) {
	q := queryOf(r)
	dry = q.flag("dry_run")
	keys := r.Header.Values(keyHeader)
	if len(keys) == 0 {
		return "", dry, ErrNoKey
	}
	key = ledger.Key(keys[0])
	q.want(len(keys) == 1, keyHeader, "one_value")
	q.want(key.Valid(), keyHeader, "key")
	return key, dry, q.err()
}

// flag reads a parameter that is true or false; none is false.
func (q *query) flag(name string) bool {
	if !q.values.Has(name) {
		return false
	}
	v, err := strconv.ParseBool(q.values.Get(name))
	q.want(err == nil, name, "true_false")
	return v
}

// present is a request about somebody who is there, whose card and PIN are looked at before the book is asked.
type present interface {
	present(s *server, r *http.Request) error
	// recall says of a request whose card is nobody's by now whom it was about, as the entry under its key has it. Where anything else of the
	// two differs the book refuses the key.
	recall(e ledger.Entry)
}

// present finds whose card was shown, says how they were present, and checks their PIN where they typed it. That a card was shown is
// believed of nobody who does not send it.
func (q *RedemptionRequest) present(s *server, r *http.Request) error {
	shown := ledger.ByTyped
	if q.Card != "" {
		id, err := s.cardOf(r.Context(), q.Card)
		if err != nil {
			return err
		}
		if q.Volunteer != "" && q.Volunteer != id {
			return &ledger.Invalid{Fields: []ledger.Fault{{Field: "card", Code: "hold_card"}}}
		}
		q.Volunteer, shown = id, ledger.ByCard
	}
	if q.Presence == ledger.ByCard && q.Card == "" {
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "card", Code: "required"}}}
	}
	if q.Presence == "" {
		q.Presence = shown
	}
	if q.PIN == "" {
		return nil
	}
	err := s.checkPIN(r, q.PIN, func() (string, error) { return string(q.Volunteer), nil })
	if errors.Is(err, person.ErrWrongPIN) { // not of whoever asks, who is signed in
		err = errHolderPIN
	}
	return err
}

func (q *RedemptionRequest) recall(e ledger.Entry) {
	if q.Volunteer == "" {
		if sold, ok := e.Sold(); ok {
			q.Volunteer = sold.Volunteer
		} else if no, ok := e.Body.(*ledger.Refusal); ok {
			q.Volunteer = no.Volunteer
		}
	}
	if q.Presence == "" {
		q.Presence = ledger.ByTyped
		if q.Card != "" {
			q.Presence = ledger.ByCard
		}
	}
}

// cardOf returns whose a card is, as the book knows it: one that was declared void is nobody's.
func (s *server) cardOf(ctx context.Context, text string) (id ledger.VolunteerID, err error) {
	text = tidy(text, maxCard)
	if !strings.HasPrefix(text, cardMark) {
		return "", person.ErrNotFound
	}
	err = s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		id, err = v.HolderOf(sha256.Sum256([]byte(text)), func() (ledger.VolunteerID, error) { return s.holder(ctx, text) })
		return err
	})
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotFound {
		err = person.ErrNotFound
	}
	return id, err
}
