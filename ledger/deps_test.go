package ledger_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/mod/modfile"
)

// root is the top of the repository, seen from this package.
const root = ".."

// source is one Go file of the repository.
type source struct {
	path string // from the top, with slashes: "store/journal/file.go"
	file *ast.File
	fset *token.FileSet
}

func (s source) dir() string { return path.Dir(s.path) }
func (s source) test() bool  { return strings.HasSuffix(s.path, "_test.go") }
func (s source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line)
}

// under reports whether the file lies in one of the folders or below it.
func (s source) under(folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(s.path, f+"/") })
}

// imports lists the import paths of the file.
func (s source) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("%s: import %s: %v", s.at(spec), spec.Path.Value, err)
		}
		paths = append(paths, p)
	}
	return paths
}

// sources parses every Go file of the repository.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(rel), f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("found %d Go files: this is not the repository", len(all))
	}
	return all
}

// The top of the repository holds five folders and no package: a sixth would be a second shape.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"api", "cmd", "ledger", "store", "testdata"}
	ours := []string{"aixin-book"} // what trying the program from here leaves; git ignores it
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."), slices.Contains(ours, name):
		case e.IsDir() && !slices.Contains(allowed, name):
			t.Errorf("folder %s: want one of %v", name, allowed)
		case strings.HasSuffix(name, ".go"):
			t.Errorf("%s: no package lives at the top", name)
		}
	}
}

// A repository is text: what was built, or is very large, would stay in everybody's copy for ever. What git ignores may lie about.
func TestNothingBuiltIsKept(t *testing.T) {
	t.Parallel()
	const largest = 2 << 20 // three times the largest that there is
	ignored, ends := ignoredByGit(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root))
		switch {
		case d.IsDir() && (d.Name() == ".git" || slices.Contains(ignored, name)):
			return filepath.SkipDir
		case d.IsDir(), slices.Contains(ignored, name), slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) }):
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		magic, err := io.ReadAll(io.LimitReader(f, 4))
		if info.Size() > largest || string(magic) == "\x7fELF" {
			t.Errorf("%s is built, or larger than %d bytes", name, largest)
		}
		return errors.Join(err, f.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ignoredByGit reads .gitignore: paths from the top of the repository, and how names end.
func ignoredByGit(t *testing.T) (paths, ends []string) {
	t.Helper()
	for line := range strings.Lines(readDocument(t, ".gitignore")) {
		line = strings.TrimSuffix(strings.TrimSpace(line), "/")
		switch end, any := strings.CutPrefix(line, "*"); {
		case any:
			ends = append(ends, end)
		case strings.HasPrefix(line, "/"):
			paths = append(paths, line)
		}
	}
	return paths, ends
}

// direction says what the files of some folders may never import, their tests included.
type direction struct {
	in     []string
	except []string
	never  []string
	why    string
}

func directions() []direction {
	return []direction{
		{in: []string{"ledger"}, never: []string{"aixin/store", "aixin/api", "aixin/cmd"}, why: "the law knows neither how it is kept nor who asks"},
		{in: []string{"store"}, never: []string{"aixin/api", "aixin/cmd"}, why: "store and api meet in cmd"},
		{in: []string{"api"}, never: []string{"aixin/store", "aixin/cmd"}, why: "store and api meet in cmd"},
		{in: []string{"ledger"}, except: []string{"ledger/person"}, never: []string{"aixin/ledger/person"}, why: "no other ledger package knows about people"},
		{in: []string{"ledger", "api", "cmd"}, never: []string{"github.com/dgraph-io"}, why: "Badger stays inside store"},
		{in: []string{"ledger", "store", "api"}, never: []string{"github.com/spf13"}, why: "the command line is cmd's"},
		{in: []string{"store"}, never: []string{"net/http"}, why: "the outside speaks to api"},
	}
}

func TestDirections(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, imported := range s.imports(t) {
			for _, d := range directions() {
				if !s.under(d.in...) || s.under(d.except...) {
					continue
				}
				if slices.ContainsFunc(d.never, func(p string) bool { return within(imported, p) }) {
					t.Errorf("%s imports %s: %s", s.path, imported, d.why)
				}
			}
		}
	}
}

