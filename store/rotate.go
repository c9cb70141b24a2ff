package store

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/proof"
)

// A key gives its place to another in three steps, each of which may be the last before the power fails. NextKey writes the new one to
// DIR/keys/signing.next. Two persons let it sign, which is an entry: ledger.RotateKey. Then whoever writes the book signs a head above that
// entry with both keys, adds the key and the proof of its entry to book.json, and puts the new key in the place of the old. Until the
// proof is in book.json nothing has changed for anybody, and the next opening begins the third step anew.

const nextName = "signing.next"

// NextKey returns the public half of the key that may sign next, which it makes where there is none.
func NextKey(dir string) (public string, err error) {
	info, err := ReadBook(dir)
	if err != nil {
		return "", err
	}
	_, public, err = readKey(dir, nextName)
	if !errors.Is(err, fs.ErrNotExist) {
		return public, err
	}
	if _, err := readSigner(dir, info); err != nil { // a copy has no keys, and signs nothing
		return "", err
	}
	secret, public, err := note.GenerateKey(rand.Reader, info.Origin)
	if err != nil {
		return "", fmt.Errorf("create key: %w", err)
	}
	return public, replaceFile(filepath.Join(dir, keysName, nextName), []byte(secret+"\n"), secretMode)
}

// readKey reads one of the keys of DIR/keys, with its public half.
func readKey(dir, name string) (note.Signer, string, error) {
	b, err := os.ReadFile(filepath.Join(dir, keysName, name))
	if err != nil {
		return nil, "", fmt.Errorf("signing key: %w", err)
	}
	secret := strings.TrimSpace(string(b))
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", fmt.Errorf("signing key: %w", err)
	}
	fields := strings.SplitN(secret, "+", 5) // PRIVATE+KEY+name+hash+key, whose base64 has the sign too; NewSigner took it
	raw, err := base64.StdEncoding.DecodeString(fields[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, "", errors.New("signing key: malformed")
	}
	half, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, "", errors.New("signing key: malformed")
	}
	public, err := note.NewEd25519VerifierKey(signer.Name(), half)
	return signer, public, err
}

// readSigner reads the key that signs the book's checkpoints; what another one signed would not verify. Where a rotation was cut short
// before its last step, that is done now.
func readSigner(dir string, info BookInfo) (note.Signer, error) {
	signer, public, err := readKey(dir, signingName)
	if err != nil || public == info.signing() {
		return signer, err
	}
	next, public, err := readKey(dir, nextName)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && public != info.signing()) {
		return nil, fmt.Errorf("signing key: %s names another one: %w", bookName, ledger.ErrCorrupt)
	}
	if err != nil {
		return nil, err
	}
	return next, promote(dir)
}

// promote puts the next key in the place of the one that signed.
func promote(dir string) error {
	keys := filepath.Join(dir, keysName)
	if err := os.Rename(filepath.Join(keys, nextName), filepath.Join(keys, signingName)); err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	return syncDir(keys)
}

// signing returns the key that signs the book's checkpoints now.
func (b BookInfo) signing() string { return b.PublicKeys[len(b.PublicKeys)-1] }

// Chain returns the keys of the book one after another, with what shows that each gave its place to the next.
func (b BookInfo) Chain() (proof.Chain, error) { return b.log().Chain() }

// extends reports whether the book is the other one, at the same moment or later: whatever keys it had, it has, and only later ones beside.
func (b BookInfo) extends(old BookInfo) bool {
	begins := func(list, first []string) bool {
		return len(list) >= len(first) && slices.Equal(list[:len(first)], first)
	}
	return b.Origin == old.Origin && begins(b.PublicKeys, old.PublicKeys) && begins(b.Rotations, old.Rotations) &&
		len(b.PublicKeys)-len(b.Rotations) == len(old.PublicKeys)-len(old.Rotations)
}

// rotated adds what shows that the keys of a log gave their place to one another to the milestones: the journal has those entries.
func (m *milestones) rotated(o proof.Origin, err error) error {
	c, failed := o.Chain()
	if failed != nil {
		return fmt.Errorf("%s: %w: %w", bookName, failed, ledger.ErrCorrupt)
	}
	for _, r := range c.Rotations {
		h, failed := o.Open(r.Checkpoint)
		if failed != nil {
			return fmt.Errorf("%s: %w: %w", bookName, failed, ledger.ErrCorrupt)
		}
		m.add(fmt.Sprintf("the rotation of entry %d", r.Index), h, err)
	}
	return nil
}

