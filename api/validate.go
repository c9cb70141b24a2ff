package api

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/validator/v10"

	"aixin/ledger"
)

// shape is the grammar of one member of a request: of text a pattern, or the words that it may be, and what neither says; of a number
// its bounds. Its name is the tag, and the code of the fault where a member is not so.
type shape struct {
	pattern     string
	values      []string
	least, most int64
	also        func(string) bool
}

// shapes are the tags that a member of a request may carry beside those of the validator.
var shapes = sync.OnceValue(func() map[string]shape {
	const sheet, date = `^[A-Za-z0-9-]{1,20}$`, `^[0-9]{4}-[0-9]{2}-[0-9]{2}`
	reads := func(err error) bool { return err == nil }
	plain := func(s string) bool { return !ledger.Personal(s) }
	return map[string]shape{
		"volunteer_number": {pattern: `^V[0-9]{7}$`, also: func(s string) bool { return ledger.VolunteerID(s).Valid() }},
		"shop_code":        {pattern: `^S[0-9]{2,4}$`},
		"donor_code":       {pattern: `^D[0-9]{3,6}$`},
		"activity_code":    {pattern: `^A[0-9]{3,6}$`},
		"item_code":        {pattern: `^SKU-[0-9]{4}$`, also: func(s string) bool { return ledger.Commodity(s).Goods() }},
		"code":             {pattern: `^[A-Z]{2,4}[0-9]{2,3}$`},
		"request_number":   {pattern: `^Q[0-9]{6}$`},
		"signer":           {pattern: `^(?:V[0-9]{7}|U[0-9]{6})$`},
		"restriction":      {also: func(s string) bool { return ledger.Restriction(s).Valid() }},
		"sheet":            {pattern: sheet, also: plain},
		"sha256":           {pattern: `^[0-9a-f]{64}$`},
		"date":             {pattern: date + `$`, also: func(s string) bool { _, err := ledger.ParseDate(s); return reads(err) }},
		"start":            {pattern: date + `T[0-9]{2}:[0-9]{2}$`, also: func(s string) bool { _, err := ledger.ParseStart(s); return reads(err) }},
		"points":           {pattern: `^[0-9]{1,15}(?:\.[0-9]{1,2})?$`, also: func(s string) bool { a, err := ledger.ParsePoints(s); return reads(err) && a > 0 }},
		"bulk_mode":        {values: words([]BulkMode{BulkContinue, BulkAtomic})},
		"key":              {pattern: `^[A-Za-z0-9._:/-]{1,64}$`, also: func(s string) bool { return ledger.Key(s).Valid() }},
		"answer_form":      {values: words(Forms())},
		"reason":           {values: words(ledger.Reasons())},
		"presence":         {values: words([]ledger.Presence{ledger.ByCard, ledger.ByCall, ledger.ByTyped, ledger.ByProxy})},
		"proxy_check":      {values: words([]ledger.Check{ledger.CheckedDocument, ledger.CheckedPhone})},
		"capture":          {values: words([]ledger.Capture{ledger.Scan, ledger.Roster, ledger.Backfill})},
		"source":           {values: words([]ledger.GoodsSource{ledger.Donation, ledger.Purchase, ledger.Grant, ledger.Opening})},
		"index":            {least: 1, most: int64(ledger.MaxAmount)},
		"pieces":           {least: 1, most: ledger.MaxPieces},
		"quantity":         {least: 1, most: ledger.MaxQuantity},
		"minutes":          {least: 1, most: ledger.MaxMinutes},
		"voucher":          {least: 1, most: ledger.MaxVoucherNumber},
		"positive":         {least: 1, most: int64(ledger.MaxAmount)},
		"fen":              {least: 0, most: ledger.MaxFen},
	}
})

func words[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// check returns what tells whether a member has the shape.
func (s shape) check() func(reflect.Value) bool {
	text := regexp.MustCompile(s.pattern)
	return func(v reflect.Value) bool {
		if v.CanInt() {
			return s.least <= v.Int() && v.Int() <= s.most
		}
		t := v.String()
		return text.MatchString(t) && (s.values == nil || slices.Contains(s.values, t)) && (s.also == nil || s.also(t))
	}
}

// validate is the one validator of requests. It caches the structs that it has seen, and is safe for concurrent use.
var validate = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, s := range shapes() {
		fits := s.check()
		if err := v.RegisterValidation(tag, func(fl validator.FieldLevel) bool { return fits(fl.Field()) }); err != nil {
			panic(fmt.Sprintf("validator tag %s: %v", tag, err)) // a reserved tag name: a mistake in this file
		}
	}
	return v
})

// misshapen names every member of a request that is not as its tag says. No value is told: it may be an ID number in the wrong place.
func misshapen(request any) error {
	err := validate().Struct(request)
	var wrong validator.ValidationErrors
	if !errors.As(err, &wrong) {
		return err
	}
	bad := &ledger.Invalid{}
	for _, w := range wrong {
		field := w.Namespace()
		if _, below, ok := strings.Cut(field, "."); ok { // behind the name of the type, where it has one
			field = below
		}
		bad.Fields = append(bad.Fields, ledger.Fault{Field: field, Code: codeOf(w.Tag())})
	}
	return bad
}