// within reports whether an import path is p or below it.
func within(imported, p string) bool { return imported == p || strings.HasPrefix(imported, p+"/") }

// The core takes what it needs as arguments and leaves what it decides as values, so its programs import nothing that reads
// a clock, a disk, a network or chance, nor anything to wait with; and outside the standard library only decimal, and for
// proofs the Merkle tree of x/mod and the SM2 of gmsm.
func TestLedgerImportsOnlyArithmetic(t *testing.T) {
	t.Parallel()
	impure := []string{
		"context", "crypto/rand", "io/fs", "log", "math/rand", "net", "os", "path/filepath", "runtime", "sync", "syscall", "testing", "unsafe",
	}
	excused := map[string]string{
		"ledger/person": "log/slog", // for slog.LogValuer alone: a person writes itself masked wherever it is logged
	}
	libraries := map[string][]string{
		"ledger":       {"github.com/shopspring/decimal"},
		"ledger/proof": {"aixin/ledger", "golang.org/x/mod", "github.com/emmansun/gmsm"},
	}
	for _, s := range sources(t) {
		if s.test() || !s.under("ledger") || s.under("ledger/ledgertest") {
			continue
		}
		for _, imported := range s.imports(t) {
			if imported != excused[s.dir()] && slices.ContainsFunc(impure, func(p string) bool { return within(imported, p) }) {
				t.Errorf("%s imports %s: the ledger is arithmetic", s.path, imported)
			}
			allowed, listed := libraries[s.dir()]
			if listed && !standard(imported) && !slices.ContainsFunc(allowed, func(p string) bool { return within(imported, p) }) {
				t.Errorf("%s imports %s: %s takes only %v", s.path, imported, s.dir(), allowed)
			}
		}
	}
}

// standard reports whether an import path is of the standard library: its first element has no dot and is not ours.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return first != "aixin" && !strings.Contains(first, ".")
}

// What an import cannot show: the clock behind time, goroutines and channels, floats, and the order of a map.
func TestLedgerIsPure(t *testing.T) {
	t.Parallel()
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local"}
	for _, s := range sources(t) {
		if s.test() || !s.under("ledger") || s.under("ledger/ledgertest") {
			continue
		}
		sorted := sortedCalls(s.file)
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s: the ledger has no goroutines and no channels", s.at(n))
			case *ast.Ident:
				if n.Name == "float64" || n.Name == "float32" {
					t.Errorf("%s: %s: no float comes near points", s.at(n), n.Name)
				}
			case *ast.SelectorExpr:
				pkg, name := selector(n)
				if pkg == "time" && slices.Contains(clock, name) {
					t.Errorf("%s: time.%s: the caller owns the clock", s.at(n), name)
				}
				if pkg == "maps" && (name == "Keys" || name == "Values" || name == "All") && !sorted[n] {
					t.Errorf("%s: maps.%s: sort it, the order of a map reaches the outside", s.at(n), name)
				}
			}
			return true
		})
	}
}

// selector returns the two names of pkg.Name.
func selector(e *ast.SelectorExpr) (pkg, name string) {
	if x, ok := e.X.(*ast.Ident); ok {
		return x.Name, e.Sel.Name
	}
	return "", e.Sel.Name
}

// sortedCalls finds every function that is called as the argument of slices.Sorted or one of its kin.
func sortedCalls(f *ast.File) map[*ast.SelectorExpr]bool {
	found := map[*ast.SelectorExpr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		outer, ok := n.(*ast.CallExpr)
		if !ok || len(outer.Args) == 0 {
			return true
		}
		sort, ok := outer.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, name := selector(sort); pkg != "slices" || !strings.HasPrefix(name, "Sorted") {
			return true
		}
		if inner, ok := outer.Args[0].(*ast.CallExpr); ok {
			if e, ok := inner.Fun.(*ast.SelectorExpr); ok {
				found[e] = true
			}
		}
		return true
	})
	return found
}

