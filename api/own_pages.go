package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

const (
	certificatePath = "/volunteer/certificate"
	activityPath    = "/volunteer/activity"
)

func (o *oneself) points() (err error) {
	o.page.Sections, err = o.tell.Points(o.view, o.id)
	return err
}

func (o *oneself) hours() error {
	served, err := o.tell.Hours(o.view, o.id)
	if err != nil {
		return err
	}
	served.Links = []web.Option{{Value: "/volunteer/statement?commodity=MIN", Text: o.say.T("web.account.all_hours")}}
	o.section(served)
	o.section(web.OwnSection{Heading: o.t("hours.certificate"), Text: []string{o.t("hours.certificate_about")}, Form: o.form("certify", o.button("certify"))})
	return nil
}

// certify asks for a statement of all hours that stand.
func (o *oneself) certify() (ledger.Action, error) {
	do := &ledger.Certify{Volunteer: o.id, Until: o.view.On()}
	served, err := o.view.Served(o.id, 0, do.Until)
	if err != nil {
		return nil, err
	}
	if len(served) > ledger.MaxCertified { // whoever served more has several statements: this is the newest
		served = served[len(served)-ledger.MaxCertified:]
	}
	for _, rec := range served {
		do.Records = append(do.Records, rec.Index)
		if do.From == 0 || rec.Start.On() < do.From {
			do.From = rec.Start.On()
		}
	}
	if len(do.Records) == 0 {
		return nil, &ledger.Rejection{Reason: ledger.NotFound, Subject: o.t("hours.none")}
	}
	slices.Sort(do.Records)
	return do, nil
}

// certificate shows a statement of hours as it is printed: to whom it is about.
func (o *oneself) certificate() error {
	number, err := strconv.ParseInt(o.r.URL.Query().Get("number"), 10, 64)
	if err != nil || number <= 0 {
		return ErrNoPath
	}
	stated, err := o.view.Recount(number)
	if err != nil {
		return err
	}
	who, err := o.view.Volunteer(o.id)
	if err != nil {
		return err
	}
	if v := stated.Stated.Volunteer; v != o.id && !slices.Contains(who.Merged, v) {
		return ErrNotOwn
	}
	o.page.Sections, err = o.tell.Stated(o.view, stated, o.page.Who)
	return err
}

func (o *oneself) goods() error {
	shop := ledger.ShopID(o.r.URL.Query().Get("shop"))
	if o.posted != "" {
		shop = ledger.ShopID(o.r.PostForm.Get("shop"))
	}
	if shop != "" {
		if _, err := o.view.Shop(shop); !shop.Valid() || err != nil {
			return ErrNoPath
		}
	}
	held, err := o.tell.Holds(o.view, o.id, func(i ledger.Index) *web.WorkForm {
		return o.form("release", []web.Option{{Text: o.t("button.release")}}, hidden("hold", counts(i)))
	})
	if err != nil {
		return err
	}
	if len(held) > 0 {
		o.section(web.OwnSection{Heading: o.t("goods.held"), Rows: held})
	}
	goods, err := o.tell.Goods(o.view, o.id, shop)
	if err != nil {
		return err
	}
	there, where := web.OwnSection{Rows: goods.Rows}, web.OwnSection{Heading: o.t("goods.where")}
	for _, s := range goods.Shops {
		if s.On {
			there.Heading = s.Text
		}
		where.Links = append(where.Links, web.Option{Value: o.of.path + "?" + url.Values{"shop": {s.Value}}.Encode(), Text: s.Text, On: s.On})
	}
	if len(goods.Shops) > 1 {
		o.section(where)
	}
	if len(goods.Rows) == 0 {
		there.Text = []string{o.t("goods.none")}
	}
	o.section(there)
	if len(goods.Rows) == 0 {
		return nil
	}
	o.section(web.OwnSection{Heading: o.t("goods.reserve"), Text: []string{o.t("goods.reserve_about")}, Form: o.form("hold", o.button("hold"),
		hidden("shop", string(goods.Shop)), web.Field{Name: "item", Kind: "select", Need: true, Options: append([]web.Option{o.undecided()}, goods.Items...)},
		web.Field{Name: "pieces", Kind: "number", Value: "1", Need: true})})
	return nil
}

