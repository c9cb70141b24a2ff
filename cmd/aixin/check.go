package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
	"aixin/store"
	"aixin/store/bench"
	"aixin/store/registry"
)

// This file is for whoever holds the directory: proofs, repairs and measurements. None of it asks who you are.

func (a *app) checkpointCmd() *cobra.Command {
	var keys bool
	cmd := a.command("checkpoint", "checkpoint [--keys]", cobra.NoArgs, func(*cobra.Command, []string) error {
		info, err := store.ReadBook(a.opts.book)
		if err != nil {
			return err
		}
		if keys {
			return a.show(result{json: map[string]any{"public_keys": info.PublicKeys}, text: func() string {
				return strings.Join(info.PublicKeys, "\n") + "\n"
			}})
		}
		note, err := readCheckpoint(a.opts.book)
		if err != nil {
			return err
		}
		return a.show(result{json: map[string]string{"checkpoint": string(note)}, text: func() string { return string(note) }})
	})
	cmd.Flags().BoolVar(&keys, "keys", false, a.say.T("cli.flag.keys"))
	return cmd
}

// readCheckpoint returns the newest signed note of the book. Every book has one from its first moment.
func readCheckpoint(book string) ([]byte, error) {
	note, err := fs.ReadFile(os.DirFS(book), "checkpoint")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(ledger.ErrCorrupt, err)
	}
	return note, err
}

func (a *app) rebuildCmd() *cobra.Command {
	return a.command("rebuild", "rebuild", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		opened, err := store.Rebuild(cmd.Context(), a.opts.book, store.Options{
			Clock: a.clock, ClockOK: true, Log: a.log(), NoScrub: true, Progress: a.progress("rebuilding"),
		})
		if err != nil {
			return err
		}
		n := int64(opened.Extended)
		return a.show(result{
			json: map[string]any{"entries": n},
			text: func() string { return a.say.T("cli.rebuild.done", catalog.Data{"Entries": n}) + "\n" },
		})
	})
}

// benchFlags state the workload.
type benchFlags struct {
	volunteers, shops, clients, seconds ledger.Amount
	acks                                string
	found                               bool // make the book and measure nothing
}

func (a *app) benchCmd() *cobra.Command {
	f := benchFlags{volunteers: 10_000, shops: 10, clients: 256, seconds: 10}
	cmd := a.command("bench", "bench --book NEW-DIR|URL [--make] [--clients N] [--seconds N]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if address(a.opts.book) {
			return a.benchServer(cmd.Context(), f)
		}
		return a.bench(cmd.Context(), f)
	})
	cmd.Annotations = map[string]string{servedToo: ""}
	fs := cmd.Flags()
	count := func(into *ledger.Amount, name string, most ledger.Amount) {
		fs.Var(newValue(into, parseCount(most, "positive"), "N"), name, a.say.T("cli.flag."+name, catalog.Data{"Standard": int64(*into)}))
	}
	count(&f.volunteers, "volunteers", 900_000)
	count(&f.shops, "shops", 99)
	count(&f.clients, "clients", 4096)
	count(&f.seconds, "seconds", 3600)
	fs.BoolVar(&f.found, "make", false, a.say.T("cli.flag.make"))
	fs.StringVar(&f.acks, "acks", "", a.say.T("cli.flag.acks"))
	return cmd
}

