package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"unicode"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// Register keeps what is known of people beside the book. *registry.Registry does.
type Register interface {
	// FindByName returns the numbers of everybody of that name.
	FindByName(ctx context.Context, name string) ([]string, error)
	// Put keeps people's details.
	Put(ctx context.Context, people ...person.Person) error
	// SetCard makes a text somebody's card, in place of the one before.
	SetCard(ctx context.Context, id, text string) error
	// NewPIN gives somebody a new PIN and returns it.
	NewPIN(ctx context.Context, id string) (string, error)
}

// maxFound bounds the people that a search shows: more is no answer.
const maxFound = 50

// peoplePage finds people, and does what a life with a card brings.
func peoplePage() workPage {
	return workPage{
		name: "people", path: "/desk/people", roles: []ledger.Role{ledger.Steward, ledger.Clerk}, show: (*desk).people,
		forms: []workForm{
			{name: "search", fields: only(maybe(typed("search"))), run: (*desk).search},
			{name: "card", fields: only(typed("volunteer")), run: (*desk).newCard},
			{name: "void", fields: func(d *desk) ([]web.Field, error) { return []web.Field{typed("volunteer"), d.reason()}, nil }, run: (*desk).voidCard},
			{name: "pin", fields: only(typed("volunteer")), run: (*desk).newPIN},
			{name: "status", fields: func(d *desk) ([]web.Field, error) {
				return []web.Field{
					typed("volunteer"), one(d, "status", "status", ledger.Active, ledger.Frozen, ledger.Closed), d.reason(), maybe(dated("until")),
				}, nil
			}, action: func(a *answers) ledger.Action {
				return &ledger.SetStatus{
					Volunteer: a.volunteer("volunteer"), Status: ledger.Status(a.text("status")), Reason: ledger.Reason(a.text("reason")), Until: a.date("until"),
				}
			}},
			{name: "proxy", fields: func(d *desk) ([]web.Field, error) {
				relation := one(d, "relation", "own.relation", ledger.Spouse, ledger.Parent, ledger.Child, ledger.Relative, ledger.Neighbour, ledger.Carer)
				return []web.Field{typed("volunteer"), typed("proxy"), relation, ticked("ended")}, nil
			}, action: func(a *answers) ledger.Action {
				return &ledger.SetProxy{
					Volunteer: a.volunteer("volunteer"), Proxy: a.volunteer("proxy"), Relation: ledger.Relation(a.text("relation")), Ended: a.Has("ended"),
				}
			}},
			{name: "classes", fields: func(d *desk) ([]web.Field, error) {
				classes, change := typed("classes"), one(d, "class_change", "work.class_change", "add", "take")
				classes.Hint, change.Unset = d.t("classes_hint"), true
				return []web.Field{typed("volunteer"), change, classes}, nil
			}, run: (*desk).setClasses},
			{name: "merge", fields: (*desk).mergeFields, run: (*desk).merge},
		},
	}
}

func (d *desk) people() error {
	if d.merging() {
		return d.form("merge") // below the sums, and nothing else
	}
	if err := d.form("search"); err != nil {
		return err
	}
	last := &d.page.Sections[len(d.page.Sections)-1]
	last.Form.Buttons = append(last.Form.Buttons, web.Option{Value: "csv", Text: d.t("export")})
	if d.searched() != "" {
		t, err := d.found()
		if err != nil {
			return err
		}
		d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	}
	for _, name := range []string{"card", "void", "pin", "status", "proxy", "classes", "merge"} {
		if (name == "proxy" || name == "classes") && !slices.Contains(d.staff.RolesOn(d.view.On()), ledger.Steward) {
			continue // the book takes it from a steward alone
		}
		var buttons []web.Option
		if name == "merge" {
			buttons = []web.Option{{Value: "preview", Text: d.t("form.merge_look"), On: true}}
		}
		if err := d.form(name, buttons...); err != nil {
			return err
		}
	}
	return nil
}

// setClasses adds classes to those of somebody, or takes them away. The others stay, which nobody has to know.
func (d *desk) setClasses(a *answers) error {
	do := &ledger.SetClasses{Volunteer: a.volunteer("volunteer")}
	change := a.text("class_change")
	if change != "add" && change != "take" {
		a.fault("class_change", "required")
	}
	if err := a.err(); err != nil {
		return err
	}
	if k, err := d.view.Key(a.key); err == nil { // pressed twice: the classes are others by now
		d.goOn(k.Index)
		return nil
	}
	who, err := d.view.Volunteer(do.Volunteer)
	if err != nil {
		return err
	}
	var named []ledger.Beneficiary
	for _, c := range strings.FieldsFunc(a.text("classes"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '-' }) {
		named = append(named, ledger.Beneficiary(c))
	}
	do.Classes = slices.DeleteFunc(slices.Clone(who.Classes), func(c ledger.Beneficiary) bool { return slices.Contains(named, c) })
	if change == "add" {
		do.Classes = append(do.Classes, named...)
	}
	return d.enter(a, do)
}

