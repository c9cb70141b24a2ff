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
	"time"

	"aixin/ledger"
)

// This file is the command line at a server: what has no noun of its own under /v1 is asked for by the name of its command. The server
// runs the very code that the command runs beside a book, over the book that it serves, so that nothing is said twice and differently.

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
		Files   map[string][]byte `json:"files,omitempty"`   // what the command wrote, by the names that it was called with
		Problem *Problem          `json:"problem,omitempty"` // what is wrong with what was found
		Receipt *Receipt          `json:"-"`                 // of a command that entered one entry, or did not
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
	}

	// CellKind says what a cell is.
	CellKind string

	// CommandRequest is what a command is called with, beside whom and under which key.
	CommandRequest struct {
		Args  []string          `json:"args,omitempty" validate:"max=500,dive,max=300"`
		Flags map[string]string `json:"flags,omitempty"`
		Files map[string][]byte `json:"files,omitempty"` // by the arguments that name them, in base64
		Form  string            `json:"form,omitempty" validate:"omitempty,answer_form"`
		PIN   string            `json:"pin,omitempty" validate:"omitempty,max=32"` // what a volunteer typed
	}
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
	Says  string // in one sentence
	Roles []ledger.Role
	Flags []string // it takes no others
	Reads bool     // it changes nothing and may be asked again at will
	Keyed bool     // it enters something under a key
	Files bool     // its arguments may name files
}

// Path returns where a command is asked for.
func (c Command) Path() string {
	name := strings.ReplaceAll(c.Name, " ", "-")
	if c.Reads {
		return "v1/reports/" + strings.TrimPrefix(name, "report-")
	}
	return "v1/commands/" + name
}

// FindCommand returns the command of that name, and whether a server carries it out.
func FindCommand(name string) (Command, bool) {
	all := AllCommands()
	i := slices.IndexFunc(all, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return all[i], true
}

// commands are the routes of the commands.
func (s *server) commands() (list []route) {
	for _, c := range AllCommands() {
		row := route{"POST /" + c.Path(), s.commanding(c), false, staff(c.Roles...), doc{
			says: c.Says, params: commandParams{}, body: CommandRequest{}, answer: CommandAnswer{}, note: c.note(),
		}}
		switch {
		case c.Reads:
			row.pattern, row.serve = "GET /"+c.Path(), s.reporting(c)
			row.doc.params, row.doc.body = c.params(), nil
		case c.Keyed:
			row.doc.params = writeParams{}
		}
		list = append(list, row)
	}
	return list
}

// note names the flags of a command, for its description.
func (c Command) note() string {
	if c.Reads || len(c.Flags) == 0 {
		return ""
	}
	return "Flags: " + strings.Join(c.Flags, ", ") + "."
}

// params describes the parameters of a command that reads: those that all have, and one for each flag.
func (c Command) params() any {
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(reflect.TypeFor[reportParams]()) {
		if !f.Anonymous {
			fields = append(fields, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
		}
	}
	for _, name := range c.Flags {
		fields = append(fields, reflect.StructField{
			Name: "Flag" + strings.ReplaceAll(name, "-", ""), Type: reflect.TypeFor[string](),
			Tag: reflect.StructTag(fmt.Sprintf(`query:%q`, parameterOf(name))),
		})
	}
	return reflect.New(reflect.StructOf(fields)).Elem().Interface()
}

// parameterOf is the name of a flag in a query, where names are written as members are.
func parameterOf(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// reporting answers GET /v1/reports/NAME: the command of that name over the book that is served.
func (s *server) reporting(c Command) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		values := r.URL.Query()
		call := Call{Name: c.Name, Args: values["args"], Flags: map[string]string{}}
		values.Del("args")
		q := newQuery(values, askedOf(r).params...)
		least := q.least()
		call.At, call.Form = q.asOf(), Form(cmp.Or(values.Get("form"), string(FormJSON)))
		q.want(slices.Contains(Forms(), call.Form), "form", "answer_form")
		for _, flag := range c.Flags {
			if name := parameterOf(flag); values.Has(name) {
				call.Flags[flag] = values.Get(name)
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

// commanding answers POST /v1/commands/NAME. Whoever goes away does not take back what was asked for.
func (s *server) commanding(c Command) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		call := Call{Name: c.Name}
		if c.Keyed {
			key, dry, err := keyOf(r)
			if err != nil {
				return err
			}
			call.Key, call.DryRun = key, dry
		} else {
			q := queryOf(r)
			call.DryRun = q.flag("dry_run")
			if err := q.err(); err != nil {
				return err
			}
		}
		var request CommandRequest
		if err := readJSON(r, &request); err != nil {
			return err
		}
		call.Args, call.Flags, call.Files, call.PIN = request.Args, request.Flags, request.Files, request.PIN
		call.Form = Form(cmp.Or(request.Form, string(FormJSON)))
		var bad ledger.Invalid
		for flag := range request.Flags {
			if !slices.Contains(c.Flags, flag) {
				bad.Fields = append(bad.Fields, ledger.Fault{Field: "flags", Code: "unknown_member"})
			}
		}
		if len(request.Files) > 0 && !c.Files {
			bad.Fields = append(bad.Fields, ledger.Fault{Field: "files", Code: "unknown_member"})
		}
		if len(bad.Fields) > 0 {
			return &bad
		}
		return s.run(context.WithoutCancel(r.Context()), w, r, call)
	}
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
	answer, err := s.Commands.Run(ctx, call)
	switch {
	case err == nil:
	case answer.Receipt != nil:
		return &unwritten{*answer.Receipt, err}
	case answer.found():
		answer.Problem = new(problemOf(err, s.say(r), s.Clock()).Problem)
	default:
		return err
	}
	if answer.Receipt != nil && answer.Receipt.Replayed {
		w.Header().Set(replayedHeader, "true")
	}
	s.write(w, r, http.StatusOK, jsonType, answer)
	return nil
}

// found reports whether an answer has something to show.
func (a CommandAnswer) found() bool { return a.Result != nil || a.Text != "" || a.Table != nil }

// commandTime bounds how long a command may take: a report over the journal of years, or an import of thousands of rows.
const commandTime = 4 * time.Minute
