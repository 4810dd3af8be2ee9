package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hotline/records"
	"hotline/web/browser"
	"hotline/web/browser/site"
)

// TestFromSampleToRecords: the sample is downloaded and uploaded as it is, seen, imported, exported, and imported again as the same.
func TestFromSampleToRecords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "root", browser.Look{})
	tab.WaitText("[data-testid=empty]", "下载示例文件")
	site.Sound(t, tab, "import-empty")

	for _, file := range []string{"customers.xlsx", "products.csv"} {
		kind := strings.Split(file, ".")[0]
		tab.Goto(h.Base + "/import")
		upload(tab, kind, file, h.fetched(tab, `fetch("/samples/`+file+`")`))
		tab.WaitText("[data-testid=preview]", "新增")
		if kind == "customers" {
			site.Sound(t, tab, "import-preview")
			site.Equal(t, "nothing yet", len(site.Get[[]records.Customer](t)(h.Store.Customers(t.Context(), "", 0))), 0)
		}
		tab.Click("[data-testid=apply]")
		tab.WaitText("[data-testid=applied]", "新增 3 行")
	}
	site.Sound(t, tab, "import-applied")
	list := site.Get[[]records.Customer](t)(h.Store.Customers(t.Context(), "华东", 0))
	site.Equal(t, "customer", fmt.Sprint(len(list), list[0].Code, list[0].VIP), "1HD-0001true")
	site.Equal(t, "products", len(site.Get[[]records.Product](t)(h.Store.Products(t.Context()))[0].Categories), 2)

	tab.Goto(h.Base + "/import")
	export := h.fetched(tab, `fetch("/import/export", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "kind=customers"})`)
	upload(tab, "customers", "export.csv", export)
	tab.WaitText("[data-testid=cannot]", "无需导入")
	tab.Click("[data-testid=drop]")
	tab.WaitText("[data-testid=dropped]", "没有导入任何内容")
	tab.Goto(h.Base + "/import")
	tab.WaitText("[data-testid=imports]", "已放弃")
	site.Sound(t, tab, "import-list")
	audit := site.Get[records.Page[records.AuditEntry]](t)(h.Store.AuditLog(t.Context(), records.AuditFilter{Action: "export.customers"}))
	site.Equal(t, "export audited", len(audit.Items), 1)
}

// TestAFileWithFaults: every fault has its row, its column, what it is and how it is mended; formulas stay texts.
func TestAFileWithFaults(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "root", browser.Look{})
	gb := site.Get[[]byte](t)(simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("单位名称;手机;联系人;优先级\n华东一厂;13800138000;王芳;5\n\"=HYPERLINK(\"\"x\"\")\";123;李雷;\n华北二厂;;;=1+1\n")))
	upload(tab, "customers", "名单.csv", gb)
	tab.WaitText("[data-testid=faults]", "“123”不是电话号码")
	tab.WaitText("[data-testid=faults]", "固定电话带区号")
	tab.WaitText("[data-testid=cannot]", "按错误清单修改")
	tab.WaitGone("[data-testid=apply]")
	site.Sound(t, tab, "import-faults")
	faults := string(h.fetched(tab, `fetch(location.pathname + "/faults.csv")`))
	for _, want := range []string{"3,B 手机,123", "4,D 优先级,'=1+1"} {
		if !strings.Contains(faults, want) {
			t.Errorf("the list of faults lacks %q:\n%s", want, faults)
		}
	}
	// The column is not needed, the row is mended by leaving the number out.
	tab.Run(`document.querySelectorAll("select")[1].value = ""; document.querySelectorAll("select")[3].value = ""`)
	tab.Click("[data-testid=remap]")
	tab.WaitText("[data-testid=apply]", "新增 3 行")
	tab.Click("[data-testid=apply]")
	tab.WaitText("[data-testid=applied]", "全部导入")
	export := string(h.fetched(tab, `fetch("/import/export", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "kind=customers"})`))
	if !strings.Contains(export, `"'=HYPERLINK(""x"")"`) {
		t.Errorf("a formula left the house alive:\n%s", export)
	}

	tab.Goto(h.Base + "/import")
	upload(tab, "customers", "old.xls", []byte("\xd0\xcf\x11\xe0 old"))
	tab.WaitText("[data-testid=file-fault]", "另存为没有密码的 XLSX")
	site.Sound(t, tab, "import-unreadable")
}

// TestALongFileShowsItsProgress, and agents have no business here.
func TestALongFileShowsItsProgress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "root", browser.Look{Lang: "en-GB", Dark: true})
	var file strings.Builder
	file.WriteString("code,customer,contact,phone\n")
	for i := range 20_000 {
		fmt.Fprintf(&file, "K%05d,Customer %d,Person %d,1380%07d\n", i, i, i, i)
	}
	tab.Before(`addEventListener("DOMContentLoaded", () => {
		const seen = () => { if (document.querySelector("[data-testid=job]")) sessionStorage.setItem("job", "seen"); };
		seen();
		new MutationObserver(seen).observe(document.body, {childList: true, subtree: true});
	})`)
	upload(tab, "customers", "long.csv", []byte(file.String()))
	tab.WaitText("[data-testid=apply]", "20000 new")
	site.Sound(t, tab, "import-long-en-dark")
	tab.Click("[data-testid=apply]")
	tab.WaitText("[data-testid=applied]", "20000 rows new")
	var seen string
	tab.Eval(`sessionStorage.getItem("job") ?? ""`, &seen)
	site.Equal(t, "the progress was shown", seen, "seen")

	agent := b.Tab()
	token, _, err := h.Store.NewSession(t.Context(), "li")
	site.Must(t, err)
	agent.Expect("403")
	agent.Goto(h.Base + "/healthz")
	agent.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, token))
	agent.Goto(h.Base + "/import")
	agent.WaitText("body", "管理员")
}
