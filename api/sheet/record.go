package sheet

import (
	"fmt"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// Record is what one row says, as tidied text with its shapes checked. It is one of the row types below.
type Record interface {
	// cells lists where the cells of a row go, by field.
	cells() map[field]*string
	// who is the person that the row is about, or nil.
	who() *Person
	// action turns the record into what is asked of the ledger, and its key. Faults name what the row and p lack together.
	action(v ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault)
}

// Person is how a row names somebody. It is personal data: it goes to the registry and never into the journal or a message.
type Person struct {
	Volunteer string `sheet:"volunteer" validate:"omitempty,volunteer_number"`
	Name      string `sheet:"name" validate:"omitempty,person_name"`
	IDNumber  string `sheet:"id_number" validate:"omitempty,id_number"`
	Phone     string `sheet:"phone" validate:"omitempty,phone"`
}

func (p *Person) cells() map[field]*string {
	return map[field]*string{
		fieldVolunteer: &p.Volunteer, fieldName: &p.Name, fieldIDNumber: &p.IDNumber, fieldPhone: &p.Phone,
	}
}

func (p *Person) who() *Person { return p }

// Params are what the person who imports says about the whole file: what its columns do not.
type Params struct {
	Scope    string            // the unit or shop for which whoever brings the file in has the role; none: everywhere
	Unit     ledger.UnitID     // of volunteers
	Activity ledger.ActivityID // of hours
	Start    ledger.Start      // of hours, where no column has it
	Capture  ledger.Capture    // of hours
	Sheet    string            // number of the paper sheet, of hours and acts
	On       ledger.Date       // of acts, where no column has it
	From     ledger.Date       // first day of prices, where no column has it
	Expires  ledger.Date       // of opening balances, where no column has it; none where they never expire

	Shop   ledger.ShopID      // of stock
	Donor  ledger.DonorID     // of stock, where no column has it
	Source ledger.GoodsSource // of stock
}

// VolunteerRow is a row of a list of volunteers.
type VolunteerRow struct {
	Name      string `sheet:"name" validate:"required,person_name"`
	IDNumber  string `sheet:"id_number" validate:"required_without=Phone,omitempty,id_number"`
	Phone     string `sheet:"phone" validate:"omitempty,phone"`
	Unit      string `sheet:"unit" validate:"omitempty,unit_number"`
	Household string `sheet:"household" validate:"omitempty,household_number"`
}

func (r *VolunteerRow) cells() map[field]*string {
	return map[field]*string{
		fieldName: &r.Name, fieldIDNumber: &r.IDNumber, fieldPhone: &r.Phone, fieldUnit: &r.Unit, fieldHousehold: &r.Household,
	}
}

// Details are what the registry keeps of a volunteer.
func (r *VolunteerRow) Details() person.Person {
	return person.Person{Name: r.Name, IDNumber: r.IDNumber, Phone: r.Phone}
}

func (r *VolunteerRow) who() *Person {
	return &Person{Name: r.Name, IDNumber: r.IDNumber, Phone: r.Phone}
}

func (r *VolunteerRow) action(v ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	unit := ledger.UnitID(r.Unit)
	if unit == "" {
		unit = p.Unit
	}
	if unit == "" {
		return nil, "", []cellFault{{fieldUnit, "unit_missing"}}
	}
	return &ledger.Enroll{Volunteer: v, Unit: unit, Household: ledger.HouseholdID(r.Household)}, key("v", string(v)), nil
}

// ItemRow is a row of a price list.
type ItemRow struct {
	Item   string `sheet:"item" validate:"required,item_code"`
	Name   string `sheet:"item_name" validate:"required,public_name"`
	Label  string `sheet:"label" validate:"omitempty,public_name"`
	Points string `sheet:"points" validate:"required,points"`
	From   string `sheet:"from" validate:"omitempty,day"`
}

func (r *ItemRow) cells() map[field]*string {
	return map[field]*string{
		fieldItem: &r.Item, fieldItemName: &r.Name, fieldLabel: &r.Label, fieldPoints: &r.Points, fieldFrom: &r.From,
	}
}

func (r *ItemRow) who() *Person { return nil }

func (r *ItemRow) action(_ ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	points, _ := ParsePoints(r.Points) // its shape was checked
	from := p.From
	if m, code := ParseMoment(r.From); code == "" {
		from = m.Date
	}
	if from == 0 {
		return nil, "", []cellFault{{fieldFrom, "from_missing"}}
	}
	item := ledger.Commodity(r.Item)
	return &ledger.AddItem{Item: item, Name: r.Name, Label: r.Label, Points: points, From: from}, key("i", r.Item), nil
}

// HoursRow is a row of a roster or of a platform's list of service.
type HoursRow struct {
	Person
	Activity string `sheet:"activity" validate:"omitempty,activity_number"`
	Start    string `sheet:"start" validate:"omitempty,moment"`
	End      string `sheet:"end" validate:"omitempty,moment"`
	Date     string `sheet:"date" validate:"omitempty,day"`
	Duration string `sheet:"duration" validate:"omitempty,duration"`
	Sheet    string `sheet:"sheet" validate:"omitempty,sheet_number"`
}

func (r *HoursRow) cells() map[field]*string {
	m := r.Person.cells()
	m[fieldActivity], m[fieldStart], m[fieldEnd], m[fieldDate] = &r.Activity, &r.Start, &r.End, &r.Date
	m[fieldDuration], m[fieldSheet] = &r.Duration, &r.Sheet
	return m
}

func (r *HoursRow) action(v ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	do := &ledger.DeclareHours{Volunteer: v, Activity: ledger.ActivityID(r.Activity), Capture: p.Capture, Sheet: r.Sheet}
	if do.Activity == "" {
		do.Activity = p.Activity
	}
	if do.Sheet == "" {
		do.Sheet = p.Sheet
	}
	if do.Activity == "" {
		return nil, "", []cellFault{{fieldActivity, "activity_missing"}}
	}
	if do.Capture == "" {
		return nil, "", []cellFault{{"", "capture_missing"}}
	}
	var fault *cellFault
	if do.Start, fault = r.begins(p); fault != nil {
		return nil, "", []cellFault{*fault}
	}
	if do.Minutes, fault = r.lasts(do.Start); fault != nil {
		return nil, "", []cellFault{*fault}
	}
	return do, key("h", string(v), string(do.Activity), do.Start.String()), nil
}

// begins puts the day and the minute together from the row's columns and the import's start, the row's first.
func (r *HoursRow) begins(p Params) (ledger.Start, *cellFault) {
	on, minute, clocked := p.Start.On(), int(p.Start%ledger.MaxMinutes), p.Start != 0
	for _, cell := range []string{r.Date, r.Start} {
		m, code := ParseMoment(cell)
		if code != "" {
			continue // empty; what is not empty had its shape checked
		}
		if m.Date != 0 {
			on = m.Date
		}
		if m.Clock {
			minute, clocked = m.Minute, true
		}
	}
	if on == 0 || !clocked {
		return 0, &cellFault{fieldStart, "start_missing"}
	}
	return ledger.NewStart(on, minute), nil
}

// lasts is the duration, or the time from start to end where there is none. A duration that is longer than the attendance is a
// fault: one of the three cells is wrong, and only a person can say which.
func (r *HoursRow) lasts(start ledger.Start) (ledger.Amount, *cellFault) {
	end, code := ParseMoment(r.End)
	attended := ledger.Amount(0)
	if code == "" && end.Clock {
		if end.Date == 0 {
			end.Date = start.On()
		}
		attended = ledger.Amount(ledger.NewStart(end.Date, end.Minute) - start)
		if attended <= 0 || attended > ledger.MaxMinutes {
			return 0, &cellFault{fieldEnd, "end_before_start"}
		}
	}
	if r.Duration == "" {
		if attended == 0 {
			return 0, &cellFault{fieldDuration, "required"}
		}
		return attended, nil
	}
	minutes, _ := ParseDuration(r.Duration) // its shape was checked
	if attended > 0 && minutes > attended {
		return 0, &cellFault{fieldDuration, "longer_than_attendance"}
	}
	return minutes, nil
}

// ActsRow is a row of a list of acts.
type ActsRow struct {
	Person
	Code     string `sheet:"code" validate:"required,standard_code"`
	Quantity string `sheet:"quantity" validate:"required,quantity"`
	Date     string `sheet:"date" validate:"omitempty,day"`
	Sheet    string `sheet:"sheet" validate:"omitempty,sheet_number"`
}

func (r *ActsRow) cells() map[field]*string {
	m := r.Person.cells()
	m[fieldCode], m[fieldQuantity], m[fieldDate], m[fieldSheet] = &r.Code, &r.Quantity, &r.Date, &r.Sheet
	return m
}

// split takes "RC03 × 60" apart where it stands in one cell; without a quantity anywhere the act was done once.
func (r *ActsRow) split(separate bool) {
	code, quantity, ok := strings.Cut(vocabulary().times.Replace(strings.ToLower(r.Code)), "*")
	if ok && r.Quantity == "" {
		r.Code, r.Quantity = tidyCode(code), quantity
	}
	if r.Quantity == "" && !separate {
		r.Quantity = "1"
	}
}

func (r *ActsRow) action(v ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	do := &ledger.DeclareActs{Volunteer: v, Code: ledger.Code(r.Code), On: p.On, Sheet: r.Sheet}
	do.Quantity, _ = ParseQuantity(r.Quantity) // its shape was checked
	if m, code := ParseMoment(r.Date); code == "" {
		do.On = m.Date
	}
	if do.On == 0 {
		return nil, "", []cellFault{{fieldDate, "date_missing"}}
	}
	if do.Sheet == "" {
		do.Sheet = p.Sheet
	}
	return do, key("a", string(v), r.Code, do.On.String()), nil
}

// BalanceRow is a row of a list of opening balances.
type BalanceRow struct {
	Person
	Points  string `sheet:"points" validate:"required,points"`
	Expires string `sheet:"expires" validate:"omitempty,day"`
}

func (r *BalanceRow) cells() map[field]*string {
	m := r.Person.cells()
	m[fieldPoints], m[fieldExpires] = &r.Points, &r.Expires
	return m
}

func (r *BalanceRow) action(v ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	do := &ledger.DeclareOpening{Volunteer: v, Expires: p.Expires}
	do.Points, _ = ParsePoints(r.Points) // its shape was checked
	if m, code := ParseMoment(r.Expires); code == "" {
		do.Expires = m.Date
	}
	return do, key("o", string(v)), nil
}

// StockRow is a row of what stands on a shelf when the book is opened, or of a delivery.
type StockRow struct {
	Item     string `sheet:"item" validate:"required,item_code"`
	Quantity string `sheet:"quantity" validate:"required,quantity"`
	Expires  string `sheet:"expires" validate:"omitempty,day"`
	Donor    string `sheet:"donor" validate:"omitempty,donor_number"`
	Value    string `sheet:"value" validate:"omitempty,points"`
	Note     string `sheet:"note" validate:"omitempty,sheet_number"`
}

func (r *StockRow) cells() map[field]*string {
	return map[field]*string{
		fieldItem: &r.Item, fieldQuantity: &r.Quantity, fieldExpires: &r.Expires, fieldDonor: &r.Donor, fieldValue: &r.Value, fieldNote: &r.Note,
	}
}

func (r *StockRow) who() *Person { return nil }

// action receives one lot. Its key has no quantity in it: a row whose quantity was mended is the same lot, and a conflict.
func (r *StockRow) action(_ ledger.VolunteerID, p Params) (ledger.Action, ledger.Key, []cellFault) {
	do := &ledger.Receive{Shop: p.Shop, Donor: ledger.DonorID(r.Donor)}
	if do.Donor == "" {
		do.Donor = p.Donor
	}
	if do.Donor == "" {
		return nil, "", []cellFault{{fieldDonor, "donor_missing"}}
	}
	pieces, _ := ParseQuantity(r.Quantity) // its shape was checked, as that of the others
	item := ledger.Commodity(r.Item)
	do.Lines = []ledger.ItemLine{{Item: item, Pieces: ledger.Amount(pieces)}}
	do.Source, do.Note = p.Source, r.Note
	if m, code := ParseMoment(r.Expires); code == "" {
		do.BestBefore = m.Date
	}
	if r.Value != "" {
		fen, _ := ParsePoints(r.Value)
		do.Terms = []ledger.ReceiptTerm{{Item: item, Fen: fen}}
	}
	day := ""
	if do.BestBefore != 0 {
		day = do.BestBefore.String()
	}
	return do, key("g", string(p.Shop), r.Item, string(do.Donor), day, r.Note), nil
}

// key joins the parts that name a row: its form, the person, and what makes it one of theirs. The longest is 35 bytes, well
// inside ledger.MaxKey.
func key(form string, parts ...string) ledger.Key {
	return ledger.Key(fmt.Sprintf("%s/%s", form, strings.Join(parts, "/")))
}
