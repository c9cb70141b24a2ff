package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// shortAt is how few pieces make a shelf short.
const shortAt = 5

// goodsPage is what stands on the shelves, who gave it, and what it takes to have it.
func goodsPage() workPage {
	return workPage{
		name: "goods", path: "/desk/goods", roles: []ledger.Role{ledger.Keeper, ledger.Steward}, show: (*desk).goods,
		table: map[string]func(*desk) (*web.Grid, error){"stock": (*desk).stock, "short": (*desk).short, "prices": (*desk).prices, "donors": (*desk).donors},
		forms: []workForm{
			{name: "shelf", fields: (*desk).shelfField, run: func(d *desk, a *answers) error {
				q := url.Values{}
				if shop := a.code("shelf"); shop != "" {
					q.Set("shelf", shop)
				}
				http.Redirect(d.w, d.r, d.of.path+"?"+q.Encode(), http.StatusSeeOther)
				return nil
			}},
			{name: "receive", fields: (*desk).receiveFields, action: receiving},
			{name: "item", fields: func(d *desk) ([]web.Field, error) {
				return []web.Field{d.code("item", "SKU-0042"), typed("name"), maybe(typed("label")), typed("points"), dated("from")}, nil
			}, action: func(a *answers) ledger.Action {
				return &ledger.AddItem{
					Item: ledger.Commodity(a.code("item")), Name: a.text("name"), Label: a.text("label"), Points: a.points("points"), From: a.date("from"),
				}
			}},
			{name: "price", fields: (*desk).priceFields, run: (*desk).reprice},
			{name: "donor", fields: func(d *desk) ([]web.Field, error) {
				name := typed("donor_name")
				name.Most = person.MaxName
				kind := one(d, "donor_kind", "work.donor_kind", organization, natural)
				kind.Unset = true // an organisation's name is public: nobody is taken for one whom nobody called so
				return []web.Field{d.code("donor", "D042"), name, kind}, nil
			}, run: (*desk).addDonor},
		},
	}
}

func (d *desk) goods() error {
	_, ready, err := d.shelves.soon(d.r.Context(), d.server, d.view, shelvedIn)
	if err != nil {
		return err
	}
	if !ready {
		d.summing()
	} else if err := d.shelfTables(); err != nil {
		return err
	}
	if err := d.form("receive"); err != nil {
		return err
	}
	if err := d.table("prices"); err != nil {
		return err
	}
	if err := d.form("price", d.looks("form.effect", "price")...); err != nil {
		return err
	}
	if err := d.form("item"); err != nil {
		return err
	}
	if err := d.table("donors"); err != nil {
		return err
	}
	return d.form("donor")
}

// shelfTables shows what is short and what there is: of one shop where the address names one, and no more rows than somebody looks at.
func (d *desk) shelfTables() error {
	long := false
	for _, name := range []string{"short", "stock"} {
		if err := d.table(name); err != nil {
			return err
		}
		long = long || len(d.page.Sections[len(d.page.Sections)-1].Text) > 0
	}
	if !long && !d.r.URL.Query().Has("shelf") {
		return nil
	}
	return d.form("shelf")
}

// shelfField asks for the shop whose shelf is shown; none is all of them.
func (d *desk) shelfField() ([]web.Field, error) {
	f, err := d.shops()
	f.Name, f.Label, f.Need = "shelf", d.t("field.shop"), false
	return fieldsOf(f, err)
}

// oneShelf returns the shop whose shelf the address asks for; none where it names no shop of the book. It is a parameter of its own: the
// shop of a delivery that just came in is chosen again for the next, and hides no other shelf.
func (d *desk) oneShelf() (ledger.Shop, error) {
	id := ledger.ShopID(d.r.URL.Query().Get("shelf"))
	if !id.Valid() {
		return ledger.Shop{}, nil
	}
	shop, err := d.view.Shop(id)
	if as[*ledger.Rejection](err) {
		return ledger.Shop{}, nil
	}
	return shop, err
}

func (d *desk) receiveFields() ([]web.Field, error) {
	shops, err1 := d.shops()
	shops.Value = string(chosenShop(d.r))
	items, err2 := d.items()
	donors, err3 := d.donorField()
	only := maybe(typed("only"))
	only.Hint = d.t("only_hint")
	return fieldsOf(shops, err1, donors, err3, items, err2, counted("pieces"), maybe(counted("noted")), maybe(typed("value")), maybe(dated("best_before")), maybe(typed("note")),
		only, maybe(one(d, "source", "goods_source", ledger.Donation, ledger.Purchase, ledger.Grant, ledger.Opening)))
}

