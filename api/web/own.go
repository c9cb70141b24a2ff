package web

import (
	"aixin/api/catalog"
	"aixin/ledger"
)

// Own is a page of a volunteer: sentences, rows and forms, one matter at a time.
type Own struct {
	Name     string // its sentences are own.page.NAME
	Path     string
	Number   string // whose page it is; none where nobody is signed in
	Who      string // masked
	Wrong    string // why what was asked was not done
	Good     string // what was done
	Sections []OwnSection
}

func (Own) template() string                      { return "own" }
func (o Own) title(say *catalog.Localizer) string { return say.T("own.page." + o.Name) }

// OwnSection is one part of the page.
type OwnSection struct {
	Heading string
	Big     string
	Text    []string
	Rows    []OwnRow
	Links   []Option
	Form    *WorkForm
	Code    *Code
	Short   string // what the code says, to be read or typed
	Paper   bool   // it is what is printed
}

// OwnRow is one line on notice, one hold or one reason, with what may be done about it.
type OwnRow struct {
	Text  string
	Notes []string
	Code  *Code  // what is scanned at the counter
	Short string // what the code says
	Form  *WorkForm
}

// Doors lists the other pages of a volunteer in the order in which they stand on the first: the ends of the addresses, which name the
// sentences too.
func (Account) Doors() []string {
	return []string{"statement", "hours", "goods", "notice", "why", "activity", "data"}
}

// Numbers lists every number of a person, the one that goes on first.
func Numbers(who ledger.Volunteer) []ledger.VolunteerID {
	return append([]ledger.VolunteerID{who.Volunteer}, who.Merged...)
}
