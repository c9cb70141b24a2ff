package registry

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
)

// secrets are the keys derived from the master key, one for each purpose. They are read-only after newSecrets.
type secrets struct {
	wrapping cipher.AEAD // wraps the keys of people
	rows     cipher.AEAD // seals rows that belong to no one person
	finding  []byte      // keys the index
	check    string      // tells a wrong master key from a right one
}

func newSecrets(master []byte) (secrets, error) {
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, "aixin registry 1 "+purpose, masterKeySize)
	}
	var s secrets
	wrapping, err1 := derive("wrapping")
	rows, err2 := derive("rows")
	finding, err3 := derive("finding")
	check, err4 := derive("check")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return s, fmt.Errorf("derive registry keys: %w", err)
	}
	var err error
	if s.wrapping, err = newSeal(wrapping); err != nil {
		return s, err
	}
	s.rows, err = newSeal(rows)
	s.finding = finding
	s.check = base64.StdEncoding.EncodeToString(check)
	return s, err
}

// readSecrets reads the master key.
func readSecrets(path string) (secrets, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return secrets{}, fmt.Errorf("open registry key: %w", err)
	}
	master, err := base64.StdEncoding.Strict().DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(master) != masterKeySize {
		return secrets{}, fmt.Errorf("open registry key: %w", ErrWrongKey)
	}
	return newSecrets(master)
}

// newKey returns a random key for one person.
func newKey() []byte {
	key := make([]byte, masterKeySize)
	rand.Read(key)
	return key
}

// newSeal returns AES-256-GCM that draws a random nonce for each value and keeps it in front of it. One key seals far fewer
// than the 2^32 values for which random nonces are safe.
func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encrypts a value for the row it will stand in.
func seal(a cipher.AEAD, row string, value []byte) []byte {
	return a.Seal(nil, nil, value, []byte(row)) //nolint:gosec // G407: the cipher draws the nonce itself
}

// unseal decrypts the value of a row; a value that was changed or stood in another row is ErrDamaged.
func unseal(a cipher.AEAD, row string, sealed []byte) ([]byte, error) {
	value, err := a.Open(nil, nil, sealed, []byte(row))
	if err != nil {
		return nil, fmt.Errorf("%w: a value does not open", ErrDamaged)
	}
	return value, nil
}

// mac returns the keyed hash under which value is found. The kind keeps a phone from being found as an ID number.
func (s secrets) mac(kind byte, value string) []byte {
	h := hmac.New(sha256.New, s.finding)
	h.Write([]byte{kind})
	h.Write([]byte(value))
	return h.Sum(nil)
}
