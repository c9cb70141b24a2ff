package audit

import "aixin/ledger"

// tiny is below how many bytes a file shows nothing.
const tiny = 1024

// evidence looks at the files that records refer to: one that lacks, is too small to show anything, or shows another day too.
type evidence struct {
	nothing
	first map[string]*record
}

func newEvidence() observer { return &evidence{first: map[string]*record{}} }

func (v *evidence) see(r *run, e *ledger.Entry) {
	rec := &record{index: e.Index}
	var file ledger.Evidence
	var who string
	wanted := false
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		file, who, rec.hours = body.Evidence, string(body.Volunteer), body
	case *ledger.ActsRecord:
		file, who, rec.acts = body.Evidence, string(body.Volunteer), body
		if rule := r.named(e.Rule); rule != nil {
			act, _ := rule.Act(body.Code)
			less, _ := rule.Deduction(body.Code)
			wanted = act.Evidence || less.Evidence
		}
	default:
		return
	}
	if file.SHA256 == "" {
		if wanted {
			r.found(Wrong, who, "", string(rec.acts.Code), e.Index)
		}
		return
	}
	if file.Size < tiny {
		r.found(Noted, who, count(file.Size), count(tiny), e.Index)
	}
	if first := v.first[file.SHA256]; first != nil && first.day() != rec.day() {
		r.found(Noted, who, file.SHA256[:12], first.day().String(), first.index, e.Index)
	} else if first == nil {
		v.first[file.SHA256] = rec
	}
	r.kept(e, who, file.SHA256, file.Size)
}

// kept adds a finding where a file is not in the folder, or of another size.
func (r *run) kept(e *ledger.Entry, who, sha256 string, size int64) (File, bool) {
	if r.options.Evidence == nil {
		return File{}, false
	}
	f, ok := r.options.Evidence[sha256]
	switch {
	case !ok:
		r.found(Wrong, who, "", sha256[:min(12, len(sha256))], e.Index)
	case f.Size != size:
		r.found(Wrong, who, count(size), count(f.Size), e.Index)
	}
	return f, ok
}
