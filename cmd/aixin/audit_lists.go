package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// This file reads what an auditor brings: lists that carry numbers of the book and no names, one a row, and a folder of files.

// maxList bounds a list: a county has fewer people.
const maxList = 64 << 20

// rowsOf reads a list with commas. A first row without a number is its heading.
func rowsOf(path string, row func(cells []string) (ok bool)) error {
	stat, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	if stat.Size() > maxList {
		return &usageError{id: "list_large"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return &usageError{id: "list_row", data: map[string]any{"File": path, "Row": 0}, err: err}
	}
	for i, cells := range rows {
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		if !row(cells) && (i > 0 || strings.ContainsAny(cells[0], "0123456789")) {
			return &usageError{id: "list_row", data: map[string]any{"File": path, "Row": i + 1}}
		}
	}
	return nil
}

// readDeaths reads volunteer numbers and days; nil where there is no list.
func readDeaths(path string) (map[ledger.VolunteerID]ledger.Date, error) {
	if path == "" {
		return nil, nil
	}
	out := map[ledger.VolunteerID]ledger.Date{}
	err := rowsOf(path, func(cells []string) bool {
		id := ledger.VolunteerID(cells[0])
		if len(cells) < 2 || !id.Valid() {
			return false
		}
		on, err := ledger.ParseDate(cells[1])
		out[id] = on
		return err == nil
	})
	return out, err
}

// readRelatives reads pairs of numbers; nil where there is no list.
func readRelatives(path string) ([][2]string, error) {
	if path == "" {
		return nil, nil
	}
	out := [][2]string{}
	err := rowsOf(path, func(cells []string) bool {
		for _, c := range cells[:min(2, len(cells))] {
			if !ledger.VolunteerID(c).Valid() && !ledger.StaffID(c).Valid() {
				return false
			}
		}
		if len(cells) < 2 {
			return false
		}
		out = append(out, [2]string{cells[0], cells[1]})
		return true
	})
	return out, err
}

// readOfficials reads staff numbers; nil where there is no list.
func readOfficials(path string) ([]ledger.StaffID, error) {
	if path == "" {
		return nil, nil
	}
	out := []ledger.StaffID{}
	err := rowsOf(path, func(cells []string) bool {
		id := ledger.StaffID(cells[0])
		out = append(out, id)
		return id.Valid()
	})
	return out, err
}

// maxText is up to which size a file is searched for numbers of persons; a longer one is a picture or a film.
const maxText = 4 << 20

// hashFolder hashes every file of a folder and of those below it; nil where there is none.
func hashFolder(dir string) (map[string]audit.File, error) {
	if dir == "" {
		return nil, nil
	}
	out := map[string]audit.File{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		x, err := evidenceOf(path)
		if err != nil {
			return err
		}
		file := audit.File{Size: x.Size}
		if x.Size == 0 { // which nothing refers to
			return nil
		}
		if x.Size <= maxText {
			text, err := os.ReadFile(path)
			if err != nil {
				return fmt.Errorf("evidence: %w", err)
			}
			sum := sha256.Sum256(text)
			if hex.EncodeToString(sum[:]) != x.SHA256 {
				return fmt.Errorf("evidence: %s: %w", path, errors.New("it changes while it is read"))
			}
			file.Personal = ledger.Personal(string(text))
		}
		out[x.SHA256] = file
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return out, nil
}
