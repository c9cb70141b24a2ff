package ledger_test

import (
	"strings"

	"aixin/ledger"
)

func (t *table) setup(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "open":
		return &ledger.OpenBook{Format: int(t.int(t.or("format", "2"))), Origin: w.arg(0), Zone: w.arg(1)}
	case "appoint":
		a := &ledger.Appoint{Staff: ledger.StaffID(w.arg(0)), Volunteer: w.volunteer(2)}
		for r := range strings.SplitSeq(w.arg(1), ",") {
			if r != "" {
				a.Roles = append(a.Roles, ledger.Role(r))
			}
		}
		return a
	case "unit":
		return &ledger.AddUnit{Unit: ledger.UnitID(w.arg(0)), Kind: ledger.UnitKind(w.arg(1)), Parent: ledger.UnitID(w.arg(2)), Name: t.or("name", "unit"), Rule: w.arg(3)}
	case "shop":
		return &ledger.AddShop{Shop: ledger.ShopID(w.arg(0)), Unit: ledger.UnitID(w.arg(1)), Name: t.or("name", "shop")}
	case "rule":
		return &ledger.SetRule{Rule: t.rule(w)}
	case "activity":
		return &ledger.AddActivity{Activity: ledger.ActivityID(w.arg(0)), Unit: ledger.UnitID(w.arg(1)), Code: ledger.Code(w.arg(2)), Name: t.or("name", "activity")}
	case "import":
		return &ledger.ImportFile{Form: w.arg(0), SHA256: t.or("sha256", strings.Repeat("0a", 32)), Rows: t.int(w.arg(1)), Scope: w.arg(2)}
	}
	return nil
}

// rule reads "id@version from key=value…".
func (t *table) rule(w []string) ledger.Rule {
	t.Helper()
	id, version, _ := strings.Cut(w[0], "@")
	r := ledger.Rule{ID: id, Version: t.int(version), From: t.date(w[1])}
	for _, kv := range w[2:] {
		k, v, _ := strings.Cut(kv, "=")
		switch k {
		case "rate":
			f := append(strings.Split(v, ":"), "", "")
			r.Rates = append(r.Rates, ledger.HourRate{Code: ledger.Code(f[0]), Points: t.amount(f[1]), By: ledger.Capture(f[2])})
		case "act":
			f := strings.Split(v, ":")
			f = append(f, "", "", "", "")
			r.Acts = append(r.Acts, ledger.ActStandard{Code: ledger.Code(f[0]), Points: t.amount(f[1]), Per: t.int(f[2]), Keep: f[3], Once: f[4], Evidence: f[5] != "", CountedIn: f[6]})
		case "earns":
			for c := range strings.SplitSeq(v, ",") {
				r.Earns = append(r.Earns, ledger.Capture(c))
			}
		case "step":
			r.Step = ledger.Amount(t.int(v))
		case "half-up":
			r.HalfUp = true
		case "least":
			r.Least = ledger.Amount(t.int(v))
		case "session-cap":
			r.SessionCap = ledger.Amount(t.int(v))
		case "day-cap":
			r.DayCap = ledger.Amount(t.int(v))
		case "day-limit":
			r.DayLimit = ledger.Amount(t.int(v))
		case "sessions":
			r.Sessions = t.int(v)
		case "expires":
			kind, n, _ := strings.Cut(v, ":")
			r.Expires, r.ExpiresIn = kind, t.int(n)
		case "grace":
			r.ReturnGrace = t.int(v)
		case "transfer":
			r.Transfer = true
		case "notice":
			r.Notice = t.noticeRule(v)
		case "carry":
			percent, most, _ := strings.Cut(v, ":")
			r.Carry = ledger.CarryRule{Percent: t.int(percent), Cap: t.amount(most)}
		case "approval":
			for role := range strings.SplitSeq(v, ",") {
				r.Approval.Steps = append(r.Approval.Steps, ledger.Role(role))
			}
		case "transfers":
			to, most, _ := strings.Cut(v, ":")
			r.Transfers = ledger.TransferRule{To: to, YearCap: t.amount(most)}
		case "expires-on":
			r.ExpiresOn = t.date(v)
		case "hold":
			days, open, _ := strings.Cut(v, ":")
			r.Hold = ledger.HoldRule{Days: t.int(days), Open: t.int(open)}
		case "leave-days":
			r.Leave.Days = t.int(v)
		case "donation":
			r.Donation = ledger.DonationRule{Household: strings.Contains(v, "household"), Welfare: strings.Contains(v, "welfare")}
		case "honour":
			name, points, _ := strings.Cut(v, ":")
			r.Honours = append(r.Honours, ledger.HonourTier{Name: name, Points: t.amount(points)})
		case "account":
			holder, head, _ := strings.Cut(v, ":")
			r.Account = ledger.AccountRule{Holder: holder, Head: head == "head"}
		case "star":
			r.Stars = append(r.Stars, t.star(v))
		case "star-years":
			r.StarYears = t.int(v)
		case "count":
			per, tolerance, _ := strings.Cut(v, ":")
			r.Count = ledger.CountRule{Per: ledger.Period(per), Tolerance: ledger.Amount(t.int(tolerance))}
		case "delivery":
			for m := range strings.SplitSeq(v, ",") {
				r.Delivery.Needs = append(r.Delivery.Needs, ledger.Missing(m))
			}
		case "worth-tolerance":
			r.Worth.Tolerance = ledger.Amount(t.int(v))
		case "expiry":
			r.Classes = append(r.Classes, t.classExpiry(v))
		case "pairing":
			r.Pairing = t.pairing(v)
		default:
			if !t.section(&r, k, v) && !t.expressRule(&r, k, v) && !t.counterRule(&r.Counter, k, v) && !t.serviceRule(&r.ServiceRule, k, v) {
				t.Fatalf("%s: no such member %s", t.where, k)
			}
		}
	}
	return r
}

// star reads a level: 2:300, and what it takes beside hours, in times, years and no complaint: 2:300:10:2:clean.
func (t *table) star(v string) ledger.Star {
	t.Helper()
	f := append(strings.Split(v, ":"), "0", "0", "")
	return ledger.Star{Level: t.int(f[0]), Minutes: 60 * ledger.Amount(t.int(f[1])), Times: t.int(f[2]), Years: t.int(f[3]), Clean: f[4] == "clean"}
}

func setupForgeries() []forgery {
	return []forgery{
		bodyOf("a rule out of order", policy, func(r *ledger.SetRule) bool { r.Rule.Version += 7; return true }),
		bodyOf("a role that is none", "I8", func(r *ledger.Appoint) bool { r.Roles = append(r.Roles, "king"); return true }),
		bodyOf("a name with a mobile number", "I8", func(r *ledger.AddUnit) bool { r.Name = "13812345678"; return true }),
		bodyOf("another zone", "I5", func(r *ledger.OpenBook) bool { r.Zone = "Europe/Paris"; return true }),
	}
}
