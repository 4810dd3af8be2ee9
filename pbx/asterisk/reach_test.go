package asterisk_test

import (
	"errors"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// TestPhoneUnplugged: a phone whose cable is pulled stays registered and is unreachable all the same; plugged in again it
// is reachable without registering.
func TestPhoneUnplugged(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	s.Provision("cable")
	type field struct {
		Attribute string `json:"attribute"`
		Value     string `json:"value"`
	}
	// As provisioned, but asked after each second instead of every 15.
	code, reply := real.ARI("PUT", "/asterisk/config/dynamic/res_pjsip/aor/cable", map[string]any{"fields": []field{
		{"max_contacts", "1"}, {"remove_existing", "yes"}, {"qualify_frequency", "1"}, {"qualify_timeout", "0.5"},
	}})
	if code != 200 {
		t.Fatalf("aor: %d %s", code, reply)
	}
	phone := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "cable", Secret: "secret-cable", Server: real.SIPAddr, IP: real.PhoneIP})
	is := func(kind pbx.Kind) func(pbx.Event) bool {
		return func(e pbx.Event) bool { return e.Kind == kind && e.Phone == "cable" }
	}
	s.Wait(is(pbx.PhoneUp), "the phone to be reachable")
	phone.Unplug()
	s.Wait(is(pbx.PhoneDown), "the phone to be known as unreachable")
	n := s.Events.Len()
	phone.Plug()
	if _, err := s.Events.WaitFrom(s.Ctx, n, is(pbx.PhoneUp)); err != nil {
		t.Errorf("not reachable again: %v\n%s", err, s.Events)
	}
}

// TestTwoSwitches: calls of two Asterisks, whose channel ids look alike, are told apart, and a command for a call of the
// other is refused.
func TestTwoSwitches(t *testing.T) {
	var stages []*pbxtest.Stage
	for range 2 {
		real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{Name: "same"})
		name := []string{"east", "west"}[len(stages)]
		stages = append(stages, pbxtest.NewStage(t, harness(real, newNamed(t, real, name))))
	}
	east, west := stages[0], stages[1]
	_, first := east.Call()
	_, second := west.Call()
	if first.Switch() != "east" || second.Switch() != "west" {
		t.Errorf("calls %s and %s", first, second)
	}
	phone := west.Phone("li", pbxtest.Behaviour{})
	leg := pbx.NewLegID(first, "li", 1)
	err := west.Switch.Ring(west.Ctx, first, pbx.Ring{Leg: leg, Phone: "li", Timeout: time.Second})
	if !errors.Is(err, pbx.ErrGone) {
		t.Errorf("ring for a call of the other switch: %v", err)
	}
	if err := west.Switch.HangUp(west.Ctx, first, pbx.EndBySystem); !errors.Is(err, pbx.ErrGone) {
		t.Errorf("hang up a call of the other switch: %v", err)
	}
	_, in := west.Ring(second, phone)
	in.Answer()
	west.Told(pbx.LegAnswered, second, "")
	for _, e := range east.Events.All() {
		if e.Switch != "east" || e.Call == second {
			t.Errorf("east told of west: %+v", e)
		}
	}
}
