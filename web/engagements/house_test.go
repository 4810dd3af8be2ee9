package engagements_test

import (
	"testing"

	"go.uber.org/goleak"

	"hotline/configs/procedures"
	"hotline/configs/questionnaires"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web/browser/site"
	"hotline/web/customer"
	"hotline/web/engagements"
	"hotline/web/orders"
	"hotline/web/sheets"
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
			{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}}, {Login: "gao", Name: "高明", Roles: []string{records.RoleEngineer}},
		},
		Mount: func(h *site.House) []func(ui.Router) {
			own := engagements.New(engagements.Options{Pages: h.Pages, Records: h.Store, URL: h.Base, Company: "南山方略", Hotline: "400-000-0000", Log: h.Log})
			return []func(ui.Router){own.Mount, orders.New(orders.Options{
				Pages: h.Pages, Records: h.Store, Log: h.Log, Panels: map[string][]orders.Panel{engagements.Consulting: {own.Panel}},
			}).Mount, customer.New(customer.Options{
				Pages: h.Pages, Records: h.Store, Hotline: "400-000-0000", Log: h.Log, Purposes: map[string]customer.Purpose{
					records.LinkConfirm: customer.Confirm{Evidence: h.Store, Say: h.Pages.Say}, records.LinkSurvey: sheets.Link{Records: h.Store, Say: h.Pages.Say},
				},
			}).Mount}
		},
	})}
	site.Get[records.Customer](t)(h.Store.AddCustomer(t.Context(), records.Customer{Name: "华北电力", Region: "北京"}))
	return h
}
