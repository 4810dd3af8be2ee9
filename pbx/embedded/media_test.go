package embedded_test

import (
	"errors"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// webStage is a stage whose phones and callers are browsers.
func webStage(t *testing.T) (*pbxtest.Stage, string) {
	t.Helper()
	sw := newSwitch(t, embedded.Options{})
	h := harness(sw)
	h.Websocket = serveWebsocket(t, sw)
	return pbxtest.NewStage(t, h), h.Websocket
}

// TestAgentsPageCloses: the agent's browser vanishes in a talk. The phone is down at once, the leg ended, the caller kept on
// hold, and the next agent connected by re-INVITE.
func TestAgentsPageCloses(t *testing.T) {
	s, _ := webStage(t)
	s.Provision("li")
	agent := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "li", Secret: "secret-li", Websocket: s.Websocket, IP: s.PhoneIP})
	out, _, call, leg := s.Talk(agent)
	agent.Cut()
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneDown && e.Phone == "li" }, "the phone to be down")
	s.LegEnded(call, leg, pbx.LegUnreachable)
	s.Must(out.WaitHeld(s.Ctx), "the caller to be put on hold")
	if out.Passed(pbxtest.MarkEnded) {
		t.Fatal("the caller was dropped with the agent's page")
	}
	second, in := s.Ring(call, s.Phone("wang", pbxtest.Behaviour{}))
	in.Answer()
	s.Told(pbx.LegAnswered, call, second)
	s.Must(s.Switch.Connect(s.Ctx, call, second), "connect the next")
	s.Hear(out, in)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
}

// TestAgentsPageClosesWhileRinging: a page that closes while it rings ends its leg; the caller hears on ringing.
func TestAgentsPageClosesWhileRinging(t *testing.T) {
	s, _ := webStage(t)
	s.Provision("li")
	agent := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "li", Secret: "secret-li", Websocket: s.Websocket, IP: s.PhoneIP})
	out, call := s.Call()
	leg, _ := s.Ring(call, agent)
	s.Told(pbx.LegRinging, call, leg)
	agent.Cut()
	s.LegEnded(call, leg, pbx.LegUnreachable)
	if out.Passed(pbxtest.MarkEnded) {
		t.Error("the caller was dropped")
	}
}

// TestCallersPageCloses: waiting it is an abandon, talking the caller's hang-up.
func TestCallersPageCloses(t *testing.T) {
	s, address := webStage(t)
	agent := s.Phone("li", pbxtest.Behaviour{})
	for _, talking := range []bool{false, true} {
		page := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13900000001", Websocket: address, IP: s.TrunkIP})
		before := s.Events.Len()
		_, err := page.Dial(s.Ctx, did, pbxtest.DialOptions{})
		s.Must(err, "dial")
		e, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
		s.Must(err, "the call to arrive")
		if !talking {
			page.Cut()
			s.Ended(e.Call, pbx.EndAbandoned)
			continue
		}
		leg, in := s.Ring(e.Call, agent)
		in.Answer()
		s.Told(pbx.LegAnswered, e.Call, leg)
		s.Must(s.Switch.Connect(s.Ctx, e.Call, leg), "connect")
		page.Cut()
		s.Ended(e.Call, pbx.EndByCaller)
		s.LegEnded(e.Call, leg, pbx.LegCallerGone)
		s.Gone(in)
	}
}

