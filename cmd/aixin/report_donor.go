package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

// donorReport is what a donor is shown: what came in, what went out and when, for how many points, and to nobody by name.
func (a *app) donorReport() *cobra.Command {
	return a.reads(a.command("report_donor", "donor DONOR [--as-of DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if !ledger.DonorID(args[0]).Valid() {
			return malformed("DONOR", "donor_code")
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			x, err := report.Donor(r.view, ledger.DonorID(args[0]), r.entries(ctx))
			if err != nil {
				return result{}, err
			}
			return a.donorResult(x), nil
		})
	}))
}

// donorLot and donorUse are the rows as programs read them.
type (
	donorLot struct {
		Lot      string           `json:"lot"`
		On       ledger.Date      `json:"on"`
		Shop     ledger.ShopID    `json:"shop"`
		Item     ledger.Commodity `json:"item"`
		Received ledger.Amount    `json:"received"`
		Given    ledger.Amount    `json:"given"`
		Back     ledger.Amount    `json:"returned"`
		Other    ledger.Amount    `json:"other"`
		Left     ledger.Amount    `json:"left"`
		Points   string           `json:"points"`
	}
	donorUse struct {
		Entry  ledger.Index     `json:"entry"`
		On     ledger.Date      `json:"on"`
		Lot    string           `json:"lot"`
		Item   ledger.Commodity `json:"item"`
		Pieces ledger.Amount    `json:"pieces"`
		Points string           `json:"points"`
	}
)

func (a *app) donorResult(x report.DonorReport) result {
	out := struct {
		Donor ledger.DonorID `json:"donor"`
		Lots  []donorLot     `json:"lots"`
		Given []donorUse     `json:"given"`
	}{x.Donor, []donorLot{}, []donorUse{}}
	lots := a.table("lot", "date", "item", "received", "handed_out", "returned_pieces", "other_pieces", "shelf", "for_points")
	uses := a.table("entry", "date", "lot", "item", "pieces", "for_points")
	for _, l := range x.Lots {
		out.Lots = append(out.Lots, donorLot{
			l.Lot.String(), l.On, l.Shop, l.Item, l.Received, l.Given, l.Back, l.Other, l.Left, ledger.FormatPoints(l.Points),
		})
		lots.add(l.Lot.String(), l.On.String(), string(l.Item), l.Received, l.Given, l.Back, l.Other, l.Left, sheet.Points(l.Points))
	}
	for _, u := range x.Given {
		out.Given = append(out.Given, donorUse{u.Entry, u.On, u.Lot.String(), u.Item, u.Pieces, ledger.FormatPoints(u.Points)})
		uses.add(u.Entry, u.On.String(), u.Lot.String(), string(u.Item), u.Pieces, sheet.Points(u.Points))
	}
	return result{json: out, lines: out.Given, table: uses, text: a.reportText("donor", x.Basis, section{table: lots}, section{table: uses})}
}
