// Package bench measures a book: how many entries a second become durable under a stated load, how long each takes, and, in
// the same run on the same machine, what the disk and the index would do without the ledger above them.
//
// # The load
//
// V volunteers, S shops and N clients. A client is somebody who waits for each answer before the next question. It takes one
// person after another: four times a leader declares an hour for them and a reviewer approves it, then they exchange the four
// points for a piece of something. Every command has a key of its own. The people, shops and goods are entered before the
// clock starts, and the load runs for a quarter of the measured time before that. What is counted is entries that were answered: on stable storage and readable.
//
// # What it is held against
//
// The floor replays what the run wrote, without clients and without deciding anything: the lines of its batches are appended
// to a bare file, each batch with one fdatasync, and the rows of each batch are written to a bare Badger with the same options
// in one transaction; while one batch is in Badger the next is in the file.
//
// The single-transaction figure is what the same number of clients reaches who write the rows of each entry to a Badger with SyncWrites,
// a transaction for each: a ledger without journal and sequencer.
//
// Rows are those that the ledger makes of the same journal, folded once more after the run: of a batch, what its entries changed, each
// fact in its last form; of an entry, what it changed. That the book itself writes several batches in one transaction, and what they
// change in common once, is its own doing, and no part of what it is held against.
package bench
