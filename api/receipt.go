package api

import (
	"context"
	"log/slog"
	"net/http"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/proof"
)

// inclusion is a journal that proves single entries; one that does not prints receipts without a proof.
type inclusion interface {
	// Inclusion returns the hashes that lead from an entry to the root of the first size entries.
	Inclusion(ctx context.Context, i, size ledger.Index) ([]ledger.Hash, error)
}

// receipt answers GET /clerk/receipt?receipt=R000041: a receipt, to be printed again and marked so.
func (s *server) receipt(w http.ResponseWriter, r *http.Request) error {
	if _, ok := s.atCounter(r); !ok {
		http.Redirect(w, r, clerkPath, http.StatusSeeOther)
		return nil
	}
	i, err := ParseReference(tidy(r.URL.Query().Get("receipt"), maxCard))
	if err != nil {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: tidy(r.URL.Query().Get("receipt"), maxCard)}
	}
	s.choose(w, r, paperCookie, web.Slip, web.A5)
	f := s.frame(w, r)
	f.Query.Set("receipt", ReceiptNumber(i))
	page := web.ReceiptPage{Done: s.exchanged(r, f, i)}
	if len(page.Done.Goods) == 0 {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: ReceiptNumber(i)}
	}
	err = s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		page.Done.Reprinted = f.T("web.receipt.reprinted", catalog.Data{"Date": v.On().String()})
		after, err := v.After(i)
		if after.Reversed != 0 || len(after.Undone) > 0 {
			page.Done.Reprinted += " " + f.T("web.receipt.came_back")
		}
		return err
	})
	if err != nil {
		return err
	}
	s.scripted(w)
	s.render(w, r, http.StatusOK, f, page)
	return nil
}

// exchanged returns a receipt. Where the book cannot be read now, its number has to do: the exchange was made.
func (s *server) exchanged(r *http.Request, f web.Frame, i ledger.Index) web.Exchanged {
	done := web.Exchanged{Number: ReceiptNumber(i), Index: i}
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		e, err := v.Entry(i)
		if err != nil {
			return err
		}
		said, err := s.teller(f).Exchange(v, e)
		if err == nil && said.Number != "" {
			done = said
			done.Proof, err = s.proofOf(r.Context(), e)
		}
		return err
	})
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "receipt without its text", slog.Any("error", err), slog.String("request_id", requestID(r)))
	}
	done.Paper = chosen(r, paperCookie, web.Slip, web.A5)
	return done
}

// proofOf draws the proof of an entry under the newest checkpoint; none where no checkpoint covers it yet, which takes a few seconds, and none
// where it is too long for a code.
func (s *server) proofOf(ctx context.Context, e ledger.Entry) (*web.Code, error) {
	j, ok := s.Journal.(inclusion)
	if !ok {
		return nil, nil
	}
	note, err := s.Checkpoints.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	size, err := noteSize(note)
	if err != nil || e.Index >= size {
		return nil, err
	}
	p := proof.Inclusion{Index: e.Index, Line: e.AppendLine(nil), Checkpoint: note}
	if p.Path, err = j.Inclusion(ctx, e.Index, size); err != nil {
		return nil, err
	}
	text, ok := p.Code()
	if !ok {
		return nil, nil
	}
	code, err := web.NewCode(text)
	return &code, err
}
