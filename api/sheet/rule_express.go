package sheet

import "aixin/ledger"

// expressFile is the section of a rule about requests for help:
//
//	[express]
//	call_within = 24       # hours after a request was done
//	taker_calls = false    # true where people are few
//	codes = ["VH07"]       # service that is declared for a request only
//
//	[[express.classes]]    # none: urgent 2, prompt 24, ordinary 168, involved 360
//	class = "urgent"
//	hours = 2              # after it was taken
type expressFile struct {
	CallWithin int64       `toml:"call_within,omitempty"`
	TakerCalls bool        `toml:"taker_calls,omitempty"`
	Codes      []string    `toml:"codes,omitempty"`
	Classes    []classFile `toml:"classes,omitempty"`
}

type classFile struct {
	Class string `toml:"class"`
	Hours int64  `toml:"hours"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *expressFile) read() ledger.Express {
	var x ledger.Express
	if f == nil {
		return x
	}
	x.CallWithin, x.TakerCalls = ledger.Amount(f.CallWithin), f.TakerCalls
	for _, c := range f.Codes {
		x.Codes = append(x.Codes, ledger.Code(c))
	}
	for _, c := range f.Classes {
		x.Classes = append(x.Classes, ledger.ClassLimit{Class: ledger.RequestClass(c.Class), Hours: ledger.Amount(c.Hours)})
	}
	return x
}

// writeExpress returns the section as a file has it; none where the rule says nothing of requests.
func writeExpress(x ledger.Express) *expressFile {
	f := &expressFile{CallWithin: int64(x.CallWithin), TakerCalls: x.TakerCalls}
	for _, c := range x.Codes {
		f.Codes = append(f.Codes, string(c))
	}
	for _, l := range x.Classes {
		f.Classes = append(f.Classes, classFile{string(l.Class), int64(l.Hours)})
	}
	if f.CallWithin == 0 && !f.TakerCalls && f.Codes == nil && f.Classes == nil {
		return nil
	}
	return f
}
