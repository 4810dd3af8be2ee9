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

// TestHandOverOfALiveCall keeps I2 while people talk: a receiver who declines or lets it ring leaves talk and case where
// they are; one who picks up gets both, and both are on record, whether it was offered to a person, a queue or the manager.
func TestHandOverOfALiveCall(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue: house.PlainQueue + "    handover_time: 2s\n    ladder: [{ring: 1, ring_more: 1, who: best}]\n",
	})
	an := h.Agent("an", pbxtest.Behaviour{})
	caller := h.Dial("13900139000", house.DIDMain)
	anLeg := h.Invite(an)
	h.Answer(caller, anLeg)
	call := h.LiveFrom("+8613900139000").Call
	number := h.CaseOf(call).Number
	bo := h.Agent("bo", pbxtest.Behaviour{})
	wang := h.Agent("wang", pbxtest.Behaviour{}, "--role", "supervisor", "--skill", "erp=1")
	hand := func(from string, to map[string]any) {
		t.Helper()
		to["note"] = "please take it"
		h.Must("POST", "/api/v1/calls/"+call+"/handover", h.As(from), to)
	}
	stays := func(why string) {
		t.Helper()
		h.Eventually("the hand-over is over: "+why, func() bool {
			kinds, events := h.Timeline(call)
			last := slices.Index(kinds, "handback")
			for i, k := range kinds {
				if k == "handback" {
					last = i
				}
			}
			return last >= 0 && events[last].Data["outcome"] == why && !slices.Contains(kinds[last:], "handover")
		})
		h.Talk(caller, anLeg)
		if c := h.Case(number); c.Owner != "an" {
			t.Errorf("%s: the case went to %s", why, c.Owner)
		}
		h.Eventually("bo is ready", func() bool { return h.Presence("bo") == "ready" })
	}

	for _, bad := range []struct {
		from   string
		to     map[string]any
		status int
	}{
		{"bo", map[string]any{"agent": "wang"}, http.StatusForbidden},
		{"an", map[string]any{"agent": "nobody"}, http.StatusNotFound},
		{"an", map[string]any{"agent": "500&PJSIP/trunk/00123"}, http.StatusNotFound},
		{"an", map[string]any{"queue": "nowhere"}, http.StatusNotFound},
		{"an", map[string]any{"agent": "an"}, http.StatusConflict},
		{"an", map[string]any{"agent": "bo", "manager": true}, http.StatusUnprocessableEntity},
		{"an", map[string]any{}, http.StatusUnprocessableEntity},
	} {
		if status, text := h.Try("POST", "/api/v1/calls/"+call+"/handover", h.As(bad.from), bad.to); status != bad.status {
			t.Errorf("%s hands over to %v: %d %s", bad.from, bad.to, status, text)
		}
	}

	hand("an", map[string]any{"agent": "bo"})
	h.Invite(bo).Decline(603)
	stays("declined")
	hand("an", map[string]any{"agent": "bo"})
	leg := h.Invite(bo)
	h.Ended("bo's phone stops after handover_time", leg)
	stays("returned")

	// A person picks up.
	hand("an", map[string]any{"agent": "bo"})
	boLeg := h.Invite(bo)
	boLeg.Answer()
	h.Wait("the caller hears bo", func(ctx context.Context) error { return caller.WaitHears(ctx, boLeg) })
	h.Ended("an's phone is let go", anLeg)
	owner := func(want string) {
		t.Helper()
		h.Eventually("the case is "+want+"'s", func() bool { return h.Case(number).Owner == want })
		h.Eventually(want+" is the one who talks", func() bool { return h.Call(call).Live != nil && h.Call(call).Live.Agent == want })
	}
	owner("bo")
	// A queue: whoever is free there.
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
	hand("bo", map[string]any{"queue": "main"})
	anLeg = h.Invite(an)
	anLeg.Answer()
	h.Wait("the caller hears an", func(ctx context.Context) error { return caller.WaitHears(ctx, anLeg) })
	h.Ended("bo's phone is let go", boLeg)
	owner("an")
	// The service manager.
	hand("an", map[string]any{"manager": true})
	wangLeg := h.Invite(wang)
	wangLeg.Answer()
	h.Wait("the caller hears the manager", func(ctx context.Context) error { return caller.WaitHears(ctx, wangLeg) })
	h.Ended("an's phone is let go", anLeg)
	owner("wang")

	var moves []string
	for _, e := range h.Case(number).History {
		if e.Input == "accept" {
			moves = append(moves, e.OldOwner+">"+e.NewOwner+" by "+e.By)
		}
	}
	if got := strings.Join(moves, ", "); got != "an>bo by bo, bo>an by an, an>wang by wang" {
		t.Errorf("the history tells of the moves %s", got)
	}
	kinds, _ := h.Timeline(call)
	count := func(kind string) (n int) {
		for _, k := range kinds {
			if k == kind {
				n++
			}
		}
		return n
	}
	if count("handover") != 5 || count("handback") != 2 || count("handtaken") != 3 {
		t.Errorf("the journal tells %v", kinds)
	}
	v := h.Call(call)
	if v.Agent != "an" || v.Rings != 1 || !v.Met {
		t.Errorf("a hand-over changed the verdict: %+v", v)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Ended("the manager's phone is free", wangLeg)

	caseHandOver(t, h, number)
	comesBack(t, h, an, bo)
	h.Run("verify")
	h.Stop()
}

