package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/api/catalog"
)

// step is one command of a transcript and what it is to print; "…" in a line stands for what differs each time, and a line of
// "…" alone for any number of lines.
type step struct {
	command string
	want    []string
}

// What the READMEs show is what the program does: their transcripts are typed at a shell and compared line by line.
func TestReadme(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"README.md", "README.zh.md"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			steps := transcript(t, page)
			answers := typed(t, steps)
			if *update {
				rewrite(t, page, steps, answers)
				return
			}
			for i, got := range answers {
				if !matches(got.lines, steps[i].want) {
					t.Fatalf("%s: $ %s\ngot (exit %s):\n%s\nwant:\n%s", page, steps[i].command, got.exit,
						strings.Join(got.lines, "\n"), strings.Join(steps[i].want, "\n"))
				}
				refused := slices.ContainsFunc(steps[i].want, func(l string) bool { return strings.HasPrefix(l, "error: ") })
				if (got.exit == "0") == refused {
					t.Errorf("%s: $ %s: got exit %s beside:\n%s", page, steps[i].command, got.exit, strings.Join(got.lines, "\n"))
				}
			}
		})
	}
}

// The table of commands in each README names every command of the program, and no other.
func TestReadmeNamesEveryCommand(t *testing.T) {
	t.Parallel()
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(time.Now)
	a.say = say
	root := a.root()
	root.InitDefaultCompletionCmd()
	var want []string
	for _, c := range root.Commands() {
		if c.Name() != "help" { // the sentence under the table begins with it
			want = append(want, c.Name())
		}
	}
	slices.Sort(want)
	for page, heading := range map[string]string{"README.md": "\n## Commands\n", "README.zh.md": "\n## 命令\n"} {
		b, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(b), heading)
		section, _, _ = strings.Cut(section, "\n\n`")
		var got []string
		for _, m := range regexp.MustCompile("`([a-z-]+)[^`]*`").FindAllStringSubmatch(section, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got commands %v, want %v", page, got, want)
		}
	}
}

// transcript reads the console blocks of a page.
func transcript(t *testing.T, page string) []step {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	inside := false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, " \n")
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case isCommand:
			steps = append(steps, step{command: command})
		case len(steps) == 0:
			t.Fatalf("%s: %q stands before the first command", page, line)
		case strings.HasSuffix(steps[len(steps)-1].command, `\`):
			steps[len(steps)-1].command += "\n" + line
		default:
			steps[len(steps)-1].want = append(steps[len(steps)-1].want, line)
		}
	}
	if len(steps) < 5 {
		t.Fatalf("%s: its transcript has %d commands", page, len(steps))
	}
	return steps
}

// printed is what one command wrote, both streams as a terminal shows them, and its exit code.
type printed struct {
	lines []string
	exit  string
}

// typed runs the commands one after the other in one shell, in a directory that holds only the test data.
func typed(t *testing.T, steps []step) []printed {
	t.Helper()
	dir := t.TempDir()
	files := filepath.Join("testdata", "import") // copied, since an import writes its answers beside the file
	if err := os.CopyFS(filepath.Join(dir, files), os.DirFS(filepath.Join("..", "..", files))); err != nil {
		t.Fatal(err)
	}
	const mark = "\x01exit"
	var script strings.Builder
	script.WriteString("exec 2>&1 </dev/null\n")
	for _, s := range steps {
		fmt.Fprintf(&script, "%s\ncode=$?; printf '%s %%s\\n' $code; (exit $code)\n", s.command, mark)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	shell.Dir = dir
	shell.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AIXIN_") })
	out, err := shell.Output()
	if len(out) == 0 {
		t.Fatalf("bash printed nothing: %v", err)
	}
	var all []printed
	for part := range strings.SplitAfterSeq(string(out), "\n") {
		text, exit, ended := strings.Cut(part, mark+" ")
		if len(all) == 0 || all[len(all)-1].exit != "" {
			all = append(all, printed{})
		}
		last := &all[len(all)-1]
		if text = strings.TrimRight(text, " \n"); text != "" || !ended {
			last.lines = append(last.lines, text)
		}
		if ended {
			last.exit = strings.TrimSpace(exit)
		}
	}
	all = slices.DeleteFunc(all, func(p printed) bool { return p.exit == "" })
	if len(all) != len(steps) {
		t.Fatalf("%d commands were typed and %d answered:\n%s", len(steps), len(all), out)
	}
	return all
}

// matches compares lines with what a page shows of them.
func matches(got, want []string) bool {
	var pattern strings.Builder
	for _, line := range want {
		if line == "…" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*?") + `\n`)
	}
	text := ""
	for _, line := range got {
		text += line + "\n"
	}
	return regexp.MustCompile(`\A` + pattern.String() + `\z`).MatchString(text)
}

// rewrite replaces what a page shows by what was printed, where the two do not match. What differs each time becomes "…".
func rewrite(t *testing.T, page string, steps []step, answers []printed) {
	t.Helper()
	path := filepath.Join("..", "..", page)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	varying := regexp.MustCompile(`\d{4}-\d{2}-\d{2}|[A-Za-z0-9+/]{43}=|book-[A-Z0-9]{8}`)
	var out strings.Builder
	inside, at := false, 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "```") {
			inside = line == "```console\n"
		}
		if !inside || strings.HasPrefix(line, "```") {
			out.WriteString(line)
			continue
		}
		if !strings.HasPrefix(line, "$ ") {
			continue
		}
		out.WriteString("$ " + steps[at].command + "\n")
		show := steps[at].want
		if !matches(answers[at].lines, show) {
			show = answers[at].lines
			for i := range show {
				show[i] = varying.ReplaceAllString(show[i], "…")
			}
		}
		for _, l := range show {
			out.WriteString(l + "\n")
		}
		at++
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
