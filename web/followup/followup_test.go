package followup_test

import (
	"bytes"
	"database/sql"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/procedure"
)

// sheet is a filled-in form as the page sends it.
func sheet(t *testing.T, scan string, pairs ...string) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for i := 0; i < len(pairs); i += 2 {
		must(t, w.WriteField(pairs[i], pairs[i+1]))
	}
	if scan != "" {
		part, err := w.CreateFormFile("scan", "扫描.png")
		must(t, err)
		_, err = part.Write([]byte(scan))
		must(t, err)
	}
	must(t, w.Close())
	return w.FormDataContentType(), body
}

// TestWalls: agents see none of it, and whoever solved a case can neither call its customer nor key in what they said.
func TestWalls(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "both", "打印机无法打印")
	h.draw()
	li, both, chen := h.signIn("li"), h.signIn("both"), h.signIn("chen")
	for _, path := range []string{"/followup", "/followup/results", "/followup/draws", "/followup/visits", "/followup/improvements", "/followup/cases/" + f.ID} {
		if code, _ := li.get(path); code != 403 {
			t.Errorf("an agent sees %s: %d", path, code)
		}
		if code, _ := chen.get(path); code != 200 {
			t.Errorf("the manager does not see %s: %d", path, code)
		}
	}
	if code, text := li.post("/out/followup/" + f.ID); code != 403 || len(h.phone.Live()) != 0 {
		t.Errorf("an agent calls: %d %s", code, text)
	}
	code, text := both.post("/out/followup/" + f.ID)
	has(t, "own work", text, "这是您本人的服务")
	if code != 403 || len(h.phone.Live()) != 0 {
		t.Errorf("called their own customer: %d", code)
	}
	_, page := both.get("/followup/cases/" + f.ID)
	if strings.Contains(page, `data-testid="survey"`) || strings.Contains(page, "13800138000") {
		t.Error("the form, or the number, is shown to who solved it")
	}
	kind, body := sheet(t, "", "channel", "call", "who", "孙丽", "q.speed", "5", "q.quality", "5")
	if code, _ := both.do("POST", "/followup/cases/"+f.ID+"/survey", kind, body); code != 403 {
		t.Errorf("keyed in their own work: %d", code)
	}
	if list := get[[]records.Survey](t)(h.store.Surveys(t.Context(), f.ID)); len(list) != 0 {
		t.Errorf("kept: %+v", list)
	}
	for err, words := range map[error]string{
		outward.ErrOff: "外呼没有开通", outward.ErrUnable: "内置交换机不能外呼", outward.ErrEngaged: "您正在通话或整理中", outward.ErrNumber: "这个号码不允许外呼",
	} {
		h.phone.no = err
		if code, text := chen.post("/out/followup/" + f.ID); code != 409 || !strings.Contains(text, words) {
			t.Errorf("%v: %d %s", err, code, text)
		}
	}
}

// TestFromCallToOrder: the manager calls, keys in, and the order of the follow-up holds the proof: who was reached when, the
// ratings, the sheet as PDF, and that the customer said it; within 48 hours.
func TestFromCallToOrder(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "li", "打印机无法打印")
	h.draw()
	chen := h.signIn("chen")
	_, page := chen.get("/followup")
	has(t, "worklist", page, f.Case, "华东一厂 · 孙丽", "李强", "剩 24 小时", "北方中心")
	if code, text := chen.post("/out/followup/" + f.ID); code != 200 || !strings.Contains(text, "正在响您的电话") {
		t.Fatalf("dial: %d %s", code, text)
	}
	if code, _ := chen.post("/out/followup/" + f.ID); code != 409 {
		t.Errorf("twice at once: %d", code)
	}
	h.phone.be("talking")
	if _, text := chen.get("/out/followup/" + f.ID); !strings.Contains(text, "通话中") {
		t.Error(text)
	}
	h.phone.end("customer")
	kind, body := sheet(t, "", "channel", "call", "who", "孙丽", "q.speed", "4")
	if code, text := chen.do("POST", "/followup/cases/"+f.ID+"/survey", kind, body); code != 422 || !strings.Contains(text, "解决质量") {
		t.Errorf("incomplete: %d %s", code, text)
	}
	kind, body = sheet(t, "", "channel", "call", "who", "孙丽", "q.speed", "4", "q.quality", "5", "q.comment", "上门很快，讲解清楚。")
	if code, text := chen.do("POST", "/followup/cases/"+f.ID+"/survey", kind, body); code != 200 {
		t.Fatalf("survey: %d %s", code, text)
	}
	f = get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID))
	order := get[records.OrderFile](t)(h.store.Order(t.Context(), f.Order))
	if order.Order.State != procedure.Done {
		t.Errorf("the order is %s: %+v", order.Order.State, order.Unfinished)
	}
	for _, r := range order.Rules {
		if r.Verdict != procedure.Proven {
			t.Errorf("rule %s: %s", r.Rule.Code, r.Verdict)
		}
	}
	var file string
	for _, e := range order.Evidence {
		if e.Need == "sheet" {
			file = e.File
		}
	}
	_, content, err := h.store.OpenFile(t.Context(), file)
	must(t, err)
	defer content.Close()
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", content.Name(), "-").Output()
	must(t, err)
	has(t, "the sheet", string(text), "客户满意度调查单", f.Case, "华东一厂", "孙丽", "李强", "上门很快，讲解清楚。", "经理电话")
	if dir := os.Getenv("HOTLINE_SHOTS"); dir != "" {
		must(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", "80", "-png", content.Name(), filepath.Join(dir, "followup-sheet")).Run())
	}
	_, page = chen.get("/followup/cases/" + f.ID)
	has(t, "the page", page, "计入统计", "已通话，客户挂断", "录音 a-out.1")
	_, csv := chen.get("/followup/results.csv?by=engineer")
	has(t, "results", csv, "\ufeff服务工程师,抽中,答复 (n),速度（均值）,质量（均值）,低分", "李强,1,1,4.00,5.00,0")
}

