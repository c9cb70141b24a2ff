package ledger_test

import "aixin/ledger"

func (t *table) correct(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "reverse":
		return &ledger.Reverse{Entry: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1))}
	}
	return nil
}

func correctForgeries() []forgery {
	return []forgery{
		bodyOf("the entry of a reversal", "I8 I10 I13", func(r *ledger.Reversal) bool { r.Entry = 1; return true }),
		bodyOf("a reason that is a name", "I8", func(r *ledger.Reversal) bool { r.Reason = "li-si"; return true }),
	}
}
