package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/audit"
)

// This file says what an audit was asked for. A report that leaves findings out, or that held the book against another list than the one
// that was meant, has to say so itself: it is signed, and goes on to people who did not run it.

// auditScope is what of a book was looked at, and with what from outside.
type auditScope struct {
	Only  []audit.Number `json:"only,omitempty"`  // the checks that were asked for, where it was not all
	Unit  ledger.UnitID  `json:"unit,omitempty"`  // whose findings stand here, with those of no unit alone
	Since ledger.Date    `json:"since,omitempty"` // from when on
	Lists []auditList    `json:"lists,omitempty"` // what came from outside
}

// auditList is a list from outside, or a folder of evidence: its hash is then that of the sorted hashes of its files, each with a line end.
type auditList struct {
	What   audit.Outside `json:"what"`
	Name   string        `json:"name"`
	Files  int           `json:"files,omitempty"` // of a folder
	SHA256 string        `json:"sha256"`
}

// scope says what was asked for, once the lists were read.
func (f auditFlags) scope(o *audit.Options) (auditScope, error) {
	s := auditScope{Unit: o.Unit, Since: o.Since}
	for _, c := range audit.Checks() { // in their order, whatever was asked for first
		if slices.Contains(o.Checks, c.Number) {
			s.Only = append(s.Only, c.Number)
		}
	}
	for _, l := range []struct {
		what audit.Outside
		path string
	}{{audit.Deaths, f.deaths}, {audit.Relatives, f.relatives}, {audit.Officials, f.officers}, {audit.Settlement, f.settlements}} {
		if l.path == "" {
			continue
		}
		file, err := evidenceOf(l.path)
		if err != nil {
			return s, err
		}
		s.Lists = append(s.Lists, auditList{What: l.what, Name: filepath.Base(l.path), SHA256: file.SHA256})
	}
	if f.evidence != "" {
		h := sha256.New()
		for _, sum := range slices.Sorted(maps.Keys(o.Evidence)) {
			if _, err := io.WriteString(h, sum+"\n"); err != nil {
				return s, fmt.Errorf("evidence: %w", err)
			}
		}
		s.Lists = append(s.Lists, auditList{audit.Evidence, filepath.Base(f.evidence), len(o.Evidence), hex.EncodeToString(h.Sum(nil))})
	}
	return s, nil
}

// scopeLines say it to people: nothing where everything was looked at and nothing came from outside.
func (a *app) scopeLines(s auditScope) (lines []string) {
	if len(s.Only) > 0 {
		numbers := make([]string, len(s.Only))
		for i, n := range s.Only {
			numbers[i] = string(n)
		}
		lines = append(lines, lipgloss.Wrap(a.say.T("cli.audit.only_checks", catalog.Data{"Checks": strings.Join(numbers, " ")}), screen, ""))
	}
	if s.Unit != "" {
		lines = append(lines, a.say.T("cli.audit.only_unit", catalog.Data{"Unit": string(s.Unit)}))
	}
	if s.Since != 0 {
		lines = append(lines, a.say.T("cli.audit.only_since", catalog.Data{"Since": s.Since.String()}))
	}
	for _, l := range s.Lists {
		data := catalog.Data{"What": catalog.Name(a.say, "audit_outside", l.What), "Name": l.Name}
		lines = append(lines, a.say.T("cli.audit.with", data), "    SHA-256 "+l.SHA256)
	}
	return lines
}
