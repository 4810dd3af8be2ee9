package desk_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/records"
)

func TestDeskShowsTheCaseOfTheCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer, _ := h.factory()
	li := h.signIn("li")
	li.get("/desk").want(http.StatusOK, "Ready for a call")
	own := h.answer("c1", "li", "13800138000")
	page := li.get("/desk").want(http.StatusOK, own.Number, "王芳", customer.Name, "Nanjing centre", "工作日 2 小时响应", "Not verified", "+8613800138000", "Choose how it ends")
	page.without("Ready for a call")
	li.lang = "zh-CN"
	li.get("/desk").want(http.StatusOK, "问题描述", "选择处理结果", "未核实", `lang="zh-Hans"`)
	li.get("/desk?case=C-0").want(http.StatusNotFound, "没有找到")
	li.get("/desk/work?call=nobody-answered").want(http.StatusOK, "等待来电")

	other := h.signIn("wang") // a colleague may read it, but needs no number
	other.get("/desk?case="+own.Number).want(http.StatusOK, own.Number).without("13800138000")
	h.signIn("deng").get("/desk").want(http.StatusForbidden)
}

func TestWhoCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer, wang := h.factory()
	zhao := get[records.Contact](t)(h.store.AddContact(t.Context(), records.Contact{
		Name: "赵刚", CustomerID: customer.ID, Notes: "车间", Numbers: []records.Number{{Number: "13800138000"}},
	}))
	own := h.answer("c1", "li", "13800138000")
	li := h.signIn("li")
	who := "/desk/cases/" + own.Number + "/who"
	li.get("/desk").want(http.StatusOK, "Which of these is it?", "王芳", "赵刚", "车间")
	li.post(who+"/choose", "contact", zhao.ID, "call", "c1").want(http.StatusOK, "赵刚", "Not verified").without("Which of these")
	rec := get[records.Recognition](t)(h.store.Recognise(t.Context(), "13800138000"))
	equal(t, "remembered", rec.Chosen, zhao.ID)
	c := get[records.Case](t)(h.store.Case(t.Context(), own.Number))
	equal(t, "case's contact", c.ContactID+c.CustomerID, zhao.ID+customer.ID)

	li.post(who+"/verify", "contact", zhao.ID, "call", "c1", "verify.detail", "HD-17").want(http.StatusUnprocessableEntity, "Choose how you verified", `value="HD-17"`)
	li.post(who+"/verify", "contact", zhao.ID, "call", "c1", "verify.how", "contract", "verify.detail", "HD-17").want(http.StatusOK, "Verified", "contract number")
	seen := get[[]records.Verification](t)(h.store.Verifications(t.Context(), zhao.ID))
	equal(t, "verification", seen[0].How+seen[0].Detail+seen[0].By+seen[0].Call, "contractHD-17lic1")

	li.get(who+"/find?call=c1&who.find=%E5%8D%8E%E4%B8%9C").want(http.StatusOK, "王芳", "赵刚")
	li.get(who+"/find?who.find=xyz").want(http.StatusOK, "Nobody found")
	li.post(who+"/choose", "contact", wang.ID, "call", "c1").want(http.StatusOK, "王芳")
	li.post(who+"/choose", "contact", "nobody", "call", "c1").want(http.StatusNotFound)

	// Somebody new, from a number that is not one: what was typed stays, what is wrong stands beside it.
	li.get(who+"?open=new&call=c1").want(http.StatusOK, `name="who.name"`, `<option value="hefei">Hefei centre`)
	li.post(who+"/new", "call", "c1", "who.name", "", "who.number", "call me", "who.customer", "新客户 <b>").
		want(http.StatusUnprocessableEntity, "Enter the name.", "not a telephone number", "新客户 &lt;b&gt;", "call me")
	li.get(who+"/customers?who.customer=%E5%8D%8E").want(http.StatusOK, "华东一厂", "Nanjing centre", customer.ID)
	li.post(who+"/new", "call", "c1", "who.name", "钱进", "who.number", "13900139000", "who.customer", "新客户", "who.region", "浙江", "who.centre", "hefei").want(http.StatusOK, "钱进", "新客户", "浙江 · Hefei centre")
	equal(t, "centre", get[[]records.Customer](t)(h.store.Customers(t.Context(), "新客户", 1))[0].ServiceCentre, "hefei")
	li.post(who+"/new", "call", "c1", "who.name", "孙丽", "who.customer", "华东", "who.customer_id", customer.ID).want(http.StatusOK, "孙丽", "华东一厂")
}

