package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"golang.org/x/text/width"

	"aixin/api"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/ledger/proof"
)

// The people of the small book.
const (
	wang  = ledger.VolunteerID("V0000018") // has earned, redeemed and been corrected; something waits
	li    = ledger.VolunteerID("V0000026") // is frozen and has 3.2 points
	zhao  = ledger.VolunteerID("V0000034") // is closed and has nothing
	pin   = "135790"
	card  = "AXMFRGGZDFMZTWQ2LKNNWG23TPOA"
	staff = "AXNBSWY3DPEBLW64TMMQQQ43TPOB"
)

// book is a small book, folded from commands, and where views of it read.
type book struct {
	*ledger.Book
	zone  *time.Location
	clock time.Time
	text  [][]byte
	lines map[ledger.AccountKey][]ledger.Line
	tree  ledger.Frontier
	keys  int

	mu sync.Mutex   // held by those who write through a server
	rw sync.RWMutex // guards what is above against those who read in the background meanwhile
}

// newBook returns a book with three volunteers after some days of service and exchange.
func newBook(t testing.TB) *book {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	b := &book{Book: ledger.NewBook(zone), zone: zone, clock: time.Date(2026, 11, 2, 9, 0, 0, 0, zone), lines: map[ledger.AccountKey][]ledger.Line{}}
	b.Watch(ledger.HasStatement)
	b.found(t)
	b.serve(t)
	b.exchange(t)
	return b
}

// do submits a command and returns its index.
func (b *book) do(t testing.TB, actor ledger.StaffID, do ledger.Action) ledger.Index {
	t.Helper()
	b.keys++
	b.set(b.clock.Add(time.Minute))
	r, err := b.submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("k%d", b.keys)), Actor: actor, Do: do})
	if err != nil {
		t.Fatalf("%T: %v", do, err)
	}
	if no := r.Entry.Rejection(); no != nil {
		t.Fatalf("%T: %v", do, no)
	}
	return r.Entry.Index
}

// Submit carries a command out, as *store.Ledger does.
func (b *book) Submit(_ context.Context, c ledger.Command) (ledger.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, err := b.submit(c)
	if err == nil && r.Entry.Kind == ledger.Refused {
		err = r.Entry.Rejection()
	}
	return r, err
}

// DryRun tries a command, as *store.Ledger does.
func (b *book) DryRun(_ context.Context, c ledger.Command) (ledger.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.prepare(c, b.Needs); err != nil {
		return ledger.Receipt{}, err
	}
	if r, ok, err := b.Answered(c); ok || err != nil {
		return r, err
	}
	e, err := b.Decide(c, b.clock)
	return ledger.Receipt{Entry: e}, err
}

// SubmitGroup carries all commands out or none, as *store.Ledger does.
func (b *book) SubmitGroup(_ context.Context, list []ledger.Command) ([]ledger.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.Group()
	out, err := b.group(g, list)
	if no, ok := errors.AsType[*ledger.GroupError](err); ok {
		if e := out[no.At].Entry; e.Kind == ledger.Refused && !out[no.At].Replayed {
			out[no.At] = ledger.Receipt{}
			if e, keep := g.KeptAlone(e); keep {
				kept, failed := b.post(e)
				if failed != nil {
					return nil, failed
				}
				out[no.At] = kept
			}
		}
		for i := range out {
			if i != no.At && !out[i].Replayed {
				out[i] = ledger.Receipt{}
			}
		}
	}
	for i := range out {
		if err == nil && !out[i].Replayed {
			if out[i], err = b.post(out[i].Entry); err != nil {
				return nil, err
			}
		}
	}
	return out, err
}

// DryRunGroup tries a group, as *store.Ledger does.
func (b *book) DryRunGroup(_ context.Context, list []ledger.Command) ([]ledger.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.group(b.Group(), list)
}

