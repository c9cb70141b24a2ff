package registry

import (
	"crypto/cipher"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger/person"
)

// record is what is sealed about one person.
type record struct {
	Person person.Person `json:"person"`
	PIN    string        `json:"pin,omitempty"`  // argon2id, encoded
	Card   []byte        `json:"card,omitempty"` // keyed hash of the token of the card in use

	OneTime oneTime `json:"one_time,omitzero"`
}

// What a person is found by; the letter stands in the index row.
const (
	byPhone    = 'p'
	byIDNumber = 'i'
	byName     = 'n'
	byCard     = 'c'
)

const (
	hashSize = 32
	tagSize  = 8
)

func recordRow(id string) string   { return "p/" + id + "/" }
func failuresRow(id string) string { return "t/" + id + "/" }
func foundRow(id string) string    { return "f/" + id + "/" }

// indexPrefix is the start of every index row of one keyed hash.
func indexPrefix(kind byte, hash []byte) string { return "x/" + string([]byte{kind}) + string(hash) }

// indexRows lists the index rows of a record.
func (r *Registry) indexRows(rec record) []string {
	var rows []string
	add := func(kind byte, hash []byte) {
		rows = append(rows, indexPrefix(kind, hash)+rec.Person.ID+"/")
	}
	p := rec.Person
	for kind, value := range map[byte]string{byPhone: p.Phone, byIDNumber: p.IDNumber, byName: p.Name} {
		if value != "" {
			add(kind, r.secrets.mac(kind, value))
		}
	}
	if rec.Card != nil {
		add(byCard, rec.Card)
	}
	return rows
}

// tag is the value of an index row: it tells a row that the registry wrote from one that damage made.
func (r *Registry) tag(row string) []byte { return r.secrets.mac('x', row)[:tagSize] }

// read returns the value of a row, nil where there is none.
func read(txn *badger.Txn, row string) ([]byte, error) {
	item, err := txn.Get([]byte(row))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return value, nil
}

// record reads and opens one person's record. The caller holds mu, for the key.
func (r *Registry) record(txn *badger.Txn, id string) (record, error) {
	var rec record
	a, err := r.seal(id)
	if err != nil {
		return rec, err
	}
	sealed, err := read(txn, recordRow(id))
	if err != nil {
		return rec, personError(id, err)
	}
	if sealed == nil {
		// The number was given and the details never came, or are lost.
		return rec, personError(id, ErrNotFound)
	}
	value, err := unseal(a, recordRow(id), sealed)
	if err != nil {
		return rec, personError(id, err)
	}
	if err := json.Unmarshal(value, &rec); err != nil || rec.Person.ID != id {
		return record{}, personError(id, fmt.Errorf("%w: a record does not read", ErrDamaged))
	}
	return rec, nil
}

// seal returns the person's own seal.
func (r *Registry) seal(id string) (cipher.AEAD, error) {
	key, err := r.keys.key(id)
	if err != nil {
		return nil, err
	}
	return newSeal(key)
}

// set writes a record and the index rows that it needs. Rows of an earlier phone or card stay: Find tells them by the record.
func (r *Registry) set(txn *badger.Txn, rec record) error {
	id := rec.Person.ID
	a, err := r.seal(id)
	if err != nil {
		return err
	}
	value, err := json.Marshal(rec)
	if err != nil {
		return personError(id, err)
	}
	if err := txn.Set([]byte(recordRow(id)), seal(a, recordRow(id), value)); err != nil {
		return personError(id, err)
	}
	found, err := r.found(txn, id)
	if err != nil {
		return err
	}
	r.phonebook.put(rec.Person)
	grown := false
	for _, row := range r.indexRows(rec) {
		if slices.Contains(found, row) {
			continue
		}
		found, grown = append(found, row), true
		if err := txn.Set([]byte(row), r.tag(row)); err != nil {
			return personError(id, err)
		}
	}
	if !grown {
		return nil
	}
	list := seal(r.secrets.rows, foundRow(id), joinRows(found))
	return txn.Set([]byte(foundRow(id)), list)
}

// found lists every index row that was ever the person's. It can be read when the person's own key is gone.
func (r *Registry) found(txn *badger.Txn, id string) ([]string, error) {
	sealed, err := read(txn, foundRow(id))
	if err != nil || sealed == nil {
		return nil, err
	}
	list, err := unseal(r.secrets.rows, foundRow(id), sealed)
	if err != nil {
		return nil, personError(id, err)
	}
	return splitRows(list, id), nil
}

// joinRows and splitRows keep a list of index rows as their kinds and hashes: the rest of each row is known.
func joinRows(rows []string) []byte {
	var b []byte
	for _, row := range rows {
		b = append(b, row[len("x/"):len("x/")+1+hashSize]...)
	}
	return b
}

func splitRows(b []byte, id string) []string {
	var rows []string
	for part := range slices.Chunk(b, 1+hashSize) {
		rows = append(rows, "x/"+string(part)+id+"/")
	}
	return rows
}

// finder runs many searches over one snapshot.
type finder struct {
	r   *Registry
	txn *badger.Txn
	it  *badger.Iterator
}

func (r *Registry) finder(txn *badger.Txn) *finder {
	o := badger.DefaultIteratorOptions
	o.PrefetchValues = false
	o.Prefix = []byte("x/")
	return &finder{r: r, txn: txn, it: txn.NewIterator(o)}
}

func (f *finder) close() { f.it.Close() }

// find returns the records that an index value leads to and that fit it still, in order of number.
func (f *finder) find(kind byte, value string, fits func(record) bool) ([]record, error) {
	prefix := indexPrefix(kind, f.r.secrets.mac(kind, value))
	var out []record
	for f.it.Seek([]byte(prefix)); f.it.ValidForPrefix([]byte(prefix)); f.it.Next() {
		row := string(f.it.Item().KeyCopy(nil))
		tag, err := f.it.Item().ValueCopy(nil)
		if err != nil || !hmac.Equal(tag, f.r.tag(row)) {
			return nil, fmt.Errorf("%w: an index row does not fit", ErrDamaged)
		}
		rec, err := f.r.record(f.txn, strings.TrimSuffix(row[len(prefix):], "/"))
		switch {
		case errors.Is(err, ErrErased):
			continue // an interrupted erasure; the next Open ends it
		case err != nil:
			return nil, err
		case fits(rec):
			out = append(out, rec)
		}
	}
	return out, nil
}
