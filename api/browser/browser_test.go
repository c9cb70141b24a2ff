package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"aixin/api/catalog/catalogtest"
	"aixin/ledger"
)

// The width and height of a cheap phone, in CSS pixels.
const (
	phoneWidth  = 360
	deskWidth   = 1024 // of a small one
	phoneHeight = 740
)

// patience is how long the browser of one test may take in all, and stepTime how long one step of it. Both are long: the machine may be
// busy, and nothing here measures speed. A step that takes longer waits for something that does not come.
const (
	patience = 15 * time.Minute
	stepTime = time.Minute
)

// chromium returns the browser that the tests drive. Where it is missing they are skipped, but not where everything must be there.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{os.Getenv("AIXIN_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no chromium: .ci/needs did not install it")
	}
	t.Skip("no chromium: .ci/needs installs it")
	return ""
}

// morning is the zone of the demo's community, one in which it is between ten and eleven now: no midnight comes there while the tests run.
var morning = func() *time.Location {
	east := (10-time.Now().UTC().Hour()+24+9)%24 - 9 // from 9 hours west of Greenwich to 14 east, which all are zones of their own
	zone, err := time.LoadLocation(fmt.Sprintf("Etc/GMT%+d", -east))
	if err != nil {
		panic(err)
	}
	return zone
}()

// demoDay is the day on which the demo's community stands.
var demoDay = ledger.DateOf(time.Now().In(morning))

// The program and the demo book are made once; every test that writes serves a copy of the book.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "aixin-browser")
	if err != nil {
		return "", fmt.Errorf("folder: %w", err)
	}
	aixin := filepath.Join(dir, "aixin")
	if out, err := exec.Command("go", "build", "-o", aixin, "aixin/cmd/aixin").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	if out, err := exec.Command(aixin, "init", "--demo", "--today", demoDay.String(), "--zone", morning.String(), "--book", filepath.Join(dir, "book")).CombinedOutput(); err != nil {
		return "", fmt.Errorf("demo: %w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil && os.RemoveAll(dir) != nil && code == 0 {
		code = 1
	}
	os.Exit(code)
}

// served is a demo book that the program serves.
type served struct {
	URL     string
	Printed string // what the program printed when it started
	book    string
	stop    func()
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve serves a copy of the demo book until the test ends.
func serve(t testing.TB) served {
	t.Helper()
	return serveBook(t, copied(t))
}

// copied returns the folder of a copy of the demo book, which is verified when the test is over.
func copied(t testing.TB) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(book, os.DirFS(filepath.Join(dir, "book"))); err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if said, err := exec.CommandContext(ctx, filepath.Join(dir, "aixin"), "verify", "--book", book).CombinedOutput(); err != nil {
			t.Errorf("verify after the test: %v: %s", err, said)
		}
	})
	return book
}

// serveBook serves a book until it is stopped or the test ends.
func serveBook(t testing.TB, book string) served {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context()) // it ends by a signal, when the test is over
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "aixin"), "serve", "--book", book, "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := served{book: book}
	s.stop = sync.OnceFunc(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("stop the server: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(s.stop)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		s.Printed += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "Ctrl-C stops") { // the last line
			break
		}
	}
	s.URL = address.FindString(s.Printed)
	if s.URL == "" {
		said, _ := os.ReadFile(log.Name()) //nolint:errcheck // it is only for the message
		t.Fatalf("the server did not say where it is: %s%s", s.Printed, said)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() //nolint:errcheck // nothing must block the program's printing
	return s
}

// tab is a page of a browser of its own: no other test sees its cookies.
type tab struct {
	context.Context
	t    testing.TB
	at   served
	lang string
	size string
}

// open starts a browser that shows nothing, as wide as a phone.
func open(t testing.TB, at served) *tab {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("hide-scrollbars", false), chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &tab{Context: ctx, t: t, at: at, lang: "zh", size: "normal"}
	notesPosts(ctx, t)
	if err := chromedp.Run(ctx, network.Enable().WithMaxPostDataSize(1<<16)); err != nil { // the browser lives as long as the context of its first step
		t.Fatalf("start the browser: %v", err)
	}
	b.do(emulation.SetDeviceMetricsOverride(phoneWidth, phoneHeight, 1, false))
	return b
}

// do carries actions out.
func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := b.run(actions...); err != nil {
		b.t.Fatalf("browser: %v\n%s", err, b.state())
	}
}

// run carries actions out, and gives up after the time of one step.
func (b *tab) run(actions ...chromedp.Action) error {
	ctx, stop := context.WithTimeout(b.Context, stepTime)
	defer stop()
	return chromedp.Run(ctx, actions...)
}

// state says what the browser shows, for whoever reads why a step failed.
func (b *tab) state() string {
	ctx, stop := context.WithTimeout(b.Context, stepTime/6)
	defer stop()
	var s string
	err := chromedp.Run(ctx, chromedp.Evaluate(`[location.href, document.readyState, "focus: " + (document.activeElement || {}).outerHTML,
		(document.querySelector("main") || document.body || {}).innerText].join("\n")`, &s))
	if err != nil {
		return "and the page does not answer: " + err.Error()
	}
	return s
}

