package main

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"aixin/ledger/export"
	"aixin/ledger/ledgertest"
	"aixin/store"
)

// peer runs one of the other programs, which must succeed: peer bean-check explicit.beancount. Where it is missing the script says
// so and goes on, but not where everything must be there.
func peer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: peer PROGRAM …")
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		if os.Getenv("CI") != "" {
			ts.Fatalf("%v: .ci/needs did not install it", err)
		}
		ts.Logf("not run, %v: .ci/needs installs it", err)
		return
	}
	ts.Check(ts.Exec(args[0], args[1:]...))
}

// peers holds every balance and every open lot of the demo against what the other programs make of its export.
func (d demoBook) peers(origin string) {
	d.t.Helper()
	to := folder{filepath.Join(d.t.TempDir(), "export")}
	for _, f := range export.Formats() {
		b := export.Book{Origin: origin, View: d.view, Entries: store.Entries(d.t.Context(), d.dir, 0)}
		if _, err := export.Write(to.create, b, f); err != nil {
			d.t.Fatalf("%s: %v", f, err)
		}
	}
	ledgertest.CheckPeers(d.t, to.dir, d.view)
}
