package ledger_test

import "aixin/ledger"

func (t *table) counter(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "redeem":
		return &ledger.Redeem{
			Volunteer: w.volunteer(0), Shop: ledger.ShopID(w.arg(1)), Presence: ledger.Presence(w.arg(2)), Lines: t.items(w.from(3)),
			Proxy: ledger.VolunteerID(t.said["proxy"]), Slip: t.said["slip"], PIN: t.said["pin"] == "checked", Checked: t.checks(),
			Voucher: t.int(t.said["voucher"]), Happened: t.date(t.said["happened"]),
		}
	case "return":
		return &ledger.Return{Redemption: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1)), Lines: t.items(w.from(2))}
	}
	return nil
}

func counterForgeries() []forgery {
	return []forgery{
		bodyOf("the price of a line", "I8", func(r *ledger.Exchange) bool { r.Lines[0].Points++; return true }),
		bodyOf("the pieces of a line", "I8 I12", func(r *ledger.Exchange) bool { r.Lines[0].Pieces++; return true }),
		bodyOf("the presence of nobody", "I8", func(r *ledger.Exchange) bool { r.Presence = "absent"; return true }),
		bodyOf("the expiry of what was returned", "I10", func(r *ledger.GoodsReturn) bool {
			if len(r.Lots) == 0 { // goods that no book had, for gift points alone
				return false
			}
			r.Lots[0].Expires = r.Lots[0].Expires.AddDays(400)
			return r.Lots[0].Expires > 400
		}),
		bodyOf("the redemption of a return", "I8 I10", func(r *ledger.GoodsReturn) bool { r.Redemption = 1; return true }),
		bodyOf("more pieces of a return", "I8 I10", func(r *ledger.GoodsReturn) bool { r.Lines[0].Pieces += 100; return true }),
		bodyOf("a refusal that is not kept", "I6", func(r *ledger.Refusal) bool { r.Reason = ledger.NotPermitted; return true }),
		bodyOf("a refusal with words", "I8", func(r *ledger.Refusal) bool { r.Subject = "no luck"; return true }),
	}
}