// search shows whom it finds, or gives the list as a file. Either comes of the form: no address says who was looked for.
func (d *desk) search(a *answers) error {
	if a.Get("do") != "csv" {
		d.stay, d.keep = true, true
		return nil
	}
	t, err := d.found()
	if err != nil {
		return err
	}
	return d.giveTable(d.w, d.r, "people", t)
}

// searched is what is looked for. It may be a name, so that no address ever carries it: it comes in a form.
func (d *desk) searched() string { return strings.TrimSpace(d.r.PostForm.Get("search")) }

// found lists whom a number, a card or a name means: masked, with what they have and how they stand.
func (d *desk) found() (*web.Grid, error) {
	t := d.newTable("people", "holder", "unit", "status", "#points", "#pending", "#hours", "since")
	ids, err := d.lookUp(d.searched())
	if err != nil {
		return nil, err
	}
	name, err := d.named(ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids[:min(len(ids), maxFound)] {
		b, err := d.view.Balance(id)
		if as[*ledger.Rejection](err) {
			continue // the registry keeps details of somebody who was never enrolled
		}
		if err != nil {
			return nil, err
		}
		who, err := d.view.Volunteer(id)
		if err != nil {
			return nil, err
		}
		served, err := d.view.Minutes(who)
		if err != nil {
			return nil, err
		}
		row(t, name(id), d.unitNamed(who.Unit), catalog.Name(d.say, "status", who.Status), points(b.Available), points(b.Pending), d.minutes(served), day(who.Since)).
			Link = d.of.path + "?volunteer=" + string(id)
	}
	return t, nil
}

func (d *desk) lookUp(text string) ([]ledger.VolunteerID, error) {
	handled, err := HandledBy(d.view, d.staff.Staff, PeopleReaders()...)
	if err != nil {
		return nil, err
	}
	id, err := d.who(d.r.Context(), text)
	switch {
	case err == nil: // who stands here, and showed a card or said the number
		return []ledger.VolunteerID{id}, nil
	case !as[*ledger.Invalid](err) && !errors.Is(err, person.ErrNotFound):
		return nil, err
	case d.Register == nil:
		return nil, nil
	}
	list, err := d.Register.FindByName(d.r.Context(), person.NormalizeName(text))
	if err != nil && !errors.Is(err, person.ErrNotFound) {
		return nil, err
	}
	if len(list) == 0 && text != "" { // by pinyin, or by the last digits of a phone
		near, _, err := d.People.Search(d.r.Context(), person.Volunteer, text, handled.Among)
		if err != nil && !errors.Is(err, person.ErrNotFound) && !as[*ledger.Invalid](err) {
			return nil, err
		}
		for _, m := range near {
			list = append(list, m.ID)
		}
	}
	var ids []ledger.VolunteerID
	for _, one := range list {
		if id := ledger.VolunteerID(one); id.Valid() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return handled.only(ids...)
}

// merging reports whether the sums of two numbers are on the page, so that joining them is what is left.
func (d *desk) merging() bool { return d.posted == "merge" && d.keep }

// mergeFields ask for two numbers. Those whose sums are on the page stay as they were looked at.
func (d *desk) mergeFields() ([]web.Field, error) {
	fields := []web.Field{typed("from_number"), typed("into_number")}
	for i := range fields {
		if d.merging() {
			fields[i].Kind = "hidden"
		}
	}
	return fields, nil
}

// merge shows what two numbers of one person have and what that comes to, or joins them and shows what the one that goes on has then.
func (d *desk) merge(a *answers) error {
	do := &ledger.Merge{From: a.volunteer("from_number"), Into: a.volunteer("into_number")}
	if err := a.err(); err != nil {
		return err
	}
	if a.Get("do") == "preview" {
		if _, err := d.dryRun(do); err != nil {
			return err
		}
		d.stay, d.keep = true, true
		return d.mergeSums("merge_look", do.From, do.Into)
	}
	got, err := d.submit(a.key, do)
	if err != nil {
		return err
	}
	if err := d.refresh(); err != nil {
		return err
	}
	d.stay = true
	if err := d.said(counts(got.Entry.Index)); err != nil || got.Entry.Kind != ledger.Merged {
		return err // it waits for a second person
	}
	return d.mergeSums("merged", do.Into)
}

// mergeSums shows what numbers have of what a merger carries over or adds up, and the sum where there are several.
func (d *desk) mergeSums(heading string, ids ...ledger.VolunteerID) error {
	t := d.newTable("merge", "holder", "#points", "#gifts", "#owed", "#hours")
	name, err := d.named(ids...)
	if err != nil {
		return err
	}
	var sum ledger.Balance
	some := func(a ledger.Amount) string { // a column of which nobody has anything is left out
		if a == 0 {
			return ""
		}
		return points(a)
	}
	add := func(who string, b ledger.Balance) {
		row(t, who, points(b.Available+b.Held+b.Lapsed), some(b.Gift), some(b.Recoverable), d.minutes(b.Minutes))
	}
	for _, id := range ids {
		b, err := d.view.Balance(id)
		if err != nil {
			return err
		}
		add(name(id), b)
		sum.Available, sum.Held, sum.Lapsed = sum.Available+b.Available, sum.Held+b.Held, sum.Lapsed+b.Lapsed
		sum.Gift, sum.Recoverable, sum.Minutes = sum.Gift+b.Gift, sum.Recoverable+b.Recoverable, sum.Minutes+b.Minutes
	}
	if len(ids) > 1 {
		add(d.t("both"), sum)
	}
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Text: []string{d.t(heading)}, Table: t})
	return nil
}

