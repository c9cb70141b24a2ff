package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
	"aixin/store/registry"
)

// exitCode says in one number how a command ended.
type exitCode int

// The exit codes.
const (
	exitDone        exitCode = 0
	exitDifferences exitCode = 1
	exitMalformed   exitCode = 2
	exitDamaged     exitCode = 3
	exitRefused     exitCode = 4
	exitNotFound    exitCode = 5
	exitLater       exitCode = 6
	exitUnknown     exitCode = 7
	exitFault       exitCode = 70
	exitInterrupted exitCode = 130
)

// exitCodes lists every code, for the help page and the test that compares it with the README.
func exitCodes() []exitCode {
	return []exitCode{
		exitDone, exitDifferences, exitMalformed, exitDamaged, exitRefused, exitNotFound, exitLater, exitUnknown, exitFault,
		exitInterrupted,
	}
}

// outcome is one row of the table of errors: which errors it is about, how the program then ends, and which sentence of the
// catalog says it. An empty sentence means that the error says itself, as refusals do.
type outcome struct {
	is       func(error) bool
	code     exitCode
	sentence string
}

// outcomes is the one table of errors. The first row that fits holds, so a joined error ends as its gravest part.
func outcomes() []outcome { return slices.Concat(ofBooks(), ofPeople(), ofAnswers(), ofFiles()) }

// ofBooks are the outcomes of what reads, writes and checks a book.
func ofBooks() []outcome {
	return []outcome{
		{isUnknown, exitUnknown, "unknown"},
		{is(ledger.ErrNewer), exitMalformed, "newer"},
		{is(store.ErrRewritten), exitDamaged, "mirror_rewritten"},
		{is(store.ErrDamagedBackup), exitDamaged, "backup_damaged"},
		{is(ledger.ErrCorrupt), exitDamaged, "damaged"},
		{is(registry.ErrDamaged), exitDamaged, "registry_damaged"},
		{is(store.ErrDiskFull, api.ErrDiskFull, syscall.ENOSPC), exitLater, "disk_full"},
		{is(store.ErrStopped, api.ErrStopped), exitLater, "stopped"},
		{is(errUnmade), exitInterrupted, "unmade"},
		{is(context.Canceled), exitInterrupted, "interrupted"},
		{is(store.ErrLocked, registry.ErrLocked), exitLater, "locked"},
		{is(store.ErrBusy, api.ErrBusy), exitLater, "busy"},
		{is(store.ErrClock, api.ErrClock), exitLater, "clock"},
		{is(syscall.EADDRINUSE), exitLater, "address_used"},
		{is(store.ErrReadOnly), exitLater, "read_only"},
		{is(registry.ErrMoving), exitLater, "moving"},
		{is(store.ErrNoBook), exitNotFound, "no_book"},
		{is(store.ErrUnfinished), exitNotFound, "unfinished"},
		{is(store.ErrNewerKnown), exitRefused, "newer_known"},
		{is(store.ErrExists, registry.ErrExists), exitRefused, "exists"},
		{is(store.ErrOtherBook), exitRefused, "mirror_other"},
		{is(store.ErrCutShort), exitLater, "mirror_short"},
		{is(api.ErrUnreachable, api.ErrNotReady), exitLater, "unreachable"},
		{is(api.ErrNoServer, api.ErrNoPath), exitNotFound, "no_server"},
		{is(api.ErrSignIn), exitRefused, "sign_in"},
		{is(api.ErrScope), exitRefused, "scope"},
		{is(api.ErrTOTP), exitRefused, "totp"},
		{is(api.ErrNotOwn), exitRefused, "not_own"},
		{is(api.ErrTooLarge), exitMalformed, "too_large"},
		{is(errRewritten), exitDamaged, "rewritten"},
		{is(store.ErrOtherHistory), exitDamaged, "other_history"},
		{is(errOlder), exitDifferences, "older"},
		{is(store.ErrOldCopy), exitLater, "old_copy"},
		{is(store.ErrUncovered), exitLater, "uncovered"},
		{is(proof.ErrOmitted), exitDamaged, "omitted"},
		{is(proof.ErrFalse), exitDamaged, "proof_false"},
		{is(errReportFile), exitDamaged, "report_file"},
		{is(proof.ErrMalformed), exitMalformed, "proof_malformed"},
		{is(proof.ErrOtherHead), exitMalformed, "other_head"},
		{is(proof.ErrOtherBook), exitMalformed, "other_book"},
		{is(proof.ErrOtherKey), exitMalformed, "other_key"},
		{is(proof.ErrNoSM2), exitMalformed, "no_sm2"},
		{is(proof.ErrAltered), exitMalformed, "altered"},
		{is(proof.ErrRetired), exitMalformed, "retired"},
		{is(proof.ErrNoWitness), exitMalformed, "no_witness"},
		{is(proof.ErrUnsigned, proof.ErrCheckpoint), exitMalformed, "checkpoint"},
		{is(errDifferences), exitDifferences, "differences"},
		{is(errWrong), exitDifferences, "audit_wrong"},
		{isEnded(api.EndedDifferences), exitDifferences, ""},
		{isEnded(api.EndedUsage), exitMalformed, ""},
		{isEnded(api.EndedRefused), exitRefused, ""},
		{isEnded(api.EndedMissing), exitNotFound, ""},
		{isEnded(api.EndedLater), exitLater, ""},
		{as[*usageError], exitMalformed, ""},
		{as[*ledger.Invalid], exitMalformed, ""},
		{as[*sheet.FileError], exitMalformed, ""},
		{as[*signInError], exitRefused, ""},
	}
}

