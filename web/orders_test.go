package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// escalate brings a case of anna's to an accepted escalation.
func (h *house) escalate(t testing.TB, call string) records.Escalation {
	t.Helper()
	ctx := t.Context()
	if _, err := h.store.OwnCall(ctx, records.OwnInput{Call: call, Queue: "service", Agent: "anna", Number: "13800138000"}); err != nil {
		t.Fatal(err)
	}
	done, err := h.store.WrapUp(ctx, records.WrapUpInput{
		Call: call, By: "anna", Outcome: records.OutcomeRemote, Subject: "打印机不工作",
		Escalation: &records.EscalationFacts{
			Situation: "安装补丁后无法打印", Contact: records.EscalatedTo{Name: "孙丽", Number: "010-65521234", Confirmed: true},
			Told: records.ToldToCustomer{Means: "远程", At: time.Now().Add(time.Hour), Procedure: "先备份再处理"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.store.AcceptEscalation(ctx, done.Escalation, "dan", 0)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOrderByTheAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := h.escalate(t, "c1")
	const at = "/api/v1/orders"
	var o records.Order
	h.do(t, "dan", "POST", at, obj{"escalation": e.ID}).want(http.StatusCreated, &o)
	one := at + "/" + o.Number

	// Nobody else's business: an agent and an engineer who have nothing to do with it are told that there is none.
	h.do(t, "ben", "GET", one, nil).problem(http.StatusNotFound, codeNotFound)
	h.do(t, "emma", "GET", one, nil).problem(http.StatusNotFound, codeNotFound)
	h.do(t, "anna", "GET", one, nil).want(http.StatusOK, nil)
	h.do(t, "dan", "POST", one+"/assign", obj{"engineer": "emma", "version": o.Version}).want(http.StatusOK, &o)
	h.do(t, "dan", "POST", one+"/assign", obj{"engineer": "emma", "version": o.Version - 1}).problem(http.StatusConflict, "changed-meanwhile")
	h.do(t, "emma", "GET", one, nil).want(http.StatusOK, nil)
	var mine records.Page[records.Order]
	h.do(t, "emma", "GET", at, nil).want(http.StatusOK, &mine)
	if len(mine.Items) != 1 {
		t.Fatalf("emma sees %d orders", len(mine.Items))
	}
	h.do(t, "ben", "GET", at, nil).want(http.StatusOK, &mine)
	if len(mine.Items) != 0 {
		t.Fatalf("ben sees %d orders", len(mine.Items))
	}

	// A gate without its evidence says what is missing, in both languages.
	p := h.do(t, "emma", "POST", one+"/steps/open_port/complete", obj{}).problem(http.StatusUnprocessableEntity, "order-incomplete")
	if len(p.Lacks) != 3 || p.Lacks[0].What.ZH == "" || p.Lacks[0].What.EN == "" {
		t.Fatalf("missing: %+v", p.Lacks)
	}
	h.do(t, "emma", "POST", one+"/steps/open_port/override", obj{"reason": "x"}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "sue", "POST", one+"/steps/open_port/override", obj{"reason": "客户已自行开放端口"}).want(http.StatusOK, &o)
	h.do(t, "emma", "POST", one+"/steps/login/waive", obj{"reason": "客户自己输入"}).want(http.StatusOK, &o)
	var evidence records.Evidence
	backup := obj{"step": "backup", "need": "backup", "kind": "waiver", "body": obj{"who": "孙丽", "reason": "昨日已备份"}, "client": "phone-1"}
	h.do(t, "emma", "POST", one+"/evidence", backup).want(http.StatusCreated, &evidence)
	var again records.Evidence
	h.do(t, "emma", "POST", one+"/evidence", backup).want(http.StatusCreated, &again)
	if evidence.ID != again.ID {
		t.Error("sent twice, kept twice")
	}
	h.do(t, "emma", "POST", one+"/steps/backup/complete", obj{}).want(http.StatusOK, &o)

	// A file goes up once and comes down whole, to those who may read the order.
	file := h.upload(t, "emma", one+"/files", "补丁说明.txt", "patch 7")
	h.do(t, "emma", "POST", one+"/evidence", obj{"step": "service", "kind": "file", "file": file.ID}).want(http.StatusCreated, nil)
	down := h.do(t, "anna", "GET", one+"/files/"+file.ID, nil)
	if down.Status != http.StatusOK || string(down.Body) != "patch 7" || !strings.HasPrefix(down.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file: %d %q %q", down.Status, down.Body, down.Header.Get("Content-Disposition"))
	}
	h.do(t, "ben", "GET", one+"/files/"+file.ID, nil).problem(http.StatusNotFound, codeNotFound)
	h.do(t, "emma", "POST", one+"/pause", obj{"reason": "等待客户重启服务器"}).want(http.StatusOK, &o)
	h.do(t, "emma", "POST", one+"/steps/service/complete", obj{}).problem(http.StatusConflict, "order-state")
	h.do(t, "emma", "POST", one+"/resume", obj{}).want(http.StatusOK, &o)
	h.do(t, "emma", "POST", one+"/finish", obj{"result": "完成"}).problem(http.StatusUnprocessableEntity, "order-incomplete")
	h.do(t, "emma", "POST", one+"/cancel", obj{"reason": "x"}).problem(http.StatusForbidden, codeForbidden)
	h.do(t, "emma", "POST", one+"/continue", obj{"reason": "需更换服务器后再处理"}).want(http.StatusOK, &o)
	var next records.OrderFile
	h.do(t, "emma", "GET", at+"/"+o.Next, nil).want(http.StatusOK, &next)
	if next.Order.Previous != o.ID || next.Steps[0].State != procedure.Ready || next.Order.Engineer != "emma" {
		t.Errorf("the next order: %+v", next.Order)
	}
	h.do(t, "sue", "POST", at+"/"+o.Next+"/cancel", obj{"reason": "客户取消"}).want(http.StatusOK, &o)
	if o.State != procedure.Cancelled {
		t.Errorf("state %s", o.State)
	}
}

// upload sends one file.
func (h *house) upload(t testing.TB, login, path, name, content string) records.File {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+h.tokens[login])
	answer, err := h.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatalf("upload: %d %s %v", answer.StatusCode, text, err)
	}
	var f records.File
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}
