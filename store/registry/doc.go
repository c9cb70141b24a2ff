// Package registry keeps personal data: names, phones, ID numbers, PIN hashes and cards. The journal knows people by opaque
// numbers only; this is the one place where a number meets a person, and the one place from which a person can be erased
// while the book stays whole (DESIGN §6).
//
// # What is where
//
//	KEYS/registry.key        the master key; everything below is worthless without it
//	DIR/registry/keys        one line for each number ever given: its wrapped key, or the word erased
//	DIR/registry/db/         Badger, synced on every write: everything else, sealed
//	DIR/registry/SHA256SUMS  how a clean stop left the files; absent while the registry is open
//	DIR/registry/lock        held by the one process that has the registry open
//
// Each person has a random key of their own, wrapped by the master key in the keys file. New numbers are appended to that file
// and synced before anything is sealed with their keys; an erasure rewrites the whole file without the person's key and
// replaces it, so that no live file has the key any more. What the disk itself remembers of freed blocks is beyond a program:
// use an encrypted disk, and destroy old backups of the keys file.
//
// Badger's rows:
//
//	p/ID/          the person, PIN hash, card, one-time codes  sealed with the person's key
//	t/ID/          failed PINs since the last right one        sealed with the person's key
//	f/ID/          every index row that was ever theirs        sealed with a key derived from the master key
//	x/KIND HASH ID/  found by: HMAC-SHA-256 of phone, ID number, name or card token; the value is a MAC of the row
//	a/TIME SEQ     who looked at whom, and why                 sealed with a key derived from the master key
//	q/HASH         an idempotency key that the book does not   sealed with a key derived from the master key
//	               keep, and what a repeat is told: no name, nothing that is shown once
//
// AES-256-GCM with the row's key as additional data seals every value: a value that was changed, or moved to another row, does
// not open and is [ErrDamaged], never a wrong answer. Index rows are not deleted in normal work. A row whose person has another
// phone by now is told by the person's record, which every search opens; an erasure drops all of them from Badger's files.
//
// The keys file is the roll of who must be here: Badger may come up short after damage to its write-ahead log without saying
// so, and [Registry.Check] and [Registry.Missing] notice.
//
// # PINs
//
// A PIN is six digits, hashed with argon2id (19 MiB, two passes, at most four at once). After [FreeAttempts] wrong ones in a row
// an account waits [FirstWait], and twice as long after each further one, up to [LongestWait]; a right PIN or a new one ends
// that. Places from which the right PIN came are counted each by itself, all others together, so that nobody elsewhere makes its owner
// wait there. The counts are stored, so that a restart forgives nothing. It slows guessing at one account: whoever faces the network
// must also limit by address, since one address may try every account.
//
// # One-time codes
//
// Who confirmed a secret of one-time codes (RFC 6238) types the code of the moment behind the PIN. It is looked at where the PIN was right
// and counted as the PIN is. One of the half minute before or after counts too; none counts twice, nor one older than the last that did.
package registry
