package ledger_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTablesSpeakEveryCode holds that every reason to refuse and every code of a malformed field that the source names stands in
// the command tables at least once.
func TestTablesSpeakEveryCode(t *testing.T) {
	t.Parallel()
	tables := ""
	files, err := filepath.Glob("../testdata/commands/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		tables += string(b)
	}
	reasons, faults := vocabulary(t)
	if len(reasons) < 30 || len(faults) < 30 {
		t.Fatalf("only %d reasons and %d codes were found in the source", len(reasons), len(faults))
	}
	for _, r := range reasons {
		if !regexp.MustCompile(`-> (kept )?refused ` + r + `\b`).MatchString(tables) {
			t.Errorf("no table line is refused for %s", r)
		}
	}
	for _, f := range faults {
		if !regexp.MustCompile(`-> malformed .*:` + f + `\b`).MatchString(tables) {
			t.Errorf("no table line has a field that is malformed as %s", f)
		}
	}
}

// vocabulary reads the constants of type RejectReason, and the codes that checks of malformed fields give.
func vocabulary(t *testing.T) (reasons, faults []string) {
	t.Helper()
	inspect(t, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "want" && len(call.Args) == 3 {
				faults = append(faults, literals(call.Args[2:])...)
			}
		}
	})
	return constantsOf(t, "RejectReason"), faults
}

// constantsOf reads the string constants of a type, in whichever file they stand.
func constantsOf(t *testing.T, typeName string) (values []string) {
	t.Helper()
	inspect(t, func(n ast.Node) {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName {
				values = append(values, literals(spec.Values)...)
			}
		}
	})
	return values
}

// inspect shows every node of the package's source.
func inspect(t *testing.T, show func(ast.Node)) {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			show(n)
			return true
		})
	}
}

// literals returns the strings that are written out among the expressions.
func literals(list []ast.Expr) (out []string) {
	for _, x := range list {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				out = append(out, s)
			}
		}
	}
	return out
}
