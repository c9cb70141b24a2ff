package registry

import (
	"context"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
	"aixin/ledger/person"
)

// Registered answers one row of Register.
type Registered struct {
	ID  string // the number, found or new; empty where Err is set
	New bool   // no such person was here before
	// Differs names the fields in which somebody who was found differs from the row: name, phone, id_number. They stay as
	// they are; Put changes them.
	Differs []string
	// Err is why the row was refused: *ledger.Invalid, ErrAmbiguous or ErrFull.
	Err error
}

// Register gives each person a number of the kind, and writes the records of those who are new. Somebody who is here already
// is found again: by ID number, else by name and phone. So a file may be brought twice, and an import that was interrupted
// between the registry and the journal goes on with the same numbers. Rows are answered one by one, in their order; the error
// is for all of them.
func (r *Registry) Register(ctx context.Context, kind person.Kind, rows []person.Person) ([]Registered, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answers, people, err := r.match(ctx, kind, rows)
	if err != nil {
		return nil, err
	}
	if err := r.put(ctx, people); err != nil {
		return nil, err
	}
	return answers, nil
}

// Match answers as Register would and writes nothing: the numbers of people who are new are not kept for them.
func (r *Registry) Match(ctx context.Context, kind person.Kind, rows []person.Person) ([]Registered, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	answers, _, err := r.match(ctx, kind, rows)
	return answers, err
}

// match answers every row and returns the people who are new. The caller holds mu.
func (r *Registry) match(ctx context.Context, kind person.Kind, rows []person.Person) ([]Registered, []person.Person, error) {
	answers := make([]Registered, len(rows))
	m := matcher{kind: kind, last: r.keys.last[kind], byNumber: map[string]person.Person{}, byName: map[nameAndPhone][]person.Person{}}
	err := r.view(func(txn *badger.Txn) error {
		m.stored = r.finder(txn)
		defer m.stored.close()
		for i, p := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if answers[i], err = m.answer(p.Normalize()); err != nil {
				return err
			}
		}
		return nil
	})
	return answers, m.fresh, err
}

type nameAndPhone struct{ name, phone string }

// matcher looks for one row after another among the stored people and those of the rows before.
type matcher struct {
	kind     person.Kind
	stored   *finder
	last     int
	fresh    []person.Person
	byNumber map[string]person.Person
	byName   map[nameAndPhone][]person.Person
}

func (m *matcher) answer(p person.Person) (Registered, error) {
	p.ID = m.kind.ID(1) // any valid number: a new person has none yet, and what is required depends on the kind
	if faults := p.Check(); faults != nil {
		return Registered{Err: &ledger.Invalid{Fields: faults}}, nil
	}
	p.ID = ""
	same, err := m.same(p)
	switch {
	case err != nil:
		return Registered{}, err
	case len(same) > 1:
		return Registered{Err: ErrAmbiguous}, nil
	case len(same) == 1:
		return Registered{ID: same[0].ID, Differs: differs(same[0], p)}, nil
	case m.last >= person.MaxSerial:
		return Registered{Err: ErrFull}, nil
	}
	m.last++
	p.ID = m.kind.ID(m.last)
	m.add(p)
	return Registered{ID: p.ID, New: true}, nil
}

// same returns the people whom the row means: those with its ID number; else those of its name and phone, unless another ID
// number tells them apart.
func (m *matcher) same(p person.Person) ([]person.Person, error) {
	if p.IDNumber != "" {
		if q, ok := m.byNumber[p.IDNumber]; ok {
			return []person.Person{q}, nil
		}
		same, err := m.search(byIDNumber, p.IDNumber, func(q person.Person) bool { return q.IDNumber == p.IDNumber })
		if err != nil || len(same) > 0 {
			return same, err
		}
	}
	if p.Phone == "" {
		return nil, nil
	}
	fits := func(q person.Person) bool {
		return q.Name == p.Name && q.Phone == p.Phone && (q.IDNumber == "" || p.IDNumber == "")
	}
	same, err := m.search(byPhone, p.Phone, fits)
	for _, q := range m.byName[nameAndPhone{p.Name, p.Phone}] {
		if fits(q) {
			same = append(same, q)
		}
	}
	return same, err
}

// search looks among the stored people of the kind.
func (m *matcher) search(by byte, value string, fits func(person.Person) bool) ([]person.Person, error) {
	records, err := m.stored.find(by, value, func(rec record) bool {
		kind, _ := person.KindOf(rec.Person.ID)
		return kind == m.kind && fits(rec.Person)
	})
	people := make([]person.Person, len(records))
	for i, rec := range records {
		people[i] = rec.Person
	}
	return people, err
}

// add remembers somebody new for the rows that follow.
func (m *matcher) add(p person.Person) {
	m.fresh = append(m.fresh, p)
	if p.IDNumber != "" {
		m.byNumber[p.IDNumber] = p
	}
	if p.Phone != "" {
		key := nameAndPhone{p.Name, p.Phone}
		m.byName[key] = append(m.byName[key], p)
	}
}

// differs names the fields that the row gives and that the person has otherwise.
func differs(have, row person.Person) []string {
	var fields []string
	if row.Name != have.Name {
		fields = append(fields, "name")
	}
	if row.Phone != "" && row.Phone != have.Phone {
		fields = append(fields, "phone")
	}
	if row.IDNumber != "" && row.IDNumber != have.IDNumber {
		fields = append(fields, "id_number")
	}
	return fields
}
