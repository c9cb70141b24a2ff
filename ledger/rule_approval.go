package ledger

import (
	"fmt"
	"slices"
)

// ApprovalRule says by how many persons, one after another, a declared record is approved (B18). Without it one reviewer approves.
type ApprovalRule struct {
	Steps []Role // the role of each step, in order; the last carries the credit, or puts on notice
}

// MaxSteps bounds the persons who approve one record: more only pass it on.
const MaxSteps = 5

func (x *ApprovalRule) fields(c *codec) { texts(c, "steps", &x.Steps) }

func (x *ApprovalRule) check(f *faults) {
	f.want(len(x.Steps) <= MaxSteps, "approval.steps", "too_many")
	for i, role := range x.Steps {
		known := slices.Contains(Roles(), role) && role != Auditor && role != Admin
		f.want(known, fmt.Sprintf("approval.steps[%d]", i), "step_role")
	}
}

// chain returns the roles that approve what a rule prices, one after another; none where one reviewer does.
func (r *Rules) chain(name string) []Role {
	for i := range r.List { // most rules have none: no name is taken apart for them
		if v := &r.List[i]; len(v.Approval.Steps) > 0 && v.Name() == name {
			return v.Approval.Steps
		}
	}
	return nil
}

// Step returns the role whose step of approval a record waits for; none where it waits for a reviewer, or for nobody.
func (r *Record) Step() Role {
	if r.State != Pending || len(r.Approvers) >= len(r.Chain) {
		return ""
	}
	return r.Chain[len(r.Approvers)]
}

// next returns the number of the step that approving takes, from 1; 0 where it is the last.
func (r *Record) next() int64 {
	if n := len(r.Approvers) + 1; n < len(r.Chain) {
		return int64(n)
	}
	return 0
}

// mayStep refuses whoever has not the role of the step that a record waits for.
func (b *Book) mayStep(c Command, on Date, rec *Record, other Role) *Rejection {
	if step := rec.Step(); step != "" && !b.hasRole(c, step, on) && (other == "" || !b.hasRole(c, other, on)) {
		return &Rejection{Reason: NotPermitted, Subject: string(step)}
	}
	return nil
}

// checkStep holds that an approval is the next step of a record (I8).
func (r *Record) checkStep(step int64) error {
	if step != r.next() {
		return fmt.Errorf("I8: record %d waits for another step of its approval", r.Index)
	}
	return nil
}

// stepped notes a step of a record's approval.
func (b *Book) stepped(rec *Record, by StaffID) {
	if len(rec.Chain) > 0 {
		rec.Approvers = append(slices.Clone(rec.Approvers), kept(b, by))
	}
}
