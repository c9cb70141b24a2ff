package proof_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	prove "aixin/ledger/proof"
)

// account is one that several entries of the frozen journal change.
func account() ledger.AccountKey {
	return ledger.AccountKey{ID: ledger.ParseAccountID("points:V0000042"), Commodity: ledger.Point}
}

// frozen is the journal with every kind of the first format, and what proves it.
type frozen struct {
	lines    [][]byte
	tree     prove.Tree
	note     []byte // its checkpoint
	signer   note.Signer
	verifier note.Verifier
}

func newFrozen(t testing.TB) *frozen {
	t.Helper()
	text, err := os.ReadFile("../../testdata/formats/v1/lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	f := &frozen{}
	f.signer, f.verifier = key(t, origin)
	var tree ledger.Frontier
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		f.lines = append(f.lines, line)
		tree.Append(ledger.LeafHash(line))
		if err := f.tree.Append(ledger.LeafHash(line)); err != nil {
			t.Fatal(err)
		}
	}
	f.note = f.checkpoint(t, ledger.Head{Size: tree.Size(), Root: tree.Root()})
	return f
}

func (f *frozen) checkpoint(t testing.TB, h ledger.Head) []byte {
	t.Helper()
	msg, err := prove.SignCheckpoint(f.signer.Name(), h, f.signer)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func (f *frozen) inclusion(t testing.TB, i ledger.Index) prove.Inclusion {
	t.Helper()
	path, err := f.tree.ProveInclusion(i)
	if err != nil {
		t.Fatal(err)
	}
	return prove.Inclusion{Index: i, Line: f.lines[i], Path: path, Checkpoint: f.note}
}

func (f *frozen) statement(t testing.TB) prove.Statement {
	t.Helper()
	s := prove.Statement{Account: account()}
	for i, line := range f.lines {
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		if prove.Touches(e, account()) {
			s.Lines = append(s.Lines, f.inclusion(t, ledger.Index(i)))
		}
	}
	if len(s.Lines) < 3 {
		t.Fatalf("%v is on %d lines", account(), len(s.Lines))
	}
	return s
}

// known is the book's key alone.
func (f *frozen) known() note.Verifiers { return note.VerifierList(f.verifier) }

func hashes(list []ledger.Hash) [][]byte {
	out := make([][]byte, len(list))
	for i, h := range list {
		out[i] = h[:]
	}
	return out
}

// Another implementation accepts every proof that a tree of up to a hundred leaves gives, and no proof of another leaf.
func TestOthersAcceptEveryProof(t *testing.T) {
	t.Parallel()
	var tree prove.Tree
	var frontier ledger.Frontier
	var leaves, roots []ledger.Hash
	roots = append(roots, frontier.Root())
	if got, err := tree.Root(); err != nil || got != roots[0] {
		t.Errorf("empty: got root %v, %v, want %v", got, err, roots[0])
	}
	for n := range ledger.Index(100) {
		leaf := ledger.LeafHash(fmt.Appendf(nil, `{"index":%d}`, n))
		leaves = append(leaves, leaf)
		frontier.Append(leaf)
		roots = append(roots, frontier.Root())
		if err := tree.Append(leaf); err != nil {
			t.Fatal(err)
		}
		if got, err := tree.Root(); err != nil || got != roots[n+1] {
			t.Errorf("size %d: got root %v, %v, want %v", n+1, got, err, roots[n+1])
		}
		size, root := uint64(n+1), roots[n+1][:]
		for i, leaf := range leaves {
			path, err := tree.ProveInclusion(ledger.Index(i))
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), size, leaf[:], hashes(path), root); err != nil {
				t.Errorf("leaf %d of %d: %v", i, size, err)
			}
			other := leaves[(i+1)%len(leaves)]
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), size, other[:], hashes(path), root); err == nil && size > 1 {
				t.Errorf("leaf %d of %d: the proof holds for another leaf", i, size)
			}
		}
		for old := range n + 2 {
			path, err := tree.ProveConsistency(old)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), size, hashes(path), roots[old][:], root); err != nil {
				t.Errorf("from %d to %d: %v", old, size, err)
			}
		}
	}
}

