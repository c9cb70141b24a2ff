package api

import (
	"aixin/ledger"
	"aixin/ledger/report"
)

type (
	// ExpiringReport says whose points lapse soon.
	ExpiringReport struct {
		Basis
		Total Points        `json:"total"`
		Rows  []ExpiringRow `json:"rows"`
	}

	// ExpiringRow is what of a volunteer lapses on one day; the name is masked, and absent where no registry is open.
	ExpiringRow struct {
		Volunteer ledger.VolunteerID `json:"volunteer"`
		Name      string             `json:"name,omitempty"`
		Unit      ledger.UnitID      `json:"unit"`
		Points    Points             `json:"points"`
		Gift      Points             `json:"gift"`    // of the points, gift points
		Expires   ledger.Date        `json:"expires"` // the last usable day
		Days      int64              `json:"days"`    // until then
		Warning   int64              `json:"warning"` // 60, 30 or 7
	}
)

// NewExpiringReport writes a report of points that lapse soon.
func NewExpiringReport(r report.ExpiringReport, name func(ledger.VolunteerID) string) ExpiringReport {
	out := ExpiringReport{Basis: newBasis(r.Basis), Total: Points(r.Total), Rows: []ExpiringRow{}}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, ExpiringRow{
			row.Volunteer, name(row.Volunteer), row.Unit, Points(row.Points), Points(row.Gift), row.Expires, row.Days, row.Warning,
		})
	}
	return out
}
