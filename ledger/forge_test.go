package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// forger stands before an entry of a true journal and writes another one in its place.
type forger struct {
	book    *ledgertest.Memory
	earlier []ledger.Entry
}

// policy marks a forgery that breaks no invariant: the journal would read, and Rederive tells.
const policy = "policy"

// forgery changes one thing in an entry, and says which invariants may name it. It reports whether the entry had that thing.
type forgery struct {
	name  string
	want  string // invariants by spaces, or policy
	forge func(f *forger, e *ledger.Entry) bool
}

// TestForgedEntriesAreRefused replaces each entry of true journals by every forgery that fits it. Post names the invariant, and
// the book is what it would have been without the attempt. What breaks no invariant is told by Rederive, which every true entry
// passes.
func TestForgedEntriesAreRefused(t *testing.T) {
	t.Parallel()
	hits, tried := map[string]int{}, map[string]int{}
	for seed := uint64(0); seed < 12 || (seed < 30 && !triedAll(tried)); seed++ { // rare things need more streams
		journal := linesOf(t, "../testdata/formats/v2/terms.jsonl") // where something goes on at a year's end, which no stream need reach
		if seed > 0 {
			journal = trueJournal(t, 2000+seed, 1500)
		}
		f := &forger{book: ledgertest.NewMemory(shanghai(t))}
		clean := ledgertest.NewMemory(shanghai(t))
		for _, line := range journal {
			for _, x := range forgeries() {
				if name := f.attempt(t, x, line); name != "" {
					hits[name]++
					tried[x.name]++
				}
			}
			e := parse(t, line)
			if err := f.rederive(e); err != nil {
				t.Errorf("seed %d: %s: %v", seed, line, err)
			}
			for _, m := range []*ledgertest.Memory{f.book, clean} {
				m.Journal = append(m.Journal, line)
				if err := ledgertest.Replay(m.Book, line, m.Journal); err != nil {
					t.Fatalf("seed %d: %s: %v", seed, line, err)
				}
			}
			f.earlier = append(f.earlier, e)
		}
		equalFacts(t, clean, f.book)
	}
	for _, x := range forgeries() {
		if tried[x.name] == 0 {
			t.Errorf("no entry could be forged by: %s", x.name)
		}
	}
	for i := range strings.FieldsSeq("I1 I3 I4 I5 I6 I8 I10 I11 I12 I13") {
		if hits[i] == 0 {
			t.Errorf("%s was never named; got %v", i, hits)
		}
	}
}

func triedAll(tried map[string]int) bool {
	return !slices.ContainsFunc(forgeries(), func(x forgery) bool { return tried[x.name] == 0 })
}

// trueJournal is what a random stream of commands leaves.
func trueJournal(t *testing.T, seed uint64, commands int) [][]byte {
	t.Helper()
	m := ledgertest.NewMemory(shanghai(t))
	if err := m.Play(seed, commands); err != nil {
		t.Fatal(err)
	}
	return m.Journal
}

