package engagements_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
	"hotline/web/browser/site"
)

// fillAll answers everything that a questionnaire asks for: the first option, a sentence about the question, one row of each table.
// named are answers by the field's name.
func fillAll(tab *browser.Tab, named map[string]string) {
	tab.WaitVisible(".sheet-question")
	tab.Run(`(() => {
		for (const box of document.querySelectorAll(".sheet-question")) {
			const what = (box.querySelector("legend, label, .label")?.textContent ?? "").trim();
			const first = box.querySelector("input[type=radio], input[type=checkbox]");
			if (first) { first.checked = true; continue; }
			for (const cell of box.querySelectorAll("tbody tr:first-child input")) cell.value = cell.getAttribute("aria-label") + "甲";
			const field = box.querySelector(":scope > input, :scope > textarea");
			if (!field) continue;
			if (field.type === "date") field.value = "2026-11-22";
			else if (field.inputMode === "decimal") field.value = "12";
			else field.value = field.tagName === "TEXTAREA" ? "关于“" + what + "”的说明：现有三台服务器运行超过六年，备份未做恢复测试，建议分两期改造，先备份后网络。" : what + "的内容";
		}
	})()`)
	for name, value := range named {
		tab.Run(fmt.Sprintf(`document.getElementsByName(%q)[0].value = %q`, name, value))
	}
}

// paper is the selector of a document's section.
func paper(code string) string { return fmt.Sprintf("[data-document=%s]", code) }

type team struct {
	h         *house
	b         *browser.Browser
	chen, gao *browser.Tab
	at        string // address of the engagement
}

// opened opens an engagement by the manager's form and gives it to gao.
func (h *house) opened(t *testing.T, kind, subject string) team {
	t.Helper()
	b := browser.Start(t, browser.Options{})
	m := team{h: h, b: b, chen: h.Tab(b, "chen", browser.Look{}), gao: h.Tab(b, "gao", browser.Look{})}
	for _, tab := range []*browser.Tab{m.chen, m.gao} {
		for _, status := range []string{"422", "409", "403"} {
			tab.Expect(status)
		}
	}
	m.chen.Goto(h.Base + "/engagements?kind=" + kind)
	m.chen.WaitVisible("[data-testid=empty]")
	site.Sound(t, m.chen, "engagements-empty-"+kind)
	m.chen.Fill("#customer", "无此客户")
	m.chen.Key(kb.Tab)
	m.chen.Fill("#contact", "孙丽")
	m.chen.Fill("#number", "13800138000")
	m.chen.Fill("#subject", subject)
	m.chen.Click("[data-testid=open]")
	m.chen.WaitText("[data-testid=trouble]", "没有这家客户")
	m.chen.Fill("#customer", "华北电力")
	m.chen.Key(kb.Tab)
	m.chen.Run(`document.getElementById("engineer").value = "gao"`)
	m.chen.Click("[data-testid=open]")
	m.chen.WaitVisible("[data-testid=complete]")
	m.at = h.Base + m.chen.Path()
	m.gao.Goto(m.at)
	return m
}

// lacks tries to complete the step that is open, and is told what is missing.
func (m team) lacks(step, want string) {
	m.gao.Goto(m.at)
	m.gao.Click(fmt.Sprintf("#step-%s [data-testid=complete]", step))
	m.gao.WaitText(fmt.Sprintf("#step-%s [data-testid=trouble]", step), want)
}

// written fills a document's questionnaire and makes a version of it, which the manager approves.
func (m team) written(code string, named map[string]string) {
	m.gao.Goto(m.at)
	m.gao.Click(paper(code) + " [data-testid=fill]")
	fillAll(m.gao, named)
	m.gao.Click("[data-testid=done]")
	m.gao.WaitVisible(paper(code) + " [data-testid=make-version]")
	m.version(code)
}

func (m team) version(code string) {
	all := fmt.Sprintf(`document.querySelectorAll("%s [data-testid=version]").length`, paper(code))
	var had int
	m.gao.Eval(all, &had)
	m.gao.Click(paper(code) + " [data-testid=make-version]")
	m.gao.Wait(fmt.Sprintf("%s === %d", all, had+1))
}

func (m team) approved(code string) {
	m.chen.Goto(m.at)
	m.chen.Click(paper(code) + " [data-testid=approve]")
	m.chen.WaitVisible(paper(code) + " [data-testid=version][data-state=approved]")
}

