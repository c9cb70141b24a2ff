package ledger

import (
	"errors"
	"fmt"
)

// NeedsEntry returns what must be loaded before the entry can be posted by a book that did not decide it. An entry that Post
// refuses by its looks alone needs nothing.
func (b *Book) NeedsEntry(e Entry) Wants {
	if !b.complete && checkShape(e) != nil {
		return nil
	}
	if _, back := e.Body.(lookingBack); b.complete && !back {
		return nil // it wants nothing but earlier entries
	}
	var w Wants
	b.book.want(&w, single{})
	b.keyed.want(&w, e.Key)
	if e.Actor != "" {
		b.wantActor(&w, e.Actor)
	}
	for _, p := range e.Postings {
		b.accounts.want(&w, p.key())
	}
	c, known := asked(e)
	if !known {
		b.refusals.want(&w, e.Actor)
		return w
	}
	b.wantPlace(&w, c)
	b.wantDecision(c, &w)
	return w
}

// lookingBack is a body that is held against earlier entries, or folded into them. A complete book has everything but those, so
// that it need not even ask for any other entry; one that forgets this cannot be posted.
type lookingBack interface {
	looksBack()
}

// Post folds the next entry into the book, after checking every invariant that it could break. It refuses without changing
// anything, with an error that wraps ErrCorrupt, unless a fact was not loaded.
func (b *Book) Post(e Entry) error { return b.post(e, false) }

// PostShaped is Post of an entry whose Shaped was true: whoever reads a whole journal asks that beside the fold, and not in it.
func (b *Book) PostShaped(e Entry) error { return b.post(e, true) }

// Shaped reports whether the entry has every invariant that shows in itself, whatever came before it.
func (e Entry) Shaped() bool { return checkShape(e) == nil }

func (b *Book) post(e Entry, shaped bool) error {
	b.posting = true
	defer func() { b.posting = false }()
	err := b.checkEntry(e, shaped)
	if e := b.complain(); e != nil {
		return fmt.Errorf("post: %w", e)
	}
	if err != nil {
		return &CorruptError{e.Index, err}
	}
	b.fold(e)
	if err := b.complain(); err != nil {
		return fmt.Errorf("post entry %d: %w", e.Index, err)
	}
	b.next, b.at = e.Index+1, e.At
	b.posted = append(b.posted, e)
	return nil
}

// checkEntry holds an entry against the numbered invariants, and against what the book would decide again. The invariants that show in an
// entry itself are left out where somebody held it against them before.
func (b *Book) checkEntry(e Entry, shaped bool) error {
	b.today = e.On
	if n := statedFormat(e); n > FormatVersion {
		return fmt.Errorf("format %d: %w", n, ErrNewer)
	}
	if !shaped {
		if err := checkShape(e); err != nil {
			return err
		}
	}
	if err := b.checkFormat(e); err != nil {
		return err
	}
	if err := b.checkGuards(e); err != nil {
		return err
	}
	switch {
	case e.Index != b.next:
		return fmt.Errorf("I4: the book expects entry %d", b.next)
	case e.At.Before(b.at):
		return fmt.Errorf("I5: at %s, the entry before it is of %s", e.At.Format(instantLayout), b.at.Format(instantLayout))
	case e.On != DateOf(e.At.In(b.zone)):
		return fmt.Errorf("I5: on %s is not the day of %s in %s", e.On, e.At.Format(instantLayout), b.zone)
	}
	if k, used := b.keyed.get(e.Key); used {
		return fmt.Errorf("I6: key %s named entry %d", e.Key, k.Index)
	}
	if (e.Kind == Opened) != (e.Index == 0) {
		return fmt.Errorf("I8: a book is opened by entry 0 and by no other")
	}
	if err := b.checkProposal(e); err != nil {
		return err
	}
	if err := b.checkBody(e); err != nil {
		return err
	}
	return b.checkOneself(e)
}

// checkShape holds what an entry shows by itself: its sums (I1), its key (I6), and that every member has its grammar (I8).
func checkShape(e Entry) error {
	if err := checkSums(e.Postings); err != nil {
		return err
	}
	if !e.Key.Valid() {
		return errors.New("I6: key is not one")
	}
	if e.Digest == (Digest{}) {
		return errors.New("I6: no digest, so that a repeat could not be told from another request")
	}
	c, known := asked(e)
	if !known {
		return checkRefusal(e)
	}
	if bad := malformed(c); len(bad) > 0 {
		return fmt.Errorf("I8: %s", (&Invalid{bad}).Error())
	}
	return checkAgreed(e)
}

// checkSums holds I1: each commodity of an entry sums to zero by itself.
func checkSums(postings []Posting) error {
	if len(postings) > MaxPostings {
		return fmt.Errorf("I1: %d postings: at most %d are allowed", len(postings), MaxPostings)
	}
	for i, p := range postings {
		switch {
		case !p.Account.Holds(p.Commodity):
			return fmt.Errorf("I1: account %.40q does not hold %.12q", p.Account, p.Commodity)
		case p.Amount == 0 || !p.Amount.within():
			return fmt.Errorf("I1: posting %d: amount %d", i, p.Amount)
		case p.Account.Class().Guarded() != (p.Lot != 0) && !p.Account.Class().dated():
			return fmt.Errorf("I3: posting %d to %s: lot %q", i, p.Account, p.Lot)
		}
		var sum Amount
		for _, q := range postings {
			if q.Commodity == p.Commodity {
				sum += q.Amount
			}
		}
		if sum != 0 {
			return fmt.Errorf("I1: %s sums to %d", p.Commodity, sum)
		}
	}
	return nil
}

// checkGuards holds I3: no lot is drawn beyond what is left of it, and none is opened under another entry's index.
func (b *Book) checkGuards(e Entry) error {
	if k, sum, ok := b.inRange(e.Postings); !ok {
		return fmt.Errorf("I3: %s: balance %d leaves the range", k, sum)
	}
	for i, p := range e.Postings {
		if p.Lot == 0 {
			continue
		}
		acct, _ := b.accounts.get(p.key())
		left := p.Amount * normal(p.Account)
		for _, q := range e.Postings[:i] {
			if q.Lot == p.Lot && q.key() == p.key() {
				left += q.Amount * normal(q.Account)
			}
		}
		k := lotOf(acct.Lots, p.Lot)
		if k >= 0 {
			left += acct.Lots[k].Left - b.keptHeld(e, p.key(), acct.Lots[k])
		}
		switch {
		case left < 0:
			return fmt.Errorf("I3: lot %s of %s: %d drawn beyond what is left", p.Lot, p.Account, -left)
		case p.Lot.Entry() > e.Index:
			return fmt.Errorf("I3: lot %s of %s is of a later entry", p.Lot, p.Account)
		case k < 0 && p.Lot.Entry() != e.Index && left > 0 && !restores(e):
			return fmt.Errorf("I3: lot %s of %s is not open", p.Lot, p.Account)
		}
	}
	return nil
}

// inRange reports whether every balance stays representable under the postings, or which does not.
func (b *Book) inRange(postings []Posting) (AccountKey, Amount, bool) {
	for i, p := range postings {
		acct, _ := b.accounts.get(p.key())
		sum := acct.Balance + p.Amount
		for _, q := range postings[:i] {
			if q.key() == p.key() {
				sum += q.Amount
			}
		}
		if !sum.within() {
			return p.key(), sum, false
		}
	}
	return AccountKey{}, 0, true
}

// restores reports whether the entry may put something back into a lot that was used up (I10).
func restores(e Entry) bool {
	return e.Kind == Returned || e.Kind == Reversed || e.Kind == ExchangeUndone
}
