package ledger_test

import (
	"reflect"
	"testing"

	"aixin/ledger"
)

// TestEveryMember holds of every member of every body and of every fact that what is written with it and without it, and of it alone, is read
// again as the same bytes, in lines and packed: a member that is zero is left out, and one that is not is there.
func TestEveryMember(t *testing.T) {
	t.Parallel()
	n := 0
	for name, empty := range ledger.Walks(constantsOf(t, "Kind")) {
		full := empty()
		fill(reflect.ValueOf(full).Elem())
		for _, path := range paths(reflect.ValueOf(full).Elem()) {
			without, alone := empty(), empty()
			fill(reflect.ValueOf(without).Elem())
			member(without, path).SetZero()
			fill(member(alone, path))
			var seen []string
			for _, w := range []ledger.Walked{full, without, alone, empty()} {
				forms, err := ledger.RoundTrip(w, empty())
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				seen = append(seen, forms[:]...)
				n++
			}
			for form := range 2 {
				if seen[form] == seen[2+form] || seen[4+form] == seen[6+form] {
					t.Errorf("%s: what has the member at %v and what lacks it are both written as %q", name, path, seen[form])
				}
			}
		}
	}
	if n < 3000 {
		t.Errorf("%d objects, want thousands", n)
	}
}

// paths lists the ways to every member of an object that was filled: to those of objects within it, also in lists, and to the lists. A step is
// the number of a field; in a list it is 0.
func paths(v reflect.Value) (list [][]int) {
	n := 0
	switch v.Kind() {
	case reflect.Struct:
		n = v.NumField()
	case reflect.Slice:
		if list = [][]int{nil}; v.Index(0).Kind() == reflect.Struct {
			n = 1
		}
	default:
		return [][]int{nil}
	}
	for i := range n {
		for _, rest := range paths(step(v, i)) {
			list = append(list, append([]int{i}, rest...))
		}
	}
	return list
}

func step(v reflect.Value, i int) reflect.Value {
	if v.Kind() == reflect.Struct {
		return v.Field(i)
	}
	if v.Len() == 0 {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	}
	return v.Index(i)
}

// member returns the member at the end of a path, and makes the lists on the way to it.
func member(w ledger.Walked, path []int) reflect.Value {
	v := reflect.ValueOf(w).Elem()
	for _, i := range path {
		v = step(v, i)
	}
	return v
}
