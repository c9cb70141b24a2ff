package ledger

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// AppendLine appends the canonical line of the entry, without a newline. These bytes are the leaf of the Merkle tree and are
// never encoded again: proofs hash what is stored.
func (e Entry) AppendLine(b []byte) []byte {
	c := codec{out: b}
	c.entry(&e)
	return c.out
}

// ParseLine reads a line that AppendLine wrote, and refuses any other: every accepted line appends to its own bytes again. A
// line of an unknown kind gives an error that wraps ErrNewer, and no entry.
func ParseLine(line []byte) (Entry, error) {
	if len(line) > MaxLine {
		return Entry{}, fmt.Errorf("line of %d bytes: at most %d are allowed", len(line), MaxLine)
	}
	return new(LineReader).read(line)
}

// LineReader reads one line after another in the same memory, by one goroutine.
type LineReader struct{ c codec }

// Parse is ParseLine.
func (r *LineReader) Parse(line []byte) (Entry, error) {
	if len(line) > MaxLine {
		return ParseLine(line)
	}
	return r.read(line)
}

func (r *LineReader) read(line []byte) (Entry, error) {
	var e Entry
	r.c = codec{in: string(line), out: r.c.out, reading: true}
	r.c.entry(&e)
	if r.c.err == nil && r.c.in != "" {
		r.c.fail("after the entry: %.20q", r.c.in)
	}
	return e, r.c.err
}

func (c *codec) entry(e *Entry) {
	c.open()
	c.index("index", &e.Index)
	c.instant("at", &e.At)
	c.date("on", &e.On)
	text(c, "kind", &e.Kind)
	text(c, "key", &e.Key)
	c.hash("digest", &e.Digest)
	text(c, "actor", &e.Actor)
	text(c, "rule", &e.Rule)
	c.since(2, func(c *codec) { number(c, "proposal", &e.Proposal) })
	c.body(e)
	c.room(&e.Postings)
	list(c, "postings", &e.Postings, func(c *codec, p *Posting) {
		text(c, "account", &p.Account)
		text(c, "commodity", &p.Commodity)
		number(c, "amount", &p.Amount)
		c.lot("lot", &p.Lot)
	})
	c.close()
}

// room makes room for the postings that are left to read: they are last, and nothing in them has a brace. Where there are none there
// is no room.
func (c *codec) room(v *[]Posting) {
	if !c.reading || c.err != nil {
		return
	}
	if n := strings.Count(c.in, "{"); n > 0 {
		*v = make([]Posting, 0, min(n, MaxPostings))
	}
}

// index walks an index, which is present even where it is 0.
func (c *codec) index(name string, v *Index) {
	switch {
	case !c.member(name, false):
		c.fail("want member %s at %.20q", name, c.in)
	case !c.reading:
		c.putInt(int64(*v))
	default:
		if *v = Index(c.int()); *v < 0 {
			c.fail("member %s: negative", name)
		}
	}
}

// body walks the body, whose members the kind decides.
func (c *codec) body(e *Entry) {
	if c.reading && c.err == nil {
		if e.Kind == "" {
			c.fail("want member kind at %.20q", c.in)
			return
		}
		if e.Body = newBody(e.Kind); e.Body == nil {
			c.fail("kind %.40q: %w", string(e.Kind), ErrNewer)
			return
		}
	}
	if e.Body == nil { // an entry that was never read or decided has no line
		c.fail("entry %d has no body", e.Index)
		return
	}
	c.object("body", func(c *codec) { e.Body.fields(c) })
}

// DigestOf hashes what a command asks: the kind that it would become and its ledger fields, canonically, without key, actor
// and import.
func DigestOf(do Action) Digest {
	var c codec
	return c.digest(do)
}

// digest is DigestOf, in the memory of c.
func (c *codec) digest(do Action) Digest {
	c.out = c.out[:0]
	c.ask(do)
	return sha256.Sum256(c.out)
}

// ask writes what a command asks.
func (c *codec) ask(do Action) {
	c.open()
	k := do.kind()
	text(c, "kind", &k)
	c.object("body", func(c *codec) { do.fields(c) })
	c.close()
}

const headPrefix = `{"head":`

// IsHead reports whether a line is a head line and not an entry: it looks only at how it begins.
func IsHead(line []byte) bool {
	return len(line) >= len(headPrefix) && string(line[:len(headPrefix)]) == headPrefix
}

// AppendLine appends the head line, without a newline.
func (h Head) AppendLine(b []byte) []byte {
	c := codec{out: b}
	c.head(&h)
	return c.out
}

// ParseHead reads a line that Head.AppendLine wrote, and refuses any other.
func ParseHead(line []byte) (Head, error) {
	var h Head
	if len(line) > 256 {
		return h, fmt.Errorf("head line of %d bytes: at most 256 are possible", len(line))
	}
	c := codec{in: string(line), reading: true}
	c.head(&h)
	if c.err == nil && (c.in != "" || h.Size == 0) {
		c.fail("head line: empty or with something behind it")
	}
	return h, c.err
}

func (c *codec) head(h *Head) {
	c.open()
	c.object("head", func(c *codec) {
		c.index("size", &h.Size)
		c.hash("root", &h.Root)
		c.instant("at", &h.At)
	})
	c.close()
}

// minuteOf returns the civil minute of t in its own location, as a Start counts.
func minuteOf(t time.Time) Start {
	_, offset := t.Zone()
	return Start((t.Unix() + int64(offset)) / 60)
}
