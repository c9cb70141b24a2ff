package registry

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Options say what the registry needs from outside.
type Options struct {
	// Clock tells the time of look-ups and failed PINs. Required.
	Clock func() time.Time
	// Log receives warnings; nil discards them. No personal data is ever logged.
	Log *slog.Logger
	// Demo accepts any six digits as a PIN.
	Demo bool
	// Wait is how long Open waits for another process to close the registry before it returns ErrLocked; zero is not at all.
	// A command that writes waits out one that only reads names.
	Wait time.Duration
	// Room, when set, is asked before every write and refuses it with an error: a full disk kills a process that writes
	// through Badger's memory maps.
	Room func() error
}

// Registry is an open registry. It is safe for concurrent use.
type Registry struct {
	home    string
	opts    Options
	log     *slog.Logger
	secrets secrets
	db      *badger.DB
	lock    *os.File
	reading bool                      // nothing is written
	hashing chan struct{}             // a slot for each PIN that may be hashed at once
	trying  [tryingStripes]sync.Mutex // one PIN of an account is tried at a time, so that guesses cannot outrun their count

	// mu is held to write, and to read what must not change meanwhile.
	mu     sync.RWMutex
	keys   *keyring
	looks  uint64 // look-ups logged since Open: tells apart those of one microsecond
	closed bool

	phonebook *phonebook // nil until somebody searches
}

const (
	masterKeyFile = "registry.key"
	folder        = "registry"
	lockFile      = "lock"
	masterKeySize = 32
	tryingStripes = 64
)

// Create makes an empty registry in the data directory dir, with a new master key in keysDir. It replaces nothing: where
// there is a registry or a key it returns ErrExists.
func Create(dir, keysDir string) error {
	home := filepath.Join(dir, folder)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("create registry: %w", err)
	}
	if err := os.MkdirAll(keysDir, 0o700); err != nil {
		return fmt.Errorf("create registry: %w", err)
	}
	if _, err := os.Lstat(filepath.Join(home, keyringFile)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("create registry: %w", ErrExists)
	}
	master := make([]byte, masterKeySize)
	rand.Read(master)
	if err := writeNew(filepath.Join(keysDir, masterKeyFile), encodeMaster(master)); err != nil {
		return fmt.Errorf("create registry key: %w", err)
	}
	s, err := newSecrets(master)
	if err != nil {
		return err
	}
	if err := writeNew(filepath.Join(home, keyringFile), s.header()); err != nil {
		return fmt.Errorf("create registry: %w", err)
	}
	return nil
}

// Open opens the registry of the data directory dir, whose master key is in keysDir. It takes the registry's lock or returns
// ErrLocked after Options.Wait; a caller that only wants names then does without. The error is fs.ErrNotExist where there is none.
func Open(dir, keysDir string, o Options) (*Registry, error) { return open(dir, keysDir, o, false) }

// OpenClosed opens a registry that was closed, beside others who read it likewise, and writes nothing: whatever would is refused with
// ErrReading. The error wraps ErrNotClosed where Open has to look at the registry first, and is otherwise one of Open's.
func OpenClosed(dir, keysDir string, o Options) (*Registry, error) {
	return open(dir, keysDir, o, true)
}

