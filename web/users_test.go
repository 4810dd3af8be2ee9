package web

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hotline/agent"
	"hotline/records"
)

func TestUsersAreAdministered(t *testing.T) {
	t.Parallel()
	var told atomic.Pointer[records.User]
	h := newHouse(t, func(o *Options) { o.UserChanged = func(u records.User) { told.Store(&u) } })
	var u records.User
	h.do(t, "adam", "POST", "/api/v1/users", obj{
		"login": "dora", "name": "Dora", "roles": []string{"agent"}, "skills": obj{"service": 2}, "password": password,
	}).want(http.StatusCreated, &u)
	if u.Skills["service"] != 2 || !u.HasPassword || told.Load() == nil || told.Load().Login != "dora" {
		t.Errorf("added %+v, told %+v", u, told.Load())
	}
	h.do(t, "adam", "POST", "/api/v1/users", obj{"login": "dora", "roles": []string{}}).problem(http.StatusConflict, "login-taken")
	for _, login := range []string{"trunk1", "500&PJSIP/trunk/00", "Dora", "${SHELL(id)}", "a b"} {
		h.do(t, "adam", "POST", "/api/v1/users", obj{"login": login, "roles": []string{"agent"}}).problem(http.StatusUnprocessableEntity, "user-invalid")
	}
	h.do(t, "adam", "POST", "/api/v1/users", obj{"login": "eve", "roles": []string{"root"}}).problem(http.StatusUnprocessableEntity, "user-invalid")
	h.do(t, "adam", "POST", "/api/v1/users", obj{"login": "eve", "roles": []string{}, "password": "short"}).problem(http.StatusUnprocessableEntity, "user-invalid")

	h.do(t, "adam", "PATCH", "/api/v1/users/dora", obj{"roles": []string{"agent", "supervisor"}, "version": u.Version}).want(http.StatusOK, &u)
	if len(u.Roles) != 2 || u.Name != "Dora" || u.Skills["service"] != 2 {
		t.Errorf("changed %+v", u)
	}
	h.do(t, "adam", "PATCH", "/api/v1/users/dora", obj{"team": "x", "version": 1}).problem(http.StatusConflict, "changed-meanwhile")
	var s phoneSecret
	h.do(t, "adam", "POST", "/api/v1/users/dora/phone-secret", nil).want(http.StatusOK, &s)
	if len(s.Secret) < 20 || told.Load().HA1 != records.HA1("dora", s.Secret) {
		t.Errorf("secret %+v, told HA1 %q", s, told.Load().HA1)
	}
	r := h.do(t, "adam", "GET", "/api/v1/users/dora", nil)
	r.want(http.StatusOK, &u)
	if strings.Contains(string(r.Body), records.HA1("dora", s.Secret)) || strings.Contains(string(r.Body), "argon2") {
		t.Errorf("secrets in %s", r.Body)
	}
	h.do(t, "adam", "POST", "/api/v1/users/dora/password", obj{"password": "another long sentence"}).want(http.StatusNoContent, nil)
	h.do(t, "", "POST", "/api/v1/login", login("dora", "another long sentence", false)).want(http.StatusOK, nil)
	h.do(t, "adam", "POST", "/api/v1/users/dora/disable", nil).want(http.StatusOK, &u)
	h.do(t, "", "POST", "/api/v1/login", login("dora", "another long sentence", false)).problem(http.StatusUnauthorized, codeBadLogin)
	h.do(t, "adam", "POST", "/api/v1/users/dora/enable", nil).want(http.StatusOK, &u)
	h.do(t, "", "POST", "/api/v1/login", login("dora", "another long sentence", false)).want(http.StatusOK, nil)

	// Nobody shuts themself out by a slip.
	h.do(t, "adam", "POST", "/api/v1/users/adam/disable", nil).problem(http.StatusConflict, codeConflict)
	h.do(t, "adam", "PATCH", "/api/v1/users/adam", obj{"roles": []string{"agent"}, "version": 1}).problem(http.StatusConflict, codeConflict)

	var log records.Page[records.AuditEntry]
	h.do(t, "adam", "GET", "/api/v1/audit?object=dora&limit=3", nil).want(http.StatusOK, &log)
	if len(log.Items) != 3 || log.Next == "" || log.Items[0].By != "adam" || log.Items[0].Action != "user.enable" {
		t.Errorf("audit %+v", log)
	}
	h.do(t, "adam", "GET", "/api/v1/audit?cursor=nonsense", nil).problem(http.StatusUnprocessableEntity, "cursor")
	var users struct{ Items []records.User }
	h.do(t, "adam", "GET", "/api/v1/users", nil).want(http.StatusOK, &users)
	if len(users.Items) != len(people())+1 {
		t.Errorf("%d users", len(users.Items))
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.roster.PhoneUp("anna", time.Now())
	var v agent.View
	set := func(login, of string, body obj) *reply {
		return h.do(t, login, "POST", "/api/v1/agents/"+of+"/state", body)
	}
	set("anna", "anna", obj{"state": "ready"}).want(http.StatusOK, &v)
	if v.State != agent.Ready {
		t.Errorf("anna is %s", v.State)
	}
	set("anna", "anna", obj{"state": "paused", "reason": "because"}).problem(http.StatusUnprocessableEntity, "unknown-reason")
	set("anna", "anna", obj{"state": "paused", "reason": "meal"}).want(http.StatusOK, &v)
	if v.State != agent.Paused || v.Reason != "meal" {
		t.Errorf("anna is %+v", v)
	}
	set("anna", "anna", obj{"state": "flying"}).problem(http.StatusUnprocessableEntity, codeInvalid)
	set("ben", "anna", obj{"state": "ready"}).problem(http.StatusForbidden, codeForbidden)
	set("ben", "ben", obj{"state": "paused", "reason": "meal"}).problem(http.StatusConflict, "signed-out")

	p := set("sue", "anna", obj{"state": "ready"}).problem(http.StatusUnprocessableEntity, codeInvalid)
	if len(p.Fields) != 1 || p.Fields[0].Name != "body.note" {
		t.Errorf("fields %+v", p.Fields)
	}
	set("sue", "anna", obj{"state": "ready", "note": "everybody is needed"}).want(http.StatusOK, &v)
	if v.State != agent.Ready {
		t.Errorf("anna is %s", v.State)
	}
	if e := h.mustAudit(t, "sue", "agent.ready"); e.Object != "anna" || e.Reason != "everybody is needed" {
		t.Errorf("audit %+v", e)
	}
	set("sue", "nobody", obj{"state": "ready", "note": "x"}).problem(http.StatusNotFound, codeNotFound)
	set("anna", "anna", obj{"state": "offline"}).want(http.StatusOK, &v)
	if v.State != agent.Offline {
		t.Errorf("anna is %s", v.State)
	}
	var all struct{ Items []agent.View }
	h.do(t, "dan", "GET", "/api/v1/agents", nil).want(http.StatusOK, &all)
	if len(all.Items) != 3 {
		t.Errorf("agents %+v", all.Items)
	}
	h.do(t, "dan", "GET", "/api/v1/agents/ben", nil).want(http.StatusOK, nil)
	h.do(t, "dan", "GET", "/api/v1/agents/sue", nil).problem(http.StatusNotFound, codeNotFound)

	var numbers struct{ Items []struct{ Login string } }
	h.do(t, "anna", "GET", "/api/v1/numbers/agents", nil).want(http.StatusOK, &numbers)
	if len(numbers.Items) != 1 || numbers.Items[0].Login != "anna" {
		t.Errorf("anna sees the numbers of %+v", numbers.Items)
	}
	h.do(t, "sue", "GET", "/api/v1/numbers/agents", nil).want(http.StatusOK, &numbers)
	if len(numbers.Items) != 2 {
		t.Errorf("sue sees the numbers of %+v", numbers.Items)
	}
	var q struct{ Waiting int }
	h.do(t, "dan", "GET", "/api/v1/queues/service", nil).want(http.StatusOK, &q)
	if q.Waiting != 3 {
		t.Errorf("queue %+v", q)
	}
	h.do(t, "dan", "GET", "/api/v1/queues/none", nil).problem(http.StatusNotFound, codeNotFound)
	h.do(t, "dan", "GET", "/api/v1/queues", nil).want(http.StatusOK, nil)
}
