package classes_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
	"hotline/web/browser/site"
)

// set gives a field a value at once, as a picker does.
func set(tab *browser.Tab, sel, value string) {
	tab.WaitVisible(sel)
	tab.Run(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); })()`, sel, value))
}

// person is a participant's phone.
func (h *house) person(b *browser.Browser, look browser.Look) *browser.Tab {
	look.Width, look.Height, look.Still = 390, 844, true
	return b.Tab(look)
}

// joins registers on the public page and opens the personal link.
func (h *house) joins(tab *browser.Tab, door, name, number string) string {
	h.T.Helper()
	tab.Goto(door)
	tab.Fill("#name", name)
	tab.Fill("#organisation", "华东一厂")
	tab.Fill("#number", number)
	tab.Click("[data-testid=join]")
	tab.WaitVisible("#digits")
	tab.Fill("#digits", number[len(number)-4:])
	tab.Click("[data-testid=go]")
	tab.WaitVisible("[data-testid=participant]")
	return tab.Path()
}

// TestAClassFromPublishingToItsReport walks the whole procedure: the organiser at a desk, participants and the lecturer on
// phones, each gate tried before what it asks for is there.
func TestAClassFromPublishingToItsReport(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	b := browser.Start(t, browser.Options{})
	chen := h.Tab(b, "chen", browser.Look{})
	chen.Expect("422")
	chen.Expect("409")

	// An empty list says what to do; the plan without a goal cannot be published.
	chen.Goto(h.Base + "/classes")
	chen.WaitVisible("[data-testid=empty]")
	site.Sound(t, chen, "classes-empty")
	chen.Click("[data-testid=new-class]")
	chen.Fill("#title", "数据备份与恢复实战")
	set(chen, "#seats", "2")
	chen.Click("[data-testid=save]")
	chen.WaitVisible("[data-testid=publish]")
	at := chen.Path()
	chen.Click("[data-testid=publish]")
	chen.WaitText("[data-testid=trouble]", "培训目标")
	site.Sound(t, chen, "classes-unpublished")
	set(chen, "#goals", "能制定备份计划\n能独立完成恢复演练")
	set(chen, "#audience", "各单位系统管理员")
	set(chen, "#about", "半天课程，带上机实操。请自带笔记本电脑。")
	set(chen, "#frontier", "不可变备份、勒索软件防护")
	chen.Click("[data-testid=save]")
	chen.Wait(`document.querySelector("[data-testid=trouble]") === null && document.querySelector("#goals").value.includes("恢复演练")`)
	chen.Click("[data-testid=publish]")
	chen.WaitVisible("[data-testid=address]")
	door := chen.Text("[data-testid=address]")
	site.Sound(t, chen, "classes-published")
	number := strings.TrimPrefix(at, "/classes/")

	// Two take the seats, the third waits; the same number again tells nothing; who gives up makes room.
	wang, sun, zhou := h.person(b, browser.Look{}), h.person(b, browser.Look{}), h.person(b, browser.Look{Lang: "en", Dark: true})
	wang.Goto(door)
	site.Sound(t, wang, "classes-door")
	h.joins(wang, door, "王芳", "13800138000")
	wang.WaitText("[data-testid=standing]", "保留名额")
	site.Sound(t, wang, "classes-seat")
	sunAt := h.joins(sun, door, "孙丽", "13900139000")
	h.joins(zhou, door, "Zhou Wei", "13700137000")
	zhou.WaitText("[data-testid=standing]", "wait list, 0 ahead")
	site.Sound(t, zhou, "classes-waiting-dark")
	stranger := h.person(b, browser.Look{})
	stranger.Expect("409")
	stranger.Goto(door)
	stranger.Fill("#name", "冒名")
	stranger.Fill("#organisation", "某处")
	stranger.Fill("#number", "13800138000")
	stranger.Click("[data-testid=join]")
	stranger.WaitVisible("[data-testid=known]")
	site.Sound(t, stranger, "classes-known")
	wang.Click("[data-testid=come]")
	wang.WaitVisible("[data-testid=done]")
	wang.Click("[data-testid=back]")
	wang.WaitText("[data-testid=standing]", "已确认")
	site.Sound(t, wang, "classes-confirmed")
	sun.Run(`document.querySelector("details").open = true`)
	sun.Click("[data-testid=cancel]")
	sun.WaitVisible("[data-testid=done]")
	zhou.Reload()
	zhou.WaitText("[data-testid=standing]", "seat is held")
	zhou.Click("[data-testid=come]")
	zhou.WaitVisible("[data-testid=done]")
	other := h.person(b, browser.Look{})
	other.Expect("403")
	other.Goto(h.Base + sunAt) // forwarded to another phone
	other.WaitVisible("[data-testid=refused]")

	// The organiser sees who moved up and has to be told, and settles the list.
	chen.Click("[data-testid=tab-people]")
	chen.WaitVisible("[data-testid=person]")
	site.Sound(t, chen, "classes-people")
	chen.Click("[data-testid=count]")
	chen.WaitGone("[data-testid=count]")

	// Time, place, lecturers. Not before the expert has answered.
	chen.Click("[data-testid=tab-arrangement]")
	chen.WaitVisible("[data-testid=arrange]")
	chen.Click("[data-testid=arrange]")
	chen.WaitText("[data-testid=trouble]", "还没有课程安排")
	zone := site.Get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	begins := time.Now().In(zone).Add(time.Minute)
	if begins.Hour() > 20 { // a session ends on its day
		begins = begins.Add(-3 * time.Hour)
	}
	set(chen, "#from", begins.Format("2006-01-02T15:04"))
	set(chen, "#to", begins.Add(6*time.Hour).Format("2006-01-02T15:04"))
	chen.Fill("#course", "备份与恢复实操")
	chen.Fill("#where", "总部三楼培训室")
	chen.Click("[data-testid=add-lesson]")
	chen.WaitVisible("[data-testid=lesson]")
	set(chen, "#name", "周教授")
	set(chen, "#organisation", "某大学计算机学院")
	set(chen, "#subject", "存储与容灾前沿")
	set(chen, "#number", "13600136000")
	chen.Click("[name=outside]")
	chen.Click("[data-testid=invite]")
	chen.WaitVisible("[data-testid=lecturer]")
	chen.Click("[data-testid=arrange]")
	chen.WaitText("[data-testid=trouble]", "周教授")
	site.Sound(t, chen, "classes-arrangement")
	chen.Click("[data-testid=lecturer-link]")
	chen.WaitVisible("[data-testid=link] .secret")
	teacher := h.person(b, browser.Look{})
	teacher.Goto(chen.Text("[data-testid=link] .secret"))
	teacher.Fill("#digits", "6000")
	teacher.Click("[data-testid=go]")
	teacher.WaitVisible("[data-testid=teacher]")
	site.Sound(t, teacher, "classes-teacher")
	teacher.Click("[data-testid=accept]")
	teacher.WaitVisible("[data-testid=done]")
	chen.Goto(h.Base + at + "/arrangement")
	chen.Click("[data-testid=arrange]")
	chen.WaitGone("[data-testid=arrange]")
	h.calendarOf(door)

	// The room's code, a phone that scans it, a pass that is shown.
	chen.Goto(h.Base + at + "/attendance")
	chen.WaitVisible("[data-testid=room]")
	chen.Click("[data-testid=hold]")
	chen.WaitText("[data-testid=trouble]", "还没有人签到")
	site.Sound(t, chen, "classes-attendance")
	k := site.Get[records.Class](t)(h.Store.Class(ctx, number))
	x := site.Get[[]records.Lesson](t)(h.Store.Lessons(ctx, k.ID))[0]
	room := h.Tab(b, "chen", browser.Look{Width: 1920, Height: 1080, Dark: true})
	room.Goto(h.Base + at + "/room/" + x.ID)
	room.WaitVisible("[data-testid=room-code]")
	site.Sound(t, room, "classes-room-dark")
	var scanned string
	room.Eval(`document.querySelector("[data-testid=room-code]").dataset.address`, &scanned)
	wang.Goto(scanned)
	wang.Fill("#number", "13800138000")
	site.Sound(t, wang, "classes-in")
	wang.Click("[data-testid=check-in]")
	wang.WaitText("[data-testid=in-done]", "王芳")
	wang.Expect("409")
	wang.Goto(scanned)
	wang.Fill("#number", "13700137000") // for a friend
	wang.Click("[data-testid=check-in]")
	wang.WaitText("[data-testid=trouble]", "已为他人签到")
	people := site.Get[[]records.Registration](t)(h.Store.Registrations(ctx, k.ID))
	door2 := h.Tab(b, "li", browser.Look{Width: 390, Height: 844})
	door2.Goto(h.Base + "/pass/" + people[2].Pass)
	door2.WaitVisible("[data-testid=pass-in]")
	site.Sound(t, door2, "classes-pass")
	door2.Click("[data-testid=pass-in]")
	door2.WaitText("[data-testid=in]", "验参会码")
	chen.Goto(h.Base + at + "/attendance")
	chen.Click("[data-testid=hold]")
	chen.WaitGone("[data-testid=hold]")

	// The exam: every goal has a question, written answers are marked, the result stands goal by goal.
	chen.Goto(h.Base + at + "/exam")
	set(chen, "#text-1", "生产数据库至少多久备份一次？")
	set(chen, "#options-1", "* 每天\n每月\n每年")
	chen.Click("[data-testid=save-exam]")
	chen.WaitVisible("[data-testid=open-exam]")
	chen.Click("[data-testid=open-exam]")
	chen.WaitText("[data-testid=trouble]", "没有考题")
	set(chen, "#goal-2", "g2")
	set(chen, "#kind-2", "text")
	set(chen, "#text-2", "写出恢复演练的步骤。")
	chen.Click("[data-testid=save-exam]")
	chen.Wait(`document.querySelector("#text-2")?.value.includes("恢复演练") && !document.querySelector("[data-testid=trouble]")`)
	site.Sound(t, chen, "classes-exam-questions")
	chen.Click("[data-testid=open-exam]")
	chen.WaitGone("[data-testid=open-exam]")
	wang.Goto(h.Base + h.linkOf(b, chen, at, "王芳"))
	wang.Fill("#digits", "8000")
	wang.Click("[data-testid=go]")
	wang.WaitVisible("[data-testid=exam]")
	site.Sound(t, wang, "classes-exam")
	wang.Click("[name='a.q1'][value='0']")
	set(wang, "[name='a.q2']", "停写入，恢复到测试机，核对记录数，切换。")
	wang.Click("[data-testid=hand-in]")
	wang.WaitVisible("[data-testid=done]")
	// Somebody answered on paper: the organiser keys it in, and it is kept who did.
	chen.Goto(h.Base + at + "/exam")
	chen.WaitText("[data-testid=on-paper]", "Zhou Wei")
	chen.Click("[data-testid=key-in]")
	chen.WaitVisible("[data-testid=key-form]")
	site.Sound(t, chen, "classes-key-exam")
	chen.Click("[name='a.q1'][value='0']")
	chen.Click("[data-testid=key-save]")
	chen.WaitText("[data-testid=keyed]", "陈静 录入")
	chen.WaitGone("[data-testid=on-paper]")
	site.Sound(t, chen, "classes-keyed")
	if papers := site.Get[[]records.ExamPaper](t)(h.Store.ExamPapers(ctx, number)); len(papers) != 2 || papers[1].By != "chen" || papers[1].Via != procedure.ViaDesk {
		t.Errorf("the papers: %+v", papers)
	}
	chen.Goto(h.Base + at + "/exam")
	chen.Click("[data-testid=close-exam]")
	chen.WaitText("[data-testid=trouble]", "尚未批改")
	chen.Fill("[data-testid=mark-form] [name=points]", "8")
	chen.Click("[data-testid=mark]")
	chen.WaitText("[data-testid=paper]", "合格")
	site.Sound(t, chen, "classes-marked")
	chen.Click("[data-testid=close-exam]")
	chen.WaitGone("[data-testid=close-exam]")

	// A survey on paper: what is missing is said, then who keyed it in is kept.
	chen.Goto(h.Base + at + "/survey")
	chen.Click("[data-testid=close-survey]")
	chen.WaitText("[data-testid=trouble]", "满意度调查")
	chen.Run(`[...document.querySelectorAll("[data-testid=on-paper] li")].find((x) => x.textContent.includes("Zhou Wei")).querySelector("a").click()`)
	chen.WaitVisible("[data-testid=key-form]")
	chen.Click("[name='q.content'][value='4']")
	chen.Click("[data-testid=key-save]")
	chen.WaitVisible("[data-testid=trouble]")
	for _, q := range []string{"frontier", "lecturers", "useful", "arrangement"} {
		chen.Click(fmt.Sprintf("[name='q.%s'][value='4']", q))
	}
	site.Sound(t, chen, "classes-key-survey")
	chen.Click("[data-testid=key-save]")
	chen.WaitVisible("[data-testid=on-paper]")
	for _, sh := range site.Get[[]records.Sheet](t)(h.Store.Sheets(ctx, k.ID, records.SurveyOfClass)) {
		if sh.Name == "Zhou Wei" && (sh.By != "chen" || sh.DoneAt.IsZero() || sh.Person != "") {
			t.Errorf("the survey on paper: %+v", sh)
		}
	}

	// The survey behind the same link.
	wang.Click("[data-testid=back]")
	wang.WaitVisible("[data-testid=survey]")
	wang.WaitText("[data-testid=result]", "18 / 20")
	for i, q := range []string{"content", "frontier", "lecturers", "useful"} {
		wang.Click(fmt.Sprintf("[name='q.%s'][value='%d']", q, 5-i%2))
	}
	wang.Expect("422")
	wang.Click("[data-testid=send-survey]")
	wang.WaitVisible("[data-testid=trouble]") // one is missing, what was chosen stays
	wang.Click("[name='q.arrangement'][value='5']")
	site.Sound(t, wang, "classes-survey")
	wang.Click("[data-testid=send-survey]")
	wang.WaitVisible("[data-testid=done]")
	chen.Goto(h.Base + at + "/survey")
	chen.Click("[data-testid=close-survey]")
	chen.WaitGone("[data-testid=close-survey]")

	// The report.
	chen.Goto(h.Base + at + "/report")
	chen.Click("[data-testid=file-report]")
	chen.WaitText("[data-testid=trouble]", "培训总结")
	set(chen, "#summary", "学员能独立制定备份计划，恢复演练一次成功。")
	set(chen, "#improve", "增加上机时间，提前发放演练环境。")
	site.Sound(t, chen, "classes-report")
	chen.Click("[data-testid=file-report]")
	chen.WaitVisible("[data-testid=report-file]")
	site.Sound(t, chen, "classes-done")
	f := site.Get[records.OrderFile](t)(h.Store.Order(ctx, number))
	for _, r := range f.Rules {
		if r.Verdict != procedure.Proven {
			t.Errorf("%s: %s", r.Rule.Code, r.Verdict)
		}
	}
	if f.Order.State != procedure.Done || f.Deliverables[0].Verdict != procedure.Proven {
		t.Errorf("the class is %s, its report %s", f.Order.State, f.Deliverables[0].Verdict)
	}
	h.reportSays(f, "数据备份与恢复实战", "能独立完成恢复演练", "周教授", "某大学计算机学院", "18 / 20", "孙丽不在名单")
	en := h.Tab(b, "chen", browser.Look{Lang: "en", Dark: true})
	en.Goto(h.Base + "/classes?ended=1")
	site.Sound(t, en, "classes-list-dark")
	en.Goto(h.Base + at + "/exam")
	site.Sound(t, en, "classes-exam-dark")
}

// linkOf lets the organiser make a new link for somebody, as after a call "I cannot find mine".
func (h *house) linkOf(b *browser.Browser, chen *browser.Tab, at, name string) string {
	h.T.Helper()
	chen.Goto(h.Base + at + "/people")
	chen.WaitVisible("[data-testid=person]")
	chen.Run(fmt.Sprintf(`[...document.querySelectorAll("[data-testid=person]")].find(r => r.textContent.includes(%q)).querySelector("[data-testid=person-link]").click()`, name))
	chen.WaitVisible("[data-testid=link] .secret")
	return strings.TrimPrefix(chen.Text("[data-testid=link] .secret"), h.Base)
}

// calendarOf reads the calendar entries of the public page.
func (h *house) calendarOf(door string) {
	h.T.Helper()
	_, body := h.Ask(http.MethodGet, strings.TrimPrefix(door, h.Base)+"/calendar.ics", "", nil)
	unfolded := strings.ReplaceAll(body, "\r\n ", "")
	for _, want := range []string{"BEGIN:VEVENT", "总部三楼培训室", "数据备份与恢复实战 · 备份与恢复实操", "STATUS:CONFIRMED"} {
		if !strings.Contains(unfolded, want) {
			h.T.Errorf("no %q in the calendar:\n%s", want, body)
		}
	}
}

// reportSays reads the text back out of the filed report; the last word must not be there.
func (h *house) reportSays(f records.OrderFile, words ...string) {
	h.T.Helper()
	var file string
	for _, e := range f.Evidence {
		if e.Step == "report" {
			file = e.File
		}
	}
	_, body, err := h.Store.OpenFile(context.Background(), file)
	if err != nil {
		h.T.Fatal(err)
	}
	defer body.Close()
	path := filepath.Join(cmp.Or(os.Getenv("HOTLINE_TEST_SHOTS"), h.T.TempDir()), "classes-report.pdf")
	if err := os.WriteFile(path, site.Get[[]byte](h.T)(io.ReadAll(body)), 0o600); err != nil {
		h.T.Fatal(err)
	}
	out := string(site.Get[[]byte](h.T)(exec.CommandContext(h.T.Context(), "pdftotext", "-layout", path, "-").Output()))
	for i, w := range words {
		if there := strings.Contains(strings.Join(strings.Fields(out), ""), strings.Join(strings.Fields(w), "")); there != (i < len(words)-1) {
			h.T.Errorf("%q in the report: %v\n%s", w, there, out)
		}
	}
}
