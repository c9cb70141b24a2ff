// Command peer measures PostgreSQL with the work that `aixin bench --book URL` gives a server: a journal row with a unique key, and two
// balances under row locks, in one call of a PL/pgSQL function with synchronous commit. The balances are those of the same
// redemptions: the points of one volunteer after another, and what one of a few shops took.
//
//	peer --dsn postgres://… --with http.json --clients 64 --seconds 10
//
// It prints its own figure, what the server reached, and their ratio; and beside it what PostgreSQL reaches where no two clients meet,
// since the points go from any volunteer to any other: another work, in which it need not wait for its locks. It is a module of its own, so that the program has no database
// driver.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const schema = `
DROP TABLE IF EXISTS journal, account;
CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 50);
CREATE TABLE journal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, at timestamptz NOT NULL DEFAULT now(),
	debit bigint NOT NULL, credit bigint NOT NULL, amount bigint NOT NULL, line text NOT NULL);
INSERT INTO account SELECT i, 1000000000 FROM generate_series(1, $ACCOUNTS) i; -- the volunteers, then the shops, whose locks are taken last and so held shortest
CREATE OR REPLACE FUNCTION post(k text, f bigint, t bigint, a bigint, l text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; have bigint;
BEGIN
	INSERT INTO journal (key, debit, credit, amount, line) VALUES (k, f, t, a, l) ON CONFLICT (key) DO NOTHING RETURNING id INTO n;
	IF n IS NULL THEN
		SELECT id INTO n FROM journal WHERE key = k;
		RETURN n;
	END IF;
	PERFORM 1 FROM account WHERE id IN (f, t) ORDER BY id FOR UPDATE;
	SELECT balance INTO have FROM account WHERE id = f;
	IF have < a THEN RAISE EXCEPTION 'insufficient points'; END IF;
	UPDATE account SET balance = balance - a WHERE id = f;
	UPDATE account SET balance = balance + a WHERE id = t;
	RETURN n;
END $$;
ANALYZE account;
`

// lineBytes is about what a line of a redemption is long.
const lineBytes = 400

type options struct {
	dsn, with                           string
	clients, seconds, volunteers, shops int
}

func main() {
	var o options
	flag.StringVar(&o.dsn, "dsn", "", "of a database of its own")
	flag.StringVar(&o.with, "with", "", "what aixin bench --book URL -O json printed")
	flag.IntVar(&o.clients, "clients", 64, "connections")
	flag.IntVar(&o.seconds, "seconds", 10, "of the measured load")
	flag.IntVar(&o.volunteers, "volunteers", 10_000, "volunteers, as many as the book has")
	flag.IntVar(&o.shops, "shops", 10, "shops, likewise")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	c, err := pgx.Connect(ctx, o.dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for _, setting := range []string{"server_version", "synchronous_commit", "fsync", "full_page_writes"} {
		var v string
		if err := c.QueryRow(ctx, "SHOW "+setting).Scan(&v); err != nil {
			return err
		}
		fmt.Printf("%-20s %s\n", setting, v)
	}
	same, err := o.measure(ctx, c, o.redemption)
	if err != nil {
		return err
	}
	spread, err := o.measure(ctx, c, o.transfer)
	if err != nil {
		return err
	}
	fmt.Printf("%-20s %s\n", "PostgreSQL", same)
	fmt.Printf("%-20s %s\n", "without contention", spread)
	return o.compare(same.rate, spread.rate)
}

// measure makes the tables anew, and posts between the accounts of each turn: for half the time to warm up, and then to be measured.
func (o options) measure(ctx context.Context, c *pgx.Conn, accounts func(turn int) (from, to int)) (figure, error) {
	if _, err := c.Exec(ctx, strings.ReplaceAll(schema, "$ACCOUNTS", fmt.Sprint(o.volunteers+o.shops))); err != nil {
		return figure{}, err
	}
	d := time.Duration(o.seconds) * time.Second
	if _, err := o.flood(ctx, "warm", d/2, accounts); err != nil {
		return figure{}, err
	}
	return o.flood(ctx, "full", d, accounts)
}

// redemption names the accounts of the question n of a client: those that it has in aixin bench --book URL.
func (o options) redemption(turn int) (from, to int) {
	return turn%o.volunteers + 1, o.volunteers + turn%o.shops + 1
}

// transfer names two volunteers, whom nobody else is likely to ask about at the same time.
func (o options) transfer(turn int) (from, to int) {
	from, to = turn%o.volunteers+1, (turn*7919+o.volunteers/2)%o.volunteers+1
	if from == to {
		to = from%o.volunteers + 1
	}
	return from, to
}

// compare prints what a server reached beside it.
func (o options) compare(same, spread float64) error {
	if o.with == "" {
		return nil
	}
	text, err := os.ReadFile(o.with)
	if err != nil {
		return err
	}
	var r struct {
		Writes  float64 `json:"writes_per_s"`
		ReadP99 int64   `json:"read_p99_us"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	said := func(ok bool) string {
		if ok {
			return "reached"
		}
		return "NOT reached"
	}
	fmt.Printf("%-20s %.2f times PostgreSQL (aim 1.5: %s), %.2f times without contention\n", "writes over HTTP", r.Writes/same, said(r.Writes >= 1.5*same), r.Writes/spread)
	fmt.Printf("%-20s p99 %.1f ms (aim 5 ms: %s)\n", "balances", float64(r.ReadP99)/1000, said(r.ReadP99 < 5000))
	return nil
}

// figure is what all connections together reached.
type figure struct {
	rate    float64 // a second
	clients int
	waits   []time.Duration // sorted
}

// String lays the figure out for people.
func (f figure) String() string {
	at := func(q float64) int64 { return f.waits[int(q*float64(len(f.waits)-1))].Microseconds() }
	return fmt.Sprintf("%.0f/s, %d connections: p50 %d us, p99 %d us", f.rate, f.clients, at(.5), at(.99))
}

// flood posts on all connections for a time, between the accounts of each turn.
func (o options) flood(ctx context.Context, phase string, d time.Duration, accounts func(turn int) (from, to int)) (figure, error) {
	conns := make([]*pgx.Conn, o.clients)
	for i := range conns {
		c, err := pgx.Connect(ctx, o.dsn)
		if err != nil {
			return figure{}, err
		}
		defer c.Close(ctx)
		conns[i] = c
	}
	waits, failed := make([][]time.Duration, o.clients), make([]error, o.clients)
	line := strings.Repeat("x", lineBytes)
	begun := time.Now()
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() {
			for n, now := 0, begun; now.Sub(begun) < d; n++ {
				from, to := accounts(i + n*o.clients)
				var id int64
				// Prepared on the first call, and binary from then on.
				if failed[i] = c.QueryRow(ctx, "SELECT post($1, $2, $3, $4, $5)", fmt.Sprintf("%s/%d/%d", phase, i, n), from, to, 1, line).Scan(&id); failed[i] != nil {
					return
				}
				then := time.Now()
				waits[i] = append(waits[i], then.Sub(now))
				now = then
			}
		})
	}
	all.Wait()
	took := time.Since(begun).Seconds()
	every := slices.Concat(waits...)
	slices.Sort(every)
	return figure{float64(len(every)) / took, o.clients, every}, errors.Join(failed...)
}