// wrapUps are the five ways of ending, each whole.
func wrapUps() map[string][]string {
	later := time.Now().Add(3 * time.Hour).In(time.FixedZone("CST", 8*3600)).Format("2006-01-02T15:04")
	before := time.Now().Add(-2 * time.Minute).In(time.FixedZone("CST", 8*3600)).Format("2006-01-02T15:04")
	service := []string{
		"escalation.situation", "开机报错 0x7B", "escalation.contact.name", "王芳", "escalation.contact.number", "138 0013 8000",
		"escalation.contact.confirmed", "true", "escalation.told.means", "工程师远程连接", "escalation.told.at", later, "escalation.told.procedure", "先备份数据",
	}
	return map[string][]string{
		"solved":   {"solved.solution", "重启打印服务", "solved.confirmed", "true"},
		"remote":   service,
		"onsite":   service,
		"referred": {"referral.department", "sales", "referral.accepted_by", "周经理", "referral.accepted_at", before},
		"callback": {"callback.at", later, "callback.number", ""},
	}
}

func TestFinishingInEveryWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.factory()
	li := h.signIn("li")
	n := 0
	for outcome, facts := range wrapUps() {
		n++
		call := "call-" + outcome
		number := "1390013900" + string(rune('0'+n))
		own := h.answer(call, "li", number)
		path := "/desk/cases/" + own.Number + "/finish"
		form := append([]string{"outcome", outcome, "call", call, "subject", "题目 " + outcome, "product", "应用软件", "category", "Printing", "note", "顺便问了发票"}, facts...)
		for i := 0; i < len(facts); i += 2 { // each fact left out is named, and nothing is done
			if facts[i] == "callback.number" {
				continue
			}
			short := append([]string(nil), form...)
			for j := range short {
				if j%2 == 0 && short[j] == facts[i] {
					short[j+1] = ""
				}
			}
			r := li.post(path, short...).want(http.StatusUnprocessableEntity, `data-goto="`+facts[i]+`"`, "1 thing is missing")
			equal(t, "into the list", r.Header.Get("HX-Retarget"), "#case-missing")
		}
		equal(t, "untouched", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).State, records.CaseOpen)
		done := li.post(path, form...).want(http.StatusOK, own.Number, "You can be offered the next call")
		if outcome == "referred" {
			done.want(http.StatusOK, "Sales", "周经理")
		} else {
			done.want(http.StatusOK, "李强")
		}
		if outcome == "callback" || outcome == "remote" || outcome == "onsite" {
			done.want(http.StatusOK, "in 3 h")
		}
		c := get[records.Case](t)(h.store.Case(t.Context(), own.Number))
		equal(t, outcome+": what it is about", c.Subject+c.Product+c.Category, "题目 "+outcome+"softwareprinting")
		notes := get[[]records.Note](t)(h.store.Notes(t.Context(), own.Number))
		equal(t, outcome+": the note begun beside it", notes[len(notes)-1].Text, "顺便问了发票")
		li.post(path, form...).want(http.StatusOK) // the answer was lost and the button pressed again
	}
	equal(t, "freed", len(h.played.freed), 5)
}

func TestFinishingWhatIsNotMine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "13800138000")
	wang := h.signIn("wang")
	form := append([]string{"outcome", "solved"}, wrapUps()["solved"]...)
	wang.post("/desk/cases/"+own.Number+"/finish", form...).want(http.StatusForbidden, "You neither own the case")
	form[0], form[1] = "outcome", "dissolved"
	h.signIn("li").post("/desk/cases/"+own.Number+"/finish", form...).want(http.StatusUnprocessableEntity, "not one of the choices")
	ref := append([]string{"outcome", "referred"}, wrapUps()["referred"]...)
	ref[3] = "the basement"
	h.signIn("li").post("/desk/cases/"+own.Number+"/finish", ref...).want(http.StatusUnprocessableEntity, "Department: not one of the choices")
}

