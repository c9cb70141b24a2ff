package main

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"aixin/api"
	"aixin/api/load"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/bench"
	"aixin/store/registry"
)

// foundBench makes a book for measuring a server: everybody has points, and the clerk the PIN that the environment says.
func (a *app) foundBench(ctx context.Context, o bench.Options) error {
	if err := bench.Found(ctx, o); err != nil {
		return err
	}
	pin, err := a.pinOf(ctx, bench.Clerk)
	if err != nil {
		return err
	}
	if err := registry.Create(o.Dir, keysDir(o.Dir)); err != nil {
		return err
	}
	info, err := store.ReadBook(o.Dir)
	if err != nil {
		return err
	}
	people, err := a.openPeople(info, a.log())
	if err != nil {
		return err
	}
	defer people.Close() //nolint:errcheck // what it holds is synced
	if err := people.Put(ctx, person.Person{ID: string(bench.Clerk), Name: "bench"}); err != nil {
		return err
	}
	return people.SetPIN(ctx, string(bench.Clerk), pin)
}

// benchServer measures a server that serves a book of bench --make, and no other: what it writes is for ever.
func (a *app) benchServer(ctx context.Context, f benchFlags) error {
	at, err := url.Parse(a.opts.book)
	if err != nil || at.Scheme != "http" {
		return malformed("--book", "url")
	}
	pin, err := a.pinOf(ctx, bench.Clerk)
	if err != nil {
		return err
	}
	client, err := api.NewClient(a.opts.book, api.ClientOptions{Number: string(bench.Clerk), PIN: pin})
	if err != nil {
		return err
	}
	info, err := client.Book(ctx)
	if err != nil {
		return err
	}
	if info.Origin != bench.Origin {
		return &usageError{id: "bench_book"}
	}
	if err := client.SignIn(ctx); err != nil {
		return err
	}
	o := load.Options{
		Address: at.Host, Token: client.Token(), Run: rand.Text()[:8], Volunteers: int(f.volunteers), Shops: int(f.shops), Items: bench.Items,
		Clients: int(f.clients), Duration: time.Duration(f.seconds) * time.Second, Clock: a.clock,
	}
	end := a.elapsing("measuring", 3*o.Duration)
	got, err := load.Run(ctx, o)
	end()
	if err != nil {
		return err
	}
	return a.show(result{json: got, text: got.String})
}
