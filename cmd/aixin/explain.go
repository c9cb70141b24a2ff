package main

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/store"
)

// This file says by which arithmetic an entry came to its amounts.

// termRow is one step. Points are decimals, minutes and pieces whole.
type termRow struct {
	What    ledger.TermKind `json:"what"`
	Subject string          `json:"subject,omitempty"`
	Of      string          `json:"of,omitempty"`
	By      string          `json:"by,omitempty"`
	Per     int64           `json:"per,omitempty"`
	Gives   string          `json:"gives"`

	CountedIn string `json:"counted_in,omitempty"` // what goes in, of acts
}

// arithmetic works the steps out again. They are those of the book before the entry, which is folded up to there: later entries
// of the same day would change them.
func (r *reader) arithmetic(ctx context.Context, e ledger.Entry, out *explanation) error {
	rules, err := r.view.Rules()
	if err != nil {
		return err
	}
	if rule, ok := rules.Named(e.Rule); ok {
		out.rule = rule
	}
	if !ledger.Explainable(e) {
		return nil
	}
	release, err := r.app.hosted.fold(ctx)
	if err != nil {
		return err
	}
	defer release()
	before, err := store.Fold(ctx, r.app.opts.book, store.AsOf{Size: e.Index}, store.FoldOptions{
		Clock: r.app.clock, Watch: func(ledger.AccountKey) bool { return false },
	})
	if err != nil {
		return err
	}
	steps, err := ledger.Explain(before, e)
	pieces := e.Kind == ledger.Received
	for _, t := range steps {
		out.Arithmetic = append(out.Arithmetic, newTermRow(t, pieces))
	}
	if acts, ok := e.Body.(*ledger.ActsRecord); ok && len(steps) > 0 {
		out.Arithmetic[0].CountedIn = acts.CountedIn // the quantity goes into the first step, whichever it is
	}
	return err
}

func newTermRow(t ledger.Term, pieces bool) termRow {
	whole := func(a ledger.Amount) string { return strconv.FormatInt(int64(a), 10) }
	row := termRow{What: t.What, Subject: t.Subject, Of: whole(t.Of), By: whole(t.By), Per: int64(t.Per), Gives: whole(t.Gives)}
	switch t.What {
	case ledger.TermRate, ledger.TermStandard, ledger.TermPrice, ledger.TermDeduct:
		row.By, row.Gives = ledger.FormatPoints(t.By), ledger.FormatPoints(t.Gives)
	case ledger.TermRecord, ledger.TermLapsed, ledger.TermGiven, ledger.TermUndone, ledger.TermGivenUp:
		row.Of, row.Gives = ledger.FormatPoints(t.Of), ledger.FormatPoints(t.Gives)
	case ledger.TermGoesOn, ledger.TermPaired:
		row.Of, row.Gives = ledger.FormatPoints(t.Of), ledger.FormatPoints(t.Gives)
	case ledger.TermTotal:
		if !pieces {
			row.Gives = ledger.FormatPoints(t.Gives)
		}
	case ledger.TermBoost:
		row.Of, row.Gives = ledger.FormatPoints(t.Of), ledger.FormatPoints(t.Gives)
	case ledger.TermBoostCap, ledger.TermCap, ledger.TermBase, ledger.TermSpendable, ledger.TermFilled, ledger.TermToSpend,
		ledger.TermShared:
		row.Of, row.By, row.Gives = ledger.FormatPoints(t.Of), ledger.FormatPoints(t.By), ledger.FormatPoints(t.Gives)
	case ledger.TermComplaint, ledger.TermHonorary, ledger.TermWhole, ledger.TermCarried:
	case ledger.TermCapture, ledger.TermRounded, ledger.TermLeast, ledger.TermSession, ledger.TermDay, ledger.TermPieces:
	}
	return row
}

// creditSentence says what the rule decided about a credit: which step of its approval it is, when it begins, and how long it lasts.
func (a *app) creditSentence(body *ledger.Credit, rule *ledger.Rule, data catalog.Data) string {
	if body.Step > 0 {
		data["Step"], data["Steps"] = body.Step, int64(len(rule.Approval.Steps))
		data["Role"], data["Next"] = catalog.Name(a.say, "role", rule.Approval.Steps[body.Step-1]), catalog.Name(a.say, "role", rule.Approval.Steps[body.Step])
		return a.say.T("cli.rule_said.step", data)
	}
	if body.From != 0 {
		data["Day"], data["Period"] = body.From.String(), a.say.T("cli.rule_said.per."+string(rule.Notice.Effective))
		return a.say.T("cli.rule_said.later", data)
	}
	data["Expires"] = a.wayToExpire(rule.Expires, rule.ExpiresIn, rule.ExpiresOn)
	return a.say.T("cli.rule_said.credit", data)
}

