package main

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// What stands in the place of a number where there is none to put.
const (
	unknownPerson   = "UNKNOWN"
	ambiguousPerson = "AMBIGUOUS"
)

// identifyCmd turns a file that says who people are into one that says which volunteers they are.
func (a *app) identifyCmd() *cobra.Command {
	var job identifying
	use := "identify FILE -o FILE --why REASON [--keep HEADER,…] --as STAFF"
	cmd := a.asks(a.command("identify", use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		into := a.opts.output
		if err := required(cmd, "output", "why"); err != nil {
			return err
		}
		err := readInto(args[0], func(b []byte) (err error) {
			job.file, job.who, err = sheet.ReadPersonal(bytes.NewReader(b))
			return err
		})
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Steward, ledger.Admin); err != nil {
				return err
			}
			var t *table
			var done identified
			err := w.view(ctx, func(v ledger.View) (err error) {
				if job.handled, err = api.HandledBy(v, w.actor, ledger.Steward, ledger.Admin); err == nil {
					t, done, err = job.run(ctx, w)
				}
				return err
			})
			if err != nil {
				return err
			}
			var out bytes.Buffer
			format := strings.TrimPrefix(filepath.Ext(into), ".")
			if format != "xlsx" && format != "tsv" {
				format = "csv"
			}
			if err := writeSheets(&out, sheet.TableOptions{Format: format, BOM: true}, section{table: t}); err != nil {
				return err
			}
			if err := writeWhole(into, out.Bytes()); err != nil {
				return err
			}
			a.opts.output, a.opts.format = "", "text" // what is printed says what was written
			done.Path = into
			return a.show(result{json: done, text: func() string {
				return a.say.T("cli.identify.done", catalog.Data{
					"Rows": done.Rows, "Known": done.Known, "Unknown": done.Unknown, "Ambiguous": done.Ambiguous, "Path": into,
				}) + "\n"
			}})
		})
	}))
	cmd.Flags().StringVar(&job.why, "why", "", a.say.T("cli.flag.why_identify"))
	cmd.Flags().StringSliceVar(&job.keep, "keep", nil, a.say.T("cli.flag.keep_columns"))
	return cmd
}

// identified counts what became of the rows.
type identified struct {
	Rows      int    `json:"rows"`
	Known     int    `json:"known"`
	Unknown   int    `json:"unknown"`
	Ambiguous int    `json:"ambiguous"`
	Path      string `json:"path"`
}

// identifying is one file on its way.
type identifying struct {
	file *sheet.Plain
	who  sheet.PersonalColumns
	why  string
	keep []string // headers of columns that stay, though the imports do not know them

	handled api.Handled // whom the actor may find: others are as if nobody knew them
}

// run makes the table without persons. Everybody whose number it tells is in the access log before.
func (j *identifying) run(ctx context.Context, w *writer) (*table, identified, error) {
	done := identified{Rows: len(j.file.Lines)}
	numbers := make([]string, len(j.file.Lines))
	var looked []string
	for i, l := range j.file.Lines {
		ids, err := j.find(ctx, w, l)
		if err != nil {
			return nil, done, err
		}
		looked = append(looked, ids...)
		switch len(ids) {
		case 0:
			numbers[i] = unknownPerson
			done.Unknown++
		case 1:
			numbers[i] = ids[0]
			done.Known++
		default:
			numbers[i] = ambiguousPerson
			done.Ambiguous++
		}
	}
	slices.Sort(looked)
	looked = slices.Compact(looked)
	if len(looked) > 0 {
		if _, err := w.people.Get(ctx, registry.Purpose{Actor: string(w.actor), Reason: j.why}, looked...); err != nil {
			return nil, done, err
		}
	}
	return j.table(w.app, numbers), done, nil
}

// find returns the volunteers who may be meant. Every detail that the row gives must fit each of them: one ID number with the name of
// somebody else is nobody who is known.
func (j *identifying) find(ctx context.Context, w *writer, l sheet.PlainLine) ([]string, error) {
	var found []string
	given := false
	for _, by := range []struct {
		column int
		look   func(context.Context, string) ([]string, error)
	}{
		{j.who.IDNumber, w.people.FindByIDNumber}, {j.who.Phone, w.people.FindByPhone}, {j.who.Name, w.people.FindByName},
	} {
		value := l.Cell(by.column)
		if value == "" {
			continue
		}
		ids, err := by.look(ctx, value)
		if err != nil {
			return nil, err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return !ledger.VolunteerID(id).Valid() })
		if !given {
			found = ids
		} else {
			found = slices.DeleteFunc(found, func(id string) bool { return !slices.Contains(ids, id) })
		}
		given = true
	}
	return among(j.handled, found)
}

// among leaves those of a list who may be found.
func among(handled api.Handled, ids []string) (list []string, err error) {
	for _, id := range ids {
		theirs, err := handled.Among(id)
		if err != nil {
			return nil, err
		}
		if theirs {
			list = append(list, id)
		}
	}
	return list, nil
}

// table writes the file with a number for the columns of persons. The other columns may say who somebody is too, in a remark: a name of
// the file, or digits like those of a phone or an ID number, become stars.
func (j *identifying) table(a *app, numbers []string) *table {
	keep := []int{}
	t := a.table("volunteer")
	for i, h := range j.file.Header {
		if !j.file.Impersonal(i) && !slices.Contains(j.keep, h) {
			continue // a column that nobody knows may say who somebody is
		}
		keep = append(keep, i)
		t.head = append(t.head, h)
	}
	hide := j.hider()
	for i, l := range j.file.Lines {
		row := []any{numbers[i]}
		for _, c := range keep {
			row = append(row, hide(l.Cell(c)))
		}
		t.add(row...)
	}
	return t
}

// likePerson finds digits like those of a phone or of an ID number, however they are grouped.
var likePerson = regexp.MustCompile(`[1-9](?:[ -]?[0-9]){10,16}(?:[ -]?[0-9Xx])?`)

// hider returns what makes stars of what says who somebody is.
func (j *identifying) hider() func(string) string {
	var known []string
	for _, l := range j.file.Lines {
		known = append(known, l.Cell(j.who.Name), person.NormalizeName(l.Cell(j.who.Name)))
	}
	// The longest first: a short name may begin a longer one.
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, name := range slices.Compact(known) {
		if name != "" {
			pairs = append(pairs, name, "***")
		}
	}
	names := strings.NewReplacer(pairs...)
	return func(cell string) string { return names.Replace(likePerson.ReplaceAllString(cell, "***")) }
}
