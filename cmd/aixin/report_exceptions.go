package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
)

// exceptionRow is an entry that an auditor looks at first, as programs read it.
type exceptionRow struct {
	What    report.Exceptional `json:"what"`
	Entry   ledger.Index       `json:"entry"`
	On      ledger.Date        `json:"on"`
	At      *time.Time         `json:"at,omitempty"` // absent for overlaps, whose day is that of service
	Kind    ledger.Kind        `json:"kind"`
	Actor   ledger.StaffID     `json:"actor,omitempty"`
	Subject string             `json:"subject,omitempty"`
	Other   ledger.Index       `json:"other,omitempty"` // the entry that was undone, or that overlaps
	Days    int64              `json:"days,omitempty"`
	Reason  string             `json:"reason,omitempty"`
	Pieces  ledger.Amount      `json:"pieces,omitempty"`
	Points  api.Points         `json:"points"`
}

// workFlags are the hours of work, outside which an entry is off-hours.
type workFlags struct{ from, until int }

func (w *workFlags) add(a *app, cmd *cobra.Command) {
	w.from, w.until = 7*60, 21*60
	cmd.Flags().Var(newValue(w, parseWork, "HH:MM-HH:MM"), "hours", a.say.T("cli.flag.work_hours"))
}

// in returns the hours in the zone of a book.
func (w workFlags) in(r *reader) (report.WorkHours, error) {
	zone, err := r.info.Location()
	return report.WorkHours{Zone: zone, From: w.from, Until: w.until}, err
}

// parseWork reads HH:MM-HH:MM; 24:00 is the end of the day.
func parseWork(s string) (w workFlags, err error) {
	var hour, minute, endHour, endMinute int
	if n, err := fmt.Sscanf(s, "%2d:%2d-%2d:%2d", &hour, &minute, &endHour, &endMinute); err != nil || n != 4 {
		return w, faultCode("work_hours")
	}
	w = workFlags{hour*60 + minute, endHour*60 + endMinute}
	if w.text() != s || minute > 59 || endMinute > 59 || w.until > 24*60 || w.from >= w.until {
		return w, faultCode("work_hours")
	}
	return w, nil
}

func (w workFlags) text() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.from/60, w.from%60, w.until/60, w.until%60)
}

// exceptionReport lists what an auditor looks at first.
func (a *app) exceptionReport() *cobra.Command {
	var p periodFlags
	var work workFlags
	var only []string
	cmd := a.periodReport("exceptions", "exceptions [--only WHAT,…] [--hours HH:MM-HH:MM]", &p, func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		hours, err := work.in(r)
		if err != nil {
			return result{}, err
		}
		chosen, err := chosenOf("--only", only, report.Exceptions(), "exceptional")
		if err != nil {
			return result{}, err
		}
		x, err := report.ExceptionsOf(r.view, s, p.days(), hours, r.entries(ctx))
		if err != nil {
			return result{}, err
		}
		return a.exceptionResult(x, chosen), nil
	})
	work.add(a, cmd)
	cmd.Flags().StringSliceVar(&only, "only", nil, a.say.T("cli.flag.only_exceptions", catalog.Data{"Known": joined(report.Exceptions())}))
	return cmd
}

// joined writes a list of words with commas.
func joined[V ~string](list []V) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// chosenOf reads words of a list; none chooses all of it.
func chosenOf[V ~string](field string, words []string, known []V, code string) ([]V, error) {
	if len(words) == 0 {
		return known, nil
	}
	var chosen []V
	for _, k := range known {
		if slices.Contains(words, string(k)) {
			chosen = append(chosen, k)
		}
	}
	for _, w := range words {
		if !slices.Contains(known, V(w)) {
			return nil, malformed(field, code)
		}
	}
	return chosen, nil
}

func (a *app) exceptionResult(x report.ExceptionReport, chosen []report.Exceptional) result {
	wire := struct {
		wireBasis
		Rows []exceptionRow `json:"rows"`
	}{newWireBasis(x.Basis, x.Period), []exceptionRow{}}
	full := a.table("exception", "entry", "date", "what", "actor", "concerned", "note")
	parts := []section{a.periodLine(x.Period)}
	for _, what := range chosen {
		part := a.table("entry", "date", "what", "actor", "concerned", "note")
		name := catalog.Name(a.say, "exceptional", what)
		for _, row := range x.Rows {
			if row.What != what {
				continue
			}
			wire.Rows = append(wire.Rows, newExceptionRow(row))
			kind, note := catalog.Name(a.say, "kind", row.Kind), a.exceptionNote(row, x.Hours.Zone)
			full.add(name, row.Entry, row.On.String(), kind, string(row.Actor), row.Subject, note)
			part.add(row.Entry, row.On.String(), kind, string(row.Actor), row.Subject, note)
		}
		title := a.say.T("cli.audit_report.exception", catalog.Data{"What": name, "Rows": len(part.rows)})
		if len(part.rows) == 0 {
			part = nil
		}
		parts = append(parts, section{title, part})
	}
	return result{json: wire, lines: wire.Rows, table: full, text: a.reportText("exceptions", x.Basis, parts...)}
}

func newExceptionRow(x report.Exception) exceptionRow {
	row := exceptionRow{
		What: x.What, Entry: x.Entry, On: x.On, Kind: x.Kind, Actor: x.Actor, Subject: x.Subject, Other: x.Other, Days: x.Days, Reason: x.Reason,
		Pieces: x.Pieces, Points: api.Points(x.Points),
	}
	if !x.At.IsZero() {
		row.At = &x.At
	}
	return row
}

// exceptionNote says what else there is to know of an exception.
func (a *app) exceptionNote(x report.Exception, zone *time.Location) string {
	var parts []string
	say := func(there bool, id string, data catalog.Data) {
		if there {
			parts = append(parts, a.say.T("cli.exception_note."+id, data))
		}
	}
	say(x.Other != 0 && x.What == report.Overlapping, "with", catalog.Data{"Entry": int64(x.Other), "Time": x.Reason})
	say(x.Other != 0 && x.What != report.Overlapping, "of", catalog.Data{"Entry": int64(x.Other)})
	say(x.Days != 0, "days", catalog.Data{"Days": x.Days})
	say(x.Pieces != 0, "pieces", catalog.Data{"Pieces": int64(x.Pieces)})
	switch x.What {
	case report.WasReversed, report.WasReturned:
		parts = append(parts, catalog.Name(a.say, "reason", ledger.Reason(x.Reason)))
	case report.WrittenOff:
		parts = append(parts, catalog.Name(a.say, "shelf_reason", x.Reason))
	case report.Queried:
		for q := range strings.FieldsSeq(x.Reason) {
			parts = append(parts, catalog.Name(a.say, "query", q))
		}
	case report.OffHours:
		parts = append(parts, x.At.In(zone).Format("15:04"))
	case report.MergedNumber:
		say(true, "merged", catalog.Data{"From": x.Reason})
	case report.CameForThem:
		say(true, "proxy", catalog.Data{"Who": x.Reason})
	case report.LateVoucher, report.Adjusted, report.TypedNumber:
		if x.Reason != "" {
			parts = append(parts, x.Reason)
		}
	case report.Overlapping, report.WasUndone, report.LateService, report.ShortShelf, report.SelfDealing, report.TakerCalled:
	}
	return strings.Join(parts, a.say.T("cli.exception_note.and"))
}
