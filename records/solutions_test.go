package records_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// solve answers and solves one case.
func solve(t testing.TB, s *records.Store, call, subject, description, product, solution string) string {
	t.Helper()
	own := answer(t, s, call, "li", "")
	in := solved(call, "li")
	in.Subject, in.Description, in.Product, in.Solved.Solution = subject, description, product, solution
	get[records.WrapUpResult](t)(s.WrapUp(context.Background(), in))
	return own.Number
}

func testSolutions(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	for i, row := range [][4]string{
		{"打印机卡纸", "打印发票时卡纸，指示灯闪烁", "打印机", "清理进纸轮，更换纸张后恢复"},
		{"客户端无法登录 U8", "提示密码错误，但密码正确", "ERP U8", "同步服务器时间，重启 IIS"},
		{"报表导出失败", "导出 Excel 时报错 0x80070005", "ERP U8", "给 Temp 目录写权限"},
		{"Printer offline", "the PRINTER shows offline after the update", "Printer", "restarted the print spooler"},
		{"数据库连接超时", "上午十点后客户端连接很慢", "数据库", "重建索引，调整连接池"},
		{"月末结账报错", "凭证不平", "ERP U8", "找出不平凭证 记-0123 并更正"},
	} {
		c.advance(time.Hour)
		solve(t, s, fmt.Sprint("c", i), row[0], row[1], row[2], row[3])
	}
	first := func(q records.SolutionQuery) string {
		t.Helper()
		found := get[[]records.Solution](t)(s.Solutions(ctx, q))
		if len(found) == 0 {
			return ""
		}
		return found[0].Title
	}
	for query, want := range map[string]string{
		"卡纸": "打印机卡纸", "登录": "客户端无法登录 U8", "无法登录": "客户端无法登录 U8", "ｕ８ 登录": "客户端无法登录 U8", "结账": "月末结账报错",
		"连接池": "数据库连接超时", "0x80070005": "报表导出失败", "80070005": "报表导出失败", "print spool": "Printer offline", "PRINTER off": "Printer offline",
		"凭证不平": "月末结账报错", "iis": "客户端无法登录 U8", "导出excel": "报表导出失败", "轮": "打印机卡纸", "记0123": "月末结账报错", "of": "Printer offline",
	} {
		equal(t, query, first(records.SolutionQuery{Text: query}), want)
		if query != "记0123" { // written with a dash: similar, not the same
			equal(t, query+", exactly", first(records.SolutionQuery{Text: query, Exact: true}), want)
		}
	}
	for _, nothing := range []string{"", "  ", "量子纠缠", "%", "'; DROP TABLE search_docs --", "zzz", strings.Repeat("！", 300)} {
		equal(t, "nothing like "+nothing, first(records.SolutionQuery{Text: nothing}), "")
	}
	equal(t, "a sentence as people type it", first(records.SolutionQuery{Text: "客户说打印机又卡纸了"}), "打印机卡纸")
	equal(t, "order of characters counts", first(records.SolutionQuery{Text: "纸卡", Exact: true}), "")
	equal(t, "by what is known so far", first(records.SolutionQuery{About: "导出 Excel 报错"}), "报表导出失败")
	found := get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "报错", Product: "erp u8"}))
	equal(t, "both, the newer first", found[0].Title+" "+found[1].Title, "月末结账报错 报表导出失败")
	equal(t, "limit", len(get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "报错", Limit: 1}))), 1)
	equal(t, "not itself", first(records.SolutionQuery{Text: "卡纸", Not: get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "卡纸"}))[0].Ref}), "")

	// What is said of a solved case later is found as well, and what it said before no longer.
	number := get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "卡纸"}))[0].Ref
	subject := "扫描仪不响应"
	get[records.Case](t)(s.UpdateCase(ctx, number, records.CaseChange{Subject: &subject}))
	equal(t, "changed", first(records.SolutionQuery{Text: "扫描仪", Exact: true}), subject)
	equal(t, "once", len(get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "进纸轮"}))), 1)
}

func testSolutionsUsed(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	older := solve(t, s, "c1", "打印机卡纸", "", "", "清理进纸轮")
	c.advance(time.Hour)
	newer := solve(t, s, "c2", "打印机卡纸", "", "", "换打印机")
	best := func() records.Solution {
		t.Helper()
		return get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "卡纸"}))[0]
	}
	equal(t, "newer first", best().Ref, newer)
	for i := range 3 {
		call := fmt.Sprint("d", i)
		own := answer(t, s, call, "li", "")
		used := get[records.Solution](t)(s.UseSolution(ctx, own.Number, records.SolutionCase, older, "li"))
		get[records.Solution](t)(s.UseSolution(ctx, own.Number, records.SolutionCase, older, "li"))
		equal(t, "text to insert", used.Solution, "清理进纸轮")
		equal(t, "linked", get[[]records.Solution](t)(s.SolutionsUsed(ctx, own.Number))[0].Ref, older)
		equal(t, "not counted before it helped", get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: "进纸轮", Exact: true}))[0].Uses, 0+i)
		end := solved(call, "li")
		end.Solved.Solution = "as known"
		get[records.WrapUpResult](t)(s.WrapUp(ctx, end))
		refused(t, s.DropSolution(ctx, own.Number, records.SolutionCase, older), records.ErrConflict)
	}
	equal(t, "what helped stands first", best().Ref, older)
	equal(t, "counted", best().Uses, 3)
	own := answer(t, s, "e", "li", "")
	_, err := s.UseSolution(ctx, own.Number, records.SolutionArticle, "x", "li")
	refused(t, err, records.ErrNotFound)
	_, err = s.UseSolution(ctx, "C-0", records.SolutionCase, older, "li")
	refused(t, err, records.ErrNotFound)
	get[records.Solution](t)(s.UseSolution(ctx, own.Number, records.SolutionCase, older, "li"))
	must(t, s.DropSolution(ctx, own.Number, records.SolutionCase, older))
	equal(t, "dropped", len(get[[]records.Solution](t)(s.SolutionsUsed(ctx, own.Number))), 0)
}

// testSearchRebuilt: an index made anew finds the same as one that grew, in as many batches as it takes.
func testSearchRebuilt(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t)
	staff(t, s)
	for i := range 230 {
		solve(t, s, fmt.Sprint("c", i), fmt.Sprintf("报错 %d", i), "", "", fmt.Sprintf("办法 %d", 1000+i))
	}
	look := func() string {
		t.Helper()
		var out []string
		for _, q := range []string{"报错 77", "办法 1229", "报错"} {
			for _, f := range get[[]records.Solution](t)(s.Solutions(ctx, records.SolutionQuery{Text: q, Limit: 3})) {
				out = append(out, f.Ref)
			}
		}
		return strings.Join(out, " ")
	}
	grown := look()
	must(t, s.RebuildSearch(ctx))
	equal(t, "made anew", look(), grown)
	must(t, s.RebuildSearch(ctx))
	equal(t, "and again", look(), grown)
}
