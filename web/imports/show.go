package imports

import (
	"net/http"
	"net/url"
	"strconv"

	"hotline/records"
	"hotline/records/sheet"
	"hotline/web/ui"
)

// importPage is one import as it stands.
type importPage struct {
	records.Import
	Title   string // what kind it is
	Percent int    // of the job
	Columns []column
	Lacking []string // names of required fields that no column has
	Rows    []previewRow
	Wrong   []wrong
	More    int    // faults that are not shown
	File    string // why the file cannot be read
	Ready   bool
	Nothing bool // there is nothing to do
}

// column is one column of the file and what it may mean.
type column struct {
	Letter, Head string
	Choices      []choice
}

type choice struct {
	Value, Name string
	Chosen      bool
}

// previewRow is one of the first rows with what it would do.
type previewRow struct {
	records.ImportRow
	Changes []string
}

// wrong is one fault in words.
type wrong struct {
	Line               int
	Column, What, Mend string
	Value              string
}

const faultsShown = 50

func (m *Imports) show(w http.ResponseWriter, r *http.Request) {
	i, err := m.store.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		m.fail(w, r, err)
		return
	}
	if i.State == records.ImportApplied { // seen first by who waits for it; other nodes look for themselves
		m.opt.Changed(r.Context())
	}
	p := m.page(r, i)
	if r.Header.Get("HX-Request") == "true" {
		m.pages.Fragment(w, r, http.StatusOK, "imports/import#body", p)
		return
	}
	m.pages.Render(w, r, http.StatusOK, "imports/import", p)
}

func (m *Imports) page(r *http.Request, i records.Import) importPage {
	p := importPage{Import: i, Title: m.say(r, "imports.kind."+i.Kind), Ready: i.Ready()}
	if i.Job != nil && i.Job.Total > 0 {
		p.Percent = min(100*i.Job.Done/i.Job.Total, 100)
	}
	plan := i.Plan
	if plan.File != nil {
		p.File = m.say(r, "imports.file."+plan.File.Code, plan.File.Line, plan.File.Limit, sheet.Letter(plan.File.Column))
		return p
	}
	names := m.fieldNames(r, i.Kind)
	for n, h := range plan.Head {
		c := column{Letter: sheet.Letter(n + 1), Head: h}
		for _, f := range records.ImportFields(i.Kind) {
			c.Choices = append(c.Choices, choice{f.Code, names[f.Code], n < len(plan.Mapping) && plan.Mapping[n] == f.Code})
		}
		p.Columns = append(p.Columns, c)
	}
	for _, code := range plan.Lacking {
		p.Lacking = append(p.Lacking, names[code])
	}
	for _, row := range plan.Preview {
		v := previewRow{ImportRow: row}
		for _, c := range row.Changes {
			v.Changes = append(v.Changes, m.say(r, "imports.change", names[c.Field], or(c.Old, "–"), or(c.New, "–")))
		}
		p.Rows = append(p.Rows, v)
	}
	for _, f := range plan.Faults {
		if len(p.Wrong) < faultsShown {
			p.Wrong = append(p.Wrong, m.wrong(r, i, names, f))
		}
	}
	p.More = plan.FaultCount - len(p.Wrong)
	p.Nothing = plan.FaultCount == 0 && len(plan.Lacking) == 0 && plan.Rows > 0 && plan.Counts.New+plan.Counts.Changed == 0
	return p
}

func (m *Imports) fieldNames(r *http.Request, kind string) map[string]string {
	lang, names := ui.VisitorOf(r.Context()).Lang, map[string]string{}
	for _, f := range records.ImportFields(kind) {
		names[f.Code] = f.Name.In(lang)
	}
	return names
}

// wrong words a fault: what it is and how it is mended.
func (m *Imports) wrong(r *http.Request, i records.Import, names map[string]string, f records.ImportFault) wrong {
	out := wrong{Line: f.Line, Value: f.Value, What: m.say(r, "imports.fault."+f.Code, names[f.Field], f.Other), Mend: m.say(r, "imports.mend."+f.Code, names[f.Field])}
	out.Column = names[f.Field]
	if f.Column > 0 {
		out.Column = sheet.Letter(f.Column) + " " + i.Plan.Head[f.Column-1]
	}
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// columns takes what people say the columns mean.
func (m *Imports) columns(w http.ResponseWriter, r *http.Request) {
	mapping := make([]string, 0, len(r.PostForm))
	for n := 0; r.PostForm.Has("column" + strconv.Itoa(n)); n++ {
		mapping = append(mapping, r.PostForm.Get("column"+strconv.Itoa(n)))
	}
	m.answer(w, r, m.store.MapImport(r.Context(), r.PathValue("id"), mapping))
}

func (m *Imports) apply(w http.ResponseWriter, r *http.Request) {
	m.answer(w, r, m.store.ApplyImport(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("id"), r.FormValue("hash")))
}

func (m *Imports) drop(w http.ResponseWriter, r *http.Request) {
	m.answer(w, r, m.store.DropImport(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("id")))
}

func (m *Imports) answer(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		m.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/import/"+url.PathEscape(r.PathValue("id")), http.StatusSeeOther) //nolint:gosec // a path of this site
}
