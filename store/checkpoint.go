package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/proof"
)

// writeCheckpoint replaces DIR/checkpoint by the signed note of a head that is on stable storage.
func writeCheckpoint(dir, origin string, h ledger.Head, signers ...note.Signer) error {
	signers, err := withSecond(dir, signers...)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	text, err := proof.SignCheckpoint(origin, h, signers...)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, checkpointName), text, fileMode); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// readCheckpoint returns the head in DIR/checkpoint.
func readCheckpoint(dir string, info BookInfo) (ledger.Head, error) {
	_, h, err := readNote(dir, info)
	return h, err
}

// readNote returns DIR/checkpoint and the head in it. A book without one was tampered with: Create writes the first and nothing
// removes it.
func readNote(dir string, info BookInfo) ([]byte, ledger.Head, error) {
	text, err := os.ReadFile(filepath.Join(dir, checkpointName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ledger.Head{}, fmt.Errorf("checkpoint is missing: %w", ledger.ErrCorrupt)
	}
	if err != nil {
		return nil, ledger.Head{}, fmt.Errorf("read checkpoint: %w", err)
	}
	known, err := info.Verifiers()
	if err != nil {
		return nil, ledger.Head{}, err
	}
	h, err := proof.OpenCheckpoint(text, info.Origin, known)
	if err != nil {
		return nil, ledger.Head{}, fmt.Errorf("checkpoint: %w: %w", err, ledger.ErrCorrupt)
	}
	return text, h, nil
}

// readBeside does the same beside a writer, which may have let another key sign since book.json was read: that is read once more.
func readBeside(dir string, info *BookInfo) ([]byte, ledger.Head, error) {
	text, h, err := readNote(dir, *info)
	if !errors.Is(err, ledger.ErrCorrupt) {
		return text, h, err
	}
	again, failed := ReadBook(dir)
	if failed != nil || slices.Equal(again.PublicKeys, info.PublicKeys) {
		return text, h, err
	}
	*info = again
	return readNote(dir, again)
}

// open returns the head in a note that this book signed, or a log that it continues.
func (b BookInfo) open(msg []byte) (ledger.Head, error) {
	h, err := b.log().Open(msg)
	for _, o := range b.Restored {
		if h, earlier := o.Open(msg); earlier == nil {
			return h, nil
		}
	}
	return h, err
}

// reportKind begins the note of a report, where a checkpoint has the origin: neither passes for the other.
const reportKind = "aixin audit report v1"

// SignReport returns a signed note over what a report says of a book, with the key that signs its checkpoints. It wraps
// fs.ErrNotExist or fs.ErrPermission where whoever asks does not have that key, as with an auditor's copy.
func SignReport(dir string, lines []string) ([]byte, error) { return SignNote(dir, ReportText(lines)) }

// SignNote is SignReport for a text that says itself what it is: no checkpoint begins as it does.
func SignNote(dir, text string) ([]byte, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return nil, err
	}
	signer, public, err := readKey(dir, signingName)
	if err == nil && public != info.signing() {
		signer, public, err = readKey(dir, nextName) // whoever let it sign has not put it in its place yet
	}
	if err == nil && public != info.signing() {
		err = fmt.Errorf("signing key: %s names another one: %w", bookName, ledger.ErrCorrupt)
	}
	if err != nil {
		return nil, err
	}
	signers, err := withSecond(dir, signer)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signed, nil
}

// ReportText is what SignReport signs.
func ReportText(lines []string) string {
	return reportKind + "\n" + strings.Join(lines, "\n") + "\n"
}

// IsReport reports whether a note is one of a report.
func IsReport(msg []byte) bool { return strings.HasPrefix(string(msg), reportKind+"\n") }

// OpenReport returns the lines of a report that one of the keys signed, and each SM2 key beside them.
func OpenReport(msg []byte, known note.Verifiers) ([]string, error) {
	opened, err := note.Open(msg, known)
	if _, wrong := errors.AsType[*note.InvalidSignatureError](err); wrong {
		return nil, fmt.Errorf("report: %w: %w", proof.ErrAltered, err)
	}
	if err != nil {
		return nil, fmt.Errorf("report: %w: %w", proof.ErrUnsigned, err)
	}
	if err := proof.SignedToo(msg, known); err != nil {
		return nil, fmt.Errorf("report: %w: %w", proof.ErrUnsigned, err)
	}
	text, ok := strings.CutPrefix(opened.Text, reportKind+"\n")
	if !ok {
		return nil, fmt.Errorf("report: %w", proof.ErrUnsigned)
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n"), nil
}
