package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// The faults in this file happen to the real binary: it is killed, its disk fails, its disk fills. Whatever it acknowledged
// before must be in the book once, and the book must verify.

func TestRealFaults(t *testing.T) {
	t.Parallel()
	bin := program(t)
	for name, test := range map[string]func(*testing.T, string){
		"killed under load": crash, "import interrupted": interruptedImport, "sync fails": syncFault, "disk full": fullDisk, "hostile clients": hostile,
		"backup cut off": cutBackup,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, bin)
		})
	}
}

// program builds the real binary, without the race detector and the rest of a test.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aixin")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// needed ends the test where something that it cannot do without is missing: on a computer of a person it is skipped, where CI
// runs it fails, since nobody would look.
func needed(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("this test cannot run here: %v", err)
	}
	t.Skipf("this test cannot run here: %v", err)
}

// ran is how a command ended.
type ran struct {
	code           int
	stdout, stderr string
}

// aixin runs a command on a book whose PINs are all the same.
func aixin(t *testing.T, book string, command ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "AIXIN_BOOK="+book, "AIXIN_LANG=en", "AIXIN_PIN=735192", "AIXIN_NEW_PIN=735192")
	err := cmd.Run()
	failed, exited := errors.AsType[*exec.ExitError](err)
	if err != nil && !exited {
		t.Fatalf("%s: %v", strings.Join(command, " "), err)
	}
	code := 0
	if exited {
		code = failed.ExitCode()
	}
	return ran{code, out.String(), errs.String()}
}

// must wants a command to end with 0.
func must(t *testing.T, book string, command ...string) ran {
	t.Helper()
	r := aixin(t, book, command...)
	if r.code != 0 {
		t.Fatalf("%s: exit %d\n%s%s", strings.Join(command[1:], " "), r.code, r.stdout, r.stderr)
	}
	return r
}

// crash: a process that is killed at any moment under load leaves a book that opens with every acknowledged entry in it, once.
// One round of four is killed while it makes the book, the others a while after the first acknowledgement, however slow the machine is.
func crash(t *testing.T, bin string) {
	t.Helper()
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	const seed = 20261123
	chance := rand.New(rand.NewPCG(seed, seed))
	for round := range rounds {
		loaded, alive := round%4 != 0, time.Duration(20+chance.IntN(400))*time.Millisecond
		if got := killUnderLoad(t, bin, loaded, alive); loaded && got == 0 {
			t.Error("nothing was acknowledged before the kill")
		}
		if t.Failed() {
			t.Fatalf("round %d, under load %v, killed after %v (seed %d)", round, loaded, alive, seed)
		}
	}
}

// killUnderLoad kills a load a while after its start or, where it shall be loaded, after its first acknowledgement. It returns how
// many keys were acknowledged.
func killUnderLoad(t *testing.T, bin string, loaded bool, alive time.Duration) int {
	t.Helper()
	dir := t.TempDir()
	book, acks := filepath.Join(dir, "b"), filepath.Join(dir, "acks")
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, bin, "bench", "--book", book, "--volunteers", "40", "--shops", "2", "--clients", "64", "--seconds", "600", "--acks", acks)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // should the test itself be ended
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for start := time.Now(); loaded && len(ended) == 0 && time.Since(start) < 5*time.Minute; time.Sleep(time.Millisecond) {
		if at, err := os.Stat(acks); err == nil && at.Size() > 0 {
			break
		}
	}
	time.Sleep(alive)
	kill() // with SIGKILL
	err := <-ended
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("the load ended by itself: %v\n%s", err, errs.String())
		return 0
	}
	return acknowledged(t, bin, book, acks)
}

// acknowledged opens a book after a fault and wants every acknowledged key in it, none of them twice, and the book sound before
// and after. It returns how many keys there were.
func acknowledged(t *testing.T, bin, book, acks string) int {
	t.Helper()
	keys := wholeLines(t, acks)
	if _, err := store.ReadBook(book); errors.Is(err, store.ErrNoBook) && len(keys) == 0 {
		return 0 // it was killed before there was a book
	}
	if r := aixin(t, book, bin, "verify"); r.code != 0 {
		t.Errorf("verify before opening: exit %d\n%s", r.code, r.stderr)
	}
	l, err := store.Open(t.Context(), book, store.Options{Clock: time.Now, NoScrub: true})
	if err != nil {
		t.Errorf("open: %v", err)
		return 0
	}
	if err := errors.Join(l.Scrub(t.Context()), l.Close()); err != nil {
		t.Errorf("scrub and close: %v", err)
	}
	times := map[ledger.Key]int{}
	for e, err := range store.Entries(t.Context(), book, 0) {
		if err != nil {
			t.Errorf("read: %v", err)
			return 0
		}
		times[e.Key]++
		if times[e.Key] > 1 {
			t.Errorf("key %s stands in the book twice", e.Key)
		}
	}
	for _, k := range keys {
		if times[k] != 1 {
			t.Errorf("acknowledged key %s stands in the book %d times", k, times[k])
		}
	}
	if r := aixin(t, book, bin, "verify"); r.code != 0 {
		t.Errorf("verify after opening: exit %d\n%s", r.code, r.stderr)
	}
	return len(keys)
}

