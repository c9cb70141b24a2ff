package api

import (
	"context"
	"net/http"
	"sync"
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
	sums, err := s.trialBalance(r.Context())
	if err != nil {
		return err
	}
	f := s.frame(w, r)
	s.render(w, r, http.StatusOK, f, s.teller(f).Audit(sums, string(note), s.current().PublicKeys))
	return nil
}

// sums keeps the trial balance of the newest head: adding up reads every account, and anybody may ask for it.
type sums struct {
	// mu guards what follows, and lets one request add up while the others wait for it.
	mu    sync.Mutex
	last  web.Sums
	fresh time.Time // until when the last one is shown although the book went on
}

// sumsShare bounds adding up to a share of the time: after it took a second, nobody has it done again for nine.
const sumsShare = 10

func (s *server) trialBalance(ctx context.Context) (web.Sums, error) {
	s.sums.mu.Lock()
	defer s.sums.mu.Unlock()
	began := s.Clock()
	if began.Before(s.sums.fresh) {
		return s.sums.last, nil
	}
	err := s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		if s.sums.last.Head.Size > 0 && v.Head().Same(s.sums.last.Head) {
			return nil
		}
		sums, err := web.AddUp(v)
		if err == nil {
			ended := s.Clock()
			s.sums.last, s.sums.fresh = sums, ended.Add((sumsShare-1)*ended.Sub(began))
		}
		return err
	})
	return s.sums.last, err
}
