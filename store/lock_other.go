//go:build !linux && !darwin

package store

// lock cannot be held on systems where this program only reads.
type lock struct{}

func takeLock(string, string) (*lock, error) { return nil, ErrReadOnly }

func shareLock(string) (*lock, error) { return nil, ErrReadOnly }

func (*lock) write(string) error { return ErrReadOnly }

func (*lock) release() error { return nil }