// TestPaperAndCorrection: paper needs its scan; a correction is a version with a reason.
func TestPaperAndCorrection(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "li", "打印机无法打印")
	h.draw()
	chen := h.signIn("chen")
	at := "/followup/cases/" + f.ID + "/survey"
	kind, body := sheet(t, "", "channel", "paper", "who", "孙丽", "q.speed", "5", "q.quality", "5")
	if code, text := chen.do("POST", at, kind, body); code != 422 || !strings.Contains(text, "扫描件") {
		t.Errorf("without a scan: %d %s", code, text)
	}
	kind, body = sheet(t, "\x89PNG\r\n\x1a\nscan", "channel", "paper", "who", "孙丽", "q.speed", "5", "q.quality", "4")
	if code, text := chen.do("POST", at, kind, body); code != 200 {
		t.Fatalf("paper: %d %s", code, text)
	}
	first := get[[]records.Survey](t)(h.store.Surveys(t.Context(), f.ID))[0]
	_, page := chen.get("/followup/cases/" + f.ID + "?correct=" + first.Series)
	has(t, "correction", page, "更正第 1 版", `name="series" value="`+first.Series+`"`)
	kind, body = sheet(t, "", "series", first.Series, "channel", "paper", "reason", "第二题看错", "who", "孙丽", "q.speed", "5", "q.quality", "3")
	if code, text := chen.do("POST", at, kind, body); code != 200 {
		t.Fatalf("correct: %d %s", code, text)
	}
	list := get[[]records.Survey](t)(h.store.Surveys(t.Context(), f.ID))
	if len(list) != 2 || !list[1].Counts || list[1].Version != 2 || list[0].Quality != 4 || list[1].File != first.File {
		t.Errorf("%+v", list)
	}
	order := get[records.OrderFile](t)(h.store.Order(t.Context(), get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID)).Order))
	if order.Order.State != procedure.Done {
		t.Errorf("order %s", order.Order.State)
	}
}

