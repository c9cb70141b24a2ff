package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store"
	"aixin/store/registry"
)

// keysDir is where a book keeps its keys.
func keysDir(book string) string { return filepath.Join(book, "keys") }

// reader is the book as a reading command sees it.
type reader struct {
	app    *app
	view   ledger.View
	info   store.BookInfo
	people *registry.Registry // nil where names cannot be shown

	through bool // the journal was read to its end, under its roots
}

// entries are those of the journal.
func (r *reader) entries(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return r.noting(store.Entries(ctx, r.app.opts.book, 0))
}

// moved are those with postings, for reports that look into the bodies of some kinds only.
func (r *reader) moved(ctx context.Context, whole func(ledger.Kind) bool) iter.Seq2[ledger.Entry, error] {
	return r.noting(store.Moved(ctx, r.app.opts.book, whole))
}

// noting notes that entries were read to their end.
func (r *reader) noting(entries iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for e, err := range r.app.watched(entries, r.view.Head().Size) {
			if !yield(e, err) || err != nil {
				return
			}
		}
		r.through = true
	}
}

// read opens the book, lets f find out something, and prints it. It uses the index where nobody holds the lock, and folds the
// journal where somebody does, or where the index does not keep the past that f asks for.
func (a *app) read(ctx context.Context, f func(context.Context, *reader) (result, error)) error {
	if a.hosted != nil {
		return a.hosted.read(ctx, a, f)
	}
	at := a.moment()
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	a.demo = info.Demo
	r, err := a.readIndex(ctx, info, at, f)
	if errors.Is(err, errNoIndex) || errors.Is(err, store.ErrNotIndexed) {
		r, err = a.readJournal(ctx, info, at, f)
	}
	if r.json != nil { // what was found is said even where its check failed
		err = errors.Join(a.show(r), err)
	}
	return err
}

// errNoIndex says that the index cannot be used now.
var errNoIndex = errors.New("the index is in use")

// readIndex reads from the index. A book that was closed is read where it lies; any other is opened, which mends what it lacks.
func (a *app) readIndex(ctx context.Context, info store.BookInfo, at store.AsOf, f func(context.Context, *reader) (result, error)) (result, error) {
	o := store.Options{Clock: a.clock, ClockOK: true, NoScrub: true, Log: a.log()}
	r, err := a.readClosed(ctx, info, at, o, f)
	if errors.Is(err, store.ErrNotClosed) {
		r, err = a.readOpened(ctx, info, at, o, f)
	}
	return r, err
}

// unopened says of a book that cannot be opened here that it has no index. Any other error stays as it is.
func unopened(err error) error {
	if is(store.ErrLocked, store.ErrReadOnly, store.ErrDiskFull, fs.ErrPermission, fs.ErrNotExist, syscall.EROFS)(err) { // an auditor's copy has no keys
		return errNoIndex
	}
	return err
}

