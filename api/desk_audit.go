package api

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/proof"
	"aixin/ledger/report"
)

// This file is what an auditor looks at before digging: what the last audit found, the sums, the card of one shelf, and the proof that the
// book has one entry.

const auditPath = "/audit"

const (
	// maxFindings bounds the findings of one check on the page; the file has all.
	maxFindings = 10

	// maxCardRows bounds the movements of a stock card on the page; the file has all.
	maxCardRows = 100

	// cardPage is how many lines of a shelf are read at once.
	cardPage = 500
)

// auditPage is for those who may read the whole book: the proof of an entry has its line, with the numbers of people.
func auditPage() workPage {
	return workPage{
		name: "audit", path: auditPath, roles: bookReaders(), show: (*desk).auditor, json: true,
		table: map[string]func(*desk) (*web.Grid, error){
			"checks": (*desk).checkTable, "findings": (*desk).findingTable, "trial": (*desk).trialTable, "accounts": (*desk).accountTable,
			"card": (*desk).stockCard,
		},
		files: map[string]func(*desk) (workFile, error){"proof": (*desk).proofFile},
		forms: []workForm{
			{name: "prove", fields: (*desk).proveFields, run: (*desk).askProof},
			{name: "audit", run: (*desk).beginAudit},
			{name: "stock_card", fields: (*desk).cardFields, run: (*desk).askCard},
		},
	}
}

func (d *desk) auditor() error {
	if err := d.proofShown(); err != nil {
		return err
	}
	if err := d.form("prove"); err != nil {
		return err
	}
	if err := d.headShown(); err != nil {
		return err
	}
	if err := d.auditShown(); err != nil {
		return err
	}
	if err := d.table("trial"); err != nil {
		return err
	}
	q := d.of.path + "?csv=accounts"
	last := &d.page.Sections[len(d.page.Sections)-1]
	last.Links = []web.Option{{Value: q, Text: d.t("accounts_csv")}, {Value: d.of.path + "?json=accounts", Text: d.t("accounts_json")}}
	if d.r.URL.Query().Get("item") != "" {
		t, whole, err := d.cardShown()
		if err != nil {
			return err
		}
		t.Export, t.JSON = d.address("csv", "card"), d.address("json", "card")
		section := web.WorkSection{Heading: t.Caption, Table: t}
		if !whole {
			section.Text = []string{d.t("card_rest", catalog.Data{"N": maxCardRows})}
		}
		d.page.Sections = append(d.page.Sections, section)
	}
	if err := d.form("stock_card"); err != nil {
		return err
	}
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("exports"), Text: []string{d.t("exports_about")}})
	return nil
}

// headShown says how far the book goes and what it is signed with.
func (d *desk) headShown() error {
	note, err := d.Checkpoints.Checkpoint(d.r.Context())
	head := d.view.Head()
	d.page.Sections = append(d.page.Sections, web.WorkSection{
		Heading: d.say.T("web.audit.head"), Text: []string{d.t("head_at", catalog.Data{"Entries": int64(head.Size), "Root": head.Root.String()})},
		Paper: string(note), Links: []web.Option{{Value: "/checkpoint", Text: d.say.T("web.audit.download")}, {Value: "/auditor", Text: d.t("keys")}},
	})
	return err
}

// audits runs the checks beside whoever asks, one audit at a time, and keeps what the last one came to.
type audits struct {
	// mu guards what follows.
	mu      sync.Mutex
	running bool
	ran     bool
	last    audit.Report
	ended   time.Time
	failed  error
}

// found returns what the last audit found.
func (a *audits) found() audit.Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last
}

// state returns what the last audit came to.
func (a *audits) state() (last audit.Report, ended time.Time, ran, running bool, failed error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last, a.ended, a.ran, a.running, a.failed
}

// begin begins an audit, if none is under way.
func (a *audits) begin(s *server) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running || s.Audit == nil {
		return
	}
	a.running = true
	go func() {
		found, err := carriedOut(s.Audit)
		if err != nil {
			s.Log.Error("audit", slog.Any("error", err))
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.running, a.ran, a.failed, a.ended = false, true, err, s.Clock()
		if err == nil {
			a.last = found
		}
	}()
}

// carriedOut carries an audit out. Nobody answers a request here, so that a fault in a check must not end the server.
func carriedOut(run func() (audit.Report, error)) (r audit.Report, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return run()
}

