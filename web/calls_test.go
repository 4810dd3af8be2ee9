package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
)

const number = "+8613800138000"

func ringing(id string, agents ...string) queue.CallView {
	return queue.CallView{
		ID: id, Switch: "a", Queue: "service", DID: "4001", Number: number, Caller: number, Name: "王芳", State: "waiting",
		Arrived: time.Now(), Ring1: time.Now(), Ringing: agents,
	}
}

type callPage = records.Page[callItem]

func TestCallsAreShownToThoseConcernedAndMaskedToOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.answered(t, "a-1", "anna", number)
	other := ringing("a-3")
	other.Queue = "other"
	h.board.set(ringing("a-2", "anna"), other)

	list := func(login, query string) map[string]callItem {
		t.Helper()
		var page callPage
		h.do(t, login, "GET", "/api/v1/calls"+query, nil).want(http.StatusOK, &page)
		calls := map[string]callItem{}
		for _, c := range page.Items {
			calls[c.Call] = c
		}
		return calls
	}
	anna := list("anna", "")
	if len(anna) != 2 || anna["a-1"].Number != number || anna["a-2"].Number != number || anna["a-2"].Live == nil || anna["a-2"].Live.Number != number {
		t.Errorf("anna, who answered one and is rung for the other, sees %+v", anna)
	}
	ben := list("ben", "")
	if len(ben) != 1 || ben["a-2"].Number != "+86138****8000" || ben["a-2"].Live.Number != "+86138****8000" || ben["a-2"].Name != "王**" {
		t.Errorf("ben, whose queue it is, sees %+v", ben)
	}
	sue := list("sue", "")
	if len(sue) != 3 || sue["a-1"].Number != "+86138****8000" || sue["a-3"].Live == nil {
		t.Errorf("a supervisor sees %+v", sue)
	}
	if full := list("sue", "?numbers=full"); full["a-1"].Number != number {
		t.Errorf("a supervisor asking for numbers sees %+v", full)
	}
	h.do(t, "anna", "GET", "/api/v1/calls?numbers=full", nil).problem(http.StatusForbidden, codeForbidden)
	if live := list("sue", "?live=true"); len(live) != 2 {
		t.Errorf("live calls: %+v", live)
	}
	if met := list("sue", "?met=true&from=2020-01-01T00:00:00Z"); len(met) != 1 || !met["a-1"].Met {
		t.Errorf("calls that met the promise: %+v", met)
	}
	if met := list("sue", "?met=false"); len(met) != 0 {
		t.Errorf("calls that did not: %+v", met)
	}
	h.mustAudit(t, "sue", "calls.numbers-listed")
}

func TestOneCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.answered(t, "a-1", "anna", number)
	h.store.Journal().Append(records.JournalEntry{Call: "a-1", At: time.Now(), Kind: queue.EventAnswered, Agent: "anna"})
	h.board.set(ringing("a-2", "anna"))

	var c callItem
	h.do(t, "anna", "GET", "/api/v1/calls/a-1", nil).want(http.StatusOK, &c)
	if c.Number != number || c.Agent != "anna" || c.Rings != 1 || !c.Met || c.Case == "" {
		t.Errorf("anna's call: %+v", c)
	}
	h.do(t, "ben", "GET", "/api/v1/calls/a-1", nil).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "ben", "GET", "/api/v1/calls/a-1/timeline", nil).problem(http.StatusForbidden, codeForbidden)
	c = callItem{}
	h.do(t, "ben", "GET", "/api/v1/calls/a-2", nil).want(http.StatusOK, &c)
	if c.Number == number || c.Live == nil || c.Live.Number == number {
		t.Errorf("ben reads the number of a call that is not his: %+v", c)
	}
	c = callItem{}
	h.do(t, "sue", "GET", "/api/v1/calls/a-1", nil).want(http.StatusOK, &c)
	if c.Number != number {
		t.Errorf("a supervisor reads %+v", c)
	}
	h.mustAudit(t, "sue", "call.read")
	h.do(t, "sue", "GET", "/api/v1/calls/a-9", nil).problem(http.StatusNotFound, "call-not-found")
	h.do(t, "sue", "GET", "/api/v1/calls/..%2f..%2fetc", nil).problem(http.StatusNotFound, "call-not-found")

	var line struct{ Items []records.JournalEntry }
	h.do(t, "anna", "GET", "/api/v1/calls/a-1/timeline", nil).want(http.StatusOK, &line)
	if len(line.Items) != 1 || line.Items[0].Kind != queue.EventAnswered || line.Items[0].Hash == "" {
		t.Errorf("timeline %+v", line.Items)
	}
}

