package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// documents lists the pages at the top of the repository.
func documents() []string {
	return []string{"README.md", "README.zh.md", "DESIGN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}
}

// readDocument returns the text of a page at the top of the repository.
func readDocument(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section returns the text under the heading that has this title, with or without a number before it, up to the next heading of
// its level or a higher one.
func section(t *testing.T, name, title string) string {
	t.Helper()
	var found []string
	level := 0
	fenced := false
	number := regexp.MustCompile(`^[0-9]+\. `)
	for line := range strings.Lines(readDocument(t, name)) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		marks := len(line) - len(strings.TrimLeft(line, "#"))
		switch heading := !fenced && marks > 0 && strings.HasPrefix(line[marks:], " "); {
		case heading && level == 0 && number.ReplaceAllString(strings.TrimSpace(line[marks:]), "") == title:
			level = marks
		case heading && level > 0 && marks <= level:
			return strings.Join(found, "")
		case level > 0:
			found = append(found, line)
		}
	}
	if level == 0 {
		t.Fatalf("%s has no section %q", name, title)
	}
	return strings.Join(found, "")
}

// tableColumn returns what stands in backquotes in one column of the tables of a section.
func tableColumn(t *testing.T, name, title string, column int) []string {
	t.Helper()
	quoted := regexp.MustCompile("`([^`]+)`")
	var words []string
	for line := range strings.Lines(section(t, name, title)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || column >= len(cells) {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[column], -1) {
			words = append(words, m[1])
		}
	}
	if len(words) == 0 {
		t.Fatalf("%s, section %q: no table with words in backquotes in column %d", name, title, column)
	}
	return words
}

// The glossary is a promise about the code: each of its words is one that the code uses.
func TestGlossaryIsSpoken(t *testing.T) {
	t.Parallel()
	spoken := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		spoken[s.file.Name.Name] = true
		ast.Inspect(s.file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				spoken[id.Name] = true
			}
			return true
		})
	}
	for _, cell := range tableColumn(t, "CONTRIBUTING.md", "Glossary", 2) {
		for word := range strings.SplitSeq(cell, ".") {
			if !spoken[word] {
				t.Errorf("the glossary says `%s`: no identifier %s", cell, word)
			}
		}
	}
}

// An invariant that only the page knows is a wish: the code names each by its number.
func TestInvariantsAreNamedInCode(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`\bI(\d+)\b`)
	inCode := map[string]bool{}
	for _, s := range sources(t) {
		b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(s.path)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range number.FindAllString(string(b), -1) {
			inCode[m] = true
		}
	}
	listed := regexp.MustCompile(`(?m)^\| (I\d+) \|`).FindAllStringSubmatch(section(t, "DESIGN.md", "Invariants"), -1)
	for n, m := range listed {
		if want := "I" + strconv.Itoa(n+1); m[1] != want {
			t.Errorf("row %d of the invariants: got %s, want %s", n+1, m[1], want)
		}
		if !inCode[m[1]] {
			t.Errorf("%s: no code names it", m[1])
		}
		delete(inCode, m[1])
	}
	for name := range inCode {
		t.Errorf("the code names %s: DESIGN.md does not list it", name)
	}
}

// The comment of the state lists every family of facts.
func TestFactsAreDocumented(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	_, list, _ := strings.Cut(read("book.go"), "b.families = map")
	list, _, _ = strings.Cut(list, "\n\t}\n")
	found := regexp.MustCompile(`"([a-z]+)":`).FindAllStringSubmatch(list, -1)
	if len(found) < 30 {
		t.Fatalf("found %d families in book.go; the search is broken", len(found))
	}
	comment, _, _ := strings.Cut(read("state.go"), "\ntype (")
	for _, m := range found {
		if !regexp.MustCompile(`(?m)^//\t(\S+ )*` + m[1] + `[/ ]`).MatchString(comment) {
			t.Errorf("state.go says nothing of the facts %s/…", m[1])
		}
	}
}

// A comment that sends its reader to a section of DESIGN.md sends them somewhere.
func TestSectionsExist(t *testing.T) {
	t.Parallel()
	design := readDocument(t, "DESIGN.md")
	named := regexp.MustCompile(`([A-Z]+) §([0-9]+)`)
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			for _, m := range named.FindAllStringSubmatch(group.Text(), -1) {
				if m[1] == "RFC" || m[1] == "DESIGN" && strings.Contains(design, "\n## "+m[2]+". ") {
					continue
				}
				t.Errorf("%s: %s: no such section", s.at(group), m[0])
			}
		}
	}
}

