package browser_test

import (
	"context"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

var formRow = regexp.MustCompile(`name: "([a-z_]+)", (?:fields|run):`)

// staffForms lists the forms that the pages of the staff declare.
func staffForms(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../desk*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range formRow.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