// confirmed sends the customer the link and confirms behind it on a phone, after reading the document.
func (m team) confirmed(t *testing.T, code string) {
	t.Helper()
	m.gao.Goto(m.at)
	m.gao.Click(paper(code) + " [data-testid=deliver]")
	m.gao.WaitVisible("[data-testid=link] .secret")
	phone := m.opens(m.gao.Text("[data-testid=link] .secret"))
	phone.WaitVisible("[data-testid=confirm]")
	phone.Expect("422")
	phone.Click("[data-testid=yes]")
	phone.WaitVisible("[data-testid=trouble]") // not read yet
	phone.Wait(`fetch(document.querySelector("[data-testid=document]").href).then(r => r.ok && r.arrayBuffer().then(b => b.byteLength > 1000))`)
	phone.Click("[data-testid=yes]")
	phone.WaitVisible("[data-testid=done]")
	phone.Close()
	m.gao.Goto(m.at)
	m.gao.WaitVisible(paper(code) + " [data-testid=confirmed]")
}

// opens opens a customer's link on a phone.
func (m team) opens(address string) *browser.Tab {
	phone := m.b.Tab(browser.Look{Width: 390, Height: 844, Still: true})
	phone.Goto(address)
	phone.Fill("#digits", "8000")
	phone.Click("[data-testid=go]")
	return phone
}

func (m team) completed(step string) {
	m.gao.Goto(m.at)
	m.gao.Click(fmt.Sprintf("#step-%s [data-testid=complete]", step))
	m.gao.WaitVisible(fmt.Sprintf("#step-%s[data-state=done]", step))
}

