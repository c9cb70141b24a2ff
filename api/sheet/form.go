package sheet

import "slices"

// Form is what a file lists.
type Form string

// The forms.
const (
	Volunteers Form = "volunteers"
	Items      Form = "items"
	Hours      Form = "hours"
	Acts       Form = "acts"
	Balances   Form = "balances"
	Stock      Form = "stock"
)

// Forms lists every form.
func Forms() []Form { return []Form{Volunteers, Items, Hours, Acts, Balances, Stock} }

// field names a column by what it means. Mapping files use these names.
type field string

// The fields.
const (
	fieldVolunteer field = "volunteer"
	fieldName      field = "name"
	fieldIDNumber  field = "id_number"
	fieldPhone     field = "phone"
	fieldUnit      field = "unit"
	fieldHousehold field = "household"
	fieldItem      field = "item"
	fieldItemName  field = "item_name"
	fieldLabel     field = "label"
	fieldPoints    field = "points"
	fieldFrom      field = "from"
	fieldActivity  field = "activity"
	fieldStart     field = "start"
	fieldEnd       field = "end"
	fieldDate      field = "date"
	fieldDuration  field = "duration"
	fieldMinutes   field = "minutes"
	fieldCode      field = "code"
	fieldQuantity  field = "quantity"
	fieldSheet     field = "sheet"
	fieldExpires   field = "expires"
	fieldDonor     field = "donor"
	fieldValue     field = "value"
	fieldNote      field = "note"
)

// form says which columns a form may have and which it cannot do without.
type form struct {
	fields []field
	needs  [][]field // of each group, one column has to be there
	blank  func() Record
}

// whose are the columns that can say which volunteer a row is about; a name alone cannot, since two people may have it.
var whose = []field{fieldVolunteer, fieldIDNumber, fieldPhone}

var forms = map[Form]form{
	Volunteers: {
		fields: []field{fieldName, fieldIDNumber, fieldPhone, fieldUnit, fieldHousehold},
		needs:  [][]field{{fieldName}, {fieldIDNumber, fieldPhone}},
		blank:  func() Record { return &VolunteerRow{} },
	},
	Items: {
		fields: []field{fieldItem, fieldItemName, fieldLabel, fieldPoints, fieldFrom},
		needs:  [][]field{{fieldItem}, {fieldItemName}, {fieldPoints}},
		blank:  func() Record { return &ItemRow{} },
	},
	Hours: {
		fields: []field{
			fieldVolunteer, fieldName, fieldIDNumber, fieldPhone, fieldActivity, fieldStart, fieldEnd, fieldDate,
			fieldDuration, fieldMinutes, fieldSheet,
		},
		needs: [][]field{whose, {fieldDuration, fieldMinutes, fieldEnd}},
		blank: func() Record { return &HoursRow{} },
	},
	Acts: {
		fields: []field{fieldVolunteer, fieldName, fieldIDNumber, fieldPhone, fieldCode, fieldQuantity, fieldDate, fieldSheet},
		needs:  [][]field{whose, {fieldCode}},
		blank:  func() Record { return &ActsRow{} },
	},
	Balances: {
		fields: []field{fieldVolunteer, fieldName, fieldIDNumber, fieldPhone, fieldPoints, fieldExpires},
		needs:  [][]field{whose, {fieldPoints}},
		blank:  func() Record { return &BalanceRow{} },
	},
	Stock: {
		fields: []field{fieldItem, fieldQuantity, fieldExpires, fieldDonor, fieldValue, fieldNote},
		needs:  [][]field{{fieldItem}, {fieldQuantity}},
		blank:  func() Record { return &StockRow{} },
	},
}

// repeats reports whether a cell merged over several rows says the same thing of each of them. A merged number or person does
// not: nobody can tell whether two hours were meant for each or for both.
func (at field) repeats() bool {
	return slices.Contains([]field{fieldUnit, fieldHousehold, fieldFrom, fieldActivity, fieldStart, fieldEnd, fieldDate, fieldCode, fieldSheet, fieldExpires, fieldDonor, fieldNote}, at)
}
