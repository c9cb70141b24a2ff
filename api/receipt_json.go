package api

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// This file writes the answer to a write as encoding/json does. Every entry has one, and finding out by reflection how to write it takes
// as long as checking what was asked for.

// object is a JSON object in the making, or an array: a comma goes before everything but what is first.
type object []byte

func (o object) comma() object {
	if last := o[len(o)-1]; last != '{' && last != '[' {
		o = append(o, ',')
	}
	return o
}

// name begins a member. Names need no quoting.
func (o object) name(name string) object {
	o = append(append(o.comma(), '"'), name...)
	return append(o, `":`...)
}

// text writes a member that is text.
func (o object) text(name, s string) object {
	return quote(o.name(name), s)
}

// quote writes a text. Most of an answer is the line of its entry: plain letters, and a quote at every sixth.
func quote(b []byte, s string) []byte {
	out, from := append(b, '"'), 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(append(out, s[from:i]...), '\\')
			from = i
		case c < ' ' || c >= utf8.RuneSelf:
			b, _ = jsontext.AppendQuote(b, s) //nolint:errcheck // what is no UTF-8 is replaced
			return b
		}
	}
	return append(append(out, s[from:]...), '"')
}

// some writes a member that is absent where it is empty.
func (o object) some(name, s string) object {
	if s == "" {
		return o
	}
	return o.text(name, s)
}

func (o object) integer(name string, n int64) object { return strconv.AppendInt(o.name(name), n, 10) }

func (o object) truth(name string, yes bool) object { return strconv.AppendBool(o.name(name), yes) }

// quantity writes points as text and everything else as an integer.
func (o object) quantity(name string, q Quantity) object {
	if q.Commodity.Points() {
		return o.text(name, q.String())
	}
	return o.integer(name, int64(q.Amount))
}

// list writes a member that is an array of objects.
func list[T any](o object, name string, items []T, members func(object, *T) object) object {
	o = append(o.name(name), '[')
	for i := range items {
		o = append(members(append(o.comma(), '{'), &items[i]), '}')
	}
	return append(o, ']')
}

// appendJSON writes a receipt without a problem: one with a problem is a member of that problem.
func (r *Receipt) appendJSON(b []byte) []byte {
	o := object(append(b, '{')).text("outcome", string(r.Outcome))
	if r.Index != nil {
		o = o.integer("index", int64(*r.Index))
	}
	o = o.some("receipt", r.Receipt).some("kind", string(r.Kind)).text("key", string(r.Key))
	if r.At != nil {
		o = o.text("at", time.Time(*r.At).UTC().Format(timeLayout))
	}
	o = o.some("on", r.On.String()).some("rule", r.Rule).some("leaf", r.Leaf).truth("replayed", r.Replayed)
	if r.DryRun {
		o = o.truth("dry_run", true)
	}
	if len(r.Items) > 0 {
		o = list(o, "items", r.Items, itemMembers)
	}
	o = o.some("until", r.Until.String())
	if len(r.Postings) > 0 {
		o = list(o, "postings", r.Postings, postingMembers)
	}
	return append(list(o, "balances", r.Balances, balanceMembers).some("line", r.Line), '}')
}

func itemMembers(o object, i *Item) object {
	return o.text("item", string(i.Item)).integer("pieces", int64(i.Pieces)).text("points", i.Points.String())
}

func postingMembers(o object, p *Posting) object {
	o = o.text("account", p.Account.String()).text("commodity", string(p.Commodity)).quantity("amount", p.Amount)
	if p.Lot == 0 {
		return o
	}
	return o.text("lot", p.Lot.String())
}

func balanceMembers(o object, b *BalanceAfter) object {
	return o.text("account", b.Account.String()).text("commodity", string(b.Commodity)).quantity("balance", b.Balance)
}