// group decides the commands of a group.
func (b *book) group(g *ledger.Group, list []ledger.Command) ([]ledger.Receipt, error) {
	out := make([]ledger.Receipt, len(list))
	for i, c := range list {
		err := b.prepare(c, g.Needs)
		if err == nil {
			out[i], err = g.Decide(c, b.clock)
		}
		if no := out[i].Entry.Rejection(); err == nil && no != nil {
			err = no
		}
		if err != nil {
			return out, &ledger.GroupError{At: i, Err: err}
		}
	}
	return out, nil
}

// submit is Submit of whoever is alone.
func (b *book) submit(c ledger.Command) (ledger.Receipt, error) {
	if err := b.prepare(c, b.Needs); err != nil {
		return ledger.Receipt{}, err
	}
	if r, ok, err := b.Answered(c); ok || err != nil {
		return r, err
	}
	e, err := b.Decide(c, b.clock)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return b.post(e)
}

// set moves the clock.
func (b *book) set(at time.Time) {
	b.rw.Lock()
	defer b.rw.Unlock()
	b.clock = at
}

// now is what the clock says.
func (b *book) now() time.Time {
	b.rw.RLock()
	defer b.rw.RUnlock()
	return b.clock
}

// load gives the book a fact that it asked for.
func (b *book) load(f ledger.Fact) error {
	b.rw.Lock()
	defer b.rw.Unlock()
	return b.Load(f)
}

// post puts an entry into the book.
func (b *book) post(e ledger.Entry) (ledger.Receipt, error) {
	b.rw.Lock()
	defer b.rw.Unlock()
	if err := b.Post(e); err != nil {
		return ledger.Receipt{}, err
	}
	line := e.AppendLine(nil)
	r := ledger.Receipt{Entry: e, Leaf: ledger.LeafHash(line)}
	b.text = append(b.text, line)
	b.tree.Append(r.Leaf)
	for _, l := range b.Seal().Lines {
		b.lines[l.Account] = append(b.lines[l.Account], l)
		r.Balances = append(r.Balances, ledger.BalanceAfter{Account: l.Account, Balance: l.Balance})
	}
	return r, nil
}

// prepare loads the entries that a command needs.
func (b *book) prepare(c ledger.Command, needs func(ledger.Command) ledger.Wants) error {
	for range ledger.MaxRounds {
		for _, id := range needs(c) {
			i, ok := ledger.EntryOf(id)
			if !ok {
				return fmt.Errorf("%T wants %s", c.Do, id)
			}
			if err := b.load(ledger.Fact{ID: id, Value: b.text[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// on moves the clock to the morning of a day.
func (b *book) on(day string) {
	d, err := time.ParseInLocation(time.DateOnly, day, b.zone)
	if err != nil {
		panic(err)
	}
	b.set(d.Add(8 * time.Hour))
}

// found opens the book with its organisation.
func (b *book) found(t testing.TB) {
	t.Helper()
	b.do(t, "", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.example/test", Zone: "Asia/Shanghai", Demo: true})
	b.do(t, "U000001", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}})
	for i, role := range []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward} {
		b.do(t, "U000001", &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", i+2)), Roles: []ledger.Role{role}})
	}
	const steward = "U000006"
	b.do(t, steward, &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "蓉城社区"})
	b.do(t, steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "volunteer-1yuan", Version: 1, From: ledger.NewDate(2026, 1, 1),
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Acts:  []ledger.ActStandard{{Code: "RC03", Points: 100, Per: 30, CountedIn: "个"}, {Code: "RC01", Points: 100, Per: 50}},
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Step: 30,
		Expires: ledger.ExpiresYearEnd, ExpiresIn: 1, ReturnGrace: 7, Transfer: true,
	}})
	b.do(t, steward, &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "<script>alert(1)</script>爱心超市"})
	b.do(t, steward, &ledger.AddDonor{Donor: "D001"})
	b.do(t, steward, &ledger.AddItem{Item: "SKU-0001", Name: "食盐 1 包", Points: 200, From: ledger.NewDate(2026, 11, 2)})
	b.do(t, steward, &ledger.AddItem{Item: "SKU-0002", Name: `洗洁精"><img src=x onerror=alert(1)>`, Points: 400, From: ledger.NewDate(2026, 11, 2)})
	b.do(t, "U000002", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "巡逻 & <b>防汛</b>"})
	for _, v := range []ledger.VolunteerID{wang, li, zhao} {
		b.do(t, steward, &ledger.Enroll{Volunteer: v, Unit: "C01"})
	}
}

