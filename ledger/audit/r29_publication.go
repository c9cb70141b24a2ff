package audit

import "aixin/ledger"

// publication looks for the texts that hung out: each is kept as its hash says, none shows a number of a person, and what a notice lists
// was declared, approved and not taken back.
type publication struct{ nothing }

func (publication) see(r *run, e *ledger.Entry) {
	var unit ledger.UnitID
	var sha256 string
	var size int64
	switch body := e.Body.(type) {
	case *ledger.PostNotice:
		unit, sha256, size = body.Unit, body.SHA256, body.Size
		for _, i := range body.Records {
			if rec := r.records[i]; rec == nil || rec.gone || rec.approver == "" {
				r.found(Wrong, string(unit), count(i), "", i, e.Index)
			}
		}
	case *ledger.Publish:
		unit, sha256, size = body.Unit, body.SHA256, body.Size
	default:
		return
	}
	if f, ok := r.kept(e, string(unit), sha256, size); ok && f.Personal {
		r.found(Wrong, string(unit), sha256[:min(12, len(sha256))], "", e.Index)
	}
}
