package ledger_test

import (
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// rotate parses the verb of another key that signs, of which the tables give the number.
func (t *table) rotate(verb string, w words) ledger.Action {
	t.Helper()
	if verb != "rotate" {
		return nil
	}
	if w.arg(0) == "none" {
		return &ledger.RotateKey{}
	}
	_, public := ledgertest.SigningKey("aixin.test/keys", byte(t.int(w.arg(0))))
	return &ledger.RotateKey{PublicKey: public}
}

func rotateForgeries() []forgery {
	return []forgery{
		{"another key than was proposed", "I8", func(_ *forger, e *ledger.Entry) bool {
			a, ok := e.Body.(*ledger.RotateKey)
			if ok {
				_, a.PublicKey = ledgertest.SigningKey("aixin.test/forger", 1)
			}
			return ok
		}},
		{"a key by one person", "I8 I13", func(_ *forger, e *ledger.Entry) bool {
			_, ok := e.Body.(*ledger.RotateKey)
			e.Proposal = 0
			return ok
		}},
		{"a key that is none", "I8", func(_ *forger, e *ledger.Entry) bool {
			a, ok := e.Body.(*ledger.RotateKey)
			if ok {
				a.PublicKey += "A"
			}
			return ok
		}},
	}
}

// TestValidPublicKey holds that a key has one spelling.
func TestValidPublicKey(t *testing.T) {
	t.Parallel()
	_, public := ledgertest.SigningKey("aixin.test/keys", 7)
	if !ledger.ValidPublicKey(public) {
		t.Fatalf("%s: got invalid", public)
	}
	for i := range public {
		for _, b := range []byte{0, ' ', '+', 'A', 'a', '0', '='} {
			if bad := public[:i] + string(b) + public[i+1:]; bad != public && ledger.ValidPublicKey(bad) {
				t.Errorf("%q: got valid", bad)
			}
		}
		if ledger.ValidPublicKey(public[:i]) {
			t.Errorf("%q: got valid", public[:i])
		}
	}
	if bad := strings.ToUpper(public[:24]) + public[24:]; ledger.ValidPublicKey(bad) {
		t.Errorf("%q: got valid", bad)
	}
}
