package records_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/records"
)

func testDigest(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock() // a Sunday, 2026-11-22
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	s := open(t).open(t, c.set, func(o *records.Options) { o.Zone = zone })
	staff(t, s)
	must(t, s.SeedProducts(ctx, []records.Product{{Code: "software", Name: records.Bilingual{Zh: "应用软件", En: "Software"}, Categories: []records.Category{
		{Code: "printing", Name: records.Bilingual{Zh: "打印", En: "Printing"}},
	}}}))
	k := get[records.Contact](t)(s.AddPerson(ctx, records.Customer{Name: "华东一厂"}, records.Contact{Name: "王芳", Numbers: []records.Number{{Number: "13800138000"}}}))
	n := 0
	report := func(product, category, subject, severity string, solve bool) {
		t.Helper()
		n++
		call := fmt.Sprint("c", n)
		own := answer(t, s, call, "li", "13800138000")
		get[records.Case](t)(s.UpdateCase(ctx, own.Number, records.CaseChange{ContactID: &k.ID, Product: &product, Category: &category, Subject: &subject, Severity: &severity}))
		if solve {
			get[records.WrapUpResult](t)(s.WrapUp(ctx, solved(call, "li")))
			return
		}
		in := escalated(call, "li", records.OutcomeRemote, c.now())
		in.Subject = subject
		get[records.WrapUpResult](t)(s.WrapUp(ctx, in))
	}
	at := func(day int) { c.micros.Store(time.Date(2026, 11, day, 10, 0, 0, 0, zone).UnixMicro()) }
	at(12)
	report("software", "printing", "上周卡纸", "normal", true)
	at(16)
	report("software", "printing", "华东一厂王芳 13800138000 打印停住", "normal", true)
	c.advance(time.Hour)
	report("software", "printing", "全部打印机停机", "critical", true)
	c.advance(time.Hour)
	report("", "", "闲聊", "normal", true)
	report("software", "", "说不清", "normal", false)
	at(23) // the next week has begun

	d, fresh, err := s.KeepDigest(ctx, records.DigestWeek, c.now())
	must(t, err)
	equal(t, "fresh", fresh, true)
	equal(t, "head", fmt.Sprint(d.ID, d.From.In(zone).Format(" 01-02 15:04"), d.To.In(zone).Format(" 01-02 15:04 "), d.Cases, d.Before), "D-20261116-week 11-16 00:00 11-23 00:00 4 1")
	p := d.Products[0]
	equal(t, "product", fmt.Sprint(p.Code, p.Name.Zh, p.Cases, p.Before, p.Solved, p.Escalated), "software应用软件3 1 2 1")
	equal(t, "kinds", fmt.Sprint(p.Kinds[0].Name.Zh, p.Kinds[0].Cases, p.Kinds[0].Before, p.Kinds[1].Category, p.Kinds[1].Cases), "打印2 11")
	equal(t, "worst first", p.Kinds[0].Examples[0].Text, "全部打印机停机")
	equal(t, "nobody is named", p.Kinds[0].Examples[1].Text, "＊＊＊＊＊＊ ＊＊＊ 打印停住")
	equal(t, "trend", fmt.Sprint(len(p.Trend), p.Trend[4].Cases, p.Trend[5].Cases), "6 1 3")
	equal(t, "without a product", d.Products[1].Code, "")

	_, fresh, err = s.KeepDigest(ctx, records.DigestWeek, c.now().Add(time.Hour))
	must(t, err)
	equal(t, "made once", fresh, false)
	kept := get[records.Digest](t)(s.Digest(ctx, d.ID))
	equal(t, "kept", fmt.Sprint(kept.Cases, kept.Products[0].Kinds[0].Examples[1].Text), "4＊＊＊＊＊＊ ＊＊＊ 打印停住")
	equal(t, "listed", get[records.Page[records.DigestHead]](t)(s.Digests(ctx, "", 0)).Items[0].ID, d.ID)
	told := notices(t, s, "chen", records.ToldDigest)
	equal(t, "managers are told once", fmt.Sprint(len(told), told[0].Subject.ZH, told[0].Text.EN, told[0].Path),
		"1客户反馈汇总 2026-11-16 – 2026-11-224 cases, 1 in the period before./feedback/D-20261116-week")
	equal(t, "and only they", len(notices(t, s, "li", records.ToldDigest)), 0)
	_, err = s.Digest(ctx, "D-1")
	refused(t, err, records.ErrNotFound)
	_, _, err = s.KeepDigest(ctx, "year", c.now())
	refused(t, err, records.ErrInvalid)
	now := get[records.Digest](t)(s.CompileDigest(ctx, records.DigestMonth, c.now()))
	equal(t, "the month so far", fmt.Sprint(now.ID, now.Cases, now.From.In(zone).Format("01-02"), now.To.In(zone).Format("01-02")), "511-0112-01")
}
