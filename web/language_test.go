package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hotline/queue"
	"hotline/web/ui"
)

// ask sends a request as somebody whose browser speaks lang; cookie is the language that they chose here, "" for none.
func (h *house) ask(t *testing.T, login, method, path, body, accept, cookie string) *reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if login != "" {
		req.Header.Set("Authorization", "Bearer "+h.tokens[login])
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if accept != "" {
		req.Header.Set("Accept-Language", accept)
	}
	if cookie != "" {
		req.AddCookie(h.site.lookCookie(look{Lang: cookie}))
	}
	return h.send(t, req)
}

// What the desk shows of a refusal is said in the language of the page; a program that says nothing hears English.
func TestRefusalsInTheLanguageOfWhoReads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.board.set(queue.CallView{ID: "a-1", Queue: "erp", State: "talking", Agent: "anna"})
	for _, c := range []struct{ name, login, method, path, body string }{
		{"nobody is signed in", "", "GET", "/api/v1/cases", ""},
		{"another's call", "ben", "POST", "/api/v1/calls/a-1/hold", "{}"},
		{"a call that has ended", "anna", "POST", "/api/v1/calls/a-9/hold", "{}"},
		{"a role that is lacking", "anna", "GET", "/api/v1/users", ""},
		{"a case that is not there", "anna", "GET", "/api/v1/cases/C-20261122-0001", ""},
		{"a field that a person left out", "anna", "POST", "/api/v1/calls/a-1/handover", "{}"},
		{"a field that the schema wants", "anna", "POST", "/api/v1/calls/a-1/decline", "{}"},
		{"a document that is none", "anna", "POST", "/api/v1/calls/a-1/decline", "{"},
		{"a wrap-up that lacks everything", "anna", "POST", "/api/v1/calls/a-1/wrapup", `{"outcome":"solved"}`},
		{"an address that is not there", "anna", "GET", "/api/v1/nothing", ""},
		{"a method that is not taken", "anna", "DELETE", "/api/v1/login", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			zh, en := problemIn(t, h.ask(t, c.login, c.method, c.path, c.body, "zh-CN,zh;q=0.9,en;q=0.5", "")), problemIn(t, h.ask(t, c.login, c.method, c.path, c.body, "", ""))
			han := regexp.MustCompile(`\p{Han}`)
			if zh.Code != en.Code || zh.Type != en.Type || zh.Status != en.Status || len(zh.Fields) != len(en.Fields) {
				t.Errorf("the same refusal is another in another language: %+v, %+v", zh, en)
			}
			said := map[string][2]string{"title": {zh.Title, en.Title}, "detail": {zh.Detail, en.Detail}, "do": {zh.Do, en.Do}}
			for i, f := range zh.Fields {
				if f.Name != en.Fields[i].Name {
					t.Errorf("field %q in Chinese, %q in English", f.Name, en.Fields[i].Name)
				}
				said[f.Name] = [2]string{f.What, en.Fields[i].What}
			}
			for part, words := range said {
				if !han.MatchString(words[0]) || words[1] == "" || han.MatchString(words[1]) {
					t.Errorf("%s says %q in Chinese, %q in English", part, words[0], words[1])
				}
			}
		})
	}
}

func problemIn(t *testing.T, r *reply) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(r.Body, &p); err != nil || p.Code == "" || r.Status < 400 {
		t.Fatalf("%d %s is no problem: %v", r.Status, r.Body, err)
	}
	return p
}

// The language that somebody chose on the pages goes before the browser's, as on the pages themselves.
func TestChosenLanguageOfARefusal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct{ accept, cookie, want string }{
		{"", "", ui.English},
		{"fr", "", ui.English},
		{"zh", "", ui.Chinese},
		{"zh-TW", "", ui.Chinese},
		{"en-GB, zh", "", ui.English},
		{"en", ui.Chinese, ui.Chinese},
		{"zh", ui.English, ui.English},
	} {
		r := h.ask(t, "anna", "GET", "/api/v1/cases/C-1", "", c.accept, c.cookie)
		want := map[string]string{ui.English: `There is no case "C-1".`, ui.Chinese: "没有这个问题单：C-1。"}[c.want]
		if p := problemIn(t, r); p.Detail != want || r.Header.Get("Content-Language") != c.want {
			t.Errorf("Accept-Language %q, chosen %q: %q in %q, want %q", c.accept, c.cookie, p.Detail, r.Header.Get("Content-Language"), want)
		}
	}
}

// The page behind the type of a problem is a page as all are.
func TestProblemPagesInBothLanguages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, k := range kinds() {
		zh, en := string(h.ask(t, "", "GET", "/problems/"+k.code, "", "zh-CN", "").Body), string(h.ask(t, "", "GET", "/problems/"+k.code, "", "en", "").Body)
		if !strings.Contains(en, k.title) || strings.Contains(zh, k.title) || strings.Contains(zh, k.do) || strings.Contains(zh, `lang="en"`) {
			t.Errorf("/problems/%s: %s", k.code, zh)
		}
		if !strings.Contains(zh, h.site.pages.Refusal(ui.Chinese, k.title)) || !strings.Contains(zh, h.site.pages.Refusal(ui.Chinese, k.do)) {
			t.Errorf("/problems/%s lacks its Chinese: %s", k.code, zh)
		}
	}
	other := string(h.ask(t, "", "GET", "/problems/wrapup-incomplete", "", "zh-CN", "").Body)
	if strings.Contains(other, "A refusal of") || !strings.Contains(other, "wrapup-incomplete") {
		t.Errorf("a code of the rooms: %s", other)
	}
}
