package classes_test

import (
	"testing"

	"go.uber.org/goleak"

	"hotline/configs/procedures"
	"hotline/configs/questionnaires"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web/browser/site"
	"hotline/web/classes"
	"hotline/web/customer"
	"hotline/web/orders"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole site over real records.
type house struct{ *site.House }

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{site.Open(t, site.Options{
		Company: "南山方略",
		Records: func(o *records.Options) {
			o.Procedures = site.Get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files))
			o.Questionnaires = site.Get[[]questionnaire.Definition](t)(questionnaire.ParseAll(questionnaires.Files))
		},
		Users: []records.NewUser{
			{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}}, {Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
		},
		Mount: func(h *site.House) []func(ui.Router) {
			own := classes.New(classes.Options{Pages: h.Pages, Records: h.Store, URL: h.Base, Company: "南山方略", Hotline: "400-000-0000", Log: h.Log})
			return []func(ui.Router){own.Mount, orders.New(orders.Options{
				Pages: h.Pages, Records: h.Store, Log: h.Log, Panels: map[string][]orders.Panel{records.ProcedureClass: {own.Panel}},
			}).Mount, customer.New(customer.Options{
				Pages: h.Pages, Records: h.Store, Hotline: "400-000-0000", Log: h.Log, Purposes: map[string]customer.Purpose{records.LinkRegister: own.Purpose()},
			}).Mount}
		},
	})}
	return h
}
