package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
)

func TestOrdersForThirdParties(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	talk := ringing("a-1")
	talk.State, talk.Agent, talk.Expert = "talking", "anna", "ben"
	h.board.set(talk)
	type body = map[string]any
	for _, c := range []struct {
		login, method, path string
		body                any
		order               string
	}{
		{"anna", "POST", "expert", body{"agent": "ben", "note": "ERP"}, "invite a-1 anna → ben ERP"},
		{"sue", "POST", "expert", body{"agent": "ben"}, "invite a-1 anna → ben "},
		{"anna", "DELETE", "expert", nil, "let go a-1 anna"},
		{"ben", "DELETE", "expert", nil, "let go a-1 ben"},
		{"sue", "DELETE", "expert", nil, "let go a-1 anna"},
		{"ben", "POST", "accept", nil, "accept a-1 ben"},
		{"anna", "POST", "phone-lost", nil, "phone lost a-1 anna"},
		{"sue", "POST", "monitor", body{"mode": "listen"}, "monitor a-1 sue listen"},
		{"sue", "PATCH", "monitor", body{"mode": "whisper"}, "monitor otherwise a-1 sue whisper"},
		{"sue", "DELETE", "monitor", nil, "stop monitor a-1 sue"},
		{"sue", "POST", "takeover", body{"reason": "despair"}, "take over a-1 sue despair"},
	} {
		h.do(t, c.login, c.method, "/api/v1/calls/a-1/"+c.path, c.body).want(http.StatusNoContent, nil)
		if got := h.board.last(); got != c.order {
			t.Errorf("%s %s by %s ordered %q, want %q", c.method, c.path, c.login, got, c.order)
		}
	}
	if e := h.mustAudit(t, "sue", "call.takeover"); e.Object != "a-1" || e.Reason != "despair" {
		t.Errorf("%+v", e)
	}
	h.mustAudit(t, "sue", "call.monitor-stop")
	page, err := h.store.AuditLog(t.Context(), records.AuditFilter{By: "sue", Action: "call.monitor"})
	if err != nil || len(page.Items) != 2 || page.Items[0].Data+page.Items[1].Data != "whisperlisten" {
		t.Errorf("audit %+v %v", page.Items, err)
	}

	h.do(t, "sue", "POST", "/api/v1/calls/a-1/monitor", body{"mode": "shout"}).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.do(t, "sue", "POST", "/api/v1/calls/a-1/takeover", body{}).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.board.mu.Lock()
	h.board.refuse = &queue.Refusal{Code: queue.RefusedUnsupported, What: "Nobody can listen.", Do: "Use Asterisk."}
	h.board.mu.Unlock()
	p := h.do(t, "sue", "POST", "/api/v1/calls/a-1/monitor", body{"mode": "listen"}).problem(http.StatusNotImplemented, codeUnsupported)
	if p.Detail != "Nobody can listen." || p.Do != "Use Asterisk." {
		t.Errorf("%+v", p)
	}
}

func TestDeclineReasonsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) {
		o.DeclineReasons = []Reason{{Code: "busy", Zh: "正在忙", En: "Busy"}}
		o.PauseReasons = []Reason{{Code: "meal", Zh: "用餐", En: "Meal"}, {Code: "elsewhere", Zh: "别处", En: "Elsewhere"}}
	})
	h.board.set(ringing("a-2", "anna"))
	var me struct {
		Declines []Reason `json:"decline_reasons"`
		Pauses   []Reason `json:"pause_reasons"`
	}
	h.do(t, "anna", "GET", "/api/v1/me", nil).want(http.StatusOK, &me)
	if len(me.Pauses) != 5 {
		t.Errorf("%+v", me.Pauses)
	}
	for _, p := range me.Pauses {
		if p.Code == "meal" && p.Zh != "用餐" || p.Code != "meal" && p.Zh != "" {
			t.Errorf("a reason to pause is called %+v", p)
		}
	}
	if len(me.Declines) != 1 || me.Declines[0].Zh != "正在忙" {
		t.Errorf("%+v", me)
	}
	h.do(t, "anna", "POST", "/api/v1/calls/a-2/decline", map[string]any{"reason": "lazy"}).problem(http.StatusUnprocessableEntity, codeInvalid)
	h.do(t, "anna", "POST", "/api/v1/calls/a-2/decline", map[string]any{"reason": "busy", "note": "lunch"}).want(http.StatusNoContent, nil)
	if got := h.board.last(); got != "decline a-2 anna busy lunch" {
		t.Errorf("ordered %q", got)
	}
}

