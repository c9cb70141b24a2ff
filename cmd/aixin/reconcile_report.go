package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/reconcile"
)

// The report of a reconciliation, as programs read it. The next run takes open from it.
type (
	reconcileReport struct {
		Origin    string                                  `json:"origin"`
		On        ledger.Date                             `json:"on"`
		Profile   reconcile.Profile                       `json:"profile"`
		From      ledger.Date                             `json:"from"`
		To        ledger.Date                             `json:"to"`
		Key       []reconcile.Field                       `json:"key"`
		Window    int                                     `json:"window"`
		Timing    int                                     `json:"timing"`
		Tolerance any                                     `json:"tolerance"`
		Columns   map[reconcile.Field]string              `json:"columns"`
		Files     []namedFile                             `json:"files"`
		SHA256    string                                  `json:"sha256"`
		Encoding  string                                  `json:"encoding,omitempty"`
		Entries   ledger.Index                            `json:"entries"`
		Root      string                                  `json:"root"`
		Findings  []reconcileFinding                      `json:"findings"`
		Proof     map[reconcile.Side]map[string]wireCount `json:"proof"`
		Rolled    map[string]wireCount                    `json:"roll_forward"`
		Open      []wireOpen                              `json:"open"`
		Stale     []string                                `json:"stale_decisions,omitempty"`
	}

	reconcileFinding struct {
		Class   reconcile.Class `json:"class"`
		Outside []reconcileRow  `json:"outside,omitempty"`
		Inside  []reconcileRow  `json:"inside,omitempty"`
		Reason  string          `json:"reason"`
	}

	// reconcileRow is a row of either side. Amounts are minutes, hundredths of a point, or pieces.
	reconcileRow struct {
		Line   int64       `json:"line,omitempty"`
		Entry  *int64      `json:"entry,omitempty"`
		Key    string      `json:"key,omitempty"`
		Party  string      `json:"party,omitempty"`
		On     ledger.Date `json:"on"`
		Amount any         `json:"amount"`
		Mark   string      `json:"mark,omitempty"`
	}
)

// reconciled says what a reconciliation found.
func (a *app) reconciled(j *reconciliation) result {
	r := j.result
	wire := reconcileReport{
		Origin: j.origin, On: j.on, Files: j.files, Key: j.rules.Key, Columns: j.rules.Columns,
		Window: j.rules.Window, Timing: j.rules.Timing, Tolerance: j.wireAmount(j.rules.Tolerance),
		Profile: j.rules.Profile, From: j.rules.From, To: j.rules.To, SHA256: j.file.SHA256, Encoding: string(j.file.Encoding),
		Entries: j.head.Size, Root: base64.StdEncoding.EncodeToString(j.head.Root[:]), Findings: []reconcileFinding{},
		Open: j.openWire(), Stale: r.Stale,
		Proof: map[reconcile.Side]map[string]wireCount{
			reconcile.Outside: j.proofWire(r.OutsideProof), reconcile.Inside: j.proofWire(r.InsideProof),
		},
		Rolled: map[string]wireCount{
			"opening": j.count(r.RollForward.Opening), "new": j.count(r.RollForward.New), "closed": j.count(r.RollForward.Closed),
			"closing": j.count(r.RollForward.Closing),
		},
	}
	full := a.table("finding", "class", "side", "ref", "key", "party", "date", "amount", "because", "mark")
	open := a.table("class", "side", "ref", "party", "date", "amount", "mark")
	notes := a.table("class", "ref", "because")
	for n, f := range r.Findings {
		w := reconcileFinding{Class: f.Class, Reason: a.reconcileReason(j, f)}
		class := a.say.T("cli.reconcile_class." + string(f.Class))
		add := func(s reconcile.Side, i int32, x reconcile.Row) reconcileRow {
			side, mark := a.say.T("cli.reconcile_side."+string(s)), r.Mark(s, i)
			full.add(n+1, class, side, x.Ref, x.Key, x.Party, x.On.String(), j.amount(x.Amount), w.Reason, mark)
			if !f.Class.Matched() {
				open.add(class, side, x.Ref, x.Party, x.On.String(), j.amount(x.Amount), mark)
			}
			return reconcileRow{Key: x.Key, Party: x.Party, On: x.On, Amount: j.wireAmount(x.Amount), Mark: mark}
		}
		for _, i := range f.Outside {
			row := add(reconcile.Outside, i, r.Outside[i])
			row.Line = r.Outside[i].Ref
			w.Outside = append(w.Outside, row)
		}
		for _, i := range f.Inside {
			row := add(reconcile.Inside, i, r.Inside[i])
			row.Entry = &r.Inside[i].Ref
			w.Inside = append(w.Inside, row)
		}
		if !f.Class.Matched() || f.Class == reconcile.Decided {
			notes.add(class, refs(w), w.Reason)
		}
		wire.Findings = append(wire.Findings, w)
	}
	proof, rows := a.proofTable(j), full.rows
	for _, row := range proof.rows { // whoever files the table has its proof below it
		full.add("", row[0], a.say.T("cli.reconcile_side.outside"), row[1], "", "", "", row[2], "", "")
		full.add("", row[0], a.say.T("cli.reconcile_side.inside"), row[3], "", "", "", row[4], "", "")
	}
	return result{json: wire, lines: wire.Findings, table: full, text: func() string {
		return a.reconcileText(j, open, proof, notes)
	}, parts: func() []section { return a.reconcileParts(j, &table{full.head, rows}) }}
}

