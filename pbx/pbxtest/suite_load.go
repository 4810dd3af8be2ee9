package pbxtest

import (
	"fmt"
	"sync"

	"hotline/pbx"
)

// many is how many calls are up at once.
const many = 200

// testMany: 200 callers are rung, connected and ended at once, all told apart.
func testMany(s *Stage) {
	phones := make([]*Phone, many)
	for i := range phones {
		phones[i] = s.Phone(fmt.Sprintf("many%d", i), Behaviour{Answer: true})
	}
	outs := make([]*PhoneCall, many)
	for i := range outs {
		out, err := s.Caller.Dial(s.Ctx, s.DID, DialOptions{FromUser: fmt.Sprintf("139%08d", i)})
		s.Must(err, "dial")
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
		all.Go(func() { s.Check(out.HangUp(s.Ctx), "hang up") })
	}
	all.Wait()
}

// serveOne rings one phone for one caller and connects them.
func (s *Stage) serveOne(i int, out *PhoneCall, phone *Phone) {
	e, err := s.Events.Wait(s.Ctx, func(e pbx.Event) bool {
		return e.Kind == pbx.CallArrived && e.Arrival.Caller == fmt.Sprintf("139%08d", i)
	})
	if err != nil {
		s.Errorf("call %d did not arrive: %v", i, err)
		return
	}
	leg := pbx.NewLegID(e.Call, phone.User(), 1)
	if err := s.Switch.Ring(s.Ctx, e.Call, pbx.Ring{Leg: leg, Phone: phone.User(), CallerID: e.Arrival.Caller, Timeout: suitePatience}); err != nil {
		s.Errorf("ring %d: %v", i, err)
		return
	}
	s.Accept(leg)
	if _, err := s.Events.Wait(s.Ctx, func(e pbx.Event) bool { return e.Kind == pbx.LegAnswered && e.Leg == leg }); err != nil {
		s.Errorf("call %d was not answered: %v", i, err)
		return
	}
	s.Check(s.Switch.Connect(s.Ctx, e.Call, leg), "connect")
	s.Check(out.WaitAnswered(s.Ctx), "the caller to be answered")
	in, err := phone.WaitInvite(s.Ctx)
	s.Check(err, "the phone's call")
	if err == nil {
		s.Check(out.WaitReceived(s.Ctx, 3), "the caller to hear")
		s.Check(in.WaitReceived(s.Ctx, 3), "the agent to hear")
	}
}
