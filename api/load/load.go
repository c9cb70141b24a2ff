// Package load measures a server from outside: how many writes a second it answers on many connections, beside what the same server
// answers with a handler that does nothing, and how long a balance takes while writes run at half of that.
//
// The client is as small as it can be, since it shares the machine with what it measures: one connection a client, requests that are laid out
// in the same memory, and of an answer nothing but its status and length.
package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"aixin/api"
	"aixin/ledger"
)

const (
	// readers and readRate are those who look at balances: so many ask so many times a second in all, as counters and phones do.
	readers  = 8
	readRate = 500

	// patience is how long after its time a measurement waits for the last answers before the run is given up.
	patience = 10 * time.Second
)

// Options say what is asked of whom. The book is one of `aixin bench --make`.
type Options struct {
	Address    string // HOST:PORT of the server
	Token      string // of a clerk's session
	Run        string // begins every key: no two runs against one book have the same
	Volunteers int
	Shops      int
	Items      int
	Clients    int
	Duration   time.Duration // of each of the three measurements
	Clock      func() time.Time
}

// Result is what was measured. Times are in microseconds, rates a second.
type Result struct {
	Clients  int     `json:"clients"`
	Seconds  float64 `json:"seconds"`
	Floor    float64 `json:"floor_per_s"`  // answers of an empty handler to the same requests
	Writes   float64 `json:"writes_per_s"` // redemptions that are durable and readable
	WriteP50 int64   `json:"write_p50_us"`
	WriteP99 int64   `json:"write_p99_us"`
	OfFloor  float64 `json:"of_floor"`

	HalfWrites float64 `json:"half_writes_per_s"` // what ran while balances were read
	Reads      float64 `json:"reads_per_s"`
	ReadP50    int64   `json:"read_p50_us"` // since it was asked, or due where the answer before was late
	ReadP99    int64   `json:"read_p99_us"`
}

// String lays the result out for people.
func (r Result) String() string {
	return fmt.Sprintf(`writes               %.0f/s over HTTP, %d connections, %.1f s: durable and readable
answer after         p50 %d us, p99 %d us
floor                %.0f/s of an empty handler on the same server: writes reach %.2f of it
balances             %.0f/s while %.0f writes/s run: p50 %d us, p99 %d us
`, r.Writes, r.Clients, r.Seconds, r.WriteP50, r.WriteP99, r.Floor, r.OfFloor, r.Reads, r.HalfWrites, r.ReadP50, r.ReadP99)
}

// Run measures a server.
func Run(ctx context.Context, o Options) (Result, error) {
	r := Result{Clients: o.Clients}
	empty, stop, err := emptyServer(ctx)
	if err != nil {
		return r, err
	}
	_, floor, err := o.flood(ctx, empty, "floor", o.Duration/2)
	if err := errors.Join(err, stop()); err != nil {
		return r, err
	}
	r.Floor = floor
	if _, _, err := o.flood(ctx, o.Address, "warm", o.Duration/2); err != nil {
		return r, err
	}
	waits, rate, err := o.flood(ctx, o.Address, "full", o.Duration)
	if err != nil {
		return r, err
	}
	r.Writes, r.Seconds, r.OfFloor = rate, o.Duration.Seconds(), rate/r.Floor
	r.WriteP50, r.WriteP99 = at(waits, 0.5), at(waits, 0.99)
	return r, o.beside(ctx, &r)
}

// at returns a quantile of waits, which are sorted and not none.
func at(waits []time.Duration, q float64) int64 {
	return waits[int(q*float64(len(waits)-1))].Microseconds()
}

// emptyServer answers every request with nothing, by the same server as a book's.
func emptyServer(ctx context.Context) (address string, stop func() error, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := api.Server("", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) //nolint:errcheck // whoever sends it sees what becomes of it
		w.WriteHeader(http.StatusCreated)
	}))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return l.Addr().String(), func() error {
		err := s.Close()
		if cause := <-ended; !errors.Is(cause, http.ErrServerClosed) {
			err = errors.Join(err, cause)
		}
		return err
	}, nil
}

// asked is what one client saw.
type asked struct {
	waits []time.Duration
	err   error
}

// together runs clients and gathers what they saw: the waits sorted.
func together(n int, client func(i int) asked) ([]time.Duration, error) {
	seen := make([]asked, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { seen[i] = client(i) })
	}
	all.Wait()
	var waits []time.Duration
	var err error
	for _, s := range seen {
		waits = append(waits, s.waits...)
		err = errors.Join(err, s.err)
	}
	slices.Sort(waits)
	if err == nil && len(waits) == 0 {
		err = errors.New("no answer in the time")
	}
	return waits, err
}

// flood writes as fast as answers come.
func (o Options) flood(ctx context.Context, address, phase string, d time.Duration) ([]time.Duration, float64, error) {
	begun := o.Clock()
	until := begun.Add(d)
	waits, err := together(o.Clients, func(i int) (a asked) {
		c, err := o.dial(ctx, address, d)
		if err != nil {
			return asked{err: err}
		}
		defer func() { a.err = errors.Join(a.err, c.Close()) }()
		for n, now := 0, o.Clock(); now.Before(until); n++ {
			if a.err = c.ask(o.redemption(c.out[:0], phase, i, n), http.StatusCreated); a.err != nil {
				return a
			}
			then := o.Clock()
			a.waits = append(a.waits, then.Sub(now))
			now = then
		}
		return a
	})
	return waits, float64(len(waits)) / o.Clock().Sub(begun).Seconds(), err
}

