package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"aixin/api/catalog"
	"aixin/api/notice"
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

// readSettlements reads shops, the first and the last day of a period, and points; nil where there is no list.
func readSettlements(path string) ([]audit.Settled, error) {
	if path == "" {
		return nil, nil
	}
	out := []audit.Settled{}
	err := rowsOf(path, func(cells []string) bool {
		if len(cells) < 4 {
			return false
		}
		from, err := ledger.ParseDate(cells[1])
		to, err2 := ledger.ParseDate(cells[2])
		points, err3 := ledger.ParsePoints(cells[3])
		s := audit.Settled{Shop: ledger.ShopID(cells[0]), From: from, To: to, Points: points}
		ok := errors.Join(err, err2, err3) == nil && s.Shop.Valid() && from <= to
		if ok {
			out = append(out, s)
		}
		return ok
	})
	return out, err
}

// maxText is how much of a file is searched for numbers of persons: what hung out is shorter.
const maxText = 4 << 20

// hashFolder hashes every file of a folder and of those below it; nil where there is none.
func hashFolder(dir string) (out map[string]audit.File, err error) {
	if dir == "" {
		return nil, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	out = map[string]audit.File{}
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := root.Open(path)
		if err != nil {
			return err
		}
		sum, file, err := hashFile(f, func() (string, error) { return readAgain(dir, path) })
		out[sum] = file
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return out, nil
}

// hashFile reads a file once: its hash, its size, and whether the number of a person stands in it. again reads it once more, if it is a
// text: most files of a folder are never compared, and may be more than fits into memory.
func hashFile(f io.Reader, again func() (string, error)) (string, audit.File, error) {
	h := sha256.New()
	var text bytes.Buffer
	n, err := io.CopyN(io.MultiWriter(h, &text), f, maxText)
	if err == nil {
		var more int64
		more, err = io.Copy(h, f)
		n += more
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	file := audit.File{Size: n, Personal: ledger.Personal(text.String())}
	if n < maxText && utf8.Valid(text.Bytes()) {
		file.Text = again
	}
	return hex.EncodeToString(h.Sum(nil)), file, err
}

// readAgain reads a file of the evidence, and nothing outside its folder.
func readAgain(dir, path string) (text string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("evidence: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	b, err := root.ReadFile(filepath.FromSlash(path))
	if err != nil {
		return "", fmt.Errorf("evidence: %w", err)
	}
	return string(b), nil
}

// drawer writes the notices of a book again, in every language that they may have been written in.
func drawer(demo bool) func(*audit.Drawn) ([]string, error) {
	return func(d *audit.Drawn) (texts []string, err error) {
		for _, lang := range []string{catalog.Chinese, catalog.English} {
			say, err := catalog.New(lang)
			if err != nil {
				return nil, err
			}
			mark := ""
			if demo {
				mark = say.T("cli.demo_mark") + "\n"
			}
			texts = append(texts, notice.Again(say, mark, d))
		}
		return texts, nil
	}
}
