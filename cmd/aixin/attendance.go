package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

func (a *app) attendanceCmd() *cobra.Command {
	open := a.writes(a.command("attendance_open", "open ACTIVITY", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.OpenSession{Activity: ledger.ActivityID(args[0])})
	}))
	by := string(ledger.CheckedByTyped)
	in := a.attends("attendance_in", "in SESSION VOLUNTEER [--by card|typed|leader|walk-up]", func(s ledger.Index, v ledger.VolunteerID) ledger.Action {
		return &ledger.CheckIn{Session: s, Volunteer: v, By: ledger.CheckedBy(by)}
	})
	in.Flags().StringVar(&by, "by", by, a.say.T("cli.flag.checked_by"))
	out := a.attends("attendance_out", "out SESSION VOLUNTEER", func(s ledger.Index, v ledger.VolunteerID) ledger.Action {
		return &ledger.CheckOut{Session: s, Volunteer: v}
	})
	var left ledger.Start
	confirm := a.attends("attendance_confirm", "confirm SESSION VOLUNTEER --out 'DATE HH:MM'", func(s ledger.Index, v ledger.VolunteerID) ledger.Action {
		return &ledger.ConfirmAttendance{Session: s, Volunteer: v, Out: left}
	})
	confirm.Flags().Var(newValue(&left, parseStart, "'DATE HH:MM'"), "out", a.say.T("cli.flag.out"))
	end := a.writes(a.command("attendance_close", "close SESSION", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("SESSION", args[0])
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.closeSession(ctx, i) })
	}))
	return a.parent("attendance", "attendance", open, in, out, confirm, end, a.attendanceListCmd(), a.attendanceShowCmd())
}

// attends is a command about a volunteer in a session.
func (a *app) attends(name, use string, do func(ledger.Index, ledger.VolunteerID) ledger.Action) *cobra.Command {
	return a.writes(a.command(name, use, cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		i, err := reference("SESSION", args[0])
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			id, _, err := w.volunteer(ctx, args[1])
			if err != nil {
				return err
			}
			return w.submit(ctx, do(i, id))
		})
	}))
}

// attendeeRow is somebody in a session as programs read it.
type attendeeRow struct {
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Name      string             `json:"name,omitempty"` // masked
	By        ledger.CheckedBy   `json:"by"`
	In        string             `json:"in"`
	Out       string             `json:"out,omitempty"`
	Minutes   ledger.Amount      `json:"minutes"`
	Declared  *api.Receipt       `json:"declared,omitempty"`
}

type sessionRow struct {
	Session  ledger.Index      `json:"session"`
	Activity ledger.ActivityID `json:"activity"`
	Opened   string            `json:"opened"`
	Closed   bool              `json:"closed"`
	People   []attendeeRow     `json:"people"`
}

func newSessionRow(i ledger.Index, s ledger.Attended) sessionRow {
	row := sessionRow{Session: i, Activity: s.Activity, Opened: s.Opened.String(), Closed: s.Closed, People: []attendeeRow{}}
	for _, p := range s.People {
		one := attendeeRow{Volunteer: p.Volunteer, By: p.By, In: p.In.String(), Minutes: p.Minutes()}
		if p.Out != 0 {
			one.Out = p.Out.String()
		}
		row.People = append(row.People, one)
	}
	return row
}

func (a *app) attendanceShowCmd() *cobra.Command {
	return a.command("attendance_show", "show SESSION", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("SESSION", args[0])
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			s, err := r.view.Attended(i)
			if err != nil {
				return result{}, err
			}
			row := newSessionRow(i, s)
			for k := range row.People {
				id := string(row.People[k].Volunteer)
				masked, err := r.masked(ctx, id)
				if err != nil {
					return result{}, err
				}
				row.People[k].Name = masked[id].Name
			}
			return a.sessionResult(row), nil
		})
	})
}

