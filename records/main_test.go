package records_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be its own victim: with crashEnv set it claims cases until it is killed (crash_test.go).
func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		os.Exit(claimUntilKilled(path))
	}
	goleak.VerifyTestMain(m)
}
