package records_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

func zh(title, symptom, body string) records.ArticleText {
	return records.ArticleText{
		Title: records.Bilingual{Zh: title}, Symptom: records.Bilingual{Zh: symptom}, Body: records.Bilingual{Zh: body}, Product: "software",
	}
}

// publishedArticle writes an article as li and publishes it as chen.
func publishedArticle(t testing.TB, s *records.Store, kind, audience string, text records.ArticleText, from, until time.Time) records.Article {
	t.Helper()
	ctx := t.Context()
	a := get[records.Article](t)(s.DraftArticle(ctx, "li", records.NewArticle{Kind: kind, Text: text}))
	a = get[records.Article](t)(s.SubmitArticle(ctx, "li", a.Number, a.Lock))
	return get[records.Article](t)(s.PublishArticle(ctx, "chen", a.Number, a.Lock, records.Publication{Audience: audience, From: from, Until: until}))
}

func testArticleLife(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	_, err := s.DraftArticle(ctx, "li", records.NewArticle{Kind: "rumour", Text: zh("a", "", "b")})
	refused(t, err, records.ErrInvalid)
	_, err = s.DraftArticle(ctx, "li", records.NewArticle{Kind: records.SolutionArticle})
	p := refusal(t, err, records.ErrIncomplete)
	equal(t, "what is missing", fmt.Sprint(p.Fields[0].Name, p.Fields[1].Name, len(p.Fields)), "title.zhbody.zh2")
	_, err = s.DraftArticle(ctx, "li", records.NewArticle{Kind: records.SolutionArticle, Text: records.ArticleText{
		Title: records.Bilingual{Zh: "卡纸", En: "Jam"}, Body: records.Bilingual{Zh: "清理"},
	}})
	equal(t, "half a language", refusal(t, err, records.ErrIncomplete).Fields[0].Name, "body.en")

	a := get[records.Article](t)(s.DraftArticle(ctx, "li", records.NewArticle{Kind: records.SolutionArticle, Text: zh("打印机卡纸", "停住", "清理进纸轮")}))
	equal(t, "draft", fmt.Sprint(a.Number, a.State, a.Version, a.Live, a.Author), "K-0001draft1 0li")
	_, err = s.PublishArticle(ctx, "chen", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff})
	refused(t, err, records.ErrConflict) // not reviewed
	found := func(text string) int {
		t.Helper()
		return len(get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: text, Exact: true})))
	}
	a = get[records.Article](t)(s.SubmitArticle(ctx, "li", a.Number, a.Lock))
	_, err = s.PublishArticle(ctx, "li", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff})
	refused(t, err, records.ErrForbidden)
	_, err = s.PublishArticle(ctx, "wang", a.Number, a.Lock, records.Publication{Audience: records.AudienceCustomers})
	refused(t, err, records.ErrForbidden)
	_, err = s.PublishArticle(ctx, "wang", a.Number, a.Lock, records.Publication{Audience: "everybody"})
	refused(t, err, records.ErrInvalid)
	_, err = s.PublishArticle(ctx, "wang", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff, Until: c.now().Add(-time.Hour)})
	refused(t, err, records.ErrInvalid)
	_, err = s.PublishArticle(ctx, "wang", a.Number, a.Lock-1, records.Publication{Audience: records.AudienceStaff})
	refused(t, err, records.ErrConflict)
	_, err = s.ReturnArticle(ctx, "wang", a.Number, a.Lock, " ")
	refused(t, err, records.ErrIncomplete)
	equal(t, "nobody finds it before it is published", found("进纸轮"), 0)
	a = get[records.Article](t)(s.ReturnArticle(ctx, "wang", a.Number, a.Lock, "请写明机型"))
	equal(t, "given back", string(a.State), "draft")
	told := notices(t, s, "li", records.ToldArticle)
	equal(t, "its author is told why", fmt.Sprint(len(told), told[0].Subject.ZH, told[0].Text.ZH, told[0].Path), "1K-0001 退回修改请写明机型/knowledge/K-0001?version=newest")
	equal(t, "a reviewer was told", notices(t, s, "chen", records.ToldArticle)[0].Subject.ZH, "K-0001 等待审核：打印机卡纸")
	a = get[records.Article](t)(s.ReviseArticle(ctx, "wang", a.Number, a.Lock, zh("打印机卡纸", "M401 停住", "清理进纸轮")))
	a = get[records.Article](t)(s.SubmitArticle(ctx, "li", a.Number, a.Lock))
	_, err = s.PublishArticle(ctx, "wang", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff})
	refused(t, err, records.ErrForbidden) // wrote a part of it
	a = get[records.Article](t)(s.PublishArticle(ctx, "chen", a.Number, a.Lock, records.Publication{Audience: records.AudienceCustomers}))
	equal(t, "published", fmt.Sprint(a.State, a.Live, a.Audience, a.ShownAt(c.now())), "published2customerstrue")
	equal(t, "found", found("M401"), 1)

	// A new version is not seen until it is published, the old one stays.
	c.advance(time.Hour)
	a = get[records.Article](t)(s.ReviseArticle(ctx, "li", a.Number, a.Lock, zh("打印机卡纸", "M402 停住", "更换滚轮")))
	equal(t, "still shown", fmt.Sprint(a.State, a.Live, found("M401"), found("M402")), "draft2 1 0")
	equal(t, "to customers", get[records.Article](t)(s.ShownArticle(ctx, a.Number, true)).Text.Symptom.Zh, "M401 停住")
	a = get[records.Article](t)(s.SubmitArticle(ctx, "li", a.Number, a.Lock))
	a = get[records.Article](t)(s.PublishArticle(ctx, "wang", a.Number, a.Lock, records.Publication{Audience: records.AudienceStaff}))
	equal(t, "new version", fmt.Sprint(a.Live, found("M401"), found("M402")), "3 0 1")
	_, err = s.ShownArticle(ctx, a.Number, true)
	refused(t, err, records.ErrNotFound)

	file := get[records.ArticleFile](t)(s.ArticleFile(ctx, a.Number))
	equal(t, "versions", fmt.Sprint(len(file.Versions), file.Versions[1].Text.Symptom.Zh, file.Shown == nil), "3M401 停住true")
	var steps []string
	for _, e := range file.Events {
		steps = append(steps, e.By+" "+e.Input+" "+fmt.Sprint(e.Version)+e.Reason)
	}
	equal(t, "history", strings.Join(steps, ", "), "wang publish 3, li submit 3, li revise 3, chen publish 2, li submit 2, wang revise 2, wang return 1请写明机型, li submit 1, li revise 1")

	a = get[records.Article](t)(s.WithdrawArticle(ctx, "chen", a.Number, a.Lock, "新驱动不再需要"))
	equal(t, "withdrawn", fmt.Sprint(a.State, a.Live, found("M402")), "withdrawn0 0")
	_, err = s.SubmitArticle(ctx, "li", a.Number, a.Lock)
	refused(t, err, records.ErrConflict)
	audit := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: a.Number}))
	equal(t, "audited", fmt.Sprint(len(audit.Items), audit.Items[0].By, audit.Items[0].Action), "3chenarticle.withdraw")
	equal(t, "counts", fmt.Sprint(get[map[records.ArticleState]int](t)(s.ArticleCounts(ctx))), "map[withdrawn:1]")
}

