package main

import (
	"context"
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
func readCalendar(arg string) (*ledger.SetCalendar, error) {
	if strings.Trim(arg, "0123456789") == "" {
		return sheet.ShippedCalendar(arg)
	}
	f, err := os.Open(arg)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return sheet.ReadCalendar(f)
}

// grantBases fills up the base points that are due, each once in its period however often it is run, and returns how many.
func (w *writer) grantBases(ctx context.Context) (n int, err error) {
	var due []ledger.Volunteer
	var on ledger.Date
	if err := w.view(ctx, func(v ledger.View) (err error) {
		on = v.On()
		due, err = v.DueBases()
		return err
	}); err != nil {
		return 0, err
	}
	for _, v := range due {
		key := ledger.Key(fmt.Sprintf("run/base/%s/%s", v.Volunteer, on))
		if _, err := w.do(ctx, ledger.Command{Key: key, Actor: w.actor, Do: &ledger.GrantBase{Volunteer: v.Volunteer}}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