// ofPeople are those of the registry.
func ofPeople() []outcome {
	return []outcome{
		{is(registry.ErrWrongPIN), exitRefused, "wrong_pin"},
		{as[*registry.LockedError], exitLater, "pin_wait"},
		{is(registry.ErrSecondPerson), exitRefused, "second_look"},
		{is(registry.ErrAskedAnew), exitRefused, "asked_anew"},
		{is(registry.ErrNoPurpose), exitMalformed, "no_purpose"},
		{is(registry.ErrAmbiguous), exitRefused, "ambiguous"},
		{is(errElsewhere), exitRefused, "elsewhere"},
		{is(registry.ErrErased), exitNotFound, "erased"},
		{is(registry.ErrNotFound), exitNotFound, "no_person"},
		{is(registry.ErrWrongKey), exitDamaged, "registry_key"},
	}
}

// ofAnswers are those of what the book says to a command.
func ofAnswers() []outcome {
	return []outcome{
		{isRejection(ledger.NotFound), exitNotFound, ""},
		{isRejection(ledger.TooManyRefusals), exitLater, ""},
		{as[*ledger.Rejection], exitRefused, ""},
		{is(errSomeRefused), exitRefused, "some_refused"},
	}
}

// ofFiles are the outcomes of what the system says of files, where nothing of ours says more.
func ofFiles() []outcome {
	return []outcome{
		{is(fs.ErrNotExist), exitNotFound, "no_file"},
		{is(fs.ErrExist), exitRefused, "file_exists"},
		{is(syscall.EISDIR, syscall.ENOTDIR), exitMalformed, "not_a_file"},
		{is(fs.ErrPermission), exitLater, "permission"},
		{is(syscall.EIO), exitLater, "disk_fault"},
	}
}

// outcomeOf finds the row of an error; what no row is about is a fault of the program or of the machine.
func outcomeOf(err error) outcome {
	for _, o := range outcomes() {
		if o.is(err) {
			return o
		}
	}
	return outcome{code: exitFault, sentence: "fault"}
}

// exitOf returns the code with which a command ends.
func exitOf(err error) exitCode {
	if err == nil {
		return exitDone
	}
	return outcomeOf(err).code
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isRejection(reason ledger.RejectReason) func(error) bool {
	return func(err error) bool {
		r, ok := errors.AsType[*ledger.Rejection](err)
		return ok && r.Reason == reason
	}
}

// isEnded reports whether a server ended a command so.
func isEnded(how api.Ended) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*api.CommandError](err)
		return ok && e.Ended == how
	}
}

// isUnknown reports whether a write may have been carried out.
func isUnknown(err error) bool { return is(store.ErrUnknown, api.ErrUnknown)(err) }

var (
	// errSomeRefused ends a command of many rows of which some were refused; each row says why.
	errSomeRefused = errors.New("some rows were refused")
	// errElsewhere says that somebody is a volunteer already, of a unit in which the actor deals with nobody.
	errElsewhere = errors.New("a volunteer of another unit")
	// errDifferences ends a check that found something.
	errDifferences = errors.New("differences were found")
	// errReportFile ends a check of a report with whose signed note one of its files does not agree.
	errReportFile = errors.New("not the file that was signed")
)

// usageError is a command line that cannot be understood. Its sentence is cli.usage.ID.
type usageError struct {
	id   string
	data catalog.Data
	err  error
}

func (e *usageError) Error() string {
	if e.err != nil {
		return "usage: " + e.id + ": " + e.err.Error()
	}
	return "usage: " + e.id
}

func (e *usageError) Unwrap() error { return e.err }

// signInError says that nobody is signed in who could be asked for. Its sentence is cli.sign_in.ID.
type signInError struct{ id string }

func (e *signInError) Error() string { return "sign in: " + e.id }

