package sheet

import (
	"fmt"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// serviceFile is what a rule file says of hours and acts beyond their price; each section may be left out.
type serviceFile struct {
	Overlap    string          `toml:"overlap,omitempty"`
	LongDay    *longDayFile    `toml:"long_day,omitempty"`
	Deadline   *deadlineFile   `toml:"deadline,omitempty"`
	Base       *baseFile       `toml:"base,omitempty"`
	Attendance *attendanceFile `toml:"attendance,omitempty"`
	Queried    []string        `toml:"queried,omitempty"`
	Quality    *qualityFile    `toml:"quality,omitempty"`
	Caps       []capFile       `toml:"caps,omitempty"`
	Boosts     []boostFile     `toml:"boosts,omitempty"`
	Deductions []deductionFile `toml:"deductions,omitempty"`
}

type longDayFile struct {
	Minutes int64  `toml:"minutes"`
	Role    string `toml:"role,omitempty"`
}

type deadlineFile struct {
	Days int64  `toml:"days"`
	Late string `toml:"late"`
}

type baseFile struct {
	Points string `toml:"points"`
	Per    string `toml:"per"`
	Of     string `toml:"of,omitempty"`

	Spendable bool   `toml:"spendable,omitempty"`
	Floor     string `toml:"floor,omitempty"`
}

type attendanceFile struct {
	Session    bool  `toml:"session,omitempty"`
	Signatures int64 `toml:"signatures,omitempty"`
}

type qualityFile struct {
	Percent int64 `toml:"percent"`
}

type capFile struct {
	Code     string `toml:"code,omitempty"`
	Of       string `toml:"of,omitempty"`
	Per      string `toml:"per"`
	Count    int64  `toml:"count,omitempty"`
	Quantity int64  `toml:"quantity,omitempty"`
	Points   string `toml:"points,omitempty"`
	Over     string `toml:"over,omitempty"`
}

type boostFile struct {
	Code     string          `toml:"code,omitempty"`
	Activity string          `toml:"activity,omitempty"`
	Percent  int64           `toml:"percent"`
	From     *toml.LocalDate `toml:"from"`
	Until    *toml.LocalDate `toml:"until"`
	Cap      string          `toml:"cap,omitempty"`
}

type deductionFile struct {
	Code     string `toml:"code"`
	Points   string `toml:"points"`
	Evidence bool   `toml:"evidence,omitempty"`

	CountedIn string `toml:"counted_in,omitempty"`
}

// read turns the sections into a rule's.
func (f *serviceFile) read() (r ledger.ServiceRule, err error) {
	r.Overlap = f.Overlap
	if x := f.LongDay; x != nil {
		r.LongDay = ledger.LongDay{Minutes: ledger.Amount(x.Minutes), Role: ledger.Role(x.Role)}
	}
	if x := f.Deadline; x != nil {
		r.Deadline = ledger.Deadline{Days: x.Days, Late: x.Late}
	}
	if x := f.Attendance; x != nil {
		r.Attendance = ledger.Attendance{Session: x.Session, Signatures: x.Signatures}
	}
	for _, by := range f.Queried {
		r.Queried = append(r.Queried, ledger.Capture(by))
	}
	if x := f.Quality; x != nil {
		r.Quality.Percent = x.Percent
	}
	if x := f.Base; x != nil {
		r.Base = ledger.Base{Per: ledger.Period(x.Per), Of: ledger.Sharer(x.Of), Spendable: x.Spendable}
		if r.Base.Floor, err = optionalPoints(x.Floor, "base.floor"); err != nil {
			return r, err
		}
		if r.Base.Points, err = rulePoints(x.Points, "base.points"); err != nil {
			return r, err
		}
	}
	for i, x := range f.Caps {
		most, err := optionalPoints(x.Points, fmt.Sprintf("caps[%d].points", i))
		if err != nil {
			return r, err
		}
		r.Caps = append(r.Caps, ledger.Cap{
			Code: ledger.Code(x.Code), Of: ledger.Sharer(x.Of), Per: ledger.Period(x.Per), Count: x.Count, Quantity: x.Quantity,
			Points: most, Over: ledger.Over(x.Over),
		})
	}
	for i, x := range f.Boosts {
		most, err := optionalPoints(x.Cap, fmt.Sprintf("boosts[%d].cap", i))
		if err != nil {
			return r, err
		}
		r.Boosts = append(r.Boosts, ledger.Boost{
			Code: ledger.Code(x.Code), Activity: ledger.ActivityID(x.Activity), Percent: x.Percent, From: dayOf(x.From), Until: dayOf(x.Until), Cap: most,
		})
	}
	for i, x := range f.Deductions {
		points, err := rulePoints(x.Points, fmt.Sprintf("deductions[%d].points", i))
		if err != nil {
			return r, err
		}
		r.Deductions = append(r.Deductions, ledger.Deduction{Code: ledger.Code(x.Code), Points: points, Evidence: x.Evidence, CountedIn: x.CountedIn})
	}
	return r, nil
}

// write turns a rule's sections into those of a file.
func (f *serviceFile) write(r ledger.ServiceRule) {
	f.Overlap = r.Overlap
	if x := r.LongDay; x != (ledger.LongDay{}) {
		f.LongDay = &longDayFile{int64(x.Minutes), string(x.Role)}
	}
	if x := r.Deadline; x != (ledger.Deadline{}) {
		f.Deadline = &deadlineFile{x.Days, x.Late}
	}
	if x := r.Base; x != (ledger.Base{}) {
		f.Base = &baseFile{ledger.FormatPoints(x.Points), string(x.Per), string(x.Of), x.Spendable, ""}
		if x.Floor > 0 {
			f.Base.Floor = ledger.FormatPoints(x.Floor)
		}
	}
	if x := r.Attendance; x != (ledger.Attendance{}) {
		f.Attendance = &attendanceFile{x.Session, x.Signatures}
	}
	for _, by := range r.Queried {
		f.Queried = append(f.Queried, string(by))
	}
	if x := r.Quality; x != (ledger.Quality{}) {
		f.Quality = &qualityFile{x.Percent}
	}
	for _, x := range r.Caps {
		f.Caps = append(f.Caps, capFile{string(x.Code), string(x.Of), string(x.Per), x.Count, x.Quantity, writePoints(x.Points), string(x.Over)})
	}
	for _, x := range r.Boosts {
		f.Boosts = append(f.Boosts, boostFile{string(x.Code), string(x.Activity), x.Percent, dayFile(x.From), dayFile(x.Until), writePoints(x.Cap)})
	}
	for _, x := range r.Deductions {
		f.Deductions = append(f.Deductions, deductionFile{string(x.Code), ledger.FormatPoints(x.Points), x.Evidence, x.CountedIn})
	}
}

func optionalPoints(s, member string) (ledger.Amount, error) {
	if s == "" {
		return 0, nil
	}
	return rulePoints(s, member)
}

func writePoints(a ledger.Amount) string {
	if a == 0 {
		return ""
	}
	return ledger.FormatPoints(a)
}
