package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"aixin/ledger"
)

const (
	// keptShare bounds the making of what is kept to a share of the time: after it took a second, nobody has it made again for nine.
	keptShare = 10

	// keptPatience is what making may take at most where everybody waits for it: then what is shown is always of the newest entry. What
	// takes longer is shown as it was before, while it is made again.
	keptPatience = 10 * time.Millisecond

	// keptWait is how long somebody waits for what was never made since the server began, before a page says that it is being summed.
	keptWait = 250 * time.Millisecond
)

// kept is something that takes long to make, such as a sum over everybody. It is made beside those who ask, one at a time; meanwhile they
// get what was made before, which says up to which entry it goes. Only whoever comes first waits.
type kept[T any] struct {
	// mu guards what follows.
	mu     sync.Mutex
	is     made[T]
	known  bool
	failed error
	slow   bool          // making takes longer than anybody waits
	fresh  time.Time     // until when it is not made again although the book went on
	making chan struct{} // closed when it is made; nil while nobody makes it
}

// made is what was made of the book as it stood.
type made[T any] struct {
	Value T
	Head  ledger.Head
	On    ledger.Date
}

// of returns what is kept of the book, or as much of it as was made before. The function makes it of a view of its own, and may outlast
// the request.
func (k *kept[T]) of(ctx context.Context, s *server, v ledger.View, from func(context.Context, ledger.View) (T, error)) (made[T], error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known && k.is.On == v.On() && (k.is.Head.Size >= v.Head().Size || s.Clock().Before(k.fresh)) {
		return k.is, nil
	}
	if k.making == nil {
		k.making = make(chan struct{})
		go k.remake(ctx, s, from)
	}
	if k.known && k.slow {
		return k.is, nil
	}
	done := k.making
	k.mu.Unlock()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	k.mu.Lock()
	if err == nil && !k.known {
		err = k.failed
	}
	return k.is, err
}

// soon returns what is kept where it is there within keptWait, or was made before; else it is still being made, and whoever asks is told so
// and not kept waiting.
func (k *kept[T]) soon(ctx context.Context, s *server, v ledger.View, from func(context.Context, ledger.View) (T, error)) (is made[T], ready bool, err error) {
	short, cancel := context.WithTimeout(ctx, keptWait)
	defer cancel()
	is, err = k.of(short, s, v, from)
	if short.Err() != nil && errors.Is(err, short.Err()) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.is, k.known, ctx.Err()
	}
	return is, err == nil, err
}

// remake makes it again and keeps it. What failed is tried again by the next who asks, and those before keep what there was.
func (k *kept[T]) remake(ctx context.Context, s *server, from func(context.Context, ledger.View) (T, error)) {
	ctx, cancel := s.beside(ctx)
	defer cancel()
	began := s.Clock()
	next, err := fromView(ctx, s, from)
	ended := s.Clock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err; err == nil {
		k.is, k.known = next, true
	}
	k.slow = ended.Sub(began) > keptPatience
	k.fresh = ended.Add((keptShare - 1) * ended.Sub(began))
	close(k.making)
	k.making = nil
}

// beside returns a context of what is made beside the requests: it outlasts the one that asked for it, and ends with the server.
func (s *server) beside(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		select {
		case <-s.Ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// fromView makes something of the book as it is now. Nobody answers a request here, so that a fault in it must not end the server.
func fromView[T any](ctx context.Context, s *server, from func(context.Context, ledger.View) (T, error)) (next made[T], err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	err = s.view(ctx, ledger.AsOf{}, func(v ledger.View) (err error) {
		next.Head, next.On = v.Head(), v.On()
		next.Value, err = from(ctx, v)
		return err
	})
	return next, err
}