// bench drives the store and prints what it reached beside its floor.
func (a *app) bench(ctx context.Context, f benchFlags) (err error) {
	o := bench.Options{
		Dir: a.opts.book, Volunteers: int(f.volunteers), Shops: int(f.shops), Clients: int(f.clients),
		Duration: time.Duration(f.seconds) * time.Second, Clock: a.clock,
	}
	if f.found {
		return a.aside(ctx, func(work string) error {
			inner := *a
			inner.opts.book, o.Dir = work, work
			return inner.foundBench(ctx, o)
		})
	}
	if err := vacant(o.Dir); err != nil {
		return err
	}
	if f.acks != "" {
		out, err := os.OpenFile(f.acks, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		o.Acks = out
	}
	preferThroughput() // as a server does
	end := a.elapsing("measuring", 4*o.Duration)
	measured, err := bench.Run(ctx, o)
	end()
	switch {
	case err != nil && ctx.Err() != nil && f.acks == "": // half a measurement is none, and its book is in the way of the next
		return errors.Join(fmt.Errorf("%w: %w", errUnmade, ctx.Err()), os.RemoveAll(o.Dir))
	case err != nil:
		return err
	}
	return a.show(result{json: measured, text: measured.String})
}

// finding is one thing that doctor looked at.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Said  string `json:"said"`
}

// doctorCmd looks at what surrounds the book: who holds it, room, the last backup, the index, the checkpoint, and people without a record.
func (a *app) doctorCmd() *cobra.Command {
	return a.command("doctor", "doctor", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		findings, err := a.examine(cmd.Context())
		if err != nil {
			return err
		}
		t := a.table("check", "ok", "what")
		sound := true
		for _, f := range findings {
			ok := "OK"
			if !f.OK {
				ok, sound = "!!", false
			}
			t.add(a.say.T("cli.doctor."+f.Check), ok, f.Said)
		}
		if err := a.show(result{json: findings, table: t}); err != nil || sound {
			return err
		}
		return errDifferences
	})
}

// lastBackup says when the last good backup was made. An old one is a fault, and so is none where the book is older than that; a demo
// needs none.
func (a *app) lastBackup(ctx context.Context, info store.BookInfo) finding {
	last, ok, err := store.LastBackup(a.opts.book)
	if err != nil {
		return finding{"backup", false, err.Error()}
	}
	since, said := last.At, a.say.T("cli.doctor_said.no_backup")
	if ok {
		said = a.say.T("cli.doctor_said.backup", catalog.Data{"At": last.At.Format(time.RFC3339), "Size": int64(last.Size)})
	} else {
		since = a.clock()
		for e, err := range store.Entries(ctx, a.opts.book, 0) {
			if err == nil {
				since = e.At
			}
			break // whether the journal reads is said below
		}
	}
	return finding{"backup", info.Demo || a.clock().Sub(since) < backupEvery, said}
}

// backupEvery is how old the last backup may be: what a community can write again from its slips and rosters.
const backupEvery = 7 * 24 * time.Hour

func (a *app) examine(ctx context.Context) ([]finding, error) {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return nil, err
	}
	findings := []finding{{"book", true, info.Origin}}
	add := func(check string, ok bool, said string) { findings = append(findings, finding{check, ok, said}) }
	free, err := freeSpace(a.opts.book)
	if err != nil {
		add("disk", false, err.Error())
	} else {
		add("disk", free >= roomy, a.say.T("cli.doctor_said.free", catalog.Data{"MiB": free >> 20}))
	}
	note, err := readCheckpoint(a.opts.book)
	if err != nil {
		add("checkpoint", false, err.Error())
	} else {
		add("checkpoint", true, a.say.T("cli.doctor_said.checkpoint", catalog.Data{"Size": sizeOf(note)}))
	}
	findings = append(findings, a.lastBackup(ctx, info))
	l, err := store.Open(ctx, a.opts.book, store.Options{Clock: a.clock, ClockOK: true, NoScrub: true, Log: a.log()})
	if errors.Is(err, store.ErrLocked) {
		said, _ := a.explain(err)
		add("lock", true, said)
		return findings, nil // whoever holds it looks at the rest
	}
	if err != nil {
		said, _ := a.explain(err)
		add("index", false, said)
		return findings, nil
	}
	add("lock", true, a.say.T("cli.doctor_said.free_lock"))
	opened := l.Opened()
	add("index", opened.Rebuilt == "", a.say.T("cli.doctor_said.index", catalog.Data{"Entries": int64(l.Head().Size), "Why": opened.Rebuilt}))
	if err := l.Scrub(ctx); err != nil {
		add("scrub", false, err.Error())
	} else {
		add("scrub", true, a.say.T("cli.doctor_said.scrub"))
	}
	findings = append(findings, a.countedInTime(ctx, l)...)
	missing, err := a.missing(ctx, l, info)
	switch {
	case err != nil:
		add("people", false, err.Error())
	case len(missing) > 0:
		add("people", false, strings.Join(missing, " "))
	default:
		add("people", true, a.say.T("cli.doctor_said.people"))
	}
	return findings, l.Close()
}

