package ledgertest

import "aixin/ledger"

// YearRules are the rules that the communities of a year follow in turn: a village that counts acts, a town whose points last till
// the end of the next year, and a county whose credit follows the approval. They are in force from 2026-01-01.
func YearRules() []ledger.Rule {
	from := ledger.NewDate(2026, 1, 1)
	village := ledger.Rule{
		ID: "village", Version: 1, From: from, Step: 30, SessionCap: 240, DayCap: 480, DayLimit: 720,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresMonths, ExpiresIn: 12, ReturnGrace: 7, Transfer: true,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 200}},
		Acts: []ledger.ActStandard{
			{Code: "EN01", Points: 200, Per: 1},
			{Code: "EN05", Points: 500, Per: 1},
			{Code: "SF01", Points: 1000, Per: 1},
			{Code: "RC01", Points: 100, Per: 50},
			{Code: "RC03", Points: 100, Per: 30},
		},
		Notice: ledger.NoticeRule{Days: 7, Reply: 3},
		Second: ledger.Second{Kinds: []ledger.Kind{ledger.Transferred}},
		Worth:  ledger.Worth{Fen: 100, Warn: 80},
	}
	town := ledger.Rule{
		ID: "town", Version: 1, From: from, Step: 30, HalfUp: true, SessionCap: 240, DayCap: 480, Sessions: 3,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresYearEnd, ReturnGrace: 3,
		Rates:  []ledger.HourRate{{Code: "VH01", Points: 1000}, {Code: "VH05", Points: 2000}},
		Acts:   []ledger.ActStandard{{Code: "NB01", Points: 1000, Per: 1}, {Code: "RC03", Points: 100, Per: 30}},
		Notice: ledger.NoticeRule{Days: 3, Reply: 3},
		Worth:  ledger.Worth{Fen: 10, Warn: 80},
	}
	county := ledger.Rule{
		ID: "county", Version: 1, From: from, Step: 30, SessionCap: 240, DayCap: 480,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresYearEnd, ExpiresIn: 1, ReturnGrace: 30,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH02", Points: 150}},
		Acts:  []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30}, {Code: "RC04", Points: 100, Per: 1}},
		Worth: ledger.Worth{Fen: 100, Warn: 80},
	}
	return []ledger.Rule{village, town, county}
}
