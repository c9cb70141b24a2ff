package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
	"aixin/store/registry"
)

// Every error ends the program with the code that the table gives it, however it is wrapped.
func TestExitOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want exitCode
	}{
		{nil, exitDone},
		{errDifferences, exitDifferences},
		{&usageError{id: "arguments"}, exitMalformed},
		{&ledger.Invalid{}, exitMalformed},
		{&sheet.FileError{Code: "empty"}, exitMalformed},
		{ledger.ErrNewer, exitMalformed},
		{proof.ErrUnsigned, exitMalformed},
		{errors.Join(proof.ErrUnsigned, proof.ErrOtherBook), exitMalformed},
		{proof.ErrNoWitness, exitMalformed},
		{errors.Join(proof.ErrUnsigned, proof.ErrRetired), exitMalformed},
		{proof.ErrMalformed, exitMalformed},
		{proof.ErrFalse, exitDamaged},
		{proof.ErrOmitted, exitDamaged},
		{store.ErrUncovered, exitLater},
		{store.ErrOldCopy, exitLater},
		{errRewritten, exitDamaged},
		{store.ErrOtherHistory, exitDamaged},
		{store.ErrRewritten, exitDamaged},
		{errors.Join(store.ErrRewritten, ledger.ErrCorrupt), exitDamaged},
		{store.ErrOtherBook, exitRefused},
		{store.ErrCutShort, exitLater},
		{api.ErrUnreachable, exitLater},
		{api.ErrNoServer, exitNotFound},
		{&ledger.CorruptError{Index: 4, Err: errors.New("x")}, exitDamaged},
		{errors.Join(proof.ErrUnsigned, ledger.ErrCorrupt), exitDamaged},
		{&ledger.Rejection{Reason: ledger.InsufficientPoint}, exitRefused},
		{&ledger.Rejection{Reason: ledger.KeyConflict}, exitRefused},
		{&ledger.Rejection{Reason: ledger.NotPermitted}, exitRefused},
		{registry.ErrWrongPIN, exitRefused},
		{&registry.LockedError{}, exitLater},
		{errSomeRefused, exitRefused},
		{&ledger.Rejection{Reason: ledger.NotFound}, exitNotFound},
		{store.ErrNoBook, exitNotFound},
		{os.ErrNotExist, exitNotFound},
		{syscall.EISDIR, exitMalformed},
		{syscall.ENOTDIR, exitMalformed},
		{&ledger.Rejection{Reason: ledger.TooManyRefusals}, exitLater},
		{store.ErrBusy, exitLater},
		{store.ErrStopped, exitLater},
		{&store.LockedError{URL: "http://x"}, exitLater},
		{store.ErrDiskFull, exitLater},
		{store.ErrClock, exitLater},
		{syscall.EADDRINUSE, exitLater},
		{store.ErrUnknown, exitUnknown},
		{errors.Join(store.ErrUnknown, context.Canceled), exitUnknown},
		{context.Canceled, exitInterrupted},
		{errors.Join(errUnmade, context.Canceled), exitInterrupted},
		{errors.New("anything else"), exitFault},
	}
	for _, tt := range tests {
		if got := exitOf(tt.err); got != tt.want {
			t.Errorf("%v: got %d, want %d", tt.err, got, tt.want)
		}
		if tt.err == nil {
			continue
		}
		if got := exitOf(fmt.Errorf("wrapped: %w", tt.err)); got != tt.want {
			t.Errorf("wrapped %v: got %d, want %d", tt.err, got, tt.want)
		}
	}
}

