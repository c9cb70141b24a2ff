package export

import (
	"strings"

	"aixin/ledger"
)

// AccountName is what an account is called in an export: points:V0000018 is Liabilities:Points:V0000018. The first part is one of
// the five that beancount knows and that hledger draws up its balance sheet by.
func AccountName(a ledger.AccountID) string {
	class := string(a.Class())
	return root(a.Class()) + ":" + strings.ToUpper(class[:1]) + class[1:] + ":" + a.Owner()
}

// root says on which side of the accounts a class stands. What is owed to volunteers is a liability, what stands on a shelf or
// is due from somebody an asset; where points and goods come from is income, where they go an expense.
func root(c ledger.Class) string {
	switch c {
	case ledger.ClassPoints, ledger.ClassBase, ledger.ClassGift, ledger.ClassShort:
		return "Liabilities"
	case ledger.ClassStock, ledger.ClassRecoverable, ledger.ClassHours:
		return "Assets"
	case ledger.ClassIssued, ledger.ClassGranted, ledger.ClassGifted, ledger.ClassGiven, ledger.ClassLost, ledger.ClassScrapped, ledger.ClassRelieved:
		return "Expenses"
	case ledger.ClassRedeemed, ledger.ClassReceived, ledger.ClassServed, ledger.ClassBreakage, ledger.ClassDeducted, ledger.ClassFound:
		return "Income"
	}
	return "Equity"
}

// number writes an amount in the commodity's own unit: 12.50 points, 90 minutes, 3 pieces.
func number(a ledger.Amount, c ledger.Commodity) string {
	if c.Points() {
		return ledger.FormatPoints(a)
	}
	return formatInt(a)
}
