// Package journal keeps the book: the lines of its entries, in batches, each sealed by a head line.
//
// # Format
//
// A journal is a sequence of lines, each ended by a newline. An entry line begins with {"index":N, and N counts from 0 without
// gaps. A head line begins with {"head": and says how many entries stand before it. A batch is one or more entry lines and
// the head line that seals them; nothing else is ever appended. What stands behind the last head line is unfinished: a writer
// was stopped in the middle, or is writing now.
//
// The file journal keeps these bytes in segments, DIR/journal/<first index, 20 digits>.jsonl. Segment 0 always exists, be it
// empty. A segment ends at a head, and the name of the next one is that head's size. Closed segments never change.
//
// # Who checks what
//
// Append compares a batch with the head it follows and with its own number of lines, and parses nothing. Reading checks the
// shape: that every line is an entry line with the index due there or a head line with the size due there. It checks no root
// and interprets no entry: the layers above do, since only they know which bytes are under a checkpoint.
//
//   - damage inside, before some head line: an error that wraps [ledger.ErrCorrupt], a *[ledger.CorruptError] with the index due
//     at the first bad line;
//   - unfinished lines behind the last head line of the last segment: no error; readers stop before them. [File.Tail] finds
//     them, and [File.Cut] moves them aside for the holder of the book's lock.
//
// # Who may do what
//
// Any number of readers, in any process, may read while one writer appends. Only the holder of the book's lock (package
// store takes it) may call Append, Cut and Rewrite.
package journal
