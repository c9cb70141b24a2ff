package sheet

import "aixin/ledger"

// deliveryFile is the section of a rule about goods that come in; without it a delivery says of them what its keeper knows:
//
//	[delivery]
//	needs = ["source", "value", "best_before"]    # what is refused without: donated, bought or granted; what a piece is worth; its last day
type deliveryFile struct {
	Needs []string `toml:"needs"`
}

func (f *deliveryFile) rule() (r ledger.DeliveryRule) {
	if f == nil {
		return r
	}
	for _, m := range f.Needs {
		r.Needs = append(r.Needs, ledger.Missing(m))
	}
	return r
}

func newDeliveryFile(r ledger.DeliveryRule) *deliveryFile {
	if len(r.Needs) == 0 {
		return nil
	}
	f := &deliveryFile{}
	for _, m := range r.Needs {
		f.Needs = append(f.Needs, string(m))
	}
	return f
}
