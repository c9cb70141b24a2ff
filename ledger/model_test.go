package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// Streams are short and many: the naive model adds everything up again for every question. Together they are a hundred thousand
// commands.
const (
	modelStreams  = 250
	modelCommands = 400

	// modelPace is after how many commands every balance and lot is compared, since most commands change few of them and what
	// went wrong with them stays wrong. Every answer is compared at once.
	modelPace = 10
)

// TestModel holds the book against a second opinion on random streams of commands: every answer, and again and again every balance,
// lot, hold, tally and limit. A stream that fails is shrunk by halving before it is shown. Under the race detector, which -short
// goes with, it is a tenth of them; otherwise the answers that are compared are counted as well.
func TestModel(t *testing.T) {
	t.Parallel()
	streams := modelStreams
	if testing.Short() {
		streams /= 10
	}
	all := newCensus()
	t.Run("streams", func(t *testing.T) {
		for seed := range uint64(streams) {
			t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
				t.Parallel()
				modelRun(t, seed, all)
			})
		}
	})
	if !testing.Short() && !t.Failed() {
		all.check(t)
	}
}

// modelRun makes the stream of a seed while it asks both, and shows the first difference, shrunk.
func modelRun(t *testing.T, seed uint64, all *census) {
	t.Helper()
	g := ledgertest.New(seed)
	if seed%2 == 1 {
		g = ledgertest.NewOld(seed)
	}
	p := newPair(t)
	g.Try(p.book)
	stream, count := g.Setup(), map[string]int{}
	for _, c := range stream {
		before := p.book.Next()
		if d := p.ask(c, false); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if p.book.Next() > before {
			g.Saw(p.answer.Entry)
		}
		countBeginning(count, p.answer, p.err)
	}
	for c := range g.Commands(modelCommands) {
		stream = append(stream, c)
		before := p.book.Next()
		d := p.ask(c, len(stream)%modelPace == 0)
		if d != "" {
			p.show(t, seed, d, stream, len(g.Setup()))
			return
		}
		if p.book.Next() > before {
			g.Saw(p.answer.Entry)
		}
		countAnswer(count, p.answer, p.err)
	}
	if d := p.naive.Differs(p.book); d != "" {
		p.show(t, seed, d, stream, len(g.Setup()))
	}
	all.add(count)
}

// pair is a book and the model beside it.
type pair struct {
	book   *ledgertest.Memory
	naive  *ledgertest.Naive
	answer ledger.Receipt // of the book, the latest
	err    error
}

func newPair(t *testing.T) *pair {
	t.Helper()
	return &pair{book: ledgertest.NewMemory(shanghai(t)), naive: ledgertest.NewNaive(shanghai(t))}
}

// ask asks both, and says what differs: of the answers, and of everything else where that is wanted.
func (p *pair) ask(c ledgertest.Timed, everything bool) string {
	p.answer, p.err = p.book.Submit(c.Command, c.At)
	got, want := ledgertest.AnswerOf(p.answer, p.err), p.naive.Submit(c.Command, c.At)
	if got != want {
		return fmt.Sprintf("%s: naive (-) and book (+) answer\n%s%v", command(c), cmp.Diff(want, got), p.err)
	}
	if !everything {
		return ""
	}
	if d := p.naive.Differs(p.book); d != "" {
		return fmt.Sprintf("%s: %s", command(c), d)
	}
	return ""
}

// show shrinks a stream that fails.
func (p *pair) show(t *testing.T, seed uint64, diff string, stream []ledgertest.Timed, setup int) {
	t.Helper()
	small := shrink(stream, setup, func(s []ledgertest.Timed) bool { return modelReplay(t, s, modelPace) != "" })
	t.Errorf("seed %d: %s\nshrunk to:\n%s\n%s", seed, diff, story(small[setup:]), modelReplay(t, small, 1))
}

// modelReplay asks both the same stream again, compares everything else from time to time and at the end, and returns the first
// difference.
func modelReplay(t *testing.T, stream []ledgertest.Timed, pace int) string {
	t.Helper()
	p := newPair(t)
	for n, c := range stream {
		if d := p.ask(c, n%pace == 0 || n == len(stream)-1); d != "" {
			return d
		}
	}
	return ""
}

// shrink drops what follows the setup as long as the stream still fails. Commands name entries by their index: what cannot be
// dropped is replaced by what only fills an index, where it can.
func shrink(stream []ledgertest.Timed, setup int, fails func([]ledgertest.Timed) bool) []ledgertest.Timed {
	drop := func(s []ledgertest.Timed, from, to int) []ledgertest.Timed { return slices.Delete(s, from, to) }
	fill := func(s []ledgertest.Timed, from, to int) []ledgertest.Timed {
		for n := from; n < to; n++ {
			s[n].Command = ledger.Command{Key: fillsIndex(n), Actor: "U000006", Do: &ledger.AddDonor{Donor: ledger.DonorID(fmt.Sprintf("D9%05d", n))}}
		}
		return s
	}
	for _, less := range []func([]ledgertest.Timed, int, int) []ledgertest.Timed{drop, fill, drop} {
		stream = halved(stream, setup, less, fails)
	}
	return stream
}

func fillsIndex(n int) ledger.Key { return ledger.Key(fmt.Sprintf("fill/%d", n)) }

// halved makes less of halves, then of quarters, and so on.
func halved(stream []ledgertest.Timed, setup int, less func(s []ledgertest.Timed, from, to int) []ledgertest.Timed, fails func([]ledgertest.Timed) bool) []ledgertest.Timed {
	for size := (len(stream) - setup) / 2; size > 0; size /= 2 {
		for from := setup; from+size <= len(stream); from += size {
			if shorter := less(slices.Clone(stream), from, from+size); fails(shorter) {
				if len(shorter) < len(stream) {
					from -= size
				}
				stream = shorter
			}
		}
	}
	return stream
}

func story(stream []ledgertest.Timed) string {
	var b strings.Builder
	filled := 0
	for _, c := range stream {
		if strings.HasPrefix(string(c.Command.Key), "fill/") {
			filled++
			continue
		}
		fmt.Fprintln(&b, command(c))
	}
	fmt.Fprintf(&b, "and %d that fill an index\n", filled)
	return b.String()
}

func command(c ledgertest.Timed) string {
	return fmt.Sprintf("%s %s %s %T%+v", c.At.Format("01-02T15:04:05"), c.Command.Actor, c.Command.Key, c.Command.Do, c.Command.Do)
}
