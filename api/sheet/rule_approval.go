package sheet

import "aixin/ledger"

// approvalFile is the section of a rule about who approves, one after another; without it one reviewer does:
//
//	[approval]
//	steps = ["leader", "reviewer", "publisher"]
type approvalFile struct {
	Steps []ledger.Role `toml:"steps"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *approvalFile) read() ledger.ApprovalRule {
	if f == nil {
		return ledger.ApprovalRule{}
	}
	return ledger.ApprovalRule(*f)
}

// writeApproval returns the section as a file has it; none where one reviewer approves.
func writeApproval(x ledger.ApprovalRule) *approvalFile {
	if len(x.Steps) == 0 {
		return nil
	}
	return &approvalFile{Steps: x.Steps}
}

// transfersFile is the section of a rule about points that are given away, where transfer = true lets them be:
//
//	[transfers]
//	to = "kin"         # near relatives and the household; left out, anyone
//	year_cap = "50"    # most points of one volunteer in a year; left out, no cap
type transfersFile struct {
	To      string `toml:"to,omitempty"`
	YearCap string `toml:"year_cap,omitempty"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *transfersFile) read() (x ledger.TransferRule, err error) {
	if f == nil {
		return x, nil
	}
	x.To = f.To
	if f.YearCap != "" {
		x.YearCap, err = rulePoints(f.YearCap, "transfers.year_cap")
	}
	return x, err
}

// writeTransfers returns the section as a file has it; none where the rule says nothing of it.
func writeTransfers(x ledger.TransferRule) *transfersFile {
	if x == (ledger.TransferRule{}) {
		return nil
	}
	f := &transfersFile{To: x.To}
	if x.YearCap != 0 {
		f.YearCap = ledger.FormatPoints(x.YearCap)
	}
	return f
}