// receiving puts one item of a delivery on the shelf. Less than the delivery note says is said so.
func receiving(a *answers) ledger.Action {
	item := ledger.Commodity(a.code("item"))
	do := &ledger.Receive{
		Shop: ledger.ShopID(a.code("shop")), Donor: ledger.DonorID(a.code("donor")), BestBefore: a.date("best_before"),
		Lines:        []ledger.ItemLine{{Item: item, Pieces: ledger.Amount(a.number("pieces", "pieces"))}},
		ReceiptTerms: ledger.ReceiptTerms{Note: a.text("note"), Source: ledger.GoodsSource(a.text("source")), Only: ledger.Restriction(a.text("only"))},
	}
	term := ledger.ReceiptTerm{Item: item}
	if a.text("noted") != "" {
		term.Noted = ledger.Amount(a.number("noted", "pieces"))
	}
	if a.text("value") != "" {
		if term.Fen = a.amount("value", "yuan"); term.Fen < 0 || term.Fen > ledger.MaxFen {
			a.fault("value", "yuan") // beside its field: the book names the line of the delivery
		}
	}
	if term.Noted|term.Fen != 0 {
		do.Terms = []ledger.ReceiptTerm{term}
	}
	return do
}

// shelved is an item on the shelf of a shop.
type shelved struct {
	shop ledger.Shop
	item ledger.Item
	acct ledger.Account
}

func (x *shelved) itemNamed() string { return string(x.item.Item) + " " + x.item.Name }

func (x *shelved) shopNamed() string { return withName(string(x.shop.Shop), x.shop.Name, nil) }

// onShelf calls f for every item of every shop with its state, or of the one that is asked for, which the caption then names.
func (d *desk) onShelf(t *web.Grid, f func(*shelved)) error {
	one, err := d.oneShelf()
	if err != nil {
		return err
	}
	if one.Shop != "" {
		t.Caption = joined(t.Caption, one.Name)
	}
	all, err := d.shelves.of(d.r.Context(), d.server, d.view, shelvedIn)
	for i := range all.Value {
		if x := &all.Value[i]; one.Shop == "" || x.shop.Shop == one.Shop {
			f(x)
		}
	}
	return err
}

// shelvedIn reads every item on every shelf.
func shelvedIn(_ context.Context, v ledger.View) (all []shelved, err error) {
	var items []ledger.Item
	for item, err := range v.Items() {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	for shop, err := range v.Shops() {
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			acct, err := v.Account(ledger.AccountKey{ID: ledger.StockOf(shop.Shop), Commodity: item.Item})
			if err != nil {
				return nil, err
			}
			all = append(all, shelved{shop, item, acct})
		}
	}
	return all, nil
}

func (d *desk) stock() (*web.Grid, error) {
	t := d.newTable("stock", "item", "shop", "#on_hand", "#usable", "#past_date", "next_expiry", "#points", "directed")
	on := d.view.On()
	return t, d.onShelf(t, func(x *shelved) {
		if x.acct.Balance == 0 || d.beyond(t) {
			return
		}
		past, _, next := bestBefore(x.acct, on)
		gone := ""
		if past > 0 {
			gone = counts(past)
		}
		each, _ := x.item.PriceOn(on)
		row(t, x.itemNamed(), x.shopNamed(), counts(x.acct.Balance), counts(x.acct.Available(on)), gone, day(next), points(each), directed(x.acct))
	})
}

// bestBefore returns how many pieces of a shelf are past their date, the oldest of those dates, and the next one of what may still be given.
func bestBefore(acct ledger.Account, on ledger.Date) (past ledger.Amount, oldest, next ledger.Date) {
	for _, l := range acct.Lots {
		switch {
		case l.Expires == 0 || l.Left == 0:
		case l.Lapsed(on):
			if past += l.Left; oldest == 0 || l.Expires < oldest {
				oldest = l.Expires
			}
		case next == 0 || l.Expires < next:
			next = l.Expires
		}
	}
	return past, oldest, next
}

// beyond counts a row, and reports whether it is one that the page does not show and nobody has to write.
func (d *desk) beyond(t *web.Grid) bool {
	t.All++
	return len(t.Rows) >= pageRows && !d.exports()
}

func (d *desk) short() (*web.Grid, error) {
	t := d.newTable("short", "item", "shop", "#usable")
	on := d.view.On()
	return t, d.onShelf(t, func(x *shelved) {
		if n := x.acct.Available(on); n <= shortAt && !d.beyond(t) {
			row(t, x.itemNamed(), x.shopNamed(), counts(n))
		}
	})
}

