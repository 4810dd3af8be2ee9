package asterisk_test

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// TestNothingIsHungUpTwice: when the last agent hangs up the driver ends the caller, and the queue asks for the same a moment
// later. One request does it; none is sent for a channel whose end was seen.
func TestNothingIsHungUpTwice(t *testing.T) {
	const calls = 10
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	reg := prometheus.NewRegistry()
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) { o.Metrics = asterisk.NewMetrics(reg) })))
	agent := s.Phone("leaves", pbxtest.Behaviour{})
	for range calls {
		out, in, call, leg := s.Talk(agent)
		s.Must(in.HangUp(s.Ctx), "hang up")
		s.LegEnded(call, leg, pbx.LegHungUp)
		if err := s.Switch.HangUp(s.Ctx, call, pbx.EndByAgent); err != nil && !errors.Is(err, pbx.ErrGone) {
			t.Errorf("hang up: %v", err)
		}
		s.Ended(call, pbx.EndByAgent)
		s.Gone(out)
	}
	sent := total(t, reg, "requests_total", map[string]string{"verb": "DELETE", "what": "hangup"})
	refused := total(t, reg, "requests_total", map[string]string{"verb": "DELETE", "what": "hangup", "status": "404"})
	if sent != calls || refused != 0 {
		t.Errorf("%v hang-ups for %d calls, %v of them for nothing", sent, calls, refused)
	}
}
