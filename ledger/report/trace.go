package report

import "aixin/ledger"

// Why says how an entry follows from an earlier one.
type Why string

// The ways in which entries follow from one another.
const (
	WhyAsked      Why = ""           // it is what was asked for
	WhyGoods      Why = "goods"      // its goods came in by it
	WhyPoints     Why = "points"     // its points were credited by it
	WhyApproval   Why = "approval"   // that approved the record, before it hung out
	WhyRecord     Why = "record"     // it credits what that declared
	WhyNotice     Why = "notice"     // that hung it out
	WhyAttendance Why = "attendance" // it was served in that session
	WhyImport     Why = "import"     // it came in that file
	WhyProposal   Why = "proposal"   // it approves that proposal
	WhyCorrects   Why = "corrects"   // it takes back what that did
	WhyHold       Why = "hold"       // it hands out what that set aside
	WhyObjection  Why = "objection"  // it answers that
)

// Step is one entry of a trace: what it is, how deep below the one that was asked for, and why it is there.
type Step struct {
	Depth int
	Why   Why
	Entry ledger.Entry
}

// Trace follows an entry back to where its goods and points come from: goods to their delivery, points by their lots to the
// approval, the notice, what was declared and the attendance. Each entry stands once, below the first that leads to it.
func Trace(v ledger.View, i ledger.Index) ([]Step, error) {
	t := tracer{view: v, seen: map[ledger.Index]bool{}}
	err := t.follow(source{WhyAsked, i}, 0)
	return t.steps, err
}

// tracer is a Trace on its way.
type tracer struct {
	view  ledger.View
	seen  map[ledger.Index]bool
	steps []Step
}

// source is an earlier entry that another follows from.
type source struct {
	why   Why
	index ledger.Index
}

// follow adds an entry and everything that it follows from. It ends, since what is named is always earlier.
func (t *tracer) follow(s source, depth int) error {
	if t.seen[s.index] {
		return nil
	}
	t.seen[s.index] = true
	e, err := t.view.Entry(s.index)
	if err != nil {
		return err
	}
	t.steps = append(t.steps, Step{depth, s.why, e})
	before, err := t.sources(e)
	if err != nil {
		return err
	}
	for _, s := range before {
		if err := t.follow(s, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// sources lists what an entry follows from, what it names before the lots that it drew from.
func (t *tracer) sources(e ledger.Entry) ([]source, error) {
	var out []source
	add := func(why Why, i ledger.Index) {
		if i > 0 && i != e.Index {
			out = append(out, source{why, i})
		}
	}
	add(WhyProposal, e.Proposal)
	switch body := e.Body.(type) {
	case *ledger.Credit:
		return t.credited(e, body.Record, out)
	case *ledger.RecordCredit:
		return t.credited(e, body.Record, out)
	case *ledger.Loss:
		return t.credited(e, body.Record, out)
	case *ledger.HoursRecord:
		add(WhyAttendance, body.Session)
		add(WhyImport, body.Import)
	case *ledger.ActsRecord:
		add(WhyImport, body.Import)
	case *ledger.OpeningRecord:
		add(WhyImport, body.Import)
	case *ledger.GoodsReturn:
		add(WhyCorrects, body.Redemption)
	case *ledger.UndoneExchange:
		add(WhyCorrects, body.Redemption)
	case *ledger.Reversal:
		add(WhyCorrects, body.Entry)
	case *ledger.Settlement:
		add(WhyHold, body.Hold)
	case *ledger.ObjectionRecord:
		add(WhyNotice, body.Notice)
		add(WhyRecord, body.Record)
	case *ledger.ObjectionAnswer:
		add(WhyObjection, body.Objection)
	}
	for _, p := range e.Postings {
		if p.Lot == 0 {
			continue
		}
		if p.Account.Class() == ledger.ClassStock {
			add(WhyGoods, p.Lot.Entry())
		} else {
			add(WhyPoints, p.Lot.Entry())
		}
	}
	return out, nil
}

// credited adds what a credit rests on: its approval, where that came before, its notice, and the record.
func (t *tracer) credited(e ledger.Entry, record ledger.Index, out []source) ([]source, error) {
	r, err := t.view.Record(record)
	if err != nil {
		return nil, err
	}
	if r.Posted > 0 && r.Posted < e.Index {
		approval, err := t.approval(record, r.Posted)
		if err != nil {
			return nil, err
		}
		if approval != 0 {
			out = append(out, source{WhyApproval, approval})
		}
		out = append(out, source{WhyNotice, r.Posted})
	}
	return append(out, source{WhyRecord, record}), nil
}

// approval finds the entry that approved a record before it was posted on a notice, 0 for none. No fact names it, since most
// approvals are the credit; mostly it comes soon after the record.
func (t *tracer) approval(record, posted ledger.Index) (ledger.Index, error) {
	for i := record + 1; i < posted; i++ {
		e, err := t.view.Entry(i)
		if err != nil {
			return 0, err
		}
		if credit, ok := e.Body.(*ledger.Credit); ok && credit.Record == record && e.Kind == ledger.Approved {
			return i, nil
		}
	}
	return 0, nil
}
