package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/registry"
)

// This file is the server's side of a command that somebody asks a server for: the same commands as beside a book, over the book that is
// served, with no file, terminal or environment of the server's own.

// host carries commands out over the book that it serves.
type host struct {
	dir    string
	book   *store.Ledger
	writes served
	people *registry.Registry
	clock  func() time.Time
	texts  *catalog.Catalog
	log    *slog.Logger

	writing chan struct{} // holds one: a command that changes the registry and the book, since numbers are given in between
	numbers *api.RequestNumbers

	folding chan struct{} // holds one: a past that the index does not keep is folded in memory
}

func newHost(dir string, book served, people *registry.Registry, clock func() time.Time, log *slog.Logger) (*host, error) {
	texts, err := catalog.Load()
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	return &host{
		dir: dir, book: book.Ledger, writes: book, people: people, clock: clock, texts: texts, log: log,
		writing: make(chan struct{}, 1), numbers: api.NewRequestNumbers(), folding: make(chan struct{}, 1),
	}, nil
}

// hosting is one command that a host carries out.
type hosting struct {
	*host
	command api.Command
	call    api.Call
	answer  api.CommandAnswer
	kept    *once // what whoever asks again under the same key is told; nil where the book keeps that, or each row
	idle    bool  // nothing was left to do
	folds   bool  // it has the one place of those who fold
}

// Run carries a command out, as api.Commands says.
func (h *host) Run(ctx context.Context, call api.Call) (api.CommandAnswer, error) {
	command, ok := api.FindCommand(call.Name)
	if !ok {
		return api.CommandAnswer{}, api.ErrNoPath
	}
	g := &hosting{host: h, command: command, call: call}
	if command.Changes() && !g.imports() { // an import takes its turn while it gives numbers
		release, err := g.turn(ctx)
		if err != nil {
			return api.CommandAnswer{}, err
		}
		defer release()
	}
	if command.Kept && !call.DryRun && call.Key != "" {
		return g.once(ctx)
	}
	return g.run(ctx)
}

// imports reports whether the command brings in a file.
func (g *hosting) imports() bool { return strings.HasPrefix(g.command.Name, "import ") }

// once carries out what the book does not keep under its key: once for each key. A list that is brought in and a run are carried out again:
// each row of a list says itself whether it came in now or before, and a run does what has become due since.
func (g *hosting) once(ctx context.Context) (api.CommandAnswer, error) {
	o := newOnce(g.call)
	told, done, err := o.before(ctx, g.people, g.call.Actor, g.texts.In(g.call.Lang))
	if err != nil || done && !o.afresh() {
		return told, err
	}
	if !o.afresh() {
		g.kept = o
	}
	answer, err := g.run(ctx)
	if err != nil && (done || o.afresh() && answer.Found()) {
		return answer, err
	}
	answer.Again = done && (g.imports() || !o.afresh() || g.idle)
	return answer, errors.Join(err, o.after(ctx, g.people, err))
}

// run carries the command of the call out.
func (g *hosting) run(ctx context.Context) (api.CommandAnswer, error) {
	var out, said bytes.Buffer
	inner := &app{
		in: strings.NewReader(""), out: &out, err: &said, env: g.env, clock: g.clock, say: g.texts.In(g.call.Lang), hosted: g, demo: g.book.Book().Demo,
	}
	err := inner.execute(ctx, g.line())
	g.answer.Text += out.String()
	g.answer.Said = said.String()
	if err != nil {
		err = inner.tell(err)
	}
	return g.answer, err
}

// line is the command line of the call. What stands behind the dashes is no flag, whatever it looks like.
func (g *hosting) line() []string {
	line := strings.Fields(g.call.Name)
	for _, flag := range slices.Sorted(maps.Keys(g.call.Flags)) {
		line = append(line, "--"+flag+"="+g.call.Flags[flag])
	}
	if g.command.Keyed {
		line = append(line, "--key="+string(g.call.Key))
	}
	if g.call.DryRun {
		line = append(line, "--dry-run")
	}
	if g.call.At.On != 0 {
		line = append(line, "--as-of="+g.call.At.On.String())
	}
	if g.call.At.Size != 0 {
		line = append(line, "--known-at="+strconv.FormatInt(int64(g.call.At.Size-1), 10))
	}
	return append(append(line, "--"), g.call.Args...)
}

// env is what the command finds in its environment: who asks and how, and nothing of the server's.
func (g *hosting) env(name string) string {
	switch name {
	case "AIXIN_BOOK":
		return g.dir
	case "AIXIN_ACTOR":
		return string(g.call.Actor)
	case "AIXIN_LANG":
		return g.call.Lang
	case "AIXIN_FORMAT":
		if g.call.Form == api.FormTable {
			return "csv"
		}
		return string(g.call.Form)
	case "AIXIN_CARD_PIN":
		return g.call.PIN
	}
	return ""
}

// read lets f find something out in the book that is served, as it stands or stood. Names are not shown: who looks is not logged here.
func (g *hosting) read(ctx context.Context, a *app, f func(context.Context, *reader) (result, error)) error {
	r, err := g.readIndex(ctx, a, f)
	if errors.Is(err, store.ErrNotIndexed) {
		r, err = g.readJournal(ctx, a, f)
	}
	if r.json != nil {
		err = errors.Join(a.show(r), err)
	}
	return err
}

func (g *hosting) readIndex(ctx context.Context, a *app, f func(context.Context, *reader) (result, error)) (result, error) {
	view, done, err := g.book.View(ctx, a.moment())
	if err != nil {
		return result{}, err
	}
	defer done()
	return g.readView(ctx, a, view, f)
}

