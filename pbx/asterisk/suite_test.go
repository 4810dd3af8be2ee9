package asterisk_test

import (
	"testing"

	"hotline/pbx/pbxtest"
)

// TestConformance runs the suite of all drivers on one real Asterisk.
func TestConformance(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness { return harness(real, newDriver(t, real, nil)) })
}
