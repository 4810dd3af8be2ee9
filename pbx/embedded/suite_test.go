package embedded_test

import (
	"testing"

	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

const did = "4001"

// newSwitch makes a switch for one test, on loopback.
func newSwitch(t *testing.T, o embedded.Options) *embedded.Switch {
	t.Helper()
	if o.Name == "" {
		o.Name = "e"
	}
	if o.Bind == "" {
		o.Bind = "127.0.0.1:0"
	}
	if o.DIDs == nil {
		o.DIDs = func(number string) bool { return number == did }
	}
	sw, err := embedded.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sw.Close)
	return sw
}

// harness is a switch for the suite: voice goes from phone to phone, so it can neither play nor record.
func harness(sw *embedded.Switch) pbxtest.Harness {
	return pbxtest.Harness{
		Switch: sw, Accounts: sw, SIPAddr: sw.Addr().String(), TrunkIP: "127.0.0.2", PhoneIP: "127.0.0.3", DID: did,
	}
}

// TestConformance runs the suite of all drivers.
func TestConformance(t *testing.T) {
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness { return harness(newSwitch(t, embedded.Options{})) })
}
