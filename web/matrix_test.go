package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// permitted says who may call each operation: a agent, s supervisor, d dispatcher, e engineer, x administrator, * nobody needs to be
// signed in. It is written by hand, so that a role that slips into the code shows here.
func permitted() map[string]string {
	return map[string]string{
		"login": "*", "logout": "asdex", "me": "asdex", "change-password": "asdex", "events": "asdex", "acknowledge-pop": "a", "beat-desk": "a",
		"get-phone": "a", "choose-phone": "a",
		"list-queues": "asdx", "get-queue": "asdx", "list-agents": "asdx", "get-agent": "asdx", "list-agent-numbers": "as", "read-floor": "as", "read-journal": "s",
		"set-agent-state": "as", "extend-wrap-up": "a",
		"list-calls": "as", "get-call": "as", "get-timeline": "as", "split-call": "a", "hold-call": "as", "resume-call": "as",
		"hangup-call": "as", "takeback-call": "as", "hand-call-over": "as", "decline-call": "a", "move-call": "s", "wrap-up-call": "as",
		"ask-expert": "as", "let-expert-go": "as", "accept-call": "as", "lose-phone": "a", "monitor-call": "s", "change-monitor": "s",
		"stop-monitor": "s", "take-call-over": "s", "change-skills": "s",
		"list-cases": "asd", "get-case": "asd", "create-case": "as", "change-case": "as", "add-note": "asd", "finish-case": "as",
		"list-handovers": "as", "offer-handover": "as", "accept-handover": "as", "return-handover": "as", "override-owner": "s",
		"recognise": "as", "remember-contact": "as", "verify-contact": "as", "list-verifications": "as", "add-contact": "as",
		"get-contact": "asd", "update-contact": "asd", "list-customers": "asd", "add-customer": "asd", "get-customer": "asd",
		"update-customer": "sd", "list-customer-contacts": "asd",
		"read-escalation-feed": "sd", "list-escalations": "sd", "get-escalation": "asd", "accept-escalation": "sd",
		"decline-escalation": "sd", "finish-escalation": "sd",
		"list-procedures": "asde", "list-orders": "asde", "get-order": "asde", "open-order": "sd", "assign-order": "sd", "plan-order": "sde",
		"unassign-order": "sde", "pause-order": "sde", "resume-order": "sde", "continue-order": "sde", "finish-order": "sde", "cancel-order": "s",
		"complete-step": "asde", "waive-step": "asde", "override-step": "s", "add-evidence": "asde", "upload-order-file": "asde",
		"get-order-file": "asde", "get-case-timeline": "asd", "export-case": "as", "get-quality": "s", "list-quality": "s",
		"list-notices": "s", "see-notice": "s", "list-webhooks": "sx", "list-callbacks": "as", "add-callback": "as",
		"take-callback": "as", "drop-callback": "as", "done-callback": "as", "cancel-callback": "as",
		"list-users": "x", "get-user": "x", "add-user": "x", "change-user": "x", "disable-user": "x", "enable-user": "x",
		"set-password": "x", "new-phone-secret": "x", "revoke-sessions": "x", "list-audit": "x",
	}
}

// operation is one operation of the OpenAPI document with the path that reaches it.
type operation struct {
	*huma.Operation
	method, path string
}

// operations lists what the document describes.
func (h *house) operations(t testing.TB) []operation {
	t.Helper()
	var all []operation
	for path, item := range h.site.api.OpenAPI().Paths {
		for method, o := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
		} {
			if o != nil {
				all = append(all, operation{o, method, path})
			}
		}
	}
	if len(all) < 60 {
		t.Fatalf("the document has only %d operations", len(all))
	}
	return all
}

var parameter = regexp.MustCompile(`\{[a-z]+\}`)

