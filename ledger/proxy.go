package ledger

import "slices"

// This family says who may fetch goods for a volunteer who cannot come. The bodies are the actions themselves, and move nothing.

// ProxySet says whether somebody may fetch goods for a volunteer.
const ProxySet Kind = "proxy_set"

// Relation is what somebody is to a volunteer for whom they fetch goods, from a closed list: free text could carry a name.
type Relation string

// The relations.
const (
	Spouse    Relation = "spouse"
	Parent    Relation = "parent"
	Child     Relation = "child"
	Relative  Relation = "relative"
	Neighbour Relation = "neighbour"
	Carer     Relation = "carer"
)

type (
	// SetProxy declares that a volunteer may fetch goods for another, or ends that. By a steward, who is neither of them.
	SetProxy struct {
		Volunteer VolunteerID
		Proxy     VolunteerID
		Relation  Relation
		Ended     bool // optional
	}

	// Proxies are those who may fetch goods for a volunteer.
	Proxies struct {
		List []Proxy
	}

	// Proxy is one of them.
	Proxy struct {
		Proxy    VolunteerID
		Relation Relation
	}
)

// MaxProxies bounds the proxies of one volunteer: a family and a neighbour, not a queue of sellers.
const MaxProxies = 10

// proxyBody returns an empty body of the kind above, or nil.
func proxyBody(k Kind) Body {
	if k == ProxySet {
		return &SetProxy{}
	}
	return nil
}

func (a *SetProxy) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "proxy", &a.Proxy)
	text(c, "relation", &a.Relation)
	c.flag("ended", &a.Ended)
}

func (a *SetProxy) kind() Kind { return ProxySet }

func (a *SetProxy) roles() anyOf { return anyOf{Steward} }

func (a *SetProxy) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetProxy) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Proxy.Valid() && a.Proxy != a.Volunteer, "proxy", "volunteer_number")
	f.want(slices.Contains([]Relation{Spouse, Parent, Child, Relative, Neighbour, Carer}, a.Relation), "relation", "relation")
}

func (a *SetProxy) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	b.wantWho(w, a.Proxy)
	b.proxies.want(w, a.Volunteer)
}

func (a *SetProxy) decide(b *Book, c Command, d *draft) *Rejection {
	for _, id := range []VolunteerID{a.Volunteer, a.Proxy} {
		v, r := b.open(id)
		if r != nil {
			return r
		}
		if b.self(c.Actor, v) {
			return &Rejection{Reason: SelfService, Subject: string(id)}
		}
	}
	return d.itself(a, a.changes(b))
}

// changes refuses what is so already.
func (a *SetProxy) changes(b *Book) *Rejection {
	have, _ := b.proxies.get(a.Volunteer)
	switch there := have.has(a.Proxy); {
	case a.Ended && !there:
		return notFound(string(a.Proxy))
	case !a.Ended && there:
		return &Rejection{Reason: AlreadyExists, Subject: string(a.Proxy)}
	case !a.Ended && len(have.List) >= MaxProxies:
		return &Rejection{Reason: TooLarge, Subject: string(a.Volunteer), Have: Amount(len(have.List)), Want: MaxProxies}
	}
	return nil
}

func (a *SetProxy) asked() (Action, Index) { return a, 0 }

// holds I13 beside what it states: nobody lets their own household fetch another's goods.
func (a *SetProxy) holds(b *Book, e Entry) ([]Posting, error) {
	for _, id := range []VolunteerID{a.Volunteer, a.Proxy} {
		if err := b.checkEnrolled(id); err != nil {
			return nil, err
		}
		if err := b.checkOther(e, id); err != nil {
			return nil, err
		}
	}
	return states(a.changes(b))
}

func (a *SetProxy) fold(b *Book, _ Entry) {
	f := b.proxies.edit(a.Volunteer)
	if a.Ended {
		f.List = slices.DeleteFunc(slices.Clone(f.List), func(p Proxy) bool { return p.Proxy == a.Proxy })
		return
	}
	f.List = append(f.List, Proxy{kept(b, a.Proxy), a.Relation})
}

func (f Proxies) has(id VolunteerID) bool {
	return slices.ContainsFunc(f.List, func(p Proxy) bool { return p.Proxy == id })
}

func (f *Proxies) fields(c *codec) {
	list(c, "list", &f.List, func(c *codec, p *Proxy) {
		text(c, "proxy", &p.Proxy)
		text(c, "relation", &p.Relation)
	})
}

// Proxies returns those who may fetch goods for a volunteer; none is the zero Proxies.
func (v View) Proxies(id VolunteerID) (Proxies, error) {
	f, err := find[Proxies](v, "proxies", string(id))
	if isNotFound(err) {
		err = nil
	}
	return f, err
}