// wholeLines reads the keys that were written whole; the last line may have been cut by the fault.
func wholeLines(t *testing.T, path string) []ledger.Key {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	var keys []ledger.Key
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		keys = append(keys, ledger.Key(s.Text()))
	}
	return keys
}

// smallBook makes a book with a clerk's counter and a volunteer with ten points.
func smallBook(t *testing.T, bin, book string) {
	t.Helper()
	for line := range strings.Lines(`init --rules volunteer-1yuan
staff add U000003 --role reviewer --name Reviewer --as U000001
staff add U000005 --role clerk --name Clerk --as U000001
staff add U000006 --role steward --name Steward --as U000001
unit add C01 --name Harmony --as U000006
shop add S01 --unit C01 --name Shelf --as U000006
item add SKU-0001 --name Salt --points 1.00 --from 2026-01-01 --as U000006
volunteer add --name Wang --phone 19900000001 --unit C01 --as U000006
declare V0000018 --opening 10 --key opening --as U000006
`) {
		must(t, book, append([]string{bin}, strings.Fields(line)...)...)
	}
	r := must(t, book, bin, "approve", "-O", "jsonl")
	record, _, _ := strings.Cut(strings.TrimPrefix(r.stdout, `{"record":`), ",")
	must(t, book, bin, "approve", record, "--as", "U000003")
}

// interruptedImport: an import that is interrupted or killed stops between two rows; importing the same file again completes it below the same
// imported entry, and a second person approves all of it at once.
func interruptedImport(t *testing.T, bin string) {
	t.Helper()
	dir := t.TempDir()
	book, file := filepath.Join(dir, "b"), filepath.Join(dir, "acts.csv")
	smallBook(t, bin, book)
	must(t, book, bin, "staff", "add", "U000002", "--role", "leader", "--name", "Leader", "--as", "U000001")
	var rows strings.Builder
	rows.WriteString("volunteer,code,quantity,date\n")
	const days, codes = 300, 4 // more than are recorded while this test waits for its turn
	for day := range days {
		on := time.Now().AddDate(0, 0, -2-day).Format(time.DateOnly)
		for _, code := range []string{"RC01", "RC02", "RC03", "RC04"} {
			fmt.Fprintf(&rows, "V0000018,%s,60,%s\n", code, on)
		}
	}
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGKILL} {
		interruptImport(t, bin, book, file, signal)
		must(t, book, bin, "verify")
	}
	r := must(t, book, bin, "import", "acts", file, "--as", "U000002", "-O", "json")
	var rep struct{ Import, Recorded, Already, Ready int }
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil {
		t.Fatal(err)
	}
	if rep.Recorded+rep.Already != days*codes || rep.Already == 0 || rep.Recorded == 0 {
		t.Errorf("completing: got %d recorded and %d before, want some of each of %d", rep.Recorded, rep.Already, days*codes)
	}
	r = must(t, book, bin, "approve", fmt.Sprint(rep.Import), "--as", "U000003")
	if want := fmt.Sprintf("%d of %d done", days*codes, days*codes); !strings.Contains(r.stdout, want) {
		t.Errorf("approving the import: no %q in the last lines: %s", want, r.stdout[max(0, len(r.stdout)-200):])
	}
	must(t, book, bin, "verify")
}

