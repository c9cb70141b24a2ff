package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
)

// submit carries one action out for the actor and prints the answer.
func (a *app) submit(ctx context.Context, do ledger.Action) error {
	return a.write(ctx, func(ctx context.Context, w *writer) error {
		return w.submit(ctx, do)
	})
}

// submit carries one action out and prints the answer, a refusal included.
func (w *writer) submit(ctx context.Context, do ledger.Action) error {
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	return errors.Join(w.app.printReceipt(answer, err), err)
}

// do carries one command out, or tries it.
// It is not interrupted on its way: what was begun is answered.
func (w *writer) do(ctx context.Context, c ledger.Command) (api.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return w.app.unwritten(c, err), err
	}
	ctx = context.WithoutCancel(ctx)
	if w.app.opts.dryRun {
		r, err := w.book.DryRun(ctx, c)
		if err != nil {
			return w.app.unwritten(c, err), err
		}
		if no := r.Entry.Rejection(); no != nil {
			return w.app.refused(api.NewDryRun(r), no), no
		}
		return api.NewDryRun(r), nil
	}
	r, err := w.book.Submit(ctx, c)
	if err != nil && r.Entry.Kind != ledger.Refused {
		return w.app.unwritten(c, err), err
	}
	answer := api.NewReceipt(r)
	no := r.Entry.Rejection()
	switch {
	case no == nil:
		return answer, nil
	case r.Replayed:
		again := &refusedBefore{r.Entry.Index, no}
		answer.Problem = w.app.problem(again)
		return answer, again
	}
	return w.app.refused(answer, no), no
}

// refusedBefore says that a key named a refusal, which is its answer for ever.
type refusedBefore struct {
	index ledger.Index
	no    *ledger.Rejection
}

func (e *refusedBefore) Error() string {
	return fmt.Sprintf("refused before by entry %d: %v", e.index, e.no)
}

func (e *refusedBefore) Unwrap() error { return e.no }

// unwritten is the answer to a command that is not in the journal, as far as is known.
func (a *app) unwritten(c ledger.Command, err error) api.Receipt {
	answer := api.Receipt{Outcome: api.Refused, Key: c.Key, DryRun: a.opts.dryRun, Balances: []api.BalanceAfter{}}
	if isUnknown(err) {
		answer.Outcome = api.Unknown
	}
	answer.Problem = a.problem(err)
	return answer
}

func (a *app) refused(answer api.Receipt, no *ledger.Rejection) api.Receipt {
	answer.Problem = a.problem(no)
	return answer
}

// problem is the wire form of an error.
func (a *app) problem(err error) *api.Problem {
	said, hint := a.explain(err)
	p := &api.Problem{Type: "about:blank", Title: said, Hint: hint, Code: outcomeOf(err).sentence}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		p.Code, p.Reason, p.About = "refused", no.Reason, no.Subject
		p.Have, p.Want = amountOf(no, no.Have), amountOf(no, no.Want)
	}
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		p.Code = "malformed"
		for _, f := range bad.Fields {
			p.Fields = append(p.Fields, api.FieldProblem{Field: f.Field, Code: f.Code, Detail: a.say.Fault(f)})
		}
	}
	return p
}

// amountOf writes what a refusal counts, in its own unit.
func amountOf(no *ledger.Rejection, n ledger.Amount) string {
	switch {
	case no.InPoints():
		return ledger.FormatPoints(n)
	case n == 0:
		return ""
	}
	return fmt.Sprint(int64(n))
}

// printReceipt prints an answer. As text a refusal is said on standard error alone.
func (a *app) printReceipt(answer api.Receipt, err error) error {
	if err != nil && (a.opts.format == "text" || answer.Key == "") {
		if isUnknown(err) {
			a.complain("key: %s\n", answer.Key)
		}
		return nil
	}
	return a.show(result{json: answer, table: a.receiptTable(answer), text: func() string { return a.receiptText(answer) }})
}

