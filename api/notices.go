package api

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strconv"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the board that anybody may read: what hangs today, word for word as it was hung out, so that its hash can be checked.

// texts keeps the texts of notices: making one may mean to fold the whole journal, and anybody may ask.
type texts struct {
	// mu guards what follows, and lets one request make a text while the others wait for it.
	mu   sync.Mutex
	made map[ledger.Index]madeText
}

// madeText is a text with the hash that the book has, or none where none could be made; then it is tried again after a while.
type madeText struct {
	text  string
	again time.Time
}

const (
	// textAgain is how long a text that could not be made is not tried again: the registry may have been out of reach.
	textAgain = time.Minute

	// maxHanging bounds the notices of one page, the newest first, and maxMade the texts that are kept.
	maxHanging = 20
	maxMade    = 200
)

// board answers GET /notices: what hangs today.
func (s *server) board(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(w, r)
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		var hanging []ledger.Notice
		for n, err := range v.Notices() {
			if err != nil {
				return err
			}
			if n.Removed == 0 && n.From <= v.On() && v.On() <= n.Until {
				hanging = append(hanging, n)
			}
		}
		var page web.Board
		for i := len(hanging) - 1; i >= 0 && len(page.Notices) < maxHanging; i-- {
			n := hanging[i]
			text, err := s.textOf(r.Context(), v, n)
			if err != nil {
				return err
			}
			posted, err := s.teller(f).Posted(v, n, text)
			if err != nil {
				return err
			}
			page.Notices = append(page.Notices, posted)
		}
		s.render(w, r, http.StatusOK, f, page)
		return nil
	})
}

// noticeText answers GET /notices/{index}/text: the bytes whose hash stands in the book, to be kept and checked.
func (s *server) noticeText(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("index"), 10, 64)
	if err != nil || n < 0 {
		return ErrNoPath
	}
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		hung, err := v.Notice(ledger.Index(n))
		if err != nil {
			return err
		}
		if hung.Removed != 0 || v.On() > hung.Until {
			return ErrNoPath // what hung its time is no more for everybody to read
		}
		text, err := s.textOf(r.Context(), v, hung)
		if err != nil {
			return err
		}
		if text == "" {
			return ErrNoPath
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="notice-`+strconv.FormatInt(n, 10)+`.txt"`)
		s.send(w, r, http.StatusOK, []byte(text))
		return nil
	})
}

// textOf makes the text of a notice again, in whichever language it was; it is empty where its hash is not that of the book, as
// after a name was corrected.
func (s *server) textOf(ctx context.Context, v ledger.View, n ledger.Notice) (string, error) {
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	if m, ok := s.texts.made[n.Index]; ok && (m.text != "" || s.Clock().Before(m.again)) {
		return m.text, nil
	}
	made := madeText{again: s.Clock().Add(textAgain)}
	for _, lang := range []string{catalog.Chinese, catalog.English} {
		say := s.catalog.In(lang, "")
		p := notice.Printer{View: v, Names: s.People.Masked, Entries: func() iter.Seq2[ledger.Entry, error] { return s.entries(ctx, v.Head().Size) }}
		if s.Book.Demo {
			p.Mark = say.T("cli.demo_mark") + "\n"
		}
		text, err := p.Text(ctx, say, n)
		if err != nil {
			return "", err
		}
		if notice.Hash(text) == n.SHA256 {
			made.text = text
			break
		}
	}
	if s.texts.made == nil || len(s.texts.made) >= maxMade {
		s.texts.made = map[ledger.Index]madeText{}
	}
	s.texts.made[n.Index] = made
	return made.text, nil
}

// entries reads the book in order, up to a size.
func (s *server) entries(ctx context.Context, size ledger.Index) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for piece, err := range s.Journal.Lines(ctx, 0, size) {
			if err != nil {
				yield(ledger.Entry{}, err)
				return
			}
			for line := range bytes.Lines(piece) {
				line = bytes.TrimSuffix(line, []byte("\n"))
				if ledger.IsHead(line) {
					continue
				}
				e, err := ledger.ParseLine(line)
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}