// comesBack: the talker hangs up before anybody accepts. The caller is kept, and when nobody accepts they come back to the
// owner of their case, before everybody else.
func comesBack(t *testing.T, h *house.House, an, bo *pbxtest.Phone) {
	t.Helper()
	ready := func() bool { return h.Presence("an") == "ready" && h.Presence("bo") == "ready" }
	h.Eventually("an and bo are ready", ready)
	h.State("bo", "paused")
	caller := h.Dial("13700137000", house.DIDMain)
	leg := h.Invite(an)
	h.Answer(caller, leg)
	call := h.LiveFrom("+8613700137000").Call
	number := h.CaseOf(call).Number
	h.Ready("bo")
	h.Must("POST", "/api/v1/calls/"+call+"/handover", h.As("an"), map[string]any{"agent": "bo"})
	asked := h.Invite(bo)
	h.Wait("an hangs up", leg.HangUp)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
	if caller.Passed(pbxtest.MarkEnded) {
		t.Fatal("the caller was dropped while bo was still asked")
	}
	asked.Decline(603)
	back := h.Invite(an)
	if got := back.CallerNumber(); got != "13700137000" {
		t.Errorf("an is rung for %s", got)
	}
	h.Answer(caller, back)
	if c := h.CaseOf(call); c.Number != number || c.Owner != "an" {
		t.Errorf("come back the case is %+v", c)
	}
	if v := h.Call(call); v.Rings != 1 || !v.Met || v.Agent != "an" {
		t.Errorf("coming back changed the verdict: %+v", v)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Eventually("an and bo are ready", ready)
}

// caseHandOver goes on with the case alone: offered, returned, accepted; a manager's override needs a reason and is audited.
func caseHandOver(t *testing.T, h *house.House, number string) {
	t.Helper()
	offer := func(from, to string) (id string) {
		t.Helper()
		var offered struct{ ID string }
		h.Decode(h.Must("POST", "/api/v1/cases/"+number+"/handovers", h.As(from), map[string]any{
			"kind": "agent", "name": to, "note": "yours",
		}), &offered)
		return offered.ID
	}
	id := offer("wang", "an")
	if c := h.Case(number); c.Owner != "wang" {
		t.Errorf("offered only, the case is %s's", c.Owner)
	}
	if status, text := h.Try("POST", "/api/v1/handovers/"+id+"/accept", h.As("bo"), nil); status != http.StatusForbidden {
		t.Errorf("bo accepts what was offered to an: %d %s", status, text)
	}
	h.Must("POST", "/api/v1/handovers/"+id+"/return", h.As("an"), nil)
	if c := h.Case(number); c.Owner != "wang" {
		t.Errorf("returned, the case is %s's", c.Owner)
	}
	if status, text := h.Try("POST", "/api/v1/handovers/"+id+"/accept", h.As("an"), nil); status != http.StatusConflict {
		t.Errorf("an accepts what was returned: %d %s", status, text)
	}
	h.Must("POST", "/api/v1/handovers/"+offer("wang", "an")+"/accept", h.As("an"), nil)
	if c := h.Case(number); c.Owner != "an" {
		t.Errorf("accepted, the case is %s's", c.Owner)
	}
	if status, text := h.Try("POST", "/api/v1/cases/"+number+"/handovers", h.As("bo"), map[string]any{
		"kind": "agent", "name": "bo",
	}); status < 400 || status > 499 {
		t.Errorf("bo takes a case that is not theirs: %d %s", status, text)
	}

	override := "/api/v1/cases/" + number + "/owner"
	if status, text := h.Try("POST", override, h.As("bo"), map[string]any{"to": "bo", "reason": "x"}); status != http.StatusForbidden {
		t.Errorf("an agent overrides: %d %s", status, text)
	}
	if status, text := h.Try("POST", override, h.Admin, map[string]any{"to": "bo"}); status != http.StatusUnprocessableEntity {
		t.Errorf("an override without reason: %d %s", status, text)
	}
	h.Must("POST", override, h.Admin, map[string]any{"to": "bo", "reason": "an is ill"})
	c := h.Case(number)
	last := c.History[len(c.History)-1]
	if c.Owner != "bo" || last.Input != "override" || last.By != "boss" || last.Reason != "an is ill" || last.OldOwner != "an" {
		t.Errorf("after the override: %s, %+v", c.Owner, last)
	}
	var audit struct {
		Items []struct{ By, Action, Object, Reason string } `json:"items"`
	}
	h.Get("/api/v1/audit?limit=200", &audit)
	if !slices.ContainsFunc(audit.Items, func(e struct{ By, Action, Object, Reason string }) bool {
		return e.By == "boss" && e.Object == number && e.Reason == "an is ill"
	}) {
		t.Errorf("the audit log does not tell of the override: %+v", audit.Items)
	}
}
