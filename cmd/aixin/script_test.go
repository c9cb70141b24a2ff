package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/journal"
)

// update rewrites the golden parts of the scripts.
var update = flag.Bool("update", false, "rewrite golden files")

// aheadEnv is by how much the clock of all scripts goes ahead, and laterEnv by how much more that of one does.
const (
	aheadEnv = "AIXIN_TEST_AHEAD"
	laterEnv = "AIXIN_TEST_LATER"
)

// ahead is by how much the clock of scripts goes ahead of the real one: by an hour in the hour before midnight at Shanghai, so that none comes
// between two commands of a script. Whoever sets it tries another day: 720h the last of a month on its first.
var ahead = func() time.Duration {
	if by, err := time.ParseDuration(os.Getenv(aheadEnv)); err == nil {
		return by
	}
	if time.Now().UTC().Hour() == 15 {
		return time.Hour
	}
	return 0
}()

// TestMain lets scripts, and the transcript of the README, call this test binary as aixin.
func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){"aixin": func() {
		var by time.Duration
		for _, env := range []string{aheadEnv, laterEnv} {
			of, err := time.ParseDuration(cmp.Or(os.Getenv(env), "0s"))
			if err != nil {
				panic(err)
			}
			by += of
		}
		os.Exit(int(run(os.Args[1:], func() time.Time { return time.Now().Add(by) })))
	}})
}

// waiting are tests that wait for commands, which wait for the disk.
type waiting struct{ *testing.M }

// Run lets twice as many of them go on at once as there are processors, unless -parallel says how many.
func (w waiting) Run() int {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	return w.M.Run()
}

// scriptPIN is every PIN of the books that scripts make, so that they need not read each from the output.
const scriptPIN = "735192"

// TestScript runs testdata/script: one flow a file, the command line as its users see it.
func TestScript(t *testing.T) {
	t.Parallel()
	data, err := filepath.Abs("../../testdata/import")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().Add(ahead).In(zone)
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	var chosen []string
	if testing.Short() { // under the race detector each command takes a second
		chosen = []string{"../../testdata/script/day.txtar", "../../testdata/script/beside.txtar"}
	} else if chosen, err = filepath.Glob("../../testdata/script/*.txtar"); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:         chosen,
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			for key, value := range map[string]string{
				"AIXIN_BOOK": "B", "AIXIN_LANG": "en", "AIXIN_PIN": scriptPIN, "AIXIN_NEW_PIN": scriptPIN, "DATA": data, aheadEnv: ahead.String(),
				"TODAY": day(0), "YESTERDAY": day(-1), "TOMORROW": day(1), "LASTWEEK": day(-7),
				"IN3DAYS": day(3), "IN4DAYS": day(4), "IN5DAYS": day(5), "IN8DAYS": day(8), "IN10DAYS": day(10), "MONTH": today.Format("2006-01"), "LASTMONTH": today.AddDate(0, 0, -today.Day()).Format("2006-01"),
			} {
				e.Setenv(key, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "scheme": newScheme(&startBook{keep: filepath.Join(t.TempDir(), "book")}), "take": take, "ready": ready, "narrow": narrow, "lines": lines, "same": same, "forge": forge, "peer": peer, "code": oneTimeCode,
		},
	})
}

// exits runs a command and wants its exit code: exits 4 aixin approve 41.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		got = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code: got %d, want %d", got, want)
	}
}

// newScheme makes a book with staff U000001 to U000008, a unit, a shop, a donor, an activity, items, and three volunteers. The
// first script that asks makes it by commands; the others get a copy.
func newScheme(made *startBook) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		made.mu.Lock()
		defer made.mu.Unlock()

		book := ts.MkAbs("B")
		if made.dir != "" {
			ts.Check(ts.Exec("cp", "-a", made.dir, book))
			return
		}
		text, err := sheet.ShippedRuleText("volunteer-1yuan")
		ts.Check(err)
		alone := strings.Replace(text, `kinds = ["rule_set"]`, `kinds = []`, 1) // so that one person sets what a script is about
		ts.Check(os.WriteFile(ts.MkAbs("alone.toml"), []byte(alone), 0o600))
		for line := range strings.Lines(schemeCommands) {
			if err := ts.Exec("aixin", strings.Fields(line)...); err != nil {
				ts.Fatalf("aixin %s: %v\n%s", line, err, ts.ReadFile("stderr"))
			}
		}
		ts.Check(ts.Exec("cp", "-a", book, made.keep))
		made.dir = made.keep
	}
}

// startBook is the book that scripts begin with.
type startBook struct {
	keep string // where it is kept

	mu  sync.Mutex
	dir string // keep, once it is there
}

