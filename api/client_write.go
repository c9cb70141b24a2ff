package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"aixin/ledger"
)

// Shown is what a volunteer showed at the counter: the server looks at it, since it believes nobody who says that it was right.
type Shown struct {
	Card string // the text of the card
	PIN  string
}

// Showing returns a client whose redemptions say what was shown.
func (c *Client) Showing(s Shown) *Client {
	out := *c
	out.shown = s
	return &out
}

// SignIn begins a session, so that the PIN is sent once; a system sends its key each time. Call it before anybody else uses the client.
func (c *Client) SignIn(ctx context.Context) error {
	if c.opts.Key != "" {
		return nil
	}
	var s Session
	if err := c.ask(ctx, http.MethodPost, "v1/sessions", SessionRequest{c.opts.Number, c.opts.PIN}, &s); err != nil {
		return err
	}
	c.token = s.Token
	return nil
}

// Token returns the token of the session, for a connection of one's own; empty where none was begun.
func (c *Client) Token() string { return c.token }

// SignOut ends the session; one that nobody ends does by itself.
func (c *Client) SignOut(ctx context.Context) error {
	if c.token == "" {
		return nil
	}
	err := c.ask(ctx, http.MethodDelete, "v1/sessions/current", nil, nil)
	c.token = ""
	return err
}

// ask sends a JSON body and reads a JSON answer; neither need be.
func (c *Client) ask(ctx context.Context, method, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("ask %s: %w", c.base, err)
	}
	r, err := c.request(ctx, method, path, nil, text)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode >= http.StatusMultipleChoices {
		return c.problem(resp).Err()
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(answer); err != nil {
		return fmt.Errorf("%w: %s", ErrNoServer, c.base)
	}
	return nil
}

// Submit asks the server for an entry, as the store's does: the error is a *ledger.Invalid, a *ledger.Rejection (with a receipt where the
// refusal is kept in the journal), or one after which nothing was done; or it wraps ErrUnknown: the connection broke after the request
// was sent, and the same command with the same key says what became of it.
func (c *Client) Submit(ctx context.Context, cmd ledger.Command) (ledger.Receipt, error) {
	answer, err := c.write(ctx, cmd, nil)
	if answer.Line == "" {
		return ledger.Receipt{}, err
	}
	out, broken := answer.receipt(cmd)
	if broken != nil {
		return ledger.Receipt{}, fmt.Errorf("%w: %s: %w", ErrUnknown, c.base, broken)
	}
	return out, err
}

// receipt reads an answer back as the receipt that it tells.
func (r Receipt) receipt(cmd ledger.Command) (ledger.Receipt, error) {
	e, err := r.entry(cmd)
	if err != nil {
		return ledger.Receipt{}, err
	}
	out := ledger.Receipt{Entry: e, Line: r.Line, Leaf: ledger.LeafHash([]byte(r.Line)), Replayed: r.Replayed}
	for _, b := range r.Balances {
		out.Balances = append(out.Balances, ledger.BalanceAfter{Account: ledger.AccountKey{ID: b.Account, Commodity: b.Commodity}, Balance: b.Balance.Amount})
	}
	return out, nil
}

// DryRun asks the server for the entry that a command would become now, or for the one that stands under its key.
func (c *Client) DryRun(ctx context.Context, cmd ledger.Command) (ledger.Receipt, error) {
	answer, err := c.write(ctx, cmd, url.Values{"dry_run": {"true"}})
	if answer.Line == "" {
		if err == nil || errors.Is(err, ErrUnknown) { // nothing is kept of a dry run
			err = fmt.Errorf("%w: %s", ErrUnreachable, c.base)
		}
		return ledger.Receipt{}, err
	}
	out, broken := answer.receipt(cmd)
	if broken != nil {
		return out, fmt.Errorf("%w: %s: %w", ErrNoServer, c.base, broken)
	}
	return out, nil // a refusal stands in the entry
}

