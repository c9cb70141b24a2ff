package ledger

import "reflect"

// ChangedNone returns the name of a table whose stand-in for facts that do not exist is not empty any more.
func ChangedNone(b *Book) string {
	all := reflect.ValueOf(b).Elem()
	for i := range all.NumField() {
		if f := all.Field(i); f.Kind() == reflect.Struct && f.FieldByName("none").IsValid() && !f.FieldByName("none").IsZero() {
			return all.Type().Field(i).Name
		}
	}
	return ""
}
