package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
)

// deliveryRow is one item of one delivery as programs read it.
type deliveryRow struct {
	Entry     ledger.Index       `json:"entry"`
	On        ledger.Date        `json:"on"`
	Shop      ledger.ShopID      `json:"shop"`
	Donor     ledger.DonorID     `json:"donor"`
	Item      ledger.Commodity   `json:"item"`
	Source    ledger.GoodsSource `json:"source,omitempty"`
	Note      string             `json:"note,omitempty"`
	Only      ledger.Restriction `json:"only,omitempty"`
	Delivered ledger.Amount      `json:"delivered"`
	Noted     ledger.Amount      `json:"noted"`
	Lack      ledger.Amount      `json:"lack,omitempty"`
	Yuan      string             `json:"unit_yuan,omitempty"`
	Off       bool               `json:"price_off,omitempty"` // the price differs from the value by more than the share
	Reversed  bool               `json:"reversed,omitempty"`
}

// deliveryFlags choose deliveries, and say how prices are held against values.
type deliveryFlags struct {
	donor, source string
	ratio, warn   ledger.Amount
}

// usualTolerance is by how many percent a price may differ from the value where neither a flag nor the rule says so.
const usualTolerance ledger.Amount = 20

func (a *app) deliveryReport() *cobra.Command {
	var given deliveryFlags
	cmd := a.reports("deliveries", "deliveries [--donor DONOR] [--source SOURCE] [--ratio YUAN] [--warn PERCENT]",
		func(ctx context.Context, r *reader, s report.Scope) (result, error) {
			x, err := report.Deliveries(r.view, s, r.entries(ctx))
			if err != nil {
				return result{}, err
			}
			worth, err := report.WorthOf(r.view, s)
			if err != nil {
				return result{}, err
			}
			f := given
			f.ratio, f.warn = cmp.Or(f.ratio, worth.Fen, usualRatio), cmp.Or(f.warn, worth.Tolerance, usualTolerance)
			rows, t := []deliveryRow{}, a.table("entry", "date", "shop", "donor", "item", "delivered", "noted", "unit_yuan", "note")
			for _, d := range x.Rows {
				if f.donor != "" && string(d.Donor) != f.donor || f.source != "" && string(d.Source) != f.source {
					continue
				}
				row := f.row(d)
				rows = append(rows, row)
				t.add(d.Entry, d.On.String(), string(d.Shop), string(d.Donor), string(d.Item), d.Delivered, d.Noted, row.Yuan, a.deliveryNote(d, f))
			}
			return result{json: rows, table: t, text: a.reportText("deliveries", x.Basis, section{table: t})}, nil
		})
	fs := cmd.Flags()
	fs.StringVar(&given.donor, "donor", "", a.say.T("cli.flag.donor"))
	fs.StringVar(&given.source, "source", "", a.say.T("cli.flag.goods_source"))
	fs.Var(newValue(&given.ratio, parsePoints, "YUAN"), "ratio", a.say.T("cli.flag.ratio"))
	fs.Var(newValue(&given.warn, parseCount(1000, "positive"), "PERCENT"), "warn", a.say.T("cli.flag.warn_value"))
	return cmd
}

func (f deliveryFlags) row(d report.DeliveryRow) deliveryRow {
	row := deliveryRow{
		Entry: d.Entry, On: d.On, Shop: d.Shop, Donor: d.Donor, Item: d.Item, Source: d.Source, Note: d.Note, Only: d.Only,
		Delivered: d.Delivered, Noted: d.Noted, Lack: d.Lack(), Off: d.Off(f.ratio, f.warn), Reversed: d.Reversed,
	}
	if d.Fen > 0 {
		row.Yuan = ledger.FormatPoints(d.Fen) // yuan and fen have the same two decimals
	}
	return row
}

// deliveryNote says what is to be looked at: a note that says otherwise, a price that is off, goods that are not for anybody.
func (a *app) deliveryNote(d report.DeliveryRow, f deliveryFlags) string {
	var parts []string
	say := func(there bool, id string, data catalog.Data) {
		if there {
			parts = append(parts, a.say.T("cli.delivery."+id, data))
		}
	}
	say(d.Reversed, "reversed", nil)
	say(d.Lack() > 0, "lack", catalog.Data{"Pieces": fmt.Sprint(int64(d.Lack()))})
	say(d.Lack() < 0, "beyond", catalog.Data{"Pieces": fmt.Sprint(int64(-d.Lack()))})
	say(d.Off(f.ratio, f.warn), "off", catalog.Data{"Yuan": ledger.FormatPoints(d.Worth(f.ratio))})
	say(d.Only != "", "only", catalog.Data{"Only": string(d.Only)})
	return strings.Join(parts, " ")
}