func (d *desk) prices() (*web.Grid, error) {
	t := d.newTable("prices", "item", "from", "#points", "label", "in_force")
	for item, err := range d.view.Items() {
		if err != nil {
			return nil, err
		}
		in := slices.IndexFunc(item.Prices, func(p ledger.Price) bool { return p.From > d.view.On() }) // the first of later days
		if in < 0 {
			in = len(item.Prices)
		}
		for i, p := range item.Prices {
			inForce := ""
			if i == in-1 {
				inForce = "✓ " + d.t("yes")
			}
			row(t, string(item.Item)+" "+item.Name, day(p.From), points(p.Points), item.Label, inForce)
		}
	}
	return t, nil
}

func (d *desk) donors() (*web.Grid, error) {
	t := d.newTable("donors", "donor", "name")
	var ids []string
	for o, err := range d.view.Donors() {
		if err != nil {
			return nil, err
		}
		ids = append(ids, string(o.Donor))
	}
	names, err := d.People.Masked(d.r.Context(), ids...)
	for _, id := range ids {
		row(t, id, names[id].Name)
	}
	return t, err
}

// What a donor is: the name of an organisation is public, and that of a person is masked.
const organization, natural = "organization", "person"

// addDonor keeps the name in the registry and the number in the book, which learns nothing else.
func (d *desk) addDonor(a *answers) error {
	do := &ledger.AddDonor{Donor: ledger.DonorID(a.code("donor"))}
	p := person.Person{ID: string(do.Donor), Name: a.Get("donor_name"), Organization: a.text("donor_kind") == organization}.Normalize()
	if !slices.Contains([]string{organization, natural}, a.text("donor_kind")) {
		a.fault("donor_kind", "required")
	}
	for _, f := range p.Check() {
		a.fault(map[string]string{"id": "donor", "name": "donor_name"}[f.Field], f.Code)
	}
	if err := a.err(); err != nil {
		return err
	}
	if d.Register == nil {
		return ErrNotReady
	}
	release, err := d.Numbers.Take(d.r.Context()) // until the book has it: the register keeps the name under that number
	if err != nil {
		return err
	}
	defer release()
	if err := d.refresh(); err != nil {
		return err
	}
	if k, err := d.view.Key(a.key); err == nil { // pressed twice: the name is there
		d.goOn(k.Index)
		return nil
	}
	if _, err := d.dryRun(do); err != nil { // nobody gives a donor of before another name
		return err
	}
	if err := d.Register.Put(d.r.Context(), p); err != nil {
		return err
	}
	return d.enter(a, do)
}

func (d *desk) priceFields() ([]web.Field, error) {
	items, err := d.items()
	return fieldsOf(items, err, typed("points"), dated("from"))
}

// reprice gives an item a new price from a day on, or shows what that does to what volunteers with the points of today can have.
func (d *desk) reprice(a *answers) error {
	do := &ledger.PriceItem{Item: ledger.Commodity(a.code("item")), Points: a.points("points"), From: a.date("from")}
	if err := a.err(); err != nil {
		return err
	}
	if a.Get("do") != "preview" {
		return d.enter(a, do)
	}
	if _, err := d.dryRun(do); err != nil {
		return err
	}
	item, err := d.view.Item(do.Item)
	if err != nil {
		return err
	}
	have, err := d.server.having.of(d.r.Context(), d.server, d.view, spendable)
	if err != nil {
		return err
	}
	now, _ := item.PriceOn(d.view.On())
	people, before, after := len(have.Value), reaching(have.Value, now), reaching(have.Value, do.Points)
	d.stay, d.keep = true, true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form.effect"), Text: []string{d.t("effect", catalog.Data{
		"Item": item.Name, "Was": points(now), "Is": points(do.Points), "From": day(do.From), "People": people, "Before": before, "After": after,
	})}})
	return nil
}

// spendable lists what everybody who may redeem has available, in ascending order: no names, and no numbers of people.
func spendable(_ context.Context, v ledger.View) (have []ledger.Amount, err error) {
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		b, err := v.Balance(who.Volunteer)
		if err != nil {
			return nil, err
		}
		if b.Status == ledger.Active && b.Available > 0 {
			have = append(have, b.Available)
		}
	}
	slices.Sort(have)
	return have, nil
}

