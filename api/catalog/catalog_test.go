package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

const ledgerDir = "../../ledger"

// read returns the messages of one section file by id.
func read(t *testing.T, path string) map[string]*i18n.Message {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]*i18n.Message{}
	f, err := i18n.ParseMessageFileBytes(b, path, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		if strings.TrimSpace(stripComments(string(b))) == "" {
			return messages // a section that has no sentences yet
		}
		t.Fatalf("%s: %v", path, err)
	}
	for _, m := range f.Messages {
		messages[m.ID] = m
	}
	return messages
}

func stripComments(s string) string {
	return regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(s, "")
}

// placeholder finds what is filled in, and leaves out the plurals of English.
var placeholder = regexp.MustCompile(`{{[^s}][^}]*}}`)

// placeholders returns the sorted set of {{…}} in all forms of a message. Forms of one message may leave out the count, so
// the set of all forms is compared.
func placeholders(m *i18n.Message) []string {
	found := placeholder.FindAllString(m.One+m.Other, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Both languages of a section must have the same sentences about the same things, and no two sections the same id.
func TestSectionsAgree(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "*.zh.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("got %d Chinese sections (%v), want at least ledger, sheet, cli and web", len(files), err)
	}
	english, err := fs.Glob(os.DirFS("."), "*.en.toml")
	if err != nil || len(english) != len(files) {
		t.Fatalf("got %d English sections (%v), want the same as the %d Chinese ones", len(english), err, len(files))
	}
	owner := map[string]string{}
	for _, name := range files {
		section := strings.TrimSuffix(name, ".zh.toml")
		zh, en := read(t, name), read(t, section+".en.toml")
		for id, m := range zh {
			if other := owner[id]; other != "" {
				t.Errorf("%s: sections %s and %s both have it", id, other, section)
			}
			owner[id] = section
			if m.Other == "" {
				t.Errorf("%s: %s is empty", name, id)
			}
			if en[id] == nil {
				t.Errorf("%s: in %s only", id, name)
				continue
			}
			if diff := cmp.Diff(placeholders(m), placeholders(en[id])); diff != "" {
				t.Errorf("%s: placeholders differ (-zh +en):\n%s", id, diff)
			}
		}
		for id, m := range en {
			if zh[id] == nil {
				t.Errorf("%s: in %s.en.toml only", id, section)
			}
			if m.Other == "" {
				t.Errorf("%s.en.toml: %s is empty", section, id)
			}
		}
	}
}

// constants returns the string constants of a type in the files of package ledger, by reading their source: a constant that is
// added later has no sentence until somebody writes one, and this finds it.
func constants(t *testing.T, typeName string) []string {
	t.Helper()
	var values []string
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				if id, ok := v.Type.(*ast.Ident); !ok || id.Name != typeName {
					continue
				}
				for _, e := range v.Values {
					values = append(values, literal(t, e))
				}
			}
		}
	}
	if len(values) == 0 {
		t.Fatalf("no constants of type %s found in %s", typeName, ledgerDir)
	}
	return values
}

func sources(t *testing.T) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(ledgerDir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	set := token.NewFileSet()
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, p, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		t.Fatalf("constant is no string literal: %T", e)
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// faultCodes returns the codes of every fault that the check methods of the ledger can name.
func faultCodes(t *testing.T) []string {
	t.Helper()
	var codes []string
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr: // f.want(ok, field, "code")
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "want" && len(n.Args) == 3 {
					if lit, ok := n.Args[2].(*ast.BasicLit); ok {
						codes = append(codes, literal(t, lit))
					}
				}
			case *ast.CompositeLit: // Fault{field, "code"} and Fault{Field: …, Code: "code"}
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "Fault" && len(n.Elts) == 2 {
					last := n.Elts[1]
					if kv, ok := last.(*ast.KeyValueExpr); ok {
						last = kv.Value
					}
					if lit, ok := last.(*ast.BasicLit); ok {
						codes = append(codes, literal(t, lit))
					}
				}
			}
			return true
		})
	}
	if len(codes) == 0 {
		t.Fatal("no fault codes found")
	}
	return codes
}

