package browser_test

import (
	"context"
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// posts are the forms that each test sent from its browsers: the path of the page, and the name of the form where the page has more than one.
var posts = struct {
	sync.Mutex
	of map[string][]string
}{of: map[string][]string{}}

// notesPosts notes every form that a browser sends, and holds the test at its end to those that the scheme wants of it.
func notesPosts(ctx context.Context, t testing.TB) {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	chromedp.ListenTarget(ctx, func(event any) {
		sent, ok := event.(*network.EventRequestWillBeSent)
		if !ok || sent.Request.Method != "POST" {
			return
		}
		at, err := url.Parse(sent.Request.URL)
		if err != nil {
			return
		}
		posts.Lock()
		defer posts.Unlock()
		posts.of[test] = append(posts.of[test], strings.TrimSpace(at.Path+" "+formName(sent.Request.PostDataEntries)))
	})
	posts.Lock()
	defer posts.Unlock()
	if _, known := posts.of[test]; known {
		return
	}
	posts.of[test] = nil
	t.Cleanup(func() {
		posts.Lock()
		defer posts.Unlock()
		if t.Failed() {
			return // it did not come that far
		}
		for _, f := range schemeFlows {
			for want := range strings.SplitSeq(f.posts, ", ") {
				if f.test == test && want != "" && !slices.Contains(posts.of[test], want) {
					t.Errorf("%s: got %q, want %q to be sent too", f.flow, posts.of[test], want)
				}
			}
		}
	})
}

var partName = regexp.MustCompile(`name="form"\r\n\r\n([a-z_]+)\r\n`)

// formName reads the name of a form in what a browser sent, whichever way it wrote it. Of one that carries a file the browser tells nothing.
func formName(parts []*network.PostDataEntry) string {
	var all []byte
	for _, p := range parts {
		text, err := base64.StdEncoding.DecodeString(p.Bytes)
		if err != nil {
			return ""
		}
		all = append(all, text...)
	}
	if m := partName.FindSubmatch(all); m != nil {
		return string(m[1])
	}
	typed, err := url.ParseQuery(string(all))
	if err != nil {
		return ""
	}
	if typed.Has("staff_pin") || typed.Has("number") && typed.Has("pin") {
		return "sign-in"
	}
	return typed.Get("form")
}

// staffForms lists the forms that the pages of the staff declare, each by the path of its page and its name.
func staffForms(t *testing.T) (forms []string) {
	t.Helper()
	names, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	var pages []map[string]ast.Expr
	paths := map[string]string{}           // by the names of constants
	made := map[string]*ast.CompositeLit{} // what functions return, by their names
	for _, name := range names {
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, v := range n.Values {
					paths[n.Names[i].Name] = literal(v)
				}
			case *ast.FuncDecl:
				made[n.Name.Name] = returned(n)
			case *ast.CompositeLit:
				if m := members(n); m["path"] != nil && m["roles"] != nil {
					pages = append(pages, m)
				}
			}
			return true
		})
	}
	for _, m := range pages {
		path := literal(m["path"])
		if name, ok := m["path"].(*ast.Ident); ok {
			path = paths[name.Name]
		}
		list, ok := m["forms"].(*ast.CompositeLit)
		if path == "" || m["forms"] != nil && !ok {
			t.Fatalf("%s: the page is not written out", files.Position(m["path"].Pos()))
		}
		if list == nil {
			continue // it only shows
		}
		for _, form := range list.Elts {
			row, ok := form.(*ast.CompositeLit)
			if call, by := form.(*ast.CallExpr); by {
				if name, known := call.Fun.(*ast.Ident); known {
					row, ok = made[name.Name], made[name.Name] != nil
				}
			}
			if !ok || literal(members(row)["name"]) == "" {
				t.Fatalf("%s: the form is not written out", files.Position(form.Pos()))
			}
			forms = append(forms, path+" "+literal(members(row)["name"]))
		}
	}
	return forms
}

// returned is the literal that a function of one statement returns.
func returned(f *ast.FuncDecl) *ast.CompositeLit {
	if f.Body == nil || len(f.Body.List) != 1 {
		return nil
	}
	ret, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	lit, ok := ret.Results[0].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	return lit
}

// members are the members of a literal that it names.
func members(lit *ast.CompositeLit) map[string]ast.Expr {
	m := map[string]ast.Expr{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				m[key.Name] = kv.Value
			}
		}
	}
	return m
}

// literal is the text that an expression writes out; none where it does not.
func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}
