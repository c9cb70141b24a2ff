package sheet_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api/sheet"
	"aixin/ledger"
)

// The sections of requests and of what points are worth are read as they were written; a rule that says nothing of them has none.
func TestExpressSection(t *testing.T) {
	t.Parallel()
	rule := shipped(t, "volunteer-1yuan")
	var plain bytes.Buffer
	must(t, sheet.WriteRule(&plain, rule))
	if bytes.Contains(plain.Bytes(), []byte("express")) || bytes.Contains(plain.Bytes(), []byte("worth")) {
		t.Errorf("a rule without the section is written with it:\n%s", plain.Bytes())
	}
	rule.Express = ledger.Express{
		Classes: []ledger.ClassLimit{{Class: ledger.Urgent, Hours: 2}, {Class: "tomorrow", Hours: 24}}, CallWithin: 72, TakerCalls: true,
		Codes: []ledger.Code{"VH01"},
	}
	rule.Worth = ledger.Worth{Fen: 50, Warn: 80}
	if err := setInBook(t, rule); err != nil {
		t.Errorf("the ledger refuses it: %v", err)
	}
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("written and read again (-before +after):\n%s", diff)
	}
}
