package followup

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

type resultsPage struct {
	Places   []place
	By       string
	Groups   []string
	From, To string // days, both included
	Rows     []result
	Answered int
	Few      int
	Chart    chart
}

type result struct {
	records.SurveyResult
	Title string
	Few   bool
}

// chart is what the drawing needs.
type chart struct {
	Names   []string  `json:"names"`
	Speed   []float64 `json:"speed"`
	Quality []float64 `json:"quality"`
	N       []int     `json:"n"`
}

func (d *Desk) readResults(r *http.Request) (resultsPage, error) {
	v := ui.VisitorOf(r.Context())
	page := resultsPage{
		Places: places("results"), By: r.FormValue("by"), From: r.FormValue("from"), To: r.FormValue("to"), Few: records.FewAnswers,
		Groups: []string{records.ByEngineer, records.ByCentre, records.ByProduct, records.ByKind},
	}
	if !slices.Contains(page.Groups, page.By) {
		page.By = records.ByEngineer
	}
	today := d.opt.Now().In(v.Zone)
	day := func(field *string, otherwise time.Time) time.Time {
		t, err := time.ParseInLocation(time.DateOnly, *field, v.Zone)
		if err != nil {
			t = otherwise
		}
		*field = t.Format(time.DateOnly)
		return t
	}
	from := day(&page.From, time.Date(today.Year(), today.Month()-2, 1, 0, 0, 0, 0, v.Zone))
	to := day(&page.To, time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, v.Zone))
	got, err := d.store.SurveyResults(r.Context(), page.By, from, to.AddDate(0, 0, 1))
	if err != nil {
		return page, err
	}
	for _, g := range got {
		one := result{SurveyResult: g, Title: g.Name, Few: g.N < records.FewAnswers}
		switch page.By {
		case records.ByCentre:
			one.Title = title(d.opt.Centres, g.Key, v.Lang)
		case records.ByProduct:
			one.Title = title(d.opt.Products(), g.Key, v.Lang)
		case records.ByKind:
			one.Title = d.say(r, "follow.kind."+g.Key)
		}
		if one.Title == "" {
			one.Title = d.say(r, "follow.none")
		}
		page.Answered += g.N
		page.Rows = append(page.Rows, one)
		if g.N > 0 {
			page.Chart.Names, page.Chart.N = append(page.Chart.Names, one.Title), append(page.Chart.N, g.N)
			page.Chart.Speed, page.Chart.Quality = append(page.Chart.Speed, g.Speed), append(page.Chart.Quality, g.Quality)
		}
	}
	return page, nil
}

func (d *Desk) results(w http.ResponseWriter, r *http.Request) {
	page, err := d.readResults(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Render(w, r, http.StatusOK, "followup/results", page)
}

// export gives the results as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to read Chinese).
func (d *Desk) export(w http.ResponseWriter, r *http.Request) {
	page, err := d.readResults(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="survey-%s-%s-%s.csv"`, page.By, page.From, page.To))
	_, _ = w.Write([]byte("\ufeff"))
	out := csv.NewWriter(w)
	heads := []string{d.say(r, "follow.by."+page.By)}
	for _, name := range []string{"asked", "n", "speed", "quality", "low"} {
		heads = append(heads, d.say(r, "follow.col."+name))
	}
	_ = out.Write(heads) // an error stays with the writer and is seen at the end
	for _, row := range page.Rows {
		mean := func(v float64) string {
			if row.N == 0 {
				return ""
			}
			return strconv.FormatFloat(v, 'f', 2, 64)
		}
		_ = out.Write([]string{inert(row.Title), strconv.Itoa(row.Asked), strconv.Itoa(row.N), mean(row.Speed), mean(row.Quality), strconv.Itoa(row.Low)})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		d.log.WarnContext(r.Context(), "an export was cut", "err", err)
	}
}

type drawsPage struct {
	Places []place
	Draws  []records.Draw
	Next   string
}

func (d *Desk) draws(w http.ResponseWriter, r *http.Request) {
	got, err := d.store.Draws(r.Context(), r.FormValue("before"), 31)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Render(w, r, http.StatusOK, "followup/draws", drawsPage{Places: places("draws"), Draws: got.Items, Next: got.Next})
}

// drawFile is everything by which anybody can make one day's draw again.
func (d *Desk) drawFile(w http.ResponseWriter, r *http.Request) {
	file, err := d.store.DrawFile(r.Context(), r.PathValue("day"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	file.Fault = d.pages.Report(ui.VisitorOf(r.Context()).Lang, file.Fault)
	raw, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="draw-%s.json"`, file.Day))
	_, _ = w.Write(raw)
}

// inert keeps a spreadsheet from taking a name for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