// explain says an error and what to do about it.
func (a *app) explain(err error) (said, hint string) {
	if w, ok := errors.AsType[*usageError](err); ok {
		return a.say.T("cli.usage."+w.id, w.data), a.say.T("cli.usage_hint."+w.id, w.data)
	}
	if w, ok := errors.AsType[*api.CommandError](err); ok {
		return w.Said, w.Hint
	}
	if w, ok := errors.AsType[*signInError](err); ok {
		return a.say.T("cli.sign_in." + w.id), a.say.T("cli.sign_in_hint." + w.id)
	}
	if w, ok := errors.AsType[*refusedBefore](err); ok {
		data := catalog.Data{"Index": int64(w.index), "Reason": a.say.Rejection(w.no)}
		return a.say.T("cli.error.refused_before", data), a.say.T("cli.hint.refused_before")
	}
	o := outcomeOf(err)
	if o.sentence != "" {
		data := catalog.Data{
			"Detail": detail(o, err), "Book": a.bookOf(err), "Index": a.firstBad(err), "URL": a.holder(err), "Until": a.lockedUntil(err),
		}
		return a.say.T("cli.error."+o.sentence, data), a.say.T("cli.hint."+o.sentence, data)
	}
	if w, ok := sheet.IsFileError(err); ok {
		return w.Sentence(a.say), w.Hint(a.say)
	}
	if r, ok := errors.AsType[*ledger.Rejection](err); ok {
		return a.say.Rejection(r), a.say.Hint(r)
	}
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		return a.invalid(bad), a.say.T("cli.hint.malformed")
	}
	return err.Error(), a.say.T("cli.hint.fault")
}

// detail is what an error is about where its sentence does not say it: of a file that was looked for, its name.
func detail(o outcome, err error) string {
	file, ok := errors.AsType[*fs.PathError](err)
	if ok && slices.Contains([]string{"no_file", "file_exists", "not_a_file", "permission"}, o.sentence) {
		return strings.TrimSuffix(file.Path, partial)
	}
	all := err.Error()
	if o.is == nil { // a fault, of which nothing is known
		return all
	}
	said := sentinelOf(o, err)
	if said == "" || said == all {
		return all
	}
	return strings.TrimSuffix(strings.Replace(all, said+": ", "", 1), ": "+said)
}

// sentinelOf is the text of the error that a row is about, which its sentence says already; empty where it is one with more to say.
func sentinelOf(o outcome, err error) string {
	var below []error
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() error }:
		below = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		below = e.Unwrap()
	}
	for _, inner := range below {
		if inner != nil && o.is(inner) {
			return sentinelOf(o, inner)
		}
	}
	if kind := reflect.TypeOf(err); kind.Kind() == reflect.Pointer && slices.Contains([]string{"errors", "fmt"}, kind.Elem().PkgPath()) {
		return err.Error()
	}
	return ""
}

// bookOf is the book that an error is about: the one that was asked for, or where another was to be made and something is.
func (a *app) bookOf(err error) string {
	if dir, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(dir.Err, store.ErrExists) {
		return dir.Path
	}
	return a.opts.book
}

// invalid names every malformed field, each on a line of its own.
func (a *app) invalid(bad *ledger.Invalid) string {
	said := make([]string, len(bad.Fields))
	for i, f := range bad.Fields {
		if flag := a.flagOf(f.Field); flag != nil {
			f.Field = "--" + flag.Name
			if flag.Value.String() == "" && f.Code != "required" {
				said[i] = a.say.T("fault.missing", catalog.Data{"Field": f.Field, "Want": a.say.T("fault." + f.Code)})
				continue
			}
		}
		said[i] = a.say.Fault(f)
	}
	return strings.Join(said, "\n       ")
}

// flagOf is the flag of the command that was called for a field of what it asked for; nil where the field came by no flag.
func (a *app) flagOf(field string) *pflag.Flag {
	if a.called == nil {
		return nil
	}
	name, _, _ := strings.Cut(field, "[")
	name = strings.ReplaceAll(name, "_", "-")
	return cmp.Or(a.called.Flags().Lookup(name), a.called.Flags().Lookup(strings.TrimSuffix(name, "s")))
}

// firstBad names the first entry at fault, where it is known.
func (a *app) firstBad(err error) string {
	if bad, ok := errors.AsType[*ledger.CorruptError](err); ok {
		return a.say.T("cli.first_bad", catalog.Data{"Index": int64(bad.Index)})
	}
	return ""
}

// lockedUntil is the time of day, here, until which a PIN is not looked at.
func (a *app) lockedUntil(err error) string {
	if l, ok := errors.AsType[*registry.LockedError](err); ok {
		return l.Until.In(a.clock().Location()).Format("15:04:05")
	}
	return ""
}

// holder says which server has the book.
func (a *app) holder(err error) string {
	if l, ok := errors.AsType[*store.LockedError](err); ok && l.URL != "" {
		return a.say.T("cli.held_by", catalog.Data{"URL": l.URL})
	}
	return ""
}
