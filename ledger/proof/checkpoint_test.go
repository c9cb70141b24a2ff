package proof_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/proof"
)

const origin = "aixin.example/B"

// key makes the same key for the same name in every run.
func key(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.NewChaCha8(sha256.Sum256([]byte(name))), name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func head() ledger.Head {
	return ledger.Head{Size: 42, Root: ledger.LeafHash([]byte("line")), At: time.Date(2026, 11, 23, 8, 15, 30, 123e6, time.UTC)}
}

func TestCheckpointComesBack(t *testing.T) {
	t.Parallel()
	signer, verifier := key(t, origin)
	var empty ledger.Frontier
	for _, want := range []ledger.Head{head(), {Root: empty.Root()}} {
		msg, err := proof.SignCheckpoint(origin, want, signer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := proof.OpenCheckpoint(msg, origin, note.VerifierList(verifier))
		if err != nil {
			t.Fatalf("%s: %v", msg, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", msg, diff)
		}
		again, err := proof.SignCheckpoint(origin, want, signer)
		if err != nil || !bytes.Equal(msg, again) {
			t.Errorf("signed again: got %s, %v, want %s", again, err, msg)
		}
	}
}

// The text is a format: whoever kept a checkpoint must be able to read it for ever.
func TestCheckpointText(t *testing.T) {
	t.Parallel()
	signer, _ := key(t, origin)
	msg, err := proof.SignCheckpoint(origin, head(), signer)
	if err != nil {
		t.Fatal(err)
	}
	const want = `aixin.example/B
42
R8M6QscJojpht/qaL3gDspc7Eeq3aH0HwhDFY0nVORA=
at 2026-11-23T08:15:30.123Z

— aixin.example/B `
	if got, ok := strings.CutPrefix(string(msg), want); !ok {
		t.Errorf("got %s, want the beginning %s", got, want)
	}
}

// Another implementation of the same specification reads what this one writes.
func TestOthersReadCheckpoint(t *testing.T) {
	t.Parallel()
	signer, verifier := key(t, origin)
	msg, err := proof.SignCheckpoint(origin, head(), signer)
	if err != nil {
		t.Fatal(err)
	}
	got, rest, _, err := log.ParseCheckpoint(msg, origin, verifier)
	if err != nil {
		t.Fatal(err)
	}
	want := head()
	if got.Size != uint64(want.Size) || !bytes.Equal(got.Hash, want.Root[:]) || string(rest) != "at 2026-11-23T08:15:30.123Z\n" {
		t.Errorf("got %+v and %q, want %+v", got, rest, want)
	}
}

func TestOpenCheckpointRefuses(t *testing.T) {
	t.Parallel()
	signer, verifier := key(t, origin)
	stranger, strange := key(t, "stranger.example/C")
	both := note.VerifierList(verifier, strange)
	const root = "\nR8M6QscJojpht/qaL3gDspc7Eeq3aH0HwhDFY0nVORA=\n"
	for _, tt := range []struct {
		name, text string
		signer     note.Signer
		want       error
	}{
		{"no root", origin + "\n42\n", signer, proof.ErrCheckpoint},
		{"another book", "other.example/B\n42" + root, signer, proof.ErrCheckpoint},
		{"size below zero", origin + "\n-1" + root, signer, proof.ErrCheckpoint},
		{"size with a leading zero", origin + "\n042" + root, signer, proof.ErrCheckpoint},
		{"size with a plus", origin + "\n+42" + root, signer, proof.ErrCheckpoint},
		{"size out of range", origin + "\n9223372036854775808" + root, signer, proof.ErrCheckpoint},
		{"short root", origin + "\n42\nAAAA\n", signer, proof.ErrCheckpoint},
		{"empty extension line", origin + "\n42" + root + "\nx\n", signer, proof.ErrCheckpoint},
		{"time that is none", origin + "\n42" + root + "at noon\n", signer, proof.ErrCheckpoint},
		{"time of another zone", origin + "\n42" + root + "at 2026-11-23T08:15:30.123+08:00\n", signer, proof.ErrCheckpoint},
		{"two times", origin + "\n42" + root + strings.Repeat("at 2026-11-23T08:15:30.123Z\n", 2), signer, proof.ErrCheckpoint},
		{"signed by another only", origin + "\n42" + root, stranger, proof.ErrUnsigned},
		{"later extension", origin + "\n42" + root + "at 2026-11-23T08:15:30.123Z\nmood calm\n", signer, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			msg, err := note.Sign(&note.Note{Text: tt.text}, tt.signer)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := proof.OpenCheckpoint(msg, origin, both); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	signer, verifier := key(t, origin)
	msg, err := proof.SignCheckpoint(origin, head(), signer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(msg) * 8 {
		bad := bytes.Clone(msg)
		bad[i/8] ^= 1 << (i % 8)
		if got, err := proof.OpenCheckpoint(bad, origin, note.VerifierList(verifier)); err == nil {
			t.Errorf("bit %d of byte %d: got %+v from %q", i%8, i/8, got, bad)
		}
	}
	for n := range msg {
		if got, err := proof.OpenCheckpoint(msg[:n], origin, note.VerifierList(verifier)); err == nil {
			t.Errorf("first %d bytes: got %+v", n, got)
		}
	}
}

func TestSignCheckpointRefuses(t *testing.T) {
	t.Parallel()
	signer, _ := key(t, origin)
	if msg, err := proof.SignCheckpoint("other.example/B", head(), signer); err == nil {
		t.Errorf("for another origin: got %s", msg)
	}
	if msg, err := proof.SignCheckpoint(origin, ledger.Head{Size: -1}, signer); err == nil {
		t.Errorf("of a negative size: got %s", msg)
	}
}

// What opens is what SignCheckpoint would write, extension lines of later versions aside.
func FuzzOpenCheckpoint(f *testing.F) {
	signer, verifier := key(f, origin)
	f.Add(fmt.Sprintf("%s\n42\n%v\nat 2026-11-23T08:15:30.123Z\n", origin, head().Root))
	f.Add(fmt.Sprintf("%s\n0\n%v\nmood calm\n", origin, ledger.Hash{}))
	f.Fuzz(func(t *testing.T, text string) {
		msg, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Skip("not the text of a note")
		}
		got, err := proof.OpenCheckpoint(msg, origin, note.VerifierList(verifier))
		if err != nil {
			return
		}
		again, err := proof.SignCheckpoint(origin, got, signer)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for line := range strings.Lines(string(again)) {
			if line == "\n" {
				break
			}
			if !strings.Contains(text, line) {
				t.Errorf("%q opened as %+v, which writes %q", text, got, line)
			}
			kept++
		}
		if kept < 3 {
			t.Errorf("%q opened as %+v", text, got)
		}
	})
}
