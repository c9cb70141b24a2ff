package proof

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/mod/sumdb/note"
)

// A book may sign its checkpoints a second time, for whoever has to check signatures by the national standard: SM2 (GB/T 32918.2) over SM3
// (GB/T 32905), with the identity that the standard gives where none is agreed, 1234567812345678, in DER. It is a line of its own in the
// note, and replaces nothing: the tree stays SHA-256, the book's own signature stays Ed25519, and whoever does not know the key passes
// over the line.

// ErrNoSM2 is wrapped where a note lacks the SM2 signature of a key that was asked for.
var ErrNoSM2 = errors.New("not signed by the SM2 key")

// sm2Type is the algorithm of a verifier key: the byte that signed notes leave to whatever has none of its own, and a name behind it.
const sm2Type = "\xffaixin/sm2-sm3@v1"

// SM2 checks the SM2 signatures of a book. It is a note.Verifier.
type SM2 struct {
	name, text string
	hash       uint32
	key        *ecdsa.PublicKey
}

// Name returns the name of the book.
func (v SM2) Name() string { return v.name }

// KeyHash identifies the key.
func (v SM2) KeyHash() uint32 { return v.hash }

// Verify reports whether the key made the signature.
func (v SM2) Verify(msg, sig []byte) bool { return sm2.VerifyASN1WithSM2(v.key, nil, msg, sig) }

// String returns the key as text.
func (v SM2) String() string { return v.text }

// ParseSM2 reads an SM2 verifier key.
func ParseSM2(text string) (SM2, error) {
	name, raw, err := splitSM2(text, func(raw []byte) []byte { return raw })
	if err != nil {
		return SM2{}, err
	}
	key, err := sm2.NewPublicKey(raw)
	if err != nil {
		return SM2{}, fmt.Errorf("SM2 public key of %s: %w", name, err)
	}
	return SM2{name, text, keyHash(name, typedSM2(raw)), key}, nil
}

// splitSM2 reads NAME+HASH+KEY. The hash is that of the public half, which half returns; nil for none.
func splitSM2(text string, half func([]byte) []byte) (name string, raw []byte, err error) {
	name, rest, _ := strings.Cut(text, "+")
	hash, key, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.Strict().DecodeString(key)
	raw, ok := bytes.CutPrefix(typed, []byte(sm2Type))
	if err != nil || !ok || name == "" || strings.ContainsAny(text, " \r\n") || hash != fmt.Sprintf("%08x", keyHash(name, typedSM2(half(raw)))) {
		return "", nil, fmt.Errorf("SM2 key of %.80q: malformed", name)
	}
	return name, raw, nil
}

func typedSM2(raw []byte) []byte { return append([]byte(sm2Type), raw...) }

// sm2Halves returns both halves of a key as bytes.
func sm2Halves(key *sm2.PrivateKey) (secret, public []byte) {
	k, err := key.ECDH()
	if err != nil {
		return nil, nil // no key of this curve
	}
	return k.Bytes(), k.PublicKey().Bytes()
}

const privateKey = "PRIVATE+KEY+"

// NewSM2 returns a new SM2 key of a book, which is secret, and what checks its signatures.
func NewSM2(rand io.Reader, name string) (secret, public string, err error) {
	key, err := sm2.GenerateKey(rand)
	if err != nil {
		return "", "", fmt.Errorf("SM2 key of %s: %w", name, err)
	}
	hidden, shown := sm2Halves(key)
	text := func(raw []byte) string {
		return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, typedSM2(shown)), base64.StdEncoding.EncodeToString(typedSM2(raw)))
	}
	secret, public = privateKey+text(hidden), text(shown)
	_, err = ParseSM2(public) // refuses a name that no note could have
	return secret, public, err
}

// SM2Signer signs checkpoints a second time. It is a note.Signer, and the same text always gets the same signature.
type SM2Signer struct {
	SM2
	secret *sm2.PrivateKey
}

// ParseSM2Signer reads the secret of NewSM2.
func ParseSM2Signer(secret string) (SM2Signer, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(secret), privateKey)
	if !ok {
		return SM2Signer{}, errors.New("SM2 key: malformed")
	}
	var key *sm2.PrivateKey
	var shown []byte
	name, _, err := splitSM2(text, func(raw []byte) []byte {
		var err error
		if key, err = sm2.NewPrivateKey(raw); err != nil {
			return nil
		}
		_, shown = sm2Halves(key)
		return shown
	})
	if err != nil || key == nil {
		return SM2Signer{}, errors.Join(errors.New("SM2 key: malformed"), err)
	}
	hash := keyHash(name, typedSM2(shown))
	public := fmt.Sprintf("%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(typedSM2(shown)))
	return SM2Signer{SM2{name, public, hash, &key.PublicKey}, key}, nil
}

// Sign signs the text of a note.
func (s SM2Signer) Sign(msg []byte) ([]byte, error) {
	return sm2.SignDeterministic(s.secret, msg, sm2.DefaultSM2SignerOpts)
}

// SignedToo returns why a note lacks a signature that the keys ask for beside that of the book, or nil. An error wraps ErrNoSM2, or
// ErrAltered where the signature is there and is not of this text.
func SignedToo(msg []byte, known note.Verifiers) error {
	keys, ok := known.(Keys)
	if !ok {
		return nil
	}
	for _, v := range keys.also {
		n, err := note.Open(msg, note.VerifierList(v))
		if _, wrong := errors.AsType[*note.InvalidSignatureError](err); wrong || (err == nil && !signedBy(n, v.name)) {
			return fmt.Errorf("SM2: %w", ErrAltered)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoSM2, err)
		}
	}
	return nil
}