// wayToExpire says how long points are good.
func (a *app) wayToExpire(way string, in int64, on ledger.Date) string {
	return a.say.T("cli.rule_said."+cmp.Or(way, "never"), catalog.Data{"N": in, "Day": on.String()})
}

// classSentence says what the rule decided about points that are not earned, and of those that lapse how long they are good.
func (a *app) classSentence(id string, class ledger.Class, lapse ledger.Date, rule *ledger.Rule, data catalog.Data) string {
	for _, x := range rule.Classes {
		if x.Class == class && lapse != 0 {
			id, data["Expires"] = string(class)+"_lapses", a.wayToExpire(x.Expires, x.ExpiresIn, x.ExpiresOn)
		}
	}
	return a.say.T("cli.rule_said."+id, data)
}

// baseSentence says what the rule decided about base points.
func (a *app) baseSentence(body *ledger.BaseGrant, rule *ledger.Rule, data catalog.Data) string {
	data["Base"], data["Period"] = ledger.FormatPoints(rule.Base.Points), a.say.T("cli.rule_said.per."+string(rule.Base.Per))
	if rule.Base.Spendable {
		data["Floor"], data["Expires"] = ledger.FormatPoints(rule.Base.Floor), body.Expires.String()
		return a.say.T("cli.rule_said.base_spendable", data)
	}
	return a.classSentence("base", ledger.ClassBase, body.Expires, rule, data)
}

// honours lists from how many points on a rule honours whoever gave them.
func honours(rule *ledger.Rule) string {
	var tiers []string
	for _, x := range rule.Honours {
		tiers = append(tiers, ledger.FormatPoints(x.Points)+" "+x.Name)
	}
	return strings.Join(tiers, ", ")
}

// ruleSentence says in one sentence what the rule of an entry decided.
func (a *app) ruleSentence(e ledger.Entry, rule *ledger.Rule) string {
	if rule == nil {
		return a.say.T("cli.explain.rule", catalog.Data{"Rule": e.Rule})
	}
	data := catalog.Data{"Rule": rule.Name(), "From": rule.From.String()}
	said := func(id string) string { return a.say.T("cli.rule_said."+id, data) }
	most := func(n ledger.Amount) string {
		if n == 0 {
			return a.say.T("cli.rule_said.all")
		}
		return strconv.FormatInt(int64(n), 10)
	}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		var earns []string
		for _, by := range rule.Earns {
			earns = append(earns, catalog.Name(a.say, "capture", by))
		}
		data["Earns"], data["Step"], data["Least"] = strings.Join(earns, a.say.T("web.words.comma")), int64(max(rule.Step, 1)), int64(rule.Least)
		data["Session"], data["Day"] = most(rule.SessionCap), most(rule.DayCap)
		return said("hours")
	case *ledger.ActsRecord:
		act, earns := rule.Act(body.Code)
		if !earns {
			return said("deduction")
		}
		data["Kept"] = a.say.T("cli.rule_said.kept." + cmp.Or(act.Keep, "fraction"))
		return said("acts")
	case *ledger.Loss:
		return said("deducted")
	case *ledger.BaseGrant:
		return a.baseSentence(body, rule, data)
	case *ledger.Credit:
		return a.creditSentence(body, rule, data)
	case *ledger.Gift:
		data["Whom"], data["Cap"] = a.say.T("cli.rule_said.given_to."+cmp.Or(rule.Transfers.To, "anyone")), a.say.T("cli.rule_said.no_cap")
		if rule.Transfers.YearCap > 0 {
			data["Cap"] = ledger.FormatPoints(rule.Transfers.YearCap)
		}
		return said("transfer")
	case *ledger.PoolGift:
		data["Honours"] = honours(rule)
		return said("donation")
	case *ledger.GiftGrant:
		return a.classSentence("given_gift", ledger.ClassGift, body.Expires, rule, data)
	case *ledger.Exchange:
		return said("given_gift")
	case *ledger.Expiry:
		data["Percent"], data["Cap"] = rule.Carry.Percent, a.say.T("cli.rule_said.no_cap")
		if rule.Carry.Cap > 0 {
			data["Cap"] = ledger.FormatPoints(rule.Carry.Cap)
		}
		return said("carry")
	case *ledger.Reservation:
		data["Days"], data["Open"] = rule.Hold.Days, most(ledger.Amount(rule.Hold.Open))
		return said("hold")
	case *ledger.CountResult:
		data["Tolerance"] = int64(rule.Count.Tolerance)
		return said("count")
	case *ledger.Proposal:
		return said("second")
	}
	return said("plain")
}
