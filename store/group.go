package store

import (
	"context"
	"errors"
	"fmt"

	"aixin/ledger"
)

// This file carries several commands out together or not at all. They are one request: decided at one moment, put into one batch, and
// answered at once. A batch is in the journal with its head line or not at all, so that no crash leaves half a group.

// SubmitGroup carries out every command or none, each over what those before it changed, and returns their receipts in order. Where one is
// refused the error is a *ledger.GroupError, and of the receipts there are those of commands that were answered before under their keys, and
// that of a refusal that the journal keeps. Other errors are those of Submit and concern all but those that were answered before.
func (l *Ledger) SubmitGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	r, err := l.groupRequest(commands)
	if err != nil {
		return nil, err
	}
	a, err := l.seq.submit(ctx, r)
	for i := range a.group {
		one := &a.group[i]
		if !one.Replayed {
			continue
		}
		balances, failed := l.balancesAfter(ctx, one.Entry)
		if failed != nil { // it was carried out, and nobody must take it for refused
			return nil, fmt.Errorf("%w: %w", ErrUnknown, failed)
		}
		one.Balances = balances
	}
	return a.group, err
}

// DryRunGroup returns the entries that the commands would become now, with the errors of SubmitGroup. Nothing is kept.
func (l *Ledger) DryRunGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	r, err := l.groupRequest(commands)
	if err != nil {
		return nil, err
	}
	r.dry = true
	a, err := l.seq.submit(ctx, r)
	return a.group, err
}

// groupRequest refuses what is no group: of none or too many, with commands that change the book itself, or with two under one key, which
// would be one entry.
func (l *Ledger) groupRequest(commands []ledger.Command) (*request, error) {
	if len(commands) == 0 || len(commands) > ledger.MaxGroup {
		return nil, fmt.Errorf("a group of %d commands: it has 1 to %d", len(commands), ledger.MaxGroup)
	}
	seen := make(map[ledger.Key]bool, len(commands))
	for i, c := range commands {
		switch c.Do.(type) {
		case *ledger.OpenBook, *ledger.RotateKey:
			return nil, fmt.Errorf("%T in a group: ask for it by itself", c.Do)
		}
		if seen[c.Key] {
			return nil, &ledger.GroupError{At: i, Err: &ledger.Invalid{Fields: []ledger.Fault{{Field: "key", Code: "twice"}}}}
		}
		seen[c.Key] = true
	}
	return &request{group: commands, reply: make(chan *reply, 1)}, nil
}

// decideGroup answers a request of many: all become entries, or none does but a refusal that must be kept. It returns nil where they do not
// fit into the open batch any more: then they are first in the next. What was answered before is answered again, whatever the clock says and
// however full the disk is.
func (s *sequencer) decideGroup(f facts, r *request) *reply {
	at, late := s.now()
	g, out, fresh := s.book.Group(), make([]ledger.Receipt, len(r.group)), false
	for i, c := range r.group {
		if err := f.loadGroup(s.book, g, c); err != nil {
			s.fail(err)
			return &reply{}
		}
		got, err := g.Decide(c, at)
		switch no := got.Entry.Rejection(); {
		case late != nil && !got.Replayed:
			return &reply{group: answered(out), err: late}
		case err != nil:
			return s.notTogether(f, g, r, out, i, ledger.Receipt{}, err)
		case no != nil:
			return s.notTogether(f, g, r, out, i, got, no)
		}
		out[i], fresh = got, fresh || !got.Replayed
	}
	if r.dry || !fresh {
		return &reply{group: out}
	}
	switch fits, err := s.fits(g); {
	case err != nil:
		return &reply{group: answered(out), err: err}
	case !fits:
		return nil
	}
	if err := s.room(); err != nil {
		return &reply{group: answered(out), err: err}
	}
	for i := range out {
		if out[i].Replayed {
			continue
		}
		if err := s.book.Post(out[i].Entry); err != nil {
			s.fail(fmt.Errorf("post what was decided: %w", err))
			return &reply{}
		}
		s.add(out[i].Entry, &out[i])
	}
	return &reply{group: out}
}

// loadGroup gives the book what the next command of a group wants. Unlike load it asks until nothing is wanted: a group takes what the book
// knows without asking, so that what it does ask for may lead nowhere while the rest does.
func (f facts) loadGroup(book *ledger.Book, g *ledger.Group, c ledger.Command) error {
	for range ledger.MaxRounds {
		ids := g.Needs(c)
		if len(ids) == 0 {
			return nil
		}
		if _, err := f.loadAll(book, ids); err != nil {
			return err
		}
	}
	if ids := g.Needs(c); len(ids) > 0 {
		return fmt.Errorf("load for a group: after %d rounds still wanted: %v", ledger.MaxRounds, ids)
	}
	return nil
}

// answered drops what was only decided: answers of before stand.
func answered(out []ledger.Receipt) []ledger.Receipt {
	for i := range out {
		if !out[i].Replayed {
			out[i] = ledger.Receipt{}
		}
	}
	return out
}

// notTogether answers a group of which a command was refused.
func (s *sequencer) notTogether(f facts, g *ledger.Group, r *request, out []ledger.Receipt, at int, refused ledger.Receipt, why error) *reply {
	out = answered(out)
	if !as[*ledger.Rejection](why) && !as[*ledger.Invalid](why) {
		if errors.Is(why, ledger.ErrCorrupt) {
			s.fail(fmt.Errorf("decide a group: %w", why))
		}
		return &reply{group: out, err: why}
	}
	no := &reply{group: out, err: &ledger.GroupError{At: at, Err: why}}
	if refused.Entry.Kind == "" || refused.Replayed || r.dry {
		out[at] = refused
		return no
	}
	e, keep := g.KeptAlone(refused.Entry)
	if !keep {
		return no
	}
	if err := s.room(); err != nil {
		return &reply{group: out, err: err}
	}
	err := f.load(s.book, func() ledger.Wants { return s.book.NeedsEntry(e) })
	if err == nil {
		err = s.book.Post(e)
	}
	if err != nil {
		s.fail(fmt.Errorf("post what was decided: %w", err))
		return &reply{}
	}
	s.add(e, &out[at])
	return no
}

// fits reports whether what a group changes has room in the open batch, which is one transaction of the index; the error says that it would
// in none.
func (s *sequencer) fits(g *ledger.Group) (bool, error) {
	o := &s.open
	o.seal(s.book)
	var alone pending
	changes := g.Changes()
	alone.measure(changes.Facts, changes.Lines, changes.States)
	room := func(rows, bytes int) bool {
		return int64(rows) < s.index.maxRows*3/4 && int64(bytes) < s.index.maxSize*3/4
	}
	switch {
	case room(o.rows+alone.rows, o.bytes+alone.bytes):
		return true, nil
	case room(alone.rows, alone.bytes):
		return false, nil
	}
	return false, &ledger.Rejection{Reason: ledger.TooLarge, Have: ledger.Amount(alone.bytes), Want: ledger.Amount(s.index.maxSize * 3 / 4)}
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