// countedInTime says which shelves were not counted in time; nothing where no rule asks for counts.
func (a *app) countedInTime(ctx context.Context, l *store.Ledger) []finding {
	v, done, err := l.View(ctx, ledger.AsOf{})
	if err != nil {
		return []finding{{"shelves", false, err.Error()}}
	}
	defer done()
	rules, err := v.Rules()
	if err != nil || !slices.ContainsFunc(rules.List, func(r ledger.Rule) bool { return r.Count.Per != "" }) {
		return nil
	}
	s, err := report.ScopeOf(v, "")
	if err != nil {
		return []finding{{"shelves", false, err.Error()}}
	}
	behind, err := report.UncountedShelves(v, s)
	if err != nil {
		return []finding{{"shelves", false, err.Error()}}
	}
	if len(behind) == 0 {
		return []finding{{"shelves", true, a.say.T("cli.doctor_said.shelves")}}
	}
	var found []finding
	for _, u := range behind {
		found = append(found, finding{"shelves", false, a.uncountedSentence(u)})
	}
	return found
}

// roomy is the free space below which a person should make room before the store refuses to write.
const roomy = 1 << 30

// sizeOf reads the size from the second line of a checkpoint.
func sizeOf(note []byte) int64 {
	lines := strings.SplitN(string(note), "\n", 3)
	if len(lines) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// missing lists the volunteers of the book of whom the registry knows nothing.
func (a *app) missing(ctx context.Context, l *store.Ledger, info store.BookInfo) (missing []string, err error) {
	people, err := registry.Open(a.opts.book, keysDir(a.opts.book), registry.Options{Clock: a.clock, Log: a.log(), Demo: info.Demo})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	v, done, err := l.View(ctx, ledger.AsOf{})
	if err != nil {
		return nil, err
	}
	defer done()
	var failed error
	numbers := func(yield func(string) bool) {
		for vol, err := range v.Volunteers() {
			if err != nil {
				failed = err
				return
			}
			if !yield(string(vol.Volunteer)) {
				return
			}
		}
	}
	missing, err = people.Missing(ctx, numbers)
	return missing, errors.Join(err, failed)
}

// verified is what verify found, as programs read it.
type verified struct {
	Origin     string       `json:"origin"`
	Entries    ledger.Index `json:"entries"`
	Root       string       `json:"root"`
	Batches    int64        `json:"batches"`
	Bytes      int64        `json:"bytes"`
	Accounts   int64        `json:"accounts"`
	Checkpoint ledger.Index `json:"checkpoint"`          // entries in DIR/checkpoint, which the book extends
	Compared   bool         `json:"compared"`            // with a checkpoint kept elsewhere
	Outside    ledger.Index `json:"outside,omitempty"`   // entries in that one, which the book extends
	SM2        bool         `json:"sm2,omitempty"`       // the SM2 key that was named signed each of them too
	Witness    string       `json:"witness,omitempty"`   // who signed that one
	Witnessed  *api.Time    `json:"witnessed,omitempty"` // and when
	Tail       int64        `json:"unfinished_bytes"`    // behind the last head
	Sound      bool         `json:"sound"`               // everything that was checked holds
	FirstBad   *int64       `json:"first_bad,omitempty"` // index of the first entry at fault, where it is known
}

func (a *app) verifyCmd() *cobra.Command {
	var outside, witness, pubkey string
	use := "verify [--checkpoint FILE [--witness KEY|FILE]] [--pubkey KEY|FILE]"
	cmd := a.command("verify", use, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		o, v, err := keptCheckpoint(outside, witness)
		if err != nil {
			return err
		}
		if pubkey != "" {
			if o.Keys, _, err = readKeys(pubkey); err != nil {
				return err
			}
			v.SM2 = o.Keys.SM2()
		}
		preferHugePages(auditHeap)
		if bar := a.progress("verifying"); bar != nil {
			o.Progress = func(done, total int64) { bar(ledger.Index(done), ledger.Index(total)) }
		}
		rep, err := store.Verify(cmd.Context(), a.opts.book, o)
		if rep.Origin == "" {
			return err
		}
		return errors.Join(a.printVerified(v, rep, err), err)
	})
	cmd.Flags().StringVar(&outside, "checkpoint", "", a.say.T("cli.flag.checkpoint"))
	cmd.Flags().StringVar(&witness, "witness", "", a.say.T("cli.flag.witness"))
	cmd.Flags().StringVar(&pubkey, "pubkey", "", a.say.T("cli.flag.pubkey"))
	return cmd
}

