package sheet

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

//go:embed rules/*.toml
var shipped embed.FS

// ShippedRules names the rule sets that come with the program. They are examples: no national standard exists, and each community
// decides its own.
func ShippedRules() []string { return []string{"volunteer-1yuan", "urban-10", "village-household"} }

// ShippedRule returns a shipped rule set by name.
func ShippedRule(name string) (ledger.Rule, error) {
	text, err := ShippedRuleText(name)
	if err != nil {
		return ledger.Rule{}, err
	}
	return ReadRule(strings.NewReader(text))
}

// ShippedRuleText returns a shipped rule set as it is written, with its comments, to be copied and changed.
func ShippedRuleText(name string) (string, error) {
	b, err := shipped.ReadFile("rules/" + name + ".toml")
	if err != nil {
		return "", &FileError{Code: "no_rule_set", Data: map[string]any{"Name": name, "Known": join(ShippedRules())}}
	}
	return string(b), nil
}

// ruleFile is a rule set as a file has it: points in decimals and days as TOML dates. Members are named as ledger faults name
// them.
type ruleFile struct {
	ID      string         `toml:"id"`
	Version int64          `toml:"version"`
	From    toml.LocalDate `toml:"from"`

	Earns      []string `toml:"earns"`
	Step       int64    `toml:"step,omitempty"`
	HalfUp     bool     `toml:"half_up,omitempty"`
	Least      int64    `toml:"least,omitempty"`
	SessionCap int64    `toml:"session_cap,omitempty"`
	DayCap     int64    `toml:"day_cap,omitempty"`
	DayLimit   int64    `toml:"day_limit,omitempty"`
	Sessions   int64    `toml:"sessions,omitempty"`

	Expires     string          `toml:"expires,omitempty"`
	ExpiresIn   int64           `toml:"expires_in,omitempty"`
	ExpiresOn   *toml.LocalDate `toml:"expires_on,omitempty"`
	ReturnGrace int64           `toml:"return_grace,omitempty"`
	Transfer    bool            `toml:"transfer,omitempty"`
	StarYears   int64           `toml:"star_years,omitempty"`

	Rates []rateFile `toml:"rates,omitempty"`
	Acts  []actFile  `toml:"acts,omitempty"`

	Terms   *termsFile   `toml:"terms,omitempty"`
	Second  *secondFile  `toml:"second,omitempty"`
	Notice  *noticeFile  `toml:"notice,omitempty"`
	Express *expressFile `toml:"express,omitempty"`
	Worth   *worthFile   `toml:"worth,omitempty"`
	Counter *counterFile `toml:"counter,omitempty"`
	Hold    *holdFile    `toml:"hold,omitempty"`
	serviceFile
	Leave *leaveFile `toml:"leave,omitempty"`
	Carry *carryFile `toml:"carry,omitempty"`

	Approval  *approvalFile     `toml:"approval,omitempty"`
	Transfers *transfersFile    `toml:"transfers,omitempty"`
	Donation  *donationFile     `toml:"donation,omitempty"`
	Pairing   []pairFile        `toml:"pairing,omitempty"`
	Account   *accountFile      `toml:"account,omitempty"`
	Stars     []starFile        `toml:"stars,omitempty"`
	Count     *countFile        `toml:"count,omitempty"`
	Delivery  *deliveryFile     `toml:"delivery,omitempty"`
	Expiry    []classExpiryFile `toml:"expiry,omitempty"`
	Honours   []honourFile      `toml:"honours,omitempty"`
}

type rateFile struct {
	Code   string `toml:"code"`
	Points string `toml:"points"`
	By     string `toml:"by,omitempty"`
}

type actFile struct {
	Code   string `toml:"code"`
	Points string `toml:"points"`
	Per    int64  `toml:"per"`

	Keep     string `toml:"keep,omitempty"`
	Once     string `toml:"once,omitempty"`
	Evidence bool   `toml:"evidence,omitempty"`

	CountedIn string `toml:"counted_in,omitempty"`
}

// ReadRule reads one version of a rule set. Unknown members are refused by name and line; whether the numbers make sense the
// ledger says, when the rule is set or checked.
func ReadRule(r io.Reader) (ledger.Rule, error) {
	var f ruleFile
	b, err := io.ReadAll(io.LimitReader(r, MaxConfig+1))
	if err != nil {
		return ledger.Rule{}, fmt.Errorf("rule: read: %w", err)
	}
	if err := decodeTOML(bytes.NewReader(b), &f); err != nil {
		return ledger.Rule{}, fmt.Errorf("rule: %w", err)
	}
	rule, err := f.rule()
	if wrong, ok := errors.AsType[*FileError](err); ok {
		wrong.Data["Line"] = lineOf(string(b), fmt.Sprint(wrong.Data["Key"]))
	}
	return rule, err
}

