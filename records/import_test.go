package records_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/sheet"
)

// upload gives an import once it is checked.
func upload(t testing.TB, s *records.Store, kind, data string) records.Import {
	t.Helper()
	i := get[records.Import](t)(s.UploadImport(t.Context(), "chen", kind, "list.csv", []byte(data)))
	must(t, s.WaitImport(t.Context(), i.ID))
	return get[records.Import](t)(s.Import(t.Context(), i.ID))
}

// apply does an import and gives it as it ended.
func apply(t testing.TB, s *records.Store, i records.Import) records.Import {
	t.Helper()
	must(t, s.ApplyImport(t.Context(), "chen", i.ID, i.Hash))
	must(t, s.WaitImport(t.Context(), i.ID))
	return get[records.Import](t)(s.Import(t.Context(), i.ID))
}

func faultsOf(i records.Import) string {
	var out []string
	for _, f := range i.Plan.Faults {
		out = append(out, fmt.Sprintf("%d%s %s %s", f.Line, sheet.Letter(f.Column), f.Code, f.Value))
	}
	return strings.Join(out, ", ")
}

func counts(i records.Import) string {
	c := i.Plan.Counts
	return fmt.Sprintf("%d new %d changed %d same %d faults %s", c.New, c.Changed, c.Same, i.Plan.FaultCount, i.State)
}

const customersFile = "\ufeff客户编号,客户名称,地区,服务中心,服务协议,重要客户,优先级,联系人,电话,邮箱\n" +
	"HD-01,华东一厂,江苏,南京服务中心,金牌：2 小时响应,是,10,王芳,13800138000；025-84001234,wf@example.com\n" +
	"HD-01,华东一厂,,,,,,李雷,13800138001,\n" +
	"HB-02,华北二厂,河北,,银牌,否,,张伟,13900139000,\n" +
	",无编号客户,浙江,,,,,赵敏,13700137000,\n"

func testImportCustomers(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	// Known before: a customer without a code, and somebody who called before anybody knew where from.
	get[records.Contact](t)(s.AddPerson(ctx, records.Customer{Name: "无编号客户", Notes: "留着"}, records.Contact{Name: "赵敏", Numbers: []records.Number{{Number: "13700137000"}}}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "张伟", Numbers: []records.Number{{Number: "13900139000"}}}))

	i := upload(t, s, records.ImportCustomers, customersFile)
	equal(t, "plan", counts(i), "3 new 1 changed 0 same 0 faults checked")
	equal(t, "read", fmt.Sprint(i.Plan.Format, i.Plan.Encoding, i.Plan.Separator, i.Plan.Rows, i.Plan.Mapping), "csvUTF-8,4 [code name region service_centre agreement vip priority contact.name contact.numbers contact.email]")
	equal(t, "nothing yet", len(get[[]records.Customer](t)(s.Customers(ctx, "", 0))), 1)
	equal(t, "preview", fmt.Sprint(i.Plan.Preview[3].Status, i.Plan.Preview[3].Changes), "changed[{region  浙江}]")
	refused(t, s.ApplyImport(ctx, "chen", i.ID, "another hash"), records.ErrConflict)
	done := apply(t, s, i)
	equal(t, "done", counts(done), "3 new 1 changed 0 same 0 faults applied")
	equal(t, "the file and what was seen of it are gone", fmt.Sprint(len(done.Plan.Preview), done.EndedBy), "0chen")
	refused(t, s.ApplyImport(ctx, "chen", i.ID, i.Hash), records.ErrConflict)

	list := get[[]records.Customer](t)(s.Customers(ctx, "华东", 0))
	equal(t, "customer", fmt.Sprint(len(list), list[0].Code, list[0].Region, list[0].ServiceCentre, list[0].Agreement, list[0].VIP, list[0].Priority), "1HD-01江苏南京服务中心金牌：2 小时响应true 10")
	people := get[[]records.Contact](t)(s.Contacts(ctx, list[0].ID))
	equal(t, "contacts", fmt.Sprint(len(people), people[1].Name, people[1].Numbers, people[1].Email), "2王芳[{+8613800138000 } {+862584001234 }]wf@example.com")
	equal(t, "recognised", get[[]records.Contact](t)(s.FindContacts(ctx, "13800138001", 0))[0].CustomerName, "华东一厂")
	equal(t, "who called before belongs to them now", get[[]records.Contact](t)(s.FindContacts(ctx, "13900139000", 0))[0].CustomerName, "华北二厂")
	equal(t, "empty cells leave what is there", get[[]records.Customer](t)(s.Customers(ctx, "无编号", 0))[0].Notes, "留着")
	audit := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: i.ID}))
	equal(t, "audited", fmt.Sprint(len(audit.Items), audit.Items[0].Action, audit.Items[0].Data), "2import.appliedrows=4 new=3 changed=1 same=0")

	equal(t, "again", counts(upload(t, s, records.ImportCustomers, customersFile)), "0 new 0 changed 4 same 0 faults checked")
	changed := upload(t, s, records.ImportCustomers, "code;name;phone;contact\nHD-01;华东第一厂;13811111111;王芳\n")
	equal(t, "changed", counts(changed)+fmt.Sprint(changed.Plan.Preview[0].Changes), "0 new 1 changed 0 same 0 faults checked[{name 华东一厂 华东第一厂} {contact.numbers  +8613811111111}]")

	// What is exported is imported as the same.
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var heads []string
	for _, f := range records.ImportFields(records.ImportCustomers) {
		heads = append(heads, f.Name.Zh)
	}
	must(t, w.Write(heads))
	must(t, s.ExportCustomers(ctx, w.Write))
	w.Flush()
	back := upload(t, s, records.ImportCustomers, b.String())
	equal(t, "exported and imported", counts(back), "0 new 0 changed 4 same 0 faults checked")
	equal(t, "nothing to do", back.Ready(), false)
}

