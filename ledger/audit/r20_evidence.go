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
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		if body.Evidence.SHA256 != "" {
			v.file(r, e, body.Evidence, &record{index: e.Index, volunteer: body.Volunteer, hours: body})
		}
	case *ledger.ActsRecord:
		if body.Evidence.SHA256 != "" {
			v.file(r, e, body.Evidence, &record{index: e.Index, volunteer: body.Volunteer, acts: body})
			return
		}
		if rule := r.named(e.Rule); rule != nil {
			act, _ := rule.Act(body.Code)
			if less, _ := rule.Deduction(body.Code); act.Evidence || less.Evidence {
				r.found(Wrong, string(body.Volunteer), "", string(body.Code), e.Index)
			}
		}
	}
}

// file looks at a file that a record refers to.
func (v *evidence) file(r *run, e *ledger.Entry, file ledger.Evidence, rec *record) {
	who := string(rec.volunteer)
	if file.Size < tiny {
		r.found(Noted, who, count(file.Size), count(tiny), e.Index)
	}
	if first := v.first[file.SHA256]; first == nil {
		v.first[file.SHA256] = rec
	} else if first.day() != rec.day() {
		r.found(Noted, who, file.SHA256[:12], first.day().String(), first.index, e.Index)
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