// undecided is the choice that nobody made yet.
func (o *oneself) undecided() web.Option { return web.Option{Text: o.say.T("work.choose")} }

func hidden(name, value string) web.Field {
	return web.Field{Name: name, Kind: "hidden", Value: value}
}

func (o *oneself) hold() (ledger.Action, error) {
	pieces, err := strconv.ParseInt(tidy(o.r.PostForm.Get("pieces"), maxCard), 10, 64)
	if err != nil {
		pieces = 0 // which the book says is no number of pieces
	}
	return &ledger.Hold{Volunteer: o.id, Shop: ledger.ShopID(o.r.PostForm.Get("shop")), Lines: []ledger.ItemLine{
		{Item: ledger.Commodity(o.r.PostForm.Get("item")), Pieces: ledger.Amount(pieces)},
	}}, nil
}

func (o *oneself) release() (ledger.Action, error) {
	i, err := ParseReference(o.r.PostForm.Get("hold"))
	if err != nil {
		return nil, ErrBadForm
	}
	return &ledger.Release{Hold: i, Reason: ledger.OwnRequest}, nil
}

// objections are the reasons for which a volunteer objects to a line.
func objections() []ledger.Reason {
	return []ledger.Reason{ledger.WrongQuantity, ledger.WrongPerson, ledger.DoubleEntry, ledger.Unproven}
}

func (o *oneself) notice() error {
	reason := web.Field{Name: "reason", Kind: "select", Need: true, Options: []web.Option{o.undecided()}}
	for _, r := range objections() {
		reason.Options = append(reason.Options, web.Option{Value: string(r), Text: o.say.T("reason." + string(r))})
	}
	hung, err := o.tell.Noticed(o.view, o.id, func(i ledger.Index) *web.WorkForm {
		f := o.form("object", []web.Option{{Text: o.t("button.object")}}, hidden("record", counts(i)), reason)
		f.Name = "object" + counts(i) // the fields of each line have names of their own
		return f
	})
	if err != nil {
		return err
	}
	part := func(name string, rows []web.OwnRow) {
		s := web.OwnSection{Heading: o.t("notice." + name), Rows: rows}
		if len(rows) == 0 {
			s.Text = []string{o.t("notice." + name + "_none")}
		}
		o.section(s)
	}
	part("hung", hung)
	who, err := o.view.Volunteer(o.id)
	if err != nil {
		return err
	}
	whole := o.digested(o.r.Context(), o.view)
	found := traced(o.server, o.view, func(g *digest) map[ledger.VolunteerID][]ledger.Index { return g.objected }, lookBack, web.Numbers(who)...)
	said, err := o.tell.Objections(o.view, o.id, found)
	if err != nil {
		return err
	}
	part("said", said)
	if !whole {
		last := &o.page.Sections[len(o.page.Sections)-1]
		last.Text, last.Links = []string{o.t("why.summing")}, []web.Option{{Value: o.of.path, Text: o.t("why.look_again")}}
	}
	waits, err := o.tell.Waits(o.view, o.id)
	if err != nil {
		return err
	}
	part("waits", waits)
	return nil
}

func (o *oneself) object() (ledger.Action, error) {
	i, err := ParseReference(o.r.PostForm.Get("record"))
	if err != nil {
		return nil, ErrBadForm
	}
	return &ledger.Object{Record: i, Volunteer: o.id, Reason: ledger.Reason(o.r.PostForm.Get("reason"))}, nil
}

func (o *oneself) why() error {
	who, err := o.view.Volunteer(o.id)
	if err != nil {
		return err
	}
	whole := o.digested(o.r.Context(), o.view)
	found := traced(o.server, o.view, func(g *digest) map[ledger.VolunteerID][]ledger.Index { return g.whys }, lookBack, web.Numbers(who)...)
	rows, err := o.tell.Why(o.view, o.id, found)
	if err != nil {
		return err
	}
	s := web.OwnSection{Text: []string{o.t("why.about")}, Rows: rows}
	switch {
	case !whole:
		s.Text = append(s.Text, o.t("why.summing"))
		s.Links = []web.Option{{Value: o.of.path, Text: o.t("why.look_again")}}
	case len(rows) == 0:
		s.Text = append(s.Text, o.t("why.none"))
	}
	o.section(s)
	return nil
}