// refs names the rows of a finding: lines of the file and entries of the book.
func refs(f reconcileFinding) string {
	var parts []string
	for _, x := range f.Outside {
		parts = append(parts, "L"+strconv.FormatInt(x.Line, 10))
	}
	for _, x := range f.Inside {
		parts = append(parts, "#"+strconv.FormatInt(*x.Entry, 10))
	}
	return strings.Join(parts, " ")
}

// wireCount is a number of rows and their amount.
type wireCount struct {
	Rows   int64 `json:"rows"`
	Amount any   `json:"amount"`
}

// wireOpen is an item that the next run begins with.
type wireOpen struct {
	Side   reconcile.Side `json:"side"`
	Mark   string         `json:"mark"`
	Amount any            `json:"amount"`
}

// wireAmount is an amount as programs read it: points are decimal strings, minutes and pieces integers.
func (j *reconciliation) wireAmount(n int64) any {
	if _, points := j.amount(n).(sheet.Points); points {
		return api.Points(n)
	}
	return n
}

func (j *reconciliation) count(c reconcile.Count) wireCount {
	return wireCount{c.Rows, j.wireAmount(c.Amount)}
}

func (j *reconciliation) proofWire(p reconcile.Proof) map[string]wireCount {
	wire := map[string]wireCount{
		"total": j.count(p.Total), "matched": j.count(p.Matched), "timing": j.count(p.Timing), "exceptions": j.count(p.Exceptions),
	}
	for c, n := range p.ByClass {
		wire["class_"+string(c)] = j.count(n)
	}
	return wire
}

// openWire lists what is open, and before reads it back in the next run.
func (j *reconciliation) openWire() []wireOpen {
	list := []wireOpen{}
	for _, o := range j.result.Open {
		list = append(list, wireOpen{o.Side, o.Mark, j.wireAmount(o.Amount)})
	}
	return list
}

// before reads what was open in the report of the run before.
func (j *reconciliation) before(b []byte) error {
	var report struct {
		Profile reconcile.Profile `json:"profile"`
		Open    []struct {
			Side   reconcile.Side  `json:"side"`
			Mark   string          `json:"mark"`
			Amount json.RawMessage `json:"amount"`
		} `json:"open"`
	}
	err := json.Unmarshal(b, &report)
	if err == nil && report.Profile != j.rules.Profile {
		err = fmt.Errorf("previous report: profile %q", report.Profile)
	}
	if err != nil {
		return &sheet.FileError{Code: "previous", Data: catalog.Data{}, Err: err}
	}
	for _, o := range report.Open {
		var points api.Points
		n, err := int64(0), json.Unmarshal(o.Amount, &points)
		if n = int64(points); err != nil {
			err = json.Unmarshal(o.Amount, &n)
		}
		if err != nil {
			return &sheet.FileError{Code: "previous", Data: catalog.Data{}, Err: err}
		}
		j.opening = append(j.opening, reconcile.Open{Side: o.Side, Mark: o.Mark, Amount: n})
	}
	return nil
}

// proofTable has every class and the sums that must agree, for both sides.
func (a *app) proofTable(j *reconciliation) *table {
	out, in := j.result.OutsideProof, j.result.InsideProof
	t := a.table("class", "outside_rows", "outside_amount", "inside_rows", "inside_amount")
	add := func(name string, o, i reconcile.Count) {
		t.add(name, o.Rows, j.amount(o.Amount), i.Rows, j.amount(i.Amount))
	}
	for _, c := range reconcile.Classes() {
		if o, i := out.ByClass[c], in.ByClass[c]; o.Rows+i.Rows > 0 {
			add(a.say.T("cli.reconcile_class."+string(c)), o, i)
		}
	}
	add("= "+a.say.T("cli.reconcile.matched"), out.Matched, in.Matched)
	add("+ "+a.say.T("cli.reconcile.timing"), out.Timing, in.Timing)
	add("+ "+a.say.T("cli.reconcile.exceptions"), out.Exceptions, in.Exceptions)
	add("= "+a.say.T("cli.report.total"), out.Total, in.Total)
	return t
}

func (a *app) reconcileText(j *reconciliation, open, proof, notes *table) string {
	r := j.result
	var b strings.Builder
	line := func(id string, data catalog.Data) { b.WriteString(a.say.T("cli.reconcile."+id, data) + "\n") }
	b.WriteString(a.mark())
	line("head", catalog.Data{
		"Profile": a.say.T("cli.reconcile_profile." + string(j.rules.Profile)), "From": j.rules.From.String(), "To": j.rules.To.String(),
	})
	b.WriteString(a.tablesText(&table{rows: a.reconcileBasis(j).rows}))
	if len(open.rows) > 0 {
		line("open", catalog.Data{"Rows": len(open.rows)})
		b.WriteString(a.tablesText(open))
	} else {
		line("none_open", nil)
	}
	b.WriteString(a.tablesText(notes))
	if len(r.Stale) > 0 {
		line("stale", catalog.Data{"Marks": strings.Join(r.Stale, " ")})
	}
	line("proof", nil)
	b.WriteString(a.tablesText(proof))
	holds := "holds"
	if !r.OutsideProof.Holds() || !r.InsideProof.Holds() || !r.RollForward.Holds() {
		holds = "fails"
	}
	line(holds, nil)
	roll := r.RollForward
	line("rolled", catalog.Data{
		"Opening": roll.Opening.Rows, "New": roll.New.Rows, "Closed": roll.Closed.Rows, "Closing": roll.Closing.Rows,
		"OpeningAmount": cellText(j.amount(roll.Opening.Amount)), "NewAmount": cellText(j.amount(roll.New.Amount)),
		"ClosedAmount": cellText(j.amount(roll.Closed.Amount)), "ClosingAmount": cellText(j.amount(roll.Closing.Amount)),
	})
	return b.String()
}