// otherKey refuses a key that this book does not have: nobody could sign any more.
func (l *Ledger) otherKey(c ledger.Command) error {
	do, ok := c.Do.(*ledger.RotateKey)
	if !ok || !ledger.ValidPublicKey(do.PublicKey) || do.PublicKey == l.Book().signing() {
		return nil
	}
	_, public, err := readKey(l.dir, nextName)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && public != do.PublicKey) {
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "public_key", Code: "next_key"}}}
	}
	return err
}

// expectRotation notes the newest rotation of which book.json does not know yet. The keys of a log that this one continues are none of
// its own.
func (l *Ledger) expectRotation(book ledger.BookFact) {
	name, _, _ := strings.Cut(book.Signer, "+")
	if name == l.info.Origin && !slices.Contains(l.info.PublicKeys, book.Signer) {
		l.seq.rotated.Store(int64(book.Rotated))
	}
}

// growAhead has the tree of the journal read before the hand-over asks for it with l.mu held, which readers wait for, too.
func (l *Ledger) growAhead(ctx context.Context) error {
	i := ledger.Index(l.seq.rotated.Load())
	if i == 0 {
		return nil
	}
	_, err := l.grown.include(ctx, l.journal, i, l.Head().Size)
	return err
}

// rotate gives the place of the key to the one that an entry lets sign. It holds l.mu. Where the new key is not there, the old one goes on.
func (l *Ledger) rotate(ctx context.Context) error {
	i := ledger.Index(l.seq.rotated.Load())
	if i == 0 {
		return nil
	}
	view, done, err := l.View(ctx, ledger.AsOf{})
	if err != nil {
		return err
	}
	defer done()
	e, err := view.Entry(i)
	if err != nil {
		return err
	}
	do, ok := e.Body.(*ledger.RotateKey)
	if !ok {
		return fmt.Errorf("entry %d lets no key sign", e.Index)
	}
	if slices.Contains(l.info.PublicKeys, do.PublicKey) {
		l.seq.rotated.CompareAndSwap(int64(i), 0)
		return nil
	}
	next, public, err := readKey(l.dir, nextName)
	if err != nil || public != do.PublicKey {
		return fmt.Errorf("the key of entry %d is not here: %w", e.Index, errors.Join(err, fs.ErrNotExist))
	}
	return l.handOver(ctx, next, public, e)
}

// handOver signs the head with both keys, and makes the new one the book's.
func (l *Ledger) handOver(ctx context.Context, next note.Signer, public string, e ledger.Entry) error {
	h := l.Head()
	path, err := l.grown.include(ctx, l.journal, e.Index, h.Size)
	if err != nil {
		return err
	}
	if err := writeCheckpoint(l.dir, l.info.Origin, h, l.signer, next); err != nil {
		return err
	}
	text, _, err := readNote(l.dir, l.info)
	if err != nil {
		return err
	}
	shown := proof.Inclusion{Index: e.Index, Line: e.AppendLine(nil), Path: path, Checkpoint: text}
	info := l.info
	info.PublicKeys = append(slices.Clone(info.PublicKeys), public)
	info.Rotations = append(slices.Clone(info.Rotations), string(shown.AppendText(nil)))
	if _, err := info.Verifiers(); err != nil {
		return err
	}
	if err := writeBook(l.dir, info); err != nil {
		return err
	}
	l.info.PublicKeys, l.info.Rotations = info.PublicKeys, info.Rotations
	l.signer, l.checkpoint = next, h
	l.seq.rotated.CompareAndSwap(int64(e.Index), 0)
	l.log.Info("another key signs", slog.Int64("index", int64(e.Index)))
	return promote(l.dir)
}

// follow begins the last step of a rotation for whoever was answered. Where it fails, the next checkpoint tries again.
func (l *Ledger) follow(e ledger.Entry) {
	if e.Kind != ledger.KeyRotated {
		return
	}
	if err := l.checkpointNow(); err != nil {
		l.log.Error("cannot write checkpoint", slog.Any("error", err))
	}
}