// Everything that the ledger can say has a sentence in both languages.
func TestLedgerIsSaid(t *testing.T) {
	t.Parallel()
	tables := map[string][]string{
		"reject":        constants(t, "RejectReason"),
		"hint":          constants(t, "RejectReason"),
		"kind":          constants(t, "Kind"),
		"reason":        constants(t, "Reason"),
		"role":          constants(t, "Role"),
		"status":        constants(t, "Status"),
		"capture":       constants(t, "Capture"),
		"presence":      constants(t, "Presence"),
		"unit_kind":     constants(t, "UnitKind"),
		"class":         constants(t, "Class"),
		"record_state":  append(constants(t, "RecordState"), constants(t, "ShelfState")...),
		"shelf_reason":  constants(t, "ShelfReason"),
		"goods_source":  constants(t, "GoodsSource"),
		"channel":       constants(t, "Channel"),
		"request_state": constants(t, "RequestState"),
		"request_class": constants(t, "RequestClass"),
		"call_result":   constants(t, "CallResult"),
		"hold_state":    constants(t, "HoldState"),
		"query":         constants(t, "Query"),
		"missing":       constants(t, "Missing"),
		"standing":      constants(t, "Standing"),
		"measure":       constants(t, "Measure"),
		"checked_by":    constants(t, "CheckedBy"),

		"fault": append(faultCodes(t), person.BadID, person.BadName, person.BadPhone, person.BadIDNumber, person.DamagedIDNumber,
			person.NoPhoneNorNumber, person.BadPIN, person.TrivialPIN, person.BadTOTP, person.BadText, person.NoPhoneNorPlace),
	}
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		l, err := catalog.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for table, values := range tables {
			for _, v := range values {
				id := table + "." + v
				if got := l.T(id); got == id || got == "" {
					t.Errorf("%s: %s has no sentence", lang, id)
				}
			}
		}
	}
}

func TestPageHints(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		l, err := catalog.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, reason := range constants(t, "RejectReason") {
			if got := l.PageHint(&ledger.Rejection{Reason: ledger.RejectReason(reason)}); strings.Contains(got, "aixin ") || strings.Contains(got, "--") {
				t.Errorf("%s: the hint of %s on a page names a command: %s", lang, reason, got)
			}
		}
	}
}

func TestRejection(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rejection ledger.Rejection
		want      string
	}{
		{ledger.Rejection{Reason: ledger.InsufficientPoint, Have: 50, Want: 200}, "Not enough points: 0.50 available, 2.00 needed."},
		{ledger.Rejection{Reason: ledger.DayLimit, Have: 750, Want: 720}, "The day would have 750 minutes of service, over the limit of 720."},
		{ledger.Rejection{Reason: ledger.NotPermitted, Subject: "steward"}, "This needs the role “steward”, which the staff number does not have here."},
		{ledger.Rejection{Reason: ledger.NotFound, Subject: "SKU-0009"}, "SKU-0009 does not exist."},
		{ledger.Rejection{Reason: ledger.RecordClosed, Subject: "credited"}, "This record was dealt with before: credited."},
		{ledger.Rejection{Reason: ledger.NotReversible, Subject: "unit_added"}, "An entry of the kind “unit added” cannot be reversed."},
	}
	l, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		if got := l.Rejection(&tt.rejection); got != tt.want {
			t.Errorf("%v: got %q, want %q", &tt.rejection, got, tt.want)
		}
		if got := l.PageHint(&tt.rejection); strings.HasPrefix(got, "hint.") {
			t.Errorf("%v: no hint on a page", &tt.rejection)
		}
		if got := l.Hint(&tt.rejection); strings.HasPrefix(got, "hint.") {
			t.Errorf("%v: no hint", &tt.rejection)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ ask, want string }{
		{"", "zh"},
		{"zh", "zh"},
		{"zh-CN", "zh"},
		{"en", "en"},
		{"en-GB,en;q=0.9,zh;q=0.8", "en"},
		{"fr, en;q=0.5", "en"},
		{"fr", "zh"},
		{"not a language", "zh"},
	}
	for _, tt := range tests {
		if got := c.In(tt.ask).Lang(); got != tt.want {
			t.Errorf("In(%q): got %q, want %q", tt.ask, got, tt.want)
		}
	}
	if got := c.In("en").T("no.such.sentence"); got != "no.such.sentence" {
		t.Errorf("unknown id: got %q, want the id", got)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	l, err := catalog.New("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := catalog.Name(l, "kind", ledger.Redeemed); got != "redeemed" {
		t.Errorf("got %q, want redeemed", got)
	}
}

func TestFound(t *testing.T) {
	t.Parallel()
	l, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"redeemed double-entry after-close": "redeemed entered twice after the close",
		"approved_by":                       "approval by a body",
		"redeemed:S02 0.50":                 "points redeemed S02 0.50",
		"best_before":                       "the day the goods are best before",
		"points 20.50":                      "points 20.50",
		"2026-10-24 × 6":                    "2026-10-24 × 6",
		"clerk V0000018 had points":         "clerk V0000018 had points",
		"":                                  "",
	} {
		if got := catalog.Found(l, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
