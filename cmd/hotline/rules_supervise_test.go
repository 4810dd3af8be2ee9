package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// toned is a phone that says a tone, so that a test can tell in a mix whom somebody hears.
func toned(hz int) pbxtest.Behaviour { return pbxtest.Behaviour{Tone: hz} }

// hears waits until a phone hears each tone.
func hears(h *house.House, who *pbxtest.PhoneCall, tones ...int) {
	for _, hz := range tones {
		h.Wait("a tone is heard", func(ctx context.Context) error { return who.WaitTone(ctx, hz) })
	}
}

// states lists the states of guests in a call's journal.
func states(h *house.House, call, kind string) string {
	var all []string
	for _, e := range h.Journal(call) {
		if e.Kind == kind {
			all = append(all, e.Agent+" "+e.Data["state"])
		}
	}
	return strings.Join(all, ", ")
}

// TestReturnToTheSameAgent: the page of the agent is loaded anew in a talk. The caller hears music, is offered to nobody else,
// and is back with the same agent, who owns the case as before; the verdict stays.
func TestReturnToTheSameAgent(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 1m\n    max_wait: 30m\n    no_agents: 30m\n    return_time: 20s\n"})
	an := h.Agent("an", pbxtest.Behaviour{})
	caller := h.Dial("13900139000", house.DIDMain)
	leg := h.Invite(an)
	h.Answer(caller, leg)
	call := h.LiveFrom("+8613900139000").Call
	number := h.CaseOf(call).Number
	bo := h.Agent("bo", pbxtest.Behaviour{})
	desk := h.Listen(h.As("an"), "?desk=true", "")
	defer desk.Close()

	// The page says so itself; the agent's phone is still registered and is rung at once.
	h.Must("POST", "/api/v1/calls/"+call+"/phone-lost", h.As("an"), nil)
	h.Wait("the caller hears music", func(ctx context.Context) error { return caller.WaitReceived(ctx, 25) })
	pop := desk.WaitFor("pop", `"why":"return"`)
	if !strings.Contains(string(pop.Data), call) {
		t.Errorf("pop %s", pop.Data)
	}
	back := h.Invite(an)
	back.Answer()
	h.Talk(caller, back)
	if n := len(bo.Calls()); n != 0 {
		t.Errorf("bo was rung %d times for a caller who is kept for an", n)
	}
	h.Eventually("an talks again", func() bool { return h.Call(call).Live != nil && h.Call(call).Live.State == "talking" })
	if c := h.Case(number); c.Owner != "an" {
		t.Errorf("the case went to %s", c.Owner)
	}

	// A phone that is gone: half a minute of silence would tell the switch; the page tells at once. Nobody else is rung until
	// the agent signs out.
	an.Unplug()
	h.Must("POST", "/api/v1/calls/"+call+"/phone-lost", h.As("an"), nil)
	h.Wait("the caller hears music again", func(ctx context.Context) error { return caller.WaitReceived(ctx, 25) })
	h.Eventually("the call is kept", func() bool {
		v := h.Call(call).Live
		return v != nil && v.State == "waiting"
	})
	h.Must("POST", "/api/v1/agents/an/state", h.As("an"), map[string]any{"state": "offline"})
	next := h.Invite(bo)
	next.Answer()
	h.Talk(caller, next)
	h.Wait("hang up", caller.HangUp)
	h.Ended("bo's phone", next)
	h.Eventually("the call has ended", func() bool { return !h.Call(call).Ended.IsZero() })
	kinds, events := h.Timeline(call)
	var reasons, verdicts []string
	for i, e := range events {
		if kinds[i] == "unkept" {
			reasons = append(reasons, e.Data["reason"])
		}
		if e.Verdict != nil {
			verdicts = append(verdicts, kinds[i])
		}
	}
	if !slices.Equal(reasons, []string{"answered", "offline"}) || !slices.Equal(verdicts, []string{"answered"}) {
		t.Errorf("unkept %v, verdicts %v", reasons, verdicts)
	}
	if c := h.Case(number); c.Owner != "an" {
		t.Errorf("the case went to %s", c.Owner)
	}
	if v := h.Call(call); v.Agent != "an" || !v.Answered {
		t.Errorf("%+v", v)
	}
}

