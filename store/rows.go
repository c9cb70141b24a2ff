package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// The first byte of a key says what its row is; see the table in the package comment.
const (
	factRow     = 'f'
	lineRow     = 'l'
	stateRow    = 's'
	batchRow    = 'b'
	dateRow     = 'd'
	frontierRow = 't'
	markRow     = 'm'
)

// indexLayout says which rows the index has and what the ledger folds into them. It begins the mark. Raise it with any change of a
// fact, of a row, or of what an entry folds to: an index of another layout is rebuilt from the journal when its book is opened,
// where it would otherwise answer by facts that nobody wrote.
const indexLayout = 18

// sumSize is the length of the checksum that ends every value.
const sumSize = crc32.Size

func factKey(id ledger.FactID) []byte { return append([]byte{factRow}, id...) }

// accountPrefix begins the keys of the statement rows, or of the state rows, of an account.
func accountPrefix(row byte, k ledger.AccountKey) []byte {
	b := make([]byte, 0, k.Size()+2+8)
	return appendAccount(b, row, k)
}

func appendAccount(b []byte, row byte, k ledger.AccountKey) []byte {
	b = k.ID.AppendTo(append(b, row))
	b = append(b, '/')
	b = append(b, k.Commodity...)
	return append(b, 0)
}

func batchKey(first ledger.Index) []byte { return appendIndex([]byte{batchRow}, first) }

func frontierKey(size ledger.Index) []byte { return appendIndex([]byte{frontierRow}, size) }

func dateKey(on ledger.Date) []byte {
	return binary.BigEndian.AppendUint32([]byte{dateRow}, uint32(on)) //nolint:gosec // dates of a book are never negative
}

func appendIndex(b []byte, i ledger.Index) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(i)) //nolint:gosec // indexes are never negative
}

// indexAt reads the big-endian index that ends a key.
func indexAt(key []byte) (ledger.Index, bool) {
	if len(key) < 8 {
		return 0, false
	}
	i := ledger.Index(binary.BigEndian.Uint64(key[len(key)-8:])) //nolint:gosec // a negative one is refused below
	return i, i >= 0
}

// appendSum ends a value, which begins in b at split, with the checksum of its key and its bytes.
func appendSum(key, b []byte, split int) []byte {
	return binary.BigEndian.AppendUint32(b, sum(key, b[split:]))
}

func sum(key, value []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // made once by the library
	return crc32.Update(crc32.Update(0, table, key), table, value)
}

// unsum returns a stored value without its checksum. A mismatch means that the row was changed, or is another row's.
func unsum(key, stored []byte) ([]byte, error) {
	n := len(stored) - sumSize
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != sum(key, stored[:n]) {
		return nil, fmt.Errorf("index row %.60q: wrong checksum: %w", key, ledger.ErrCorrupt)
	}
	return stored[:n:n], nil
}

// batchInfo is what the index knows of one batch of the journal: the head that it ends with and where its lines stand.
type batchInfo struct {
	First   ledger.Index
	Head    ledger.Head
	Bytes   int64            // of the index, up to and including this batch: how far back a crash may reach
	Journal int64            // of the journal, likewise
	At      journal.Position // of its first line
	Lengths []int            // of its lines, each with its newline
}

// position returns where the line of an entry of the batch stands.
func (b batchInfo) position(i ledger.Index) (journal.Position, int) {
	at := b.At
	n := int(i - b.First)
	for _, length := range b.Lengths[:n] {
		at.Offset += int64(length)
	}
	return at, b.Lengths[n] - 1
}

func appendHead(b []byte, h ledger.Head) []byte {
	b = appendIndex(b, h.Size)
	b = append(b, h.Root[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(millis(h.At))) //nolint:gosec // read back by the same conversion
}

const headSize = 8 + 32 + 8

func parseHeadRow(b []byte) (ledger.Head, bool) {
	if len(b) != headSize {
		return ledger.Head{}, false
	}
	h := ledger.Head{Size: ledger.Index(binary.BigEndian.Uint64(b))} //nolint:gosec // checked below
	copy(h.Root[:], b[8:])
	ms := int64(binary.BigEndian.Uint64(b[40:])) //nolint:gosec // written by the same conversion
	if ms != 0 {
		h.At = time.UnixMilli(ms).UTC()
	}
	return h, h.Size >= 0
}

// millis writes the zero time, of an empty book, as zero: nothing in a book happened in 1970.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (b batchInfo) append(to []byte) []byte {
	to = appendHead(to, b.Head)
	to = binary.BigEndian.AppendUint64(to, uint64(b.Bytes))   //nolint:gosec // read back by the same conversion
	to = binary.BigEndian.AppendUint64(to, uint64(b.Journal)) //nolint:gosec // read back by the same conversion
	to = appendIndex(to, b.At.Segment)
	to = binary.BigEndian.AppendUint64(to, uint64(b.At.Offset)) //nolint:gosec // read back by the same conversion
	for _, n := range b.Lengths {
		to = binary.AppendUvarint(to, uint64(n)) //nolint:gosec // lengths are positive
	}
	return to
}