// newCard gives a volunteer a card, first in the book: a card that is only there was never printed, and the next one voids it. The card is
// shown once, to be printed.
func (d *desk) newCard(a *answers) error {
	id := a.volunteer("volunteer")
	if err := a.err(); err != nil {
		return err
	}
	if d.Register == nil {
		return ErrNotReady
	}
	text := d.cardText(a.key, id)
	if _, err := d.submit(a.key, &ledger.IssueCard{Volunteer: id, Card: sha256.Sum256([]byte(text))}); err != nil {
		return err
	}
	if err := d.setCard(id, text); err != nil {
		return err
	}
	name, err := d.named(id)
	if err != nil {
		return err
	}
	code, err := web.NewCode(text)
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form.card"), Text: d.marked(name(id), d.t("card_once"), d.t("masked_cards")), Code: &code, Short: text})
	return err
}

// voidCard makes a card worth nothing, in the book and for signing in.
func (d *desk) voidCard(a *answers) error {
	do := &ledger.VoidCard{Volunteer: a.volunteer("volunteer"), Reason: ledger.Reason(a.text("reason"))}
	if err := a.err(); err != nil {
		return err
	}
	got, err := d.submit(a.key, do)
	if err != nil {
		return err
	}
	if err := d.refresh(); err != nil {
		return err
	}
	who, err := d.view.Volunteer(do.Volunteer)
	if err != nil {
		return err
	}
	if d.Register != nil && who.Card == (ledger.Hash{}) { // also where the same form was sent before, and nobody knows how that ended
		if err := d.setCard(do.Volunteer, cardMark+rand.Text()); err != nil {
			return err
		}
	}
	d.goOn(got.Entry.Index)
	return nil
}

// setCard makes a card open an account, and none before it. The book says so already, so that it is done whoever still waits.
func (d *desk) setCard(id ledger.VolunteerID, text string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.r.Context()), submitTime)
	defer cancel()
	return d.Register.SetCard(ctx, string(id), text)
}

// cardText is the text of a card that a form makes for somebody: the same again where the form is sent again to the same server, so that it
// can be shown again.
func (s *server) cardText(form ledger.Key, id ledger.VolunteerID) string {
	mac := hmac.New(sha256.New, s.secret[:])
	mac.Write([]byte(string(form) + "/" + string(id)))
	return cardMark + base32.StdEncoding.EncodeToString(mac.Sum(nil))[:len(rand.Text())]
}

// newPIN gives a volunteer a new PIN and shows it once. A PIN of the staff is not given here: whoever gave it could be them.
func (d *desk) newPIN(a *answers) error {
	id := a.volunteer("volunteer")
	if err := a.err(); err != nil {
		return err
	}
	if d.Register == nil {
		return ErrNotReady
	}
	if _, err := d.view.Volunteer(id); err != nil {
		return err
	}
	// A way to sign in as somebody is given by whoever the book lets give them a card; the account may be frozen all the same.
	may := ledger.Command{Key: newWorkKey(), Actor: d.staff.Staff, Do: &ledger.IssueCard{Volunteer: id, Card: ledger.LeafHash([]byte(rand.Text()))}}
	_, err := d.Writes.DryRun(d.r.Context(), may)
	if no, ok := errors.AsType[*ledger.Rejection](err); err != nil && (!ok || no.OfActor()) {
		return err
	}
	if !d.firstTime(a.key) {
		d.stay = true
		d.page.Bad = append(d.page.Bad, d.t("pin_given"))
		return nil
	}
	pin, err := d.Register.NewPIN(d.r.Context(), string(id))
	if err != nil {
		return err
	}
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form.pin"), Text: []string{string(id), d.t("pin_once")}, Short: pin})
	return nil
}

// firstTime reports whether a form was not sent before, as far as the server remembers.
func (s *server) firstTime(form ledger.Key) bool {
	s.sending.Lock()
	defer s.sending.Unlock()
	if len(s.sent) >= maxSessions {
		clear(s.sent)
	}
	if s.sent[form] {
		return false
	}
	if s.sent == nil {
		s.sent = map[ledger.Key]bool{}
	}
	s.sent[form] = true
	return true
}
