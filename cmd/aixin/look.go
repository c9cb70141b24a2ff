package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

func (a *app) balanceCmd() *cobra.Command {
	return a.overURL(a.asks(a.reads(a.command("balance", "balance VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id, err := volunteerNumber(args[0])
		if err != nil {
			return err
		}
		if a.atServer() {
			return a.readServer(cmd.Context(), func(ctx context.Context, c *api.Client) (result, error) {
				b, err := c.Balance(ctx, id, a.moment())
				r := a.balanceResult(b, "", nil)
				r.upTo = b.AsOf
				return r, err
			})
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			b, err := r.view.Balance(id)
			if err != nil {
				return result{}, err
			}
			carries, err := r.carries(id)
			if err != nil {
				return result{}, err
			}
			masked, err := r.masked(ctx, string(id))
			return a.balanceResult(api.NewBalance(b), masked[string(id)].Name, carries), err
		})
	}))))
}

func (a *app) balanceResult(b api.Balance, name string, carries []ledger.Carry) result {
	return result{json: b, table: a.balanceTable(b), text: func() string { return a.balanceText(b, name, carries) }}
}

// carries returns what of a volunteer's points would go on at the end of a year.
func (r *reader) carries(id ledger.VolunteerID) ([]ledger.Carry, error) {
	who, err := r.view.Volunteer(id)
	if err != nil {
		return nil, err
	}
	acct, err := r.view.Account(ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point})
	if err != nil {
		return nil, err
	}
	rules, err := r.view.Rules()
	if err != nil {
		return nil, err
	}
	return r.view.Carries(&rules, who, acct)
}

func (a *app) balanceTable(b api.Balance) *table {
	t := a.table("volunteer", "lot", "left", "expires")
	for _, l := range b.Lots {
		t.add(string(b.Volunteer), l.Lot.String(), sheet.Points(l.Left), l.Expires.String())
	}
	t.add(string(b.Volunteer), "", sheet.Points(b.Available), "")
	return t
}

// balanceText says a balance in sentences, with the day that each lot is good to.
func (a *app) balanceText(b api.Balance, name string, carries []ledger.Carry) string {
	var out strings.Builder
	line := func(id string, data catalog.Data) { out.WriteString(a.say.T("cli.balance."+id, data) + "\n") }
	out.WriteString(a.mark())
	points := func(n api.Points) catalog.Data { return catalog.Data{"Points": n.String()} }
	line("who", catalog.Data{"Who": strings.TrimSpace(string(b.Volunteer) + " " + name), "On": b.On.String(), "Index": int64(b.AsOf)})
	if b.Status != "" {
		line("status", catalog.Data{"Status": catalog.Name(a.say, "status", b.Status)})
	}
	line("available", points(b.Available))
	for len(b.Lots) > 0 { // they come in the order of their expiry: one sentence for each day
		same := 1
		sum := b.Lots[0].Left
		for same < len(b.Lots) && b.Lots[same].Expires == b.Lots[0].Expires {
			sum += b.Lots[same].Left
			same++
		}
		id := "lot"
		if same > 1 {
			id = "lots"
		}
		if b.Lots[0].Expires == 0 {
			id += "_forever"
		}
		line(id, catalog.Data{
			"Points": sum.String(), "Lot": b.Lots[0].Lot.String(), "Lots": int64(same), "Date": b.Lots[0].Expires.String(),
		})
		b.Lots = b.Lots[same:]
	}
	for _, part := range []struct {
		id string
		n  *api.Points
	}{{"held", &b.Held}, {"pending", &b.Pending}, {"lapsed", b.Lapsed}, {"recoverable", b.Owed}, {"gift", b.Gift}} {
		if part.n != nil && *part.n != 0 {
			line(part.id, points(*part.n))
		}
	}
	for _, l := range b.GiftLots {
		line("gift_until", catalog.Data{"Points": l.Left.String(), "Date": l.Expires.String()})
	}
	if b.Shared != nil && b.Status != ledger.Closed {
		id := "shared"
		if ledger.UnitID(b.Pool).Valid() {
			id = "shared_team"
		}
		line(id, catalog.Data{"Pool": string(b.Pool), "Points": b.Shared.String()})
	}
	for _, c := range carries {
		id := "carry"
		if c.Rule.Cap > 0 {
			id = "carry_cap"
		}
		line(id, catalog.Data{
			"Date": c.On.String(), "Percent": c.Rule.Percent, "Cap": ledger.FormatPoints(c.Rule.Cap), "Points": ledger.FormatPoints(c.Points),
		})
	}
	line("minutes", catalog.Data{"Hours": int64(b.Minutes / 60), "Minutes": int64(b.Minutes % 60)})
	return out.String()
}