func testArticleDates(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	begin, end := c.now().Add(24*time.Hour), c.now().Add(72*time.Hour)
	a := publishedArticle(t, s, records.SolutionNews, records.AudienceCustomers, zh("九月补丁发布", "", "修复月末结账慢"), begin, end)
	publishedArticle(t, s, records.SolutionArticle, records.AudienceStaff, zh("内部办法", "", "月末结账慢时重建索引"), time.Time{}, time.Time{})
	for _, step := range []struct {
		after  time.Duration
		shown  int
		unread int
	}{{0, 0, 0}, {24 * time.Hour, 1, 1}, {47 * time.Hour, 1, 1}, {time.Hour, 0, 0}} {
		c.advance(step.after)
		equal(t, "search "+c.now().String(), len(get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "月末结账慢", Public: true}))), step.shown)
		equal(t, "list", len(get[records.Page[records.Article]](t)(s.Articles(ctx, records.ArticleFilter{Shown: true, Public: true})).Items), step.shown)
		equal(t, "unread", len(get[[]string](t)(s.UnreadNews(ctx, "wang"))), step.unread)
	}
	equal(t, "staff find their own", len(get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "月末结账慢"}))), 1)

	b := publishedArticle(t, s, records.SolutionNews, records.AudienceStaff, zh("新服务", "", "夜间热线"), time.Time{}, time.Time{})
	equal(t, "unread", strings.Join(get[[]string](t)(s.UnreadNews(ctx, "wang")), ""), b.Number)
	must(t, s.ReadNews(ctx, "wang", b.Number))
	must(t, s.ReadNews(ctx, "wang", b.Number))
	must(t, s.ReadNews(ctx, "wang", a.Number)) // over: nothing to read
	equal(t, "read", len(get[[]string](t)(s.UnreadNews(ctx, "wang"))), 0)
	equal(t, "not by others", len(get[[]string](t)(s.UnreadNews(ctx, "zhao"))), 1)
	// A new version is news again.
	b = get[records.Article](t)(s.ReviseArticle(ctx, "li", b.Number, b.Lock, zh("新服务", "", "夜间热线推迟到十月")))
	equal(t, "a draft is no news", len(get[[]string](t)(s.UnreadNews(ctx, "wang"))), 0)
	b = get[records.Article](t)(s.SubmitArticle(ctx, "li", b.Number, b.Lock))
	get[records.Article](t)(s.PublishArticle(ctx, "chen", b.Number, b.Lock, records.Publication{Audience: records.AudienceStaff}))
	equal(t, "news again", len(get[[]string](t)(s.UnreadNews(ctx, "wang"))), 1)
	c.advance(31 * 24 * time.Hour)
	equal(t, "old news", len(get[[]string](t)(s.UnreadNews(ctx, "wang"))), 0)

	// Pages, newest first.
	for i := range 5 {
		c.advance(time.Minute)
		publishedArticle(t, s, records.SolutionNews, records.AudienceStaff, zh(fmt.Sprint("消息", i), "", "内容"), time.Time{}, time.Time{})
	}
	var titles []string
	for cursor := ""; ; {
		page := get[records.Page[records.Article]](t)(s.Articles(ctx, records.ArticleFilter{Kind: records.SolutionNews, Shown: true, Text: "消息", Cursor: cursor, Limit: 2}))
		for _, n := range page.Items {
			titles = append(titles, n.Text.Title.Zh)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	equal(t, "paged", strings.Join(titles, " "), "消息4 消息3 消息2 消息1 消息0")
}

func testArticleFirst(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t)
	staff(t, s)
	for i := range 130 { // more than the candidates that are looked at
		solve(t, s, fmt.Sprint("c", i), "打印机卡纸", "打印发票时卡纸", "software", fmt.Sprint("办法", i))
	}
	text := zh("打印机卡纸的处理", "M401 打印发票时卡纸", "清理进纸轮")
	text.Title.En, text.Body.En = "Paper jam", "Clean the pickup roller"
	a := publishedArticle(t, s, records.SolutionArticle, records.AudienceStaff, text, time.Time{}, time.Time{})
	for _, q := range []records.SolutionQuery{{Text: "卡纸"}, {About: "打印发票时卡纸"}, {Text: "paper jam"}, {Text: "打印机卡纸", Product: "software"}} {
		first := get[[]records.Solution](t)(s.Solutions(ctx, q))[0]
		equal(t, q.Text+q.About, first.Ref, a.Number)
		equal(t, "in Chinese", first.In("zh-Hans").Title, "打印机卡纸的处理")
		equal(t, "in English", first.In("en").Solution, "Clean the pickup roller")
		equal(t, "without English", first.In("en").Symptom, "M401 打印发票时卡纸")
	}
	equal(t, "a case that says it stands before an article that does not",
		get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "办法17"}))[0].Kind, records.SolutionCase)
	must(t, s.RebuildSearch(ctx))
	equal(t, "after rebuilding", get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "卡纸"}))[0].Ref, a.Number)

	// Used, solved, not helped.
	use := func(call string) string {
		own := answer(t, s, call, "li", "")
		used := get[records.Solution](t)(s.UseSolution(ctx, own.Number, records.SolutionArticle, a.Number, "li"))
		equal(t, "text", used.In("zh-Hans").Solution, "清理进纸轮")
		return own.Number
	}
	use("u1")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("u1", "li")))
	failed := use("u2")
	refused(t, s.SolutionFailed(ctx, failed, records.SolutionArticle, "K-9999"), records.ErrNotFound)
	must(t, s.SolutionFailed(ctx, failed, records.SolutionArticle, a.Number))
	equal(t, "said on the case", get[[]records.Solution](t)(s.SolutionsUsed(ctx, failed))[0].Useless, true)
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("u2", "li")))
	refused(t, s.SolutionFailed(ctx, failed, records.SolutionArticle, a.Number), records.ErrConflict)
	use("u3")
	u := get[records.ArticleFile](t)(s.ArticleFile(ctx, a.Number)).Use
	equal(t, "used, solved, not helped, cases", fmt.Sprint(u.Used, u.Solved, u.Failed, len(u.Cases)), "3 1 1 3")
	equal(t, "uses in the search", get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "卡纸"}))[0].Uses, 1)
	get[records.Article](t)(s.WithdrawArticle(ctx, "chen", a.Number, a.Lock, "过时"))
	equal(t, "a withdrawn article stays with the case", get[[]records.Solution](t)(s.SolutionsUsed(ctx, failed))[0].In("zh-Hans").Title, "打印机卡纸的处理")
}

