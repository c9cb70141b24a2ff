// Command aixin keeps the book of a Love Supermarket from the command line, and serves it.
//
// It is the one package that knows all others: it opens the directory, asks the person for a PIN, turns arguments into commands
// of the ledger, and says what became of them. Results go to standard output, messages to standard error, and the exit code
// follows one table (exit.go). Every sentence is in the catalogs of api/catalog.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is set by the linker.
var version = "dev"

func main() {
	os.Exit(int(run(os.Args[1:], time.Now)))
}

// run is the program, given its arguments and its clock.
func run(args []string, clock func() time.Time) exitCode {
	collectLate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the first signal asks, the second ends the program at once
	return newApp(clock).run(ctx, args)
}