// readJournal folds the journal in memory, one request at a time.
func (g *hosting) readJournal(ctx context.Context, a *app, f func(context.Context, *reader) (result, error)) (result, error) {
	release, err := g.fold(ctx)
	if err != nil {
		return result{}, err
	}
	defer release()
	view, err := store.Fold(ctx, g.dir, a.moment(), store.FoldOptions{Clock: g.clock})
	if err != nil {
		return result{}, err
	}
	return g.readView(ctx, a, view, f)
}

// turn waits until no other command changes the registry. A command beside a book has it to itself.
func (g *hosting) turn(ctx context.Context) (release func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	select {
	case g.writing <- struct{}{}:
		return func() { <-g.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fold waits until nobody else folds a journal in the memory of the server. A command that folds twice waits once, and one's own never.
func (g *hosting) fold(ctx context.Context) (release func(), err error) {
	if g == nil || g.folds {
		return func() {}, nil
	}
	select {
	case g.folding <- struct{}{}:
		g.folds = true
		return func() { g.folds = false; <-g.folding }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (g *hosting) readView(ctx context.Context, a *app, v ledger.View, f func(context.Context, *reader) (result, error)) (result, error) {
	if err := a.reached(v); err != nil {
		return result{}, err
	}
	return (&reader{app: a, view: v, info: g.book.Book()}).draw(ctx, f)
}

// write lets f write into the book that is served. Who asks has signed in.
func (g *hosting) write(ctx context.Context, a *app, f func(context.Context, *writer) error) error {
	return f(ctx, &writer{app: a, book: g.writes, ledger: g.book, people: g.people, actor: g.call.Actor})
}

// take keeps what a command shows, in the form that was asked for.
func (g *hosting) take(a *app, r result) error {
	if receipt, ok := r.json.(api.Receipt); ok {
		g.answer.Receipt = &receipt
	}
	g.answer.After, g.answer.Before, g.idle = r.after, r.before, r.idle
	if err := g.form(a, r); err != nil || g.kept == nil {
		return err
	}
	return g.kept.take(a, r)
}

// form writes what a command shows into the answer.
func (g *hosting) form(a *app, r result) error {
	into := &g.answer
	switch g.call.Form {
	case api.FormTable:
		into.Table = wireTable(r.asTable())
		return nil
	case api.FormJSON:
		into.Result = r.json
		return nil
	case api.FormLines:
		if into.Result = r.lines; r.lines == nil {
			into.Result = r.json
		}
		return nil
	case api.FormText, api.FormHTML:
	}
	var b strings.Builder
	err := a.render(&b, r)
	into.Text += b.String()
	return err
}

// open opens a file that was sent along under that name.
func (g *hosting) open(name string) (io.ReadCloser, error) {
	text, ok := g.call.Files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

// keep takes a file that the command writes, for whoever asked.
func (g *hosting) keep(name string, content []byte) {
	if g.answer.Files == nil {
		g.answer.Files = map[string][]byte{}
	}
	g.answer.Files[name] = content
}

// tell makes of an error one that is told over HTTP.
func (a *app) tell(err error) error {
	err = told(err)
	if again, ok := errors.AsType[*refusedBefore](err); ok {
		return again.no
	}
	if !as[*usageError](err) && api.Tells(err) {
		return err
	}
	how, ok := map[exitCode]api.Ended{
		exitDifferences: api.EndedDifferences, exitMalformed: api.EndedUsage, exitRefused: api.EndedRefused, exitNotFound: api.EndedMissing,
		exitLater: api.EndedLater,
	}[exitOf(err)]
	if !ok {
		return err
	}
	said, hint := a.explain(err)
	return &api.CommandError{Ended: how, Said: said, Hint: hint}
}

// wireTable writes a table for whoever asked.
func wireTable(t *table) *api.CommandTable {
	wire := &api.CommandTable{Head: append([]string{}, t.head...), Rows: [][]api.CommandCell{}}
	for _, row := range t.rows {
		cells := make([]api.CommandCell, len(row))
		for i, c := range row {
			cells[i] = wireCell(c)
		}
		wire.Rows = append(wire.Rows, cells)
	}
	return wire
}

func wireCell(c any) (out api.CommandCell) {
	if sum, ok := c.(sheet.Sum); ok {
		out.Sum, out.By, c = true, sum.By, sum.Value
	}
	if computed, ok := c.(sheet.Formula); ok {
		out.Formula, c = computed.Text, computed.Value
	}
	switch v := c.(type) {
	case sheet.Points:
		out.Kind, out.Count = api.CellPoints, ledger.Amount(v)
		return out
	case string:
		out.Kind, out.Text = api.CellText, v
		return out
	}
	text := fmt.Sprint(c)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		out.Kind, out.Count = api.CellCount, ledger.Amount(n)
		return out
	}
	out.Kind, out.Text = api.CellText, text
	return out
}

// overRow matches formulas that add up cells of their row and the one above.
var overRow = regexp.MustCompile(`^(?:SUM|MAX|[A-Z]{1,2}\{row\}|\{above:[A-Z]{1,2}\}|[(),0-])+$`)

// tableOf reads a table that wireTable wrote.
func tableOf(wire *api.CommandTable) *table {
	t := &table{head: wire.Head}
	for _, row := range wire.Rows {
		cells := make([]any, len(row))
		for i, c := range row {
			var cell any = c.Text
			switch c.Kind {
			case api.CellPoints:
				cell = sheet.Points(c.Count)
			case api.CellCount:
				cell = int64(c.Count)
			case api.CellText:
			}
			if c.Sum {
				cell = sheet.Sum{Value: cell, By: c.By}
			}
			if overRow.MatchString(c.Formula) { // a workbook runs nothing else that a server sends
				cell = sheet.Formula{Value: cell, Text: c.Formula}
			}
			cells[i] = cell
		}
		t.rows = append(t.rows, cells)
	}
	return t
}
