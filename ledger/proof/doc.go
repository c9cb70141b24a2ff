// Package proof turns what a book holds into something that others can keep and check with its public key alone: checkpoints,
// and proofs under them.
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
//
// An Inclusion proves that the book holds a line. It is a tlog-proof (https://c2sp.org/tlog-proof) with the line as its extra
// data; Code packs the same into a QR code. A Statement is lines of one account, each with its own. A Consistency proves that
// a newer checkpoint extends an older one, in the form that witnesses take (https://c2sp.org/tlog-witness):
//
//	old 42
//	qUQ5Cx1MBlAYg+Y2MoOT4vS0p7vEyqYg3kGZyLPOJAc=
//	…
//
//	aixin.example/B
//	53
//	…
//
// To check a proof of either kind by other means: the leaf is SHA-256 of a zero byte and the bytes of the line, the tree is that
// of RFC 6962, and the signature is Ed25519 over the text of the checkpoint. A book may sign a second time with SM2, on a line that
// whoever does not know the key passes over.
package proof