// sessionResult is a session with who came; of those who were declared, what became of it.
func (a *app) sessionResult(row sessionRow) result {
	t := a.table("volunteer", "name", "checked_by", "came", "went", "minutes", "outcome")
	for _, p := range row.People {
		said := ""
		switch {
		case p.Declared != nil && p.Declared.Problem != nil:
			said = a.said(a.say.T("cli.outcome."+string(p.Declared.Outcome)), p.Declared.Problem.Title)
		case p.Declared != nil:
			said = a.say.T("cli.outcome." + string(p.Declared.Outcome))
		case p.Out == "":
			said = a.say.T("cli.attendance.no_check_out")
		}
		t.add(string(p.Volunteer), p.Name, catalog.Name(a.say, "checked_by", p.By), timeOfDay(p.In), timeOfDay(p.Out), p.Minutes, said)
	}
	state := "cli.attendance.open"
	if row.Closed {
		state = "cli.attendance.closed"
	}
	return result{json: row, table: t, text: func() string {
		var b strings.Builder
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
		return b.String() + a.say.T(state, catalog.Data{"Session": int64(row.Session), "Activity": string(row.Activity)}) + "\n"
	}}
}

// timeOfDay is the time of day of a civil minute.
func timeOfDay(start string) string {
	_, at, _ := strings.Cut(start, "T")
	return at
}

// closeSession ends a session and declares what was scanned in it. Asked again it goes on where it was interrupted, and declares whom the
// leader confirmed since.
func (w *writer) closeSession(ctx context.Context, i ledger.Index) error {
	s, err := w.attended(ctx, i)
	if err != nil {
		return err
	}
	if !s.Closed {
		answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: &ledger.CloseSession{Session: i}})
		if err != nil || w.app.opts.dryRun {
			return errors.Join(w.app.printReceipt(answer, err), err)
		}
		s.Closed = true
	}
	row := newSessionRow(i, s)
	var failed error
	for k, p := range s.People {
		if p.Minutes() <= 0 {
			continue
		}
		answer, err := w.do(ctx, ledger.Command{Key: ledger.Key(fmt.Sprintf("attendance/%d/%s", i, p.Volunteer)), Actor: w.actor, Do: &ledger.DeclareHours{
			Volunteer: p.Volunteer, Activity: s.Activity, Start: p.In, Minutes: p.Minutes(), Capture: ledger.Scan, Session: i,
		}})
		if err != nil && !as[*ledger.Rejection](err) {
			return errors.Join(w.app.printReceipt(answer, err), err)
		}
		if err != nil {
			failed = errSomeRefused
		}
		row.People[k].Declared = &answer
	}
	return errors.Join(w.app.show(w.app.sessionResult(row)), failed)
}

func (w *writer) attended(ctx context.Context, i ledger.Index) (s ledger.Attended, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		s, err = v.Attended(i)
		return err
	})
	return s, err
}

func (a *app) calendarCmd() *cobra.Command {
	set := a.writes(a.command("calendar_set", "set YEAR|FILE", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do, err := a.readCalendar(args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), do)
	}))
	shown := a.command("calendar_shipped", "shipped YEAR", cobra.ExactArgs(1), func(_ *cobra.Command, args []string) error {
		do, err := sheet.ShippedCalendar(args[0])
		if err != nil {
			return err
		}
		return a.show(a.calendarResult(*do))
	})
	look := a.command("calendar_show", "show", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			c, err := r.view.Calendar()
			return a.calendarResult(c.Years...), err
		})
	})
	return a.parent("calendar", "calendar", set, look, shown)
}

// calendarResult is the days of some years; as text it is a file that can be changed and set.
func (a *app) calendarResult(years ...ledger.SetCalendar) result {
	type row struct {
		Year     int           `json:"year"`
		Holidays []ledger.Date `json:"holidays"`
		Workdays []ledger.Date `json:"workdays"`
	}
	rows, t := []row{}, a.table("date", "kind")
	for _, y := range years {
		rows = append(rows, row{y.Year, y.Holidays, y.Workdays})
		for _, d := range y.Holidays {
			t.add(d.String(), a.say.T("cli.calendar.holiday"))
		}
		for _, d := range y.Workdays {
			t.add(d.String(), a.say.T("cli.calendar.workday"))
		}
	}
	return result{json: rows, table: t, text: func() string {
		var b strings.Builder
		for _, y := range years {
			if err := sheet.WriteCalendar(&b, y); err != nil {
				return err.Error()
			}
		}
		if len(years) == 0 {
			return a.say.T("cli.calendar.nothing") + "\n"
		}
		return b.String()
	}}
}