func parseBatchRow(key, value []byte) (batchInfo, error) {
	const fixed = headSize + 4*8
	first, ok := indexAt(key)
	if !ok || len(value) < fixed {
		return batchInfo{}, malformed(key)
	}
	head, ok := parseHeadRow(value[:headSize])
	if !ok || head.Size <= first {
		return batchInfo{}, malformed(key)
	}
	b := batchInfo{First: first, Head: head}
	b.Bytes = int64(binary.BigEndian.Uint64(value[headSize:]))                //nolint:gosec // as written
	b.Journal = int64(binary.BigEndian.Uint64(value[headSize+8:]))            //nolint:gosec // as written
	b.At.Segment = ledger.Index(binary.BigEndian.Uint64(value[headSize+16:])) //nolint:gosec // as written
	b.At.Offset = int64(binary.BigEndian.Uint64(value[headSize+24:]))         //nolint:gosec // as written
	for rest := value[fixed:]; len(rest) > 0; {
		length, n := binary.Uvarint(rest)
		if n <= 0 || length == 0 || length > ledger.MaxLine+1 {
			return batchInfo{}, malformed(key)
		}
		b.Lengths = append(b.Lengths, int(length))
		rest = rest[n:]
	}
	if ledger.Index(len(b.Lengths)) != head.Size-first {
		return batchInfo{}, malformed(key)
	}
	return b, nil
}

// mark is the state of the index: every entry below Head.Size is in it.
type mark struct {
	Head     ledger.Head
	Bytes    int64 // written to the index
	Journal  int64 // of the journal up to there
	Frontier ledger.Frontier
}

func (m mark) append(b []byte) []byte {
	b = appendHead(append(b, indexLayout), m.Head)
	b = binary.BigEndian.AppendUint64(b, uint64(m.Bytes))   //nolint:gosec // read back by the same conversion
	b = binary.BigEndian.AppendUint64(b, uint64(m.Journal)) //nolint:gosec // read back by the same conversion
	return appendRoots(b, m.Frontier)
}

func parseMark(value []byte) (mark, error) {
	const fixed = headSize + 2*8
	key := []byte{markRow}
	if len(value) > 0 && value[0] != indexLayout { // a mark without a layout begins with the first byte of its size, which is zero
		return mark{}, fmt.Errorf("index of layout %d: this program's is %d", value[0], indexLayout)
	}
	if len(value) < 1+fixed {
		return mark{}, malformed(key)
	}
	value = value[1:]
	head, ok := parseHeadRow(value[:headSize])
	if !ok {
		return mark{}, malformed(key)
	}
	m := mark{Head: head}
	m.Bytes = int64(binary.BigEndian.Uint64(value[headSize:]))     //nolint:gosec // as written
	m.Journal = int64(binary.BigEndian.Uint64(value[headSize+8:])) //nolint:gosec // as written
	if m.Frontier, ok = parseFrontier(head.Size, value[fixed:]); !ok || m.Frontier.Root() != head.Root {
		return mark{}, malformed(key)
	}
	return m, nil
}

func appendRoots(b []byte, f ledger.Frontier) []byte {
	for _, r := range f.Roots() {
		b = append(b, r[:]...)
	}
	return b
}

func parseFrontier(size ledger.Index, b []byte) (ledger.Frontier, bool) {
	roots := make([]ledger.Hash, len(b)/len(ledger.Hash{}))
	for i := range roots {
		copy(roots[i][:], b[i*len(ledger.Hash{}):])
	}
	f, ok := ledger.NewFrontier(size, roots)
	return f, ok && len(b)%len(ledger.Hash{}) == 0
}

// appendLineValue writes a statement row; its account and index are in the key.
func appendLineValue(b []byte, l ledger.Line) []byte {
	b = binary.AppendVarint(b, int64(l.Amount))
	b = binary.AppendVarint(b, int64(l.Balance))
	return append(b, l.State...)
}

func parseLineRow(k ledger.AccountKey, key, value []byte) (ledger.Line, error) {
	index, ok := indexAt(key)
	amount, n := binary.Varint(value)
	if !ok || n <= 0 {
		return ledger.Line{}, malformed(key)
	}
	balance, m := binary.Varint(value[n:])
	if m <= 0 {
		return ledger.Line{}, malformed(key)
	}
	return ledger.Line{
		Account: k,
		Index:   index,
		Amount:  ledger.Amount(amount),
		Balance: ledger.Amount(balance),
		State:   value[n+m:],
	}, nil
}

func malformed(key []byte) error {
	return fmt.Errorf("index row %.60q: malformed: %w", key, ledger.ErrCorrupt)
}
