package main

import (
	"context"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestTheWayOfACall goes from INVITE to the escalation feed: pop before ring, answer, verdict, owner, a wrap-up refused
// without what I4 demands, the escalation with its facts, accepted by dispatch, the chain unbroken.
func TestTheWayOfACall(t *testing.T) {
	t.Parallel()
	for name, o := range bothSwitches() {
		t.Run(name, func(t *testing.T) {
			o.Queue = "    wrapup_limit: 2m\n"
			theWayOfACall(t, openHouse(t, o))
		})
	}
}

// bothSwitches are a house behind an Asterisk with a Redis, and one that is a single process.
func bothSwitches() map[string]house.Options {
	return map[string]house.Options{"asterisk": {}, "embedded": {Embedded: true}}
}

func theWayOfACall(t *testing.T, h *house.House) {
	phone := h.Agent("li", pbxtest.Behaviour{})
	desk := h.Listen(h.As("li"), "?desk=true", "")

	caller := h.Dial("13800138000", house.DIDMain)
	pushed := desk.Wait("pop")
	leg := h.Invite(phone)
	h.Wait("the phone rings", leg.WaitRinging)
	var popped struct {
		ID   string    `json:"id"`
		At   time.Time `json:"at"` // when it was pushed
		Call string    `json:"call"`
		Data pop       `json:"data"`
	}
	h.Decode(pushed.Data, &popped)
	if rang := leg.At(pbxtest.MarkInvite); !popped.At.Before(rang) {
		t.Errorf("the pop was pushed %v after the phone was rung", popped.At.Sub(rang))
	}
	if p := popped.Data; p.Number != "13800138000" || p.Ring != 1 || p.Why == "" || p.Deadline.Sub(p.Ring1) != 3*house.Ring {
		t.Errorf("the pop says %s", pushed.Data)
	}
	h.Must("POST", "/api/v1/pops/"+popped.ID+"/ack", h.As("li"), nil)
	if got := leg.CallerNumber(); got != "13800138000" {
		t.Errorf("the phone shows %q", got)
	}

	leg.Answer()
	h.Wait("the caller is answered", caller.WaitAnswered)
	h.Talk(caller, leg)
	var owned struct {
		Data struct {
			Number string `json:"number"`
			Owner  string `json:"owner"`
		} `json:"data"`
	}
	// The stream tells of it twice: to the desk, and, as an event of the queue, to everybody.
	h.Decode(desk.WaitFor("owned", `"number"`).Data, &owned)
	if owned.Data.Number == "" || owned.Data.Owner != "li" {
		t.Fatalf("the desk is told that the case is %+v", owned.Data)
	}
	v := h.Call(popped.Call)
	if !v.Answered || !v.Met || v.Rings != 1 || v.Rule != "three-rings/1 400ms+600ms x3" || v.Agent != "li" {
		t.Errorf("the call stands as %+v", v)
	}

	h.Wait("hanging up", caller.HangUp)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
	wrapUp := "/api/v1/calls/" + popped.Call + "/wrapup"
	if status, text := h.Try("POST", wrapUp, h.As("li"), map[string]any{"outcome": "remote"}); status != 422 {
		t.Errorf("a wrap-up without contact and without telling the customer: %d %s", status, text)
	}
	h.Must("POST", wrapUp, h.As("li"), remoteWrapUp())
	h.Eventually("li is ready again", func() bool { return h.Presence("li") == "ready" })

	var feed struct {
		Items []struct {
			Seq        int64  `json:"seq"`
			Change     string `json:"change"`
			Escalation struct {
				ID, Kind, Case, State string
				Version               int64
			} `json:"escalation"`
		} `json:"items"`
	}
	h.Get("/api/v1/escalations?after=0", &feed)
	if len(feed.Items) != 1 || feed.Items[0].Escalation.Case != owned.Data.Number || feed.Items[0].Escalation.Kind != "remote" {
		t.Fatalf("the feed has %+v", feed.Items)
	}
	h.Run("verify")
	h.Stop()
}

// remoteWrapUp has everything that I4 asks of an escalation to remote service.
func remoteWrapUp() map[string]any {
	return map[string]any{"outcome": "remote", "escalation": map[string]any{
		"situation": "The server does not start after the update.",
		"contact":   map[string]any{"name": "王芳", "number": "13800138000", "confirmed": true},
		"told":      map[string]any{"means": "remote session", "at": time.Now().Add(time.Hour), "procedure": "we open the port together"},
		"region":    "广东",
	}}
}

// TestTheLadderWidensInsideTheBudget rings one phone in ring 1, two more in ring 2, everyone and the manager in ring 3,
// and stops none of those that ring.
func TestTheLadderWidensInsideTheBudget(t *testing.T) {
	t.Parallel()
	for name, o := range bothSwitches() {
		t.Run(name, func(t *testing.T) {
			o.Queue = house.PlainQueue + "    ring_no_answer: 30s\n"
			theLadderWidensInsideTheBudget(t, openHouse(t, o))
		})
	}
}

func theLadderWidensInsideTheBudget(t *testing.T, h *house.House) {
	var phones []*pbxtest.Phone
	for _, login := range []string{"an", "bo", "cai", "ding"} {
		phones = append(phones, h.Agent(login, pbxtest.Behaviour{}))
	}
	phones = append(phones, h.Agent("wang", pbxtest.Behaviour{}, "--role", "supervisor", "--skill", "erp=1"))

	caller := h.Dial("13800138000", house.DIDMain)
	start := caller.At(pbxtest.MarkRinging)
	var legs []*pbxtest.PhoneCall
	byRing := map[int]int{}
	for _, p := range phones {
		leg := h.Invite(p)
		legs = append(legs, leg)
		byRing[int(leg.At(pbxtest.MarkInvite).Sub(start)/house.Ring)+1]++
	}
	if byRing[1] != 1 || byRing[2] != 2 || byRing[3] != 2 {
		t.Errorf("phones that began to ring, by ring: %v; want 1, 2 and 2", byRing)
	}
	for _, leg := range legs {
		if leg.Passed(pbxtest.MarkEnded) {
			t.Error("a phone stopped ringing before anybody answered")
		}
	}
	legs[4].Answer()
	h.Wait("the caller is answered", caller.WaitAnswered)
	for _, leg := range legs[:4] {
		h.Ended("a loser stops ringing", leg)
	}
	h.Eventually("the verdict says ring 3, promise kept", func() bool {
		c := h.Calls()
		return len(c) == 1 && c[0].Answered && c[0].Rings == 3 && c[0].Met && c[0].Agent == "wang"
	})
}

// TestTwoAnswersInOneMillisecond lets two phones pick up at once, ten times: one gets the caller, the other is let go.
func TestTwoAnswersInOneMillisecond(t *testing.T) {
	t.Parallel()
	for name, o := range bothSwitches() {
		t.Run(name, func(t *testing.T) {
			o.Queue = house.PlainQueue + "    strategy: ring_all\n    ladder: [{ring: 1, ring_more: 0, who: everyone}]\n"
			twoAnswersInOneMillisecond(t, openHouse(t, o))
		})
	}
}

func twoAnswersInOneMillisecond(t *testing.T, h *house.House) {
	a, b := h.Agent("an", pbxtest.Behaviour{}), h.Agent("bo", pbxtest.Behaviour{})
	for range 10 {
		barrier := make(chan struct{})
		a.SetBehaviour(pbxtest.Behaviour{Answer: true, Barrier: barrier})
		b.SetBehaviour(pbxtest.Behaviour{Answer: true, Barrier: barrier})
		caller := h.Dial("13800138000", house.DIDMain)
		legs := []*pbxtest.PhoneCall{h.Invite(a), h.Invite(b)}
		for _, leg := range legs {
			h.Wait("both ring", leg.WaitRinging)
		}
		close(barrier)
		h.Wait("the caller is answered", caller.WaitAnswered)
		h.Eventually("one of the two is let go", func() bool {
			return legs[0].Passed(pbxtest.MarkEnded) != legs[1].Passed(pbxtest.MarkEnded)
		})
		winner := legs[0]
		if winner.Passed(pbxtest.MarkEnded) {
			winner = legs[1]
		}
		h.Wait("the winner hears the caller", func(ctx context.Context) error { return winner.WaitHears(ctx, caller) })
		h.Wait("hanging up", caller.HangUp)
		h.Ended("the winner's phone is free", winner)
		h.Eventually("both are ready", func() bool { return h.Presence("an") == "ready" && h.Presence("bo") == "ready" })
	}
}
