package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
)

// hostileRoom is what all of them together may cost the real server, in bytes: some kilobytes for each of 2,700 connections, and as much again
// that the collector lets grow. What they send is a hundred times as much.
const hostileRoom = 256 << 20

// hostile: whoever says nothing, says it by the letter, takes no answer, sends a gigabyte or asks under one key all at once, holds up nobody
// and costs little memory; the book has one entry of the key, and verifies.
func hostile(t *testing.T, bin string) {
	t.Helper()
	book := filepath.Join(t.TempDir(), "b")
	smallBook(t, bin, book)
	addr, pid := serving(t, bin, book)
	client, err := api.NewClient("http://"+addr, api.ClientOptions{Number: "U000005", PIN: "735192"})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := resident(t, pid)

	say := func(times int, text string) {
		for range times {
			c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
			if _, err := io.WriteString(c, text); err != nil {
				t.Log(err)
			}
		}
	}
	say(2000, "")
	say(200, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
	say(200, "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{")
	say(50, strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 200))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { pour(t, addr) })
	}
	indexes := make(chan ledger.Index, 200)
	for range cap(indexes) {
		all.Go(func() {
			c := ledger.Command{Key: "flood", Actor: "U000005", Do: &ledger.Redeem{
				Volunteer: "V0000018", Shop: "S01", Presence: ledger.ByTyped, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
			}}
			r, err := client.Submit(t.Context(), c)
			for errors.Is(err, api.ErrUnknown) { // too many wait for the first: whoever asks again is told
				r, err = client.Submit(t.Context(), c)
			}
			if err != nil {
				t.Errorf("one of many: %v", err)
			}
			indexes <- r.Entry.Index
		})
	}
	for range 20 {
		answered(t, addr)
	}
	all.Wait()
	close(indexes)
	one := <-indexes
	for i := range indexes {
		if i != one {
			t.Errorf("one key: got the entries %d and %d", one, i)
		}
	}
	if grown := resident(t, pid) - before; grown > hostileRoom {
		t.Errorf("they cost %d MiB, want at most %d", grown>>20, hostileRoom>>20)
	}
	answered(t, addr)
}

// serving starts the real server on a book, and ends it with the test: then the book verifies.
func serving(t *testing.T, bin, book string) (addr string, pid int) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), bin, "serve", "--book", book, "--listen", "127.0.0.1:0")
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
			t.Errorf("serve: %v\n%.2000s", err, said.String())
		}
		if out, err := exec.CommandContext(context.WithoutCancel(t.Context()), bin, "verify", "--book", book).CombinedOutput(); err != nil {
			t.Errorf("verify: %v\n%s", err, out)
		}
	})
	for t.Context().Err() == nil {
		b, err := os.ReadFile(filepath.Join(book, "lock"))
		if url, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "http://"); err == nil && ok {
			return url, cmd.Process.Pid
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the server did not begin")
	return "", 0
}

// pour sends a gigabyte, and is cut off soon.
func pour(t *testing.T, addr string) {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	n, piece := 0, []byte(fmt.Sprintf("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", 1<<30)+strings.Repeat(" ", 32<<10))
	for err == nil && n < 1<<30 {
		var m int
		m, err = c.Write(piece)
		n += m
	}
	if n > 64<<20 {
		t.Errorf("the server let %d bytes be sent", n)
	}
}

// answered holds that somebody else is answered soon.
func answered(t *testing.T, addr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("somebody else: %v", err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("somebody else: got %d, %v, want 200", resp.StatusCode, err)
	}
}

// resident is what a process had in memory at most, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(b), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(peak + " none")[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the server had %d MiB at most", n>>10)
	return n << 10
}