// rawID matches the id of a sentence that nobody wrote.
var rawID = sync.OnceValue(func() string { return catalogtest.IDs("../catalog") })

// speaks wants every word of the page, also of its choices and of what is read aloud, to be one that somebody wrote.
func (b *tab) speaks() {
	b.t.Helper()
	var found []string
	b.apart(fmt.Sprintf(`[...new Set([document.title, (document.body || {}).innerText, ...[...document.querySelectorAll("option")].map(e => e.text),
		...[...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap(e => [e.ariaLabel, e.title, e.placeholder, e.alt])]
		.flatMap(s => (s || "").match(/%s/g) || []))]`, rawID()), &found)
	if len(found) > 0 {
		b.t.Errorf("the page has %q, want sentences\n%s", found, b.state())
	}
}

// goTo opens a page in the language and size of the tab.
func (b *tab) goTo(path string) {
	b.t.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	b.do(chromedp.Navigate(b.at.URL + path + mark + "lang=" + b.lang + "&size=" + b.size))
	b.speaks()
}

// press carries out what loads another page, and waits until it is there. It does not use chromedp.RunResponse, which waits for ever where
// nothing is loaded.
func (b *tab) press(actions ...chromedp.Action) {
	b.t.Helper()
	if err := b.pressed(actions...); err != nil {
		b.t.Fatalf("press: %v\n%s", err, b.state())
	}
	b.speaks()
}

func (b *tab) pressed(actions ...chromedp.Action) error {
	var was cdp.LoaderID
	if err := b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		was, err = loader(ctx)
		return err
	})); err != nil {
		return err
	}
	if err := b.run(actions...); err != nil {
		return err
	}
	return b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			is, err := loader(ctx)
			if err == nil && is != was {
				var state string
				err = chromedp.Evaluate("document.readyState", &state).Do(ctx)
				if err == nil && state == "complete" {
					return nil
				}
			}
			select {
			case <-time.After(20 * time.Millisecond): // also where a page is leaving, and answers nothing
			case <-ctx.Done():
				return fmt.Errorf("no other page came: %w (%w)", ctx.Err(), err)
			}
		}
	}))
}

// loader names the document that the tab shows: every one that is loaded has another.
func loader(ctx context.Context) (cdp.LoaderID, error) {
	tree, err := page.GetFrameTree().Do(ctx)
	if err != nil {
		return "", err
	}
	return tree.Frame.LoaderID, nil
}

// typed types text as a keyboard does, once a field has the focus: a page gives it to the one that it names only when it is drawn, and on a
// busy machine that is after it was loaded. Keys before then are lost.
func typed(text string) chromedp.Action {
	return chromedp.Tasks{
		until("document.activeElement !== null && document.activeElement !== document.body"),
		chromedp.KeyEvent(text),
	}
}

// until waits until an expression is true. The protocol evaluates it, which no policy of the page forbids.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			var yes bool
			err := chromedp.Evaluate(expression, &yes).Do(ctx)
			if err == nil && yes {
				return nil
			}
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
				return fmt.Errorf("%s: %w (%w)", expression, ctx.Err(), err)
			}
		}
	})
}

// text returns what a person reads in the first element that a selector finds.
func (b *tab) text(selector string) (s string) {
	b.t.Helper()
	b.do(chromedp.Text(selector, &s, chromedp.ByQuery))
	return s
}

// value returns what stands in a field.
func (b *tab) value(selector string) (s string) {
	b.t.Helper()
	b.apart(fmt.Sprintf("document.querySelector(%q).value", selector), &s)
	return s
}

// has reports whether there is such an element.
func (b *tab) has(selector string) (yes bool) {
	b.t.Helper()
	b.apart(fmt.Sprintf("document.querySelector(%q) !== null", selector), &yes)
	return yes
}

// apart evaluates an expression in a world of its own: it sees the page, and neither the page nor its policy sees it. So what is
// tested is the page as it is served, with the policy that forbids every script but our own.
func (b *tab) apart(expression string, into any) {
	b.t.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		tree, err := page.GetFrameTree().Do(ctx)
		if err != nil {
			return err
		}
		world, err := page.CreateIsolatedWorld(tree.Frame.ID).WithWorldName("test").Do(ctx)
		if err != nil {
			return err
		}
		return chromedp.Evaluate(expression, into, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
			return p.WithContextID(world).WithAwaitPromise(true)
		}).Do(ctx)
	}))
}

// signIn signs somebody in through the form that their page shows.
func (b *tab) signIn(path string, as person) {
	b.t.Helper()
	b.goTo(path)
	b.press(chromedp.SetValue(as.field, as.number, chromedp.ByQuery), chromedp.SetValue("#pin", demoPIN, chromedp.ByQuery), chromedp.Submit("#pin", chromedp.ByQuery))
}

// forget takes the browser's cookies away, as the end of a session does.
func (b *tab) forget() {
	b.t.Helper()
	b.do(network.ClearBrowserCookies())
}