// credit declares a record and approves it.
func (b *book) credit(t testing.TB, by ledger.StaffID, do ledger.Action) ledger.Index {
	t.Helper()
	return b.do(t, "U000003", &ledger.Approve{Record: b.do(t, by, do)})
}

// serve declares and approves what the volunteers did.
func (b *book) serve(t testing.TB) {
	t.Helper()
	const leader, steward = "U000002", "U000006"
	b.credit(t, steward, &ledger.DeclareOpening{Volunteer: wang, Points: 1200, Expires: ledger.NewDate(2026, 12, 31)})
	b.on("2026-11-04")
	served := func(v ledger.VolunteerID, day, minutes int) *ledger.DeclareHours {
		return &ledger.DeclareHours{
			Volunteer: v, Activity: "A001", Start: ledger.NewStart(ledger.NewDate(2026, 11, day), 8*60), Minutes: ledger.Amount(minutes), Capture: ledger.Roster,
		}
	}
	b.credit(t, leader, served(wang, 3, 150))
	mistaken := b.credit(t, leader, served(wang, 2, 240))
	b.do(t, steward, &ledger.Reverse{Entry: mistaken, Reason: ledger.WrongPerson})
	b.credit(t, leader, &ledger.DeclareActs{Volunteer: li, Code: "RC03", Quantity: 60, On: ledger.NewDate(2026, 11, 3)})
	b.credit(t, leader, &ledger.DeclareActs{Volunteer: li, Code: "RC01", Quantity: 60, On: ledger.NewDate(2026, 11, 3)})
	b.do(t, steward, &ledger.SetStatus{Volunteer: li, Status: ledger.Frozen, Reason: ledger.Complaint})
	b.do(t, steward, &ledger.SetStatus{Volunteer: zhao, Status: ledger.Closed, Reason: ledger.Moved})
	b.on("2026-11-05")
	b.credit(t, leader, served(wang, 4, 360))
	for day := 5; day <= 20; day++ {
		b.on(fmt.Sprintf("2026-11-%02d", day+1))
		b.credit(t, leader, served(wang, day, 120))
	}
	b.on("2026-11-22")
	b.do(t, leader, served(wang, 21, 240)) // waits
}

// exchange receives goods, exchanges and returns some.
func (b *book) exchange(t testing.TB) {
	t.Helper()
	b.do(t, "U000004", &ledger.Receive{Shop: "S01", Donor: "D001", BestBefore: ledger.NewDate(2027, 6, 30), Lines: []ledger.ItemLine{
		{Item: "SKU-0001", Pieces: 50}, {Item: "SKU-0002", Pieces: 20},
	}})
	receipt := b.do(t, "U000005", &ledger.Redeem{Volunteer: wang, Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{
		{Item: "SKU-0001", Pieces: 2}, {Item: "SKU-0002", Pieces: 1},
	}})
	b.do(t, "U000005", &ledger.Return{Redemption: receipt, Reason: ledger.DefectiveItem, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}})
	b.on("2026-11-23")
}

// View returns the book at a moment, as *store.Ledger does.
func (b *book) View(ctx context.Context, at ledger.AsOf) (ledger.View, func(), error) {
	if err := ctx.Err(); err != nil {
		return ledger.View{}, func() {}, err
	}
	b.rw.RLock()
	defer b.rw.RUnlock()
	size, today := ledger.Index(len(b.text)), ledger.DateOf(b.clock)
	if at.On != 0 {
		today = at.On
		for size > 0 && b.entry(size-1).On > at.On {
			size--
		}
	}
	if at.Size != 0 {
		size = min(size, at.Size)
	}
	head := ledger.Head{Size: size}
	if int(size) == len(b.text) {
		head = ledger.Head{Size: size, Root: b.tree.Root(), At: b.At()}
	}
	return ledger.NewView(source{b, size}, head, today), func() {}, nil
}

