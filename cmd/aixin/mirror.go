package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store"
)

func (a *app) mirrorCmd() *cobra.Command {
	return a.asks(a.command("mirror", "mirror URL DIR", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.mirror(cmd.Context(), args[0], args[1])
	}))
}

// mirrorRow is what copying did, as programs read it.
type mirrorRow struct {
	Origin     string       `json:"origin"`
	Directory  string       `json:"directory"`
	Before     ledger.Index `json:"before"` // entries that the copy had
	Size       ledger.Index `json:"size"`   // that it has now, all under the signed root
	Root       ledger.Hash  `json:"root"`
	PublicKeys []string     `json:"public_keys"`
	Begun      bool         `json:"begun"` // there was no copy before: compare the keys with those that the community made known
}

// mirror copies a book from the server that serves it.
func (a *app) mirror(ctx context.Context, url, dir string) error {
	a.opts.book = dir
	info, actor, pin, err := a.copier(ctx, url)
	if err != nil {
		return err
	}
	client, err := api.NewClient(url, api.ClientOptions{Number: string(actor), PIN: pin})
	if err != nil {
		return err
	}
	a.demo = info.Demo
	m, err := store.Mirror(ctx, dir, store.BookInfo(info), client, a.progress("copying"))
	if err != nil {
		return err
	}
	row := mirrorRow{info.Origin, dir, m.Before.Size, m.Head.Size, m.Head.Root, info.PublicKeys, m.Begun}
	return a.show(result{json: row, text: func() string { return a.mirrorText(row) }})
}

// copier returns what the book is, and who copies it: the auditor of every demo book where it is one and nobody else is named.
func (a *app) copier(ctx context.Context, url string) (info api.Book, actor ledger.StaffID, pin string, err error) {
	anybody, err := api.NewClient(url, api.ClientOptions{})
	if err != nil {
		return info, "", "", err
	}
	info, unreached := anybody.Book(ctx)
	if a.opts.actor == "" && info.Demo {
		a.complain("%s\n", a.say.T("cli.mirror.demo", catalog.Data{"Who": string(demoAuditor)}))
		return info, demoAuditor, person.DemoPIN, nil
	}
	if actor, pin, err = a.actor(ctx); err != nil {
		return info, "", "", err
	}
	if !actor.Valid() {
		return info, "", "", malformed("--as", "staff_number")
	}
	return info, actor, pin, unreached
}

// mirrorText says what the copy has now, and of a new one how to make sure whose it is.
func (a *app) mirrorText(row mirrorRow) string {
	data := catalog.Data{
		"Origin": row.Origin, "Directory": row.Directory, "New": int64(row.Size - row.Before), "Size": int64(row.Size), "Root": row.Root.String(),
	}
	said := []string{a.say.T("cli.mirror.done", data)}
	if row.Begun {
		said = append(append(said, a.say.T("cli.mirror.begun")), row.PublicKeys...)
	}
	return strings.Join(said, "\n") + "\n"
}
