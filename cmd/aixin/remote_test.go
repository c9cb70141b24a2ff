package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// standIn serves a book that answers every redemption in one way.
func standIn(t *testing.T, redeem http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/book", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, `{"format":2,"origin":"aixin.example/test","zone":"Asia/Shanghai","public_keys":["k"],"demo":false}`)
	})
	mux.HandleFunc("POST /v1/sessions", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		reply(w, `{"token":"t","number":"U000005","idle_seconds":1,"ends":"2026-11-02T01:02:00.000Z"}`)
	})
	mux.HandleFunc("DELETE /v1/sessions/current", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /v1/redemptions", redeem)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// reply writes an answer; where nobody takes it, the connection breaks.
func reply(w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// What a server says of a write ends the command as the same would at a directory.
func TestServerExits(t *testing.T) {
	t.Parallel()
	told := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			reply(w, body)
		}
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		want   exitCode
	}{
		"malformed":           {told(400, `{"code":"malformed","fields":[{"field":"shop","code":"shop_code"}]}`), exitMalformed},
		"refused":             {told(422, `{"code":"refused","reason":"insufficient_points","have":"1.00","want":"2.00"}`), exitRefused},
		"other content":       {told(409, `{"code":"refused","reason":"key_conflict"}`), exitRefused},
		"not permitted":       {told(403, `{"code":"refused","reason":"not_permitted","subject":"clerk"}`), exitRefused},
		"signed out":          {told(401, `{"code":"sign_in"}`), exitRefused},
		"the volunteer's PIN": {told(422, `{"code":"holder_pin"}`), exitRefused},
		"not found":           {told(404, `{"code":"refused","reason":"not_found","subject":"S09"}`), exitNotFound},
		"no card":             {told(404, `{"code":"no_card"}`), exitNotFound},
		"busy":                {told(503, `{"code":"busy"}`), exitLater},
		"stopped":             {told(503, `{"code":"stopped"}`), exitLater},
		"clock":               {told(503, `{"code":"clock"}`), exitLater},
		"not ready":           {told(503, `{"code":"not_ready"}`), exitLater},
		"full":                {told(507, `{"code":"disk_full"}`), exitLater},
		"too many refusals":   {told(429, `{"code":"refused","reason":"too_many_refusals"}`), exitLater},
		"locked out":          {told(429, `{"code":"pin_wait"}`), exitLater},
		"unknown":             {told(504, `{"code":"outcome_unknown","answer":{"outcome":"unknown","key":"k1","balances":[]}}`), exitUnknown},
		"a tired proxy":       {told(502, `<html>`), exitUnknown},
		"no answer":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, exitUnknown},
		"fell over":           {told(500, `{"code":"fault"}`), exitUnknown},
		"of a later version":  {told(418, `{"code":"teapot"}`), exitFault},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, said strings.Builder
			env := map[string]string{"AIXIN_PIN": scriptPIN, "AIXIN_LANG": "en"}
			a := &app{in: strings.NewReader(""), out: &out, err: &said, env: func(k string) string { return env[k] }, clock: time.Now}
			args := []string{"--book", standIn(t, tt.answer), "redeem", "V0000018", "--shop", "S01", "SKU-0001=1", "--as", "U000005", "--key", "k1"}
			if got := a.run(t.Context(), args); got != tt.want || !strings.Contains(said.String(), "error: ") || out.Len() > 0 {
				t.Errorf("got exit %d, want %d:\n%s%s", got, tt.want, out.String(), said.String())
			}
			if tt.want == exitUnknown && !strings.Contains(said.String(), "key: k1") {
				t.Errorf("got %s, want the key to ask again with", said.String())
			}
		})
	}
}
