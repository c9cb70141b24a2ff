package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is the command line at a server: what a command finds or does is asked for at its noun under /v1. The server runs the very code
// that the command runs beside a book, over the book that it serves, so that nothing is said twice and differently.

// Commands carries commands out. What is behind `aixin serve` does, and so does a Client.
type Commands interface {
	// Run carries a command out. The answer has what was found even where the error says that something is wrong with it.
	Run(ctx context.Context, c Call) (CommandAnswer, error)
}

// Call is a command with what it is called with.
type Call struct {
	Name   string // such as report aging
	Args   []string
	Flags  map[string]string // without dashes; of those that take none, true
	Files  map[string][]byte // what the arguments that name files name
	Form   Form
	Lang   string
	At     ledger.AsOf
	Key    ledger.Key // of a command that enters something
	DryRun bool
	Actor  ledger.StaffID // who asks; a client asks for whoever signed in
	PIN    string         // what a volunteer typed
}

// Form is what an answer is wanted for.
type Form string

// The forms of an answer.
const (
	FormJSON  Form = "json"  // for programs
	FormLines Form = "jsonl" // its list alone
	FormText  Form = "text"  // sentences in the language of whoever asks
	FormTable Form = "table" // for a spreadsheet
	FormHTML  Form = "html"  // to be printed
)

type (
	// CommandAnswer is what a command found, in the form that was asked for.
	CommandAnswer struct {
		Result  any               `json:"result,omitempty"` // json and jsonl: as the command writes it
		Text    string            `json:"text,omitempty"`   // text and html
		Table   *CommandTable     `json:"table,omitempty"`
		Said    string            `json:"said,omitempty"`    // what was said beside it
		After   string            `json:"after,omitempty"`   // a list goes on: what the next call says for after
		Before  string            `json:"before,omitempty"`  // it has older ones: what the next call says for before
		Files   map[string][]byte `json:"files,omitempty"`   // what the command wrote, by the names that it was called with
		Problem *Problem          `json:"problem,omitempty"` // what is wrong with what was found
		Receipt *Receipt          `json:"-"`                 // of a command that entered one entry, or did not
		Again   bool              `json:"-"`                 // it was done before under the same key
	}

	// CommandTable is an answer in rows.
	CommandTable struct {
		Head []string        `json:"head"`
		Rows [][]CommandCell `json:"rows"`
	}

	// CommandCell is text or a count; a count may be points, and a sum of what stands above it.
	CommandCell struct {
		Kind  CellKind      `json:"kind"`
		Text  string        `json:"text,omitempty"`
		Count ledger.Amount `json:"count,omitempty"` // of points, hundredths
		Sum   bool          `json:"sum,omitempty"`
		By    int           `json:"by,omitempty"` // of a sum: the column that says of which rows; absent for all
		// Formula is that of a workbook for a count that follows from others of its row, {row}, or from the one above it in column F, {above:F}.
		Formula string `json:"formula,omitempty"`
	}

	// CellKind says what a cell is.
	CellKind string
)

// The kinds of cells.
const (
	CellText   CellKind = "text"
	CellCount  CellKind = "count"
	CellPoints CellKind = "points"
)

// Forms lists every form of an answer.
func Forms() []Form { return []Form{FormJSON, FormLines, FormText, FormTable, FormHTML} }

// CommandError is why a command was not carried out where no other error of this package says it: how it ended, and in which words.
type CommandError struct {
	Ended      Ended
	Said, Hint string
}

// Ended says how a command ended.
type Ended string

// The ways to end.
const (
	EndedUsage       Ended = "command_usage"       // it was not understood
	EndedRefused     Ended = "command_refused"     // it was, and may not be
	EndedMissing     Ended = "command_missing"     // what it names is not there
	EndedLater       Ended = "command_later"       // nothing was done: ask again later
	EndedDifferences Ended = "command_differences" // it found what does not agree
)

func (e *CommandError) Error() string { return string(e.Ended) + ": " + e.Said }

func ended(how Ended) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*CommandError](err)
		return ok && e.Ended == how
	}
}

// Tells reports whether an error has a problem that says what it is: any other is a fault to whoever asked.
func Tells(err error) bool { return rowOf(err).code != "fault" }

// Command is one command that a server carries out.
type Command struct {
	Name  string
	Path  string // where it is asked for, such as v1/units/{unit}
	Args  []Argument
	Says  string // in one sentence
	Roles []ledger.Role
	Flags []string // it takes no others
	Reads bool     // it changes nothing and may be asked again at will
	Keyed bool     // it enters something under a key
	Kept  bool     // the registry keeps under the key what a repeat is told: not all that it changes is in the book
	Files bool     // its arguments may name files
	PIN   bool     // a volunteer may type theirs for it
}

