package person_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aixin/ledger/person"
)

// rows reads a table of testdata: names are Chinese, and Chinese does not stand in Go files.
func rows(t testing.TB, name string, columns int) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var table [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != columns {
			t.Fatalf("%s: got %d columns, want %d: %q", name, len(row), columns, line)
		}
		table = append(table, row)
	}
	if len(table) == 0 {
		t.Fatalf("%s: no rows", name)
	}
	return table
}

func TestMaskName(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "masks.tsv", 2) {
		if got := person.MaskName(row[0]); got != row[1] {
			t.Errorf("mask %q: got %q, want %q", row[0], got, row[1])
		}
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	normalize := map[string]func(string) string{
		"name": person.NormalizeName, "phone": person.NormalizePhone, "id_number": person.NormalizeIDNumber,
	}
	for _, row := range rows(t, "normal.tsv", 3) {
		if got := normalize[row[0]](row[1]); got != row[2] {
			t.Errorf("%s %q: got %q, want %q", row[0], row[1], got, row[2])
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t, "faults.tsv", 5) {
		p := person.Person{ID: row[0], Name: row[1], Phone: row[2], IDNumber: row[3]}
		var got []string
		for _, f := range p.Normalize().Check() {
			got = append(got, f.Field+":"+f.Code)
		}
		if strings.Join(got, " ") != row[4] {
			t.Errorf("check %q: got %q, want %q", row[:4], got, row[4])
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	p := person.Person{ID: "D001", Name: "Good Neighbour Ltd", Phone: "05665021234", IDNumber: "34172319700101007X"}
	if got, want := p.Masked(), (person.Masked{ID: "D001", Name: "G*** ********* **d", Phone: "1234"}); got != want {
		t.Errorf("a person: got %+v, want %+v", got, want)
	}
	p.Organization = true
	if got := p.Masked().Name; got != p.Name {
		t.Errorf("an organization: got %q, want %q", got, p.Name)
	}
}

func TestMaskPhone(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"13855660001": "0001", "138-5566-0001": "0001", "05665021234": "1234", "5021234": "", "": "", "not a phone": "",
	} {
		if got := person.MaskPhone(phone); got != want {
			t.Errorf("mask phone %q: got %q, want %q", phone, got, want)
		}
	}
}

// A person that is formatted or logged by mistake shows their number and nothing else.
func TestPersonDoesNotLeak(t *testing.T) {
	t.Parallel()
	p := person.Person{ID: "V0000018", Name: "Wang", Phone: "13855660001", IDNumber: "34172319700101007X"}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("test", slog.Any("person", p), slog.Any("pointer", &p))
	texts := []string{
		logged.String(), fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s", p, p, p, p), fmt.Sprintf("%+v", []*person.Person{&p}),
		fmt.Sprintf("%+v", struct{ P person.Person }{p}),
	}
	for _, text := range texts {
		for _, private := range []string{p.Name, p.Phone, p.IDNumber} {
			if strings.Contains(text, private) {
				t.Errorf("got %q, want no %q in it", text, private)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]int{
		person.Volunteer.ID(1): 1, person.Volunteer.ID(person.MaxSerial): person.MaxSerial, "V0000018": 1,
		person.Staff.ID(7): 7, person.Donor.ID(12): 12, person.Donor.ID(4321): 4321, "S01": 0, "": 0, "V0000017": 0,
	} {
		if got := person.Serial(id); got != want {
			t.Errorf("serial of %q: got %d, want %d", id, got, want)
		}
	}
	for id, want := range map[string]person.Kind{"V0000018": person.Volunteer, "U000001": person.Staff, "D001": person.Donor} {
		if got, ok := person.KindOf(id); !ok || got != want {
			t.Errorf("kind of %q: got %q, want %q", id, got, want)
		}
	}
}

func TestCheckPIN(t *testing.T) {
	t.Parallel()
	p := person.Person{ID: "V0000018", Phone: "13855660927", IDNumber: "34172319700101007X"}
	for pin, want := range map[string]string{
		"730194": "", "204859": "",
		"12345": person.BadPIN, "1234567": person.BadPIN, "": person.BadPIN, "12345a": person.BadPIN, "+12345": person.BadPIN,
		person.DemoPIN: person.TrivialPIN, "000000": person.TrivialPIN, "123456": person.TrivialPIN, "654321": person.TrivialPIN,
		"135791": person.TrivialPIN, "121212": person.TrivialPIN, "123123": person.TrivialPIN, "112233": person.TrivialPIN,
		"111222": person.TrivialPIN, "593395": person.TrivialPIN,
		"660927": person.TrivialPIN, "700101": person.TrivialPIN, "341723": person.TrivialPIN,
	} {
		got := ""
		if faults := p.CheckPIN(pin); len(faults) > 0 {
			got = faults[0].Code
		}
		if got != want {
			t.Errorf("PIN %q: got %q, want %q", pin, got, want)
		}
	}
}

// FuzzMaskName: of whatever text, a mask shows at most the first character and one more, the second of a compound surname or
// the last, and always hides one.
func FuzzMaskName(f *testing.F) {
	for _, row := range rows(f, "masks.tsv", 2) {
		f.Add(row[0])
	}
	f.Fuzz(func(t *testing.T, name string) {
		plain, masked := []rune(person.NormalizeName(name)), []rune(person.MaskName(name))
		if len(plain) != len(masked) {
			t.Fatalf("mask %q: got %d runes, want %d", name, len(masked), len(plain))
		}
		shown, hidden := 0, 0
		for i, r := range masked {
			separator := r == ' ' || r == '\u00b7'
			switch {
			case separator && plain[i] == r:
			case r == '*':
				hidden++
			case r != plain[i] || i > 1 && i < len(plain)-1:
				t.Fatalf("mask %q: got %q", name, string(masked))
			default:
				shown++
			}
		}
		if len(plain) > 0 && (hidden == 0 || shown > 2) {
			t.Fatalf("mask %q: got %q, which shows %d and hides %d", name, string(masked), shown, hidden)
		}
	})
}

// FuzzNormalize: what was normalised stays as it is, so that a person is found by what was stored.
func FuzzNormalize(f *testing.F) {
	for _, row := range rows(f, "normal.tsv", 3) {
		f.Add(row[1], row[1], row[1])
	}
	f.Fuzz(func(t *testing.T, name, phone, idNumber string) {
		once := person.Person{Name: name, Phone: phone, IDNumber: idNumber}.Normalize()
		if twice := once.Normalize(); twice != once {
			t.Fatalf("normalise %q %q %q: got %q %q %q, then %q %q %q", name, phone, idNumber,
				once.Name, once.Phone, once.IDNumber, twice.Name, twice.Phone, twice.IDNumber)
		}
	})
}