func testArticleFromCase(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t)
	staff(t, s)
	k := get[records.Contact](t)(s.AddPerson(ctx, records.Customer{Name: "华东一厂"}, records.Contact{Name: "王芳", Numbers: []records.Number{{Number: "13800138000"}}}))
	own := answer(t, s, "c1", "li", "13800138000")
	subject, description := "华东一厂无法登录", "王芳（138 0013 8000，wf@example.com）说报错 0x80070005，王经理 025-84001234 也一样"
	get[records.Case](t)(s.UpdateCase(ctx, own.Number, records.CaseChange{ContactID: &k.ID, Subject: &subject, Description: &description}))
	in := solved("c1", "li")
	in.Solved.Solution = "给 Temp 目录写权限，已告知王女士"
	get[records.WrapUpResult](t)(s.WrapUp(ctx, in))
	n := get[records.NewArticle](t)(s.ArticleFromCase(ctx, own.Number))
	equal(t, "title", n.Text.Title.Zh, "＊＊＊无法登录")
	equal(t, "symptom", n.Text.Symptom.Zh, "＊＊＊（＊＊＊，＊＊＊）说报错 0x80070005，＊＊＊ ＊＊＊ 也一样")
	equal(t, "body", n.Text.Body.Zh, "给 Temp 目录写权限，已告知＊＊＊")
	a := get[records.Article](t)(s.DraftArticle(ctx, "li", n))
	equal(t, "case", a.FromCase, own.Number)
	_, err := s.ArticleFromCase(ctx, "C-0")
	refused(t, err, records.ErrNotFound)
}

// notices are what somebody was told of a kind.
func notices(t testing.TB, s *records.Store, login, kind string) []records.Told {
	t.Helper()
	var out []records.Told
	for _, n := range get[records.Page[records.Told]](t)(s.Notifications(t.Context(), login, "", 0)).Items {
		if n.Kind == kind {
			out = append(out, n)
		}
	}
	return out
}