// Argument is one of the words that a command is called with, in their order.
type Argument struct {
	Name     string // of the member or parameter
	Optional bool
	Many     bool // all the words that are left
	InPath   bool
}

// FindCommand returns the command of that name, and whether a server carries it out.
func FindCommand(name string) (Command, bool) {
	c, ok := commandsByName()[name]
	return c, ok
}

// commandsByName is made once: the command line asks for each of its commands.
var commandsByName = sync.OnceValue(func() map[string]Command {
	byName := map[string]Command{}
	for _, c := range AllCommands() {
		byName[c.Name] = c
	}
	return byName
})

// commands are the routes of the commands.
func (s *server) commands() (list []route) {
	for _, c := range AllCommands() {
		row := route{"POST /" + c.Path, s.commanding(c), false, staff(c.Roles...), doc{says: c.Says, answer: CommandAnswer{}}}
		switch {
		case c.Reads:
			row.pattern, row.serve = "GET /"+c.Path, s.reporting(c)
			row.doc.params = reflect.Zero(c.params()).Interface()
		case c.Changes():
			row.doc.params = writeParams{}
		default:
			row.doc.params, row.doc.says = nil, c.Says+" "+changesNothing
		}
		if !c.Reads {
			row.doc.body = reflect.Zero(c.body()).Interface()
		}
		list = append(list, row)
	}
	return list
}

// changesNothing says of a POST that it takes no key: what is asked for is too much, or too private, for an address.
const changesNothing = "It changes nothing and takes no key."

// parameterOf is the name of a flag as a member or parameter, which are written in one way.
func parameterOf(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// params is the type of the parameters of a command that reads: its own words, then its flags, then those that all have.
func (c Command) params() reflect.Type {
	var own []reflect.StructField
	for _, a := range c.Args {
		own = append(own, input(reflect.TypeFor[string](), fmt.Sprintf(`%s:%q required:"%t"`, a.where(), a.Name, !a.Optional)))
	}
	for _, name := range c.Flags {
		own = append(own, input(reflect.TypeFor[string](), fmt.Sprintf(`query:%q`, parameterOf(name))))
	}
	return together(own, reflect.TypeFor[reportParams]())
}

// where says in which part of an address a word stands.
func (a Argument) where() string {
	if a.InPath {
		return "path"
	}
	return "query"
}

// body is the type of the body of a command that does something: its own words, then its flags, then how it is asked for.
func (c Command) body() reflect.Type {
	var own []reflect.StructField
	for _, a := range c.Args {
		kind, shape, absent := reflect.TypeFor[string](), "max=300", ""
		if a.Many {
			kind, shape = reflect.TypeFor[[]string](), "max=500,dive,max=300"
		}
		if a.Optional {
			absent = ",omitempty"
		} else {
			shape = "required," + shape
		}
		own = append(own, input(kind, fmt.Sprintf(`json:"%s%s" validate:%q`, a.Name, absent, shape)))
	}
	for _, name := range c.Flags {
		own = append(own, input(reflect.TypeFor[*string](), fmt.Sprintf(`json:"%s,omitempty" validate:"omitempty,max=2000"`, parameterOf(name))))
	}
	how := reflect.TypeFor[commandForm]()
	switch {
	case c.Files:
		how = reflect.TypeFor[commandFiles]()
	case c.PIN:
		how = reflect.TypeFor[commandTyped]()
	}
	return together(own, how)
}

// How a command is asked for, beside its words and flags.
type (
	commandForm struct {
		Form string `json:"form,omitempty" validate:"omitempty,answer_form"`
	}

	commandFiles struct {
		commandForm
		Files map[string][]byte `json:"files,omitempty"` // by the words that name them, in base64
	}

	commandTyped struct {
		commandForm
		PIN string `json:"pin,omitempty" validate:"omitempty,max=32"` // what a volunteer typed
	}
)

// input is one member or parameter of a type that is made here; together numbers them.
func input(kind reflect.Type, tag string) reflect.StructField {
	return reflect.StructField{Type: kind, Tag: reflect.StructTag(tag)}
}

func together(own []reflect.StructField, others reflect.Type) reflect.Type {
	for i := range own {
		own[i].Name = fmt.Sprint("Own", i)
	}
	for _, f := range reflect.VisibleFields(others) {
		if !f.Anonymous {
			own = append(own, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
		}
	}
	return reflect.StructOf(own)
}

// reporting answers the GET of a command that reads, over the book that is served.
func (s *server) reporting(c Command) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		call := Call{Name: c.Name, Flags: map[string]string{}}
		q := queryOf(r)
		least := q.least()
		call.At, call.Form = q.asOf(), Form(cmp.Or(q.values.Get("form"), string(FormJSON)))
		q.want(slices.Contains(Forms(), call.Form), "form", "answer_form")
		for _, a := range c.Args {
			value := cmp.Or(r.PathValue(a.Name), q.values.Get(a.Name))
			q.want(value != "" || a.Optional, a.Name, "required")
			call.Args = append(call.Args, value)
		}
		call.Args = upToLast(call.Args)
		for _, flag := range c.Flags {
			if name := parameterOf(flag); q.values.Has(name) {
				call.Flags[flag] = q.values.Get(name)
			}
		}
		if err := q.err(); err != nil {
			return err
		}
		if err := s.reached(r.Context(), least); err != nil {
			return err
		}
		return s.run(r.Context(), w, r, call)
	}
}

