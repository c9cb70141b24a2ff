package person_test

import (
	"fmt"
	"strings"
	"testing"

	"aixin/ledger/person"
)

// A requester is found by phone or address, and prints as a number.
func TestRequester(t *testing.T) {
	t.Parallel()
	id := person.Requester.ID(7)
	if kind, ok := person.KindOf(id); id != "Q000007" || kind != person.Requester || !ok || person.Serial(id) != 7 {
		t.Errorf("request 7: got %s of kind %s, serial %d", id, kind, person.Serial(id))
	}
	for _, c := range []struct {
		p    person.Person
		want string // code of the fault
	}{
		{person.Person{ID: id, Name: "Wang", Phone: "13912345678"}, ""},
		{person.Person{ID: id, Name: "Wang", Address: " Lane 7 "}, ""},
		{person.Person{ID: id, Name: "Wang"}, person.NoPhoneNorPlace},
		{person.Person{ID: id, Name: "Wang", Phone: "13912345678", Need: "coal\nand oil"}, person.BadText},
		{person.Person{ID: id, Name: "Wang", Address: strings.Repeat("x", person.MaxText)}, ""},
		{person.Person{ID: id, Name: "Wang", Address: strings.Repeat("x", person.MaxText+1)}, person.BadText},
	} {
		got := ""
		for _, f := range c.p.Normalize().Check() {
			got += f.Code
		}
		if got != c.want {
			t.Errorf("%d characters of address, need %q: got %q, want %q", len(c.p.Address), c.p.Need, got, c.want)
		}
		if said := fmt.Sprintf("%v %+v %#v", c.p, c.p, c.p); strings.Contains(said, "Wang") || strings.Contains(said, "Lane") {
			t.Errorf("formatting tells who it is: %s", said)
		}
	}
}
