package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"aixin/api/sheet"
	"aixin/ledger"
)

// evidenceOf reads a file for its hash and size, which is all that the book learns of it.
func evidenceOf(path string) (ledger.Evidence, error) {
	if path == "" {
		return ledger.Evidence{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return ledger.Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return ledger.Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	return ledger.Evidence{SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}, nil
}

// readCalendar reads the working days of a year that comes with the program, or a file.
func (a *app) readCalendar(arg string) (*ledger.SetCalendar, error) {
	if strings.Trim(arg, "0123456789") == "" {
		return sheet.ShippedCalendar(arg)
	}
	f, err := a.openFile(arg)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return sheet.ReadCalendar(f)
}
