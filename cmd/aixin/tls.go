package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificates are a certificate and its key in files, which whoever renews them replaces while the server runs.
type certificates struct {
	cert, key string
	clock     func() time.Time
	log       *slog.Logger

	// mu guards what follows.
	mu     sync.Mutex
	last   *tls.Certificate
	marks  [2]mark   // of the files that last was read from
	looked time.Time // when they were looked at
}

// mark tells a file from the one that was there before.
type mark struct {
	changed time.Time
	size    int64
}

// lookEvery is how often the files are looked at while connections are made.
const lookEvery = time.Second

// certificates reads the files that the settings name; nil where they name none.
func (a *app) certificates(log *slog.Logger) (*certificates, error) {
	if a.opts.tlsCert == "" {
		return nil, nil
	}
	c := &certificates{cert: a.opts.tlsCert, key: a.opts.tlsKey, clock: a.clock, log: log}
	if err := c.read(); err != nil {
		return nil, &usageError{id: "tls_files", err: err, data: map[string]any{"Detail": err.Error()}}
	}
	return c, nil
}

func (c *certificates) scheme() string {
	if c == nil {
		return "http"
	}
	return "https"
}

func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.current}
}

// read takes the files as they are. Their marks are taken first: what is replaced meanwhile is read again.
func (c *certificates) read() error {
	marks, err := c.marksNow()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.last, c.marks = &pair, marks
	return nil
}

func (c *certificates) marksNow() (marks [2]mark, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return marks, fmt.Errorf("certificate: %w", err)
		}
		marks[i] = mark{info.ModTime(), info.Size()}
	}
	return marks, nil
}

// current returns the certificate of a new connection: that in the files, or where they do not fit each other (one of them may have
// been replaced and the other not yet) the one before.
func (c *certificates) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()

	now := c.clock()
	if now.Sub(c.looked) < lookEvery {
		return c.last, nil
	}
	c.looked = now
	marks, err := c.marksNow()
	if err == nil && marks != c.marks {
		if err = c.read(); err == nil {
			c.log.Info("certificate read again")
		}
	}
	if err != nil {
		c.log.Error("certificate not read again", slog.Any("error", err))
	}
	return c.last, nil
}