func (a *app) statementCmd() *cobra.Command {
	var hours, gifts bool
	var before ledger.Index
	limit := ledger.Amount(50)
	cmd := a.overURL(a.asks(a.reads(a.command("statement", "statement VOLUNTEER|POOL [--hours|--gifts] [--before INDEX] [--limit N]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id := ledger.VolunteerID(args[0])
		if pool := ledger.PoolID(args[0]); !pool.Valid() || hours || gifts {
			if _, err := volunteerNumber(args[0]); err != nil {
				return err
			}
		}
		k := ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point}
		switch {
		case hours && gifts:
			return &usageError{id: "statement_one"}
		case hours:
			k = ledger.AccountKey{ID: ledger.HoursOf(id), Commodity: ledger.Minute}
		case gifts:
			k = ledger.AccountKey{ID: ledger.GiftsOf(id), Commodity: ledger.GiftPoint}
		}
		if a.atServer() {
			return a.readServer(cmd.Context(), func(ctx context.Context, c *api.Client) (result, error) {
				page, err := c.Statement(ctx, id, k.Commodity, before, int(limit), a.moment())
				r := a.statementResult(page, "")
				r.upTo = page.AsOf
				return r, err
			})
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			return r.statement(ctx, id, k, before, int(limit))
		})
	}))))
	fs := cmd.Flags()
	fs.BoolVar(&hours, "hours", false, a.say.T("cli.flag.hours"))
	fs.BoolVar(&gifts, "gifts", false, a.say.T("cli.flag.gifts"))
	fs.Var(newValue(&before, parseIndex, "INDEX"), "before", a.say.T("cli.flag.before"))
	fs.Var(newValue(&limit, parseCount(1000, "positive"), "N"), "limit", a.say.T("cli.flag.limit"))
	return cmd
}

func (r *reader) statement(ctx context.Context, id ledger.VolunteerID, k ledger.AccountKey, before ledger.Index, limit int) (result, error) {
	if pool := ledger.PoolID(id); pool.Valid() {
		if _, err := r.view.Pool(pool); err != nil {
			return result{}, err
		}
	} else if _, err := r.view.Volunteer(id); err != nil {
		return result{}, err
	}
	s, err := r.view.Statement(k, before, limit)
	if err != nil {
		return result{}, err
	}
	masked, err := r.masked(ctx, string(id))
	if err != nil {
		return result{}, err
	}
	page := api.NewStatement(s, k.Commodity, r.view.Head().Size-1)
	return r.app.statementResult(page, masked[string(id)].Name), nil
}

func (a *app) statementResult(page api.Statement, name string) result {
	t := a.table("entry", "date", "what", "change", "balance", "note")
	for _, l := range page.Lines {
		t.add(l.Index, l.On.String(), a.whatLine(l), quantity(l.Amount), quantity(l.Balance), a.note(l))
	}
	return result{json: page, table: t, text: func() string {
		var b strings.Builder
		b.WriteString(a.mark())
		b.WriteString(a.say.T("cli.statement.head", catalog.Data{
			"Who": strings.TrimSpace(string(page.Volunteer) + " " + name), "Unit": a.say.T("cli.commodity." + string(page.Commodity)),
		}) + "\n")
		if len(page.Lines) == 0 {
			b.WriteString(a.say.T("cli.statement.empty") + "\n")
		}
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
		if page.Next != 0 {
			b.WriteString(a.say.T("cli.statement.more", catalog.Data{"Before": int64(page.Next)}) + "\n")
		}
		return b.String()
	}}
}

// said puts what is said of something behind it.
func (a *app) said(what, says string) string {
	return a.say.T("cli.said", catalog.Data{"What": what, "Says": says})
}

