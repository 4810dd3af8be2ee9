package knowledge_test

import (
	"encoding/base64"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/records"
	"hotline/web/browser/site"
	"hotline/web/knowledge"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the site with the pages of knowledge.
type house struct {
	*site.House
	zone *time.Location
}

func products() []records.Product {
	return []records.Product{
		{Code: "software", Name: records.Bilingual{Zh: "应用软件", En: "Application software"}, InUse: true, Categories: []records.Category{
			{Code: "login", Name: records.Bilingual{Zh: "登录与权限", En: "Login and rights"}, InUse: true},
			{Code: "printing", Name: records.Bilingual{Zh: "打印", En: "Printing"}, InUse: true},
		}},
		{Code: "system", Name: records.Bilingual{Zh: "服务器与网络", En: "Servers and network"}, InUse: true},
	}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	zone := site.Get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	return &house{site.Open(t, site.Options{
		Zone: zone, Company: "方略软件",
		Users: []records.NewUser{
			{Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
			{Login: "wang", Name: "王芳", Roles: []string{records.RoleAgent}},
			{Login: "chen", Name: "陈静", Roles: []string{records.RoleAgent, records.RoleSupervisor}},
			{Login: "deng", Name: "邓伟", Roles: []string{records.RoleDispatcher}},
		},
		Mount: func(h *site.House) []func(ui.Router) {
			site.Must(t, h.Store.SeedProducts(t.Context(), products()))
			k := site.Get[*knowledge.Knowledge](t)(knowledge.New(knowledge.Options{
				Pages: h.Pages, Records: h.Store, Products: products, Company: "方略软件", Call: []string{"400-000-0000"}, Zone: zone, Log: h.Log,
			}))
			return []func(ui.Router){k.Mount}
		},
	}), zone}
}

// solved answers and solves a case about a product.
func (h *house) solved(call, number, subject, description, category, solution string) string {
	h.T.Helper()
	own := site.Get[records.OwnedCase](h.T)(h.Store.OwnCall(h.T.Context(), records.OwnInput{Call: call, Queue: "service", Agent: "li", Number: number}))
	site.Get[records.WrapUpResult](h.T)(h.Store.WrapUp(h.T.Context(), records.WrapUpInput{
		Call: call, By: "li", Outcome: records.OutcomeSolved, Subject: subject, Description: description, Product: "software", Category: category,
		Solved: &records.SolvedFacts{Solution: solution, Confirmed: true},
	}))
	return own.Number
}

func decode(t testing.TB, s string) []byte {
	t.Helper()
	return site.Get[[]byte](t)(base64.StdEncoding.DecodeString(s))
}
