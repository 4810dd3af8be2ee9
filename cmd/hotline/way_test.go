package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"hotline/pbx/pbxtest"
)

// callView is what the tests read of GET /api/v1/calls/{id}.
type callView struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Queue   string `json:"queue"`
	Agent   string `json:"agent"`
	Case    string `json:"case"`
	End     string `json:"end"`
	Verdict *struct {
		Rings    int    `json:"rings"`
		WaitedMS int64  `json:"waited_ms"`
		Met      bool   `json:"met"`
		Answered bool   `json:"answered"`
		Rule     string `json:"rule"`
	} `json:"verdict"`
}

// dial places a call from the trunk and waits until the caller hears ringing.
func (h *house) dial(from, did string) *pbxtest.PhoneCall {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	call, err := h.trunk.Dial(ctx, did, pbxtest.DialOptions{FromUser: from})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := call.WaitRinging(ctx); err != nil {
		h.t.Fatalf("the caller hears no ringing: %v", err)
	}
	return call
}

func (h *house) wait(what string, f func(context.Context) error) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	if err := f(ctx); err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
}

func (h *house) invite(phone *pbxtest.Phone) *pbxtest.PhoneCall {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	call, err := phone.WaitInvite(ctx)
	if err != nil {
		h.t.Fatalf("%s's phone does not ring: %v", phone.User(), err)
	}
	return call
}

// calls lists all calls, newest first.
func (h *house) calls() []callView {
	h.t.Helper()
	var reply struct {
		Items []callView `json:"items"`
	}
	h.Get("/api/v1/calls", &reply)
	return reply.Items
}

func (h *house) call(id string) callView {
	h.t.Helper()
	var v callView
	h.Get("/api/v1/calls/"+id, &v)
	return v
}

// TestTheWayOfACall goes from INVITE to the escalation feed: pop before ring, answer, verdict, owner, wrap-up refused
// without what I4 demands, escalation with its facts, accepted by dispatch, the chain unbroken.
func TestTheWayOfACall(t *testing.T) {
	h := newHouse(t, houseOptions{queue: "    wrapup_limit: 2m\n"})
	phone := h.Agent("li", pbxtest.Behaviour{})
	desk := h.Listen(h.As("li"), "")

	caller := h.Dial("13800138000", didMain)
	pop := desk.wait(t, "the pop", func(e sse) bool { return e.kind == "pop" })
	leg := h.Invite(phone)
	h.Wait("the phone rings", leg.WaitRinging)
	if rang := leg.At(pbxtest.MarkRinging); pop.at.After(rang) {
		t.Errorf("the pop came %v after the phone rang", pop.at.Sub(rang))
	}
	var popped struct {
		ID   string `json:"id"`
		Call string `json:"call"`
		Data struct {
			Number   string    `json:"number"`
			Ring     int       `json:"ring"`
			Ring1    time.Time `json:"ring1"`
			Deadline time.Time `json:"deadline"`
			Why      string    `json:"why"`
		} `json:"data"`
	}
	h.Decode(pop.data, &popped)
	if popped.Data.Number != "13800138000" || popped.Data.Ring != 1 || popped.Data.Why == "" {
		t.Errorf("pop: %s", pop.data)
	}
	if budget := popped.Data.Deadline.Sub(popped.Data.Ring1); budget != 3*ring {
		t.Errorf("the pop's budget is %v", budget)
	}
	h.Must("POST", "/api/v1/pops/"+popped.ID+"/ack", h.As("li"), nil)
	if got := leg.CallerNumber(); got != "13800138000" {
		t.Errorf("the phone shows %q", got)
	}

	leg.Answer()
	h.Wait("the caller is answered", caller.WaitAnswered)
	h.Wait("the agent hears the caller", func(ctx context.Context) error { return leg.WaitHears(ctx, caller) })
	h.Wait("the caller hears the agent", func(ctx context.Context) error { return caller.WaitHears(ctx, leg) })
	owned := desk.wait(t, "owning", func(e sse) bool { return e.kind == "owned" })
	var own struct {
		Data struct{ Case, Owner string } `json:"data"`
	}
	h.Decode(owned.data, &own)
	if own.Data.Case == "" || own.Data.Owner != "li" {
		t.Fatalf("owned: %s", owned.data)
	}
	v := h.Call(popped.Call)
	if v.Verdict == nil || !v.Verdict.Met || v.Verdict.Rings != 1 || v.Verdict.Rule == "" || v.Agent != "li" {
		t.Errorf("the call stands as %+v", v)
	}

	h.Wait("hanging up", caller.HangUp)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })

	status, text := h.Try("POST", "/api/v1/calls/"+popped.Call+"/wrapup", h.As("li"), map[string]any{"outcome": "remote"})
	if status != 422 {
		t.Errorf("a wrap-up without contact and without telling the customer: %d %s", status, text)
	}
	h.Must("POST", "/api/v1/calls/"+popped.Call+"/wrapup", h.As("li"), h.remoteWrapUp())
	h.Eventually("li is ready again", func() bool { return h.Presence("li") == "ready" })

	var feed struct {
		Items []struct {
			Seq        int64           `json:"seq"`
			Escalation json.RawMessage `json:"escalation"`
		} `json:"items"`
	}
	h.Get("/api/v1/escalations?after=0", &feed)
	if len(feed.Items) != 1 {
		t.Fatalf("the feed has %d entries", len(feed.Items))
	}
	h.Run("verify")
	h.Stop()
}

