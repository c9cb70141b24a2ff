package notice_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
	"aixin/ledger/person"
)

// hungOut is a year of a scheme, of which one text is posted: the last entry, or one that was posted in it.
type hungOut struct {
	zone    *time.Location
	book    *ledgertest.Memory
	journal [][]byte
	view    ledger.View
	notice  ledger.Notice
	text    string
	posted  ledger.Index
}

func (h *hungOut) entries() iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, line := range h.journal {
			if !yield(ledger.ParseLine(line)) {
				return
			}
		}
	}
}

// masked calls everybody by a masked name of their own.
func masked(_ context.Context, ids ...string) (map[string]person.Masked, error) {
	out := map[string]person.Masked{}
	for _, id := range ids {
		out[id] = person.Masked{Name: "Q*" + id[len(id)-3:]}
	}
	return out, nil
}

// post writes the text of the notice and puts its hash into the entry that posts it.
func (h *hungOut) post(t *testing.T, say *catalog.Localizer) {
	t.Helper()
	var err error
	h.text, err = notice.Printer{View: h.view, Names: masked, Entries: h.entries}.Text(t.Context(), say, h.notice)
	if err != nil {
		t.Fatal(err)
	}
}

// found returns what R29 says of the entry that posted a text.
func (h *hungOut) found(t *testing.T, text string) (list []string) {
	t.Helper()
	say := func(e *ledger.Entry) {
		switch body := e.Body.(type) {
		case *ledger.PostNotice:
			body.SHA256, body.Size = notice.Hash(text), int64(len(text))
		case *ledger.Publish:
			body.SHA256, body.Size = notice.Hash(text), int64(len(text))
		}
	}
	journal, err := ledgertest.Forge(h.journal, h.posted, say)
	if err != nil {
		t.Fatal(err)
	}
	o := audit.Options{
		Zone: h.zone, Checks: []audit.Number{"R29"}, Evidence: map[string]audit.File{notice.Hash(text): {Size: int64(len(text)), Text: func() (string, error) { return text, nil }}},
		Draw: func(d *audit.Drawn) (texts []string, err error) {
			for _, lang := range []string{catalog.Chinese, catalog.English} {
				say, err := catalog.New(lang)
				if err != nil {
					return nil, err
				}
				texts = append(texts, notice.Again(say, "", d))
			}
			return texts, nil
		},
	}
	r, err := audit.Run(o, (&hungOut{journal: journal}).entries())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Results[0].Findings {
		if slices.Contains(f.Entries, h.posted) {
			list = append(list, f.Has+": "+f.Ought)
		}
	}
	return list
}

