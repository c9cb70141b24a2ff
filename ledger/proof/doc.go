// Package proof turns the head of a book into something that others can keep and check: a checkpoint.
//
// A checkpoint is a signed note as C2SP tlog-checkpoint describes it (https://c2sp.org/tlog-checkpoint), so that any witness,
// monitor or log client can read it:
//
//	aixin.example/B
//	42
//	IsfnGqbqGUTUvUwIYyB1wIUI2+6BkUqLhMRq6uYDpPM=
//	at 2026-11-23T08:15:30.123Z
//
//	— aixin.example/B y3Jh7…
//
// The first line is the origin, which names the book for ever; then the number of entries, the RFC 6962 root over the bytes
// of their lines, and, as an extension line, the time of the last entry, which an empty book does not have. The same head
// always gives the same text.
package proof