func testImportFaults(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	get[records.Contact](t)(s.AddPerson(ctx, records.Customer{Name: "老客户"}, records.Contact{Name: "孙丽", Numbers: []records.Number{{Number: "13600136000"}}}))
	for range 2 {
		get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "同名"}))
	}
	i := upload(t, s, records.ImportCustomers, "客户编号,客户名称,优先级,重要客户,联系人,电话,邮箱\n"+
		",,,,,,\n"+ // an empty row is no row
		"A1,,5,,,,\n"+
		"A2,甲,100,也许,张三,12345,a@\n"+
		"A3,乙,,,,13600136009,\n"+
		"A4,丙,1,,,,\n"+
		"A4,丙厂,2,,,,\n"+
		",同名,,,,,\n"+
		",新客户,,,孙丽,13600136000,\n"+
		"A5,"+strings.Repeat("长", 201)+",,,,,\n")
	equal(t, "faults", faultsOf(i), "3B missing , 4C range 100, 4D yes_no 也许, 4F not_a_number 12345, 4G email a@, 5E missing , 7B conflict 丙厂, 7C conflict 2, "+
		"8B ambiguous 同名, 9F number_of_other 13600136000, 10B too_long "+strings.Repeat("长", 80))
	equal(t, "whose number", i.Plan.Faults[9].Other, "老客户")
	refused(t, s.ApplyImport(ctx, "chen", i.ID, i.Hash), records.ErrConflict)
	must(t, s.DropImport(ctx, "chen", i.ID))
	refused(t, s.DropImport(ctx, "chen", i.ID), records.ErrConflict)
	equal(t, "nothing of it", len(get[[]records.Customer](t)(s.Customers(ctx, "", 0))), 3)

	// Columns that mean nothing are chosen by people.
	i = upload(t, s, records.ImportCustomers, "甲,乙\n新厂,13500135000\n")
	equal(t, "lacking", fmt.Sprint(i.Plan.Lacking, i.Ready()), "[name] false")
	must(t, s.MapImport(ctx, i.ID, []string{"name", "name"}))
	must(t, s.WaitImport(ctx, i.ID))
	i = get[records.Import](t)(s.Import(ctx, i.ID))
	equal(t, "chosen", fmt.Sprint(i.Plan.Mapping, i.Ready()), "[name ] true")

	// The records change between preview and import: nothing is done, the preview is made again.
	get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "新厂"}))
	after := apply(t, s, i)
	equal(t, "checked again", counts(after)+after.Note, "0 new 0 changed 1 same 0 faults checkedchanged")

	for data, code := range map[string]string{"a,b\n1,\"2": "quote", "\xff\xff\xff": "encoding", "name\n": "empty"} {
		i := upload(t, s, records.ImportCustomers, data)
		if i.Plan.File == nil || i.Plan.File.Code != code || i.Ready() {
			t.Errorf("%q: %+v", data, i.Plan.File)
		}
	}
	_, err := s.UploadImport(ctx, "chen", records.ImportCustomers, "x", nil)
	refused(t, err, records.ErrInvalid)
	_, err = s.UploadImport(ctx, "chen", "users", "x", []byte("a"))
	refused(t, err, records.ErrInvalid)
	_, err = s.Import(ctx, "none")
	refused(t, err, records.ErrNotFound)

	// What nobody goes on with ends after a day.
	c.advance(25 * time.Hour)
	must(t, s.SweepImports(ctx))
	for _, i := range get[records.Page[records.Import]](t)(s.Imports(ctx, "", 0)).Items {
		equal(t, "ended", i.State, records.ImportDropped)
	}
}

