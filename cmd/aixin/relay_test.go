package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/api/catalog"
)

// commandsOf lists every command that does something, by its name.
func commandsOf(t *testing.T) map[string]*cobra.Command {
	t.Helper()
	a := newApp(time.Now)
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	a.say = say
	all := map[string]*cobra.Command{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if !cmd.HasSubCommands() || cmd.HasLocalFlags() && cmd.HasParent() { // a parent of others may do something itself
			all[nameOf(cmd)] = cmd
		}
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(a.root())
	return all
}

// Every command works at a server, or says why it does not: these are the few that need the files of the book, or its whole journal.
func TestReach(t *testing.T) {
	t.Parallel()
	needs := map[string]reach{
		"init": reachFiles, "serve": reachFiles, "backup": reachFiles, "restore": reachFiles, "rebuild": reachFiles, "doctor": reachFiles,
		"signer new": reachFiles, "signer sm2": reachFiles, // the key lies where the book does
		"identify": reachFiles, "export names": reachFiles, // names leave the place where they are kept in one file: there alone

		"verify": reachMirror, "audit": reachMirror, "prove": reachMirror, "reconcile": reachMirror, "report year-pack": reachMirror,
		"export journal": reachMirror, "export beancount": reachMirror, "export csv": reachMirror,
	}
	all := commandsOf(t)
	for name, cmd := range all {
		got := reachOf(cmd)
		if want, needy := needs[name]; needy != (got == reachFiles || got == reachMirror) || (needy && got != want) {
			t.Errorf("%s: got %s, want %q", name, got, want)
		}
	}
	for name := range needs {
		if all[name] == nil {
			t.Errorf("%s is no command", name)
		}
	}
}

// The table of what a server carries out has the commands and flags that there are, and no others.
func TestCommandTable(t *testing.T) {
	t.Parallel()
	all := commandsOf(t)
	own := []string{"as", "clock-ok", "dry-run", "key", "as-of", "known-at", "help"}
	for _, c := range api.AllCommands() {
		cmd := all[c.Name]
		if cmd == nil {
			t.Errorf("%s is no command", c.Name)
			continue
		}
		var flags []string
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(own, f.Name) || slices.Contains(c.Flags, f.Name) {
				flags = append(flags, f.Name)
			}
		})
		slices.Sort(flags)
		want := slices.Sorted(slices.Values(c.Flags))
		if !slices.Equal(flags, want) {
			t.Errorf("%s: got flags %v, the table has %v", c.Name, flags, want)
		}
		least, most := 0, 0
		for _, a := range c.Args {
			if most++; a.Many {
				most = 100
			}
			if !a.Optional {
				least++
			}
		}
		for n, want := range map[int]bool{least - 1: false, least: true, most: true, most + 1: most == 100} {
			if takes := n >= 0 && cmd.Args(cmd, make([]string, n)) == nil; takes != want {
				t.Errorf("%s: takes %d words: %v, the table has %v", c.Name, n, takes, c.Args)
			}
		}
		if keyed := cmd.Flags().Lookup("key") != nil; keyed != c.Keyed {
			t.Errorf("%s: takes a key: %v, the table says %v", c.Name, keyed, c.Keyed)
		}
		if tries := cmd.Flags().Lookup("dry-run") != nil; tries != c.Changes() {
			t.Errorf("%s: may be tried: %v, the table says that it changes something: %v", c.Name, tries, c.Changes())
		}
	}
}

// Of the files that a server sends those are kept that the command would have written; it names no other place on this machine.
func TestKeepFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	outside := filepath.Join(t.TempDir(), "profile")
	flags := map[string]string{"picture": at("hung.png"), "text": at("hung.txt")}
	for name, tt := range map[string]struct {
		flags  map[string]string
		args   []string
		output string
		sent   string
		want   string // empty where it is refused
	}{
		"a picture":            {flags: flags, sent: at("hung.png"), want: at("hung.png")},
		"a text":               {flags: flags, sent: at("hung.txt"), want: at("hung.txt")},
		"the output":           {output: at("out.csv"), sent: outside, want: at("out.csv")},
		"beside an argument":   {args: []string{at("rows.csv")}, sent: at("rows-result.csv"), want: at("rows-result.csv")},
		"over the argument":    {args: []string{at("rows.csv")}, sent: at("rows.csv")},
		"elsewhere":            {flags: flags, args: []string{at("rows.csv")}, sent: outside},
		"asked for by no flag": {sent: at("hung.txt")},
		"without a name":       {args: []string{"rows.csv"}, sent: ""},
		"a text and an output": {flags: flags, output: at("show.json"), sent: at("hung.txt"), want: at("hung.txt")},
	} {
		a := newApp(time.Now)
		a.opts.output = tt.output
		err := a.keepFiles(api.Call{Flags: tt.flags}, tt.args, map[string][]byte{tt.sent: []byte(name)})
		switch got, readErr := os.ReadFile(tt.want); {
		case tt.want == "" && !errors.Is(err, api.ErrNoServer):
			t.Errorf("%s: got %v, want it refused", name, err)
		case tt.want != "" && (err != nil || readErr != nil || string(got) != name):
			t.Errorf("%s: got %q, %v", name, got, errors.Join(err, readErr))
		}
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("a file was written outside")
	}
}
