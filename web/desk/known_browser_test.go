package desk_test

import (
	"fmt"
	"testing"

	"hotline/records"
	"hotline/web/browser"
)

// TestArticlesComeFirst: what is published stands before solved cases, says so, is used or did not help, and a solved case is one click from
// being written up.
func TestArticlesComeFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.known()
	publish := func(kind string, title, symptom, body records.Bilingual) records.Article {
		a := get[records.Article](t)(h.store.DraftArticle(t.Context(), "wang", records.NewArticle{Kind: kind, Text: records.ArticleText{
			Title: title, Symptom: symptom, Body: body, Product: "software", Category: "printing",
		}}))
		a = get[records.Article](t)(h.store.SubmitArticle(t.Context(), "wang", a.Number, a.Lock))
		return get[records.Article](t)(h.store.PublishArticle(t.Context(), "chen", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff}))
	}
	a := publish(records.SolutionArticle, records.Bilingual{Zh: "M401 打印发票时卡纸", En: "M401 jams"}, records.Bilingual{Zh: "进纸一半停住"},
		records.Bilingual{Zh: "清理进纸轮，驱动升级到 4.2。", En: "Clean the roller, update the driver to 4.2."})
	publish(records.SolutionNews, records.Bilingual{Zh: "国庆期间热线照常"}, records.Bilingual{}, records.Bilingual{Zh: "请告诉来电的客户。"})
	own := h.calling("c1")

	tab := h.open(browser.Start(t, browser.Options{}), "li")
	tab.Expect("422")
	tab.Goto(h.url() + "/desk")
	tab.WaitText("#case-title", own.Number)
	tab.WaitText("[data-testid=unread-news]", "1")
	tab.Fill("#f-subject", "打印发票时卡纸")
	tab.WaitText("#case-solutions li:first-child", a.Number)
	tab.WaitText("#case-solutions li:first-child .badge", "知识")
	sound(t, tab, "desk-articles")
	still(t, tab, "desk-articles")
	tab.Click("#case-solutions li:first-child [data-use]")
	tab.Wait(`document.getElementById("f-solution").value === "清理进纸轮，驱动升级到 4.2。"`)
	tab.WaitText("[data-testid=used]", a.Number)

	// It did not help: that is kept and counted, and the solution can be used again.
	tab.Click("[data-testid=used] [data-failed]")
	tab.WaitText("[data-testid=used]", "未能解决")
	equal(t, "kept", get[[]records.Solution](t)(h.store.SolutionsUsed(t.Context(), own.Number))[0].Useless, true)
	tab.WaitVisible("#case-solutions li:first-child [data-use]")
	tab.Click("#case-solutions li:first-child [data-use]")
	tab.WaitVisible("[data-testid=used] [data-failed]")
	tab.WaitText("[data-testid=used]", "没有解决")
	sound(t, tab, "desk-article-used")

	tab.Run(`document.querySelector("[name='solved.confirmed']").click()`)
	tab.WaitText("[data-testid=missing]", "内容齐全")
	tab.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}))`)
	tab.WaitText("[data-testid=finished]", "已解决")
	tab.WaitText("[data-testid=write-up]", "写成知识")
	var link string
	tab.Eval(`document.querySelector("[data-testid=write-up]").getAttribute("href")`, &link)
	equal(t, "leads to", link, "/knowledge/new?case="+own.Number)
	use := get[records.ArticleFile](t)(h.store.ArticleFile(t.Context(), a.Number)).Use
	equal(t, "used, solved, not helped", fmt.Sprint(use.Used, use.Solved, use.Failed), "1 1 0")
}
