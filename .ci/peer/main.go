// Command peer measures PostgreSQL with the work that `aixin bench --book URL` gives a server: a journal row with a unique key, and two
// balances under row locks, in one call of a PL/pgSQL function with synchronous commit.
//
//	peer --dsn postgres://… --with http.json --clients 64 --seconds 10
//
// It prints its own figure, what the server reached, and their ratio. It is a module of its own, so that the program has no database
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
INSERT INTO account SELECT i, 1000000000 FROM generate_series(1, $ACCOUNTS) i;
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
	dsn, with                  string
	clients, seconds, accounts int
}

func main() {
	var o options
	flag.StringVar(&o.dsn, "dsn", "", "of a database of its own")
	flag.StringVar(&o.with, "with", "", "what aixin bench --book URL -O json printed")
	flag.IntVar(&o.clients, "clients", 64, "connections")
	flag.IntVar(&o.seconds, "seconds", 10, "of the measured load")
	flag.IntVar(&o.accounts, "accounts", 10_000, "accounts")
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
	if _, err := c.Exec(ctx, strings.ReplaceAll(schema, "$ACCOUNTS", fmt.Sprint(o.accounts))); err != nil {
		return err
	}
	for _, setting := range []string{"server_version", "synchronous_commit", "fsync", "full_page_writes"} {
		var v string
		if err := c.QueryRow(ctx, "SHOW "+setting).Scan(&v); err != nil {
			return err
		}
		fmt.Printf("%-20s %s\n", setting, v)
	}
	d := time.Duration(o.seconds) * time.Second
	if _, _, err := o.flood(ctx, "warm", d/2); err != nil {
		return err
	}
	rate, waits, err := o.flood(ctx, "full", d)
	if err != nil {
		return err
	}
	at := func(q float64) int64 { return waits[int(q*float64(len(waits)-1))].Microseconds() }
	fmt.Printf("%-20s %.0f/s, %d connections: p50 %d us, p99 %d us\n", "PostgreSQL", rate, o.clients, at(.5), at(.99))
	return o.compare(rate)
}

// compare prints what a server reached beside it.
func (o options) compare(rate float64) error {
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
	fmt.Printf("%-20s %.2f times PostgreSQL (aim 1.5: %s)\n", "writes over HTTP", r.Writes/rate, said(r.Writes >= 1.5*rate))
	fmt.Printf("%-20s p99 %.1f ms (aim 5 ms: %s)\n", "balances", float64(r.ReadP99)/1000, said(r.ReadP99 < 5000))
	return nil
}

// flood posts on all connections for a time.
func (o options) flood(ctx context.Context, phase string, d time.Duration) (float64, []time.Duration, error) {
	conns := make([]*pgx.Conn, o.clients)
	for i := range conns {
		c, err := pgx.Connect(ctx, o.dsn)
		if err != nil {
			return 0, nil, err
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
				turn := i + n*o.clients
				from, to := turn%o.accounts+1, (turn*7919+o.accounts/2)%o.accounts+1
				if from == to {
					to = from%o.accounts + 1
				}
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
	return float64(len(every)) / took, every, errors.Join(failed...)
}