// ended finishes the engagement and checks that all is delivered and every rule proven.
func (m team) ended(t *testing.T) {
	t.Helper()
	m.gao.Goto(m.at)
	m.gao.Fill("#result", "全部交付，客户已确认。")
	m.gao.Click("[data-testid=finish]")
	m.gao.WaitText("[data-testid=state]", "已完成")
	f := site.Get[records.OrderFile](t)(m.h.Store.Order(context.Background(), m.at[strings.LastIndex(m.at, "/")+1:]))
	for _, d := range f.Deliverables {
		if d.Verdict != procedure.Proven {
			t.Errorf("%s: %s", d.Deliverable.Code, d.Verdict)
		}
	}
	for _, r := range f.Rules {
		if r.Verdict != procedure.Proven {
			t.Errorf("%s: %s", r.Rule.Code, r.Verdict)
		}
	}
	for _, x := range f.Files {
		_, body, err := m.h.Store.OpenFile(context.Background(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		dir := cmp.Or(os.Getenv("HOTLINE_TEST_SHOTS"), t.TempDir())
		if err := os.WriteFile(filepath.Join(dir, "engagement-"+filepath.Base(x.Name)), site.Get[[]byte](t)(io.ReadAll(body)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAConsultingEngagement(t *testing.T) {
	h := newHouse(t)
	m := h.opened(t, "consulting", "机房与网络改造咨询")
	m.lacks("it_survey", "缺少")

	// The customer fills in the survey on a phone; half of it is kept.
	m.gao.Goto(m.at)
	m.gao.Click(paper("it_survey") + " [data-testid=ask]")
	m.gao.WaitVisible("[data-testid=link] .secret")
	phone := m.opens(m.gao.Text("[data-testid=link] .secret"))
	phone.Expect("422")
	phone.WaitVisible("[data-testid=sheet]")
	phone.Fill("#q-staff", "120")
	phone.Click("[data-testid=hand-in]")
	phone.WaitVisible("[data-testid=trouble]")
	phone.Wait(`document.getElementById("q-staff").value === "120"`)
	site.Sound(t, phone, "engagements-sheet-phone")
	fillAll(phone, nil)
	phone.Click("[data-testid=hand-in]")
	phone.WaitVisible("[data-testid=done]")
	m.gao.Goto(m.at)
	m.version("it_survey")
	m.lacks("it_survey", "缺少") // not approved
	site.Sound(t, m.gao, "engagements-review")
	m.chen.Goto(m.at)
	m.chen.Run(`document.querySelectorAll(".paper-do details").forEach(d => d.open = true)`)
	m.chen.Fill("[name=reason]", "请补充服务器的保修期。")
	site.Sound(t, m.chen, "engagements-return")
	m.chen.Run(`document.querySelector("form[action$='/return']").requestSubmit()`)
	m.chen.WaitVisible("[data-state=returned]")
	m.gao.Goto(m.at)
	m.version("it_survey")
	m.approved("it_survey")
	m.completed("it_survey")

	m.lacks("it_solution", "调研分析")
	m.gao.Goto(m.at)
	m.gao.Click(paper("it_solution") + " [data-testid=fill]")
	m.gao.WaitVisible("[data-testid=sheet-form]")
	m.gao.Click("[data-testid=done]")
	m.gao.WaitText("[data-testid=trouble]", "还有问题没有填写")
	site.Sound(t, m.gao, "engagements-sheet")
	m.written("it_solution", nil)
	m.approved("it_solution")
	m.lacks("it_solution", "客户接收方案")
	m.confirmed(t, "it_solution")
	site.Sound(t, m.gao, "engagements-confirmed")
	m.completed("it_solution")
	m.written("business_survey", nil)
	m.approved("business_survey")
	m.completed("business_survey")
	m.written("information_solution", nil)
	m.lacks("information_solution", "企业信息化管理解决方案")
	m.approved("information_solution")
	m.confirmed(t, "information_solution")
	m.completed("information_solution")
	m.ended(t)
	site.Sound(t, m.gao, "engagements-done")
	en := h.Tab(m.b, "gao", browser.Look{Lang: "en", Dark: true})
	en.Goto(m.at)
	site.Sound(t, en, "engagements-done-dark")
}

func TestADevelopment(t *testing.T) {
	h := newHouse(t)
	m := h.opened(t, "development", "与财务系统的数据接口")
	m.lacks("need", "需求")
	m.written("requirement_report", nil)
	m.lacks("need", "需求报告")
	m.approved("requirement_report")
	m.lacks("need", "客户确认需求")
	m.confirmed(t, "requirement_report")
	m.completed("need")
	m.written("development_solution", nil)
	m.approved("development_solution")
	m.lacks("solution", "标准规范")
	m.written("standards", nil)
	m.approved("standards")
	m.lacks("solution", "客户认可方案")
	m.confirmed(t, "development_solution")
	m.completed("solution")

	m.lacks("development", "编译代码")
	m.gao.Goto(m.at)
	m.gao.Run(`(() => { const t = new DataTransfer(); t.items.add(new File(["PK compiled interface"], "interface-1.0.zip")); document.getElementById("build").files = t.files; })()`)
	m.gao.Fill("#version", "1.0")
	m.gao.Click("[data-testid=keep-build]")
	m.gao.WaitVisible("[data-testid=build]")
	site.Sound(t, m.gao, "engagements-build")
	sum := strings.Fields(strings.TrimPrefix(m.gao.Text("[data-testid=build]"), "SHA-256 "))[0]
	m.completed("development")

	// Tests that failed, or of another build, prove nothing.
	m.written("test_report", map[string]string{"q.sha256": strings.Repeat("0", 64), "q.failed": "0"})
	m.chen.Goto(m.at)
	m.chen.Click(paper("test_report") + " [data-testid=approve]")
	m.chen.WaitText("[data-testid=trouble]", "SHA-256")
	m.written("test_report", map[string]string{"q.sha256": sum, "q.failed": "2"})
	m.chen.Goto(m.at)
	m.chen.Click(paper("test_report") + " [data-testid=approve]")
	m.chen.WaitText("[data-testid=trouble]", "未通过数")
	m.lacks("test", "测试报告")
	m.written("test_report", map[string]string{"q.sha256": sum, "q.failed": "0"})
	m.approved("test_report")
	m.completed("test")
	m.lacks("manual", "操作手册")
	m.written("manual", nil)
	m.approved("manual")
	m.completed("manual")
	m.lacks("installation", "安装")
	m.written("installation", map[string]string{"q.sha256": sum})
	m.approved("installation")
	m.written("acceptance", nil)
	m.approved("acceptance")
	m.lacks("installation", "客户验收")
	m.confirmed(t, "acceptance")
	m.completed("installation")
	m.ended(t)
	site.Sound(t, m.gao, "engagements-development")
}
