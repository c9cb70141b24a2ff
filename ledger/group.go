package ledger

import (
	"fmt"
	"strings"
	"time"
)

// Group decides several commands as one: each over what those before it would change. The book is changed by all of them or by none,
// since they are tried on a book of their own that knows what this one knows. It is used between two changes of the book, by its owner.
type Group struct {
	book     *Book
	trial    *Book
	postings int
	err      error // a fault of the book
}

// GroupError says which command of a group was refused, and why: then nothing of the group is done.
type GroupError struct {
	At  int // from 0
	Err error
}

func (e *GroupError) Error() string { return fmt.Sprintf("command %d of the group: %v", e.At+1, e.Err) }

// Unwrap returns why the command was refused.
func (e *GroupError) Unwrap() error { return e.Err }

// Group begins a group of commands on the book as it stands.
func (b *Book) Group() *Group {
	trial := NewIndexedBook(b.zone, b.next, b.at)
	return &Group{book: b, trial: trial}
}

// Needs returns what the book must load before the next command of the group can be decided, as Book.Needs does. What the book knows is not
// among it, so that what is may lead nowhere while the rest does: ask again until nothing is wanted, whatever Fact.Leads says.
func (g *Group) Needs(c Command) Wants {
	for range MaxRounds {
		var missing Wants
		wants := g.trial.Needs(c)
		for _, id := range wants {
			f, ok := g.book.known(id)
			if !ok {
				missing = append(missing, id)
				continue
			}
			if err := g.trial.Load(f); err != nil && g.err == nil {
				g.err = err
			}
		}
		if len(wants) == 0 || len(missing) > 0 || g.err != nil {
			return missing
		}
	}
	return nil
}

// Decide returns the answer of before where the command's key has one, else the entry that it becomes after those of the group before
// it, with the error that Book.Decide gives. A refusal that must be kept is an entry that is none of the group.
func (g *Group) Decide(c Command, at time.Time) (Receipt, error) {
	missing := g.Needs(c)
	switch {
	case g.err != nil:
		return Receipt{}, fmt.Errorf("decide %s in a group: %w", c.Key, g.err)
	case len(missing) > 0:
		return Receipt{}, fmt.Errorf("decide %s in a group: %v was not loaded", c.Key, missing)
	}
	r, answered, err := g.trial.Answered(c)
	if err != nil || answered {
		return r, err
	}
	e, err := g.trial.Decide(c, at)
	if err != nil {
		return Receipt{}, err
	}
	if e.Kind == Refused {
		return Receipt{Entry: e}, nil
	}
	if g.postings += len(e.Postings); g.postings > MaxGroupPostings {
		return Receipt{}, &Rejection{Reason: TooLarge, Have: Amount(g.postings), Want: MaxGroupPostings}
	}
	if err := g.trial.Post(e); err != nil {
		return Receipt{}, err
	}
	return Receipt{Entry: e}, nil
}

// Changes returns what the group would change, so that its size is known.
func (g *Group) Changes() Changes { return g.trial.Seal() }

// KeptAlone returns the entry of a refusal of the group that must be kept, as it stands where nothing of the group does: its key can never
// succeed later, and with it neither can the group. It is false where the book cannot keep it, since whoever asked, whom it is about or the
// format that has such a refusal came with the group and went with it.
func (g *Group) KeptAlone(refusal Entry) (Entry, bool) {
	refusal.Index = g.book.next
	body, ok := refusal.Body.(*Refusal)
	return refusal, ok && g.book.hasActor(refusal.Actor) && g.book.hasVolunteer(body.Volunteer) && g.book.checkFormat(refusal) == nil
}

// hasActor reports whether the book knows whoever acts.
func (b *Book) hasActor(actor StaffID) bool {
	if v, ok := actor.Oneself(); ok {
		return b.hasVolunteer(v)
	}
	_, ok := b.staff.peek(actor)
	return ok
}

func (b *Book) hasVolunteer(v VolunteerID) bool {
	_, ok := b.volunteers.peek(v)
	return ok
}

// known returns a fact as the book has it now; false where it is not in memory.
func (b *Book) known(id FactID) (Fact, bool) {
	if i, ok := EntryOf(id); ok {
		e, held := b.held(i)
		if !held {
			return Fact{}, false
		}
		return Fact{ID: id, Value: e.AppendLine(nil)}, true
	}
	name, key, _ := strings.Cut(string(id), "/")
	f, ok := b.families[name]
	if !ok || (!b.complete && !f.has(key)) {
		return Fact{}, false
	}
	return f.encode(key), true
}
