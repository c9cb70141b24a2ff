package ledger_test

import (
	"strings"

	"aixin/ledger"
)

// counterRule reads a member of the counter's rule; false where it is none.
//
//	window=S01/fri,sat/14:00-17:00 window=-/2026-03-20/closed limit=pieces:SKU-0001/quarter/2/household
//	presence=typed/pin,slip/3 least-points=61 least-minutes=300 proxy=declared proxy-needs=id,phone return-reasons=clerk-error return-days=1
func (t *table) counterRule(r *ledger.CounterRule, k, v string) bool {
	t.Helper()
	f := append(strings.Split(v, "/"), "", "", "", "")
	switch k {
	case "window":
		r.Windows = append(r.Windows, t.window(f))
	case "least-points":
		r.Least.Points = t.amount(v)
	case "least-minutes":
		r.Least.Minutes = ledger.Amount(t.int(v))
	case "least-times":
		r.Least.Times = ledger.Amount(t.int(v))
	case "limit":
		of, item, _ := strings.Cut(f[0], ":")
		l := ledger.Limit{Of: of, Item: ledger.Commodity(item), Per: ledger.Period(f[1]), Household: f[3] != ""}
		if l.Most = ledger.Amount(t.int(f[2])); of == "points" {
			l.Most *= 100
		}
		r.Limits = append(r.Limits, l)
	case "presence":
		p := ledger.PresenceRule{By: ledger.Presence(f[0]), PerDay: t.int(f[2])}
		if f[1] != "" {
			p.Needs = strings.Split(f[1], ",")
		}
		r.Presence = append(r.Presence, p)
	case "proxy":
		r.Proxy = ledger.ProxyRule(v)
	case "proxy-needs":
		for s := range strings.SplitSeq(v, ",") {
			r.ProxyNeeds = append(r.ProxyNeeds, ledger.Check(s))
		}
	case "return-reasons":
		for s := range strings.SplitSeq(v, ",") {
			r.Returns.Reasons = append(r.Returns.Reasons, ledger.Reason(s))
		}
	case "return-days":
		r.Returns.Days = t.int(v)
	default:
		return false
	}
	return true
}

func (t *table) window(f []string) ledger.Window {
	t.Helper()
	w := ledger.Window{Closed: f[2] == "closed"}
	if f[0] != "-" {
		w.Shop = ledger.ShopID(f[0])
	}
	if day, err := ledger.ParseDate(f[1]); err == nil {
		w.On = day
	} else if f[1] != "" {
		w.Weekdays = strings.Split(f[1], ",")
	}
	if from, until, ok := strings.Cut(f[2], "-"); ok {
		w.From, w.Until = t.minute(from), t.minute(until)
	}
	return w
}

// checks reads what was checked of who came: checked=id,phone.
func (t *table) checks() (list []ledger.Check) {
	t.Helper()
	for s := range strings.FieldsFuncSeq(t.said["checked"], func(r rune) bool { return r == ',' }) {
		list = append(list, ledger.Check(s))
	}
	return list
}

// minute reads a time of day as minutes from midnight.
func (t *table) minute(s string) ledger.Amount {
	t.Helper()
	h, m, _ := strings.Cut(s, ":")
	return ledger.Amount(t.int(h)*60 + t.int(strings.TrimPrefix(m, "0")))
}

func redeemWhoForgeries() []forgery {
	return []forgery{
		bodyOf("a proxy who is nobody", "I8", func(r *ledger.Exchange) bool {
			r.Proxy, r.Presence = ledger.NewVolunteerID(999_999), ledger.ByProxy
			return true
		}),
		bodyOf("a proxy where the rule has none", policy, func(r *ledger.Exchange) bool {
			was := r.Proxy
			r.Proxy, r.Presence = ledger.NewVolunteerID(9), ledger.ByProxy
			return was == "" && r.Volunteer != r.Proxy && r.Shop == "S01"
		}),
		bodyOf("a check of somebody who did not come for another", "I8", func(r *ledger.Exchange) bool {
			r.Checked = []ledger.Check{ledger.CheckedDocument}
			return r.Proxy == ""
		}),
		bodyOf("a proxy who was not checked", policy, func(r *ledger.Exchange) bool {
			had := len(r.Checked)
			r.Checked = nil
			return had == 2 && r.Shop == "S02"
		}),
		bodyOf("a slip that is none", "I8", func(r *ledger.Exchange) bool { r.Slip = "a b"; return true }),
		bodyOf("a presence without its proof", policy, func(r *ledger.Exchange) bool {
			had := r.PIN || r.Slip != ""
			r.PIN, r.Slip = false, ""
			return had && r.Shop == "S02" && r.Presence == ledger.ByTyped
		}),
		bodyOf("a relation that is none", "I8", func(r *ledger.SetProxy) bool { r.Relation = "friend"; return true }),
		bodyOf("the other way round", "I8", func(r *ledger.SetProxy) bool { r.Ended = !r.Ended; return true }),
		bodyOf("a rule with a window that never opens", "I8", func(r *ledger.SetRule) bool {
			r.Rule.Counter.Windows = append(r.Rule.Counter.Windows, ledger.Window{From: 600, Until: 600})
			return true
		}),
	}
}