// remoteWrapUp has everything that I4 asks of an escalation to remote service.
func (h *house) remoteWrapUp() map[string]any {
	return map[string]any{
		"outcome": "remote", "situation": "Server does not boot after the update",
		"contact_confirmed": true, "contact_name": "王芳", "contact_number": "13800138000", "region": "广东",
		"told":             map[string]any{"means": "remote session", "time": "today 16:00", "procedure": "port is opened together"},
		"promised_respond": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}
}

// TestTheLadderWidensInsideTheBudget rings one phone in ring 1, two more in ring 2, everyone and the manager in ring 3,
// and stops none of those that ring.
func TestTheLadderWidensInsideTheBudget(t *testing.T) {
	h := newHouse(t, houseOptions{queue: plainQueue + "    ring_no_answer: 30s\n"})
	var phones []*pbxtest.Phone
	for _, login := range []string{"an", "bo", "cai", "ding"} {
		phones = append(phones, h.Agent(login, pbxtest.Behaviour{}))
	}
	manager := h.Agent("wang", pbxtest.Behaviour{}, "--role", "supervisor", "--skill", "erp=1")

	caller := h.Dial("13800138000", didMain)
	start := caller.At(pbxtest.MarkRinging)
	var legs []*pbxtest.PhoneCall
	for _, p := range append(phones, manager) {
		legs = append(legs, h.Invite(p))
	}
	byRing := map[int]int{}
	for _, leg := range legs {
		byRing[int(leg.At(pbxtest.MarkInvite).Sub(start)/ring)+1]++
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
		h.Wait("a loser stops ringing", func(ctx context.Context) error { _, err := leg.WaitEnded(ctx); return err })
	}
	h.Eventually("the verdict says ring 3, promise kept", func() bool {
		c := h.Calls()
		return len(c) == 1 && c[0].Verdict != nil && c[0].Verdict.Rings == 3 && c[0].Verdict.Met && c[0].Agent == "wang"
	})
}

// TestTwoAnswersInOneMillisecond lets two phones pick up at once, ten times: one gets the caller, the other is told.
func TestTwoAnswersInOneMillisecond(t *testing.T) {
	h := newHouse(t, houseOptions{queue: plainQueue + "    strategy: ring_all\n    ladder: [{ring: 1, ring_more: 0, who: everyone}]\n"})
	a, b := h.Agent("an", pbxtest.Behaviour{}), h.Agent("bo", pbxtest.Behaviour{})
	for range 10 {
		barrier := make(chan struct{})
		a.SetBehaviour(pbxtest.Behaviour{Answer: true, Barrier: barrier})
		b.SetBehaviour(pbxtest.Behaviour{Answer: true, Barrier: barrier})
		caller := h.Dial("13800138000", didMain)
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
		h.Wait("the winner's phone is free", func(ctx context.Context) error { _, err := winner.WaitEnded(ctx); return err })
		h.Eventually("both are ready", func() bool { return h.Presence("an") == "ready" && h.Presence("bo") == "ready" })
	}
}