// keptCheckpoint reads what a book is held against from outside: a checkpoint that somebody kept, and who vouches for it.
func keptCheckpoint(file, witness string) (o store.VerifyOptions, v verified, err error) {
	if file == "" && witness != "" {
		return o, v, &usageError{id: "witness_of_nothing"}
	}
	if file == "" {
		return o, v, nil
	}
	if o.Checkpoint, err = os.ReadFile(file); err != nil {
		return o, v, fmt.Errorf("checkpoint: %w", err)
	}
	if witness == "" {
		return o, v, nil
	}
	w, at, err := witnessed(o.Checkpoint, witness)
	if err != nil {
		return o, v, err
	}
	seen := api.Time(at)
	v.Witness, v.Witnessed = w.Name(), &seen
	return o, v, nil
}

// printVerified says how far a book was found sound. Of a damaged one only programs get a report; people get the error.
func (a *app) printVerified(v verified, rep store.VerifyReport, failed error) error {
	v.Origin, v.Entries, v.Root = rep.Origin, rep.Head.Size, base64.StdEncoding.EncodeToString(rep.Head.Root[:])
	v.Batches, v.Bytes, v.Accounts, v.Checkpoint = rep.Batches, rep.Bytes, rep.Accounts, rep.Checkpoint.Size
	v.Compared, v.Outside, v.Tail, v.Sound = rep.Compared, rep.Outside.Size, rep.Tail, failed == nil
	if bad, ok := errors.AsType[*ledger.CorruptError](failed); ok {
		i := int64(bad.Index)
		v.FirstBad = &i
	}
	if failed != nil && a.opts.format == "text" {
		return nil
	}
	return a.show(result{json: v, text: func() string {
		data := catalog.Data{
			"Origin": v.Origin, "Entries": int64(v.Entries), "Root": v.Root, "Bytes": v.Bytes, "Accounts": v.Accounts, "Checkpoint": int64(v.Checkpoint),
			"Outside": int64(v.Outside), "Tail": v.Tail, "Witness": v.Witness,
		}
		text := a.say.T("cli.verify.sound", data) + "\n" + a.say.T("cli.verify.checkpoint", data) + "\n"
		if v.Compared {
			text += a.say.T("cli.verify.outside", data) + "\n"
			if v.Witnessed != nil {
				data["At"] = time.Time(*v.Witnessed).Format(time.RFC3339)
				text += a.say.T("cli.verify.witnessed", data) + "\n"
			}
		} else {
			text += a.say.T("cli.verify.not_compared") + "\n"
		}
		text += a.saySM2(v.SM2)
		if v.Tail > 0 {
			text += a.say.T("cli.verify.tail", data) + "\n"
		}
		return text
	}})
}
