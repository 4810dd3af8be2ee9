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
	"hotline/web/browser/site"
)

// TestFromACaseToCustomers: a case is written up in two clicks, given back, corrected, published by somebody else, and read by
// customers without an account.
func TestFromACaseToCustomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	k := site.Get[records.Contact](t)(h.Store.AddPerson(t.Context(), records.Customer{Name: "华东一厂"}, records.Contact{Name: "王芳", Numbers: []records.Number{{Number: "13800138000"}}}))
	number := h.solved("c1", "13800138000", "华东一厂打印发票时卡纸", "王芳说 M401 进纸一半停住，指示灯闪烁，回电 13800138000", "printing", "清理进纸轮，更换 80 g 纸张；驱动升级到 4.2 后恢复正常。")
	site.Get[records.Case](t)(h.Store.UpdateCase(t.Context(), number, records.CaseChange{ContactID: &k.ID}))
	b := browser.Start(t, browser.Options{})
	li, chen := h.Tab(b, "li", browser.Look{}), h.Tab(b, "chen", browser.Look{})

	li.Goto(h.Base + "/knowledge")
	li.WaitText("[data-testid=empty]", "写成知识")
	site.Sound(t, li, "knowledge-empty")
	li.Goto(h.Base + "/knowledge/new?case=" + number) // the desk's button after the wrap-up
	li.Wait(`document.getElementById("title.zh").value === "＊＊＊打印发票时卡纸"`)
	li.Wait(`document.getElementById("symptom.zh").value === "＊＊＊说 M401 进纸一半停住，指示灯闪烁，回电 ＊＊＊"`)
	li.Wait(`document.getElementById("about").value === "software|printing"`)
	site.Sound(t, li, "knowledge-edit")
	li.Click("[data-testid=submit]")
	li.WaitText(".page-head", "待审核")
	li.WaitText("[data-testid=review]", "请同事审核")

	chen.Goto(h.Base + "/knowledge")
	chen.WaitText("[data-testid=to-review]", "1 篇等待审核")
	chen.Click("[data-testid=to-review] a")
	chen.Click("[data-testid=article] a")
	site.Sound(t, chen, "knowledge-review")
	chen.Expect("422")
	chen.Click(".deed summary")
	chen.Click("[data-testid=return]")
	chen.WaitText("#return-fault", "请填写")
	chen.Fill("#return", "标题里去掉客户")
	chen.Click("[data-testid=return]")
	chen.WaitText(".page-head", "草稿")

	li.Goto(h.Base + "/knowledge/K-0001/edit")
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

	chen.Goto(h.Base + "/knowledge/K-0001")
	chen.Click("input[value=customers]")
	chen.Click("[data-testid=publish]")
	chen.WaitText(".page-head", "客户和内部")
	chen.WaitText("[data-testid=history]", "李强")
	site.Sound(t, chen, "knowledge-article")
	chen.Goto(h.Base + "/knowledge?q=进纸轮")
	chen.WaitText("[data-testid=articles]", "M401")
	site.Sound(t, chen, "knowledge-list")

	phone := h.Tab(b, "", browser.Look{Width: 390, Height: 844})
	phone.Goto(h.Base + "/help?q=卡纸")
	phone.WaitText("[data-testid=help-list]", "M401 打印发票时卡纸")
	site.Sound(t, phone, "help-phone")
	phone.Click("[data-testid=help-list] a")
	phone.WaitText("[data-testid=body]", "清理进纸轮")
	phone.Goto(h.Base + "/help/K-0001?lang=en")
	phone.WaitText("h1", "M401 jams")
	phone.WaitText("[data-testid=body]", "Clean the pickup roller")
	site.Sound(t, phone, "help-article-phone")

	chen.Goto(h.Base + "/knowledge/K-0001")
	chen.Click("[data-testid=withdraw-ask]")
	chen.Fill("#withdraw", "新驱动不再需要")
	chen.Click("[data-testid=withdraw]")
	chen.WaitText(".page-head", "已撤回")
	chen.WaitText("[data-testid=history]", "新驱动不再需要")
	phone.Expect("404")
	phone.Goto(h.Base + "/help/K-0001")
	phone.WaitText("body", "no such article")
}

func TestNewsAreMarkedUntilRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, title := range []string{"九月补丁发布：月末结账提速", "国庆期间热线照常"} {
		a := site.Get[records.Article](t)(h.Store.DraftArticle(t.Context(), "li", records.NewArticle{Kind: records.SolutionNews, Text: records.ArticleText{
			Title: records.Bilingual{Zh: title}, Body: records.Bilingual{Zh: title + "，请告诉来电的客户。"},
		}}))
		a = site.Get[records.Article](t)(h.Store.SubmitArticle(t.Context(), "li", a.Number, a.Lock))
		site.Get[records.Article](t)(h.Store.PublishArticle(t.Context(), "chen", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff}))
	}
	b := browser.Start(t, browser.Options{})
	tab := h.Tab(b, "wang", browser.Look{})
	tab.Goto(h.Base + "/news")
	tab.WaitText("[data-testid=unread]", "2 条未读")
	site.Sound(t, tab, "news")
	tab.Click(".newslist li:last-child h2 a")
	tab.WaitText("[data-testid=body]", "九月补丁")
	tab.Goto(h.Base + "/news")
	tab.WaitText("[data-testid=unread]", "1 条未读")
	tab.Click("[data-testid=read-all]")
	tab.WaitGone("[data-testid=unread]")
	site.Equal(t, "unread", len(site.Get[[]string](t)(h.Store.UnreadNews(t.Context(), "wang"))), 0)
	dispatcher := h.Tab(b, "deng", browser.Look{Dark: true, Lang: "en-GB"})
	dispatcher.Goto(h.Base + "/news")
	dispatcher.WaitText("[data-testid=unread]", "2 unread")
	site.Sound(t, dispatcher, "news-dark-en")
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
	d := site.Get[records.Digest](t)(h.Store.CompileDigest(t.Context(), records.DigestWeek, time.Now()))
	site.Equal(t, "cases", d.Cases, 4)
	b := browser.Start(t, browser.Options{})
	tab := h.Tab(b, "chen", browser.Look{})
	tab.Goto(h.Base + "/feedback")
	tab.WaitText("[data-testid=overview]", "应用软件")
	tab.WaitText("[data-testid=product]", "标签打印偏移：升级后出现")
	tab.WaitText("[data-testid=product]", "请回电 ＊＊＊")
	site.Sound(t, tab, "digest")
	_, fresh, err := h.Store.KeepDigest(t.Context(), records.DigestWeek, time.Now().AddDate(0, 0, 7))
	site.Must(t, err)
	site.Equal(t, "fresh", fresh, true)
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
	site.Must(t, os.WriteFile(file, decode(t, pdf), 0o600))
	text := string(site.Get[[]byte](t)(exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()))
	for _, want := range []string{"客户反馈汇总", "应用软件", "打印", "登录与权限", "标签打印偏移", "方略软件"} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "13912345678") {
		t.Error("the paper names a number")
	}
	site.Must(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", "70", "-png", file, filepath.Join(dir, "digest-pdf")).Run())
}
