package ledger

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// This file keeps facts in memory, whatever their family: loading, changing, and giving out what changed.

// value is a pointer to a fact that can be written and read.
type value[V any] interface {
	*V
	fields(c *codec)
}

// row is a fact in memory. changed is the index of the last entry that changed it, -1 where it is as loaded.
type row[V any, P value[V]] struct {
	value   V
	id      FactID // from the first change on, or since it was not found
	exists  bool
	added   bool // no Seal has given it out yet, and it did not exist before
	dirty   bool // on the book's list of changed rows
	changed Index
}

// changedRow is a row that the next Seal gives out, whatever its family.
type changedRow interface {
	take(to *codec) (f Fact, added bool)
}

// take gives out the fact as it is now.
func (r *row[V, P]) take(to *codec) (f Fact, added bool) {
	added, r.added, r.dirty = r.added, false, false
	return Fact{r.id, to.fact(P(&r.value))}, added
}

// recentRows is how many rows of a family are found without a look into its map: a basket moves some accounts, and each is asked for
// when it is checked, decided again and folded.
const recentRows = 6

// recentRow is a row that was asked for lately.
type recentRow[K comparable, V any, P value[V]] struct {
	key K
	row *row[V, P]
}

// table holds the facts of one family.
type table[K comparable, V any, P value[V]] struct {
	family string
	write  func(K) string
	read   func(string) (K, bool)
	own    func(K) K // a copy that does not hold on to the line it was cut from
	rows   map[K]*row[V, P]
	old    map[K]*row[V, P]               // of an indexed book: those of which none was asked for since rows was begun
	begun  Index                          // every row of old was changed by an earlier entry
	recent [recentRows]recentRow[K, V, P] // of rows, those that were asked for last: an entry asks for its few again and again
	oldest int                            // of recent, the next to go
	keep   int                            // how many rows are kept before they grow old
	cold   coldStore[K, V]                // of a complete book, for families that have many; nil for others
	final  bool                           // a fact of this family is never changed
	none   V                              // stands for any that does not exist; nobody changes it
	book   *Book
}

// family is what a Book does with any table, by the text of a key.
type family interface {
	load(key string, f Fact) error
	encode(key string) Fact
	has(key string) bool
	age(applied Index)
	keys() []string
}

func (t *table[K, V, P]) id(k K) FactID {
	return FactID(t.family + "/" + t.write(k))
}

// want adds the fact to w unless it is known. A complete book knows everything.
func (t *table[K, V, P]) want(w *Wants, k K) {
	if t.book.complete {
		return
	}
	if t.row(k) == nil {
		*w = append(*w, t.id(k))
	}
}

// get returns the fact itself, for reading: whoever changes it takes it from edit, and whoever must know later what it was before takes a
// copy. ok is false where it does not exist, and the fact zero. Asking for one that is not loaded is noted in the book, which then answers with
// an error and not with a guess.
func (t *table[K, V, P]) get(k K) (v *V, ok bool) {
	if r := t.row(k); r != nil {
		return &r.value, r.exists
	}
	if !t.book.complete && t.book.unloaded == "" {
		t.book.unloaded = t.id(k)
	}
	return t.thaw(k)
}

// row returns the row of the fact, which is young again, or nil where it is not in memory.
func (t *table[K, V, P]) row(k K) *row[V, P] {
	for i := range t.recent {
		if r := &t.recent[i]; r.row != nil && r.key == k {
			return r.row
		}
	}
	r := t.rows[k]
	if r == nil && t.old != nil {
		if r = t.old[k]; r != nil {
			t.rows[t.own(k)] = r
		}
	}
	if r != nil && (!t.book.complete || t.book.posting) { // a complete book may be read by several at once
		t.recent[t.oldest] = recentRow[K, V, P]{k, r}
		t.oldest = (t.oldest + 1) % recentRows
	}
	return r
}

// forget lets go of what was asked for last, before rows move.
func (t *table[K, V, P]) forget() { clear(t.recent[:]) }

// peek is get of a fact that may not be loaded: it does not exist then.
func (t *table[K, V, P]) peek(k K) (v *V, ok bool) {
	if r := t.row(k); r != nil {
		return &r.value, r.exists
	}
	return t.thaw(k)
}

