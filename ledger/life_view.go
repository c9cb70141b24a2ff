package ledger

import (
	"cmp"
	"slices"
)

// This file reads what people with more than one number have: their histories stay under the numbers of then.

// Minutes returns what a person served, under all of their numbers.
func (v View) Minutes(who Volunteer) (Amount, error) {
	hours, err := v.Account(AccountKey{HoursOf(who.Volunteer), Minute})
	sum := hours.Balance
	for _, id := range who.Merged {
		if err != nil {
			break
		}
		hours, err = v.Account(AccountKey{HoursOf(id), Minute})
		sum += hours.Balance
	}
	return sum, err
}

// Statement returns up to n movements of an account of a person before an entry, the newest first; before 0 means from the newest.
// The movements of numbers that were merged into this one are among them, each with the account that it moved, and the balance is
// that of all together. Its cost does not grow with the age of the account.
func (v View) Statement(k AccountKey, before Index, n int) (Statement, error) {
	n = max(n, 1)
	who, err := v.Volunteer(VolunteerID(k.ID.Owner()))
	if isNotFound(err) || (err == nil && len(who.Merged) == 0) {
		return v.pageOf(k, before, n)
	}
	if err != nil {
		return Statement{}, err
	}
	var lists [][]StatementLine
	for _, id := range append([]VolunteerID{who.Volunteer}, who.Merged...) {
		page, err := v.pageOf(AccountKey{NewAccountID(k.ID.Class(), id), k.Commodity}, before, n+1)
		if err != nil {
			return Statement{}, err
		}
		lists = append(lists, page.Lines)
	}
	return together(who.Volunteer, lists, n), nil
}

// together makes one list of the movements of several accounts of one person, each list with one more than is shown. An entry that
// moved two of the accounts is one movement.
func together(who VolunteerID, lists [][]StatementLine, n int) Statement {
	var all []StatementLine
	for _, lines := range lists {
		all = append(all, lines...)
	}
	slices.SortStableFunc(all, func(a, b StatementLine) int { return cmp.Compare(b.Entry.Index, a.Entry.Index) })
	out := Statement{Volunteer: who}
	for _, l := range all {
		last := len(out.Lines) - 1
		if last >= 0 && out.Lines[last].Entry.Index == l.Entry.Index {
			out.Lines[last].Amount += l.Amount
			continue
		}
		if len(out.Lines) == n {
			out.Next = out.Lines[last].Entry.Index
			break
		}
		l.Balance = 0
		for _, lines := range lists {
			if i := slices.IndexFunc(lines, func(m StatementLine) bool { return m.Entry.Index <= l.Entry.Index }); i >= 0 {
				l.Balance += lines[i].Balance
			}
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}

// Card returns a card that was issued, by the hash of its text.
func (v View) Card(h Hash) (Card, error) { return find[Card](v, "card", h.String()) }

// HolderOf returns whose a card is, by the hash of its text. A card that the book knows is good until the book says otherwise; one of
// before the book knew cards, whose holder the caller finds, until its owner has another. The card of nobody is not found.
func (v View) HolderOf(h Hash, found func() (VolunteerID, error)) (VolunteerID, error) {
	card, err := v.Card(h)
	switch {
	case err == nil && card.Voided != 0:
		return "", notFound("")
	case !isNotFound(err):
		return card.Volunteer, err
	}
	id, err := found()
	if err != nil {
		return "", err
	}
	if who, err := v.Volunteer(id); err != nil || who.Card != (Hash{}) {
		return "", cmp.Or(err, error(notFound("")))
	}
	return id, nil
}