// The page of an activity is where the phone's camera leads that reads the leader's code. It asks for card and PIN itself, and for nothing
// else.

func activityPage() ownPage {
	return ownPage{name: "activity", path: activityPath, show: (*oneself).activity, forms: map[string]func(*oneself) (ledger.Action, error){"come": (*oneself).come}}
}

const (
	// codeTurn is how long a leader's code is shown before another takes its place, and codeTurns for how many of those it counts: while
	// somebody points a camera or types. A picture of it that is sent to somebody else is of use to whoever opens it within a minute and a half.
	codeTurn  = 30 * time.Second
	codeTurns = 3

	// formTurns is for how many the form counts to which a code led: whoever came types card and PIN, and types them again. What a form
	// carries counts in a form, or in the browser that sent one, and in no address, which could be passed on.
	formTurns = int(10 * time.Minute / codeTurn)
)

// sessionCode is what a leader shows: the session, and eight digits that only this server knows. Who is not there has nothing to type, and
// too many to guess; they are others every half minute.
func (s *server) sessionCode(i ledger.Index) string { return s.marked(s.turned("session/", 0), i) }

// sessionForm is what a form has in place of the code that led to it, which counts longer and is too long to be read off a screen.
func (s *server) sessionForm(i ledger.Index, ago int) string {
	_, more, _ := strings.Cut(s.marked(s.turned("more/", ago), i), "-")
	return s.marked(s.turned("form/", ago), i) + more
}

// turned is what a code is for in the half minute that was so many ago.
func (s *server) turned(what string, ago int) string {
	return what + strconv.FormatInt(s.Clock().Unix()/int64(codeTurn.Seconds())-int64(ago), 10) + "/"
}

// marked is the number of an entry with eight digits behind it, which prove to this server what it gave the number out for.
func (s *server) marked(what string, i ledger.Index) string {
	mac := hmac.New(sha256.New, s.secret[:])
	mac.Write(strconv.AppendInt([]byte(what), int64(i), 10))
	return fmt.Sprintf("%d-%08d", int64(i), binary.BigEndian.Uint32(mac.Sum(nil))%100_000_000)
}

// sessionAddress is where the code of a session leads.
func (s *server) sessionAddress(r *http.Request, i ledger.Index) string {
	scheme := "http"
	if s.HTTPS {
		scheme = "https"
	}
	return scheme + "://" + r.Host + activityPath + "?" + url.Values{"code": {s.sessionCode(i)}}.Encode()
}

// comeCookie keeps what the last form carried that was sent from a browser, for the page that says what came of it.
const comeCookie = "aixin_come"

