package proof_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	prove "aixin/ledger/proof"
)

// The key of the example in GB/T 32918.5, appendix A.
const (
	standardSecret = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	standardPoint  = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)

// standardKey is that key as the second one of the book in these tests.
func standardKey(t testing.TB) (prove.SM2Signer, string) {
	t.Helper()
	typed := func(digits string) []byte {
		return append([]byte("\xffaixin/sm2-sm3@v1"), unhex(t, digits)...)
	}
	sum := sha256.Sum256(append([]byte(origin+"\n"), typed(standardPoint)...))
	text := func(raw []byte) string {
		return fmt.Sprintf("%s+%08x+%s", origin, binary.BigEndian.Uint32(sum[:]), base64.StdEncoding.EncodeToString(raw))
	}
	signer, err := prove.ParseSM2Signer("PRIVATE+KEY+" + text(typed(standardSecret)) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return signer, text(typed(standardPoint))
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The signature that the standard prints over its example is one, and no other text has it.
func TestSM2Standard(t *testing.T) {
	t.Parallel()
	signer, public := standardKey(t)
	if signer.String() != public {
		t.Errorf("got public key %s, want %s", signer, public)
	}
	v, err := prove.ParseSM2(public)
	if err != nil {
		t.Fatal(err)
	}
	number := func(digits string) *big.Int { return new(big.Int).SetBytes(unhex(t, digits)) }
	sig, err := asn1.Marshal(struct{ R, S *big.Int }{
		number("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"),
		number("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !v.Verify([]byte("message digest"), sig) {
		t.Error("the example of the standard does not verify")
	}
	if v.Verify([]byte("message digesT"), sig) {
		t.Error("another text has the signature of the example")
	}
}

// What OpenSSL signs with that key is taken (openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678).
func TestSM2OfOthers(t *testing.T) {
	t.Parallel()
	signer, _ := standardKey(t)
	const others = "304502201136202359e19191d98423c61ccc8166de324c1edca5be44cc66866765309404022100e753bdd6f79bcc52a543e0a8425bfbcb508058d1643f81dc9a9529a9c9d7e221"
	if !signer.Verify([]byte("aixin.example/B\n42\n"), unhex(t, others)) {
		t.Error("a signature of another implementation does not verify")
	}
}

// signedTwice is a checkpoint with both signatures, and the keys that ask for both.
func signedTwice(t *testing.T) (msg []byte, keys prove.Keys) {
	t.Helper()
	first, _ := key(t, origin)
	second, public := standardKey(t)
	msg, err := prove.SignCheckpoint(origin, head(), first, second)
	if err != nil {
		t.Fatal(err)
	}
	if keys, err = prove.ParseKeys(ed25519Key(t) + "\n" + public); err != nil || !keys.SM2() {
		t.Fatalf("got %v, %v", keys, err)
	}
	return msg, keys
}

// ed25519Key is the public half of key(origin) as text.
func ed25519Key(t *testing.T) string {
	t.Helper()
	_, public, err := note.GenerateKey(rand.NewChaCha8(sha256.Sum256([]byte(origin))), origin)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// Whoever knows the first key alone reads the same head, with or without the second signature; whoever asks for it gets it or an error.
func TestSM2Checkpoint(t *testing.T) {
	t.Parallel()
	first, verifier := key(t, origin)
	msg, keys := signedTwice(t)
	again, _ := signedTwice(t)
	if !bytes.Equal(msg, again) {
		t.Errorf("signed again: got %s, want %s", again, msg)
	}
	for name, known := range map[string]note.Verifiers{"the first key": note.VerifierList(verifier), "both keys": keys} {
		if got, err := prove.OpenCheckpoint(msg, origin, known); err != nil || !got.Same(head()) {
			t.Errorf("with %s: got %+v, %v", name, got, err)
		}
	}
	once, err := prove.SignCheckpoint(origin, head(), first)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(msg, once) {
		t.Errorf("the second signature changes what stands before it: got %s, want %s first", msg, once)
	}
	if _, err := prove.OpenCheckpoint(once, origin, keys); !errors.Is(err, prove.ErrNoSM2) {
		t.Errorf("without the second signature: got %v, want %v", err, prove.ErrNoSM2)
	}
	second, public := standardKey(t)
	if once, err = prove.SignCheckpoint(origin, head(), second); err != nil {
		t.Fatal(err)
	}
	if _, err := prove.OpenCheckpoint(once, origin, keys); !errors.Is(err, prove.ErrUnsigned) {
		t.Errorf("without the first signature: got %v, want %v", err, prove.ErrUnsigned)
	}
	if _, err := prove.ParseKeys(public); err == nil {
		t.Error("the second key alone was taken for those of a book")
	}
}

func TestEveryFlippedBitOfTwoSignaturesIsRefused(t *testing.T) {
	t.Parallel()
	msg, keys := signedTwice(t)
	tamper(t, msg, func(bad []byte) error {
		_, err := prove.OpenCheckpoint(bad, origin, keys)
		return err
	})
}

// A witness hands on the second signature that it was told to ask for, and none that it was not.
func TestWitnessKeepsSM2(t *testing.T) {
	t.Parallel()
	msg, keys := signedTwice(t)
	c, _ := witness(t, "witness.example/W")
	for _, asks := range []bool{true, false} {
		if !asks {
			var err error
			if keys, err = prove.ParseKeys(ed25519Key(t)); err != nil {
				t.Fatal(err)
			}
		}
		signed, _, err := c.Cosign(prove.Consistency{Checkpoint: msg}, nil, keys, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		want := 2
		if asks {
			want = 3
		}
		if got := bytes.Count(signed, []byte("\n— ")); got != want {
			t.Errorf("asks for it: %v: got %d signatures, want %d: %s", asks, got, want, signed)
		}
	}
}

// A new key comes back from its text, and nothing else is read as one.
func TestSM2Keys(t *testing.T) {
	t.Parallel()
	rnd := rand.NewChaCha8(sha256.Sum256([]byte("sm2")))
	secret, public, err := prove.NewSM2(rnd, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := prove.ParseSM2Signer(secret)
	if err != nil || signer.String() != public || signer.Name() != origin {
		t.Fatalf("got %v, %v, want %s", signer, err, public)
	}
	sig, err := signer.Sign([]byte("text\n"))
	if err != nil || !signer.Verify([]byte("text\n"), sig) {
		t.Errorf("the signature of a new key does not verify: %v", err)
	}
	for _, name := range []string{"", "two words", "a+b"} {
		if _, _, err := prove.NewSM2(rnd, name); err == nil {
			t.Errorf("%q: got a key, want an error", name)
		}
	}
	tamper(t, []byte(public), func(bad []byte) error {
		v, err := prove.ParseSM2(string(bad))
		if err == nil && !v.Verify([]byte("text\n"), sig) {
			err = errors.New("another key")
		}
		return err
	})
	for _, text := range []string{"", "x", public, ed25519Key(t), strings.TrimSuffix(secret, "="), secret[1:], secret + "A"} {
		if _, err := prove.ParseSM2Signer(text); err == nil {
			t.Errorf("%q was read as a secret key", text)
		}
	}
	if _, err := prove.ParseKeys(ed25519Key(t) + " " + strings.Replace(public, "B+", "C+", 1)); err == nil {
		t.Error("a key of another book was read beside that of this one")
	}
}

// OpenSSL verifies what this program signs, and refuses it over another text.
func TestSM2ByOpenSSL(t *testing.T) {
	t.Parallel()
	signer, _ := standardKey(t)
	text := []byte("aixin.example/B\n42\n")
	sig, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	type algorithm struct{ Algorithm, Curve asn1.ObjectIdentifier }
	public, err := asn1.Marshal(struct {
		Algorithm algorithm
		Point     asn1.BitString
	}{
		algorithm{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}}, // a point on the curve SM2
		asn1.BitString{Bytes: unhex(t, standardPoint), BitLength: len(standardPoint) * 4},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	write("sig", sig)
	write("text", text)
	write("other", append(text, '\n'))
	verify := func(of string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-digest", "sm3",
			"-pkeyopt", "distid:1234567812345678", "-sigfile", "sig", "-in", of)
		cmd.Dir = dir
		return cmd.CombinedOutput()
	}
	if said, err := verify("text"); err != nil {
		t.Errorf("OpenSSL (with SM2, see .ci/needs) does not verify it: %v\n%s", err, said)
	}
	if said, err := verify("other"); err == nil || !bytes.Contains(said, []byte("Verification Failure")) {
		t.Errorf("OpenSSL of another text: %v\n%s", err, said)
	}
}
