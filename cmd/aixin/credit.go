package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
)

// creditRow is what one record was credited with, as programs read it.
type creditRow struct {
	Entry      ledger.Index `json:"entry"`
	On         ledger.Date  `json:"on"`
	Record     ledger.Index `json:"record,omitempty"` // that was declared; absent for what no record stands behind
	Points     api.Points   `json:"points"`
	Left       api.Points   `json:"left"` // of them, neither spent nor lapsed
	Expires    ledger.Date  `json:"expires,omitempty"`
	ReversedBy ledger.Index `json:"reversed_by,omitempty"`
}

func (a *app) creditCmd() *cobra.Command {
	return a.parent("credit", "credit", a.reads(a.creditListCmd()))
}

// creditListCmd lists what a volunteer was credited with, the newest first, each with the record behind it and what is left.
func (a *app) creditListCmd() *cobra.Command {
	return a.command("credit_list", "list VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id, err := volunteerNumber(args[0])
		if err != nil {
			return err
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			rows, err := creditsOf(r.view, id)
			t := a.table("entry", "date", "record", "points", "left", "expires", "note")
			for _, c := range rows {
				note := ""
				if c.ReversedBy != 0 {
					note = a.say.T("cli.statement.reversed_by", map[string]any{"Index": int64(c.ReversedBy)})
				}
				t.add(c.Entry, c.On.String(), orNoEntry(c.Record), sheet.Points(c.Points), sheet.Points(c.Left), c.Expires.String(), note)
			}
			return result{json: rows, table: t, text: func() string {
				if len(rows) == 0 {
					return a.say.T("cli.credit.none") + "\n"
				}
				return a.tablesText(t)
			}}, err
		})
	})
}

func orNoEntry(i ledger.Index) any {
	if i == 0 {
		return ""
	}
	return i
}

// creditsOf finds the credits among the movements of a volunteer's points.
func creditsOf(v ledger.View, id ledger.VolunteerID) ([]creditRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	k := ledger.AccountKey{ID: ledger.PointsOf(who.Volunteer), Commodity: ledger.Point}
	now, err := v.Account(k)
	if err != nil {
		return nil, err
	}
	left, until := map[ledger.Index]ledger.Amount{}, map[ledger.Index]ledger.Date{}
	for _, l := range now.Lots {
		left[l.ID.Entry()] += l.Left
		until[l.ID.Entry()] = max(until[l.ID.Entry()], l.Expires)
	}
	rows := []creditRow{}
	for before := ledger.Index(0); ; {
		page, err := v.Statement(k, before, creditPage)
		if err != nil {
			return nil, err
		}
		for _, l := range api.NewStatement(page, ledger.Point, v.Head().Size-1).Lines {
			if l.Kind != ledger.Approved && l.Kind != ledger.CreditPosted && l.Kind != ledger.OpeningPosted || l.Amount.Amount <= 0 {
				continue
			}
			rows = append(rows, creditRow{
				Entry: l.Index, On: l.On, Record: l.Refers, Points: api.Points(l.Amount.Amount), Left: api.Points(left[l.Index]),
				Expires: until[l.Index], ReversedBy: l.ReversedBy,
			})
		}
		if before = page.Next; before == 0 {
			return rows, nil
		}
	}
}

// creditPage is how many movements are read at once.
const creditPage = 500