// beginAudit begins an audit, and goes on to the page, which says that one is under way.
func (d *desk) beginAudit(*answers) error {
	if d.Audit == nil {
		return ErrNotReady
	}
	d.audits.begin(d.server)
	http.Redirect(d.w, d.r, d.of.path, http.StatusSeeOther)
	return nil
}

// auditShown says when the last audit ran and what it found. The first who looks has one carried out.
func (d *desk) auditShown() error {
	found, ended, ran, running, failed := d.audits.state()
	if !ran && !running && d.Audit != nil {
		d.audits.begin(d.server)
		running = true
	}
	s := web.WorkSection{Heading: d.t("last_audit")}
	switch {
	case failed != nil:
		s.Text = append(s.Text, d.t("audit_failed"))
	case ran:
		at, err := d.clockAt(ended)
		if err != nil {
			return err
		}
		counted := func(what string, n int) string { return d.say.T("audit_count."+what, catalog.Data{"Count": n}) }
		s.Text = append(s.Text, d.t("audit_ran", catalog.Data{
			"At": at, "Entries": counted("entries", int(found.Size)), "On": day(found.Last),
			"Errors": counted("errors", found.Count(audit.Wrong)), "Notes": counted("notes", found.Count(audit.Noted)),
		}))
	default:
		s.Text = append(s.Text, d.t("audit_none"))
	}
	if running {
		s.Text = append(s.Text, d.t("audit_running"))
	}
	d.page.Sections = append(d.page.Sections, s)
	if ran && failed == nil {
		d.findingsShown(found)
		if err := d.table("checks"); err != nil {
			return err
		}
	}
	if d.Audit == nil {
		return nil
	}
	return d.form("audit")
}

// clockAt writes a moment as the clocks of the book show it.
func (d *desk) clockAt(at time.Time) (string, error) {
	zone, err := time.LoadLocation(d.Book.Zone)
	if err != nil {
		return "", fmt.Errorf("zone of the book: %w", err)
	}
	return at.In(zone).Format("2006-01-02 15:04"), nil
}

// checkTable says what each check came to. One that lacks something from outside is never passed.
func (d *desk) checkTable() (*web.Grid, error) {
	t := d.newTable("checks", "check", "says", "outcome", "#errors", "#notes", "law")
	found := d.audits.found()
	for _, c := range found.Results {
		row(t, string(c.Check.Number), catalog.Name(d.say, "audit_check", c.Check.Number), d.outcome(c), counts(c.Count(audit.Wrong)), counts(c.Count(audit.Noted)), c.Check.Law)
	}
	return t, nil
}

func (d *desk) outcome(c audit.Result) string {
	switch {
	case c.Count(audit.Wrong) > 0:
		return "✗ " + d.t("outcome_errors")
	case len(c.Lacks) > 0:
		names := make([]string, len(c.Lacks))
		for i, x := range c.Lacks {
			names[i] = catalog.Name(d.say, "audit_outside", x)
		}
		return d.t("outcome_lacks", catalog.Data{"Lacks": strings.Join(names, d.say.T("web.words.comma"))})
	case len(c.Findings) > 0:
		return d.t("outcome_notes")
	}
	return "✓ " + d.t("outcome_passed")
}

// findingsShown shows what was found check by check, each under the sentence that does not hold, the checks with errors first.
func (d *desk) findingsShown(found audit.Report) {
	first := len(d.page.Sections)
	for _, errors := range []bool{true, false} {
		for _, c := range found.Results {
			if len(c.Findings) == 0 || c.Count(audit.Wrong) > 0 != errors {
				continue
			}
			t := d.newTable("findings", "grade", "on", "about", "has", "ought", "entries")
			d.findings(t, c, maxFindings)
			t.Caption = joined(string(c.Check.Number)+" "+catalog.Name(d.say, "audit_check", c.Check.Number), alike(t, c),
				d.t("to_do", catalog.Data{"Do": catalog.Name(d.say, "audit_do", c.Check.Number)}))
			if over := len(c.Findings) - len(t.Rows); over > 0 {
				t.Caption = joined(t.Caption, d.t("more_findings", catalog.Data{"N": over}))
			}
			d.page.Sections = append(d.page.Sections, web.WorkSection{Table: t})
		}
	}
	if first == len(d.page.Sections) {
		d.page.Sections = append(d.page.Sections, web.WorkSection{Text: []string{d.t("nothing")}})
	}
	d.page.Sections[first].Heading = d.t("table.findings")
	last := &d.page.Sections[len(d.page.Sections)-1]
	last.Links = []web.Option{{Value: d.address("csv", "findings"), Text: d.t("export")}, {Value: d.address("json", "findings"), Text: d.t("json")}}
}

