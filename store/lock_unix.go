//go:build linux || darwin

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock is held by the one process that may cut, repair or write the book, or shared by those that read it where it lies. The kernel gives it
// up when the process ends, however it ends, so no stale lock needs judging.
type lock struct {
	f      *os.File
	shared bool
}

// maxURL bounds what is read from a lock file.
const maxURL = 1024

// takeLock locks DIR/lock and writes url into it for those who come second.
func takeLock(dir, url string) (*lock, error) {
	l, err := flock(dir, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	if err := l.write(url); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", l.f.Name(), err), l.f.Close())
	}
	return l, nil
}

// shareLock locks DIR/lock beside others who only read, and writes nothing into it.
func shareLock(dir string) (*lock, error) { return flock(dir, syscall.LOCK_SH) }

func flock(dir string, how int) (*lock, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	switch err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		held := heldBy(f)
		return nil, errors.Join(&LockedError{URL: held}, f.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return &lock{f, how == syscall.LOCK_SH}, nil
}

// heldBy reads the URL that the holder wrote. It is for people: where it cannot be read, the lock is held all the same.
func heldBy(f *os.File) string {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, maxURL))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// write replaces the URL in the lock file.
func (l *lock) write(url string) error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	if url == "" {
		return nil
	}
	_, err := l.f.WriteAt([]byte(url+"\n"), 0)
	return err
}

// release empties the file and gives the lock up. The file stays: removing it would let two processes lock two files.
func (l *lock) release() error {
	if l.shared {
		return l.f.Close()
	}
	return errors.Join(l.f.Truncate(0), l.f.Close())
}