// Whoever reads the specification, and knows nothing of this program, can check its proofs: here with another reader of
// checkpoints and another tree.
func TestOthersCheckTheText(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	for i := range f.lines {
		text := string(f.inclusion(t, ledger.Index(i)).AppendText(nil))
		top, checkpoint, _ := strings.Cut(text, "\n\n")
		lines := strings.Split(top, "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" || lines[2] != fmt.Sprintf("index %d", i) {
			t.Fatalf("entry %d: got %s", i, text)
		}
		extra, ok := strings.CutPrefix(lines[1], "extra ")
		line, err := base64.StdEncoding.DecodeString(extra)
		if !ok || err != nil || !bytes.Equal(line, f.lines[i]) {
			t.Fatalf("entry %d: got the line %s, %v, want %s", i, line, err, f.lines[i])
		}
		var path [][]byte
		for _, l := range lines[3:] {
			h, err := base64.StdEncoding.DecodeString(l)
			if err != nil {
				t.Fatal(err)
			}
			path = append(path, h)
		}
		c, _, _, err := log.ParseCheckpoint([]byte(checkpoint), origin, f.verifier)
		if err != nil {
			t.Fatal(err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(line)
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), c.Size, leaf, path, c.Hash); err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
}

func TestInclusionComesBack(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	for i, line := range f.lines {
		want := f.inclusion(t, ledger.Index(i))
		got, err := prove.ParseInclusion(want.AppendText(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entry %d: -want +got\n%s", i, diff)
		}
		code, ok := want.Code()
		if !ok {
			t.Fatalf("entry %d: no code is large enough", i)
		}
		if got, err = prove.ParseCode(code); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entry %d, by its code: -want +got\n%s", i, diff)
		}
		e, head, err := got.Check(origin, f.known())
		if err != nil || head.Size != ledger.Index(len(f.lines)) || !bytes.Equal(e.AppendLine(nil), line) {
			t.Errorf("entry %d: got %+v under %+v, %v", i, e, head, err)
		}
	}
}

// The text is a format: a receipt in a drawer must check for ever.
func TestInclusionText(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	p := f.inclusion(t, 42)
	got := string(p.AppendText(nil))
	want := "c2sp.org/tlog-proof@v1\nextra " + base64.StdEncoding.EncodeToString(f.lines[42]) + "\nindex 42\n" +
		p.Path[0].String() + "\n" + p.Path[1].String() + "\n" + p.Path[2].String() + "\n\n" + string(f.note)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// tamper calls check with every change of one bit of a text, and with every beginning of it.
func tamper(t *testing.T, text []byte, check func([]byte) error) {
	t.Helper()
	if err := check(text); err != nil {
		t.Fatal(err)
	}
	for i := range len(text) * 8 {
		bad := bytes.Clone(text)
		bad[i/8] ^= 1 << (i % 8)
		if check(bad) == nil {
			t.Errorf("bit %d of byte %d: accepted %q", i%8, i/8, bad)
		}
	}
	for n := range text {
		if check(text[:n]) == nil {
			t.Errorf("the first %d bytes are accepted", n)
		}
	}
}

func TestEveryFlippedBitOfAProofIsRefused(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	p := f.inclusion(t, 3)
	tamper(t, p.AppendText(nil), func(text []byte) error {
		p, err := prove.ParseInclusion(text)
		if err == nil {
			_, _, err = p.Check(origin, f.known())
		}
		return err
	})
}

func TestEveryFlippedBitOfAnExtensionIsRefused(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	kept, p := f.extension(t, 11)
	tamper(t, p.AppendText(nil), func(text []byte) error {
		p, err := prove.ParseConsistency(text)
		if err == nil {
			_, _, err = p.Check(kept, origin, f.known())
		}
		return err
	})
}

// extension returns the checkpoint that somebody kept of a size, and the proof from there.
func (f *frozen) extension(t testing.TB, old ledger.Index) ([]byte, prove.Consistency) {
	t.Helper()
	var before ledger.Frontier
	for _, line := range f.lines[:old] {
		before.Append(ledger.LeafHash(line))
	}
	path, err := f.tree.ProveConsistency(old)
	if err != nil {
		t.Fatal(err)
	}
	kept := f.checkpoint(t, ledger.Head{Size: old, Root: before.Root()})
	return kept, prove.Consistency{Old: old, Path: path, Checkpoint: f.note}
}

func TestConsistencyComesBack(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	for old := range ledger.Index(len(f.lines) + 1) {
		kept, want := f.extension(t, old)
		got, err := prove.ParseConsistency(want.AppendText(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from %d: -want +got\n%s", old, diff)
		}
		before, after, err := got.Check(kept, origin, f.known())
		if err != nil || before.Size != old || after.Size != ledger.Index(len(f.lines)) {
			t.Errorf("from %d: got %v to %v, %v", old, before.Size, after.Size, err)
		}
	}
}

// A proof is refused for the reason that says what to do.
func TestProofsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	stranger, strange := key(t, "stranger.example/C")
	_, namesake := otherKey(t, origin)
	forge := func(change func(*prove.Inclusion)) prove.Inclusion {
		p := f.inclusion(t, 36)
		change(&p)
		return p
	}
	var small ledger.Frontier
	small.Append(ledger.LeafHash(f.lines[0]))
	foreign, err := prove.SignCheckpoint(stranger.Name(), ledger.Head{Size: 1, Root: small.Root()}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		proof prove.Inclusion
		key   note.Verifier
		want  error
	}{
		{"of this book", f.inclusion(t, 36), f.verifier, nil},
		{"with the key of another book", f.inclusion(t, 36), strange, prove.ErrOtherBook},
		{"with another key of this name", f.inclusion(t, 36), namesake, prove.ErrOtherKey},
		{"under the checkpoint of another book", forge(func(p *prove.Inclusion) { p.Checkpoint = foreign }), f.verifier, prove.ErrOtherBook},
		{"more points than the book has", forge(func(p *prove.Inclusion) {
			p.Line = bytes.ReplaceAll(p.Line, []byte(`"amount":500`), []byte(`"amount":400`))
		}), f.verifier, prove.ErrFalse},
		{"at another place", forge(func(p *prove.Inclusion) { p.Index = 37 }), f.verifier, prove.ErrFalse},
		{"behind the head", forge(func(p *prove.Inclusion) { p.Index = 43 }), f.verifier, prove.ErrFalse},
		{"a hash less", forge(func(p *prove.Inclusion) { p.Path = p.Path[1:] }), f.verifier, prove.ErrFalse},
		{"the checkpoint of an older head", forge(func(p *prove.Inclusion) {
			p.Checkpoint = f.checkpoint(t, ledger.Head{Size: 1, Root: small.Root()})
		}), f.verifier, prove.ErrFalse},
		{"without its line", forge(func(p *prove.Inclusion) { p.Line = nil }), f.verifier, prove.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := tt.proof.Check(tt.key.Name(), note.VerifierList(tt.key))
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// Whoever holds the signing key can sign two histories, and cannot make one extend the other.
func TestTwoHistoriesAreFound(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	kept, p := f.extension(t, 11)
	var other ledger.Frontier
	for i, line := range f.lines[:11] {
		if i == 7 {
			line = bytes.Replace(line, []byte(`"at":"2026-01-02`), []byte(`"at":"2026-01-03`), 1)
		}
		other.Append(ledger.LeafHash(line))
	}
	rewritten := f.checkpoint(t, ledger.Head{Size: 11, Root: other.Root()})
	if _, _, err := p.Check(rewritten, origin, f.known()); !errors.Is(err, prove.ErrFalse) {
		t.Errorf("got %v, want %v", err, prove.ErrFalse)
	}
	_, further := f.extension(t, 12)
	if _, _, err := further.Check(kept, origin, f.known()); !errors.Is(err, prove.ErrOtherHead) {
		t.Errorf("a proof from 12: got %v, want %v", err, prove.ErrOtherHead)
	}
	if _, _, err := p.Check([]byte("garbage"), origin, f.known()); !errors.Is(err, prove.ErrUnsigned) {
		t.Errorf("garbage that was kept: got %v, want %v", err, prove.ErrUnsigned)
	}
}

func TestStatementComesBack(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	want := f.statement(t)
	got, err := prove.ParseStatement(want.AppendText(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	lines, head, err := got.Check(origin, f.known())
	if err != nil || len(lines) != len(want.Lines) || head.Size != ledger.Index(len(f.lines)) {
		t.Fatalf("got %d lines under %v, %v", len(lines), head.Size, err)
	}
	var sum ledger.Amount
	for _, l := range lines {
		if sum += l.Amount; l.Balance != sum {
			t.Errorf("entry %d: got balance %d, want %d", l.Entry.Index, l.Balance, sum)
		}
	}
}

func TestStatementsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	for _, tt := range []struct {
		name   string
		change func(*prove.Statement)
		want   error
	}{
		{"as it is", func(*prove.Statement) {}, nil},
		{"out of order", func(s *prove.Statement) { s.Lines[0], s.Lines[1] = s.Lines[1], s.Lines[0] }, prove.ErrMalformed},
		{"a line twice", func(s *prove.Statement) { s.Lines[1] = s.Lines[0] }, prove.ErrMalformed},
		{"a line of somebody else", func(s *prove.Statement) { s.Lines[0] = f.inclusion(t, 0) }, prove.ErrFalse},
		{"of another account", func(s *prove.Statement) { s.Account.ID = ledger.ParseAccountID("points:V0000018") }, prove.ErrFalse},
		{"two checkpoints", func(s *prove.Statement) {
			s.Lines[1].Checkpoint, _ = f.extension(t, 11)
		}, prove.ErrMalformed},
		{"without lines", func(s *prove.Statement) { s.Lines = nil }, prove.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := f.statement(t)
			tt.change(&s)
			if _, _, err := s.Check(origin, f.known()); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// The examples of RFC 9285 are codes without a prefix, so they are looked at through a proof that is none.
func TestCodesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"", "AIXIN1:", "AIXIN1:BB8", "AIXIN1:%69 VD92EX0", "AIXIN1:GGW", "AIXIN1::::", "AIXIN1:B", "aixin1:BB8", "AIXIN1:bb8"} {
		if p, err := prove.ParseCode(code); !errors.Is(err, prove.ErrMalformed) {
			t.Errorf("%q: got %+v, %v", code, p, err)
		}
	}
}

// A code says nothing that the text does not: what of it is accepted is the same proof.
func TestEveryFlippedCharacterOfACodeIsRefused(t *testing.T) {
	t.Parallel()
	f := newFrozen(t)
	p := f.inclusion(t, 36)
	code, _ := p.Code()
	for i := range len(code) {
		bad := []byte(code)
		if bad[i]++; bad[i] == ';' {
			bad[i] = '0'
		}
		got, err := prove.ParseCode(string(bad))
		if err == nil {
			_, _, err = got.Check(origin, f.known())
		}
		if err == nil && !cmp.Equal(got, p) {
			t.Errorf("character %d: got another proof", i)
		}
	}
}

func FuzzParseInclusion(f *testing.F) {
	book := newFrozen(f)
	f.Add(book.inclusion(f, 7).AppendText(nil))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := prove.ParseInclusion(text)
		if err != nil {
			return
		}
		if again := p.AppendText(nil); !bytes.Equal(again, text) {
			t.Errorf("%q parsed to %+v, which writes %q", text, p, again)
		}
		if code, ok := p.Code(); ok && len(p.Line) > 0 {
			if got, err := prove.ParseCode(code); err != nil || !cmp.Equal(got, p) {
				t.Errorf("%q: its code says %+v, %v", text, got, err)
			}
		}
	})
}

func FuzzParseConsistency(f *testing.F) {
	book := newFrozen(f)
	_, p := book.extension(f, 11)
	f.Add(p.AppendText(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := prove.ParseConsistency(text)
		if err != nil {
			return
		}
		if again := p.AppendText(nil); !bytes.Equal(again, text) {
			t.Errorf("%q parsed to %+v, which writes %q", text, p, again)
		}
	})
}

func FuzzParseStatement(f *testing.F) {
	f.Add(newFrozen(f).statement(f).AppendText(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := prove.ParseStatement(text)
		if err != nil {
			return
		}
		if again := s.AppendText(nil); !bytes.Equal(again, text) {
			t.Errorf("%q parsed to %+v, which writes %q", text, s, again)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	code, _ := newFrozen(f).inclusion(f, 7).Code()
	f.Add(code)
	f.Fuzz(func(t *testing.T, code string) {
		p, err := prove.ParseCode(code)
		if err != nil {
			return
		}
		again, ok := p.Code()
		if !ok {
			return
		}
		if got, err := prove.ParseCode(again); err != nil || !cmp.Equal(got, p) {
			t.Errorf("%q parsed to %+v, whose code says %+v, %v", code, p, got, err)
		}
	})
}

// otherKey makes a second key of the same name.
func otherKey(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), name)
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
