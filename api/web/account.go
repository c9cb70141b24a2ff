package web

import (
	"fmt"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
)

// Account is a volunteer's own page: what there is, until when, the hours apart, and what moved last.
type Account struct {
	Number    string
	Name      string // masked; empty where the registry does not know it
	Standing  string // of an account that is not active: what that means
	Available string
	Sentence  string // what is available, waits and expires next
	Warnings  []Warning
	Notes     []string // what else there is to know
	Code      Code     // of the number, for the counter's scanner
	Proxies   []string // who may fetch goods
	Latest    []Movement
}

// Lot is what expires on one day.
type Lot struct {
	Points, Expires string
}

// Warning says what lapses soon, and how soon.
type Warning struct {
	Text  string
	Light string // amber, or red where it is urgent
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
	page := Account{Number: string(id), Name: name, Available: t.points(b.Spendable()), Notes: t.notes(b), Code: code, Latest: latest.Lines}
	if page.Sentence, err = t.sentence(v, b); err != nil {
		return Account{}, err
	}
	page.Warnings = append(t.warnings(b.On, spendable(b), t.points), t.warnings(b.On, b.GiftLots, t.giftPoints)...)
	fetching, err := v.Proxies(id)
	if err != nil {
		return Account{}, err
	}
	for _, p := range fetching.List {
		page.Proxies = append(page.Proxies, t.Say.T("own.proxy", catalog.Data{"Number": string(p.Proxy), "Relation": catalog.Name(t.Say, "own.relation", p.Relation)}))
	}
	if b.Status != ledger.Active {
		page.Standing = t.Say.T("web.account." + string(b.Status))
	}
	return page, nil
}

// sentence says what is there, what is on notice and until when, what waits, and what expires next.
func (t Teller) sentence(v ledger.View, b ledger.Balance) (string, error) {
	who, err := v.Volunteer(b.Volunteer)
	if err != nil {
		return "", err
	}
	list, err := noticed(v, who)
	if err != nil {
		return "", err
	}
	soon, err := comingOf(v, list)
	if err != nil {
		return "", err
	}
	there := "web.account.available"
	if b.Status != ledger.Active {
		there = "web.account.there" // and may not be drawn
	}
	parts := []string{t.Say.T(there, catalog.Data{"Points": t.points(b.Spendable())})}
	rest := b.Pending
	for _, c := range soon {
		parts = append(parts, t.Say.T("own.points.noticed", catalog.Data{"Points": t.points(c.points), "Date": t.near(c.on, b.On)}))
		rest -= c.points
	}
	if rest > 0 {
		parts = append(parts, t.Say.T("web.account.pending", catalog.Data{"Points": t.points(rest)}))
	}
	if on, first := b.NextExpiry(); on != 0 {
		parts = append(parts, t.Say.T("web.account.expires", catalog.Data{"Points": t.points(first), "Date": t.near(on, b.On)}))
	}
	return t.join(parts), nil
}

// maxWarnings bounds the days of which somebody is warned on one page: all of them are a tap away.
const maxWarnings = 3

// warnings says what lapses within the days at which people are warned (B22), by the day on which it does, the first to lapse first. The
// fewer the days that are left, the more urgent the words. Gift points lapse by themselves, and are no points of the same kind.
func (t Teller) warnings(today ledger.Date, lots []ledger.Lot, points func(ledger.Amount) string) (list []Warning) {
	for len(lots) > 0 && len(list) < maxWarnings {
		on, sum := lots[0].Expires, ledger.Amount(0)
		days := int64(on - today)
		if on == 0 || days < 0 || days > report.Warnings()[0] {
			return list
		}
		for ; len(lots) > 0 && lots[0].Expires == on; lots = lots[1:] {
			sum += lots[0].Left
		}
		within, light := report.Warning(days), "amber"
		id := fmt.Sprintf("own.warns.within%d", within)
		if days == 0 {
			id = "own.warns.today"
		}
		if within == report.Warnings()[len(report.Warnings())-1] {
			light = "red"
		}
		list = append(list, Warning{t.Say.T(id, catalog.Data{"Points": points(sum), "Date": t.date(on), "Count": days}), light})
	}
	return list
}

// giftPoints says how many gift points there are.
func (t Teller) giftPoints(a ledger.Amount) string {
	return t.Say.T("own.warns.gift", catalog.Data{"Count": Points(a.Abs())})
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
	rest := b.Gift
	for _, l := range b.GiftLots {
		notes = append(notes, t.Say.T("web.account.gift_until", catalog.Data{"Points": t.points(l.Left), "Date": t.date(l.Expires)}))
		rest -= l.Left
	}
	note(rest, "web.account.gift")
	return notes
}

// lots adds up the lots by the day on which they expire.
func (t Teller) lots(lots []ledger.Lot) []Lot {
	var out []Lot
	for i := 0; i < len(lots); {
		day, sum := lots[i].Expires, ledger.Amount(0)
		for ; i < len(lots) && lots[i].Expires == day; i++ {
			sum += lots[i].Left
		}
		expires := t.Say.T("web.account.never")
		if day != 0 {
			expires = t.Say.T("web.account.until", catalog.Data{"Date": t.date(day)})
		}
		out = append(out, Lot{t.points(sum), expires})
	}
	return out
}
