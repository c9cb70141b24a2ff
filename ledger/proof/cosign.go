package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// A witness keeps, of each book that it knows, the newest checkpoint that it saw, and signs another one only where that extends it.
// Whoever trusts the witness then knows that everybody was shown one history, without having kept a checkpoint of their own. The
// signature is a cosignature/v1 of C2SP tlog-cosignature: Ed25519 over the time and the checkpoint.

// ErrNoWitness is wrapped where a checkpoint has no valid signature of the witness.
var ErrNoWitness = errors.New("not signed by this witness")

// cosignature is the algorithm of a verifier key of cosignature/v1.
const cosignature = 0x04

// NewWitness returns the key of a new witness, which is secret, and what checks its signatures.
func NewWitness(rand io.Reader, name string) (secret, public string, err error) {
	if secret, _, err = note.GenerateKey(rand, name); err != nil {
		return "", "", fmt.Errorf("key of %s: %w", name, err)
	}
	c, err := ParseCosigner(secret)
	if err != nil {
		return "", "", err
	}
	return secret, c.Public(), nil
}

// Cosigner signs for a witness.
type Cosigner struct {
	name string
	key  ed25519.PrivateKey
}

// ParseCosigner reads the secret of NewWitness.
func ParseCosigner(secret string) (Cosigner, error) {
	signer, err := note.NewSigner(strings.TrimSpace(secret)) // checks the form, the name and the hash
	if err != nil {
		return Cosigner{}, fmt.Errorf("key of the witness: %w", err)
	}
	fields := strings.SplitN(strings.TrimSpace(secret), "+", 5) // PRIVATE+KEY+name+hash+key, whose base64 has the sign too
	raw, err := base64.StdEncoding.DecodeString(fields[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return Cosigner{}, errors.New("key of the witness: malformed")
	}
	return Cosigner{signer.Name(), ed25519.NewKeyFromSeed(raw[1:])}, nil
}

// Name returns the name of the witness.
func (c Cosigner) Name() string { return c.name }

// typed returns the public key behind its algorithm.
func (c Cosigner) typed() []byte {
	public, ok := c.key.Public().(ed25519.PublicKey)
	if !ok {
		return nil
	}
	return append([]byte{cosignature}, public...)
}

// Public returns the verifier key of the witness.
func (c Cosigner) Public() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, keyHash(c.name, c.typed()), base64.StdEncoding.EncodeToString(c.typed()))
}

// keyHash identifies a key in a signature line, as package note has it.
func keyHash(name string, typed []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	return binary.BigEndian.Uint32(sum[:])
}

// Cosign signs what a proof leads to. kept is the newest checkpoint that the witness has of the book, nil for none yet: the proof then
// begins with the empty book. It returns the checkpoint with the signature behind the book's own, which is what the witness keeps now.
// The errors are those of Consistency.Check.
func (c Cosigner) Cosign(p Consistency, kept []byte, keys Keys, at time.Time) ([]byte, ledger.Head, error) {
	head, err := p.extends(kept, keys)
	if err != nil {
		return nil, head, err
	}
	opened, err := note.Open(p.Checkpoint, keys)
	if err != nil {
		return nil, head, fmt.Errorf("checkpoint of %s: %w: %w", keys.Origin, ErrUnsigned, err)
	}
	opened.UnverifiedSigs = slices.DeleteFunc(opened.UnverifiedSigs, func(s note.Signature) bool {
		return !slices.ContainsFunc(keys.also, func(v SM2) bool { return v.name == s.Name && v.hash == s.Hash })
	}) // the witness vouches for nobody else
	signed, err := note.Sign(opened, timed{c, at})
	if err != nil {
		return nil, head, fmt.Errorf("cosign %s: %w", keys.Origin, err)
	}
	return signed, head, nil
}

// extends returns the head that the proof leads to from the checkpoint that was kept, or from the empty book where there is none.
func (p Consistency) extends(kept []byte, keys Keys) (ledger.Head, error) {
	if kept != nil {
		_, head, err := p.Check(kept, keys.Origin, keys)
		return head, err
	}
	head, err := OpenCheckpoint(p.Checkpoint, keys.Origin, keys)
	if err == nil && p.Old != 0 {
		err = fmt.Errorf("proof from %d entries: %w: none was kept", p.Old, ErrOtherHead)
	}
	return head, err
}

// timed is a note.Signer of one moment.
type timed struct {
	Cosigner
	at time.Time
}

// KeyHash identifies the key.
func (t timed) KeyHash() uint32 { return keyHash(t.name, t.typed()) }

// Sign returns the time, in seconds as eight bytes, and the signature.
func (t timed) Sign(msg []byte) ([]byte, error) {
	sec := t.at.Unix()
	if sec < 0 {
		return nil, fmt.Errorf("time %v", t.at)
	}
	out := binary.BigEndian.AppendUint64(nil, uint64(sec))
	return append(out, ed25519.Sign(t.key, cosigned(sec, msg))...), nil
}

// cosigned is what a witness signs.
func cosigned(sec int64, msg []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", sec), msg...)
}

// Witness checks the signatures of a witness. It is a note.Verifier.
type Witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// ParseWitness reads the verifier key of a witness.
func ParseWitness(public string) (Witness, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(public), "+")
	hash, key, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil || name == "" || len(typed) != 1+ed25519.PublicKeySize || typed[0] != cosignature ||
		hash != fmt.Sprintf("%08x", keyHash(name, typed)) {
		return Witness{}, fmt.Errorf("public key of a witness %.80q: malformed", public)
	}
	return Witness{name, keyHash(name, typed), typed[1:]}, nil
}

// Name returns the name of the witness.
func (w Witness) Name() string { return w.name }

// KeyHash identifies the key.
func (w Witness) KeyHash() uint32 { return w.hash }

// Verify reports whether the witness made the signature, at whatever time it states.
func (w Witness) Verify(msg, sig []byte) bool {
	sec, ok := statedTime(sig)
	return ok && ed25519.Verify(w.key, cosigned(sec, msg), sig[8:])
}

// statedTime reads the time in a signature.
func statedTime(sig []byte) (sec int64, ok bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return 0, false
	}
	sec = int64(binary.BigEndian.Uint64(sig)) //nolint:gosec // a negative one is refused
	return sec, sec >= 0
}

// Seen returns when the witness signed a checkpoint. An error wraps ErrNoWitness.
func (w Witness) Seen(checkpoint []byte) (time.Time, error) {
	opened, err := note.Open(checkpoint, note.VerifierList(w))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w: %w", w.name, ErrNoWitness, err)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(opened.Sigs[0].Base64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w: %w", w.name, ErrNoWitness, err)
	}
	sec, _ := statedTime(raw[4:]) // behind the hash of the key; note.Open has verified it
	return time.Unix(sec, 0).UTC(), nil
}