// readClosed reads a book that was closed. Where f does not read the journal to its end, which checks all of it, its end is checked
// afterwards: nothing of a damaged book is said.
func (a *app) readClosed(
	ctx context.Context, info store.BookInfo, at store.AsOf, o store.Options, f func(context.Context, *reader) (result, error),
) (res result, err error) {
	c, err := store.OpenClosed(ctx, a.opts.book, o)
	if err != nil {
		return result{}, unopened(err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	view, err := c.View(ctx, at)
	if err != nil {
		return result{}, err
	}
	r := &reader{app: a, view: view, info: info}
	res, err = a.readView(ctx, r, f)
	if !r.through {
		if damaged := c.CheckJournal(ctx); damaged != nil {
			return result{}, damaged
		}
	}
	return res, err
}

// readOpened reads a book that has to be opened, because it was not closed.
func (a *app) readOpened(
	ctx context.Context, info store.BookInfo, at store.AsOf, o store.Options, f func(context.Context, *reader) (result, error),
) (res result, err error) {
	l, err := store.Open(ctx, a.opts.book, o)
	if err != nil {
		return result{}, unopened(err)
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	view, done, err := l.View(ctx, at)
	if err != nil {
		return result{}, err
	}
	defer done()
	return a.readView(ctx, &reader{app: a, view: view, info: info}, f)
}

// readView lets f find out something in a view, with the names that may be shown.
func (a *app) readView(ctx context.Context, r *reader, f func(context.Context, *reader) (result, error)) (res result, err error) {
	if err := a.reached(r.view); err != nil {
		return result{}, err
	}
	if r.people, err = a.names(r.info); err != nil {
		return result{}, err
	}
	if r.people != nil {
		defer func() { err = errors.Join(err, r.people.Close()) }()
	}
	return r.draw(ctx, f)
}

func (a *app) readJournal(ctx context.Context, info store.BookInfo, at store.AsOf, f func(context.Context, *reader) (result, error)) (result, error) {
	o := store.FoldOptions{Clock: a.clock}
	bar := a.progress("reading")
	if bar != nil {
		o.Progress = func(done ledger.Index) { bar(done, -1) } // how many there are is known at the end
	}
	view, err := store.Fold(ctx, a.opts.book, at, o)
	if err != nil {
		return result{}, err
	}
	if bar != nil {
		bar(view.Head().Size, view.Head().Size)
	}
	if err := a.reached(view); err != nil {
		return result{}, err
	}
	return (&reader{app: a, view: view, info: info}).draw(ctx, f)
}

// draw lets f find out something, and says beside it of which book and state that is.
func (r *reader) draw(ctx context.Context, f func(context.Context, *reader) (result, error)) (result, error) {
	found, err := f(ctx, r)
	head := r.view.Head()
	found.basis = strings.TrimPrefix(strings.TrimSpace(r.app.mark())+" ", " ") + r.app.say.T("cli.page.basis", catalog.Data{
		"Origin": r.info.Origin, "On": r.view.On().String(), "Index": int64(head.Size - 1), "Root": head.Root.String(),
	})
	return found, err
}

// reached refuses an entry up to which the book does not go: an answer of today would pass for one of then.
func (a *app) reached(v ledger.View) error {
	if a.opts.knownAt.set && a.opts.asOf == 0 && v.Head().Size <= a.opts.knownAt.index {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: strconv.FormatInt(int64(a.opts.knownAt.index), 10)}
	}
	return nil
}

// names opens the registry to show masked names. Where somebody else has it, or this person may not read it, numbers do.
func (a *app) names(info store.BookInfo) (*registry.Registry, error) {
	o := registry.Options{Clock: a.clock, Log: a.log(), Demo: info.Demo}
	people, err := registry.OpenClosed(a.opts.book, keysDir(a.opts.book), o)
	if errors.Is(err, registry.ErrNotClosed) {
		people, err = registry.Open(a.opts.book, keysDir(a.opts.book), o)
	}
	if is(registry.ErrLocked, fs.ErrNotExist, fs.ErrPermission, syscall.EROFS)(err) {
		return nil, nil
	}
	return people, err
}

// masked returns the masked names of people by number; none where there is no registry.
func (r *reader) masked(ctx context.Context, ids ...string) (map[string]person.Masked, error) {
	if r.people == nil {
		return nil, nil
	}
	return r.people.Masked(ctx, ids...)
}

// writer is the book as a writing command has it, alone and signed in.
type writer struct {
	app    *app
	book   api.Writes         // what entries are asked of
	ledger *store.Ledger      // the same, and nil where the book is at a server
	people *registry.Registry // likewise
	server *api.Client        // nil where the book is a directory
	actor  ledger.StaffID
}

// actor returns who asks, and their PIN.
func (a *app) actor(ctx context.Context) (ledger.StaffID, string, error) {
	actor := ledger.StaffID(a.opts.actor)
	if actor == "" {
		return "", "", &usageError{id: "no_actor"}
	}
	if _, oneself := actor.Oneself(); !oneself && !actor.Valid() {
		return "", "", malformed("--as", "staff_number")
	}
	pin, err := a.pinOf(ctx, actor)
	return actor, pin, err
}

// write takes the lock, or turns to the server, signs the actor in and lets f write.
func (a *app) write(ctx context.Context, f func(context.Context, *writer) error) (err error) {
	if key := a.opts.key; key != "" && !ledger.Key(key).Valid() {
		return malformed("--key", "key")
	}
	if a.hosted != nil {
		return a.hosted.write(ctx, a, f)
	}
	if a.atServer() {
		return a.writeServer(ctx, f)
	}
	actor, pin, err := a.actor(ctx) // before the lock is taken: who is asked may take their time
	if err != nil {
		return err
	}
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.people.CheckPIN(ctx, string(actor), pin, atBook); err != nil {
		return err
	}
	w.actor = actor
	return w.once(ctx, f)
}

// open takes the lock of the book and of its registry.
func (a *app) open(ctx context.Context) (*writer, error) {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return nil, err
	}
	a.demo = info.Demo
	l, err := a.openLedger(ctx, store.Options{
		Clock: a.clock, Log: a.log(), ClockOK: a.opts.clockOK || info.Demo, NoScrub: true, Progress: a.progress("opening"),
	})
	if err != nil {
		return nil, err
	}
	people, err := a.openPeople(info, a.log())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	book := newServed(l, people)
	if err := book.settle(ctx, true); err != nil {
		return nil, errors.Join(err, people.Close(), l.Close())
	}
	return &writer{app: a, book: book, ledger: l, people: people}, nil
}

// Another command holds the lock for a moment only; a server, which writes its address into it, until it is stopped.
const (
	lockPatience = 3 * time.Second
	lockPause    = 25 * time.Millisecond
)

// openLedger opens the book, and waits a moment where another command has it.
func (a *app) openLedger(ctx context.Context, o store.Options) (*store.Ledger, error) {
	patience := time.NewTimer(lockPatience)
	defer patience.Stop()
	for {
		l, err := store.Open(ctx, a.opts.book, o)
		if held, ok := errors.AsType[*store.LockedError](err); !ok || held.URL != "" {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience.C:
			return nil, err
		case <-time.After(lockPause):
		}
	}
}

// close gives the registry back before the book: whoever gets the book's lock then gets both.
func (w *writer) close() error { return errors.Join(w.people.Close(), w.ledger.Close()) }

// registryFloor is how much must be free before the registry is written: Badger writes through memory maps, and a full disk
// would kill the process.
const registryFloor = 64 << 20

// openPeople opens the registry for a command that may write it, and waits a moment where another command has it.
func (a *app) openPeople(info store.BookInfo, log *slog.Logger) (*registry.Registry, error) {
	room := func() error {
		free, err := freeSpace(a.opts.book)
		if err == nil && free < registryFloor {
			err = fmt.Errorf("registry: %w: %d MiB are free", store.ErrDiskFull, free>>20)
		}
		return err
	}
	return registry.Open(a.opts.book, keysDir(a.opts.book), registry.Options{
		Clock: a.clock, Log: log, Demo: info.Demo, Wait: lockPatience, Room: room,
	})
}

// atBook is the place of whoever types a PIN beside the book itself.
const atBook = "at the book"

// pinOf returns the actor's PIN, from the environment or a prompt.
func (a *app) pinOf(ctx context.Context, actor ledger.StaffID) (string, error) {
	if pin := a.env("AIXIN_PIN"); pin != "" {
		return pin, nil
	}
	return a.ask(ctx, "cli.prompt.pin", catalog.Data{"Who": string(actor)})
}

// reserve makes the registry pass over the volunteer numbers that the book knows: a registry that came back from an older copy
// would give them to other people.
func (w *writer) reserve(ctx context.Context) error {
	last := 0
	err := w.view(ctx, func(v ledger.View) error {
		for who, err := range v.Volunteers() {
			if err != nil {
				return err
			}
			last = max(last, who.Volunteer.Serial())
		}
		return nil
	})
	w.people.Reserve(person.Volunteer, last)
	return err
}

// ask reads a secret from the terminal without showing it, and gives the terminal back as it was where somebody interrupts.
func (a *app) ask(ctx context.Context, prompt string, data catalog.Data) (string, error) {
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", &signInError{"no_pin"}
	}
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", fmt.Errorf("read PIN: %w", err)
	}
	a.complain("%s", a.say.T(prompt, data))
	defer a.complain("\n")

	type typed struct {
		secret []byte
		err    error
	}
	answer := make(chan typed, 1)
	go func() { // nothing ends a read of a terminal: where the program is told to end, it ends with it
		secret, err := term.ReadPassword(int(f.Fd()))
		answer <- typed{secret, err}
	}()
	select {
	case got := <-answer:
		if got.err != nil && !errors.Is(got.err, io.EOF) {
			return "", fmt.Errorf("read PIN: %w", got.err)
		}
		return strings.TrimSpace(string(got.secret)), nil
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(int(f.Fd()), before))
	}
}