// alike takes the first column out of a table where all that a check found is of one grade, also what is not shown, and returns which.
func alike(t *web.Grid, c audit.Result) string {
	if n := c.Count(audit.Wrong); n > 0 && n < len(c.Findings) {
		return ""
	}
	said := t.Rows[0].Cells[0]
	t.Heads, t.Numbers = t.Heads[1:], t.Numbers[1:]
	for i := range t.Rows {
		t.Rows[i].Cells = t.Rows[i].Cells[1:]
	}
	return said
}

// findingTable lists everything that was found, check by check.
func (d *desk) findingTable() (*web.Grid, error) {
	t := d.newTable("findings", "check", "says", "do", "grade", "on", "about", "has", "ought", "entries")
	for _, c := range d.audits.found().Results {
		d.findings(t, c, math.MaxInt, string(c.Check.Number), catalog.Name(d.say, "audit_check", c.Check.Number), catalog.Name(d.say, "audit_do", c.Check.Number))
	}
	return t, nil
}

// findings adds what a check found, errors before notes, each with the first entries that show it; no more than so many.
func (d *desk) findings(t *web.Grid, c audit.Result, most int, before ...string) {
	for _, grade := range []audit.Grade{audit.Wrong, audit.Noted} {
		for _, f := range c.Findings {
			if f.Grade == grade && len(t.Rows) < most {
				row(t, append(slices.Clone(before), catalog.Name(d.say, "audit_grade", grade), day(f.On), d.subjectNamed(f.Subject), catalog.Found(d.say, f.Has), catalog.Found(d.say, f.Ought), entriesNamed(f.Entries))...)
			}
		}
	}
}

// entriesNamed writes the first few entries of a list.
func entriesNamed(list []ledger.Index) string {
	const first = 5
	var parts []string
	for _, i := range list[:min(first, len(list))] {
		parts = append(parts, counts(i))
	}
	if len(list) > first {
		parts = append(parts, fmt.Sprintf("… (%d)", len(list)))
	}
	return strings.Join(parts, ", ")
}

// trialTable is the trial balance by class of account.
func (d *desk) trialTable() (*web.Grid, error) {
	t := d.newTable("trial", "commodity", "account_class", "#accounts", "#debit", "#credit")
	sums, err := d.trialBalance(d.r.Context(), d.view)
	if err != nil {
		return nil, err
	}
	for _, s := range sums.Commodities {
		name := d.commodityNamed(s.Commodity)
		for _, c := range s.Classes {
			if d.beyond(t) {
				continue
			}
			row(t, name, catalog.Name(d.say, "class", c.Class), counts(c.Accounts), written(s.Commodity, c.Debit), written(s.Commodity, c.Credit))
		}
	}
	t.Caption = joined(t.Caption, d.t("as_of", catalog.Data{"Entries": int64(sums.Head.Size)}))
	return t, nil
}

// accountTable is the whole trial balance, one row an account. It is no part of the page: only its file has it.
func (d *desk) accountTable() (*web.Grid, error) {
	t := d.newTable("accounts", "account", "commodity", "#debit", "#credit")
	for b, err := range d.view.TrialBalance() {
		if err != nil {
			return nil, err
		}
		row(t, b.Account.ID.String(), string(b.Account.Commodity), written(b.Account.Commodity, max(b.Balance, 0)), written(b.Account.Commodity, max(-b.Balance, 0)))
	}
	return t, nil
}

// written writes an amount of points with both decimals, and minutes and pieces as they are.
func written(c ledger.Commodity, a ledger.Amount) string {
	if c.Points() {
		return ledger.FormatPoints(a)
	}
	return counts(a)
}

func (d *desk) cardFields() ([]web.Field, error) {
	shops, err1 := d.shops()
	items, err2 := d.items()
	return fieldsOf(shops, err1, items, err2, maybe(dated("from")), maybe(dated("until")))
}

// askCard goes on to the card of a shelf, whose address can be kept: it names nobody.
func (d *desk) askCard(a *answers) error {
	a.date("from")
	a.date("until")
	return d.ask(a, "shop", "item", "from", "until")
}