// whatLine says what a line of a statement was, in a cell.
func (a *app) whatLine(l api.StatementLine) string {
	kind := catalog.Name(a.say, "kind", l.Kind)
	switch {
	case l.Of != "":
		return a.said(kind, catalog.Name(a.say, "kind", l.Of))
	case len(l.Items) > 0:
		parts := make([]string, len(l.Items))
		for i, item := range l.Items {
			parts[i] = fmt.Sprintf("%s×%d", item.Item, item.Pieces)
		}
		return kind + " " + strings.Join(parts, " ")
	}
	return kind
}

// what says what an entry was, in a cell.
func (a *app) what(e ledger.Entry) string {
	kind := catalog.Name(a.say, "kind", e.Kind)
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		return kind + " " + lineList(body.Lines)
	case *ledger.Settlement:
		return kind + " " + lineList(body.Lines)
	case *ledger.GoodsReturn:
		return kind + " " + lineList(body.Lines)
	case *ledger.Reversal:
		return a.said(kind, catalog.Name(a.say, "kind", body.Of))
	}
	return kind
}

func lineList(lines []ledger.PricedLine) string {
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = fmt.Sprintf("%s×%d", l.Item, l.Pieces)
	}
	return strings.Join(parts, " ")
}

// note says what belongs to a line: its receipt, what it refers to, what undid it, and why.
func (a *app) note(l api.StatementLine) string {
	var parts []string
	if l.Receipt != "" {
		parts = append(parts, l.Receipt)
	}
	if l.Refers != 0 && l.Kind != ledger.Approved && l.Kind != ledger.OpeningPosted && l.Kind != ledger.CreditPosted {
		parts = append(parts, a.say.T("cli.statement.refers", catalog.Data{"Index": int64(l.Refers)}))
	}
	if l.Gift != 0 {
		parts = append(parts, a.say.T("cli.statement.gift", catalog.Data{"Points": l.Gift.String()}))
	}
	if l.Proxy != "" {
		parts = append(parts, a.say.T("cli.statement.fetched", catalog.Data{"Proxy": string(l.Proxy), "Checks": catalog.Names(a.say, "check", l.Checked)}))
	}
	if l.Reason != "" {
		parts = append(parts, catalog.Name(a.say, "reason", l.Reason))
	}
	if l.ReversedBy != 0 {
		parts = append(parts, a.say.T("cli.statement.reversed_by", catalog.Data{"Index": int64(l.ReversedBy)}))
	}
	return strings.Join(parts, " ")
}

func (a *app) explainCmd() *cobra.Command {
	return a.reads(a.command("explain", "explain REF", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) { return r.explain(ctx, i) })
	}))
}

// explanation is an entry with what belongs to it.
type explanation struct {
	api.Receipt
	Actor      ledger.StaffID `json:"actor,omitempty"`
	Record     *recordRow     `json:"record,omitempty"`
	ReversedBy ledger.Index   `json:"reversed_by,omitempty"`
	Proposal   ledger.Index   `json:"proposal,omitempty"` // the proposal that a second person approved by it
	Arithmetic []termRow      `json:"arithmetic,omitempty"`

	rule *ledger.Rule // that the entry names
}

func (r *reader) explain(ctx context.Context, i ledger.Index) (result, error) {
	e, err := r.view.Entry(i)
	if err != nil {
		return result{}, err
	}
	after, err := r.view.After(i)
	if err != nil {
		return result{}, err
	}
	out := explanation{
		Receipt: api.NewReceipt(ledger.Receipt{Entry: e, Leaf: ledger.LeafHash(e.AppendLine(nil))}), Actor: e.Actor, ReversedBy: after.Reversed, Proposal: e.Proposal,
	}
	if err := r.arithmetic(ctx, e, &out); err != nil {
		return result{}, err
	}
	record := i
	if credit, ok := e.Credited(); ok {
		record = credit.Record
	}
	switch rec, err := r.view.Record(record); {
	case err == nil:
		row := newRecordRow(rec)
		out.Record = &row
	case !isRejection(ledger.NotFound)(err):
		return result{}, err
	}
	if no := e.Rejection(); no != nil {
		out.Receipt = r.app.refused(out.Receipt, no)
	}
	return result{json: out, table: r.app.receiptTable(out.Receipt), text: func() string { return r.app.explanationText(e, out) }}, nil
}

