package api

import (
	"context"
	"testing"
	"time"
)

// What is made beside the requests outlasts the one that asked for it, and ends with the server.
func TestBesideEndsWithTheServer(t *testing.T) {
	ended := make(chan struct{})
	s := &server{Config: Config{Ended: ended}}
	asked, leave := context.WithCancel(t.Context())
	ctx, cancel := s.beside(asked)
	defer cancel()
	leave()
	if err := ctx.Err(); err != nil {
		t.Fatalf("ended with the request: %v", err)
	}
	close(ended)
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Error("it goes on after the server")
	}
}
