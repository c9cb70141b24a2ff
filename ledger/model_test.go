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

// Streams are short and many: the naive model adds everything up again for every question.
const (
	modelStreams  = 60
	modelCommands = 400
)

// TestModel holds the book against a second opinion on random streams of commands: every answer, and after each command every
// balance and lot. A stream that fails is shrunk by halving before it is shown.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(modelStreams) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			stream, diff := modelRun(t, seed)
			if diff == "" {
				return
			}
			small := shrink(stream, func(s []ledgertest.Timed) bool { return modelReplay(t, s) != "" })
			t.Errorf("seed %d: %s\nshrunk to %d commands:\n%s\n%s", seed, diff, len(small), story(small), modelReplay(t, small))
		})
	}
}

// modelRun makes the stream of a seed while it asks both, and returns the first difference.
func modelRun(t *testing.T, seed uint64) ([]ledgertest.Timed, string) {
	t.Helper()
	g := ledgertest.New(seed)
	book, naive := ledgertest.NewMemory(shanghai(t)), ledgertest.NewNaive(shanghai(t))
	stream := g.Setup()
	for n := range len(stream) + modelCommands {
		if n == len(stream) {
			stream = append(stream, g.Next())
		}
		before := book.Next()
		r, err := book.Submit(stream[n].Command, stream[n].At)
		if book.Next() > before {
			g.Saw(r.Entry)
		}
		if d := difference(book, naive, stream[n], r, err); d != "" {
			return stream, d
		}
	}
	return stream, ""
}

// modelReplay asks both the same stream again, and returns the first difference.
func modelReplay(t *testing.T, stream []ledgertest.Timed) string {
	t.Helper()
	book, naive := ledgertest.NewMemory(shanghai(t)), ledgertest.NewNaive(shanghai(t))
	for _, c := range stream {
		r, err := book.Submit(c.Command, c.At)
		if d := difference(book, naive, c, r, err); d != "" {
			return d
		}
	}
	return ""
}

func difference(book *ledgertest.Memory, naive *ledgertest.Naive, c ledgertest.Timed, r ledger.Receipt, err error) string {
	got, want := ledgertest.AnswerOf(r, err), naive.Submit(c.Command, c.At)
	if d := cmp.Diff(want, got); d != "" {
		return fmt.Sprintf("%s: naive (-) and book (+) answer\n%s%v", command(c), d, err)
	}
	if d := naive.Differs(book); d != "" {
		return fmt.Sprintf("%s: %s", command(c), d)
	}
	return ""
}

// shrink drops halves, then quarters, and so on, of what follows the setup, as long as the stream still fails.
func shrink(stream []ledgertest.Timed, fails func([]ledgertest.Timed) bool) []ledgertest.Timed {
	setup := len(ledgertest.New(0).Setup())
	for size := (len(stream) - setup) / 2; size > 0; size /= 2 {
		for from := setup; from+size <= len(stream); {
			if shorter := slices.Delete(slices.Clone(stream), from, from+size); fails(shorter) {
				stream = shorter
				continue
			}
			from += size
		}
	}
	return stream
}

func story(stream []ledgertest.Timed) string {
	var b strings.Builder
	for _, c := range stream[len(ledgertest.New(0).Setup()):] {
		fmt.Fprintln(&b, command(c))
	}
	return b.String()
}

func command(c ledgertest.Timed) string {
	return fmt.Sprintf("%s %s %s %T%+v", c.At.Format("01-02T15:04:05"), c.Command.Actor, c.Command.Key, c.Command.Do, c.Command.Do)
}