// TestConferenceAndSupervision: an expert joins, a service manager listens, whispers and takes the call over with a reason.
func TestConferenceAndSupervision(t *testing.T) {
	h := openHouse(t, house.Options{})
	an := h.Agent("an", toned(800))
	caller := h.Dial("13900139000", house.DIDMain)
	leg := h.Invite(an)
	h.Answer(caller, leg)
	call := h.LiveFrom("+8613900139000").Call
	number := h.CaseOf(call).Number
	expert := h.Agent("expert", toned(1150))
	boss := h.Hire("chief", toned(1500), "--role", "supervisor", "--role", "agent") // signed in nowhere
	desk := h.Listen(h.As("an"), "?desk=true", "")
	defer desk.Close()
	path := "/api/v1/calls/" + call

	h.Must("POST", path+"/expert", h.As("an"), map[string]any{"agent": "expert", "note": "printers"})
	third := h.Invite(expert)
	third.Answer()
	hears(h, leg, 1150)
	hears(h, third, 800)
	hears(h, caller, 800, 1150)
	h.Eventually("the expert is busy", func() bool { return h.Presence("expert") == "talking" })

	h.Must("POST", path+"/monitor", h.As("chief"), map[string]any{"mode": "listen"})
	listener := h.Invite(boss)
	listener.Answer()
	hears(h, listener, 800, 1150)
	h.Wait("nobody hears the listener", func(ctx context.Context) error { return caller.NeverTone(ctx, 1500) })
	h.Wait("nobody hears the listener", func(ctx context.Context) error { return leg.NeverTone(ctx, 1500) })
	told := desk.WaitFor("monitored", `"mode":"listen"`)
	if !strings.Contains(string(told.Data), `"by":"chief"`) {
		t.Errorf("the agent is told %s", told.Data)
	}
	h.Must("PATCH", path+"/monitor", h.As("chief"), map[string]any{"mode": "whisper"})
	hears(h, leg, 1500)
	h.Wait("the caller hears no whisper", func(ctx context.Context) error { return caller.NeverTone(ctx, 1500) })
	if status, text := h.Try("POST", path+"/monitor", h.As("an"), map[string]any{"mode": "listen"}); status != http.StatusForbidden {
		t.Errorf("an agent listens: %d %s", status, text)
	}

	h.Must("DELETE", path+"/expert", h.As("an"), nil)
	h.Ended("the expert's phone", third)
	h.Eventually("the expert is ready and wraps nothing up", func() bool { return h.Presence("expert") == "ready" })

	h.Must("POST", path+"/takeover", h.As("chief"), map[string]any{"reason": "the caller despairs"})
	h.Ended("an's phone", leg)
	h.Talk(caller, listener)
	h.Eventually("the case is the chief's", func() bool { return h.Case(number).Owner == "chief" })
	moves := h.Case(number).History
	if last := moves[len(moves)-1]; last.Input != "override" || last.By != "chief" || !strings.Contains(last.Reason, "the caller despairs") {
		t.Errorf("the case moved by %+v", last)
	}
	h.Wait("hang up", caller.HangUp)
	h.Eventually("the call has ended", func() bool { return !h.Call(call).Ended.IsZero() })
	if got, want := states(h, call, "expert"), "expert asked, expert in, expert left"; got != want {
		t.Errorf("expert: %s, want %s", got, want)
	}
	if got, want := states(h, call, "monitored"), "chief asked, chief listen, chief whisper, chief talks"; got != want {
		t.Errorf("monitor: %s, want %s", got, want)
	}
	h.Eventually("the chief stands where they stood", func() bool { return h.Presence("chief") == "offline" })
	var audit struct {
		Items []struct{ Action, Reason string }
	}
	h.Decode(h.Must("GET", "/api/v1/audit?by=chief&limit=200", h.Admin, nil), &audit)
	var actions []string
	for _, e := range audit.Items {
		if strings.HasPrefix(e.Action, "call.monitor") || e.Action == "call.takeover" {
			actions = append(actions, e.Action)
		}
	}
	slices.Sort(actions)
	if !slices.Equal(actions, []string{"call.monitor", "call.monitor", "call.takeover"}) {
		t.Errorf("audit %v", actions)
	}
	for line := range strings.Lines(h.Asterisk.CLI("core show channels concise")) {
		if !strings.Contains(line, "!Down!Stasis!hotline,standby!") { // for the next call
			t.Errorf("left on the switch: %s", line)
		}
	}
}

// TestSkillsChangeAtOnce: a supervisor takes a skill away and gives it back; the next call follows.
func TestSkillsChangeAtOnce(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + "    ladder: [{ring: 1, ring_more: 1, who: best}]\n"})
	h.Agent("an", pbxtest.Behaviour{})
	bo := h.Agent("bo", pbxtest.Behaviour{}, "--skill", "erp=5")
	h.Must("PATCH", "/api/v1/agents/bo/skills", h.Admin, map[string]any{"skills": map[string]int{"erp": 1}, "reason": "exam passed"})
	h.Must("PATCH", "/api/v1/agents/an/skills", h.Admin, map[string]any{"skills": map[string]int{"erp": 9}, "reason": "new to it"})
	for range 2 { // whatever the board still held of before, the second call finds the new order
		caller := h.Dial("13900139000", house.DIDMain)
		if leg := h.Invite(bo); leg == nil {
			t.Fatal("bo is not rung")
		}
		h.Wait("give up", caller.Cancel)
		h.Eventually("bo is ready", func() bool { return h.Presence("bo") == "ready" })
	}
}