const schemeCommands = `init --rules alone.toml
staff add U000002 --role leader --name Leader --as U000001
staff add U000003 --role reviewer --name Reviewer --as U000001
staff add U000004 --role keeper --name Keeper --as U000001
staff add U000005 --role clerk --name Clerk --as U000001
staff add U000006 --role steward --name Steward --as U000001
staff add U000008 --role auditor --name Auditor --as U000001
unit add C01 --name Harmony --as U000006
shop add S01 --unit C01 --name Shelf --as U000006
donor add D001 --name Grocer --as U000006
activity add A001 --unit C01 --name Patrol --as U000002
item add SKU-0001 --name Salt --points 1.00 --from 2026-01-01 --as U000006
item add SKU-0002 --name Rice --points 39 --from 2026-01-01 --as U000006
volunteer add --name Wang --phone 19900000001 --unit C01 --as U000006
volunteer add --name Li --phone 19900000002 --unit C01 --as U000006
volunteer add --name Zhao --phone 19900000003 --unit C01 --as U000006
`

// take keeps a member of the JSON that was printed last: take IMPORT import, or take N 0.record for the first of a list.
func take(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: take VARIABLE PATH")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for step := range strings.SplitSeq(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			if i >= len(at) {
				ts.Fatalf("%s: the list has %d elements", args[1], len(at))
			}
			v = at[i]
		}
	}
	switch v := v.(type) {
	case string:
		ts.Setenv(args[0], v)
	case float64:
		ts.Setenv(args[0], strconv.FormatInt(int64(v), 10))
	default:
		ts.Fatalf("%s: got %T", args[1], v)
	}
}

// oneTimeCode keeps the code that a secret has so long from now: code CODE SECRET 30s.
func oneTimeCode(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: code VARIABLE SECRET AFTER")
	}
	after, err := time.ParseDuration(args[2])
	ts.Check(err)
	code, err := totp.GenerateCode(args[1], time.Now().Add(ahead+after))
	ts.Check(err)
	ts.Setenv(args[0], code)
}

// ready waits until a server that runs in the background answers at the address in the lock of a book, and keeps it in $URL.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-deadline:
			ts.Fatalf("the server does not answer")
		case <-tick.C:
		}
		url, err := os.ReadFile(ts.MkAbs(filepath.Join(args[0], "lock")))
		if err != nil || len(url) == 0 {
			continue
		}
		ts.Setenv("URL", strings.TrimSpace(string(url)))
		res, err := http.Get(strings.TrimSpace(string(url)) + "/healthz") //nolint:noctx // a script has no context
		if err != nil {
			continue
		}
		ts.Check(res.Body.Close())
		if res.StatusCode == http.StatusOK {
			return
		}
	}
}

// narrow wants every line that was printed last to fit a terminal of 80 columns, a Chinese character counting two.
func narrow(ts *testscript.TestScript, _ bool, _ []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if n := runewidth.StringWidth(strings.TrimRight(line, "\n")); n > 80 {
			ts.Fatalf("%d columns: %s", n, line)
		}
	}
}

// lines wants a number of lines in what was printed last.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	if got := strings.Count(ts.ReadFile("stdout"), "\n"); fmt.Sprint(got) != args[0] {
		ts.Fatalf("lines: got %d, want %s", got, args[0])
	}
}

// same wants the journals of two books to have the same bytes.
func same(ts *testscript.TestScript, neg bool, args []string) {
	read := func(book string) string {
		var all strings.Builder
		files, err := filepath.Glob(ts.MkAbs(filepath.Join(book, "journal", "*.jsonl")))
		ts.Check(err)
		for _, f := range files {
			all.WriteString(ts.ReadFile(f))
		}
		return all.String()
	}
	if (read(args[0]) == read(args[1])) == neg {
		ts.Fatalf("journals of %s and %s: same is %v", args[0], args[1], !neg)
	}
}

// forge copies a book and puts another text in place of one in the line of an entry. The copy hashes and is signed: only what its entries
// say is wrong.
func forge(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 5 {
		ts.Fatalf("usage: forge BOOK COPY ENTRY OLD NEW")
	}
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	at, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	info, err := store.ReadBook(from)
	ts.Check(err)
	ctx := context.Background()
	ts.Check(store.Create(ctx, to, store.CreateOptions{Origin: info.Origin, Zone: info.Zone, Demo: info.Demo}))
	file, err := journal.Open(to, journal.Options{})
	ts.Check(err)
	var tree ledger.Frontier
	head := ledger.Head{Root: tree.Root()}
	for e, err := range store.Entries(ctx, from, 0) {
		ts.Check(err)
		line := string(e.AppendLine(nil))
		if int64(e.Index) == at {
			if !strings.Contains(line, args[3]) {
				ts.Fatalf("entry %d has no %s: %s", at, args[3], line)
			}
			line = strings.ReplaceAll(line, args[3], args[4])
		}
		var b journal.Builder
		tree.Append(ledger.LeafHash(b.AddLine([]byte(line))))
		next := ledger.Head{Size: tree.Size(), Root: tree.Root(), At: e.At}
		ts.Check(file.Append(ctx, head, b.Seal(next)))
		head = next
	}
	ts.Check(file.Close())
}
