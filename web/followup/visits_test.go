package followup_test

import (
	"regexp"
	"strings"
	"testing"

	"hotline/records"
)

// TestWhoVisitsComesFirst: whoever works at the customer's service centre is offered before the others, who keeps the system last.
func TestWhoVisitsComesFirst(t *testing.T) {
	h := newHouse(t)
	h.customer()
	south := get[records.Customer](t)(h.store.AddCustomer(t.Context(), records.Customer{Name: "华南电子", ServiceCentre: "south"}))
	for _, u := range []struct{ login, name, centre string }{{"admin", "管理员", ""}, {"yang", "杨北", "north"}, {"zeng", "曾南", "south"}} {
		roles := []string{records.RoleSupervisor, records.RoleEngineer}
		if u.centre == "" {
			roles = []string{records.RoleSupervisor, records.RoleAdministrator}
		}
		get[records.User](t)(h.store.AddUser(t.Context(), records.NewUser{Login: u.login, Name: u.name, Roles: roles}))
		if u.centre != "" {
			get[records.Engineer](t)(h.store.SetEngineer(t.Context(), records.EngineerChange{Login: u.login, Centre: &u.centre}))
		}
	}
	chen := h.signIn("chen")
	if _, page := chen.get("/followup/visits?part=nobody"); !strings.Contains(page, `href="/customers/new?q=nobody"`) {
		t.Error("where no customer is found, none can be entered")
	}
	option := regexp.MustCompile(`<option value="([a-z]+)">`)
	for path, want := range map[string]string{
		"/followup/visits":                                  "yang both chen zeng zhou admin",
		"/followup/visits?customer=" + south.ID:             "zeng both chen yang zhou admin",
		"/followup/visits?part=华南&customer=nobody":          "zeng both chen yang zhou admin",
		"/followup/visits?part=华东&customer=" + south.ID:     "yang both chen zeng zhou admin",
		"/followup/visits?part=nobody&customer=" + south.ID: "",
	} {
		_, page := chen.get(path)
		_, list, _ := strings.Cut(page, `id="manager"`)
		list, _, _ = strings.Cut(list, "</select>")
		var logins []string
		for _, m := range option.FindAllStringSubmatch(list, -1) {
			logins = append(logins, m[1])
		}
		if got := strings.Join(logins, " "); got != want {
			t.Errorf("%s offers %q, want %q", path, got, want)
		}
	}
}