func parse(t *testing.T, line []byte) ledger.Entry {
	t.Helper()
	e, err := ledger.ParseLine(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return e
}

// attempt posts the forgery and returns the invariant that refused it, or nothing where the entry does not have what is forged.
func (f *forger) attempt(t *testing.T, x forgery, line []byte) string {
	t.Helper()
	e := parse(t, line)
	if !x.forge(f, &e) {
		return ""
	}
	forged := e.AppendLine(nil)
	e, err := ledger.ParseLine(forged)
	if err != nil {
		t.Fatalf("%s: the forged line does not read: %s: %v", x.name, forged, err)
	}
	if x.want == policy {
		if f.rederive(e) == nil {
			t.Errorf("%s: rederives\n true   %s\n forged %s", x.name, line, forged)
		}
		return policy
	}
	err = ledgertest.Load(f.book.Book, f.book.NeedsEntry, e, f.book.Journal)
	if err == nil {
		err = f.book.Post(e)
	}
	name := regexp.MustCompile(`\bI\d+\b`).FindString(fmt.Sprint(err))
	if !errors.Is(err, ledger.ErrCorrupt) || !slices.Contains(strings.Fields(x.want), name) {
		t.Fatalf("%s: got %v, want one of %s\n true   %s\n forged %s", x.name, err, x.want, line, forged)
	}
	return name
}

func (f *forger) rederive(e ledger.Entry) error {
	if err := ledgertest.Load(f.book.Book, f.book.NeedsEntry, e, f.book.Journal); err != nil {
		return err
	}
	return f.book.Rederive(e)
}

func equalFacts(t *testing.T, want, got *ledgertest.Memory) {
	t.Helper()
	for _, family := range want.Families() {
		facts := func(m *ledgertest.Memory) map[ledger.FactID]string {
			all := map[ledger.FactID]string{}
			for f, err := range m.Facts(family) {
				if err != nil {
					t.Fatal(err)
				}
				all[f.ID] = string(f.Value)
			}
			return all
		}
		if a, b := facts(want), facts(got); !maps.Equal(a, b) {
			t.Errorf("a refused entry changed %s: got %v, want %v", family, b, a)
		}
	}
}

// account returns the account that a posting moves, as it stands before the entry.
func (f *forger) account(p ledger.Posting) ledger.Account {
	a, err := f.book.View(0).Account(ledger.AccountKey{ID: p.Account, Commodity: p.Commodity})
	if err != nil {
		panic(err)
	}
	return a
}

// again makes an earlier entry of the same kind happen once more in the place of e.
func (f *forger) again(e *ledger.Entry) bool {
	for _, x := range slices.Backward(f.earlier) {
		if x.Kind == e.Kind && !f.takenBack(x.Index) && !f.left(x) {
			now := *e
			*e = x
			e.Index, e.At, e.On, e.Key = now.Index, now.At, now.On, now.Key
			for i, p := range e.Postings {
				if p.Lot.Entry() == x.Index {
					e.Postings[i].Lot = ledger.NewLotID(now.Index, int(p.Lot-ledger.NewLotID(x.Index, 1))+1)
				}
			}
			return true
		}
	}
	return false
}

// left reports whether an entry credits what was taken back of a person who has left: that they left is what is said of such a credit.
func (f *forger) left(e ledger.Entry) bool {
	credit, ok := e.Credited()
	if !ok {
		return false
	}
	view := f.book.View(0)
	rec, err := view.Record(credit.Record)
	v, unknown := view.Volunteer(credit.Volunteer)
	return errors.Join(err, unknown) == nil && rec.State != ledger.Credited && v.Status == ledger.Closed
}

// takenBack reports whether a declared record was sent back or reversed, so that it may be declared again.
func (f *forger) takenBack(i ledger.Index) bool {
	r, err := f.book.View(0).Record(i)
	return err == nil && r.State != ledger.Pending && r.State != ledger.Credited
}

// forgeries lists what somebody who can write the journal might try. Sums are kept where the forgery is not about sums.
func forgeries() []forgery {
	return slices.Concat(
		forgedFrames(), forgedPostings(), forgedPeople(),
		setupForgeries(), peopleForgeries(), goodsForgeries(), counterForgeries(), serviceForgeries(), pointsForgeries(), correctForgeries(),
		shelfForgeries(),
		noticeForgeries(),
		organisationForgeries(),
		expressForgeries(), budgetForgeries(),
		counterDayForgeries(), redeemWhoForgeries(), voucherForgeries(),
		attendanceForgeries(),
		holdForgeries(),
		lifeForgeries(), grantsForgeries(), termsForgeries(),
		poolForgeries(), giftForgeries(),
		rotateForgeries(),
	)
}

func forgedFrames() []forgery {
	return []forgery{
		{"a later index", "I3 I4", func(_ *forger, e *ledger.Entry) bool { e.Index++; return true }},
		{"an earlier index", "I3 I4", func(_ *forger, e *ledger.Entry) bool { e.Index--; return e.Index >= 0 }},
		{"an earlier time", "I5", func(f *forger, e *ledger.Entry) bool {
			e.At = f.book.At().Add(-1e6)
			e.On = ledger.DateOf(e.At.In(f.book.Zone()))
			return e.Index > 0
		}},
		{"another day", "I5", func(_ *forger, e *ledger.Entry) bool { e.On = e.On.AddDays(1); return true }},
		{"a used key", "I6", func(f *forger, e *ledger.Entry) bool {
			if len(f.earlier) > 0 {
				e.Key = f.earlier[len(f.earlier)/2].Key
			}
			return len(f.earlier) > 0
		}},
		{"a key with a mobile number", "I6", func(_ *forger, e *ledger.Entry) bool { e.Key = "x/13812345678"; return true }},
		{"another digest", policy, func(_ *forger, e *ledger.Entry) bool { e.Digest[7] ^= 1; return e.Kind != ledger.Refused }},
		{"no digest", "I6", func(_ *forger, e *ledger.Entry) bool { e.Digest = ledger.Digest{}; return true }},
		{"another rule for a credit", "I8", func(_ *forger, e *ledger.Entry) bool {
			e.Rule = "mine@1"
			return e.Kind == ledger.Approved
		}},
		{"another rule", policy, func(_ *forger, e *ledger.Entry) bool { e.Rule = "mine@1"; return e.Kind != ledger.Refused }},
		{"a second opening", "I8", func(f *forger, e *ledger.Entry) bool {
			if e.Index > 0 {
				e.Kind, e.Body, e.Actor, e.Postings = ledger.Opened, f.earlier[0].Body, "", nil
			}
			return e.Index > 0
		}},
		{"the same once more", "I3 I8 I10 I12 I13", func(f *forger, e *ledger.Entry) bool {
			switch e.Kind { //nolint:exhaustive // the others may well happen twice
			case ledger.Approved, ledger.OpeningPosted, ledger.RecordReturned, ledger.Reversed, ledger.Enrolled, ledger.ItemAdded,
				ledger.DonorAdded, ledger.UnitAdded, ledger.ShopAdded, ledger.ActivityAdded, ledger.RuleSet, ledger.Expired,
				ledger.Settled, ledger.Released, ledger.HoldEnded:
				return f.again(e)
			}
			return false
		}},
		{"the same service once more", policy, func(f *forger, e *ledger.Entry) bool {
			return (e.Kind == ledger.HoursDeclared || e.Kind == ledger.ActsDeclared) && f.again(e)
		}},
	}
}

func forgedPostings() []forgery {
	pair := func(e *ledger.Entry, change func(p, q *ledger.Posting)) bool {
		for i := range e.Postings {
			for k := range e.Postings[:i] {
				p, q := &e.Postings[k], &e.Postings[i]
				if p.Commodity == q.Commodity && (p.Amount > 0) != (q.Amount > 0) {
					change(p, q)
					return true
				}
			}
		}
		return false
	}
	return []forgery{
		{"one amount", "I1", func(_ *forger, e *ledger.Entry) bool {
			if len(e.Postings) > 0 {
				e.Postings[len(e.Postings)/2].Amount += 100_000
			}
			return len(e.Postings) > 0
		}},
		{"one unit more on both sides", "I3 I8 I10 I12", func(_ *forger, e *ledger.Entry) bool {
			return pair(e, func(p, q *ledger.Posting) {
				if p.Amount > 0 {
					p.Amount, q.Amount = p.Amount+1, q.Amount-1
				} else {
					p.Amount, q.Amount = p.Amount-1, q.Amount+1
				}
			})
		}},
		{"all signs", "I3 I8 I10 I12", func(_ *forger, e *ledger.Entry) bool {
			for i := range e.Postings {
				e.Postings[i].Amount = -e.Postings[i].Amount
			}
			return len(e.Postings) > 0
		}},
		{"a posting left out with its other side", "I8 I12", func(_ *forger, e *ledger.Entry) bool {
			return len(e.Postings) == 2 && pair(e, func(*ledger.Posting, *ledger.Posting) { e.Postings = nil })
		}},
		{"a lot that is not open", "I3 I8 I10 I12", func(_ *forger, e *ledger.Entry) bool {
			i := slices.IndexFunc(e.Postings, func(p ledger.Posting) bool { return p.Lot != 0 })
			if i >= 0 {
				e.Postings[i].Lot++
			}
			return i >= 0
		}},
		{"the draw of a lot that expires later", "I12", func(f *forger, e *ledger.Entry) bool {
			if e.Kind != ledger.Redeemed && e.Kind != ledger.Transferred {
				return false
			}
			p := &e.Postings[0]
			lots := f.account(*p).Lots
			if len(lots) == 0 || lots[len(lots)-1].ID == p.Lot || lots[len(lots)-1].Left-lots[len(lots)-1].Held < p.Amount.Abs() || e.Postings[1].Lot.Entry() == e.Index {
				return false
			}
			p.Lot = lots[len(lots)-1].ID
			return !slices.ContainsFunc(e.Postings[1:], func(q ledger.Posting) bool { return q.Lot == p.Lot })
		}},
		{"goods of a lot that expires later", "I12", func(f *forger, e *ledger.Entry) bool {
			i := slices.IndexFunc(e.Postings, func(p ledger.Posting) bool { return p.Account.Class() == ledger.ClassStock })
			if e.Kind != ledger.Redeemed || i <= 0 {
				return false
			}
			p := &e.Postings[i]
			lots := f.account(*p).Lots
			if len(lots) == 0 || slices.ContainsFunc(e.Postings, func(q ledger.Posting) bool { return q.Lot == lots[len(lots)-1].ID }) {
				return false
			}
			last := lots[len(lots)-1]
			p.Lot = last.ID
			return last.Left-last.Held >= p.Amount.Abs()
		}},
		{"another account on the other side", "I8 I10", func(_ *forger, e *ledger.Entry) bool {
			for i, p := range e.Postings {
				if p.Account.Class() == ledger.ClassIssued || p.Account.Class() == ledger.ClassRedeemed {
					e.Postings[i].Account = ledger.ParseAccountID("breakage:C01")
					return true
				}
			}
			return false
		}},
		{"the points of another volunteer", "I3 I8 I10 I12", func(_ *forger, e *ledger.Entry) bool {
			for i, p := range e.Postings {
				if p.Account.Class() == ledger.ClassPoints {
					to := ledger.PointsOf(ledger.NewVolunteerID(3))
					e.Postings[i].Account = to
					return p.Account != to
				}
			}
			return false
		}},
		{"hours beside goods", "I11", func(_ *forger, e *ledger.Entry) bool {
			e.Postings = append(e.Postings,
				ledger.Posting{Account: ledger.HoursOf(ledger.NewVolunteerID(3)), Commodity: ledger.Minute, Amount: 60},
				ledger.Posting{Account: ledger.ParseAccountID("served:C01"), Commodity: ledger.Minute, Amount: -60})
			return e.Kind == ledger.Redeemed || e.Kind == ledger.Received || e.Kind == ledger.Enrolled || e.Kind == ledger.Expired
		}},
		{"points from nowhere", "I8 I10 I12", func(_ *forger, e *ledger.Entry) bool {
			e.Postings = append(e.Postings,
				ledger.Posting{Account: ledger.PointsOf(ledger.NewVolunteerID(3)), Commodity: ledger.Point, Amount: -500, Lot: ledger.NewLotID(e.Index, 9)},
				ledger.Posting{Account: ledger.ParseAccountID("issued:C01"), Commodity: ledger.Point, Amount: 500})
			return e.Index > 0
		}},
	}
}

// bodyOf returns a forgery of one kind of body.
func bodyOf[B ledger.Body](name, want string, change func(B) bool) forgery {
	return forgery{name, want, func(_ *forger, e *ledger.Entry) bool {
		body, ok := e.Body.(B)
		return ok && change(body)
	}}
}

func forgedPeople() []forgery {
	return []forgery{
		{"whoever declared it approves", "I13", func(f *forger, e *ledger.Entry) bool {
			var record ledger.Index
			switch body := e.Body.(type) {
			case *ledger.Credit:
				record = body.Record
			case *ledger.RecordReturn:
				record = body.Record
			default:
				return false
			}
			e.Actor = f.earlier[record].Actor
			return true
		}},
		{"somebody without the role", policy, func(_ *forger, e *ledger.Entry) bool { e.Actor = "U000005"; return e.Kind == ledger.Received }},
		{"nobody", policy, func(_ *forger, e *ledger.Entry) bool {
			e.Actor = "U000999"
			return e.Index > 2 && e.Kind != ledger.Refused
		}},
		{"a name for a staff number", "I8", func(_ *forger, e *ledger.Entry) bool { e.Actor = "wang"; return true }},
		{"somebody of the household", "I13", func(f *forger, e *ledger.Entry) bool {
			var of ledger.VolunteerID
			switch body := e.Body.(type) {
			case *ledger.Credit:
				of = body.Volunteer
			case *ledger.Exchange:
				of = body.Volunteer
			case *ledger.GoodsReturn:
				of = body.Volunteer
			case *ledger.Reversal:
				of = body.Volunteer
			case *ledger.Gift:
				of = body.To
			case *ledger.Merger:
				of = body.Into
			case *ledger.Leaving:
				of = body.Volunteer
			case *ledger.Certificate:
				of = body.Volunteer
			}
			e.Actor = ledgertest.Everyone
			return of != "" && f.ofEveryone(of, e.On)
		}},
	}
}
