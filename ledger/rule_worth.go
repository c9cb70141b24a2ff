package ledger

// Worth is the section of a rule about what points are worth beside goods and budgets (B30, B39). It prices nothing: it is what the
// report of liability reckons with. The zero Worth says nothing.
type Worth struct {
	Fen  Amount // hundredths of a yuan for one point
	Warn Amount // percent of the points outstanding below which goods and budget are too little

	Tolerance Amount // percent by which what a piece costs in points may differ from its value
}

// MaxWorth bounds what one point is worth, in fen: a thousand yuan.
const MaxWorth Amount = 100_000

// MaxWarn bounds a share in percent.
const MaxWarn Amount = 1000

func (x *Worth) fields(c *codec) {
	number(c, "fen", &x.Fen)
	number(c, "warn", &x.Warn)
	number(c, "tolerance", &x.Tolerance)
}

func (x *Worth) check(f *faults) {
	f.want(x.Fen >= 0 && x.Fen <= MaxWorth, "worth.yuan", "yuan")
	f.want(x.Warn >= 0 && x.Warn <= MaxWarn, "worth.warn", "percent")
	f.want(x.Tolerance >= 0 && x.Tolerance <= MaxWarn, "worth.tolerance", "percent")
}
