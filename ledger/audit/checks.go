package audit

import (
	"strconv"

	"aixin/ledger"
)

// Checks lists every check, in the order of their numbers. The laws: MCA67 is Order 67 of the Ministry of Civil Affairs of 2021 on
// records of volunteer service, VS the Regulations on Volunteer Service, CL the Charity Law, VC the Organic Law of Villagers'
// Committees, PIPL the Personal Information Protection Law; the number behind it is the article.
func Checks() []Check {
	return []Check{
		{"R01", "balance", "I2 I8", nil, func() observer { return balances{} }},
		{"R02", "zero-sum", "I1", nil, func() observer { return zeroSums{} }},
		{"R03", "negative", "I3 B16", nil, func() observer { return negatives{} }},
		{"R04", "numbers", "I4", nil, newNumbers},
		{"R05", "closes", "I13", nil, newCloses},
		{"R06", "counts", "B38", nil, func() observer { return counts{} }},
		{"R07", "goods-out", "I12 B49", nil, func() observer { return goodsOut{} }},
		{"R08", "price", "B29", nil, func() observer { return prices{} }},
		{"R09", "counter-rules", "B27 B28", nil, newCounterRules},
		{"R10", "holds", "B32", nil, func() observer { return holds{} }},
		{"R11", "notice", "B19 B20 VC30", nil, newNoticeTimes},
		{"R12", "four-eyes", "B18 B46 VC32", []Outside{Relatives, Officials}, func() observer { return fourEyes{} }},
		{"R13", "overlap", "B09 B12 MCA67-11", nil, func() observer { return overlaps{} }},
		{"R14", "duplicate", "B12", nil, func() observer { return duplicates{} }},
		{"R15", "late", "B21 MCA67-11", nil, func() observer { return late{} }},
		{"R16", "back-office", "B05", nil, func() observer { return backOffice{} }},
		{"R17", "pattern", "B05 MCA67-11", nil, func() observer { return patterns{} }},
		{"R18", "inactive", "B41 B42 B43 PIPL31", []Outside{Deaths}, func() observer { return inactive{} }},
		{"R19", "attendance", "B05 MCA67-11", nil, newAttendance},
		{"R20", "evidence", "B07", []Outside{Evidence}, newEvidence},
		{"R21", "donations", "B36 B37 B44 CL38 CL54", nil, newDonations},
		{"R22", "past-date", "B36", nil, func() observer { return pastDate{} }},
		{"R23", "shelf-approval", "B38", nil, newShelfApproval},
		{"R24", "reversals", "B33 I10", nil, newReversals},
		{"R25", "rule-approval", "B18 VC30", nil, func() observer { return ruleApproval{} }},
		{"R26", "expiry", "B22 B23 B25", nil, newExpiries},
		{"R27", "caps", "B01 B04 B06 B08 B09 B10 B11 B13 B14 B15 B16 B17", nil, newCaps},
		{"R28", "cover", "B30 B39", nil, newCover},
		{"R29", "publication", "B44 B48 VC30", []Outside{Evidence}, newPublication},
		{"R30", "settlement", "B30", []Outside{Settlement}, newSettlements},
		{"R31", "presence", "B34 B49", nil, newPresence},
		{"R32", "openings", "MCA67-11", nil, newOpenings},
	}
}

// nothing looks at nothing. It serves observers that have no end.
type nothing struct{}

func (nothing) see(*run, *ledger.Entry) {}
func (nothing) end(*run)                {}

// points and count write amounts as findings state them.
func points(a ledger.Amount) string { return ledger.FormatPoints(a) }

func count[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// percent returns a share in whole percent.
func percent(part, whole int) int { return part * 100 / max(whole, 1) }
