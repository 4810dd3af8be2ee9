package asterisk_test

import (
	"log/slog"
	"testing"

	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// TestConformance runs the suite of all drivers on one real Asterisk.
func TestConformance(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness {
		d := newDriver(t, real, nil)
		return pbxtest.Harness{
			Switch: d, Accounts: d, SIPAddr: real.SIPAddr, TrunkIP: real.TrunkIP, PhoneIP: real.PhoneIP,
			DID: real.DIDs[0], Media: true,
		}
	})
}

// newDriver makes a driver for a real Asterisk.
func newDriver(t *testing.T, real *pbxtest.Asterisk, adjust func(*asterisk.Options)) *asterisk.Driver {
	t.Helper()
	opt := asterisk.Options{
		Name: "a", URL: real.ARIURL, User: real.ARIUser, Password: real.ARIPassword,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if adjust != nil {
		adjust(&opt)
	}
	d, err := asterisk.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testWriter puts log lines where the test's own go.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(line []byte) (int, error) {
	w.t.Logf("%s", line)
	return len(line), nil
}
