package ledgertest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"aixin/ledger"
)

// The family of the key that signs the heads.

// SigningKey returns a key pair of that number for a log, always the same, in the text that package note has for them.
func SigningKey(origin string, n byte) (secret, public string) {
	seed := bytes.Repeat([]byte{n}, ed25519.SeedSize)
	key := ed25519.NewKeyFromSeed(seed)
	typed := append([]byte{1}, key[ed25519.SeedSize:]...) // the public half, behind its algorithm
	sum := sha256.Sum256(append([]byte(origin+"\n"), typed...))
	id := fmt.Sprintf("%s+%08x+", origin, binary.BigEndian.Uint32(sum[:]))
	b64 := base64.StdEncoding.EncodeToString
	return "PRIVATE+KEY+" + id + b64(append([]byte{1}, seed...)), id + b64(typed)
}

func rotateFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			a, ok := c.Do.(*ledger.RotateKey)
			if !ok {
				return Answer{}, false
			}
			if a.PublicKey == n.signer() {
				return no(ledger.StatusUnchanged), true
			}
			return Answer{Kind: ledger.KeyRotated}, true
		},
		roles: func(do ledger.Action) []ledger.Role {
			if _, ok := do.(*ledger.RotateKey); ok {
				return []ledger.Role{ledger.Admin}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.RotateKey)
			return ok && a.PublicKey == ""
		},
		draws: []draw{{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			_, public := SigningKey("aixin.test/keys", byte(g.rng.IntN(3)))
			return &ledger.RotateKey{PublicKey: pick(g, public, public, public, public, "")}, admin
		}}},
		scenes: []scene{{4, (*Generator).rotate}},
	}
}

// rotate proposes another key and has another admin approve it.
func (g *Generator) rotate() {
	_, public := SigningKey("aixin.test/keys", byte(g.rng.IntN(9)))
	other := ledger.StaffID("U000011")
	if record := g.ask(admin, &ledger.RotateKey{PublicKey: public}); record != 0 {
		g.ask(admin, &ledger.Appoint{Staff: other, Roles: []ledger.Role{ledger.Admin}})
		g.ask(pick(g, other, other, other, reviewer), &ledger.Approve{Record: record})
		g.ask(pick(g, other, reviewer), &ledger.ReturnRecord{Record: record, Reason: ledger.DoubleEntry})
	}
}

// signer returns the key that signs; none before another one was let in.
func (n *Naive) signer() (key string) {
	each(n, func(_ int, _ *event, a *ledger.RotateKey) { key = a.PublicKey })
	return key
}
