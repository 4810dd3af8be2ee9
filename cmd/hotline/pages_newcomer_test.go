package main

import (
	"net/http"
	"testing"

	"hotline/cmd/internal/house"
)

// A service manager who is an agent, too, has a desk from the first day, before anybody gave them a queue or their browser a telephone.
func TestANewcomersDeskOpens(t *testing.T) {
	h := openHouse(t, house.Options{Embedded: true})
	h.Run("user", "add", "su", "--name", "Su", "--ask", "--role", "supervisor", "--role", "agent", "--webrtc", "--no-phone")
	h.Eventually("su has a seat", func() bool {
		status, _ := h.Try("GET", "/api/v1/agents/su", h.As("su"), nil)
		return status == http.StatusOK
	})
	desk := h.Listen(h.As("su"), "?desk=true", "")
	desk.Wait("hello")
}
