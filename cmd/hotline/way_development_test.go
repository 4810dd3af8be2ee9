package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

func (w *ways) development() {
	const build = "PK compiled interface"
	sum := sha256.Sum256([]byte(build))
	hash := hex.EncodeToString(sum[:])
	number, e := w.engaged("development", "development", "与财务系统的数据接口")
	e.lacks("need", "需求报告")
	e.written("requirement_report", nil)
	e.approved("requirement_report")
	e.lacks("need", "客户确认需求")
	e.confirmed("requirement_report")
	e.completed("need")
	e.lacks("solution", "解决方案")
	e.written("development_solution", nil)
	e.approved("development_solution")
	e.lacks("solution", "标准规范")
	e.written("standards", nil)
	e.approved("standards")
	e.lacks("solution", "客户认可方案")
	e.confirmed("development_solution")
	e.completed("solution")

	e.lacks("development", "编译代码")
	w.gao.Goto(e.at)
	w.gao.Run(`(() => { const t = new DataTransfer(); t.items.add(new File(["` + build + `"], "interface-1.0.zip")); document.getElementById("build").files = t.files; })()`)
	w.gao.Fill("#version", "1.0")
	w.gao.Click("[data-testid=keep-build]")
	w.gao.WaitText("[data-testid=build]", hash)
	e.completed("development")
	e.lacks("test", "测试报告")
	e.written("test_report", map[string]string{"q.sha256": strings.Repeat("0", 64), "q.failed": "0"}) // of another build
	w.wu.Goto(e.at)
	w.wu.Click(paper("test_report") + " [data-testid=approve]")
	w.wu.WaitText("[data-testid=trouble]", "SHA-256")
	e.written("test_report", map[string]string{"q.sha256": hash, "q.failed": "0"})
	e.approved("test_report")
	e.completed("test")
	e.lacks("manual", "操作手册")
	e.written("manual", nil)
	e.approved("manual")
	e.completed("manual")
	e.lacks("installation", "安装")
	e.written("installation", map[string]string{"q.sha256": hash})
	e.approved("installation")
	e.written("acceptance", nil)
	e.approved("acceptance")
	e.lacks("installation", "客户验收")
	e.confirmed("acceptance")
	e.completed("installation")
	e.finished()

	f := w.arrived(number, "development")
	w.says(w.document(f, "need"), "需求报告", "华东一厂", "分两期改造")
	w.says(w.document(f, "test"), "测试报告", hash)
	w.says(w.document(f, "manual"), "操作手册", "分两期改造")
	for _, x := range f.Evidence {
		if x.Step == "development" && x.File != "" {
			if got := w.fetch(w.wu, "/orders/"+f.Order.Number+"/files/"+x.File); string(got) != build {
				w.t.Errorf("the compiled code comes back as %q", got)
			}
		}
	}
}