// thaw returns a copy of a fact that is packed, if it is.
func (t *table[K, V, P]) thaw(k K) (v *V, ok bool) {
	if t.cold != nil {
		if thawed, ok := t.cold.get(k, t.book.posting); ok {
			v = new(V) // where it is found, and not for each that is not
			*v = thawed
			return v, true
		}
	}
	return &t.none, false
}

// edit returns the fact for changing by the entry that is being posted, new where it does not exist yet.
func (t *table[K, V, P]) edit(k K) *V {
	r := t.row(k)
	if r == nil {
		if !t.book.complete && t.book.unloaded == "" {
			t.book.unloaded = t.id(k)
		}
		r = &row[V, P]{}
		if t.cold != nil {
			r.value, _ = t.cold.get(k, true) // whoever changes a book is alone
		}
		t.rows[t.own(k)] = r
	}
	r.added = r.added || !r.exists
	r.exists, r.changed = true, t.book.next
	if !r.dirty && !t.book.complete {
		if r.id == "" {
			r.id = t.id(k)
		}
		r.dirty = true
		t.book.dirty = append(t.book.dirty, r)
	}
	return &r.value
}

// put sets a fact that no other entry has changed before, such as a key: it need not have been loaded.
func (t *table[K, V, P]) put(k K, v V) {
	if t.final && t.cold != nil {
		t.cold.put(k, v)
		return
	}
	if t.row(k) == nil {
		t.rows[t.own(k)] = &row[V, P]{}
	}
	*t.edit(k) = v
}

func (t *table[K, V, P]) load(key string, f Fact) error {
	k, ok := t.read(key)
	if !ok {
		return fmt.Errorf("fact %s/%s: no such key", t.family, key)
	}
	if t.row(k) != nil {
		return nil // an unapplied entry may have changed it
	}
	r := &row[V, P]{changed: -1, exists: f.Value != nil}
	if !r.exists {
		r.id = f.ID // whoever asks for what is not there is most likely about to make it
	} else if err := decodeFact(f.Value, P(&r.value)); err != nil {
		return fmt.Errorf("fact %s/%s: %w", t.family, key, err)
	}
	t.rows[k] = r
	return nil
}

func (t *table[K, V, P]) encode(key string) Fact {
	f := Fact{ID: FactID(t.family + "/" + key)}
	k, ok := t.read(key)
	if !ok {
		return f
	}
	if v, ok := t.peek(k); ok {
		f.Value = encodeFact(P(v))
	}
	return f
}

// has reports whether the fact is in memory, be it that it does not exist.
func (t *table[K, V, P]) has(key string) bool {
	k, ok := t.read(key)
	return ok && t.row(k) != nil
}

// age lets go of the old rows and makes the others old, once there are many. The index has the old ones in their latest form: they
// were changed, if at all, before the younger ones were begun.
func (t *table[K, V, P]) age(applied Index) {
	if len(t.rows) <= t.keep || applied < t.begun {
		return
	}
	t.forget()
	t.old, t.rows, t.begun = t.rows, make(map[K]*row[V, P], t.keep), t.book.next
}

// chill packs every fact that no entry from applied on has changed.
func (t *table[K, V, P]) chill(applied Index) {
	if t.cold == nil || len(t.rows) <= maxWarm {
		return
	}
	t.forget()
	for k, r := range t.rows {
		if r.changed < applied {
			t.cold.put(k, r.value)
			delete(t.rows, k)
		}
	}
}

func (t *table[K, V, P]) keys() []string {
	out := make([]string, 0, len(t.rows))
	for k, r := range t.rows {
		if r.exists {
			out = append(out, t.write(k))
		}
	}
	if t.cold != nil {
		for k := range t.cold.keys() {
			if t.rows[k] == nil {
				out = append(out, t.write(k))
			}
		}
	}
	slices.Sort(out)
	return out
}

// factSize is what most facts fit in.
const factSize = 128

// encodeFact writes a fact in its stored form, which is packed.
func encodeFact(v walked) []byte {
	c := codec{out: make([]byte, 0, factSize), packs: true}
	return c.fact(v)
}

// fact appends a fact to what was written, and returns its own bytes.
func (c *codec) fact(v walked) []byte {
	from := len(c.out)
	c.walk(v)
	return c.out[from:len(c.out):len(c.out)]
}

// Leads reports whether knowing the fact may show that more must be loaded. A key that names nothing and what adds up a day or a
// period show nothing: what follows was asked for together with them.
func (f Fact) Leads() bool {
	switch family, _, _ := strings.Cut(string(f.ID), "/"); family {
	case "day", "tally", "counter", "visits", "presences", "vouchers":
		return false
	case "key":
		return f.Value != nil
	}
	return true
}

