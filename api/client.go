package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"aixin/ledger"
)

// ErrUnreachable means that no server answered, or that it broke an answer off. Nothing was changed: ask again later.
var ErrUnreachable = errors.New("the server does not answer")

// ErrNoServer means that something answers there that is no server of a book.
var ErrNoServer = errors.New("no server of a book")

// ClientOptions say who asks: a member of the staff by number and PIN, or a system by its key. Neither is needed where anybody may ask.
type ClientOptions struct {
	Number string
	PIN    string
	Key    string // of a system
	Lang   string // of what is said; the server's where there is none
}

// Client asks a server for what is in its book, and to write into it.
type Client struct {
	base  *url.URL
	opts  ClientOptions
	http  *http.Client
	token string // of the session, where one was begun
	shown Shown
}

// NewClient returns a client of the server at an address such as http://127.0.0.1:8080. The address carries no user, query or
// fragment: it stands in logs. Who signs in goes over https, but on this computer.
func NewClient(address string, o ClientOptions) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "URL", Code: "url"}}}
	}
	if (o.Number != "" || o.Key != "") && u.Scheme == "http" && !here(u.Hostname()) {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "URL", Code: "url_open"}}}
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: commandTime + answerTimeout, TLSHandshakeTimeout: answerTimeout}
	return &Client{base: u, opts: o, http: &http.Client{Transport: t}}, nil
}

// here reports whether a host is this computer: to any other, a PIN or key goes over TLS alone.
func here(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

// answerTimeout is how long a server may take to begin its answer.
const answerTimeout = 30 * time.Second

// maxAnswer bounds an answer that is read as a whole.
const maxAnswer = 1 << 20

// Book returns what the book is.
func (c *Client) Book(ctx context.Context) (Book, error) {
	text, err := c.get(ctx, "v1/book", nil)
	if err != nil {
		return Book{}, err
	}
	var b Book
	if err := json.Unmarshal(text, &b); err != nil || b.Origin == "" || len(b.PublicKeys) == 0 {
		return Book{}, fmt.Errorf("%w: %s", ErrNoServer, c.base)
	}
	if b.Format > ledger.FormatVersion {
		return Book{}, fmt.Errorf("format %d: %w", b.Format, ledger.ErrNewer)
	}
	return b, nil
}

// Checkpoint returns the newest signed note of the book.
func (c *Client) Checkpoint(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "checkpoint", nil)
}

// Lines yields the bytes of whole batches of the journal: from the one that contains the entry from to the last that ends at or
// before size. A piece is valid until the next step of the loop.
func (c *Client) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if from >= size {
			return
		}
		query := url.Values{"from": {strconv.FormatInt(int64(from), 10)}, "size": {strconv.FormatInt(int64(size), 10)}}
		body, err := c.open(ctx, "v1/journal", query)
		if err != nil {
			yield(nil, err)
			return
		}
		defer body.Close() //nolint:errcheck // it was only read
		buf := make([]byte, 1<<20)
		for {
			n, err := body.Read(buf)
			if n > 0 && !yield(buf[:n], nil) {
				return
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, c.unreachable(ctx, err))
				return
			}
		}
	}
}

// Consistency returns the hashes that show that the first size entries extend the first old ones.
func (c *Client) Consistency(ctx context.Context, old, size ledger.Index) ([]ledger.Hash, error) {
	var answer Consistency
	err := c.read(ctx, "v1/consistency", url.Values{"from": {number(old)}, "size": {number(size)}}, &answer)
	return answer.Path, err
}

// get reads a whole answer.
func (c *Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	body, err := c.open(ctx, path, query)
	if err != nil {
		return nil, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	return text, nil
}

// open asks for something and returns the body of its answer. A problem becomes the error that it tells.
func (c *Client) open(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	r, err := c.request(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r) //nolint:gosec // the address is what the user named
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	p := c.problem(resp)
	if p.Code == "" {
		return nil, fmt.Errorf("%w: %s answered %s", ErrNoServer, c.base, resp.Status)
	}
	return nil, p.Err()
}

// unreachable says of a failure of the connection whether it was ours to end it.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if asked, ok := errors.AsType[*url.Error](err); ok {
		err = asked.Err // the address is named already
	}
	return fmt.Errorf("%w: %s: %w", ErrUnreachable, c.base, err)
}
