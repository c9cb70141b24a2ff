package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

const ownDataPath = "/volunteer/data.json"

// OwnData is everything that is kept of a volunteer, for that volunteer.
type OwnData struct {
	Person    Details              `json:"person"`
	Merged    []ledger.VolunteerID `json:"merged,omitempty"` // earlier numbers of the same person
	Unit      ledger.UnitID        `json:"unit"`
	Household ledger.HouseholdID   `json:"household,omitempty"`
	Status    ledger.Status        `json:"status"`
	Since     ledger.Date          `json:"since,omitempty"`
	Consent   bool                 `json:"consent"` // to be named in public
	Guardian  ledger.VolunteerID   `json:"guardian,omitempty"`
	Balance   Balance              `json:"balance"`
	Points    []StatementLine      `json:"points"`
	Gifts     []StatementLine      `json:"gifts"` // gift points
	Minutes   []StatementLine      `json:"minutes"`
	Hours     []DeclaredRecord     `json:"hours"` // credited service
	Looks     []Look               `json:"looks"` // who looked at the details, when and why
	AsOf      ledger.Index         `json:"as_of_index"`
	On        ledger.Date          `json:"on"`
}

type (
	// Details are what is known of a person.
	Details struct {
		Number   ledger.VolunteerID `json:"number"`
		Name     string             `json:"name"`
		Phone    string             `json:"phone,omitempty"`
		IDNumber string             `json:"id_number,omitempty"`
	}

	// Look is one look at one person's details.
	Look struct {
		At     Time   `json:"at"`
		Actor  string `json:"actor"`
		Person string `json:"person"`
		Reason string `json:"reason"`
	}
)

// data shows what one may do about what is kept of oneself.
func (o *oneself) data() error {
	o.section(web.OwnSection{
		Heading: o.t("data.heading"), Text: []string{o.t("data.about")}, Links: []web.Option{{Value: ownDataPath, Text: o.t("data.download")}},
	})
	who, err := o.view.Volunteer(o.id)
	if err != nil {
		return err
	}
	named := web.OwnSection{Heading: o.t("data.named"), Text: []string{o.t("data.named_about")}}
	switch {
	case who.Young(o.view.On()):
		named.Text = append(named.Text, o.t("data.guarded"))
	case who.Publish:
		named.Text = append(named.Text, o.t("data.named_now"))
		named.Form = o.form("consent", []web.Option{{Value: consentNo, Text: o.t("button.consent_no")}})
	default:
		named.Text = append(named.Text, o.t("data.unnamed_now"))
		named.Form = o.form("consent", []web.Option{{Value: consentYes, Text: o.t("button.consent_yes")}})
	}
	o.section(named)
	o.section(web.OwnSection{Heading: o.t("data.ward"), Text: []string{o.t("data.ward_about")}, Form: o.form("ward", []web.Option{
		{Value: consentYes, Text: o.t("button.ward_yes")}, {Value: consentNo, Text: o.t("button.ward_no")},
	}, web.Field{Name: "ward", Kind: "text", Need: true})})
	return nil
}

// What is said about being named.
const (
	consentYes = "yes"
	consentNo  = "no"
)

// consent says whether one agrees to be named in public.
func (o *oneself) consent() (ledger.Action, error) { return o.consentFor(o.id) }

// wardConsent says it for a child in one's care.
func (o *oneself) wardConsent() (ledger.Action, error) {
	id := ledger.VolunteerID(strings.ToUpper(tidy(o.r.PostForm.Get("ward"), maxCard)))
	if !id.Valid() {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "ward", Code: "volunteer_number"}}}
	}
	return o.consentFor(id)
}

// ofWard says of a child who is not in one's care that it is not: no role is missing, and whether there is such a number is nobody's to learn.
func (o *oneself) ofWard(err error) error {
	no, ok := errors.AsType[*ledger.Rejection](err)
	if o.posted != "ward" || !ok || no.Reason != ledger.NotPermitted && no.Reason != ledger.NotFound {
		return err
	}
	return &ledger.Invalid{Fields: []ledger.Fault{{Field: "ward", Code: "not_ward"}}}
}

func (o *oneself) consentFor(id ledger.VolunteerID) (ledger.Action, error) {
	switch o.r.PostForm.Get("do") {
	case consentYes:
		return &ledger.SetConsent{Volunteer: id, Publish: true}, nil
	case consentNo:
		return &ledger.SetConsent{Volunteer: id}, nil
	}
	return nil, ErrBadForm
}