// TestBrowserAndDeskPhone: the two speak different kinds of voice. Ring says so before anything rings.
func TestBrowserAndDeskPhone(t *testing.T) {
	sw := newSwitch(t, embedded.Options{})
	h := harness(sw)
	address := serveWebsocket(t, sw)
	s := pbxtest.NewStage(t, h)
	desk := s.Phone("desk", pbxtest.Behaviour{})
	s.Provision("page")
	pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "page", Secret: "secret-page", Websocket: address, IP: s.PhoneIP})
	browser := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13900000001", Websocket: address, IP: s.TrunkIP})

	out, byPhone := s.Call()
	before := s.Events.Len()
	web, err := browser.Dial(s.Ctx, did, pbxtest.DialOptions{})
	s.Must(err, "dial")
	e, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
	s.Must(err, "the browser's call to arrive")
	for call, phone := range map[pbx.CallID]string{byPhone: "page", e.Call: "desk"} {
		err := s.Switch.Ring(s.Ctx, call, pbx.Ring{Leg: pbx.NewLegID(call, phone, 1), Phone: phone, Timeout: time.Second})
		var why pbx.Unsupported
		if !errors.Is(err, pbx.ErrUnsupported) || !errors.As(err, &why) || why.Code != "embedded-media" || why.Do == "" {
			t.Errorf("ring %s: %v", phone, err)
		}
	}
	if len(desk.Calls()) != 0 {
		t.Error("the desk phone rang for a browser")
	}
	// Nobody was dropped over it, and the fitting one still works.
	leg, in := s.Ring(byPhone, desk)
	in.Answer()
	s.Told(pbx.LegAnswered, byPhone, leg)
	s.Must(s.Switch.Connect(s.Ctx, byPhone, leg), "connect")
	s.Hear(out, in)
	s.Must(web.Cancel(s.Ctx), "give up")
	s.Ended(e.Call, pbx.EndAbandoned)
}

// TestDelayedOffer: a caller whose INVITE has no SDP gets the phone's offer and answers in its ACK.
func TestDelayedOffer(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	agent := s.Phone("li", pbxtest.Behaviour{})
	before := s.Events.Len()
	out, err := s.Caller.Dial(s.Ctx, did, pbxtest.DialOptions{NoOffer: true})
	s.Must(err, "dial")
	e, err := s.Events.WaitFrom(s.Ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
	s.Must(err, "the call to arrive")
	leg, in := s.Ring(e.Call, agent)
	if len(in.Invite.Body()) != 0 {
		t.Error("the phone got an offer that nobody made")
	}
	in.Answer()
	s.Told(pbx.LegAnswered, e.Call, leg)
	s.Must(s.Switch.Connect(s.Ctx, e.Call, leg), "connect")
	s.Hear(out, in)
}

// TestManyContacts: an account's phones all ring; who answers stops the others.
func TestManyContacts(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	one := s.Phone("li", pbxtest.Behaviour{})
	two := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "li", Secret: "secret-li", Server: s.SIPAddr, IP: "127.0.0.4"})
	out, call := s.Call()
	leg, first := s.Ring(call, one)
	second, err := two.WaitInvite(s.Ctx)
	s.Must(err, "the second to ring")
	second.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	if end := s.Gone(first); end.Code != 487 {
		t.Errorf("the first ended with %d", end.Code)
	}
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Hear(out, second)

	// One that declines for all ends the leg; one that is busy does not.
	_, call = s.Call()
	one.SetBehaviour(pbxtest.Behaviour{Decline: 486})
	leg, _ = s.Ring(call, one)
	in, err := two.WaitInvite(s.Ctx)
	s.Must(err, "the second to ring on")
	s.Must(in.WaitRinging(s.Ctx), "it to ring")
	in.Decline(603)
	s.LegEnded(call, leg, pbx.LegDeclined)
}

// TestHandOverKeepsOrigin: to the caller the switch is one and the same peer, whoever talks behind it (RFC 3264 §8).
func TestHandOverKeepsOrigin(t *testing.T) {
	s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
	a, b := s.Phone("gives", pbxtest.Behaviour{}), s.Phone("takes", pbxtest.Behaviour{})
	out, _, call, _ := s.Talk(a)
	second, other := s.Ring(call, b)
	other.Answer()
	s.Told(pbx.LegAnswered, call, second)
	s.Must(s.Switch.Connect(s.Ctx, call, second), "connect")
	s.Hear(out, other)
	s.Must(s.Switch.Hold(s.Ctx, call), "hold")
	s.Must(s.Switch.Resume(s.Ctx, call), "resume")
	var user, id string
	var version uint64
	for n, sdp := range out.HeardSDPs() {
		u, i, v := originOf(t, sdp)
		if n > 0 && (u != user || i != id || v <= version) {
			t.Errorf("SDP %d comes from %s %s %d after %s %s %d", n, u, i, v, user, id, version)
		}
		user, id, version = u, i, v
	}
	if len(out.HeardSDPs()) != 4 {
		t.Errorf("the caller got %d SDPs, want 4: answer, hand-over, hold, resume", len(out.HeardSDPs()))
	}
}
