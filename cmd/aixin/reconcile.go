package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/reconcile"
)

// reconcileFlags name the files of a reconciliation.
type reconcileFlags struct{ with, rules, decisions, previous string }

// reconcileCmd holds a list from outside against the book. It reads the book and writes nothing to it.
func (a *app) reconcileCmd() *cobra.Command {
	var f reconcileFlags
	use := "reconcile --with FILE --rules FILE [--decisions FILE] [--previous FILE]"
	cmd := a.reads(a.command("reconcile", use, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "with", "rules"); err != nil {
			return err
		}
		job, err := f.load()
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			if err := job.compare(ctx, r); err != nil {
				return result{}, err
			}
			found := a.reconciled(job)
			if job.result.Differs() {
				return found, errDifferences
			}
			return found, nil
		})
	}))
	fs := cmd.Flags()
	fs.StringVar(&f.with, "with", "", a.say.T("cli.flag.with"))
	fs.StringVar(&f.rules, "rules", "", a.say.T("cli.flag.comparison"))
	fs.StringVar(&f.decisions, "decisions", "", a.say.T("cli.flag.decisions"))
	fs.StringVar(&f.previous, "previous", "", a.say.T("cli.flag.previous"))
	return cmd
}

// reconciliation is a list from outside, what it is held against, and how.
type reconciliation struct {
	file      *sheet.Plain
	rules     sheet.Comparison
	files     []namedFile
	outside   []reconcile.Row
	decisions []reconcile.Decision
	opening   []reconcile.Open
	origin    string
	on        ledger.Date
	head      ledger.Head
	result    *reconcile.Result
}

// namedFile is a file that a reconciliation speaks of.
type namedFile struct {
	What   string `json:"what"` // the flag that names it
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// load reads the files that the flags name, before the book is looked at.
func (f reconcileFlags) load() (*reconciliation, error) {
	var job reconciliation
	err := job.list(f)
	if err == nil && f.decisions != "" {
		err = job.readInto("decisions", f.decisions, func(b []byte) (err error) {
			job.decisions, err = sheet.ReadDecisions(bytes.NewReader(b))
			return err
		})
	}
	if err == nil && f.previous != "" {
		err = job.readInto("previous", f.previous, job.before)
	}
	return &job, err
}

func (j *reconciliation) readInto(what, path string, f func([]byte) error) error {
	return readInto(path, func(b []byte) error {
		j.files = append(j.files, namedFile{what, filepath.Base(path), hashText(b)})
		return f(b)
	})
}

func readInto(path string, f func([]byte) error) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	return f(b)
}

// list reads the rules, and by them the list from outside, row by row.
func (j *reconciliation) list(f reconcileFlags) (err error) {
	j.files = []namedFile{{What: "with", Name: filepath.Base(f.with)}}
	err = j.readInto("rules", f.rules, func(b []byte) (err error) {
		j.rules, err = sheet.ReadComparison(bytes.NewReader(b))
		return err
	})
	if err != nil {
		return err
	}
	file, err := os.Open(f.with)
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	j.file, j.outside, err = j.rules.ReadList(file)
	if err = errors.Join(err, file.Close()); err == nil {
		j.files[0].SHA256 = j.file.SHA256
	}
	return err
}

func (j *reconciliation) compare(ctx context.Context, r *reader) error {
	inside := j.inside()
	err := reconcile.BookOf(r.view, j.rules.Profile, r.entries(ctx), inside.add)
	if err != nil {
		return err
	}
	rules := reconcile.Rules{
		From: j.rules.From, To: j.rules.To, Window: j.rules.Window, Timing: j.rules.Timing, Tolerance: j.rules.Tolerance,
	}
	if rules.Parties, err = r.parties(j.rules.Profile); err != nil {
		return err
	}
	j.origin, j.on, j.head = r.info.Origin, r.view.On(), r.view.Head()
	j.result = reconcile.Compare(j.outside, inside.rows, rules, j.decisions, j.opening)
	return nil
}

// insideRows are the book's rows of the period, and those a little later that the list has under the same key: they may be in transit.
type insideRows struct {
	*reconciliation
	keys map[string]bool // of the list
	rows []reconcile.Row
}

func (j *reconciliation) inside() *insideRows {
	in := &insideRows{j, map[string]bool{}, nil}
	if j.rules.Timing > 0 {
		for _, r := range j.outside {
			in.keys[r.Key] = r.Key != ""
		}
	}
	return in
}

func (in *insideRows) add(x reconcile.Record) {
	rules := in.reconciliation.rules
	if !rules.Within(x) {
		return
	}
	row := x.Row(rules.Profile, rules.Key)
	late := row.On > rules.To && row.On <= rules.To.AddDays(rules.Timing) && in.keys[row.Key]
	within := row.On >= rules.From && row.On <= rules.To
	if rules.Profile == reconcile.ProfileCounts {
		row.On, within = rules.To, true // what is on a shelf is of the day of the view
	}
	if within || late {
		in.rows = append(in.rows, row)
	}
}

// parties lists whom the book knows, in order.
func (r *reader) parties(p reconcile.Profile) (list []string, err error) {
	switch p.Party() { //nolint:exhaustive // no other field says whom a row is about
	case reconcile.FieldVolunteer:
		for x, err := range r.view.Volunteers() {
			if err != nil {
				return nil, err
			}
			list = append(list, string(x.Volunteer))
		}
	case reconcile.FieldShop:
		for x, err := range r.view.Shops() {
			if err != nil {
				return nil, err
			}
			list = append(list, string(x.Shop))
		}
	case reconcile.FieldDonor:
		for x, err := range r.view.Donors() {
			if err != nil {
				return nil, err
			}
			list = append(list, string(x.Donor))
		}
	}
	slices.Sort(list)
	return list, nil
}

// amount makes a cell of an amount of a profile.
func (j *reconciliation) amount(n int64) any {
	switch j.rules.Profile {
	case reconcile.ProfileVouchers, reconcile.ProfileSettlement:
		return sheet.Points(n)
	case reconcile.ProfileHours, reconcile.ProfileCounts, reconcile.ProfileDonations:
	}
	return n
}

// reason says why rows are in their class, and what came closest to them.
func (a *app) reconcileReason(j *reconciliation, f reconcile.Finding) string {
	said := []string{a.say.T("cli.reconcile_why." + string(f.Class))}
	if f.Reason != "" {
		said = append(said, f.Reason)
	}
	other, word := j.result.Inside, "entry"
	if len(f.Outside) == 0 {
		other, word = j.result.Outside, "line"
	}
	for _, c := range f.Candidates {
		var failed []string
		for _, w := range c.Failed {
			failed = append(failed, a.say.T("cli.reconcile_failed."+string(w)))
		}
		data := catalog.Data{"Ref": other[c.Row].Ref, "Failed": strings.Join(failed, a.say.T("cli.reconcile.and"))}
		said = append(said, a.say.T("cli.reconcile_nearest."+word, data))
	}
	return strings.Join(said, " ")
}
