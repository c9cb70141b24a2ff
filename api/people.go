package api

import (
	"net/http"

	"aixin/ledger"
	"aixin/ledger/person"
)

type (
	// People are those whom a search found, the likeliest first.
	People struct {
		People []Found `json:"people"`
		More   bool    `json:"more"` // there are others
	}

	// Found is somebody who was found, as a list shows them.
	Found struct {
		Number ledger.VolunteerID `json:"number"`
		Name   string             `json:"name"`            // masked
		Phone  string             `json:"phone,omitempty"` // the last four digits
	}

	// SearchRequest asks who somebody is. It is a body, since addresses are written down on the way.
	SearchRequest struct {
		Text string `json:"text" validate:"required,max=64"` // a name, pinyin, initials, a card, a phone or its last digits
	}

	// LookRequest asks for somebody's details.
	LookRequest struct {
		Person ledger.VolunteerID `json:"person" validate:"volunteer_number"`
		Reason string             `json:"reason" validate:"required,max=300"` // in words; it is logged
	}

	// Details are what is known of a person.
	Details struct {
		Number   ledger.VolunteerID `json:"number"`
		Name     string             `json:"name"`
		Phone    string             `json:"phone,omitempty"`
		IDNumber string             `json:"id_number,omitempty"`
	}

	// Looks are the looks at details, the oldest first.
	Looks struct {
		Looks  []Look       `json:"looks"`
		Next   ledger.Index `json:"next_after,omitempty"` // ask for looks behind so many to go on; absent on the last page
		Cursor string       `json:"cursor,omitempty"`     // the same
	}

	// Look is one look at one person's details.
	Look struct {
		At     Time   `json:"at"`
		Actor  string `json:"actor"`
		Person string `json:"person"`
		Reason string `json:"reason"`
	}
)

// search answers POST /v1/searches.
func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	var q SearchRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	var (
		found []person.Masked
		more  bool
	)
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		handled, err := HandledBy(v, callerOf(r).staff, PeopleReaders()...)
		if err != nil {
			return err
		}
		found, more, err = s.People.Search(r.Context(), person.Volunteer, q.Text, handled.Among)
		return err
	})
	if err != nil {
		return err
	}
	answer := People{People: []Found{}, More: more}
	for _, m := range found {
		answer.People = append(answer.People, Found{ledger.VolunteerID(m.ID), m.Name, m.Phone})
	}
	s.write(w, r, http.StatusOK, jsonType, answer)
	return nil
}

// look answers POST /v1/looks: the details of a volunteer of the book. Of somebody under a guardian's care, another person agrees first.
func (s *server) look(w http.ResponseWriter, r *http.Request) error {
	var q LookRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	young := false
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		who, err := v.Volunteer(q.Person)
		if err != nil {
			return err
		}
		young = who.Young(v.On())
		return MayLook(v, callerOf(r).staff, string(q.Person))
	})
	if err != nil {
		return err
	}
	why, people := person.Purpose{Actor: callerOf(r).id(), Reason: q.Reason}, make([]person.Person, 1)
	if young {
		people[0], err = s.People.GetYoung(r.Context(), why, string(q.Person))
	} else {
		people, err = s.People.Get(r.Context(), why, string(q.Person))
	}
	if err != nil {
		return err
	}
	p := people[0]
	s.write(w, r, http.StatusOK, jsonType, Details{ledger.VolunteerID(p.ID), p.Name, p.Phone, p.IDNumber})
	return nil
}

// MayLook refuses a look at the details of somebody with whom a member of the staff deals in no role that looks.
func MayLook(v ledger.View, staff ledger.StaffID, id string) error {
	handled, err := HandledBy(v, staff, DetailsReaders()...)
	if err != nil {
		return err
	}
	theirs, err := handled.Among(id)
	if err == nil && !theirs {
		err = &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(DetailsReaders()[0])}
	}
	return err
}

// looks answers GET /v1/looks?person=NUMBER&actor=NUMBER&after=N&limit=N&cursor=CURSOR. The log only grows: so many behind is the same place.
func (s *server) looks(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	after, limit := q.index("after"), q.limit()
	from, later := q.cursor(r)
	if later {
		after = from.Behind
	}
	if err := q.err(); err != nil {
		return err
	}
	list, err := s.People.Accesses(r.Context(), person.AccessQuery{Person: q.values.Get("person"), Actor: q.values.Get("actor")})
	if err != nil {
		return err
	}
	answer := Looks{Looks: []Look{}}
	list = list[min(int(after), len(list)):]
	if len(list) > limit {
		list, answer.Next = list[:limit], after+ledger.Index(limit)
		answer.Cursor = cursor{s.Journal.Head().Size, answer.Next, from.Filter}.String()
	}
	for _, a := range list {
		answer.Looks = append(answer.Looks, Look{Time(a.At), a.Actor, a.Person, a.Reason})
	}
	s.write(w, r, http.StatusOK, jsonType, answer)
	return nil
}
