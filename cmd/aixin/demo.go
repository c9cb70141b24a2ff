package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pelletier/go-toml/v2"

	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/person"
)

// demoDays is how many days before today the demo simulates.
const demoDays = 60

// The staff of the demo.
const (
	demoLeader   ledger.StaffID = "U000002"
	demoReviewer ledger.StaffID = "U000003"
	demoKeeper   ledger.StaffID = "U000004"
	demoClerk    ledger.StaffID = "U000005"
	demoSteward  ledger.StaffID = "U000006"
	demoAuditor  ledger.StaffID = "U000008"
	demoHanger   ledger.StaffID = "U000009"
)

//go:embed demo/scheme.toml
var demoScheme []byte

// scheme is the community of the demo, as its data file has it.
type scheme struct {
	Staff []struct {
		Staff ledger.StaffID `toml:"staff"`
		Role  ledger.Role    `toml:"role"`
		Name  string         `toml:"name"`
	} `toml:"staff"`
	Units []struct {
		Unit   ledger.UnitID   `toml:"unit"`
		Kind   ledger.UnitKind `toml:"kind"`
		Parent ledger.UnitID   `toml:"parent"`
		Name   string          `toml:"name"`
		Rule   string          `toml:"rule"`
	} `toml:"units"`
	Shops []struct {
		Shop ledger.ShopID `toml:"shop"`
		Unit ledger.UnitID `toml:"unit"`
		Name string        `toml:"name"`
	} `toml:"shops"`
	Donors []struct {
		Donor        ledger.DonorID `toml:"donor"`
		Name         string         `toml:"name"`
		Organization bool           `toml:"organization"`
	} `toml:"donors"`
	Items []struct {
		Item   ledger.Commodity `toml:"item"`
		Label  string           `toml:"label"`
		Name   string           `toml:"name"`
		Points string           `toml:"points"`
	} `toml:"items"`
	Activities []struct {
		Activity ledger.ActivityID `toml:"activity"`
		Unit     ledger.UnitID     `toml:"unit"`
		Code     ledger.Code       `toml:"code"`
		Name     string            `toml:"name"`
	} `toml:"activities"`
	Volunteers []struct {
		Name      string             `toml:"name"`
		Phone     string             `toml:"phone"`
		Unit      ledger.UnitID      `toml:"unit"`
		Household ledger.HouseholdID `toml:"household"`
		Part      string             `toml:"part"`
	} `toml:"volunteers"`
	Requests []struct {
		Channel ledger.Channel      `toml:"channel"`
		Name    string              `toml:"name"`
		Phone   string              `toml:"phone"`
		Address string              `toml:"address"`
		Need    string              `toml:"need"`
		Becomes ledger.RequestState `toml:"becomes"`
	} `toml:"requests"`
}

// simulation plays the days of the demo through the same commands that people use. Its clock is the simulated one, and all
// chance comes from one seed, so that the same day makes the same book.
type simulation struct {
	*writer
	scheme  scheme
	zone    *time.Location
	first   ledger.Date // the first simulated day
	today   ledger.Date // the day after the last
	now     *atomic.Int64
	chance  *rand.Rand
	asked   int // commands so far, for their keys
	parts   map[string]ledger.VolunteerID
	rest    []ledger.VolunteerID // who has no part of their own
	waiting []deed               // records declared and not yet settled
	held    ledger.Index         // the latest hold
	credits []deed
	sold    []ledger.Index // redemptions that nothing was returned of
	serving map[ledger.ShopID]bool
}

// deed is an entry about somebody.
type deed struct {
	index ledger.Index
	who   ledger.VolunteerID
}

