package audit

import (
	"aixin/ledger"
	"aixin/ledger/report"
)

// publication looks for the texts that hung out: each is kept as its hash says, and is what the entries come to, drawn again; none
// shows a number of a person or a name that is not masked; what a notice lists was declared, approved and not taken back; and the points
// of each month hung out in time.
type publication struct {
	moves  *moves
	points *report.Publishing
}

func newPublication() observer { return &publication{newMoves(), report.NewPublishing()} }

func (p *publication) end(r *run) { r.unpublished(p.points) }

func (p *publication) see(r *run, e *ledger.Entry) {
	if _, goods := e.Body.(*ledger.Receive); !goods {
		r.publishing(p.points, e)
	}
	var n ledger.Notice
	switch body := e.Body.(type) {
	case *ledger.PostNotice:
		n = ledger.Notice{Unit: body.Unit, Number: body.Number, From: body.From, Until: body.Until, Records: body.Records, SHA256: body.SHA256, Size: body.Size}
		for _, i := range body.Records {
			if rec := r.records.at(i); rec == nil || rec.gone || rec.approver == "" {
				r.found(Wrong, string(body.Unit), count(i), "", i, e.Index)
			}
		}
	case *ledger.Publish:
		n = ledger.Notice{
			What: body.What, Unit: body.Unit, Number: body.Number, Period: body.Period, From: body.From, Until: body.Until, SHA256: body.SHA256, Size: body.Size,
		}
	default:
		if r.redraws() {
			p.moves.add(e)
		}
		return
	}
	f, ok := r.kept(e, string(n.Unit), n.SHA256, n.Size)
	switch {
	case !ok:
	case f.Personal:
		r.found(Wrong, string(n.Unit), n.SHA256[:min(12, len(n.SHA256))], "", e.Index)
	case r.redraws() && f.Size == n.Size:
		p.redraw(r, e, n, f)
	}
}

// redraws reports whether the texts are at hand, and somebody who can write them again.
func (r *run) redraws() bool { return r.options.Evidence != nil && r.options.Draw != nil }

// redraw holds a text against what the entries come to.
func (p *publication) redraw(r *run, e *ledger.Entry, n ledger.Notice, f File) {
	texts, err := r.options.Draw(r.drawn(p.moves, n, e.On))
	if err != nil {
		r.fault = err
		return
	}
	text := ""
	if f.Text != nil {
		if text, err = f.Text(); err != nil {
			r.fault = err
			return
		}
	}
	if line, ought := unlike(text, texts); line > 0 {
		r.found(Wrong, string(n.Unit), "line "+count(line), ought, e.Index)
	}
}