// ownData answers GET /volunteer/data.json: one file of everything that is kept of whoever is signed in.
func (s *server) ownData(w http.ResponseWriter, r *http.Request) error {
	id, ok := s.signedIn(r)
	if !ok {
		http.Redirect(w, r, sessionPath, http.StatusSeeOther)
		return nil
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(id)+`.json"`)
	return s.giveData(w, r, id)
}

// takeData answers GET /v1/volunteers/V…/data: the same for a program of theirs.
func (s *server) takeData(w http.ResponseWriter, r *http.Request) error {
	return s.giveData(w, r, callerOf(r).volunteer)
}

// giveData gives somebody everything that is kept of them. It is a look at their details by themself, and logged as one; of somebody under a
// guardian's care nobody else need agree, since they see what is their own.
func (s *server) giveData(w http.ResponseWriter, r *http.Request, id ledger.VolunteerID) error {
	people, err := s.People.Get(r.Context(), person.Purpose{Actor: string(id), Reason: "own data"}, string(id))
	if err != nil {
		return err
	}
	var out OwnData
	err = s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) (err error) {
		out, err = OwnDataOf(r.Context(), v, s.People, people[0])
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", keepNothing)
	s.write(w, r, http.StatusOK, jsonType, out)
	return nil
}

// Accesses lists the looks at people's details. *registry.Registry does.
type Accesses interface {
	Accesses(ctx context.Context, q person.AccessQuery) ([]person.Access, error)
}

// addPerson adds what the registry keeps of a person: the details, and the looks at them under all their numbers, of which the one that
// brought the details is the last.
func (d *OwnData) addPerson(ctx context.Context, looks Accesses, p person.Person) error {
	id := ledger.VolunteerID(p.ID)
	d.Person = Details{id, p.Name, p.Phone, p.IDNumber}
	for _, number := range append([]ledger.VolunteerID{id}, d.Merged...) {
		list, err := looks.Accesses(ctx, person.AccessQuery{Person: string(number)})
		if err != nil {
			return err
		}
		for _, a := range list {
			d.Looks = append(d.Looks, Look{Time(a.At), a.Actor, a.Person, a.Reason})
		}
	}
	return nil
}

// OwnDataOf returns what the book and the registry keep of a volunteer, whose details were looked at for that.
func OwnDataOf(ctx context.Context, v ledger.View, looks Accesses, p person.Person) (OwnData, error) {
	out, err := ownDataOf(v, ledger.VolunteerID(p.ID))
	if err != nil {
		return out, err
	}
	return out, out.addPerson(ctx, looks, p)
}

// ownDataOf returns what the book keeps of a volunteer.
func ownDataOf(v ledger.View, id ledger.VolunteerID) (out OwnData, err error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return out, err
	}
	out = OwnData{
		Merged: who.Merged, Unit: who.UnitOn(v.On()), Household: who.HouseholdOn(v.On()), Status: who.Status, Since: who.Since, Consent: who.Publish,
		Guardian: who.Guardian, Hours: []DeclaredRecord{}, Looks: []Look{}, AsOf: v.Head().Size - 1, On: v.On(),
	}
	b, err := v.Balance(id)
	if err != nil {
		return out, err
	}
	out.Balance = NewBalance(b)
	served, err := v.Served(id, 0, v.On())
	if err != nil {
		return out, err
	}
	for _, rec := range served {
		out.Hours = append(out.Hours, NewDeclaredRecord(rec))
	}
	if out.Points, err = everyLine(v, ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point}); err != nil {
		return out, err
	}
	if out.Gifts, err = everyLine(v, ledger.AccountKey{ID: ledger.GiftsOf(id), Commodity: ledger.GiftPoint}); err != nil {
		return out, err
	}
	out.Minutes, err = everyLine(v, ledger.AccountKey{ID: ledger.HoursOf(id), Commodity: ledger.Minute})
	return out, err
}

// everyLine returns every line of a statement, the newest first.
func everyLine(v ledger.View, k ledger.AccountKey) ([]StatementLine, error) {
	all := []StatementLine{}
	for before := ledger.Index(0); ; {
		page, err := v.Statement(k, before, maxPage)
		if err != nil {
			return nil, err
		}
		all = append(all, NewStatement(page, k.Commodity, v.Head().Size-1).Lines...)
		if before = page.Next; before == 0 {
			return all, nil
		}
	}
}
