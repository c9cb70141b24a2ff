package registry

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/text/width"

	"aixin/ledger/person"
)

// MaxFound bounds the people that a search returns: more are not looked through by anybody.
const MaxFound = 20

// maxLooked bounds of how many that a query means it is asked whether they may be found: one letter means half a county.
const maxLooked = 4000

// phonebook is what searches look through: the names and the last digits of the phones of all people, opened once. A search in sealed
// rows would open every one of them again.
type phonebook struct {
	reader *reader
	names  map[string]listed // by number
}

// listed is what a person is searched by.
type listed struct {
	name string
	last string // digits of the phone
}

func (b *phonebook) put(p person.Person) {
	if b != nil {
		b.names[p.ID] = listed{p.Name, person.MaskPhone(p.Phone)}
	}
}

func (b *phonebook) drop(ids []string) {
	if b == nil {
		return
	}
	for _, id := range ids {
		delete(b.names, id)
	}
}

// hit is somebody found, and how well.
type hit struct {
	id   string
	rank int // 0 is best
}

// Search returns people of a kind, masked, the likeliest first: by number, by the text of a card, by phone or its last four digits, by ID
// number, by a part of the name, by its pinyin or initials or both mixed. Among says who may be found at all; nil means everybody. More says
// that there are others. It is not logged: it shows no more than lists do.
func (r *Registry) Search(
	ctx context.Context, kind person.Kind, query string, among func(id string) (bool, error),
) (found []person.Masked, more bool, err error) {
	hits, err := r.hits(ctx, query)
	if err != nil {
		return nil, false, err
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { k, _ := person.KindOf(h.id); return k != kind })
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id)) })
	ids, more, err := firstOf(hits, among)
	if err != nil {
		return nil, false, err
	}
	masked, err := r.Masked(ctx, ids...)
	if err != nil {
		return nil, false, err
	}
	for _, id := range ids {
		if m, ok := masked[id]; ok {
			found = append(found, m)
		}
	}
	return found, more, nil
}

// firstOf returns the first who may be found, and whether there may be others.
func firstOf(hits []hit, among func(id string) (bool, error)) (ids []string, more bool, err error) {
	for n, h := range hits {
		if n == maxLooked && among != nil {
			return ids, true, nil
		}
		if among != nil {
			in, err := among(h.id)
			if err != nil {
				return nil, false, err
			}
			if !in {
				continue
			}
		}
		if len(ids) == MaxFound {
			return ids, true, nil
		}
		ids = append(ids, h.id)
	}
	return ids, false, nil
}

// hits finds people by whatever the query is.
func (r *Registry) hits(ctx context.Context, query string) ([]hit, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(width.Fold.String(query)), ""))
	digits := text != "" && strings.Trim(text, "0123456789") == ""
	var ids []string
	var err error
	switch {
	case text == "":
		return nil, nil
	case IsCard(text):
		var id string
		id, err = r.FindByCard(ctx, text)
		ids = append(ids, id)
		if errors.Is(err, ErrNotFound) {
			ids, err = nil, nil
		}
	case len(text) == 18:
		ids, err = r.FindByIDNumber(ctx, text)
	case digits && len(text) > 4:
		ids, err = r.FindByPhone(ctx, text)
	default:
		if _, ok := person.KindOf(text); ok {
			ids = []string{text}
			break
		}
		return r.look(ctx, query, text, digits)
	}
	if err != nil {
		return nil, err
	}
	var hits []hit
	for _, id := range ids {
		hits = append(hits, hit{id, 0})
	}
	return hits, nil
}

// look goes through the phonebook.
func (r *Registry) look(ctx context.Context, query, text string, digits bool) ([]hit, error) {
	r.mu.Lock() // opens the phonebook where nobody searched before, and looks characters up
	defer r.mu.Unlock()
	if err := r.openPhonebook(ctx); err != nil {
		return nil, err
	}
	letters, name := strings.ToLower(text), person.NormalizeName(query)
	latin := !strings.ContainsFunc(letters, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsLetter(c) })
	var hits []hit
	for id, p := range r.phonebook.names {
		switch {
		case digits:
			if len(text) == 4 && p.last == text {
				hits = append(hits, hit{id, 0})
			}
		case latin:
			if from, ok := spells(r.phonebook.reader.readings(p.name), letters); ok {
				hits = append(hits, hit{id, 1 + from})
			}
		case name != "":
			if at := strings.Index(p.name, name); at >= 0 {
				hits = append(hits, hit{id, at})
			}
		}
	}
	return hits, ctx.Err()
}

// openPhonebook opens every record once. The caller holds mu.
func (r *Registry) openPhonebook(ctx context.Context) error {
	if r.closed {
		return ErrClosed
	}
	if r.phonebook != nil {
		return nil
	}
	b := &phonebook{reader: newReader(), names: map[string]listed{}}
	err := r.view(func(txn *badger.Txn) error {
		for id, wrapped := range r.keys.wrapped {
			if err := ctx.Err(); err != nil {
				return err
			}
			if wrapped == nil {
				continue
			}
			rec, err := r.record(txn, id)
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			default:
				b.put(rec.Person)
			}
		}
		return nil
	})
	if err == nil {
		r.phonebook = b
	}
	return err
}
