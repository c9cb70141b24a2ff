package export

import "aixin/ledger"

// journal writes for hledger and ledger: what both of them read, which is less than either of them does. Accounts, commodities and
// payees are declared where they first stand, so that a month that is over never changes.
type journal struct {
	out    *files
	months []string
	now    *file
	known  map[string]bool // what was declared
}

func newJournal(out *files) *journal { return &journal{out: out, known: map[string]bool{}} }

func (j *journal) begin(month string) (err error) {
	if err := j.now.close(); err != nil {
		return err
	}
	name := "journal/" + month + ".journal"
	j.months = append(j.months, name)
	j.now, err = j.out.begin(name)
	return err
}

// declare writes a directive once.
func (j *journal) declare(what, name string) {
	if line := what + " " + name + "\n"; !j.known[line] {
		j.known[line] = true
		j.now.text(line)
	}
}

func (j *journal) entry(e ledger.Entry, moves []move) {
	if len(moves) == 0 {
		return
	}
	known := len(j.known)
	j.now.text("\n")
	j.declare("payee", string(e.Kind))
	for _, m := range moves {
		j.account(keyOf(m.Posting))
	}
	if len(j.known) > known {
		j.now.text("\n")
	}
	j.now.text(e.On.String(), " * (", formatIndex(e.Index), ") ", string(e.Kind), "\n")
	for _, tag := range tagsOf(e) {
		j.now.text("    ; ", tag.name, ": ", tag.value, "\n")
	}
	for _, m := range moves {
		j.now.text("    ", AccountName(m.Account), "  ", j.amount(m.Amount, m.Commodity))
		if m.Lot != 0 {
			j.now.text("  ; lot: ", m.Lot.String())
		}
		j.now.text("\n")
		if m.Adds && m.Expires != 0 {
			j.now.text("    ; expires: ", m.Expires.String(), "\n")
		}
	}
}

func (j *journal) account(k ledger.AccountKey) {
	j.declare("account", AccountName(k.ID))
	j.declare("commodity", quoted(k.Commodity))
}

func (j *journal) amount(a ledger.Amount, c ledger.Commodity) string {
	return number(a, c) + " " + quoted(c)
}

// quoted writes a commodity: one with digits stands in quotes.
func quoted(c ledger.Commodity) string {
	if c.Goods() {
		return `"` + string(c) + `"`
	}
	return string(c)
}

// closing is the payee of the transactions that assert balances; no kind of entry is called so.
const closing = "balances"

// endDay asserts the balances in one transaction that moves nothing: hledger checks assertions in the order of dates and ledger
// in that of lines, which are the same only behind the last entry of a day.
func (j *journal) endDay(on ledger.Date, sums holdings, changed []ledger.AccountKey) {
	j.now.text("\n")
	j.declare("payee", closing)
	j.now.text(on.String(), " * ", closing, "\n")
	for _, k := range changed {
		j.now.text("    ", AccountName(k.ID), "  ", j.amount(0, k.Commodity), " = ", j.amount(sums[k].balance, k.Commodity), "\n")
	}
}

func (j *journal) finish() error {
	if err := j.now.close(); err != nil {
		return err
	}
	top, err := j.out.begin(JournalName)
	if err != nil {
		return err
	}
	for _, tag := range []string{"at", "key", "actor", "rule", "lot", "expires"} {
		top.text("tag ", tag, "\n")
	}
	for _, name := range j.months {
		top.text("include ", name, "\n")
	}
	return top.close()
}

// tag is a fact about an entry that is no amount.
type tag struct{ name, value string }

// tagsOf lists them; all of them are ASCII without quotes or white space.
func tagsOf(e ledger.Entry) []tag {
	tags := []tag{{"at", formatAt(e.At)}, {"key", string(e.Key)}}
	if e.Actor != "" {
		tags = append(tags, tag{"actor", string(e.Actor)})
	}
	if e.Rule != "" {
		tags = append(tags, tag{"rule", e.Rule})
	}
	return tags
}