// simulate makes the demo book in dir.
func (a *app) simulate(ctx context.Context, dir string, f initFlags) (made newBook, err error) {
	zone, err := time.LoadLocation(f.zone)
	if err != nil {
		return newBook{}, malformed("--zone", "zone")
	}
	s := &simulation{zone: zone, today: f.today, now: &atomic.Int64{}, parts: map[string]ledger.VolunteerID{}, serving: map[ledger.ShopID]bool{}}
	if err := toml.Unmarshal(demoScheme, &s.scheme); err != nil {
		return newBook{}, fmt.Errorf("demo scheme: %w", err)
	}
	if s.today == 0 {
		s.today = ledger.DateOf(a.clock().In(zone))
	}
	s.first = s.today.AddDays(-demoDays)
	s.chance = rand.New(rand.NewPCG(uint64(s.today), 20260912)) //nolint:gosec // the demo wants the same chance each time
	s.at(s.first, 7, 0)
	if f.origin == "" {
		f.origin = "aixin.example/demo"
	}
	if s.writer, err = a.found(ctx, dir, f, func() time.Time { return time.UnixMilli(s.now.Load()) }); err != nil {
		return newBook{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.play(ctx); err != nil {
		return newBook{}, fmt.Errorf("demo on %s: %w", ledger.DateOf(time.UnixMilli(s.now.Load()).In(zone)), err)
	}
	made = newBook{Demo: true, Staff: firstAdmin, PIN: person.DemoPIN, Next: s.ledger.Head().Size}
	for i, v := range s.scheme.Volunteers {
		if v.Part != "" {
			made.Cards = append(made.Cards, demoCard{ledger.NewVolunteerID(i + 1), v.Part})
		}
	}
	return made, nil
}

// at moves the clock to a minute of a day, unless it is there already.
func (s *simulation) at(d ledger.Date, hour, minute int) {
	y, m, day := d.Time().Date()
	then := time.Date(y, m, day, hour, minute, 0, 0, s.zone).UnixMilli()
	s.now.Store(max(then, s.now.Load()))
}

// ask carries out one command as a staff member, some seconds after the one before.
func (s *simulation) ask(ctx context.Context, who ledger.StaffID, do ledger.Action) (ledger.Entry, error) {
	if err := ctx.Err(); err != nil {
		return ledger.Entry{}, err
	}
	s.asked++
	s.now.Add(int64(5+s.chance.IntN(20)) * 1000)
	r, err := s.ledger.Submit(context.WithoutCancel(ctx), ledger.Command{Key: ledger.Key(fmt.Sprintf("demo/%05d", s.asked)), Actor: who, Do: do})
	if err != nil {
		return r.Entry, fmt.Errorf("%T by %s: %w", do, who, err)
	}
	return r.Entry, nil
}

// all carries out commands in order.
func (s *simulation) all(ctx context.Context, who ledger.StaffID, actions ...ledger.Action) error {
	for _, do := range actions {
		if _, err := s.ask(ctx, who, do); err != nil {
			return err
		}
	}
	return nil
}

// play sets the scheme up on the first day and lives through the others.
func (s *simulation) play(ctx context.Context) error {
	steps := []func(context.Context) error{s.register, s.appoint, s.describe, s.enroll, s.booklets}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	bar := s.app.progress("simulating")
	for d := s.first; d < s.today; d++ {
		if err := s.day(ctx, d); err != nil {
			return err
		}
		if bar != nil {
			bar(ledger.Index(d-s.first+1), demoDays)
		}
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	return s.helping(ctx)
}

// register puts everybody into the registry. Hashing PINs is most of the work, so several are hashed at once.
func (s *simulation) register(ctx context.Context) error {
	var people []person.Person
	for _, u := range s.scheme.Staff {
		people = append(people, person.Person{ID: string(u.Staff), Name: u.Name})
	}
	for i, v := range s.scheme.Volunteers {
		id := ledger.NewVolunteerID(i + 1)
		people = append(people, person.Person{ID: string(id), Name: v.Name, Phone: v.Phone})
		if v.Part == "" {
			s.rest = append(s.rest, id)
			continue
		}
		s.parts[v.Part] = id
	}
	pins := len(people)
	for i, r := range s.scheme.Requests {
		people = append(people, person.Person{ID: string(demoRequest(i)), Name: r.Name, Phone: r.Phone, Address: r.Address, Need: r.Need})
	}
	for _, d := range s.scheme.Donors {
		people = append(people, person.Person{ID: string(d.Donor), Name: d.Name, Organization: d.Organization})
	}
	if err := s.people.Put(ctx, people...); err != nil {
		return err
	}
	failed := make([]error, pins)
	var work sync.WaitGroup
	for i, p := range people[:pins] {
		work.Go(func() { failed[i] = s.people.SetPIN(ctx, p.ID, person.DemoPIN) })
	}
	work.Wait()
	return errors.Join(failed...)
}

func (s *simulation) appoint(ctx context.Context) error {
	for _, u := range s.scheme.Staff {
		if u.Staff == demoHanger {
			continue // comes on the last day
		}
		if _, err := s.ask(ctx, firstAdmin, &ledger.Appoint{Staff: u.Staff, Roles: []ledger.Role{u.Role}}); err != nil {
			return err
		}
	}
	return nil
}

// describe sets the rules and says what the scheme consists of. Rules hold from the first simulated day at the latest.
func (s *simulation) describe(ctx context.Context) error {
	for _, name := range sheet.ShippedRules() {
		rule, err := sheet.ShippedRule(name)
		if err != nil {
			return err
		}
		rule.From = min(rule.From, s.first)
		if err := s.all(ctx, demoSteward, &ledger.SetRule{Rule: rule}); err != nil {
			return err
		}
	}
	for _, u := range s.scheme.Units {
		if err := s.all(ctx, demoSteward, &ledger.AddUnit{Unit: u.Unit, Kind: u.Kind, Parent: u.Parent, Name: u.Name, Rule: u.Rule}); err != nil {
			return err
		}
	}
	for _, x := range s.scheme.Shops {
		if err := s.all(ctx, demoSteward, &ledger.AddShop{Shop: x.Shop, Unit: x.Unit, Name: x.Name}); err != nil {
			return err
		}
	}
	for _, x := range s.scheme.Items {
		points, err := ledger.ParsePoints(x.Points)
		if err != nil {
			return err
		}
		do := &ledger.AddItem{Item: x.Item, Name: x.Name, Label: x.Label, Points: points, From: s.first}
		if err := s.all(ctx, demoSteward, do); err != nil {
			return err
		}
	}
	for _, x := range s.scheme.Donors {
		if err := s.all(ctx, demoKeeper, &ledger.AddDonor{Donor: x.Donor}); err != nil {
			return err
		}
	}
	for _, x := range s.scheme.Activities {
		do := &ledger.AddActivity{Activity: x.Activity, Unit: x.Unit, Code: x.Code, Name: x.Name}
		if err := s.all(ctx, demoLeader, do); err != nil {
			return err
		}
	}
	return nil
}

// enroll opens everybody's accounts, and tells the book which of them is the clerk's own.
func (s *simulation) enroll(ctx context.Context) error {
	for i, v := range s.scheme.Volunteers {
		do := &ledger.Enroll{Volunteer: ledger.NewVolunteerID(i + 1), Unit: v.Unit, Household: v.Household}
		if err := s.all(ctx, demoSteward, do); err != nil {
			return err
		}
	}
	return s.all(ctx, firstAdmin, &ledger.Appoint{Staff: demoClerk, Roles: []ledger.Role{ledger.Clerk}, Volunteer: s.parts["clerk"]})
}

// booklets brings over what people had on paper: one balance each, declared by the steward and approved by the reviewer.
func (s *simulation) booklets(ctx context.Context) error {
	type booklet struct {
		who     ledger.VolunteerID
		points  ledger.Amount
		expires ledger.Date
	}
	end := s.today.YearEnd(1)
	list := []booklet{
		{s.parts["rich"], 12600, end},
		{s.parts["clerk"], 1500, end},
		{s.parts["spouse"], 900, end},
		{s.parts["tomorrow"], 1200, s.today.AddDays(1)},
		{s.parts["lapsed"], 650, s.first.AddDays(20)},
	}
	for i, who := range s.rest {
		if i%3 == 0 {
			list = append(list, booklet{who, ledger.Amount(300 + 50*s.chance.IntN(30)), end})
		}
	}
	for _, b := range list {
		e, err := s.ask(ctx, demoSteward, &ledger.DeclareOpening{Volunteer: b.who, Points: b.points, Expires: b.expires})
		if err != nil {
			return err
		}
		if _, err := s.ask(ctx, demoReviewer, &ledger.Approve{Record: e.Index}); err != nil {
			return err
		}
	}
	return nil
}
