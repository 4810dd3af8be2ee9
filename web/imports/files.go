package imports

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/xuri/excelize/v2"

	"hotline/records"
	"hotline/records/sheet"
	"hotline/web/ui"
)

// examples are the rows of the sample files.
func examples(kind string) [][]string {
	if kind == records.ImportProducts {
		return [][]string{
			{"software", "应用软件", "Application software", "", "", "", "是"},
			{"software", "应用软件", "Application software", "login", "登录与权限", "Login and rights", "是"},
			{"software", "应用软件", "Application software", "printing", "打印", "Printing", "是"},
		}
	}
	return [][]string{
		{"HD-0001", "华东示例制造有限公司", "江苏", "南京市示例路 1 号 3 号楼", "南京服务中心", "金牌服务：工作日 2 小时响应，4 小时到场", "是", "10", "", "王芳", "13800138000; 025-84001234", "wangfang@example.com", "信息科"},
		{"HD-0001", "华东示例制造有限公司", "", "", "", "", "", "", "", "李雷", "13800138001", "", "仓库"},
		{"HB-0002", "华北示例商贸有限公司", "河北", "石家庄市示例大街 20 号", "石家庄服务中心", "标准服务", "否", "", "", "张伟", "0311-86001234", "", ""},
	}
}

// sample gives a file to begin with: customers.csv, customers.xlsx, products.csv, products.xlsx.
func (m *Imports) sample(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	for _, kind := range []string{records.ImportCustomers, records.ImportProducts} {
		rows := append([][]string{m.heads(r, kind)}, examples(kind)...)
		switch file {
		case kind + ".csv":
			out := m.begin(w, file)
			for _, row := range rows {
				_ = out.Write(row) // an error stays with the writer; the reader is gone then
			}
			out.Flush()
			return
		case kind + ".xlsx":
			m.workbook(w, r, file, rows)
			return
		}
	}
	m.trouble(w, r, http.StatusNotFound, "imports.trouble.notfound")
}

func (m *Imports) heads(r *http.Request, kind string) []string {
	var out []string
	for _, f := range records.ImportFields(kind) {
		out = append(out, f.Name.In(ui.VisitorOf(r.Context()).Lang))
	}
	return out
}

// begin starts an answer in CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to read Chinese).
func (m *Imports) begin(w io.Writer, name string) *csv.Writer {
	if rw, ok := w.(http.ResponseWriter); ok {
		h := rw.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
		h.Set("Cache-Control", "private, no-store")
	}
	_, _ = io.WriteString(w, "\ufeff")
	return csv.NewWriter(w)
}

func (m *Imports) workbook(w http.ResponseWriter, r *http.Request, name string, rows [][]string) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	const first = "Sheet1"
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": telephone numbers stay text
	if err == nil {
		err = f.SetColStyle(first, "A:"+sheet.Letter(len(rows[0])), text)
	}
	if err == nil {
		err = f.SetColWidth(first, "A", sheet.Letter(len(rows[0])), 18)
	}
	for i, row := range rows {
		for j, cell := range row {
			if err == nil && cell != "" {
				err = f.SetCellStr(first, sheet.Letter(j+1)+strconv.Itoa(i+1), cell)
			}
		}
	}
	if err != nil {
		m.fail(w, r, fmt.Errorf("sample: %w", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	if err := f.Write(w); err != nil {
		m.log.WarnContext(r.Context(), "a sample did not reach its reader", "err", err)
	}
}

// export gives everything there is, in the columns in which it is imported. It is kept in the audit log: these are all customers.
func (m *Imports) export(w http.ResponseWriter, r *http.Request) {
	kind := r.FormValue("kind")
	from := map[string]func(func([]string) error) error{
		records.ImportCustomers: func(tell func([]string) error) error { return m.store.ExportCustomers(r.Context(), tell) },
		records.ImportProducts:  func(tell func([]string) error) error { return m.store.ExportProducts(r.Context(), tell) },
	}[kind]
	if from == nil {
		m.trouble(w, r, http.StatusNotFound, "imports.trouble.notfound")
		return
	}
	if err := m.store.Audit(r.Context(), records.AuditEntry{By: ui.VisitorOf(r.Context()).Login, Action: "export." + kind, Object: kind}); err != nil {
		m.fail(w, r, err)
		return
	}
	out := m.begin(w, kind+".csv")
	_ = out.Write(m.heads(r, kind))
	err := from(func(cells []string) error {
		for i, c := range cells {
			cells[i] = sheet.Inert(c)
		}
		return out.Write(cells)
	})
	out.Flush()
	if err != nil || out.Error() != nil {
		// The answer is on its way: a cut connection is better than a list that looks whole.
		m.log.ErrorContext(r.Context(), "an export was cut", "err", err)
		panic(http.ErrAbortHandler)
	}
}

// faults gives what is wrong, row by row, to be mended beside the file.
func (m *Imports) faults(w http.ResponseWriter, r *http.Request) {
	i, err := m.store.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		m.fail(w, r, err)
		return
	}
	names := m.fieldNames(r, i.Kind)
	out := m.begin(w, "import-faults.csv")
	_ = out.Write([]string{m.say(r, "imports.line"), m.say(r, "imports.column"), m.say(r, "imports.value"), m.say(r, "imports.what"), m.say(r, "imports.mend")})
	for _, f := range i.Plan.Faults {
		one := m.wrong(r, i, names, f)
		_ = out.Write([]string{strconv.Itoa(one.Line), sheet.Inert(one.Column), sheet.Inert(one.Value), sheet.Inert(one.What), sheet.Inert(one.Mend)})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		m.log.WarnContext(r.Context(), "a list of faults did not reach its reader", "err", err)
	}
}
