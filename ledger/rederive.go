package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// This file asks of an entry whether the book would write it again.

// asked returns the command that an entry answered; known is false for a refusal, which does not keep it. A return that named
// no lines, and so meant all that was left, names them here.
func asked(e Entry) (c Command, known bool) {
	c = Command{Key: e.Key, Actor: e.Actor}
	if e.Body != nil {
		c.Do, c.Import = e.Body.asked()
	}
	if e.Proposal != 0 && c.Do != nil {
		c.Do, c.Import = &Approve{Record: e.Proposal}, 0
	}
	return c, c.Do != nil
}

// Rederive decides an entry again from what was asked, in the state before it, and returns how the outcome differs: another
// price, a cap or limit that was not kept, somebody without the role, a digest of something else. Post asks for none of that: it
// holds the invariants, under which the books of every version are read, whereas what is refused may change from version to
// version. This is what an auditor asks of a book. What must be loaded is what NeedsEntry wants; the book does not change. A
// kept refusal does not state what was asked and is taken at its word.
func (b *Book) Rederive(e Entry) error {
	err := b.rederive(e)
	if missing := b.complain(); missing != nil {
		return fmt.Errorf("rederive: %w", missing)
	}
	if err != nil {
		return fmt.Errorf("entry %d: %w", e.Index, err)
	}
	return nil
}

func (b *Book) rederive(e Entry) error {
	if err := checkShape(e); err != nil {
		return err
	}
	c, known := asked(e)
	if !known {
		return nil
	}
	d := b.draft(c, e.At)
	r := firstOf(b.permit(c, d.On), b.spans(c, d.On), b.missingImport(c))
	if r == nil {
		r = b.decide(c, &d)
	}
	switch {
	case r != nil:
		return fmt.Errorf("would be refused today: %s", r.Error())
	case !slices.Equal(d.Postings, e.Postings):
		return errors.New("would post otherwise")
	case d.Kind != e.Kind || d.Rule != e.Rule || d.Proposal != e.Proposal || !bytes.Equal(appendBody(nil, d.Body), appendBody(nil, e.Body)):
		return fmt.Errorf("would say otherwise: %s %s", d.Rule, appendBody(nil, d.Body))
	}
	return checkDigest(d.Digest, e)
}

// checkDigest holds that a repeat gets the same answer: that the digest is that of what was asked. A return of everything may
// have been asked for by naming no lines.
func checkDigest(digest Digest, e Entry) error {
	if digest == e.Digest {
		return nil
	}
	if back, ok := e.Body.(*GoodsReturn); ok && e.Digest == DigestOf(&Return{Redemption: back.Redemption, Reason: back.Reason}) {
		return nil
	}
	return errors.New("the digest is not that of what was asked")
}

func appendBody(b []byte, body Body) []byte {
	c := codec{out: b}
	c.walk(body)
	return c.out
}
