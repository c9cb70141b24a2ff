package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const heldRule = `
id = "with-holds"
version = 1
from = 2026-01-01
earns = ["scan"]

[hold]
days = 1
`

// TestRunEndsHolds holds that the run ends a hold on the day after its last, before it expires the points beneath it, and that a
// second run finds nothing.
func TestRunEndsHolds(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	dir, now := t.TempDir(), time.Now().In(zone)
	rule := filepath.Join(dir, "rule.toml")
	if err := os.WriteFile(rule, []byte(heldRule), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"AIXIN_BOOK": filepath.Join(dir, "B"), "AIXIN_LANG": "en", "AIXIN_PIN": scriptPIN, "AIXIN_NEW_PIN": scriptPIN,
	}
	ask := func(line string) string {
		t.Helper()
		var out, said bytes.Buffer
		a := newApp(func() time.Time { return now })
		a.in, a.out, a.err, a.env = strings.NewReader(""), &out, &said, func(name string) string { return env[name] }
		if code := a.run(t.Context(), strings.Fields(line)); code != exitDone {
			t.Fatalf("aixin %s: exit %d\n%s%s", line, code, &out, &said)
		}
		return out.String() + said.String()
	}
	wants := func(line, want string) {
		t.Helper()
		if got := ask(line); !strings.Contains(got, want) {
			t.Errorf("aixin %s: got\n%s\nwant %s", line, got, want)
		}
	}
	ask("init --rules " + rule)
	for line := range strings.Lines(strings.Replace(schemeCommands, "init --rules alone.toml\n", "", 1)) {
		if !strings.Contains(line, "leader") && !strings.Contains(line, "auditor") && !strings.Contains(line, "activity") {
			ask(line)
		}
	}
	said := ask("declare V0000018 --opening 4 --expires " + now.Format(time.DateOnly) + " --as U000006")
	ask("approve " + regexp.MustCompile(`\d+`).FindString(said) + " --as U000003")
	ask("receive S01 SKU-0001=5 --donor D001 --as U000004")
	ask("hold V0000018 --shop S01 SKU-0001=3 --as U000005")
	wants("run --as U000006", "nothing was written")
	now = now.AddDate(0, 0, 1)
	wants("balance V0000018", "3.00 points are reserved")
	wants("run --as U000006", "hold ended")
	wants("run --as U000006", "nothing was written")
	wants("balance V0000018", "0.00 points are available")
	wants("hold list --all -O csv", ",ended")
	wants("verify", "The book is sound")
}
