package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"aixin/api/web"
	"aixin/ledger"
)

// health answers GET /healthz: whether the book can be read, and how far it goes.
func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		if _, err := v.Book(); err != nil {
			return err
		}
		s.write(w, r, http.StatusOK, jsonType, Health{"ok", v.Head().Size, s.Book.Demo})
		return nil
	})
}

// ready answers GET /readyz: whether entries would be written. A server that is not ready can be read all the same.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	if s.Ready != nil {
		if err := s.Ready(r.Context()); err != nil {
			return err
		}
	}
	return s.health(w, r)
}

// checkpoint answers GET /checkpoint: the newest signed note, to be kept where this server cannot change it.
func (s *server) checkpoint(w http.ResponseWriter, r *http.Request) error {
	note, err := s.Checkpoints.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="checkpoint"`)
	s.send(w, r, http.StatusOK, note)
	return nil
}

// audit answers GET /auditor: how far the book goes, what it is signed with, and that it balances.
func (s *server) audit(w http.ResponseWriter, r *http.Request) error {
	note, err := s.Checkpoints.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.Book.Zone)
	if err != nil {
		return fmt.Errorf("zone of the book: %w", err)
	}
	f := s.frame(w, r)
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		sums, err := s.trialBalance(r.Context(), v)
		if err != nil {
			return err
		}
		s.render(w, r, http.StatusOK, f, s.teller(f).Audit(sums, zone, string(note), s.current().PublicKeys))
		return nil
	})
}

// trialBalance returns the trial balance of the newest head, or the one before it while it is added up: adding up reads every account,
// and anybody may ask for it.
func (s *server) trialBalance(ctx context.Context, v ledger.View) (web.Sums, error) {
	got, err := s.sums.of(ctx, s, v, func(_ context.Context, v ledger.View) (web.Sums, error) { return web.AddUp(v) })
	return got.Value, err
}