// Volunteering is unpaid and points are issued and redeemed, never bought, sold or paid out: the words of wages and of money
// stay out of the code, and so do nouns that say nothing.
func TestWords(t *testing.T) {
	t.Parallel()
	money := []string{"pay", "pays", "payment", "payments", "payout", "salary", "wage", "wages", "cash", "currency", "wallet", "coin", "customer", "tenant"}
	empty := []string{"manager", "helper", "helpers", "util", "utils", "impl"}
	packages := []string{"common", "errors", "helpers", "http", "models", "services", "time", "types", "util", "utils"}
	for _, s := range sources(t) {
		if slices.Contains(packages, s.file.Name.Name) {
			t.Errorf("%s: package %s: name it for what it holds", s.path, s.file.Name.Name)
		}
		if s.test() {
			continue // a test may look for a word in order to refuse it
		}
		for _, id := range declared(s.file) {
			words := split(id.Name)
			for _, w := range words {
				if slices.Contains(money, w) {
					t.Errorf("%s: %s: %q is a word of wages or money", s.at(id), id.Name, w)
				}
			}
			if last := words[len(words)-1]; slices.Contains(empty, last) {
				t.Errorf("%s: %s: %q says nothing", s.at(id), id.Name, last)
			}
		}
	}
}

// declared returns the identifiers of a file that are not selected from something else: the names that the file gives, and
// their uses.
func declared(f *ast.File) []*ast.Ident {
	var ids []*ast.Ident
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, visit)
			return false
		case *ast.Ident:
			ids = append(ids, n)
		}
		return true
	}
	ast.Inspect(f, visit)
	return ids
}

// split cuts an identifier into its words, in lower case: "LotExpiry" is "lot", "expiry".
func split(name string) []string {
	var words []string
	start := 0
	runes := []rune(name)
	for i := 1; i <= len(runes); i++ {
		if i == len(runes) || runes[i] == '_' || (unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1])) {
			words = append(words, strings.ToLower(strings.Trim(string(runes[start:i]), "_")))
			start = i
		}
	}
	return words
}

// Whatever is left to do is an issue, not a comment.
func TestNothingLeftToDo(t *testing.T) {
	t.Parallel()
	marks := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:"}
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			for _, c := range group.List {
				for _, m := range marks {
					if strings.Contains(c.Text, m) {
						t.Errorf("%s: %s in a comment", s.at(c), m)
					}
				}
			}
		}
	}
}

// Every module that the code imports stands in DESIGN.md with its reason, and no other does.
func TestDependenciesHaveReasons(t *testing.T) {
	t.Parallel()
	required := requiredModules(t)
	used := map[string]string{} // module to a file that imports it
	for _, s := range sources(t) {
		for _, imported := range s.imports(t) {
			if standard(imported) || within(imported, "aixin") {
				continue
			}
			i := slices.IndexFunc(required, func(m string) bool { return within(imported, m) })
			if i < 0 {
				t.Errorf("%s imports %s: not in go.mod", s.path, imported)
				continue
			}
			used[required[i]] = s.path
		}
	}
	reasons := tableColumn(t, "DESIGN.md", "Dependencies", 0)
	for _, m := range slices.Sorted(maps.Keys(used)) {
		if !slices.Contains(reasons, m) {
			t.Errorf("%s imports %s: DESIGN.md, section Dependencies, does not say why", used[m], m)
		}
	}
	for _, m := range reasons {
		if used[m] == "" {
			t.Errorf("DESIGN.md gives a reason for %s, which nothing imports", m)
		}
	}
}

// requiredModules lists the modules of go.mod, longest first, so that a nested module is found before the one around it.
func requiredModules(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, r := range f.Require {
		modules = append(modules, r.Mod.Path)
	}
	slices.SortFunc(modules, func(a, b string) int { return len(b) - len(a) })
	return modules
}

// What an account holds beside its postings has a past as well: whoever changes it says so, or past balances would be wrong.
func TestAccountsAreAmended(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.path == "ledger/fold.go" || s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if f, ok := n.(*ast.SelectorExpr); ok && f.Sel.Name == "edit" {
				if x, ok := f.X.(*ast.SelectorExpr); ok && x.Sel.Name == "accounts" {
					t.Errorf("%s: accounts.edit: want amend", s.at(f))
				}
			}
			return true
		})
	}
}