// beside reads balances while half as many writes run as the server can do.
func (o Options) beside(ctx context.Context, r *Result) error {
	begun := o.Clock()
	var wrote []time.Duration
	var failed error
	var both sync.WaitGroup
	both.Go(func() {
		wrote, failed = o.paced(ctx, o.Clients, r.Writes/2, http.StatusCreated, func(b []byte, i, n int) []byte {
			return o.redemption(b, "half", i, n)
		})
	})
	read, err := o.paced(ctx, readers, readRate, http.StatusOK, o.balance)
	both.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	took := o.Clock().Sub(begun).Seconds()
	r.HalfWrites, r.Reads = float64(len(wrote))/took, float64(len(read))/took
	r.ReadP50, r.ReadP99 = at(read, 0.5), at(read, 0.99)
	return nil
}

// paced asks at a rate, and measures each answer from when its question was due: one that had to wait for the one before waited. A client
// that slept until then and was woken late, since the machine that it shares was busy, had not asked yet: its wait begins when it does.
func (o Options) paced(ctx context.Context, clients int, rate float64, want int, question func(b []byte, client, n int) []byte) ([]time.Duration, error) {
	begun := o.Clock()
	every := time.Duration(float64(clients) / rate * float64(time.Second))
	return together(clients, func(i int) (a asked) {
		c, err := o.dial(ctx, o.Address, o.Duration)
		if err != nil {
			return asked{err: err}
		}
		defer func() { a.err = errors.Join(a.err, c.Close()) }()
		due := begun.Add(every * time.Duration(i) / time.Duration(clients))
		for n := 0; due.Sub(begun) < o.Duration; n++ {
			asked := due
			if early := due.Sub(o.Clock()); early > 0 {
				time.Sleep(early)
				asked = o.Clock()
			}
			if a.err = c.ask(question(c.out[:0], i, n), want); a.err != nil {
				return a
			}
			a.waits = append(a.waits, o.Clock().Sub(asked))
			due = due.Add(every)
		}
		return a
	})
}

// redemption is the question n of a client: one piece of something for one of the volunteers, of whom each client sees others.
func (o Options) redemption(b []byte, phase string, client, n int) []byte {
	turn := client + n*o.Clients
	var room [128]byte
	body := append(room[:0], `{"volunteer":"`...)
	body = append(body, ledger.NewVolunteerID(turn%o.Volunteers+1)...)
	body = append(body, `","shop":"S`...)
	body = appendDigits(body, turn%o.Shops+1, 2)
	body = append(body, `","lines":[{"item":"SKU-`...)
	body = appendDigits(body, turn%o.Items+1, 4)
	body = append(body, `","pieces":1}]}`...)

	b = append(b, "POST /v1/redemptions HTTP/1.1\r\nHost: aixin\r\nAuthorization: Bearer "...)
	b = append(b, o.Token...)
	b = append(b, "\r\nContent-Type: application/json\r\nIdempotency-Key: "...)
	b = append(b, o.Run...)
	b = append(append(b, '/'), phase...)
	b = strconv.AppendInt(append(b, '/'), int64(client), 10)
	b = strconv.AppendInt(append(b, '/'), int64(n), 10)
	b = append(b, "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, body...)
}

// appendDigits writes a number with as many digits at least.
func appendDigits(b []byte, n, digits int) []byte {
	for limit := 10; digits > 1; digits, limit = digits-1, limit*10 {
		if n < limit {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// balance asks for the balance of one of the volunteers.
func (o Options) balance(b []byte, client, n int) []byte {
	return fmt.Appendf(b, "GET /v1/volunteers/%s/balance HTTP/1.1\r\nHost: aixin\r\nAuthorization: Bearer %s\r\n\r\n",
		ledger.NewVolunteerID((client*7919+n*31)%o.Volunteers+1), o.Token)
}

// wire is one connection.
type wire struct {
	net.Conn
	in  *bufio.Reader
	out []byte
}

// dial connects for a measurement that takes so long. Its end bounds every answer: a timer for each would be work beside the server.
func (o Options) dial(ctx context.Context, address string, d time.Duration) (*wire, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(o.Clock().Add(d + patience)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &wire{Conn: c, in: bufio.NewReaderSize(c, 8<<10)}, nil
}

// ask sends a request and reads its answer, which must have that status.
func (w *wire) ask(request []byte, want int) error {
	w.out = request
	if _, err := w.Write(request); err != nil {
		return err
	}
	status, length := 0, -1
	for first := true; ; first = false {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first && len(line) > 12:
			status, err = strconv.Atoi(string(line[9:12]))
		case len(line) == 0:
			return w.body(status, length, want)
		case len(line) > 16 && bytes.EqualFold(line[:15], []byte("content-length:")):
			length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:])))
		}
		if err != nil {
			return fmt.Errorf("answer %.60q: %w", line, err)
		}
	}
}

// body passes over the rest of an answer; one that is not as wanted is quoted.
func (w *wire) body(status, length, want int) error {
	if status != want {
		text, err := w.in.Peek(max(0, min(length, 1<<10)))
		return errors.Join(fmt.Errorf("got status %d, want %d: %s", status, want, text), err)
	}
	if length < 0 {
		return errors.New("an answer without a length")
	}
	_, err := w.in.Discard(length)
	return err
}
