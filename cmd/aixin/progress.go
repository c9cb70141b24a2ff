package main

import (
	"fmt"
	"iter"
	"time"

	"github.com/schollz/progressbar/v3"

	"aixin/ledger"
)

// progress returns a bar on standard error for long work, or nil where no person watches.
func (a *app) progress(what string) func(done, of ledger.Index) {
	if !a.interactive() {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, of ledger.Index) {
		if bar == nil {
			bar = progressbar.NewOptions64(int64(of), progressbar.OptionSetWriter(a.err), progressbar.OptionShowCount(),
				progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription(a.say.T("cli.progress."+what)))
		}
		err := bar.Set64(int64(done))
		if done == of { // of what nobody knew the length of, too
			err = bar.Clear()
		}
		if err != nil {
			a.complain("%s\n", fmt.Sprint(err))
		}
	}
}

// elapsing shows the seconds of work that takes so long at most, until it ends.
func (a *app) elapsing(what string, most time.Duration) (end func()) {
	bar := a.progress(what)
	if bar == nil {
		return func() {}
	}
	second := func(d time.Duration) ledger.Index { return ledger.Index(d / time.Second) }
	begun, ended, stopped := a.clock(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-time.After(time.Second):
				bar(second(min(a.clock().Sub(begun), most-time.Second)), second(most))
			case <-ended:
				bar(second(most), second(most))
				return
			}
		}
	}()
	return func() {
		close(ended)
		<-stopped
	}
}

// readingStep is after how many entries a person sees that more were read.
const readingStep = 1 << 12

// watched yields entries of the book, and shows how far they are read. So many there are; -1 where only the end says it.
func (a *app) watched(entries iter.Seq2[ledger.Entry, error], of ledger.Index) iter.Seq2[ledger.Entry, error] {
	bar := a.progress("reading")
	if bar == nil {
		return entries
	}
	return func(yield func(ledger.Entry, error) bool) {
		read, shown := ledger.Index(0), ledger.Index(0)
		defer func() { bar(read, read) }()
		for e, err := range entries {
			if read = e.Index + 1; read >= shown+readingStep {
				shown = read
				bar(read, of)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
