package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"aixin/api/catalog"
	"aixin/ledger"
)

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	clock    func() time.Time
	say      *catalog.Localizer
	opts     options
	started  bool // arguments were understood and a command runs
	called   *cobra.Command
	demo     bool     // the book that is open is one to play with
	hosted   *hosting // the command of somebody else that a server carries out; nil for one's own
	once     *once    // the call beside a book of which the registry keeps under its key what a repeat is told; nil for any other

	title, asked string // what the command is about, and of a report how it was called: for its page
	sheetRows    int    // the most rows of a worksheet; zero is as many as a spreadsheet opens
}

func newApp(clock func() time.Time) *app {
	return &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, clock: clock}
}

// run carries out one command line, and says what went wrong.
func (a *app) run(ctx context.Context, args []string) exitCode {
	say, err := catalog.New(languageOf(args, a.env))
	if err != nil {
		a.complain("error: %v\n", err)
		return exitFault
	}
	a.say = say
	if err = a.execute(ctx, args); err == nil {
		return exitDone
	}
	said, hint := a.explain(err)
	a.complain("error: %s\n", said)
	if hint != "" {
		a.complain("hint: %s\n", hint)
	}
	return exitOf(err)
}

// execute carries out one command line.
func (a *app) execute(ctx context.Context, args []string) error {
	root := a.root()
	if len(args) > 0 && args[0] == "exceptions" { // short for the report, since it is what an auditor asks for first
		args = append([]string{"report"}, args...)
	}
	root.SetArgs(args)
	called, err := root.ExecuteContextC(ctx)
	a.called = called
	if err != nil && !a.started {
		err = usageOf(err)
	}
	return err
}

// complain writes a message. Where standard error cannot be written, the exit code has to do.
func (a *app) complain(format string, args ...any) {
	fmt.Fprintf(a.err, format, args...) //nolint:errcheck // see above
}

// languageOf finds the language before the flags are read, since the help pages and their errors are in it. One that there is not is
// passed over, so that it is complained of in one that there is.
func languageOf(args []string, env func(string) string) string {
	asked := []string{env("AIXIN_LANG"), catalog.Chinese}
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if lang, ok := strings.CutPrefix(arg, "--lang="); ok {
			asked = slices.Insert(asked, 0, lang)
			break
		}
		if arg == "--lang" && i+1 < len(args) {
			asked = slices.Insert(asked, 0, args[i+1])
			break
		}
	}
	for _, lang := range asked {
		if tag := languageTag(lang); tag == catalog.Chinese || tag == catalog.English {
			return tag
		}
	}
	return catalog.Chinese
}

// usageOf turns what cobra says about a command line into an error with a sentence.
func usageOf(err error) error {
	if as[*usageError](err) || as[*ledger.Invalid](err) {
		return err
	}
	if strings.HasPrefix(err.Error(), "unknown command") {
		_, like, found := strings.Cut(err.Error(), "Did you mean this?")
		if found {
			names := strings.Join(strings.Fields(like), ", ")
			return &usageError{id: "unknown_command_like", err: err, data: catalog.Data{"Detail": quoted(err.Error()), "Names": names, "Parent": "aixin"}}
		}
		return &usageError{id: "unknown_command", err: err, data: catalog.Data{"Detail": quoted(err.Error()), "Parent": "aixin"}}
	}
	return &usageError{id: "arguments", err: err, data: catalog.Data{"Detail": err.Error()}}
}

// quoted returns the first text in quotes.
func quoted(s string) string {
	if parts := strings.SplitN(s, `"`, 3); len(parts) == 3 {
		return parts[1]
	}
	return s
}

// flagError says what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		lacking *pflag.ValueRequiredError
		wrong   *pflag.InvalidValueError
	)
	words := cmd.Flags().Args()
	switch {
	case errors.As(err, &unknown) && cmd.HasSubCommands() && cmd.Use == cmd.Name() && len(words) > 0:
		return unknownBelow(cmd, words[0], err) // the flag is of a command that there is not
	case errors.As(err, &unknown):
		return &usageError{id: "unknown_flag", err: err, data: catalog.Data{"Flag": dashed(unknown.GetSpecifiedName())}}
	case errors.As(err, &lacking):
		return &usageError{id: "flag_value", err: err, data: catalog.Data{"Flag": dashed(lacking.GetSpecifiedName())}}
	case errors.As(err, &wrong):
		if code, ok := errors.AsType[faultCode](wrong.Unwrap()); ok {
			return &ledger.Invalid{Fields: []ledger.Fault{{Field: "--" + wrong.GetFlag().Name, Code: string(code)}}}
		}
		return &usageError{id: "flag_wrong", err: err, data: catalog.Data{"Flag": wrong.GetFlag().Name}}
	}
	return &usageError{id: "arguments", err: err, data: catalog.Data{"Detail": err.Error()}}
}