// codeOf returns the code of the fault that a tag names: those of the validator say how much of something there is.
func codeOf(tag string) string {
	switch tag {
	case "required", "required_without", "min":
		return "required"
	case "max":
		return "too_many"
	}
	return tag
}

// readJSON reads the body of a request, strictly: an unknown member, one that stands there twice or in other letters, and anything
// after the end are refused, since each may be the sign of another meaning.
func readJSON(r *http.Request, request any) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), jsonType) {
		return ErrMediaType
	}
	body := buffer()
	defer free(body)
	if _, err := body.ReadFrom(r.Body); err != nil {
		if tooLarge(err) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrBadJSON, err)
	}
	if err := json.Unmarshal(body.Bytes(), request, json.RejectUnknownMembers(true)); err != nil {
		return unread(err, body.Bytes(), request)
	}
	return misshapen(request)
}

// maxUnread bounds how many members that do not read are named, and how often a body is read for that.
const maxUnread = 10

// unread says of every member that does not read why, and what the validator says of those that do; of JSON that is none, that it is none.
// Reading ends at the first fault: it goes on in a copy without the member at fault, as long as that is not a file.
func unread(err error, body []byte, request any) error {
	bad := &ledger.Invalid{}
	for range maxUnread {
		at, code := unreadMember(err)
		if code == "" {
			break
		}
		bad.Fields = append(bad.Fields, ledger.Fault{Field: memberAt(at), Code: code})
		if code == "twice" { // which of the two is meant, nobody knows
			break
		}
		if body, err = without(body, at, code == "unknown_member"); err != nil {
			continue // which says whether there is more to tell
		}
		reflect.ValueOf(request).Elem().SetZero()
		if err = json.Unmarshal(body, request, json.RejectUnknownMembers(true)); err == nil {
			return alsoMisshapen(bad, request)
		}
	}
	if len(bad.Fields) == 0 {
		return ErrBadJSON
	}
	return bad
}

// unreadMember says which member does not read and why; no code where it is no member that is at fault.
func unreadMember(err error) (at jsontext.Pointer, code string) {
	if wrong, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(wrong, jsontext.ErrDuplicateName) {
			return wrong.JSONPointer, "twice"
		}
		return "", ""
	}
	wrong, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok:
		return "", ""
	case errors.Is(wrong, json.ErrUnknownName):
		return wrong.JSONPointer, "unknown_member"
	}
	return wrong.JSONPointer, "json_type"
}

// errNoFurther says that nothing more is looked for.
var errNoFurther = errors.New("a body is read no further")

// without returns a body without a member that is unknown, or with one that has no value.
func without(body []byte, at jsontext.Pointer, unknown bool) ([]byte, error) {
	var whole any
	if at == "" || len(body) > maxBulk {
		return nil, errNoFurther
	}
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, err
	}
	above := whole
	for token := range at.Parent().Tokens() {
		above = within(above, token)
	}
	switch last := at.LastToken(); in := above.(type) {
	case map[string]any:
		in[last] = nil
		if unknown {
			delete(in, last)
		}
	case []any:
		if i, err := strconv.Atoi(last); err == nil && i < len(in) {
			in[i] = nil
		}
	}
	return json.Marshal(whole, json.Deterministic(true)) // so that the same faults are told in the same order
}

// within returns what stands in a value under one step of a pointer.
func within(v any, token string) any {
	switch in := v.(type) {
	case map[string]any:
		return in[token]
	case []any:
		if i, err := strconv.Atoi(token); err == nil && i < len(in) {
			return in[i]
		}
	}
	return nil
}

// alsoMisshapen adds what the validator says of a request, but of members that are at fault already and of what is below them.
func alsoMisshapen(bad *ledger.Invalid, request any) error {
	err := misshapen(request)
	also, ok := errors.AsType[*ledger.Invalid](err)
	if !ok && err != nil {
		return err
	}
	if !ok {
		return bad
	}
	unread := bad.Fields
	for _, f := range also.Fields {
		if !slices.ContainsFunc(unread, func(u ledger.Fault) bool {
			below, ok := strings.CutPrefix(f.Field, u.Field)
			return ok && (below == "" || below[0] == '.' || below[0] == '[')
		}) {
			bad.Fields = append(bad.Fields, f)
		}
	}
	return bad
}

// memberName is what a member can be called here; what else stands there may be anything, such as a name.
var memberName = regexp.MustCompile(`^[a-z_0-9]{1,20}$`)

// memberAt names the member that a pointer is to, as the validator would.
func memberAt(at jsontext.Pointer) string {
	var field strings.Builder
	for token := range at.Tokens() {
		n, err := strconv.Atoi(token)
		switch {
		case err == nil:
			fmt.Fprintf(&field, "[%d]", n)
			continue
		case !memberName.MatchString(token):
			token = "?"
		}
		if field.Len() > 0 {
			field.WriteByte('.')
		}
		field.WriteString(token)
	}
	if field.Len() == 0 {
		return "?"
	}
	return field.String()
}
