package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"aixin/ledger"
)

// book answers GET /v1/book: whose book this is and which keys verify its checkpoints. It names nobody, so anybody may ask.
func (s *server) book(w http.ResponseWriter, r *http.Request) error {
	s.write(w, r, http.StatusOK, jsonType, s.current())
	return nil
}

// journal answers GET /v1/journal?from=INDEX&size=SIZE&wait=SECONDS with the lines of the journal, as they stand in its files:
// whole batches from the one that contains the entry from to the last that ends at or before size, which is the head where it is
// not given. What is asked for up to a size that the book has reached never changes. Where there is nothing yet, wait says how long
// to wait for it; nothing is an empty answer.
func (s *server) journal(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	from, size, wait, least := q.index("from"), q.index("size"), q.wait(), q.least()
	if err := q.err(); err != nil {
		return err
	}
	if err := s.reached(r.Context(), least); err != nil {
		return err
	}
	if err := s.grown(r.Context(), from, wait); err != nil {
		return err
	}
	head := s.Journal.Head().Size
	if size > 0 && size <= head {
		w.Header().Set("Cache-Control", forGood)
	} else {
		size = head
	}
	w.Header().Set("Content-Type", linesType)
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		s.stream(w, r, from, size)
	}
	return nil
}

// stream sends the lines. Whoever takes them slowly has time as long as they take something. The answer has begun: what fails from
// here on can only be told by breaking it off, which the other side notices.
func (s *server) stream(w http.ResponseWriter, r *http.Request, from, size ledger.Index) {
	control := http.NewResponseController(w)
	for piece, err := range s.Journal.Lines(r.Context(), from, size) {
		if err == nil {
			err = control.SetWriteDeadline(s.Clock().Add(writeTimeout))
		}
		if err == nil || errors.Is(err, http.ErrNotSupported) { // a writer without deadlines has none to move
			_, err = w.Write(piece)
		}
		if err != nil {
			s.Log.LogAttrs(r.Context(), slog.LevelWarn, "journal broken off", slog.Any("error", err), slog.String("request_id", requestID(r)))
			panic(http.ErrAbortHandler)
		}
	}
}

// Consistency shows that the first Size entries extend the first From.
type Consistency struct {
	From ledger.Index  `json:"from"`
	Size ledger.Index  `json:"size"`
	Path []ledger.Hash `json:"path"`
}

// consistency answers GET /v1/consistency?from=SIZE&size=SIZE. What it says of two sizes never changes.
func (s *server) consistency(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	from, size, least := q.index("from"), q.index("size"), q.least()
	q.want(from <= size, "from", "index")
	if err := q.err(); err != nil {
		return err
	}
	if err := s.reached(r.Context(), least); err != nil {
		return err
	}
	if size > s.Journal.Head().Size {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: strconv.FormatInt(int64(size), 10)}
	}
	path, err := s.Journal.Consistency(r.Context(), from, size)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", forGood)
	s.write(w, r, http.StatusOK, jsonType, Consistency{from, size, append([]ledger.Hash{}, path...)})
	return nil
}

// forGood is said of what never changes.
const forGood = "private, max-age=31536000, immutable"

// lookAgain is how often a waiting request looks whether the book has grown.
const lookAgain = 100 * time.Millisecond

// grown returns when the book has the entry from, or the time is over.
func (s *server) grown(ctx context.Context, from ledger.Index, wait time.Duration) error {
	until := time.NewTimer(wait)
	defer until.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for s.Journal.Head().Size <= from {
		select {
		case <-until.C:
			return nil
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// wait reads how long to wait, in whole seconds; none is 0.
func (q *query) wait() time.Duration {
	if !q.values.Has("wait") {
		return 0
	}
	n, err := strconv.Atoi(q.values.Get("wait"))
	ok := err == nil && n >= 0 && n <= int(maxWait.Seconds())
	q.want(ok, "wait", "wait")
	if !ok {
		return 0
	}
	return time.Duration(n) * time.Second
}

// current returns what book.json says now: another key may sign than when the server was started.
func (s *server) current() Book {
	if s.Keys == nil {
		return s.Book
	}
	return s.Keys()
}
