package dispatch

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// engineersPage is who can be sent out, and one of them to be changed.
type engineersPage struct {
	Engineers []records.Engineer
	Centres   []named
	One       *records.Engineer
	Products  []productLevel
	Absences  []records.Absence
}

type productLevel struct {
	Code, Title string
	Level       int
}

// aheadShown is how far ahead absences are listed.
const aheadShown = 180 * 24 * time.Hour

func (d *Dispatch) engineers(w http.ResponseWriter, r *http.Request) {
	all, err := d.opt.Records.Engineers(r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	lang := ui.VisitorOf(r.Context()).Lang
	for i, e := range all {
		all[i].Centre = d.titleOf(d.opt.Centres, e.Centre, lang)
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/engineers", engineersPage{Engineers: all})
}

func (d *Dispatch) engineer(w http.ResponseWriter, r *http.Request) {
	e, err := d.opt.Records.Engineer(r.Context(), r.PathValue("login"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	p := engineersPage{One: &e}
	lang := ui.VisitorOf(r.Context()).Lang
	for _, c := range d.opt.Centres {
		p.Centres = append(p.Centres, named{c.Code, c.Text.in(lang), c.Code == e.Centre})
	}
	for _, c := range d.opt.Products {
		p.Products = append(p.Products, productLevel{c.Code, c.Text.in(lang), e.Products[c.Code]})
	}
	if p.Absences, err = d.opt.Records.Absences(r.Context(), e.Login, d.opt.Now(), d.opt.Now().Add(aheadShown)); err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/engineer", p)
}

func (d *Dispatch) keepEngineer(w http.ResponseWriter, r *http.Request) {
	centre, title := r.FormValue("centre"), r.FormValue("title")
	c := records.EngineerChange{Login: r.PathValue("login"), Centre: &centre, Title: &title, Products: map[string]int{}}
	c.Version, _ = strconv.ParseInt(r.FormValue("version"), 10, 64)
	for _, p := range d.opt.Products {
		c.Products[p.Code], _ = strconv.Atoi(r.FormValue("level." + p.Code))
	}
	if _, err := d.opt.Records.SetEngineer(r.Context(), c); err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch/engineers/"+c.Login)
}

// keepPhoto takes a portrait and keeps it small and without what a camera writes into it (place, device).
func (d *Dispatch) keepPhoto(w http.ResponseWriter, r *http.Request) {
	_, body, err := uploaded(w, r, "photo", maxPhoto)
	if err != nil {
		d.trouble(w, r, http.StatusBadRequest, "dispatch.trouble.photo")
		return
	}
	small, err := portrait(body)
	if err != nil {
		d.trouble(w, r, http.StatusUnprocessableEntity, "dispatch.trouble.photo")
		return
	}
	if _, err := d.opt.Records.SetEngineerPhoto(r.Context(), r.PathValue("login"), small); err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch/engineers/"+r.PathValue("login"))
}

func (d *Dispatch) photo(w http.ResponseWriter, r *http.Request) {
	file, err := d.opt.Records.EngineerPhoto(r.Context(), r.PathValue("login"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=300")
	_, _ = io.Copy(w, file)
}

func (d *Dispatch) addAbsence(w http.ResponseWriter, r *http.Request) {
	zone := ui.VisitorOf(r.Context()).Zone
	from, err := time.ParseInLocation("2006-01-02T15:04", r.FormValue("from"), zone)
	to, bad := time.ParseInLocation("2006-01-02T15:04", r.FormValue("to"), zone)
	if err != nil || bad != nil {
		d.trouble(w, r, http.StatusUnprocessableEntity, "dispatch.trouble.times")
		return
	}
	a := records.Absence{Login: r.PathValue("login"), From: from, To: to, Reason: r.FormValue("reason")}
	if _, err := d.opt.Records.AddAbsence(r.Context(), a); err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch/engineers/"+a.Login)
}

func (d *Dispatch) cancelAbsence(w http.ResponseWriter, r *http.Request) {
	if err := d.opt.Records.CancelAbsence(r.Context(), r.PathValue("id")); err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch/engineers/"+r.FormValue("login"))
}