// session returns the session that a code means, as it was scanned or typed, and what a form about it carries: what it was given, as long as
// that counts, so that nobody makes one code last by sending forms. On the leader's own device, which goes from hand to hand, the number of
// the session is enough, however long the device lay there.
func (o *oneself) session(code string) (i ledger.Index, form string, ok bool) {
	code = tidy(code, maxCard)
	number, _, _ := strings.Cut(code, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if i = ledger.Index(n); err != nil || i <= 0 {
		return 0, "", false
	}
	is := func(want string) bool { return hmac.Equal([]byte(want), []byte(code)) }
	for ago := range codeTurns {
		if is(o.marked(o.turned("session/", ago), i)) {
			return i, o.sessionForm(i, 0), true
		}
	}
	if o.r.Method != http.MethodPost {
		code = ""
		if c, err := o.r.Cookie(comeCookie); err == nil {
			code = c.Value
		}
	}
	for ago := range formTurns {
		if is(o.sessionForm(i, ago)) {
			return i, code, true
		}
	}
	if o.atLeader(i) {
		return i, o.sessionForm(i, 0), true
	}
	return 0, "", false
}

// atLeader reports whether the browser is one on which a leader signed in today and left the session of an activity open.
func (o *oneself) atLeader(session ledger.Index) bool {
	who, err := o.leftOpen(o.r, session)
	return err == nil && o.holds(o.r.Context(), who.staff, []ledger.Role{ledger.Leader}) == nil
}

// keepCode returns what the address says of the session of a form that was sent, and keeps in the browser what the form carried.
func (o *oneself) keepCode(code string) string {
	i, form, ok := o.session(code)
	if !ok {
		return ""
	}
	o.setCookie(o.w, comeCookie, form, activityPath, time.Duration(formTurns)*codeTurn)
	return counts(i)
}

// code is that of the address or of the form.
func (o *oneself) code() string {
	if o.r.Method == http.MethodPost {
		return o.r.PostForm.Get("code")
	}
	return o.r.URL.Query().Get("code")
}

// activity shows the activity whose code was scanned, with a button to come and one to go.
func (o *oneself) activity() error {
	code := o.code()
	i, proof, ok := o.session(code)
	if !ok {
		field := web.Field{Name: "code", Kind: "text", Need: true, Hint: o.t("activity.code_hint")}
		if code != "" && o.posted == "" {
			o.page.Wrong = o.t("activity.no_code")
		}
		form := o.form("look", o.button("look"), field)
		form.Name, form.Get = "look", true
		o.section(web.OwnSection{Text: []string{o.t("activity.scan")}, Form: form})
		return nil
	}
	s, err := o.view.Attended(i)
	if err != nil {
		return err
	}
	act, err := o.view.Activity(s.Activity)
	if err != nil {
		return err
	}
	if o.posted != "" {
		proof = code // the form comes back as it was sent
	}
	here := web.OwnSection{Heading: act.Name}
	buttons := []web.Option{{Value: "in", Text: o.t("button.in"), On: true}, {Value: "out", Text: o.t("button.out")}}
	id := o.id
	if o.r.PostForm.Has("card") {
		id = "" // somebody else's form comes back, to be corrected
	}
	if k := slices.IndexFunc(s.People, func(p ledger.Attendee) bool { return id != "" && p.Volunteer == id }); k >= 0 {
		here.Text = append(here.Text, o.t("activity.came", data("At", s.People[k].In.Spaced())))
		buttons = []web.Option{{Value: "out", Text: o.t("button.out"), On: true}}
		if s.People[k].Out != 0 {
			here.Text = append(here.Text, o.t("activity.went", data("At", s.People[k].Out.Spaced())))
			buttons = nil
		}
	}
	if s.Closed {
		here.Text = append(here.Text, o.t("activity.closed"))
		buttons = nil
	}
	if len(buttons) > 0 {
		fields := []web.Field{hidden("code", proof)}
		if id == "" {
			fields = append(fields, web.Field{Name: "card", Kind: "text", Need: true, Hint: o.say.T("web.sign_in.card_hint")},
				web.Field{Name: "pin", Kind: "password", Need: true, Hint: o.say.T("web.sign_in.pin_hint")})
		}
		here.Form = o.form("come", buttons, fields...)
	}
	if o.atLeader(i) {
		here.Links = []web.Option{{Value: codeAddress(i), Text: o.t("activity.leader")}}
	}
	o.section(here)
	return nil
}

func data(name, value string) map[string]any { return map[string]any{name: value} }

// come notes that somebody came or went. Card and PIN that were typed on this page count for this once: the device is often the leader's, or
// goes from hand to hand, and nobody who checks in there must leave their account open for the next. Whoever signed in before stays signed in.
func (o *oneself) come() (ledger.Action, error) {
	i, _, ok := o.session(o.code())
	if !ok {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "code", Code: "session_code"}}}
	}
	by := ledger.CheckedByTyped
	if o.r.PostForm.Has("card") {
		card := o.r.PostForm.Get("card")
		id, err := o.visit(o.r, card, o.r.PostForm.Get("pin"))
		if errors.Is(err, person.ErrWrongPIN) {
			err = &ledger.Invalid{Fields: []ledger.Fault{{Field: "pin", Code: "own_pin"}}}
		}
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(tidy(card, maxCard), cardMark) {
			by = ledger.CheckedByCard
		}
		o.once, o.stays, o.id = true, o.id, id
	}
	if o.id == "" {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "card", Code: "volunteer_number"}}}
	}
	if o.r.PostForm.Get("do") == "out" {
		return &ledger.CheckOut{Session: i, Volunteer: o.id}, nil
	}
	return &ledger.CheckIn{Session: i, Volunteer: o.id, By: by}, nil
}