// What a sentence says is not said once more by the error that it is about; whatever that has to say beside it is.
func TestSaidOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("entry 4: %w: no such leaf", proof.ErrFalse), "entry 4: no such leaf"},
		{fmt.Errorf("restore K: %w", store.ErrDamagedBackup), "restore K"},
		{fmt.Errorf("%w: K has none", store.ErrUnfinished), "K has none"},
		{errors.New("a wheel came off"), "a wheel came off"},
		{store.ErrNewerKnown, store.ErrNewerKnown.Error()},
		{fmt.Errorf("verify: %w", &ledger.CorruptError{Index: 4, Err: errors.New("a sum")}), fmt.Errorf("verify: %w", &ledger.CorruptError{Index: 4, Err: errors.New("a sum")}).Error()},
	} {
		if got := detail(outcomeOf(tt.err), tt.err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
}

// The README's table of exit codes is the program's.
func TestExitCodesInREADME(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"README.md", "README.zh.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		var listed, want []string
		for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(string(text), -1) {
			listed = append(listed, m[1])
		}
		for _, code := range exitCodes() {
			want = append(want, strconv.Itoa(int(code)))
		}
		if diff := cmp.Diff(want, listed); diff != "" {
			t.Errorf("%s (-program +page):\n%s", page, diff)
		}
	}
}

// A table that is wider than a screen in several columns wraps their text, and says every number whole: one without its last digit is another.
func TestNumbersAreSaidWhole(t *testing.T) {
	t.Parallel()
	wide := table{head: []string{"序号", "日期", "志愿者", "超市", "事项", "增减", "经办", "备注"}}
	wide.add(1101476, "2027-01-01", "V0245316", "S001", "兑换 SKU-0002×1 SKU-0111×2 SKU-0003×1", sheet.Points(-2200), "U000012", "R1101476")
	wide.add(1085464, "2026-12-30", "V0215616", "S001", "兑换 SKU-0029×1 SKU-0004×2", sheet.Points(-10805), "U000012", "R1085464 由 V0123216 代领")
	var out strings.Builder
	if err := wide.writeText(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := runewidth.StringWidth(strings.TrimRight(line, "\n")); n > screen {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, whole := range []string{"1085464", "-108.05", "U000012", "V0123216"} {
		if !strings.Contains(out.String(), whole) {
			t.Errorf("%s is not there whole:\n%s", whole, out.String())
		}
	}
}

// newTestApp returns a program that speaks a language and writes into a buffer.
func newTestApp(t *testing.T, lang string) (*app, *bytes.Buffer) {
	t.Helper()
	say, err := catalog.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	return &app{
		in: strings.NewReader(""), out: &out, err: &out, env: func(string) string { return "" }, clock: time.Now, say: say,
	}, &out
}

// Every help page fits a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		a, out := newTestApp(t, lang)
		var walk func(cmd *cobra.Command)
		walk = func(cmd *cobra.Command) {
			if cmd.Name() == "completion" {
				return // its pages are cobra's
			}
			out.Reset()
			if err := cmd.Help(); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := runewidth.StringWidth(strings.TrimRight(line, "\n")); n > terminalWidth {
					t.Errorf("%s: %s: %d columns: %s", lang, cmd.CommandPath(), n, line)
				}
			}
			for _, child := range cmd.Commands() {
				walk(child)
			}
		}
		walk(a.root())
	}
}

// Every command and flag is explained in both languages.
func TestHelpIsSaid(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		a, _ := newTestApp(t, lang)
		var walk func(cmd *cobra.Command)
		walk = func(cmd *cobra.Command) {
			if cmd.Short == "" || strings.HasPrefix(cmd.Short, "cli.") {
				t.Errorf("%s: %s has no sentence: %q", lang, cmd.CommandPath(), cmd.Short)
			}
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if strings.HasPrefix(f.Usage, "cli.") {
					t.Errorf("%s: %s --%s has no sentence", lang, cmd.CommandPath(), f.Name)
				}
			})
			for _, child := range cmd.Commands() {
				if child.Name() == "completion" {
					continue // its children are cobra's
				}
				walk(child)
			}
		}
		walk(a.root())
		for _, code := range exitCodes() {
			if id := fmt.Sprintf("cli.exit.%d", code); a.say.T(id) == id {
				t.Errorf("%s: %s has no sentence", lang, id)
			}
		}
		for _, o := range append(outcomes(), outcomeOf(errors.New("fault"))) {
			for _, table := range []string{"cli.error.", "cli.hint."} {
				if id := table + o.sentence; o.sentence != "" && a.say.T(id) == id {
					t.Errorf("%s: %s has no sentence", lang, id)
				}
			}
		}
	}
}

