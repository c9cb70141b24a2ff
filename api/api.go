package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/person"
)

// Views gives views of the book. *store.Ledger does.
type Views interface {
	// View returns the book at a moment; call the function when done with it.
	View(ctx context.Context, at ledger.AsOf) (ledger.View, func(), error)
	// Latest returns the book as everything that was answered left it, to find single facts in: balances, and no lists. It waits for
	// nothing. Call the function when done with it.
	Latest(ctx context.Context) (ledger.View, func(), error)
	// RolesOf returns the roles that a member of the staff has today, by every entry that was answered; who is nobody is ledger.NotFound.
	RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error)
}

// Registry says who is who. *registry.Registry does.
type Registry interface {
	// FindByCard returns the number of the person whose card has this text, or person.ErrNotFound.
	FindByCard(ctx context.Context, text string) (string, error)
	// CheckPIN returns nil for the person's PIN, which was typed at that place, person.ErrWrongPIN for any other and for numbers without a person, and a
	// *person.LockedError after too many wrong ones.
	CheckPIN(ctx context.Context, id, pin, place string) error
	OneTimeCodes
	// FindBySystemKey returns what the key of a system opens, or person.ErrNotFound.
	FindBySystemKey(ctx context.Context, text string) (person.SystemKey, error)
	// Search returns people of a kind, masked, the likeliest first, and whether there are more. Among says who may be found at all.
	Search(ctx context.Context, kind person.Kind, query string, among func(id string) (bool, error)) ([]person.Masked, bool, error)
	// Get returns the full data of people, and logs the look.
	Get(ctx context.Context, why person.Purpose, ids ...string) ([]person.Person, error)
	Accesses
	// Masked returns what may be shown of people, by number.
	Masked(ctx context.Context, ids ...string) (map[string]person.Masked, error)
}

// OneTimeCodes keeps what the one-time codes of members of the staff are made from.
type OneTimeCodes interface {
	// HasTOTP reports whether CheckPIN wants somebody's one-time code behind the PIN.
	HasTOTP(ctx context.Context, id string) (bool, error)
	// NewTOTP gives somebody a secret of one-time codes and the address from which apps read it; nothing of it counts before ConfirmTOTP.
	NewTOTP(ctx context.Context, issuer, id string) (secret, address string, err error)
	// ConfirmTOTP makes CheckPIN want codes of the newest secret, where this is one; any other is an *ledger.Invalid.
	ConfirmTOTP(ctx context.Context, id, code string) error
}

// Checkpoints gives the newest signed note of the book.
type Checkpoints interface {
	Checkpoint(ctx context.Context) ([]byte, error)
}

// CheckpointFunc is a function that gives the newest signed note, such as one that reads DIR/checkpoint.
type CheckpointFunc func(ctx context.Context) ([]byte, error)

// Checkpoint calls f.
func (f CheckpointFunc) Checkpoint(ctx context.Context) ([]byte, error) { return f(ctx) }

// Journal gives the lines of the book in order. *store.Ledger does.
type Journal interface {
	// Head returns the newest head that is on stable storage.
	Head() ledger.Head
	// Lines yields the bytes of whole batches: from the one that contains the entry from to the last that ends at or before size.
	// A piece is valid until the next step of the loop.
	Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error]
	// Consistency returns the hashes that show that the first size entries extend the first old ones.
	Consistency(ctx context.Context, old, size ledger.Index) ([]ledger.Hash, error)
	// Inclusion returns the hashes that lead from an entry to the root of the first size entries.
	Inclusion(ctx context.Context, i, size ledger.Index) ([]ledger.Hash, error)
}

