// Package api is how the outside speaks to a book over HTTP: programs under /v1 with JSON, people with plain pages.
//
// Every route stands in one list in api.go. Every error goes through one table in problem.go, which is read both ways: the
// server turns an error into a problem (RFC 9457) with it, and a client turns the problem back into the error. What is asked
// of the book and of the people in it is asked through the small interfaces of Config; *store.Ledger and *registry.Registry
// satisfy them, and the two meet in cmd.
//
// A volunteer signs in with a card and a PIN: by HTTP Basic under /v1, by a form on the pages. No personal data stands in an
// address, and none in a log: the access log names routes, not paths.
package api
