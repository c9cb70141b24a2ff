package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// chore is one kind of due work. Whoever adds a kind writes its chore into a file of its own and adds it to chores.
type chore struct {
	name string // in the keys of its commands; its word is cli.chore.NAME
	due  func(v ledger.View, by ledger.Date) ([]task, error)
}

// task is one piece of due work.
type task struct {
	id     string        // of this work, once and for all: its key is run/CHORE/ID
	about  string        // whom or what it is about
	points ledger.Amount // that it moves, where it moves any
	note   string        // what is said of it once it is applied, in the catalogs: where that is more than that it was
	do     ledger.Action
}

// chores lists all kinds of due work in the order in which they are done: what is granted and credited, and what is no longer held,
// before what lapses.
func chores() []chore {
	return []chore{basesDue(), endedNotices(), begunPeriods(), endedHolds(), endedFreezes(), endedLeaves(), lapsedLots()}
}

// runCmd does all work that is due: what ended, timed out or lapsed becomes an entry. A second run finds nothing and writes nothing;
// a run that was interrupted is completed by the next, since each piece of work has a key of its own.
func (a *app) runCmd() *cobra.Command {
	var until ledger.Date
	cmd := a.writes(a.command("run", "run [--until DATE]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		ahead := a.movableClock()
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Steward); err != nil {
				return err
			}
			r := errand{w: w, ahead: ahead, rows: []errandRow{}, table: a.table("work", "about", "points", "entry", "note")}
			failed := r.run(ctx, until)
			if len(r.rows) == 0 && failed != nil && !errors.Is(failed, context.Canceled) {
				return failed
			}
			return errors.Join(r.show(), failed)
		})
	}))
	cmd.Flags().Var(newValue(&until, parseDate, "DATE"), "until", a.say.T("cli.flag.until"))
	return cmd
}

// movableClock replaces the clock by one that may be moved ahead, for a demo book.
func (a *app) movableClock() *atomic.Int64 {
	var ahead atomic.Int64
	machine := a.clock
	a.clock = func() time.Time {
		now := machine()
		if to := time.UnixMilli(ahead.Load()); to.After(now) {
			return to
		}
		return now
	}
	return &ahead
}

// errand is one run under way.
type errand struct {
	w     *writer
	ahead *atomic.Int64 // of the clock, milliseconds since 1970
	rows  []errandRow
	table *table
}

type errandRow struct {
	Work    string        `json:"work"`
	About   string        `json:"about"`
	Points  string        `json:"points,omitempty"`
	Index   *ledger.Index `json:"index,omitempty"`
	Outcome api.Outcome   `json:"outcome"`
	Kind    ledger.Kind   `json:"kind,omitempty"` // of the entry: what is only proposed is told from what is done
	Problem *api.Problem  `json:"problem,omitempty"`
}

// run does what is due by a day, or by today. Beyond today only a demo book goes: day by day, so that everything happens on its day.
func (r *errand) run(ctx context.Context, until ledger.Date) error {
	var today ledger.Date
	err := r.w.view(ctx, func(v ledger.View) error {
		today = v.On()
		return nil
	})
	switch {
	case err != nil:
		return err
	case until == 0 || until == today:
		return r.day(ctx, today)
	case until < today:
		return r.day(ctx, until)
	case !r.w.app.demo:
		return &ledger.Rejection{Reason: ledger.DateInFuture, Subject: until.String()}
	}
	zone, err := r.w.ledger.Book().Location()
	if err != nil {
		return err
	}
	if r.w.app.opts.dryRun {
		today = until // nothing is kept, so that what falls due first is found on the last day too
	}
	var refused error
	for d := today; d <= until; d = d.AddDays(1) {
		y, m, day := d.Time().Date()
		r.ahead.Store(time.Date(y, m, day, 0, 0, 0, 0, zone).UnixMilli())
		if err := r.day(ctx, d); errors.Is(err, errSomeRefused) {
			refused = err
		} else if err != nil {
			return err
		}
	}
	return refused
}

// day does every chore of a day. A refusal of one piece of work does not stop the others.
func (r *errand) day(ctx context.Context, by ledger.Date) error {
	var refused error
	for _, c := range chores() {
		var tasks []task
		err := r.w.view(ctx, func(v ledger.View) (err error) {
			tasks, err = c.due(v, by)
			return err
		})
		if err != nil {
			return err
		}
		bar := r.w.app.progress("running")
		for n, t := range tasks {
			err := r.do(ctx, c, t)
			if as[*ledger.Rejection](err) {
				refused = errSomeRefused
			} else if err != nil {
				return err
			}
			if bar != nil {
				bar(ledger.Index(n+1), ledger.Index(len(tasks)))
			}
		}
	}
	return refused
}

// do carries one piece of work out and notes what became of it.
func (r *errand) do(ctx context.Context, c chore, t task) error {
	run := "run"
	if own := r.w.app.opts.key; own != "" {
		run = own
	}
	key := ledger.Key(run + "/" + c.name + "/" + t.id)
	answer, err := r.w.do(ctx, ledger.Command{Key: key, Actor: r.w.actor, Do: t.do})
	if err != nil && !as[*ledger.Rejection](err) {
		return err
	}
	if isRejection(ledger.SelfService)(err) {
		err = nil // noted, and left to another person's run
	}
	if err == nil && answer.Replayed {
		return nil // an earlier run asked for it, and whoever had to approve it sent it back: nothing happens now
	}
	row := errandRow{Work: c.name, About: t.about, Index: answer.Index, Outcome: answer.Outcome, Kind: answer.Kind, Problem: answer.Problem}
	note := r.w.app.say.T("cli.outcome." + string(answer.Outcome))
	switch {
	case answer.Problem != nil:
		note = answer.Problem.Title
	case answer.DryRun:
		note = r.w.app.say.T("cli.outcome.dry_run")
	case answer.Kind == ledger.Proposed:
		note = r.w.app.say.T("cli.outcome.waits")
	case t.note != "":
		note = r.w.app.say.T(t.note)
	}
	entry, points := any(""), any("")
	if answer.Index != nil {
		entry = *answer.Index
	}
	if t.points != 0 {
		row.Points, points = ledger.FormatPoints(t.points), sheet.Points(t.points)
	}
	r.rows = append(r.rows, row)
	r.table.add(r.w.app.say.T("cli.chore."+c.name), t.about, points, entry, note)
	return err
}

// show prints what was done.
func (r *errand) show() error {
	res := result{json: r.rows, table: r.table, idle: len(r.rows) == 0}
	if res.idle {
		res.text = func() string { return r.w.app.say.T("cli.run.nothing", catalog.Data{}) + "\n" }
	}
	return r.w.app.show(res)
}
