package orders

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
	"hotline/records/procedure"
)

func (h *house) get(login, path string) (int, string) {
	h.t.Helper()
	r, err := h.client(login).Get(h.server.URL + path)
	h.must(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	h.must(err)
	return r.StatusCode, string(text)
}

func (h *house) post(login, path string, form url.Values) (int, string, string) {
	h.t.Helper()
	r, err := h.client(login).PostForm(h.server.URL+path, form)
	h.must(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	h.must(err)
	return r.StatusCode, string(text), r.Header.Get("Location")
}

func TestWhoSeesAnOrder(t *testing.T) {
	h := openHouse(t)
	status, text := h.get("gao", "/orders")
	if status != http.StatusOK || !strings.Contains(text, "还没有服务单") || !strings.Contains(text, "由调度受理后") {
		t.Errorf("the empty page does not say what to do: %d", status)
	}
	o := h.order("c1", records.KindRemote)
	for login, sees := range map[string]bool{"gao": true, "anna": true, "dan": true, "sue": true, "he": false, "ben": false} {
		status, text := h.get(login, "/orders/"+o.Number)
		if (status == http.StatusOK) != sees {
			t.Errorf("%s: %d", login, status)
		}
		if !sees && strings.Contains(text, "孙丽") {
			t.Errorf("%s reads the customer's contact", login)
		}
		_, text = h.get(login, "/orders")
		if strings.Contains(text, o.Number) != sees {
			t.Errorf("%s: the list", login)
		}
	}
	if status, _, _ := h.post("he", "/orders/"+o.Number+"/steps/open_port", url.Values{"do": {"complete"}}); status != http.StatusNotFound {
		t.Errorf("a stranger may act: %d", status)
	}
}

func TestGatesOnThePage(t *testing.T) {
	h := openHouse(t)
	o := h.order("c1", records.KindRemote)
	at := "/orders/" + o.Number
	// The button is off, and what is missing stands beside it.
	_, text := h.get("gao", at)
	for _, want := range []string{"disabled aria-describedby=\"missing-open_port\"", "缺少“维护内容”（文字说明）", "先完成“指导客户开放网络端口”"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// Sent all the same, it is refused at its step.
	status, text, _ := h.post("gao", at+"/steps/open_port", url.Values{"do": {"complete"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, "未能执行") {
		t.Errorf("a gate without evidence: %d", status)
	}
	status, _, to := h.post("gao", at+"/evidence", url.Values{"step": {"open_port"}, "need": {"scope"}, "text": {"打印服务"}, "client": {"page-1"}})
	if status != http.StatusSeeOther || to != at+"#step-open_port" {
		t.Errorf("evidence: %d %s", status, to)
	}
	status, text, _ = h.post("gao", at+"/evidence", url.Values{"step": {"open_port"}, "need": {"access"}, "f-tool": {"远程工具"}, "f-host": {"10.0.0.8"}, "f-port": {"99999"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, "端口：不能大于 65535") {
		t.Errorf("a port that cannot be: %d", status)
	}
	status, text, _ = h.post("gao", at, url.Values{"do": {"finish"}, "reason": {"好了"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, "“备份客户数据”未完成") {
		t.Errorf("finished without its steps: %d", status)
	}
	if status, _, _ = h.post("gao", at+"/steps/open_port", url.Values{"do": {"override"}, "reason": {"急"}}); status != http.StatusForbidden {
		t.Errorf("an engineer overrides: %d", status)
	}
	if status, _, _ = h.post("sue", at+"/steps/open_port", url.Values{"do": {"override"}, "reason": {"客户自行开放了端口"}}); status != http.StatusSeeOther {
		t.Errorf("a manager does not: %d", status)
	}
	_, text = h.get("gao", at)
	for _, want := range []string{`data-testid="overridden"`, "客户自行开放了端口"} {
		if !strings.Contains(text, want) {
			t.Errorf("the override does not show: %q", want)
		}
	}
	// Somebody was faster.
	status, text, _ = h.post("gao", at+"/steps/login", url.Values{"do": {"waive"}, "reason": {"客户自己输入"}, "version": {"1"}})
	if status != http.StatusConflict || !strings.Contains(text, "服务单刚被他人修改") {
		t.Errorf("an old page: %d", status)
	}
}

// TestWhoseNeed: what is the customer's to say is locked for the engineer, with the reason; a manager files what was signed on paper.
func TestWhoseNeed(t *testing.T) {
	h := openHouse(t)
	o := h.order("c1", records.KindRemote)
	at := "/orders/" + o.Number
	for _, step := range []string{"open_port", "login", "backup", "service"} {
		h.give(o.ID, step)
	}
	_, text := h.get("gao", at)
	if !strings.Contains(text, `data-testid="not-yours"`) || !strings.Contains(text, "由客户或客户服务经理提供，您不能代填。") {
		t.Error("it is not said whose the confirmation is")
	}
	form := url.Values{"step": {"solved"}, "need": {"solved"}, "who": {"孙丽"}}
	if status, text, _ := h.post("gao", at+"/evidence", form); status != http.StatusForbidden || !strings.Contains(text, "由客户或客户服务经理提供") {
		t.Errorf("an engineer confirms for the customer: %d", status)
	}
	if !strings.Contains(text, "等待客户确认") {
		t.Error("it is not said what is waited for")
	}
	if _, text := h.get("sue", at); strings.Contains(text, "您不能代填") || !strings.Contains(text, "w-solved-solved") {
		t.Error("a manager cannot file what was signed on paper")
	}
	f, err := h.store.Order(t.Context(), o.ID)
	h.must(err)
	body, err := json.Marshal(map[string]any{"shown": f.ChainHead})
	h.must(err)
	_, err = h.store.AddEvidence(t.Context(), records.Actor{Login: "gao", Customer: "孙丽", Via: procedure.ViaSignature}, records.EvidenceInput{
		Order: o.ID, Step: "solved", Need: "solved", Kind: procedure.Confirmation, File: h.file("签名.png", picturePNG), Body: body,
	})
	h.must(err)
	if _, text = h.get("gao", at); strings.Contains(text, "等待客户确认") || strings.Contains(text, "您不能代填") {
		t.Error("a confirmation that is there is still waited for")
	}
}

func TestPanels(t *testing.T) {
	h := openHouse(t, func(o *Options) {
		o.Panels = map[string][]Panel{
			records.KindRemote: {func(_ *http.Request, f records.OrderFile) (template.HTML, error) {
				return template.HTML("<h2>保险箱 " + template.HTMLEscapeString(f.Order.Number) + "</h2>"), nil
			}},
			"": {func(*http.Request, records.OrderFile) (template.HTML, error) { return "", nil }},
		}
		o.Needs = []Beside{func(_ *http.Request, _ records.OrderFile, s procedure.Step, n procedure.Need) (template.HTML, error) {
			return template.HTML("<p>beside " + s.Code + "." + n.Code + "</p>"), nil
		}}
	})
	o := h.order("c1", records.KindRemote)
	_, text := h.get("gao", "/orders/"+o.Number)
	if !strings.Contains(text, "保险箱 "+o.Number) || !strings.Contains(text, "beside open_port.scope") || strings.Contains(text, "beside backup") {
		t.Error("panels are not where they belong")
	}
	other := h.order("c2", records.KindOnsite)
	if _, text = h.get("gao", "/orders/"+other.Number); strings.Contains(text, "保险箱") {
		t.Error("the panel of another kind shows")
	}
}

func TestFiles(t *testing.T) {
	h := openHouse(t)
	o := h.order("c1", records.KindRemote)
	id := h.file("<b>.html", "<html><script>alert(1)</script>")
	_, err := h.store.AddEvidence(t.Context(), records.Actor{Login: "gao"}, records.EvidenceInput{Order: o.ID, Step: "open_port", Kind: procedure.File, File: id})
	h.must(err)
	r, err := h.client("anna").Get(h.server.URL + "/orders/" + o.Number + "/files/" + id)
	h.must(err)
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a page of somebody's: %d %v", r.StatusCode, r.Header)
	}
	if status, _ := h.get("ben", "/orders/"+o.Number+"/files/"+id); status != http.StatusNotFound {
		t.Errorf("a stranger: %d", status)
	}
	if status, _ := h.get("anna", "/orders/"+o.Number+"/files/other"); status != http.StatusNotFound {
		t.Errorf("a file of another order: %d", status)
	}
}
