package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api/catalog"
)

// terminalWidth is how many columns a help page has.
const terminalWidth = 80

// usageTemplate is cobra's with our words, for a terminal.
func (a *app) usageTemplate(template string) string {
	word := func(id string) string { return a.say.T("cli.usage_words." + id) }
	each := `Use "{{.CommandPath}} [command] --help" for more information about a command.`
	return strings.NewReplacer(
		"{{if .Runnable}}", "{{if .DisableFlagsInUseLine}}", " [command]{{end}}", " COMMAND{{end}}", // what only has commands below it is not called alone
		"Usage:", word("usage"), "Available Commands:", word("commands"), "Additional Commands:", word("more"), "Global Flags:", word("shared"),
		"Flags:", word("flags"), "Aliases:", word("aliases"), "Examples:", word("examples"), "Additional help topics:", word("topics"),
		each, word("each")+"{{.CommandPath}} COMMAND --help", "FlagUsages", "FlagUsagesWrapped "+strconv.Itoa(terminalWidth),
	).Replace(template)
}

// long is the help page of the program itself: what it is, and what its exit codes mean.
func (a *app) long() string {
	var b strings.Builder
	b.WriteString(a.say.T("cli.long") + "\n\n" + a.say.T("cli.exit_codes") + "\n")
	for _, code := range exitCodes() {
		fmt.Fprintf(&b, "  %-3d  %s\n", code, a.say.T("cli.exit."+strconv.Itoa(int(code))))
	}
	return strings.TrimRight(b.String(), "\n")
}

// wrapped breaks what a command is called with into lines, between its arguments; what stands in brackets or quotes stays together, and a
// flag with its value. The first line leaves room for the names of the program and of a command above.
func wrapped(use string) string {
	const room = terminalWidth - len("  aixin attendance ")
	lines, group := []string{""}, ""
	words := strings.Split(use, " ")
	for i, word := range words {
		group += " " + word
		if i+1 < len(words) && goesOn(group, words[i+1]) {
			continue
		}
		if last := lines[len(lines)-1]; last != "" && len(last)+len(group) > room {
			lines = append(lines, "")
		}
		lines[len(lines)-1] += group
		group = ""
	}
	return strings.TrimSpace(strings.Join(lines, "\n     "))
}

// goesOn reports whether the next word belongs to what was begun.
func goesOn(group, next string) bool {
	last := group[strings.LastIndexAny(group, " |")+1:]
	return strings.Count(group, "[") > strings.Count(group, "]") || strings.Count(group, "'")%2 == 1 || last == "" ||
		strings.HasPrefix(last, "-") && !strings.ContainsAny(next[:1], "-[|")
}

// help gives cobra's own command and flags our words, and lets a page that is not there be an error.
func (a *app) help(root *cobra.Command) {
	root.PersistentFlags().BoolP("help", "h", false, a.say.T("cli.flag.help"))
	root.Flags().Bool("version", false, a.say.T("cli.flag.version"))
	root.SetHelpCommandGroupID("start")
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			cmd.Use, cmd.Short, cmd.Long, cmd.DisableFlagsInUseLine = "help [COMMAND…]", a.say.T("cli.short.help"), "", true
			cmd.Run, cmd.RunE = nil, helpOn
		}
	}
	a.sayDefaults(root)
}

// helpOn shows the page of the command that is named.
func helpOn(cmd *cobra.Command, args []string) error {
	found, rest, err := cmd.Root().Find(args)
	if err != nil {
		return usageOf(err)
	}
	if len(rest) > 0 && found.HasSubCommands() {
		return unknownBelow(found, rest[0], nil)
	}
	return found.Help()
}

// sayDefaults says the value that a flag has of itself in our words, and takes it from where pflag says it in its own.
func (a *app) sayDefaults(cmd *cobra.Command) {
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if kind := f.Value.Type(); f.DefValue != "" && kind != "bool" && f.DefValue != "0" && f.DefValue != "[]" {
			f.Usage += a.say.T("cli.usage_words.default", catalog.Data{"Value": f.DefValue})
			f.DefValue = ""
		}
	})
	for _, child := range cmd.Commands() {
		a.sayDefaults(child)
	}
}

// completionCmd writes the scripts by which a shell completes commands and flags.
func (a *app) completionCmd() *cobra.Command {
	shells := []struct {
		name  string
		write func(*cobra.Command, io.Writer) error
	}{
		{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
		{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
		{"zsh", (*cobra.Command).GenZshCompletion},
	}
	var below []*cobra.Command
	for _, shell := range shells {
		cmd := a.command("completion", shell.name, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
			return shell.write(cmd.Root(), a.out)
		})
		cmd.Short = a.say.T("cli.completion.script", catalog.Data{"Shell": shell.name})
		cmd.Long = a.say.T("cli.completion." + shell.name)
		below = append(below, cmd)
	}
	return a.parent("completion", "completion", below...)
}