// saving sends what the page's autosave sends.
func (c *client) saving(number string, body map[string]any) (int, map[string]any) {
	c.h.t.Helper()
	data := get[[]byte](c.h.t)(json.Marshal(body))
	r := c.send(http.MethodPost, "/desk/cases/"+number+"/draft", "application/json", string(data))
	var out map[string]any
	must(c.h.t, json.Unmarshal([]byte(r.Body), &out))
	return r.Status, out
}

func typed(pairs ...string) []map[string]any {
	var out []map[string]any
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, map[string]any{"name": pairs[i], "value": pairs[i+1]})
	}
	return out
}

func TestDraftsAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "13800138000")
	li := h.signIn("li")
	status, a := li.saving(own.Number, map[string]any{"tab": "a", "call": "c1", "changes": typed("subject", "打印机 <script>alert(1)</script>", "outcome", "solved", "solved.solution", "x")})
	equal(t, "saved", status, http.StatusOK)
	lacks, ok := a["missing"].([]any)
	if !ok || len(lacks) != 1 {
		t.Fatalf("missing: %v", a["missing"])
	}
	li.get("/desk").want(http.StatusOK, "打印机 &lt;script&gt;alert(1)&lt;/script&gt;", "The customer&#39;s confirmation").without("<script>alert(1)")
	equal(t, "not in the case yet", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject, "")
	_, a = li.saving(own.Number, map[string]any{"tab": "a", "since": a["seq"], "commit": []string{"subject"}, "base": map[string]string{"subject": ""}})
	equal(t, "in the case", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject, "打印机 <script>alert(1)</script>")
	if taken, ok := a["taken"].([]any); !ok || len(taken) != 1 {
		t.Errorf("taken: %v", a)
	}

	// A colleague changes the subject; what li types meanwhile does not overwrite it silently.
	theirs := "扫描仪"
	get[records.Case](t)(h.store.UpdateCase(t.Context(), own.Number, records.CaseChange{By: "wang", Subject: &theirs}))
	_, a = li.saving(own.Number, map[string]any{"tab": "a", "changes": typed("subject", "复印机"), "commit": []string{"subject"}, "base": map[string]string{"subject": "打印机 <script>alert(1)</script>"}})
	if clashes, ok := a["clashes"].([]any); !ok || len(clashes) != 1 {
		t.Errorf("clash: %v", a)
	}
	equal(t, "theirs stands", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject, theirs)
	li.get("/desk").want(http.StatusOK, `value="复印机" data-base="扫描仪"`)

	status, a = li.saving(own.Number, map[string]any{"tab": "a", "changes": typed("description", strings.Repeat("x", 70_000))})
	equal(t, "too long to keep", status, http.StatusUnprocessableEntity)
	if a["what"] == "" || a["do"] == "" {
		t.Errorf("a refusal that says nothing: %v", a)
	}
	long := strings.Repeat("长", 10_001)
	_, a = li.saving(own.Number, map[string]any{"tab": "a", "changes": typed("description", long), "commit": []string{"description"}, "base": map[string]string{}})
	lacks, _ = a["missing"].([]any)
	words, _ := json.Marshal(lacks)
	if !strings.Contains(string(words), "Description: too long") {
		t.Errorf("10 kB: %s", words)
	}
	li.get("/desk").want(http.StatusOK, long) // kept until it is shortened
	r := li.send(http.MethodPost, "/desk/cases/"+own.Number+"/draft", "application/json", "{")
	r.want(http.StatusBadRequest)
	status, _ = li.saving("C-0", map[string]any{"tab": "a"})
	equal(t, "no such case", status, http.StatusNotFound)

	// Without a session nothing is saved, and the page is told so in a way it can use.
	nobody := &client{h: h, http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	equal(t, "signed out", nobody.send(http.MethodPost, "/desk/cases/"+own.Number+"/draft", "application/json", "{}").Status, http.StatusUnauthorized)
	nobody.http.CloseIdleConnections()
}

