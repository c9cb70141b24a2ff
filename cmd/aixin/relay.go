package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/ledger"
)

// This file is the asker's side of a command whose book is at a server.

// reach says how a command comes to its book where --book is an address.
type reach string

// The ways to the book.
const (
	reachTyped   reach = "typed"     // by a client that speaks of what the command is about
	reachRelayed reach = "relayed"   // the server carries the command out
	reachNone    reach = "none"      // it needs no book
	reachFiles   reach = "book_url"  // it works on the files of the book, where they are
	reachMirror  reach = "by_mirror" // it reads the whole journal: a mirror of it is made first
)

// reachOf says how a command comes to a book at a server.
func reachOf(cmd *cobra.Command) reach {
	name := nameOf(cmd)
	if _, typed := cmd.Annotations[servedToo]; typed {
		return reachTyped
	}
	if _, ok := api.FindCommand(name); ok {
		return reachRelayed
	}
	switch name {
	case "check", "completion bash", "completion fish", "completion powershell", "completion zsh", "config", "help", "version", "witness new",
		"witness sign", "diff", "mirror", "rule shipped", "rule check", "calendar shipped":
		return reachNone
	case "audit", "verify", "prove", "export journal", "export beancount", "export csv", "report year-pack", "reconcile":
		return reachMirror
	}
	return reachFiles
}

// nameOf is the name of a command below the program.
func nameOf(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// relays makes of every command that a server carries out one that asks the server where its book is there.
func (a *app) relays(cmd *cobra.Command) {
	all := map[string]api.Command{}
	for _, c := range api.AllCommands() {
		all[c.Name] = c
	}
	a.relaysOf(cmd, all)
}

func (a *app) relaysOf(cmd *cobra.Command, all map[string]api.Command) {
	for _, below := range cmd.Commands() {
		a.relaysOf(below, all)
	}
	command, ok := all[nameOf(cmd)]
	if !ok {
		hidesAs(cmd)
		return
	}
	if cmd.Flags().Lookup("as") == nil && a.hosted == nil {
		a.asks(cmd)
	}
	here := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if a.atServer() {
			return a.relay(cmd, command, args)
		}
		if command.Kept && a.opts.key != "" && !a.opts.dryRun && a.hosted == nil {
			call, err := a.callOf(cmd, command, args)
			if err != nil {
				return err
			}
			a.once = newOnce(call)
		}
		return here(cmd, args)
	}
}

// hidesAs lets a command that wants a mirror say so also to whoever names themself, as every command at a server wants it.
func hidesAs(cmd *cobra.Command) {
	if fs := cmd.Flags(); reachOf(cmd) == reachMirror && fs.Lookup("as") == nil {
		fs.String("as", "", "")
		fs.Lookup("as").Hidden = true
	}
}

// relay asks the server for a command and shows what it answers as the command would.
func (a *app) relay(cmd *cobra.Command, command api.Command, args []string) error {
	if key := a.opts.key; key != "" && !ledger.Key(key).Valid() {
		return malformed("--key", "key")
	}
	if strings.HasPrefix(command.Name, "import ") && a.form() == api.FormTable {
		a.opts.format = "text" // the file of -o is the list itself, with what became of each row
	}
	call, err := a.callOf(cmd, command, args)
	if err != nil {
		return err
	}
	client, err := a.signedIn(cmd.Context())
	if err != nil {
		return err
	}
	defer a.hangUp(cmd.Context(), client)
	drawn := command.Name == "card sheet" // its cards cannot be had again
	if drawn {
		if err := a.reserve(); err != nil {
			return err
		}
	}
	answer, err := client.Run(cmd.Context(), call)
	if drawn && !answer.Found() {
		err = errors.Join(err, a.unreserve())
	}
	if answer.Said != "" {
		a.complain("%s", answer.Said)
	}
	if answer.Again && command.Kept && !strings.HasPrefix(command.Name, "import ") {
		a.sayAgain(call)
	}
	return errors.Join(a.showAnswer(call, args, answer, err), again(answer, err))
}

