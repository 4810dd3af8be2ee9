package pbxtest

import (
	"fmt"
	"sync"

	"hotline/pbx"
)

// many is how many calls are up at once.
const many = 200

// testMany: 200 callers are rung, connected and ended at once, all told apart.
func testMany(s *stage) {
	phones := make([]*Phone, many)
	for i := range phones {
		phones[i] = s.phone(fmt.Sprintf("many%d", i), Behaviour{Answer: true})
	}
	outs := make([]*PhoneCall, many)
	for i := range outs {
		out, err := s.caller.Dial(s.ctx, s.DID, DialOptions{FromUser: fmt.Sprintf("139%08d", i)})
		s.must(err, "dial")
		outs[i] = out
	}
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { s.serveOne(i, outs[i], phones[i]) })
	}
	all.Wait()
	if s.Failed() {
		return
	}
	for i, out := range outs {
		if out.Passed(MarkEnded) {
			s.Errorf("call %d ended by itself", i)
		}
		all.Go(func() { s.check(out.HangUp(s.ctx), "hang up") })
	}
	all.Wait()
}

// serveOne rings one phone for one caller and connects them.
func (s *stage) serveOne(i int, out *PhoneCall, phone *Phone) {
	e, err := s.log.Wait(s.ctx, func(e pbx.Event) bool {
		return e.Kind == pbx.CallArrived && e.Arrival.Caller == fmt.Sprintf("139%08d", i)
	})
	if err != nil {
		s.Errorf("call %d did not arrive: %v", i, err)
		return
	}
	leg := pbx.NewLegID(e.Call, phone.User(), 1)
	if err := s.Switch.Ring(s.ctx, e.Call, pbx.Ring{Leg: leg, Phone: phone.User(), CallerID: e.Arrival.Caller, Timeout: patience}); err != nil {
		s.Errorf("ring %d: %v", i, err)
		return
	}
	s.accepted(leg)
	if _, err := s.log.Wait(s.ctx, func(e pbx.Event) bool { return e.Kind == pbx.LegAnswered && e.Leg == leg }); err != nil {
		s.Errorf("call %d was not answered: %v", i, err)
		return
	}
	s.check(s.Switch.Connect(s.ctx, e.Call, leg), "connect")
	s.check(out.WaitAnswered(s.ctx), "the caller to be answered")
	in, err := phone.WaitInvite(s.ctx)
	s.check(err, "the phone's call")
	if err == nil {
		s.check(out.WaitReceived(s.ctx, 3), "the caller to hear")
		s.check(in.WaitReceived(s.ctx, 3), "the agent to hear")
	}
}
