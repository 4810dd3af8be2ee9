package remote_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hotline/records"
	"hotline/records/procedure"
)

// checkReport reads the report's text back from its PDF: everything that the customer is owed stands in it, and no login information.
func checkReport(t *testing.T, h *house, f records.OrderFile, never ...string) {
	t.Helper()
	pdf := ""
	for _, e := range f.Evidence {
		if e.Kind == procedure.Document {
			file, body, err := h.store.OpenFile(t.Context(), e.File)
			must(t, err)
			pdf = filepath.Join(t.TempDir(), file.Name)
			out := get[*os.File](t)(os.Create(pdf))
			get[int64](t)(out.ReadFrom(body))
			must(t, out.Close())
			must(t, body.Close())
		}
	}
	if pdf == "" {
		t.Fatal("there is no report")
	}
	text := string(get[[]byte](t)(exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()))
	flat := strings.Join(strings.Fields(text), "")
	for _, part := range []string{
		"远程维护调试报告", f.Order.Number, f.Order.Case, "孙丽", "高明", "Windows远程桌面", "财务报表的打印服务", "安装补丁7后", "812.5MB", strings.Repeat("0f", 32)[:20],
		"已做恢复测试", "重新安装打印驱动", "确认问题已解决", "升级前在测试环境打印三张样表", "127.0.0.1:", "已开放", "已关闭", "读取1次", "销毁", "南山方略", "华东一厂", "金牌服务",
	} {
		if !strings.Contains(flat, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
	for _, secret := range never {
		if strings.Contains(text, secret) {
			t.Error("login information stands in the report")
		}
	}
	if *shots != "" {
		must(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", "70", "-png", pdf, filepath.Join(*shots, "remote-report")).Run())
	}
}
