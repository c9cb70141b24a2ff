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
	"strings"

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

// auditPageText is a report for a browser or a printer; it loads nothing. First all checks on a page, then what each found or lacked.
const auditPageText = `<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>
body{font-family:sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;break-after:avoid}
pre{white-space:pre-wrap;word-break:break-all;background:#f4f4f4;padding:.5rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.25rem .5rem;text-align:left;vertical-align:top}
tr{break-inside:avoid}.errors{font-weight:bold;background:#fde8e8}.not_checked{background:#fff4d6}
</style>
<h1>{{.Mark}} {{.Title}}</h1>
<p>{{.Head}}</p>
{{if .Scope}}<ul class="scope">{{range .Scope}}<li>{{.}}</li>{{end}}</ul>
{{end}}<pre>{{.Checkpoint}}</pre>
<table><thead><tr>{{range .Summary}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Checks}}<tr class="{{.Outcome}}"><td>{{if .More}}<a href="#{{.Number}}">{{.Number}}</a>{{else}}{{.Number}}{{end}}</td><td>{{.Says}}</td><td>{{.Line}}</td><td>{{.Law}}</td></tr>
{{end}}</tbody></table>
{{range .Checks}}{{if .Rows}}<h2 id="{{.Number}}">{{.Line}}</h2>
<p>{{.Says}} ({{.Law}})</p>
<p>{{.Do}}</p>
<table><thead><tr>{{range $.Columns}}<th>{{.}}</th>{{end}}</tr></thead>
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
		Number                   audit.Number
		Says, Line, Law, Outcome string
		Do                       string
		More                     bool // it has findings below
		Rows                     [][]string
	}
	var checks []check
	for _, c := range x.Checks {
		one := check{Number: c.Number, Says: c.Says, Line: a.checkLine(c), Law: c.Law, Outcome: c.Outcome, More: len(c.Findings) > 0}
		if c.Do != "" {
			one.Do = strings.TrimSpace(a.say.T("cli.audit.do", catalog.Data{"Do": c.Do}))
		}
		for _, f := range c.Findings {
			one.Rows = append(one.Rows, []string{
				catalog.Name(a.say, "audit_grade", f.Grade), f.On.String(), f.Subject, catalog.Found(a.say, f.Has), catalog.Found(a.say, f.Ought), indexList(f.Entries, audit.MaxRef),
			})
		}
		checks = append(checks, one)
	}
	return page.Execute(out, map[string]any{
		"Lang": a.say.Lang(), "Title": a.say.T("cli.audit.title", catalog.Data{"Origin": x.Origin}), "Mark": strings.TrimSpace(a.mark()), "Head": a.say.T("cli.audit.head", a.auditCounts(x.auditJSON)), "Checkpoint": x.Checkpoint, "Scope": a.scopeLines(x.auditScope),
		"Summary": a.table("check_number", "what", "state", "rule").head, "Checks": checks, "Columns": a.table("grade", "date", "concerned", "has", "ought", "entries").head,
	})
}
