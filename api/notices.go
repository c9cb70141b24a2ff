package api

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the board that anybody may read: what hangs today, word for word as it was hung out, so that its hash can be checked.

// texts keeps the texts of notices: making one may mean to fold the whole journal, and anybody may ask. Each is made once, by one of
// those who ask for it, and the others wait for that one alone.
type texts struct {
	// mu guards what follows.
	mu    sync.Mutex
	of    map[ledger.Index]*noticeText
	slots chan struct{} // one for each that is being made
}

// noticeText is a text with the hash that the book has, or none where none could be made; then it is tried again after a while. Until done
// is closed only the one who makes it may touch the rest.
type noticeText struct {
	done  chan struct{}
	text  string
	acts  []ledger.Code // that it has, to be said in words beside it
	err   error
	again time.Time
}

func (t *noticeText) over() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

const (
	// textAgain is how long a text that could not be made is not tried again: the registry may have been out of reach.
	textAgain = time.Minute

	// maxHanging bounds the notices of one page, the newest first, and maxMade the texts that are kept.
	maxHanging = 20
	maxMade    = 200

	// maxBoard is how many bytes of notices hang on the page itself, the newest first, so that a phone loads it: the others are read for themselves.
	maxBoard = 40 << 10

	// maxMaking bounds the texts that are made at once: each may read the whole journal.
	maxMaking = 2

	// maxRecent bounds the notices and objections that the desk lists, the newest first.
	maxRecent = 100
)

// posted is what hangs and what hung lately, found by a walk over all notices and objections.
type posted struct {
	hanging    []ledger.Notice    // the newest last, and no more than a page has
	recent     []ledger.Notice    // the newest first
	objections []ledger.Objection // those that are open, the oldest first, then the others, the newest first
	unanswered []ledger.Date      // the days of all that are open
}

func (s *server) posted(ctx context.Context, v ledger.View) (posted, error) {
	got, err := s.board.of(ctx, s, v, func(_ context.Context, v ledger.View) (posted, error) { return findPosted(v) })
	return got.Value, err
}

func findPosted(v ledger.View) (out posted, err error) {
	for n, err := range v.Notices() {
		if err != nil {
			return out, err
		}
		if n.Removed == 0 && n.From <= v.On() && v.On() <= n.Until {
			out.hanging = append(out.hanging, n)
		}
		out.recent = append(out.recent, n)
	}
	out.hanging = out.hanging[max(0, len(out.hanging)-maxHanging):]
	out.recent = slices.Clone(out.recent[max(0, len(out.recent)-maxRecent):])
	slices.Reverse(out.recent)
	var answered []ledger.Objection
	for o, err := range v.Objections() {
		switch {
		case err != nil:
			return out, err
		case o.Answer != 0:
			answered = append(answered, o)
		default:
			if out.unanswered = append(out.unanswered, o.On); len(out.objections) < maxRecent {
				out.objections = append(out.objections, o)
			}
		}
	}
	answered = slices.Clone(answered[max(0, len(answered)-maxRecent):])
	slices.Reverse(answered)
	out.objections = append(out.objections, answered...)
	return out, nil
}

// notices answers GET /notices: what hangs today, or one of its tables as CSV.
func (s *server) notices(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(w, r)
	return s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		given, head, err := s.given(r.Context(), v, s.teller(f))
		if err != nil {
			return err
		}
		if name := r.URL.Query().Get("csv"); given[name] != nil {
			return s.giveTable(w, r, name, given[name])
		}
		all, err := s.posted(r.Context(), v)
		if err != nil {
			return err
		}
		page, written := web.Board{Kinds: web.BoardKinds(), AsOf: head}, 0
		for _, n := range slices.Backward(all.hanging) {
			made, err := s.textOf(r.Context(), n)
			if err != nil {
				return err
			}
			posted, err := s.teller(f).Posted(v, n, made.text)
			if err != nil {
				return err
			}
			posted.Legend = notice.Legend(s.teller(f).Say, made.acts)
			if written += len(posted.Text); written > maxBoard && len(page.Notices) > 0 {
				posted.Apart = posted.Text != ""
			}
			page.Notices = append(page.Notices, posted)
		}
		page.Hang(given)
		s.render(w, r, http.StatusOK, f, page)
		return nil
	})
}

