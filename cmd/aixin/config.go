package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/store"
)

// options are the settings that several commands share: flags before AIXIN_… before defaults; of serve, the configuration file stands
// before the defaults.
type options struct {
	book    string
	lang    string
	format  string
	output  string
	actor   string
	key     string
	dryRun  bool
	clockOK bool
	asOf    ledger.Date
	knownAt knownAt

	serving

	sources map[string]string // of each setting: flag, environment, file or default
}

// setting is an option that may be given in several ways.
type setting struct {
	flag, env, standard string
	into                func(*options) *string
}

// settings are the options that the environment may give, with their defaults.
var settings = []setting{
	{"book", "AIXIN_BOOK", "aixin-book", func(o *options) *string { return &o.book }},
	{"lang", "AIXIN_LANG", catalog.Chinese, func(o *options) *string { return &o.lang }},
	{"format", "AIXIN_FORMAT", "text", func(o *options) *string { return &o.format }},
	{"as", "AIXIN_ACTOR", "", func(o *options) *string { return &o.actor }},
}

// texts are the endings of files that are text: a proof is kept as .tlog-proof, keys as .pub.
var texts = []string{"txt", "tlog-proof", "pub"}

// formats are what -O takes.
var formats = []string{"text", "csv", "tsv", "json", "jsonl", "xlsx", "html"}

func (o *options) persistent(fs *pflag.FlagSet, say *catalog.Localizer) {
	fs.StringVar(&o.book, "book", "", say.T("cli.flag.book"))
	fs.StringVar(&o.lang, "lang", "", say.T("cli.flag.lang"))
	fs.StringVarP(&o.format, "format", "O", "", say.T("cli.flag.format"))
	fs.StringVarP(&o.output, "output", "o", "", say.T("cli.flag.output"))
}

// writes adds the flags of commands that write.
func (a *app) writes(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&a.opts.key, "key", "", a.say.T("cli.flag.key"))
	return a.imports(cmd)
}

// imports adds the flags of commands that write under keys of their own.
func (a *app) imports(cmd *cobra.Command) *cobra.Command {
	fs := a.asks(cmd).Flags()
	fs.BoolVar(&a.opts.dryRun, "dry-run", false, a.say.T("cli.flag.dry_run"))
	fs.BoolVar(&a.opts.clockOK, "clock-ok", false, a.say.T("cli.flag.clock_ok"))
	return cmd
}

// asks adds the flag of commands that somebody of the staff must ask for.
func (a *app) asks(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&a.opts.actor, "as", "", a.say.T("cli.flag.as"))
	return cmd
}

// reads adds the flags of commands that read the book as it stands, or stood.
func (a *app) reads(cmd *cobra.Command) *cobra.Command {
	fs := cmd.Flags()
	fs.Var(newValue(&a.opts.asOf, parseDate, "DATE"), "as-of", a.say.T("cli.flag.as_of"))
	fs.Var(newValue(&a.opts.knownAt, parseKnownAt, "INDEX"), "known-at", a.say.T("cli.flag.known_at"))
	return cmd
}

// settle fills in what the flags left open.
func (o *options) settle(cmd *cobra.Command, env func(string) string) error {
	file, err := o.readFile(cmd, env)
	if err != nil {
		return err
	}
	o.sources = map[string]string{}
	for _, s := range settingsOf(cmd) {
		f := cmd.Flags().Lookup(s.flag)
		into := s.into(o)
		switch {
		case f != nil && f.Changed:
			o.sources[s.flag] = "flag"
		case env(s.env) != "":
			*into, o.sources[s.flag] = env(s.env), "environment"
		case file[s.flag] != "":
			*into, o.sources[s.flag] = file[s.flag], "file"
		default:
			*into, o.sources[s.flag] = s.standard, "default"
		}
	}
	if err := o.serving.check(cmd); err != nil {
		return err
	}
	if o.lang = languageTag(o.lang); o.lang != catalog.Chinese && o.lang != catalog.English {
		return &usageError{id: "language", data: catalog.Data{"Lang": o.lang}}
	}
	if how := reachOf(cmd); address(o.book) && (how == reachFiles || how == reachMirror) {
		return &usageError{id: string(how), data: catalog.Data{"URL": o.book}}
	}
	if f := cmd.Flags().Lookup("as"); f != nil && f.Hidden && f.Changed { // beside the book nobody is asked who they are
		return &usageError{id: "unknown_flag", data: catalog.Data{"Flag": dashed(f.Name)}}
	}
	if ext := strings.TrimPrefix(filepath.Ext(o.output), "."); ext != "" && !slices.Contains(texts, ext) && o.sources["format"] != "flag" && !intoFolder(cmd) {
		o.format = ext // what is no format is refused below
	}
	if !slices.Contains(formats, o.format) {
		return &usageError{id: "format", data: catalog.Data{"Format": o.format, "Known": strings.Join(formats, ", ")}}
	}
	return nil
}

// languageTag takes the language out of what a system calls a locale: zh_CN.UTF-8 is zh.
func languageTag(s string) string {
	if i := strings.IndexAny(s, "-_."); i > 0 {
		return s[:i]
	}
	return s
}

// configRow is one setting, as programs read it.
type configRow struct {
	Setting string `json:"setting"`
	Value   string `json:"value"`
	Source  string `json:"source"`
	File    string `json:"file,omitempty"` // where the value stands, if it stands in one
}

// configCmd says which settings hold and where they come from: for every command, and below them for serve.
func (a *app) configCmd() *cobra.Command {
	cmd := a.command("config", "config [--config FILE]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		var rows []configRow
		t := a.table("setting", "value", "source")
		for _, s := range settingsOf(cmd) {
			row := configRow{Setting: s.flag, Value: *s.into(&a.opts), Source: a.opts.sources[s.flag]}
			from := a.say.T("cli.source." + row.Source)
			if row.Source == "file" {
				row.File = a.opts.config
				from += " " + row.File
			}
			rows = append(rows, row)
			t.add("--"+s.flag+" ("+s.env+")", row.Value, from)
		}
		for _, secret := range []string{"AIXIN_PIN", "AIXIN_NEW_PIN", "AIXIN_CARD_PIN"} {
			source := "default"
			if a.env(secret) != "" {
				source = "environment"
			}
			rows = append(rows, configRow{Setting: secret, Source: source})
			t.add(secret, "", a.say.T("cli.source."+source))
		}
		return a.show(result{json: rows, table: t})
	})
	return a.serverFlags(cmd)
}

// versionCmd names the build.
func (a *app) versionCmd() *cobra.Command {
	return a.command("version", "version", cobra.NoArgs, func(*cobra.Command, []string) error {
		return a.show(result{
			json: map[string]any{"version": version, "format": ledger.FormatVersion},
			text: func() string { return "aixin " + version + "\n" },
		})
	})
}

// absolute returns the path of the book for other terminals to type.
func absolute(path string) string {
	wd, err := os.Getwd()
	if err != nil || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(wd, path)
}

// today is the day in the zone of the book. Where there is no book, the command that asks fails for that reason later.
func (a *app) today() ledger.Date {
	now := a.clock()
	if info, err := store.ReadBook(a.opts.book); err == nil {
		if zone, err := info.Location(); err == nil {
			now = now.In(zone)
		}
	}
	return ledger.DateOf(now)
}

// program is how this program was called, for other terminals to type.
func program() string {
	if strings.ContainsRune(os.Args[0], filepath.Separator) {
		return absolute(os.Args[0])
	}
	return os.Args[0]
}

// shellWord quotes a word that a shell would split or change.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+@%,:") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