// interruptImport begins an import and ends it by a signal once it has recorded some rows more.
func interruptImport(t *testing.T, bin, book, file string, signal os.Signal) {
	t.Helper()
	journal, err := filepath.Glob(filepath.Join(book, "journal", "*.jsonl"))
	if err != nil || len(journal) != 1 {
		t.Fatalf("journal: %v, %v", journal, err)
	}
	size := func() int64 {
		info, err := os.Stat(journal[0])
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	cmd := exec.CommandContext(t.Context(), bin, "import", "acts", file, "--as", "U000002")
	cmd.Env = append(os.Environ(), "AIXIN_BOOK="+book, "AIXIN_PIN=735192")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for size() < before+20_000 && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	failed, ok := errors.AsType[*exec.ExitError](err)
	if !ok || (signal == syscall.SIGINT && failed.ExitCode() != 130) {
		t.Errorf("%v: got %v, want exit 130\n%s", signal, err, errs.String())
	}
}

// syncFault: where fdatasync fails, nobody is told that an entry was recorded: the outcome is unknown, and asking again with the same key
// says what it was.
func syncFault(t *testing.T, bin string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	needed(t, err)
	book := filepath.Join(t.TempDir(), "b")
	smallBook(t, bin, book)
	failing := func(when string) []string {
		return []string{strace, "-f", "-o", os.DevNull, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=" + when, bin}
	}
	unknown := 0
	for n := 1; n <= 4; n++ {
		key := fmt.Sprintf("k%d", n)
		redeem := []string{"redeem", "V0000018", "--shop", "S01", "SKU-0001=1", "--as", "U000005", "--key", key, "-O", "json"}
		first := aixin(t, book, append(failing(fmt.Sprint(n)), redeem...)...)
		switch first.code {
		case 7:
			unknown++
			if !strings.Contains(first.stdout, `"outcome":"unknown"`) {
				t.Errorf("fdatasync %d fails: got %s, want outcome unknown", n, first.stdout)
			}
		case 0, 6: // another sync than that of the entry failed
		default:
			t.Errorf("fdatasync %d fails: exit %d, want 0, 6 or 7\n%s", n, first.code, first.stderr)
		}
		must(t, book, append([]string{bin}, redeem...)...)
		must(t, book, bin, "verify")
	}
	if unknown == 0 {
		t.Errorf("no failure of fdatasync was told as unknown")
	}
	r := must(t, book, bin, "balance", "V0000018", "-O", "json")
	if !strings.Contains(r.stdout, `"available":"6.00"`) {
		t.Errorf("after four redemptions of one point: got %s, want 6.00 of 10.00", r.stdout)
	}

	loaded, acks := filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "acks")
	load := append(failing("40+"), "bench", "--book", loaded, "--volunteers", "20", "--shops", "2", "--clients", "16", "--seconds", "120", "--acks", acks) // it ends with the first failure
	if r := aixin(t, loaded, load...); r.code != 7 && r.code != 6 {
		t.Errorf("fdatasync fails under load: exit %d, want 6 or 7\n%s", r.code, r.stderr)
	}
	if n := acknowledged(t, bin, loaded, acks); n == 0 {
		t.Errorf("nothing was acknowledged before fdatasync failed")
	}
}

// fullDisk: where a disk fills, requests are refused before anything is written, and nothing that was acknowledged is lost.
func fullDisk(t *testing.T, bin string) {
	t.Helper()
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	needed(t, syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=760m"))
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	book := filepath.Join(disk, "b")
	smallBook(t, bin, book)
	redeem := []string{bin, "redeem", "V0000018", "--shop", "S01", "SKU-0001=1", "--as", "U000005", "--key", "k", "-O", "json"}

	fill := fillDisk(t, disk)
	if r := aixin(t, book, redeem...); r.code != 6 || !strings.Contains(r.stdout, `"outcome":"refused"`) {
		t.Errorf("on a full disk: exit %d, want 6\n%s%s", r.code, r.stdout, r.stderr)
	}
	must(t, book, bin, "verify")
	empty(t, fill)
	if r := must(t, book, redeem...); strings.Contains(r.stdout, `"replayed":true`) {
		t.Errorf("what was refused on the full disk had been recorded: %s", r.stdout)
	}

	loaded, acks := filepath.Join(disk, "l"), filepath.Join(t.TempDir(), "acks")
	ended := make(chan ran, 1)
	go func() {
		ended <- aixin(t, loaded, bin, "bench", "--book", loaded, "--volunteers", "20", "--shops", "2", "--clients", "16", "--seconds", "60", "--acks", acks)
	}()
	for len(wholeLines(t, acks)) == 0 && t.Context().Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	fill = fillDisk(t, disk)
	if r := <-ended; r.code != 6 && r.code != 7 {
		t.Errorf("a disk that fills under load: exit %d, want 6 or 7\n%s", r.code, r.stderr)
	}
	empty(t, fill)
	if n := acknowledged(t, bin, loaded, acks); n == 0 {
		t.Errorf("nothing was acknowledged before the disk was full")
	}
}

// fillDisk writes until little is left, and returns the file.
func fillDisk(t *testing.T, disk string) string {
	t.Helper()
	path := filepath.Join(disk, "fill")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(disk, &s); err != nil {
		t.Fatal(err)
	}
	const left = 256 << 20 // below the floor, and enough for what is mapped
	size := int64(s.Bavail)*s.Bsize - left
	if err := errors.Join(syscall.Fallocate(int(f.Fd()), 0, 0, size), f.Close()); err != nil {
		t.Fatalf("fill: %v", err)
	}
	return path
}

func empty(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