// given is what came and went up to an entry, and who gave it: masked as everybody is, or by number where nobody keeps the name.
func (s *server) given(ctx context.Context, v ledger.View, tell web.Teller) (map[string]*web.Grid, ledger.Index, error) {
	sums, err := s.trialBalance(ctx, v)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(sums.Donors))
	for i, d := range sums.Donors {
		ids[i] = string(d.Donor)
	}
	names, err := s.People.Masked(ctx, ids...)
	return tell.BoardTables(sums, func(id ledger.DonorID) string { return cmp.Or(names[string(id)].Name, string(id)) }), sums.Head.Size, err
}

// postedText answers GET /notices/{index}/text: the bytes whose hash stands in the book, to be kept and checked.
func (s *server) postedText(w http.ResponseWriter, r *http.Request) error {
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
		made, err := s.textOf(r.Context(), hung)
		if err != nil {
			return err
		}
		if made.text == "" {
			return ErrNoPath
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="notice-`+strconv.FormatInt(n, 10)+`.txt"`)
		s.send(w, r, http.StatusOK, []byte(made.text))
		return nil
	})
}

// textOf returns the text of a notice, in whichever language it was; it is empty where its hash is not that of the book, as after a name
// was corrected.
func (s *server) textOf(ctx context.Context, n ledger.Notice) (*noticeText, error) {
	t := s.textIn(ctx, n)
	select {
	case <-t.done:
		return t, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// textIn returns where the text of a notice is or will be.
func (s *server) textIn(ctx context.Context, n ledger.Notice) *noticeText {
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	t := s.texts.of[n.Index]
	if t != nil && (!t.over() || t.text != "" || (t.err == nil && s.Clock().Before(t.again))) {
		return t
	}
	s.texts.room()
	t = &noticeText{done: make(chan struct{})}
	s.texts.of[n.Index] = t
	go s.makeText(ctx, n, t)
	return t
}

// keep keeps the text of a notice that was just hung out.
func (t *texts) keep(i ledger.Index, text string, acts []ledger.Code) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.room()
	one := &noticeText{done: make(chan struct{}), text: text, acts: acts}
	close(one.done)
	t.of[i] = one
}

// room makes room for one text more. The caller holds mu.
func (t *texts) room() {
	if t.of == nil {
		t.of, t.slots = map[ledger.Index]*noticeText{}, make(chan struct{}, maxMaking)
	}
	for i, one := range t.of {
		if len(t.of) < maxMade {
			return
		}
		if one.over() {
			delete(t.of, i)
		}
	}
}

// makeText makes a text again, from a view of its own: whoever asked for it may be gone by then.
func (s *server) makeText(ctx context.Context, n ledger.Notice, t *noticeText) {
	ctx, cancel := s.beside(ctx)
	defer cancel()
	defer close(t.done)
	select {
	case s.texts.slots <- struct{}{}:
		defer func() { <-s.texts.slots }()
	case <-ctx.Done():
		t.err = ctx.Err()
		return
	}
	defer func() {
		if v := recover(); v != nil { // nobody answers a request here: a fault must not end the server
			t.err = fmt.Errorf("text of notice %d: panic: %v", n.Index, v)
		}
	}()
	t.err = s.view(ctx, ledger.AsOf{}, func(v ledger.View) error {
		for _, lang := range []string{catalog.Chinese, catalog.English} {
			say := s.catalog.In(lang, "")
			text, err := s.printer(ctx, v, say).Text(ctx, say, n)
			if err != nil {
				return err
			}
			if notice.Hash(text) == n.SHA256 {
				t.text = text
				t.acts, err = notice.Acts(v, n)
				return err
			}
		}
		return nil
	})
	t.again = s.Clock().Add(textAgain)
}

// printer writes notices of a view.
func (s *server) printer(ctx context.Context, v ledger.View, say *catalog.Localizer) notice.Printer {
	p := notice.Printer{View: v, Names: s.People.Masked, Entries: func() iter.Seq2[ledger.Entry, error] { return s.entriesFrom(ctx, 0, v.Head().Size) }}
	if s.Book.Demo {
		p.Mark = say.T("cli.demo_mark") + "\n"
	}
	return p
}

// entriesFrom reads the book in order, from an entry up to a size. It begins with the batch that has the entry.
func (s *server) entriesFrom(ctx context.Context, from, size ledger.Index) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for piece, err := range s.Journal.Lines(ctx, from, size) {
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