// commanding answers the POST of a command that does something. Whoever goes away does not take back what was asked for.
func (s *server) commanding(c Command) func(*server, http.ResponseWriter, *http.Request) error {
	body := c.body()
	return func(s *server, w http.ResponseWriter, r *http.Request) (err error) {
		call := Call{Name: c.Name}
		if c.Changes() {
			call.Key, call.DryRun, err = keyOf(r)
		} else {
			err = queryOf(r).err()
		}
		if err != nil {
			return err
		}
		request := reflect.New(body)
		if err := readJSON(r, request.Interface()); err != nil {
			return err
		}
		c.read(request.Elem(), &call)
		return s.run(context.WithoutCancel(r.Context()), w, r, call)
	}
}

// read takes from a body what a command is called with.
func (c Command) read(body reflect.Value, call *Call) {
	for i, a := range c.Args {
		word := body.Field(i)
		if !a.Many {
			call.Args = append(call.Args, word.String())
			continue
		}
		for _, one := range word.Seq2() {
			call.Args = append(call.Args, one.String())
		}
	}
	call.Args, call.Flags = upToLast(call.Args), map[string]string{}
	for i, name := range c.Flags {
		if flag := body.Field(len(c.Args) + i); !flag.IsNil() {
			call.Flags[name] = flag.Elem().String()
		}
	}
	call.Form = Form(cmp.Or(body.FieldByName("Form").String(), string(FormJSON)))
	if c.Files {
		call.Files, _ = reflect.TypeAssert[map[string][]byte](body.FieldByName("Files"))
	}
	if c.PIN {
		call.PIN = body.FieldByName("PIN").String()
	}
}

// upToLast leaves away the optional words behind the last that was given.
func upToLast(words []string) []string {
	for len(words) > 0 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	return words
}

// run carries a command out and answers with what it found.
func (s *server) run(ctx context.Context, w http.ResponseWriter, r *http.Request, call Call) error {
	if s.Commands == nil {
		return ErrNoPath
	}
	// A report of years takes longer than the answer of a page may; who asks waits as long, or goes away.
	if err := http.NewResponseController(w).SetWriteDeadline(s.Clock().Add(commandTime + writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	call.Actor, call.Lang = callerOf(r).staff, s.say(r).Lang()
	answer, err := s.counted(ctx, r, call)
	if err == nil && call.Name == totpCommand && call.Flags["confirm"] != "" {
		token, _ := bearer(r)
		s.sessions.endOthers(callerOf(r), token)
	}
	switch {
	case err == nil:
	case answer.Receipt != nil:
		return &unwritten{*answer.Receipt, err}
	case answer.Found():
		answer.Problem = new(problemOf(err, s.say(r), s.Clock()).spokenTo(r, s.say(r)))
	default:
		return err
	}
	if r.UserAgent() != commandLine {
		answer.Said = inFields(answer.Said)
	}
	if answer.Again || answer.Receipt != nil && answer.Receipt.Replayed {
		w.Header().Set(replayedHeader, "true")
	}
	s.write(w, r, http.StatusOK, jsonType, answer)
	return nil
}

// counted carries a command out. A wrong PIN with which somebody would begin with one-time codes is counted for whoever asks, as at the page.
func (s *server) counted(ctx context.Context, r *http.Request, call Call) (CommandAnswer, error) {
	if call.Name != totpCommand || len(call.Flags) > 0 || call.PIN == "" {
		return s.Commands.Run(ctx, call)
	}
	peer := peerOf(r)
	if until, wait := s.peers.attempt(peer); wait {
		return CommandAnswer{}, &person.LockedError{Until: until}
	}
	answer, err := s.Commands.Run(ctx, call)
	if !errors.Is(err, person.ErrWrongPIN) {
		s.peers.pardon(peer)
	}
	return answer, err
}

// Found reports whether an answer has something to show.
func (a CommandAnswer) Found() bool { return a.Result != nil || a.Text != "" || a.Table != nil }

// commandTime bounds how long a command may take: a report over the journal of years, or an import of thousands of rows.
const commandTime = 4 * time.Minute