func testImportProducts(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t)
	staff(t, s)
	must(t, s.SeedProducts(ctx, []records.Product{{Code: "software", Name: records.Bilingual{Zh: "应用软件", En: "Software"}, Categories: []records.Category{
		{Code: "login", Name: records.Bilingual{Zh: "登录", En: "Login"}}, {Code: "fax", Name: records.Bilingual{Zh: "传真", En: "Fax"}},
	}}}))
	i := upload(t, s, records.ImportProducts, "产品代码,产品名称,英文名称,类别代码,类别名称,类别英文名称,在用\n"+
		"software,应用软件,Application software,,,,是\n"+
		"software,,,login,登录与权限,,\n"+
		"software,,,fax,,,否\n"+
		"u8,ERP U8,,,,,\n"+
		"u8,ERP U8,,voucher,凭证,Voucher,\n")
	equal(t, "plan", counts(i), "2 new 3 changed 0 same 0 faults checked")
	equal(t, "changes", fmt.Sprint(i.Plan.Preview[2].Changes), "[{in_use 是 否}]")
	equal(t, "done", apply(t, s, i).State, records.ImportApplied)
	all := get[[]records.Product](t)(s.Products(ctx))
	equal(t, "products", fmt.Sprint(all), "[{software {应用软件 Application software} true [{login {登录与权限 Login} true} {fax {传真 Fax} false}]} {u8 {ERP U8 ERP U8} true [{voucher {凭证 Voucher} true}]}]")
	// The configuration does not bring back what people changed.
	must(t, s.SeedProducts(ctx, []records.Product{{Code: "software", Name: records.Bilingual{Zh: "应用软件", En: "Software"}}, {Code: "new", Name: records.Bilingual{Zh: "新", En: "New"}}}))
	all = get[[]records.Product](t)(s.Products(ctx))
	equal(t, "seeded again", fmt.Sprint(all[0].Name.En, len(all)), "Application software3")
	wrong := upload(t, s, records.ImportProducts, "产品代码,产品名称,类别代码,类别名称,在用\nu 8,x,,,\n,x,,,\nu9,,,,\nu8,ERP U8,,报表,\nu8,ERP U9,,,也许\n")
	equal(t, "faults", faultsOf(wrong), "2A code u 8, 3A missing , 4B missing , 5C missing , 6E yes_no 也许")
	equal(t, "a name that changes", fmt.Sprint(wrong.Plan.Preview[4].Status), "fault")
}

// testImportLarge: the largest file there may be, all of it or nothing.
func testImportLarge(t *testing.T, open opener) {
	s := open(t).open(t)
	staff(t, s)
	var b strings.Builder
	b.WriteString("客户编号,客户名称,地区,联系人,电话\n")
	const rows = 20_000
	for i := range rows {
		fmt.Fprintf(&b, "K%05d,客户%05d,江苏,联系人%d,1380%07d\n", i, i, i, i)
	}
	i := upload(t, s, records.ImportCustomers, b.String())
	equal(t, "plan", counts(i), fmt.Sprint(rows, " new 0 changed 0 same 0 faults checked"))
	began := time.Now()
	done := apply(t, s, i)
	t.Logf("%d customers written in %v", rows, time.Since(began).Round(time.Millisecond))
	equal(t, "done", done.State, records.ImportApplied)
	equal(t, "the last one", get[[]records.Contact](t)(s.FindContacts(t.Context(), "13800019999", 0))[0].CustomerName, "客户19999")
	again := upload(t, s, records.ImportCustomers, b.String())
	equal(t, "the same", counts(again), fmt.Sprint("0 new 0 changed ", rows, " same 0 faults checked"))
	b.WriteString("K20000,一行太多,,,\n")
	equal(t, "one row too many", upload(t, s, records.ImportCustomers, b.String()).Plan.File.Code, "rows")
}

// testImportAddress: addresses come in, are changed only by a row that says another, and go out as they came.
func testImportAddress(t *testing.T, open opener) {
	s := open(t).open(t)
	staff(t, s)
	apply(t, s, upload(t, s, records.ImportCustomers, "客户名称,地区,详细地址\n华东一厂,江苏,南京市示例路 1 号\n华北二厂,河北,\n"))
	equal(t, "kept", get[[]records.Customer](t)(s.Customers(t.Context(), "华东一厂", 1))[0].Address, "南京市示例路 1 号")
	again := upload(t, s, records.ImportCustomers, "客户名称,地址\n华东一厂,\n华北二厂,石家庄市示例街 2 号\n")
	equal(t, "what is new", counts(again), "0 new 1 changed 1 same 0 faults checked")
	apply(t, s, again)
	var out []string
	must(t, s.ExportCustomers(t.Context(), func(cells []string) error {
		for i, f := range records.ImportFields(records.ImportCustomers) {
			if f.Code == "address" {
				out = append(out, cells[i])
			}
		}
		return nil
	}))
	equal(t, "exported", strings.Join(out, "; "), "南京市示例路 1 号; 石家庄市示例街 2 号")
}
