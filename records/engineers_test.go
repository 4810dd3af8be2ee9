package records_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// testEngineers: centre, products, picture and absences, each change in the audit log, nothing for who is no engineer.
func testEngineers(t *testing.T, open opener) {
	clk := newClock()
	s := open(t).open(t, clk.set, withProcedures(t, clk))
	staff(t, s)
	engineers(t, s)
	ctx := records.By(t.Context(), "deng")
	all := get[[]records.Engineer](t)(s.Engineers(ctx))
	equal(t, "engineers", len(all), 2)
	equal(t, "nothing is known yet", all[0].Version+int64(len(all[0].Products)), 0)

	centre, title := " 南京服务中心 ", "高级服务工程师"
	e := get[records.Engineer](t)(s.SetEngineer(ctx, records.EngineerChange{
		Login: "gao", Centre: &centre, Title: &title, Products: map[string]int{"software": 1, "system": 3},
	}))
	equal(t, "centre", e.Centre+e.Title, "南京服务中心高级服务工程师")
	equal(t, "levels", e.Products["software"]*10+e.Products["system"], 13)
	e = get[records.Engineer](t)(s.SetEngineer(ctx, records.EngineerChange{Login: "gao", Products: map[string]int{"system": 0}, Version: e.Version}))
	equal(t, "products left", len(e.Products), 1)
	_, err := s.SetEngineer(ctx, records.EngineerChange{Login: "gao", Title: &title, Version: 1})
	refused(t, err, records.ErrConflict)
	_, err = s.SetEngineer(ctx, records.EngineerChange{Login: "gao", Products: map[string]int{"x": 10}})
	refused(t, err, records.ErrInvalid)
	_, err = s.SetEngineer(ctx, records.EngineerChange{Login: "li", Title: &title})
	refused(t, err, records.ErrNotFound)

	_, err = s.EngineerPhoto(ctx, "gao")
	refused(t, err, records.ErrNotFound)
	_, err = s.SetEngineerPhoto(ctx, "gao", strings.NewReader("<svg onload=alert(1)>"))
	refused(t, err, records.ErrInvalid)
	get[records.Engineer](t)(s.SetEngineerPhoto(ctx, "gao", strings.NewReader("\x89PNG\r\n\x1a\npicture")))
	file, err := s.EngineerPhoto(ctx, "gao")
	must(t, err)
	body := get[[]byte](t)(io.ReadAll(file))
	must(t, file.Close())
	equal(t, "picture", string(body), "\x89PNG\r\n\x1a\npicture")
	equal(t, "picture taken away", get[records.Engineer](t)(s.SetEngineerPhoto(ctx, "gao", nil)).Photo, "")

	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	a := get[records.Absence](t)(s.AddAbsence(ctx, records.Absence{Login: "gao", From: day, To: day.Add(24 * time.Hour), Reason: "培训"}))
	equal(t, "by", a.AddedBy, "deng")
	equal(t, "touching", len(get[[]records.Absence](t)(s.Absences(ctx, "", day.Add(23*time.Hour), day.Add(48*time.Hour)))), 1)
	equal(t, "not touching", len(get[[]records.Absence](t)(s.Absences(ctx, "gao", day.Add(24*time.Hour), day.Add(48*time.Hour)))), 0)
	equal(t, "somebody else's", len(get[[]records.Absence](t)(s.Absences(ctx, "he", day, day.Add(time.Hour)))), 0)
	must(t, s.CancelAbsence(ctx, a.ID))
	refused(t, s.CancelAbsence(ctx, a.ID), records.ErrNotFound)
	equal(t, "cancelled", len(get[[]records.Absence](t)(s.Absences(ctx, "", day, day.Add(time.Hour)))), 0)
	for _, bad := range []records.Absence{{Login: "gao", From: day, To: day, Reason: "x"}, {Login: "gao", From: day, To: day.Add(time.Hour)}} {
		_, err = s.AddAbsence(ctx, bad)
		refused(t, err, records.ErrInvalid)
	}
	equal(t, "audited", len(get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: "gao", By: "deng"})).Items), 4)
}