// Latest returns the book as it is now: nothing of it is ever behind.
func (b *book) Latest(ctx context.Context) (ledger.View, func(), error) {
	return b.View(ctx, ledger.AsOf{})
}

// RolesOf reads the same book: nothing of it is ever behind.
func (b *book) RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error) {
	return api.RolesIn(ctx, b, id)
}

// apart gives views of copies of a book, so that some may read while another writes.
type apart struct{ *book }

// RolesOf reads a copy as any other.
func (a apart) RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error) {
	return api.RolesIn(ctx, a, id)
}

// View replays the book as it is now, and returns the copy at a moment.
func (a apart) View(ctx context.Context, at ledger.AsOf) (ledger.View, func(), error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := &book{Book: ledger.NewBook(a.zone), zone: a.zone, clock: a.now(), lines: map[ledger.AccountKey][]ledger.Line{}}
	b.Watch(ledger.HasStatement)
	for i := range a.text {
		if _, err := b.post(a.entry(ledger.Index(i))); err != nil {
			return ledger.View{}, func() {}, err
		}
	}
	return b.View(ctx, at)
}

// Latest replays the book as it is now.
func (a apart) Latest(ctx context.Context) (ledger.View, func(), error) {
	return a.View(ctx, ledger.AsOf{})
}

// Head returns the newest head, as *store.Ledger does.
func (b *book) Head() ledger.Head {
	b.rw.RLock()
	defer b.rw.RUnlock()
	return ledger.Head{Size: ledger.Index(len(b.text)), Root: b.tree.Root(), At: b.At()}
}

// Lines yields a batch for each entry, as *store.Ledger does.
func (b *book) Lines(_ context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		b.rw.RLock()
		text := b.text[:min(int(size), len(b.text))]
		b.rw.RUnlock()
		var tree ledger.Frontier
		for i, line := range text {
			tree.Append(ledger.LeafHash(line))
			h := ledger.Head{Size: ledger.Index(i) + 1, Root: tree.Root(), At: parsed(line).At}
			if h.Size > from && !yield(append(h.AppendLine(append(bytes.Clone(line), '\n')), '\n'), nil) {
				return
			}
		}
	}
}

func (b *book) entry(i ledger.Index) ledger.Entry { return parsed(b.text[i]) }

func parsed(line []byte) ledger.Entry {
	e, err := ledger.ParseLine(line)
	if err != nil {
		panic(err)
	}
	return e
}

// source reads a prefix of the book. Of accounts it knows the past, as the index does.
type source struct {
	*book
	size ledger.Index
}

func (s source) Fact(id ledger.FactID) ([]byte, error) {
	s.rw.RLock()
	defer s.rw.RUnlock()
	if i, ok := ledger.EntryOf(id); ok {
		if i >= s.size {
			return nil, nil
		}
		return s.text[i], nil
	}
	if key, ok := strings.CutPrefix(string(id), "account/"); ok && int(s.size) < len(s.text) {
		k, ok := ledger.ParseAccountKey(key)
		if !ok {
			return nil, fmt.Errorf("no account %s", key)
		}
		lines, err := s.before(k, 0, 1)
		if len(lines) == 0 {
			return nil, err
		}
		return lines[0].State, err
	}
	return s.Book.Fact(id)
}

func (s source) Facts(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	return func(yield func(ledger.Fact, error) bool) {
		s.rw.RLock()
		var all []ledger.Fact
		var failed error
		for f, err := range s.Book.Facts(prefix) {
			all, failed = append(all, f), errors.Join(failed, err)
		}
		s.rw.RUnlock()
		for _, f := range all {
			if !yield(f, failed) {
				return
			}
		}
	}
}

