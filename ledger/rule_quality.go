package ledger

import "fmt"

// QueryCapture is for a record by a way of capture that a reviewer must look at (B05).
const QueryCapture Query = "capture"

// Quality says what service earns about which somebody complained (B17). The zero Quality lets it earn nothing.
type Quality struct {
	Percent int64 // of the minutes that would count; fractions of a minute are dropped
}

func (x *Quality) fields(c *codec) { number(c, "percent", &x.Percent) }

func (x *Quality) check(f *faults) {
	f.want(x.Percent >= 0 && x.Percent < 100, "quality.percent", "quality_percent")
}

// Left returns how many minutes still count after a complaint.
func (x Quality) Left(counted Amount) Amount { return counted * Amount(x.Percent) / 100 }

// added walks the member of an hour's rate that came after the first format.
func (h *HourRate) added(c *codec) { text(c, "by", &h.By) }

// checkRates lists what is malformed in the rates of hours: each code has one rate for every way of capture, and beside it one for
// some of them. Seen gets the codes.
func (r *Rule) checkRates(f *faults, seen map[Code]bool) {
	type rate struct {
		code Code
		by   Capture
	}
	rates := map[rate]bool{}
	for i, h := range r.Rates {
		at := fmt.Sprintf("rates[%d].", i)
		f.want(h.Code.Valid() && !rates[rate{h.Code, h.By}], at+"code", "code")
		f.want(h.Points > 0 && h.Points <= MaxAmount/MaxMinutes, at+"points", "points")
		f.want(h.By == "" || h.By.valid(), at+"by", "capture")
		rates[rate{h.Code, h.By}], seen[h.Code] = true, true
	}
	for i, h := range r.Rates {
		f.want(rates[rate{code: h.Code}], fmt.Sprintf("rates[%d].by", i), "rate_by")
	}
}
