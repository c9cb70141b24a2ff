package ledger

import (
	"fmt"
	"slices"
)

// This file states hours on paper: a numbered statement names the records that it adds up, so that anybody can add them up again and
// see whether one was taken back since.

// Certified states the hours of a volunteer.
const Certified Kind = "certified"

// MaxCertified bounds the records of one statement: several years of every week. Who served more has several statements.
const MaxCertified = 500

type (
	// Certify states the hours of a volunteer over days of service, from the records that it names. By a steward who is not
	// concerned, or by the volunteer: the sum leaves nothing to decide.
	Certify struct {
		Volunteer VolunteerID
		From      Date
		Until     Date
		Records   []Index // credited service of that person on those days, ascending
	}

	// Certificate is the body of certified.
	Certificate struct {
		Certify
		Number  int64  // of the statement, from 1
		Minutes Amount // what the records add up to
	}

	// CertificateFact says which entry a number of a statement means.
	CertificateFact struct {
		Entry Index
	}
)

func (f *CertificateFact) fields(c *codec) { c.index("entry", &f.Entry) }

func (a *Certify) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	c.date("from", &a.From)
	c.date("until", &a.Until)
	numbers(c, "records", &a.Records)
}

func (r *Certificate) fields(c *codec) {
	r.Certify.fields(c)
	number(c, "number", &r.Number)
	number(c, "minutes", &r.Minutes)
}

func (a *Certify) kind() Kind { return Certified }

func (a *Certify) roles() anyOf { return anyOf{Steward, Oneself} }

func (a *Certify) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Certify) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.From.valid(), "from", "date")
	f.want(a.Until.valid() && a.From <= a.Until, "until", "last_day")
	f.want(len(a.Records) > 0, "records", "required")
	f.want(len(a.Records) <= MaxCertified, "records", "too_many")
	ascending := len(a.Records) == 0 || a.Records[0] > 0
	for i := 1; i < len(a.Records); i++ {
		ascending = ascending && a.Records[i-1] < a.Records[i]
	}
	f.want(ascending, "records", "ascending")
}

func (a *Certify) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	for _, i := range a.Records {
		b.records.want(w, i)
	}
}

func (a *Certify) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.who(a.Volunteer)
	switch {
	case !ok:
		return notFound(string(a.Volunteer))
	case v.Into != "":
		return &Rejection{Reason: AccountClosed, Subject: string(a.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case a.Until > d.On:
		return &Rejection{Reason: DateInFuture, Subject: a.Until.String()}
	}
	minutes, r := a.sum(b, v)
	if r != nil {
		return r
	}
	book, _ := b.book.get(single{})
	d.Body = &Certificate{Certify: *a, Number: book.Certificates + 1, Minutes: minutes}
	return nil
}

// sum adds up the records, and refuses one that is not credited service of that person, or of another day.
func (a *Certify) sum(b *Book, v *Volunteer) (minutes Amount, r *Rejection) {
	for _, i := range a.Records {
		rec, ok := b.records.get(i)
		if !ok || rec.Kind != HoursDeclared || !v.among([]VolunteerID{rec.Volunteer}) || rec.Start.On() < a.From || rec.Start.On() > a.Until {
			return 0, notFound(writeIndexPlain(i))
		}
		if rec.State != Credited {
			return 0, &Rejection{Reason: RecordClosed, Subject: string(rec.State)}
		}
		minutes += rec.Minutes
	}
	return minutes, nil
}

func (r *Certificate) asked() (Action, Index) { return &r.Certify, 0 }

// holds that the statement adds up, and is the next one (I8), and that nobody states their own (I13).
func (r *Certificate) holds(b *Book, e Entry) ([]Posting, error) {
	v, ok := b.who(r.Volunteer)
	if !ok {
		return nil, fmt.Errorf("I8: volunteer %s was not enrolled", r.Volunteer)
	}
	if err := b.checkOther(e, r.Volunteer); err != nil {
		return nil, err
	}
	minutes, no := r.sum(b, v)
	book, _ := b.book.get(single{})
	if no != nil || minutes != r.Minutes || r.Number != book.Certificates+1 {
		return nil, fmt.Errorf("I8: statement %d of %d minutes is not what the records say", r.Number, r.Minutes)
	}
	return nil, nil
}

func (r *Certificate) fold(b *Book, e Entry) {
	b.book.edit(single{}).Certificates = r.Number
	b.certificates.put(Index(r.Number), CertificateFact{e.Index})
}

// Recount says what a statement of hours would say today.
type Recount struct {
	Entry    Entry
	Stated   Certificate
	Minutes  Amount  // that still stand
	Reversed []Index // its records that were taken back since
}

// Recount adds up a statement of hours again.
func (v View) Recount(number int64) (Recount, error) {
	f, err := find[CertificateFact](v, "certificate", writeIndex(Index(number)))
	if err != nil {
		return Recount{}, err
	}
	e, err := v.Entry(f.Entry)
	if err != nil {
		return Recount{}, err
	}
	body, ok := e.Body.(*Certificate)
	if !ok {
		return Recount{}, notFound(fmt.Sprint(number))
	}
	out := Recount{Entry: e, Stated: *body}
	for _, i := range body.Records {
		rec, err := v.Record(i)
		if err != nil {
			return Recount{}, err
		}
		if rec.State == Credited {
			out.Minutes += rec.Minutes
			continue
		}
		out.Reversed = append(out.Reversed, i)
	}
	return out, nil
}

// Served lists the credited service of a person on some days, under all of their numbers, in the order in which it was declared.
func (v View) Served(id VolunteerID, from, until Date) ([]Record, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	all, err := v.services(who)
	return slices.DeleteFunc(all, func(rec Record) bool {
		day := rec.Start.On()
		return rec.State != Credited || day < from || day > until
	}), err
}

// services lists the service of a person that was ever credited, in the order in which it was declared, each as it stands now.
func (v View) services(who Volunteer) (out []Record, err error) {
	for _, number := range append([]VolunteerID{who.Volunteer}, who.Merged...) {
		for before := Index(-1); before != 0; {
			page, err := v.pageOf(AccountKey{HoursOf(number), Minute}, max(before, 0), MaxCertified)
			if err != nil {
				return nil, err
			}
			before = page.Next
			for _, l := range page.Lines {
				credit, ok := l.Entry.Credited()
				if !ok {
					continue
				}
				rec, err := v.Record(credit.Record)
				if err != nil {
					return nil, err
				}
				if rec.Kind == HoursDeclared {
					out = append(out, rec)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Record) int { return int(a.Index - b.Index) })
	return out, nil
}
