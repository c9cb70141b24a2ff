package web

import (
	"aixin/api/catalog"
	"aixin/ledger"
)

// Account is a volunteer's own page: what there is, until when, the hours apart, and what moved last.
type Account struct {
	Number    string
	Name      string // masked; empty where the registry does not know it
	Standing  string // of an account that is not active: what that means
	Available string
	Sentence  string   // what is available, waits and expires next
	Notes     []string // what else there is to know
	Lots      []Lot
	Hours     string
	Code      Code // of the number, for the counter's scanner
	Latest    []Movement
}

// Lot is what expires on one day.
type Lot struct {
	Points, Expires string
}

func (Account) template() string                    { return "account" }
func (Account) title(say *catalog.Localizer) string { return say.T("web.account.title") }

// Account reads a volunteer's own page with the n latest movements.
func (t Teller) Account(v ledger.View, id ledger.VolunteerID, name string, n int) (Account, error) {
	b, err := v.Balance(id)
	if err != nil {
		return Account{}, err
	}
	latest, err := t.Statement(v, ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point}, 0, n)
	if err != nil {
		return Account{}, err
	}
	code, err := NewCode(string(id))
	if err != nil {
		return Account{}, err
	}
	page := Account{
		Number: string(id), Name: name, Available: t.points(b.Available), Sentence: t.sentence(b),
		Notes: t.notes(b), Lots: t.lots(b), Hours: t.hours(b.Minutes), Code: code, Latest: latest.Lines,
	}
	if b.Status != ledger.Active {
		page.Standing = t.Say.T("web.account." + string(b.Status))
	}
	return page, nil
}

// sentence says what is there, what waits, and what expires next.
func (t Teller) sentence(b ledger.Balance) string {
	there := "web.account.available"
	if b.Status != ledger.Active {
		there = "web.account.there" // and may not be drawn
	}
	parts := []string{t.Say.T(there, catalog.Data{"Points": t.points(b.Available)})}
	if b.Pending > 0 {
		parts = append(parts, t.Say.T("web.account.pending", catalog.Data{"Points": t.points(b.Pending)}))
	}
	if on, first := b.NextExpiry(); on != 0 {
		parts = append(parts, t.Say.T("web.account.expires", catalog.Data{"Points": t.points(first), "Date": t.near(on, b.On)}))
	}
	return t.join(parts)
}

// notes says what is not in the sentence and not every account has.
func (t Teller) notes(b ledger.Balance) []string {
	var notes []string
	note := func(a ledger.Amount, id string) {
		if a > 0 {
			notes = append(notes, t.Say.T(id, catalog.Data{"Points": t.points(a)}))
		}
	}
	if ledger.UnitID(b.Pool).Valid() {
		note(b.Shared, "web.account.shared_team")
	} else {
		note(b.Shared, "web.account.shared")
	}
	note(b.Held, "web.account.held")
	note(b.Lapsed, "web.account.lapsed")
	note(b.Recoverable, "web.account.recoverable")
	return notes
}

// lots adds up the lots by the day on which they expire.
func (t Teller) lots(b ledger.Balance) []Lot {
	var out []Lot
	for i := 0; i < len(b.Lots); {
		day, sum := b.Lots[i].Expires, ledger.Amount(0)
		for ; i < len(b.Lots) && b.Lots[i].Expires == day; i++ {
			sum += b.Lots[i].Left
		}
		expires := t.Say.T("web.account.never")
		if day != 0 {
			expires = t.Say.T("web.account.until", catalog.Data{"Date": t.date(day)})
		}
		out = append(out, Lot{t.points(sum), expires})
	}
	return out
}
