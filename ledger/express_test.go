package ledger_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

func (t *table) express(verb string, w words) ledger.Action {
	t.Helper()
	q := ledger.RequestID(w.arg(0))
	switch verb {
	case "take":
		return &ledger.TakeRequest{Request: q, Unit: ledger.UnitID(w.arg(1)), Channel: ledger.Channel(w.arg(2))}
	case "sort":
		return &ledger.SortRequest{Request: q, Class: ledger.RequestClass(w.arg(1))}
	case "assign":
		return &ledger.AssignRequest{Request: q, To: ledger.UnitID(w.arg(1))}
	case "finish":
		a := &ledger.FinishRequest{Request: q, Start: t.start(w.arg(2)), Minutes: ledger.Amount(t.int(w.arg(3)))}
		for v := range strings.SplitSeq(w.arg(1), ",") {
			if v != "" {
				a.By = append(a.By, ledger.VolunteerID(v))
			}
		}
		return a
	case "call":
		return &ledger.CallBack{Request: q, Result: ledger.CallResult(w.arg(1))}
	case "close-request":
		return &ledger.CloseRequest{Request: q, Reason: ledger.Reason(w.arg(1))}
	}
	return nil
}

// expressRule reads a member of a rule that is of its sections on requests and budgets; false where it is of neither.
func (t *table) expressRule(r *ledger.Rule, k, v string) bool {
	t.Helper()
	x := &r.Express
	switch k {
	case "class":
		class, hours, _ := strings.Cut(v, ":")
		x.Classes = append(x.Classes, ledger.ClassLimit{Class: ledger.RequestClass(class), Hours: ledger.Amount(t.int(hours))})
	case "call-within":
		x.CallWithin = ledger.Amount(t.int(v))
	case "taker-calls":
		x.TakerCalls = true
	case "request-for":
		x.Codes = append(x.Codes, ledger.Code(v))
	case "yuan":
		r.Worth.Fen = t.amount(v)
	case "warn":
		r.Worth.Warn = ledger.Amount(t.int(v))
	default:
		return false
	}
	return true
}

// request writes what became of a request.
func (t *table) request(words []string) string {
	t.Helper()
	r, err := t.book.View(0).Request(ledger.RequestID(words[1]))
	if err != nil {
		t.Fatalf("%s: %v", t.where, err)
	}
	s := string(r.State) + " until " + r.Until.String()
	local := t.at.In(t.book.Zone())
	now := ledger.NewStart(ledger.DateOf(local), local.Hour()*60+local.Minute())
	if n := r.Overdue(now); n > 0 {
		s += fmt.Sprintf(" overdue %d", n)
	}
	if n := r.Late(); n > 0 {
		s += fmt.Sprintf(" late %d", n)
	}
	return s
}

func expressForgeries() []forgery {
	return []forgery{
		bodyOf("a later limit of a request", policy, func(r *ledger.RequestSorting) bool { r.Until += 60; return true }),
		bodyOf("a limit that a request does not have before it is sorted", policy, func(r *ledger.RequestTaking) bool { r.Until--; return true }),
		bodyOf("more time to call back", policy, func(r *ledger.RequestService) bool { r.Until++; return true }),
		bodyOf("a class that is none", policy, func(r *ledger.RequestSorting) bool { r.Class = "whenever"; return true }),
		bodyOf("a request given to a shop", policy, func(r *ledger.AssignRequest) bool { r.To = "C01"; return true }),
		bodyOf("a request that nobody took", "I8", func(r *ledger.RequestSorting) bool { r.Request = "Q999999"; return true }),
		bodyOf("a service that nobody asked for", "I8", func(r *ledger.RequestService) bool { r.Request = "Q999999"; return true }),
		bodyOf("a stranger who served", "I8", func(r *ledger.RequestService) bool { r.By = append(r.By, ledger.NewVolunteerID(77)); return true }),
		bodyOf("a call that was not made", "I8", func(r *ledger.RequestCall) bool { r.Call++; return true }),
		bodyOf("a call by another", "I8", func(r *ledger.RequestCall) bool { r.Taker = !r.Taker; return true }),
		bodyOf("good news of a request that nobody called about", "I8", func(r *ledger.RequestCall) bool { r.Request = "Q999999"; return true }),
		bodyOf("hours for a request that nobody called about", "I8", func(r *ledger.HoursRecord) bool { r.Request = "Q999999"; return true }),
		{"more minutes than were called about", "I8", func(_ *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.HoursRecord)
			if !ok || r.Request == "" {
				return false
			}
			r.Minutes--
			return r.Minutes > 0
		}},
		{"whoever reported it done calls back", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.RequestCall)
			if !ok {
				return false
			}
			req, err := f.book.View(0).Request(r.Request)
			e.Actor = req.Finisher
			return err == nil
		}},
	}
}

// TestFrozenExpress holds that the frozen lines of this family read, write themselves and fold, for ever.
func TestFrozenExpress(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../testdata/formats/v2/express.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	book := ledger.NewBook(shanghai(t))
	var journal [][]byte
	for line := range bytes.Lines(b) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if again := parse(t, line).AppendLine(nil); !bytes.Equal(again, line) {
			t.Errorf("read\n%s\nwrote\n%s", line, again)
		}
		journal = append(journal, line)
		if err := ledgertest.Replay(book, line, journal); err != nil {
			t.Fatal(err)
		}
	}
}
