package ledger

import (
	"crypto/sha256"
	"fmt"
	"strconv"
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
	var e Entry
	c := codec{in: string(line), reading: true}
	c.entry(&e)
	if c.err == nil && c.in != "" {
		c.fail("after the entry: %.20q", c.in)
	}
	return e, c.err
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
	c.body(e)
	list(c, "postings", &e.Postings, func(c *codec, p *Posting) {
		text(c, "account", &p.Account)
		text(c, "commodity", &p.Commodity)
		number(c, "amount", &p.Amount)
		c.lot("lot", &p.Lot)
	})
	c.close()
}

// index walks an index, which is present even where it is 0.
func (c *codec) index(name string, v *Index) {
	switch {
	case !c.member(name, false):
		c.fail("want member %s at %.20q", name, c.in)
	case !c.reading:
		c.out = strconv.AppendInt(c.out, int64(*v), 10)
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

// newBody returns an empty body of the kind, or nil where the kind is unknown.
func newBody(k Kind) Body {
	switch k {
	case Opened:
		return &OpenBook{}
	case Appointed:
		return &Appoint{}
	case UnitAdded:
		return &AddUnit{}
	case ShopAdded:
		return &AddShop{}
	case DonorAdded:
		return &AddDonor{}
	case ItemAdded:
		return &AddItem{}
	case ItemPriced:
		return &PriceItem{}
	case RuleSet:
		return &SetRule{}
	case ActivityAdded:
		return &AddActivity{}
	case Enrolled:
		return &Enroll{}
	case StatusSet:
		return &SetStatus{}
	case Imported:
		return &ImportFile{}
	case HoursDeclared:
		return &HoursRecord{}
	case ActsDeclared:
		return &ActsRecord{}
	case OpeningDeclared:
		return &OpeningRecord{}
	case Approved, OpeningPosted:
		return &Credit{}
	case RecordReturned:
		return &RecordReturn{}
	case Received:
		return &Receive{}
	case Redeemed:
		return &Exchange{}
	case Returned:
		return &GoodsReturn{}
	case Reversed:
		return &Reversal{}
	case Expired:
		return &Expiry{}
	case Transferred:
		return &Gift{}
	case Refused:
		return &Refusal{}
	}
	return nil
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
	c.open()
	k := do.kind()
	text(c, "kind", &k)
	c.object("body", func(c *codec) { do.fields(c) })
	c.close()
	return sha256.Sum256(c.out)
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

// The walks of the bodies: the tables of members that DESIGN.md prints. A member that is zero is left out.

func (a *OpenBook) fields(c *codec) {
	number(c, "format", &a.Format)
	text(c, "origin", &a.Origin)
	text(c, "zone", &a.Zone)
	c.flag("demo", &a.Demo)
}

func (a *Appoint) fields(c *codec) {
	text(c, "staff", &a.Staff)
	texts(c, "roles", &a.Roles)
	text(c, "volunteer", &a.Volunteer)
}

func (a *AddUnit) fields(c *codec) {
	text(c, "unit", &a.Unit)
	text(c, "kind", &a.Kind)
	text(c, "parent", &a.Parent)
	text(c, "name", &a.Name)
	text(c, "rule", &a.Rule)
}

func (a *AddShop) fields(c *codec) {
	text(c, "shop", &a.Shop)
	text(c, "unit", &a.Unit)
	text(c, "name", &a.Name)
}

func (a *AddDonor) fields(c *codec) { text(c, "donor", &a.Donor) }

func (a *AddItem) fields(c *codec) {
	text(c, "item", &a.Item)
	text(c, "name", &a.Name)
	text(c, "label", &a.Label)
	number(c, "points", &a.Points)
	c.date("from", &a.From)
}

func (a *PriceItem) fields(c *codec) {
	text(c, "item", &a.Item)
	number(c, "points", &a.Points)
	c.date("from", &a.From)
}

func (a *SetRule) fields(c *codec) { a.Rule.fields(c) }

func (a *AddActivity) fields(c *codec) {
	text(c, "activity", &a.Activity)
	text(c, "unit", &a.Unit)
	text(c, "code", &a.Code)
	text(c, "name", &a.Name)
}

func (a *Enroll) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "unit", &a.Unit)
	text(c, "household", &a.Household)
}

func (a *SetStatus) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "status", &a.Status)
	text(c, "reason", &a.Reason)
}