// Config says what the server serves. Views, Writes, People, Journal, Checkpoints, Book, Clock and Log are required.
type Config struct {
	Views       Views
	Writes      Writes
	People      Registry
	Register    Register // what the pages of the staff keep of people; optional: without it they keep nothing
	Journal     Journal
	Commands    Commands        // what carries out the commands of the command line; optional: without it none of them is served
	Numbers     *RequestNumbers // shared with what gives numbers beside the pages; optional: without it nothing else does
	Ended       <-chan struct{} // closed when the server ends, and with it what is made beside the requests; optional
	Checkpoints Checkpoints
	Book        Book        // what book.json says; of a demo, every page says that it is one
	Keys        func() Book // the same with the keys that it has now; Book, where nil
	Try         *Try        // what the first page of a demo offers to try; optional
	Clock       func() time.Time
	Log         *slog.Logger                                       // gets one line a request, without personal data
	Ready       func(ctx context.Context) error                    // whether entries are written now; optional
	Audit       func() (audit.Report, error)                       // carries out every check over the journal; optional: without it nobody audits here
	Seen        func(route string, status int, took time.Duration) // is told of every answer; optional
	RequireTOTP bool                                               // steward and above do nothing before they set up one-time codes
	LockAfter   time.Duration                                      // locks a browser of the staff that nobody uses; 0 for ten minutes
	HTTPS       bool                                               // the server is reached over TLS: cookies are sent over nothing else
}

// Try is whom anybody may be in a demo book.
type Try struct {
	Card  ledger.VolunteerID
	Clerk ledger.StaffID
	PIN   string // of both
}

// New returns the handler of every route. With the store and the registry it is made of:
//
//	api.New(api.Config{Views: l, Writes: told, People: people, Journal: l, Checkpoints: api.CheckpointFunc(readFile),
//		Book: api.Book(l.Book()), Clock: clock, Log: log})
func New(c Config) (http.Handler, error) {
	if c.Views == nil || c.Writes == nil || c.People == nil || c.Journal == nil || c.Checkpoints == nil || len(c.Book.PublicKeys) == 0 || c.Clock == nil || c.Log == nil {
		return nil, errors.New("serve: the configuration lacks a required member")
	}
	say, err := catalog.Load()
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	pages, err := web.New()
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	if c.Numbers == nil {
		c.Numbers = NewRequestNumbers()
	}
	s := &server{Config: c, catalog: say, pages: pages, mux: http.NewServeMux()}
	rand.Read(s.secret[:]) // never fails
	s.sessions.clock, s.peers.clock, s.workplaces.clock = c.Clock, c.Clock, c.Clock
	s.described = sync.OnceValues(func() ([]byte, error) { return describe(s.programs(), c.Book.Origin) })
	s.forPeople = sync.OnceValues(s.readDescription)
	for _, r := range s.routes() {
		s.mux.HandleFunc(r.pattern, s.handle(r))
	}
	var origins http.CrossOriginProtection
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, ErrOrigin, !wantsProblem(r)) }))
	s.guarded = origins.Handler(s.mux)
	return s, nil
}

// Server returns an HTTP server with time-outs and bounds for serving a handler of New.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
	}
}

// route is one row of the list of routes.
type route struct {
	pattern string
	serve   func(s *server, w http.ResponseWriter, r *http.Request) error
	page    bool // a person reads its errors
	who     who
	doc     doc // of what programs ask for
}

// routes is the list of everything that is served.
func (s *server) routes() []route {
	return append(s.programs(), s.people()...)
}

