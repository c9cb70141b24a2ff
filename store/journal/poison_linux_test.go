package journal_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

const fileLimitEnv = "AIXIN_TEST_FILE_LIMIT"

// After a write that failed half-way nothing more is accepted, be there room again or not, until the journal is opened anew
// and the torn batch is cut. The limit on file sizes holds for a whole process: the test has one of its own.
func TestStopsAfterFailedWrite(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWithFileLimit$", "-test.v")
	cmd.Env = append(os.Environ(), fileLimitEnv+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestWithFileLimit") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWithFileLimit(t *testing.T) {
	dir := os.Getenv(fileLimitEnv)
	if dir == "" {
		return // only TestStopsAfterFailedWrite calls this
	}
	if err := journal.Create(dir); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir, journal.Options{})
	var c journaltest.Chain
	grow(t, f, &c, 2)

	const room = 50
	signal.Ignore(unix.SIGXFSZ)
	limit(t, uint64(len(c.Content())+room))
	err := f.Append(t.Context(), c.Head(), c.Peek(3))
	limit(t, unix.RLIM_INFINITY)
	if !errors.Is(err, unix.EFBIG) {
		t.Fatalf("append without room: got %v, want EFBIG", err)
	}
	if got, err := f.Head(t.Context()); err != nil || !got.Same(c.Head()) {
		t.Errorf("head after the failure: got %v, %v, want %v", got, err, c.Head())
	}
	for range 2 {
		again := f.Append(t.Context(), c.Head(), c.Peek(3))
		if errors.Is(again, journal.ErrMoved) || !errors.Is(again, unix.EFBIG) {
			t.Errorf("append after the failure: got %v, want the first error", again)
		}
	}
	batch := string(c.Peek(3).Data)
	checkTorn(t, dir, &c, batch[:room])
}

func limit(t *testing.T, size uint64) {
	t.Helper()
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
	now.Cur = min(size, now.Max)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
}
