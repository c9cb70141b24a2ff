package export

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"aixin/ledger"
)

// Format is a language in which a book is written down.
type Format string

// The formats.
const (
	Journal   Format = "journal"   // for hledger and ledger
	Beancount Format = "beancount" // explicit and derive
	CSV       Format = "csv"       // tables
)

// Formats lists the formats.
func Formats() []Format { return []Format{Journal, Beancount, CSV} }

// version is of the files that this package writes: a month that was written by another one may differ.
const version = 1

// Book is what is exported: the entries up to the head of a view, and the view, which says what they must add up to.
type Book struct {
	Origin  string
	View    ledger.View
	Entries iter.Seq2[ledger.Entry, error]
}

//go:embed readme.md
var readme string

// ReadmeName and the like are the files at the top of an export. All formats may be written into one folder.
const (
	ReadmeName    = "README.md"
	JournalName   = "books.journal"
	ExplicitName  = "explicit.beancount"
	DeriveName    = "derive.beancount"
	manifestAfter = ".sha256"
)

// form is one way of writing a book down. It is told of everything in order.
type form interface {
	begin(month string) error // the files of a month; those of the month before are complete
	entry(e ledger.Entry, moves []move)
	endDay(on ledger.Date, sums holdings, changed []ledger.AccountKey)
	finish() error // completes the last month, and writes what names them all
}

func forms(f Format, out *files) []form {
	switch f {
	case Journal:
		return []form{newJournal(out)}
	case Beancount:
		return []form{newBeancount(out, false), newBeancount(out, true)}
	case CSV:
		return []form{newTables(out)}
	}
	return nil
}

// writer carries the entries to the forms, day by day and month by month.
type writer struct {
	forms   []form
	sums    holdings
	changed map[ledger.AccountKey]bool // on the day
	on      ledger.Date
	month   string
	m       *Manifest
}

// Write writes a book down. What it says of the book is a function of the entries up to the head of the view. It returns the
// manifest, which it has also written, as the last file.
func Write(create Create, b Book, f Format) (Manifest, error) {
	m := Manifest{Format: f, Origin: b.Origin, Head: b.View.Head()}
	now, err := standing(b.View)
	if err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	out := &files{create: create}
	w := writer{forms(f, out), holdings{}, map[ledger.AccountKey]bool{}, 0, "", &m}
	if w.forms == nil {
		return m, fmt.Errorf("export: format %q: want one of %v", f, Formats())
	}
	if err := w.all(b); err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	if err := now.check(w.sums); err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	if err := now.write(out, string(f)); err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	if f == CSV {
		if err := writeCodes(out, b.View); err != nil {
			return m, fmt.Errorf("export: %w", err)
		}
	}
	if err := out.whole(ReadmeName, readme); err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	m.Files = slices.Clone(out.written)
	if err := out.whole(m.Name(), m.String()); err != nil {
		return m, fmt.Errorf("export: %w", err)
	}
	return m, nil
}

// all carries every entry up to the head.
func (w *writer) all(b Book) error {
	next := ledger.Index(0)
	for e, err := range b.Entries {
		if err != nil {
			return err
		}
		if e.Index >= b.View.Head().Size {
			break
		}
		if err := w.add(e); err != nil {
			return err
		}
		next = e.Index + 1
	}
	if next != b.View.Head().Size {
		return fmt.Errorf("the entries end before %d, the head says %d: %w", next, b.View.Head().Size, ledger.ErrCorrupt)
	}
	w.endDay()
	for _, f := range w.forms {
		if err := f.finish(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) add(e ledger.Entry) error {
	if e.On != w.on {
		w.endDay()
		w.on = e.On
	}
	if month := e.On.String()[:len("2006-01")]; month != w.month {
		w.month = month
		for _, f := range w.forms {
			if err := f.begin(month); err != nil {
				return err
			}
		}
	}
	moves := w.sums.post(e)
	if w.m.Format == Beancount {
		w.m.count(moves)
	}
	for _, m := range moves {
		w.changed[keyOf(m.Posting)] = true
	}
	for _, f := range w.forms {
		f.entry(e, moves)
	}
	return nil
}

// endDay has the forms assert every balance that the day changed.
func (w *writer) endDay() {
	if len(w.changed) == 0 {
		return
	}
	list := make([]ledger.AccountKey, 0, len(w.changed))
	for k := range w.changed {
		list = append(list, k)
	}
	slices.SortFunc(list, ledger.AccountKey.Compare)
	clear(w.changed)
	for _, f := range w.forms {
		f.endDay(w.on, w.sums, list)
	}
}

func formatInt(a ledger.Amount) string { return strconv.FormatInt(int64(a), 10) }

func formatIndex(i ledger.Index) string { return strconv.FormatInt(int64(i), 10) }

// formatAt writes an instant as it stands in the journal.
func formatAt(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// formatHash writes a hash as it stands in the journal and in checkpoints.
func formatHash(h ledger.Hash) string { return base64.StdEncoding.EncodeToString(h[:]) }