func (s source) Lines(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	s.rw.RLock()
	defer s.rw.RUnlock()
	return s.before(k, before, n)
}

// before returns the newest n lines of an account before an entry, newest first.
func (s source) before(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	if before == 0 || before > s.size {
		before = s.size
	}
	var out []ledger.Line
	for _, l := range slices.Backward(s.lines[k]) {
		if l.Index < before && len(out) < n {
			out = append(out, l)
		}
	}
	return out, nil
}

// people is a registry of the three, all with one PIN, that locks after five wrong ones.
type people struct {
	mu    sync.Mutex
	wrong map[string]int
	coded map[string]bool // who has one-time codes
	until time.Time
}

func newPeople(b *book) *people {
	return &people{wrong: map[string]int{}, coded: map[string]bool{}, until: b.clock.Add(90 * time.Second)}
}

func (p *people) FindByCard(_ context.Context, text string) (string, error) {
	switch strings.ToUpper(width.Narrow.String(text)) {
	case card:
		return string(wang), nil
	case staff:
		return "U000005", nil
	}
	return "", person.ErrNotFound
}

func (p *people) CheckPIN(_ context.Context, id, given, place string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.wrong[id] >= 5:
		return &person.LockedError{Until: p.until}
	case given != pin || !slices.Contains([]string{string(wang), string(li), string(zhao), "U000002", "U000003", "U000005", "U000006"}, id):
		p.wrong[id]++
		return person.ErrWrongPIN
	}
	return nil
}

func (p *people) HasTOTP(_ context.Context, id string) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.coded[id], nil
}

func (p *people) NewTOTP(_ context.Context, issuer, id string) (secret, address string, err error) {
	return totpSecret, "otpauth://totp/" + issuer + ":" + id + "?secret=" + totpSecret, nil
}

func (p *people) ConfirmTOTP(_ context.Context, id, code string) error {
	if code != totpCode {
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "code", Code: person.BadTOTP}}}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coded[id] = true
	return nil
}

// What one-time codes are made of in the small book, and the only one of them.
const (
	totpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	totpCode   = "314159"
)

func (p *people) FindBySystemKey(context.Context, string) (person.SystemKey, error) {
	return person.SystemKey{}, person.ErrNotFound
}

func (p *people) Search(ctx context.Context, _ person.Kind, query string, among func(string) (bool, error)) (found []person.Masked, more bool, err error) {
	masked, err := p.Masked(ctx, query)
	for id, m := range masked {
		in, failed := among(id)
		if err = errors.Join(err, failed); in {
			found = append(found, m)
		}
	}
	return found, false, err
}

func (p *people) Get(_ context.Context, _ person.Purpose, ids ...string) ([]person.Person, error) {
	return []person.Person{{ID: ids[0], Name: "A Name", Phone: "13855660001"}}, nil
}

func (p *people) Accesses(context.Context, person.AccessQuery) ([]person.Access, error) {
	return nil, nil
}

func (p *people) Masked(_ context.Context, ids ...string) (map[string]person.Masked, error) {
	out := map[string]person.Masked{}
	for _, id := range ids {
		if id == string(wang) {
			out[id] = person.Masked{ID: id, Name: "王*<i>芳</i>"}
		}
	}
	return out, nil
}

// Consistency proves growth, as *store.Ledger does.
func (b *book) Consistency(_ context.Context, old, size ledger.Index) ([]ledger.Hash, error) {
	var tree proof.Tree
	for _, line := range b.text {
		if err := tree.Append(ledger.LeafHash(line)); err != nil {
			return nil, err
		}
	}
	return tree.ProveGrowth(old, size)
}

// Inclusion proves an entry, as *store.Ledger does.
func (b *book) Inclusion(_ context.Context, i, size ledger.Index) ([]ledger.Hash, error) {
	var tree proof.Tree
	for _, line := range b.text {
		if err := tree.Append(ledger.LeafHash(line)); err != nil {
			return nil, err
		}
	}
	return tree.ProveWithin(i, size)
}
