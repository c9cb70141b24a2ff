package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"aixin/api"
	"aixin/ledger"
)

// faulty is a real server on a real port, whom somebody treats badly while others ask.
type faulty struct {
	t    *testing.T
	addr string
	book *book
}

// newFaulty serves a book; change may shorten what would take too long to wait for.
func newFaulty(t *testing.T, change func(*http.Server)) faulty {
	t.Helper()
	b := newBook(t)
	c := config(b)
	c.Clock = time.Now // connections have real deadlines
	h, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := api.Server(l.Addr().String(), h)
	if change != nil {
		change(s)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-ended); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return faulty{t, l.Addr().String(), b}
}

// dial opens a connection and says something on it.
func (f faulty) dial(said string) net.Conn {
	f.t.Helper()
	c, err := new(net.Dialer).DialContext(f.t.Context(), "tcp", f.addr)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		f.t.Fatal(err)
	}
	if _, err := io.WriteString(c, said); err != nil {
		f.t.Fatal(err)
	}
	return c
}

// answers holds that somebody else is answered soon.
func (f faulty) answers() {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.addr+"/v1/volunteers/V0000018/balance", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	r.SetBasicAuth(string(wang), pin)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatalf("somebody else: %v", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		f.t.Errorf("somebody else: got %d, %v, want 200", resp.StatusCode, err)
	}
}

// closed holds that the server ends a connection.
func closed(t *testing.T, c net.Conn) {
	t.Helper()
	_, err := io.Copy(io.Discard, c)
	if wait, ok := errors.AsType[net.Error](err); ok && wait.Timeout() {
		t.Error("the server keeps the connection")
	}
}

// Who sends the head of a request by the letter loses the connection, and holds up nobody.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, func(s *http.Server) { s.ReadHeaderTimeout = 300 * time.Millisecond })
	var slow []net.Conn
	for range 100 {
		slow = append(slow, f.dial("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "))
	}
	f.answers()
	for _, c := range slow {
		closed(t, c)
	}
	f.answers()
}

// Who asks for much and takes none of it loses the connection, and holds up nobody.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, func(s *http.Server) { s.WriteTimeout = 500 * time.Millisecond })
	for range 50 {
		f.dial(strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 200))
	}
	f.answers()
	time.Sleep(time.Second) // until the connections are given up
	f.answers()
}

// A body of a gigabyte is refused after a few kilobytes, whether or not whoever sends it has signed in.
func TestHugeBody(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, nil)
	for name, tt := range map[string]struct {
		head string
		want int
	}{
		"signed in": {"Authorization: Basic VTAwMDAwNToxMzU3OTA=\r\n", http.StatusRequestEntityTooLarge}, // U000005:135790
		"nobody":    {"", http.StatusUnauthorized},
	} {
		c := f.dial("POST /v1/redemptions HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n" + tt.head +
			fmt.Sprintf("Content-Length: %d\r\n\r\n", 1<<30))
		sent := make(chan int, 1)
		go func() {
			n, piece := 0, []byte(`{"volunteer":"`+strings.Repeat("V", 32<<10))
			for n < 1<<30 {
				m, err := c.Write(piece)
				if n += m; err != nil {
					break
				}
			}
			sent <- n
		}()
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if resp.StatusCode != tt.want || !resp.Close {
			t.Errorf("%s: got %d, close %v, want %d and the end of the connection", name, resp.StatusCode, resp.Close, tt.want)
		}
		if err := errors.Join(resp.Body.Close(), c.Close()); err != nil {
			t.Log(err)
		}
		if n := <-sent; n > 64<<20 {
			t.Errorf("%s: the server let %d bytes be sent", name, n)
		}
	}
	f.answers()
}

// However many send one key at once, it is one exchange, and everybody is told so.
func TestFloodOfOneKey(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, nil)
	before := f.book.Head().Size
	client, err := api.NewClient("http://"+f.addr, api.ClientOptions{Number: "U000005", PIN: pin})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	indexes, replayed := map[ledger.Index]bool{}, 0
	for range 200 {
		all.Go(func() {
			c := ledger.Command{Key: "flood", Actor: "U000005", Do: &ledger.Redeem{
				Volunteer: wang, Shop: "S01", Presence: ledger.ByTyped, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
			}}
			r, err := client.Submit(t.Context(), c)
			for errors.Is(err, api.ErrUnknown) { // too many wait for the first: whoever asks again is told
				r, err = client.Submit(t.Context(), c)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("one of many: %v", err)
				return
			}
			indexes[r.Entry.Index] = true
			if r.Replayed {
				replayed++
			}
		})
	}
	all.Wait()
	f.answers()
	if len(indexes) != 1 || replayed != 199 || f.book.Head().Size != before+1 {
		t.Errorf("got entries %v, %d repeats and %d new, want one entry and 199 repeats", indexes, replayed, f.book.Head().Size-before)
	}
}

// Thousands of connections on which nobody asks anything cost some kilobytes each, and hold up nobody. It is not run beside others, since
// it looks at the memory of the process.
func TestIdleConnections(t *testing.T) { //nolint:paralleltest // see above
	f := newFaulty(t, nil)
	const many = 2000
	const each = 64 << 10 // of both ends
	f.answers()
	before := inUse()
	for range many {
		f.dial("")
	}
	f.answers()
	if grown := int64(inUse()) - int64(before); grown > many*each {
		t.Errorf("%d connections cost %d bytes, want at most %d each", many, grown, each)
	}
}

// inUse is what the process holds.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// What a stranger sends is held nowhere: neither a file, nor what stands in place of one.
func TestUploadOfAStranger(t *testing.T) { //nolint:paralleltest // what others take would count
	h, err := api.New(config(newBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	const whole = 11 << 20
	long := strings.Repeat("x", whole)
	part := func(head, text string) string {
		return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + text + "\r\n--B--\r\n"
	}
	for name, tt := range map[string]struct {
		path, kind, body string
		want             int
	}{
		"evidence":      {"/field", "multipart/form-data; boundary=B", part(`name="evidence"; filename="a"`, long), http.StatusSeeOther},
		"a spreadsheet": {"/desk/imports", "multipart/form-data; boundary=B", part(`name="file"; filename="a"`, long[:1<<19]), http.StatusSeeOther},
		"a value":       {"/field", "multipart/form-data; boundary=B", part(`name="volunteer"`, long), http.StatusRequestEntityTooLarge},
		"a heading":     {"/field", "multipart/form-data; boundary=B", part(`name="`+long+`"`, ""), http.StatusRequestEntityTooLarge},
		"no part":       {"/field", "multipart/form-data; boundary=B", long, http.StatusBadRequest},
		"many parts":    {"/field", "multipart/form-data; boundary=B", strings.Repeat("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", whole/50), http.StatusRequestEntityTooLarge},
		"no parts":      {"/field", "application/x-www-form-urlencoded", long, http.StatusRequestEntityTooLarge},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tt.path, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.kind)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		runtime.ReadMemStats(&after)
		if rec.Code != tt.want {
			t.Errorf("%s: got status %d, want %d", name, rec.Code, tt.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 2<<20 {
			t.Errorf("%s: got %d bytes taken for %d sent", name, took, len(tt.body))
		}
	}
}
