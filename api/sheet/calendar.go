package sheet

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

//go:embed calendars/*.toml
var calendars embed.FS

// calendarFile is the working days of a year as a file has them.
type calendarFile struct {
	Year     int              `toml:"year"`
	Holidays []toml.LocalDate `toml:"holidays,omitempty"`
	Workdays []toml.LocalDate `toml:"workdays,omitempty"`
}

// ShippedCalendar returns the working-day calendar of a year that comes with the program: the State Council's.
func ShippedCalendar(year string) (*ledger.SetCalendar, error) {
	f, err := calendars.Open("calendars/" + year + ".toml")
	if err != nil {
		return nil, &FileError{Code: "no_calendar", Data: map[string]any{"Year": year}}
	}
	defer f.Close() //nolint:errcheck // it is embedded
	return ReadCalendar(f)
}

// ReadCalendar reads the working days of a year. Whether they are in order, the ledger says.
func ReadCalendar(r io.Reader) (*ledger.SetCalendar, error) {
	var f calendarFile
	if err := decodeTOML(r, &f); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	a := &ledger.SetCalendar{Year: f.Year}
	for _, d := range f.Holidays {
		a.Holidays = append(a.Holidays, dayOf(&d))
	}
	for _, d := range f.Workdays {
		a.Workdays = append(a.Workdays, dayOf(&d))
	}
	return a, nil
}

// WriteCalendar writes what ReadCalendar reads.
func WriteCalendar(w io.Writer, a ledger.SetCalendar) error {
	f := calendarFile{Year: a.Year}
	for _, d := range a.Holidays {
		f.Holidays = append(f.Holidays, *dayFile(d))
	}
	for _, d := range a.Workdays {
		f.Workdays = append(f.Workdays, *dayFile(d))
	}
	b, err := toml.Marshal(f)
	if err == nil {
		_, err = io.Copy(w, strings.NewReader(string(b)))
	}
	if err != nil {
		return fmt.Errorf("calendar %d: %w", a.Year, err)
	}
	return nil
}