// The tables of kinds in DESIGN.md are the format: they list every kind, and the members of each in the order in which they stand
// in the frozen lines. A family of kinds may have a table and a heading of its own.
func TestKindsAreDocumented(t *testing.T) {
	t.Parallel()
	members := map[string][]string{}
	quoted := regexp.MustCompile("`([a-z0-9_]+)`")
	for line := range strings.Lines(section(t, "DESIGN.md", "The data directory")) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		var list []string
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			list = append(list, m[1])
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			members[m[1]] = list
		}
	}
	seen := map[string]bool{}
	for line := range strings.Lines(frozenText(t)) {
		kind, body := bodyMembers(t, line)
		if kind == "" {
			continue
		}
		seen[kind] = true
		at := 0
		for _, name := range body {
			i := slices.Index(members[kind][at:], name)
			if i < 0 {
				t.Errorf("kind %s: DESIGN.md has members %v; the frozen line has %v", kind, members[kind], body)
				break
			}
			at += i + 1
		}
	}
	for kind := range members {
		if !seen[kind] {
			t.Errorf("DESIGN.md lists the kind %s: no frozen line has it", kind)
		}
	}
	for _, kind := range constantsOf(t, "Kind") {
		if members[kind] == nil {
			t.Errorf("the source has the kind %s: DESIGN.md does not list its members", kind)
		}
	}
}

// The table of rules in DESIGN.md has every rule of the scheme: with the functions that decide it, and with the tables and scripts that
// try it. A table of commands says in a comment which rule it tries, and is listed with every rule that it names.
func TestRulesAreTried(t *testing.T) {
	t.Parallel()
	number, quoted := regexp.MustCompile(`\bB[0-9]{2}\b`), regexp.MustCompile("`([^`]+)`")
	known, tries := functions(t), triedIn(t, number)
	listed := map[string]bool{} // "B01 account"
	for line := range strings.Lines(section(t, "DESIGN.md", "The scheme")) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 2 || !number.MatchString(cells[1]) {
			continue
		}
		if len(cells) != 7 {
			t.Errorf("%sthe last two of five columns name what decides the rule and what tries it", line)
			continue
		}
		deciding := quoted.FindAllStringSubmatch(cells[4], -1)
		for _, m := range deciding {
			if !known[m[1]] {
				t.Errorf("%s: no function %s", cells[1], m[1])
			}
		}
		if len(deciding) == 0 {
			t.Errorf("%s: nothing decides it", cells[1])
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[5], -1) {
			numbers := number.FindAllString(cells[1], -1)
			for _, n := range numbers {
				listed[n+" "+m[1]] = true
			}
			_, err := os.Stat(filepath.Join(root, "testdata", "script", m[1]))
			switch tried := slices.ContainsFunc(numbers, func(n string) bool { return tries[n+" "+m[1]] }); {
			case strings.HasSuffix(m[1], ".txtar") && err != nil:
				t.Errorf("%s: %v", cells[1], err)
			case !strings.HasSuffix(m[1], ".txtar") && !tried:
				t.Errorf("%s: no comment of testdata/commands/%s.txt has the number", cells[1], m[1])
			}
		}
	}
	tried := map[string]bool{}
	for named := range tries {
		n, file, _ := strings.Cut(named, " ")
		if tried[n] = true; !listed[named] {
			t.Errorf("testdata/commands/%s.txt tries rule %s: its row in DESIGN.md does not list it", file, n)
		}
	}
	for n := 1; n <= 49; n++ {
		if name := fmt.Sprintf("B%02d", n); !tried[name] {
			t.Errorf("no comment of a table of commands names rule %s", name)
		}
	}
}

// triedIn returns which rules the comments of the tables of commands name, as "B01 account".
func triedIn(t *testing.T, number *regexp.Regexp) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "commands", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables of commands: %v", err)
	}
	tries := map[string]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			_, comment, _ := strings.Cut(line, "#")
			for _, n := range number.FindAllString(comment, -1) {
				tries[n+" "+strings.TrimSuffix(filepath.Base(f), ".txt")] = true
			}
		}
	}
	return tries
}

