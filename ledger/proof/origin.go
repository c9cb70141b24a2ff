package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// Origin is a log that another one continues: a book that is restored from a backup gets a new name and a new key, so that there are
// never two histories under one name, and keeps these.
type Origin struct {
	Name       string   `json:"origin"`      // in its checkpoints
	PublicKeys []string `json:"public_keys"` // of its checkpoints, as note verifier keys
	Checkpoint string   `json:"checkpoint"`  // its signed note of the last head that is in the other log too
}

// Verifiers returns the keys that verify the checkpoints of a log.
func Verifiers(publicKeys []string) (note.Verifiers, error) {
	list := make([]note.Verifier, 0, len(publicKeys))
	for _, key := range publicKeys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("public key: %w", err)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}

// Open returns the head in a note of the log, as OpenCheckpoint does.
func (o Origin) Open(msg []byte) (ledger.Head, error) {
	known, err := Verifiers(o.PublicKeys)
	if err != nil {
		return ledger.Head{}, err
	}
	return OpenCheckpoint(msg, o.Name, known)
}
