package proof

import (
	"fmt"
	"strings"

	"aixin/ledger"
)

// Origin is a log that another one continues: a book that is restored from a backup gets a new name and a new key, so that there are
// never two histories under one name, and keeps these.
type Origin struct {
	Name       string   `json:"origin"`      // in its checkpoints
	PublicKeys []string `json:"public_keys"` // of its checkpoints, as note verifier keys
	Checkpoint string   `json:"checkpoint"`  // its signed note of the last head that is in the other log too

	// Rotations let the later ones of the keys in, each as the text of an Inclusion.
	Rotations []string `json:"rotations,omitempty"`
}

// Keys returns the keys that verify the checkpoints of a log, each for the heads that it may sign. Those that it began with are taken on
// trust; every later one must be let in by a rotation.
func (o Origin) Keys() (Keys, error) {
	first := len(o.PublicKeys) - len(o.Rotations)
	if first <= 0 {
		return Keys{}, fmt.Errorf("%d public keys of which %d came later", len(o.PublicKeys), len(o.Rotations))
	}
	c, err := o.Chain()
	if err != nil {
		return Keys{}, err
	}
	k, err := ParseKeys(strings.Join(c.First, "\n"))
	for i, r := range c.Rotations {
		if err == nil {
			k, err = k.rotate(r)
		}
		if err == nil && k.list[len(k.list)-1].text != o.PublicKeys[first+i] {
			err = fmt.Errorf("public key %.80q: %w: entry %d lets another one sign", o.PublicKeys[first+i], ErrFalse, r.Index)
		}
	}
	return k, err
}

// Chain returns the keys of the log one after another, with what shows that each gave its place to the next.
func (o Origin) Chain() (Chain, error) {
	c := Chain{First: o.PublicKeys[:max(0, len(o.PublicKeys)-len(o.Rotations))]}
	for _, text := range o.Rotations {
		r, err := ParseInclusion([]byte(text))
		if err != nil {
			return c, err
		}
		c.Rotations = append(c.Rotations, r)
	}
	return c, nil
}

// Open returns the head in a note of the log, as OpenCheckpoint does.
func (o Origin) Open(msg []byte) (ledger.Head, error) {
	known, err := o.Keys()
	if err != nil {
		return ledger.Head{}, err
	}
	return OpenCheckpoint(msg, o.Name, known)
}