// ask sends the browser to the page with what was typed, where nothing is wrong with it.
func (d *desk) ask(a *answers, names ...string) error {
	if err := a.err(); err != nil {
		return err
	}
	q := d.r.URL.Query()
	clear(q)
	for _, name := range names {
		if v := a.text(name); v != "" && len(v) <= maxCard {
			q.Set(name, v)
		}
	}
	http.Redirect(d.w, d.r, d.of.path+"?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// asked reads what the address of a page says, as answers.
func (d *desk) asked() *answers { return &answers{desk: d, Values: d.r.URL.Query()} }

// cardAsked reads which card the address names.
func (d *desk) cardAsked() (shop ledger.ShopID, item ledger.Commodity, p report.Period, err error) {
	a := d.asked()
	shop, item = ledger.ShopID(a.code("shop")), ledger.Commodity(a.code("item"))
	p = report.Period{From: a.date("from"), To: a.date("until")}
	return shop, item, p, a.err()
}

// cardTable is a card with some of its moves, from what stood before them on: nothing where it is not known.
func (d *desk) cardTable(c report.StockCard, opened bool) *web.Grid {
	t := d.newTable("card", "record", "on", "kind", "#in_pieces", "#out_pieces", "#on_hand")
	t.Caption = joined(t.Caption, string(c.Shop), string(c.Item))
	if opened {
		row(t, d.t("opening"), day(c.Period.From), "", "", "", counts(c.Opening))
	}
	for _, m := range c.Moves {
		row(t, counts(m.Entry), day(m.On), catalog.Name(d.say, "kind", m.Kind), counts(m.In), counts(m.Out), counts(m.Balance))
	}
	return t
}

// cardShown is the newest part of the card, as it stands on the page. However old the shelf is, it reads no more than that and what came
// behind the period; that the card foots, its file shows. It is not whole where older rows are left out.
func (d *desk) cardShown() (t *web.Grid, whole bool, err error) {
	shop, item, p, err := d.cardAsked()
	if err != nil {
		return nil, false, err
	}
	if _, err := d.view.Shop(shop); err != nil {
		return nil, false, err
	}
	if _, err := d.view.Item(item); err != nil {
		return nil, false, err
	}
	c := report.StockCard{Shop: shop, Item: item, Period: p}
	whole, err = d.newestMoves(&c, maxCardRows)
	slices.Reverse(c.Moves)
	return d.cardTable(c, whole), whole, err
}

// newestMoves reads the newest n moves of a card, the newest first, and what stood before them; opened is false where there are more.
func (d *desk) newestMoves(c *report.StockCard, n int) (opened bool, err error) {
	for before := ledger.Index(0); ; {
		moves, next, err := d.view.Moves(c.Shop, c.Item, before, n)
		if err != nil {
			return false, err
		}
		for _, m := range moves {
			switch {
			case c.Period.From != 0 && m.On < c.Period.From:
				c.Opening = m.Balance
				return true, nil
			case m.Amount == 0 || !c.Period.Has(m.On):
			case len(c.Moves) == n:
				return false, nil
			default:
				c.Moves = append(c.Moves, report.StockMove{
					Entry: m.Entry, On: m.On, Kind: m.Kind, In: max(m.Amount, 0), Out: max(-m.Amount, 0), Balance: m.Balance,
				})
			}
		}
		if before = next; before == 0 {
			return true, nil
		}
	}
}

// stockCard is the card of an item on a shelf. It reads the movements of that shelf alone.
func (d *desk) stockCard() (*web.Grid, error) {
	shop, item, p, err := d.cardAsked()
	if err != nil {
		return nil, err
	}
	card, err := report.CardOf(d.view, shop, item, p, d.movedOn(ledger.AccountKey{ID: ledger.StockOf(shop), Commodity: item}))
	if err != nil {
		return nil, err
	}
	return d.cardTable(card, true), nil
}

// movedOn yields the entries that moved an account, the oldest first.
func (d *desk) movedOn(k ledger.AccountKey) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		var all []ledger.Index
		before := ledger.Index(0)
		for {
			s, err := d.view.Statement(k, before, cardPage)
			if err != nil {
				yield(ledger.Entry{}, err)
				return
			}
			for _, l := range s.Lines {
				all = append(all, l.Entry.Index)
			}
			if len(s.Lines) < cardPage {
				break
			}
			before = all[len(all)-1]
		}
		for _, i := range slices.Backward(all) {
			e, err := d.view.Entry(i)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (d *desk) proveFields() ([]web.Field, error) {
	ref := typed("entry")
	ref.Hint, ref.Most = d.t("prove_hint"), proof.MaxCode
	return []web.Field{ref}, nil
}

// askProof goes on to the proof of what was scanned or typed: an entry, a receipt, or a proof that somebody holds.
func (d *desk) askProof(a *answers) error {
	text := strings.TrimSpace(a.Get("entry"))
	if proof.KindOf([]byte(text)) == proof.AsCode {
		p, err := proof.ParseCode(text)
		if err != nil {
			a.fault("entry", "entry_index")
			return a.err()
		}
		text = counts(p.Index)
	}
	a.Set("entry", tidy(text, maxCard))
	a.index("entry")
	return d.ask(a, "entry")
}

// errUncovered says that an entry is too new: no checkpoint covers it yet.
var errUncovered = errors.New("not under a signed checkpoint yet")

// proved proves the entry that the address names, under the newest checkpoint.
func (d *desk) proved() (p proof.Inclusion, e ledger.Entry, err error) {
	a := d.asked()
	p.Index = a.index("entry")
	if err := a.err(); err != nil {
		return p, e, err
	}
	if e, err = d.view.Entry(p.Index); err != nil {
		return p, e, err
	}
	if p.Checkpoint, err = d.Checkpoints.Checkpoint(d.r.Context()); err != nil {
		return p, e, err
	}
	size, err := noteSize(p.Checkpoint)
	if err != nil {
		return p, e, err
	}
	if p.Index >= size {
		return p, e, errUncovered
	}
	p.Line = e.AppendLine(nil)
	p.Path, err = d.Journal.Inclusion(d.r.Context(), p.Index, size)
	return p, e, err
}

// noteSize reads from a checkpoint how many entries it is of: its second line.
func noteSize(note []byte) (ledger.Index, error) {
	lines := strings.SplitN(string(note), "\n", 3)
	if len(lines) < 3 {
		return 0, fmt.Errorf("checkpoint of %d lines: %w", len(lines), ledger.ErrCorrupt)
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	return ledger.Index(n), nil
}

// proofShown shows the entry that the address names, with its proof.
func (d *desk) proofShown() error {
	if d.r.URL.Query().Get("entry") == "" || d.posted == "prove" {
		return nil
	}
	p, e, err := d.proved()
	switch {
	case errors.Is(err, errUncovered):
		d.page.Bad = append(d.page.Bad, d.t("uncovered"))
		return nil
	case err != nil:
		return d.tell(err)
	}
	s := web.WorkSection{
		Heading: d.t("proof_of", catalog.Data{"Index": int64(e.Index)}),
		Text: []string{
			d.t("proof_says", catalog.Data{"Kind": catalog.Name(d.say, "kind", e.Kind), "On": day(e.On), "Actor": string(e.Actor)}),
			d.t("proof_leaf", catalog.Data{"Leaf": ledger.LeafHash(p.Line).String(), "Hashes": len(p.Path)}), d.t("proof_check"),
		},
		Table: d.postings(e), Paper: string(p.AppendText(nil)),
		Links: []web.Option{{Value: d.of.path + "?file=proof&entry=" + counts(e.Index), Text: d.t("proof_file")}},
	}
	if text, ok := p.Code(); ok {
		code, err := web.NewCode(text)
		if err != nil {
			return err
		}
		s.Code = &code
	}
	d.page.Sections = append(d.page.Sections, s)
	return nil
}

// postings lists what an entry posts.
func (d *desk) postings(e ledger.Entry) *web.Grid {
	t := d.newTable("postings", "account", "commodity", "#debit", "#credit")
	t.Empty = d.t("no_postings")
	for _, x := range e.Postings {
		row(t, x.Account.String(), d.commodityNamed(x.Commodity), written(x.Commodity, max(x.Amount, 0)), written(x.Commodity, max(-x.Amount, 0)))
	}
	return t
}

// proofFile is the proof as a file that `aixin check` takes.
func (d *desk) proofFile() (workFile, error) {
	p, e, err := d.proved()
	if errors.Is(err, errUncovered) {
		err = ErrNotReady
	}
	return workFile{name: "entry-" + counts(e.Index) + ".proof", media: "text/plain; charset=utf-8", bytes: p.AppendText(nil)}, err
}