// entry reads the entry of an answer, which must be the one that was asked for and hash as it says.
func (r Receipt) entry(cmd ledger.Command) (ledger.Entry, error) {
	e, err := ledger.ParseLine([]byte(r.Line))
	if err != nil {
		return e, err
	}
	leaf := ledger.LeafHash([]byte(r.Line))
	if e.Key != cmd.Key || (r.Index != nil && r.Leaf != base64.StdEncoding.EncodeToString(leaf[:])) {
		return e, errors.New("the answer is about another entry")
	}
	return e, nil
}

// write sends a command as the request that asks for its action.
func (c *Client) write(ctx context.Context, cmd ledger.Command, query url.Values) (Receipt, error) {
	noun, body, err := c.asking(cmd.Do)
	if err != nil {
		return Receipt{}, err
	}
	resp, err := c.post(ctx, "v1/"+noun, query, cmd.Key, body)
	if err != nil {
		return Receipt{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode >= http.StatusMultipleChoices {
		return c.unwritten(resp)
	}
	var answer Receipt
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer); err != nil || answer.Line == "" {
		return Receipt{}, fmt.Errorf("%w: %s broke its answer off", ErrUnknown, c.base)
	}
	return answer, nil
}

// post sends a body under a key, where there is one. Where the connection broke after it may have been sent, the error is ErrUnknown.
func (c *Client) post(ctx context.Context, path string, query url.Values, key ledger.Key, body []byte) (*http.Response, error) {
	var sent atomic.Bool // from here on the server may have got it
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	r, err := c.request(traced, http.MethodPost, path, query, body)
	if err != nil {
		return nil, err
	}
	if key != "" {
		r.Header.Set(keyHeader, string(key))
	}
	resp, err := c.http.Do(r) //nolint:gosec // the address is what the user named
	switch {
	case err != nil && sent.Load():
		return nil, fmt.Errorf("%w: %s: %w", ErrUnknown, c.base, err)
	case err != nil:
		return nil, c.unreachable(ctx, err)
	}
	return resp, nil
}

// unwritten reads what a server says of a write that it did not carry out. What is no answer of a server may stand for one that is lost.
func (c *Client) unwritten(resp *http.Response) (Receipt, error) {
	p := c.problem(resp)
	if p.Code == "" {
		return Receipt{}, fmt.Errorf("%w: %s answered %s", ErrUnknown, c.base, resp.Status)
	}
	switch {
	case p.Answer == nil && resp.StatusCode == http.StatusInternalServerError, p.Answer != nil && p.Answer.Outcome == Unknown:
		return Receipt{}, errors.Join(ErrUnknown, p.Err())
	case p.Answer == nil:
		return Receipt{}, p.Err()
	}
	return *p.Answer, p.Err()
}

// asking finds the noun and body of the request for an action.
func (c *Client) asking(do ledger.Action) (noun string, body []byte, err error) {
	for _, row := range writeRows() {
		request, ok := row.request(do)
		if !ok {
			continue
		}
		if q, ok := request.(*RedemptionRequest); ok {
			q.Card, q.PIN = c.shown.Card, c.shown.PIN
		}
		body, err = json.Marshal(request)
		return row.noun, body, err
	}
	return "", nil, fmt.Errorf("%T: %w", do, ErrNoPath)
}

// request makes a request of whoever is signed in.
func (c *Client) request(ctx context.Context, method, path string, query url.Values, body []byte) (*http.Request, error) {
	u := c.base.JoinPath(path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body)) //nolint:gosec // the address is what the user named
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base, err)
	}
	r.Header.Set("User-Agent", commandLine)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", jsonType)
	}
	if c.opts.Lang != "" {
		r.Header.Set("Accept-Language", c.opts.Lang)
	}
	switch {
	case c.opts.Key != "":
		r.Header.Set("Authorization", "Bearer "+c.opts.Key)
	case c.token != "":
		r.Header.Set("Authorization", "Bearer "+c.token)
	case c.opts.Number != "" && path != "v1/sessions":
		r.SetBasicAuth(c.opts.Number, c.opts.PIN)
	}
	return r, nil
}

// problem reads a problem; one without a code is none.
func (c *Client) problem(resp *http.Response) Problem {
	var p Problem
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&p); err != nil {
		return Problem{}
	}
	return p
}