// decodeFact reads what encodeFact wrote.
func decodeFact(b []byte, v walked) error {
	c := codec{in: string(b), reading: true, packs: true}
	c.walk(v)
	if c.err == nil && c.in != "" {
		c.fail("after the fact: %.20q", c.in)
	}
	return c.err
}

// dayKey names a person's day.
type dayKey struct {
	volunteer VolunteerID
	on        Date
}

func writeText[T ~string](k T) string { return string(k) }

func readText[T ~string](s string) (T, bool) { return T(s), s != "" }

// indexDigits is how many digits an index has in the id of a fact, so that facts are in the order of their entries.
const indexDigits = 12

func writeIndex(i Index) string {
	if i < 0 || i >= 1e12 { // which names nothing
		return strconv.FormatInt(int64(i), 10)
	}
	var b [indexDigits]byte
	for k, n := indexDigits-1, i; k >= 0; k, n = k-1, n/10 {
		b[k] = byte('0' + n%10)
	}
	return string(b[:])
}

// readIndex reads whatever writeIndex writes. What names nothing is also asked for: whoever names record 10^12 is told that there is none.
func readIndex(s string) (Index, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return Index(n), err == nil && s == writeIndex(Index(n))
}

func writeDay(k dayKey) string { return string(k.volunteer) + "/" + k.on.String() }

func readDay(s string) (dayKey, bool) {
	v, day, _ := strings.Cut(s, "/")
	on, err := ParseDate(day)
	return dayKey{VolunteerID(v), on}, err == nil
}

func readHash(s string) (Hash, bool) {
	h, err := ParseHash(s)
	return h, err == nil
}

// single is the key of a family that has one fact.
type single struct{}

func writeSingle(single) string          { return "" }
func readSingle(s string) (single, bool) { return single{}, s == "" }

func newTable[K comparable, V any, P value[V]](b *Book, name string, write func(K) string, read func(string) (K, bool), own func(K) K) table[K, V, P] {
	return table[K, V, P]{family: name, write: write, read: read, own: own, rows: map[K]*row[V, P]{}, keep: MaxFacts, book: b}
}

// named returns a table whose keys are texts.
func named[K ~string, V any, P value[V]](b *Book, name string) table[K, V, P] {
	return newTable[K, V, P](b, name, writeText[K], readText[K], func(k K) K { return K(strings.Clone(string(k))) })
}

// indexed returns a table whose keys are entries.
func indexed[V any, P value[V]](b *Book, name string) table[Index, V, P] {
	return newTable[Index, V, P](b, name, writeIndex, readIndex, func(i Index) Index { return i })
}

// kept returns the one copy of a text that facts hold, so that they do not hold on to the lines it was cut from.
func kept[T ~string](b *Book, s T) T {
	if one, ok := b.names[string(s)]; ok {
		return T(one)
	}
	one := strings.Clone(string(s))
	b.names[one] = one
	return T(one)
}

// Fact returns a fact of the book in its stored form, nil where it does not exist. Entries are not among them.
func (b *Book) Fact(id FactID) ([]byte, error) {
	name, key, _ := strings.Cut(string(id), "/")
	f, ok := b.families[name]
	if !ok {
		return nil, fmt.Errorf("fact %s: no such family", id)
	}
	return f.encode(key).Value, nil
}

// Families returns the prefix of the facts of each family, in order; entries are none of them.
func (b *Book) Families() []FactID {
	list := make([]FactID, 0, len(b.families))
	for name := range b.families {
		list = append(list, FactID(name+"/"))
	}
	slices.Sort(list)
	return list
}

// Facts returns the facts whose id begins with prefix, which ends a family's name ("record/"), in the order of their ids.
func (b *Book) Facts(prefix FactID) iter.Seq2[Fact, error] {
	return func(yield func(Fact, error) bool) {
		name, rest, _ := strings.Cut(string(prefix), "/")
		f, ok := b.families[name]
		if !ok {
			yield(Fact{}, fmt.Errorf("facts %s: no such family", prefix))
			return
		}
		for _, key := range f.keys() {
			if strings.HasPrefix(key, rest) && !yield(f.encode(key), nil) {
				return
			}
		}
	}
}
