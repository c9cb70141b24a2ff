package proof_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	prove "aixin/ledger/proof"
)

// witness returns a witness whose key is always the same, and its public key.
func witness(t testing.TB, name string) (prove.Cosigner, string) {
	t.Helper()
	secret, public, err := prove.NewWitness(rand.NewChaCha8(sha256.Sum256([]byte(name))), name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := prove.ParseCosigner(secret + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if c.Name() != name || c.Public() != public {
		t.Fatalf("got %s of %s, want %s of %s", c.Public(), c.Name(), public, name)
	}
	return c, public
}

func (f *frozen) keys() prove.Keys {
	return prove.Keys{Origin: f.verifier.Name(), Verifiers: f.known()}
}

// Whatever characters the key has, it comes back.
func TestWitnessKeys(t *testing.T) {
	t.Parallel()
	for i := range 100 {
		witness(t, fmt.Sprintf("witness.example/%d", i))
	}
	for _, name := range []string{"", "two words", "a+b"} {
		if _, _, err := prove.NewWitness(rand.NewChaCha8([32]byte{}), name); err == nil {
			t.Errorf("%q: got a key, want an error", name)
		}
	}
	for _, secret := range []string{"", "PRIVATE+KEY+a", "PRIVATE+KEY+a+00000000+AQ=="} {
		if _, err := prove.ParseCosigner(secret); err == nil {
			t.Errorf("%q was read as the key of a witness", secret)
		}
	}
}

// A witness signs the first checkpoint that it sees and every one that extends it; another implementation checks the signature and finds
// the same time, and the book's own signature stays.
func TestWitness(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	c, public := witness(t, "witness.example/W")
	others, err := formats.NewVerifierForCosignatureV1(public)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := prove.ParseWitness(public + "\n")
	if err != nil {
		t.Fatal(err)
	}
	var kept []byte
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	for _, size := range []ledger.Index{0, 0, 5, 5, 20} {
		old, _ := f.extension(t, size)
		p := prove.Consistency{Checkpoint: old}
		if kept != nil {
			before, err := prove.OpenCheckpoint(kept, origin, f.known())
			if err != nil {
				t.Fatal(err)
			}
			p = f.between(t, before.Size, old)
		}
		signed, head, err := c.Cosign(p, kept, f.keys(), at)
		if err != nil {
			t.Fatalf("%d entries: %v", size, err)
		}
		if head.Size != size {
			t.Errorf("got %d entries signed, want %d", head.Size, size)
		}
		opened, err := note.Open(signed, note.VerifierList(f.verifier, others))
		if err != nil || len(opened.Sigs) != 2 {
			t.Fatalf("another implementation: got %+v, %v", opened, err)
		}
		if seen, err := ours.Seen(signed); err != nil || !seen.Equal(at) {
			t.Errorf("got seen at %v, %v, want %v", seen, err, at)
		}
		theirs, err := formats.CoSigV1Timestamp(opened.Sigs[1])
		if err != nil || !theirs.Equal(at) {
			t.Errorf("another implementation: got seen at %v, %v, want %v", theirs, err, at)
		}
		kept, at = signed, at.Add(time.Hour)
	}
}

// A witness signs nothing that is shorter than what it saw, or another history, or of another book or key.
func TestWitnessRefuses(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	c, _ := witness(t, "witness.example/W")
	kept, extends := f.extension(t, 5)
	shorter, _ := f.extension(t, 4)
	signer, verifier := otherKey(t, origin)
	other := prove.Keys{Origin: origin, Verifiers: note.VerifierList(verifier)}
	foreign, err := prove.SignCheckpoint(origin, ledger.Head{Size: 9, Root: ledger.Hash{1}}, signer)
	if err != nil {
		t.Fatal(err)
	}
	forked := f.checkpoint(t, ledger.Head{Size: 5, Root: ledger.Hash{1}})
	for name, tt := range map[string]struct {
		proof prove.Consistency
		kept  []byte
		keys  prove.Keys
		want  error
	}{
		"shorter":            {prove.Consistency{Old: 5, Checkpoint: shorter}, kept, f.keys(), prove.ErrFalse},
		"another history":    {prove.Consistency{Old: 5, Checkpoint: forked}, kept, f.keys(), prove.ErrFalse},
		"not from what kept": {prove.Consistency{Old: 4, Path: extends.Path, Checkpoint: extends.Checkpoint}, kept, f.keys(), prove.ErrOtherHead},
		"never seen before":  {extends, nil, f.keys(), prove.ErrOtherHead},
		"by another key":     {prove.Consistency{Checkpoint: foreign}, nil, f.keys(), prove.ErrUnsigned},
		"with another key":   {extends, kept, other, prove.ErrUnsigned},
	} {
		if signed, _, err := c.Cosign(tt.proof, tt.kept, tt.keys, time.Unix(1, 0)); !errors.Is(err, tt.want) || signed != nil {
			t.Errorf("%s: got %q, %v, want %v", name, signed, err, tt.want)
		}
	}
	if _, _, err := c.Cosign(extends, kept, f.keys(), time.Unix(-1, 0)); err == nil {
		t.Error("before 1970: got a signature")
	}
}

// What a witness did not sign, or what was changed afterwards, is not taken for it, and no key but its own is read as one.
func TestWitnessIsNotForged(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	c, public := witness(t, "witness.example/W")
	_, stranger := witness(t, "witness.example/X")
	signed, _, err := c.Cosign(prove.Consistency{Checkpoint: f.note}, nil, f.keys(), time.Unix(1_790_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := prove.ParseWitness(public)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(bytes.TrimSuffix(signed, []byte("\n")), '\n') + 1
	tamper(t, signed[last:], func(line []byte) error {
		_, err := ours.Seen(append(bytes.Clone(signed[:last]), line...))
		return err
	})
	for _, note := range [][]byte{nil, f.note, bytes.Replace(signed, []byte("\n"), []byte(".\n"), 1)} {
		if at, err := ours.Seen(note); !errors.Is(err, prove.ErrNoWitness) {
			t.Errorf("%q: got seen at %v, %v, want %v", note, at, err, prove.ErrNoWitness)
		}
	}
	theirs, err := prove.ParseWitness(stranger)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Seen(signed); !errors.Is(err, prove.ErrNoWitness) {
		t.Errorf("a stranger's key: got %v, want %v", err, prove.ErrNoWitness)
	}
	_, book, err := note.GenerateKey(rand.NewChaCha8([32]byte{}), "witness.example/W")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "x", "a+b+c", book, public[1:], public + "A"} {
		if _, err := prove.ParseWitness(key); err == nil {
			t.Errorf("%q was read as the key of a witness", key)
		}
	}
}

// between proves that the checkpoint of some entries extends that of fewer.
func (f *frozen) between(t testing.TB, old ledger.Index, checkpoint []byte) prove.Consistency {
	t.Helper()
	head, err := prove.OpenCheckpoint(checkpoint, origin, f.known())
	if err != nil {
		t.Fatal(err)
	}
	var tree prove.Tree
	for _, line := range f.lines[:head.Size] {
		if err := tree.Append(ledger.LeafHash(line)); err != nil {
			t.Fatal(err)
		}
	}
	path, err := tree.ProveConsistency(old)
	if err != nil {
		t.Fatal(err)
	}
	return prove.Consistency{Old: old, Path: path, Checkpoint: checkpoint}
}
