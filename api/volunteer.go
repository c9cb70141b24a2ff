package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"aixin/ledger"
)

// balance answers GET /v1/volunteers/{id}/balance?as_of=DATE&known_at=INDEX&min_index=INDEX.
func (s *server) balance(w http.ResponseWriter, r *http.Request) error {
	id := ledger.VolunteerID(r.PathValue("id"))
	q := queryOf(r)
	at, least := q.asOf(), q.least()
	if err := q.err(); err != nil {
		return err
	}
	if err := s.reached(r.Context(), least); err != nil {
		return err
	}
	return s.facts(r.Context(), at, func(v ledger.View) error {
		b, err := v.Balance(id)
		if err != nil {
			return err
		}
		s.write(w, r, http.StatusOK, jsonType, NewBalance(b))
		return nil
	})
}

// statement answers GET /v1/volunteers/{id}/statement?commodity=POINT|GIFT|MIN&before=INDEX&limit=N&as_of=DATE&known_at=INDEX
// &min_index=INDEX.
func (s *server) statement(w http.ResponseWriter, r *http.Request) error {
	id := ledger.VolunteerID(r.PathValue("id"))
	q := queryOf(r)
	at, account, least := q.asOf(), q.account(id), q.least()
	before, limit := q.index("before"), q.limit()
	from, later := q.cursor(r)
	if later {
		before, at.Size = from.Behind, from.Size
	}
	if err := q.err(); err != nil {
		return err
	}
	if err := s.reached(r.Context(), least); err != nil {
		return err
	}
	return s.view(r.Context(), at, func(v ledger.View) error {
		if _, err := v.Volunteer(id); err != nil {
			return err
		}
		page, err := v.Statement(account, before, limit)
		if err != nil {
			return err
		}
		answer := NewStatement(page, account.Commodity, v.Head().Size-1)
		if page.Next != 0 {
			answer.Cursor = cursor{v.Head().Size, page.Next, from.Filter}.String()
		}
		s.write(w, r, http.StatusOK, jsonType, answer)
		return nil
	})
}

// The media types of what programs are answered.
const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
	linesType   = "application/x-ndjson"
	textType    = "text/plain"
)

// query reads the parameters of a request and names every one at fault; those that no route knows are at fault too, since a
// mistyped as_of would otherwise answer for today.
type query struct {
	values url.Values
	bad    []ledger.Fault
}

// queryOf reads the parameters that the route has.
func queryOf(r *http.Request) *query { return newQuery(r.URL.Query(), askedOf(r).params...) }

func newQuery(values url.Values, known ...string) *query {
	q := &query{values: values}
	for name, given := range values {
		q.want(slices.Contains(known, name), name, "unknown_parameter")
		q.want(len(given) == 1, name, "one_value")
	}
	slices.SortFunc(q.bad, func(a, b ledger.Fault) int {
		if a.Field < b.Field {
			return -1
		}
		return 1
	})
	return q
}

func (q *query) want(ok bool, field, code string) {
	if !ok {
		q.bad = append(q.bad, ledger.Fault{Field: field, Code: code})
	}
}

func (q *query) err() error {
	if len(q.bad) > 0 {
		return &ledger.Invalid{Fields: q.bad}
	}
	return nil
}

// asOf reads the moment that is asked for.
func (q *query) asOf() ledger.AsOf {
	var at ledger.AsOf
	if q.values.Has("as_of") {
		day, err := ledger.ParseDate(q.values.Get("as_of"))
		q.want(err == nil, "as_of", "date")
		at.On = day
	}
	if q.values.Has("known_at") {
		at.Size = q.index("known_at") + 1
	}
	return at
}

// index reads the position of an entry; none is 0.
func (q *query) index(name string) ledger.Index {
	if !q.values.Has(name) {
		return 0
	}
	n, err := strconv.ParseInt(q.values.Get(name), 10, 64)
	ok := err == nil && n >= 0 && n < int64(ledger.MaxAmount)
	q.want(ok, name, "entry_number")
	if !ok {
		return 0
	}
	return ledger.Index(n)
}

// least reads how many entries the book must have for the answer: one more than the index of the entry that the reader knows of.
func (q *query) least() ledger.Index {
	if !q.values.Has("min_index") {
		return 0
	}
	return q.index("min_index") + 1
}

// reached waits until the book has so many entries, and no longer than somebody waits for an answer.
func (s *server) reached(ctx context.Context, least ledger.Index) error {
	if s.Journal.Head().Size >= least {
		return nil
	}
	if err := s.grown(ctx, least-1, behindTime); err != nil {
		return err
	}
	if s.Journal.Head().Size < least {
		return ErrNotReady
	}
	return nil
}

// limit reads how many lines a page has.
func (q *query) limit() int {
	if !q.values.Has("limit") {
		return defaultPage
	}
	n, err := strconv.Atoi(q.values.Get("limit"))
	q.want(err == nil && n >= 1 && n <= maxPage, "limit", "page_size")
	return n
}

// account reads which statement of a volunteer is asked for: of points, or of minutes.
func (q *query) account(id ledger.VolunteerID) ledger.AccountKey {
	c := ledger.Point
	if q.values.Has("commodity") {
		c = ledger.Commodity(q.values.Get("commodity"))
	}
	switch c {
	case ledger.Point:
		return ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point}
	case ledger.GiftPoint:
		return ledger.AccountKey{ID: ledger.GiftsOf(id), Commodity: ledger.GiftPoint}
	case ledger.Minute:
		return ledger.AccountKey{ID: ledger.HoursOf(id), Commodity: ledger.Minute}
	default:
		q.want(false, "commodity", "commodity")
		return ledger.AccountKey{}
	}
}