// programs is what programs ask for.
func (s *server) programs() []route {
	list := []route{
		{"GET /healthz", (*server).health, false, anybody(), doc{says: "Whether the book can be read, and how far it goes.", answer: Health{}}},
		{"GET /readyz", (*server).ready, false, anybody(), doc{says: "Whether the book takes entries now.", answer: Health{}}},
		{"GET /checkpoint", (*server).checkpoint, false, anybody(), doc{says: "The newest signed note.", media: textType}},
		{"GET /openapi.json", (*server).openapi, false, anybody(), doc{says: "This description.", answer: map[string]any{}}},
		{"GET /v1/book", (*server).book, false, anybody(), doc{says: "What the book is.", answer: Book{}}},
		{"POST /v1/sessions", (*server).openSession, false, anybody(), doc{
			says: "Sign in.", body: SessionRequest{}, answer: Session{}, status: http.StatusCreated,
		}},
		{"DELETE /v1/sessions/current", (*server).closeSession, false, who{own: true, roles: ledger.Roles(), bare: true}, doc{says: "Sign out.", status: http.StatusNoContent}},
		{"GET /v1/journal", (*server).journal, false, staff(bookReaders()...), doc{
			says: "The lines of the journal, in whole batches.", params: journalParams{}, media: linesType,
		}},
		{"GET /v1/consistency", (*server).consistency, false, staff(bookReaders()...), doc{
			says: "The hashes that show that the book extends what it was (RFC 6962).", params: consistencyParams{}, answer: Consistency{},
		}},
		{"GET /v1/records", (*server).records, false, staff(ledger.Roles()...), doc{
			says: "The records that wait, or those that a reference means.", params: recordsParams{}, answer: Records{},
		}},
		{"GET /v1/volunteers/{id}/balance", (*server).balance, false, own(accountReaders()...), doc{
			says: "What a volunteer has.", params: balanceParams{}, answer: Balance{},
		}},
		{"GET /v1/volunteers/{id}/statement", (*server).statement, false, own(accountReaders()...), doc{
			says: "A volunteer's movements, the newest first.", params: statementParams{}, answer: Statement{},
		}},
		{"GET /v1/volunteers/{id}/data", (*server).takeData, false, own(), doc{
			says: "Everything that is kept of whoever asks; it is logged as a look by themself.", params: volunteerParam{}, answer: OwnData{},
		}},
	}
	for _, row := range writeRows() {
		list = append(list, route{"POST /v1/" + row.noun, writing(row), false, row.who(), doc{
			says: row.says, params: writeParams{}, body: row.fresh(), answer: Receipt{}, status: http.StatusCreated,
		}})
	}
	return append(append(list, s.bulks()...), s.commands()...)
}

// people is what people look at; a page asks by itself who is signed in on the browser.
func (s *server) people() []route {
	return append(append(working(), owned()...), []route{
		{"GET /{$}", (*server).home, true, anybody(), doc{}},
		{"GET /volunteer", (*server).account, true, anybody(), doc{}},
		{"POST /volunteer", (*server).enter, true, anybody(), doc{}},
		{"GET /volunteer/statement", (*server).movements, true, anybody(), doc{}},
		{"GET " + ownDataPath, (*server).ownData, true, anybody(), doc{}},
		{"POST /volunteer/leave", (*server).leave, true, anybody(), doc{}},
		{"GET " + web.SpeakPath, asset("text/javascript; charset=utf-8", s.pages.Speak()), false, anybody(), doc{}},
		{"GET /auditor", (*server).audit, true, anybody(), doc{}},
		{"GET /clerk", (*server).counter, true, anybody(), doc{}},
		{"POST /clerk", (*server).atDesk, true, anybody(), doc{}},
		{"POST /clerk/leave", staffLeaves(clerkPath), true, anybody(), doc{}},
		{"POST /clerk/lock", (*server).lock, true, anybody(), doc{}},
		{"GET /clerk/receipt", (*server).receipt, true, anybody(), doc{}},
		{"GET /clerk/switch", (*server).takesOver, true, anybody(), doc{}},
		{"GET /api", (*server).called, true, anybody(), doc{}},
		{"GET /steward", (*server).steward, true, anybody(), doc{}},
		{"GET /notices", (*server).notices, true, anybody(), doc{}},
		{"GET /notices/{index}/text", (*server).postedText, true, anybody(), doc{}},
		{"GET " + web.StylePath, asset("text/css; charset=utf-8", s.pages.Style()), false, anybody(), doc{}},
		{"GET " + web.CounterPath, asset("text/javascript; charset=utf-8", s.pages.Counter()), false, anybody(), doc{}},
		{"GET " + web.IconPath, asset("image/svg+xml", s.pages.Icon()), false, anybody(), doc{}},
	}...)
}
