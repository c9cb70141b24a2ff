package ledger_test

import (
	"bytes"
	"errors"
	"math/bits"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// FuzzPost posts any line that reads into a book that stands anywhere in the frozen journal, once as it is and once with the
// index and time that the book expects. It never panics, it refuses as damage or not at all, and whatever is accepted leaves
// every commodity with the sum of zero and nobody below it. A book that loads what it asks for says the same as one that knows
// everything.
func FuzzPost(f *testing.F) {
	journal := frozenLines(f)
	for i, line := range journal {
		f.Add(i, line)
	}
	f.Fuzz(func(t *testing.T, n int, line []byte) {
		e, err := ledger.ParseLine(line)
		if err != nil {
			return
		}
		n = min(max(n, 0), len(journal))
		postAfter(t, journal[:n], e)
		book := replayed(t, journal[:n])
		e.Index, e.At = book.Next(), book.At()
		if n == 0 {
			e.At = parse(t, journal[0]).At
		}
		e.On = ledger.DateOf(e.At.In(book.Zone()))
		postAfter(t, journal[:n], e)
	})
}

func frozenLines(t testing.TB) [][]byte {
	t.Helper()
	b, err := os.ReadFile("../testdata/formats/v1/lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

func replayed(t *testing.T, journal [][]byte) *ledgertest.Memory {
	t.Helper()
	m := ledgertest.NewMemory(shanghai(t))
	m.Journal = journal
	for _, line := range journal {
		if err := ledgertest.Replay(m.Book, line, journal); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// shelved returns an index of all that the book knows.
func shelved(t *testing.T, m *ledgertest.Memory) *factShelf {
	t.Helper()
	index := &factShelf{facts: map[ledger.FactID][]byte{}, journal: m.Journal}
	for _, family := range []ledger.FactID{
		"book/", "rules/", "key/", "staff/", "unit/", "shop/", "donor/", "item/", "activity/", "volunteer/", "import/",
		"account/", "record/", "day/", "after/", "refusals/",
	} {
		for fact, err := range m.Facts(family) {
			if err != nil {
				t.Fatal(err)
			}
			index.facts[fact.ID] = fact.Value
		}
	}
	return index
}

func postAfter(t *testing.T, journal [][]byte, e ledger.Entry) {
	t.Helper()
	whole := replayed(t, journal)
	indexed := ledger.NewIndexedBook(whole.Zone(), whole.Next(), whole.At())
	index := shelved(t, whole)
	index.load(t, indexed, func() ledger.Wants { return indexed.NeedsEntry(e) })
	err := indexed.Post(e)
	if err != nil && !errors.Is(err, ledger.ErrCorrupt) {
		t.Fatalf("after %d entries: %v", whole.Next(), err)
	}
	if err2 := ledgertest.Load(whole.Book, whole.NeedsEntry, e, journal); err2 != nil {
		t.Fatal(err2)
	}
	if err2 := whole.Post(e); (err2 == nil) != (err == nil) {
		t.Fatalf("after %d entries: a whole book says %v, an indexed one %v", len(journal), err2, err)
	}
	sums := map[ledger.Commodity]ledger.Amount{}
	for row, err := range whole.View(0).TrialBalance() {
		if err != nil {
			t.Fatal(err)
		}
		sums[row.Account.Commodity] += row.Balance
		class := row.Account.ID.Class()
		if (class == ledger.ClassPoints && row.Balance > 0) || (class == ledger.ClassStock && row.Balance < 0) {
			t.Errorf("%s is beyond zero: %d", row.Account, row.Balance)
		}
	}
	for c, sum := range sums {
		if sum != 0 {
			t.Errorf("%s sums to %d", c, sum)
		}
	}
}

// TestSplicedEntries posts lines in which strings and numbers of other lines stand, which reads far more often than what a fuzzer
// finds, and holds what FuzzPost holds.
func TestSplicedEntries(t *testing.T) {
	t.Parallel()
	journal := frozenLines(t)
	token := regexp.MustCompile(`:("[^"]*"|-?[0-9]+)`)
	pool := map[byte][]string{}
	for _, line := range journal {
		for _, m := range token.FindAllStringSubmatch(string(line), -1) {
			pool[m[1][0]] = append(pool[m[1][0]], m[1])
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	read, next := 0, 0
	for range 2500 {
		n := rng.IntN(len(journal))
		line := string(journal[n])
		for range 1 + rng.IntN(3) {
			at := token.FindAllStringSubmatchIndex(line, -1)
			m := at[3+rng.IntN(len(at)-3)] // past index, time and day
			from := pool[line[m[2]]]
			line = line[:m[2]] + from[rng.IntN(len(from))] + line[m[3]:]
		}
		e, err := ledger.ParseLine([]byte(line))
		if err != nil {
			continue
		}
		read++
		if rng.IntN(4) == 0 {
			n = rng.IntN(len(journal))
			next++
		}
		book := replayed(t, journal[:n])
		e.Index = book.Next()
		if e.At.Before(book.At()) {
			e.At = book.At()
		}
		e.On = ledger.DateOf(e.At.In(book.Zone()))
		postAfter(t, journal[:n], e)
	}
	if read < 700 || next == 0 {
		t.Errorf("only %d lines were read, %d of them elsewhere", read, next)
	}
}

// TestIndexesBeyondTheBook holds that a book which loads what it asks for finds nothing at an index that is still to come, instead
// of missing a fact.
func TestIndexesBeyondTheBook(t *testing.T) {
	t.Parallel()
	whole := replayed(t, frozenLines(t))
	beyond := whole.Next() + 7
	for _, x := range []struct {
		actor ledger.StaffID
		do    ledger.Action
	}{
		{"U000003", &ledger.Approve{Record: beyond}},
		{"U000003", &ledger.ReturnRecord{Record: beyond, Reason: ledger.Unproven}},
		{"U000005", &ledger.Return{Redemption: beyond, Reason: ledger.WrongItem}},
		{"U000006", &ledger.Reverse{Entry: beyond, Reason: ledger.ClerkError}},
	} {
		index := shelved(t, whole)
		book := ledger.NewIndexedBook(whole.Zone(), whole.Next(), whole.At())
		c := ledger.Command{Key: "beyond", Actor: x.actor, Do: x.do}
		index.load(t, book, func() ledger.Wants { return book.Needs(c) })
		_, err := book.Decide(c, whole.At())
		if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.NotFound {
			t.Errorf("%T beyond the book: got %v, want not_found", x.do, err)
		}
	}
}

// TestDigest holds that the same request has the same digest, and that a request in which any field differs has another. Key,
// actor and import are no part of it.
func TestDigest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawRedeem(t, "a"), drawRedeem(t, "b")
		same := a.Volunteer == b.Volunteer && a.Shop == b.Shop && a.Presence == b.Presence && slices.Equal(a.Lines, b.Lines)
		if (ledger.DigestOf(a) == ledger.DigestOf(b)) != same {
			t.Fatalf("%+v and %+v: the same digest is %v", a, b, !same)
		}
		again := *a
		again.Lines = slices.Clone(a.Lines)
		if ledger.DigestOf(a) != ledger.DigestOf(&again) {
			t.Fatalf("%+v: another digest the second time", a)
		}
	})
}

// drawRedeem draws from so little that two are often the same.
func drawRedeem(t *rapid.T, name string) *ledger.Redeem {
	line := rapid.Custom(func(t *rapid.T) ledger.ItemLine {
		return ledger.ItemLine{
			Item:   rapid.SampledFrom([]ledger.Commodity{"SKU-0001", "SKU-0002"}).Draw(t, "item"),
			Pieces: rapid.SampledFrom([]ledger.Amount{1, 2}).Draw(t, "pieces"),
		}
	})
	return &ledger.Redeem{
		Volunteer: rapid.SampledFrom([]ledger.VolunteerID{"V0000018", "V0000026"}).Draw(t, name+" volunteer"),
		Shop:      rapid.SampledFrom([]ledger.ShopID{"S01", "S02"}).Draw(t, name+" shop"),
		Presence:  rapid.SampledFrom([]ledger.Presence{ledger.ByCard, ledger.ByTyped}).Draw(t, name+" presence"),
		Lines:     rapid.SliceOfN(line, 1, 2).Draw(t, name+" lines"),
	}
}

// FuzzDigest holds the same for two service records with whatever text in them: members cannot run into one another.
func FuzzDigest(f *testing.F) {
	f.Add("V0000018", "A001", "roster", "1", int64(60), "V0000018", "A001", "roster", "", int64(60))
	f.Add("V", `","activity":"A001`, "", "", int64(1), "V\",\"activity\":\"A001", "", "", "", int64(1))
	f.Fuzz(func(t *testing.T, v1, a1, c1, s1 string, m1 int64, v2, a2, c2, s2 string, m2 int64) {
		one := ledger.DeclareHours{Volunteer: ledger.VolunteerID(v1), Activity: ledger.ActivityID(a1), Capture: ledger.Capture(c1), Sheet: s1, Minutes: ledger.Amount(m1)}
		two := ledger.DeclareHours{Volunteer: ledger.VolunteerID(v2), Activity: ledger.ActivityID(a2), Capture: ledger.Capture(c2), Sheet: s2, Minutes: ledger.Amount(m2)}
		if got := ledger.DigestOf(&one) == ledger.DigestOf(&two); got != reflect.DeepEqual(one, two) {
			t.Errorf("%+v and %+v: the same digest is %v", one, two, got)
		}
	})
}

// TestActsAreSharesRoundedDown holds what an act is worth against 128-bit arithmetic, at the edges of what a rule may say.
func TestActsAreSharesRoundedDown(t *testing.T) {
	t.Parallel()
	at := ledger.NewDate(2026, 3, 1).Time()
	rapid.Check(t, func(rt *rapid.T) {
		act := ledger.ActStandard{
			Code:   "RC01",
			Points: ledger.Amount(rapid.Int64Range(1, int64(ledger.MaxAmount/ledger.MaxQuantity)).Draw(rt, "points")),
			Per:    rapid.Int64Range(1, ledger.MaxQuantity).Draw(rt, "per"),
		}
		quantity := rapid.Int64Range(1, ledger.MaxQuantity).Draw(rt, "quantity")
		m := ledgertest.NewMemory(shanghai(t))
		var last ledger.Entry
		for n, a := range []ledger.Action{
			&ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/acts", Zone: "Asia/Shanghai"},
			&ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}},
			&ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Steward, ledger.Leader}},
			&ledger.SetRule{Rule: ledger.Rule{ID: "acts", Version: 1, From: ledger.NewDate(2026, 1, 1), Acts: []ledger.ActStandard{act}}},
			&ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "unit"},
			&ledger.Enroll{Volunteer: "V0000018", Unit: "C01"},
			&ledger.DeclareActs{Volunteer: "V0000018", Code: "RC01", Quantity: quantity, On: ledger.NewDate(2026, 3, 1)},
		} {
			c := ledger.Command{Key: ledger.Key('a' + rune(n)), Actor: "U000001", Do: a}
			switch {
			case n == 0:
				c.Actor = ""
			case n > 2:
				c.Actor = "U000003"
			}
			r, err := m.Submit(c, at)
			if err != nil {
				rt.Fatalf("%T: %v", a, err)
			}
			last = r.Entry
		}
		hi, lo := bits.Mul64(uint64(act.Points), uint64(quantity))
		want, _ := bits.Div64(hi, lo, uint64(act.Per))
		got, ok := last.Body.(*ledger.ActsRecord)
		if !ok || uint64(got.Points) != want {
			rt.Fatalf("%d × %d / %d: got %+v, want %d", act.Points, quantity, act.Per, last.Body, want)
		}
	})
}