// reaching counts those whose points reach a price.
func reaching(have []ledger.Amount, price ledger.Amount) int {
	i, _ := slices.BinarySearch(have, price)
	return len(have) - i
}

// staffPage lists the staff with their roles, gives roles and ends them.
func staffPage() workPage {
	return workPage{
		name: "staff", path: "/desk/staff", roles: []ledger.Role{ledger.Admin, ledger.Steward, ledger.Supervisor, ledger.Auditor}, show: (*desk).staffRoles,
		table: map[string]func(*desk) (*web.Grid, error){"staff": (*desk).staffTable},
		forms: []workForm{
			{name: "find_staff", fields: (*desk).findFields, run: func(d *desk, a *answers) error { return d.ask(a, "staff") }},
			{name: "grant", fields: (*desk).roleFields, action: func(a *answers) ledger.Action {
				return &ledger.GrantRole{
					Staff: ledger.StaffID(a.code("staff")), Role: ledger.Role(a.text("role")), Scope: a.code("scope"),
					From: a.date("from"), Until: a.date("until"),
				}
			}},
			{name: "end_role", fields: (*desk).endFields, action: func(a *answers) ledger.Action {
				return &ledger.EndRole{
					Staff: ledger.StaffID(a.code("staff")), Role: ledger.Role(a.text("role")), Scope: a.code("scope"), Until: a.date("until"),
				}
			}},
		},
	}
}

func (d *desk) staffRoles() error {
	if err := d.form("find_staff"); err != nil {
		return err
	}
	t, err := d.tabled("staff")
	if err != nil {
		return err
	}
	d.paged(t, staffRows)
	if !slices.Contains(d.staff.RolesOn(d.view.On()), ledger.Admin) {
		return nil // they look
	}
	if err := d.form("grant"); err != nil {
		return err
	}
	return d.form("end_role")
}

// staffRows is how many roles of the staff one page shows.
const staffRows = 100

func (d *desk) findFields() ([]web.Field, error) { return []web.Field{maybe(typed("staff"))}, nil }

// staffTable lists the staff, or the one whom the address names.
func (d *desk) staffTable() (*web.Grid, error) {
	one := ledger.StaffID(tidy(d.r.URL.Query().Get("staff"), maxCard))
	t := d.newTable("staff", "staff", "role", "scope", "from", "until")
	for who, err := range d.view.AllStaff() {
		if err != nil {
			return nil, err
		}
		if one != "" && who.Staff != one {
			continue
		}
		for _, r := range who.Roles {
			row(t, string(who.Staff), catalog.Name(d.say, "role", r), d.t("everywhere"), "", "")
		}
		for _, g := range who.Grants {
			scope := g.Scope
			if scope == "" {
				scope = d.t("everywhere")
			}
			row(t, string(who.Staff), catalog.Name(d.say, "role", g.Role), scope, day(g.From), day(g.Until))
		}
	}
	return t, nil
}

func (d *desk) roleFields() ([]web.Field, error) {
	roles := slices.DeleteFunc(ledger.Roles(), func(r ledger.Role) bool { return r == ledger.Admin })
	from := dated("from")
	from.Value = day(d.view.On())
	return []web.Field{typed("staff"), one(d, "role", "role", roles...), maybe(typed("scope")), from, maybe(dated("until"))}, nil
}

func (d *desk) endFields() ([]web.Field, error) {
	fields, err := d.roleFields()
	until := dated("until")
	until.Value = day(d.view.On())
	return []web.Field{fields[0], fields[1], fields[2], until}, err
}

// labels lists the items with their codes, to be printed and put on the shelf.
func (d *desk) labels() error {
	for item, err := range d.view.Items() {
		if err != nil {
			return err
		}
		each, priced := item.PriceOn(d.view.On())
		if !priced {
			continue
		}
		code, err := web.NewCode(string(item.Item))
		if err != nil {
			return err
		}
		d.page.Sections = append(d.page.Sections, web.WorkSection{
			Card: true, Heading: item.Name, Code: &code, Short: string(item.Item), Text: d.marked(d.say.T("web.words.points", catalog.Data{"Count": points(each)})),
		})
	}
	return nil
}

// marked puts before what stands on a card or a label that it is of a demo book: it is cut out of the page that says so.
func (d *desk) marked(text ...string) []string {
	if d.Book.Demo {
		return append([]string{d.say.T("web.demo.mark")}, text...)
	}
	return text
}

// some is a number where there is any.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// number of pieces or rows, as text.
func whole(n int) string { return strconv.Itoa(n) }
