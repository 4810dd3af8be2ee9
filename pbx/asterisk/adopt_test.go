package asterisk_test

import (
	"slices"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// TestAdoptsAfterCrash leaves a switch with a call in every state, as kill -9 of the process would, and drives all of
// them on with another driver (I9).
func TestAdoptsAfterCrash(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	free, rings1, rings2 := s.Phone("free", pbxtest.Behaviour{}), s.Phone("rings1", pbxtest.Behaviour{}), s.Phone("rings2", pbxtest.Behaviour{})
	picked, talks, parked := s.Phone("picked", pbxtest.Behaviour{}), s.Phone("talks", pbxtest.Behaviour{}), s.Phone("parked", pbxtest.Behaviour{})

	waitingOut, waiting := s.Call()
	_, ringing := s.Call()
	ringLeg, ringIn := s.Ring(ringing, rings1)
	_, otherIn := s.Ring(ringing, rings2)
	s.Told(pbx.LegRinging, ringing, ringLeg)
	answeredOut, answered := s.Call()
	answeredLeg, answeredIn := s.Ring(answered, picked)
	answeredIn.Answer()
	s.Told(pbx.LegAnswered, answered, answeredLeg)
	talkOut, talkIn, talking, _ := s.Talk(talks)
	heldOut, heldIn, held, heldLeg := s.Talk(parked)
	s.Must(s.Switch.Hold(s.Ctx, held), "hold")

	before := map[pbx.CallID]pbx.Call{}
	for _, e := range s.Events.All() {
		if e.Kind == pbx.CallArrived {
			before[e.Call] = *e.Arrival
		}
	}
	s.Abandon()
	began := time.Now()
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("adoption took %s", took)
	}

	want := map[pbx.CallID][]string{
		waiting: nil, ringing: {"rings1 ringing", "rings2 ringing"}, answered: {"picked answered"},
		talking: {"talks connected"}, held: {"parked connected"},
	}
	last := s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchSynced }, "step")
	if len(last.Calls) != len(want) {
		t.Errorf("live calls %v", last.Calls)
	}
	for call, legs := range want {
		e := s.Told(pbx.CallAdopted, call, "")
		if *e.Arrival != before[call] {
			t.Errorf("adopted as\n%+v, arrived as\n%+v", *e.Arrival, before[call])
		}
		var got []string
		for _, leg := range e.Legs {
			got = append(got, leg.Phone+" "+string(leg.State))
		}
		if !slices.Equal(got, legs) {
			t.Errorf("adopted with legs %v, want %v", got, legs)
		}
	}
	order := s.Events.All()
	if order[0].Kind != pbx.SwitchUp {
		t.Errorf("first told: %s", order[0].Kind)
	}

	leg, in := s.Ring(waiting, free)
	in.Answer()
	s.Told(pbx.LegAnswered, waiting, leg)
	s.Must(s.Switch.Connect(s.Ctx, waiting, leg), "connect the one who waited")
	s.Hear(waitingOut, in)

	ringIn.Answer()
	s.Told(pbx.LegAnswered, ringing, ringLeg)
	s.Must(s.Switch.Connect(s.Ctx, ringing, ringLeg), "connect the one who rang")
	s.Must(s.Switch.Release(s.Ctx, ringing, pbx.NewLegID(ringing, "rings2", 2), pbx.LegCancelled), "release the loser")
	s.Gone(otherIn)

	s.Must(s.Switch.Connect(s.Ctx, answered, answeredLeg), "connect the one who was answered")
	s.Hear(answeredOut, answeredIn)

	s.Hear(talkOut, talkIn)
	s.Must(talkIn.HangUp(s.Ctx), "agent hangs up")
	s.Ended(talking, pbx.EndByAgent)

	s.Must(s.Switch.Resume(s.Ctx, held), "resume")
	s.Hear(heldOut, heldIn)
	s.Must(heldOut.HangUp(s.Ctx), "caller hangs up")
	s.LegEnded(held, heldLeg, pbx.LegCallerGone)
}

// TestEndsHalfCalls: while nobody drives, a caller hangs up; the agent's leg would stay up for ever.
func TestEndsHalfCalls(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	out, in, _, _ := s.Talk(s.Phone("half", pbxtest.Behaviour{}))
	s.Abandon()
	s.Must(out.HangUp(s.Ctx), "hang up")
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	s.Gone(in)
	for _, e := range s.Events.All() {
		if e.Kind == pbx.CallAdopted || len(e.Calls) > 0 {
			t.Errorf("a half-call was taken for a call: %+v", e)
		}
	}
	until(t, "the leftover bridge to be gone", func() bool {
		_, bridges := real.ARI("GET", "/bridges", nil)
		return string(bridges) == "[]"
	})
}

// TestManyAdopted: 20 waiting and 20 talking, none dropped, within two seconds.
func TestManyAdopted(t *testing.T) {
	const n = 20
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	var outs []*pbxtest.PhoneCall
	for i := range n {
		out, _, _, _ := s.Talk(s.Phone("talks"+string(rune('a'+i)), pbxtest.Behaviour{}))
		waits, _ := s.Call()
		outs = append(outs, out, waits)
	}
	s.Abandon()
	began := time.Now()
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("adoption took %s", took)
	}
	adopted := 0
	for _, e := range s.Events.All() {
		if e.Kind == pbx.CallAdopted {
			adopted++
		}
	}
	if adopted != 2*n {
		t.Errorf("adopted %d calls, want %d", adopted, 2*n)
	}
	for _, out := range outs {
		if out.Passed(pbxtest.MarkEnded) {
			t.Error("a call was dropped")
		}
	}
}
