package floor

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// mostExported bounds one export; a longer span is exported day by day.
const mostExported = 50_000

// exportCalls gives what is filtered as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to read Chinese).
func (f *Floor) exportCalls(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	in := readFilter(r)
	in.Cursor = ""
	if !v.Has(supervisorRole) {
		in.Agent, in.Numbers = v.Login, false
	}
	if err := f.audited(r, "calls.exported", in.Queue, in.describe()); err != nil {
		f.failed(w, r, "an export cannot be kept in the audit log", err)
		return
	}
	page, err := f.opt.Records.Calls(r.Context(), in.records(f.opt.Zone, 500))
	if err != nil {
		f.failed(w, r, "calls cannot be exported", err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="calls-%s.csv"`, f.opt.Now().In(v.Zone).Format("20060102-150405")))
	_, _ = w.Write([]byte("\ufeff"))
	out := csv.NewWriter(w)
	var heads []string
	for _, name := range []string{"time", "queue", "number", "name", "agent", "outcome", "rings", "waited", "met", "short", "end", "talked", "case", "rule", "id"} {
		heads = append(heads, f.opt.Pages.Say(v.Lang, "floor.csv."+name))
	}
	_ = out.Write(heads) // an error stays with the writer and is seen at the end
	for n := 0; ; {
		for _, row := range page.Items {
			_ = out.Write(f.csvRow(row, in.Numbers, v))
		}
		n += len(page.Items)
		if page.Next == "" || n >= mostExported || out.Error() != nil {
			break
		}
		next := in.records(f.opt.Zone, 500)
		next.Cursor = page.Next
		if page, err = f.opt.Records.Calls(r.Context(), next); err != nil {
			// The answer is on its way: a cut connection is better than a list that looks whole.
			f.log.ErrorContext(r.Context(), "an export was cut", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		f.log.WarnContext(r.Context(), "an export did not reach its reader", "err", err)
	}
}

func (f *Floor) csvRow(c records.CallRow, full bool, v ui.Visitor) []string {
	row := f.row(c, full, v)
	met, talked := "", ""
	if row.Decided {
		met = strconv.FormatBool(row.Met)
	}
	if row.Talked > 0 {
		talked = strconv.FormatInt(int64(row.Talked/time.Second), 10)
	}
	cells := []string{
		c.Arrived.In(v.Zone).Format("2006-01-02 15:04:05.000"), row.Queue, row.Number, row.Name, row.Agent, f.opt.Pages.Say(v.Lang, "floor.outcome."+row.Outcome),
		strconv.Itoa(row.Rings), strconv.FormatFloat(float64(row.WaitedMS)/1000, 'f', 3, 64), met, strconv.FormatBool(row.Short), row.End, talked, row.Case, c.Rule, c.Call,
	}
	for i, cell := range cells {
		cells[i] = inert(cell)
	}
	return cells
}

// inert keeps a spreadsheet from taking a caller's name for a formula. A telephone number keeps its plus sign: it is one or more
// digits and stars after it, which no spreadsheet can run.
func inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if cell[0] == '+' && strings.Trim(cell[1:], "0123456789*") == "" {
		return cell
	}
	return "'" + cell
}
