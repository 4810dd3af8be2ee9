package asterisk_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// TestBudget counts what one plain call costs on the wire: at most 10 events and 7 requests.
func TestBudget(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	reg := prometheus.NewRegistry()
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) { o.Metrics = asterisk.NewMetrics(reg) })))
	agent := s.Phone("cheap", pbxtest.Behaviour{})
	events := func() float64 { return total(t, reg, "events_total", nil) }
	// GETs are looks, one every half minute however many calls there are.
	requests := func() float64 {
		return total(t, reg, "requests_total", nil) - total(t, reg, "requests_total", map[string]string{"verb": "GET"})
	}
	eventsBefore, requestsBefore := events(), requests()
	out, _, call, leg := s.Talk(agent)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	until(t, "the bridge to be gone", func() bool {
		return total(t, reg, "requests_total", map[string]string{"what": "bridge", "verb": "DELETE"}) == 1
	})
	gotEvents, gotRequests := events()-eventsBefore, requests()-requestsBefore
	t.Logf("%v events, %v requests", gotEvents, gotRequests)
	if gotEvents > 10 || gotEvents < 5 {
		t.Errorf("%v events, want at most 10", gotEvents)
	}
	if gotRequests > 8 || gotRequests < 4 {
		t.Errorf("%v requests, want at most 8", gotRequests)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if m.GetCounter().GetValue() > 0 {
				t.Logf("%s %v %v", family.GetName(), m.GetLabel(), m.GetCounter().GetValue())
			}
		}
	}
}
