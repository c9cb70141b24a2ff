package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"aixin/api"
)

// These are people and programs that a server on a network meets, by mistake or on purpose. Whatever they do, the next one is answered, and
// the memory that they take is bounded.

// listening serves the small book on a port of this computer, with short patience.
func listening(t *testing.T) (*book, string) {
	t.Helper()
	b := newBook(t)
	h, err := api.New(config(b))
	if err != nil {
		t.Fatal(err)
	}
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := api.Server(l.Addr().String(), h)
	s.ReadHeaderTimeout = time.Second
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return b, l.Addr().String()
}

// dial opens a connection that says this.
func dial(t *testing.T, at, says string) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
	if _, err := io.WriteString(c, says); err != nil {
		t.Fatal(err)
	}
	return c
}

// answered expects that somebody else is answered now.
func answered(t *testing.T, at string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/v1/volunteers/V0000018/balance", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(string(wang), pin)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("somebody else: %v", err)
	}
	body(t, resp, http.StatusOK)
}

// heap returns the memory in use, after what nobody needs has been given back.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func TestThousandsOfIdleConnections(t *testing.T) {
	t.Parallel()
	const connections, each = 2000, 64 << 10
	_, at := listening(t)
	before := heap()
	for range connections {
		dial(t, at, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	answered(t, at)
	if got := heap() - before; got > connections*each {
		t.Errorf("%d idle connections: got %d bytes, want at most %d for each", connections, got, each)
	}
}

// One who sends a header a byte at a time is cut off when the time for it is over.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	_, at := listening(t)
	var slow []net.Conn
	for range 200 {
		slow = append(slow, dial(t, at, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "))
	}
	answered(t, at)
	for _, c := range slow {
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil && isTimeout(err) {
			t.Fatal("a slow header: the connection is still open after ten seconds, want it closed")
		}
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// One who reads nothing of what they asked for holds up nobody else.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	_, at := listening(t)
	ask := "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n"
	for range 100 {
		dial(t, at, strings.Repeat(ask, 20))
	}
	answered(t, at)
}

// A body of a gigabyte is refused before it has been sent.
func TestHugeBody(t *testing.T) {
	t.Parallel()
	_, at := listening(t)
	const announced, most = 1 << 30, 8 << 20
	c := dial(t, at, fmt.Sprintf("POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{\"number\":\"", announced))
	sent := make(chan int)
	go func() {
		n, piece := 0, []byte(strings.Repeat("9", 64<<10))
		for n < announced {
			m, err := c.Write(piece)
			if n += m; err != nil {
				break
			}
		}
		sent <- n
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got status %d, want %d", resp.StatusCode, http.StatusRequestEntityTooLarge)
	}
	answered(t, at)
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if got := <-sent; got > most {
		t.Errorf("got %d bytes sent before the connection was closed, want at most %d", got, most)
	}
}

// One command that is sent very often at once is carried out once, and everybody hears the same.
func TestFloodOfOneKey(t *testing.T) {
	t.Parallel()
	b, at := listening(t)
	size := b.Next()
	ask := func() (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+at+"/v1/redemptions",
			strings.NewReader(`{"volunteer":"V0000018","shop":"S01","lines":[{"item":"SKU-0001","pieces":1}],"presence":"typed"}`))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "flood")
		r.SetBasicAuth("U000005", pin)
		return http.DefaultClient.Do(r)
	}
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			resp, err := ask()
			if err != nil {
				t.Error(err)
				return
			}
			body(t, resp, http.StatusCreated)
		})
	}
	all.Wait()
	if got := b.Next() - size; got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
	answered(t, at)
}