// TestLinkByMail: the customer answers by a mailed link, once; the answer is theirs and in the order.
func TestLinkByMail(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "li", "打印机无法打印")
	h.draw()
	chen := h.signIn("chen")
	_, _ = chen.get("/followup/cases/" + f.ID)
	if code, text := chen.post("/followup/cases/"+f.ID+"/link", "mail", "1"); code != 200 {
		t.Fatalf("mail: %d %s", code, text)
	}
	if len(h.mails) != 1 || h.mails[0].To != "sun@example.org" {
		t.Fatalf("mails: %+v", h.mails)
	}
	address := regexp.MustCompile(`http://\S+/c/\S+`).FindString(h.mails[0].Text)
	sun := h.signIn("")
	if code, text := sun.post(address+"/open", "digits", "8000"); code != 200 {
		t.Fatalf("open: %d %s", code, text)
	}
	_, page := sun.get(address)
	has(t, "questions", page, "您对问题解决的速度是否满意", "4000000000", `name="turn"`)
	turn := regexp.MustCompile(`name="turn" value="(\d+)"`).FindStringSubmatch(page)[1]
	if _, text := sun.post(address, "turn", turn, "who", "孙丽", "q.speed", "5"); !strings.Contains(text, "请为速度和质量各选一个分数") {
		t.Errorf("incomplete: %s", text)
	}
	for _, said := range []string{"谢谢您的评价", "您已答复"} { // pressed twice
		if _, text := sun.post(address, "turn", turn, "who", "孙丽", "q.speed", "5", "q.quality", "4", "q.comment", "<script>alert(1)</script>"); !strings.Contains(text, said) {
			t.Errorf("answer: %s", text)
		}
	}
	list := get[[]records.Survey](t)(h.store.Surveys(t.Context(), f.ID))
	if len(list) != 1 || list[0].Channel != records.SurveyMail || list[0].KeyedBy != records.KeyedByCustomer || !list[0].Counts {
		t.Fatalf("%+v", list)
	}
	f = get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID))
	order := get[records.OrderFile](t)(h.store.Order(t.Context(), f.Order))
	if f.State != records.FollowUpDone || order.Order.State != procedure.Done {
		t.Errorf("follow-up %s, order %s", f.State, order.Order.State)
	}
	_, page = chen.get("/followup/cases/" + f.ID)
	if strings.Contains(page, "<script>alert") {
		t.Error("what the customer typed is run")
	}
	has(t, "who keyed", page, "客户本人", "邮件链接")
}

// TestDrawIsPublished: anybody can take what was published and draw again.
func TestDrawIsPublished(t *testing.T) {
	h := newHouse(t)
	day := h.clock().In(get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))).Format(time.DateOnly)
	h.solve("c1", "li", "打印机无法打印")
	chen := h.signIn("chen")
	if code, text := chen.get("/followup/draws/" + day); code != 409 {
		t.Errorf("before the day is over: %d %s", code, text)
	}
	h.draw()
	_, page := chen.get("/followup/draws")
	has(t, "draws", page, day, "当天结束后公布", "1 / 1")
	_, file := chen.get("/followup/draws/" + day)
	has(t, "file", file, `"seed"`, `"commitment"`, `"rule"`, `"taken"`)
	if strings.Contains(file, "fault") {
		t.Error(file)
	}
	// What does not hold is said in the language of who reads.
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+h.file+"?_busy_timeout=5000"))
	defer func() { _ = db.Close() }() // of this test alone
	get[sql.Result](t)(db.ExecContext(t.Context(), `UPDATE followups SET state = 'passed'`))
	_, file = chen.get("/followup/draws/" + day)
	has(t, "file of a draw that does not hold", file, `"fault": "问题单 `, "没有按抽样结果处理")
}

// TestThenByLink: who was called as often as the rule asks is called no more, and gets one mailed link.
func TestThenByLink(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "li", "打印机无法打印")
	h.draw()
	chen := h.signIn("chen")
	for range records.MaxAttempts {
		if code, text := chen.post("/out/followup/" + f.ID); code != 200 {
			t.Fatalf("dial: %d %s", code, text)
		}
		h.phone.end("no-answer")
		f = get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID))
		h.advance(f.NextAt.Sub(h.clock()))
	}
	if code, text := chen.post("/out/followup/" + f.ID); code != 409 || !strings.Contains(text, "已按规则拨打三次") {
		t.Errorf("once more: %d %s", code, text)
	}
	for _, want := range []int{1, 0} {
		if sent := get[int](t)(h.desk.SendLinks(t.Context())); sent != want || len(h.mails) != 1 {
			t.Errorf("sent %d, in all %d", sent, len(h.mails))
		}
	}
	if f = get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID)); f.State != records.FollowUpLinked {
		t.Errorf("state %s", f.State)
	}
	sun, address := h.signIn(""), regexp.MustCompile(`http://\S+/c/\S+`).FindString(h.mails[0].Text)
	sun.post(address+"/open", "digits", "8000")
	if _, text := sun.post(address, "turn", "0", "who", "孙丽", "q.speed", "5", "q.quality", "5"); !strings.Contains(text, "谢谢您的评价") {
		t.Errorf("answer: %s", text)
	}
	if o := get[records.OrderFile](t)(h.store.Order(t.Context(), f.Order)); o.Order.State != procedure.Done {
		t.Errorf("order %s", o.Order.State)
	}
	code, sheet := chen.get("/followup/cases/" + f.ID + "/sheet.pdf")
	if code != 200 || !strings.HasPrefix(sheet, "%PDF") {
		t.Errorf("the blank sheet: %d", code)
	}
}