// key returns the key of a write: the one of --key, or a new one that nobody else can have.
func (w *writer) key() ledger.Key {
	if w.app.opts.key != "" {
		return ledger.Key(w.app.opts.key)
	}
	return newKey()
}

func newKey() ledger.Key { return ledger.Key("cli/" + rand.Text()) }

// view runs f over the book as it stands.
func (w *writer) view(ctx context.Context, f func(ledger.View) error) error {
	if w.server != nil {
		return &usageError{id: "book_url"}
	}
	v, done, err := w.ledger.View(ctx, store.AsOf{})
	if err != nil {
		return err
	}
	defer done()
	return f(v)
}

// holds refuses an actor without any of the roles, for what changes the registry alone.
func (w *writer) holds(ctx context.Context, roles ...ledger.Role) error {
	return w.view(ctx, func(v ledger.View) error {
		staff, err := v.Staff(w.actor)
		if err != nil {
			return &ledger.Rejection{Reason: ledger.UnknownActor, Subject: string(w.actor)}
		}
		if !slices.ContainsFunc(roles, func(r ledger.Role) bool { return slices.Contains(staff.RolesOn(v.On()), r) }) {
			return &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(roles[0])}
		}
		return nil
	})
}

// volunteer reads an argument that names a volunteer: a number, or the text of a card.
func (w *writer) volunteer(ctx context.Context, arg string) (ledger.VolunteerID, ledger.Presence, error) {
	if registry.IsCard(strings.ToUpper(arg)) && w.server == nil {
		id, err := w.cardOf(ctx, arg)
		return id, ledger.ByCard, err
	}
	if !ledger.VolunteerID(arg).Valid() {
		return "", "", malformed("VOLUNTEER", "volunteer_number")
	}
	return ledger.VolunteerID(arg), ledger.ByTyped, nil
}
