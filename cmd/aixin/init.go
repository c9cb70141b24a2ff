package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/registry"
)

// firstAdmin is the staff number with which every book begins.
const firstAdmin ledger.StaffID = "U000001"

// initFlags say what book is made.
type initFlags struct {
	demo   bool
	today  ledger.Date
	rules  string
	name   string
	origin string
	zone   string
}

// newBook is what init made, as programs read it.
type newBook struct {
	Book  string         `json:"book"`
	Demo  bool           `json:"demo"`
	Staff ledger.StaffID `json:"staff"`
	PIN   string         `json:"pin"` // shown once
	Rule  string         `json:"rule,omitempty"`
	Next  ledger.Index   `json:"entries"`
	Cards []demoCard     `json:"cards,omitempty"` // of a demo: who shows what
}

// demoCard is a volunteer of the demo who is there to show something.
type demoCard struct {
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Part      string             `json:"shows"`
}

func (a *app) initCmd() *cobra.Command {
	var f initFlags
	cmd := a.command("init", "init [--rules NAME|FILE] [--demo [--today DATE]]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if f.today != 0 && !f.demo {
			return &usageError{id: "today_without_demo"}
		}
		made, err := a.create(cmd.Context(), f)
		if err != nil {
			return err
		}
		return a.show(result{json: made, table: a.newBookTable(made), text: func() string { return a.newBookText(made) }})
	})
	fs := cmd.Flags()
	fs.BoolVar(&f.demo, "demo", false, a.say.T("cli.flag.demo"))
	fs.Var(newValue(&f.today, parseDate, "DATE"), "today", a.say.T("cli.flag.today"))
	fs.StringVar(&f.rules, "rules", "", a.say.T("cli.flag.rules"))
	fs.StringVar(&f.name, "name", "", a.say.T("cli.flag.admin_name"))
	fs.StringVar(&f.origin, "origin", "", a.say.T("cli.flag.origin"))
	fs.StringVar(&f.zone, "zone", "Asia/Shanghai", a.say.T("cli.flag.zone"))
	return cmd
}

// create makes a book, with a demo in it or empty.
func (a *app) create(ctx context.Context, f initFlags) (made newBook, err error) {
	var rule *ledger.Rule
	if f.rules != "" {
		r, err := a.readRule(f.rules)
		if err != nil {
			return newBook{}, err
		}
		rule = &r
	}
	if _, err := time.LoadLocation(f.zone); err != nil || f.zone == "" {
		return newBook{}, malformed("--zone", "zone")
	}
	if f.origin != "" && !ledger.ValidOrigin(f.origin) {
		return newBook{}, malformed("--origin", "origin")
	}
	err = a.aside(ctx, func(work string) (err error) {
		if f.demo {
			made, err = a.simulate(ctx, work, f)
		} else {
			made, err = a.begin(ctx, work, f, rule)
		}
		return err
	})
	if err != nil {
		return newBook{}, err
	}
	made.Book = a.opts.book
	return made, nil
}

// aside has a book made beside its place and moves it there when it is whole, so that who interrupts that leaves no half a book.
func (a *app) aside(ctx context.Context, make func(work string) error) (err error) {
	if err := vacant(a.opts.book); err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(a.opts.book))
	if err := os.MkdirAll(parent, 0o755); err != nil { //nolint:gosec // the folder that holds the book; the book itself is 0700
		return fmt.Errorf("create book: %w", err)
	}
	work, err := os.MkdirTemp(parent, ".aixin-init-")
	if err != nil {
		return fmt.Errorf("create book: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	switch err := make(work); {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errUnmade, ctx.Err()) // whatever it did not know of is thrown away
	case err != nil:
		return err
	}
	if err := os.Rename(work, a.opts.book); err != nil {
		return fmt.Errorf("create book: %w", err)
	}
	return nil
}

// errUnmade says that a book was not made, and that nothing is left of the attempt.
var errUnmade = errors.New("nothing was kept")

// vacant refuses a place where there is something.
func vacant(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("create book: %w", err)
	case len(list) > 0:
		return fmt.Errorf("%s: %w", dir, store.ErrExists)
	}
	return nil
}

// begin makes an empty book: entry 0, the first admin, and the rule.
func (a *app) begin(ctx context.Context, dir string, f initFlags, rule *ledger.Rule) (made newBook, err error) {
	w, err := a.found(ctx, dir, f, a.clock)
	if err != nil {
		return newBook{}, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	name := f.name
	if name == "" {
		name = catalog.Name(a.say, "role", ledger.Admin)
	}
	if err := w.people.Put(ctx, person.Person{ID: string(firstAdmin), Name: name}); err != nil {
		return newBook{}, err
	}
	pin, err := w.pin(ctx, string(firstAdmin))
	if err != nil {
		return newBook{}, err
	}
	w.actor = firstAdmin
	if err := w.must(ctx, "init/admin", &ledger.Appoint{Staff: firstAdmin, Roles: []ledger.Role{ledger.Admin}}); err != nil {
		return newBook{}, err
	}
	made = newBook{Staff: firstAdmin, PIN: pin}
	if rule != nil {
		if err := w.must(ctx, "init/rule", &ledger.SetRule{Rule: *rule}); err != nil {
			return newBook{}, err
		}
		made.Rule = rule.Name()
	}
	made.Next = w.ledger.Head().Size
	return made, nil
}

// found creates the directory and posts entry 0.
func (a *app) found(ctx context.Context, dir string, f initFlags, clock func() time.Time) (*writer, error) {
	origin := f.origin
	if origin == "" {
		origin = "aixin.local/book-" + string(newKey()[len("cli/"):][:8])
	}
	if err := store.Create(ctx, dir, store.CreateOptions{Origin: origin, Zone: f.zone, Demo: f.demo, Clock: clock}); err != nil {
		return nil, err
	}
	if err := registry.Create(dir, keysDir(dir)); err != nil {
		return nil, err
	}
	inner := *a
	inner.opts.book, inner.clock = dir, clock
	w, err := inner.open(ctx)
	if err != nil {
		return nil, err
	}
	open := &ledger.OpenBook{Format: ledger.FormatVersion, Origin: origin, Zone: f.zone, Demo: f.demo}
	if _, err := w.ledger.Submit(ctx, ledger.Command{Key: "init/book", Do: open}); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// must carries out a command that nothing can speak against.
func (w *writer) must(ctx context.Context, key ledger.Key, do ledger.Action) error {
	_, err := w.ledger.Submit(ctx, ledger.Command{Key: key, Actor: w.actor, Do: do})
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func (a *app) newBookTable(b newBook) *table {
	t := a.table("book", "staff", "pin", "rule")
	t.add(b.Book, string(b.Staff), b.PIN, b.Rule)
	return t
}

func (a *app) newBookText(b newBook) string {
	text := a.say.T("cli.init.made", catalog.Data{"Book": b.Book, "Entries": int64(b.Next)}) + "\n"
	if b.Demo {
		for _, c := range b.Cards {
			text += "  " + string(c.Volunteer) + "  " + a.say.T("cli.demo_part."+c.Part) + "\n"
		}
		return text + a.say.T("cli.init.demo", catalog.Data{"PIN": b.PIN, "Book": b.Book}) + "\n"
	}
	text += a.say.T("cli.init.admin", catalog.Data{"Staff": string(b.Staff), "PIN": b.PIN}) + "\n"
	if b.Rule != "" {
		text += a.say.T("cli.init.rule", catalog.Data{"Rule": b.Rule}) + "\n"
	}
	return text + a.say.T("cli.init.next", catalog.Data{"Book": b.Book}) + "\n"
}
