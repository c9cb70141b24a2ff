package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
)

// periodFlags are the days that a report covers, as --from and --to or as --month. What happened outside them is only carried.
type periodFlags struct {
	report.Period
	month report.Period
}

func (p *periodFlags) add(a *app, cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Var(newValue(&p.From, parseDate, "DATE"), "from", a.say.T("cli.flag.booked_from"))
	fs.Var(newValue(&p.To, parseDate, "DATE"), "to", a.say.T("cli.flag.booked_to"))
	fs.Var(newValue(&p.month, parseMonth, "YYYY-MM"), "month", a.say.T("cli.flag.booked_month"))
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := p.check(); err != nil {
			return err
		}
		return run(cmd, args)
	}
}

// given reports whether any of the flags was.
func (p *periodFlags) given() bool { return p.days() != report.Period{} }

// days returns the period.
func (p *periodFlags) days() report.Period {
	if p.month != (report.Period{}) {
		return p.month
	}
	return p.Period
}

// check refuses a period that is given twice, or ends before it begins.
func (p *periodFlags) check() error {
	switch {
	case p.month != (report.Period{}) && p.Period != (report.Period{}):
		return &usageError{id: "period_one"}
	case p.From != 0 && p.To != 0 && p.To < p.From:
		return malformed("--to", "dates")
	}
	return nil
}

// parseMonth reads YYYY-MM.
func parseMonth(s string) (report.Period, error) {
	first, err := ledger.ParseDate(s + "-01")
	if err != nil {
		return report.Period{}, faultCode("month")
	}
	next := first.Time().AddDate(0, 1, 0)
	return report.Period{From: first, To: ledger.DateOf(next).AddDays(-1)}, nil
}

// periodReport describes a report of a period.
func (a *app) periodReport(name, use string, p *periodFlags, draw func(context.Context, *reader, report.Scope) (result, error)) *cobra.Command {
	cmd := a.reports(name, use+" [--month YYYY-MM|--from DATE --to DATE]", draw)
	p.add(a, cmd)
	return cmd
}

// periodLine says which days a report covers.
func (a *app) periodLine(p report.Period) section {
	if p == (report.Period{}) {
		return section{title: a.say.T("cli.audit_report.all")}
	}
	return section{title: a.say.T("cli.audit_report.period", catalog.Data{
		"From": cmp.Or(p.From.String(), "…"), "To": cmp.Or(p.To.String(), "…"),
	})}
}

// wirePeriod is a period as programs read it: what is open is absent.
type wirePeriod struct {
	From ledger.Date `json:"from,omitempty"`
	To   ledger.Date `json:"to,omitempty"`
}

// wireBasis is what a report was drawn up from, as programs read it.
type wireBasis struct {
	AsOf ledger.Index  `json:"as_of_index"`
	On   ledger.Date   `json:"on"`
	Unit ledger.UnitID `json:"unit,omitempty"`
	wirePeriod
}

func newWireBasis(b report.Basis, p report.Period) wireBasis {
	return wireBasis{b.Head.Size - 1, b.On, b.Unit, wirePeriod{p.From, p.To}}
}
