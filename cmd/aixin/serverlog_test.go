package main

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sink keeps what was written at once.
type sink struct {
	mu     sync.Mutex
	writes []string
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(bytes.Clone(b)))
	return len(b), nil
}

// TestServerLogIsWrittenTogether: lines about requests wait a moment for one another; what went wrong does not wait, and nothing is lost or told
// out of order.
func TestServerLogIsWrittenTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &sink{}
		a := &app{err: to}
		log, flush := a.serverLog()
		log = log.With(slog.String("part", "one")).WithGroup("g")
		written := func() string {
			to.mu.Lock()
			defer to.mu.Unlock()
			var all []string
			for _, w := range to.writes {
				var words []string
				for line := range strings.Lines(w) {
					_, msg, _ := strings.Cut(line, "msg=")
					words = append(words, strings.Fields(msg)[0])
				}
				all = append(all, strings.Join(words, "+"))
			}
			return strings.Join(all, " ")
		}
		expect := func(want string) {
			t.Helper()
			if got := written(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		log.Info("a")
		log.Info("b")
		expect("")
		time.Sleep(logWait)
		synctest.Wait()
		expect("a+b")
		log.Info("c")
		log.Error("d")
		expect("a+b c+d")
		for range 2 * logBytes / 1000 {
			log.Info("e", slog.String("text", strings.Repeat("x", 1000)))
		}
		if got := strings.Count(strings.Join(to.writes, ""), "x"); got < logBytes-2000 {
			t.Errorf("%d bytes were written before the memory ran out, want most of %d", got, logBytes)
		}
		log.Info("f")
		flush()
		if got := written(); !strings.HasSuffix(got, "f") {
			t.Errorf("the last line is not there: %q", got[max(0, len(got)-20):])
		}
		// When the server has returned no timer writes, not even nothing: whoever reads what it wrote is alone with it.
		ended := len(to.writes)
		time.Sleep(2 * logWait)
		synctest.Wait()
		log.Info("g")
		time.Sleep(2 * logWait)
		synctest.Wait()
		if got := to.writes[ended:]; len(got) != 1 || !strings.Contains(got[0], "msg=g") {
			t.Errorf("after the end: got writes %q, want that of the line that was logged then", got)
		}
		if slices.Contains(to.writes, "") {
			t.Error("nothing was written as if it were something")
		}
	})
}
