package leftover_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"aixin/store/leftover"
)

// Only emptied logs go, and only those of the directory itself, whatever signs of a pattern its name has.
func TestDropEmptied(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, path := range []string{"book[1]/00001.mem", "book[1]/00002.mem", "book[1]/00003.sst", "book1/00001.mem", "book[/00001.mem"} {
		path = filepath.Join(home, path)
		var text []byte
		if filepath.Base(path) == "00002.mem" {
			text = []byte("a row")
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"book[1]", "book["} {
		if err := leftover.DropEmptied(filepath.Join(home, dir)); err != nil {
			t.Error(err)
		}
	}
	var left []string
	err := fs.WalkDir(os.DirFS(home), ".", func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			left = append(left, path)
		}
		return err
	})
	if want := []string{"book1/00001.mem", "book[1]/00002.mem", "book[1]/00003.sst"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("got %v, %v, want %v", left, err, want)
	}
}
