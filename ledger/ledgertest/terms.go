package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of what a rule says of a credit and of points beyond its price: when a credit takes effect. Its actions are those of
// other families.

func termsFamily() family {
	return family{
		build:   (*Generator).buildTerms,
		answer:  func(*Naive, ledger.Command, *event) (Answer, bool) { return Answer{}, false },
		roles:   func(ledger.Action) []ledger.Role { return nil },
		differs: (*Naive).termsDiffer,
		draws:   termsDraws(),
	}
}

// buildTerms adds a unit whose credits wait for the next week, and one whose credits do so after a notice.
func (g *Generator) buildTerms() {
	rule := ledger.Rule{
		ID: "weekly", Version: 1, From: ledger.NewDate(2026, 1, 1), Step: 30, Expires: ledger.ExpiresMonths, ExpiresIn: 1, ReturnGrace: 7,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Rates: []ledger.HourRate{{Code: "VH01", Points: 300}},
		Notice: ledger.NoticeRule{Effective: ledger.Weekly},
	}
	g.first(steward, &ledger.SetRule{Rule: rule})
	rule.ID, rule.Notice = "weekly-public", ledger.NoticeRule{Days: 1, Reply: 3, Effective: ledger.Weekly}
	g.first(steward, &ledger.SetRule{Rule: rule})
	g.first(steward, &ledger.AddUnit{Unit: "C20", Kind: ledger.Community, Name: "twenty", Rule: "weekly"})
	g.first(steward, &ledger.AddUnit{Unit: "C21", Kind: ledger.Community, Name: "twenty-one", Rule: "weekly-public"})
	g.first(steward, &ledger.AddActivity{Activity: "A030", Unit: "C20", Code: "VH01", Name: "weeding"})
	g.first(steward, &ledger.AddActivity{Activity: "A031", Unit: "C21", Code: "VH01", Name: "watering"})
}

// termsBoard is what the generator knows of credits that wait for a period.
type termsBoard struct {
	declared []ledger.Index
	later    []ledger.Index
}

func (b *termsBoard) saw(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		if body.Unit == "C20" || body.Unit == "C21" {
			b.declared = append(b.declared, e.Index)
		}
	case *ledger.Credit:
		if body.From != 0 {
			b.later = append(b.later, body.Record)
		}
	}
}

func termsDraws() []draw {
	return []draw{
		{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := g.hours()
			a.Activity, a.Capture = pick(g, ledger.ActivityID("A030"), "A030", "A031"), ledger.Roster
			return a, leader
		}},
		{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Approve{Record: g.recent(g.terms.declared)}, reviewer
		}},
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.postOf("C21"), publisher }},
		{7, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.CreditRecord{Record: pick(g, g.recent(g.terms.later), g.recent(g.terms.later), g.recent(g.terms.declared))}, steward
		}},
	}
}

// ruleOfRecord returns the rule that priced a declaration; the generated rules have one version each.
func (n *Naive) ruleOfRecord(d *event) (rule ledger.Rule) {
	each(n, func(_ int, _ *event, a *ledger.SetRule) {
		if a.Rule.ID == d.rule {
			rule = a.Rule
		}
	})
	return rule
}

// effective returns the period that the credit of a declaration waits for; none where it waits for none.
func (n *Naive) effective(d *event) ledger.Period { return n.ruleOfRecord(d).Notice.Effective }

// beforePeriod refuses a credit before the first Monday after it could else be posted: the generated periods are weeks.
func (n *Naive) beforePeriod(d *event) Answer {
	if n.effective(d) == "" {
		return Answer{}
	}
	monday := d.public.until.AddDays(1)
	for monday.Weekday() != 1 {
		monday = monday.AddDays(1)
	}
	if n.today < monday {
		return no(ledger.PeriodRuns)
	}
	return Answer{}
}

// termsDiffer compares what waits for a period, by volunteer.
func (n *Naive) termsDiffer(m *Memory) string {
	want := map[ledger.VolunteerID][]ledger.Index{}
	for i := range n.history {
		if d := &n.history[i]; d.state == "later" {
			who := n.beneficiary(d.command.Do)
			want[who] = append(want[who], ledger.Index(i))
		}
	}
	for v, err := range m.View(0).Volunteers() {
		if err != nil {
			return err.Error()
		}
		got := slices.Sorted(slices.Values(v.Later))
		if !slices.Equal(got, want[v.Volunteer]) {
			return fmt.Sprintf("later of %s: naive %v, book %v", v.Volunteer, want[v.Volunteer], got)
		}
	}
	return ""
}
