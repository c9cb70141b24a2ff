package export

import (
	"slices"

	"aixin/ledger"
)

// beancount writes one of the two forms for beancount.
type beancount struct {
	out    *files
	derive bool
	name   string
	months []string
	now    *file
	opened map[ledger.AccountID]bool
}

func newBeancount(out *files, derive bool) *beancount {
	b := &beancount{out: out, derive: derive, name: ExplicitName, opened: map[ledger.AccountID]bool{}}
	if derive {
		b.name = DeriveName
	}
	return b
}

func (b *beancount) begin(month string) (err error) {
	if err := b.now.close(); err != nil {
		return err
	}
	name := "beancount/" + month + "-" + b.name
	b.months = append(b.months, name)
	b.now, err = b.out.begin(name)
	return err
}

// open opens an account on the day of its first posting.
func (b *beancount) open(a ledger.AccountID, on ledger.Date) {
	if b.opened[a] {
		return
	}
	b.opened[a] = true
	b.now.text("\n", on.String(), " open ", AccountName(a))
	if a.Class().Lots() && b.derive {
		b.now.text(` "FIFO"`)
	}
	b.now.text("\n")
}

func (b *beancount) entry(e ledger.Entry, moves []move) {
	if len(moves) == 0 {
		return
	}
	for _, m := range moves {
		b.open(m.Account, e.On)
	}
	// The link keeps two equal entries of a day from being taken for one that was entered twice.
	b.now.text("\n", e.On.String(), ` * "`, string(e.Kind), `" ^entry-`, formatIndex(e.Index), "\n")
	for _, tag := range tagsOf(e) {
		b.now.text("  ", tag.name, `: "`, tag.value, "\"\n")
	}
	for i, m := range moves {
		switch {
		case m.Lot == 0:
			b.posting(m, m.Amount, "")
		case b.derive && m.Plain: // the commodity alone, since a shelf has lots of several
			if sum, first := drawn(moves, i); first {
				b.posting(m, sum, " {"+string(m.Commodity)+"}")
			}
		default:
			b.lot(m)
		}
	}
}

// drawn sums what an entry draws from the account of one of its postings, and reports whether that is the first of them.
func drawn(moves []move, i int) (sum ledger.Amount, first bool) {
	k := keyOf(moves[i].Posting)
	for _, m := range moves {
		if keyOf(m.Posting) == k {
			sum += m.Amount
		}
	}
	return sum, !slices.ContainsFunc(moves[:i], func(m move) bool { return keyOf(m.Posting) == k })
}

func (b *beancount) posting(m move, amount ledger.Amount, cost string) {
	b.now.text("  ", AccountName(m.Account), "  ", number(amount, m.Commodity), " ", string(m.Commodity), cost, "\n")
}

// lot writes a posting that names its lot. A lot that takes another date leaves the position of the former one first.
func (b *beancount) lot(m move) {
	if m.Redated != 0 {
		left := m.Redated * owed(m.Account)
		b.posting(m, -left, b.cost(m, m.Former))
		b.posting(m, left, b.cost(m, m.Expires))
	}
	b.posting(m, m.Amount, b.cost(m, m.Expires))
}

// never is the date of a lot that does not lapse: behind all others.
const never = "9999-12-31"

// cost names a lot: one unit of the commodity for one, so that the entry balances as it stands, with the last usable day as its
// date.
func (b *beancount) cost(m move, expires ledger.Date) string {
	day := never
	if expires != 0 {
		day = expires.String()
	}
	cost := " {" + number(unit(m.Commodity), m.Commodity) + " " + string(m.Commodity) + ", " + day
	if !b.derive {
		cost += `, "` + m.Lot.String() + `"`
	}
	return cost + "}"
}

// unit is one point, minute or piece, with as many decimals as the amounts have: beancount rounds what it prints to what it mostly
// reads.
func unit(c ledger.Commodity) ledger.Amount {
	if c.Points() {
		return 100
	}
	return 1
}

// endDay asserts the balances on the next morning, which is when beancount looks, and exactly: left to itself it would let a
// hundredth pass.
func (b *beancount) endDay(on ledger.Date, sums holdings, changed []ledger.AccountKey) {
	b.now.text("\n")
	for _, k := range changed {
		b.now.text(on.AddDays(1).String(), " balance ", AccountName(k.ID), "  ", number(sums[k].balance, k.Commodity), " ~ 0 ", string(k.Commodity), "\n")
	}
}

func (b *beancount) finish() error {
	if err := b.now.close(); err != nil {
		return err
	}
	top, err := b.out.begin(b.name)
	if err != nil {
		return err
	}
	for _, name := range b.months {
		top.text(`include "`, name, "\"\n")
	}
	return top.close()
}
