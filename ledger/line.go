package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// AppendLine appends the canonical line of the entry, without a newline. These bytes are the leaf of the Merkle tree and are
// never encoded again: proofs hash what is stored.
func (e Entry) AppendLine(b []byte) []byte { return new(LineWriter).Append(b, &e) }

// LineWriter writes one line after another in the same memory, by one goroutine.
type LineWriter struct{ c codec }

// Append is AppendLine.
func (w *LineWriter) Append(b []byte, e *Entry) []byte {
	w.c = codec{out: b}
	w.c.entry(e)
	b, w.c.out = w.c.out, nil
	return b
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
type LineReader struct {
	c     codec
	kinds map[string]Kind // that were met, and are known
	day   [len(dateForm)]byte
	on    Date // that the day says
}

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

// Moved reads of a line what moved: its index, times and kind, and its postings. An entry without postings comes without its kind's
// body, and so does any other but those whose kind is whole, which are read as Parse reads them. Of a line that Parse accepts it says the
// same as Parse, and perhaps more; what stands between the kind and the postings it leaves unread, so that it is for those who add up a book of which
// somebody else asks whether it is sound.
func (r *LineReader) Moved(line []byte, whole func(Kind) bool) (Entry, error) {
	e, ok := r.beginning(line)
	if !ok || whole(e.Kind) || len(line) > MaxLine {
		return r.Parse(line)
	}
	if !bytes.HasSuffix(line, []byte("]}")) {
		return e, nil // what ends with a list that is not of postings ends with its body's brace as well
	}
	before := line[:bytes.LastIndexByte(line, '[')+1] // nothing in postings has a bracket
	if !bytes.HasSuffix(before, []byte(postingsOpening)) {
		return r.Parse(line)
	}
	r.c = codec{in: string(line[len(before)-len(postingsOpening):]), out: r.c.out, reading: true}
	r.c.postings(&e.Postings)
	r.c.close()
	if r.c.err != nil || r.c.in != "" {
		return r.Parse(line)
	}
	return e, nil
}

// How a line goes up to its key, with the places of what has a length of its own left out, and how its postings begin. Where no text
// can have them, since quotes in a text are escaped, nothing else reads like that.
const (
	indexOpening    = `{"index":`
	atOpening       = `,"at":"`
	onOpening       = `","on":"`
	kindOpening     = `","kind":"`
	keyOpening      = `","key":"`
	postingsOpening = `,"postings":[`
)

// beginning reads a line up to its key; ok is false where it is not the plain beginning of a line of a known kind.
func (r *LineReader) beginning(line []byte) (e Entry, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(indexOpening))
	n := 0
	for n < len(rest) && n < 16 && '0' <= rest[n] && rest[n] <= '9' {
		e.Index = e.Index*10 + Index(rest[n]-'0')
		n++
	}
	if !ok || n == 0 || n > 1 && rest[0] == '0' || e.Index > Index(MaxAmount) {
		return e, false
	}
	const fixed = len(atOpening) + len(instantForm) + len(onOpening) + len(dateForm) + len(kindOpening)
	if rest = rest[n:]; len(rest) < fixed {
		return e, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(atOpening)); !ok {
		return e, false
	}
	if e.At, ok = parseCivil(string(rest[:len(instantForm)]), instantForm); !ok {
		return e, false
	}
	if rest, ok = bytes.CutPrefix(rest[len(instantForm):], []byte(onOpening)); !ok {
		return e, false
	}
	if e.On, ok = r.date(rest[:len(dateForm)]); !ok {
		return e, false
	}
	if rest, ok = bytes.CutPrefix(rest[len(dateForm):], []byte(kindOpening)); !ok {
		return e, false
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 || !bytes.HasPrefix(rest[end:], []byte(keyOpening)) {
		return e, false
	}
	e.Kind, ok = r.kind(rest[:end])
	return e, ok
}

// date reads a date, of which most are that of the line before.
func (r *LineReader) date(text []byte) (Date, bool) {
	if r.on == 0 || !bytes.Equal(text, r.day[:]) {
		on, err := ParseDate(string(text))
		if err != nil {
			return 0, false
		}
		copy(r.day[:], text)
		r.on = on
	}
	return r.on, true
}

// kind returns a kind that is known.
func (r *LineReader) kind(text []byte) (Kind, bool) {
	k, ok := r.kinds[string(text)]
	if !ok && newBody(Kind(text)) != nil {
		if r.kinds == nil {
			r.kinds = map[string]Kind{}
		}
		k, ok = Kind(text), true
		r.kinds[string(k)] = k
	}
	return k, ok
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
	c.postings(&e.Postings)
	c.close()
}

// postings walks the last member of a line.
func (c *codec) postings(v *[]Posting) {
	c.room(v)
	list(c, "postings", v, func(c *codec, p *Posting) {
		c.account("account", &p.Account)
		text(c, "commodity", &p.Commodity)
		number(c, "amount", &p.Amount)
		c.lot("lot", &p.Lot)
	})
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
	case !c.member(name):
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