// again says of a refusal that stands under the same key that it was given before.
func again(answer api.CommandAnswer, err error) error {
	no, ok := errors.AsType[*ledger.Rejection](err)
	if ok && answer.Receipt != nil && answer.Receipt.Replayed && answer.Receipt.Index != nil {
		return &refusedBefore{*answer.Receipt.Index, no}
	}
	return err
}

// callOf is the call of a command, with the files that its arguments name.
func (a *app) callOf(cmd *cobra.Command, command api.Command, args []string) (api.Call, error) {
	call := api.Call{Name: command.Name, Args: args, Flags: map[string]string{}, Form: a.form(), Lang: a.opts.lang, DryRun: a.opts.dryRun, PIN: a.env("AIXIN_CARD_PIN")}
	if command.Changes() {
		if call.Key = ledger.Key(a.opts.key); call.Key == "" {
			call.Key = newKey()
		}
	}
	if command.Reads {
		call.At = a.moment()
	}
	var failed error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, flag := range command.Flags {
			if f.Name == flag {
				call.Flags[flag] = textOf(f)
			}
		}
	})
	if command.Files {
		call.Files, failed = filesOf(append([]string{call.Flags["mapping"]}, args...))
	}
	return call, failed
}

// textOf is a flag as it was given; of a list, its words with commas between.
func textOf(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ",")
	}
	return f.Value.String()
}

// filesOf reads the files that arguments name. What is no file may be a name, which the command knows.
func filesOf(names []string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "" || err != nil || !info.Mode().IsRegular() {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read file: %w", err)
		}
		files[name] = text
	}
	return files, nil
}

// form is the form of an answer that the format asks for.
func (a *app) form() api.Form {
	switch a.opts.format {
	case "csv", "tsv", "xlsx":
		return api.FormTable
	}
	return api.Form(a.opts.format)
}

// showAnswer shows what the server found. As text, a refusal is said on standard error alone.
func (a *app) showAnswer(call api.Call, args []string, answer api.CommandAnswer, err error) error {
	if err := a.keepFiles(call, args, answer.Files); err != nil {
		return err
	}
	if err != nil && answer.Receipt != nil {
		return a.printReceipt(*answer.Receipt, err)
	}
	r := result{json: answer.Result, text: func() string { return answer.Text }}
	switch {
	case answer.Table != nil:
		r.table = tableOf(answer.Table)
	case answer.Text != "":
		r.html = func(w io.Writer) error { _, err := io.WriteString(w, answer.Text); return err }
	case answer.Result != nil:
		r.lines = listOf(answer.Result)
	default:
		if command, _ := api.FindCommand(call.Name); isUnknown(err) && command.Keyed { // the others take no --key
			a.complain("key: %s\n", call.Key)
		}
		return nil
	}
	if len(answer.Files) > 0 {
		a.opts.output = "" // it names the file
	}
	return a.show(r)
}

// listOf takes a list apart, so that each element stands on a line of its own.
func listOf(text any) any {
	raw, ok := text.(json.RawMessage)
	var list []json.RawMessage
	if !ok || json.Unmarshal(raw, &list) != nil {
		return text
	}
	return list
}

// keepFiles writes the files of an answer where the command would have: beside what it was called with, or where a flag says. A server
// names no other place.
func (a *app) keepFiles(call api.Call, args []string, files map[string][]byte) error {
	for name, content := range files {
		to := ""
		switch {
		case name != "" && (name == call.Flags["picture"] || name == call.Flags["text"]): // a flag that was not given asks for nothing
			to = name
		case a.opts.output != "":
			to = a.opts.output
		case name != "" && len(args) > 0 && filepath.Dir(name) == filepath.Dir(args[0]) && filepath.Base(name) != filepath.Base(args[0]):
			to = name
		default:
			return fmt.Errorf("%w: a file that nobody asked for", api.ErrNoServer)
		}
		if err := writeWhole(to, content); err != nil {
			return err
		}
	}
	return nil
}

// signedIn signs whoever asks in: a member of the staff, or a system by its key.
func (a *app) signedIn(ctx context.Context) (*api.Client, error) {
	if a.env("AIXIN_SYSTEM_KEY") != "" && a.opts.actor == "" {
		return a.dial(ctx, "", "")
	}
	actor, pin, err := a.actor(ctx)
	if err != nil {
		return nil, err
	}
	return a.dial(ctx, actor, pin)
}
