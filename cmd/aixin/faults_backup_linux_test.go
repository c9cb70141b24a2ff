package main_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cutBackup: a backup that is killed at any moment is none, or leaves the one before as good as it was; one that is made again is good, and so
// is a restore that was killed. What doctor says of the last good backup is of one that there is.
func cutBackup(t *testing.T, bin string) {
	t.Helper()
	rounds := 8
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	book, backup, restored := filepath.Join(dir, "b"), filepath.Join(dir, "k"), filepath.Join(dir, "r")
	smallBook(t, bin, book)
	lasts := func(args ...string) time.Duration { // at least, so that a kill comes before its end and behind it
		began := time.Now()
		must(t, book, append([]string{bin}, args...)...)
		return time.Since(began)
	}
	backs, restores := lasts("backup", "-o", backup), lasts("restore", backup, "--book", restored)
	const seed = 20261130
	chance := rand.New(rand.NewPCG(seed, seed))
	kill := func(most time.Duration, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), bin, args...)
		cmd.Env = append(os.Environ(), "AIXIN_BOOK="+book)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(chance.Int64N(int64(most) + 1)))
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil && cmd.ProcessState == nil { // else it ended by itself, or was killed
			t.Fatal(err)
		}
	}
	away := func(path string) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	for round := range rounds {
		last := must(t, book, bin, "doctor", "-O", "tsv").stdout
		if round%2 == 0 {
			away(backup) // a first one; else one over the one before
		}
		must(t, book, bin, "unit", "add", "C0"+string(rune('2'+round)), "--name", "More", "--parent", "C01", "--kind", "grid", "--as", "U000006")
		kill(backs, "backup", "-o", backup)
		away(restored)
		_, err := os.Stat(filepath.Join(backup, "manifest.json"))
		switch r := aixin(t, book, bin, "restore", backup, "--book", restored); {
		case r.code == 0 && err == nil:
			must(t, restored, bin, "verify")
		case r.code != 5 || !errors.Is(err, fs.ErrNotExist):
			t.Errorf("round %d: restoring what was cut off: exit %d, manifest %v\n%s", round, r.code, err, r.stderr)
		}
		if now := must(t, book, bin, "doctor", "-O", "tsv").stdout; errors.Is(err, fs.ErrNotExist) && backedUp(now) != backedUp(last) {
			t.Errorf("round %d: doctor speaks of a backup that there is not: %s", round, backedUp(now))
		}
		must(t, book, bin, "backup", "-o", backup)
		away(restored)
		kill(restores, "restore", backup, "--book", restored)
		if r := aixin(t, book, bin, "restore", backup, "--book", restored); r.code != 0 && r.code != 4 { // 4: it had come to its end
			t.Errorf("round %d: restoring again: exit %d\n%s", round, r.code, r.stderr)
		}
		must(t, restored, bin, "verify")
	}
}

// backedUp is what doctor says of the last backup.
func backedUp(doctor string) string {
	for line := range strings.Lines(doctor) {
		if strings.HasPrefix(line, "backup\t") {
			return line
		}
	}
	return ""
}
