package main

import (
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
		if !cmd.HasSubCommands() {
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
		"signer new": reachFiles, "signer list": reachFiles, // the key lies where the book does
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
		if keyed := cmd.Flags().Lookup("key") != nil; keyed != c.Keyed {
			t.Errorf("%s: takes a key: %v, the table says %v", c.Name, keyed, c.Keyed)
		}
	}
}
