package main

import (
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"

	"hotline/cmd/internal/house"
)

// TestMain lets the test binary be the hotline itself: a house starts it as a process of its own, so that it can be killed like
// one, and it runs with the race detector like the tests.
func TestMain(m *testing.M) {
	if os.Getenv("HOTLINE_TEST_MAIN") == "1" {
		os.Unsetenv("HOTLINE_TEST_MAIN")
		main()
		return
	}
	goleak.VerifyTestMain(m,
		// The API client of the house keeps its connections.
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

// openHouse runs a whole call centre for one test. Houses share nothing and mostly wait, for rings and for time-outs, so their
// tests run beside each other.
func openHouse(t *testing.T, o house.Options) *house.House {
	t.Helper()
	t.Parallel()
	return openHouseAlone(t, o)
}

// openHouseAlone is openHouse for a test that floods the machine: it runs before those that run beside each other.
func openHouseAlone(t *testing.T, o house.Options) *house.House {
	t.Helper()
	o.Command = func(args ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), "HOTLINE_TEST_MAIN=1")
		return cmd
	}
	return house.Open(t, o)
}