// rule returns what the file says.
func (f *ruleFile) rule() (ledger.Rule, error) {
	rule := ledger.Rule{
		ID: f.ID, Version: f.Version, Step: ledger.Amount(f.Step), HalfUp: f.HalfUp, Least: ledger.Amount(f.Least),
		SessionCap: ledger.Amount(f.SessionCap), DayCap: ledger.Amount(f.DayCap), DayLimit: ledger.Amount(f.DayLimit),
		Sessions: f.Sessions, Expires: f.Expires, ExpiresIn: f.ExpiresIn, ReturnGrace: f.ReturnGrace, Transfer: f.Transfer,
	}
	rule.From, rule.ExpiresOn = dayOf(&f.From), dayOf(f.ExpiresOn)
	f.Terms.into(&rule)
	f.Second.into(&rule)
	rule.Notice = f.Notice.rule()
	rule.Express = f.Express.read()
	rule.Hold = f.Hold.read()
	rule.Leave, rule.Approval = f.Leave.rule(), f.Approval.read()
	rule.Donation, rule.Pairing = f.Donation.rule(), readPairing(f.Pairing)
	rule.Account, rule.Stars, rule.Count = f.Account.rule(), readStars(f.Stars), f.Count.rule()
	rule.Classes, rule.Delivery, rule.StarYears = readClasses(f.Expiry), f.Delivery.rule(), f.StarYears
	var err error
	if rule.Worth, err = f.Worth.read(); err != nil {
		return ledger.Rule{}, err
	}
	if rule.Carry, err = f.Carry.read(); err != nil {
		return ledger.Rule{}, err
	}
	if rule.Transfers, err = f.Transfers.read(); err != nil {
		return ledger.Rule{}, err
	}
	if rule.Honours, err = readHonours(f.Honours); err != nil {
		return ledger.Rule{}, err
	}
	if rule.Counter, err = f.Counter.read(); err != nil {
		return ledger.Rule{}, err
	}
	for _, by := range f.Earns {
		rule.Earns = append(rule.Earns, ledger.Capture(by))
	}
	for i, h := range f.Rates {
		points, err := rulePoints(h.Points, fmt.Sprintf("rates[%d].points", i))
		if err != nil {
			return ledger.Rule{}, err
		}
		rule.Rates = append(rule.Rates, ledger.HourRate{Code: ledger.Code(h.Code), Points: points, By: ledger.Capture(h.By)})
	}
	for i, a := range f.Acts {
		points, err := rulePoints(a.Points, fmt.Sprintf("acts[%d].points", i))
		if err != nil {
			return ledger.Rule{}, err
		}
		rule.Acts = append(rule.Acts, ledger.ActStandard{
			Code: ledger.Code(a.Code), Points: points, Per: a.Per, Keep: a.Keep, Once: a.Once, Evidence: a.Evidence, CountedIn: a.CountedIn,
		})
	}
	rule.ServiceRule, err = f.serviceFile.read()
	return rule, err
}

// rulePoints reads the decimals of a rule.
func rulePoints(s, member string) (ledger.Amount, error) {
	a, err := ledger.ParsePoints(s)
	if err != nil {
		return 0, fmt.Errorf("rule: %w", &FileError{Code: "rule_points", Data: map[string]any{"Key": member}, Err: err})
	}
	return a, nil
}

// WriteRule writes what ReadRule reads.
func WriteRule(w io.Writer, rule ledger.Rule) error {
	f := ruleFile{
		ID: rule.ID, Version: rule.Version, Terms: newTermsFile(rule.Terms), Second: newSecondFile(rule.Second),
		Step: int64(rule.Step), HalfUp: rule.HalfUp, Least: int64(rule.Least),
		SessionCap: int64(rule.SessionCap), DayCap: int64(rule.DayCap), DayLimit: int64(rule.DayLimit),
		Sessions: rule.Sessions, Expires: rule.Expires, ExpiresIn: rule.ExpiresIn, ReturnGrace: rule.ReturnGrace, Transfer: rule.Transfer,
	}
	if from := dayFile(rule.From); from != nil {
		f.From = *from
	}
	f.Notice = newNoticeFile(rule.Notice)
	f.Approval, f.Transfers = writeApproval(rule.Approval), writeTransfers(rule.Transfers)
	f.Leave, f.Carry = newLeaveFile(rule.Leave), writeCarry(rule.Carry)
	f.Donation, f.Pairing, f.Honours = newDonationFile(rule.Donation), writePairing(rule.Pairing), writeHonours(rule.Honours)
	f.Account, f.Stars, f.Count = newAccountFile(rule.Account), writeStars(rule.Stars), newCountFile(rule.Count)
	f.Expiry, f.Delivery, f.StarYears = writeClasses(rule.Classes), newDeliveryFile(rule.Delivery), rule.StarYears
	for _, by := range rule.Earns {
		f.Earns = append(f.Earns, string(by))
	}
	for _, h := range rule.Rates {
		f.Rates = append(f.Rates, rateFile{string(h.Code), ledger.FormatPoints(h.Points), string(h.By)})
	}
	for _, a := range rule.Acts {
		f.Acts = append(f.Acts, actFile{string(a.Code), ledger.FormatPoints(a.Points), a.Per, a.Keep, a.Once, a.Evidence, a.CountedIn})
	}
	f.Express, f.Worth, f.Counter = writeExpress(rule.Express), writeWorth(rule.Worth), newCounterFile(rule.Counter)
	f.Hold, f.ExpiresOn = writeHold(rule.Hold), dayFile(rule.ExpiresOn)
	f.serviceFile.write(rule.ServiceRule)
	b, err := toml.Marshal(f)
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule.Name(), err)
	}
	if _, err := io.Copy(w, strings.NewReader(string(b))); err != nil {
		return fmt.Errorf("rule %s: %w", rule.Name(), err)
	}
	return nil
}
