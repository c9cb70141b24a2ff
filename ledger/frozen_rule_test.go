package ledger_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"aixin/ledger"
)

// TestRuleMembersAreFrozen holds that every member that a rule can have, at whatever depth, stands in a frozen line, so that its spelling
// is for ever and its place in DESIGN.md is checked.
func TestRuleMembersAreFrozen(t *testing.T) {
	t.Parallel()
	full := &ledger.SetRule{}
	fill(reflect.ValueOf(full).Elem())
	e := ledger.Entry{Kind: ledger.RuleSet, Body: full}
	frozen := map[string]bool{}
	for line := range strings.Lines(frozenText(t)) {
		if strings.Contains(line, `"kind":"rule_set"`) {
			membersOf(t, []byte(line), frozen)
		}
	}
	wanted := map[string]bool{}
	membersOf(t, e.AppendLine(nil), wanted)
	if len(wanted) < 100 {
		t.Fatalf("got %d members of a whole rule", len(wanted))
	}
	for name := range wanted {
		if !frozen[name] {
			t.Errorf("no frozen line of a rule has %s", name)
		}
	}
}

// fill sets everything in a value, one element in each slice.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				fill(f)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Array: // a hash
		v.Index(0).SetUint(1)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.SetInt(int64(ledger.NewLotID(200, 1))) // which is a day and a minute too, of years that may be
	}
}

// membersOf adds the names of the members of a line's body, as counter.least_times.
func membersOf(t *testing.T, line []byte, names map[string]bool) {
	t.Helper()
	var entry struct {
		Body any `json:"body"`
	}
	if err := json.Unmarshal(line, &entry); err != nil {
		t.Fatalf("%.80s: %v", line, err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, x := range v {
				names[path+name] = true
				walk(path+name+".", x)
			}
		case []any:
			for _, x := range v {
				walk(path, x)
			}
		}
	}
	walk("", entry.Body)
}