// mustAudit fails unless the audit log has the action of that person.
func (h *house) mustAudit(t *testing.T, by, action string) records.AuditEntry {
	t.Helper()
	page, err := h.store.AuditLog(t.Context(), records.AuditFilter{By: by, Action: action})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 {
		t.Fatalf("the audit log has %d entries of %s by %s", len(page.Items), action, by)
	}
	return page.Items[0]
}

func TestCommands(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	talk := ringing("a-1")
	talk.State, talk.Agent = "talking", "anna"
	h.board.set(talk, ringing("a-2", "anna"))
	type body = map[string]any
	for _, c := range []struct {
		login, path string
		body        any
		order       string
	}{
		{"anna", "a-1/hold", nil, "hold a-1 anna"},
		{"anna", "a-1/resume", nil, "resume a-1 anna"},
		{"anna", "a-1/hangup", nil, "hangup a-1 anna"},
		{"anna", "a-1/takeback", nil, "takeback a-1 anna"},
		{"anna", "a-1/handover", body{"agent": "ben", "note": "ERP"}, "handover a-1 anna → ben ERP"},
		{"anna", "a-1/handover", body{"queue": "erp"}, "handover a-1 anna → queue:erp "},
		{"anna", "a-1/handover", body{"manager": true}, "handover a-1 anna → manager "},
		{"anna", "a-2/decline", body{"reason": "skill", "note": "only printers"}, "decline a-2 anna skill only printers"},
		{"sue", "a-1/hangup", nil, "hangup a-1 anna"},
		{"sue", "a-2/move", body{"queue": "erp"}, "move a-2 erp sue"},
	} {
		h.do(t, c.login, "POST", "/api/v1/calls/"+c.path, c.body).want(http.StatusNoContent, nil)
		if got := h.board.last(); got != c.order {
			t.Errorf("%s by %s ordered %q, want %q", c.path, c.login, got, c.order)
		}
	}
	if e := h.mustAudit(t, "sue", "call.hangup"); e.Object != "a-1" || e.Data != "anna" {
		t.Errorf("audit %+v", e)
	}
	h.mustAudit(t, "sue", "call.move")

	h.do(t, "ben", "POST", "/api/v1/calls/a-1/hangup", nil).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "anna", "POST", "/api/v1/calls/a-7/hold", nil).problem(http.StatusNotFound, codeNotFound)
	for _, b := range []body{{}, {"agent": "ben", "queue": "erp"}, {"agent": "ben", "manager": true}} {
		h.do(t, "anna", "POST", "/api/v1/calls/a-1/handover", b).problem(http.StatusUnprocessableEntity, codeInvalid)
	}
	h.do(t, "anna", "POST", "/api/v1/calls/a-2/decline", body{}).problem(http.StatusUnprocessableEntity, codeInvalid)

	for code, status := range map[string]int{
		queue.RefusedUnknownCall: 404, queue.RefusedNotYours: 403, queue.RefusedBusy: 409, queue.RefusedState: 409,
		queue.RefusedSwitch: 502, queue.RefusedBoard: 503,
	} {
		h.board.mu.Lock()
		h.board.refuse = &queue.Refusal{Code: code, What: "It is so.", Do: "Do this."}
		h.board.mu.Unlock()
		p := h.do(t, "anna", "POST", "/api/v1/calls/a-1/hold", nil).problem(status, code)
		if p.Detail != "It is so." || p.Do != "Do this." {
			t.Errorf("%+v", p)
		}
	}
}

func TestWrapUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answered(t, "a-1", "anna", number)
	h.roster.PhoneUp("anna", time.Now())
	if err := h.roster.Ready("anna", "anna"); err != nil {
		t.Fatal(err)
	}
	if !h.roster.Offered("anna", "a-1") {
		t.Fatal("anna cannot be offered the call")
	}
	h.roster.Talking("anna", "a-1", time.Now())
	h.roster.CallOver("anna", "a-1", "service", time.Now())
	if v, _ := h.roster.View("anna"); v.State != "wrapup" {
		t.Fatalf("anna is %s", v.State)
	}
	var more extended
	h.do(t, "anna", "POST", "/api/v1/calls/a-1/wrapup/extend", map[string]any{"seconds": 30}).want(http.StatusOK, &more)
	if time.Until(more.Until) < time.Minute {
		t.Errorf("extended until %s", more.Until)
	}

	// I4: nothing but a permitted outcome ends it, and all that is missing is said at once.
	p := h.do(t, "anna", "POST", "/api/v1/calls/a-1/wrapup", map[string]any{}).problem(http.StatusUnprocessableEntity, "wrapup-incomplete")
	if len(p.Fields) != 1 || p.Fields[0].Name != "outcome" {
		t.Errorf("fields %+v", p.Fields)
	}
	p = h.do(t, "anna", "POST", "/api/v1/calls/a-1/wrapup", map[string]any{"outcome": "onsite"}).problem(http.StatusUnprocessableEntity, "wrapup-incomplete")
	var names []string
	for _, f := range p.Fields {
		names = append(names, f.Name)
	}
	for _, want := range []string{"situation", "contact.name", "contact.number", "contact.confirmed", "told.means", "told.at", "told.procedure"} {
		if !strings.Contains(strings.Join(names, " "), "escalation."+want) {
			t.Errorf("%s is not named among %v", want, names)
		}
	}
	whole := map[string]any{"outcome": "remote", "subject": "print", "escalation": map[string]any{
		"situation": "the printer prints nothing", "contact": map[string]any{"name": "王芳", "number": number, "confirmed": true},
		"told": map[string]any{"means": "remote tool", "at": time.Now().Add(time.Hour), "procedure": "we call, you open the port"},
	}}
	h.do(t, "ben", "POST", "/api/v1/calls/a-1/wrapup", whole).problem(http.StatusForbidden, "not-on-call")
	var out records.WrapUpResult
	h.do(t, "anna", "POST", "/api/v1/calls/a-1/wrapup", whole).want(http.StatusOK, &out)
	if out.Case.Number != own.Number || out.Case.Owner != "anna" || out.Case.State != records.CaseEscalated || out.Escalation == "" {
		t.Errorf("wrapped up as %+v", out)
	}
	if v, _ := h.roster.View("anna"); v.State != "ready" {
		t.Errorf("anna is %s after the wrap-up", v.State)
	}
	h.do(t, "anna", "POST", "/api/v1/calls/a-1/wrapup", whole).want(http.StatusOK, nil)
	h.do(t, "anna", "POST", "/api/v1/calls/a-9/wrapup", whole).problem(http.StatusNotFound, "answered-call-not-found")

	var e records.Escalation
	h.do(t, "anna", "GET", "/api/v1/escalations/"+out.Escalation, nil).want(http.StatusOK, &e)
	h.do(t, "ben", "GET", "/api/v1/escalations/"+out.Escalation, nil).problem(http.StatusForbidden, codeForbidden)
}

// A supervisor who wraps up for an agent frees the agent.
func TestSupervisorWrapsUpForTheAgent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.answered(t, "a-1", "anna", number)
	h.roster.PhoneUp("anna", time.Now())
	if err := h.roster.Ready("anna", "anna"); err != nil || !h.roster.Offered("anna", "a-1") {
		t.Fatal(err)
	}
	h.roster.Talking("anna", "a-1", time.Now())
	h.roster.CallOver("anna", "a-1", "service", time.Now())
	h.do(t, "sue", "POST", "/api/v1/calls/a-1/wrapup", map[string]any{
		"outcome": "solved", "solved": map[string]any{"solution": "restarted", "confirmed": true},
	}).want(http.StatusOK, nil)
	if v, _ := h.roster.View("anna"); v.State != "ready" {
		t.Errorf("anna is %s", v.State)
	}
}
