package proof_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	prove "aixin/ledger/proof"
)

// keysOrigin is the log whose keys the frozen journal of rotations lets in.
const keysOrigin = "aixin.test/keys"

// rotation is the frozen journal in which key 1 takes the place of key 0, at its last entry.
type rotation struct {
	lines    [][]byte
	tree     prove.Tree
	head     ledger.Head
	signers  []note.Signer
	publics  []string
	rotated  ledger.Index
	verifier []note.Verifier
}

func newRotation(t *testing.T) *rotation {
	t.Helper()
	text, err := os.ReadFile("../../testdata/formats/v2/rotate.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	r := &rotation{lines: bytes.Split(bytes.TrimSpace(text), []byte("\n"))}
	var frontier ledger.Frontier
	for _, line := range r.lines {
		frontier.Append(ledger.LeafHash(line))
		if err := r.tree.Append(ledger.LeafHash(line)); err != nil {
			t.Fatal(err)
		}
	}
	r.head, r.rotated = ledger.Head{Size: frontier.Size(), Root: frontier.Root()}, frontier.Size()-1
	for n := range byte(3) {
		secret, public := ledgertest.SigningKey(keysOrigin, n)
		s, err := note.NewSigner(secret)
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.NewVerifier(public)
		if err != nil {
			t.Fatal(err)
		}
		r.signers, r.publics, r.verifier = append(r.signers, s), append(r.publics, public), append(r.verifier, v)
	}
	return r
}

// note signs a head of that size by the keys of those numbers.
func (r *rotation) note(t *testing.T, size ledger.Index, by ...int) []byte {
	t.Helper()
	h := r.head
	h.Size = size
	var signers []note.Signer
	for _, n := range by {
		signers = append(signers, r.signers[n])
	}
	msg, err := prove.SignCheckpoint(keysOrigin, h, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

// chain shows entry i as the rotation, under a note by those keys.
func (r *rotation) chain(t *testing.T, i ledger.Index, by ...int) prove.Chain {
	t.Helper()
	path, err := r.tree.ProveInclusion(i)
	if err != nil {
		t.Fatal(err)
	}
	in := prove.Inclusion{Index: i, Line: r.lines[i], Path: path, Checkpoint: r.note(t, r.head.Size, by...)}
	return prove.Chain{First: r.publics[:1], Rotations: []prove.Inclusion{in}}
}

// Whoever trusts the old key knows the new one, and each signs the heads of its time.
func TestChainLeadsToTheNewKey(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	c := r.chain(t, r.rotated, 0, 1)
	again, err := prove.ParseChain(c.AppendText(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, again); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for trusted := range 2 {
		first, err := prove.ParseKeys(r.publics[trusted])
		if err != nil {
			t.Fatal(err)
		}
		keys, err := first.Follow(c)
		if err != nil {
			t.Fatalf("from key %d: %v", trusted, err)
		}
		if got := keys.Trusted(); len(got) != 1 || got[0] != r.publics[trusted] {
			t.Errorf("from key %d: got %v trusted", trusted, got)
		}
		for _, tt := range []struct {
			by   int
			size ledger.Index
			want error
		}{
			{0, 1, nil},
			{0, r.head.Size, nil},
			{0, r.head.Size + 1, prove.ErrRetired},
			{1, r.rotated, prove.ErrRetired},
			{1, r.head.Size, nil},
			{1, r.head.Size + 9, nil},
			{2, 1, prove.ErrOtherKey},
		} {
			want := tt.want
			if trusted == 1 && tt.by == 0 {
				want = prove.ErrOtherKey // nobody vouches for what was before
			}
			if _, err := prove.OpenCheckpoint(r.note(t, tt.size, tt.by), keysOrigin, keys); !errors.Is(err, want) {
				t.Errorf("from key %d, signed by %d at %d: got %v, want %v", trusted, tt.by, tt.size, err, want)
			}
		}
	}
}

// A rotation that the old key did not sign, that nobody has the new key of, or that is another entry, leads nowhere.
func TestForgedChain(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	altered := r.chain(t, r.rotated, 0, 1)
	altered.Rotations[0].Line = bytes.Replace(altered.Rotations[0].Line, []byte(r.publics[1]), []byte(r.publics[2]), 1)
	tests := []struct {
		name    string
		chain   prove.Chain
		trusted int
		want    error
	}{
		{"signed by the new key alone", r.chain(t, r.rotated, 1), 0, prove.ErrUnsigned},
		{"signed by the old key alone", r.chain(t, r.rotated, 0), 0, prove.ErrFalse},
		{"signed by another one beside", r.chain(t, r.rotated, 0, 2), 0, prove.ErrFalse},
		{"another entry", r.chain(t, r.rotated-1, 0, 1), 0, prove.ErrFalse},
		{"another line", altered, 0, prove.ErrFalse},
		{"from a key that has no part in it", r.chain(t, r.rotated, 0, 1), 2, prove.ErrUnsigned},
	}
	for _, tt := range tests {
		keys, err := prove.ParseKeys(r.publics[tt.trusted])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Follow(tt.chain); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := (prove.Origin{Name: keysOrigin, PublicKeys: r.publics[:2], Rotations: []string{"x"}}).Keys(); !errors.Is(err, prove.ErrMalformed) {
		t.Errorf("a rotation that is none: got %v", err)
	}
	good := r.chain(t, r.rotated, 0, 1)
	shown := []string{string(good.Rotations[0].AppendText(nil))}
	if _, err := (prove.Origin{Name: keysOrigin, PublicKeys: []string{r.publics[0], r.publics[2]}, Rotations: shown}).Keys(); !errors.Is(err, prove.ErrFalse) {
		t.Errorf("another key than was let in: got %v", err)
	}
}

// extend appends an entry that lets the key of a number sign, and shows it under a note by those keys.
func (r *rotation) extend(t *testing.T, key int, by ...int) prove.Inclusion {
	t.Helper()
	e, err := ledger.ParseLine(r.lines[len(r.lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	e.Index, e.Body = ledger.Index(len(r.lines)), &ledger.RotateKey{PublicKey: r.publics[key]}
	r.lines = append(r.lines, e.AppendLine(nil))
	var tree prove.Tree
	var frontier ledger.Frontier
	for _, line := range r.lines {
		frontier.Append(ledger.LeafHash(line))
		if err := tree.Append(ledger.LeafHash(line)); err != nil {
			t.Fatal(err)
		}
	}
	r.tree, r.head = tree, ledger.Head{Size: frontier.Size(), Root: frontier.Root()}
	return r.chain(t, e.Index, by...).Rotations[0]
}

// A chain that is followed again, whole or as it was before, changes nothing; and a key that has given its place lets nobody in, though what
// it shows is no larger than what it may sign.
func TestChainIsFollowedAgain(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	first := r.chain(t, r.rotated, 0, 1)
	whole := prove.Chain{First: first.First, Rotations: append(first.Rotations, r.extend(t, 2, 1, 2))}
	forked := newRotation(t)
	forked.lines = forked.lines[:len(forked.lines)-2]
	e, err := ledger.ParseLine(r.lines[len(r.lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	forked.lines = append(forked.lines, e.AppendLine(nil))
	stolen := forked.extend(t, 2, 0, 2)
	trusted, err := prove.ParseKeys(r.publics[0])
	if err != nil {
		t.Fatal(err)
	}
	keys, err := trusted.Follow(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Follow(prove.Chain{First: first.First, Rotations: []prove.Inclusion{stolen}}); !errors.Is(err, prove.ErrRetired) {
		t.Errorf("a stolen key lets another in: got %v", err)
	}
	for _, c := range []prove.Chain{whole, whole, first} {
		if keys, err = keys.Follow(c); err != nil {
			t.Fatal(err)
		}
		if c.Rotations[len(c.Rotations)-1].Index < r.rotated {
			t.Fatal("the chain is none")
		}
	}
	if _, err := prove.OpenCheckpoint(r.note(t, r.head.Size+1, 2), keysOrigin, keys); err != nil {
		t.Errorf("the newest key signs no more: %v", err)
	}
	if _, err := prove.OpenCheckpoint(r.note(t, r.head.Size+1, 1), keysOrigin, keys); !errors.Is(err, prove.ErrRetired) {
		t.Errorf("the key before it signs again: %v", err)
	}
}

// Whoever reads the specification, and knows nothing of this program, follows the chain: with another reader of checkpoints and another
// tree.
func TestOthersFollowTheChain(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	c := r.chain(t, r.rotated, 0, 1)
	head, rest, _ := strings.Cut(string(c.AppendText(nil)), "\n\n")
	if want := "aixin/keys@v1\n" + r.publics[0]; head != want {
		t.Fatalf("got %s, want %s", head, want)
	}
	top, checkpoint, _ := strings.Cut(rest, "\n\n")
	lines := strings.Split(top, "\n")
	line, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		t.Fatal(err)
	}
	var path [][]byte
	for _, l := range lines[3:] {
		h, err := base64.StdEncoding.DecodeString(l)
		if err != nil {
			t.Fatal(err)
		}
		path = append(path, h)
	}
	old, _, _, err := log.ParseCheckpoint([]byte(checkpoint), keysOrigin, r.verifier[0])
	if err != nil {
		t.Fatal(err)
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(line)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(r.rotated), old.Size, leaf, path, old.Hash); err != nil {
		t.Error(err)
	}
	var entry struct {
		Kind string `json:"kind"`
		Body struct {
			PublicKey string `json:"public_key"`
		} `json:"body"`
	}
	if err := json.Unmarshal(line, &entry); err != nil || entry.Kind != "key_rotated" {
		t.Fatalf("got %s, %v", line, err)
	}
	next, err := note.NewVerifier(entry.Body.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, _, err := log.ParseCheckpoint([]byte(checkpoint), keysOrigin, next); err != nil || again.Size != old.Size {
		t.Errorf("the new key: got %v, %v", again, err)
	}
}
