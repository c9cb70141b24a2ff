// Package store keeps a ledger in a directory: the journal is the book, and Badger is its index.
//
// An entry is accepted when its line and its batch's head are synced in the journal. The index holds what must be found
// quickly and can be rebuilt from the journal at any time; it is never synced, and what it may have lost is found at open.
//
// # The data directory
//
//	book.json     format, origin, zone, public keys, demo or real
//	journal/      entry lines and head lines (package journal)
//	checkpoint    the signed note of a head that was synced: the book never opens with less than it
//	lock          held by the one process that may write; its text is the URL of the server that holds it
//	db/           Badger: the index; db/SEAL lists its files with their sums after a clean stop and is absent while open
//	keys/         the signing key
//	cut/          what was cut from the journal after a crash, for a person to look at
//
// # The index
//
// Every key starts with a letter for its kind. Integers in keys are big-endian, so that rows sort by them.
//
//	f FACT                       a fact of the ledger: FACT is a ledger.FactID; the value is the fact, packed (ledger/pack.go)
//	l ACCOUNT 0 INDEX            a statement row: amount, balance and the account's state after entry INDEX
//	s ACCOUNT 0 INDEX            an account's state after entry INDEX, which changed it without a movement (pending points)
//	b FIRST                      a batch of the journal: the head that it ends with, its number of bytes in the index
//	d DATE                       the last entry made on DATE
//	t SIZE                       the frontier of the Merkle tree of SIZE entries, every few thousand entries
//	m                            the mark: the layout of the index, the head up to which it is complete, and its frontier
//
// A value ends in the CRC-32C of its key and value, so that a row that was changed or moved is noticed by whoever reads it.
// All rows of a batch are written in one transaction, with those of the batches behind it that come soon and with the mark, whose version
// is the number of entries that the book then has: whoever reads names the version that is read, and waits for no transaction that is being written. Facts are overwritten,
// the other rows never. An index that a program of another layout wrote is rebuilt when its book is opened.
//
// Most of what the sequencer asks of the index is not there: a new key, a new day. A filter in memory knows that, of all facts;
// it is filled from the index behind an opening, and until it is, the index is asked.
//
// # Who owns what
//
// Three goroutines hand a batch on, each busy with another one: the sequencer decides, the committer appends to the journal and
// answers, the applier writes the index. Every answer, repeats and refusals included, travels through the first two, so that it is
// given when all that it was based on is durable. A view waits until the index has what was answered before it was asked for.
package store
