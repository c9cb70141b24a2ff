package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/registry"
)

const (
	// firstPort is where a server listens that was not told where; the next ports are tried where it is taken.
	firstPort = 8080
	morePorts = 20

	// drain is how long requests that are under way may take once the server was told to stop.
	drain = 10 * time.Second
)

func (a *app) serveCmd() *cobra.Command {
	cmd := a.serverFlags(a.command("serve", "serve [--listen HOST:PORT] [--tls-cert FILE --tls-key FILE] [--metrics HOST:PORT] [--config FILE]",
		cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) }))
	cmd.Flags().BoolVar(&a.opts.clockOK, "clock-ok", false, a.say.T("cli.flag.clock_ok"))
	return cmd
}

// serve opens the book and answers until it is told to stop, which is its normal end.
func (a *app) serve(ctx context.Context) (err error) {
	preferThroughput()
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	log, flush := a.serverLog()
	defer flush()
	certs, err := a.certificates(log)
	if err != nil {
		return err
	}
	doors, err := a.doors(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, doors.close()) }()
	url := certs.scheme() + "://" + reachable(doors.public.Addr())
	seen := newMetrics(a.clock)
	book, err := store.Open(ctx, a.opts.book, store.Options{
		Clock: a.clock, Log: log, URL: url, ClockOK: a.opts.clockOK || info.Demo, Progress: a.progress("opening"), Committed: seen.committed,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	seen.watch(book)
	people, err := a.openPeople(info, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	if err := follow(ctx, book, people); err != nil {
		return err
	}
	writes := newServed(book, people)
	if err := writes.settle(ctx, true); err != nil {
		return err
	}
	try, err := a.showcase(ctx, book)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	defer close(ended) // before the book and the registry are closed
	carries, err := newHost(a.opts.book, writes, people, a.clock, log)
	if err != nil {
		return err
	}
	handler, err := api.New(api.Config{
		Views: book, Writes: writes, People: people, Register: people, Commands: carries, Numbers: carries.numbers, Ended: ended, Journal: book, Book: api.Book(book.Book()), Keys: func() api.Book { return api.Book(book.Book()) }, Try: try, Clock: a.clock, Log: log,
		Checkpoints: api.CheckpointFunc(func(context.Context) ([]byte, error) { return readCheckpoint(a.opts.book) }),
		Ready:       writes.ready(ctx), Seen: seen.request, HTTPS: certs != nil, LockAfter: a.opts.lockAfter(), RequireTOTP: a.opts.totp == totpOfStewards,
		Audit: a.audits(ctx, book),
	})
	if err != nil {
		return err
	}
	if err := a.announce(ctx, url, try, book); err != nil {
		return err
	}
	return doors.answer(ctx, certs, handler, seen.handler(), log)
}

// audits returns what carries every check out over the journal, beside the server, as long as it serves.
func (a *app) audits(ctx context.Context, book *store.Ledger) func() (audit.Report, error) {
	return func() (audit.Report, error) {
		zone, err := book.Book().Location()
		if err != nil {
			return audit.Report{}, err
		}
		return audit.Run(audit.Options{Zone: zone}, store.Entries(ctx, a.opts.book, 0))
	}
}

// follow destroys what the book says was destroyed of people, before anybody can ask for it.
func follow(ctx context.Context, book *store.Ledger, people *registry.Registry) error {
	v, done, err := book.View(ctx, ledger.AsOf{})
	if err != nil {
		return err
	}
	defer done()
	return followErasures(ctx, v, people)
}

// reachable is an address that can be typed at this computer: a server that listens everywhere listens here too.
func reachable(at net.Addr) string {
	if tcp, ok := at.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return at.String()
}

// bind listens where it was told, or on the first free port of this computer.
func bind(ctx context.Context, listen string) (net.Listener, error) {
	var c net.ListenConfig
	if listen != "" {
		l, err := c.Listen(ctx, "tcp", listen)
		if err == nil || is(syscall.EADDRINUSE)(err) {
			return l, err
		}
		return nil, &usageError{id: "listen", err: err, data: catalog.Data{"Detail": err.Error()}}
	}
	for port := firstPort; ; port++ {
		l, err := c.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil || !is(syscall.EADDRINUSE)(err) || port == firstPort+morePorts {
			return l, err
		}
	}
}

// showcase picks the volunteer of a demo book whom visitors are: the one with the most points of those who may redeem today.
func (a *app) showcase(ctx context.Context, book *store.Ledger) (*api.Try, error) {
	if !book.Book().Demo {
		return nil, nil
	}
	v, done, err := book.View(ctx, ledger.AsOf{})
	if err != nil {
		return nil, err
	}
	defer done()
	var best ledger.Balance
	for vol, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		b, err := v.Balance(vol.Volunteer)
		if err != nil {
			return nil, err
		}
		if b.Status == ledger.Active && b.Available > best.Available {
			best = b
		}
	}
	if best.Volunteer == "" {
		return nil, nil
	}
	try := &api.Try{Card: best.Volunteer, PIN: person.DemoPIN}
	for who, err := range v.AllStaff() {
		if err != nil {
			return nil, err
		}
		if try.Clerk == "" && slices.Contains(who.RolesOn(v.On()), ledger.Clerk) {
			try.Clerk = who.Staff
		}
	}
	return try, nil
}

// cast picks the first member of the staff for each role.
func cast(ctx context.Context, book *store.Ledger) (staff []ledger.Staff, err error) {
	v, done, err := book.View(ctx, ledger.AsOf{})
	if err != nil {
		return nil, err
	}
	defer done()
	seen := map[ledger.Role]bool{}
	for s, err := range v.AllStaff() {
		if err != nil {
			return nil, err
		}
		if len(s.Roles) > 0 && !seen[s.Roles[0]] {
			seen[s.Roles[0]] = true
			staff = append(staff, s)
		}
	}
	return staff, nil
}

// announce says where the server is; of a demo, in both languages, what there is to play with.
func (a *app) announce(ctx context.Context, url string, try *api.Try, l *store.Ledger) error {
	if try == nil {
		return a.show(result{text: func() string { return a.say.T("cli.serve.at", catalog.Data{"URL": url}) + "\n" }})
	}
	texts, err := catalog.Load()
	if err != nil {
		return err
	}
	staff, err := cast(ctx, l)
	if err != nil {
		return err
	}
	book := absolute(a.opts.book)
	data := catalog.Data{"URL": url, "Card": string(try.Card), "Clerk": string(try.Clerk), "PIN": try.PIN, "Book": shellWord(book), "Program": shellWord(program())}
	var b strings.Builder
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		say := texts.In(lang)
		var who []string
		for _, s := range staff {
			who = append(who, string(s.Staff)+" "+catalog.Name(say, "role", s.Roles[0]))
		}
		var lines []string
		for some := range slices.Chunk(who, 4) { // as many as fit a terminal
			lines = append(lines, "\n    "+strings.Join(some, say.T("web.words.comma")))
		}
		data["Staff"] = strings.Join(lines, "")
		b.WriteString(say.T("cli.serve.demo", data) + "\n")
	}
	return a.show(result{text: b.String})
}
