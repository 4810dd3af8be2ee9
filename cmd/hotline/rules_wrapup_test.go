package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestWrapUpEndsOnlyAsPermitted keeps I4: each outcome with exactly its fields, every missing one refused and named, nobody
// else's wrap-up, and a time-out that leaves the case open with its owner and tells the manager.
func TestWrapUpEndsOnlyAsPermitted(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 4s\n    max_wait: 30m\n    no_agents: 30m\n" +
		"    ladder: [{ring: 1, ring_more: 1, who: best}]\n"})
	an := h.Agent("an", pbxtest.Behaviour{Answer: true})
	h.Hire("bo", pbxtest.Behaviour{})
	n := 0
	talk := func() (call, number string) {
		t.Helper()
		n++
		from := fmt.Sprintf("1380013%04d", n)
		caller := h.Dial(from, house.DIDMain)
		h.Wait("the caller is answered", caller.WaitAnswered)
		call = h.LiveFrom("+86" + from).Call
		number = h.CaseOf(call).Number
		h.Wait("hanging up", caller.HangUp)
		h.Ended("an's phone is free", h.Invite(an))
		h.Eventually("an wraps up", func() bool { return h.Presence("an") == "wrapup" })
		return call, number
	}

	call, number := talk()
	h.Must("POST", "/api/v1/calls/"+call+"/wrapup/extend", h.As("an"), map[string]any{"seconds": 600})
	wrapUp := "/api/v1/calls/" + call + "/wrapup"
	hour := time.Now().Add(time.Hour)
	outcomes := []struct {
		outcome, part string
		facts         map[string]any
		fields        []string // each is missed when it is left out
		state         string
		closed        bool
	}{
		{
			"solved", "solved",
			map[string]any{"solution": "restarted", "confirmed": true},
			[]string{"solution", "confirmed"},
			"solved", true,
		},
		{
			"remote", "escalation", escalated(hour),
			[]string{"situation", "contact.name", "contact.number", "contact.confirmed", "told.means", "told.at", "told.procedure"},
			"escalated", false,
		},
		{
			"onsite", "escalation", escalated(hour),
			[]string{"situation", "contact.name", "contact.number", "contact.confirmed", "told.means", "told.at", "told.procedure"},
			"escalated", false,
		},
		{
			"referred", "referral",
			map[string]any{"department": "sales", "accepted_by": "Zhao", "accepted_at": time.Now()},
			[]string{"department", "accepted_by", "accepted_at"},
			"referred", true,
		},
		{"callback", "callback", map[string]any{"at": hour}, []string{"at"}, "callback", false},
	}
	refused := func(body map[string]any, field string) {
		t.Helper()
		status, text := h.Try("POST", wrapUp, h.As("an"), body)
		if status != http.StatusUnprocessableEntity || !strings.Contains(string(text), field) {
			t.Errorf("%v without %s: %d %s", body["outcome"], field, status, text)
		}
		if h.Presence("an") != "wrapup" {
			t.Fatalf("a refused wrap-up ended the agent's: %s", h.Presence("an"))
		}
	}
	refused(map[string]any{}, "outcome")
	refused(map[string]any{"outcome": "gone"}, "outcome")
	for _, o := range outcomes {
		for _, field := range o.fields {
			refused(map[string]any{"outcome": o.outcome, o.part: without(o.facts, field)}, o.part+"."+field)
		}
		wrong := "solved"
		if o.part == "solved" {
			wrong = "callback"
		}
		refused(map[string]any{"outcome": wrong, o.part: o.facts}, wrong+".")
	}
	if status, text := h.Try("POST", wrapUp, h.As("bo"), map[string]any{"outcome": "solved", "solved": outcomes[0].facts}); status != http.StatusForbidden {
		t.Errorf("bo wraps up an's call: %d %s", status, text)
	}
	if c := h.Case(number); c.State != "open" || c.Owner != "an" {
		t.Errorf("refused wrap-ups changed the case: %+v", c)
	}
	for i, o := range outcomes {
		if i > 0 {
			call, number = talk()
		}
		h.Must("POST", "/api/v1/calls/"+call+"/wrapup", h.As("an"), map[string]any{"outcome": o.outcome, o.part: o.facts})
		h.Eventually("an is ready after "+o.outcome, func() bool { return h.Presence("an") == "ready" })
		if c := h.Case(number); c.State != o.state || c.Owner != "an" || c.Closed.IsZero() == o.closed {
			t.Errorf("%s leaves the case as %+v", o.outcome, c)
		}
	}
	var callbacks struct {
		Items []struct{ Case, State string } `json:"items"`
	}
	h.Get("/api/v1/callbacks", &callbacks)
	if len(callbacks.Items) != 1 || callbacks.Items[0].Case != number || callbacks.Items[0].State != "open" {
		t.Errorf("the promised call back stands as %+v", callbacks.Items)
	}

	// Nobody wraps up in time.
	call, number = talk()
	h.Eventually("the time is over", func() bool { return h.Presence("an") == "paused" })
	if c := h.Case(number); c.State != "open" || c.Owner != "an" || !c.Closed.IsZero() {
		t.Errorf("the time-out left the case as %+v", c)
	}
	h.Eventually("the manager is told", func() bool {
		return slices.ContainsFunc(h.Notices("wrapup-timeout"), func(n house.Notice) bool { return n.Login == "an" && n.Call == call })
	})
	// It can still be done afterwards.
	h.Must("POST", "/api/v1/calls/"+call+"/wrapup", h.As("an"), map[string]any{"outcome": "solved", "solved": outcomes[0].facts})
	if c := h.Case(number); c.State != "solved" {
		t.Errorf("wrapped up late the case is %+v", c)
	}
	h.Run("verify")
	h.Stop()
}

func escalated(at time.Time) map[string]any {
	return map[string]any{
		"situation": "The server does not start.",
		"contact":   map[string]any{"name": "王芳", "number": "13800138000", "confirmed": true},
		"told":      map[string]any{"means": "remote session", "at": at, "procedure": "we open the port together"},
	}
}

// without copies facts and leaves one field out; "a.b" is b inside a.
func without(facts map[string]any, field string) map[string]any {
	out := maps.Clone(facts)
	outer, inner, nested := strings.Cut(field, ".")
	if !nested {
		delete(out, field)
		return out
	}
	part := maps.Clone(out[outer].(map[string]any))
	delete(part, inner)
	out[outer] = part
	return out
}