// functions returns what functions and methods there are: those of the ledger as they are, those of other packages behind the
// package's name.
func functions(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.test() {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				of := f.Recv.List[0].Type
				if p, ok := of.(*ast.StarExpr); ok {
					of = p.X
				}
				name = fmt.Sprint(of, ".", name)
			}
			if pkg := s.file.Name.Name; pkg != "ledger" {
				name = pkg + "." + name
			}
			known[name] = true
		}
	}
	return known
}

// frozenText returns the frozen lines of every format: each version has those of its own kinds, in as many files as it likes.
func frozenText(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "formats", "v*", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no frozen lines: %v", err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// bodyMembers returns the kind of an entry line and the names of its body's members in order; no kind for a head line.
func bodyMembers(t *testing.T, line string) (kind string, names []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	depth, inBody, isName := 0, false, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return kind, names
		}
		if err != nil {
			t.Fatalf("%.80s: %v", line, err)
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
			} else {
				depth--
			}
			inBody = inBody && depth > 1
			isName = depth > 0
			continue
		case string:
			switch {
			case isName && depth == 1 && v == "kind":
				if err := d.Decode(&kind); err != nil {
					t.Fatalf("%.80s: %v", line, err)
				}
				continue
			case isName && depth == 1:
				inBody = v == "body"
			case isName && depth == 2 && inBody:
				names = append(names, v)
			}
		}
		isName = !isName
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	for _, name := range documents() {
		for _, m := range link.FindAllStringSubmatch(readDocument(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	}
}

// What a page tells to make can be made, and what can be made says so in the help.
func TestMakeTargetsExist(t *testing.T) {
	t.Parallel()
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(readDocument(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	told := regexp.MustCompile("(?m)(?:`|^\\$ |^    )make ([a-z-]+)")
	for _, name := range documents() {
		for _, m := range told.FindAllStringSubmatch(readDocument(t, name), -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s says make %s: the Makefile has %v", name, m[1], targets)
			}
		}
	}
}

// The exit codes of the README, in both languages, are those of the one table in the code.
func TestExitCodesInStep(t *testing.T) {
	t.Parallel()
	inCode := exitCodes(t)
	for name, title := range map[string]string{"README.md": "Exit codes", "README.zh.md": "退出码"} {
		var told []string
		for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(section(t, name, title), -1) {
			told = append(told, m[1])
		}
		slices.Sort(told)
		if !slices.Equal(told, inCode) {
			t.Errorf("%s: got exit codes %v, want those of cmd/aixin/exit.go: %v", name, told, inCode)
		}
	}
}

// exitCodes reads the integer constants of cmd/aixin/exit.go, sorted as text.
func exitCodes(t *testing.T) []string {
	t.Helper()
	var codes []string
	for _, s := range sources(t) {
		if s.path != "cmd/aixin/exit.go" {
			continue
		}
		for _, d := range s.file.Decls {
			for _, spec := range constants(d) {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok {
						codes = append(codes, lit.Value)
					}
				}
			}
		}
	}
	if len(codes) < 5 {
		t.Fatalf("cmd/aixin/exit.go: found %v, want a table of constants", codes)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// constants returns the specifications of a const declaration, and nothing of any other.
func constants(d ast.Decl) []*ast.ValueSpec {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok.String() != "const" {
		return nil
	}
	var specs []*ast.ValueSpec
	for _, s := range g.Specs {
		if v, ok := s.(*ast.ValueSpec); ok {
			specs = append(specs, v)
		}
	}
	return specs
}

// Both languages of the README say the same: as many sections, and the same commands.
func TestReadmesInStep(t *testing.T) {
	t.Parallel()
	heading := regexp.MustCompile(`(?m)^#+ `)
	command := regexp.MustCompile(`(?m)^(?:\$ |    )(?:make|\S*aixin) .*$`)
	english, chinese := readDocument(t, "README.md"), readDocument(t, "README.zh.md")
	if got, want := heading.FindAllString(chinese, -1), heading.FindAllString(english, -1); !slices.Equal(got, want) {
		t.Errorf("README.zh.md has headings %q, README.md %q", got, want)
	}
	if got, want := command.FindAllString(chinese, -1), command.FindAllString(english, -1); !slices.Equal(got, want) {
		t.Errorf("README.zh.md has commands\n%s\nREADME.md\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