// kindName says what an entry did. An approval that moves nothing is one before a notice, another step or the day of its credit.
func (a *app) kindName(kind ledger.Kind, postings int) string {
	if kind == ledger.Approved && postings == 0 {
		return a.say.T("cli.notice.approved")
	}
	return catalog.Name(a.say, "kind", kind)
}

// receiptText is the receipt in sentences.
func (a *app) receiptText(r api.Receipt) string {
	var b strings.Builder
	line := func(id string, data catalog.Data) { b.WriteString(a.say.T("cli.receipt."+id, data) + "\n") }
	kind := a.kindName(r.Kind, len(r.Postings))
	b.WriteString(a.mark())
	switch {
	case r.Replayed:
		line("replayed", catalog.Data{"Index": int64(*r.Index), "Kind": kind, "Receipt": r.Receipt})
	case r.DryRun:
		line("dry_run", catalog.Data{"Kind": kind})
	case r.Receipt != "":
		line("numbered", catalog.Data{"Index": int64(*r.Index), "Kind": kind, "Receipt": r.Receipt})
	default:
		line("applied", catalog.Data{"Index": int64(*r.Index), "Kind": kind})
	}
	if r.Kind == ledger.Proposed && r.Index != nil {
		b.WriteString(a.say.T("cli.proposal.waits", catalog.Data{"Index": int64(*r.Index)}) + "\n")
	}
	for _, i := range r.Items {
		line("item", catalog.Data{"Item": string(i.Item), "Pieces": int64(i.Pieces), "Points": i.Points.String()})
	}
	for _, p := range r.Postings {
		if p.Account.Class() == ledger.ClassPoints {
			line("points", catalog.Data{
				"Owner": p.Account.Owner(), "Points": signed(-p.Amount.Amount), "Lot": p.Lot.String(),
			})
		}
	}
	for _, p := range r.Postings {
		if p.Account.Class() == ledger.ClassGift {
			data, id := catalog.Data{"Owner": p.Account.Owner(), "Points": signed(-p.Amount.Amount)}, "gift"
			if p.Lot != 0 {
				id, data["Lot"] = "gift_lot", p.Lot.String()
			}
			line(id, data)
		}
	}
	for _, p := range r.Postings {
		if p.Account.Class() == ledger.ClassShort && p.Amount.Amount < 0 {
			line("short", catalog.Data{"Item": string(p.Commodity), "Pieces": int64(-p.Amount.Amount)})
		}
	}
	b.WriteString(a.shelfLines(r))
	for _, after := range r.Balances {
		if after.Account.Class() == ledger.ClassPoints {
			line("balance", catalog.Data{"Owner": after.Account.Owner(), "Points": ledger.FormatPoints(-after.Balance.Amount)})
		}
	}
	return b.String()
}

// mark begins whatever is said of a demo book, so that nobody takes its slips for real ones.
func (a *app) mark() string {
	if !a.demo {
		return ""
	}
	return a.say.T("cli.demo_mark") + "\n"
}

// signed writes an amount of points with its sign.
func signed(a ledger.Amount) string {
	if a > 0 {
		return "+" + ledger.FormatPoints(a)
	}
	return ledger.FormatPoints(a)
}

// receiptTable is the receipt as a spreadsheet has it.
func (a *app) receiptTable(r api.Receipt) *table {
	t := a.table("entry", "kind", "account", "amount", "lot", "note")
	index := ""
	if r.Index != nil {
		index = fmt.Sprint(int64(*r.Index))
	}
	note := string(r.Outcome)
	if r.Problem != nil {
		note = r.Problem.Title
	}
	if len(r.Postings) == 0 {
		t.add(index, string(r.Kind), "", "", "", note)
	}
	for _, p := range r.Postings {
		t.add(index, string(r.Kind), p.Account.String(), quantity(p.Amount), p.Lot.String(), note)
	}
	return t
}
