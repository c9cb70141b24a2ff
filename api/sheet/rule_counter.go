package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// counterFile is the section [counter] of a rule set: who may exchange what, when, and how it comes back. Points are decimals
// and times of day are written as 14:00.
type counterFile struct {
	LeastPoints  string   `toml:"least_points,omitempty"`
	LeastMinutes int64    `toml:"least_minutes,omitempty"`
	LeastTimes   int64    `toml:"least_times,omitempty"`
	Proxy        string   `toml:"proxy,omitempty"`
	ProxyNeeds   []string `toml:"proxy_needs,omitempty"`
	Reasons      []string `toml:"return_reasons,omitempty"`
	Days         int64    `toml:"return_days,omitempty"`

	Windows  []windowFile   `toml:"windows,omitempty"`
	Limits   []limitFile    `toml:"limits,omitempty"`
	Presence []presenceFile `toml:"presence,omitempty"`
}

type windowFile struct {
	Shop     string          `toml:"shop,omitempty"`
	Weekdays []string        `toml:"weekdays,omitempty"`
	On       *toml.LocalDate `toml:"on,omitempty"`
	Closed   bool            `toml:"closed,omitempty"`
	From     string          `toml:"from,omitempty"`
	Until    string          `toml:"until,omitempty"`
}

type limitFile struct {
	Of        string `toml:"of"`
	Item      string `toml:"item,omitempty"`
	Per       string `toml:"per"`
	Most      string `toml:"most"`
	Household bool   `toml:"household,omitempty"`
}

type presenceFile struct {
	By     string   `toml:"by"`
	Needs  []string `toml:"needs,omitempty"`
	PerDay int64    `toml:"per_day,omitempty"`
}

// read returns the ledger's form of the section.
func (f *counterFile) read() (r ledger.CounterRule, err error) {
	if f == nil {
		return r, nil
	}
	r = ledger.CounterRule{
		Least: ledger.Least{Minutes: ledger.Amount(f.LeastMinutes), Times: ledger.Amount(f.LeastTimes)},
		Proxy: ledger.ProxyRule(f.Proxy), Returns: ledger.ReturnRule{Days: f.Days},
	}
	if f.LeastPoints != "" {
		if r.Least.Points, err = rulePoints(f.LeastPoints, "counter.least_points"); err != nil {
			return r, err
		}
	}
	for _, reason := range f.Reasons {
		r.Returns.Reasons = append(r.Returns.Reasons, ledger.Reason(reason))
	}
	for _, x := range f.ProxyNeeds {
		r.ProxyNeeds = append(r.ProxyNeeds, ledger.Check(x))
	}
	for i, w := range f.Windows {
		window, err := w.read(fmt.Sprintf("counter.windows[%d]", i))
		if err != nil {
			return r, err
		}
		r.Windows = append(r.Windows, window)
	}
	for i, l := range f.Limits {
		limit := ledger.Limit{Of: l.Of, Item: ledger.Commodity(l.Item), Per: ledger.Period(l.Per), Household: l.Household}
		if limit.Most, err = l.most(fmt.Sprintf("counter.limits[%d].most", i)); err != nil {
			return r, err
		}
		r.Limits = append(r.Limits, limit)
	}
	for _, p := range f.Presence {
		r.Presence = append(r.Presence, ledger.PresenceRule{By: ledger.Presence(p.By), Needs: p.Needs, PerDay: p.PerDay})
	}
	return r, nil
}

// most reads points in decimals, and anything else as a whole number.
func (f limitFile) most(member string) (ledger.Amount, error) {
	points, err := rulePoints(f.Most, member)
	if f.Of == "points" || err != nil {
		return points, err
	}
	if points%100 != 0 {
		return 0, fmt.Errorf("rule: %w", &FileError{Code: "rule_whole", Data: map[string]any{"Key": member}})
	}
	return points / 100, nil
}

func (f windowFile) read(member string) (w ledger.Window, err error) {
	w = ledger.Window{Shop: ledger.ShopID(f.Shop), Weekdays: f.Weekdays, Closed: f.Closed}
	if f.On != nil {
		w.On = dayOf(f.On)
	}
	if w.From, err = minuteOfDay(f.From, member+".from"); err != nil {
		return w, err
	}
	w.Until, err = minuteOfDay(f.Until, member+".until")
	return w, err
}

// minuteOfDay reads a time of day as minutes from midnight; 24:00 ends a day.
func minuteOfDay(s, member string) (ledger.Amount, error) {
	if s == "" {
		return 0, nil
	}
	h, m, ok := strings.Cut(s, ":")
	hour, err := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	if !ok || err != nil || err2 != nil || len(m) != 2 || hour > 24 || minute > 59 || hour*60+minute > ledger.MaxMinutes {
		return 0, fmt.Errorf("rule: %w", &FileError{Code: "rule_time", Data: map[string]any{"Key": member}})
	}
	return ledger.Amount(hour*60 + minute), nil
}

// newCounterFile writes what read reads; nothing where the rule says nothing of the counter.
func newCounterFile(r ledger.CounterRule) *counterFile {
	f := &counterFile{
		LeastMinutes: int64(r.Least.Minutes), LeastTimes: int64(r.Least.Times), Proxy: string(r.Proxy), Days: r.Returns.Days,
	}
	if r.Least.Points != 0 {
		f.LeastPoints = ledger.FormatPoints(r.Least.Points)
	}
	for _, reason := range r.Returns.Reasons {
		f.Reasons = append(f.Reasons, string(reason))
	}
	for _, x := range r.ProxyNeeds {
		f.ProxyNeeds = append(f.ProxyNeeds, string(x))
	}
	for _, w := range r.Windows {
		out := windowFile{Shop: string(w.Shop), Weekdays: w.Weekdays, Closed: w.Closed, From: timeOfDay(w.From), Until: timeOfDay(w.Until)}
		if w.On != 0 {
			out.On = dayFile(w.On)
		}
		f.Windows = append(f.Windows, out)
	}
	for _, l := range r.Limits {
		most := strconv.FormatInt(int64(l.Most), 10)
		if l.Of == "points" {
			most = ledger.FormatPoints(l.Most)
		}
		f.Limits = append(f.Limits, limitFile{l.Of, string(l.Item), string(l.Per), most, l.Household})
	}
	for _, p := range r.Presence {
		f.Presence = append(f.Presence, presenceFile{string(p.By), p.Needs, p.PerDay})
	}
	if f.empty() {
		return nil
	}
	return f
}

func (f *counterFile) empty() bool {
	return f.LeastPoints == "" && f.LeastMinutes == 0 && f.LeastTimes == 0 && f.Proxy == "" && len(f.ProxyNeeds) == 0 && len(f.Reasons) == 0 && f.Days == 0 &&
		len(f.Windows) == 0 && len(f.Limits) == 0 && len(f.Presence) == 0
}

// timeOfDay writes minutes from midnight; nothing for midnight itself.
func timeOfDay(m ledger.Amount) string {
	if m == 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}
