package bench

import (
	"fmt"

	"aixin/ledger"
)

// The people of a measured book.
const (
	admin    ledger.StaffID = "U000001"
	leader   ledger.StaffID = "U000002"
	reviewer ledger.StaffID = "U000003"
	keeper   ledger.StaffID = "U000004"
	clerk    ledger.StaffID = "U000005"
	steward  ledger.StaffID = "U000006"
)

const (
	unit     ledger.UnitID     = "C01"
	donor    ledger.DonorID    = "D001"
	activity ledger.ActivityID = "A001"
	code     ledger.Code       = "VH01"
)

const (
	credits       = 4 // service records of a round
	steps         = 2*credits + 1
	sessionsADay  = 2  // of one person
	items         = 20 // kinds of goods on each shelf
	minutesServed = 60 // of one service record

	hourly ledger.Amount = 100              // points for an hour: one
	price  ledger.Amount = credits * hourly // of one piece of anything
	pieces ledger.Amount = ledger.MaxPieces // of each item on each shelf, to begin with
)

// workload is what is asked for: in each round a person is credited four service records, each declared by a leader and
// approved by a reviewer, and exchanges what they earned for a piece of something. It depends on its fields alone.
type workload struct {
	volunteers []ledger.VolunteerID
	shops      []ledger.ShopID
	items      []ledger.Commodity
	today      ledger.Date
}

func newWorkload(volunteers, shops int, today ledger.Date) workload {
	w := workload{today: today}
	for i := range volunteers {
		w.volunteers = append(w.volunteers, ledger.NewVolunteerID(i+1))
	}
	for i := range shops {
		w.shops = append(w.shops, ledger.ShopID(fmt.Sprintf("S%02d", i+1)))
	}
	for i := range items {
		w.items = append(w.items, ledger.Commodity(fmt.Sprintf("SKU-%04d", i+1)))
	}
	return w
}

// opening lists the commands that must come first, in this order.
func (w workload) opening(origin, zone string) []ledger.Command {
	first := ledger.NewDate(1972, 1, 1)
	list := []ledger.Command{
		{Do: &ledger.OpenBook{Format: ledger.FormatVersion, Origin: origin, Zone: zone}},
		{Actor: admin, Do: &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: leader, Roles: []ledger.Role{ledger.Leader}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: reviewer, Roles: []ledger.Role{ledger.Reviewer}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: keeper, Roles: []ledger.Role{ledger.Keeper}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: clerk, Roles: []ledger.Role{ledger.Clerk}}},
		{Actor: admin, Do: &ledger.Appoint{Staff: steward, Roles: []ledger.Role{ledger.Steward}}},
		{Actor: steward, Do: &ledger.SetRule{Rule: ledger.Rule{
			ID: "bench", Version: 1, From: first,
			Rates: []ledger.HourRate{{Code: code, Points: hourly}},
			Earns: []ledger.Capture{ledger.Roster}, Expires: ledger.ExpiresYearEnd, ExpiresIn: 1,
		}}},
		{Actor: admin, Do: &ledger.AddUnit{Unit: unit, Kind: ledger.Community, Name: "unit"}},
		{Actor: leader, Do: &ledger.AddActivity{Activity: activity, Unit: unit, Code: code, Name: "patrol"}},
		{Actor: keeper, Do: &ledger.AddDonor{Donor: donor}},
	}
	var shelf []ledger.ItemLine
	for _, item := range w.items {
		list = append(list, ledger.Command{Actor: steward, Do: &ledger.AddItem{Item: item, Name: "goods", Points: price, From: first}})
		shelf = append(shelf, ledger.ItemLine{Item: item, Pieces: pieces})
	}
	for _, shop := range w.shops {
		list = append(list,
			ledger.Command{Actor: admin, Do: &ledger.AddShop{Shop: shop, Unit: unit, Name: "shop"}},
			ledger.Command{Actor: keeper, Do: &ledger.Receive{Shop: shop, Donor: donor, Lines: shelf}})
	}
	for i := range list {
		list[i].Key = ledger.Key(fmt.Sprintf("open/%d", i))
	}
	return list
}

// enroll is the command that opens the accounts of volunteer i.
func (w workload) enroll(i int) ledger.Command {
	return ledger.Command{
		Key: ledger.Key(fmt.Sprintf("enroll/%d", i)), Actor: steward,
		Do: &ledger.Enroll{Volunteer: w.volunteers[i], Unit: unit},
	}
}

// visit is one round of one person.
type visit struct {
	volunteer int
	turn      int // how often the same person came before
}

// visitOf returns round n of a client: clients see different people, each again after everybody else, as far as there are
// enough of them.
func (w workload) visitOf(client, clients, round int) visit {
	people := len(w.volunteers)
	if clients > people { // they share, and take turns
		sharing := (clients + people - 1) / people
		return visit{volunteer: client % people, turn: round*sharing + client/people}
	}
	mine := (people - client + clients - 1) / clients
	return visit{volunteer: client + round%mine*clients, turn: round / mine}
}

// declare claims the n-th service record of a visit, on a day of its own pair of hours.
func (w workload) declare(v visit, n int) ledger.Action {
	session := v.turn*credits + n
	day := w.today.AddDays(-1 - session/sessionsADay)
	return &ledger.DeclareHours{
		Volunteer: w.volunteers[v.volunteer], Activity: activity, Minutes: minutesServed, Capture: ledger.Roster,
		Start: ledger.NewStart(day, 8*60+session%sessionsADay*6*60),
	}
}

// redeem spends what the visit earned.
func (w workload) redeem(v visit) ledger.Action {
	return &ledger.Redeem{
		Volunteer: w.volunteers[v.volunteer], Shop: w.shops[(v.volunteer+v.turn)%len(w.shops)], Presence: ledger.ByCard,
		Lines: []ledger.ItemLine{{Item: w.items[(v.volunteer+v.turn)%len(w.items)], Pieces: 1}},
	}
}
