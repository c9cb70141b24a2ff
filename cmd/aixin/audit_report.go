package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/proof"
	"aixin/store"
)

// This file writes an audit down: what was found as JSON and HTML, with the checkpoint that it speaks of, and a note with the hashes
// of both. The note is signed where whoever runs it has the key of the book.

// The files of an audit report.
const (
	auditJSONName = "audit.json"
	auditHTMLName = "audit.html"
	auditNoteName = "audit.note"
)

// reported is a report and the head that it speaks of.
type reported struct {
	Origin     string `json:"origin"`
	Checkpoint string `json:"checkpoint"` // the signed note of the head
	auditJSON
}

// signedHead is the newest checkpoint of the book, up to which a report goes.
func (a *app) signedHead(info store.BookInfo) (text []byte, head ledger.Head, err error) {
	if text, err = readCheckpoint(a.opts.book); err != nil {
		return nil, head, err
	}
	keys, err := info.Verifiers()
	if err != nil {
		return nil, head, err
	}
	head, err = proof.OpenCheckpoint(text, info.Origin, keys)
	return text, head, err
}

// under yields the entries up to a head, and an error at the end where they do not hash to it.
func under(head ledger.Head, entries iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		var tree ledger.Frontier
		var line []byte
		for e, err := range entries {
			if err == nil && e.Index >= head.Size {
				break
			}
			if !yield(e, err) || err != nil {
				return
			}
			line = e.AppendLine(line[:0])
			tree.Append(ledger.LeafHash(line))
		}
		if tree.Size() != head.Size || tree.Root() != head.Root {
			yield(ledger.Entry{}, &ledger.CorruptError{Index: min(tree.Size(), head.Size), Err: errors.New("the journal is not the one that the checkpoint signs")})
		}
	}
}

// writeAuditReport writes the files of a report and returns whether they are signed.
func (a *app) writeAuditReport(dir string, info store.BookInfo, checkpoint []byte, head ledger.Head, found auditJSON) (signed bool, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("audit report: %w", err)
	}
	whole := reported{info.Origin, string(checkpoint), found}
	var program, people bytes.Buffer
	if err := writeJSON(&program, whole); err != nil {
		return false, err
	}
	if err := a.auditPage(&people, whole); err != nil {
		return false, err
	}
	lines := []string{
		info.Origin, strconv.FormatInt(int64(head.Size), 10), head.Root.String(),
		auditJSONName + " " + hashText(program.Bytes()), auditHTMLName + " " + hashText(people.Bytes()),
	}
	note, err := store.SignReport(a.opts.book, lines)
	if signed = err == nil; !signed {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return false, err
		}
		note = []byte(store.ReportText(lines))
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{{auditJSONName, program.Bytes()}, {auditHTMLName, people.Bytes()}, {auditNoteName, note}} {
		if err := writeWhole(filepath.Join(dir, f.name), f.content); err != nil {
			return false, err
		}
	}
	return signed, nil
}

func hashText(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// auditPageText is a report for a browser or a printer; it loads nothing.
const auditPageText = `<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<p>{{.Head}}</p>
<pre>{{.Checkpoint}}</pre>
{{range .Checks}}<h2>{{.Line}}</h2>
<p>{{.Law}}</p>
{{if .Rows}}<table border="1" cellspacing="0" cellpadding="4"><thead><tr>{{range $.Columns}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}{{end}}</html>
`

// auditPage writes a report for people, with every finding.
func (a *app) auditPage(out *bytes.Buffer, x reported) error {
	page, err := template.New("audit").Parse(auditPageText)
	if err != nil {
		return fmt.Errorf("audit report: %w", err)
	}
	type check struct {
		Line, Law string
		Rows      [][]string
	}
	data := catalog.Data{"Entries": int64(x.Entries), "On": x.On.String(), "Errors": x.Errors, "Notes": x.Notes}
	var checks []check
	for _, c := range x.Checks {
		one := check{Line: a.say.T("cli.audit.says", catalog.Data{"Outcome": a.checkLine(c), "Says": c.Says}), Law: c.Law}
		for _, f := range c.Findings {
			one.Rows = append(one.Rows, []string{
				catalog.Name(a.say, "audit_grade", f.Grade), f.On.String(), f.Subject, f.Has, f.Ought, indexList(f.Entries, audit.MaxRef),
			})
		}
		checks = append(checks, one)
	}
	return page.Execute(out, map[string]any{
		"Lang": a.say.Lang(), "Title": a.say.T("cli.short.audit"), "Head": a.say.T("cli.audit.head", data), "Checkpoint": x.Checkpoint,
		"Checks": checks, "Columns": a.table("grade", "date", "concerned", "has", "ought", "entries").head,
	})
}
