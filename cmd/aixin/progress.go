package main

import (
	"fmt"

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
		if err := bar.Set64(int64(done)); err != nil {
			a.complain("%s\n", fmt.Sprint(err))
		}
	}
}
