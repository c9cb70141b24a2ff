package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// logWait is how long a line about a request that was answered may wait to be written with others: nobody reads along faster.
	logWait = 100 * time.Millisecond

	// logBytes is how much waits at most.
	logBytes = 32 << 10
)

// serverLog writes what happens, in the form that was asked for; what it holds is written at the latest when the second result is called.
func (a *app) serverLog() (*slog.Logger, func()) {
	held := &heldLines{to: a.err}
	var h slog.Handler = slog.NewTextHandler(held, nil)
	if a.opts.log == "json" {
		h = slog.NewJSONHandler(held, nil)
	}
	return slog.New(promptHandler{h, held}), held.close
}

// heldLines gathers lines, so that a thousand answers a second are ten writes.
type heldLines struct {
	to io.Writer

	// mu guards what follows.
	mu      sync.Mutex
	waiting []byte
	due     *time.Timer // flush will be called; nil where nothing waits
	closed  bool        // nothing waits any more
}

// Write takes a line. What becomes of it nobody learns: a log that cannot be written stops no server.
func (l *heldLines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, line...)
	switch {
	case l.closed || len(l.waiting) >= logBytes:
		l.pass()
	case l.due == nil:
		l.due = time.AfterFunc(logWait, l.flush)
	}
	return len(line), nil
}

// flush writes what waits.
func (l *heldLines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pass()
}

// close writes what waits. From then on nothing is written but by whoever logs it: not by a timer, when the server has returned.
func (l *heldLines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.pass()
}

// pass writes what waits, and lets no timer come for it. The caller holds mu.
func (l *heldLines) pass() {
	if l.due != nil {
		l.due.Stop()
		l.due = nil
	}
	if len(l.waiting) == 0 { // a timer that was not stopped in time finds nothing
		return
	}
	_, _ = l.to.Write(l.waiting) //nolint:errcheck // see Write
	l.waiting = l.waiting[:0]
}

// promptHandler holds no line back that is more than news, and none that stands before it.
type promptHandler struct {
	slog.Handler
	held *heldLines
}

func (h promptHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level > slog.LevelInfo {
		h.held.flush()
	}
	return err
}

func (h promptHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return promptHandler{h.Handler.WithAttrs(attrs), h.held}
}

func (h promptHandler) WithGroup(name string) slog.Handler {
	return promptHandler{h.Handler.WithGroup(name), h.held}
}
