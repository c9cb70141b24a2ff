package ledger

// Worth is the section of a rule about what points are worth beside goods and budgets (B30, B39). It prices nothing: it is what the
// report of liability reckons with. The zero Worth says nothing.
type Worth struct {
	Fen  Amount // hundredths of a yuan for one point
	Warn Amount // percent of the points outstanding below which goods and budget are too little
}

// MaxFen bounds what one point is worth: a thousand yuan.
const MaxFen Amount = 100_000

// MaxWarn bounds a share in percent.
const MaxWarn Amount = 1000

// section walks the optional member of a rule that the section is.
func (x *Worth) section(c *codec) {
	if !c.member("worth", *x == Worth{}) {
		return
	}
	c.open()
	number(c, "fen", &x.Fen)
	number(c, "warn", &x.Warn)
	c.close()
	if c.reading && *x == (Worth{}) {
		c.fail("member worth: empty")
	}
}

func (x *Worth) check(f *faults) {
	f.want(x.Fen >= 0 && x.Fen <= MaxFen, "worth.yuan", "yuan")
	f.want(x.Warn >= 0 && x.Warn <= MaxWarn, "worth.warn", "percent")
}