func (c *client) upload(path, name, content string) *reply {
	c.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part := get2(form.CreateFormFile("file", name))
	_ = get2(part.Write([]byte(content)))
	must(c.h.t, form.Close())
	return c.send(http.MethodPost, path, form.FormDataContentType(), body.String())
}

func get2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestFilesOfACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "")
	li := h.signIn("li")
	path := "/desk/cases/" + own.Number + "/files"
	var a records.Attachment
	must(t, json.Unmarshal([]byte(li.upload(path, `<img src=x onerror=alert(1)>.png`, "<html><script>alert(1)</script>").want(http.StatusCreated).Body), &a))
	li.get(path).want(http.StatusOK, "_img src=x onerror=alert(1)_.png").without("<img src")
	r := h.signIn("deng").get(path+"/"+a.ID).want(http.StatusOK, "<script>alert(1)")
	equal(t, "never shown, only saved", r.Header.Get("Content-Disposition")[:10], "attachment")
	equal(t, "not guessed", r.Header.Get("X-Content-Type-Options"), "nosniff")
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
		t.Errorf("policy of a file: %s", csp)
	}
	li.upload(path, "big.bin", strings.Repeat("x", 1<<20+1)).want(http.StatusUnprocessableEntity, "too large")
	li.upload(path, "huge.bin", strings.Repeat("x", 3<<20)).want(http.StatusUnprocessableEntity, "too large")
	li.upload(path, "empty.txt", "").want(http.StatusUnprocessableEntity, "empty")
	li.post(path, "file", "no file").want(http.StatusBadRequest, "did not arrive whole")
	li.get(path + "/nothing").want(http.StatusNotFound)
	li.get("/desk/cases/C-0/files/" + a.ID).want(http.StatusNotFound)
	equal(t, "kept", len(get[[]records.Attachment](t)(h.store.Attachments(t.Context(), own.Number))), 1)
}

func TestKnownSolutionsOnTheDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li := h.signIn("li")
	old := h.answer("c0", "li", "13700137000")
	li.post("/desk/cases/"+old.Number+"/finish", append([]string{"outcome", "solved", "call", "c0", "subject", "打印机卡纸 <b>", "product", "应用软件"}, wrapUps()["solved"]...)...).want(http.StatusOK)
	own := h.answer("c1", "li", "13800138000")
	path := "/desk/cases/" + own.Number + "/solutions"
	li.get(path).want(http.StatusOK, "Type a subject")
	li.get(path+"?subject=%E5%8D%A1%E7%BA%B8").want(http.StatusOK, old.Number, "打印机卡纸 &lt;b&gt;", "重启打印服务", "Application software")
	li.get(path+"?q=%E9%87%8F%E5%AD%90").want(http.StatusOK, "Nothing like it")
	li.post(path, "kind", "case", "ref", old.Number).want(http.StatusOK, "重启打印服务")
	li.get("/desk").want(http.StatusOK, "Solved with", old.Number)
	li.get(path+"?q=%E5%8D%A1%E7%BA%B8").want(http.StatusOK, "In use")
	li.post(path+"/drop", "kind", "case", "ref", old.Number).want(http.StatusOK)
	li.post(path, "kind", "case", "ref", "C-0").want(http.StatusNotFound)
}

func TestSplittingACall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.answer("c0", "li", "13800138000")
	h.played.set(agent.View{Login: "li", State: agent.Ready})
	own := h.answer("c1", "wang", "13800138000")
	equal(t, "continued", own.Number, old.Number)
	wang := h.signIn("wang")
	wang.get("/desk").want(http.StatusOK, "Something else", "李强")
	wang.saving(own.Number, map[string]any{"tab": "a", "changes": typed("subject", "另一件事")})
	wang.post("/desk/cases/"+own.Number+"/split", "call", "c1").want(http.StatusOK, "王芳", `value="另一件事"`).without(`data-testid="split"`)
	c := get[records.Case](t)(h.store.CaseOfCall(t.Context(), "c1"))
	equal(t, "owner of the new one", c.Owner, "wang")
	if c.Number == old.Number {
		t.Error("no case of its own")
	}
}

