package engagements_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// TestWhoMaySee: managers and dispatchers see all engagements, engineers their own, others none; another kind of order is none.
func TestWhoMaySee(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, chen := context.Background(), records.Actor{Login: "chen"}
	for login, role := range map[string]string{"he": records.RoleEngineer, "li": records.RoleAgent, "deng": records.RoleDispatcher} {
		site.Get[records.User](t)(h.Store.AddUser(ctx, records.NewUser{Login: login, Name: login, Roles: []string{role}}))
	}
	in := records.OpenOrder{Procedure: "consulting", Contact: "孙丽", Number: "13800138000", Subject: "咨询", Engineer: "gao"}
	o := site.Get[records.Order](t)(h.Store.OpenOrder(ctx, chen, in))
	in.Procedure = "onsite"
	other := site.Get[records.Order](t)(h.Store.OpenOrder(ctx, chen, in))
	at := "/engagements/" + o.Number
	for _, test := range []struct {
		method, path, login string
		want                int
	}{
		{http.MethodGet, at, "", 303},
		{http.MethodGet, at, "li", 403},
		{http.MethodGet, at, "he", 404},
		{http.MethodGet, at, "gao", 200},
		{http.MethodGet, at, "deng", 200},
		{http.MethodGet, at + "/sheets/it_survey", "he", 404},
		{http.MethodGet, at + "/sheets/poem", "gao", 404},
		{http.MethodGet, at + "/papers/nothing", "gao", 404},
		{http.MethodPost, at + "/complete", "he", 404},
		{http.MethodPost, at + "/nothing", "gao", 404},
		{http.MethodPost, "/engagements", "gao", 403},
		{http.MethodGet, "/engagements/" + other.Number, "chen", 404},
	} {
		if status, _ := h.Ask(test.method, test.path, test.login, nil); status != test.want {
			t.Errorf("%s %s as %q: %d, want %d", test.method, test.path, test.login, status, test.want)
		}
	}
	if _, body := h.Ask(http.MethodGet, "/orders/"+o.Number, "gao", nil); !strings.Contains(body, `href="`+at+`"`) {
		t.Error("the order does not lead to its documents")
	}
}
