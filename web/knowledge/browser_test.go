package knowledge_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/web/browser"
)

// TestFromACaseToCustomers: a case is written up in two clicks, given back, corrected, published by somebody else, and read by
// customers without an account.
func TestFromACaseToCustomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	k := get[records.Contact](t)(h.store.AddPerson(t.Context(), records.Customer{Name: "华东一厂"}, records.Contact{Name: "王芳", Numbers: []records.Number{{Number: "13800138000"}}}))
	number := h.solved("c1", "13800138000", "华东一厂打印发票时卡纸", "王芳说 M401 进纸一半停住，指示灯闪烁，回电 13800138000", "printing", "清理进纸轮，更换 80 g 纸张；驱动升级到 4.2 后恢复正常。")
	get[records.Case](t)(h.store.UpdateCase(t.Context(), number, records.CaseChange{ContactID: &k.ID}))
	b := browser.Start(t, browser.Options{})
	li, chen := h.open(b, "li", browser.Look{}), h.open(b, "chen", browser.Look{})

	li.Goto(h.server.URL + "/knowledge")
	li.WaitText("[data-testid=empty]", "写成知识")
	sound(t, li, "knowledge-empty")
	li.Goto(h.server.URL + "/knowledge/new?case=" + number) // the desk's button after the wrap-up
	li.Wait(`document.getElementById("title.zh").value === "＊＊＊打印发票时卡纸"`)
	li.Wait(`document.getElementById("symptom.zh").value === "＊＊＊说 M401 进纸一半停住，指示灯闪烁，回电 ＊＊＊"`)
	li.Wait(`document.getElementById("about").value === "software|printing"`)
	sound(t, li, "knowledge-edit")
	li.Click("[data-testid=submit]")
	li.WaitText(".page-head", "待审核")
	li.WaitText("[data-testid=review]", "请同事审核")

	chen.Goto(h.server.URL + "/knowledge")
	chen.WaitText("[data-testid=to-review]", "1 篇等待审核")
	chen.Click("[data-testid=to-review] a")
	chen.Click("[data-testid=article] a")
	sound(t, chen, "knowledge-review")
	chen.Expect("422")
	chen.Click(".deed summary")
	chen.Click("[data-testid=return]")
	chen.WaitText("#return-fault", "请填写")
	chen.Fill("#return", "标题里去掉客户")
	chen.Click("[data-testid=return]")
	chen.WaitText(".page-head", "草稿")

	li.Goto(h.server.URL + "/knowledge/K-0001/edit")
	li.WaitText(".inline-trouble", "标题里去掉客户")
	li.Fill(`[id="title.zh"]`, "")
	li.Expect("422")
	li.Click("[data-testid=submit]")
	li.WaitText(`[id="title.zh-fault"]`, "请填写")
	li.Fill(`[id="title.zh"]`, "M401 打印发票时卡纸")
	li.Click("details.language summary")
	li.Fill(`[id="title.en"]`, "M401 jams when printing invoices")
	li.Fill(`[id="body.en"]`, "Clean the pickup roller, use 80 g paper, update the driver to 4.2.")
	li.Click("[data-testid=submit]")
	li.WaitText(".page-head", "待审核")

	chen.Goto(h.server.URL + "/knowledge/K-0001")
	chen.Click("input[value=customers]")
	chen.Click("[data-testid=publish]")
	chen.WaitText(".page-head", "客户和内部")
	chen.WaitText("[data-testid=history]", "李强")
	sound(t, chen, "knowledge-article")
	chen.Goto(h.server.URL + "/knowledge?q=进纸轮")
	chen.WaitText("[data-testid=articles]", "M401")
	sound(t, chen, "knowledge-list")

	phone := h.open(b, "", browser.Look{Width: 390, Height: 844})
	phone.Goto(h.server.URL + "/help?q=卡纸")
	phone.WaitText("[data-testid=help-list]", "M401 打印发票时卡纸")
	sound(t, phone, "help-phone")
	phone.Click("[data-testid=help-list] a")
	phone.WaitText("[data-testid=body]", "清理进纸轮")
	phone.Goto(h.server.URL + "/help/K-0001?lang=en")
	phone.WaitText("h1", "M401 jams")
	phone.WaitText("[data-testid=body]", "Clean the pickup roller")
	sound(t, phone, "help-article-phone")

	chen.Goto(h.server.URL + "/knowledge/K-0001")
	chen.Click("[data-testid=withdraw-ask]")
	chen.Fill("#withdraw", "新驱动不再需要")
	chen.Click("[data-testid=withdraw]")
	chen.WaitText(".page-head", "已撤回")
	chen.WaitText("[data-testid=history]", "新驱动不再需要")
	phone.Expect("404")
	phone.Goto(h.server.URL + "/help/K-0001")
	phone.WaitText("body", "no such article")
}

func TestNewsAreMarkedUntilRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, title := range []string{"九月补丁发布：月末结账提速", "国庆期间热线照常"} {
		a := get[records.Article](t)(h.store.DraftArticle(t.Context(), "li", records.NewArticle{Kind: records.SolutionNews, Text: records.ArticleText{
			Title: records.Bilingual{Zh: title}, Body: records.Bilingual{Zh: title + "，请告诉来电的客户。"},
		}}))
		a = get[records.Article](t)(h.store.SubmitArticle(t.Context(), "li", a.Number, a.Lock))
		get[records.Article](t)(h.store.PublishArticle(t.Context(), "chen", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff}))
	}
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "wang", browser.Look{})
	tab.Goto(h.server.URL + "/news")
	tab.WaitText("[data-testid=unread]", "2 条未读")
	sound(t, tab, "news")
	tab.Click(".newslist li:last-child h2 a")
	tab.WaitText("[data-testid=body]", "九月补丁")
	tab.Goto(h.server.URL + "/news")
	tab.WaitText("[data-testid=unread]", "1 条未读")
	tab.Click("[data-testid=read-all]")
	tab.WaitGone("[data-testid=unread]")
	equal(t, "unread", len(get[[]string](t)(h.store.UnreadNews(t.Context(), "wang"))), 0)
	dispatcher := h.open(b, "deng", browser.Look{Dark: true, Lang: "en-GB"})
	dispatcher.Goto(h.server.URL + "/news")
	dispatcher.WaitText("[data-testid=unread]", "2 unread")
	sound(t, dispatcher, "news-dark-en")
}

// TestDigestOnPageAndPaper: the same numbers on both, and nobody's name or number.
func TestDigestOnPageAndPaper(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, row := range [][3]string{
		{"printing", "打印发票时卡纸", "M401 停住，请回电 13912345678"}, {"printing", "标签打印偏移", "升级后出现"}, {"login", "无法登录", "提示密码错误"}, {"", "咨询", ""},
	} {
		h.solved("c"+string(rune('a'+i)), "1370013700"+string(rune('0'+i)), row[1], row[2], row[0], "已处理")
	}
	d := get[records.Digest](t)(h.store.CompileDigest(t.Context(), records.DigestWeek, time.Now()))
	equal(t, "cases", d.Cases, 4)
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "chen", browser.Look{})
	tab.Goto(h.server.URL + "/feedback")
	tab.WaitText("[data-testid=overview]", "应用软件")
	tab.WaitText("[data-testid=product]", "标签打印偏移：升级后出现")
	tab.WaitText("[data-testid=product]", "请回电 ＊＊＊")
	sound(t, tab, "digest")
	_, fresh, err := h.store.KeepDigest(t.Context(), records.DigestWeek, time.Now().AddDate(0, 0, 7))
	must(t, err)
	equal(t, "fresh", fresh, true)
	tab.Reload()
	tab.Click("[data-testid=kept] a")
	tab.WaitText("[data-testid=overview]", "应用软件")

	var pdf string // as base64, fetched with the tab's cookies
	tab.Eval(`fetch(location.pathname + "/pdf").then(r => r.blob()).then(b => new Promise(done => { const f = new FileReader(); f.onload = () => done(f.result.split(",")[1]); f.readAsDataURL(b); }))`, &pdf)
	dir := t.TempDir()
	if shots := os.Getenv("HOTLINE_TEST_SHOTS"); shots != "" {
		dir = shots
	}
	file := filepath.Join(dir, "digest.pdf")
	must(t, os.WriteFile(file, decode(t, pdf), 0o600))
	text := string(get[[]byte](t)(exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()))
	for _, want := range []string{"客户反馈汇总", "应用软件", "打印", "登录与权限", "标签打印偏移", "方略软件"} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "13912345678") {
		t.Error("the paper names a number")
	}
	must(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", "70", "-png", file, filepath.Join(dir, "digest-pdf")).Run())
}