func (a *ImportFile) fields(c *codec) {
	text(c, "form", &a.Form)
	text(c, "sha256", &a.SHA256)
	number(c, "rows", &a.Rows)
}

func (a *DeclareHours) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "activity", &a.Activity)
	c.start("start", &a.Start)
	number(c, "minutes", &a.Minutes)
	text(c, "capture", &a.Capture)
	text(c, "sheet", &a.Sheet)
}

func (r *HoursRecord) fields(c *codec) {
	r.DeclareHours.fields(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	number(c, "counted", &r.Counted)
	number(c, "points", &r.Points)
}

func (a *DeclareActs) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "code", &a.Code)
	number(c, "quantity", &a.Quantity)
	c.date("on", &a.On)
	text(c, "sheet", &a.Sheet)
}

func (r *ActsRecord) fields(c *codec) {
	r.DeclareActs.fields(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	number(c, "points", &r.Points)
}

func (a *DeclareOpening) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	number(c, "points", &a.Points)
	c.date("expires", &a.Expires)
}

func (r *OpeningRecord) fields(c *codec) {
	r.DeclareOpening.fields(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
}

func (a *Approve) fields(c *codec) { number(c, "record", &a.Record) }

func (r *Credit) fields(c *codec) {
	number(c, "record", &r.Record)
	text(c, "volunteer", &r.Volunteer)
	c.date("expires", &r.Expires)
}

func (a *ReturnRecord) fields(c *codec) {
	number(c, "record", &a.Record)
	text(c, "reason", &a.Reason)
}

func (r *RecordReturn) fields(c *codec) {
	r.ReturnRecord.fields(c)
	text(c, "volunteer", &r.Volunteer)
}

func itemLines(c *codec, v *[]ItemLine) {
	list(c, "lines", v, func(c *codec, l *ItemLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
	})
}

func pricedLines(c *codec, v *[]PricedLine) {
	list(c, "lines", v, func(c *codec, l *PricedLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
		number(c, "points", &l.Points)
	})
}

func lotExpiries(c *codec, v *[]LotExpiry) {
	list(c, "lots", v, func(c *codec, l *LotExpiry) {
		c.lot("lot", &l.Lot)
		c.date("expires", &l.Expires)
	})
}

func (a *Receive) fields(c *codec) {
	text(c, "shop", &a.Shop)
	text(c, "donor", &a.Donor)
	itemLines(c, &a.Lines)
	c.date("best_before", &a.BestBefore)
}

func (a *Redeem) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "shop", &a.Shop)
	itemLines(c, &a.Lines)
	text(c, "presence", &a.Presence)
}

func (r *Exchange) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	text(c, "presence", &r.Presence)
	pricedLines(c, &r.Lines)
}

func (a *Return) fields(c *codec) {
	number(c, "redemption", &a.Redemption)
	itemLines(c, &a.Lines)
	text(c, "reason", &a.Reason)
}

func (r *GoodsReturn) fields(c *codec) {
	number(c, "redemption", &r.Redemption)
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	pricedLines(c, &r.Lines)
	text(c, "reason", &r.Reason)
	lotExpiries(c, &r.Lots)
}

func (a *Reverse) fields(c *codec) {
	number(c, "entry", &a.Entry)
	text(c, "reason", &a.Reason)
}

func (r *Reversal) fields(c *codec) {
	r.Reverse.fields(c)
	text(c, "of", &r.Of)
	text(c, "volunteer", &r.Volunteer)
	lotExpiries(c, &r.Lots)
}

func (a *Expire) fields(c *codec) { text(c, "volunteer", &a.Volunteer) }

func (r *Expiry) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "unit", &r.Unit)
}

func (a *Transfer) fields(c *codec) {
	text(c, "from", &a.From)
	text(c, "to", &a.To)
	number(c, "points", &a.Points)
}

func (r *Gift) fields(c *codec) {
	text(c, "from", &r.From)
	text(c, "to", &r.To)
	number(c, "points", &r.Points)
	lotExpiries(c, &r.Lots)
}

func (r *Refusal) fields(c *codec) {
	text(c, "asked", &r.Asked)
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	text(c, "reason", &r.Reason)
	text(c, "subject", &r.Subject)
	number(c, "have", &r.Have)
	number(c, "want", &r.Want)
}

// minuteOf returns the civil minute of t in its own location, as a Start counts.
func minuteOf(t time.Time) Start {
	_, offset := t.Zone()
	return Start((t.Unix() + int64(offset)) / 60)
}
