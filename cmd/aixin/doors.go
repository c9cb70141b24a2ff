package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"aixin/api"
)

// doors are where a server listens: for everybody, and for whoever runs it on this computer.
type doors struct {
	public  net.Listener
	private net.Listener // nil where nobody asked for it
}

// doors opens them.
func (a *app) doors(ctx context.Context) (d doors, err error) {
	if d.public, err = bind(ctx, a.opts.listen); err != nil || a.opts.metrics == "" {
		return d, err
	}
	if d.private, err = bind(ctx, a.opts.metrics); err != nil {
		err = errors.Join(err, d.close())
	}
	return d, err
}

// close shuts those that no server has shut.
func (d doors) close() (err error) {
	for _, l := range []net.Listener{d.public, d.private} {
		if l == nil {
			continue
		}
		if cause := l.Close(); !errors.Is(cause, net.ErrClosed) {
			err = errors.Join(err, cause)
		}
	}
	return err
}

// answer serves at every door until ctx ends or one of them fails, and then lets requests that are under way finish.
func (d doors) answer(ctx context.Context, certs *certificates, public, private http.Handler, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 2)
	open := 0
	serve := func(l net.Listener, h http.Handler, certs *certificates) {
		s := api.Server(l.Addr().String(), h)
		// What goes wrong with a connection is told with the address of whoever is at its other end.
		s.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
		open++
		go func() {
			defer stop()
			ended <- answer(ctx, l, s, certs)
		}()
	}
	serve(d.public, public, certs)
	if d.private != nil {
		serve(d.private, private, nil)
	}
	var failed error
	for range open {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

// answer serves until ctx ends, and then lets requests that are under way finish.
func answer(ctx context.Context, l net.Listener, s *http.Server, certs *certificates) error {
	ended := make(chan error, 1)
	go func() {
		if certs == nil {
			ended <- s.Serve(l)
			return
		}
		s.TLSConfig = certs.config()
		ended <- s.ServeTLS(l, "", "")
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := s.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close() // whoever is still sending or reading has had their time
	}
	if cause := <-ended; !errors.Is(cause, http.ErrServerClosed) {
		err = errors.Join(err, cause)
	}
	return err
}