// aYear plays a year, and hangs out what a unit of it publishes.
func aYear(t *testing.T) *hungOut {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m := ledgertest.NewMemory(zone)
	err = ledgertest.NewYear(ledgertest.Small(), 1).Play(func(batch []ledgertest.Timed) []ledgertest.Answered {
		out := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	last, err := ledger.ParseLine(m.Journal[m.Next()-1])
	if err != nil {
		t.Fatal(err)
	}
	return &hungOut{zone: zone, book: m, journal: m.Journal, view: m.View(last.On)}
}

// publish appends an entry that publishes something of a unit.
func (h *hungOut) publish(t *testing.T, what string, unit ledger.UnitID, period string) *hungOut {
	t.Helper()
	last, err := ledger.ParseLine(h.journal[len(h.journal)-1])
	if err != nil {
		t.Fatal(err)
	}
	out := *h
	out.notice = ledger.Notice{What: what, Unit: unit, Number: 1, Period: period, From: last.On, Until: last.On + 10, SHA256: strings.Repeat("0", 64), Size: 1}
	n := out.notice
	e := ledger.Entry{
		Index: last.Index + 1, At: last.At, On: last.On, Kind: ledger.Published, Key: "again/1", Digest: last.Digest, Actor: last.Actor,
		Body: &ledger.Publish{What: what, Unit: unit, Number: 1, Period: period, From: n.From, Until: n.Until, SHA256: n.SHA256, Size: 1},
	}
	out.journal, out.posted = append(slices.Clone(h.journal), e.AppendLine(nil)), e.Index
	return &out
}

// records takes the largest notice of records that was posted in the year.
func (h *hungOut) records(t *testing.T) *hungOut {
	t.Helper()
	out := *h
	for e, err := range h.entries() {
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := e.Body.(*ledger.PostNotice); ok && len(b.Records) > len(out.notice.Records) {
			out.posted, out.notice = e.Index, ledger.Notice{Unit: b.Unit, Number: b.Number, From: b.From, Until: b.Until, Records: b.Records}
		}
	}
	if len(out.notice.Records) == 0 {
		t.Fatal("the year has no notice of records")
	}
	return &out
}

// TestNoticesAreDrawnAgain hangs out each kind of text in each language: the true one is drawn again line by line, and one in which a
// number, a line or a name was changed before it was hung out and hashed is found with the line.
func TestNoticesAreDrawnAgain(t *testing.T) {
	t.Parallel()
	year := aYear(t)
	unit := year.records(t).notice.Unit
	shop := ledger.UnitID("")
	for e, err := range year.entries() {
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := e.Body.(*ledger.AddShop); ok {
			shop = b.Unit
			break
		}
	}
	for name, h := range map[string]*hungOut{
		"records": year.records(t),
		"points":  year.publish(t, ledger.PublishPoints, unit, "2026-06"),
		"goods":   year.publish(t, ledger.PublishGoods, shop, "2026-Q3"),
		"honours": year.publish(t, ledger.PublishHonours, unit, "2026-06"),
	} {
		for _, lang := range []string{catalog.Chinese, catalog.English} {
			say, err := catalog.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			h.post(t, say)
			if got := h.found(t, h.text); len(got) > 0 {
				t.Errorf("%s in %s: found in the true text: %q\n%s", name, lang, got, h.text)
			}
			if lang != catalog.Chinese {
				continue
			}
			lines := strings.SplitAfter(h.text, "\n")
			at := len(lines) / 2
			for strings.TrimSpace(lines[at]) == "" || !strings.ContainsAny(lines[at], "123456789") {
				at--
			}
			changed := func(what, line string) {
				text := strings.Join(slices.Concat(lines[:at], []string{line}, lines[at+1:]), "")
				if got := h.found(t, text); len(got) != 1 {
					t.Errorf("%s in %s, %s: got %q, want one finding\n%s", name, lang, what, got, text)
				}
			}
			last := strings.LastIndexAny(lines[at], "123456789")
			changed("another number", lines[at][:last]+string('1'+(lines[at][last]-'1'+1)%9)+lines[at][last+1:])
			changed("a line that lacks", "")
			changed("a line too many", lines[at]+lines[at])
			if strings.Contains(lines[at], "Q*") {
				changed("a name that is not masked", strings.Replace(lines[at], "Q*", "Qu", 1))
			}
		}
	}
}

// TestLaterRulesChangeNoText draws texts again after a rule was set that is new, begins before their months, shows numbers and honours
// otherwise: they are what hung out. A text that is hung out after it goes by it.
func TestLaterRulesChangeNoText(t *testing.T) {
	t.Parallel()
	year := aYear(t)
	unit := year.records(t).notice.Unit
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	year.gives(t, unit)
	points, honours := year.publish(t, ledger.PublishPoints, unit, "2026-06"), year.publish(t, ledger.PublishHonours, unit, "2026-12")
	points.post(t, say)
	honours.post(t, say)
	first := ledger.NewDate(2026, 1, 1)
	rule := ledger.Rule{
		ID: "later", Version: 1, From: first, Terms: ledger.Terms{Unit: unit, ApprovedBy: "villagers-meeting", Published: first},
		Notice: ledger.NoticeRule{Mask: ledger.MaskNumbers}, Donation: ledger.DonationRule{Welfare: true}, Honours: []ledger.HonourTier{{Name: "lowest", Points: 1}},
	}
	last, err := ledger.ParseLine(year.journal[len(year.journal)-1])
	if err != nil {
		t.Fatal(err)
	}
	for i, do := range []ledger.Action{&ledger.AddUnit{Unit: "C9999", Kind: ledger.County, Name: "later"}, &ledger.SetRule{Rule: rule}} {
		c := ledger.Command{Key: ledger.Key(fmt.Sprintf("later/%d", i)), Actor: year.steward(t), Do: do}
		if _, err := year.book.Submit(c, last.At); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range []*hungOut{points, honours} {
		hung := h.text
		h.view, h.notice.Index = year.book.View(last.On), h.posted
		if h.post(t, say); h.text != hung {
			t.Errorf("%s drawn again (-hung +again):\n%s", h.notice.What, cmp.Diff(hung, h.text))
		}
		h.notice.Index = 0
		if h.post(t, say); h.text == hung {
			t.Errorf("%s goes by the rules of before, want those of now\n%s", h.notice.What, h.text)
		}
	}
}

// gives appends a gift for welfare by somebody of a unit who agreed to be named.
func (h *hungOut) gives(t *testing.T, unit ledger.UnitID) {
	t.Helper()
	for e, err := range h.entries() {
		if err != nil {
			t.Fatal(err)
		}
		agreed, ok := e.Body.(*ledger.SetConsent)
		if !ok || !agreed.Publish {
			continue
		}
		who, err := h.view.Volunteer(agreed.Volunteer)
		if err != nil {
			t.Fatal(err)
		}
		if who.Unit == unit && who.Status == ledger.Active {
			e.Index, e.Kind, e.On = ledger.Index(len(h.journal)), ledger.Donated, ledger.NewDate(2026, 12, 31)
			e.Body = &ledger.PoolGift{Donate: ledger.Donate{Volunteer: who.Volunteer, Pool: ledger.PoolID(unit), Points: 100}}
			h.journal = append(h.journal, e.AppendLine(nil))
			return
		}
	}
	t.Fatalf("nobody of %s agreed to be named", unit)
}

// steward returns who set a rule.
func (h *hungOut) steward(t *testing.T) ledger.StaffID {
	t.Helper()
	for e, err := range h.entries() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == ledger.RuleSet {
			return e.Actor
		}
	}
	t.Fatal("the year has no rule")
	return ""
}
