package api

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// This file reads what was typed into a form. What does not read is a fault of its field.

// err is what is wrong with what was read so far.
func (a *answers) err() error {
	if a.failed != nil {
		return a.failed
	}
	if len(a.bad.Fields) > 0 {
		return &a.bad
	}
	return nil
}

func (a *answers) fault(field, code string) {
	a.bad.Fields = append(a.bad.Fields, ledger.Fault{Field: field, Code: code})
}

func (a *answers) text(name string) string { return strings.TrimSpace(a.Get(name)) }

// code reads what something is numbered with, however it was typed: a field to choose from becomes one to type into where there is much to choose.
func (a *answers) code(name string) string { return tidy(a.Get(name), maxCard) }

// volunteer reads a number or a card.
func (a *answers) volunteer(name string) ledger.VolunteerID {
	id, err := a.who(a.r.Context(), a.Get(name))
	switch {
	case err == nil:
	case errors.Is(err, person.ErrNotFound):
		a.fault(name, "hold_card")
	default:
		a.fault(name, "volunteer_number")
	}
	return id
}

// who returns whose card was scanned or whose number was typed.
func (d *desk) who(ctx context.Context, text string) (ledger.VolunteerID, error) {
	id, _, err := d.presented(ctx, text)
	return id, err
}

func (a *answers) date(name string) ledger.Date {
	text := a.text(name)
	if text == "" {
		return 0
	}
	d, err := ledger.ParseDate(text)
	if err != nil {
		a.fault(name, "date")
	}
	return d
}

func (a *answers) start(name string) ledger.Start {
	text := a.text(name)
	v, err := ledger.ParseStart(strings.Replace(text, " ", "T", 1))
	if err != nil {
		a.fault(name, "start")
	}
	return v
}

func (a *answers) points(name string) ledger.Amount { return a.amount(name, "points") }

// amount reads what has two decimals; code is what is said where it is none.
func (a *answers) amount(name, code string) ledger.Amount {
	v, err := ledger.ParsePoints(tidy(a.Get(name), maxCard))
	if err != nil {
		a.fault(name, code)
	}
	return v
}

// number reads a count; code is what is said where it is none.
func (a *answers) number(name, code string) int64 {
	n, err := strconv.ParseInt(tidy(a.Get(name), maxCard), 10, 64)
	if err != nil {
		a.fault(name, code)
	}
	return n
}

// index reads the number of an entry, or of a receipt.
func (a *answers) index(name string) ledger.Index {
	i, err := ParseReference(tidy(a.Get(name), maxCard))
	if err != nil {
		a.fault(name, "entry_index")
	}
	return i
}

// ticks returns the entries that were ticked.
func (a *answers) ticks() (list []ledger.Index) {
	for _, text := range a.Values["tick"] {
		i, err := strconv.ParseInt(text, 10, 64)
		if err == nil && i > 0 && len(list) < maxTicks {
			list = append(list, ledger.Index(i))
		}
	}
	return list
}
