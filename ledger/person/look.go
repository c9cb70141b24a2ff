package person

import (
	"errors"
	"time"
)

// ErrSecondPerson says that two persons look at these details: it was asked for, and waits for the other one.
var ErrSecondPerson = errors.New("another person has to agree to this look")

// Purpose says who looks at full data and why; every such look-up is logged with it.
type Purpose struct {
	Actor  string `json:"actor"`  // the staff or volunteer number of whoever looks
	Reason string `json:"reason"` // in words, 1 to MaxReason bytes
}

// MaxReason bounds the reason of a look-up, in bytes: a sentence.
const MaxReason = 300

// Valid reports whether somebody says why.
func (w Purpose) Valid() bool {
	_, ok := KindOf(w.Actor)
	return ok && w.Reason != "" && len(w.Reason) <= MaxReason
}

// Access is one look-up of one person's full data. Accesses are kept for ever: they name people by number only.
type Access struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Person string    `json:"person"`
	Reason string    `json:"reason"`
	ID     string    `json:"id,omitempty"` // where it stands in the log, for whoever asks for what comes behind it
}

// AccessQuery chooses accesses; what is empty chooses all.
type AccessQuery struct {
	Actor  string
	Person string
	From   time.Time // inclusive
	Until  time.Time // exclusive
	After  string    // the ID of an access: those behind it
	Before string    // the ID of an access: those before it
	Limit  int       // 0 for no limit
	Newest bool      // the last of them, where there are more than Limit
}

// Chooses reports whether the query chooses an access.
func (q AccessQuery) Chooses(a Access) bool {
	return (q.Actor == "" || q.Actor == a.Actor) && (q.Person == "" || q.Person == a.Person) &&
		!a.At.Before(q.From) && (q.Until.IsZero() || a.At.Before(q.Until))
}
