package ledger

import (
	"fmt"
	"slices"
)

// checkBody holds an entry against the invariants that depend on its kind, I10 to I13, and its postings against its body (I8).
func (b *Book) checkBody(e Entry) error {
	for _, p := range e.Postings {
		if c := p.Account.Class(); (c == ClassHours || c == ClassServed) && e.Kind != Approved && e.Kind != Reversed && e.Kind != CreditPosted {
			return fmt.Errorf("I11: a %s entry changes hours", e.Kind)
		}
	}
	want, err := e.Body.holds(b, e)
	switch {
	case err != nil:
		return err
	case len(want) == 0 && len(e.Postings) > 0:
		return fmt.Errorf("I8: a %s entry moves nothing", e.Kind)
	case !slices.Equal(e.Postings, want):
		return fmt.Errorf("I8: the postings are not those of the %s body", e.Kind)
	}
	return checkLasting(e)
}