// explanationText says in sentences what an entry did, why, and what became of it.
func (a *app) explanationText(e ledger.Entry, x explanation) string {
	var b strings.Builder
	line := func(id string, data catalog.Data) { b.WriteString(a.say.T("cli.explain."+id, data) + "\n") }
	line("entry", catalog.Data{
		"Index": int64(e.Index), "Kind": a.kindName(e.Kind, len(e.Postings)), "On": e.On.String(), "Actor": string(e.Actor),
	})
	if x.Record != nil {
		points := x.Record.Points.String()
		if x.Record.For != "" {
			points = "" // what it will come to is not known before it is approved
		}
		line("record", catalog.Data{
			"Index": int64(x.Record.Record), "Volunteer": string(x.Record.Volunteer), "What": a.declared(*x.Record), "Points": points,
			"Declarer": string(x.Record.Declarer), "State": a.say.T("cli.record_state." + string(x.Record.State)),
		})
	}
	if e.Proposal != 0 {
		b.WriteString(a.say.T("cli.proposal.of", catalog.Data{"Actor": string(e.Actor), "Index": int64(e.Proposal)}) + "\n")
	}
	if e.Rule != "" {
		b.WriteString(a.ruleSentence(e, x.rule) + "\n")
	}
	if sold, ok := e.Sold(); ok && sold.Proxy != "" {
		line("fetched", catalog.Data{
			"Proxy": string(sold.Proxy), "Volunteer": string(sold.Volunteer), "Checks": catalog.Names(a.say, "check", sold.Checked),
		})
	}
	for _, t := range x.Arithmetic {
		of := strings.TrimSpace(t.Of + " " + t.CountedIn)
		b.WriteString("  " + a.say.T("cli.term."+string(t.What), catalog.Data{"Of": of, "By": t.By, "Per": t.Per, "Gives": t.Gives, "Subject": t.Subject}) + "\n")
	}
	for _, i := range x.Items {
		if len(x.Arithmetic) == 0 { // which says it of each, with its price
			b.WriteString(a.say.T("cli.receipt.item", catalog.Data{"Item": string(i.Item), "Pieces": int64(i.Pieces), "Points": i.Points.String()}) + "\n")
		}
	}
	for _, p := range e.Postings {
		line("posting", catalog.Data{
			"Account": p.Account.String(), "Amount": api.NewQuantity(p.Amount, p.Commodity).String(), "Commodity": string(p.Commodity), "Lot": p.Lot.String(),
		})
	}
	if e.Kind == ledger.Proposed || x.Record == nil && len(x.Arithmetic)+len(e.Postings) == 0 {
		b.WriteString(bodyText(e))
	}
	if x.Problem != nil {
		b.WriteString(x.Problem.Title + "\n")
	}
	if x.ReversedBy != 0 {
		line("reversed", catalog.Data{"Index": int64(x.ReversedBy)})
	}
	return b.String()
}

// bodyText lists the members of a body by their names in the journal, for entries of which nothing else says what they did. What does not
// fit a line other commands show, and whole rules too.
func bodyText(e ledger.Entry) string {
	var line struct {
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal(e.AppendLine(nil), &line) != nil || e.Kind == ledger.Refused || e.Kind == ledger.RuleSet {
		return ""
	}
	var b strings.Builder
	membersText(&b, "", line.Body)
	return b.String()
}

// membersText writes a line for each member of an object, in order.
func membersText(b *strings.Builder, of string, object json.RawMessage) {
	members := json.NewDecoder(bytes.NewReader(object))
	if _, err := members.Token(); err != nil {
		return
	}
	for members.More() {
		name, err := members.Token()
		var value json.RawMessage
		if err != nil || members.Decode(&value) != nil {
			return
		}
		path, text := of+fmt.Sprint(name), strings.Trim(string(value), `"`)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && strings.HasSuffix(path, "points") {
			text = ledger.FormatPoints(ledger.Amount(n))
		}
		switch {
		case value[0] == '{':
			membersText(b, path+".", value)
		case len(path)+len(text) < screen-5:
			fmt.Fprintf(b, "  %s: %s\n", path, text)
		}
	}
}
