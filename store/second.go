package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger/proof"
)

// secondName is the key by which a book signs what it signs once more, in DIR/keys: SM2, for whoever has to check by the national standard.
// Most books have none. It is read whenever something is signed, so that a server needs no restart.
const secondName = "signing.sm2"

// SecondKey returns the public half of the SM2 key of a book, which it makes where there is none.
func SecondKey(dir string) (public string, err error) {
	info, err := ReadBook(dir)
	if err != nil {
		return "", err
	}
	s, err := readSecond(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return s.String(), err
	}
	if _, _, err := readKey(dir, signingName); err != nil { // a copy has no keys, and signs nothing
		return "", err
	}
	secret, public, err := proof.NewSM2(rand.Reader, info.Origin)
	if err != nil {
		return "", err
	}
	return public, replaceFile(filepath.Join(dir, keysName, secondName), []byte(secret+"\n"), secretMode)
}

func readSecond(dir string) (proof.SM2Signer, error) {
	b, err := os.ReadFile(filepath.Join(dir, keysName, secondName))
	if err != nil {
		return proof.SM2Signer{}, fmt.Errorf("SM2 key: %w", err)
	}
	return proof.ParseSM2Signer(string(b))
}

// withSecond adds the SM2 key of a book, where it has one, to whoever signs.
func withSecond(dir string, signers ...note.Signer) ([]note.Signer, error) {
	s, err := readSecond(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return signers, nil
	}
	return append(signers, s), err
}
