package registry

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"

	"aixin/ledger/person"
)

const (
	keyringFile   = "keys"
	keyringFormat = "aixin-registry-keys 1 "
	erasedWord    = "erased"
)

// keyring is the keys file and what it says. One line each, the number, its wrapped key in base64 or the word erased, and a
// CRC-32 of what stands before it:
//
//	V0000018 lq8…= 1a2b3c4d
//	V0000026 erased 5e6f7081
//
// Registry.mu guards it.
type keyring struct {
	path    string
	secrets secrets
	file    *os.File
	size    int64             // bytes that are known to be synced
	wrapped map[string][]byte // by number; nil where erased
	last    map[person.Kind]int
	broken  error // set when the file's content is no longer known
}

// header is the first line: the format, and what tells whether a master key is the right one.
func (s secrets) header() []byte { return []byte(keyringFormat + s.check + "\n") }

// openKeyring reads the file. What follows the last newline was never synced as a whole, so nobody knows of it: it is cut, and
// its length returned. Anything else that does not read is damage.
func openKeyring(path string, s secrets) (*keyring, int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	cut := int64(len(text) - whole)
	k := newKeyring(path, s)
	k.size = int64(whole)
	if err := k.read(text[:whole]); err != nil {
		return nil, 0, err
	}
	if err := k.reopen(); err != nil {
		return nil, 0, err
	}
	if cut > 0 {
		if err := k.truncate(); err != nil {
			return nil, 0, errors.Join(err, k.close())
		}
	}
	return k, cut, nil
}

func newKeyring(path string, s secrets) *keyring {
	return &keyring{path: path, secrets: s, wrapped: map[string][]byte{}, last: map[person.Kind]int{}}
}

func (k *keyring) read(text []byte) error {
	header, rest, _ := bytes.Cut(text, []byte("\n"))
	check, ok := strings.CutPrefix(string(header), keyringFormat)
	if !ok {
		return fmt.Errorf("%w: keys file: no header", ErrDamaged)
	}
	if check != k.secrets.check {
		return ErrWrongKey
	}
	number := 1
	for line := range bytes.Lines(rest) {
		number++
		id, wrapped, ok := parseKeyLine(strings.TrimSuffix(string(line), "\n"))
		_, twice := k.wrapped[id]
		if !ok || twice {
			return fmt.Errorf("%w: keys file: line %d", ErrDamaged, number)
		}
		k.note(id, wrapped)
	}
	return nil
}

// parseKeyLine returns the number of a line and its wrapped key, nil for an erased one.
func parseKeyLine(line string) (id string, wrapped []byte, ok bool) {
	fields := strings.Split(line, " ")
	if len(fields) != 3 {
		return "", nil, false
	}
	if _, known := person.KindOf(fields[0]); !known {
		return "", nil, false
	}
	if fields[1] != erasedWord {
		var err error
		if wrapped, err = base64.StdEncoding.Strict().DecodeString(fields[1]); err != nil || len(wrapped) == 0 {
			return "", nil, false
		}
	}
	return fields[0], wrapped, line == keyLine(fields[0], wrapped)
}

func keyLine(id string, wrapped []byte) string {
	word := erasedWord
	if wrapped != nil {
		word = base64.StdEncoding.EncodeToString(wrapped)
	}
	line := id + " " + word
	return fmt.Sprintf("%s %08x", line, crc32.ChecksumIEEE([]byte(line)))
}

// note remembers a line.
func (k *keyring) note(id string, wrapped []byte) {
	k.wrapped[id] = wrapped
	if kind, ok := person.KindOf(id); ok {
		k.last[kind] = max(k.last[kind], person.Serial(id))
	}
}

// key returns the key of a person, or ErrNotFound or ErrErased.
func (k *keyring) key(id string) ([]byte, error) {
	wrapped, ok := k.wrapped[id]
	switch {
	case !ok:
		return nil, personError(id, ErrNotFound)
	case wrapped == nil:
		return nil, personError(id, ErrErased)
	}
	key, err := unseal(k.secrets.wrapping, id, wrapped)
	if err != nil {
		return nil, personError(id, err)
	}
	return key, nil
}

// add gives each number a new key, in one append and one sync. The numbers are new to the file.
func (k *keyring) add(ids []string) error {
	if k.broken != nil {
		return k.broken
	}
	var text bytes.Buffer
	fresh := make([][]byte, len(ids))
	for i, id := range ids {
		fresh[i] = seal(k.secrets.wrapping, id, newKey())
		text.WriteString(keyLine(id, fresh[i]) + "\n")
	}
	_, err := k.file.Write(text.Bytes())
	if err == nil {
		err = k.file.Sync()
	}
	if err != nil {
		return k.stop(fmt.Errorf("append registry keys: %w", err))
	}

	k.size += int64(text.Len())
	for i, id := range ids {
		k.note(id, fresh[i])
	}
	return nil
}

// erase replaces the file by one without the keys of these numbers. The old file is gone from the directory when it returns.
func (k *keyring) erase(ids []string) error {
	if k.broken != nil {
		return k.broken
	}
	for _, id := range ids {
		k.note(id, nil)
	}
	err := k.file.Close() // first, since Windows replaces no open file
	if err == nil {
		err = replaceFile(k.path, k.text())
	}
	if err := errors.Join(err, k.reopen()); err != nil {
		return k.stop(fmt.Errorf("rewrite registry keys: %w", err))
	}
	return nil
}

// text returns the whole file, in order of number.
func (k *keyring) text() []byte {
	ids := make([]string, 0, len(k.wrapped))
	for id := range k.wrapped {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var text bytes.Buffer
	text.Write(k.secrets.header())
	for _, id := range ids {
		text.WriteString(keyLine(id, k.wrapped[id]) + "\n")
	}
	k.size = int64(text.Len())
	return text.Bytes()
}

// reopen opens the file for appending.
func (k *keyring) reopen() error {
	file, err := os.OpenFile(k.path, os.O_WRONLY|os.O_APPEND, 0o600)
	k.file = file
	return err
}

// truncate cuts what was not written as a whole.
func (k *keyring) truncate() error {
	if err := k.file.Truncate(k.size); err != nil {
		return err
	}
	return k.file.Sync()
}

// stop refuses all further writes: what the file holds is not known any more, and the next Open reads it.
func (k *keyring) stop(err error) error {
	k.broken = fmt.Errorf("%w: %w", ErrStopped, err)
	return k.broken
}

func (k *keyring) close() error {
	return k.file.Close()
}
