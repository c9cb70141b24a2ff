package sheet

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"aixin/ledger"
)

// shapes are the tags that row structs may carry beside those of the validator. Each returns the code of what is wrong, or
// nothing. They are about the grammar of one cell; whether a shop or a person exists is for others to say.
var shapes = map[string]func(string) string{
	"volunteer_number": grammar("volunteer_number", func(s string) bool { return ledger.VolunteerID(s).Valid() }),
	"household_number": grammar("household_number", func(s string) bool { return ledger.HouseholdID(s).Valid() }),
	"unit_number":      grammar("unit_number", func(s string) bool { return ledger.UnitID(s).Valid() }),
	"activity_number":  grammar("activity_number", func(s string) bool { return ledger.ActivityID(s).Valid() }),
	"item_code":        grammar("item_code", func(s string) bool { return ledger.Commodity(s).Goods() }),
	"donor_number":     grammar("donor_number", func(s string) bool { return ledger.DonorID(s).Valid() }),
	"standard_code":    grammar("standard_code", func(s string) bool { return ledger.Code(s).Valid() }),
	"sheet_number":     grammar("sheet_number", sheetNumber),
	"public_name":      grammar("public_name", publicName),
	"id_number":        checkIDNumber,
	"phone":            checkPhone,
	"person_name":      checkPersonName,
	"points":           func(s string) string { _, code := ParsePoints(s); return code },
	"quantity":         func(s string) string { _, code := ParseQuantity(s); return code },
	"duration":         func(s string) string { _, code := ParseDuration(s); return code },
	"moment":           func(s string) string { _, code := ParseMoment(s); return code },
	"day":              checkDay,
}

func grammar(code string, ok func(string) bool) func(string) string {
	return func(s string) string {
		if ok(s) {
			return ""
		}
		return code
	}
}

func sheetNumber(s string) bool {
	rest := strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
	return len(s) <= 20 && rest == ""
}

// publicName is for names that stand in the journal: of items and labels, never of people.
func publicName(s string) bool {
	return len(s) <= ledger.MaxName && !ledger.Personal(s)
}

// checkDay is a moment that has a day.
func checkDay(s string) string {
	m, code := ParseMoment(s)
	if code == "" && m.Date == 0 {
		return "date"
	}
	return code
}

// validate is the one validator of the package. It caches the structs that it has seen, and is safe for concurrent use.
var validate = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("sheet") })
	for tag, shape := range shapes {
		check := func(fl validator.FieldLevel) bool { return shape(fl.Field().String()) == "" }
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(fmt.Sprintf("validator tag %s: %v", tag, err)) // a reserved tag name: a mistake in this file
		}
	}
	return v
})

// misshapen lists what is wrong with the cells of a record, by field.
func misshapen(r Record) ([]cellFault, error) {
	err := validate().Struct(r)
	if err == nil {
		return nil, nil
	}
	var wrong validator.ValidationErrors
	if !errors.As(err, &wrong) {
		return nil, fmt.Errorf("validate %T: %w", r, err)
	}
	faults := make([]cellFault, 0, len(wrong))
	for _, w := range wrong {
		code := w.Tag()
		if shape := shapes[code]; shape != nil {
			if s, ok := w.Value().(string); ok {
				code = shape(s)
			}
		}
		if strings.HasPrefix(code, "required") {
			code = "required"
		}
		faults = append(faults, cellFault{field(w.Field()), code})
	}
	return faults, nil
}

// cellFault is a fault of one cell, by field; the file knows the header.
type cellFault struct {
	at   field
	code string
}