// Every id that the source names in full, or as a column, a usage error or a line of a text, has a sentence.
func TestIdsAreSaid(t *testing.T) {
	t.Parallel()
	ids := sourceIDs(t)
	if len(ids) < 100 {
		t.Fatalf("found %d ids in the source; the search is broken", len(ids))
	}
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		say, err := catalog.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for id, where := range ids {
			if say.T(id) == id {
				t.Errorf("%s: %s (%s) has no sentence", lang, id, where)
			}
		}
	}
}

// sourceIDs collects the ids of sentences from the files of this package.
func sourceIDs(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	ids, set := map[string]string{}, token.NewFileSet()
	note := func(id string, at ast.Node) { ids[id] = set.Position(at.Pos()).String() }
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s := unquoted(n); strings.HasPrefix(s, "cli.") && !strings.HasSuffix(s, ".") {
					note(s, n)
				}
			case *ast.CallExpr:
				switch calledName(n) {
				case "table":
					for _, arg := range n.Args {
						if lit, ok := arg.(*ast.BasicLit); ok {
							note("cli.column."+unquoted(lit), lit)
						}
					}
				case "malformed", "parseCount", "faultCode": // the code comes last
					if lit, ok := n.Args[len(n.Args)-1].(*ast.BasicLit); ok {
						note("fault."+unquoted(lit), lit)
					}
				}
			case *ast.KeyValueExpr:
				name, ok := n.Key.(*ast.Ident)
				if !ok {
					return true
				}
				if lit, ok := n.Value.(*ast.BasicLit); ok && name.Name == "id" {
					note("cli.usage."+unquoted(lit), lit)
					note("cli.usage_hint."+unquoted(lit), lit)
				}
				if list, ok := n.Value.(*ast.CompositeLit); ok && name.Name == "columns" {
					for _, e := range list.Elts {
						if lit, ok := e.(*ast.BasicLit); ok {
							note("cli.column."+unquoted(lit), lit)
						}
					}
				}
			}
			return true
		})
	}
	return ids
}

// calledName names the function or method of a call.
func calledName(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func unquoted(lit *ast.BasicLit) string {
	s, err := strconv.Unquote(lit.Value)
	if lit.Kind != token.STRING || err != nil {
		return ""
	}
	return s
}

func TestParseCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want ledger.Amount // 0 for refused
	}{
		{"1", 1},
		{"100", 100},
		{"007", 7},
		{"0", 0},
		{"101", 0},
		{"-1", 0},
		{"+1", 0},
		{"1e2", 0},
		{"1_0", 0},
		{"0x1", 0},
		{" 1", 0},
		{"", 0},
		{"１", 0},
		{"99999999999999999999", 0},
	}
	for _, tt := range tests {
		got, err := parseCount(100, "positive")(tt.in)
		if got != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("%q: got %d, %v, want %d", tt.in, got, err, tt.want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		env  string
		want string
	}{
		{nil, "", "zh"},
		{nil, "en_US.UTF-8", "en"},
		{[]string{"balance", "--lang", "en"}, "zh", "en"},
		{[]string{"--lang=zh-CN", "balance"}, "en", "zh"},
		{[]string{"balance", "--", "--lang", "en"}, "", "zh"},
		{[]string{"balance", "--lang"}, "en", "en"},
	}
	for _, tt := range tests {
		if got := languageOf(tt.args, func(string) string { return tt.env }); got != tt.want {
			t.Errorf("%q with %q: got %q, want %q", tt.args, tt.env, got, tt.want)
		}
	}
}
