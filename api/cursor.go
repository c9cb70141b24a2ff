package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"aixin/ledger"
)

// cursor is where a list goes on: in the book as it was for the first page, for the same question, behind what was given. Programs send it
// back as it came, beside the parameters of the first page. It says nothing that they were not told, so that nobody has to sign it.
type cursor struct {
	Size   ledger.Index `json:"s"` // how many entries the book had
	Behind ledger.Index `json:"p"` // the last that was given
	Filter string       `json:"f"` // of what was asked
}

// String writes a cursor as programs get it.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// cursor reads where a list goes on; without one it begins. One of another question would leave out or repeat without a word.
func (q *query) cursor(r *http.Request) (c cursor, given bool) {
	filter := q.filter(r.URL.Path)
	if !q.values.Has("cursor") {
		return cursor{Filter: filter}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(q.values.Get("cursor"))
	ok := err == nil && json.Unmarshal(text, &c) == nil && c.Size > 0 && c.Behind >= 0
	q.want(ok, "cursor", "cursor")
	q.want(!ok || c.Filter == filter, "cursor", "cursor_filter")
	return c, true
}

// filter is a hash of what a list is of. How long its pages are, and which entry the reader knows of, change nothing of it.
func (q *query) filter(path string) string {
	h := sha256.New()
	h.Write([]byte(path))
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		if name != "cursor" && name != "limit" && name != "min_index" {
			h.Write([]byte("\n" + name + "=" + q.values.Get(name)))
		}
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}
