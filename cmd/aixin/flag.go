package main

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
)

// faultCode says what is wrong with a value; its sentence is fault.CODE of the catalog.
type faultCode string

func (c faultCode) Error() string { return string(c) }

// value is a flag with a grammar of its own.
type value[T any] struct {
	into  *T
	parse func(string) (T, error)
	kind  string
	text  string
}

func newValue[T any](into *T, parse func(string) (T, error), kind string) pflag.Value {
	return &value[T]{into: into, parse: parse, kind: kind}
}

// String returns the text that was given.
func (v *value[T]) String() string { return v.text }

// Set parses the text.
func (v *value[T]) Set(s string) (err error) {
	*v.into, err = v.parse(s)
	v.text = s
	return err
}

// Type names what is wanted, for the help page.
func (v *value[T]) Type() string { return v.kind }

func parseDate(s string) (ledger.Date, error) {
	d, err := ledger.ParseDate(s)
	if err != nil {
		return 0, faultCode("date")
	}
	return d, nil
}

func parseStart(s string) (ledger.Start, error) {
	v, err := ledger.ParseStart(strings.Replace(s, " ", "T", 1))
	if err != nil {
		return 0, faultCode("start")
	}
	return v, nil
}

func parsePoints(s string) (ledger.Amount, error) {
	a, err := ledger.ParsePoints(s)
	if err != nil || a <= 0 {
		return 0, faultCode("points")
	}
	return a, nil
}

// parseCount reads a whole number from 1 to most, in plain digits.
func parseCount(most ledger.Amount, code string) func(string) (ledger.Amount, error) {
	return func(s string) (ledger.Amount, error) {
		n, err := strconv.ParseUint(s, 10, 63)
		if err != nil || n < 1 || ledger.Amount(n) > most || strings.Trim(s, "0123456789") != "" {
			return 0, faultCode(code)
		}
		return ledger.Amount(n), nil
	}
}

// knownAt is an entry up to which the book is read; set tells entry 0 from no entry.
type knownAt struct {
	index ledger.Index
	set   bool
}

func parseKnownAt(s string) (knownAt, error) {
	i, err := api.ParseReference(s)
	if err != nil {
		return knownAt{}, faultCode("entry_index")
	}
	return knownAt{i, true}, nil
}

// required says which of the flags that a command needs have no value.
func required(cmd *cobra.Command, names ...string) error {
	var missing []string
	for _, name := range names {
		flag := cmd.Flag(name)
		if text := flag.Value.String(); text != "" && text != "[]" {
			continue
		}
		missing = append(missing, dashed(cmp.Or(flag.Shorthand, name)))
	}
	if missing == nil {
		return nil
	}
	return lacking(missing...)
}

// onlyOne refuses flags of which one alone may be given.
func onlyOne(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, dashed(name))
		}
	}
	if len(given) < 2 {
		return nil
	}
	return &usageError{id: "only_one", data: catalog.Data{"Flags": strings.Join(given, ", ")}}
}

// lacking says that a command needs flags which were not given.
func lacking(flags ...string) error {
	return &usageError{id: "required", data: catalog.Data{"Flags": strings.Join(flags, ", ")}}
}

// malformed is one argument that cannot be understood.
func malformed(field, code string) error {
	return &ledger.Invalid{Fields: []ledger.Fault{{Field: field, Code: code}}}
}

// reference reads an entry's index or a receipt number.
func reference(field, s string) (ledger.Index, error) {
	i, err := api.ParseReference(s)
	if err != nil {
		return 0, malformed(field, "reference")
	}
	return i, nil
}

// basket reads ITEM=QTY arguments, every one of which is named where it is at fault.
func basket(args []string) ([]ledger.ItemLine, error) {
	lines := make([]ledger.ItemLine, 0, len(args))
	var bad []ledger.Fault
	pieces := parseCount(ledger.MaxPieces, "pieces")
	for i, arg := range args {
		item, count, ok := strings.Cut(arg, "=")
		n, err := pieces(count)
		field := "ITEM=QTY #" + strconv.Itoa(i+1)
		switch {
		case !ledger.Commodity(item).Goods():
			bad = append(bad, ledger.Fault{Field: field, Code: "item_code"})
		case !ok || err != nil:
			bad = append(bad, ledger.Fault{Field: field, Code: "pieces"})
		}
		lines = append(lines, ledger.ItemLine{Item: ledger.Commodity(item), Pieces: n})
	}
	if bad != nil {
		return nil, &ledger.Invalid{Fields: bad}
	}
	return lines, nil
}