func open(dir, keysDir string, o Options, reading bool) (*Registry, error) {
	if o.Clock == nil {
		return nil, errors.New("open registry: no clock")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s, err := readSecrets(filepath.Join(keysDir, masterKeyFile))
	if err != nil {
		return nil, err
	}
	home := filepath.Join(dir, folder)
	if _, err := os.Stat(filepath.Join(home, keyringFile)); err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	lock, err := waitForLock(filepath.Join(home, lockFile), reading, o.Wait)
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	r := &Registry{home: home, opts: o, log: o.Log, secrets: s, lock: lock, reading: reading, hashing: make(chan struct{}, maxHashing)}
	if reading {
		err = r.openClosed()
	} else {
		err = r.open()
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// lockPoll is how often a lock is tried for: short beside what a person notices.
const lockPoll = 20 * time.Millisecond

// waitForLock takes the lock as soon as it is free, for at most wait.
func waitForLock(path string, shared bool, wait time.Duration) (*os.File, error) {
	for {
		lock, err := takeLock(path, shared)
		if wait <= 0 || !errors.Is(err, ErrLocked) {
			return lock, err
		}
		<-time.After(min(lockPoll, wait))
		wait -= lockPoll
	}
}

// open compares the files with how they were left, reads the roll, opens Badger and ends what an interrupted erasure left undone.
func (r *Registry) open() error {
	if err := takeSums(r.home); err != nil {
		return fmt.Errorf("open registry: %w", err)
	}
	keys, cut, err := openKeyring(filepath.Join(r.home, keyringFile), r.secrets)
	if err != nil {
		return fmt.Errorf("open registry keys: %w", err)
	}
	r.keys = keys
	if cut > 0 {
		// Nobody was told that these numbers were theirs: keys are synced before an answer.
		r.log.Warn("unfinished registry key cut off", slog.Int64("bytes", cut))
	}
	db, err := badger.Open(badgerOptions(filepath.Join(r.home, "db"), r.log))
	if err != nil {
		return fmt.Errorf("open registry database: %w: %w", ErrDamaged, err)
	}
	r.db = db
	return r.sweep()
}

// openClosed compares the files with how they were left, and leaves them as they are.
func (r *Registry) openClosed() error {
	want, err := os.ReadFile(filepath.Join(r.home, sumsFile))
	if err != nil {
		return fmt.Errorf("open registry: %w: %w", ErrNotClosed, err)
	}
	if got, err := sums(r.home); err != nil || got != string(want) {
		return errors.Join(fmt.Errorf("open registry: %w: files differ from their %s", ErrDamaged, sumsFile), err)
	}
	text, err := os.ReadFile(filepath.Join(r.home, keyringFile))
	if err != nil {
		return fmt.Errorf("open registry keys: %w", err)
	}
	r.keys = newKeyring("", r.secrets)
	if err := r.keys.read(text); err != nil {
		return fmt.Errorf("open registry keys: %w", err)
	}
	if r.db, err = badger.Open(badgerOptions(filepath.Join(r.home, "db"), r.log).WithReadOnly(true)); err != nil {
		return fmt.Errorf("open registry database: %w: %w", ErrNotClosed, err)
	}
	return nil
}

// Close releases the registry; calls that come later get ErrClosed.
func (r *Registry) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	var err error
	if r.keys != nil && !r.reading {
		err = r.keys.close()
	}
	if r.db != nil {
		err = errors.Join(err, r.db.Close())
		if err == nil && r.keys.broken == nil && !r.reading {
			err = writeSums(r.home)
		}
	}
	return errors.Join(err, r.lock.Close())
}

// memTableSize bounds one transaction (15 % of it) and what a start after an unclean stop has to replay.
const memTableSize = 16 << 20

// badgerOptions spells out every default that could lose data or use more than a list of people needs.
func badgerOptions(dir string, log *slog.Logger) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(true).       // there is no journal behind these rows
		WithDetectConflicts(false). // Registry.mu admits one writer
		WithNumVersionsToKeep(1).
		WithChecksumVerificationMode(options.OnTableRead). // the only mode that fails instead of lying
		WithVerifyValueChecksum(true).
		WithCompactL0OnClose(true). // tables carry checksums that are read at open; the log's tail does not
		WithMemTableSize(memTableSize).
		WithNumMemtables(2).
		WithNumCompactors(2).
		WithValueLogFileSize(16 << 20). // no value is ever large enough for the value log
		WithBlockCacheSize(8 << 20).
		WithMetricsEnabled(false).
		WithLogger(badgerLog{log})
}

// badgerLog passes on what somebody has to look at; keys in it are numbers and keyed hashes.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(format string, args ...any) {
	l.log.Error("registry database", slog.String("detail", fmt.Sprintf(format, args...)))
}

func (l badgerLog) Warningf(format string, args ...any) {
	l.log.Warn("registry database", slog.String("detail", fmt.Sprintf(format, args...)))
}

func (badgerLog) Infof(string, ...any)  {}
func (badgerLog) Debugf(string, ...any) {}

// view runs f over one snapshot. The caller holds mu.
func (r *Registry) view(f func(*badger.Txn) error) error {
	if r.closed {
		return ErrClosed
	}
	return r.db.View(f)
}

// write runs f in one synced transaction. The caller holds mu and asked ready.
func (r *Registry) write(f func(*badger.Txn) error) error {
	if err := r.db.Update(f); err != nil {
		return fmt.Errorf("write the registry: %w", err)
	}
	return nil
}

// ready says whether a write may begin. The caller holds mu.
func (r *Registry) ready(ctx context.Context) error {
	if r.closed {
		return ErrClosed
	}
	if r.reading {
		return ErrReading
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.opts.Room != nil {
		return r.opts.Room()
	}
	return nil
}

// encodeMaster writes the master key as one line, so that it can be printed and typed.
func encodeMaster(master []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(master) + "\n")
}
