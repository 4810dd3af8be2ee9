package main

import (
	"time"

	"hotline/records"
)

// knowledge are articles for customers and for staff, one that waits for review, a draft, and news.
func (h *history) knowledge() {
	h.at(-4, 10, 0)
	for i, about := range h.firm.Problems[:5] {
		h.pass(25 * time.Minute)
		author := h.staff[i%len(h.staff)]
		a := kept[records.Article](h)(h.DraftArticle(h.ctx, author, records.NewArticle{Kind: records.SolutionArticle, Text: records.ArticleText{
			Title: records.Bilingual{Zh: about.Subject}, Symptom: records.Bilingual{Zh: about.Subject + "，重启后仍然如此。"}, Body: records.Bilingual{Zh: about.Solution},
			Product: about.Product, Category: about.Category,
		}}))
		if i == 4 {
			continue // a draft
		}
		a = kept[records.Article](h)(h.SubmitArticle(h.ctx, author, a.Number, a.Lock))
		if i == 3 {
			continue // waits for a second pair of eyes
		}
		audience := records.AudienceCustomers
		if i == 1 {
			audience = records.AudienceStaff
		}
		kept[records.Article](h)(h.PublishArticle(h.ctx, "boss", a.Number, a.Lock, records.Publication{Audience: audience}))
	}
	h.at(-1, 9, 0)
	for _, news := range [][2]string{{"补丁 7 已发布：月末结账提速", "安装前先备份；装完重启打印服务。请告诉来电的客户。"}, {"本周日 22:00 至 24:00 升级远程工具", "期间不能开始新的远程会话，已开始的不受影响。"}} {
		a := kept[records.Article](h)(h.DraftArticle(h.ctx, h.staff[0], records.NewArticle{Kind: records.SolutionNews, Text: records.ArticleText{
			Title: records.Bilingual{Zh: news[0]}, Body: records.Bilingual{Zh: news[1]},
		}}))
		a = kept[records.Article](h)(h.SubmitArticle(h.ctx, h.staff[0], a.Number, a.Lock))
		kept[records.Article](h)(h.PublishArticle(h.ctx, "boss", a.Number, a.Lock, records.Publication{Audience: records.AudienceCustomers}))
	}
}