func onlyErr(_ any, err error) error { return err }

func TestNotesAndHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "")
	li := h.signIn("li")
	path := "/desk/cases/" + own.Number
	li.get(path+"/more").want(http.StatusOK, "No notes yet", "answered first", "李强")
	li.post(path+"/notes", "note", "  ").want(http.StatusUnprocessableEntity, "The note is empty")
	li.post(path+"/notes", "note", `<img src=x onerror=alert(1)>`).want(http.StatusOK, "&lt;img src=x").without("<img src=x")
	must(t, onlyErr(h.store.AddNote(t.Context(), own.Number, "gao", "remote service done by gao: 驱动已重装")))
	li.get(path+"/more").want(http.StatusOK, "remote service done by gao: 驱动已重装")
	li.lang = "zh-CN"
	li.get(path+"/more").want(http.StatusOK, "远程服务已完成（gao）：驱动已重装").without("remote service")
	li.post("/desk/cases/C-0/notes", "note", "x").want(http.StatusNotFound)
}

func TestMyCases(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li := h.signIn("li")
	li.get("/desk/cases").want(http.StatusOK, "You have no open cases", "To the desk")
	li.get("/desk/cases?show=closed").want(http.StatusOK, "You have closed no cases")
	first := h.answer("c1", "li", "13800138001")
	second := h.answer("c2", "li", "13800138002")
	third := h.answer("c3", "li", "13800138003")
	li.post("/desk/cases/"+third.Number+"/finish", append([]string{"outcome", "callback", "call", "c3", "subject", "第三"}, wrapUps()["callback"]...)...).want(http.StatusOK)
	li.post("/desk/cases/"+second.Number+"/finish", append([]string{"outcome", "solved", "call", "c2", "subject", "第二"}, wrapUps()["solved"]...)...).want(http.StatusOK)
	li.saving(first.Number, map[string]any{"tab": "a", "changes": typed("subject", "没写完")})
	page := li.get("/desk/cases").want(http.StatusOK, first.Number, third.Number, "in 3 h", "unfinished", "<meter").without(second.Number)
	if strings.Index(page.Body, `">`+third.Number) > strings.Index(page.Body, `">`+first.Number+"</a></th>") {
		t.Error("what is promised does not stand first")
	}
	li.get("/desk/cases?text=%E7%AC%AC%E4%B8%89").want(http.StatusOK, third.Number).without(`">` + first.Number + "</a></th>")
	li.get("/desk/cases?text=nothing").want(http.StatusOK, "No case fits")
	li.get("/desk/cases?show=closed").want(http.StatusOK, second.Number, "Solved").without(`">` + third.Number + "</a></th>")
	li.get("/desk?case="+second.Number).want(http.StatusOK, "This case is solved").without(`id="case-form"`)
}

func TestHandOversOnTheDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "")
	li, wang := h.signIn("li"), h.signIn("wang")
	wang.get("/desk/handovers").want(http.StatusOK, "Nothing waits for you")
	offer := func(to records.Target) records.HandOver {
		t.Helper()
		return get[records.HandOver](t)(h.store.OfferHandOver(t.Context(), records.HandOverOffer{Case: own.Number, From: "li", To: to, Note: "请接 <b>"}))
	}
	first := offer(records.Target{Kind: records.ToAgent, Name: "wang"})
	wang.get("/desk/handovers").want(http.StatusOK, own.Number, "From 李强", "请接 &lt;b&gt;")
	li.get("/desk/handovers").want(http.StatusOK, "To 王芳", "It stays yours")
	wang.post("/desk/handovers/"+first.ID+"/return", "reason", "").want(http.StatusUnprocessableEntity, "Say why; the owner reads it.")
	wang.post("/desk/handovers/"+first.ID+"/return", "reason", "今天休假").want(http.StatusOK, "Nothing waits for you")
	li.get("/desk/handovers").want(http.StatusOK, "returned", "今天休假")
	second := offer(records.Target{Kind: records.ToQueue, Name: "service"})
	h.played.set(agent.View{Login: "wang", State: agent.Ready, Queues: []string{"other"}})
	wang.get("/desk/handovers").want(http.StatusOK, "Nothing waits for you") // of a queue that wang does not serve
	h.played.set(agent.View{Login: "wang", State: agent.Ready, Queues: []string{"service"}})
	wang.get("/desk/handovers").want(http.StatusOK, "Service hotline", "Others may accept it as well")
	wang.post("/desk/handovers/"+second.ID+"/return", "reason", "no").want(http.StatusForbidden)
	li.post("/desk/handovers/"+second.ID+"/withdraw").want(http.StatusOK, "withdrawn")
	third := offer(records.Target{Kind: records.ToAgent, Name: "wang"})
	r := wang.post("/desk/handovers/" + third.ID + "/accept").want(http.StatusNoContent)
	equal(t, "goes on with it", r.Header.Get("HX-Redirect"), "/desk?case="+own.Number)
	equal(t, "owner", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Owner, "wang")
	wang.post("/desk/handovers/" + third.ID + "/throw").want(http.StatusNotFound)
}

func TestCallsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li, wang := h.signIn("li"), h.signIn("wang")
	li.get("/desk/callbacks").want(http.StatusOK, "Nobody waits for a call")
	asked := get[records.CallbackRequest](t)(h.store.AddCallback(t.Context(), records.CallbackRequest{Number: "13800138000", Queue: "service", Call: "q1"}))
	own := h.answer("c1", "li", "13900139000")
	li.post("/desk/cases/"+own.Number+"/finish", append([]string{"outcome", "callback", "call", "c1", "subject", "发票"}, wrapUps()["callback"]...)...).want(http.StatusOK)
	li.get("/desk/callbacks").want(http.StatusOK, "+8613900139000", "发票", "in 3 h", "Service hotline", "+86138****8000")
	wang.get("/desk/callbacks").want(http.StatusOK, "+86138****8000").without("13900139000")
	wang.post("/desk/callbacks/"+asked.ID+"/take", "version", "1").want(http.StatusOK, "+8613800138000", "Not reached")
	li.post("/desk/callbacks/"+asked.ID+"/take", "version", "1").want(http.StatusConflict)
	wang.post("/desk/callbacks/"+asked.ID+"/missed", "result", "无人接听").want(http.StatusOK, "+8613800138000", "无人接听")
	wang.post("/desk/callbacks/" + asked.ID + "/take").want(http.StatusOK)
	wang.post("/desk/callbacks/"+asked.ID+"/done", "result", "ok").want(http.StatusOK, "Nobody waits for a call")
	wang.post("/desk/callbacks/" + asked.ID + "/eat").want(http.StatusNotFound)
}

func TestMyDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li := h.signIn("li")
	li.get("/desk/day").want(http.StatusOK, "No calls on this day")
	own := h.answer("c1", "li", "13800138000")
	now := time.Now()
	must(t, h.store.EndCall(t.Context(), records.CallRow{Call: "c1", Ended: now, End: "caller"}))
	for at, state := range map[time.Duration]string{-5 * time.Minute: "ready", -time.Minute: "talking", 0: "wrapup"} {
		h.store.Journal().Append(records.JournalEntry{Kind: "presence", Agent: "li", At: now.Add(at), Data: []byte(`{"data":{"to":"` + state + `"}}`)})
		must(t, h.store.Journal().Flush(t.Context()))
	}
	li.get("/desk/day").want(http.StatusOK, own.Number, "ring 1", "not finished", "span-talking", "Timeline")
	li.get("/desk/day?date=2020-01-01").want(http.StatusOK, "No calls on this day", "Next day")
	li.get("/desk/counts?here=day&case=").want(http.StatusOK, "My day")
}
