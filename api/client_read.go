package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"aixin/ledger"
)

// Balance returns what a volunteer has, or had at a moment.
func (c *Client) Balance(ctx context.Context, id ledger.VolunteerID, at ledger.AsOf) (b Balance, err error) {
	return b, c.read(ctx, "v1/volunteers/"+string(id)+"/balance", moment(at), &b)
}

// Statement returns up to limit movements of a volunteer before an entry, the newest first; before 0 means from the newest.
func (c *Client) Statement(ctx context.Context, id ledger.VolunteerID, of ledger.Commodity, before ledger.Index, limit int, at ledger.AsOf) (Statement, error) {
	var out Statement
	for {
		q := moment(at)
		q.Set("commodity", string(of))
		q.Set("limit", strconv.Itoa(min(limit-len(out.Lines), maxPage)))
		if before > 0 {
			q.Set("before", number(before))
		}
		if out.Cursor != "" { // the rest of the same book
			q.Set("cursor", out.Cursor)
		}
		page := Statement{}
		if err := c.read(ctx, "v1/volunteers/"+string(id)+"/statement", q, &page); err != nil {
			return Statement{}, err
		}
		page.Lines = append(out.Lines, page.Lines...)
		out = page
		if page.Next == 0 || len(out.Lines) >= limit {
			return out, nil
		}
	}
}

// Records returns the records that a reference means: the record itself or, of an imported file, those of its rows that wait; of 0, every
// record that waits.
func (c *Client) Records(ctx context.Context, of ledger.Index) (all []DeclaredRecord, err error) {
	for cursor := ""; ; {
		q := url.Values{"limit": {strconv.Itoa(maxPage)}}
		if of > 0 {
			q.Set("of", number(of))
		}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		var page Records
		if err := c.read(ctx, "v1/records", q, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Records...)
		if cursor = page.Cursor; cursor == "" {
			return all, nil
		}
	}
}

// read reads a JSON answer.
func (c *Client) read(ctx context.Context, path string, query url.Values, answer any) error {
	text, err := c.get(ctx, path, query)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%w: %s", ErrNoServer, c.base)
	}
	return nil
}

// moment writes at which moment something is asked.
func moment(at ledger.AsOf) url.Values {
	q := url.Values{}
	if at.On != 0 {
		q.Set("as_of", at.On.String())
	}
	if at.Size != 0 {
		q.Set("known_at", number(at.Size-1))
	}
	return q
}

func number(i ledger.Index) string { return strconv.FormatInt(int64(i), 10) }
