package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shared is a buffer that a server writes while a test reads.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// running serves a new book with flags until the test ends, and returns where, and what it logs.
func running(t *testing.T, flags ...string) (url string, log *shared) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	env := map[string]string{"AIXIN_PIN": scriptPIN, "AIXIN_NEW_PIN": scriptPIN, "AIXIN_LANG": "en"}
	command := func(out io.Writer, log io.Writer) *app {
		return &app{in: strings.NewReader(""), out: out, err: log, env: func(k string) string { return env[k] }, clock: time.Now}
	}
	var said shared
	if got := command(&said, &said).run(t.Context(), []string{"init", "--book", dir, "--rules", "volunteer-1yuan"}); got != exitDone {
		t.Fatalf("init: %s", said.String())
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan exitCode, 1)
	out, log := &shared{}, &shared{}
	go func() {
		ended <- command(out, log).run(ctx, append([]string{"serve", "--book", dir, "--listen", "127.0.0.1:0"}, flags...))
	}()
	t.Cleanup(func() {
		stop()
		if got := <-ended; got != exitDone {
			t.Errorf("got exit %d, want %d: %s", got, exitDone, log.String())
		}
	})
	at := regexp.MustCompile(`https?://[0-9.:]+`)
	for range 500 {
		if url = at.FindString(out.String()); url != "" {
			return url, log
		}
		select {
		case got := <-ended:
			ended <- got
			t.Fatalf("ended with %d: %s", got, log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("the server does not say where it is: %s%s", out.String(), log.String())
	return "", nil
}

// freePort is an address where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// fetch gets an address.
func fetch(t *testing.T, c *http.Client, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// What a server counts and profiles is at an address of its own, and nowhere else.
func TestMetrics(t *testing.T) {
	t.Parallel()
	private := freePort(t)
	url, log := running(t, "--metrics", private, "--log", "json")
	c := http.DefaultClient
	if status, text := fetch(t, c, url+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz: got %d %s, want 200", status, text)
	}
	fetch(t, c, url+"/v1/volunteers/V0000018/balance?as_of=2026-01-01")
	_, text := fetch(t, c, "http://"+private+"/metrics")
	for _, want := range []string{
		`aixin_request_seconds_count{route="GET /v1/volunteers/{id}/balance",status="4xx"} 1`, `route="GET /readyz",status="2xx"`,
		"\naixin_head_entries ", "\naixin_queue_requests 0", "\naixin_writable 1", "\naixin_scrub_failed 0", "\naixin_scrub_age_seconds NaN",
		"\naixin_disk_floor_bytes 5.36870912e+08", "\naixin_disk_free_bytes ", "\naixin_batch_entries_count ", "\naixin_append_seconds_count ",
		"\ngo_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
	if status, _ := fetch(t, c, "http://"+private+"/debug/pprof/"); status != http.StatusOK {
		t.Errorf("profiles: got %d, want 200", status)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/profile"} {
		if status, _ := fetch(t, c, url+path); status != http.StatusNotFound {
			t.Errorf("%s for everybody: got %d, want 404", path, status)
		}
	}
	const route = `"route":"GET /v1/volunteers/{id}/balance"`
	for range 100 { // it is written together, a moment later
		if strings.Contains(log.String(), route) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if said := log.String(); strings.Contains(said, "V0000018") || strings.Contains(said, "as_of") ||
		!strings.Contains(said, route) {
		t.Errorf("got log %s, want routes and nobody's number", said)
	}
}

// certified writes a certificate for this computer, and its key, and returns the certificate.
func certified(t *testing.T, dir string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func trusting(t *testing.T, cert *x509.Certificate) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// A server over TLS answers with the certificate in its files, and says that its address is one of https.
func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert := certified(t, dir)
	url, _ := running(t, "--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem"))
	if !strings.HasPrefix(url, "https://") {
		t.Errorf("got %s, want https", url)
	}
	if status, text := fetch(t, trusting(t, cert), url+"/healthz"); status != http.StatusOK {
		t.Errorf("got %d %s, want 200", status, text)
	}
}

// A new certificate is taken while the server runs. Files that do not fit each other leave the old one in use.
func TestCertificateIsRenewed(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	first := certified(t, dir)
	var log bytes.Buffer
	a := &app{clock: func() time.Time { return now }}
	a.opts.tlsCert, a.opts.tlsKey = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	c, err := a.certificates(slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	want := func(step string, cert *x509.Certificate) {
		t.Helper()
		now = now.Add(time.Minute)
		got, err := c.current(nil)
		if err != nil || !bytes.Equal(got.Certificate[0], cert.Raw) {
			t.Errorf("%s: got another certificate (%v)", step, err)
		}
	}
	want("at first", first)
	old, err := os.ReadFile(a.opts.tlsKey)
	if err != nil {
		t.Fatal(err)
	}
	second := certified(t, dir)
	renewed, err := os.ReadFile(a.opts.tlsKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.opts.tlsKey, old, 0o600); err != nil {
		t.Fatal(err)
	}
	want("half replaced", first)
	if !strings.Contains(log.String(), "certificate not read again") {
		t.Errorf("got log %s, want that the files do not fit", log.String())
	}
	if err := os.WriteFile(a.opts.tlsKey, renewed, 0o600); err != nil {
		t.Fatal(err)
	}
	want("replaced", second)
	if err := os.Remove(a.opts.tlsKey); err != nil {
		t.Fatal(err)
	}
	want("gone", second)
}

// The unit for systemd starts a command that there is, with flags and settings that there are, and takes from it every right that it names here.
func TestUnit(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("aixin.service")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			has[name] = append(has[name], value)
		}
	}
	for name, want := range map[string]string{
		"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "", "ProtectSystem": "strict", "ProtectHome": "yes",
		"PrivateTmp": "yes", "PrivateDevices": "yes", "PrivateUsers": "yes", "RestrictAddressFamilies": "AF_INET AF_INET6", "MemoryDenyWriteExecute": "yes",
		"RestrictNamespaces": "yes", "RestrictSUIDSGID": "yes", "SystemCallArchitectures": "native", "UMask": "0077", "User": "aixin",
	} {
		if got := has[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if calls := has["SystemCallFilter"]; len(calls) != 2 || calls[0] != "@system-service" || calls[1] != "~@privileged @resources" {
		t.Errorf("SystemCallFilter: got %q", calls)
	}
	serve := commandsOf(t)["serve"]
	words := strings.Fields(strings.Join(has["ExecStart"], " "))
	if len(words) < 2 || filepath.Base(words[0]) != "aixin" || words[1] != "serve" {
		t.Fatalf("ExecStart: got %q", words)
	}
	for _, word := range words[2:] {
		if name, ok := strings.CutPrefix(word, "--"); ok && serve.Flag(name) == nil {
			t.Errorf("ExecStart: serve has no flag --%s", name)
		}
	}
	var known []string
	for _, s := range settingsOf(serve) {
		known = append(known, s.env)
	}
	for pair := range strings.FieldsSeq(strings.Join(has["Environment"], " ")) {
		if name, _, _ := strings.Cut(pair, "="); !slices.Contains(known, name) {
			t.Errorf("Environment: %s is no setting", name)
		}
	}
}