// dashed writes the name of a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// root builds the tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "aixin", Short: a.say.T("cli.short.aixin"), Long: a.long(), Version: version,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			a.title, a.asked = cmd.Short, askedFor(cmd, args)
			if err := a.opts.settle(cmd, a.env); err != nil {
				return err
			}
			a.started = true
			return nil
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetIn(a.in)
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("aixin {{.Version}}\n")
	a.opts.persistent(root.PersistentFlags(), a.say)
	root.AddGroup(a.groups()...)
	for _, g := range a.tree() {
		for _, cmd := range g.commands {
			cmd.GroupID = g.id
			root.AddCommand(cmd)
		}
	}
	a.relays(root)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetUsageTemplate(a.usageTemplate(root.UsageTemplate()))
	a.help(root)
	return root
}

type commandGroup struct {
	id       string
	commands []*cobra.Command
}

func (a *app) tree() []commandGroup {
	return []commandGroup{
		{"start", []*cobra.Command{a.initCmd(), a.serveCmd(), a.configCmd(), a.versionCmd(), a.completionCmd()}},
		{"things", []*cobra.Command{
			a.staffCmd(), a.volunteerCmd(), a.householdCmd(), a.unitCmd(), a.shopCmd(), a.donorCmd(), a.itemCmd(), a.ruleCmd(), a.activityCmd(), a.budgetCmd(),
			a.proxyCmd(), a.calendarCmd(), a.cardCmd(), a.freezeCmd(), a.unfreezeCmd(), a.mergeCmd(), a.leaveCmd(), a.certifyCmd(),
			a.peopleCmd(), a.keyCmd(),
		}},
		{"service", []*cobra.Command{
			a.importCmd(), a.declareCmd(), a.approveCmd(), a.returnRecordCmd(), a.attendanceCmd(), a.expressCmd(),
		}},
		{"counter", []*cobra.Command{
			a.receiveCmd(), a.redeemCmd(), a.returnCmd(), a.transferCmd(), a.donateCmd(), a.giftCmd(), a.countCmd(), a.writeOffCmd(), a.reliefCmd(),
			a.openCmd(), a.undoCmd(), a.closeCmd(), a.voucherCmd(), a.holdCmd(), a.settleCmd(), a.releaseCmd(),
		}},
		{"correct", []*cobra.Command{a.reverseCmd(), a.runCmd(), a.noticeCmd()}},
		{"look", []*cobra.Command{a.balanceCmd(), a.statementCmd(), a.creditCmd(), a.redemptionCmd(), a.reversalCmd(), a.objectionCmd(), a.poolCmd(), a.explainCmd(), a.traceCmd(), a.reportCmd()}},
		{"check", []*cobra.Command{
			a.verifyCmd(), a.auditCmd(), a.checkpointCmd(), a.proveCmd(), a.checkCmd(), a.signerCmd(), a.witnessCmd(), a.diffCmd(), a.mirrorCmd(),
			a.exportCmd(),
			a.reconcileCmd(), a.identifyCmd(),
			a.backupCmd(), a.restoreCmd(), a.rebuildCmd(),
			a.doctorCmd(), a.benchCmd(), a.upgradeCmd(),
		}},
	}
}

func (a *app) groups() []*cobra.Group {
	var groups []*cobra.Group
	for _, g := range []string{"start", "things", "service", "counter", "correct", "look", "check"} {
		groups = append(groups, &cobra.Group{ID: g, Title: a.say.T("cli.group." + g)})
	}
	return groups
}

// command describes one command; its one-line help is cli.short.NAME.
func (a *app) command(name, use string, args cobra.PositionalArgs, run func(*cobra.Command, []string) error) *cobra.Command {
	return &cobra.Command{
		Use: wrapped(use), Short: a.say.T("cli.short." + name), Args: checked(args), RunE: run, DisableFlagsInUseLine: true,
	}
}

// parent is a command that only has commands below it.
func (a *app) parent(name, use string, children ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: a.say.T("cli.short." + name), Args: checked(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
		return cmd.Help()
	}}
	cmd.AddCommand(children...)
	return cmd
}

// checked gives a wrong number of arguments its sentence.
func checked(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := args(cmd, list); err != nil {
			if cmd.HasSubCommands() && len(list) > 0 {
				if below := unknownBelow(cmd, list[0], err); below.id == "unknown_below_like" || cmd.Flags().Lookup("key") == nil {
					return below
				}
			}
			return &usageError{id: "argument_count", err: err, data: catalog.Data{"Use": cmd.UseLine(), "Got": len(list)}}
		}
		return nil
	}
}

// unknownBelow says that a command has none like that below it, and which of its own are meant. The word itself may be a name.
func unknownBelow(cmd *cobra.Command, word string, err error) *usageError {
	data := catalog.Data{"Parent": cmd.CommandPath()}
	cmd.SuggestionsMinimumDistance = 2 // letters, as among the commands themselves
	if like := cmd.SuggestionsFor(word); len(like) > 0 {
		data["Names"] = cmd.CommandPath() + " " + strings.Join(like, ", ")
		return &usageError{id: "unknown_below_like", err: err, data: data}
	}
	return &usageError{id: "unknown_below", err: err, data: data}
}

// log writes warnings of the store to standard error.
func (a *app) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// interactive reports whether a person watches standard error.
func (a *app) interactive() bool {
	f, ok := a.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