func mustURL(t testing.TB, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("http://h" + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestRolesOfEveryOperation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	letters := map[string]string{"anna": "a", "sue": "s", "dan": "d", "emma": "e", "adam": "x"}
	seen := map[string]bool{}
	for _, o := range h.operations(t) {
		want, known := permitted()[o.OperationID]
		seen[o.OperationID] = true
		if !known {
			t.Errorf("nobody said who may call %s", o.OperationID)
			continue
		}
		if o.OperationID == "logout" || o.OperationID == "login" || o.OperationID == "events" {
			continue // have tests of their own: they would end the session or not end at all
		}
		t.Run(o.OperationID, func(t *testing.T) {
			t.Parallel()
			path := parameter.ReplaceAllString(o.path, "nothing")
			var body any
			if o.RequestBody != nil {
				body = []byte(`{}`)
			}
			h.do(t, "", o.method, path, body).problem(http.StatusUnauthorized, codeSignIn)
			for login, letter := range letters {
				r := h.do(t, login, o.method, path, body)
				if r.Status == http.StatusUnauthorized || r.Status >= 500 {
					t.Fatalf("as %s: %d %s", login, r.Status, r.Body)
				}
				refused := r.Status == http.StatusForbidden && strings.Contains(string(r.Body), "This needs the role")
				if refused != !strings.Contains(want, letter) {
					t.Errorf("as %s: %d %s, permitted for %q", login, r.Status, r.Body, want)
				}
				if refused {
					r.problem(http.StatusForbidden, codeForbidden)
				}
			}
		})
	}
	for id := range permitted() {
		if !seen[id] {
			t.Errorf("there is no operation %s", id)
		}
	}
}

func TestEveryOperationRefusesUnknownFieldsAndParameters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, o := range h.operations(t) {
		path := parameter.ReplaceAllString(o.path, "nothing")
		if o.OperationID != "logout" {
			p := h.do(t, "all", o.method, path+"?nonsense=1", []byte(`{}`)).problem(http.StatusUnprocessableEntity, codeInvalid)
			if len(p.Fields) == 0 || !strings.Contains(fmt.Sprint(p.Fields), "nonsense") {
				t.Errorf("%s: the parameter is not named: %+v", o.OperationID, p)
			}
		}
		if o.RequestBody == nil || o.RequestBody.Content["multipart/form-data"] != nil {
			continue // files have a test of their own
		}
		p := h.do(t, "all", o.method, path, []byte(`{"nonsense":1}`)).problem(http.StatusUnprocessableEntity, codeInvalid)
		if !strings.Contains(fmt.Sprint(p.Fields), "nonsense") {
			t.Errorf("%s: the field is not named: %+v", o.OperationID, p)
		}
		h.do(t, "all", o.method, path, []byte(`{"x":`)).problem(http.StatusBadRequest, codeBadRequest)
		h.do(t, "all", o.method, path, []byte(`{} {}`)).problem(http.StatusBadRequest, codeBadRequest)
		h.do(t, "all", o.method, path, []byte{}).problem(http.StatusBadRequest, codeBadRequest)
		h.do(t, "all", o.method, path, make([]byte, maxBody+1)).problem(http.StatusRequestEntityTooLarge, codeTooLarge)
	}
}

func TestDocumentIsWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.do(t, "", http.MethodGet, specPath, nil)
	var doc map[string]any
	r.want(http.StatusOK, &doc)
	if doc["openapi"] != "3.1.0" || r.Header.Get("Content-Type") != "application/openapi+json" {
		t.Errorf("openapi %v, type %q", doc["openapi"], r.Header.Get("Content-Type"))
	}
	schemas, _ := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(r.Body), -1) {
		name, ok := strings.CutPrefix(ref[1], "#/components/schemas/")
		if _, found := schemas[name]; !ok || !found {
			t.Errorf("%s leads nowhere", ref[1])
		}
	}
	problem, _ := json.Marshal(schemas["Problem"])
	for _, field := range []string{"type", "title", "status", "detail", "code", "do"} {
		if !strings.Contains(string(problem), `"`+field+`"`) {
			t.Errorf("the schema of problems lacks %s: %s", field, problem)
		}
	}
	tags := map[string]bool{}
	for _, tag := range h.site.api.OpenAPI().Tags {
		tags[tag.Name] = true
	}
	ids := map[string]bool{}
	for _, o := range h.operations(t) {
		if ids[o.OperationID] || o.Summary == "" || len(o.Tags) != 1 || !tags[o.Tags[0]] {
			t.Errorf("%s: id, summary or tag", o.OperationID)
		}
		ids[o.OperationID] = true
		if o.Extensions["x-roles"] == nil && o.OperationID != "login" {
			t.Errorf("%s names no roles", o.OperationID)
		}
		for _, status := range []string{"500"} {
			if o.Responses[status] == nil || o.Responses[status].Content["application/problem+json"] == nil {
				t.Errorf("%s does not describe %s", o.OperationID, status)
			}
		}
		if (o.OperationID != "login") != (o.Responses["401"] != nil && strings.Contains(o.Responses["401"].Description, codeSignIn)) {
			t.Errorf("%s: 401", o.OperationID)
		}
		for _, name := range parameter.FindAllString(o.path, -1) {
			found := false
			for _, p := range o.Parameters {
				found = found || p.In == "path" && "{"+p.Name+"}" == name && p.Required
			}
			if !found {
				t.Errorf("%s does not describe %s", o.OperationID, name)
			}
		}
		_, pattern := h.site.mux.Handler(&http.Request{Method: o.method, URL: mustURL(t, parameter.ReplaceAllString(o.path, "x")), Host: "h"})
		if pattern == "/" || pattern == "" {
			t.Errorf("%s is described but not served", o.OperationID)
		}
	}
	if strings.Contains(string(r.Body), "unpkg") || strings.Contains(string(r.Body), "ErrorModel") {
		t.Error("the document names what this server does not send")
	}
}
