package classes_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// TestWhoMayDoWhat: managers make classes, agents take registrations, nobody else sees them; a draft has no public page; and a
// public page tells no names.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, chen := context.Background(), records.Actor{Login: "chen"}
	site.Get[records.User](t)(h.Store.AddUser(ctx, records.NewUser{Login: "gao", Name: "高明", Roles: []string{records.RoleEngineer}}))
	plan := records.ClassPlan{Title: "公开课", Audience: "全体", Frontier: "新", FrontierBy: "陈静", Goals: []string{"会用"}, Seats: 1}
	k := site.Get[records.Class](t)(h.Store.OpenClass(ctx, chen, plan))
	at := "/classes/" + k.Number
	for _, test := range []struct {
		method, path, login string
		want                int
	}{
		{http.MethodGet, "/classes", "", 303},
		{http.MethodGet, "/classes", "gao", 403},
		{http.MethodGet, "/classes", "li", 200},
		{http.MethodGet, "/classes/new", "li", 403},
		{http.MethodPost, at + "/publish", "li", 403},
		{http.MethodGet, at + "/nothing", "li", 404},
		{http.MethodGet, at + "/report.pdf", "li", 403},
		{http.MethodGet, at + "/report.pdf", "chen", 200},
		{http.MethodGet, "/classes/S-0", "chen", 404},
		{http.MethodPost, at + "/nothing", "chen", 404},
		{http.MethodGet, "/join/" + k.Door, "", 404},
		{http.MethodGet, "/pass/nothing", "", 303},
		{http.MethodGet, "/pass/nothing", "li", 404},
		{http.MethodGet, "/in/nothing/code", "", 404},
		{http.MethodGet, at + "/exam", "li", 200},
	} {
		if status, _ := h.Ask(test.method, test.path, test.login, nil); status != test.want {
			t.Errorf("%s %s as %q: %d, want %d", test.method, test.path, test.login, status, test.want)
		}
	}
	if _, body := h.Ask(http.MethodGet, "/orders/"+k.Number, "chen", nil); !strings.Contains(body, `href="`+at+`"`) {
		t.Error("the order does not lead to its class")
	}
	site.Get[records.Class](t)(h.Store.PublishClass(ctx, chen, k.ID, "", 0))
	form := url.Values{"name": {"王芳"}, "organisation": {"一厂"}, "number": {"13800138000"}}
	if status, body := h.Ask(http.MethodPost, at+"/people/register", "li", form); status != http.StatusSeeOther {
		t.Errorf("an agent registers: %d %s", status, body)
	}
	if status, body := h.Ask(http.MethodGet, "/join/"+k.Door, "", nil); status != 200 || strings.Contains(body, "王芳") || strings.Contains(body, "8000") {
		t.Errorf("the public page: %d %s", status, body)
	}
	if status, _ := h.Ask(http.MethodPost, "/join/"+k.Door, "", url.Values{"name": {"<script>"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a form without number: %d", status)
	}
	if _, body := h.Ask(http.MethodGet, at+"/exam", "li", nil); strings.Contains(body, "exam-form") {
		t.Error("an agent sees the questions")
	}
}
