package registry

import (
	"context"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger/person"
)

// FindByPhone returns the numbers of the people with this phone, volunteers and staff alike: a couple may share one.
func (r *Registry) FindByPhone(ctx context.Context, phone string) ([]string, error) {
	phone = person.NormalizePhone(phone)
	return r.find(ctx, byPhone, phone, func(rec record) bool { return rec.Person.Phone == phone })
}

// FindByIDNumber returns the numbers of the person with this ID number: a staff member may be a volunteer too.
func (r *Registry) FindByIDNumber(ctx context.Context, idNumber string) ([]string, error) {
	idNumber = person.NormalizeIDNumber(idNumber)
	return r.find(ctx, byIDNumber, idNumber, func(rec record) bool { return rec.Person.IDNumber == idNumber })
}

// FindByName returns the numbers of the people of this exact name.
func (r *Registry) FindByName(ctx context.Context, name string) ([]string, error) {
	name = person.NormalizeName(name)
	return r.find(ctx, byName, name, func(rec record) bool { return rec.Person.Name == name })
}

// find returns the numbers of the records that fit, in order of number.
func (r *Registry) find(ctx context.Context, kind byte, value string, fits func(record) bool) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	var ids []string
	err := r.view(func(txn *badger.Txn) error {
		f := r.finder(txn)
		defer f.close()
		records, err := f.find(kind, value, fits)
		for _, rec := range records {
			ids = append(ids, rec.Person.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return ids, ctx.Err()
}