func TestSkillsAreChangedBySupervisors(t *testing.T) {
	t.Parallel()
	var changed []string
	h := newHouse(t, func(o *Options) { o.UserChanged = func(u records.User) { changed = append(changed, u.Login) } })
	path := "/api/v1/agents/anna/skills"
	var now, then skillsNow
	h.do(t, "sue", "PATCH", path, map[string]any{"skills": map[string]int{"erp": 2, "service": 1}, "reason": "course"}).want(http.StatusOK, &now)
	h.do(t, "sue", "PATCH", path, map[string]any{"skills": map[string]int{"erp": 0, "service": 3}, "reason": "rest", "version": now.Version}).want(http.StatusOK, &then)
	if len(then.Skills) != 1 || then.Skills["service"] != 3 || len(changed) != 2 {
		t.Errorf("%+v, changed %v", then, changed)
	}
	if got := h.board.last(); got != "note skills anna erp 2→0, service 1→3 by sue" {
		t.Errorf("journal %q", got)
	}
	page, err := h.store.AuditLog(t.Context(), records.AuditFilter{By: "sue", Action: "user.skills"})
	if err != nil || len(page.Items) != 2 || page.Items[0].Reason != "rest" || !strings.Contains(page.Items[0].Data, "erp 2→0") {
		t.Errorf("audit %+v %v", page.Items, err)
	}
	for _, b := range []map[string]any{
		{"skills": map[string]int{"erp": 10}, "reason": "x"}, {"skills": map[string]int{"erp": 1}}, {"skills": map[string]int{}, "reason": "x"},
	} {
		if r := h.do(t, "sue", "PATCH", path, b); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", b, r.Status)
		}
	}
	h.do(t, "sue", "PATCH", path, map[string]any{"skills": map[string]int{"erp": 1}, "reason": "x", "version": 1}).problem(http.StatusConflict, "changed-meanwhile")
}

// What agents are not told at their desk they do not read elsewhere either.
func TestDiscreetSupervision(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Discreet = true })
	h.answered(t, "a-1", "anna", number)
	talk := ringing("a-1")
	talk.State, talk.Agent, talk.Monitor = "talking", "anna", &queue.Monitoring{By: "sue", Mode: "listen"}
	h.board.set(talk)
	leg := "leg~a-1~sue~2"
	agents, managers := h.follow(t, "anna", "", ""), h.follow(t, "sue", "", "")
	for _, e := range []queue.Event{
		{Kind: queue.EventOffered, Agent: "sue", Data: map[string]string{"why": queue.AsMonitor, "leg": leg, "by": "sue"}},
		{Kind: queue.EventRinging, Agent: "sue", Data: map[string]string{"leg": leg}},
		{Kind: queue.EventMonitored, Agent: "sue", Data: map[string]string{"state": "listen", "leg": leg, "talker": "anna"}},
		{Kind: queue.EventHeld, Agent: "anna"},
	} {
		e.At, e.Call, e.Queue = time.Now(), "a-1", "service"
		h.happen(t, e)
		said, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		h.store.Journal().Append(records.JournalEntry{Call: e.Call, At: e.At, Kind: e.Kind, Agent: e.Agent, Data: said})
	}
	for f, want := range map[*frames]string{managers: "hello offered ringing monitored held", agents: "hello held"} {
		for _, kind := range strings.Fields(want) {
			if got := f.next(t); got.event != kind {
				t.Errorf("the stream says %q, want %q", got.event, kind)
			}
		}
	}
	for login, want := range map[string]string{"anna": "held", "sue": "offered ringing monitored held"} {
		var line struct {
			Items []records.JournalEntry `json:"items"`
		}
		h.do(t, login, "GET", "/api/v1/calls/a-1/timeline", nil).want(http.StatusOK, &line)
		var kinds []string
		for _, e := range line.Items {
			if e.Agent == "sue" || e.Kind == queue.EventHeld {
				kinds = append(kinds, e.Kind)
			}
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s reads %q, want %q", login, got, want)
		}
		var item callItem
		h.do(t, login, "GET", "/api/v1/calls/a-1", nil).want(http.StatusOK, &item)
		if told := item.Live.Monitor != nil; told != (login == "sue") {
			t.Errorf("%s is told of the listener: %v", login, told)
		}
	}
}
