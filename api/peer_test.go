package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Tries are counted for whoever can take another address at will.
func TestPeer(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.0.2.7:4711":               "192.0.2.7",
		"[::ffff:192.0.2.7]:4711":      "192.0.2.7",
		"[2001:db8:1:2::1]:80":         "2001:db8:1:2::/64",
		"[2001:db8:1:2:9:9:9:9]:80":    "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":            "fe80::/64",
		"somewhere else than the wire": "somewhere else than the wire",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = addr
		if got := peerOf(r); got != want {
			t.Errorf("peer of %s: got %s, want %s", addr, got, want)
		}
	}
}
